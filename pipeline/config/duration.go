package config

import (
	"fmt"
	"math"
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

// UnmarshalYAML reads 36h, 90m or 1h30m. A number without unit is refused: nobody knows whether it means hours or seconds.
func (d *Duration) UnmarshalYAML(node ast.Node) error {
	text, ok := scalar(node)
	if !ok {
		return &Error{Line: line(node), Problem: "%s is not a duration", Next: "write a duration such as 36h or 90m"}
	}
	parsed, err := time.ParseDuration(text)
	if err != nil || text == "0" && parsed == 0 {
		if text == "0" {
			*d = 0
			return nil
		}
		return &Error{Line: line(node), Problem: fmt.Sprintf("%%s is %q, not a duration", text), Next: "write a duration such as 36h or 90m"}
	}
	*d = Duration(parsed)
	return nil
}

// UnmarshalYAML reads one column or expression, or a list of them.
func (c *Columns) UnmarshalYAML(node ast.Node) error {
	if text, ok := scalar(node); ok {
		*c = Columns{text}
		return nil
	}
	list, ok := node.(*ast.SequenceNode)
	if !ok {
		return &Error{Line: line(node), Problem: "%s is neither a column nor a list of columns", Next: "write column, or [first, second]"}
	}
	*c = make(Columns, 0, len(list.Values))
	for i, item := range list.Values {
		text, ok := scalar(item)
		if !ok {
			return &Error{Line: line(item), Problem: fmt.Sprintf("%%s[%d] is not a column or an expression", i), Next: "write column, or [first, second]"}
		}
		*c = append(*c, text)
	}
	return nil
}

// UnmarshalYAML reads {env: NAME} or {file: PATH}. A bare text is taken for the secret itself, which has no business in the
// file; the error does not repeat it.
func (s *Secret) UnmarshalYAML(node ast.Node) error {
	const next = "write {env: NAME} for an environment variable or {file: PATH}; take a secret that stood in the file as leaked and replace it"
	if node.Type() == ast.NullType {
		return nil
	}
	entries, ok := node.(ast.MapNode)
	if !ok {
		return &Error{Line: line(node), Problem: "%s holds a secret instead of saying where it is", Next: next}
	}
	for iterator := entries.MapRange(); iterator.Next(); {
		value, ok := scalar(iterator.Value())
		key := strings.TrimSpace(iterator.Key().String())
		switch {
		case key == "env" && ok:
			s.Env = value
		case key == "file" && ok:
			s.File = value
		case key == "env" || key == "file":
			return &Error{Line: line(iterator.Value()), Problem: "%s." + key + " is not a text", Next: next}
		default:
			return &Error{Line: line(iterator.Key()), Problem: "unknown key %s." + key, Next: next}
		}
	}
	return nil
}

// scalar is the text of a node that is one value.
func scalar(node ast.Node) (string, bool) {
	if node == nil {
		return "", false
	}
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

// line is where a node stands in the file, from 1.
func line(node ast.Node) int {
	if token := node.GetToken(); token != nil && token.Position != nil {
		return min(token.Position.Line, math.MaxInt32)
	}
	return 0
}
