package sandbox_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/faire"
	"fairesync/pipeline/faire/sandbox"
)

const before = `{
 "brand": {"brand_id": "b_luma000001", "name": "Luma", "currency": "USD", "locale": "en-US"},
 "products": [
  {"id": "p_zzzzzzzzzz", "name": "Old", "updated_at": "2026-02-01T10:00:00Z", "lifecycle_state": "DELETED"},
  {"name": "Tee", "taxonomy_type": {"id": "tt_4fm0kw5igt"},
   "images": [{"url": "https://shop.example/1.jpg"}, {"url": "https://cdn.faire.com/x.jpg", "original_url": "https://shop.example/2.jpg"}],
   "variants": [{"sku": "A", "available_quantity": 5}, {"id": "po_aaaaaaaaaa", "sku": "B", "lifecycle_state": "DELETED"}, {"sku": "C"}]}],
 "inventories": {"po_aaaaaaaaaa": {"on_hand_quantity": {"type": "QUANTITY", "quantity": 7}, "committed_quantity": {"type": "QUANTITY", "quantity": 2}}}
}`

func TestStateFillsWhatIsMissing(t *testing.T) {
	f := start(t, sandbox.Options{})
	f.setState(before)
	state := f.server.State()
	tee := state.Products[0]
	shape := regexp.MustCompile(`^p_[0-9a-z]{10} po_[0-9a-z]{10} po_aaaaaaaaaa po_[0-9a-z]{10} i_[0-9a-z]{10} i_[0-9a-z]{10}$`)
	given := strings.Join([]string{tee.ID, tee.Variants[0].ID, tee.Variants[1].ID, tee.Variants[2].ID, tee.Images[0].ID, tee.Images[1].ID}, " ")
	if !shape.MatchString(given) {
		t.Errorf("ids given: %s", given)
	}
	if tee.Name != "Tee" || state.Products[1].ID != "p_zzzzzzzzzz" {
		t.Fatalf("products are not sorted by id: %s, %s", tee.ID, state.Products[1].ID)
	}
	now := "2026-03-01T08:00:00.000Z"
	five, zero, one := int64(5), int64(0), int64(1)
	want := sandbox.Product{
		ID: tee.ID, CreatedAt: now, UpdatedAt: now, BrandID: "b_luma000001", Name: "Tee", SaleState: "FOR_SALE", LifecycleState: "PUBLISHED",
		UnitMultiplier: 1, TaxonomyType: &faire.WireType{ID: "tt_4fm0kw5igt", Name: "Chair"}, VariantOptionSets: []faire.WireOptionSet{},
		Images: []faire.WireImage{
			{ID: tee.Images[0].ID, Width: 1200, Height: 1200, Sequence: &zero, URL: tee.Images[0].URL, OriginalURL: "https://shop.example/1.jpg"},
			{ID: tee.Images[1].ID, Width: 1200, Height: 1200, Sequence: &one, URL: "https://cdn.faire.com/x.jpg", OriginalURL: "https://shop.example/2.jpg"},
		},
	}
	for i, sku := range []string{"A", "B", "C"} {
		v := sandbox.Variant{
			ID: tee.Variants[i].ID, CreatedAt: now, UpdatedAt: now, ProductID: tee.ID, SaleState: "FOR_SALE", LifecycleState: "PUBLISHED", SKU: sku,
			Images: []faire.WireImage{}, Options: []faire.WireOption{}, Prices: []faire.WirePrice{},
		}
		want.Variants = append(want.Variants, v)
	}
	want.Variants[0].AvailableQuantity = &five
	want.Variants[1].AvailableQuantity, want.Variants[1].LifecycleState = &five, "DELETED"
	if diff := cmp.Diff(want, tee); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if state.Products[1].UpdatedAt != "2026-02-01T10:00:00.000Z" {
		t.Errorf("updated_at %s", state.Products[1].UpdatedAt)
	}
	if got := ids(f.ok("GET", "/products?include_deleted=true", nil)); cmp.Diff([]string{"p_zzzzzzzzzz", tee.ID}, got) != "" {
		t.Errorf("list order %v", got)
	}
	f.ok("PATCH", bySKUs, onHand("sku", "C", 1)) // found by its SKU
}

func TestStateGoesRoundUnchanged(t *testing.T) {
	f := start(t, sandbox.Options{})
	f.setState(before)
	p := f.create("p", edits{"preorderable": true, "preorder_details": obj{"order_by_date": "2026-05-21"}, "variants.0.measurements": obj{"mass_unit": "GRAMS", "weight": 1.5}})
	f.ok("DELETE", pathOf(p, "/variants/", text(p, "variants.0.id")), nil)
	first := f.do("GET", ctrl+"/state", nil).text
	f.setState(first)
	if diff := cmp.Diff(first, f.do("GET", ctrl+"/state", nil).text); diff != "" {
		t.Errorf("on the same server (-first +again):\n%s", diff)
	}
	other := start(t, sandbox.Options{Seed: 9})
	other.setState(first)
	if diff := cmp.Diff(first, other.do("GET", ctrl+"/state", nil).text); diff != "" {
		t.Errorf("on another server (-first +again):\n%s", diff)
	}
	if again := other.create("p"); again["id"] != p["id"] {
		t.Error("the token of a product that came with the state is not known")
	}
	state := f.server.State()
	if err := f.server.SetState(state); err != nil {
		t.Fatal(err)
	}
	state.Products[0].Variants[0].SKU = "changed by the caller"
	if got := f.server.State(); got.Products[0].Variants[0].SKU == "changed by the caller" {
		t.Error("the caller's state and the server's share memory")
	}
}

func TestStateRefusesWhatIsAmbiguous(t *testing.T) {
	f := start(t, sandbox.Options{})
	p := f.create("p")
	for name, test := range map[string]struct{ body, message string }{
		"product twice": {`{"products":[{"id":"p_1"},{"id":"p_1"}]}`, "state: product id p_1 is given twice"},
		"variant twice": {`{"products":[{"variants":[{"id":"po_1"},{"id":"po_1"}]}]}`, "state: variant id po_1 is given twice"},
		"time":          {`{"products":[{"id":"p_1","updated_at":"today"}]}`, `state: product p_1 has the timestamp "today", which cannot be read`},
		"variant time":  {`{"products":[{"variants":[{"id":"po_1","created_at":"?"}]}]}`, `state: variant po_1 has the timestamp "?", which cannot be read`},
		"inventory":     {`{"inventories":{"po_9":{}}}`, `state: inventories names variant "po_9", which no product has`},
		"unknown":       {`{"product":[]}`, `read body: json: unknown field "product"`},
		"type without":  {`{"taxonomy_types":[{"name":"Tee"}]}`, `state: taxonomy type "Tee" has no id`},
		"type twice":    {`{"taxonomy_types":[{"id":"tt_1"},{"id":"tt_1"}]}`, "state: taxonomy type id tt_1 is given twice"},
	} {
		t.Run(name, func(t *testing.T) { f.do("PUT", ctrl+"/state", test.body).is(400, test.message) })
	}
	f.ok("GET", pathOf(p), nil)
	f.do("DELETE", ctrl+"/state", nil).is(200, "")
	f.refused("GET", pathOf(p), nil, 404, text(p, "id"))
	f.do("PATCH", ctrl+"/state", "{}").is(405, "Method Not Allowed")
	f.do("GET", ctrl+"/nothing", nil).is(404, "/_sandbox/nothing")
}

func TestStateBringsItsOwnTaxonomy(t *testing.T) {
	f := start(t, sandbox.Options{})
	f.setState(`{"taxonomy_types":[{"id":"tt_1","name":"Tee"}]}`)
	if diff := cmp.Diff(obj{"taxonomy_types": list{obj{"id": "tt_1", "name": "Tee"}}}, f.ok("GET", "/products/types", nil)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	f.refused("POST", "/products", product("p"), 400, "Taxonomy type id tt_a023mowsjv is not valid")
	f.create("p", edits{"taxonomy_type.id": "tt_1"})
	if got := f.server.State().TaxonomyTypes; len(got) != 1 {
		t.Errorf("the state must show the types it brought: %v", got)
	}
}

func TestIDsDependOnSeedAndOrderAlone(t *testing.T) {
	run := func(seed uint64) string {
		f := start(t, sandbox.Options{Seed: seed})
		f.create("a")
		f.refused("POST", "/products", product("bad", edits{"images.0.url": ""}), 400, `Image url "" is not valid`) // uses up no id
		f.create("b")
		return f.do("GET", ctrl+"/state", nil).text
	}
	if diff := cmp.Diff(run(1), run(1)); diff != "" {
		t.Errorf("the same seed gives other ids:\n%s", diff)
	}
	if run(1) == run(2) {
		t.Error("another seed gives the same ids")
	}
	f := start(t, sandbox.Options{Seed: 1})
	a := f.create("a")
	f.setState(obj{"products": list{}})
	if b := f.create("b"); b["id"] == a["id"] {
		t.Error("an id was given twice")
	}
	g := start(t, sandbox.Options{Seed: 1})
	g.setState(obj{"products": list{obj{"id": a["id"], "name": "was there"}}})
	if b := g.create("b"); b["id"] == a["id"] {
		t.Error("an id of the state was given again")
	}
}

func TestUpdatedAtRisesWithEveryWrite(t *testing.T) {
	f := start(t, sandbox.Options{})
	p := f.create("p")
	if p["updated_at"] != "2026-03-01T08:00:00.000Z" || p["created_at"] != p["updated_at"] {
		t.Errorf("created_at %v, updated_at %v", p["created_at"], p["updated_at"])
	}
	for i := 1; i <= 3; i++ {
		got := f.ok("PATCH", pathOf(p), obj{"name": "x"})
		if want := fmt.Sprintf("2026-03-01T08:00:00.00%dZ", i); got["updated_at"] != want || got["created_at"] != p["created_at"] {
			t.Errorf("updated_at %v, want %s", got["updated_at"], want)
		}
	}
	f.clock.at = f.clock.at.Add(time.Minute)
	if got := f.ok("PATCH", pathOf(p), obj{"name": "x"}); got["updated_at"] != "2026-03-01T08:01:00.000Z" {
		t.Errorf("updated_at %v", got["updated_at"])
	}
	f.setState(obj{"products": list{obj{"name": "Later", "updated_at": "2030-01-01T00:00:00Z"}}})
	if got := f.create("after"); got["updated_at"] != "2030-01-01T00:00:00.001Z" {
		t.Errorf("after a state that is ahead of the clock: updated_at %v", got["updated_at"])
	}
	server := sandbox.New(sandbox.Options{})
	if err := server.SetState(sandbox.State{Products: []sandbox.Product{{Name: "Tee"}}}); err != nil {
		t.Fatal(err)
	}
	if got := server.State().Products[0].UpdatedAt; got != "2026-01-01T00:00:00.000Z" {
		t.Errorf("without a clock: updated_at %s", got)
	}
}

func TestPortalEdits(t *testing.T) {
	f := start(t, sandbox.Options{})
	p := f.create("p")
	id, red := text(p, "id"), text(p, "variants.0.id")
	f.server.ResetEffects()
	got := f.ok("PATCH", ctrl+"/products/"+id, `{"name":"Portal","description":null,"images":[],"lifecycle_state":"PUBLISHED","id":"p_other",
		"variants":[{"id":"`+red+`","prices":[],"sku":"portal"},{"sku":"new"}]}`)
	if got["name"] != "Portal" || got["description"] != nil || len(got["images"].(list)) != 0 || got["id"] != id {
		t.Errorf("product %v", got)
	}
	if get(got, "variants.0.sku") != "portal" || get(got, "variants.1.sku") != "p-BLUE" || get(got, "variants.2.sku") != "new" || text(got, "variants.2.id") == "" {
		t.Errorf("variants %v", got["variants"])
	}
	if text(got, "updated_at") <= text(p, "updated_at") || text(got, "variants.0.updated_at") != text(got, "updated_at") ||
		get(got, "variants.1.updated_at") != get(p, "variants.1.updated_at") {
		t.Errorf("updated_at: %v", got)
	}
	f.ok("PATCH", bySKUs, onHand("sku", "portal", 1))
	got = f.ok("PATCH", ctrl+"/products/"+id+"/variants/"+red, `{"gtin":"not one","available_quantity":9,"lifecycle_state":"DRAFT"}`)
	if get(got, "variants.0.gtin") != "not one" || get(got, "variants.0.available_quantity") != 9.0 {
		t.Errorf("variant %v", get(got, "variants.0"))
	}
	f.ok("PATCH", ctrl+"/inventories/"+red, `{"committed_quantity":{"type":"QUANTITY","quantity":4},"on_hand_quantity":{"type":"QUANTITY","quantity":10}}`)
	f.holds(byIDs+"?ids="+red, obj{red: holding(10, 4)})
	f.ok("PATCH", ctrl+"/inventories/"+red, `{"on_hand_quantity":{"type":"UNTRACKED"},"committed_quantity":{"quantity":0}}`)
	f.holds(byIDs+"?ids="+red, obj{red: untracked()})
	f.ok("PATCH", ctrl+"/products/"+id, `{"lifecycle_state":"DELETED"}`)
	f.refused("PATCH", pathOf(p), obj{"name": "x"}, 404, id)
	f.ok("PATCH", ctrl+"/products/"+id, `{"lifecycle_state":"UNPUBLISHED"}`)
	f.ok("PATCH", pathOf(p), obj{"name": "back"})
	for path, want := range map[string]string{
		"/products/p_none": "p_none", "/products/p_none/variants/po_1": "p_none", "/products/" + id + "/variants/po_1": "po_1", "/inventories/po_1": "po_1",
	} {
		f.do("PATCH", ctrl+path, "{}").is(404, want)
	}
	got = f.ok("PATCH", ctrl+"/products/"+id, `{"images":[{"url":"https://cdn.faire.com/kept.jpg"}],"idempotence_token":"other"}`)
	if get(got, "images.0.url") != "https://cdn.faire.com/kept.jpg" || get(got, "images.0.original_url") != "https://cdn.faire.com/kept.jpg" {
		t.Errorf("images %v", got["images"])
	}
	if other := f.create("p"); other["id"] == id {
		t.Error("a token that the portal replaced is still known")
	}
	f.server.ResetEffects()
	f.ok("PATCH", pathOf(p), obj{"name": "again"})
	f.do("GET", ctrl+"/products/"+id, nil).is(405, "Method Not Allowed")
	f.do("PATCH", ctrl+"/products/"+id, `{"colour":1}`).is(400, `read body: json: unknown field "colour"`)
	if got := f.server.Effects(); got.Updated != 1 || got.Created != 0 {
		t.Errorf("edits in the portal count as effects: %+v", got)
	}
}
