package sandbox_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/faire/sandbox"
)

func clone(t *testing.T, in obj) obj {
	t.Helper()
	data, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var out obj
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

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
			size:                 obj{"name": "Size", "values": list{"S", "M"}},
			"variants.0.options": list{obj{"name": "Color", "value": "Red"}, obj{"name": "Size", "value": "S"}},
			"variants.1.options": list{obj{"name": "Size", "value": "S"}, obj{"name": "Color", "value": "Red"}},
		}, message: "Duplicate variants with same options"},
		{name: "P18 set named twice", edits: edits{size: obj{"name": "Color", "values": list{}}}, message: `Option name "Color" is empty or occurs twice`},
		{name: "P18 value twice", edits: edits{"variant_option_sets.0.values.3": "Red"}, message: `Value "Red" of Color is empty or occurs twice`},
		{name: "P22", edits: edits{"variants.1.sku": "p-RED"}},
		{name: "V2 check digit", edits: edits{"variants.0.gtin": "4006381333932"}, message: "GTIN 4006381333932 is not valid"},
		{name: "V2 length", edits: edits{"variants.0.gtin": "40063813339"}, message: "GTIN 40063813339 is not valid"},
		{name: "V2 letters", edits: edits{"variants.0.gtin": "400638133393I"}, message: "GTIN 400638133393I is not valid"},
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

func hero(url string) obj { return obj{"url": url, "tags": list{"Hero"}} }

func TestP2ReplayOfAToken(t *testing.T) {
	f := start(t, sandbox.Options{})
	first := f.create("once")
	again := f.create("once", edits{"name": "Another", "variants.0.sku": "OTHER"})
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("replay (-first +again):\n%s", diff)
	}
	f.refused("POST", "/products", obj{"idempotence_token": "once"}, 200, "") // whatever the new body says
	f.ok("PATCH", pathOf(first), obj{"name": "Renamed"})
	if again := f.create("once"); again["name"] != "Renamed" {
		t.Errorf("replay gave the product as it was, want as it is now: %v", again["name"])
	}
	f.ok("DELETE", pathOf(first), nil)
	again = f.create("once")
	if again["lifecycle_state"] != "DELETED" || again["id"] != first["id"] || len(again["variants"].(list)) != 0 {
		t.Errorf("replay of a deleted product: %v", again)
	}
	got := f.server.Effects()
	if got.Created != 1 || got.Replayed != 4 {
		t.Errorf("created %d, replayed %d, want 1 and 4", got.Created, got.Replayed)
	}
}

func TestP2ReplayOfAVariantToken(t *testing.T) {
	f := start(t, sandbox.Options{})
	p := f.create("p")
	first := f.ok("POST", pathOf(p, "/variants"), variant("new", "N", "Green"))
	if diff := cmp.Diff(first, f.ok("POST", pathOf(p, "/variants"), variant("new", "OTHER", "Marron"))); diff != "" {
		t.Errorf("replay (-first +again):\n%s", diff)
	}
	got := f.ok("PATCH", pathOf(p), obj{"variants": list{variant("new", "OTHER", "Green")}})
	if len(got["variants"].(list)) != 3 || get(got, "variants.2.sku") != "N" {
		t.Errorf("PATCH with a known token made or changed a variant: %v", got["variants"])
	}
}

func TestRememberFailures(t *testing.T) {
	f := start(t, sandbox.Options{})
	f.refused("POST", "/products", product("p", edits{"name": ""}), 400, "name is mandatory")
	f.create("p") // successes only are remembered
	f = with(t, func(s *sandbox.Switches) { s.RememberFailures = true })
	f.refused("POST", "/products", product("p", edits{"name": ""}), 400, "name is mandatory")
	f.refused("POST", "/products", product("p"), 400, "name is mandatory")
	f.create("p-2")
}

func TestP10Lifecycle(t *testing.T) {
	f := start(t, sandbox.Options{})
	p := f.create("p", edits{"lifecycle_state": drop})
	if p["lifecycle_state"] != "DRAFT" {
		t.Errorf("lifecycle_state %v, want DRAFT", p["lifecycle_state"])
	}
	for _, state := range []string{"PUBLISHED", "UNPUBLISHED", "PUBLISHED", "DRAFT"} {
		if got := f.ok("PATCH", pathOf(p), obj{"lifecycle_state": state}); got["lifecycle_state"] != state {
			t.Errorf("lifecycle_state %v, want %s", got["lifecycle_state"], state)
		}
	}
	f.refused("PATCH", pathOf(p), obj{"lifecycle_state": "DELETED"}, 400, "lifecycle_state DELETED cannot be set, use DELETE")

	f = with(t, func(s *sandbox.Switches) {
		s.DefaultLifecycle, s.PublishedToDraft, s.PatchDeleted = "PUBLISHED", false, sandbox.DeletedDelete
	})
	p = f.create("p", edits{"lifecycle_state": drop})
	f.refused("PATCH", pathOf(p), obj{"lifecycle_state": "DRAFT"}, 400, "A published product cannot become a draft")
	ids := list{obj{"id": text(p, "variants.0.id"), "lifecycle_state": "DELETED"}, obj{"id": text(p, "variants.1.id"), "lifecycle_state": "DELETED"}}
	f.refused("PATCH", pathOf(p), obj{"variants": ids}, 400, "Cannot delete variant: PRODUCT_NEEDS_AT_LEAST_ONE_OPTION")
	if got := f.ok("PATCH", pathOf(p), obj{"lifecycle_state": "DELETED"}); got["lifecycle_state"] != "DELETED" {
		t.Errorf("lifecycle_state %v, want DELETED", got["lifecycle_state"])
	}
}

// TestP11ToP13OnPatch shows that what a published product needs also binds a PATCH that publishes, and any PATCH afterwards.
func TestP11ToP13OnPatch(t *testing.T) {
	f := start(t, sandbox.Options{})
	publish := obj{"lifecycle_state": "PUBLISHED"}
	p := f.create("p11", edits{"lifecycle_state": "DRAFT", "images": drop})
	f.refused("PATCH", pathOf(p), publish, 400, "PUBLISHED_PRODUCT_NEEDS_AT_LEAST_ONE_IMAGE")
	p = f.create("p12", edits{"lifecycle_state": "DRAFT", "taxonomy_type": drop})
	f.refused("PATCH", pathOf(p), publish, 400, "taxonomy_type is mandatory")
	got := f.ok("PATCH", pathOf(p), obj{"lifecycle_state": "PUBLISHED", "taxonomy_type": obj{"id": "tt_4fm0kw5igt"}})
	if diff := cmp.Diff(obj{"id": "tt_4fm0kw5igt", "name": "Chair"}, got["taxonomy_type"]); diff != "" {
		t.Errorf("taxonomy_type (-want +got):\n%s", diff)
	}
	p = f.create("p13", edits{"lifecycle_state": "DRAFT", "variants.0.prices": drop})
	f.refused("PATCH", pathOf(p), publish, 400, "Every variant of a published product needs prices")
	p = f.create("ok")
	f.refused("PATCH", pathOf(p), obj{"images": list{}}, 400, "PUBLISHED_PRODUCT_NEEDS_AT_LEAST_ONE_IMAGE")
	f.refused("POST", pathOf(p, "/variants"), edited(variant("v", "V", "Green"), edits{"prices": drop}), 400,
		"Every variant of a published product needs prices")
	f.setState(obj{"products": list{obj{"id": "p_aaaaaaaaaa", "name": "From the portal", "variants": list{obj{"id": "po_aaaaaaaaaa"}}}}})
	f.refused("PATCH", "/products/p_aaaaaaaaaa", obj{"name": "New"}, 400, "PUBLISHED_PRODUCT_NEEDS_AT_LEAST_ONE_IMAGE")
	f.refused("PATCH", "/products/p_aaaaaaaaaa/variants/po_aaaaaaaaaa", obj{"name": "New"}, 400, "taxonomy_type is mandatory")
}

func TestPatchChangesExactlyTheFieldsPresent(t *testing.T) {
	f := start(t, sandbox.Options{})
	p := f.create("p", edits{
		"made_in_country": "DE", "preorderable": true, "preorder_details": obj{"order_by_date": "2026-05-21"}, "variants.0.gtin": "96385074",
		"variants.0.tariff_code": "340600", "variants.0.measurements": obj{"mass_unit": "GRAMS", "weight": 150},
	})
	if p["made_in_country"] != "DEU" {
		t.Errorf("made_in_country %v, want DEU", p["made_in_country"])
	}
	for path, value := range map[string]any{
		"name": "N", "description": "", "short_description": "S", "lifecycle_state": "UNPUBLISHED", "unit_multiplier": 4.0, "minimum_order_quantity": 8.0,
		"allow_sales_when_out_of_stock": true, "made_in_country": "CHN", "preorderable": true,
		"preorder_details": obj{"order_by_date": "2026-06-01T00:00:00.000Z", "keep_active_past_order_by_date": true},
	} {
		want := clone(t, p)
		got := f.ok("PATCH", pathOf(p), obj{path: value})
		if value == "" {
			delete(want, path)
		} else {
			want[path] = value
		}
		if diff := cmp.Diff(without(want), without(clone(t, got))); diff != "" {
			t.Errorf("PATCH %s (-want +got):\n%s", path, diff)
		}
		p = got
		if path == "unit_multiplier" {
			p = f.ok("PATCH", pathOf(p), obj{path: 1, "minimum_order_quantity": 0})
		}
	}
	for member, value := range map[string]any{
		"name": "V", "sku": "v-1", "gtin": "036000291452", "tariff_code": "6109", "backordered_until": "20260208T000915.000Z",
		"orderability_type": "PREORDER", "variant_preorder_details": obj{"expected_ship_date": "2026-05-21", "stop_selling_at": 1.0},
		"measurements": obj{"distance_unit": "FEET", "length": 1.5}, "case_measurements": obj{"mass_unit": "POUNDS", "weight": 2.0},
		"lifecycle_state": "UNPUBLISHED",
	} {
		want := clone(t, p)
		want["variants"].(list)[0].(obj)[member] = value
		got := f.ok("PATCH", pathOf(p), obj{"variants": list{obj{"id": text(p, "variants.0.id"), member: value}}})
		if diff := cmp.Diff(without(want), without(clone(t, got))); diff != "" {
			t.Errorf("PATCH variant %s (-want +got):\n%s", member, diff)
		}
		p = got
	}
	if got := f.ok("PATCH", pathOf(p), obj{"preorderable": false}); got["preorder_details"] != nil {
		t.Errorf("preorder_details stayed: %v", got["preorder_details"])
	}
	if got := f.ok("PATCH", pathOf(p), obj{"made_in_country": ""}); got["made_in_country"] != nil {
		t.Errorf("made_in_country stayed: %v", got["made_in_country"])
	}
	f.refused("PATCH", pathOf(p), obj{"name": ""}, 400, "name is mandatory")
	f.refused("PATCH", pathOf(p), obj{"unit_multiplier": 0}, 400, "unit multiplier is mandatory")
	f.refused("PATCH", pathOf(p), obj{"minimum_order_quantity": 0, "unit_multiplier": -1}, 400, "unit multiplier is mandatory")
}

func TestP18OptionSets(t *testing.T) {
	f := start(t, sandbox.Options{})
	p := f.create("p")
	path := pathOf(p, "/variant-option-sets")
	sets := func(name string, values ...any) obj {
		return obj{"variant_option_sets": list{obj{"name": name, "values": list(values)}}}
	}
	got := f.ok("PATCH", pathOf(p), sets("Color", "Red", "Blue", "Pink"))
	if diff := cmp.Diff(p["variant_option_sets"], got["variant_option_sets"]); diff != "" {
		t.Errorf("a product PATCH changed the option sets:\n%s", diff)
	}
	wanted := sets("Color", "Pink", "Blue", "Red") // Green goes, Pink comes, the order is new
	if diff := cmp.Diff(wanted, f.ok("PATCH", path, wanted)); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wanted["variant_option_sets"], f.ok("GET", pathOf(p), nil)["variant_option_sets"]); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	f.refused("PATCH", path, sets("Color", "Pink", "Blue"), 400, "Options currently in use by variants cannot be removed: Color:Red")
	f.refused("PATCH", path, sets("Colour", "Pink", "Blue", "Red"), 400, "Option names cannot be changed")
	f.refused("PATCH", path, obj{"variant_option_sets": list{}}, 400, "Option names cannot be changed")
	f.refused("PATCH", path, obj{}, 400, "variant_option_sets is mandatory")
	f.refused("PATCH", path, sets("Color", "Red", "Blue", "Blue"), 400, `Value "Blue" of Color is empty or occurs twice`)
	f.refused("PATCH", "/products/p_none/variant-option-sets", wanted, 404, "p_none")
	f.ok("DELETE", pathOf(p, "/variants/", text(p, "variants.0.id")), nil)
	f.ok("PATCH", path, sets("Color", "Blue")) // what a deleted variant had is free
}

func TestP19VariantsInAProductPatch(t *testing.T) {
	f := start(t, sandbox.Options{})
	p, other := f.create("p"), f.create("other")
	red, blue := text(p, "variants.0.id"), text(p, "variants.1.id")
	f.refused("PATCH", pathOf(p), obj{"variants": list{obj{"id": "po_none", "sku": "x"}}}, 400, "Invalid product variant IDs")
	f.refused("PATCH", pathOf(p), obj{"variants": list{obj{"id": text(other, "variants.0.id"), "sku": "x"}}}, 400, "Invalid product variant IDs")
	f.refused("PATCH", pathOf(p), obj{"variants": list{obj{"sku": "x"}}}, 400, "idempotence_token is mandatory for variants")
	f.refused("PATCH", pathOf(p), obj{"variants": list{variant("fresh", "p-RED", "Red")}}, 400, "Duplicate variants with same options")
	f.refused("PATCH", pathOf(p), obj{"variants": list{obj{"id": red, "sku": "changed"}, variant("n", "N", "Marron")}}, 400,
		"Color:Marron is not one of the values for Color")
	if got := f.ok("GET", pathOf(p), nil); cmp.Diff(p, got) != "" {
		t.Errorf("a refused PATCH left something behind:\n%s", cmp.Diff(p, got))
	}
	got := f.ok("PATCH", pathOf(p), obj{"variants": list{obj{"id": red, "sku": "RENAMED"}, variant("n", "N", "Green")}})
	skus := list{get(got, "variants.0.sku"), get(got, "variants.1.sku"), get(got, "variants.2.sku")}
	if diff := cmp.Diff(list{"RENAMED", "p-BLUE", "N"}, skus); diff != "" {
		t.Errorf("SKUs (-want +got):\n%s", diff)
	}
	if get(got, "variants.1.updated_at") != get(p, "variants.1.updated_at") || get(got, "variants.0.updated_at") == get(p, "variants.0.updated_at") {
		t.Error("updated_at must move for the variant that changed, and for no other")
	}
	f.ok("DELETE", pathOf(p, "/variants/", blue), nil)
	f.refused("PATCH", pathOf(p), obj{"variants": list{obj{"id": blue, "sku": "x"}}}, 400, "Invalid product variant IDs")
	if got := f.server.Effects(); got.CreatedVariants != 1 || got.DeletedVariants != 1 {
		t.Errorf("created_variants %d, deleted_variants %d, want 1 and 1", got.CreatedVariants, got.DeletedVariants)
	}
}

func TestP20P21Delete(t *testing.T) {
	f := start(t, sandbox.Options{})
	p := f.create("p")
	id, v := text(p, "id"), text(p, "variants.0.id")
	image := text(p, "images.0.id")
	f.ok("DELETE", pathOf(p), nil)
	if got := f.ok("GET", pathOf(p), nil); got["lifecycle_state"] != "DELETED" {
		t.Errorf("GET by id: lifecycle_state %v, want DELETED", got["lifecycle_state"])
	}
	if got := f.ok("GET", "/products", nil)["products"].(list); len(got) != 0 {
		t.Errorf("the list shows a deleted product: %v", got)
	}
	if got := f.ok("GET", "/products?include_deleted=true", nil)["products"].(list); len(got) != 1 {
		t.Errorf("include_deleted shows %d products, want 1", len(got))
	}
	for _, write := range []struct {
		method, path string
		body         any
	}{
		{"PATCH", pathOf(p), obj{"name": "x"}},
		{"DELETE", pathOf(p), nil},
		{"POST", pathOf(p, "/variants"), variant("n", "N", "Green")},
		{"PATCH", pathOf(p, "/variant-option-sets"), obj{"variant_option_sets": list{}}},
		{"PATCH", pathOf(p, "/variants/", v), obj{"sku": "x"}},
		{"DELETE", pathOf(p, "/variants/", v), nil},
		{"DELETE", pathOf(p, "/images/", image), nil},
	} {
		f.refused(write.method, write.path, write.body, 404, id)
	}
	f.refused("GET", "/products/p_none", nil, 404, "p_none")
	f.refused("PATCH", "/products/p_none", obj{}, 404, "p_none")
	f.refused("DELETE", "/products/p_none", nil, 404, "p_none")

	f = with(t, func(s *sandbox.Switches) { s.DeletedRefusesAll, s.ShowDeletedVariants = false, true })
	p = f.create("p")
	f.ok("DELETE", pathOf(p), nil)
	f.ok("DELETE", pathOf(p), nil)
	f.refused("PATCH", pathOf(p), obj{"name": "x"}, 404, text(p, "id"))
	f.ok("POST", pathOf(p, "/variants"), variant("n", "N", "Green"))
	if got := f.ok("GET", pathOf(p), nil); len(got["variants"].(list)) != 3 {
		t.Errorf("show_deleted_variants shows %v", got["variants"])
	}
	if got := f.server.Effects(); got.Deleted != 1 {
		t.Errorf("deleted %d, want 1", got.Deleted)
	}
}

func TestP22DuplicateSKU(t *testing.T) {
	f := start(t, sandbox.Options{})
	f.create("a")
	p := f.create("b", edits{"variants.0.sku": "a-RED"})
	f.ok("PATCH", pathOf(p, "/variants/", text(p, "variants.1.id")), obj{"sku": "a-RED"})
	got := f.server.Effects().Duplicates
	if len(got) != 1 || got[0].Kind != "sku" || got[0].Value != "a-RED" || len(got[0].IDs) != 3 {
		t.Errorf("duplicates %v", got)
	}
}

func TestP23SaleState(t *testing.T) {
	f := start(t, sandbox.Options{})
	p := f.create("p", edits{"unit_multiplier": 3, "minimum_order_quantity": 6})
	if p["sale_state"] != "FOR_SALE" || get(p, "variants.0.sale_state") != "FOR_SALE" {
		t.Errorf("a new product must be FOR_SALE: %v", p)
	}
	stock := func(red, blue int) list {
		f.t.Helper()
		f.ok("PATCH", "/product-inventory/by-skus", obj{"inventories": list{
			obj{"sku": "p-RED", "on_hand_quantity": red}, obj{"sku": "p-BLUE", "on_hand_quantity": blue},
		}})
		got := f.ok("GET", pathOf(p), nil)
		return list{got["sale_state"], get(got, "variants.0.sale_state"), get(got, "variants.1.sale_state"), get(got, "variants.0.available_quantity")}
	}
	for _, test := range []struct {
		red, blue int
		want      list
	}{
		{6, 6, list{"FOR_SALE", "FOR_SALE", "FOR_SALE", 6.0}},
		{5, 6, list{"FOR_SALE", "SALES_PAUSED", "FOR_SALE", 5.0}},
		{0, -1, list{"SALES_PAUSED", "SALES_PAUSED", "SALES_PAUSED", 0.0}},
	} {
		if diff := cmp.Diff(test.want, stock(test.red, test.blue)); diff != "" {
			t.Errorf("stock %d and %d (-want +got):\n%s", test.red, test.blue, diff)
		}
	}
	got := f.ok("PATCH", pathOf(p), obj{"allow_sales_when_out_of_stock": true})
	if got["sale_state"] != "FOR_SALE" {
		t.Errorf("allow_sales_when_out_of_stock: sale_state %v", got["sale_state"])
	}
	got = f.ok("PATCH", pathOf(p), obj{"variants": list{obj{"id": text(p, "variants.0.id"), "backordered_until": "2026-03-02T00:00:00Z"}}})
	if get(got, "variants.0.sale_state") != "SALES_PAUSED" {
		t.Errorf("backordered_until: sale_state %v", get(got, "variants.0.sale_state"))
	}
}

func TestTrimText(t *testing.T) {
	f := with(t, func(s *sandbox.Switches) { s.TrimText = true })
	p := f.create("p", edits{"name": " Tee ", "description": "Soft.\n"})
	if p["name"] != "Tee" || p["description"] != "Soft." {
		t.Errorf("got %q and %q", p["name"], p["description"])
	}
}
