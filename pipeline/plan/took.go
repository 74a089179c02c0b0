package plan

import (
	"slices"

	"fairesync/pipeline/catalog"
)

// Took says whether Faire holds everything a request was to bring, for a request whose answer nobody saw. now has the products by
// Faire id, stock by variant id; what is missing in them was not brought. A text that Faire made its own of counts as not brought,
// which only costs a look.
func Took(p Plan, r Request, now map[string]catalog.Product, stock map[string]catalog.Stock) bool {
	changes := map[string]Change{}
	for _, c := range p.Changes {
		changes[c.ID] = c
	}
	return !slices.ContainsFunc(r.Changes, func(id string) bool {
		c := changes[id]
		product, there := now[c.ProductID]
		return slices.ContainsFunc(c.Fields, func(f Field) bool {
			if f.Name == fieldOnHand {
				return quantity(stock[c.VariantID].OnHand) != f.After
			}
			return !there || !brought(&product, c, f)
		})
	})
}

func brought(product *catalog.Product, c Change, f Field) bool {
	switch {
	case c.Kind == KindVariant && c.Action == Create:
		return slices.ContainsFunc(product.Variants, func(v catalog.Variant) bool { return v.SKU == c.SKU && v.Lifecycle != catalog.Deleted })
	case c.Kind == KindOptionSet:
		return slices.ContainsFunc(product.Options, func(o catalog.Option) bool { return "option["+o.Name+"]" == f.Name && lines(o.Values) == f.After })
	case f.Name == fieldLifecycle:
		return string(product.Lifecycle) == f.After
	case c.VariantID != "":
		return alike(f.Name, variantValue(product, c.VariantID, f.Name, nil), f.After)
	}
	return alike(f.Name, productValue(product, f.Name, nil), f.After)
}
