package review

import (
	"cmp"
	"slices"
	"strings"

	"fairesync/pipeline/catalog"
)

// Question is one row of a decision sheet. One answer covers all rows of a cause: Covers lists what it lays down a decision about.
type Question struct {
	Kind        Kind          `json:"kind"`
	ID          string        `json:"id"`          // kind and a digest of what it is about; stays while the values change
	Fingerprint string        `json:"fingerprint"` // of the values seen, f and 16 hex digits; a late answer is known to be stale
	Key         string        `json:"key"`         // what it is about: variant:ID, sku:SKU, category:TEXT, a product key, a group …
	Code        string        `json:"code,omitempty"`
	SKU         string        `json:"sku,omitempty"` // several are parted by commas
	Style       string        `json:"style,omitempty"`
	Name        string        `json:"name,omitempty"`
	Field       string        `json:"field,omitempty"`
	Found       string        `json:"found,omitempty"`  // what Faire holds, or the source has, as the sheet's header says
	Wanted      string        `json:"wanted,omitempty"` // what it ought to be
	Rows        int64         `json:"rows"`             // SKUs, products or changes it covers
	Live        bool          `json:"live,omitempty"`   // a product it covers is published on Faire
	Stock       catalog.Money `json:"stock,omitempty"`  // wholesale value of the stock it covers, minor units; for the order of rows
	Picture     string        `json:"picture,omitempty"`
	Proposed    string        `json:"proposed,omitempty"` // what the value column is prefilled with; nothing is decided by it
	Suggestions []Suggestion  `json:"suggestions,omitempty"`
	Covers      []Cover       `json:"covers,omitempty"`
	Amounts     *Amounts      `json:"amounts,omitempty"` // of a price
}

// Suggestion is one proposal, the best first.
type Suggestion struct {
	Value  string `json:"value"` // what would be put into the value column: a SKU, a type id, an amount such as retail 12.50
	Label  string `json:"label"` // for people
	Score  int    `json:"score"` // 0 to 100
	Reason string `json:"reason,omitempty"`
}

// Cover is one thing an answer is about.
type Cover struct {
	Key       string `json:"key"` // of the decision
	Field     string `json:"field,omitempty"`
	SKU       string `json:"sku,omitempty"`
	Seen      string `json:"seen,omitempty"`
	SeenFaire string `json:"seen_faire,omitempty"` // of a price: what approve and keep answer, Faire's amounts with the source's
}

// Amounts are those of a price question, minor units; 0 is none.
type Amounts struct {
	Wholesale      catalog.Money `json:"wholesale"`
	Retail         catalog.Money `json:"retail"`
	FaireWholesale catalog.Money `json:"faire_wholesale"`
	FaireRetail    catalog.Money `json:"faire_retail"`
}

// Identify fills id and fingerprint.
func (q Question) Identify() Question {
	q.ID = string(q.Kind) + "-" + Digest(q.Key, q.Code, q.Field)
	parts := []string{q.Found, q.Wanted}
	if q.Kind == Taxonomy { // how many products stand behind it does not change the question
		parts = nil
	}
	for _, c := range q.Covers {
		parts = append(parts, c.Key, c.Field, c.Seen, c.SeenFaire)
	}
	q.Fingerprint = "f" + Digest(parts...)
	return q
}

// Sort orders questions as the sheets show them: by kind, products live on Faire first, then by stock value and by what they cover.
func Sort(list []Question) {
	slices.SortFunc(list, func(a, b Question) int {
		return cmp.Or(cmp.Compare(slices.Index(Kinds, a.Kind), slices.Index(Kinds, b.Kind)), -compare(a.Live, b.Live), cmp.Compare(b.Stock, a.Stock),
			cmp.Compare(b.Rows, a.Rows), strings.Compare(a.Key, b.Key), strings.Compare(a.ID, b.ID))
	})
}

func compare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
