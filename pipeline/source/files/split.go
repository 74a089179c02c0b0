package files

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// maxRecord is how long one record may be, in bytes. A quote that is not closed within it is a missing quote.
const maxRecord = 16 << 20

// record is one row of a feed. Its cells are good until the next one is read.
type record struct {
	number int64 // as a spreadsheet program counts rows: the first is 1, a line break inside a cell does not count
	cells  []string
	stray  int  // 1-based cell with a quote where none may stand; 0: none
	ended  bool // by a line end: a record that is not may be cut off
	nul    bool // holds a NUL byte
	loose  bool // a sheet's: blank cells at its end are not there

	null  []bool     // of formats that tell null from blank: the cells that are null
	fault *jsonFault // the row means nothing
}

// splitter cuts delimited text into records at their exact edges: RFC 4180, and beside it blanks around a quoted cell, lone CR
// line ends where the file uses them, and a quote inside an unquoted cell of a tab-separated file, which has no quoting rule.
//
// A quote out of place spoils its row, not the file. Where such a row ends is decided by what follows: if every line up to the
// next closing quote is itself a good row of the table, the row was one line with a missing quote; otherwise the lines are one
// row with a quote that was not doubled.
type splitter struct {
	in        io.Reader
	delimiter byte
	cr        bool // lone CR ends a line
	width     int  // cells of the header, 0 while it is unknown

	buf        []byte
	start, end int
	eof        bool
	base       int64 // offset of buf[0] in the file
	number     int64
	spans      []span
	spare      []span
}

// span is a cell in the buffer, without its quotes.
type span struct {
	start, end int
	doubled    bool // holds doubled quotes
}

// parsed is what one look at the buffer found.
type parsed struct {
	spans   []span
	next    int // where the following record starts
	content int // where this one's text ends, before the line end
	stray   int
	ended   bool
	more    bool // the buffer does not hold the whole record
	open    int  // 1-based cell whose quote is never closed; 0: none
}

// openQuoteError is a quote that is never closed.
type openQuoteError struct {
	row  int64
	cell int
}

func (*openQuoteError) Error() string { return "open quote" }

// longRecordError is a record longer than maxRecord.
type longRecordError struct{ row int64 }

func (*longRecordError) Error() string { return "record too long" }

// encodingError is a byte that is not UTF-8.
type encodingError struct {
	row    int64
	offset int64
	found  byte
}

func (*encodingError) Error() string { return "not UTF-8" }

// newSplitter makes a splitter whose buffer is of some size at first; base is the offset of the first byte in the file.
func newSplitter(in io.Reader, delimiter byte, cr bool, base int64, size int) *splitter {
	return &splitter{in: in, delimiter: delimiter, cr: cr, base: base, buf: make([]byte, size)}
}

// next reads a record. A blank line is one without cells. The error is io.EOF at the end.
func (s *splitter) next(rec *record) error {
	for {
		data := s.buf[s.start:s.end]
		if len(data) == 0 && s.eof {
			return io.EOF
		}
		p := s.parse(data, s.eof, s.spans[:0])
		if p.more && len(data) > maxRecord || !p.more && p.next > maxRecord {
			return &longRecordError{s.number + 1}
		}
		if p.more {
			if err := s.fill(); err != nil {
				return err
			}
			continue
		}
		s.spans = p.spans
		s.number++
		if p.open > 0 {
			return &openQuoteError{s.number, p.open}
		}
		if p.stray > 0 {
			p = s.resync(data, p)
		}
		return s.take(rec, data, p)
	}
}

// take copies a record out of the buffer: one string for the whole, cells are parts of it.
func (s *splitter) take(rec *record, data []byte, p parsed) error {
	content := data[:p.content]
	if !utf8.Valid(content) {
		at := invalidAt(content)
		return &encodingError{s.number, s.base + int64(s.start+at), content[at]}
	}
	text := string(content)
	rec.number, rec.stray, rec.ended = s.number, p.stray, p.ended
	rec.nul = strings.IndexByte(text, 0) >= 0
	rec.cells = rec.cells[:0]
	for _, c := range p.spans {
		cell := text[c.start:c.end]
		if c.doubled {
			cell = strings.ReplaceAll(cell, `""`, `"`)
		}
		rec.cells = append(rec.cells, cell)
	}
	s.start += p.next
	return nil
}

func invalidAt(data []byte) int {
	for i := 0; i < len(data); {
		r, width := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && width == 1 {
			return i
		}
		i += width
	}
	return 0
}

// fill reads more, moving what is left to the front and growing the buffer when it is full.
func (s *splitter) fill() error {
	if s.start > 0 {
		copy(s.buf, s.buf[s.start:s.end])
		s.base += int64(s.start)
		s.end -= s.start
		s.start = 0
	}
	if s.end == len(s.buf) {
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	n, err := io.ReadFull(s.in, s.buf[s.end:])
	s.end += n
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	s.eof = true
	for s.end > s.start && s.buf[s.end-1] == 0x1a { // Ctrl-Z, the end of a text file to old programs
		s.end--
	}
	return nil
}

// lineEnd returns where the first line of data ends and how long its end is, or -1.
func (s *splitter) lineEnd(data []byte) (at, width int) {
	if !s.cr {
		return bytes.IndexByte(data, '\n'), 1
	}
	at = bytes.IndexAny(data, "\r\n")
	if at >= 0 && data[at] == '\r' && at+1 < len(data) && data[at+1] == '\n' {
		return at, 2
	}
	return at, 1
}

// parse finds the first record of data. last says that nothing follows data in the file.
func (s *splitter) parse(data []byte, last bool, spans []span) parsed {
	at, width := s.lineEnd(data)
	if at < 0 && !last {
		return parsed{more: true}
	}
	p := parsed{spans: spans, ended: at >= 0}
	line := data
	p.next = len(data)
	if p.ended {
		line, p.next = data[:at], at+width
		if s.cr && data[at] == '\r' && p.next == len(data) && !last {
			return parsed{more: true} // the LF of a CRLF may still come
		}
	}
	if bytes.IndexByte(line, '"') >= 0 {
		return s.parseQuoted(data, last, spans)
	}
	if !s.cr && len(line) > 0 && line[len(line)-1] == '\r' {
		line = line[:len(line)-1]
	}
	p.content = len(line)
	if len(line) == 0 {
		return p
	}
	for pos := 0; ; {
		cut := bytes.IndexByte(line[pos:], s.delimiter)
		if cut < 0 {
			p.spans = append(p.spans, span{start: pos, end: len(line)})
			return p
		}
		p.spans = append(p.spans, span{start: pos, end: pos + cut})
		pos += cut + 1
	}
}

// resync decides where a record with a stray quote that runs over several lines ends.
func (s *splitter) resync(data []byte, p parsed) parsed {
	at, width := s.lineEnd(data[:p.next])
	if s.width == 0 || at < 0 || at+width >= p.next {
		return p
	}
	for pos := at + width; pos < p.next; {
		q := s.parse(data[pos:p.next], true, s.spare[:0])
		s.spare = q.spans
		if q.stray > 0 || q.open > 0 || len(q.spans) != s.width {
			return p
		}
		pos += q.next
	}
	first := s.parse(data[:at], true, s.spans[:0])
	s.spans = first.spans
	if first.stray == 0 {
		first.stray = max(first.open, 1)
	}
	first.open, first.ended, first.next = 0, true, at+width
	return first
}
