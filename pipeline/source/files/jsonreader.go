package files

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// jsonError is a text that is no valid JSON.
type jsonError struct {
	line int64 // 0: not about a line
	why  string
	cut  bool // the text ends too early
}

func (e *jsonError) Error() string { return e.why }

// jsonReader cuts a JSON text into its parts without holding more of it than one.
type jsonReader struct {
	in         io.Reader
	buf        []byte
	start, end int
	eof        bool
	base       int64 // offset of buf[0] in the text
	line       int64 // that buf[start] is in, from 1
}

func newJSONReader(in io.Reader, size int) *jsonReader {
	return &jsonReader{in: in, buf: make([]byte, max(size, 16)), line: 1}
}

// fill reads more.
func (r *jsonReader) fill() error {
	if r.start > 0 {
		copy(r.buf, r.buf[r.start:r.end])
		r.base += int64(r.start)
		r.end -= r.start
		r.start = 0
	}
	if r.end == len(r.buf) {
		r.buf = append(r.buf, make([]byte, len(r.buf))...)
	}
	n, err := io.ReadFull(r.in, r.buf[r.end:])
	r.end += n
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		r.eof = true
		return nil
	}
	return err
}

// position is how much of the text was used.
func (r *jsonReader) position() int64 { return r.base + int64(r.start) }

func (r *jsonReader) use(n int) {
	r.line += int64(bytes.Count(r.buf[r.start:r.start+n], []byte{'\n'}))
	r.start += n
}

// peek is the next byte that is no blank; 0 at the end.
func (r *jsonReader) peek() (byte, error) {
	for {
		n := 0
		for _, b := range r.buf[r.start:r.end] {
			if b != ' ' && b != '\t' && b != '\n' && b != '\r' {
				r.use(n)
				if b == 0 {
					return 0, r.wrong("holds a NUL byte")
				}
				return b, nil
			}
			n++
		}
		r.use(n)
		if r.eof {
			return 0, nil
		}
		if err := r.fill(); err != nil {
			return 0, err
		}
	}
}

func (r *jsonReader) wrong(format string, args ...any) error {
	return &jsonError{line: r.line, why: fmt.Sprintf(format, args...)}
}

// ends is the error for a text that ends too early.
func (r *jsonReader) ends() error { return &jsonError{line: r.line, why: "ends too early", cut: true} }

// value returns the next value as it is written; it is good until the next call. Objects and lists end where their brackets do:
// whether they are valid inside is found when they are parsed.
func (r *jsonReader) value() ([]byte, error) {
	if _, err := r.peek(); err != nil {
		return nil, err
	}
	var scan jsonScan
	for looked := 0; ; {
		n, done := scan.next(r.buf[r.start+looked : r.end])
		looked += n
		if looked > maxRecord {
			return nil, &longRecordError{}
		}
		if scan.why != "" {
			r.use(looked)
			return nil, r.wrong("%s", scan.why)
		}
		if !done && r.eof {
			if !scan.bare || looked == 0 {
				return nil, r.ends()
			}
			done = true
		}
		if done {
			raw := r.buf[r.start : r.start+looked]
			r.use(looked)
			return raw, nil
		}
		if err := r.fill(); err != nil {
			return nil, err
		}
	}
}

// skip is value for one of any length, which is not kept.
func (r *jsonReader) skip() error {
	if _, err := r.peek(); err != nil {
		return err
	}
	var scan jsonScan
	for {
		n, done := scan.next(r.buf[r.start:r.end])
		r.use(n)
		switch {
		case scan.why != "":
			return r.wrong("%s", scan.why)
		case done, r.eof && scan.bare:
			return nil
		case r.eof:
			return r.ends()
		}
		if err := r.fill(); err != nil {
			return err
		}
	}
}

// textLine returns the next line without its end, and whether it has one; io.EOF behind the last.
func (r *jsonReader) textLine() (line []byte, ended bool, err error) {
	for looked := 0; ; {
		at := bytes.IndexByte(r.buf[r.start+looked:r.end], '\n')
		switch {
		case at >= 0:
			line = r.buf[r.start : r.start+looked+at]
			r.use(looked + at + 1)
		case r.end-r.start > maxRecord:
			return nil, false, &longRecordError{}
		case r.eof && r.start == r.end:
			return nil, false, io.EOF
		case r.eof:
			line = r.buf[r.start:r.end]
			r.use(len(line))
		default:
			looked = r.end - r.start
			if err := r.fill(); err != nil {
				return nil, false, err
			}
			continue
		}
		if len(line) > maxRecord {
			return nil, false, &longRecordError{}
		}
		return bytes.TrimSuffix(line, []byte{'\r'}), at >= 0, nil
	}
}

// jsonScan finds where a value ends.
type jsonScan struct {
	begun, bare    bool // bare: a number or a word, which ends where something else begins
	quoted, escape bool
	depth          int
	why            string // what is wrong
}

// next goes on with more of the text, and says how much of it belongs to the value and whether that is its end.
func (s *jsonScan) next(data []byte) (n int, done bool) {
	for i, b := range data {
		switch {
		case s.quoted:
			switch {
			case s.escape:
				s.escape = false
			case b == '\\':
				s.escape = true
			case b == '"':
				if s.quoted = false; s.depth == 0 {
					return i + 1, true
				}
			case b == '\n' || b == '\r':
				s.why = "has a line break inside a text"
				return i, false
			}
		case b == '"':
			if s.bare {
				return i, true
			}
			s.begun, s.quoted = true, true
		case b == '{' || b == '[':
			if s.bare {
				return i, true
			}
			s.begun = true
			s.depth++
		case b == '}' || b == ']':
			if s.depth == 0 {
				if !s.begun {
					s.why = fmt.Sprintf("has %q where a value must stand", string(b))
				}
				return i, s.begun
			}
			if s.depth--; s.depth == 0 {
				return i + 1, true
			}
		case s.depth > 0:
		case b == ',' || b == ':' || b == ' ' || b == '\t' || b == '\n' || b == '\r':
			if !s.begun {
				s.why = fmt.Sprintf("has %q where a value must stand", string(b))
			}
			return i, s.begun
		default:
			s.begun, s.bare = true, true
		}
	}
	return len(data), false
}
