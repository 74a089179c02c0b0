package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"fairesync/pipeline/stage"
)

// bufferBytes is how much of a file is read at a time.
const bufferBytes = 1 << 20

// delimited is a file of delimited text.
type delimited struct {
	in        *input
	delimiter byte
	cr        bool
	width     int
}

func (d *delimited) rows(context.Context) (rows, error) {
	split := newSplitter(d.in.body.text(), d.delimiter, d.cr, 0, int(min(d.in.body.size+1, bufferBytes)))
	split.width = d.width
	return &delimitedRows{split}, nil
}

func (d *delimited) close() error { return nil }

type delimitedRows struct{ split *splitter }

func (r *delimitedRows) next(rec *record) error { return r.split.next(rec) }

func (r *delimitedRows) close() error { return nil }

func (r *delimitedRows) position() int64 { return r.split.base + int64(r.split.start) }

// textError says in a sentence what the splitter found.
func (s *Source) textError(in *input, err error) error {
	var quote *openQuoteError
	if errors.As(err, &quote) {
		return &FileError{Source: s.settings.Name, File: in.name, Row: quote.row,
			Why:  fmt.Sprintf("opens a quote in column %s that is never closed: the file is cut off, or a quote is missing", in.header.label(quote.cell-1)),
			Next: "export the file again, or mend the row", Err: err}
	}
	var long *longRecordError
	if errors.As(err, &long) {
		return &FileError{Source: s.settings.Name, File: in.name, Row: long.row,
			Why:  fmt.Sprintf("is longer than %d MiB: a quote is never closed, or this is no table", maxRecord>>20),
			Next: "export the file again, or mend the row", Err: err}
	}
	var bad *jsonError
	if errors.As(err, &bad) {
		return s.jsonRefusal(in, bad)
	}
	var encoding *encodingError
	if errors.As(err, &encoding) {
		guess := "Windows-1252 or ISO-8859-1"
		if encoding.found >= 0x80 && encoding.found < 0xa0 {
			guess = "Windows-1252"
		}
		return &FileError{Source: s.settings.Name, File: in.name, Row: encoding.row,
			Why:  fmt.Sprintf("is not UTF-8: byte 0x%02X at offset %d, as in %s", encoding.found, encoding.offset, guess),
			Next: "export the file as \"CSV UTF-8\"", Err: err}
	}
	return s.failed(in, err)
}

// failed wraps an error of reading.
func (s *Source) failed(in *input, err error) error {
	var refused *FileError
	var setting *SettingError
	if errors.As(err, &refused) || errors.As(err, &setting) {
		return err
	}
	var scan *stage.ScanError
	if errors.As(err, &scan) {
		return &FileError{Source: s.settings.Name, File: in.name, Why: scan.Why, Next: scan.Next, Err: err}
	}
	why := err
	var located *fs.PathError
	if errors.As(err, &located) {
		why = located.Err // the file is named already
	}
	return &FileError{Source: s.settings.Name, File: in.name, Why: "cannot be read: " + why.Error(), Next: "run again; if it stays so, export the file again", Err: err}
}

// label names a column for people.
func (h header) label(column int) string {
	if column >= 0 && column < len(h.names) {
		return fmt.Sprintf("%q", h.names[column])
	}
	return fmt.Sprint(column + 1)
}

// setHeader makes a row the header of an input.
func (s *Source) setHeader(in *input, row record) error {
	made, err := newHeader(row)
	var bad *badHeader
	if errors.As(err, &bad) {
		return &FileError{Source: s.settings.Name, File: in.name, Row: bad.row, Why: bad.why, Next: bad.next, Err: err}
	}
	in.header = made
	return err
}

// headerless refuses a file in which no row can be the header.
func (s *Source) headerless(in *input, head []record, k known) error {
	var first, all []string
	for i, row := range head {
		for _, cell := range row.cells {
			if cell = clean(cell); cell != "" && len(cell) <= 64 {
				all = append(all, cell)
				if i == 0 && len(first) < 8 {
					first = append(first, cell)
				}
			}
		}
	}
	why := fmt.Sprintf("has no header in its first %d rows: none has a SKU column and another known one; the first reads %q",
		headerRows, strings.Join(first, ", "))
	if book, ok := in.format.(*workbook); ok {
		why = fmt.Sprintf("sheet %q %s", book.sheet, why)
		if len(book.names) > 1 {
			return s.refuse(in, why, "if the table is on another sheet, name it: sheet: NAME; the sheets are "+strings.Join(book.names, ", "))
		}
	}
	if s.settings.Delimiter != "" && width(head) == 1 {
		return s.refuse(in, why, "check delimiter, or leave it out to have it found")
	}
	return s.refuse(in, why, k.skuHint(all))
}

// skuHint says what to do about a feed without a SKU column.
func (k known) skuHint(there []string) string {
	for _, wanted := range k.skuNames {
		if like, ok := nearest(wanted, there); ok {
			return fmt.Sprintf("mapping.sku says %q; the nearest text in the file is %q", wanted, like)
		}
	}
	return "say which column holds the SKU: mapping: {sku: COLUMN}"
}

// headless refuses a format that names its columns without a header row, when they do not make a feed.
func (s *Source) headless(in *input, names []string, k known) error {
	shown := names[:min(len(names), 20)]
	return s.refuse(in, "has no column for the SKU beside another known one; its columns are "+shorten(strings.Join(shown, ", ")), k.skuHint(names))
}
