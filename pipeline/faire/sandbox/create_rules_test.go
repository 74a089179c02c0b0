package sandbox_test

import (
	"strings"
	"testing"

	"fairesync/pipeline/faire/sandbox"
)

const size = "variant_option_sets.1"

// TestCreateRules holds every rule that a POST of one product shows: the edits to a body that Faire takes, and what Faire says. A case
// without a message is one that must pass; one with a switch shows that the switch lifts the rule or adds it.
func TestCreateRules(t *testing.T) {
	long := strings.Repeat("é", 65535)
	for _, test := range []struct {
		name    string
		edits   edits
		switchs func(*sandbox.Switches)
		message string
	}{
		{name: "as it is"},
		{name: "P1 product", edits: edits{"idempotence_token": drop}, message: "idempotence_token is mandatory"},
		{name: "P1 variant", edits: edits{"variants.1.idempotence_token": drop}, message: "idempotence_token is mandatory for variants"},
		{name: "P1 variant token twice", edits: edits{"variants.1.idempotence_token": "p-r"}, message: "idempotence_token p-r is used twice"},
		{name: "P3 missing", edits: edits{"name": drop}, message: "name is mandatory"},
		{name: "P3 empty", edits: edits{"name": " "}, message: "name is mandatory"},
		{name: "P4 missing", edits: edits{"unit_multiplier": drop}, message: "unit multiplier is mandatory"},
		{name: "P4 zero", edits: edits{"unit_multiplier": 0}, message: "unit multiplier is mandatory"},
		{name: "P5 no multiple", edits: edits{"unit_multiplier": 6, "minimum_order_quantity": 9},
			message: "minimum_order_quantity must be a multiple of unit_multiplier"},
		{name: "P5 a multiple", edits: edits{"unit_multiplier": 6, "minimum_order_quantity": 12}},
		{name: "P5 off", edits: edits{"unit_multiplier": 6, "minimum_order_quantity": 9},
			switchs: func(s *sandbox.Switches) { s.CheckOrderMultiple = false }},
		{name: "P6 without Size", edits: edits{"per_style_minimum_order_quantity": 2},
			message: "A product without a Size option cannot have a per style minimum"},
		{name: "P6 with a case", edits: edits{"per_style_minimum_order_quantity": 2, "unit_multiplier": 2, size: obj{"name": "Size", "values": list{"S"}}},
			message: "A per style minimum needs unit_multiplier 1 and minimum_order_quantity 0"},
		{name: "P6 with a minimum", edits: edits{
			"per_style_minimum_order_quantity": 2, "minimum_order_quantity": 2, size: obj{"name": "Size", "values": list{"S"}},
		}, message: "A per style minimum needs unit_multiplier 1 and minimum_order_quantity 0"},
		{name: "P6 right", edits: edits{"per_style_minimum_order_quantity": 2, size: obj{"name": "Size", "values": list{"S"}}}},
		{name: "P6 zero", edits: edits{"per_style_minimum_order_quantity": 0}},
		{name: "P7 76", edits: edits{"short_description": strings.Repeat("é", 76)}, message: "short_description must have at most 75 characters"},
		{name: "P7 75", edits: edits{"short_description": strings.Repeat("é", 75)}},
		{name: "P7 switch", edits: edits{"short_description": strings.Repeat("é", 255)},
			switchs: func(s *sandbox.Switches) { s.ShortDescriptionMax = 255 }},
		{name: "P8 65536", edits: edits{"description": long + "."}, message: "description must have at most 65535 characters"},
		{name: "P8 65535", edits: edits{"description": long}},
		{name: "P8 strict", edits: edits{"description": long[:2002]}, message: "description must have at most 1000 characters",
			switchs: func(s *sandbox.Switches) { s.StrictDescription = true }},
		{name: "P9", edits: edits{"sale_state": "FOR_SALE"}, message: "product field 'sale_state' is read-only"},
		{name: "P10 unknown", edits: edits{"lifecycle_state": "NOT_FOR_SALE"}, message: `Unknown lifecycle_state "NOT_FOR_SALE"`},
		{name: "P10 deleted", edits: edits{"lifecycle_state": "DELETED"}, message: "lifecycle_state DELETED cannot be set, use DELETE"},
		{name: "P10 variant", edits: edits{"variants.0.lifecycle_state": "RETIRED"}, message: `Unknown lifecycle_state "RETIRED"`},
		{name: "P10 unpublished", edits: edits{"lifecycle_state": "UNPUBLISHED"}},
		{name: "P11", edits: edits{"images": list{}}, message: "PUBLISHED_PRODUCT_NEEDS_AT_LEAST_ONE_IMAGE"},
		{name: "P11 variant image", edits: edits{"images": drop, "variants.0.images": list{obj{"url": "https://shop.example/v.jpg"}}},
			message: "PUBLISHED_PRODUCT_NEEDS_AT_LEAST_ONE_IMAGE"},
		{name: "P11 unpublished", edits: edits{"images": drop, "lifecycle_state": "UNPUBLISHED"}},
		{name: "P12 missing", edits: edits{"taxonomy_type": drop}, message: "taxonomy_type is mandatory"},
		{name: "P12 missing, off", edits: edits{"taxonomy_type": drop}, switchs: func(s *sandbox.Switches) { s.PublishedNeedsTaxonomy = false }},
		{name: "P12 unknown", edits: edits{"taxonomy_type.id": "tt_0000000000"}, message: "Taxonomy type id tt_0000000000 is not valid"},
		{name: "P12 unknown in a draft", edits: edits{"lifecycle_state": "DRAFT", "taxonomy_type.id": "tt_0000000000"},
			message: "Taxonomy type id tt_0000000000 is not valid"},
		{name: "P12 draft", edits: edits{"lifecycle_state": "DRAFT", "taxonomy_type": drop}},
		{name: "P12 draft, switch", edits: edits{"lifecycle_state": "DRAFT", "taxonomy_type": drop}, message: "taxonomy_type is mandatory",
			switchs: func(s *sandbox.Switches) { s.DraftNeedsTaxonomy = true }},
		{name: "P13 prices", edits: edits{"variants.0.prices": drop}, message: "Every variant of a published product needs prices"},
		{name: "P13 no variant", edits: edits{"variants": drop}, message: "A published product needs at least one variant",
			switchs: func(s *sandbox.Switches) { s.NeedsVariants = false }},
		{name: "P13 draft", edits: edits{"lifecycle_state": "DRAFT", "variants.0.prices": drop}},
		{name: "P14", edits: edits{"lifecycle_state": "DRAFT", "variants": list{}}, message: "A product needs at least one variant"},
		{name: "P14 off", edits: edits{"lifecycle_state": "DRAFT", "variants": drop}, switchs: func(s *sandbox.Switches) { s.NeedsVariants = false }},
		{name: "P15 no options", edits: edits{"variants.1.options": drop}, message: "A product with multiple variants must have options"},
		{name: "P15 lone variant", edits: edits{"variants": list{edited(variant("l", "L", ""), edits{"options": drop})}, "variant_option_sets": drop}},
		{name: "P15 empty value", edits: edits{"variants.0.options.0.value": ""}, message: "Option names and values must not be empty"},
		{name: "P15 empty name", edits: edits{"variants.0.options.0.name": " "}, message: "Option names and values must not be empty"},
		{name: "P16 value", edits: edits{"variants.0.options.0.value": "Marron"}, message: "Color:Marron is not one of the values for Color"},
		{name: "P16 name", edits: edits{"variants.0.options.0.name": "color"}, message: "color:Red is not one of the values for color"},
		{name: "P16 no sets", edits: edits{"variant_option_sets": drop}, message: "Color:Red is not one of the values for Color"},
		{name: "P17", edits: edits{"variants.1.options.0.value": "Red"}, message: "Duplicate variants with same options"},
		{name: "P17 in another order", edits: edits{
			size:                 obj{"name": "Lining", "values": list{"Red", "Blue"}},
			"variants.0.options": list{obj{"name": "Color", "value": "Red"}, obj{"name": "Lining", "value": "Red"}},
			"variants.1.options": list{obj{"name": "Lining", "value": "Red"}, obj{"name": "Color", "value": "Red"}},
		}, message: "Duplicate variants with same options"},
		{name: "P18 set named twice", edits: edits{size: obj{"name": "Color", "values": list{}}}, message: `Option name "Color" is empty or occurs twice`},
		{name: "P18 value twice", edits: edits{"variant_option_sets.0.values.3": "Red"}, message: `Value "Red" of Color is empty or occurs twice`},
		{name: "P22", edits: edits{"variants.1.sku": "p-RED"}},
		{name: "V2 check digit", edits: edits{"variants.0.gtin": "4006381333932"}, message: "GTIN 4006381333932 is not valid"},
		{name: "V2 length", edits: edits{"variants.0.gtin": "40063813339"}, message: "GTIN 40063813339 is not valid"},
		{name: "V2 letters", edits: edits{"variants.0.gtin": "400638133393;"}, message: "GTIN 400638133393; is not valid"},
		{name: "V2 empty", edits: edits{"variants.0.gtin": ""}, message: "GTIN  is not valid"},
		{name: "V2 8 digits", edits: edits{"variants.0.gtin": "96385074"}},
		{name: "V2 12 digits", edits: edits{"variants.0.gtin": "036000291452"}},
		{name: "V2 13 digits", edits: edits{"variants.0.gtin": "4006381333931"}},
		{name: "V2 14 digits", edits: edits{"variants.0.gtin": "10036000291459"}},
		{name: "V3 unit without weight", edits: edits{"variants.0.measurements.mass_unit": "GRAMS"},
			message: "mass_unit must be set if and only if weight is set"},
		{name: "V3 weight without unit", edits: edits{"variants.0.measurements.weight": 3}, message: "mass_unit must be set if and only if weight is set"},
		{name: "V3 height without unit", edits: edits{"variants.0.case_measurements.height": 3},
			message: "distance_unit must be set if and only if length, width or height is set"},
		{name: "V3 unit without length", edits: edits{"variants.0.measurements.distance_unit": "FEET"},
			message: "distance_unit must be set if and only if length, width or height is set"},
		{name: "V3 pairs", edits: edits{"variants.0.measurements": obj{"mass_unit": "GRAMS", "weight": 1, "distance_unit": "FEET", "width": 0.5}}},
		{name: "V3 off", edits: edits{"variants.0.measurements.weight": 3}, switchs: func(s *sandbox.Switches) { s.MeasurementPairs = false }},
		{name: "V4 alpha-2", edits: edits{"variants.0.prices.0.geo_constraint.country": "US"}, message: "Country US is not valid"},
		{name: "V4 other country", edits: edits{"variants.0.prices.0.geo_constraint.country": "DEU"}, message: "Country DEU is not valid"},
		{name: "V4 group as country", edits: edits{"variants.0.prices.0.geo_constraint.country": "EUROPEAN_UNION"},
			message: "Country EUROPEAN_UNION is not valid"},
		{name: "V4 other group", edits: edits{"variants.0.prices.0.geo_constraint": obj{"country_group": "USA"}}, message: "Country group USA is not valid"},
		{name: "V4 both", edits: edits{"variants.0.prices.0.geo_constraint.country_group": "EUROPEAN_UNION"},
			message: "Exactly one of country and country_group must be set"},
		{name: "V4 none", edits: edits{"variants.0.prices.0.geo_constraint": obj{}}, message: "Exactly one of country and country_group must be set"},
		{name: "V5", edits: edits{"variants.0.prices.0.retail_price.currency": "EUR"}, message: "Currency EUR is not valid for USA"},
		{name: "V5 wholesale", edits: edits{"variants.0.prices.0.wholesale_price.currency": "usd"}, message: "Currency usd is not valid for USA"},
		{name: "V5 off", edits: edits{"variants.0.prices.0.wholesale_price.currency": "EUR", "variants.1.prices.0.wholesale_price.currency": "EUR"},
			switchs: func(s *sandbox.Switches) { s.CurrencyByGeography = false }},
		{name: "V6 no wholesale", edits: edits{"variants.0.prices.0.wholesale_price": drop}, message: "wholesale_price and retail_price are mandatory"},
		{name: "V6 no retail", edits: edits{"variants.0.prices.0.retail_price": drop}, message: "wholesale_price and retail_price are mandatory"},
		{name: "V6 zero", edits: edits{"variants.0.prices.0": price(0, 0)}, message: "Prices must be positive"},
		{name: "V6 negative", edits: edits{"variants.0.prices.0": price(-1000, 2000)}, message: "Prices must be positive"},
		{name: "V6 off", edits: edits{"variants.0.prices.0": price(0, 0), "variants.1.prices.0.retail_price": drop},
			switchs: func(s *sandbox.Switches) { s.PositiveAmounts = false }},
		{name: "V7", edits: edits{"variants.0.prices.1": price(1000, 2000)}, message: "Duplicate prices for USA"},
		{name: "V7 off", edits: edits{"variants.0.prices.1": price(1000, 2000)}, switchs: func(s *sandbox.Switches) { s.UniqueGeographies = false }},
		{name: "V8 another geography", edits: edits{"variants.0.prices.0": canadian(1000, 2000)},
			message: "All variants must have consistent prices for different countries"},
		{name: "V8 one more geography", edits: edits{"variants.1.prices.1": canadian(1000, 2000)},
			message: "All variants must have consistent prices for different countries"},
		{name: "V8 another currency", edits: edits{"variants.0.prices.0.wholesale_price.currency": "EUR"},
			message: "All variants must have consistent prices for different countries", switchs: func(s *sandbox.Switches) { s.CurrencyByGeography = false }},
		{name: "V4 V5 every geography", edits: edits{"variants.0.prices": everywhere(), "variants.1.prices": everywhere()}},
		{name: "V8 the same set", edits: edits{"variants.0.prices.1": canadian(1000, 2000), "variants.1.prices": list{canadian(1, 2), price(1, 2)}}},
		{name: "V10 too low", edits: edits{"variants.0.prices.0": price(1000, 1249)},
			message: "Retail price must be between 1.25 and 10 times the wholesale price"},
		{name: "V10 lowest", edits: edits{"variants.0.prices.0": price(1000, 1250)}},
		{name: "V10 highest", edits: edits{"variants.0.prices.0": price(1000, 10000)}},
		{name: "V10 too high", edits: edits{"variants.0.prices.0": price(1000, 10001)},
			message: "Retail price must be between 1.25 and 10 times the wholesale price"},
		{name: "V10 off", edits: edits{"variants.0.prices.0": price(1000, 1000)}, switchs: func(s *sandbox.Switches) { s.PriceRatio = false }},
		{name: "V13", edits: edits{"variants.0.sale_state": "FOR_SALE"}, message: "variant field 'sale_state' is read-only"},
		{name: "V13 off", edits: edits{"variants.0.sale_state": "FOR_SALE"}, switchs: func(s *sandbox.Switches) { s.VariantSaleState = false }},
		{name: "I2 missing", edits: edits{"images.0": obj{"tags": list{"Hero"}}}, message: `Image url "" is not valid`},
		{name: "I2 scheme", edits: edits{"images.0.url": "ftp://shop.example/a.jpg"}, message: `Image url "ftp://shop.example/a.jpg" is not valid`},
		{name: "I2 no host", edits: edits{"images.0.url": "https:///a.jpg"}, message: `Image url "https:///a.jpg" is not valid`},
		{name: "I2 variant", edits: edits{"variants.0.images": list{obj{"url": "a.jpg"}}}, message: `Image url "a.jpg" is not valid`},
		{name: "I2 off", edits: edits{"images.1": obj{"url": "a.jpg"}}, switchs: func(s *sandbox.Switches) { s.ImagesNeedURL = false }},
		{name: "I3", edits: edits{"images": list{hero("https://shop.example/1.jpg"), hero("https://shop.example/2.jpg")}},
			message: "Attempted to update image [https://shop.example/2.jpg] with 2 main images"},
		{name: "I5 unknown id", edits: edits{"images.0.id": "i_0000000000"}, message: "Invalid image IDs"},
		{name: "made in, off", edits: edits{"made_in_country": "Freedonia"}, switchs: func(s *sandbox.Switches) { s.CheckMadeInCountry = false }},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := start(t, sandbox.Options{})
			if test.switchs != nil {
				f = with(t, test.switchs)
			}
			status := 200
			if test.message != "" {
				status = 400
			}
			f.refused("POST", "/products", product("p", test.edits), status, test.message)
			effects := f.server.Effects()
			if stored := len(f.server.State().Products); stored != effects.Created || (stored == 1) != (status == 200) {
				t.Errorf("status %d, but %d products stored and %d counted", status, stored, effects.Created)
			}
		})
	}
}

// everywhere is a price in every geography Faire knows.
func everywhere() list {
	out := list{}
	for _, pair := range [][3]string{
		{"country", "USA", "USD"}, {"country", "CAN", "CAD"}, {"country", "GBR", "GBP"}, {"country", "AUS", "AUD"}, {"country_group", "EUROPEAN_UNION", "EUR"},
	} {
		out = append(out, obj{
			"geo_constraint":  obj{pair[0]: pair[1]},
			"wholesale_price": obj{"amount_minor": 1000, "currency": pair[2]}, "retail_price": obj{"amount_minor": 2000, "currency": pair[2]},
		})
	}
	return out
}

func hero(url string) obj { return obj{"url": url, "tags": list{"Hero"}} }
