package files

import (
	"fmt"
	"slices"
	"strings"

	"fairesync/pipeline/config"
)

// maxColumns is how many columns a table of named members may have. A text that has more uses data as names.
const maxColumns = 2000

// maxVariants is how many variants one style may have.
const maxVariants = 2000

// jsonShape collects the columns of JSON records: one per path, in the order in which the paths appear.
type jsonShape struct {
	root     *jsonNode
	nodes    []*jsonNode
	columns  []*jsonNode
	setting  string // where a style's variants are; blank: in a member called variants
	explodes bool   // layout rows: a style with variants becomes one row per variant
	variants *jsonNode
}

// jsonNode is a path.
type jsonNode struct {
	path        string
	rest        string // of a variant: the path within the variant
	children    map[string]*jsonNode
	value, null bool // seen with a value, seen without
	ofVariant   bool
	column      int
}

func newJSONShape(settings config.Source) *jsonShape {
	s := &jsonShape{root: &jsonNode{column: -1}, explodes: settings.Layout == "" || settings.Layout == layoutRows}
	if s.explodes {
		s.setting = settings.Variants
	}
	return s
}

// errColumns is a text with too many columns.
type errColumns struct{ like string }

func (e *errColumns) Error() string { return "too many columns" }

// memberName is the name of a member as a column has it.
func memberName(name string) string {
	if name = clean(name); name == "" {
		return "(blank)"
	}
	return name
}

func (s *jsonShape) child(n *jsonNode, name string) (*jsonNode, error) {
	if found := n.children[name]; found != nil {
		return found, nil
	}
	name = memberName(name)
	if found := n.children[name]; found != nil {
		return found, nil
	}
	made := &jsonNode{path: joined(n.path, name), column: -1}
	if len(s.nodes) == maxColumns {
		return nil, &errColumns{made.path}
	}
	if n.ofVariant || n == s.variants {
		made.ofVariant, made.rest = true, joined(n.rest, name)
	}
	if n.children == nil {
		n.children = map[string]*jsonNode{}
	}
	n.children[name] = made
	s.nodes = append(s.nodes, made)
	return made, nil
}

// learn adds the columns of a record.
func (s *jsonShape) learn(record *jsonValue) error { return s.learnObject(s.root, record) }

func (s *jsonShape) learnObject(n *jsonNode, object *jsonValue) error {
	for i := range object.members {
		node, err := s.child(n, object.members[i].name)
		if err != nil {
			return err
		}
		value := &object.members[i].value
		switch {
		case s.isVariants(node, value):
			s.variants = node
			for j := range value.items {
				if err := s.learnObject(node, &value.items[j]); err != nil {
					return err
				}
			}
		case value.kind == jsonObject && len(value.members) > 0:
			if err := s.learnObject(node, value); err != nil {
				return err
			}
		case value.kind == jsonNull, value.kind == jsonObject, s.mayBeVariants(node) && value.kind == jsonList && len(value.items) == 0:
			node.null = true
		default:
			node.value = true
		}
	}
	return nil
}

// mayBeVariants says whether a path is where a style's variants are.
func (s *jsonShape) mayBeVariants(n *jsonNode) bool {
	switch {
	case !s.explodes:
		return false
	case s.variants != nil:
		return n == s.variants
	case s.setting != "":
		return n.path == s.setting
	}
	return strings.EqualFold(n.path, "variants")
}

func (s *jsonShape) isVariants(n *jsonNode, value *jsonValue) bool {
	return value.kind == jsonList && len(value.items) > 0 && s.mayBeVariants(n) && allObjects(value.items)
}

func allObjects(items []jsonValue) bool {
	return !slices.ContainsFunc(items, func(item jsonValue) bool { return item.kind != jsonObject })
}

// finish settles the columns. A path that was only ever null is a column, unless it is an object in other records.
func (s *jsonShape) finish() {
	s.columns = nil
	for _, node := range s.nodes {
		node.column = -1
		if node.value && node != s.variants || node.null && len(node.children) == 0 {
			node.column = len(s.columns)
			s.columns = append(s.columns, node)
		}
	}
}

func (s *jsonShape) names() []string {
	names := make([]string, len(s.columns))
	for i, node := range s.columns {
		names[i] = node.path
	}
	return names
}

// folded are the columns' names as the synonyms are looked up by. A variant's column goes by its name in the variant. Where style
// and variant have one of the same name, the style's counts for what a style has once (name, description, category and such) and
// the variant's for anything else; the other one goes by variant or parent and the name, as in a Shopify export.
func (s *jsonShape) folded() []string {
	folded := make([]string, len(s.columns))
	taken := map[string][]int{}
	for i, node := range s.columns {
		name := node.path
		if node.ofVariant {
			name = node.rest
		}
		folded[i] = fold(name)
		taken[folded[i]] = append(taken[folded[i]], i)
	}
	for name, columns := range taken {
		if len(columns) < 2 {
			continue
		}
		for _, i := range columns {
			switch of := isOfStyle(name); {
			case s.columns[i].ofVariant && of:
				folded[i] = "variant" + name
			case !s.columns[i].ofVariant && !of && slices.ContainsFunc(columns, func(other int) bool { return s.columns[other].ofVariant }):
				folded[i] = "parent" + name
			}
		}
	}
	return folded
}

// isOfStyle says whether a header is one of those a style has once.
func isOfStyle(folded string) bool {
	for _, known := range synonyms {
		if (known.field == "style" || slices.Contains(productFields, known.field)) && slices.Contains(known.headers, folded) {
			return true
		}
	}
	return false
}

// shown are the names to look for the SKU in: as the synonyms have them where they know one.
func (s *jsonShape) shown() []string {
	names := s.names()
	for i, folded := range s.folded() {
		if known, _ := isKnown(folded); known {
			names[i] = folded
		}
	}
	return names
}

// jsonCells are the cells of one row.
type jsonCells struct {
	text  []string
	null  []bool
	fault jsonFault
}

func (c *jsonCells) clear(columns int) {
	c.text, c.null, c.fault = slices.Grow(c.text[:0], columns)[:columns], slices.Grow(c.null[:0], columns)[:columns], jsonFault{}
	for i := range columns {
		c.text[i], c.null[i] = "", true
	}
}

// fill sets the cells of an object's members.
func (s *jsonShape) fill(c *jsonCells, n *jsonNode, object *jsonValue) {
	for i := range object.members {
		member := &object.members[i]
		node := n.children[member.name]
		if node == nil {
			node = n.children[memberName(member.name)]
		}
		switch value := &member.value; {
		case node == nil, node == s.variants:
		case value.kind == jsonObject && len(value.members) > 0:
			s.fill(c, node, value)
		case node.column < 0, value.kind == jsonObject, value.kind == jsonNull:
		case !c.null[node.column]:
			if c.fault.found == "" {
				c.fault = jsonFault{fmt.Sprintf("two values for %q", shorten(node.path)), "one"}
			}
		default:
			c.text[node.column], c.null[node.column] = value.cell()
		}
	}
}

// variantsOf finds the variants of a record; there may be none. A fault is something else in their place.
func (s *jsonShape) variantsOf(record *jsonValue) (list []jsonValue, fault jsonFault) {
	if s.variants == nil {
		return nil, jsonFault{}
	}
	value := s.at(s.root, record, s.variants)
	switch {
	case value == nil || value.kind == jsonNull:
		return nil, jsonFault{}
	case value.kind != jsonList || !allObjects(value.items):
		text, _ := value.cell()
		return nil, jsonFault{s.variants.path + ": " + text, "a list of objects"}
	case len(value.items) > maxVariants:
		return nil, jsonFault{fmt.Sprintf("%d variants", len(value.items)), fmt.Sprintf("at most %d", maxVariants)}
	}
	return value.items, jsonFault{}
}

// at is the value of a path in a record; nil when it is not there.
func (s *jsonShape) at(n *jsonNode, object *jsonValue, wanted *jsonNode) *jsonValue {
	for i := range object.members {
		node := n.children[memberName(object.members[i].name)]
		value := &object.members[i].value
		if node == wanted {
			return value
		}
		if node != nil && value.kind == jsonObject && strings.HasPrefix(wanted.path, node.path+".") {
			if found := s.at(node, value, wanted); found != nil {
				return found
			}
		}
	}
	return nil
}
