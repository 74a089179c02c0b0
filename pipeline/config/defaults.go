package config

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// DefaultsName is the file beside the brands' configurations that holds what they have in common. It is no brand.
const DefaultsName = "defaults.yaml"

// defaults is a file of that name, parsed; nil stands for none, or one that says nothing.
type defaults struct {
	document *document
	body     ast.Node
}

// readDefaults reads the defaults of a folder. What is wrong with them by themselves is told by their own name and line.
func readDefaults(path string) (*defaults, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, &Error{Path: path, Problem: "cannot be read: " + reason(err), Next: "check the path and who may read it"}
	}
	d, body, err := readDocument(path, data)
	if empty, ok := errors.AsType[*Error](err); ok && empty.Problem == isEmpty {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if err := yaml.NodeToValue(body, &Config{}, yaml.Strict()); err != nil {
		return nil, d.translate(err)
	}
	if at := d.places["brand"]; at > 0 {
		return nil, d.fault(at, "names a brand, but stands for all brands of the folder", "keep brand: NAME in each brand's own file")
	}
	return &defaults{document: d, body: body}, nil
}

// isDefaults says whether a path is that of a folder's defaults.
func isDefaults(path string) bool { return filepath.Base(path) == DefaultsName }

// under gives a brand's configuration with these defaults below it, and tells its document where each key stands now.
func (f *defaults) under(d *document, body ast.Node) ast.Node {
	m := merger{inherited: map[ast.Node]bool{}}
	merged := m.merge("", f.body, body)
	d.places, d.owners = map[string]int{}, map[string]*document{}
	d.relocate("", merged, d, f.document, m.inherited)
	return merged
}

// merger puts a brand's keys over the defaults. The rule, which docs/operate.md states: blocks of keys are merged key by key, everything
// else the brand's file says stands as it is. Two things are told apart: a secret is one value, however it is written; and of sources,
// those the brand lists are there, in its order, each over the default of the same name. A key without a value takes the default away.
type merger struct{ inherited map[ast.Node]bool } // keys that stand in the defaults

// secretKeys hold a secret: {env: …} of the brand is not joined to {file: …} of the defaults.
var secretKeys = []string{"token", "application_secret", "access_token"}

func (m merger) merge(key string, base, brand ast.Node) ast.Node {
	below, isBlock := base.(ast.MapNode)
	above, isBlockToo := brand.(ast.MapNode)
	if isBlock && isBlockToo && !slices.Contains(secretKeys, key[strings.LastIndex(key, ".")+1:]) {
		return m.block(key, below, above, brand)
	}
	list, isList := base.(*ast.SequenceNode)
	own, isListToo := brand.(*ast.SequenceNode)
	if key == "sources" && isList && isListToo {
		return m.sources(key, list, own)
	}
	return brand
}

func (m merger) block(key string, base, brand ast.MapNode, node ast.Node) ast.Node {
	defaults := map[string]ast.Node{}
	for each := base.MapRange(); each.Next(); {
		defaults[keyOf(each)] = each.Value()
	}
	merged := ast.Mapping(node.GetToken(), true)
	has := map[string]bool{}
	for each := brand.MapRange(); each.Next(); {
		name, value := keyOf(each), each.Value()
		has[name] = true
		if below, inherits := defaults[name]; inherits {
			if value == nil || value.Type() == ast.NullType {
				continue
			}
			value = m.merge(strings.TrimPrefix(key+"."+name, "."), below, value)
		}
		merged.Values = append(merged.Values, ast.MappingValue(each.Key().GetToken(), each.Key(), value))
	}
	for each := base.MapRange(); each.Next(); {
		if !has[keyOf(each)] {
			m.inherited[each.Key()] = true
			merged.Values = append(merged.Values, ast.MappingValue(each.Key().GetToken(), each.Key(), each.Value()))
		}
	}
	return merged
}

func (m merger) sources(key string, base, brand *ast.SequenceNode) ast.Node {
	merged := ast.Sequence(brand.Start, true)
	for _, source := range brand.Values {
		name := nameOf(source)
		if at := slices.IndexFunc(base.Values, func(n ast.Node) bool { return name != "" && nameOf(n) == name }); at >= 0 {
			source = m.merge(key+"[]", base.Values[at], source)
		}
		merged.Values = append(merged.Values, source)
	}
	return merged
}

func keyOf(each *ast.MapNodeIter) string { return each.Key().GetToken().Value }

// nameOf is the name of a source; blank if it has none.
func nameOf(source ast.Node) string {
	if block, ok := source.(ast.MapNode); ok {
		for each := block.MapRange(); each.Next(); {
			if keyOf(each) == "name" && each.Value() != nil {
				return each.Value().GetToken().Value
			}
		}
	}
	return ""
}

// relocate notes where each key of a merged configuration stands: in the file of owner, or, once a key is inherited, in the defaults.
func (d *document) relocate(key string, node ast.Node, owner, base *document, inherited map[ast.Node]bool) {
	switch node := node.(type) {
	case *ast.SequenceNode:
		for i, value := range node.Values {
			inner := sequenceKey(key, i)
			d.places[inner], d.owners[inner] = lineOf(value), owner
			d.relocate(inner, value, owner, base, inherited)
		}
	case ast.MapNode:
		for each := node.MapRange(); each.Next(); {
			inner, of := strings.TrimPrefix(key+"."+keyOf(each), "."), owner
			if inherited[each.Key()] {
				of = base
			}
			d.places[inner], d.owners[inner] = lineOf(each.Key()), of
			d.relocate(inner, each.Value(), of, base, inherited)
		}
	}
}
