package sandbox_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/faire/sandbox"
)

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

func TestDeletedProductsAreNoDuplicates(t *testing.T) {
	f := start(t, sandbox.Options{})
	f.create("a", edits{"name": "Tee"})
	second := f.create("b", edits{"name": "TEE"})
	if got := f.server.Effects().Duplicates; len(got) != 1 || got[0].Kind != "name" || len(got[0].IDs) != 2 {
		t.Errorf("duplicates %v, want one name on two products", got)
	}
	f.ok("DELETE", pathOf(second), nil)
	if got := f.server.Effects().Duplicates; len(got) != 0 {
		t.Errorf("duplicates %v after one of the two was deleted", got)
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
	f.do("PUT", ctrl+"/faults", `{"every_nth":{"n":1,"status":404}}`).is(400, "fault every_nth.status is 404, want 403, 429, 500 or 503")
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
		"lost answer": {sandbox.Faults{LoseAnswerEveryNth: 2}, true},
	} {
		if err := f.server.SetFaults(test.faults); err != nil {
			t.Fatal(err)
		}
		if test.done { // the first write passes, and reads do not count
			f.ok("GET", "/brands/profile", nil)
			if err := post("first"); err != nil {
				t.Errorf("%s: the first write: %v", name, err)
			}
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
	// Without Options.Sleep a timer waits; it gives up with the request.
	server := sandbox.New(sandbox.Options{})
	wait := func(ctx context.Context, milliseconds int) {
		if err := server.SetFaults(sandbox.Faults{LatencyMS: milliseconds}); err != nil {
			t.Fatal(err)
		}
		server.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", api+"/brands/profile", nil))
	}
	wait(t.Context(), 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	wait(ctx, int(time.Hour.Milliseconds()))
}
