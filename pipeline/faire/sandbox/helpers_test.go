package sandbox_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"fairesync/pipeline/faire/sandbox"
)

const (
	api  = "/external-api/v2"
	ctrl = "/_sandbox"
)

type (
	obj  = map[string]any
	list = []any
	// edits change a body: a path like variants.0.prices.0.retail_price to its new value.
	edits map[string]any
)

// drop as the value of an edit takes the member away.
var drop = struct{}{}

// clock is a clock that tests move by hand.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

// faireUnderTest is a sandbox and what a test does with it.
type faireUnderTest struct {
	t      *testing.T
	server *sandbox.Server
	clock  *clock
}

func start(t *testing.T, options sandbox.Options) *faireUnderTest {
	t.Helper()
	c := &clock{at: time.Date(2026, time.March, 1, 8, 0, 0, 0, time.UTC)}
	if options.Now == nil {
		options.Now = c.now
	}
	return &faireUnderTest{t: t, server: sandbox.New(options), clock: c}
}

// with starts a sandbox some of whose switches are changed.
func with(t *testing.T, change func(*sandbox.Switches)) *faireUnderTest {
	t.Helper()
	switches := sandbox.DefaultSwitches()
	change(&switches)
	return start(t, sandbox.Options{Switches: &switches})
}

// answer is what came back.
type answer struct {
	t      *testing.T
	status int
	header http.Header
	text   string
}

// do sends a request with a token; body is a string, or a value that is encoded.
func (f *faireUnderTest) do(method, path string, body any) answer {
	f.t.Helper()
	return f.send(method, path, body, map[string]string{"X-FAIRE-ACCESS-TOKEN": "token"})
}

func (f *faireUnderTest) send(method, path string, body any, header map[string]string) answer {
	f.t.Helper()
	var data []byte
	switch body := body.(type) {
	case nil:
	case string:
		data = []byte(body)
	default:
		var err error
		if data, err = json.Marshal(body); err != nil {
			f.t.Fatal(err)
		}
	}
	if !strings.HasPrefix(path, ctrl) && !strings.HasPrefix(path, "/api/") {
		path = api + path
	}
	request := httptest.NewRequest(method, path, bytes.NewReader(data))
	for name, value := range header {
		request.Header.Set(name, value)
	}
	recorder := httptest.NewRecorder()
	f.server.ServeHTTP(recorder, request)
	return answer{f.t, recorder.Code, recorder.Header(), recorder.Body.String()}
}

// ok sends a request that must succeed and gives the answer as an object.
func (f *faireUnderTest) ok(method, path string, body any) obj {
	f.t.Helper()
	got := f.do(method, path, body)
	if got.status < 200 || got.status > 299 {
		f.t.Fatalf("%s %s: got %d %s, want success", method, path, got.status, got.text)
	}
	return got.object()
}

// refused sends a request that must be refused with a status and a message.
func (f *faireUnderTest) refused(method, path string, body any, status int, message string) {
	f.t.Helper()
	f.do(method, path, body).is(status, message)
}

// create posts a product and gives it.
func (f *faireUnderTest) create(token string, changes ...edits) obj {
	f.t.Helper()
	return f.ok("POST", "/products", product(token, changes...))
}

// is wants a refusal.
func (a answer) is(status int, message string) {
	a.t.Helper()
	if a.status != status || status != 200 && a.message() != message {
		a.t.Errorf("got %d %q, want %d %q", a.status, a.message(), status, message)
	}
}

func (a answer) object() obj {
	a.t.Helper()
	if a.text == "" {
		return nil
	}
	var out obj
	if err := json.Unmarshal([]byte(a.text), &out); err != nil {
		a.t.Fatalf("answer is not an object: %v in %q", err, a.text)
	}
	return out
}

func (a answer) message() string {
	if message, ok := a.object()["message"].(string); ok && a.status > 299 {
		return message
	}
	return ""
}

// price is a price in US dollars, in cents.
func price(wholesale, retail int) obj {
	return obj{
		"geo_constraint":  obj{"country": "USA"},
		"wholesale_price": obj{"amount_minor": wholesale, "currency": "USD"},
		"retail_price":    obj{"amount_minor": retail, "currency": "USD"},
	}
}

// canadian is a price in Canadian dollars.
func canadian(wholesale, retail int) obj {
	return obj{
		"geo_constraint":  obj{"country": "CAN"},
		"wholesale_price": obj{"amount_minor": wholesale, "currency": "CAD"},
		"retail_price":    obj{"amount_minor": retail, "currency": "CAD"},
	}
}

func variant(token, sku, color string) obj {
	return obj{
		"idempotence_token": token, "sku": sku, "options": list{obj{"name": "Color", "value": color}}, "prices": list{price(1000, 2000)},
	}
}

// product is a body that Faire takes: published, two variants, one image.
func product(token string, changes ...edits) obj {
	p := obj{
		"idempotence_token": token, "name": "Tee " + token, "description": "Soft.", "short_description": "Soft.",
		"lifecycle_state": "PUBLISHED", "unit_multiplier": 1, "minimum_order_quantity": 0,
		"taxonomy_type":       obj{"id": "tt_a023mowsjv"},
		"images":              list{obj{"url": "https://shop.example/" + token + ".jpg"}},
		"variant_option_sets": list{obj{"name": "Color", "values": list{"Red", "Blue", "Green"}}},
		"variants":            list{variant(token+"-r", token+"-RED", "Red"), variant(token+"-b", token+"-BLUE", "Blue")},
	}
	for _, change := range changes {
		p = edited(p, change)
	}
	return p
}

// edited applies edits to a body, in the order of their paths.
func edited(body obj, change edits) obj {
	paths := make([]string, 0, len(change))
	for path := range change {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	var out any = body
	for _, path := range paths {
		out = put(out, strings.Split(path, "."), change[path])
	}
	return out.(obj)
}

func put(in any, path []string, value any) any {
	if len(path) == 0 {
		return value
	}
	switch in := in.(type) {
	case list:
		at, err := strconv.Atoi(path[0])
		if err != nil {
			panic(err)
		}
		if at == len(in) {
			in = append(in, nil)
		}
		in[at] = put(in[at], path[1:], value)
		return in
	case obj:
		if len(path) == 1 && value == drop {
			delete(in, path[0])
			return in
		}
		in[path[0]] = put(in[path[0]], path[1:], value)
		return in
	default:
		return put(obj{}, path, value)
	}
}

// get reads a value out of an answer by such a path; nil if there is none.
func get(in any, path string) any {
	for _, part := range strings.Split(path, ".") {
		switch held := in.(type) {
		case obj:
			in = held[part]
		case list:
			at, err := strconv.Atoi(part)
			if err != nil || at >= len(held) {
				return nil
			}
			in = held[at]
		default:
			return nil
		}
	}
	return in
}

func text(in any, path string) string {
	value, _ := get(in, path).(string)
	return value
}

// pathOf is the path of a product, with more behind it.
func pathOf(p obj, more ...string) string {
	return "/products/" + text(p, "id") + strings.Join(more, "")
}

// setState puts a state given as JSON.
func (f *faireUnderTest) setState(state any) {
	f.t.Helper()
	if got := f.do("PUT", ctrl+"/state", state); got.status != 200 {
		f.t.Fatalf("PUT state: got %d %s", got.status, got.text)
	}
}
