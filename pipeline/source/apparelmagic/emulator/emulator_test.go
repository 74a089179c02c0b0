package emulator_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/source/apparelmagic/emulator"
)

// held is an account of skus SKU rows with the ids 1, 2, …, two to a style, alternately blue and red.
func held(skus int) emulator.Account {
	made := emulator.Account{Divisions: []emulator.Record{{"division_id": "2", "name": "Women"}}}
	for i := 1; i <= skus; i++ {
		made.Inventory = append(made.Inventory, emulator.Record{
			"sku_id": strconv.Itoa(i), "product_id": strconv.Itoa((i + 1) / 2), "attr_2": []string{"Red", "Blue"}[i%2], "active": "1",
			"price": "24.50", "upc_display": "0123", "qty_avail_sell": "10.50", "qty_inventory": "",
		})
	}
	return made
}

// ask sends a GET with time and token and returns status, body and header.
func ask(t *testing.T, server *emulator.Server, path string, query url.Values) (int, string, http.Header) {
	t.Helper()
	values := url.Values{"time": {"1795435200"}, "token": {"right"}}
	for name, list := range query {
		values[name] = list
	}
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://sandbox.test"+path+"?"+values.Encode(), nil)
	request.Header.Set("User-Agent", "test")
	answer := httptest.NewRecorder()
	server.ServeHTTP(answer, request)
	return answer.Code, answer.Body.String(), answer.Header()
}

// ids are the sku_ids of a page and what it says of last_id.
func ids(t *testing.T, body string) (list, lastID string) {
	t.Helper()
	var page struct {
		Response []map[string]any `json:"response"`
		Meta     struct {
			Pagination map[string]any `json:"pagination"`
			Errors     []string       `json:"errors"`
		} `json:"meta"`
	}
	if err := json.Unmarshal([]byte(body), &page); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	var found []string
	for _, record := range page.Response {
		found = append(found, fmt.Sprint(record["sku_id"]))
	}
	if len(page.Meta.Errors) > 0 {
		return "error", strings.Join(page.Meta.Errors, "; ")
	}
	if page.Meta.Pagination["last_id"] != nil {
		lastID = fmt.Sprint(page.Meta.Pagination["last_id"])
	}
	return strings.Join(found, " "), lastID
}

func filter(parts ...string) url.Values {
	query := url.Values{"pagination[page_size]": {"10"}}
	for i := 0; i+3 < len(parts); i += 4 {
		prefix := fmt.Sprintf("parameters[%d]", i/4)
		query.Set(prefix+"[field]", parts[i])
		query.Set(prefix+"[operator]", parts[i+1])
		query.Set(prefix+"[value]", parts[i+2])
		query.Set(prefix+"[include_type]", parts[i+3])
	}
	return query
}

func with(query url.Values, name, value string) url.Values {
	query.Set(name, value)
	return query
}

func TestPaging(t *testing.T) {
	const first, second, third = "1 2 3 4 5 6 7 8 9 10", "11 12 13 14 15 16 17 18 19 20", "21 22"
	for name, test := range map[string]struct {
		switches emulator.Switches
		query    url.Values
		list     string
		lastID   string
	}{
		"first page":          {query: filter(), list: first, lastID: "10"},
		"by last_id":          {query: with(filter(), "pagination[last_id]", "10"), list: second, lastID: "20"},
		"last page":           {query: with(filter(), "pagination[last_id]", "20"), list: third, lastID: "22"},
		"end":                 {query: with(filter(), "pagination[last_id]", "22"), lastID: "22"},
		"omitted at the last": {emulator.Switches{OmitLastID: true}, with(filter(), "pagination[last_id]", "20"), third, ""},
		"omitted at the end":  {emulator.Switches{OmitLastID: true}, with(filter(), "pagination[last_id]", "22"), "", ""},
		"not omitted before":  {emulator.Switches{OmitLastID: true}, filter(), first, "10"},
		"last_id ignored":     {emulator.Switches{LastID: "ignored"}, with(filter(), "pagination[last_id]", "10"), first, "10"},
		"last_id refused":     {emulator.Switches{LastID: "refused"}, with(filter(), "pagination[last_id]", "10"), "error", "pagination is not valid"},
		"page_number ignored": {query: with(filter(), "pagination[page_number]", "2"), list: first, lastID: "10"},
		"order ignored":       {query: with(filter(), "pagination[order]", "desc"), list: first, lastID: "10"},
		"too small":           {query: with(filter(), "pagination[page_size]", "9"), list: "error", lastID: "page_size must be at least 10"},
		"default size":        {switches: emulator.Switches{DefaultPageSize: 3}, query: url.Values{}, list: "1 2 3", lastID: "3"},
		"clamped":             {switches: emulator.Switches{MaxPageSize: 12}, query: with(filter(), "pagination[page_size]", "20"), list: first + " 11 12", lastID: "12"},
		"size needs filter": {switches: emulator.Switches{PageSizeNeedsFilter: true, DefaultPageSize: 2}, query: filter(),
			list: "1 2", lastID: "2"},
		"size with filter": {switches: emulator.Switches{PageSizeNeedsFilter: true, DefaultPageSize: 2}, query: filter("sku_id", ">", "10", "AND"),
			list: second, lastID: "20"},
	} {
		t.Run(name, func(t *testing.T) {
			server := emulator.New(emulator.Options{Token: "right", Account: held(22), Switches: test.switches})
			_, body, _ := ask(t, server, "/api/json/inventory", test.query)
			list, lastID := ids(t, body)
			if diff := cmp.Diff([]string{test.list, test.lastID}, []string{list, lastID}); diff != "" {
				t.Errorf("page and last_id (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFilters(t *testing.T) {
	for name, test := range map[string]struct {
		switches emulator.Switches
		query    url.Values
		list     string
	}{
		"greater":            {query: filter("sku_id", ">", "9", "AND"), list: "10 11 12"},
		"numbers as numbers": {query: filter("sku_id", "<", "3", "AND"), list: "1 2"},
		"and":                {query: filter("sku_id", ">=", "9", "AND", "attr_2", "=", "Blue", "AND"), list: "9 11"},
		"or":                 {query: filter("sku_id", "=", "2", "AND", "sku_id", "=", "7", "OR", "sku_id", "=", "12", "OR"), list: "2 7 12"},
		"not equal":          {query: filter("attr_2", "!=", "Blue", "AND", "sku_id", "<=", "4", "AND"), list: "2 4"},
		"qualified":          {query: filter("inventory.product_id", "=", "2", "AND"), list: "3 4"},
		"bare":               {query: with(filter(), "product_id", "6"), list: "11 12"},
		"bare and stated":    {query: with(filter("sku_id", ">", "11", "AND"), "product_id", "6"), list: "12"},
		"unknown field":      {query: filter("colour", "=", "Blue", "AND", "sku_id", "<", "3", "AND"), list: "1 2"},
		"unknown bare field": {query: with(filter("sku_id", "<", "3", "AND"), "colour", "Blue"), list: "1 2"},
		"unknown operator":   {query: filter("sku_id", "~", "3", "AND", "sku_id", "<", "3", "AND"), list: "1 2"},
		"stated ignored":     {switches: emulator.Switches{IgnoreFilters: "structured"}, query: with(filter("sku_id", "=", "3", "AND"), "product_id", "1"), list: "1 2"},
		"bare ignored":       {switches: emulator.Switches{IgnoreFilters: "bare"}, query: with(filter("sku_id", "=", "3", "AND"), "product_id", "1"), list: "3"},
		"all ignored":        {switches: emulator.Switches{IgnoreFilters: "all"}, query: with(filter("sku_id", "=", "3", "AND"), "product_id", "1"), list: "1 2 3 4 5 6 7 8 9 10"},
		"cursor and filter":  {query: with(with(filter(), "product_id", "6"), "pagination[last_id]", "11"), list: "12"},
	} {
		t.Run(name, func(t *testing.T) {
			server := emulator.New(emulator.Options{Token: "right", Account: held(12), Switches: test.switches})
			_, body, _ := ask(t, server, "/api/json/inventory", test.query)
			if list, _ := ids(t, body); list != test.list {
				t.Errorf("got %q, want %q", list, test.list)
			}
		})
	}
}

func TestRoutes(t *testing.T) {
	server := emulator.New(emulator.Options{Token: "right", Account: held(4)})
	for path, want := range map[string]string{
		"/api/json/inventory":       "200 1 2 3 4",
		"/api/json/inventory/":      "200 1 2 3 4",
		"/api/inventory/":           "200 1 2 3 4",
		"/api/inventory":            "200 1 2 3 4",
		"/api/json/inventory/3":     "200 3",
		"/api/json/products/2/skus": "200 3 4",
		"/api/json/inventory/3/x":   "404 error",
		"/api/json/customers":       "404 error",
	} {
		status, body, _ := ask(t, server, path, nil)
		list, _ := ids(t, body)
		if got := strings.TrimSpace(fmt.Sprintf("%d %s", status, list)); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	if status, body, _ := ask(t, server, "/elsewhere", nil); status != 404 || !strings.Contains(body, "<html>") {
		t.Errorf("/elsewhere: %d %s", status, body)
	}
}

func TestWhoIsRefused(t *testing.T) {
	for name, test := range map[string]struct {
		token  string
		method string
		query  url.Values
		agent  string
		status int
	}{
		"right token":      {"right", "GET", url.Values{"token": {"right"}, "time": {"1"}}, "test", 200},
		"wrong token":      {"right", "GET", url.Values{"token": {"wrong"}, "time": {"1"}}, "test", 401},
		"no token":         {"", "GET", url.Values{"time": {"1"}}, "test", 401},
		"any token":        {"", "GET", url.Values{"token": {"any"}, "time": {"1"}}, "test", 200},
		"no time":          {"", "GET", url.Values{"token": {"any"}}, "test", 401},
		"no agent":         {"", "GET", url.Values{"token": {"any"}, "time": {"1"}}, "", 403},
		"a write is never": {"", "POST", url.Values{"token": {"any"}, "time": {"1"}}, "test", 405},
	} {
		t.Run(name, func(t *testing.T) {
			server := emulator.New(emulator.Options{Token: test.token, Account: held(1), Switches: emulator.Switches{UserAgent: true}})
			request := httptest.NewRequestWithContext(t.Context(), test.method, "/api/json/inventory?"+test.query.Encode(), nil)
			request.Header.Set("User-Agent", test.agent)
			answer := httptest.NewRecorder()
			server.ServeHTTP(answer, request)
			if answer.Code != test.status {
				t.Errorf("status %d, want %d", answer.Code, test.status)
			}
			if isHTML := strings.HasPrefix(answer.Header().Get("Content-Type"), "text/html"); isHTML != (test.status == 401 || test.status == 403) {
				t.Errorf("%d came as %s", test.status, answer.Header().Get("Content-Type"))
			}
		})
	}
}

func TestFaults(t *testing.T) {
	server := emulator.New(emulator.Options{Token: "right", Account: held(1)})
	err := server.SetSwitches(emulator.Switches{Faults: []emulator.Fault{
		{Endpoint: "inventory", First: 2, Count: 1, Kind: emulator.FaultStatus, Status: 429, RetryAfter: "3"},
		{Endpoint: "inventory", First: 3, Count: 1, Kind: emulator.FaultErrors},
		{Endpoint: "inventory", First: 4, Count: 1, Kind: emulator.FaultHTML},
		{Endpoint: "inventory", First: 5, Count: 1, Kind: emulator.FaultTruncated},
		{First: 6, Count: 1, Kind: emulator.FaultStatus, Status: 401},
	}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for range 7 {
		status, body, header := ask(t, server, "/api/json/inventory", nil)
		what := "page"
		switch {
		case strings.Contains(body, "<html>"):
			what = "html"
		case !json.Valid([]byte(body)):
			what = "broken"
		default:
			if list, message := ids(t, body); list == "error" {
				what = message
			}
		}
		got = append(got, strings.TrimSpace(fmt.Sprintf("%d %s %s", status, what, header.Get("Retry-After"))))
	}
	want := []string{"200 page", "429 Too Many Requests (invented) 3", "200 Something went wrong (invented)", "200 html", "200 broken", "401 html", "200 page"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
}

// TestDisconnect: the connection ends in the middle of the body, on a real one and without a network.
func TestDisconnect(t *testing.T) {
	server := emulator.New(emulator.Options{Account: held(20), Switches: emulator.Switches{Faults: []emulator.Fault{{Kind: emulator.FaultDisconnect}}}})
	listening := httptest.NewServer(server)
	defer listening.Close()
	for name, client := range map[string]*http.Client{"network": listening.Client(), "none": {Transport: server.RoundTripper()}} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, listening.URL+"/api/json/inventory?time=1&token=x", nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := client.Do(request)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		body, err := io.ReadAll(response.Body)
		if response.StatusCode != 200 || len(body) == 0 || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: %d, %d bytes, %v", name, response.StatusCode, len(body), err)
		}
		if err := response.Body.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestShapes(t *testing.T) {
	product := emulator.Record{"product_id": "7", "style_number": "100", "is_product": "1", "price": "24.50", "images": []any{},
		"tags": []any{map[string]any{"text": "a"}, map[string]any{"text": "b"}}}
	for name, test := range map[string]struct {
		switches emulator.Switches
		want     string
	}{
		"as held": {emulator.Switches{}, `{"images":[],"is_product":"1","price":"24.50","product_id":"7","style_number":"100","tags":[{"text":"a"},{"text":"b"}]}`},
		"numbers": {emulator.Switches{Numbers: true}, `{"images":[],"is_product":true,"price":24.50,"product_id":7,"style_number":"100","tags":[{"text":"a"},{"text":"b"}]}`},
		"strings": {emulator.Switches{Tags: "strings", EmptyLists: "null"}, `{"images":null,"is_product":"1","price":"24.50","product_id":"7","style_number":"100","tags":["a","b"]}`},
		"joined":  {emulator.Switches{Tags: "joined", EmptyLists: "absent"}, `{"is_product":"1","price":"24.50","product_id":"7","style_number":"100","tags":"a,b"}`},
	} {
		t.Run(name, func(t *testing.T) {
			server := emulator.New(emulator.Options{Token: "right", Account: emulator.Account{Products: []emulator.Record{product}}, Switches: test.switches})
			_, body, _ := ask(t, server, "/api/json/products", nil)
			var page struct {
				Response []json.RawMessage `json:"response"`
			}
			if err := json.Unmarshal([]byte(body), &page); err != nil || len(page.Response) != 1 {
				t.Fatalf("%v in %s", err, body)
			}
			if got := string(page.Response[0]); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestWarehouses: the rows of the warehouses add up to what the account holds.
func TestWarehouses(t *testing.T) {
	server := emulator.New(emulator.Options{Token: "right", Account: held(1), Switches: emulator.Switches{Warehouses: 3, WarehouseIDs: true, TotalRecords: true}})
	_, body, _ := ask(t, server, "/api/json/inventory", nil)
	var page struct {
		Response []map[string]string `json:"response"`
		Meta     struct {
			Pagination map[string]string `json:"pagination"`
		} `json:"meta"`
	}
	if err := json.Unmarshal([]byte(body), &page); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range page.Response {
		got = append(got, row["sku_id"]+"/"+row["warehouse_id"]+"/"+row["qty_avail_sell"]+"/"+row["qty_inventory"])
	}
	if diff := cmp.Diff([]string{"1/1/8.50/", "1/2/1/", "1/3/1/"}, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if total := page.Meta.Pagination["total_records"]; total != "3" {
		t.Errorf("total_records %q", total)
	}
	if diff := cmp.Diff(held(1), server.Account()); diff != "" {
		t.Errorf("the account changed (-want +got):\n%s", diff)
	}
}

func TestSandboxPaths(t *testing.T) {
	server := emulator.New(emulator.Options{})
	send := func(method, path, body string) (int, string) {
		t.Helper()
		request := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
		answer := httptest.NewRecorder()
		server.ServeHTTP(answer, request)
		return answer.Code, strings.TrimSpace(answer.Body.String())
	}
	const state = `{"products":[{"name":"<b>","price":1.50,"product_id":"7"}],"inventory":[],"product_attributes":[],"size_ranges":[],"divisions":[]}`
	if status, body := send("PUT", "/_sandbox/state", state); status != 200 || body != state {
		t.Errorf("PUT state: %d %s", status, body)
	}
	if status, body := send("GET", "/_sandbox/state", ""); status != 200 || body != state {
		t.Errorf("GET state: %d %s", status, body)
	}
	if status, _ := send("PUT", "/_sandbox/switches", `{"last_id":"ignored","faults":[{"kind":"html"}],"gzip":true}`); status != 200 {
		t.Errorf("PUT switches: %d", status)
	}
	want := emulator.Switches{LastID: "ignored", Faults: []emulator.Fault{{Kind: "html"}}, Gzip: true}
	_, body := send("GET", "/_sandbox/switches", "")
	var got emulator.Switches
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]emulator.Switches{want, want}, []emulator.Switches{got, server.Switches()}); diff != "" {
		t.Errorf("switches (-want +got):\n%s", diff)
	}
	send("GET", "/api/json/products?token=x&time=1", "")
	send("GET", "/api/json/products?token=&time=1", "")
	send("GET", "/api/json/inventory?token=x&time=1", "")
	if _, body := send("GET", "/_sandbox/effects", ""); body != `{"total":3,"requests":{"inventory":1,"products":2}}` {
		t.Errorf("effects: %s", body)
	}
	for name, wrong := range map[string][3]string{
		"record without id":   {"PUT", "/_sandbox/state", `{"products":[{"name":"x"}]}`},
		"unknown list":        {"PUT", "/_sandbox/state", `{"customers":[]}`},
		"text after":          {"PUT", "/_sandbox/state", `{} {}`},
		"unknown switch":      {"PUT", "/_sandbox/switches", `{"lastid":"ignored"}`},
		"unknown word":        {"PUT", "/_sandbox/switches", `{"last_id":"ignore"}`},
		"unknown fault":       {"PUT", "/_sandbox/switches", `{"faults":[{"kind":"fire"}]}`},
		"fault of no status":  {"PUT", "/_sandbox/switches", `{"faults":[{"kind":"status","status":200}]}`},
		"unknown path":        {"GET", "/_sandbox/faults", ""},
		"effects are for GET": {"PUT", "/_sandbox/effects", "{}"},
	} {
		if status, body := send(wrong[0], wrong[1], wrong[2]); status < 400 || !strings.Contains(body, `"errors":["`) {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	if diff := cmp.Diff(want, server.Switches()); diff != "" {
		t.Errorf("a refused PUT changed the switches (-want +got):\n%s", diff)
	}
}
