package faire_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/faire"
)

// token is the secret of these tests; no error, log line or formatted value may hold it.
const token = "sekret-0123456789-token"

// request is what a test server saw.
type request struct {
	Method, Path, Query, Body string
}

// server answers scripted requests in turn, the last answer again and again, and remembers what it saw.
type server struct {
	*httptest.Server
	mu      sync.Mutex
	answers []http.HandlerFunc
	seen    []request
	headers []http.Header
}

func serve(t *testing.T, answers ...http.HandlerFunc) *server {
	t.Helper()
	s := &server{answers: answers}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

// ServeHTTP implements http.Handler.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		body = []byte("unreadable: " + err.Error())
	}
	s.mu.Lock()
	s.seen = append(s.seen, request{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, string(body)})
	s.headers = append(s.headers, r.Header.Clone())
	answer := s.answers[min(len(s.seen), len(s.answers))-1]
	s.mu.Unlock()
	answer(w, r)
}

func (s *server) requests() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen
}

// says answers with a status and a JSON body.
func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// options are those of a client that is not slowed down and hardly waits between attempts.
func options(base string) faire.Options {
	return faire.Options{
		BaseURL: base + "/external-api/v2",
		Token:   token,
		Now:     time.Now,
		Pace:    faire.Pace{WritesPerSecond: -1, ReadsPerSecond: -1},
		Retry:   faire.Retry{First: time.Microsecond, Longest: time.Microsecond},
	}
}

func connect(t *testing.T, o faire.Options) *faire.Client {
	t.Helper()
	c, err := faire.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// productBody is a product as Faire writes it, of any id.
func productBody(id string) string {
	return fmt.Sprintf(`{"id":%q,"name":"Tee","lifecycle_state":"DRAFT","updated_at":"2024-01-15T10:30:00Z","variants":[{"id":"po_v1","sku":"TEE-S"}]}`, id)
}

func productOf(id string) catalog.Product {
	return catalog.Product{FaireID: id, Name: "Tee", Lifecycle: catalog.Draft, UpdatedAt: time.Date(2024, 1, 15, 10, 30, 0, 0, time.UTC),
		Variants: []catalog.Variant{{FaireID: "po_v1", SKU: "TEE-S"}}}
}

func number(n int64) *int64 { return &n }

// TestMethods sends each typed method once and compares the request on the wire and the decoded answer.
func TestMethods(t *testing.T) {
	inventories := `{"inventories":{"po_a":{"on_hand_quantity":{"type":"QUANTITY","quantity":-2},"committed_quantity":{"type":"QUANTITY","quantity":3},` +
		`"available_quantity":{"type":"QUANTITY","quantity":-5}},"po_b":{"on_hand_quantity":{"type":"UNTRACKED"},"available_quantity":{"type":"UNTRACKED"}}}}`
	stock := map[string]catalog.Stock{"po_a": {OnHand: number(-2), Committed: 3, Available: number(-5)}, "po_b": {}}
	tests := []struct {
		name   string
		answer string
		call   func(context.Context, *faire.Client) (any, error)
		want   any
		sent   request
	}{
		{
			name: "profile", answer: `{"brand_id":"b_1","name":"Luma","currency":"USD","locale":"en-US"}`,
			call: func(ctx context.Context, c *faire.Client) (any, error) { return c.Profile(ctx) },
			want: catalog.Brand{ID: "b_1", Name: "Luma", Currency: "USD", Locale: "en-US"},
			sent: request{Method: "GET", Path: "/external-api/v2/brands/profile"},
		},
		{
			name: "types", answer: `{"taxonomy_types":[{"id":"tt_b","name":"Chair"},{"id":"tt_a","name":"Chair"},{"id":"tt_b","name":"Chair"}]}`,
			call: func(ctx context.Context, c *faire.Client) (any, error) { return c.Types(ctx) },
			want: []catalog.Type{{ID: "tt_a", Name: "Chair"}, {ID: "tt_b", Name: "Chair"}},
			sent: request{Method: "GET", Path: "/external-api/v2/products/types"},
		},
		{
			name: "product", answer: productBody("p_1"),
			call: func(ctx context.Context, c *faire.Client) (any, error) { return c.Product(ctx, "p_1") },
			want: productOf("p_1"),
			sent: request{Method: "GET", Path: "/external-api/v2/products/p_1"},
		},
		{
			name: "create product", answer: productBody("p_2"),
			call: func(ctx context.Context, c *faire.Client) (any, error) {
				return c.CreateProduct(ctx, json.RawMessage(`{"idempotence_token":"fs1-x-1","name":"Tee"}`))
			},
			want: productOf("p_2"),
			sent: request{Method: "POST", Path: "/external-api/v2/products", Body: `{"idempotence_token":"fs1-x-1","name":"Tee"}`},
		},
		{
			name: "update product", answer: productBody("p_3"),
			call: func(ctx context.Context, c *faire.Client) (any, error) {
				return c.UpdateProduct(ctx, "p_3", json.RawMessage(`{"name":"Tee"}`))
			},
			want: productOf("p_3"),
			sent: request{Method: "PATCH", Path: "/external-api/v2/products/p_3", Body: `{"name":"Tee"}`},
		},
		{
			name: "create variant", answer: `{"id":"po_9","sku":"TEE-M","options":[{"name":"Size","value":"M"}]}`,
			call: func(ctx context.Context, c *faire.Client) (any, error) {
				return c.CreateVariant(ctx, "p_3", json.RawMessage(`{"idempotence_token":"fs1-y-1","sku":"TEE-M"}`))
			},
			want: catalog.Variant{FaireID: "po_9", SKU: "TEE-M", Options: []catalog.Choice{{Name: "Size", Value: "M"}}},
			sent: request{Method: "POST", Path: "/external-api/v2/products/p_3/variants", Body: `{"idempotence_token":"fs1-y-1","sku":"TEE-M"}`},
		},
		{
			name: "update variant", answer: `{"id":"po_9","sku":"TEE-L"}`,
			call: func(ctx context.Context, c *faire.Client) (any, error) {
				return c.UpdateVariant(ctx, "p_3", "po_9", json.RawMessage(`{"sku":"TEE-L"}`))
			},
			want: catalog.Variant{FaireID: "po_9", SKU: "TEE-L"},
			sent: request{Method: "PATCH", Path: "/external-api/v2/products/p_3/variants/po_9", Body: `{"sku":"TEE-L"}`},
		},
		{
			name: "set option sets", answer: `{"variant_option_sets":[{"name":"Size","values":["S","M"]}]}`,
			call: func(ctx context.Context, c *faire.Client) (any, error) {
				return c.SetOptionSets(ctx, "p_3", json.RawMessage(`{"variant_option_sets":[{"name":"Size","values":["S","M"]}]}`))
			},
			want: []catalog.Option{{Name: "Size", Values: []string{"S", "M"}}},
			sent: request{Method: "PATCH", Path: "/external-api/v2/products/p_3/variant-option-sets", Body: `{"variant_option_sets":[{"name":"Size","values":["S","M"]}]}`},
		},
		{
			name: "delete product image", answer: "",
			call: func(ctx context.Context, c *faire.Client) (any, error) {
				return nil, c.DeleteProductImage(ctx, "p_3", "i_1")
			},
			sent: request{Method: "DELETE", Path: "/external-api/v2/products/p_3/images/i_1"},
		},
		{
			name: "delete variant image", answer: "",
			call: func(ctx context.Context, c *faire.Client) (any, error) {
				return nil, c.DeleteVariantImage(ctx, "p_3", "po_9", "i_1")
			},
			sent: request{Method: "DELETE", Path: "/external-api/v2/products/p_3/variants/po_9/images/i_1"},
		},
		{
			name: "inventory", answer: inventories,
			call: func(ctx context.Context, c *faire.Client) (any, error) {
				return c.Inventory(ctx, []string{"po_b", "po_a", "po_b"})
			},
			want: stock,
			sent: request{Method: "GET", Path: "/external-api/v2/product-inventory/by-product-variant-ids", Query: "ids=po_a&ids=po_b"},
		},
		{
			name: "set inventory", answer: inventories,
			call: func(ctx context.Context, c *faire.Client) (any, error) {
				return c.SetInventory(ctx, json.RawMessage(`{"inventories":[]}`))
			},
			want: stock,
			sent: request{Method: "PATCH", Path: "/external-api/v2/product-inventory/by-product-variant-ids", Body: `{"inventories":[]}`},
		},
		{
			name:   "set prices",
			answer: `{"results":{"po_9":{"prices":[{"geo_constraint":{"country":"USA"},"wholesale_price":{"amount_minor":1000,"currency":"USD"},"retail_price":{"amount_minor":2000,"currency":"USD"}}]}}}`,
			call: func(ctx context.Context, c *faire.Client) (any, error) {
				return c.SetPrices(ctx, json.RawMessage(`{"prices":[]}`))
			},
			want: map[string][]catalog.Price{"po_9": {{Geography: "USA", Currency: "USD", Wholesale: 1000, Retail: 2000}}},
			sent: request{Method: "PATCH", Path: "/external-api/v2/product-prices/by-product-variant-ids", Body: `{"prices":[]}`},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := serve(t, says(200, test.answer))
			got, err := test.call(t.Context(), connect(t, options(s.URL)))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]request{test.sent}, s.requests()); diff != "" {
				t.Errorf("sent (-want +got):\n%s", diff)
			}
			if got := s.headers[0].Get("X-FAIRE-ACCESS-TOKEN"); got != token {
				t.Errorf("token header = %q", got)
			}
			wantType := "application/json"
			if test.sent.Body == "" { // Faire has answered 415 to it (contract §1.1)
				wantType = ""
			}
			if got := s.headers[0].Get("Content-Type"); got != wantType {
				t.Errorf("Content-Type = %q, want %q", got, wantType)
			}
			if got := s.headers[0].Get("User-Agent"); got != faire.DefaultUserAgent {
				t.Errorf("User-Agent = %q", got)
			}
		})
	}
}

func TestOAuthHeaders(t *testing.T) {
	s := serve(t, says(200, `{"brand_id":"b_1"}`))
	o := options(s.URL)
	o.Token, o.OAuth = "", faire.OAuth{ApplicationID: "apa_1", ApplicationSecret: "app-secret", AccessToken: "oauth-token"}
	if _, err := connect(t, o).Profile(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := []string{s.headers[0].Get("X-FAIRE-APP-CREDENTIALS"), s.headers[0].Get("X-FAIRE-OAUTH-ACCESS-TOKEN"), s.headers[0].Get("X-FAIRE-ACCESS-TOKEN")}
	if diff := cmp.Diff([]string{"YXBhXzE6YXBwLXNlY3JldA==", "oauth-token", ""}, got); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
}

func TestInventoryInChunks(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var parts []string
		for _, id := range r.URL.Query()["ids"] {
			parts = append(parts, fmt.Sprintf(`%q:{"on_hand_quantity":{"type":"QUANTITY","quantity":7}}`, id))
		}
		says(200, `{"inventories":{`+strings.Join(parts, ",")+`}}`)(w, r)
	})
	var ids []string
	want := map[string]catalog.Stock{}
	for i := range 95 {
		id := fmt.Sprintf("po_%03d", i)
		ids = append(ids, id)
		want[id] = catalog.Stock{OnHand: number(7)}
	}
	c := connect(t, options(s.URL))
	got, err := c.Inventory(t.Context(), ids)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("inventory (-want +got):\n%s", diff)
	}
	var sizes []int
	for _, r := range s.requests() {
		query, err := url.ParseQuery(r.Query)
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, len(query["ids"]))
	}
	if diff := cmp.Diff([]int{40, 40, 15}, sizes); diff != "" {
		t.Errorf("ids per request (-want +got):\n%s", diff)
	}
	if none, err := c.Inventory(t.Context(), nil); err != nil || len(none) != 0 || len(s.requests()) != 3 {
		t.Errorf("no ids: %v, %v, %d requests; want none", none, err, len(s.requests()))
	}
}

// TestNeverSent: what is wrong before it is sent reaches nobody.
func TestNeverSent(t *testing.T) {
	object, created := json.RawMessage(`{}`), json.RawMessage(`{"idempotence_token":"x"}`)
	tests := map[string]func(context.Context, *faire.Client) error{
		"product id with slash": func(ctx context.Context, c *faire.Client) error { _, err := c.Product(ctx, "p_1/../p_2"); return err },
		"product id of a variant": func(ctx context.Context, c *faire.Client) error {
			_, err := c.UpdateProduct(ctx, "po_1", object)
			return err
		},
		"variant id of a product": func(ctx context.Context, c *faire.Client) error {
			_, err := c.UpdateVariant(ctx, "p_1", "p_1", object)
			return err
		},
		"image id blank": func(ctx context.Context, c *faire.Client) error { return c.DeleteProductImage(ctx, "p_1", "") },
		"image id upper": func(ctx context.Context, c *faire.Client) error {
			return c.DeleteVariantImage(ctx, "p_1", "po_1", "i_A")
		},
		"inventory id wrong": func(ctx context.Context, c *faire.Client) error {
			_, err := c.Inventory(ctx, []string{"SKU-1"})
			return err
		},
		"create without token": func(ctx context.Context, c *faire.Client) error {
			_, err := c.CreateProduct(ctx, json.RawMessage(`{"name":"x"}`))
			return err
		},
		"create with token of another type": func(ctx context.Context, c *faire.Client) error {
			_, err := c.CreateProduct(ctx, json.RawMessage(`{"idempotence_token":7}`))
			return err
		},
		"variant without token": func(ctx context.Context, c *faire.Client) error {
			_, err := c.CreateVariant(ctx, "p_1", object)
			return err
		},
		"variant of no product": func(ctx context.Context, c *faire.Client) error {
			_, err := c.CreateVariant(ctx, "x", created)
			return err
		},
		"body null": func(ctx context.Context, c *faire.Client) error {
			_, err := c.SetPrices(ctx, json.RawMessage(`null`))
			return err
		},
		"body empty": func(ctx context.Context, c *faire.Client) error { _, err := c.SetInventory(ctx, nil); return err },
		"body broken": func(ctx context.Context, c *faire.Client) error {
			_, err := c.SetOptionSets(ctx, "p_1", object[:1])
			return err
		},
		"body is a list": func(ctx context.Context, c *faire.Client) error {
			_, err := c.UpdateProduct(ctx, "p_1", []byte(`[]`))
			return err
		},
		"line break in id": func(ctx context.Context, c *faire.Client) error { _, err := c.Product(ctx, "p_1\n"); return err },
	}
	for name, call := range tests {
		t.Run(name, func(t *testing.T) {
			s := serve(t, says(500, ""))
			c := connect(t, options(s.URL))
			e := failure(t, call(t.Context(), c))
			if e.Code() != faire.CodeInvalidRequest || e.Definite() || e.Unknown() || e.Temporary() {
				t.Errorf("%v: code %s, definite %t, unknown %t, temporary %t", e, e.Code(), e.Definite(), e.Unknown(), e.Temporary())
			}
			if len(s.requests()) != 0 || c.Counts() != (faire.Counts{}) {
				t.Errorf("sent %v, counted %+v; want nothing", s.requests(), c.Counts())
			}
		})
	}
}

// TestStrayAnswers: a 2xx answer that is not what Faire documents is an error, and of a write an unknown outcome.
func TestStrayAnswers(t *testing.T) {
	write := func(ctx context.Context, c *faire.Client) error {
		_, err := c.UpdateProduct(ctx, "p_1", json.RawMessage(`{"name":"Tee"}`))
		return err
	}
	tests := map[string]struct {
		answer  string
		call    func(context.Context, *faire.Client) error
		code    string
		unknown bool
	}{
		"write, empty":         {"", write, faire.CodeMalformed, true},
		"write, cut off":       {`{"id":"p_1","name":`, write, faire.CodeMalformed, true},
		"write, other product": {productBody("p_2"), write, faire.CodeMalformed, true},
		"write, no id":         {`{}`, write, faire.CodeMalformed, true},
		"write, web page":      {"<!DOCTYPE html><html><title>Log &amp; in</title></html>", write, faire.CodeNotJSON, true},
		"write, bad timestamp": {`{"id":"p_1","updated_at":"yesterday"}`, write, faire.CodeMalformed, true},
		"variant, other": {`{"id":"po_2"}`, func(ctx context.Context, c *faire.Client) error {
			_, err := c.UpdateVariant(ctx, "p_1", "po_1", []byte(`{}`))
			return err
		}, faire.CodeMalformed, true},
		"variant, none": {`{}`, func(ctx context.Context, c *faire.Client) error {
			_, err := c.CreateVariant(ctx, "p_1", []byte(`{"idempotence_token":"x"}`))
			return err
		}, faire.CodeMalformed, true},
		"options, none": {`{}`, func(ctx context.Context, c *faire.Client) error {
			_, err := c.SetOptionSets(ctx, "p_1", []byte(`{}`))
			return err
		}, faire.CodeMalformed, true},
		"prices, none": {`{}`, func(ctx context.Context, c *faire.Client) error { _, err := c.SetPrices(ctx, []byte(`{}`)); return err }, faire.CodeMalformed, true},
		"inventory, none": {`{}`, func(ctx context.Context, c *faire.Client) error {
			_, err := c.SetInventory(ctx, []byte(`{}`))
			return err
		}, faire.CodeMalformed, true},
		"read, web page":        {"\ufeff\n<html></html>", func(ctx context.Context, c *faire.Client) error { _, err := c.Profile(ctx); return err }, faire.CodeNotJSON, false},
		"profile without brand": {`{}`, func(ctx context.Context, c *faire.Client) error { _, err := c.Profile(ctx); return err }, faire.CodeMalformed, false},
		"types without list":    {`{}`, func(ctx context.Context, c *faire.Client) error { _, err := c.Types(ctx); return err }, faire.CodeMalformed, false},
		"type without id":       {`{"taxonomy_types":[{"name":"x"}]}`, func(ctx context.Context, c *faire.Client) error { _, err := c.Types(ctx); return err }, faire.CodeMalformed, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := serve(t, says(200, test.answer))
			e := failure(t, test.call(t.Context(), connect(t, options(s.URL))))
			if e.Code() != test.code || e.Unknown() != test.unknown || e.Definite() || e.Temporary() || e.Status != 200 {
				t.Errorf("%v: code %s, unknown %t, definite %t, temporary %t, status %d", e, e.Code(), e.Unknown(), e.Definite(), e.Temporary(), e.Status)
			}
			if len(s.requests()) != 1 {
				t.Errorf("%d requests, want 1", len(s.requests()))
			}
		})
	}
}

func TestCounts(t *testing.T) {
	s := serve(t,
		says(200, `{"brand_id":"b_1"}`),
		says(200, productBody("p_1")),
		says(400, `{"message":"no"}`),
		says(503, ""), says(503, ""))
	o := options(s.URL)
	o.Retry.Attempts = 2
	c := connect(t, o)
	if _, err := c.Profile(t.Context()); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { _, _ = c.UpdateProduct(t.Context(), "p_1", json.RawMessage(`{}`)) }) // counted whatever comes
	}
	wg.Wait()
	got := c.Counts()
	if got.OK+got.Refused+got.Unknown != got.Writes {
		t.Errorf("%+v: writes do not add up", got)
	}
	if diff := cmp.Diff(faire.Counts{Reads: 1, Writes: 3, OK: 1, Refused: 1, Unknown: 1, Retries: 1}, got); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}
