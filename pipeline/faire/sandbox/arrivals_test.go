package sandbox_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/faire/sandbox"
)

// TestArrivals: every request is listed in its order, with what became of it, also where nothing came back.
func TestArrivals(t *testing.T) {
	f := start(t, sandbox.Options{})
	begin := f.clock.at
	p := f.create("a")
	f.clock.at = begin.Add(1500 * time.Millisecond)
	f.ok("PATCH", pathOf(p), `{"name":"N"}`)
	f.ok("PATCH", pathOf(p), `{"name":"N"}`)
	f.refused("PATCH", pathOf(p), `{"name":""}`, 400, "name is mandatory")
	f.do("GET", "/nowhere?x=1", nil)
	f.ok("PUT", ctrl+"/faults", `{"every_nth":{"n":1,"status":429,"retry_after":"1"}}`)
	f.do("GET", pathOf(p), nil)
	f.ok("PUT", ctrl+"/faults", `{"reset_every_nth":2,"lose_answer_every_nth":1}`)
	for range 2 {
		f.dropped("PATCH", pathOf(p), `{"name":"N"}`)
	}
	got := f.server.Arrivals()
	later := begin.Add(1500 * time.Millisecond)
	patch := sandbox.Arrival{At: later, Method: "PATCH", Path: pathOf(p), Pattern: "/products/{product_id}", Body: got[1].Body, Status: 200, Done: true}
	change := func(edit func(*sandbox.Arrival)) sandbox.Arrival { a := patch; edit(&a); return a }
	want := []sandbox.Arrival{
		{At: begin, Method: "POST", Path: "/products", Pattern: "/products", Token: "a", Body: got[0].Body, Status: 200, Done: true},
		patch, patch,
		change(func(a *sandbox.Arrival) { a.Status, a.Done, a.Body = 400, false, got[3].Body }),
		{At: later, Method: "GET", Path: "/nowhere", Status: 404},
		{At: later, Method: "GET", Path: pathOf(p), Pattern: "/products/{product_id}", Status: 429, Fault: sandbox.Fault429Wait},
		change(func(a *sandbox.Arrival) { a.Status, a.Fault = 0, sandbox.FaultLost }),
		change(func(a *sandbox.Arrival) { a.Status, a.Done, a.Fault = 0, false, sandbox.FaultReset }),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	digests := map[string]bool{got[0].Body: true, got[1].Body: true, got[3].Body: true}
	if len(digests) != 3 || len(got[0].Body) != 16 {
		t.Errorf("the digests %v do not tell three bodies apart", digests)
	}
	var served []sandbox.Arrival
	if err := json.Unmarshal([]byte(f.do("GET", ctrl+"/requests", nil).text), &served); err != nil || cmp.Diff(want, served) != "" {
		t.Errorf("GET: %v\n%s", err, cmp.Diff(want, served))
	}
	f.do("DELETE", ctrl+"/requests", nil).is(405, "Method Not Allowed")
	f.ok("DELETE", ctrl+"/effects", nil)
	if got := f.server.Arrivals(); len(got) != 0 {
		t.Errorf("after the effects were reset there are %v", got)
	}
}

// dropped sends a request that is not answered.
func (f *faireUnderTest) dropped(method, path, body string) {
	f.t.Helper()
	request := httptest.NewRequest(method, api+path, strings.NewReader(body))
	request.Header.Set("X-FAIRE-ACCESS-TOKEN", "token")
	defer func() {
		f.t.Helper()
		if got, _ := recover().(error); !errors.Is(got, http.ErrAbortHandler) {
			f.t.Errorf("%s %s: the handler ended with %v", method, path, got)
		}
	}()
	f.server.ServeHTTP(httptest.NewRecorder(), request)
}

// TestDuplicateTokens: a token is there once among live products, and once among live variants.
func TestDuplicateTokens(t *testing.T) {
	f := start(t, sandbox.Options{})
	one := obj{"id": "p_1", "name": "One", "idempotence_token": "t", "variants": list{obj{"id": "po_1", "idempotence_token": "v"}, obj{"id": "po_2", "idempotence_token": "v"}}}
	two := obj{"id": "p_2", "name": "Two", "idempotence_token": "t", "variants": list{obj{"id": "po_3", "idempotence_token": "v"}, obj{"id": "po_4", "idempotence_token": "t"}}}
	bare := obj{"id": "p_3", "name": "Three", "variants": list{obj{"id": "po_5"}, obj{"id": "po_6"}}}
	f.setState(obj{"products": list{one, two, bare, obj{"id": "p_4", "name": "Four", "lifecycle_state": "DELETED", "idempotence_token": "t"}}})
	want := []sandbox.Duplicate{{Kind: "token", Value: "t", IDs: []string{"p_1", "p_2"}}, {Kind: "variant_token", Value: "v", IDs: []string{"po_1", "po_2", "po_3"}}}
	if diff := cmp.Diff(want, f.server.Effects().Duplicates); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	f.ok("DELETE", "/products/p_2", nil)
	f.ok("DELETE", "/products/p_1/variants/po_1", nil)
	if got := f.server.Effects().Duplicates; len(got) != 0 {
		t.Errorf("duplicates %v after all but one were deleted", got)
	}
}

// TestOrders: orders commit units, whole or not at all, and can be taken back.
func TestOrders(t *testing.T) {
	f := start(t, sandbox.Options{})
	p := f.create("a")
	red, blue := text(p, "variants.0.id"), text(p, "variants.1.id")
	f.ok("PATCH", byIDs, onHand("product_variant_id", red, 10))
	stock := func(onHand, committed, available int) obj {
		quantity := func(n int) obj { return obj{"type": "QUANTITY", "quantity": float64(n)} }
		return obj{"on_hand_quantity": quantity(onHand), "committed_quantity": quantity(committed), "available_quantity": quantity(available)}
	}
	got := f.ok("POST", ctrl+"/orders", obj{"variants": obj{red: 3}})
	if diff := cmp.Diff(obj{"inventories": obj{red: stock(10, 3, 7)}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got = f.ok("POST", ctrl+"/orders", obj{"variants": obj{red: 9, blue: 1}})
	untracked := obj{"type": "UNTRACKED", "quantity": 0.0}
	want := obj{"inventories": obj{red: stock(10, 12, -2), blue: obj{"on_hand_quantity": untracked, "available_quantity": untracked,
		"committed_quantity": obj{"type": "QUANTITY", "quantity": 1.0}}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	f.refused("POST", ctrl+"/orders", obj{"variants": obj{red: 1, "po_none": 1}}, 404, "po_none")
	f.refused("POST", ctrl+"/orders", obj{"variants": obj{red: -13}}, 400, "of variant "+red+" only 12 units are committed")
	f.refused("GET", ctrl+"/orders", nil, 405, "Method Not Allowed")
	got = f.ok("POST", ctrl+"/orders", obj{"variants": obj{red: -12}})
	if diff := cmp.Diff(obj{"inventories": obj{red: stock(10, 0, 10)}}, got); diff != "" {
		t.Errorf("after all was taken back (-want +got):\n%s", diff)
	}
	if got := f.server.Effects(); got.InventoryUpdated != 1 {
		t.Errorf("%d stocks were set by requests, want 1", got.InventoryUpdated)
	}
}
