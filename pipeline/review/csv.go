package review

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// field is a column of the CSV of decisions.
type field struct {
	name string
	get  func(Decision) string
	set  func(*Decision, string) error
}

// text is a column of one text.
func text(name string, of func(*Decision) *string) field {
	return field{name, func(d Decision) string { return *of(&d) }, func(d *Decision, value string) error { *of(d) = value; return nil }}
}

// fields are the columns of the CSV, every field of a decision one.
func fields() []field {
	return []field{
		{"kind", func(d Decision) string { return string(d.Kind) }, func(d *Decision, value string) error { d.Kind = Kind(value); return nil }},
		text("key", func(d *Decision) *string { return &d.Key }),
		text("field", func(d *Decision) *string { return &d.Field }),
		{"action", func(d Decision) string { return string(d.Action) }, func(d *Decision, value string) error { d.Action = Action(value); return nil }},
		text("value", func(d *Decision) *string { return &d.Value }),
		text("seen", func(d *Decision) *string { return &d.Seen }),
		text("subject", func(d *Decision) *string { return &d.Subject }),
		text("note", func(d *Decision) *string { return &d.Note }),
		text("reviewer", func(d *Decision) *string { return &d.Reviewer }),
		{"at", func(d Decision) string {
			if d.At.IsZero() {
				return ""
			}
			return d.At.UTC().Format(time.RFC3339Nano)
		}, func(d *Decision, value string) error {
			if value == "" {
				return nil
			}
			at, err := time.Parse(time.RFC3339Nano, value)
			if err != nil {
				return refuse("%q in the column at is no time such as 2026-11-20T09:30:00Z; it may be blank", clip(value))
			}
			d.At = at.UTC()
			return nil
		}},
		text("run", func(d *Decision) *string { return &d.Run }),
		text("question", func(d *Decision) *string { return &d.Question }),
		text("workbook", func(d *Decision) *string { return &d.Workbook }),
		text("place", func(d *Decision) *string { return &d.Place }),
	}
}

// WriteCSV writes decisions for code review: sorted by what they are about and then by time, so that a changed decision is a changed line.
// A cell that a spreadsheet would take for a formula has an apostrophe before it.
func WriteCSV(w io.Writer, list []Decision) error {
	columns := fields()
	header := make([]string, len(columns))
	for i, column := range columns {
		header[i] = column.name
	}
	sorted := make([]Decision, len(list))
	for i, d := range list { // as they will be read: what is written again is sorted the same
		sorted[i] = Decision{At: d.At}
		for _, column := range columns {
			if err := column.set(&sorted[i], oneLineEnd(column.get(d))); err != nil {
				return err
			}
		}
	}
	slices.SortStableFunc(sorted, func(a, b Decision) int {
		return cmp.Or(cmp.Compare(slices.Index(Kinds, a.Kind), slices.Index(Kinds, b.Kind)), strings.Compare(string(a.Kind), string(b.Kind)),
			strings.Compare(a.Key, b.Key), strings.Compare(a.Field, b.Field), a.At.Compare(b.At))
	})
	out := csv.NewWriter(w)
	if err := out.Write(header); err != nil {
		return err
	}
	cells := make([]string, len(columns))
	for _, d := range sorted {
		for i, column := range columns {
			cells[i] = harmless(column.get(d))
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// oneLineEnd makes text fit for a cell: line ends are LF, as the format has only one kind in a cell, and bytes that are no text are marked.
func oneLineEnd(value string) string {
	value = strings.ToValidUTF8(value, "\uFFFD")
	return strings.ReplaceAll(strings.ReplaceAll(value, "\r\n", "\n"), "\r", "\n")
}

// formulaMarks are what a spreadsheet may take a formula by. The apostrophe is among them so that reading takes off what writing put on.
const formulaMarks = "=+-@\t\r\n'"

// harmless keeps a cell from starting like a formula.
func harmless(value string) string {
	if value != "" && strings.ContainsRune(formulaMarks, rune(value[0])) {
		return "'" + value
	}
	return value
}

// plain takes off what harmless put on.
func plain(value string) string {
	if len(value) > 1 && value[0] == '\'' && strings.ContainsRune(formulaMarks, rune(value[1])) {
		return value[1:]
	}
	return value
}

// Line is a decision as a CSV has it.
type Line struct {
	Number   int // of the line it begins in
	Decision Decision
	Problem  string // why it cannot be read; blank: it can
}

// CSVError is a file that is no list of decisions.
type CSVError struct{ File, Why, Next string }

func (e *CSVError) Error() string { return e.File + " " + e.Why }

// Hint says what to do.
func (e *CSVError) Hint() string { return e.Next }

// maxCell bounds a cell of the CSV, and maxLines the file.
const (
	maxCell  = 1 << 16
	maxLines = 1 << 20
)

// ReadCSV reads what WriteCSV writes. The header must be that one exactly: who adds or renames columns means something that nobody would
// obey. A line that cannot be read has a problem and does not keep the others from being read; name is that of the file.
func ReadCSV(r io.Reader, name string) ([]Line, error) {
	const again = "write it anew with fairesync review export, and change its lines"
	columns := fields()
	in := csv.NewReader(r)
	in.FieldsPerRecord, in.ReuseRecord = -1, true
	header, err := in.Read()
	switch {
	case errors.Is(err, io.EOF):
		return nil, &CSVError{name, "is empty", again}
	case err != nil && !isParse(err):
		return nil, fmt.Errorf("read %s: %w", name, err)
	case err != nil:
		return nil, &CSVError{name, "is no CSV of decisions", again}
	}
	for i, column := range columns {
		if i >= len(header) || strings.TrimPrefix(header[i], "\uFEFF") != column.name || i > 0 && header[i] != column.name {
			return nil, &CSVError{name, fmt.Sprintf("is no CSV of decisions: its column %d has to be %s", i+1, column.name), again}
		}
	}
	if len(header) > len(columns) {
		return nil, &CSVError{name, fmt.Sprintf("has a column %q, which no decision has", clip(header[len(columns)])), "take it out"}
	}
	var lines []Line
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return lines, nil
		}
		if err != nil && !isParse(err) {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		if len(lines) == maxLines {
			return nil, &CSVError{name, fmt.Sprintf("has more than %d lines", maxLines), "part it into several files"}
		}
		lines = append(lines, readLine(in, columns, cells, err))
	}
}

func isParse(err error) bool {
	var parse *csv.ParseError
	return errors.As(err, &parse)
}

// readLine makes a line of a record, or of the error that stands in its place.
func readLine(in *csv.Reader, columns []field, cells []string, err error) Line {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return Line{Number: parse.StartLine, Problem: "its quotes do not go together"}
	}
	number, _ := in.FieldPos(0)
	line := Line{Number: number}
	if len(cells) != len(columns) {
		line.Problem = fmt.Sprintf("it has %d cells, %d are wanted", len(cells), len(columns))
		return line
	}
	for i, column := range columns {
		switch {
		case len(cells[i]) > maxCell:
			line.Problem = fmt.Sprintf("its cell %s is longer than %d bytes", column.name, maxCell)
		case !utf8.ValidString(cells[i]):
			line.Problem = fmt.Sprintf("its cell %s is not UTF-8", column.name)
		default:
			if err := column.set(&line.Decision, plain(cells[i])); err != nil {
				line.Problem = err.Error()
			}
		}
		if line.Problem != "" {
			line.Decision = Decision{}
			return line
		}
	}
	return line
}
