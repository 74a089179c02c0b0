package report

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/check"
	"fairesync/pipeline/review"
)

// column is one column of a sheet. Headers are unique within a sheet.
type column struct {
	header string
	width  float64 // in characters
	wrap   bool    // long text, several lines
	text   bool    // keys: a spreadsheet must not read a number, date or formula into it
	tone   bool    // coloured by its words (error, refused …)
	number bool    // its header stands in the middle, where the filter button does not hide it
	screen bool    // not printed, and so with all columns after it: paper is narrow
	open   bool    // a person fills it in
}

// sheet is one sheet of the workbook. To add one: an entry in sheets, its golden text. Cells are strings, ints, int64s,
// ordinals or links.
type sheet struct {
	name    string
	about   string // one line for the Summary
	tab     string // colour, RRGGBB
	columns []column
	rows    func(*data) iter.Seq[[]any]
	asks    *asking // nil: the sheet is for reading
}

// sheets are all of them between Summary and the hidden Meta, in their order.
func sheets() []sheet {
	return slices.Concat(first(), asks(), rest())
}

// first is where a reader begins.
func first() []sheet {
	return []sheet{
		{
			name: "Causes", about: "Exceptions added up: by code and category, live products first. Start here.", tab: "C00000",
			columns: []column{
				{header: "Severity", width: 9, tone: true}, {header: "Code", width: 30}, {header: "What it is", width: 30, wrap: true},
				{header: "Category or style", width: 28, wrap: true, text: true}, {header: "Exceptions", width: 11, number: true},
				{header: "Live on Faire", width: 9, number: true}, {header: "New", width: 8, number: true}, {header: "Styles", width: 8, number: true},
				{header: "For example", width: 28, wrap: true, text: true}, {header: "What to do", width: 56, wrap: true},
				{header: "Holds", width: 26, wrap: true, screen: true},
			},
			rows: causeRows,
		},
	}
}

// rest is what there is to look up.
func rest() []sheet {
	return []sheet{
		{
			name: exceptionsName, about: "One row per finding, those of live products first, waived ones and infos last. Waive what is known, or assign it.", tab: "C00000",
			columns: columns([]column{
				{header: "Severity", width: 9, tone: true}, {header: "Status", width: 10, tone: true}, {header: "Code", width: 28}, {header: "SKU", width: 18, text: true},
				{header: "Style", width: 12, text: true}, {header: "Name", width: 22, wrap: true, text: true}, {header: "Field", width: 18, wrap: true, text: true},
				{header: "Found", width: 22, wrap: true, text: true}, {header: "Wanted", width: 22, wrap: true, text: true},
			}, answered(13), []column{
				{header: "Proposal", width: 32, wrap: true, text: true}, {header: "Live", width: 7}, {header: "Row", width: 9, number: true},
				{header: "What to do", width: 50, wrap: true, screen: true}, {header: "Column", width: 18, text: true},
				{header: "File", width: 24, wrap: true, text: true}, {header: "Source", width: 12, text: true},
				{header: "Category", width: 24, wrap: true, text: true}, {header: "Faire id", width: 17, text: true},
				{header: "Owner", width: 14, text: true}, {header: "Waived until", width: 12, text: true}, {header: "First seen", width: 11, text: true},
				{header: "Runs", width: 7, number: true}, {header: "First seen in run", width: 24, text: true},
			}, keyed()),
			rows: exceptionRows,
			asks: &asking{actions: slices.Concat(review.Actions(review.Waiver), review.Actions(review.Owner)), value: "waive: the last day, such as 2026-12-31. assign: who looks after it."},
		},
		{
			name: "Planned changes", about: "What is sent to Faire, field by field, and what became of it.", tab: "00803C",
			columns: changeColumns(column{header: "Status", width: 11, tone: true}, column{header: "Faire's answer", width: 36, wrap: true, text: true}),
			rows:    plannedRows,
		},
		{
			name: "Held", about: "Changes that were worked out and not sent, why, and how to release them.", tab: "BF8F00",
			columns: changeColumns(column{header: "Held by", width: 31}, column{header: "How to release", width: 50, wrap: true}),
			rows:    heldRows,
		},
		{
			name: "Unmatched on Faire", about: "Variants on Faire that no SKU of the source matches; they are left alone.", tab: "7F7F7F",
			columns: []column{
				{header: "SKU on Faire", width: 22, text: true}, {header: "Name", width: 40, wrap: true, text: true}, {header: "Faire id", width: 19, text: true},
				{header: "Live", width: 7}, {header: "Found", width: 30, wrap: true, text: true}, {header: "Proposal", width: 34, wrap: true, text: true},
				{header: "First seen in run", width: 23, text: true}, {header: "Id", width: 20, text: true},
			},
			rows: unmatchedRows,
		},
		{
			name: "Taxonomy coverage", about: "What products get their Faire type by, how much of it is mapped, and what to map the rest to.", tab: "7030A0",
			columns: []column{
				{header: "Coverage", width: 10, number: true}, {header: "Scope", width: 10}, {header: "Category, type or name", width: 46, wrap: true, text: true},
				{header: "Products", width: 10, number: true}, {header: "Without a type", width: 10, number: true}, {header: "Live on Faire", width: 9, number: true},
				{header: "Faire type", width: 36, wrap: true, text: true}, {header: "Suggestion 1", width: 34, wrap: true, text: true},
				{header: "Suggestion 2", width: 34, wrap: true, text: true}, {header: "Suggestion 3", width: 34, wrap: true, text: true},
				{header: "Mapped by", width: 40, wrap: true, text: true, screen: true},
			},
			rows: typeRows,
		},
		{
			name: resolvedName, about: "What the run before had and this one has not.", tab: "70AD47",
			columns: []column{
				{header: "Severity", width: 9, tone: true}, {header: "Code", width: 30}, {header: "What it was", width: 36, wrap: true}, {header: "SKU", width: 20, text: true},
				{header: "Style", width: 14, text: true}, {header: "Name", width: 30, wrap: true, text: true}, {header: "First seen", width: 12, text: true},
				{header: "Runs", width: 8, number: true}, {header: "Owner", width: 16, text: true}, {header: "Id", width: 20, text: true, screen: true},
			},
			rows: resolvedRows,
		},
		decisionSheet(),
		{
			name: "Codes", about: "What every code means and what to do about it.", tab: "4472C4",
			columns: []column{
				{header: "Code", width: 31}, {header: "Severity", width: 10, tone: true}, {header: "In this run", width: 11, number: true},
				{header: "What it is", width: 38, wrap: true}, {header: "What it holds", width: 38, wrap: true}, {header: "What to do", width: 80, wrap: true},
			},
			rows: codeRows,
		},
	}
}

// changeColumns are those of a sheet of changes; two of its own stand after the reason.
func changeColumns(own ...column) []column {
	columns := []column{
		{header: "Kind", width: 11}, {header: "Action", width: 9}, {header: "Style", width: 13, text: true}, {header: "SKU", width: 20, text: true},
		{header: "Name", width: 24, wrap: true, text: true}, {header: "Field", width: 22, text: true},
		{header: "On Faire", width: 28, wrap: true, text: true}, {header: "Ought to be", width: 28, wrap: true, text: true},
		{header: "Why", width: 22, wrap: true},
	}
	columns = append(columns, own...)
	return append(columns, column{header: "Last sent", width: 20, wrap: true, text: true, screen: true}, column{header: "Product id", width: 17, text: true},
		column{header: "Variant id", width: 17, text: true}, column{header: "Change", width: 20, text: true})
}

func exceptionRows(d *data) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for _, e := range d.exceptions {
			code, _ := check.Lookup(e.Code)
			h := e.History
			if h == nil {
				h = &check.History{Status: check.New}
			}
			if !yield([]any{
				string(e.Severity), string(h.Status), d.codeLink(e.Code), e.SKU, e.Style, e.Name, e.Field, e.Found, e.Wanted, "", "", "", "", e.Proposal, yes(e.Live),
				rowNumber(e.Row), code.Hint, e.Column, e.File, e.Source, e.Category, e.FaireID, h.Owner, h.WaivedUntil, day(h.FirstTime), positive(h.Runs), e.FirstSeen,
				e.ID, "f" + e.Fingerprint,
			}) {
				return
			}
		}
	}
}

// unmatched is the code whose rows have a sheet of their own, beside the one of all.
const unmatched = "MATCH_UNMATCHED_ON_FAIRE"

func unmatchedRows(d *data) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for _, e := range d.exceptions {
			if e.Code == unmatched && !yield([]any{e.SKU, e.Name, e.FaireID, yes(e.Live), e.Found, e.Proposal, e.FirstSeen, e.ID}) {
				return
			}
		}
	}
}

// typeRows are the questions of the taxonomy: what has open products first, live ones before others, then by how many there are.
func typeRows(d *data) iter.Seq[[]any] {
	questions := slices.SortedFunc(slices.Values(d.Types), func(x, y catalog.TypeQuestion) int {
		return cmp.Or(cmp.Compare(min(1, y.Products-y.Mapped), min(1, x.Products-x.Mapped)), cmp.Compare(y.Live, x.Live),
			cmp.Compare(y.Products-y.Mapped, x.Products-x.Mapped), cmp.Compare(y.Products, x.Products),
			strings.Compare(x.Scope, y.Scope), strings.Compare(x.Text, y.Text))
	})
	return func(yield func([]any) bool) {
		for _, q := range questions {
			row := []any{percent(q.Mapped, q.Products), q.Scope, q.Text, q.Products, positive(q.Products - q.Mapped), positive(q.Live), strings.Join(q.Types, "\n")}
			for i := range 3 {
				suggestion := ""
				if i < len(q.Suggestions) {
					suggestion = q.Suggestions[i]
				}
				row = append(row, suggestion)
			}
			if !yield(append(row, strings.Join(q.ChosenBy, "\n"))) {
				return
			}
		}
	}
}

// percent is a share in whole percents, rounded down: 100 % is said of nothing but all.
func percent(part, whole int64) string {
	if whole == 0 {
		return ""
	}
	return fmt.Sprintf("%d %%", 100*part/whole)
}

func plannedRows(d *data) iter.Seq[[]any] {
	return changes(d, false, func(i int) []any {
		status, message := d.status(d.Plan.Changes[i])
		return []any{status, message}
	})
}

func heldRows(d *data) iter.Seq[[]any] {
	return changes(d, true, func(i int) []any {
		held := d.Plan.Changes[i].HeldBy
		var hints []string
		for _, name := range held {
			if code, ok := check.Lookup(name); ok {
				hints = append(hints, code.Hint)
			}
		}
		var by any = strings.Join(held, ", ")
		if len(held) == 1 {
			by = d.codeLink(held[0])
		}
		return []any{by, strings.Join(hints, "\n")}
	})
}

// changes yields one row per field of the plan's changes that are held, or that are not.
func changes(d *data, held bool, own func(i int) []any) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for i, change := range d.Plan.Changes {
			if change.Held() != held {
				continue
			}
			fields := change.Fields
			mine := own(i)
			for f := range max(1, len(fields)) { // a change without fields is a row too
				var name, before, after, sent string
				if f < len(fields) {
					name, before, after = fields[f].Name, fields[f].Before, fields[f].After
					if fields[f].Sent != nil {
						sent = *fields[f].Sent
					}
				}
				row := []any{
					strings.ReplaceAll(string(change.Kind), "_", " "), string(change.Action), change.Style, change.SKU, change.Name,
					name, before, after, change.Reason.Words(),
				}
				row = append(row, mine...)
				if !yield(append(row, sent, change.ProductID, change.VariantID, change.ID)) {
					return
				}
			}
		}
	}
}

func codeRows(d *data) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for _, code := range d.codes {
			if !yield([]any{code.Name, string(code.Severity), positive(int64(d.codeCount[code.Name])), code.Title, code.Holds.Words(), code.Hint}) {
				return
			}
		}
	}
}

// yes is a mark that prints well; no is blank.
func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

// rowNumber is the number of a row; it counts nothing, so its thousands are not parted. 0 is no row.
func rowNumber(n int64) any {
	if n <= 0 {
		return ""
	}
	return ordinal(n)
}

// positive leaves a cell blank where there is nothing to count.
func positive(n int64) any {
	if n <= 0 {
		return ""
	}
	return n
}

// metaRows are the hidden sheet's: what a program needs to know the workbook by.
func metaRows(d *data) [][2]string {
	return [][2]string{
		{metaMark, metaFormat}, {"program", d.Program}, {"brand", d.Summary.Brand}, {"brand_id", d.Plan.BrandID}, {"run", d.Summary.Run},
		{"command", d.Summary.Command}, {"plan_digest", d.Plan.Digest}, {"desired_digest", d.Plan.DesiredDigest},
		{"current_digest", d.Plan.CurrentDigest}, {"exceptions", fmt.Sprint(len(d.exceptions))}, {"changes", fmt.Sprint(len(d.Plan.Changes))},
	}
}
