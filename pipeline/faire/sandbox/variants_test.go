package sandbox_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/faire/sandbox"
)

func TestVariantPost(t *testing.T) {
	f := start(t, sandbox.Options{})
	p := f.create("p")
	path := pathOf(p, "/variants")
	good := func(changes edits) obj { return edited(variant("n", "N", "Green"), changes) }
	f.refused("POST", path, good(edits{"idempotence_token": drop}), 400, "idempotence_token is mandatory for variants") // P1
	f.refused("POST", path, good(edits{"options": drop}), 400, "A product with multiple variants must have options")    // P15
	f.refused("POST", path, good(edits{"options.0.value": "Marron"}), 400, "Color:Marron is not one of the values for Color")
	f.refused("POST", path, good(edits{"options.0.value": "Red"}), 400, "Duplicate variants with same options")                               // P17
	f.refused("POST", path, good(edits{"gtin": "1"}), 400, "GTIN 1 is not valid")                                                             // V2
	f.refused("POST", path, good(edits{"prices.0": canadian(1, 2)}), 400, "All variants must have consistent prices for different countries") // V8
	f.refused("POST", "/products/p_none/variants", good(nil), 404, "p_none")
	got := f.ok("POST", path, good(edits{"id": text(p, "variants.0.id"), "lifecycle_state": "DRAFT"}))
	if got["id"] == get(p, "variants.0.id") || got["product_id"] != p["id"] || got["sku"] != "N" || got["sale_state"] != "FOR_SALE" {
		t.Errorf("variant made: %v", got)
	}
	after := f.ok("GET", pathOf(p), nil)
	if diff := cmp.Diff(got, get(after, "variants.2")); diff != "" {
		t.Errorf("answer and product differ (-answer +product):\n%s", diff)
	}
	if text(after, "updated_at") <= text(p, "updated_at") {
		t.Error("updated_at of the product did not move")
	}
	f.ok("DELETE", path+"/"+text(p, "variants.0.id"), nil)
	f.ok("POST", path, edited(variant("again", "p-RED", "Red"), nil)) // the options of a deleted variant are free
}

// TestOldOptionsAreNotLookedUp lets a product from the portal whose variants have values outside the sets grow all the same.
func TestOldOptionsAreNotLookedUp(t *testing.T) {
	f := start(t, sandbox.Options{})
	f.setState(obj{"products": list{obj{
		"id": "p_aaaaaaaaaa", "name": "Tee", "lifecycle_state": "DRAFT", "variant_option_sets": list{obj{"name": "Color", "values": list{"Green"}}},
		"variants": list{obj{"options": list{obj{"name": "Color", "value": "Gone"}}}},
	}}})
	f.ok("POST", "/products/p_aaaaaaaaaa/variants", variant("n", "N", "Green"))
}

func TestV1OptionsCannotChange(t *testing.T) {
	f := start(t, sandbox.Options{})
	p := f.create("p", edits{
		size:                   obj{"name": "Size", "values": list{"S", "M"}},
		"variants.0.options.1": obj{"name": "Size", "value": "S"}, "variants.1.options.1": obj{"name": "Size", "value": "S"},
	})
	red := pathOf(p, "/variants/", text(p, "variants.0.id"))
	pairs := func(color, size string) list {
		return list{obj{"name": "Size", "value": size}, obj{"name": "Color", "value": color}}
	}
	f.ok("PATCH", red, obj{"options": pairs("Red", "S")}) // the same in another order
	f.refused("PATCH", red, obj{"options": pairs("Red", "M")}, 400, "Product variant options cannot be changed.")
	f.refused("PATCH", red, obj{"options": list{}}, 400, "Product variant options cannot be changed.")
	item := obj{"id": text(p, "variants.0.id"), "options": pairs("Green", "S")}
	f.refused("PATCH", pathOf(p), obj{"variants": list{item}}, 400, "Product variant options cannot be changed.")
}

func TestV8OnPatch(t *testing.T) {
	f := start(t, sandbox.Options{})
	p := f.create("p")
	red, blue := text(p, "variants.0.id"), text(p, "variants.1.id")
	both := list{price(1000, 2000), canadian(1300, 2600)}
	f.refused("PATCH", pathOf(p), obj{"variants": list{obj{"id": red, "prices": both}}}, 400,
		"All variants must have consistent prices for different countries")
	got := f.ok("PATCH", pathOf(p), obj{"variants": list{obj{"id": red, "prices": both}, obj{"id": blue, "prices": both}}})
	if len(get(got, "variants.1.prices").(list)) != 2 {
		t.Errorf("prices %v", get(got, "variants.1.prices"))
	}
}

func TestV9PricesInAVariantPatch(t *testing.T) {
	const fixed = "You cannot change the currencies or geographic regions for a single variant's prices."
	f := start(t, sandbox.Options{})
	p := f.create("p")
	red := pathOf(p, "/variants/", text(p, "variants.0.id"))
	f.refused("PATCH", red, obj{"prices": list{canadian(1000, 2000)}}, 400, fixed)
	f.refused("PATCH", red, obj{"prices": list{price(1000, 2000), canadian(1000, 2000)}}, 400, fixed)
	f.refused("PATCH", red, obj{"prices": list{}}, 400, fixed)
	f.refused("PATCH", red, obj{"prices": list{price(1000, 1100)}}, 400, "Retail price must be between 1.25 and 10 times the wholesale price")
	got := f.ok("PATCH", red, obj{"prices": list{price(1100, 2200)}})
	if get(got, "prices.0.wholesale_price.amount_minor") != 1100.0 {
		t.Errorf("prices %v", got["prices"])
	}
	f = with(t, func(s *sandbox.Switches) { s.VariantPricePatch = sandbox.PricesIgnore })
	p = f.create("p")
	got = f.ok("PATCH", pathOf(p, "/variants/", text(p, "variants.0.id")), obj{"prices": list{price(1100, 2200)}, "sku": "x"})
	if get(got, "prices.0.wholesale_price.amount_minor") != 1000.0 || got["sku"] != "x" {
		t.Errorf("ignored: prices %v, sku %v", got["prices"], got["sku"])
	}
	draft := f.create("draft", edits{"lifecycle_state": "DRAFT", "variants.0.prices": drop, "variants.1.prices": drop})
	f.server.ResetEffects()
	f.ok("PATCH", pathOf(draft, "/variants/", text(draft, "variants.0.id")), obj{"prices": list{price(1, 2)}}) // the first prices change no set
	if got := f.server.Effects(); got.Updated != 1 {
		t.Errorf("updated %d, want 1", got.Updated)
	}
}

func TestV11V12DeleteVariant(t *testing.T) {
	f := start(t, sandbox.Options{})
	p, other := f.create("p"), f.create("other")
	red, blue := text(p, "variants.0.id"), text(p, "variants.1.id")
	f.ok("PATCH", "/product-inventory/by-skus", obj{"inventories": list{obj{"sku": "p-RED", "on_hand_quantity": 1}}})
	f.ok("DELETE", pathOf(p, "/variants/", red), nil)
	f.refused("DELETE", pathOf(p, "/variants/", blue), nil, 400, "Cannot delete variant: PRODUCT_NEEDS_AT_LEAST_ONE_OPTION") // V11
	f.refused("DELETE", pathOf(p, "/variants/", red), nil, 404, red)                                                         // V12
	f.refused("PATCH", pathOf(p, "/variants/", red), obj{"sku": "x"}, 404, red)
	f.refused("PATCH", pathOf(p, "/variants/po_none"), obj{"sku": "x"}, 404, "po_none")
	f.refused("DELETE", pathOf(other, "/variants/", blue), nil, 404, blue)
	if got := f.ok("GET", pathOf(p), nil)["variants"].(list); len(got) != 1 {
		t.Errorf("a deleted variant is shown: %v", got)
	}
	state := f.server.State()
	if len(state.Inventories) != 0 {
		t.Errorf("a deleted variant kept its stock: %v", state.Inventories)
	}
	for _, held := range state.Products {
		if held.ID == p["id"] && (len(held.Variants) != 2 || held.Variants[0].LifecycleState != "DELETED") {
			t.Errorf("the state must keep deleted variants: %v", held.Variants)
		}
	}
}

func TestV13OnPatch(t *testing.T) {
	f := start(t, sandbox.Options{})
	p := f.create("p")
	f.refused("PATCH", pathOf(p, "/variants/", text(p, "variants.0.id")), obj{"sale_state": "FOR_SALE"}, 400, "variant field 'sale_state' is read-only")
	f.refused("PATCH", pathOf(p), obj{"sale_state": "FOR_SALE"}, 400, "product field 'sale_state' is read-only")
}

func TestI1Images(t *testing.T) {
	f := start(t, sandbox.Options{})
	p := f.create("p", edits{"images.1": hero("http://nowhere.invalid/missing.png?v=2&w=1"), "variants.0.images": list{obj{"url": "https://shop.example/red.jpg"}}})
	for _, path := range []string{"images.0", "images.1", "variants.0.images.0"} {
		image := get(p, path).(obj)
		if text(image, "id") == "" || image["original_url"] == image["url"] || text(image, "url")[:22] != "https://cdn.faire.com/" {
			t.Errorf("%s: %v", path, image)
		}
	}
	if get(p, "images.1.original_url") != "http://nowhere.invalid/missing.png?v=2&w=1" || get(p, "images.1.sequence") != 1.0 {
		t.Errorf("images.1 is %v", get(p, "images.1"))
	}
}

func TestI3HeroesInThePatchedList(t *testing.T) {
	f := start(t, sandbox.Options{})
	p := f.create("p", edits{"images": list{hero("https://shop.example/1.jpg"), obj{"url": "https://shop.example/2.jpg"}}})
	first, second := text(p, "images.0.id"), text(p, "images.1.id")
	f.refused("PATCH", pathOf(p), obj{"images": list{obj{"id": first}, hero("https://shop.example/3.jpg")}}, 400,
		"Attempted to update image [https://shop.example/3.jpg] with 2 main images")
	got := f.ok("PATCH", pathOf(p), obj{"images": list{obj{"id": first, "tags": list{}}, obj{"id": second, "tags": list{"Hero"}}}}) // moved within one body
	if get(got, "images.0.tags") != nil || get(got, "images.1.tags.0") != "Hero" {
		t.Errorf("images %v", got["images"])
	}
	f.setState(obj{"brand": obj{"locale": "fr-FR"}, "products": list{f.server.State().Products[0]}})
	answer := f.do("PATCH", pathOf(p), obj{"images": list{obj{"id": first, "tags": list{"Hero"}}, obj{"id": second}}}).object()
	want := "Tentative de mise à jour de l'image [" + second + "] avec 2 images principales"
	if answer["localized_message"] != want || answer["field"] != "images" {
		t.Errorf("answer %v, want localized_message %q", answer, want)
	}
}

func TestI4DeleteImage(t *testing.T) {
	f := start(t, sandbox.Options{})
	p := f.create("p", edits{"images.1": obj{"url": "https://shop.example/2.jpg"}, "variants.0.images": list{obj{"url": "https://shop.example/v.jpg"}}})
	first, second := text(p, "images.0.id"), text(p, "images.1.id")
	f.ok("DELETE", pathOf(p, "/images/", first), nil)
	f.refused("DELETE", pathOf(p, "/images/", first), nil, 404, first)
	f.refused("DELETE", pathOf(p, "/images/", second), nil, 400, "PUBLISHED_PRODUCT_NEEDS_AT_LEAST_ONE_IMAGE")
	f.refused("DELETE", "/products/p_none/images/"+second, nil, 404, "p_none")
	f.ok("PATCH", pathOf(p), obj{"lifecycle_state": "UNPUBLISHED"})
	f.ok("DELETE", pathOf(p, "/images/", second), nil)
	ofVariant := pathOf(p, "/variants/", text(p, "variants.0.id"), "/images/", text(p, "variants.0.images.0.id"))
	f.ok("DELETE", ofVariant, nil)
	f.refused("DELETE", ofVariant, nil, 404, text(p, "variants.0.images.0.id"))
	f.refused("DELETE", pathOf(p, "/variants/po_none/images/i_none"), nil, 404, "po_none")
	got := f.ok("GET", pathOf(p), nil)
	if len(got["images"].(list)) != 0 || len(get(got, "variants.0.images").(list)) != 0 {
		t.Errorf("images are left: %v", got)
	}
}

func TestI5ImagesInAPatch(t *testing.T) {
	urls := func(p obj) list {
		var out list
		for _, image := range p["images"].(list) {
			out = append(out, image.(obj)["original_url"])
		}
		return out
	}
	const one, two, three = "https://shop.example/1.jpg", "https://shop.example/2.jpg", "https://shop.example/3.jpg"
	images := edits{"images": list{obj{"url": one}, obj{"url": two}}}
	f := start(t, sandbox.Options{})
	p := f.create("p", images)
	second := text(p, "images.1.id")
	got := f.ok("PATCH", pathOf(p), obj{"images": list{obj{"url": three}, obj{"id": second}}})
	if diff := cmp.Diff(list{three, two}, urls(got)); diff != "" {
		t.Errorf("replace (-want +got):\n%s", diff)
	}
	if get(got, "images.1.id") != second {
		t.Errorf("the kept image got another id: %v", got["images"])
	}
	again := f.ok("PATCH", pathOf(p), obj{"images": list{obj{"url": two, "sequence": 7}, obj{"url": text(got, "images.0.url")}, obj{"url": two}}})
	if diff := cmp.Diff(list{three, two}, urls(again)); diff != "" || get(again, "images.1.id") != second || get(again, "images.1.sequence") != 2.0 {
		t.Errorf("the same address is the same image (-want +got):\n%s%v", diff, again["images"])
	}
	if got := f.ok("PATCH", pathOf(p), obj{"name": "x"}); len(got["images"].(list)) != 2 {
		t.Errorf("a PATCH without images changed them: %v", got["images"])
	}

	twins := list{obj{"id": "i_1", "url": one}, obj{"id": "i_2", "url": one}}
	f.ok("PATCH", ctrl+pathOf(p), obj{"images": twins})
	got = f.ok("PATCH", pathOf(p), obj{"images": list{obj{"id": "i_2"}, obj{"id": "i_1"}}})
	if get(got, "images.0.id") != "i_2" || get(got, "images.1.id") != "i_1" {
		t.Errorf("two images of one address that came from the portal: %v", got["images"])
	}

	f = with(t, func(s *sandbox.Switches) { s.ImagesPatch = sandbox.ImagesAppend })
	p = f.create("p", images)
	got = f.ok("PATCH", pathOf(p), obj{"images": list{obj{"url": three}, obj{"url": one, "tags": list{"Hero"}}}})
	if diff := cmp.Diff(list{one, two, three}, urls(got)); diff != "" || get(got, "images.0.tags.0") != "Hero" {
		t.Errorf("append (-want +got):\n%s%v", diff, got["images"])
	}
}
