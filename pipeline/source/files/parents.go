package files

import (
	"fmt"
	"slices"
	"strings"

	"fairesync/pipeline/check"
	"fairesync/pipeline/stage"
)

// containers are Magento product types that are no SKU themselves.
var containers = []string{"configurable", "grouped", "bundle"}

// parents is layout parents, the Magento export (wms/contract §4.2): a parent row lists its SKUs and their options in one cell.
// It may stand before or after them, so all parents are read ahead. A simple row no parent names is a style of its own.
type parents struct {
	plan   *plan
	base   string
	list   []*parent
	bySKU  map[string]*parent
	claims map[string]claim // by SKU of the child
}

// parent is a row that lists variants.
type parent struct {
	sku    string
	names  []string // of the options, as they are delivered
	images string
	row    row  // where it stands, for findings
	seen   bool // a child of it is in the feed
	lost   bool // its row cannot be used, so its children have no style
}

// claim is a parent's entry for a child.
type claim struct {
	parent *parent
	values []string // in the order of parent.names
	second *parent  // another parent that names the same child
}

func (l *parents) isParent(r *row) bool {
	if !isBlank(r.cells[l.plan.variants]) {
		return true
	}
	return l.plan.kind >= 0 && slices.Contains(containers, strings.ToLower(strings.TrimSpace(r.cells[l.plan.kind])))
}

func (l *parents) scan(r *row) {
	if r.kind == stage.KindQuarantined {
		l.scanLost(r)
		return
	}
	if r.kind != stage.KindSKU || !l.isParent(r) {
		return
	}
	sku := strings.Clone(l.plan.skuOf(r))
	p := l.bySKU[sku]
	if p == nil {
		p = &parent{sku: sku, images: imageList(r.cells, l.plan.productImages, l.base), row: row{file: r.file, number: r.number}, lost: sku == ""}
		l.list = append(l.list, p)
		l.bySKU[sku] = p
	}
	l.claim(p, r.cells[l.plan.variants])
}

func (l *parents) rewind() {}

// scanLost finds the children of a parent row that cannot be read: they must not become products of their own.
func (l *parents) scanLost(r *row) {
	for _, cell := range r.cells {
		if strings.HasPrefix(strings.TrimSpace(cell), "sku=") {
			l.claim(&parent{lost: true, row: row{file: r.file, number: r.number}}, cell)
		}
	}
}

// claim enters the children a cell lists.
func (l *parents) claim(p *parent, cell string) {
	variants, _ := parseVariants(cell)
	names := axisNames(variants)
	if p.names == nil {
		for _, name := range names[:min(3, len(names))] {
			p.names = append(p.names, titleCase(name))
		}
	}
	for _, v := range variants {
		have, taken := l.claims[v.sku]
		switch {
		case !taken:
			c := claim{parent: p}
			for _, name := range names[:min(3, len(names))] {
				c.values = append(c.values, v.value(name))
			}
			l.claims[strings.Clone(v.sku)] = c
		case have.parent != p && have.second == nil:
			have.second = p
			l.claims[v.sku] = have
		}
	}
}

func (l *parents) place(r *row) {
	if r.kind != stage.KindSKU {
		return
	}
	if l.isParent(r) {
		l.placeParent(r)
		return
	}
	sku := l.plan.skuOf(r)
	r.images = imageList(r.cells, l.plan.images, l.base)
	c, ok := l.claims[sku]
	switch {
	case !ok:
		r.style = sku
		return
	case c.second != nil:
		c.parent.seen, c.second.seen = true, true
		l.orphan(r, fmt.Sprintf("named by %s and by %s", c.parent, c.second), "one parent")
		return
	case c.parent.lost:
		l.orphan(r, fmt.Sprintf("named by %s, which cannot be read", c.parent), "a parent row that can be read")
		return
	}
	c.parent.seen = true
	r.style, r.productImages = c.parent.sku, c.parent.images
	for i, name := range c.parent.names {
		if i < len(c.values) {
			r.options[2*i], r.options[2*i+1] = name, c.values[i]
		}
	}
}

func (l *parents) orphan(r *row, found, wanted string) {
	l.plan.quarantine(r, codeChild, "style", l.plan.variants, found, wanted)
}

func (l *parents) placeParent(r *row) {
	sku := l.plan.skuOf(r)
	if sku == "" {
		column := l.plan.sku[0]
		l.plan.quarantine(r, codeShape, "sku", column, "", "the SKU of the parent")
		return
	}
	r.kind, r.style, r.productImages = stage.KindParent, sku, l.bySKU[sku].images
	variants, bad := parseVariants(r.cells[l.plan.variants])
	if bad != "" {
		l.plan.note(r, codeValue, "style", l.plan.variants, bad, "sku=…,name=value for each variant, with | between them")
	}
	if names := axisNames(variants); len(names) > 3 {
		l.plan.note(r, codeValue, "option3_value", l.plan.variants, fmt.Sprintf("%d options: %s", len(names), strings.Join(names, ", ")), "at most 3 options")
	}
}

// finish reports the parents none of whose children is in the feed.
func (l *parents) finish() []check.Exception {
	var found []check.Exception
	for _, p := range l.list {
		if p.seen || p.lost {
			continue
		}
		r := p.row
		r.cells = nil
		l.plan.note(&r, codeParent, "style", l.plan.variants, "", "a SKU that is in the feed")
		e := r.found[0]
		e.SKU, e.Style = p.sku, p.sku
		e.EntityKey, e.ProductKey = l.plan.source+":"+p.sku, l.plan.source+":"+p.sku
		found = append(found, e)
	}
	return found
}

// String names a parent for people.
func (p *parent) String() string {
	if p.sku == "" {
		return fmt.Sprintf("row %d", p.row.number)
	}
	return p.sku
}
