// Package refuse knows what Faire is known to refuse: one small predicate per refusal, each with where it is known from and how
// surely. A predicate returns nil for what Faire takes, and otherwise an error of one sentence for people.
//
// The words of confidence are those of contract §0: documented, several clients, seen once, guessed. A guessed refusal stands here
// only where sending the thing would be wrong in any case. The sandbox obeys the same rules (contract §17).
package refuse

import (
	"cmp"

	"fairesync/pipeline/catalog"
)

// Reason is one thing for which Faire would refuse a create.
type Reason struct {
	Field      string // as plan names it: short_description, price[USA].retail
	VariantKey string // of the variant concerned, else its SKU; blank: the product
	Why        string // one sentence
}

// productRule, variantRule, siblingRule and priceRule are the shapes of predicates. A sibling rule looks at a variant among the
// others of its product.
type (
	productRule struct {
		field  string
		refuse func(catalog.Product) error
	}
	variantRule struct {
		field  string
		refuse func(catalog.Variant) error
	}
	siblingRule struct {
		field  string
		refuse func(catalog.Product, catalog.Variant) error
	}
	priceRule struct {
		field  string
		refuse func(catalog.Price) error
	}
)

func productRules() []productRule {
	return []productRule{
		{"name", NameMissing},
		{"description", DescriptionTooLong},
		{"short_description", ShortDescriptionTooLong},
		{"idempotence_token", TokenMissing},
		{"lifecycle", LifecycleUnknown},
		{"unit_multiplier", UnitMultiplierMissing},
		{"minimum_order_quantity", MinimumOrderUneven},
		{"taxonomy", TaxonomyMissing},
		{"taxonomy", TaxonomyMalformed},
		{"images", NoProductImage},
		{"images", TwoHeroes},
		{"images", ImageWithoutURL},
		{"variants", NoVariants},
	}
}

func variantRules() []variantRule {
	return []variantRule{
		{"idempotence_token", VariantTokenMissing},
		{"gtin", GTINInvalid},
		{"options", OptionBlank},
		{"images", VariantImageWithoutURL},
		{"price", GeographyTwice},
	}
}

func siblingRules() []siblingRule {
	return []siblingRule{
		{"options", OptionMissing},
		{"options", OptionUnknown},
		{"options", DuplicateOptions},
		{"price", PriceMissing},
		{"price", GeographiesDiffer},
	}
}

func priceRules() []priceRule {
	return []priceRule{
		{"", GeographyUnknown},
		{"", CurrencyMismatch},
		{".wholesale", WholesaleMissing},
		{".retail", RetailMissing},
		{".retail", RatioOutOfBounds},
	}
}

// Create returns every reason for which Faire would refuse to create this product, in the order of the rules: the product's, then
// variant by variant. DELETED variants are not looked at. An empty list does not promise that Faire agrees.
func Create(p catalog.Product) []Reason {
	var reasons []Reason
	add := func(field, variant string, err error) {
		if err != nil {
			reasons = append(reasons, Reason{Field: field, VariantKey: variant, Why: err.Error()})
		}
	}
	for _, rule := range productRules() {
		add(rule.field, "", rule.refuse(p))
	}
	for _, v := range live(p) {
		key := cmp.Or(v.Key, v.SKU)
		for _, rule := range variantRules() {
			add(rule.field, key, rule.refuse(v))
		}
		for _, rule := range siblingRules() {
			add(rule.field, key, rule.refuse(p, v))
		}
		for _, price := range v.Prices {
			for _, rule := range priceRules() {
				add("price["+price.Geography+"]"+rule.field, key, rule.refuse(price))
			}
		}
	}
	return reasons
}

// live returns the variants that are not DELETED.
func live(p catalog.Product) []catalog.Variant {
	var out []catalog.Variant
	for _, v := range p.Variants {
		if v.Lifecycle != catalog.Deleted {
			out = append(out, v)
		}
	}
	return out
}

// published says whether the stricter rules of a PUBLISHED product bind (contract §7); drafts are checked less strictly.
func published(p catalog.Product) bool { return p.Lifecycle == catalog.Published }
