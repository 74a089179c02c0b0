package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"fairesync/pipeline/catalog"
)

// A textField is a field whose value is one text or number on the product or variant. To add a field: one entry here, the
// field in catalog, one column in sql/50_desired (design §8).
type textField[T any] struct {
	name string
	get  func(*T) string
	wire func(value string) (key string, json any) // how it goes into a request body; nil: in an object of several fields, see details.go
}

var productFields = append([]textField[catalog.Product]{
	{"name", func(p *catalog.Product) string { return p.Name }, plain("name")},
	{"description", func(p *catalog.Product) string { return p.Description }, plain("description")},
	{"short_description", func(p *catalog.Product) string { return p.ShortDescription }, plain("short_description")},
	{"taxonomy", func(p *catalog.Product) string { return p.TaxonomyID }, func(v string) (string, any) {
		return "taxonomy_type", map[string]any{"id": v}
	}},
	{"unit_multiplier", func(p *catalog.Product) string { return number(p.UnitMultiplier) }, integer("unit_multiplier")},
	{"minimum_order_quantity", func(p *catalog.Product) string { return number(p.MinimumOrder) }, integer("minimum_order_quantity")},
	{"made_in_country", func(p *catalog.Product) string { return p.MadeInCountry }, plain("made_in_country")},
}, detailProductFields...)

var variantFields = append([]textField[catalog.Variant]{
	{"sku", func(v *catalog.Variant) string { return v.SKU }, plain("sku")},
	{"gtin", func(v *catalog.Variant) string { return v.GTIN }, plain("gtin")},
	{"tariff_code", func(v *catalog.Variant) string { return v.Tariff }, plain("tariff_code")},
}, detailVariantFields...)

// Field names that are no textField.
const (
	fieldImages    = "images"
	fieldLifecycle = "lifecycle"
	fieldOnHand    = "on_hand"
	fieldPrice     = "price"
)

// oursByDefault are the fields that are ours on a product we did not create, once it is released (design §4.2).
var oursByDefault = []string{"sku", "gtin", fieldPrice, fieldOnHand}

func plain(key string) func(string) (string, any) {
	return func(value string) (string, any) { return key, value }
}

func integer(key string) func(string) (string, any) {
	return func(value string) (string, any) {
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil { // values come from number; anything else is a bug
			panic(err)
		}
		return key, n
	}
}

func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// priceField names one amount: price[USA].wholesale.
func priceField(geography, part string) string { return fmt.Sprintf("price[%s].%s", geography, part) }

// family is the field a policy is set for: price for price[USA].wholesale.
func family(field string) string {
	name, _, _ := strings.Cut(field, "[")
	return name
}

// covers says whether a block on one field name concerns another: price[USA] covers price[USA].wholesale.
func covers(block, field string) bool {
	return block == field || strings.HasPrefix(field, block+".") || strings.HasPrefix(field, block+"[")
}

func amount(m catalog.Money) string {
	if m == 0 {
		return ""
	}
	return m.String()
}

// kindOf is the kind of a change of one field.
func kindOf(field string, variant bool) Kind {
	switch family(field) {
	case fieldImages:
		return KindImage
	case fieldPrice:
		return KindPrice
	case fieldLifecycle:
		return KindLifecycle
	case fieldOnHand:
		return KindInventory
	case "sku":
		return KindSKU
	}
	if variant {
		return KindVariant
	}
	return KindProduct
}

// whose says whose value a field is after the first link: by configuration, else everything on what we created, else the
// default list.
func (r Rules) whose(field string, created bool) owner {
	name := family(field)
	switch r.Fields[name] {
	case "ours":
		return ours
	case "theirs":
		return theirs
	case "create_only":
		return createOnly
	case "exclude":
		return excluded
	}
	if created || slices.Contains(oursByDefault, name) {
		return ours
	}
	return theirs
}
