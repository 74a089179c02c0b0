package files

import (
	"fmt"
	"slices"
	"strings"

	"fairesync/pipeline/check"
	"fairesync/pipeline/stage"
)

// layout groups rows into styles. Every row of the feed is shown to it in order, quarantined and ignored ones too.
type layout interface {
	// scan sees a row ahead of delivery; only a layout that needs it asks for that pass.
	scan(*row)
	// rewind stands between the passes.
	rewind()
	// place gives a row its style, images and options, and may change its kind.
	place(*row)
	// finish returns findings that show only after the last row.
	finish() []check.Exception
}

// prepareLayout finds the columns a layout looks into.
func (p *plan) prepareLayout(variants string) error {
	p.sku, p.style = p.plain("sku"), p.plain("style")
	p.images, p.productImages = p.plain("images"), p.plain("product_images")
	switch p.layout {
	case layoutContinuation:
		if len(p.style) == 0 {
			return &SettingError{p.source, "layout", "continuation needs a column that names the style, such as Handle", "add mapping: {style: COLUMN}"}
		}
		p.giftCard, p.imageOrder = p.header.find("giftcard"), p.header.find("imageposition")
		p.findShared()
	case layoutParents:
		return p.prepareParents(variants)
	}
	return nil
}

func (p *plan) prepareParents(variants string) error {
	if variants == "" {
		return &SettingError{p.source, "variants", "is missing: layout parents needs the column in which a parent row lists its SKUs",
			"add variants: COLUMN, such as configurable_variations"}
	}
	if p.variants = p.header.named(variants); p.variants < 0 {
		hint := "the columns are " + strings.Join(p.header.names, ", ")
		if like, ok := nearest(variants, p.header.names); ok {
			hint = fmt.Sprintf("the nearest column is %q", like)
		}
		return &SettingError{p.source, "variants", fmt.Sprintf("names %q, which is no column of the feed", variants), hint}
	}
	if len(p.sku) == 0 || len(p.sku) != len(p.fields["sku"]) {
		return &SettingError{p.source, "mapping.sku", "must be a column in layout parents: the parent rows name SKUs as they stand", "map sku to a column"}
	}
	if len(p.productImages) == 0 {
		p.productImages = p.images
	}
	p.kind = p.header.find("producttype")
	for i, field := range optionFields {
		if !p.byHand[field] {
			p.expression(field, optionColumns[i])
		}
	}
	return nil
}

// newLayout makes the layout of a plan; ahead says whether it wants to see all rows before they are delivered.
func (p *plan) newLayout(imageBase string) (made layout, ahead bool) {
	switch p.layout {
	case layoutContinuation:
		return &continuation{plan: p, base: imageBase, pictures: map[string][]picture{}, lists: map[string]string{}, first: map[string][]string{}}, true
	case layoutParents:
		return &parents{plan: p, base: imageBase, bySKU: map[string]*parent{}, claims: map[string]claim{}}, true
	}
	return &plain{p, imageBase}, false
}

// plain is layout rows: every row is a SKU, and names its style or is one of its own.
type plain struct {
	plan *plan
	base string
}

func (l *plain) scan(*row) {}

func (l *plain) rewind() {}

func (l *plain) place(r *row) {
	if r.kind != stage.KindSKU {
		return
	}
	p := l.plan
	switch at := firstFilled(r.cells, p.style); {
	case at >= 0:
		r.style = strings.TrimSpace(r.cells[at])
	case len(p.style) == len(p.fields["style"]): // no expression makes it
		r.style = p.skuOf(r)
	}
	r.images = imageList(r.cells, p.images, l.base)
	r.productImages = imageList(r.cells, p.productImages, l.base)
}

func (l *plain) finish() []check.Exception { return nil }

// productFields are those a style has once: in layout continuation their columns are filled from the handle's first row.
var productFields = []string{"name", "description", "short_description", "category", "product_type", "tags", "style_code",
	"option1_name", "option2_name", "option3_name", "active"}

// findShared lists the columns of product fields that no variant field reads, and those Shopify is known to fill once.
func (p *plan) findShared() {
	var product, variant []int
	for field, entries := range p.fields {
		for _, e := range entries {
			switch {
			case slices.Contains(productFields, field):
				product = append(product, e.uses...)
			default:
				variant = append(variant, e.uses...)
			}
			if strings.HasPrefix(field, "price[") {
				p.prices = append(p.prices, e.uses...)
			}
			if slices.Contains(optionFields, field) && strings.HasSuffix(field, "_value") {
				p.optionValues = append(p.optionValues, e.uses...)
			}
		}
	}
	for column, folded := range p.header.folded {
		if slices.Contains(ambiguousPrices, folded) {
			p.prices = append(p.prices, column)
		}
		number, part := optionHeader(folded)
		known := slices.Contains(shared, folded) || number > 0 && part == "name"
		if (known || slices.Contains(product, column)) && !slices.Contains(variant, column) {
			p.shared = append(p.shared, column)
		}
	}
}
