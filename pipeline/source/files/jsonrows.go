package files

import (
	"errors"
	"io"
	"slices"
	"strings"
)

// jsonRecords are the records of a JSON text.
type jsonRecords struct {
	file   *jsonFile
	reader *jsonReader
	walk   *jsonWalk

	number int64 // of the record: its line, or its place in the list
	value  jsonValue
	fault  jsonFault
	blank  bool // a line without anything
}

func (r *jsonRecords) open(f *jsonFile) error {
	r.file, r.reader = f, f.reader()
	if f.lines || f.alone {
		return nil
	}
	r.walk = &jsonWalk{in: r.reader}
	for {
		path, err := r.walk.list()
		if err == nil && path == f.list {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// next reads a record; io.EOF at the end of the text.
func (r *jsonRecords) next() error {
	r.value, r.fault, r.blank = jsonValue{}, jsonFault{}, false
	if r.file.lines {
		return r.numbered(r.line())
	}
	if r.file.alone {
		return r.only()
	}
	raw, line, err := r.walk.item()
	if errors.Is(err, io.EOF) {
		for { // the rest must be valid as well
			if _, err := r.walk.list(); err != nil {
				return err
			}
		}
	}
	r.number++
	if err != nil {
		return r.numbered(err)
	}
	r.value, r.fault, err = parseJSON(string(raw))
	if err != nil {
		return at(line, err)
	}
	r.object()
	return nil
}

// only reads the record that is the whole text.
func (r *jsonRecords) only() error {
	if r.number > 0 {
		return io.EOF
	}
	r.number++
	line := r.reader.line
	raw, err := r.reader.value()
	if err != nil {
		return r.numbered(err)
	}
	r.value, r.fault, err = parseJSON(string(raw))
	return at(line, err)
}

// numbered gives an error the row it is of.
func (r *jsonRecords) numbered(err error) error {
	var long *longRecordError
	if errors.As(err, &long) {
		return &longRecordError{r.number}
	}
	return err
}

// line reads a record of NDJSON. A line that is no JSON is a bad row, but for the last one if it has no end: then the file is cut
// off.
func (r *jsonRecords) line() error {
	line, ended, err := r.reader.textLine()
	if err != nil {
		if !errors.Is(err, io.EOF) {
			r.number++
		}
		return err
	}
	r.number++
	text := string(line)
	if r.blank = strings.Trim(text, " \t\r") == ""; r.blank {
		return nil
	}
	r.value, r.fault, err = parseJSON(text)
	if err != nil {
		var bad *jsonError
		if errors.As(err, &bad) && bad.cut && !ended {
			return &jsonError{line: r.number, why: bad.why, cut: true}
		}
		r.value, r.fault = jsonValue{}, jsonFault{"no valid JSON, " + err.Error() + ": " + text, "an object"}
		return nil
	}
	r.object()
	return nil
}

// object notes a record that is none.
func (r *jsonRecords) object() {
	if r.value.kind != jsonObject && r.fault.found == "" {
		text, _ := r.value.cell()
		r.fault = jsonFault{strings.TrimSpace("no object: " + text), "an object"}
	}
}

// jsonRows are the rows of a JSON text: one per record, or per variant of it.
type jsonRows struct {
	shape    *jsonShape
	records  jsonRecords
	style    jsonCells // of the record
	cells    jsonCells // of the row
	variants []jsonValue
}

func (r *jsonRows) close() error { return nil }

func (r *jsonRows) position() int64 { return r.records.reader.position() }

func (r *jsonRows) next(rec *record) error {
	*rec = record{ended: true}
	if len(r.variants) > 0 {
		r.variant(rec)
		return nil
	}
	if err := r.records.next(); err != nil {
		return err
	}
	rec.number = r.records.number
	if r.records.blank {
		return nil
	}
	r.style.clear(len(r.shape.columns))
	r.shape.fill(&r.style, r.shape.root, &r.records.value)
	fault := r.records.fault
	if fault.found == "" {
		fault = r.style.fault
	}
	if fault.found == "" {
		r.variants, fault = r.shape.variantsOf(&r.records.value)
	}
	if fault.found != "" {
		rec.fault = &fault
	} else if len(r.variants) > 0 {
		r.variant(rec)
		return nil
	}
	rec.cells, rec.null = r.style.text, r.style.null
	rec.nul = rec.fault == nil && holdsNUL(rec.cells)
	return nil
}

// variant makes the row of the next variant.
func (r *jsonRows) variant(rec *record) {
	rec.number = r.records.number
	r.cells.text, r.cells.null = append(r.cells.text[:0], r.style.text...), append(r.cells.null[:0], r.style.null...)
	r.cells.fault = jsonFault{}
	r.shape.fill(&r.cells, r.shape.variants, &r.variants[0])
	r.variants = r.variants[1:]
	if r.cells.fault.found != "" {
		rec.fault = &r.cells.fault
	}
	rec.cells, rec.null = r.cells.text, r.cells.null
	rec.nul = rec.fault == nil && holdsNUL(rec.cells)
}

func holdsNUL(cells []string) bool {
	return slices.ContainsFunc(cells, func(cell string) bool { return strings.IndexByte(cell, 0) >= 0 })
}
