package sandbox_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/faire"
	"fairesync/pipeline/faire/sandbox"
)

// FuzzWrites sends any body to every endpoint that takes one. Whatever it is, the answer is a success or a refusal, and a refusal leaves
// the state as it was.
func FuzzWrites(f *testing.F) {
	for _, seed := range []string{
		`{}`, `[]`, `null`, `{"name":null,"variants":[null]}`, `{"idempotence_token":"t","name":"N","unit_multiplier":1,"variants":[{"idempotence_token":"v"}]}`,
		`{"variants":[{"id":"po_aaaaaaaaaa","prices":[{"geo_constraint":{"country":"USA"}}]}]}`, `{"images":[{"url":"https://x/1.jpg"},{"id":"i_1"}]}`,
		`{"variant_option_sets":[{"name":"Color","values":["Red",""]}]}`, `{"inventories":[{"sku":"A","on_hand_quantity":-1},{}]}`,
		`{"prices":[{"sku":"A","prices":[{"geo_constraint":{"country":"USA"},"wholesale_price":{"amount_minor":1,"currency":"USD"},"retail_price":{"amount_minor":2,"currency":"USD"}}]}]}`,
		`{"unit_multiplier":9223372036854775807,"minimum_order_quantity":-9223372036854775808}`, `{"per_style_minimum_order_quantity":1}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		server := sandbox.New(sandbox.Options{Types: []faire.WireType{{ID: "tt_1", Name: "Tee"}}})
		err := server.SetState(sandbox.State{Products: []sandbox.Product{{
			ID: "p_aaaaaaaaaa", Name: "Tee", LifecycleState: "DRAFT", Variants: []sandbox.Variant{{ID: "po_aaaaaaaaaa", SKU: "A"}},
		}}})
		if err != nil {
			t.Fatal(err)
		}
		for _, to := range []string{
			"POST /products", "PATCH /products/p_aaaaaaaaaa", "POST /products/p_aaaaaaaaaa/variants", "PATCH /products/p_aaaaaaaaaa/variants/po_aaaaaaaaaa",
			"PATCH /products/p_aaaaaaaaaa/variant-option-sets", "PATCH /product-inventory/by-skus", "PATCH /product-prices/by-skus",
		} {
			method, path, _ := strings.Cut(to, " ")
			before := server.State()
			request := httptest.NewRequest(method, api+path, strings.NewReader(body))
			request.Header.Set("X-FAIRE-ACCESS-TOKEN", "x")
			recorder := httptest.NewRecorder()
			server.ServeHTTP(recorder, request)
			switch {
			case recorder.Code != 200 && recorder.Code != 400 && recorder.Code != 404:
				t.Errorf("%s: status %d %s", to, recorder.Code, recorder.Body)
			case recorder.Code != 200 && cmp.Diff(before, server.State()) != "":
				t.Errorf("%s: a refusal changed the state:\n%s", to, cmp.Diff(before, server.State()))
			}
		}
	})
}

// FuzzListQuery asks the list anything, among it cursors nobody gave out.
func FuzzListQuery(f *testing.F) {
	for _, seed := range []string{"", "limit=10&page=2", "cursor=e30", "cursor=eyJpZCI6InAiLCJhZnRlciI6OX0", "page=9223372036854775807", "updated_at_min=2026-01-01T00:00:00Z"} {
		f.Add(seed)
	}
	server := sandbox.New(sandbox.Options{Types: []faire.WireType{{ID: "tt_1", Name: "Tee"}}})
	if err := server.SetState(catalogue(15)); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, query string) {
		request := httptest.NewRequest("GET", api+"/products", nil)
		request.URL = &url.URL{Path: request.URL.Path, RawQuery: query}
		request.Header.Set("X-FAIRE-ACCESS-TOKEN", "x")
		recorder := httptest.NewRecorder()
		server.ServeHTTP(recorder, request)
		if recorder.Code != 200 && recorder.Code != 400 {
			t.Errorf("status %d %s", recorder.Code, recorder.Body)
		}
	})
}

// FuzzState puts any state; what is taken must come back the same when it is put again.
func FuzzState(f *testing.F) {
	f.Add(before)
	f.Add(`{"products":[{"id":"p_1","variants":[{"id":"p_1"}]}]}`)
	f.Add(`{"products":[{"images":[{}],"variants":[{"images":[{"sequence":3}],"available_quantity":-1}]}],"taxonomy_types":[]}`)
	f.Fuzz(func(t *testing.T, body string) {
		server := sandbox.New(sandbox.Options{Types: []faire.WireType{{ID: "tt_1", Name: "Tee"}}})
		put := func(body string) int {
			recorder := httptest.NewRecorder()
			server.ServeHTTP(recorder, httptest.NewRequest("PUT", ctrl+"/state", strings.NewReader(body)))
			return recorder.Code
		}
		get := func() string {
			recorder := httptest.NewRecorder()
			server.ServeHTTP(recorder, httptest.NewRequest("GET", ctrl+"/state", nil))
			return recorder.Body.String()
		}
		if put(body) != 200 {
			return
		}
		first := get()
		if status := put(first); status != 200 {
			t.Fatalf("a state it gave is refused with %d: %s", status, first)
		}
		if diff := cmp.Diff(first, get()); diff != "" {
			t.Errorf("(-first +again):\n%s", diff)
		}
	})
}
