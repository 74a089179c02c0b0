package stage

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"fairesync/pipeline/check"
)

// Compare says what is different about a delivery, seen from the last good one: at most one finding of each code. Nothing is
// found where nothing is remembered. A source without files is asked for the columns its fields were read from only: which others
// an answer has depends on the records in it, and so does their order.
func Compare(past Delivered, now Delivery) []check.Exception {
	if past.Last.Run == "" {
		return nil
	}
	last := past.Last
	var found []check.Exception
	add := func(code, what, wanted, proposal string) {
		if what != "" {
			found = append(found, check.Exception{Code: code, Source: now.Source, EntityKey: now.Source, Found: what, Wanted: wanted, Proposal: proposal})
		}
	}
	since := fmt.Sprintf("as in run %s of %s", last.Run, moment(last.At))
	gone, fresh := without(last.Columns, now.Columns), without(now.Columns, last.Columns)
	if len(now.Files) == 0 {
		gone = slices.DeleteFunc(gone, func(column string) bool { return len(last.readFrom(column)) == 0 })
	}
	add("FEED_COLUMN_GONE", listed(last.withFields(gone)), since, proposals(last, now, gone, fresh))
	add("FEED_COLUMN_NEW", listed(now.withFields(fresh)), "", "")
	if len(now.Files) > 0 {
		add("FEED_COLUMNS_MOVED", listed(quoted(moved(last.Columns, now.Columns))), since, "")
	}
	if last.sameFiles(now.Files) {
		if !now.Modified.Equal(last.Modified) || !sameNames(last.Files, now.Files) {
			add("FEED_FILE_AGAIN", fmt.Sprintf("%s: the same bytes as in run %s of %s, read first at %s", listed(names(now.Files)), last.Run,
				moment(last.At), moment(last.Since)), "", "")
		}
		return found
	}
	add("FEED_FILE_OLDER", older(past, now), "", "")
	return found
}

// GateOlder refuses files that are older than those of the last good run, by their bytes or by the dates in their names.
func GateOlder(past Delivered, now Delivery) error {
	why := rolledBack(past, now)
	if why == "" {
		return nil
	}
	return &Refusal{Source: now.Source, Why: "sent an older file: " + why, Next: fmt.Sprintf("check that the export runs and delivers; if the catalogue is to go back to this, run again with "+
		"--accept-older %[1]s; a feed that may well come back to what it was (few rows, stock) can have older_files: warn", now.Source)}
}

// decisive are the fields whose loss makes other products of the rows, where the loss of any other leaves Faire as it is: rows
// would not belong together any more, what was given up would be for sale again, SKUs would lose their names on Faire, and the
// quantities of several warehouses would be those of one.
var decisive = []string{"active", "alias", "style", "warehouse"}

// GateColumns refuses a delivery that has lost every column a decisive field was read from. To what style a row belongs, a source that
// only adds to another does not decide.
func GateColumns(past Delivered, now Delivery, supplement bool) error {
	if now.Rows == 0 { // refused for that already
		return nil
	}
	var why []string
	for _, field := range lost(past.Last, now) {
		if slices.Contains(decisive, field) && (field != "style" || !supplement) {
			why = append(why, fmt.Sprintf("%s was read from %s", field, listed(quoted(past.Last.Reads[field]))))
		}
	}
	if len(why) == 0 {
		return nil
	}
	return &Refusal{Source: now.Source, Why: fmt.Sprintf("has lost columns that decide what its rows mean: %s in run %s of %s, and no column gives it now",
		strings.Join(why, "; "), past.Last.Run, moment(past.Last.At)),
		Next: fmt.Sprintf("if a column was renamed, name the new one in mapping; if the feed is right without it, run again with --accept-columns %s", now.Source)}
}

// lost are the fields, sorted, that were read from a column that is gone and that no column gives any more.
func lost(last, now Delivery) []string {
	var fields []string
	for _, field := range slices.Sorted(maps.Keys(last.Reads)) {
		if len(now.Reads[field]) == 0 && len(without(last.Reads[field], now.Columns)) > 0 {
			fields = append(fields, field)
		}
	}
	return fields
}

// readFrom are the fields, sorted, that a column is read for.
func (d Delivery) readFrom(column string) []string {
	var fields []string
	for _, field := range slices.Sorted(maps.Keys(d.Reads)) {
		if slices.Contains(d.Reads[field], column) {
			fields = append(fields, field)
		}
	}
	return fields
}

// withFields names columns, each with the fields that are read from it.
func (d Delivery) withFields(columns []string) []string {
	texts := quoted(columns)
	for i, column := range columns {
		if fields := d.readFrom(column); len(fields) > 0 {
			texts[i] += " (" + strings.Join(fields, ", ") + ")"
		}
	}
	return texts
}

// proposals say which columns may have been renamed, and which fields nothing gives any more.
func proposals(last, now Delivery, gone, fresh []string) string {
	var texts []string
	for _, pair := range renamed(last.Columns, now.Columns, gone, fresh) {
		texts = append(texts, fmt.Sprintf("perhaps %q is %q now", pair.from, pair.to))
	}
	for _, field := range lost(last, now) {
		texts = append(texts, fmt.Sprintf("no column gives %s now: map it to one, or leave Faire as it is", field))
	}
	if more := len(texts) - mostListed; more > 0 {
		texts = append(texts[:mostListed], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(texts, "; ")
}

// without are the texts of a list that are not in another, in their order.
func without(list, other []string) []string {
	in := make(map[string]bool, len(other))
	for _, text := range other {
		in[text] = true
	}
	return slices.DeleteFunc(slices.Clone(list), func(text string) bool { return in[text] })
}

// moved are the columns, in their order now, that one would have to pick up and put elsewhere to get from one order to the other:
// as few as possible. Columns that are in one list only move nothing.
func moved(before, now []string) []string {
	place := make(map[string]int, len(before))
	for i, column := range before {
		place[column] = i
	}
	common := slices.DeleteFunc(slices.Clone(now), func(column string) bool { _, ok := place[column]; return !ok })
	length, previous := make([]int, len(common)), make([]int, len(common)) // of the longest run of columns that stand in their old order, ending here
	best := -1
	for i, column := range common {
		length[i], previous[i] = 1, -1
		for j := range i {
			if place[common[j]] < place[column] && length[j]+1 > length[i] {
				length[i], previous[i] = length[j]+1, j
			}
		}
		if best < 0 || length[i] > length[best] {
			best = i
		}
	}
	stay := map[string]bool{}
	for ; best >= 0; best = previous[best] {
		stay[common[best]] = true
	}
	return slices.DeleteFunc(common, func(column string) bool { return stay[column] })
}

func sameNames(a, b []File) bool {
	x, y := names(a), names(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

func names(files []File) []string {
	list := make([]string, 0, len(files))
	for _, file := range files {
		list = append(list, file.Name)
	}
	return list
}

func quoted(texts []string) []string {
	list := make([]string, 0, len(texts))
	for _, text := range texts {
		list = append(list, fmt.Sprintf("%q", text))
	}
	return list
}

// mostListed is how many names of one kind a finding lists.
const mostListed = 10

// listed is a list as people read it, blank if there is none.
func listed(texts []string) string {
	if more := len(texts) - mostListed; more > 0 {
		return strings.Join(texts[:mostListed], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(texts, ", ")
}

func moment(at time.Time) string { return at.UTC().Format(time.RFC3339) }
