package openapi_test

import (
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/faire/sandbox/openapi"
)

// The descriptions: ours, and Faire's own where it lies beside the project. Faire's has neither required nor nullable; it settles
// names, types, enums, paths and methods.
const (
	ours   = "../testdata/subset.yaml"
	faires = "../../../../../shared/faire/openapi.json"
)

var descriptions = sync.OnceValues(func() (list []*openapi.Document, err error) {
	for _, file := range []string{ours, faires} {
		d, err := openapi.Load(file)
		if file == faires && errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, nil
})

// described are the descriptions at hand.
func described(t *testing.T) []*openapi.Document {
	t.Helper()
	list, err := descriptions()
	if err != nil {
		t.Fatal(err)
	}
	if len(list) == 1 {
		t.Logf("Faire's own description is not at %s: requests are held against ours alone", faires)
	}
	return list
}

// TestViolations: what is wrong is noticed by each description, and what is right passes.
func TestViolations(t *testing.T) {
	const price = `{"geo_constraint":{"country":"USA"},"wholesale_price":{"amount_minor":1000,"currency":"USD"},"retail_price":{"amount_minor":2000,"currency":"USD"}}`
	for _, test := range []struct {
		name, method, path, body string
		wrong                    string // words of the violation; empty: none
	}{
		{"a read", "GET", "/products?limit=250&updated_at_min=2026-01-01T00:00:00.000Z&include_deleted=true", "", ""},
		{"repeated keys", "GET", "/product-inventory/by-product-variant-ids?ids=po_0123456789&ids=po_9876543210", "", ""},
		{"prices", "PATCH", "/product-prices/by-product-variant-ids", `{"prices":[{"product_variant_id":"po_0123456789","prices":[` + price + `]}]}`, ""},
		{"a lifecycle", "PATCH", "/products/p_1", `{"lifecycle_state":"UNPUBLISHED"}`, ""},
		{"an unknown path", "GET", "/brand", "", "GET /external-api/v2/brand"},
		{"a wrong method", "PUT", "/products/p_1", `{}`, "PUT /external-api/v2/products/p_1"},
		{"an unknown parameter", "GET", "/products?fields=name", "", `"fields" is not described`},
		{"a parameter of another type", "GET", "/products?limit=many", "", "limit"},
		{"a body where none belongs", "DELETE", "/products/p_1/images/i_1", `{}`, "no body is described"},
		{"an unknown member", "PATCH", "/products/p_1", `{"title":"x"}`, "title"},
		{"an unknown member further down", "PATCH", "/products/p_1", `{"variants":[{"id":"po_0123456789","prices":[{"geo_constraint":{"county":"USA"}}]}]}`, "variants.0"},
		{"another type", "PATCH", "/products/p_1", `{"unit_multiplier":"6"}`, "unit_multiplier"},
		{"another type further down", "PATCH", "/product-inventory/by-product-variant-ids", `{"inventories":[{"product_variant_id":"po_0123456789","on_hand_quantity":1.5}]}`, "on_hand_quantity"},
		{"an unknown word", "PATCH", "/products/p_1", `{"lifecycle_state":"RETIRED"}`, "lifecycle_state"},
		{"null", "PATCH", "/products/p_1", `{"description":null}`, "description"},
		{"no JSON", "PATCH", "/products/p_1", `{`, "PATCH /products/{product_id}"},
	} {
		for _, d := range described(t) {
			request := httptest.NewRequest(test.method, openapi.Base+test.path, strings.NewReader(test.body))
			if test.body != "" {
				request.Header.Set("Content-Type", "application/json")
			}
			_, got := d.Check(request, []byte(test.body))
			if (len(got) > 0) != (test.wrong != "") || !strings.Contains(strings.Join(got, "\n"), test.wrong) {
				t.Errorf("%s: got %q, want one with %q", test.name, got, test.wrong)
			}
		}
	}
}

// TestWatch: the watcher hands everything on unharmed, looks at the API alone, and remembers what was wrong.
func TestWatch(t *testing.T) {
	var handed []string
	w := openapi.Watch(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body := new(strings.Builder)
		if err := r.Write(body); err != nil {
			t.Error(err)
		}
		_, text, _ := strings.Cut(body.String(), "\r\n\r\n")
		handed = append(handed, r.Method+" "+r.URL.String()+" "+text)
	}), described(t)[0])
	for _, path := range []string{"/external-api/v2/products/p_1", "/external-api/v2/products/p_2", "/_sandbox/state"} {
		request := httptest.NewRequest("PATCH", path, strings.NewReader(`{"title":"x"}`))
		request.Header.Set("Content-Type", "application/json")
		w.ServeHTTP(httptest.NewRecorder(), request)
	}
	want := []string{`PATCH /external-api/v2/products/p_1 {"title":"x"}`, `PATCH /external-api/v2/products/p_2 {"title":"x"}`, `PATCH /_sandbox/state {"title":"x"}`}
	if diff := cmp.Diff(want, handed); diff != "" {
		t.Errorf("handed on (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{"PATCH /products/{product_id}": 2}, w.Operations()); diff != "" {
		t.Errorf("operations (-want +got):\n%s", diff)
	}
	line := ours + `: PATCH /products/{product_id}: : property "title" is unsupported`
	if diff := cmp.Diff([]string{line, line}, w.Violations()); diff != "" {
		t.Errorf("violations (-want +got):\n%s", diff)
	}
}

// TestPutTogether: a body described as several together may have the members of all of them, and no other.
func TestPutTogether(t *testing.T) {
	file := filepath.Join(t.TempDir(), "api.yaml")
	const text = `
openapi: 3.0.3
info: {title: t, version: "1"}
paths:
  /things:
    post:
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/All"}}}}
      responses: {"200": {description: ok}}
  /parts:
    post:
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/One"}}}}
      responses: {"200": {description: ok}}
components:
  schemas:
    One: {type: object, properties: {one: {type: string}}}
    Two: {allOf: [{$ref: "#/components/schemas/One"}, {type: object, properties: {two: {type: string}}}]}
    All: {allOf: [{$ref: "#/components/schemas/Two"}, {type: object, properties: {three: {type: object, properties: {deep: {type: string}}}}}]}
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := openapi.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		path, body string
		good       bool
	}{
		{"/things", `{"one":"1","two":"2","three":{"deep":"3"}}`, true}, {"/things", `{"four":"4"}`, false}, {"/things", `{"three":{"shallow":"3"}}`, false},
		{"/things", `{"one":1}`, false}, {"/parts", `{"one":"1"}`, true}, {"/parts", `{"two":"2"}`, false},
	} {
		request := httptest.NewRequest("POST", openapi.Base+test.path, nil)
		request.Header.Set("Content-Type", "application/json")
		if _, got := d.Check(request, []byte(test.body)); (len(got) == 0) != test.good {
			t.Errorf("%s %s: %q", test.path, test.body, got)
		}
	}
}

// TestLoad: what is no description is an error, and one that is not there says so.
func TestLoad(t *testing.T) {
	if _, err := openapi.Load("nowhere.json"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if _, err := openapi.Load("openapi.go"); err == nil || !strings.Contains(err.Error(), "description of the API") {
		t.Errorf("got %v", err)
	}
}
