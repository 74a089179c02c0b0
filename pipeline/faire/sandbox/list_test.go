package sandbox_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/faire/sandbox"
)

// ids are the products of a page.
func ids(page obj) []string {
	out := []string{}
	for _, p := range page["products"].(list) {
		out = append(out, text(p, "id"))
	}
	return out
}

// thirty puts thirty products, three of them with the same updated_at at a time; it gives their ids in list order.
func (f *faireUnderTest) thirty() []string {
	f.t.Helper()
	var products list
	var want []string
	for i := range 30 {
		id := fmt.Sprintf("p_%010d", i)
		want = append(want, id)
		at := time.Date(2026, time.January, 1+i/3, 0, 0, 0, 0, time.UTC).Format(time.RFC3339)
		// Given backwards, so that the order is the list's own.
		products = append(list{obj{"id": id, "name": id, "updated_at": at, "variants": list{obj{"sku": fmt.Sprint("S", i)}}}}, products...)
	}
	f.setState(obj{"products": products})
	return want
}

func TestP24Limit(t *testing.T) {
	f := start(t, sandbox.Options{})
	f.thirty()
	for _, limit := range []string{"9", "251", "0", "-10", "ten", "10.0"} {
		f.refused("GET", "/products?limit="+limit, nil, 400, "limit must be within [10, 250]")
	}
	for limit, want := range map[string]int{"10": 10, "30": 30, "250": 30, "": 30} {
		page := f.ok("GET", "/products?limit="+limit, nil)
		if got := len(ids(page)); got != want {
			t.Errorf("limit %q gives %d products, want %d", limit, got, want)
		}
	}
	if got := f.ok("GET", "/products", nil)["limit"]; got != 50.0 {
		t.Errorf("default limit %v, want 50", got)
	}
}

func TestP25Pages(t *testing.T) {
	f := start(t, sandbox.Options{})
	want := f.thirty()
	var got []string
	for page := 1; page <= 4; page++ {
		answer := f.ok("GET", fmt.Sprintf("/products?limit=10&page=%d", page), nil)
		if answer["cursor"] != nil || answer["page"] != float64(page) {
			t.Errorf("page %d: cursor %v, page %v", page, answer["cursor"], answer["page"])
		}
		got = append(got, ids(answer)...)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(obj{"page": 1.0, "limit": 10.0, "products": list{}}, start(t, sandbox.Options{}).ok("GET", "/products?limit=10", nil)); diff != "" {
		t.Errorf("empty (-want +got):\n%s", diff)
	}
	f.refused("GET", "/products?page=0", nil, 400, "page must be a number from 1")
	f.refused("GET", "/products?page=one", nil, 400, "page must be a number from 1")
	f.refused("GET", "/products?include_deleted=maybe", nil, 400, "include_deleted must be true or false")
}

// walk follows the cursor to its end.
func (f *faireUnderTest) walk(query string, during func(page int)) []string {
	f.t.Helper()
	var got []string
	answer := f.ok("GET", "/products?limit=10"+query, nil)
	for page := 1; ; page++ {
		got = append(got, ids(answer)...)
		cursor := text(answer, "cursor")
		if cursor == "" {
			return got
		}
		if during != nil {
			during(page)
		}
		answer = f.ok("GET", "/products?limit=10&cursor="+url.QueryEscape(cursor), nil)
		if answer["page"] != nil {
			f.t.Errorf("page %v with a cursor", answer["page"])
		}
	}
}

func TestP25Cursor(t *testing.T) {
	f := start(t, sandbox.Options{})
	want := f.thirty()
	if diff := cmp.Diff(want, f.walk("", nil)); diff != "" {
		t.Errorf("walk (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want[15:], f.walk("&updated_at_min=2026-01-06T00:00:00Z", nil)); diff != "" {
		t.Errorf("walk with a filter (-want +got):\n%s", diff)
	}
	// A product that changes during the walk moves to its end and is seen twice; none is missed.
	got := f.walk("", func(page int) {
		if page == 1 {
			f.ok("PATCH", ctrl+"/products/"+want[3], obj{"name": "moved"})
			f.ok("PATCH", ctrl+"/products/"+want[25], obj{"name": "moved"})
		}
	})
	moved := append(append(append([]string{}, want[:25]...), want[26:]...), want[3], want[25])
	if diff := cmp.Diff(moved, got); diff != "" {
		t.Errorf("walk with changes (-want +got):\n%s", diff)
	}
	cursor := url.QueryEscape(text(f.ok("GET", "/products?limit=10", nil), "cursor"))
	for _, other := range []string{"page=2", "updated_at_min=2026-01-01T00:00:00Z", "sku=S1", "include_deleted=true"} {
		name, _, _ := cutEqual(other)
		f.refused("GET", "/products?cursor="+cursor+"&"+other, nil, 400, "cursor cannot be combined with "+name)
	}
	for _, bad := range []string{"x", "e30", "%21"} {
		f.refused("GET", "/products?cursor="+bad, nil, 400, "cursor is not valid")
	}
	switches := f.server.Switches()
	switches.CursorAlone = false
	if err := f.server.SetSwitches(switches); err != nil {
		t.Fatal(err)
	}
	if got := ids(f.ok("GET", "/products?limit=10&sku=S1&cursor="+cursor, nil)); len(got) != 10 {
		t.Errorf("cursor_alone off: filters beside a cursor must be ignored, got %v", got)
	}
}

func cutEqual(text string) (string, string, bool) {
	for i := range text {
		if text[i] == '=' {
			return text[:i], text[i+1:], true
		}
	}
	return text, "", false
}

func TestP26UpdatedAtMin(t *testing.T) {
	f := start(t, sandbox.Options{})
	want := f.thirty()
	for text, from := range map[string]int{
		"2026-01-06T00:00:00Z": 15, "2026-01-06T00:00:00.000Z": 15, "20260106T000000.000Z": 15, "2026-01-06T01:00:00%2B01:00": 15,
		"2026-01-06T00:00:00.001Z": 18, "2027-01-01T00:00:00Z": 30,
	} {
		page := f.ok("GET", "/products?updated_at_min="+text, nil)
		if diff := cmp.Diff(append([]string{}, want[from:]...), ids(page)); diff != "" {
			t.Errorf("updated_at_min=%s (-want +got):\n%s", text, diff)
		}
	}
	if got := f.ok("GET", "/products?updated_at_min=2026-01-06T00:00:00Z", nil)["updated_at_min"]; got != "2026-01-06T00:00:00Z" {
		t.Errorf("updated_at_min is not echoed: %v", got)
	}
	f.refused("GET", "/products?updated_at_min=yesterday", nil, 400, `updated_at_min "yesterday" is not a timestamp`)
	f.refused("GET", "/products?updated_at_min=2026-01-06", nil, 400, `updated_at_min "2026-01-06" is not a timestamp`)
	switches := f.server.Switches()
	switches.UpdatedAtMinInclusive, switches.CheckUpdatedAtMin = false, false
	if err := f.server.SetSwitches(switches); err != nil {
		t.Fatal(err)
	}
	if got := ids(f.ok("GET", "/products?updated_at_min=2026-01-06T00:00:00Z", nil)); len(got) != 12 {
		t.Errorf("exclusive: got %d products, want 12", len(got))
	}
	if got := ids(f.ok("GET", "/products?updated_at_min=yesterday", nil)); len(got) != 30 {
		t.Errorf("check_updated_at_min off: got %d products, want 30", len(got))
	}
}

func TestP27Drafts(t *testing.T) {
	f := start(t, sandbox.Options{})
	f.create("p", edits{"lifecycle_state": "DRAFT"})
	f.create("q", edits{"lifecycle_state": "UNPUBLISHED"})
	if got := ids(f.ok("GET", "/products", nil)); len(got) != 2 {
		t.Errorf("got %d products, want 2", len(got))
	}
	switches := f.server.Switches()
	switches.HideDrafts = true
	if err := f.server.SetSwitches(switches); err != nil {
		t.Fatal(err)
	}
	if got := ids(f.ok("GET", "/products", nil)); len(got) != 1 {
		t.Errorf("hide_drafts: got %d products, want 1", len(got))
	}
}

func TestSKUFilter(t *testing.T) {
	f := start(t, sandbox.Options{})
	p := f.create("p")
	f.create("q", edits{"variants.0.sku": "P-red"})
	found := func(query string) int { return len(ids(f.ok("GET", "/products?"+query, nil))) }
	if found("sku=p-RED") != 1 || found("sku=p-BLUE") != 1 || found("sku=p-") != 0 || found("sku=none") != 0 {
		t.Error("sku= must match exactly, any variant")
	}
	set := func(filter string) {
		switches := f.server.Switches()
		switches.SKUFilter = filter
		if err := f.server.SetSwitches(switches); err != nil {
			t.Fatal(err)
		}
	}
	if set(sandbox.SKUFold); found("sku=P-RED") != 2 {
		t.Error("fold: want both")
	}
	if set(sandbox.SKUIgnored); found("sku=none") != 2 {
		t.Error("ignored: want all")
	}
	set(sandbox.SKUExact)
	f.ok("DELETE", pathOf(p, "/variants/", text(p, "variants.0.id")), nil)
	if found("sku=p-RED") != 0 {
		t.Error("a deleted variant must not be found")
	}
}

// TestOrderSurvivesManyWrites writes often enough that the list's index is tidied several times.
func TestOrderSurvivesManyWrites(t *testing.T) {
	f := start(t, sandbox.Options{})
	want := f.thirty()
	for i := range 3000 {
		id := want[(i*7)%30]
		if _, err := f.server.EditProduct(id, []byte(`{"name":"again"}`)); err != nil {
			t.Fatal(err)
		}
	}
	got := f.walk("", nil)
	last := ""
	for _, id := range got {
		p := f.ok("GET", "/products/"+id, nil)
		if text(p, "updated_at") <= last {
			t.Errorf("%s is out of order", id)
		}
		last = text(p, "updated_at")
	}
	if len(got) != 30 {
		t.Errorf("walk gives %d products, want 30", len(got))
	}
}
