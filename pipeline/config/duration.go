package config

import (
	"fmt"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// String writes the duration the way it is configured: 36h0m0s is 36h.
func (d Duration) String() string {
	text := time.Duration(d).String()
	if short, ok := strings.CutSuffix(text, "m0s"); ok {
		text = short + "m"
	}
	if short, ok := strings.CutSuffix(text, "h0m"); ok {
		text = short + "h"
	}
	return text
}

// nodeError is an error of one value; translate adds key and line.
type nodeError struct {
	at      position
	problem string
	next    string
}

func (e *nodeError) Error() string { return e.problem }

// UnmarshalYAML reads 36h, 90m or 1h30m. A number without unit is refused: nobody knows whether it means hours or seconds.
func (d *Duration) UnmarshalYAML(node ast.Node) error {
	text, ok := scalar(node)
	if !ok {
		return &nodeError{at: place(node), problem: "is not a duration", next: "write a duration such as 36h or 90m"}
	}
	if text == "" {
		return nil
	}
	parsed, err := time.ParseDuration(text)
	if err != nil {
		return &nodeError{at: place(node), problem: fmt.Sprintf("is %q, not a duration", masked(text)), next: "write a duration such as 36h or 90m"}
	}
	*d = Duration(parsed)
	return nil
}

// UnmarshalYAML reads one column or expression, or a list of them.
func (c *Columns) UnmarshalYAML(node ast.Node) error {
	list, err := texts(node, "column", "a column or an expression", "columns")
	*c = list
	return err
}

// UnmarshalYAML reads one name, or a list of them.
func (n *Names) UnmarshalYAML(node ast.Node) error {
	list, err := texts(node, "name", "a name", "names")
	*n = list
	return err
}

// texts reads one text, or a list of them, each as it is written. What they are is told by their names, for one in a list and for many.
func texts(node ast.Node, one, each, many string) ([]string, error) {
	next := fmt.Sprintf("write one %s, or a list: [first, second]", one)
	if text, ok := scalar(node); ok {
		return []string{text}, nil
	}
	list, ok := node.(*ast.SequenceNode)
	if !ok {
		return nil, &nodeError{at: place(node), problem: fmt.Sprintf("is neither a %s nor a list of %s", one, many), next: next}
	}
	made := make([]string, 0, len(list.Values))
	for _, item := range list.Values {
		text, ok := scalar(item)
		if !ok {
			return nil, &nodeError{at: place(item), problem: "is not " + each, next: next}
		}
		made = append(made, text)
	}
	return made, nil
}

// UnmarshalYAML reads {env: NAME} or {file: PATH}. A bare text is taken for the secret itself, which has no business in the
// file; the error does not repeat it.
func (s *Secret) UnmarshalYAML(node ast.Node) error {
	const next = "write {env: NAME} for an environment variable or {file: PATH}"
	if node.Type() == ast.NullType {
		return nil
	}
	entries, ok := node.(ast.MapNode)
	if !ok {
		return &nodeError{at: place(node), problem: "holds something else than where the secret is; a secret never stands in the file itself", next: next}
	}
	for iterator := entries.MapRange(); iterator.Next(); {
		value, ok := scalar(iterator.Value())
		switch key := iterator.Key().GetToken().Value; {
		case key != "env" && key != "file":
			return &nodeError{at: place(iterator.Key()), problem: "is no key of a secret", next: next}
		case !ok:
			return &nodeError{at: place(iterator.Value()), problem: "is not a text", next: next}
		case key == "env":
			s.Env = value
		default:
			s.File = value
		}
	}
	return nil
}

// scalar is the text of a node that is one value.
func scalar(node ast.Node) (string, bool) {
	switch node := node.(type) {
	case *ast.StringNode:
		return node.Value, true
	case *ast.LiteralNode:
		return strings.TrimSpace(node.Value.Value), true
	case *ast.NullNode:
		return "", true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode: // a column may be named 2026 or true
		return node.GetToken().Value, true
	}
	return "", false
}

// lineOf is where a node stands in the file, from 1.
func lineOf(node ast.Node) int { return place(node).line }
