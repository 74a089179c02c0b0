package report

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"

	"fairesync/pipeline/check"
	"fairesync/pipeline/review"
)

// Headers of the columns an answer is read from; those of all sheets that ask are the same.
const (
	headerAction      = "Action"
	headerValue       = "Value"
	headerNote        = "Note"
	headerReviewer    = "Reviewer"
	headerKey         = "Key"
	headerFingerprint = "Fingerprint"
)

// asking is what a sheet needs beside its columns to be answered.
type asking struct {
	actions []review.Action
	value   string // what may stand in Value, for the message a person sees there
	list    string // defined name of the values to choose from; blank: anything may be typed
}

// typeList is the defined name of the chooser of Faire's types. There are about 3,000 of them, and a list within a cell's validation ends at
// 255 characters.
const typeList = "faire_types"

// answered are the columns a person fills in.
func answered(value float64) []column {
	return []column{
		{header: headerAction, width: 17, open: true}, {header: headerValue, width: value, wrap: true, open: true},
		{header: headerNote, width: 22, wrap: true, open: true}, {header: headerReviewer, width: 12, open: true},
	}
}

// keyed are the columns an answer is known by.
func keyed() []column {
	return []column{{header: headerKey, width: 26, text: true, screen: true}, {header: headerFingerprint, width: 20, text: true}}
}

// picture shows a link to the first image, never the image.
var picture = column{header: "Picture", width: 9}

func columns(parts ...[]column) []column { return slices.Concat(parts...) }

// asks are the sheets that ask.
func asks() []sheet {
	aliases := []column{
		{header: "Asked about", width: 11}, {header: "SKU", width: 20, text: true}, {header: "Name", width: 28, wrap: true, text: true},
		{header: "Options", width: 15, wrap: true, text: true}, {header: "Known of it", width: 24, wrap: true, text: true}, {header: "Live", width: 6},
		{header: "Candidates", width: 52, wrap: true, text: true},
	}
	types := []column{
		{header: "Scope", width: 9}, {header: "Category, type or product", width: 36, wrap: true, text: true}, {header: "For example", width: 18, wrap: true, text: true},
		{header: "Products", width: 9, number: true}, {header: "Live", width: 6}, {header: "Now", width: 20, wrap: true, text: true},
		{header: "Suggestions", width: 48, wrap: true, text: true},
	}
	prices := []column{
		{header: "Code", width: 20}, {header: "Style", width: 13, text: true}, {header: "Name", width: 24, wrap: true, text: true}, {header: "SKUs", width: 20, wrap: true, text: true},
		{header: "Where", width: 11, text: true}, {header: "Wholesale", width: 10, number: true}, {header: "Retail", width: 9, number: true},
		{header: "Wholesale on Faire", width: 10, number: true}, {header: "Retail on Faire", width: 9, number: true},
		{header: "Nearest retail", width: 9, number: true}, {header: "Nearest wholesale", width: 10, number: true}, {header: "Live", width: 6},
	}
	approvals := []column{
		{header: "Held by", width: 25}, {header: "What", width: 16, wrap: true, text: true}, {header: "Field", width: 14, wrap: true, text: true},
		{header: "Changes", width: 9, number: true}, {header: "Products", width: 12, text: true}, {header: "For example", width: 20, wrap: true, text: true},
		{header: "On Faire", width: 28, wrap: true, text: true}, {header: "Ought to be", width: 28, wrap: true, text: true},
	}
	drift := []column{
		{header: "Code", width: 20}, {header: "Style", width: 13, text: true}, {header: "Name", width: 24, wrap: true, text: true}, {header: "Field", width: 16, wrap: true, text: true},
		{header: "SKUs", width: 16, wrap: true, text: true}, {header: "On Faire", width: 34, wrap: true, text: true}, {header: "In the source", width: 34, wrap: true, text: true},
		{header: "Live", width: 6},
	}
	return []sheet{
		{
			name: "Aliases", about: "Variants on Faire and SKUs of ours that nothing matches: which is which?", tab: "ED7D31",
			columns: columns(aliases, answered(20), []column{picture}, keyed()), rows: questionRows(aliasCells, review.Alias),
			asks: &asking{actions: review.Actions(review.Alias), value: "link: the SKU on the other side. leave: nothing."},
		},
		{
			name: "Taxonomy", about: "Categories, types and products without a Faire type: which one?", tab: "ED7D31",
			columns: columns(types, answered(36), []column{picture}, keyed()), rows: questionRows(typeCells, review.Taxonomy),
			asks: &asking{actions: review.Actions(review.Taxonomy), value: "map: a type of the list; type part of its name into the sheet Lists' filter to find one. leave: nothing.", list: typeList},
		},
		{
			name: "Prices", about: "Prices outside the ratio, and prices that move far: what are they to be?", tab: "ED7D31",
			columns: columns(prices, answered(12), []column{picture}, keyed()), rows: questionRows(priceCells, review.Price),
			asks: &asking{actions: review.Actions(review.Price), value: "set retail, set wholesale: an amount such as 12.50. The others: nothing."},
		},
		{
			name: "Approvals", about: "What guards and ceilings hold: may it go?", tab: "ED7D31",
			columns: columns(approvals, answered(12), keyed()), rows: questionRows(approvalCells, review.Approval, review.Recreate),
			asks: &asking{actions: slices.Concat(review.Actions(review.Approval), review.Actions(review.Recreate)), value: "Nothing stands here. approve releases these changes and no others; make again is for products deleted on Faire."},
		},
		{
			name: "Drift", about: "Fields that differ on Faire: whose value stands?", tab: "ED7D31",
			columns: columns(drift, answered(12), keyed()), rows: questionRows(driftCells, review.Drift),
			asks: &asking{actions: review.Actions(review.Drift), value: "Nothing stands here. ours sends the source's value, theirs leaves Faire's."},
		},
	}
}

// decisionSheet lists what stands.
func decisionSheet() sheet {
	return sheet{
		name: decisionsName, about: "What was decided and stands; withdraw what does not any more.", tab: "70AD47",
		columns: columns([]column{
			{header: "Kind", width: 10}, {header: "About", width: 36, wrap: true, text: true}, {header: "Field", width: 14, text: true}, {header: "Decision", width: 17},
			{header: "Decided value", width: 24, wrap: true, text: true}, {header: "Answers", width: 28, wrap: true, text: true}, {header: "Day", width: 11, text: true},
			{header: "Decided by", width: 14, text: true}, {header: "Where", width: 20, wrap: true, text: true}, {header: "Why", width: 24, wrap: true, text: true},
		}, answered(12), keyed()),
		rows: decisionRows, asks: &asking{actions: []review.Action{review.Withdraw}, value: "Nothing stands here."},
	}
}

// questionRows yields the questions of some kinds: what describes them, the blank action, the proposal, and what they are known by.
func questionRows(describe func(*data, review.Question) []any, kinds ...review.Kind) func(*data) iter.Seq[[]any] {
	return func(d *data) iter.Seq[[]any] {
		return func(yield func([]any) bool) {
			for _, q := range d.Asked.Questions {
				if !slices.Contains(kinds, q.Kind) {
					continue
				}
				row := append(describe(d, q), "", d.proposed(q), "", "") // nothing is answered by default
				if q.Kind == review.Alias || q.Kind == review.Taxonomy || q.Kind == review.Price {
					row = append(row, image(q.Picture))
				}
				if !yield(append(row, q.ID, q.Fingerprint)) {
					return
				}
			}
		}
	}
}

// proposed is what the value is prefilled with, a type as the chooser has it.
func (d *data) proposed(q review.Question) string {
	if name, ok := d.typeNames[q.Proposed]; ok && q.Kind == review.Taxonomy {
		return chosenType(name, q.Proposed)
	}
	return q.Proposed
}

// chosenType is a type as the chooser shows it: names are not keys, several types may share one.
func chosenType(name, id string) string { return name + " (" + id + ")" }

func aliasCells(_ *data, q review.Question) []any {
	side := "on Faire"
	if strings.HasPrefix(q.Key, "sku:") {
		side = "ours"
	}
	return []any{side, q.SKU, q.Name, q.Field, q.Found, yes(q.Live), candidates(q)}
}

func typeCells(_ *data, q review.Question) []any {
	scope, _, _ := strings.Cut(q.Key, ":")
	return []any{scope, q.Name, cmp.Or(q.SKU, q.Style), q.Rows, yes(q.Live), q.Found, candidates(q)}
}

// candidates are the suggestions, one a line: 92 %  SKU or type  why.
func candidates(q review.Question) string {
	lines := make([]string, len(q.Suggestions))
	for i, s := range q.Suggestions {
		what := s.Value
		switch {
		case q.Kind == review.Taxonomy:
			what = chosenType(s.Label, s.Value)
		case s.Label != "" && s.Label != s.Value:
			what += "  " + s.Label
		}
		lines[i] = fmt.Sprintf("%d %%  %s", s.Score, what)
		if s.Reason != "" {
			lines[i] += ": " + s.Reason
		}
	}
	return strings.Join(lines, "\n")
}

func priceCells(d *data, q review.Question) []any {
	a := q.Amounts
	if a == nil {
		a = &review.Amounts{}
	}
	nearest := map[string]string{}
	for _, s := range q.Suggestions {
		_, amount, _ := strings.Cut(s.Value, " ")
		nearest[s.Label] = amount
	}
	return []any{d.codeLink(q.Code), q.Style, q.Name, q.SKU, strings.TrimSuffix(strings.TrimPrefix(q.Field, "price["), "]"), cents(int64(a.Wholesale)), cents(int64(a.Retail)),
		cents(int64(a.FaireWholesale)), cents(int64(a.FaireRetail)), amountText(nearest["nearest retail"]), amountText(nearest["nearest wholesale"]), yes(q.Live)}
}

func approvalCells(d *data, q review.Question) []any {
	if q.Kind == review.Recreate {
		return []any{d.codeLink(q.Code), "deleted on Faire", "", q.Rows, "1 product", strings.TrimSpace(q.SKU + "\n" + q.Name), q.Found, q.Wanted}
	}
	return []any{d.codeLink(q.Code), q.Name, q.Field, q.Rows, q.Style, q.SKU, q.Found, q.Wanted}
}

func driftCells(d *data, q review.Question) []any {
	return []any{d.codeLink(q.Code), q.Style, q.Name, q.Field, q.SKU, q.Found, q.Wanted, yes(q.Live)}
}

func decisionRows(d *data) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for _, one := range d.Asked.Decisions {
			id := one.ID()
			row := []any{string(one.Kind), cmp.Or(one.Subject, one.Key), one.Field, string(one.Action), one.Value, one.Seen, one.At.UTC().Format("2006-01-02"), one.Reviewer,
				one.Place, one.Note, "", "", "", "", id, "f" + review.Digest(id)}
			if !yield(row) {
				return
			}
		}
	}
}

// resolvedRows are what the run before had and this one has not.
func resolvedRows(d *data) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for _, e := range d.Asked.Resolved {
			code, _ := check.Lookup(e.Code)
			h := e.History
			if h == nil {
				h = &check.History{}
			}
			if !yield([]any{string(e.Severity), d.codeLink(e.Code), code.Title, e.SKU, e.Style, e.Name, day(h.FirstTime), h.Runs, h.Owner, e.ID}) {
				return
			}
		}
	}
}

// day is the date of an RFC 3339 time.
func day(at string) string {
	date, _, _ := strings.Cut(at, "T")
	return date
}
