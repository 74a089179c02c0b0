package files

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"fairesync/pipeline/check"
)

// encoding is how the text of a file is stored.
type encoding string

// The encodings that are read. Blank is UTF-8.
const (
	encodingUTF8        encoding = "UTF-8"
	encodingUTF16LE     encoding = "UTF-16 (little endian)"
	encodingUTF16BE     encoding = "UTF-16 (big endian)"
	encodingWindows1252 encoding = "Windows-1252"
)

// decode gives the text as UTF-8.
func (e encoding) decode(in io.Reader) io.Reader {
	in = bufio.NewReaderSize(in, 1<<16)
	switch e {
	case encodingUTF16LE:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder().Reader(in)
	case encodingUTF16BE:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder().Reader(in)
	case encodingWindows1252:
		return charmap.Windows1252.NewDecoder().Reader(in)
	}
	return in
}

// byteAt is a byte of a file.
type byteAt struct {
	offset int64
	value  byte
}

// survey is what a look at every byte of a text tells of its encoding.
type survey struct {
	broken    *byteAt // the first that is not part of UTF-8; of UTF-16: half a character
	wide      *byteAt // the first of a character of several bytes
	undefined *byteAt // the first that Windows-1252 does not define
}

// marks are the byte order marks, the longest first.
var marks = []struct {
	bytes    string
	encoding encoding
}{{"\ufeff", encodingUTF8}, {"\xff\xfe", encodingUTF16LE}, {"\xfe\xff", encodingUTF16BE}}

// parityBytes is how much of a file without byte order mark is looked at to tell UTF-16.
const parityBytes = 4096

// byZeros tells UTF-16 without byte order mark: Latin letters, digits and separators have a zero byte on one side, and a table has
// many of them. No zero may be on the other side.
func byZeros(head []byte) encoding {
	head = head[:min(len(head), parityBytes)&^1]
	var zeros [2]int
	for i, b := range head {
		if b == 0 {
			zeros[i%2]++
		}
	}
	switch enough := max(len(head)/8, 1); {
	case zeros[0] == 0 && zeros[1] >= enough:
		return encodingUTF16LE
	case zeros[1] == 0 && zeros[0] >= enough:
		return encodingUTF16BE
	}
	return ""
}

// Values of settings.Encoding.
var encodingSettings = map[string][]encoding{
	"utf-8": {encodingUTF8}, "utf-16": {encodingUTF16LE, encodingUTF16BE}, "windows-1252": {encodingWindows1252},
}

// findEncoding decides how the text of a file is stored: by its byte order mark; else, unless the settings say it, by zero bytes;
// else it is UTF-8 if all of it is, and Windows-1252 if not. What speaks against that is kept for verdict, which can name rows.
func (s *Source) findEncoding(ctx context.Context, in *input, head []byte) error {
	c := in.body
	set := encodingSettings[s.settings.Encoding]
	if s.settings.Encoding != "" && set == nil {
		return &SettingError{s.settings.Name, "encoding", fmt.Sprintf("is %q, not utf-8, utf-16 or windows-1252", s.settings.Encoding),
			"write one of these, or leave it out to have it found"}
	}
	for _, mark := range marks {
		if bytes.HasPrefix(head, []byte(mark.bytes)) {
			c.encoding, c.bom = mark.encoding, int64(len(mark.bytes))
		}
	}
	if c.bom > 0 && set != nil && set[0] != c.encoding && set[len(set)-1] != c.encoding {
		return s.refuse(in, fmt.Sprintf("begins with the mark of %s, but encoding says %s", c.encoding, s.settings.Encoding), "remove encoding: the mark tells it")
	}
	switch {
	case c.bom > 0:
	case set == nil:
		if c.encoding = byZeros(head); c.encoding == "" {
			c.encoding = encodingUTF8
		}
	case len(set) > 1:
		if c.encoding = byZeros(head); c.encoding == "" {
			c.encoding = encodingUTF16LE
		}
	default:
		c.encoding = set[0]
	}
	found, err := c.survey(ctx, bufferBytes)
	if err != nil {
		return s.failed(in, err)
	}
	in.survey = found
	if c.encoding == encodingUTF8 && c.bom == 0 && set == nil && found.broken != nil {
		c.encoding, in.guessed = encodingWindows1252, true
	}
	return nil
}

// survey looks at every byte of a text, a piece of it at a time.
func (c *content) survey(ctx context.Context, piece int) (*survey, error) {
	found := &survey{}
	look := found.utf8
	if c.encoding == encodingUTF16LE || c.encoding == encodingUTF16BE {
		look = func(data []byte, base int64, last bool) int {
			return found.utf16(data, base, last, c.encoding == encodingUTF16BE)
		}
	}
	in := io.NewSectionReader(c.at, c.bom, c.size-c.bom)
	buf := make([]byte, piece)
	kept, base := 0, c.bom
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n, err := io.ReadFull(in, buf[kept:])
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return nil, err
		}
		data := buf[:kept+n]
		used := look(data, base, last)
		kept = copy(buf, data[used:])
		base += int64(used)
		if last {
			return found, nil
		}
	}
}

// utf8 looks at a piece of a text and returns how much of it was used: the rest is the beginning of a character.
func (v *survey) utf8(data []byte, base int64, last bool) (used int) {
	for used < len(data) {
		b := data[used]
		if b < utf8.RuneSelf {
			used++
			continue
		}
		if !last && !utf8.FullRune(data[used:]) {
			return used
		}
		_, width := utf8.DecodeRune(data[used:])
		if width > 1 {
			v.wide = first(v.wide, base+int64(used), b)
		} else {
			v.broken = first(v.broken, base+int64(used), b)
		}
		for i := range width {
			if isUndefined(data[used+i]) {
				v.undefined = first(v.undefined, base+int64(used+i), data[used+i])
			}
		}
		used += width
	}
	return used
}

// isUndefined says whether Windows-1252 has no character for a byte.
func isUndefined(b byte) bool {
	return b == 0x81 || b == 0x8d || b == 0x8f || b == 0x90 || b == 0x9d
}

// utf16 looks for half characters: a surrogate alone, and a byte too few at the end.
func (v *survey) utf16(data []byte, base int64, last, big bool) (used int) {
	unit := func(at int) uint16 {
		if big {
			return uint16(data[at])<<8 | uint16(data[at+1])
		}
		return uint16(data[at+1])<<8 | uint16(data[at])
	}
	for used+1 < len(data) {
		switch u := unit(used); {
		case u < 0xd800 || u > 0xdfff:
			used += 2
			continue
		case u < 0xdc00 && used+3 < len(data) && unit(used+2)>>10 == 0xdc00>>10:
			used += 4
			continue
		case u < 0xdc00 && used+3 >= len(data) && !last:
			return used
		}
		v.broken = first(v.broken, base+int64(used), data[used])
		used += 2
	}
	if last && used < len(data) {
		v.broken = first(v.broken, base+int64(used), data[used])
		used = len(data)
	}
	return used
}

func first(known *byteAt, offset int64, value byte) *byteAt {
	if known != nil {
		return known
	}
	return &byteAt{offset, value}
}

// verdict refuses a text that is not of its encoding, and says where a guess stands.
func (s *Source) verdict(ctx context.Context, in *input) (*check.Exception, error) {
	if in.survey == nil {
		return nil, nil
	}
	v, c := in.survey, in.body
	switch {
	case c.encoding == encodingUTF16LE || c.encoding == encodingUTF16BE:
		if v.broken == nil {
			return nil, nil
		}
		return nil, s.atByte(ctx, in, v.broken, fmt.Sprintf("holds half a character of %s at offset %d", c.encoding, v.broken.offset), "export the file again")
	case c.encoding == encodingWindows1252 && in.guessed && v.wide != nil:
		return nil, s.mixed(ctx, in)
	case c.encoding == encodingWindows1252 && v.undefined != nil:
		not := "not"
		if in.guessed {
			not = "neither UTF-8 nor"
		}
		return nil, s.atByte(ctx, in, v.undefined, fmt.Sprintf("is %s %s: byte 0x%02X at offset %d", not, encodingWindows1252, v.undefined.value, v.undefined.offset),
			"export the file as \"CSV UTF-8\"")
	case in.guessed:
		place, err := s.locate(ctx, in, v.broken)
		if err != nil {
			return nil, err
		}
		found := place.cell
		if found == "" {
			found = fmt.Sprintf("byte 0x%02X", v.broken.value)
		}
		e := &check.Exception{Code: codeEncoding, EntityKey: s.settings.Name, Found: shorten(found), Wanted: string(encodingUTF8), File: in.name,
			Row: place.row, Column: place.column}
		if known, ok := check.Lookup(codeEncoding); ok {
			e.Severity = known.Severity
		}
		return e, nil
	case c.encoding == encodingUTF8 && v.broken != nil:
		place, err := s.locate(ctx, in, v.broken)
		if err != nil {
			return nil, err
		}
		return nil, s.textError(in, &encodingError{place.row, v.broken.offset, v.broken.value})
	}
	return nil, nil
}

// atByte refuses a file for a byte and names its row.
func (s *Source) atByte(ctx context.Context, in *input, at *byteAt, why, next string) error {
	place, err := s.locate(ctx, in, at)
	if err != nil {
		return err
	}
	return &FileError{Source: s.settings.Name, File: in.name, Row: place.row, Why: why, Next: next}
}

func (s *Source) mixed(ctx context.Context, in *input) error {
	wide, err := s.locate(ctx, in, in.survey.wide)
	if err != nil {
		return err
	}
	broken, err := s.locate(ctx, in, in.survey.broken)
	if err != nil {
		return err
	}
	return s.refuse(in, fmt.Sprintf("mixes encodings: row %d is UTF-8, row %d is not: byte 0x%02X at offset %d", wide.row, broken.row,
		in.survey.broken.value, in.survey.broken.offset), "export the file again as \"CSV UTF-8\"; if it is Windows-1252 all through, say encoding: windows-1252")
}

// place is where in the table something stands.
type place struct {
	row          int64 // 0: in none
	column, cell string
}

// positioned are rows of a text.
type positioned interface {
	rows
	// position is where in the text the record that was read last ends.
	position() int64
}

// locate finds the row a byte of a text stands in, and the first cell there that is not plain ASCII.
func (s *Source) locate(ctx context.Context, in *input, at *byteAt) (found place, err error) {
	c := *in.body
	if c.encoding == encodingUTF8 {
		c.encoding = encodingWindows1252 // any bytes will do, so that the rows can be counted
	}
	before := c
	before.size = min(at.offset, c.size)
	target, err := io.Copy(io.Discard, before.text())
	if err != nil {
		return found, s.failed(in, err)
	}
	if in.empty {
		return found, nil
	}
	kept := in.body
	in.body = &c
	defer func() { in.body = kept }()
	all, err := in.format.rows(ctx)
	if err != nil {
		return found, s.failed(in, err)
	}
	defer func() { err = errors.Join(err, all.close()) }()
	text, ok := all.(positioned)
	if !ok {
		return found, nil
	}
	var rec record
	for n := 0; ; n++ {
		if err := ctx.Err(); err != nil {
			return found, err
		}
		if err := text.next(&rec); errors.Is(err, io.EOF) {
			return found, nil
		} else if err != nil {
			return found, s.textError(in, err)
		}
		if text.position() <= target {
			continue
		}
		found.row = rec.number
		for i, cell := range rec.cells {
			if plainASCII(cell) {
				continue
			}
			found.cell = cell
			if i < len(in.header.names) && rec.number != in.header.row {
				found.column = in.header.names[i]
			}
			break
		}
		return found, nil
	}
}

func plainASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
