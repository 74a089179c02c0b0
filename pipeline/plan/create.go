package plan

import (
	"slices"
	"strconv"
	"strings"

	"fairesync/pipeline/catalog"
)

func splitKey(key string) (source, id string) {
	source, id, _ = strings.Cut(key, ":")
	return source, id
}

// create plans a product that is not on Faire. What blocks a variant leaves that variant out; what blocks the product, or
// every variant, holds the whole create.
func (w *work) create() {
	d := w.pair.Desired
	if !slices.ContainsFunc(d.Variants, wantsCreate) {
		return // gone or inactive and not on Faire: nothing to make
	}
	var productHolds []string
	for _, block := range w.pair.Blocks {
		if holds(block, Change{Kind: KindProduct, Action: Create}) {
			productHolds = append(productHolds, block.Code)
		}
	}
	if d.TaxonomyID == "" && w.rules.Unmapped != "unpublished" {
		for _, block := range w.pair.Blocks {
			if block.Field == "taxonomy" {
				productHolds = append(productHolds, block.Code)
			}
		}
	}
	productHolds = append(productHolds, w.preorderHolds()...)
	productAt := len(w.changes)
	w.add(Change{Kind: KindProduct, Action: Create, Reason: ReasonNew, Fields: w.productFields()}, productHolds...)
	free, codes := 0, map[string]bool{}
	for i := range d.Variants {
		v := &d.Variants[i]
		if !wantsCreate(*v) {
			continue
		}
		w.addVariant(v, nil, productHolds...)
		for _, code := range w.changes[len(w.changes)-1].HeldBy {
			codes[code] = true
		}
		if !w.variantChange(v.Key).Held() {
			free++
		}
	}
	if free > 0 {
		return
	}
	product := &w.changes[productAt]
	for code := range codes {
		if !slices.Contains(product.HeldBy, code) {
			product.HeldBy = append(product.HeldBy, code)
		}
	}
	slices.Sort(product.HeldBy)
}

func wantsCreate(v catalog.Variant) bool { return v.FaireID == "" && !v.Gone && !v.Inactive }

func (w *work) variantChange(key string) Change {
	for _, c := range w.changes {
		if c.Kind == KindVariant && c.Action == Create && c.VariantKey == key {
			return c
		}
	}
	return Change{}
}

// productFields are the values a create carries; blocked ones are left out.
func (w *work) productFields() []Field {
	d := w.pair.Desired
	var fields []Field
	for _, f := range productFields {
		if value := f.get(d); value != "" && !w.blocked(f.name, "") && !w.rules.excludes(f.name) {
			fields = append(fields, Field{Name: f.name, After: value})
		}
	}
	if len(d.Images) > 0 {
		fields = append(fields, Field{Name: fieldImages, After: lines(addresses(d.Images))})
	}
	fields = append(fields, Field{Name: fieldLifecycle, After: string(d.Lifecycle)})
	for _, option := range d.Options {
		fields = append(fields, Field{Name: "option[" + option.Name + "]", After: lines(option.Values)})
	}
	return fields
}

// addVariant plans a new variant and, where the quantity is known, its stock right after (design §4.5). geographies nil: all
// of ours; else those the product has.
func (w *work) addVariant(v *catalog.Variant, geographies []string, extra ...string) {
	w.add(Change{Kind: KindVariant, Action: Create, Reason: ReasonNew, VariantKey: v.Key, SKU: v.SKU, Fields: w.variantFields(v, geographies)}, extra...)
	made := w.changes[len(w.changes)-1]
	if v.OnHand == nil || w.blocked(fieldOnHand, v.Key) || w.rules.excludes(fieldOnHand) {
		return
	}
	w.add(Change{Kind: KindInventory, Action: Create, Reason: ReasonNew, VariantKey: v.Key, SKU: v.SKU,
		Fields: []Field{{Name: fieldOnHand, After: strconv.FormatInt(*v.OnHand, 10)}}}, made.HeldBy...)
}

func (w *work) variantFields(v *catalog.Variant, geographies []string) []Field {
	var fields []Field
	for _, f := range variantFields {
		if value := f.get(v); value != "" && !w.blocked(f.name, v.Key) && !w.rules.excludes(f.name) {
			fields = append(fields, Field{Name: f.name, After: value})
		}
	}
	for _, o := range v.Options {
		fields = append(fields, Field{Name: "option[" + o.Name + "]", After: o.Value})
	}
	for _, p := range v.Prices {
		if geographies != nil && !slices.Contains(geographies, p.Geography) {
			continue
		}
		fields = append(fields, Field{Name: priceField(p.Geography, "wholesale"), After: amount(p.Wholesale)},
			Field{Name: priceField(p.Geography, "retail"), After: amount(p.Retail)})
	}
	if len(v.Images) > 0 {
		fields = append(fields, Field{Name: fieldImages, After: lines(addresses(v.Images))})
	}
	return fields
}

func addresses(images []catalog.Image) []string {
	list := make([]string, len(images))
	for i, image := range images {
		list[i] = image.OriginalURL
	}
	return list
}
