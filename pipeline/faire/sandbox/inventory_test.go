package sandbox_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/faire/sandbox"
)

const (
	bySKUs = "/product-inventory/by-skus"
	byIDs  = "/product-inventory/by-product-variant-ids"
)

// onHand is an inventory PATCH: SKU (or variant id, by key) and figure in turn.
func onHand(key string, pairs ...any) obj {
	var entries list
	for i := 0; i < len(pairs); i += 2 {
		entry := obj{key: pairs[i]}
		if pairs[i+1] != nil {
			entry["on_hand_quantity"] = pairs[i+1]
		}
		entries = append(entries, entry)
	}
	return obj{"inventories": entries}
}

func quantity(n float64) obj { return obj{"type": "QUANTITY", "quantity": n} }

func holding(onHand, committed float64) obj {
	return obj{"on_hand_quantity": quantity(onHand), "committed_quantity": quantity(committed), "available_quantity": quantity(onHand - committed)}
}

func untracked() obj {
	none := obj{"type": "UNTRACKED", "quantity": 0.0}
	return obj{"on_hand_quantity": none, "committed_quantity": quantity(0), "available_quantity": none}
}

// holds wants an inventory answer.
func (f *faireUnderTest) holds(path string, want obj) {
	f.t.Helper()
	if diff := cmp.Diff(obj{"inventories": want}, f.ok("GET", path, nil)); diff != "" {
		f.t.Errorf("GET %s (-want +got):\n%s", path, diff)
	}
}

func TestB1AllOrNothing(t *testing.T) {
	f := start(t, sandbox.Options{})
	p := f.create("p")
	id := text(p, "variants.0.id")
	f.refused("PATCH", bySKUs, onHand("sku", "p-RED", 1, "none", 2, "neither", 3), 404, "none")
	f.refused("PATCH", byIDs, onHand("product_variant_id", id, 1, "po_none", 2), 404, "po_none")
	f.refused("PATCH", bySKUs, onHand("sku", "P-RED", 1), 404, "P-RED") // SKUs are case-sensitive
	f.refused("PATCH", bySKUs, onHand("product_variant_id", id, 1), 400, "An entry of the batch names no variant")
	f.holds(byIDs+"?ids="+id, obj{id: untracked()})
	f.ok("PATCH", "/products/"+text(p, "id")+"/variants/"+id, obj{"sku": "new"})
	f.refused("PATCH", bySKUs, onHand("sku", "p-RED", 1), 404, "p-RED") // renamed away
	f.ok("PATCH", bySKUs, onHand("sku", "new", 1))
	f.ok("DELETE", pathOf(p, "/variants/", id), nil)
	f.refused("PATCH", bySKUs, onHand("sku", "new", 1), 404, "new")
	f.refused("PATCH", byIDs, onHand("product_variant_id", id, 1), 404, id)
	f.ok("DELETE", pathOf(p), nil)
	f.refused("PATCH", bySKUs, onHand("sku", "p-BLUE", 1), 404, "p-BLUE")
	f.refused("PATCH", byIDs, onHand("product_variant_id", text(p, "variants.1.id"), 1), 404, text(p, "variants.1.id"))
}

func TestB2SKUOnSeveralVariants(t *testing.T) {
	f := start(t, sandbox.Options{})
	f.create("a")
	p := f.create("b", edits{"variants.0.sku": "a-RED"})
	const message = "Skus match multiple product variations: a-RED"
	f.refused("PATCH", bySKUs, onHand("sku", "b-BLUE", 1, "a-RED", 1), 400, message)
	f.refused("GET", bySKUs+"?skus=a-RED", nil, 400, message)
	f.refused("PATCH", "/product-prices/by-skus", obj{"prices": list{obj{"sku": "a-RED", "prices": list{price(1, 2)}}}}, 400, message)
	f.ok("PATCH", byIDs, onHand("product_variant_id", text(p, "variants.0.id"), 4)) // the way out
	f.ok("DELETE", pathOf(p), nil)
	f.ok("PATCH", bySKUs, onHand("sku", "a-RED", 1)) // only live variants count
}

func TestB3B4B6B7Get(t *testing.T) {
	f := start(t, sandbox.Options{})
	p := f.create("p", edits{"variants.1.sku": "B,LUE"})
	red, blue := text(p, "variants.0.id"), text(p, "variants.1.id")
	got := f.ok("PATCH", bySKUs, onHand("sku", "p-RED", -3)) // B6
	if diff := cmp.Diff(obj{"inventories": obj{"p-RED": holding(-3, 0)}}, got); diff != "" {
		t.Errorf("answer of PATCH (-want +got):\n%s", diff)
	}
	both := obj{red: holding(-3, 0), blue: untracked()} // B7
	f.holds(byIDs+"?ids="+red+"&ids="+blue, both)       // B3
	f.holds(byIDs+"?ids="+red+","+blue, both)
	f.holds(bySKUs+"?skus=p-RED&skus=B,LUE", obj{"p-RED": holding(-3, 0), "B,LUE": untracked()}) // a SKU may hold a comma
	f.holds(bySKUs+"?skus=p-RED,p-RED", obj{"p-RED": holding(-3, 0)})
	f.holds(byIDs+"?product_variant_ids="+red, obj{})
	f.holds(bySKUs, obj{})
	f.holds(bySKUs+"?skus=none,p-RED", obj{"p-RED": holding(-3, 0)}) // B4
	f = with(t, func(s *sandbox.Switches) { s.InventoryGetUnknown = sandbox.UnknownRefuse })
	f.refused("GET", bySKUs+"?skus=none", nil, 404, "none")
}

func TestB5NoFigureNoEffect(t *testing.T) {
	f := start(t, sandbox.Options{})
	p := f.create("p")
	got := f.ok("PATCH", bySKUs, onHand("sku", "p-RED", nil, "p-BLUE", 2))
	if diff := cmp.Diff(obj{"p-RED": untracked(), "p-BLUE": holding(2, 0)}, got["inventories"]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	before := f.ok("GET", pathOf(p), nil)
	f.ok("PATCH", bySKUs, `{"inventories":[{"sku":"p-RED","current_quantity":5}]}`)
	if diff := cmp.Diff(before, f.ok("GET", pathOf(p), nil)); diff != "" {
		t.Errorf("an entry without effect changed the product:\n%s", diff)
	}
	f.ok("PATCH", bySKUs, obj{})
}

func TestB8FreshVariants(t *testing.T) {
	f := with(t, func(s *sandbox.Switches) { s.FreshSKURequests = 2 })
	p := f.create("p")
	red := text(p, "variants.0.id")
	f.refused("PATCH", bySKUs, onHand("sku", "p-RED", 1, "p-BLUE", 1), 404, "p-RED")
	f.holds(byIDs+"?ids="+red, obj{})
	f.ok("PATCH", bySKUs, onHand("sku", "p-RED", 1))
	f.refused("PATCH", byIDs, onHand("product_variant_id", text(p, "variants.1.id"), 1), 404, text(p, "variants.1.id"))
	f.ok("PATCH", bySKUs, onHand("sku", "p-RED", 1, "p-BLUE", 1))
	f.ok("POST", pathOf(p, "/variants"), variant("n", "N", "Green"))
	f.refused("PATCH", bySKUs, onHand("sku", "N", 1), 404, "N")

	f = with(t, func(s *sandbox.Switches) { s.FreshSKUSeconds = 3 })
	f.create("p")
	f.refused("PATCH", bySKUs, onHand("sku", "p-RED", 1), 404, "p-RED")
	f.clock.at = f.clock.at.Add(2999 * time.Millisecond)
	f.refused("PATCH", bySKUs, onHand("sku", "p-RED", 1), 404, "p-RED")
	f.clock.at = f.clock.at.Add(time.Millisecond)
	f.ok("PATCH", bySKUs, onHand("sku", "p-RED", 1))
}

func TestB9BatchCap(t *testing.T) {
	f := with(t, func(s *sandbox.Switches) { s.BatchCap = 1 })
	f.create("p")
	f.ok("PATCH", bySKUs, onHand("sku", "p-RED", 1))
	f.refused("PATCH", bySKUs, onHand("sku", "p-RED", 1, "p-BLUE", 1), 400, "A batch must not have more than 1 entries")
	entry := func(sku string) obj { return obj{"sku": sku, "prices": list{price(1, 2)}} }
	f.refused("PATCH", "/product-prices/by-skus", obj{"prices": list{entry("p-RED"), entry("p-BLUE")}}, 400, "A batch must not have more than 1 entries")
}

func TestB10TheSameKeyTwice(t *testing.T) {
	f := start(t, sandbox.Options{})
	f.create("p")
	f.ok("PATCH", bySKUs, onHand("sku", "p-RED", 1, "p-RED", 2))
	f.holds(bySKUs+"?skus=p-RED", obj{"p-RED": holding(2, 0)})
	got := f.ok("PATCH", "/product-prices/by-skus", obj{"prices": list{
		obj{"sku": "p-RED", "prices": list{price(1, 2)}}, obj{"sku": "p-RED", "prices": list{price(3, 6)}},
	}})
	if get(got, "results.p-RED.prices.0.wholesale_price.amount_minor") != 3.0 {
		t.Errorf("results %v", got)
	}
	f = with(t, func(s *sandbox.Switches) { s.RepeatedKeys = sandbox.RepeatRefuse })
	f.create("p")
	f.refused("PATCH", bySKUs, onHand("sku", "p-RED", 1, "p-RED", 2), 400, "p-RED occurs twice in the batch")
}

func TestB11PriceBatch(t *testing.T) {
	const bySKU, byID = "/product-prices/by-skus", "/product-prices/by-product-variant-ids"
	f := start(t, sandbox.Options{})
	p, q := f.create("p"), f.create("q")
	entry := func(sku string, prices ...any) obj { return obj{"sku": sku, "prices": prices} }
	batch := func(entries ...any) obj { return obj{"prices": entries} }
	good := entry("p-RED", price(1100, 2200))
	for _, bad := range []struct {
		entry   obj
		status  int
		message string
	}{
		{entry("none", price(1, 2)), 404, "none"},
		{entry("", price(1, 2)), 400, "An entry of the batch names no variant"},
		{entry("q-RED", obj{}), 400, "Exactly one of country and country_group must be set"},                                   // V4
		{entry("q-RED", edited(price(1, 2), edits{"retail_price.currency": "EUR"})), 400, "Currency EUR is not valid for USA"}, // V5
		{entry("q-RED", price(0, 2)), 400, "Prices must be positive"},                                                          // V6
		{entry("q-RED", price(1, 2), price(1, 2)), 400, "Duplicate prices for USA"},                                            // V7
		{entry("q-RED", canadian(1, 2)), 400, "All variants must have consistent prices for different countries"},              // V8
		{entry("q-RED", price(1000, 1249)), 400, "Retail price must be between 1.25 and 10 times the wholesale price"},         // V10
	} {
		f.refused("PATCH", bySKU, batch(good, bad.entry), bad.status, bad.message)
	}
	for _, held := range []obj{p, q} {
		if diff := cmp.Diff(held, f.ok("GET", pathOf(held), nil)); diff != "" {
			t.Errorf("a refused batch left something behind:\n%s", diff)
		}
	}
	// Both variants move to two geographies in one batch: V8 looks at the outcome.
	got := f.ok("PATCH", bySKU, batch(entry("p-RED", price(1100, 2200), canadian(3, 6)), entry("p-BLUE", price(1, 2), canadian(3, 6)), obj{"sku": "q-RED"}))
	if len(get(got, "results.p-BLUE.prices").(list)) != 2 || len(get(got, "results.q-RED.prices").(list)) != 1 {
		t.Errorf("results %v", got["results"])
	}
	after := f.ok("GET", pathOf(p), nil)
	if diff := cmp.Diff(get(got, "results.p-RED.prices"), get(after, "variants.0.prices")); diff != "" {
		t.Errorf("answer and product differ:\n%s", diff)
	}
	if text(after, "updated_at") <= text(p, "updated_at") || f.ok("GET", pathOf(q), nil)["updated_at"] != q["updated_at"] {
		t.Error("updated_at must move for the products whose prices changed, and for no other")
	}
	id := text(q, "variants.0.id")
	got = f.ok("PATCH", byID, batch(obj{"product_variant_id": id, "prices": list{price(5, 10)}}))
	if get(got, "results."+id+".prices.0.retail_price.amount_minor") != 10.0 {
		t.Errorf("results %v", got)
	}
	f.refused("PATCH", byID, batch(entry("q-RED", price(5, 10))), 400, "An entry of the batch names no variant")

	f = with(t, func(s *sandbox.Switches) { s.PriceBatchChecks, s.PriceBatchKeepsRetail = false, true })
	f.create("q")
	got = f.ok("PATCH", bySKU, batch(entry("q-RED", price(1000, 1001)), entry("q-BLUE", canadian(7, 8))))
	if get(got, "results.q-RED.prices.0.retail_price.amount_minor") != 2000.0 || get(got, "results.q-BLUE.prices.0.retail_price.amount_minor") != 8.0 {
		t.Errorf("price_batch_keeps_retail: results %v", got)
	}
}

func TestAvailableQuantity(t *testing.T) {
	f := start(t, sandbox.Options{})
	f.create("p", edits{"variants.0.available_quantity": 0})
	f.holds(bySKUs+"?skus=p-RED", obj{"p-RED": untracked()})
	f = with(t, func(s *sandbox.Switches) { s.AvailableQuantityHonoured = true })
	p := f.create("p", edits{"variants.0.available_quantity": 4})
	f.holds(bySKUs+"?skus=p-RED", obj{"p-RED": holding(4, 0)})
	id := text(p, "variants.0.id")
	f.ok("PATCH", ctrl+"/inventories/"+id, `{"committed_quantity":{"type":"QUANTITY","quantity":3}}`)
	f.ok("PATCH", pathOf(p, "/variants/", id), obj{"available_quantity": 2})
	f.holds(bySKUs+"?skus=p-RED", obj{"p-RED": holding(5, 3)})
}

func TestInventoryMovesTheProduct(t *testing.T) {
	for _, moves := range []bool{true, false} {
		f := with(t, func(s *sandbox.Switches) { s.InventoryTouchesProduct = moves })
		p := f.create("p")
		f.ok("PATCH", bySKUs, onHand("sku", "p-RED", 1))
		got := f.ok("GET", pathOf(p), nil)
		if (got["updated_at"] != p["updated_at"]) != moves || (get(got, "variants.0.updated_at") != get(p, "variants.0.updated_at")) != moves {
			t.Errorf("inventory_touches_product %v: updated_at was %v, is %v", moves, p["updated_at"], got["updated_at"])
		}
		if get(got, "variants.0.available_quantity") != 1.0 || get(got, "variants.1.available_quantity") != nil {
			t.Errorf("available_quantity: %v", got["variants"])
		}
	}
}
