package files

import (
	"errors"
	"io"
	"strings"
)

// Record is a record of delimited text, for tests.
type Record struct {
	Number int64
	Cells  []string
	Stray  int
	Ended  bool
}

// SplitAll splits a whole text; width is the number of cells of its header, 0 when unknown.
func SplitAll(text string, delimiter byte, cr bool, width int) ([]Record, error) {
	split := newSplitter(strings.NewReader(text), delimiter, cr, 0, 16) // a buffer so small that every test crosses its edges
	split.width = width
	var all []Record
	for {
		var rec record
		err := split.next(&rec)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		all = append(all, Record{rec.number, append([]string(nil), rec.cells...), rec.stray, rec.ended})
	}
}

// FindHeader finds the header among rows and makes its names.
func FindHeader(rows [][]string) (index int, names []string, err error) {
	records := make([]record, len(rows))
	for i, cells := range rows {
		records[i] = record{number: int64(i + 1), cells: cells}
	}
	if index, _ = findHeader(records, known{}); index < 0 {
		return index, nil, nil
	}
	h, err := newHeader(records[index])
	return index, h.names, err
}

// Variant is an entry of a parent's list.
type Variant struct {
	SKU   string
	Pairs [][2]string
}

// ParseVariants reads a parent's list, the names of its axes, and the first piece that is no entry.
func ParseVariants(text string) (list []Variant, axes []string, bad string) {
	parsed, bad := parseVariants(text)
	for _, v := range parsed {
		one := Variant{SKU: v.sku}
		for _, p := range v.pairs {
			one.Pairs = append(one.Pairs, [2]string{p.name, p.value})
		}
		list = append(list, one)
	}
	return list, axisNames(parsed), bad
}

// Images splits a cell into image URLs.
func Images(cell, base string) []string { return appendImages(nil, cell, base) }

// Resolve resolves an entry of a mapping against headers.
func Resolve(names []string, text string) (resolved string, uses []int, err error) {
	e, err := header{names: names}.resolve(text)
	return e.text, e.uses, err
}

// CR says whether lines of a text end with CR alone.
func CR(text string) bool { return loneCR([]byte(text)) }

// MaxRecord is the length of the longest record.
const MaxRecord = maxRecord
