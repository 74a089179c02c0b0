package report

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"fairesync/pipeline/review"
)

// The columns that say what became of an answer.
const (
	resultHeader = "Result"
	whyHeader    = "Why"
)

// result is what became of one answer.
type result struct{ verdict, why string }

// WriteResults writes a copy of an answered workbook that says in two more columns, at the end of each decision sheet, what became of
// every answer. All else is copied as it is, sheet by sheet as a stream; results of an earlier copy are replaced.
func WriteResults(w io.Writer, path string, judged []review.Judged) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("answered workbook: %w", err)
	}
	defer file.Close() //nolint:errcheck // read only
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("answered workbook: %w", err)
	}
	return writeResults(w, path, file, info.Size(), judged)
}

func writeResults(w io.Writer, name string, in io.ReaderAt, size int64, judged []review.Judged) error {
	results := map[string]map[int]result{}
	for _, j := range judged {
		rows := results[j.Answer.Sheet]
		if rows == nil {
			rows = map[int]result{}
			results[j.Answer.Sheet] = rows
		}
		rows[j.Answer.Row] = result{string(j.Verdict), strings.Join(append(nonBlank(j.Why), j.Answer.Notices...), "\n")}
	}
	book, err := openAnswers(name, in, size)
	if err != nil {
		return err
	}
	sheets := map[string]*resultSheet{} // by part, in lower case
	for _, one := range book.sheets {
		s, err := book.resultSheet(one, results[one.name])
		if err != nil {
			return err
		}
		if s != nil {
			sheets[strings.ToLower(one.part)] = s
		}
	}
	out := zip.NewWriter(w)
	for _, part := range book.zip.File {
		s := sheets[strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(part.Name, `\`, "/"), "/"))]
		if s == nil {
			if err := out.Copy(part); err != nil {
				return fmt.Errorf("copy %s of %s: %w", path.Base(part.Name), name, err)
			}
			continue
		}
		to, err := out.CreateHeader(&zip.FileHeader{Name: part.Name, Method: zip.Deflate})
		if err != nil {
			return err
		}
		if err := s.write(book, strings.ToLower(part.Name), to); err != nil {
			return book.failed("sheet "+s.name, err)
		}
	}
	return out.Close()
}

func nonBlank(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

// resultSheet is a decision sheet that is written again.
type resultSheet struct {
	name   string
	header int
	column int // where the results go: behind all that is there, or where they are already
	rows   map[int]result

	out     io.Writer
	row     int
	place   int    // column of the cell
	prefix  string // of tags
	dropped bool   // the cell is one of earlier results
	widest  int    // column that has a width
}

// resultSheet looks where the results of a sheet go; nil if it is no decision sheet.
func (w *answerBook) resultSheet(one answerSheet, rows map[int]result) (*resultSheet, error) {
	found := &sheetAnswers{book: w, name: one.name}
	width := 0
	reader := &rowReader{onRow: func(row *answerRow) (bool, error) {
		if n := len(row.cells); n > 0 {
			width = max(width, row.cells[n-1].column)
		}
		if found.header > 0 {
			return true, nil
		}
		return found.headerRow(row)
	}}
	if err := w.scan(one.part, reader.token); err != nil {
		return nil, w.failed("sheet "+one.name, err)
	}
	if found.header == 0 {
		return nil, nil
	}
	column := width + 1
	for last := len(found.headers) - 1; last > 0; last-- {
		if found.headers[last] == whyHeader && found.headers[last-1] == resultHeader && last == width {
			column = last - 1
		}
	}
	if column+1 > excelize.MaxColumns {
		return nil, w.refuse("has no room for results in its sheet %s", "delete the columns that nobody needs", one.name)
	}
	return &resultSheet{name: one.name, header: found.header, column: column, rows: rows}, nil
}

// write copies the sheet token by token.
func (s *resultSheet) write(book *answerBook, part string, out io.Writer) error {
	buffered := &bytes.Buffer{}
	s.out, s.row, s.dropped, s.widest = buffered, 0, false, 0
	flush := func(least int) error {
		if buffered.Len() < least {
			return nil
		}
		_, err := buffered.WriteTo(out)
		return err
	}
	err := book.scan(part, func(m *markup) (bool, error) {
		if err := s.token(m); err != nil {
			return false, err
		}
		return true, flush(1 << 16)
	})
	return errors.Join(err, flush(1))
}

func (s *resultSheet) token(m *markup) error {
	raw := m.raw
	switch {
	case m.kind == tagStart && m.is("row"):
		s.row, s.place, s.prefix = s.row+1, 0, prefix(raw)
		if number, err := strconv.Atoi(m.attr("r")); err == nil {
			s.row = number
		}
		if s.told() {
			raw = spans.ReplaceAll(raw, nil)
		}
	case m.kind == tagStart && m.is("c"):
		s.place++
		if ref := m.attr("r"); ref != "" {
			if column, _, err := excelize.CellNameToCoordinates(ref); err == nil {
				s.place = column
			}
		}
		if s.row >= s.header && s.place >= s.column {
			s.dropped = !m.empty
			return nil
		}
	case s.dropped:
		s.dropped = m.kind != tagEnd || !m.is("c")
		return nil
	case m.kind == tagEnd && m.is("row"):
		if err := s.results(); err != nil {
			return err
		}
	case m.kind == tagStart && m.is("col"):
		last, _ := strconv.Atoi(m.attr("max")) // 0 where there is none
		s.widest = max(s.widest, last)
	case m.kind == tagEnd && m.is("cols") && s.widest < s.column:
		const narrow, wide = 13, 70
		if _, err := fmt.Fprintf(s.out, `<%[1]scol min="%[2]d" max="%[2]d" width="%[3]d" customWidth="1"/><%[1]scol min="%[4]d" max="%[4]d" width="%[5]d" customWidth="1"/>`,
			prefix(raw), s.column, narrow, s.column+1, wide); err != nil {
			return err
		}
	}
	_, err := s.out.Write(raw)
	return err
}

// spans is what a row may say of how far it reaches, which is further now.
var spans = regexp.MustCompile(` spans="[^"]*"`)

// prefix is what stands before the name of a tag, with its colon.
func prefix(tag []byte) string {
	name := bytes.TrimLeft(tag, "</")
	if end := bytes.IndexAny(name, " \t\r\n/>"); end >= 0 {
		name = name[:end]
	}
	return string(name[:bytes.IndexByte(name, ':')+1])
}

// told says whether something is said in the row.
func (s *resultSheet) told() bool {
	_, ok := s.rows[s.row]
	return ok || s.row == s.header
}

// results writes the two cells at the end of a row.
func (s *resultSheet) results() error {
	said, ok := s.rows[s.row]
	switch {
	case s.row == s.header:
		said = result{resultHeader, whyHeader}
	case !ok:
		return nil
	}
	for i, text := range []string{said.verdict, said.why} {
		cell, err := excelize.CoordinatesToCellName(s.column+i, s.row)
		if err != nil {
			return err
		}
		shown, _ := cellText(text)
		if shown == "" {
			continue
		}
		var escaped bytes.Buffer
		if err := xml.EscapeText(&escaped, []byte(shown)); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(s.out, `<%[1]sc r="%[2]s" t="inlineStr"><%[1]sis><%[1]st xml:space="preserve">%[3]s</%[1]st></%[1]sis></%[1]sc>`, s.prefix, cell, escaped.String()); err != nil {
			return err
		}
	}
	return nil
}
