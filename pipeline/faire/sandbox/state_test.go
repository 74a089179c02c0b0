package sandbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
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
	p := f.create("p", edits{"preorderable": true, "variants.0.measurements": obj{"mass_unit": "GRAMS", "weight": 1.5}})
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
	f.do("GET", ctrl+"/products/"+id, nil).is(405, "Method Not Allowed")
	f.do("PATCH", ctrl+"/products/"+id, `{"colour":1}`).is(400, `read body: json: unknown field "colour"`)
	if got := f.server.Effects(); got.Updated != 1 || got.Created != 0 {
		t.Errorf("edits in the portal count as effects: %+v", got)
	}
}

func TestEffects(t *testing.T) {
	f := start(t, sandbox.Options{})
	f.setState(obj{"products": list{obj{"id": "p_aaaaaaaaaa", "name": " tee  A", "variants": list{obj{"id": "po_aaaaaaaaaa", "sku": "a-RED"}}}}})
	a := f.create("A")
	f.create("A")
	f.refused("PATCH", pathOf(a), obj{"name": ""}, 400, "name is mandatory")
	f.ok("PATCH", pathOf(a), obj{"variants": list{obj{"id": text(a, "variants.0.id"), "sku": "a-RED"}, variant("g", "G", "Green")}})
	f.ok("PATCH", bySKUs, onHand("sku", "G", 1))
	f.do("PUT", pathOf(a), nil).is(405, "Method Not Allowed")
	f.ok("GET", "/products", nil)
	green := text(f.ok("GET", pathOf(a), nil), "variants.2.id")
	skus := []string{text(a, "variants.0.id"), "po_aaaaaaaaaa"}
	names := []string{text(a, "id"), "p_aaaaaaaaaa"}
	want := sandbox.Effects{
		Created: 1, CreatedVariants: 1, Updated: 1, InventoryUpdated: 1, Replayed: 1, Refused: 2, Writes: 6, Reads: 2,
		Requests: map[string]int{
			"POST /products": 2, "PATCH /products/{product_id}": 2, "PATCH /product-inventory/by-skus": 1, "PUT /products/{product_id}": 1,
			"GET /products": 1, "GET /products/{product_id}": 1,
		},
		CreatedProducts: []string{text(a, "id")}, UpdatedProducts: []string{text(a, "id")}, InventoryVariants: []string{green},
		Refusals: []sandbox.Refusal{
			{Method: "PATCH", Path: pathOf(a), Status: 400, Message: "name is mandatory"},
			{Method: "PUT", Path: pathOf(a), Status: 405, Message: "Method Not Allowed"},
		},
		Duplicates: []sandbox.Duplicate{{Kind: "sku", Value: "a-RED", IDs: sorted(skus)}, {Kind: "name", Value: "tee a", IDs: sorted(names)}},
	}
	if diff := cmp.Diff(want, f.server.Effects()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var served sandbox.Effects
	if err := json.Unmarshal([]byte(f.do("GET", ctrl+"/effects", nil).text), &served); err != nil || cmp.Diff(want, served) != "" {
		t.Errorf("GET: %v\n%s", err, cmp.Diff(want, served))
	}
	f.ok("DELETE", ctrl+"/effects", nil)
	want = sandbox.Effects{
		Requests: map[string]int{}, CreatedProducts: []string{}, UpdatedProducts: []string{}, InventoryVariants: []string{}, Refusals: []sandbox.Refusal{},
		Duplicates: []sandbox.Duplicate{{Kind: "sku", Value: "a-RED", IDs: sorted(skus)}},
	}
	if diff := cmp.Diff(want, f.server.Effects()); diff != "" {
		t.Errorf("after DELETE (-want +got):\n%s", diff)
	}
	f.ok("GET", "/products", nil)
	f.ok("PUT", ctrl+"/effects", nil)
	if got := f.server.Effects().Reads; got != 0 {
		t.Errorf("after PUT: reads %d", got)
	}
	f.do("GET", "/nowhere", nil)
	if got := f.server.Effects().Requests["GET (unknown path)"]; got != 1 {
		t.Errorf("unknown path counted %d times", got)
	}
}

func sorted(in []string) []string {
	if in[0] > in[1] {
		in[0], in[1] = in[1], in[0]
	}
	return in
}

func TestFaultsThatAnswer(t *testing.T) {
	f := start(t, sandbox.Options{})
	f.ok("PUT", ctrl+"/faults", `{"every_nth":{"n":3,"status":503,"retry_after":"7"}}`)
	for i := 1; i <= 6; i++ {
		got := f.do("GET", "/brands/profile", nil)
		if fault := i%3 == 0; fault != (got.status == 503) || fault && got.header.Get("Retry-After") != "7" {
			t.Errorf("request %d: got %d, Retry-After %q", i, got.status, got.header.Get("Retry-After"))
		}
	}
	f.ok("PATCH", ctrl+"/faults", `{"every_nth":{"n":1,"status":500,"writes_only":true},"limit":1}`)
	f.ok("GET", "/brands/profile", nil)
	f.refused("POST", "/products", product("p"), 500, "Internal Server Error")
	f.create("p") // the limit is reached
	if got := f.server.State().Products; len(got) != 1 {
		t.Errorf("%d products, want 1: a faulty request must not be done", len(got))
	}
	if got := f.server.Effects(); got.Refused != 0 || got.Writes != 2 {
		t.Errorf("refused %d, writes %d, want 0 and 2", got.Refused, got.Writes)
	}
	f.do("PUT", ctrl+"/faults", `{"every_nth":{"n":1,"status":404}}`).is(400, "fault every_nth.status is 404, want 429, 500 or 503")
	f.do("PUT", ctrl+"/faults", `{"latency_ms":-1}`).is(400, "faults must not be negative")
	f.do("DELETE", ctrl+"/faults", nil).is(200, "")
	if diff := cmp.Diff(sandbox.Faults{}, f.server.Faults()); diff != "" {
		t.Errorf("faults after DELETE:\n%s", diff)
	}
}

func TestFaultsThatDropTheConnection(t *testing.T) {
	f := start(t, sandbox.Options{})
	server := httptest.NewServer(f.server)
	defer server.Close()
	post := func(token string) error {
		body, err := json.Marshal(product(token))
		if err != nil {
			t.Fatal(err)
		}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+api+"/products", strings.NewReader(string(body)))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("X-FAIRE-ACCESS-TOKEN", "x")
		response, err := server.Client().Do(request)
		if err == nil {
			err = response.Body.Close()
		}
		return err
	}
	for name, test := range map[string]struct {
		faults sandbox.Faults
		done   bool
	}{
		"reset":       {sandbox.Faults{ResetEveryNth: 1}, false},
		"lost answer": {sandbox.Faults{LoseAnswerEveryNth: 1}, true},
	} {
		if err := f.server.SetFaults(test.faults); err != nil {
			t.Fatal(err)
		}
		if err := post(name); err == nil {
			t.Errorf("%s: the request came back", name)
		}
		done := false
		for _, p := range f.server.State().Products {
			done = done || p.IdempotenceToken == name
		}
		if done != test.done {
			t.Errorf("%s: product made %v, want %v", name, done, test.done)
		}
	}
}

func TestLatency(t *testing.T) {
	var waited time.Duration
	f := start(t, sandbox.Options{Sleep: func(_ context.Context, wait time.Duration) { waited += wait }})
	if err := f.server.SetFaults(sandbox.Faults{LatencyMS: 250}); err != nil {
		t.Fatal(err)
	}
	f.ok("GET", "/brands/profile", nil)
	f.ok("GET", "/brands/profile", nil)
	if waited != 500*time.Millisecond {
		t.Errorf("waited %v, want 500ms", waited)
	}
}
