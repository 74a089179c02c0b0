package files

import (
	"bufio"
	"bytes"
	"context"
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

// Parsed is what parseJSON makes of a text: the value written again, and its fault.
func Parsed(text string) (again, fault string, err error) {
	value, found, err := parseJSON(text)
	var b strings.Builder
	compactJSON(&b, &value)
	return b.String(), found.found, err
}

// MaxDepth is how deep values may be nested.
const MaxDepth = maxDepth

// Survey looks at the bytes of a text in pieces of a size: the offsets of the first that is broken, wide and undefined; -1: none.
func Survey(ctx context.Context, text string, piece int, little, big bool) (broken, wide, undefined int64, err error) {
	c := &content{at: strings.NewReader(text), size: int64(len(text)), encoding: encodingUTF8}
	switch {
	case little:
		c.encoding = encodingUTF16LE
	case big:
		c.encoding = encodingUTF16BE
	}
	found, err := c.survey(ctx, piece)
	if err != nil {
		return 0, 0, 0, err
	}
	offset := func(at *byteAt) int64 {
		if at == nil {
			return -1
		}
		return at.offset
	}
	return offset(found.broken), offset(found.wide), offset(found.undefined), nil
}

// Gunzip reads all members of a gzip file.
func Gunzip(data []byte) ([]byte, error) {
	return io.ReadAll(&gzipMembers{in: bufio.NewReader(bytes.NewReader(data))})
}

// DatesIn are how many dates a name has.
func DatesIn(name string) int { return len(datesIn(name)) }
