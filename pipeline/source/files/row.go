package files

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"fairesync/pipeline/check"
	"fairesync/pipeline/stage"
)

// row is a record on its way to the item table.
type row struct {
	file   string
	number int64
	cells  []string // of the foreign columns; fewer when the row is quarantined for it
	null   []bool   // cells that are null, if blank; none: no cell is

	kind, problem, style  string
	images, productImages string
	options               [6]string // layout parents
	found                 []check.Exception
}

// codes of findings about the shape of a feed (pipeline/check).
const (
	codeShape       = "FEED_ROW_SHAPE"
	codeNotProduct  = "FEED_ROW_NOT_PRODUCT"
	codeValue       = "FEED_VALUE_INVALID"
	codeParent      = "FEED_PARENT_ORPHAN"
	codeChild       = "FEED_CHILD_ORPHAN"
	codeKind        = "FEED_KIND_IGNORED"
	codeEncoding    = "FEED_ENCODING_GUESSED"
	foundCharacters = 120 // how much of a cell a finding quotes
)

// cellErrors are what a spreadsheet shows where it could not compute.
var cellErrors = []string{"#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#BLOCKED!",
	"#CONNECT!", "#FIELD!", "#UNKNOWN!", "#GETTING_DATA", uncomputed}

// judge decides what kind of row a record is, by its shape alone. It returns false for what is no row: a blank line, the header.
func (p *plan) judge(r *row, rec *record, h header) bool {
	cells := rec.cells
	if rec.loose && rec.number > h.row { // notes beside the table make no row
		cells = cells[:min(len(cells), len(h.names))]
	}
	first := firstFilledCell(cells)
	if first < 0 && rec.stray == 0 && rec.fault == nil || rec.number == h.row {
		return false
	}
	r.number, r.cells, r.null, r.kind = rec.number, rec.cells, rec.null, stage.KindSKU
	if rec.fault != nil {
		p.quarantine(r, codeShape, "", -1, rec.fault.found, rec.fault.wanted)
		return true
	}
	if rec.nul {
		for i, cell := range r.cells {
			r.cells[i] = strings.ReplaceAll(cell, "\x00", "\ufffd")
		}
	}
	if rec.number < h.row || h.repeated(rec.cells) || isTotal(rec.cells, len(h.names), p.sku) {
		r.kind, r.problem = stage.KindIgnored, codeNotProduct
		r.cells = r.cells[:min(len(r.cells), len(h.names))]
		return true
	}
	p.judgeShape(r, rec, h)
	if r.kind == stage.KindSKU {
		p.judgeCells(r)
	}
	return true
}

// judgeShape checks quotes, NUL bytes and the number of cells.
func (p *plan) judgeShape(r *row, rec *record, h header) {
	have, want := len(r.cells), len(h.names)
	switch {
	case rec.stray > 0:
		p.quarantine(r, codeShape, "", rec.stray-1, "a quote where none may stand: "+cellAt(r.cells, rec.stray-1), "every quote inside a quoted cell doubled")
	case rec.nul:
		at := slices.IndexFunc(r.cells, func(cell string) bool { return strings.Contains(cell, "\ufffd") })
		p.quarantine(r, codeShape, "", at, "a NUL byte", "text")
	case rec.loose: // a sheet has all cells; those beside the table are notes
		for len(r.cells) < want {
			r.cells = append(r.cells, "")
		}
	case have < want:
		p.quarantine(r, codeShape, "", have, fmt.Sprintf("%d cells", have), fmt.Sprintf("%d cells", want))
	case have > h.width || firstFilledCell(r.cells[want:]) >= 0:
		p.quarantine(r, codeShape, "", -1, fmt.Sprintf("%d cells", have), fmt.Sprintf("%d cells", want))
	}
	r.cells = r.cells[:min(len(r.cells), want)]
}

// judgeCells looks for cells a spreadsheet could not compute. In a key the row is lost, elsewhere the value counts as blank.
func (p *plan) judgeCells(r *row) {
	for column, cell := range r.cells {
		cell = strings.TrimSpace(cell)
		if len(cell) < 4 || cell[0] != '#' || !slices.Contains(cellErrors, cell) {
			continue
		}
		if field, ok := p.keys[column]; ok {
			p.quarantine(r, codeShape, field, column, cell, "a value")
			return
		}
		if field, ok := p.values[column]; ok {
			r.cells[column] = ""
			p.note(r, codeValue, field, column, cell, "a value")
		}
	}
}

// quarantine takes a row out of the catalogue and says why.
func (p *plan) quarantine(r *row, code, field string, column int, found, wanted string) {
	r.kind, r.problem = stage.KindQuarantined, code
	p.note(r, code, field, column, found, wanted)
}

// note makes a finding about a row.
func (p *plan) note(r *row, code, field string, column int, found, wanted string) {
	e := check.Exception{Code: code, Field: field, Found: shorten(found), Wanted: wanted, File: r.file, Row: r.number,
		EntityKey: fmt.Sprintf("%s:%d", r.file, r.number)}
	if known, ok := check.Lookup(code); ok {
		e.Severity = known.Severity
	}
	if column >= 0 && column < len(p.header.names) {
		e.Column = p.header.names[column]
	}
	if sku := p.skuOf(r); !slices.Contains(cellErrors, sku) {
		e.SKU = shorten(sku)
	}
	if e.SKU != "" && r.kind == stage.KindSKU {
		e.VariantKey = p.source + ":" + e.SKU
		e.EntityKey = e.VariantKey
	}
	r.found = append(r.found, e)
}

// skuOf is the SKU of a row as it stands, trimmed; blank when an expression makes it.
func (p *plan) skuOf(r *row) string {
	if at := firstFilled(r.cells, p.sku); at >= 0 {
		return strings.TrimSpace(r.cells[at])
	}
	return ""
}

func cellAt(cells []string, at int) string {
	if at < len(cells) {
		return cells[at]
	}
	return ""
}

// shorten keeps the beginning of a long text.
func shorten(text string) string {
	if utf8.RuneCountInString(text) <= foundCharacters {
		return text
	}
	return string([]rune(text)[:foundCharacters]) + "…"
}
