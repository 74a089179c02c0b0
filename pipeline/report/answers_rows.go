package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// answerCell is a cell as its XML has it; its text lies in the buffer of the row.
type answerCell struct {
	column   int  // from 1
	kind     byte // of cellKinds
	style    int
	formula  bool
	value    bool // it has one, be it blank
	from, to int
}

// The kinds of cells, by the attribute t.
const (
	numberCell byte = 'n'
	sharedCell byte = 's'
	textCell   byte = 't' // inline, or the text of a formula
	errorCell  byte = 'e'
	boolCell   byte = 'b'
	dayCell    byte = 'd'
)

// answerRow is a row of a sheet.
type answerRow struct {
	number int
	cells  []answerCell // in the order of their columns
	buffer []byte
}

// rowReader reads a sheet row by row.
type rowReader struct {
	last    int // number of the row read last
	count   int
	row     answerRow
	inside  bool // a row
	cell    *answerCell
	into    bool // a value or text that is kept
	ruby    int  // furigana, which is no part of the text
	onRow   func(*answerRow) (more bool, err error)
	onMerge func(ref string)
}

// token takes what the sheet holds next.
func (r *rowReader) token(m *markup) (bool, error) {
	switch m.kind {
	case tagStart:
		return r.start(m)
	case tagEnd:
		return r.end(m)
	case textPart:
		if r.into && r.ruby == 0 {
			r.row.buffer = appendPiece(r.row.buffer, m)
			r.cell.to = len(r.row.buffer)
		}
	case otherPart:
	}
	return true, nil
}

func (r *rowReader) start(m *markup) (bool, error) {
	switch string(m.name) {
	case "row":
		if err := r.begin(m); err != nil {
			return false, err
		}
		if m.empty {
			return r.finish()
		}
	case "c":
		if !r.inside {
			return false, errMarkup
		}
		if err := r.beginCell(m); err != nil {
			return false, err
		}
		if m.empty {
			r.cell = nil
		}
	case "f":
		if r.cell != nil {
			r.cell.formula = true
		}
	case "v", "t":
		if r.cell != nil {
			r.cell.value, r.into = true, !m.empty
		}
	case "rPh":
		if !m.empty {
			r.ruby++
		}
	case "mergeCell":
		if r.onMerge != nil {
			r.onMerge(m.attr("ref"))
		}
	}
	return true, nil
}

func (r *rowReader) end(m *markup) (bool, error) {
	switch string(m.name) {
	case "v", "t":
		r.into = false
	case "rPh":
		r.ruby--
	case "c":
		r.cell = nil
	case "row":
		return r.finish()
	}
	return true, nil
}

func (r *rowReader) begin(m *markup) error {
	r.last++ // a row without number follows the one before
	if ref := m.attr("r"); ref != "" {
		number, err := strconv.Atoi(ref)
		if err != nil || number < 1 {
			return errMarkup
		}
		r.last = number
	}
	if r.count++; r.last > excelRows || r.count > excelRows {
		return errTooManyRows
	}
	r.row.number, r.row.cells, r.row.buffer, r.inside = r.last, r.row.cells[:0], r.row.buffer[:0], true
	return nil
}

var errTooManyRows = fmt.Errorf("%w: it has more than %d rows", errMarkup, excelRows)

// maxRowText bounds the text of one row.
const maxRowText = 8 << 20

func (r *rowReader) beginCell(m *markup) error {
	c := answerCell{kind: numberCell, from: len(r.row.buffer), to: len(r.row.buffer), column: 1}
	if n := len(r.row.cells); n > 0 {
		c.column = r.row.cells[n-1].column + 1
	}
	for rest := m.attrs; ; {
		name, value, after, ok := nextAttr(rest)
		if !ok {
			break
		}
		switch string(name) {
		case "r":
			column := 0
			for _, b := range value {
				if b < 'A' || b > 'Z' || column > excelize.MaxColumns {
					break
				}
				column = column*26 + int(b-'A') + 1
			}
			if column < c.column {
				return errMarkup
			}
			c.column = column
		case "s":
			style, err := strconv.Atoi(string(value))
			if err != nil {
				return errMarkup
			}
			c.style = style
		case "t":
			switch string(value) {
			case "s":
				c.kind = sharedCell
			case "str", "inlineStr":
				c.kind = textCell
			case "e":
				c.kind = errorCell
			case "b":
				c.kind = boolCell
			case "d":
				c.kind = dayCell
			}
		}
		rest = after
	}
	if c.column > excelize.MaxColumns || len(r.row.buffer) > maxRowText {
		return errMarkup
	}
	r.row.cells = append(r.row.cells, c)
	r.cell = &r.row.cells[len(r.row.cells)-1]
	return nil
}

func (r *rowReader) finish() (bool, error) {
	r.inside, r.cell, r.into = false, nil, false
	return r.onRow(&r.row)
}

// seen is what a cell shows.
type seen struct {
	text    string
	number  bool   // it is a number, not text
	day     bool   // it is a number that is shown as a day
	notice  string // what was odd about it
	invalid string // why it cannot be read
}

// see reads a cell as a person sees it.
func (w *answerBook) see(row *answerRow, c *answerCell) (seen, error) {
	if c == nil {
		return seen{}, nil
	}
	raw := row.buffer[c.from:c.to]
	var s seen
	switch c.kind {
	case sharedCell:
		if !c.value {
			break
		}
		n, err := strconv.Atoi(strings.TrimSpace(string(raw)))
		text, ok := w.texts.get(n)
		if err != nil || !ok {
			return s, errMarkup
		}
		s.text = unescape(strings.Clone(text)) // or all texts are kept for the sake of one
	case textCell:
		s.text = unescape(string(raw))
	case errorCell:
		s.text, s.invalid = string(raw), fmt.Sprintf("holds the error %s", cut(string(raw)))
	case boolCell:
		s.text = map[bool]string{true: "TRUE", false: "FALSE"}[string(raw) == "1"]
	case dayCell:
		s.text, _, _ = strings.Cut(string(raw), "T")
		s.number, s.day = true, true
	default:
		if len(raw) == 0 {
			break
		}
		text, rounded, err := w.numbers.show(string(raw), c.style)
		if err != nil {
			return s, err
		}
		s.text, s.number, s.day = text, true, isDay(w.numbers.code(c.style))
		if rounded {
			s.notice = fmt.Sprintf("holds %s and shows %s, which was taken", cut(string(raw)), text)
		}
	}
	s.text = strings.TrimSpace(s.text)
	switch {
	case !c.formula || s.invalid != "":
	case !c.value:
		s.invalid = "holds a formula without a result: type the value"
	default:
		s.notice = "holds a formula, whose last result was taken"
	}
	return s, nil
}

// cut shortens foreign text for a sentence.
func cut(text string) string {
	const most = 60
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}
