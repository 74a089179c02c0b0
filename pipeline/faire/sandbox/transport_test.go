package sandbox_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/faire"
	"fairesync/pipeline/faire/sandbox"
)

func TestT1Paths(t *testing.T) {
	f := start(t, sandbox.Options{Brand: faire.WireProfile{BrandID: "b_0123456789", Currency: "EUR"}})
	want := obj{"brand_id": "b_0123456789", "name": "Sandbox Brand", "currency": "EUR", "locale": "en-US"}
	if diff := cmp.Diff(want, f.ok("GET", "/brands/profile", nil)); diff != "" {
		t.Errorf("profile (-want +got):\n%s", diff)
	}
	grant := obj{
		"application_token": "apa_1", "application_secret": "s", "redirect_url": "https://shop.example/cb", "scope": list{"READ_BRAND"},
		"grant_type": "AUTHORIZATION_CODE", "authorization_code": "c",
	}
	const oauth = "/api/external-api-oauth2"
	f.refused("POST", oauth+"/token", edited(clone(t, grant), edits{"scope": list{"READ_ALL"}}), 400, "scope.contains(null)")
	f.refused("POST", oauth+"/token", edited(clone(t, grant), edits{"grant_type": "PASSWORD"}), 400, `grant_type "PASSWORD" is not valid`)
	f.refused("POST", oauth+"/token", edited(clone(t, grant), edits{"authorization_code": ""}), 400,
		"application_token, application_secret, redirect_url and authorization_code are mandatory")
	got := f.ok("POST", oauth+"/token", grant)
	token := text(got, "access_token")
	if got["token_type"] != "BEARER" || token == "" {
		t.Errorf("token answer %v", got)
	}
	f.refused("POST", oauth+"/token", grant, 400, "Application is already installed via an active OAuth access token")

	headers := map[string]string{
		"X-FAIRE-OAUTH-ACCESS-TOKEN": token, "X-FAIRE-APP-CREDENTIALS": base64.StdEncoding.EncodeToString([]byte("apa_1:s")),
	}
	f.send("GET", "/brands/profile", nil, headers).is(200, "")
	f.send("GET", "/products", nil, headers).is(403, "Missing scope READ_PRODUCTS") // rule T5 by the scopes of the grant
	if got := f.ok("POST", oauth+"/revoke", obj{"access_token_o_auth": token}); got["success"] != "true" {
		t.Errorf("revoke answer %v", got)
	}
	f.refused("POST", oauth+"/revoke", obj{"access_token_o_auth": token}, 401, "Unauthorized")
	f.refused("POST", oauth+"/token", "[", 400, "Malformed JSON: unexpected end of JSON input")
	f.refused("GET", oauth+"/token", nil, 405, "Method Not Allowed")
	f.refused("POST", oauth+"/other", grant, 404, oauth+"/other")
}

func TestT2T3Credentials(t *testing.T) {
	good := base64.StdEncoding.EncodeToString([]byte("apa_1:secret"))
	for _, test := range []struct {
		name   string
		token  string // Options.Token
		header map[string]string
		want   int
	}{
		{"T2 no credentials", "", nil, 401},
		{"T2 empty token", "", map[string]string{"X-FAIRE-ACCESS-TOKEN": ""}, 401},
		{"T2 any token", "", map[string]string{"X-FAIRE-ACCESS-TOKEN": "x"}, 200},
		{"T2 the token", "secret", map[string]string{"X-FAIRE-ACCESS-TOKEN": "secret"}, 200},
		{"T2 another token", "secret", map[string]string{"X-FAIRE-ACCESS-TOKEN": "x"}, 401},
		{"T2 application id as token", "", map[string]string{"X-FAIRE-ACCESS-TOKEN": "apa_123"}, 401},
		{"T2 bearer is not known", "", map[string]string{"Authorization": "Bearer x"}, 401},
		{"T2 OAuth token alone", "", map[string]string{"X-FAIRE-OAUTH-ACCESS-TOKEN": "x"}, 401},
		{"T2 OAuth credentials alone", "", map[string]string{"X-FAIRE-APP-CREDENTIALS": good}, 401},
		{"T2 OAuth pair", "", map[string]string{"X-FAIRE-OAUTH-ACCESS-TOKEN": "x", "X-FAIRE-APP-CREDENTIALS": good}, 200},
		{"T2 OAuth pair, wrong token", "secret", map[string]string{"X-FAIRE-OAUTH-ACCESS-TOKEN": "x", "X-FAIRE-APP-CREDENTIALS": good}, 401},
		{"T3 not base64", "", map[string]string{"X-FAIRE-OAUTH-ACCESS-TOKEN": "x", "X-FAIRE-APP-CREDENTIALS": "apa_1:secret"}, 401},
		{"T3 no colon", "", map[string]string{
			"X-FAIRE-OAUTH-ACCESS-TOKEN": "x", "X-FAIRE-APP-CREDENTIALS": base64.StdEncoding.EncodeToString([]byte("apa_1")),
		}, 401},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := start(t, sandbox.Options{Token: test.token})
			got := f.send("GET", "/brands/profile", nil, test.header)
			if got.status != test.want {
				t.Errorf("got %d %s, want %d", got.status, got.text, test.want)
			}
		})
	}
	t.Run("T2 body", func(t *testing.T) {
		got := start(t, sandbox.Options{}).send("GET", "/brands/profile", nil, nil).object()
		want := obj{"status_code": 401.0, "status_type": "Unauthorized", "message": "Unauthorized", "entity_tokens": list{}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("T3 off", func(t *testing.T) {
		f := with(t, func(s *sandbox.Switches) { s.CheckAppCredentials = false })
		f.send("GET", "/brands/profile", nil, map[string]string{"X-FAIRE-OAUTH-ACCESS-TOKEN": "x", "X-FAIRE-APP-CREDENTIALS": "?"}).is(200, "")
	})
}

func TestT4MethodsAndPaths(t *testing.T) {
	f := start(t, sandbox.Options{})
	p := f.create("t4")
	for _, test := range []struct {
		method, path  string
		status        int
		message       string
		allow, header string
	}{
		{"PUT", pathOf(p), 405, "Method Not Allowed", "GET, PATCH, DELETE", ""},
		{"PATCH", "/products/types", 405, "Method Not Allowed", "GET", ""},
		{"HEAD", "/products", 405, "Method Not Allowed", "GET, POST", ""},
		{"GET", "/product-prices/by-skus", 405, "Method Not Allowed", "PATCH", ""},
		{"POST", pathOf(p, "/images"), 404, api + pathOf(p, "/images"), "", ""},
		{"GET", "/brand", 404, api + "/brand", "", ""},
		{"GET", "/products/", 404, api + "/products/", "", ""},
	} {
		got := f.do(test.method, test.path, nil)
		got.is(test.status, test.message)
		if got.header.Get("Allow") != test.allow {
			t.Errorf("%s %s: Allow %q, want %q", test.method, test.path, got.header.Get("Allow"), test.allow)
		}
	}
	f.refused("GET", "/../../api/v1/products", nil, 404, "/external-api/v2/../../api/v1/products")
}

func TestT5Scopes(t *testing.T) {
	f := with(t, func(s *sandbox.Switches) { s.Scopes = []string{"READ_PRODUCTS", "READ_INVENTORIES"} })
	f.refused("GET", "/brands/profile", nil, 403, "Missing scope READ_BRAND")
	f.refused("POST", "/products", product("x"), 403, "Missing scope WRITE_PRODUCTS")
	f.refused("PATCH", "/product-prices/by-skus", obj{"prices": list{}}, 403, "Missing scope WRITE_PRODUCTS")
	f.refused("PATCH", "/product-inventory/by-skus", obj{"inventories": list{}}, 403, "Missing scope WRITE_INVENTORIES")
	f.ok("GET", "/products", nil)
	f.ok("GET", "/product-inventory/by-skus", nil)
	f = with(t, func(s *sandbox.Switches) { s.Scopes, s.CheckScopes = []string{}, false })
	f.ok("GET", "/brands/profile", nil)
}

func TestT6MalformedBodies(t *testing.T) {
	f := start(t, sandbox.Options{})
	p := f.create("t6")
	for name, test := range map[string]struct{ body, message string }{
		"empty":      {"", "Request body must be a JSON object"},
		"array":      {"[]", "Request body must be a JSON object"},
		"cut":        {`{"name":`, "Malformed JSON: unexpected EOF"},
		"two":        {`{"name":"a"} {}`, "Malformed JSON: more than one value"},
		"text":       {`{"unit_multiplier":"6"}`, "Wrong JSON type: string "},
		"fraction":   {`{"unit_multiplier":1.5}`, "Wrong JSON type: number 1.5 "},
		"lifecycle":  {`{"lifecycle_state":"RETIRED"}`, `Unknown lifecycle_state "RETIRED"`},
		"mass":       {variantWith(p, `"measurements":{"mass_unit":"STONE","weight":1}`), `Unknown mass_unit "STONE"`},
		"distance":   {variantWith(p, `"measurements":{"distance_unit":"MILES","length":1}`), `Unknown distance_unit "MILES"`},
		"case":       {variantWith(p, `"case_measurements":{"mass_unit":"STONE","weight":1}`), `Unknown mass_unit "STONE"`},
		"orderable":  {variantWith(p, `"orderability_type":"LATER"`), `Unknown orderability_type "LATER"`},
		"cents":      {variantWith(p, `"prices":[{"wholesale_price":{"amount_minor":10.5}}]`), "Wrong JSON type: number 10.5"},
		"made in":    {`{"made_in_country":"Freedonia"}`, "Country Freedonia is not valid"},
		"no variant": {`{"variants":{}}`, "Wrong JSON type: object "},
	} {
		t.Run(name, func(t *testing.T) {
			got := f.do("PATCH", pathOf(p), test.body)
			// What encoding/json adds behind it is not ours to fix.
			if got.status != 400 || !strings.HasPrefix(got.message(), test.message) {
				t.Errorf("got %d %q, want 400 %q", got.status, got.message(), test.message)
			}
		})
	}
	f.refused("POST", "/products", "{", 400, "Malformed JSON: unexpected EOF")
	f.refused("POST", pathOf(p, "/variants"), "{", 400, "Malformed JSON: unexpected EOF")
	f.refused("PATCH", pathOf(p, "/variant-option-sets"), "{", 400, "Malformed JSON: unexpected EOF")
	f.refused("PATCH", "/product-prices/by-skus", "{", 400, "Malformed JSON: unexpected EOF")
	f.refused("PATCH", "/product-inventory/by-skus", "{", 400, "Malformed JSON: unexpected EOF")
	f.refused("PATCH", pathOf(p, "/variants/", text(p, "variants.0.id")), "{", 400, "Malformed JSON: unexpected EOF")
	if got := f.ok("GET", pathOf(p), nil); cmp.Diff(p, got) != "" {
		t.Errorf("a refused write left something behind:\n%s", cmp.Diff(p, got))
	}
}

func variantWith(p obj, members string) string {
	return `{"variants":[{"id":"` + text(p, "variants.0.id") + `",` + members + `}]}`
}

func TestT7UnknownMembersAreIgnored(t *testing.T) {
	f := start(t, sandbox.Options{})
	p := f.create("t7", edits{"active": true, "variants.0.weight": "1 kg", "images.0.alt": "x"})
	got := f.ok("PATCH", pathOf(p), `{"tags":["a"],"variants":[{"id":"`+text(p, "variants.0.id")+`","barcode":1}]}`)
	if diff := cmp.Diff(without(p), without(got)); diff != "" {
		t.Errorf("unknown members had an effect (-want +got):\n%s", diff)
	}
	if products, _ := f.ok("GET", "/products?fields=name&colour=red", nil)["products"].(list); len(products) != 1 {
		t.Errorf("an unknown query parameter had an effect: %v", products)
	}
}

// without takes the times off a product, for comparing what else it holds.
func without(p obj) obj {
	delete(p, "updated_at")
	variants, _ := p["variants"].(list)
	for _, v := range variants {
		delete(v.(obj), "updated_at")
	}
	return p
}

func TestT8RateLimit(t *testing.T) {
	f := start(t, sandbox.Options{})
	for range 100 {
		f.ok("GET", "/brands/profile", nil) // off by default
	}
	if err := f.server.SetFaults(sandbox.Faults{RatePerSecond: 0.5, Burst: 2}); err != nil {
		t.Fatal(err)
	}
	f.ok("GET", "/brands/profile", nil)
	f.ok("GET", "/brands/profile", nil)
	got := f.do("GET", "/brands/profile", nil)
	got.is(429, "Too Many Requests")
	if got.header.Get("Retry-After") != "2" {
		t.Errorf("Retry-After %q, want 2", got.header.Get("Retry-After"))
	}
	f.clock.at = f.clock.at.Add(time.Second)
	if got := f.do("GET", "/brands/profile", nil); got.status != 429 || got.header.Get("Retry-After") != "1" {
		t.Errorf("after a second: %d, Retry-After %q", got.status, got.header.Get("Retry-After"))
	}
	f.clock.at = f.clock.at.Add(time.Second)
	f.ok("GET", "/brands/profile", nil)
	f.refused("GET", "/brands/profile", nil, 429, "Too Many Requests")
	f.clock.at = f.clock.at.Add(time.Hour) // the bucket holds no more than the burst
	f.ok("GET", "/brands/profile", nil)
	f.ok("GET", "/brands/profile", nil)
	f.refused("GET", "/brands/profile", nil, 429, "Too Many Requests")
}

func TestT9Edge(t *testing.T) {
	f := with(t, func(s *sandbox.Switches) { s.EdgeBlocks = true })
	for agent, status := range map[string]int{
		"": 403, "Go-http-client/1.1": 403, "python-requests/2.32": 403, "curl/8.5": 403, "fairesync/1.0 (+https://shop.example)": 200,
	} {
		got := f.send("GET", "/brands/profile", nil, map[string]string{"X-FAIRE-ACCESS-TOKEN": "x", "User-Agent": agent})
		if got.status != status {
			t.Errorf("agent %q: got %d, want %d", agent, got.status, status)
		}
		if status == 403 && (got.header.Get("Cf-Mitigated") != "challenge" || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") ||
			!strings.HasPrefix(got.text, "<!DOCTYPE html>")) {
			t.Errorf("agent %q: not the page of the edge: %v %s", agent, got.header, got.text)
		}
	}
}

func TestT10BareHost(t *testing.T) {
	f := with(t, func(s *sandbox.Switches) { s.RedirectBareHost = true })
	got := f.do("GET", "/products?limit=10", nil) // httptest asks example.com
	if got.status != 301 || got.header.Get("Location") != "https://www.example.com/external-api/v2/products?limit=10" {
		t.Errorf("got %d, Location %q", got.status, got.header.Get("Location"))
	}
}

func TestStatusesOfSuccess(t *testing.T) {
	f := start(t, sandbox.Options{})
	p := f.create("a")
	if got := f.do("DELETE", pathOf(p), nil); got.status != 200 || got.text != "" {
		t.Errorf("DELETE: got %d %q, want 200 and nothing", got.status, got.text)
	}
	f = with(t, func(s *sandbox.Switches) { s.CreateStatus, s.DeleteStatus = 201, 204 })
	got := f.do("POST", "/products", product("a"))
	if got.status != 201 {
		t.Errorf("POST: got %d, want 201", got.status)
	}
	if again := f.do("POST", pathOf(got.object(), "/variants"), variant("n", "n", "Green")); again.status != 201 {
		t.Errorf("POST variant: got %d, want 201", again.status)
	}
	if got := f.do("DELETE", pathOf(got.object()), nil); got.status != 204 {
		t.Errorf("DELETE: got %d, want 204", got.status)
	}
}

func TestExplicitNull(t *testing.T) {
	f := start(t, sandbox.Options{})
	p := f.create("null")
	got := f.ok("PATCH", pathOf(p), `{"name":null,"description":"New.","variants":[{"id":"`+text(p, "variants.0.id")+`","sku":null}]}`)
	if got["name"] != p["name"] || got["description"] != "New." || get(got, "variants.0.sku") != get(p, "variants.0.sku") {
		t.Errorf("null had an effect: %v", got)
	}
	f = with(t, func(s *sandbox.Switches) { s.ExplicitNull = sandbox.NullRefuse })
	p = f.create("null")
	f.refused("PATCH", pathOf(p), `{"description":null}`, 400, "null is not allowed for description")
	f.refused("PATCH", pathOf(p), `{"variants":[{"sku":null}]}`, 400, "null is not allowed for sku")
}
