package files

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"fairesync/pipeline/stage"
)

// headerRows is how far down the header may stand: exports put titles and dates above it.
const headerRows = 20

// header is the row that names the columns.
type header struct {
	row    int64    // its number
	names  []string // trimmed, unique; a blank one between others is called "column N"
	folded []string
	width  int // cells it had, with blank ones at its end

	ofVariant []bool // JSON whose styles list their variants: the columns that are a variant's own; else empty
}

// known says which header texts make a row the header: those of the synonyms, and those the configuration names.
type known struct {
	skuNames []string // of mapping.sku, as written
	sku      []string // the same, folded
	others   []string // folded, of every other mapping and price
}

// badHeader is the reason a set of header names cannot be used.
type badHeader struct {
	row       int64
	why, next string
}

func (*badHeader) Error() string { return "bad header" }

// score counts the cells a row has in common with the known headers; 0 when it cannot be the header, for want of a SKU column
// or of any other known one.
func (k known) score(cells []string) int {
	score, sku := 0, false
	for _, cell := range cells {
		folded := fold(cell)
		if folded == "" || len(folded) > 64 {
			continue
		}
		isKnown, isSKU := isKnown(folded)
		if slices.Contains(k.sku, folded) {
			isKnown, isSKU = true, true
		}
		if isKnown || slices.Contains(k.others, folded) {
			score++
		}
		sku = sku || isSKU
	}
	if !sku || score < 2 {
		return 0
	}
	return score
}

// findHeader returns the index of the header among the first rows of a file, and its score; -1 when there is none.
func findHeader(rows []record, k known) (index, score int) {
	for i, row := range rows {
		if row.number > headerRows {
			break
		}
		if score := k.score(row.cells); score > 0 {
			return i, score
		}
	}
	return -1, 0
}

// newHeader makes the header of a row.
func newHeader(row record) (header, error) {
	h := header{row: row.number, width: len(row.cells)}
	for i, cell := range row.cells {
		name := clean(cell)
		if name == "" {
			name = fmt.Sprintf("column %d", i+1)
		}
		h.names = append(h.names, name)
	}
	for len(h.names) > 0 && clean(row.cells[len(h.names)-1]) == "" {
		h.names = h.names[:len(h.names)-1]
	}
	taken := []string{stage.ColumnFile, stage.ColumnRow, stage.ColumnKind, stage.ColumnProblem, stage.ColumnSKUID, stage.ColumnStyle}
	taken = append(taken, columnImages, columnProductImages)
	taken = append(taken, optionColumns...)
	first := map[string]int{}
	for i, name := range h.names {
		if slices.Contains(taken, strings.ToLower(name)) {
			return header{}, &badHeader{row.number, fmt.Sprintf("has a column called %q, a name fairesync uses itself", name), "rename the column"}
		}
		key := strings.ToLower(name)
		if before, ok := first[key]; ok {
			return header{}, &badHeader{row.number, fmt.Sprintf("has the header %q twice, in columns %d and %d", name, before+1, i+1),
				"rename or remove one of them; which one is meant cannot be guessed"}
		}
		first[key] = i
		h.folded = append(h.folded, fold(name))
	}
	return h, nil
}

// clean trims a header and makes one blank of any white space inside it: workbooks wrap long headers.
func clean(cell string) string {
	cell = strings.Map(func(r rune) rune {
		switch {
		case r == '\ufeff' || r == '\u200b' || r == 0:
			return -1
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, cell)
	return strings.Join(strings.Fields(cell), " ")
}

// find returns the column of the first of some folded headers that is there, or -1.
func (h header) find(folded ...string) int {
	for _, want := range folded {
		if at := slices.Index(h.folded, want); at >= 0 {
			return at
		}
	}
	return -1
}

// named returns the column of a name as a person wrote it: exact, or else but for case and white space; -1 when there is none.
func (h header) named(name string) int {
	if at := slices.Index(h.names, name); at >= 0 {
		return at
	}
	name = clean(name)
	return slices.IndexFunc(h.names, func(have string) bool { return strings.EqualFold(have, name) })
}

// repeated says whether a row is the header once more.
func (h header) repeated(cells []string) bool {
	same := 0
	for i, cell := range cells {
		if isBlank(cell) {
			continue
		}
		if i >= len(h.folded) || len(cell) > 256 || fold(cell) != h.folded[i] {
			return false
		}
		same++
	}
	return same >= 2
}

// totals are the texts of a first cell that make a row a sum; sums do so only in a row that is mostly blank, and so does a text
// that goes on after "total" ("Total: 57 items").
var (
	totals = []string{"total", "grand total", "totals", "subtotal", "sub total"}
	sums   = []string{"sum", "count", "row count", "record count"}
)

// isTotal says whether a row only sums up: its first cell reads so, and it names no SKU beside that.
func isTotal(cells []string, width int, sku []int) bool {
	first := firstFilledCell(cells)
	if first < 0 || len(cells[first]) > 64 {
		return false
	}
	text := strings.ToLower(strings.TrimRight(strings.TrimSpace(cells[first]), ": "))
	exact := slices.Contains(totals, text)
	if !exact && !slices.Contains(sums, text) && !strings.HasPrefix(text, "total ") && !strings.HasPrefix(text, "total:") &&
		!strings.HasPrefix(text, "grand total") {
		return false
	}
	if at := firstFilled(cells, sku); at >= 0 && at != first {
		return false
	}
	if exact {
		return true
	}
	filled := 0
	for _, cell := range cells {
		if !isBlank(cell) {
			filled++
		}
	}
	return filled*2 <= width
}

// firstFilled returns the first of some columns that is not blank in a row, or -1.
func firstFilled(cells []string, columns []int) int {
	for _, column := range columns {
		if column < len(cells) && !isBlank(cells[column]) {
			return column
		}
	}
	return -1
}

// firstFilledCell returns the first cell of a row that is not blank, or -1.
func firstFilledCell(cells []string) int {
	return slices.IndexFunc(cells, func(cell string) bool { return !isBlank(cell) })
}

func isBlank(cell string) bool { return strings.TrimSpace(cell) == "" }
