package faire_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/faire"
)

// pageBody is a page of GET /products with products of these ids; cursor is raw JSON, blank for none.
func pageBody(cursor string, ids ...string) string {
	var products []string
	for _, id := range ids {
		products = append(products, productBody(id))
	}
	body := `{"limit":250,"products":[` + strings.Join(products, ",") + `]`
	if cursor != "" {
		body += `,"cursor":` + cursor
	}
	return body + "}"
}

func walk(t *testing.T, c *faire.Client, since time.Time, deleted bool) (ids []string, raw []string, err error) {
	t.Helper()
	err = c.Walk(t.Context(), since, deleted, func(page []byte, products []catalog.Product) error {
		raw = append(raw, string(page))
		for _, p := range products {
			ids = append(ids, p.FaireID)
		}
		return nil
	})
	return ids, raw, err
}

func TestWalk(t *testing.T) {
	since := time.Date(2026, 11, 23, 9, 30, 0, 123_999_999, time.FixedZone("", 3600))
	for _, end := range []string{"", "null", `""`} {
		t.Run("ends with "+end, func(t *testing.T) {
			pages := []string{pageBody(`"c&1"`, "p_1", "p_2"), pageBody(`"c2"`), pageBody(end, "p_2", "p_3")}
			s := serve(t, says(200, pages[0]), says(200, pages[1]), says(200, pages[2]))
			ids, raw, err := walk(t, connect(t, options(s.URL)), since, true)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"p_1", "p_2", "p_2", "p_3"}, ids); diff != "" {
				t.Errorf("products (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(pages, raw); diff != "" {
				t.Errorf("pages as they came (-want +got):\n%s", diff)
			}
			var queries []url.Values
			for _, r := range s.requests() {
				query, err := url.ParseQuery(r.Query)
				if err != nil {
					t.Fatal(err)
				}
				queries = append(queries, query)
			}
			want := []url.Values{ // filters on the first request only, and never a page number (contract §3)
				{"limit": {"250"}, "updated_at_min": {"2026-11-23T08:30:00.123Z"}, "include_deleted": {"true"}},
				{"limit": {"250"}, "cursor": {"c&1"}},
				{"limit": {"250"}, "cursor": {"c2"}},
			}
			if diff := cmp.Diff(want, queries); diff != "" {
				t.Errorf("queries (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("everything", func(t *testing.T) {
		s := serve(t, says(200, `{"page":1,"limit":10,"products":[]}`))
		ids, _, err := walk(t, connect(t, options(s.URL)), time.Time{}, false)
		if err != nil || ids != nil {
			t.Errorf("products %v, error %v", ids, err)
		}
		if got := s.requests()[0].Query; got != "limit=250" {
			t.Errorf("query %q", got)
		}
	})
}

// TestBrokenWalks: whatever breaks a walk, the caller gets an error that says how far it came, and never a nil that means complete.
func TestBrokenWalks(t *testing.T) {
	full := says(200, pageBody(`"c1"`, "p_1"))
	tests := map[string]struct {
		answers []http.HandlerFunc
		code    string // blank: not an answer's fault
		is      error
		pages   int
	}{
		"refused midway":        {[]http.HandlerFunc{full, says(401, "{}")}, "unauthorized", nil, 1},
		"server gone midway":    {[]http.HandlerFunc{full, says(500, "")}, "server", nil, 1},
		"cut off":               {[]http.HandlerFunc{full, says(200, pageBody("", "p_2")[:60])}, "malformed", nil, 1},
		"empty answer":          {[]http.HandlerFunc{full, says(200, "")}, "malformed", nil, 1},
		"no list":               {[]http.HandlerFunc{full, says(200, "{}")}, "malformed", nil, 1},
		"list is no list":       {[]http.HandlerFunc{full, says(200, `{"products":{}}`)}, "malformed", nil, 1},
		"web page":              {[]http.HandlerFunc{full, says(200, "<html></html>")}, "not_json", nil, 1},
		"product without id":    {[]http.HandlerFunc{full, says(200, `{"products":[{"name":"x"}]}`)}, "malformed", nil, 1},
		"product of wrong type": {[]http.HandlerFunc{full, says(200, `{"products":[{"id":"p_7","name":7}]}`)}, "malformed", nil, 1},
		"cursor is a number":    {[]http.HandlerFunc{full, says(200, `{"products":[],"cursor":7}`)}, "malformed", nil, 1},
		"cursor repeated":       {[]http.HandlerFunc{full, full}, "", faire.ErrCursorLoop, 1},
		"cursors in a ring":     {[]http.HandlerFunc{full, says(200, pageBody(`"c2"`, "p_2")), full}, "", faire.ErrCursorLoop, 2},
		"no end": {[]http.HandlerFunc{func(w http.ResponseWriter, r *http.Request) {
			says(200, pageBody(`"`+r.URL.Query().Get("cursor")+`x"`))(w, r)
		}}, "", faire.ErrTooManyPages, 7},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			o := options(serve(t, test.answers...).URL)
			o.MaxPages, o.Retry.Attempts = 7, 2
			_, raw, err := walk(t, connect(t, o), time.Time{}, false)
			if err == nil {
				t.Fatal("the walk says it is complete")
			}
			if len(raw) != test.pages || !strings.Contains(err.Error(), fmt.Sprintf("stopped after %d pages", test.pages)) {
				t.Errorf("%d pages handed on, want %d: %v", len(raw), test.pages, err)
			}
			if test.code != "" {
				if e := failure(t, err); e.Code() != test.code || e.Unknown() {
					t.Errorf("%v: code %s, want %s", e, e.Code(), test.code)
				}
			} else if !errors.Is(err, test.is) {
				t.Errorf("error %v, want %v", err, test.is)
			}
		})
	}
	t.Run("caller stops", func(t *testing.T) {
		s := serve(t, full)
		full := errors.New("disk full")
		err := connect(t, options(s.URL)).Walk(t.Context(), time.Time{}, false, func([]byte, []catalog.Product) error { return full })
		if !errors.Is(err, full) || len(s.requests()) != 1 {
			t.Errorf("error %v after %d requests", err, len(s.requests()))
		}
	})
}
