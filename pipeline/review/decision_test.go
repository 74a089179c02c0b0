package review_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/review"
)

var noon = time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)

// The later decision about the same stands, a withdrawn one does not, and what is about something else is left alone.
func TestInForce(t *testing.T) {
	price := review.Decision{Kind: review.Price, Key: "wms:A", Field: "price[USA]", Action: review.SetRetail, Value: "retail 12.50", At: noon}
	later := price
	later.Value, later.At = "retail 13.00", noon.Add(time.Hour)
	abroad := price
	abroad.Field = "price[CAN]"
	alias := review.Decision{Kind: review.Alias, Key: "A", Action: review.Link, Value: "F-A", At: noon}
	gone := review.Decision{Kind: review.Taxonomy, Key: "type:Robe", Action: review.Map, Value: "tt_1", At: noon}
	withdrawn := gone
	withdrawn.Action, withdrawn.Value = review.Withdraw, ""
	again := gone
	again.Value = "tt_2"
	for name, c := range map[string]struct{ list, want []review.Decision }{
		"nothing":                {nil, nil},
		"the later":              {[]review.Decision{price, abroad, later, alias}, []review.Decision{alias, abroad, later}},
		"withdrawn":              {[]review.Decision{gone, price, withdrawn}, []review.Decision{price}},
		"taken after withdrawal": {[]review.Decision{gone, withdrawn, again}, []review.Decision{again}},
	} {
		if diff := cmp.Diff(c.want, review.InForce(c.list)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestWords(t *testing.T) {
	d := review.Decision{At: noon, Reviewer: "Ann", Place: "Prices row 12"}
	if got, want := d.Words(), "by decision of 2026-11-20, Ann, Prices row 12"; got != want {
		t.Errorf("words %q, want %q", got, want)
	}
	if got, want := (review.Decision{At: noon}).Words(), "by decision of 2026-11-20"; got != want {
		t.Errorf("words %q, want %q", got, want)
	}
}

// The id of a question stays while its values change; its fingerprint tells.
func TestQuestionIdentity(t *testing.T) {
	q := review.Question{Kind: review.Price, Key: "wms:A|price[USA]", Code: "PRICE_RATIO_LOW", Found: "10.00 / 24.00", Covers: []review.Cover{{Key: "wms:A-S", Seen: "9.00/10.00"}}}
	moved := q
	moved.Covers = []review.Cover{{Key: "wms:A-S", Seen: "9.00/10.50"}}
	other := q
	other.Key = "wms:B|price[USA]"
	a, b, c := q.Identify(), moved.Identify(), other.Identify()
	if a.ID != b.ID || a.Fingerprint == b.Fingerprint {
		t.Errorf("values moved: ids %s and %s, fingerprints %s and %s", a.ID, b.ID, a.Fingerprint, b.Fingerprint)
	}
	if a.ID == c.ID {
		t.Error("two questions have one id")
	}
	mapped := review.Question{Kind: review.Taxonomy, Key: "category:Robes", Found: "", Rows: 3}
	more := mapped
	more.Found, more.Rows = "something", 4
	if mapped.Identify().Fingerprint != more.Identify().Fingerprint {
		t.Error("how many products stand behind a category makes an answer stale")
	}
}

func TestSort(t *testing.T) {
	list := []review.Question{
		{Kind: review.Price, Key: "c", Stock: 900},
		{Kind: review.Price, Key: "b", Live: true, Stock: 5},
		{Kind: review.Drift, Key: "a"},
		{Kind: review.Price, Key: "d", Stock: 900, Rows: 2},
		{Kind: review.Alias, Key: "z"},
	}
	review.Sort(list)
	var keys []string
	for _, q := range list {
		keys = append(keys, q.Key)
	}
	if diff := cmp.Diff([]string{"z", "b", "d", "c", "a"}, keys); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}
