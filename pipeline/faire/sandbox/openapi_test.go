package sandbox_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"fairesync/pipeline/faire/sandbox"
)

// faireDocument is Faire's own description, where it lies beside the project. It has no `required`, so it finds less than ours; it is
// used besides ours, and only where it is.
const faireDocument = "../../../../shared/faire/openapi.json"

// described is a sandbox whose requests and answers are held against descriptions.
type described struct {
	*faireUnderTest
	routers map[string]routers.Router
	seen    map[string]bool // "PATCH /products/{product_id}" of every operation exercised
}

func load(t *testing.T, file string) routers.Router {
	t.Helper()
	document, err := openapi3.NewLoader().LoadFromFile(file)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	document.Servers = openapi3.Servers{{URL: api}}
	router, err := legacy.NewRouter(document)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return router
}

func describe(t *testing.T, options sandbox.Options) *described {
	t.Helper()
	d := &described{faireUnderTest: start(t, options), routers: map[string]routers.Router{}, seen: map[string]bool{}}
	d.routers["subset.yaml"] = load(t, "testdata/subset.yaml")
	if _, err := os.Stat(faireDocument); !errors.Is(err, fs.ErrNotExist) {
		d.routers["openapi.json"] = load(t, faireDocument)
	}
	return d
}

// send sends a request and holds it (if good) and its answer against every description.
func (d *described) send(good bool, method, path string, body any) obj {
	d.t.Helper()
	data := []byte{}
	if body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			d.t.Fatal(err)
		}
	}
	newRequest := func() *http.Request {
		request := httptest.NewRequest(method, api+path, bytes.NewReader(data))
		request.Header.Set("X-FAIRE-ACCESS-TOKEN", "x")
		if body != nil {
			request.Header.Set("Content-Type", "application/json")
		}
		return request
	}
	recorder := httptest.NewRecorder()
	d.server.ServeHTTP(recorder, newRequest())
	if good != (recorder.Code == 200) {
		d.t.Fatalf("%s %s: got %d %s", method, path, recorder.Code, recorder.Body)
	}
	for name, router := range d.routers {
		request := newRequest()
		found, vars, err := router.FindRoute(request)
		if err != nil {
			d.t.Errorf("%s: %s %s: %v", name, method, path, err)
			continue
		}
		d.seen[method+" "+found.Path] = true
		input := &openapi3filter.RequestValidationInput{
			Request: request, PathParams: vars, Route: found,
			Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
		}
		if good {
			if err := openapi3filter.ValidateRequest(d.t.Context(), input); err != nil {
				d.t.Errorf("%s: request %s %s: %v", name, method, path, err)
			}
		}
		output := &openapi3filter.ResponseValidationInput{
			RequestValidationInput: input, Status: recorder.Code, Header: recorder.Result().Header,
			Body: io.NopCloser(bytes.NewReader(recorder.Body.Bytes())), Options: &openapi3filter.Options{IncludeResponseStatus: true},
		}
		if err := openapi3filter.ValidateResponse(d.t.Context(), output); err != nil {
			d.t.Errorf("%s: answer of %s %s: %v", name, method, path, err)
		}
	}
	return answer{d.t, recorder.Code, recorder.Header(), recorder.Body.String()}.object()
}

// TestDescription goes through every operation of the subset with good requests, and some with bad ones.
func TestDescription(t *testing.T) {
	d := describe(t, sandbox.Options{})
	good := func(method, path string, body any) obj { t.Helper(); return d.send(true, method, path, body) }
	good("GET", "/brands/profile", nil)
	good("GET", "/products", nil)
	good("GET", "/products/types", nil)
	p := good("POST", "/products", product("p", edits{
		"images":            list{hero("https://shop.example/1.jpg"), obj{"url": "https://shop.example/2.jpg", "sequence": 5}},
		"variants.0.images": list{obj{"url": "https://shop.example/r.jpg"}}, "variants.0.gtin": "4006381333931", "made_in_country": "PRT",
		"variants.0.measurements": obj{"mass_unit": "GRAMS", "weight": 12.5}, "preorderable": true,
		"preorder_details":  obj{"order_by_date": "2026-05-21", "keep_active_past_order_by_date": true, "expected_ship_date": "2026-06-01"},
		"variants.1.prices": list{price(1000, 2000)}, "variants.1.orderability_type": "PREORDER",
		"variants.1.variant_preorder_details": obj{"expected_ship_date": "2026-06-01", "stop_selling_at": 1780000000000},
	}))
	red, blue := text(p, "variants.0.id"), text(p, "variants.1.id")
	for range 11 {
		token := "more-" + string(rune('a'+len(d.server.State().Products)))
		good("POST", "/products", product(token, edits{"lifecycle_state": "DRAFT", "variant_option_sets": drop, "images": drop, "taxonomy_type": drop,
			"variants": list{obj{"idempotence_token": token}}}))
	}
	page := good("GET", "/products?limit=10&updated_at_min=2026-01-01T00:00:00Z&include_deleted=true&sku=p-RED", nil)
	if len(ids(page)) != 1 {
		t.Errorf("page %v", page)
	}
	cursor := text(good("GET", "/products?limit=10", nil), "cursor")
	good("GET", "/products?limit=10&cursor="+cursor, nil)
	good("GET", "/products?page=2", nil)
	good("GET", pathOf(p), nil)
	good("PATCH", pathOf(p), obj{"name": "N", "variants": list{obj{"id": red, "sku": "R"}}, "images": list{obj{"id": text(p, "images.0.id")}, obj{"id": text(p, "images.1.id")}}})
	good("PATCH", pathOf(p, "/variant-option-sets"), obj{"variant_option_sets": list{obj{"name": "Color", "values": list{"Red", "Blue", "Green", "Pink"}}}})
	pink := good("POST", pathOf(p, "/variants"), variant("pink", "PINK", "Pink"))
	good("PATCH", pathOf(p, "/variants/", blue), obj{"prices": list{price(1500, 3000)}, "sku": "B"})
	good("PATCH", bySKUs, onHand("sku", "R", 5, "B", -5))
	good("PATCH", byIDs, onHand("product_variant_id", red, 5))
	good("GET", bySKUs+"?skus=R&skus=PINK", nil)
	good("GET", byIDs+"?ids="+red, nil)
	both := list{price(1100, 2200)}
	good("PATCH", "/product-prices/by-skus", obj{"prices": list{obj{"sku": "R", "prices": both}}})
	good("PATCH", "/product-prices/by-product-variant-ids", obj{"prices": list{obj{"product_variant_id": red, "prices": both}}})
	good("GET", pathOf(p), nil)
	good("DELETE", pathOf(p, "/variants/", red, "/images/", text(p, "variants.0.images.0.id")), nil)
	good("DELETE", pathOf(p, "/variants/", text(pink, "id")), nil)
	good("DELETE", pathOf(p, "/images/", text(p, "images.0.id")), nil)

	// Faire's own description gives refusals no body, so they are held against ours alone.
	delete(d.routers, "openapi.json")
	d.send(false, "POST", "/products", product("bad", edits{"name": ""}))
	d.send(false, "GET", "/products/p_0000000000", nil)
	d.send(false, "PATCH", bySKUs, onHand("sku", "none", 1))
	d.send(false, "DELETE", pathOf(p, "/images/", text(p, "images.1.id")), nil)
	d.send(true, "DELETE", pathOf(p), nil)
	d.send(true, "GET", pathOf(p), nil)
	d.send(true, "GET", "/products?include_deleted=true", nil)

	document, err := openapi3.NewLoader().LoadFromFile("testdata/subset.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for path, item := range document.Paths.Map() {
		for method := range item.Operations() {
			if !d.seen[method+" "+path] {
				t.Errorf("%s %s is described, but no request of this test goes there", method, path)
			}
		}
	}
}

// TestDescriptionRefuses shows that our description is strict enough to notice what Faire's own cannot.
func TestDescriptionRefuses(t *testing.T) {
	router := load(t, "testdata/subset.yaml")
	for name, change := range map[string]edits{
		"no token": {"idempotence_token": drop}, "no variant token": {"variants.0.idempotence_token": drop}, "no name": {"name": drop},
		"no unit multiplier": {"unit_multiplier": drop}, "no variants": {"variants": list{}}, "no wholesale": {"variants.0.prices.0.wholesale_price": drop},
		"zero price": {"variants.0.prices.0.wholesale_price.amount_minor": 0}, "alpha-2 country": {"variants.0.prices.0.geo_constraint.country": "US"},
		"long short description": {"short_description": string(bytes.Repeat([]byte("x"), 76))}, "state": {"lifecycle_state": "DELETED"},
		"text as number": {"unit_multiplier": "1"}, "null": {"description": nil}, "relative image": {"images.0.url": "a.jpg"},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := json.Marshal(product("p", change))
			if err != nil {
				t.Fatal(err)
			}
			request := httptest.NewRequest("POST", api+"/products", bytes.NewReader(data))
			request.Header.Set("Content-Type", "application/json")
			found, vars, err := router.FindRoute(request)
			if err != nil {
				t.Fatal(err)
			}
			input := &openapi3filter.RequestValidationInput{Request: request, PathParams: vars, Route: found}
			if err := openapi3filter.ValidateRequest(t.Context(), input); err == nil {
				t.Error("the description takes it")
			}
		})
	}
}
