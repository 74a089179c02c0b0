package files

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// headBytes is how much of a file is looked at to find its format, delimiter and header.
const headBytes = 1 << 20

// format reads the rows of one kind of file. It can be asked for them more than once.
type format interface {
	rows(ctx context.Context) (rows, error)
	close() error
}

// rows are the rows of a file, from its first.
type rows interface {
	next(*record) error // io.EOF at the end
	close() error
}

// The first bytes of formats that are read, beside workbooks.
const (
	gzipMark    = "\x1f\x8b"
	parquetMark = "PAR1"
)

// magic are the first bytes of formats that are not read, and what they are.
var magic = []struct{ bytes, what, next string }{
	{"\xff\xfe\x00\x00", "is encoded in UTF-32, which is not read", "export it as UTF-8"},
	{"\x00\x00\xfe\xff", "is encoded in UTF-32, which is not read", "export it as UTF-8"},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is an old Excel workbook (.xls) or one with a password", "save it as .xlsx without password, or as CSV UTF-8"},
	{"PARE", "is a Parquet file with a key", "export it without encryption"},
	{"%PDF", "is a PDF document", "export it as CSV UTF-8 or .xlsx"},
	{"BZh", "is compressed with bzip2", "unpack it"},
	{"7z\xbc\xaf\x27\x1c", "is a 7z archive", "unpack it"},
	{"\x28\xb5\x2f\xfd", "is compressed with zstd", "unpack it"},
}

// recognise finds the format of a file and its header, unpacking it if need be. The header of JSON is that of all files together.
func (s *Source) recognise(ctx context.Context, in *input, k known, shape *jsonShape) error {
	for {
		head, err := in.body.head(parityBytes)
		if err != nil {
			return s.failed(in, err)
		}
		nested := in.body.packed != ""
		switch {
		case bytes.HasPrefix(head, []byte(gzipMark)):
			if nested {
				return s.refuse(in, "is a gzip file in "+in.body.packed, "pack it once")
			}
			err = s.unpackGzip(ctx, in)
		case bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")):
			archive, damage := zip.NewReader(in.body.reader(), in.body.size)
			switch {
			case damage != nil && !errors.Is(damage, zip.ErrFormat) && !errors.Is(damage, io.EOF) && !errors.Is(damage, io.ErrUnexpectedEOF):
				return s.failed(in, damage)
			case damage != nil:
				return &FileError{Source: s.settings.Name, File: in.name, Why: "is a damaged or cut off zip archive or workbook",
					Next: "export it again", Err: damage}
			case part(archive, workbookPart) != nil:
				return s.recogniseWorkbook(ctx, in, archive, k)
			case nested:
				return s.refuse(in, "is a zip archive in "+in.body.packed, "pack it once")
			}
			err = s.unpackZip(ctx, in, archive)
		default:
			return s.recogniseBody(ctx, in, head, k, shape)
		}
		if err != nil {
			return err
		}
	}
}

// recogniseBody finds the format of what is no archive.
func (s *Source) recogniseBody(ctx context.Context, in *input, head []byte, k known, shape *jsonShape) error {
	for _, m := range magic {
		if bytes.HasPrefix(head, []byte(m.bytes)) {
			return s.refuse(in, m.what, m.next)
		}
	}
	if bytes.HasPrefix(head, []byte(parquetMark)) {
		return s.recogniseParquet(ctx, in, k)
	}
	if err := s.findEncoding(ctx, in, head); err != nil {
		return err
	}
	text, whole, err := in.body.textHead(headBytes)
	if err != nil {
		return s.failed(in, err)
	}
	if whole && len(bytes.Trim(text, " \t\r\n\x1a")) == 0 {
		in.empty = true
		return nil
	}
	if nul := bytes.Count(text[:min(parityBytes, len(text))], []byte{0}); nul*4 > min(parityBytes, len(text)) {
		return s.refuse(in, "holds zero bytes throughout, as no text does", "export it as CSV UTF-8 or .xlsx")
	}
	if what := document(text); what != "" {
		return s.refuse(in, what, "export it as CSV UTF-8 or .xlsx")
	}
	if looksLikeJSON(text) {
		return s.recogniseJSON(ctx, in, k, shape)
	}
	return s.recogniseText(in, text, whole, k)
}

// document recognises texts that are no tables.
func document(text []byte) string {
	start := strings.ToLower(string(bytes.TrimLeft(text[:min(512, len(text))], " \t\r\n")))
	switch {
	case strings.HasPrefix(start, "<!doctype html"), strings.HasPrefix(start, "<html"), strings.HasPrefix(start, "<table"):
		return "is a web page, not a table of cells"
	case strings.HasPrefix(start, "<?xml"):
		return "is XML, not a table of cells"
	}
	return ""
}

func (s *Source) recogniseWorkbook(ctx context.Context, in *input, archive *zip.Reader, k known) error {
	book, err := s.openWorkbook(in, archive)
	if err != nil {
		return err
	}
	in.format = book
	head, err := firstRows(ctx, book)
	if err != nil {
		return s.failed(in, err)
	}
	if len(head) == 0 {
		in.empty = true
		return nil
	}
	index, _ := findHeader(head, k)
	if index < 0 {
		return s.headerless(in, head, k)
	}
	return s.setHeader(in, head[index])
}

// recogniseText finds delimiter and header of delimited text: the delimiter is the one under which the header shows best.
func (s *Source) recogniseText(in *input, text []byte, whole bool, k known) error {
	candidates := []byte{',', '\t', ';', '|'}
	if s.settings.Delimiter != "" {
		one, err := s.delimiter()
		if err != nil {
			return err
		}
		candidates = []byte{one}
	}
	cr := loneCR(text)
	best, bestScore, widest := 0, 0, 0
	heads := make([][]record, len(candidates))
	var failed error
	for i, delimiter := range candidates {
		head, err := headRecords(text, delimiter, cr, whole)
		heads[i] = head
		if _, score := findHeader(head, k); score > bestScore {
			best, bestScore = i, score
		} else if bestScore == 0 && (len(head) == 0 || len(head[0].cells) > widest) {
			best, failed = i, err
			widest = width(head)
		}
	}
	switch {
	case bestScore > 0:
	case failed != nil:
		return s.textError(in, failed)
	case len(heads[best]) == 0:
		in.empty = true
		return nil
	default:
		return s.headerless(in, heads[best], k)
	}
	index, _ := findHeader(heads[best], k)
	if err := s.setHeader(in, heads[best][index]); err != nil {
		return err
	}
	in.format = &delimited{in: in, delimiter: candidates[best], cr: cr, width: in.header.width}
	return nil
}

// delimiter reads the delimiter setting.
func (s *Source) delimiter() (byte, error) {
	switch text := s.settings.Delimiter; {
	case text == "tab" || text == `\t`:
		return '\t', nil
	case len(text) == 1 && !strings.ContainsAny(text, "\"\r\n "):
		return text[0], nil
	}
	return 0, &SettingError{s.settings.Name, "delimiter", fmt.Sprintf("is %q, not one character", s.settings.Delimiter),
		"write \",\", \";\", \"|\" or tab, or leave it out"}
}

// loneCR says whether lines end with CR alone, told by the first line end outside quotes.
func loneCR(text []byte) bool {
	quoted := false
	for i, b := range text {
		switch {
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '\n':
			return false
		case b == '\r':
			return i+1 < len(text) && text[i+1] != '\n'
		}
	}
	return false
}

// headRecords are the first records of a text that are not blank, and what kept it from being split further.
func headRecords(text []byte, delimiter byte, cr, whole bool) (head []record, failed error) {
	split := newSplitter(bytes.NewReader(text), delimiter, cr, 0, min(len(text)+1, 1<<14))
	for len(head) < headerRows {
		var rec record
		err := split.next(&rec)
		if errors.Is(err, io.EOF) || err != nil && !whole || err == nil && !whole && !rec.ended {
			return head, nil
		}
		if err != nil {
			return head, err
		}
		if firstFilledCell(rec.cells) >= 0 {
			head = append(head, rec)
		}
	}
	return head, nil
}

// width is how many cells the first row has.
func width(head []record) int {
	if len(head) == 0 {
		return 0
	}
	return len(head[0].cells)
}

func firstRows(ctx context.Context, f format) (head []record, err error) {
	all, err := f.rows(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, all.close()) }()
	for len(head) < headerRows {
		var rec record
		if err := all.next(&rec); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		if firstFilledCell(rec.cells) >= 0 {
			rec.cells = append([]string(nil), rec.cells...)
			head = append(head, rec)
		}
	}
	return head, nil
}
