package sandbox_test

import (
	"encoding/json"
	"maps"
	"slices"
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
	if got := f.ok("POST", pathOf(p, "/variants"), variant("p-r", "OTHER", "Red")); got["id"] != get(p, "variants.0.id") || got["sku"] != "p-RED" {
		t.Errorf("replay of the first variant's token gave %v", got)
	}
	if got := f.server.Effects(); got.Replayed != 2 || got.CreatedVariants != 1 {
		t.Errorf("replayed %d, created_variants %d, want 2 and 1", got.Replayed, got.CreatedVariants)
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
	fields := map[string]any{
		"name": "N", "description": "", "short_description": "S", "lifecycle_state": "UNPUBLISHED", "unit_multiplier": 4.0, "minimum_order_quantity": 8.0,
		"allow_sales_when_out_of_stock": true, "made_in_country": "CHN", "preorderable": true,
		"preorder_details": obj{"order_by_date": "2026-06-01T00:00:00.000Z", "keep_active_past_order_by_date": true},
	}
	for _, path := range slices.Sorted(maps.Keys(fields)) {
		value := fields[path]
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
	members := map[string]any{ // in the order of their names: only a preorder has variant_preorder_details
		"name": "V", "sku": "v-1", "gtin": "036000291452", "tariff_code": "6109", "backordered_until": "20260208T000915.000Z",
		"orderability_type": "PREORDER", "variant_preorder_details": obj{"expected_ship_date": "2026-05-21", "stop_selling_at": 1.0},
		"measurements": obj{"distance_unit": "FEET", "length": 1.5}, "case_measurements": obj{"mass_unit": "POUNDS", "weight": 2.0},
		"lifecycle_state": "UNPUBLISHED",
	}
	for _, member := range slices.Sorted(maps.Keys(members)) {
		value := members[member]
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
		return obj{"variant_option_sets": list{obj{"name": name, "values": values}}}
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
