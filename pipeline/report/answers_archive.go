package report

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// AnswersError is a file that is no answered workbook, or one that must not be read.
type AnswersError struct {
	File, Why, Next string
	Err             error // what a reader said, if one did
}

func (e *AnswersError) Error() string { return e.File + " " + e.Why }

// Unwrap gives what a reader said.
func (e *AnswersError) Unwrap() error { return e.Err }

// Hint says what to do.
func (e *AnswersError) Hint() string { return e.Next }

// Bounds of an answered workbook. One that grows more than maxRatio times as it is unpacked is a bomb, unless it is small.
const (
	maxPacked   = 1 << 30
	maxUnpacked = 4 << 30
	maxTexts    = 1 << 29 // the shared texts, which are held in memory
	maxParts    = 1 << 16
	maxRatio    = 200
	ratioFrom   = 64 << 20
)

// answerBook is a workbook that is being read.
type answerBook struct {
	name    string // of the file, as it was asked for
	zip     *zip.Reader
	parts   map[string]*zip.File // by name in lower case
	links   bool                 // it refers to other workbooks
	sheets  []answerSheet
	texts   texts
	numbers *numbers
	answers int // found so far
}

// answerSheet is a worksheet of it.
type answerSheet struct{ name, part string }

func (w *answerBook) refuse(why, next string, args ...any) error {
	return &AnswersError{File: w.name, Why: fmt.Sprintf(why, args...), Next: next}
}

const (
	saveAgain   = "open it in a spreadsheet program and save it as .xlsx again"
	answerAgain = "answer latest.xlsx of the brand, and hand that in"
)

// failed tells what goes wrong while a part is read.
func (w *answerBook) failed(what string, err error) error {
	var told *AnswersError
	if errors.As(err, &told) {
		return err
	}
	return &AnswersError{File: w.name, Why: "is a damaged workbook: its " + what + " cannot be read", Next: saveAgain, Err: err}
}

// openAnswers looks what a file is, refuses what is no workbook or may not be unpacked, and finds its sheets.
func openAnswers(name string, in io.ReaderAt, size int64) (*answerBook, error) {
	w := &answerBook{name: name, parts: map[string]*zip.File{}}
	head := make([]byte, min(size, 4096))
	if _, err := in.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if err := w.recognise(head, size); err != nil {
		return nil, err
	}
	var err error
	if w.zip, err = zip.NewReader(in, size); err != nil {
		return nil, &AnswersError{File: name, Why: "is a workbook that is cut off or damaged", Next: "copy or download it again; else " + saveAgain, Err: err}
	}
	if err := w.bound(size); err != nil {
		return nil, err
	}
	return w, w.findSheets()
}

// recognise refuses what does not begin as a workbook does.
func (w *answerBook) recognise(head []byte, size int64) error {
	switch {
	case size == 0:
		return w.refuse("is empty", answerAgain)
	case size > maxPacked:
		return w.refuse("is larger than %d MiB, as no workbook of fairesync is", answerAgain, maxPacked>>20)
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return nil
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return w.refuse("is locked with a password, or is an old .xls workbook", "save it as .xlsx without a password")
	case bytes.IndexByte(head, 0) < 0:
		return w.refuse("is a text, such as a CSV, and no workbook", "save it as .xlsx; a CSV of decisions goes to fairesync review apply-csv")
	}
	return w.refuse("is no workbook", answerAgain)
}

// bound refuses a workbook by what its directory says of its parts. A part cannot hold more than that: the reader of the archive stops
// there.
func (w *answerBook) bound(packed int64) error {
	var total uint64
	if len(w.zip.File) > maxParts {
		return w.refuse("has more than %d parts, as no workbook has", answerAgain, maxParts)
	}
	for _, file := range w.zip.File {
		name := strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(file.Name, `\`, "/"), "/"))
		if w.parts[name] != nil {
			return w.refuse("is a workbook that has a part twice, as none is written", saveAgain)
		}
		w.parts[name] = file
		if total += min(file.UncompressedSize64, 1<<62); total > maxUnpacked {
			return w.refuse("holds more than %d GiB unpacked, which is too large", answerAgain, maxUnpacked>>30)
		}
		switch {
		case path.Base(name) == "vbaproject.bin":
			return w.refuse("holds macros, which no workbook of fairesync does", "save it as .xlsx, without macros")
		case strings.HasPrefix(name, "xl/externallinks/"):
			w.links = true
		}
	}
	if total > ratioFrom && total/maxRatio > uint64(packed) { //nolint:gosec // a size is not negative
		return w.refuse("grows more than %d times as it is unpacked, as no workbook does", answerAgain, maxRatio)
	}
	return nil
}

// open begins a part; nil if it is not there.
func (w *answerBook) open(name string) (io.ReadCloser, error) {
	file := w.parts[strings.ToLower(name)]
	if file == nil {
		return nil, nil
	}
	return file.Open()
}

// scan reads a part from its first token to its last, or until each says that it has seen enough.
func (w *answerBook) scan(name string, each func(*markup) (more bool, err error)) (err error) {
	in, err := w.open(name)
	if err != nil {
		return err
	}
	if in == nil {
		return errMarkup
	}
	defer in.Close() //nolint:errcheck // read only
	for m := newMarkup(in); ; {
		if err := m.next(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if more, err := each(m); err != nil || !more {
			return err
		}
	}
}

// findSheets reads where the worksheets are, in their order, and what their cells need: dates, formats and texts.
func (w *answerBook) findSheets() error {
	book := "xl/workbook.xml"
	_ = w.scan("_rels/.rels", func(m *markup) (bool, error) { // most programs put it there without being told
		if m.kind == tagStart && m.is("Relationship") && strings.HasSuffix(m.attr("Type"), "/officeDocument") {
			book = strings.TrimPrefix(m.attr("Target"), "/")
		}
		return true, nil
	})
	switch {
	case w.parts[strings.ToLower(book)] != nil && strings.HasSuffix(book, ".xml"):
	case w.parts["content.xml"] != nil && w.parts["mimetype"] != nil:
		return w.refuse("is an OpenDocument workbook (.ods)", "save it as .xlsx")
	case w.parts["xl/workbook.bin"] != nil:
		return w.refuse("is a binary workbook (.xlsb)", "save it as .xlsx")
	default:
		return w.refuse("is a zip archive and no workbook", answerAgain)
	}
	type entry struct{ name, id string }
	var entries []entry
	old := false
	err := w.scan(book, func(m *markup) (bool, error) {
		switch {
		case m.kind != tagStart:
		case m.is("workbookPr"):
			old = m.attr("date1904") == "1" || m.attr("date1904") == "true"
		case m.is("sheet") && len(entries) < maxParts:
			entries = append(entries, entry{m.attr("name"), m.attr("id")})
		}
		return true, nil
	})
	if err != nil {
		return w.failed("list of sheets", err)
	}
	folder := path.Dir(book)
	targets, styles, shared := map[string]string{}, "", ""
	err = w.scan(path.Join(folder, "_rels", path.Base(book)+".rels"), func(m *markup) (bool, error) {
		if m.kind != tagStart || !m.is("Relationship") {
			return true, nil
		}
		target := m.attr("Target")
		if part, ok := strings.CutPrefix(target, "/"); ok {
			target = part
		} else {
			target = path.Join(folder, target)
		}
		switch kind := m.attr("Type"); {
		case strings.HasSuffix(kind, "/worksheet"):
			targets[m.attr("Id")] = target
		case strings.HasSuffix(kind, "/styles"):
			styles = target
		case strings.HasSuffix(kind, "/sharedStrings"):
			shared = target
		}
		return true, nil
	})
	if err != nil {
		return w.failed("list of parts", err)
	}
	for _, e := range entries {
		if part, ok := targets[e.id]; ok {
			w.sheets = append(w.sheets, answerSheet{e.name, part})
		}
	}
	if w.numbers, err = w.readStyles(styles, old); err != nil {
		return w.failed("styles", err)
	}
	if err = w.readTexts(shared); err != nil {
		return w.failed("texts", err)
	}
	return nil
}

// texts are the shared texts of a workbook, one behind the other.
type texts struct {
	all  string
	ends []uint32
}

// get is a text by its number.
func (t texts) get(n int) (string, bool) {
	if n < 0 || n >= len(t.ends) {
		return "", false
	}
	from := uint32(0)
	if n > 0 {
		from = t.ends[n-1]
	}
	return t.all[from:t.ends[n]], true
}

// readTexts reads the shared texts. Furigana is not part of a text.
func (w *answerBook) readTexts(part string) error {
	file := w.parts[strings.ToLower(part)]
	if part == "" || file == nil {
		return nil
	}
	if file.UncompressedSize64 > maxTexts {
		return w.refuse("holds more than %d MiB of texts, which is too large", "delete the sheets that hold no answers, but for Meta, and hand it in again", maxTexts>>20)
	}
	var all strings.Builder
	var piece []byte
	inText, phonetic := false, 0
	err := w.scan(part, func(m *markup) (bool, error) {
		switch {
		case m.kind == textPart && inText && phonetic == 0:
			piece = appendPiece(piece[:0], m)
			all.Write(piece)
		case m.kind == tagStart && m.is("t"):
			inText = !m.empty
		case m.kind == tagEnd && m.is("t"):
			inText = false
		case m.kind == tagStart && m.is("rPh") && !m.empty:
			phonetic++
		case m.kind == tagEnd && m.is("rPh"):
			phonetic--
		case m.is("si") && (m.kind == tagEnd || m.kind == tagStart && m.empty):
			w.texts.ends = append(w.texts.ends, uint32(all.Len())) //nolint:gosec // bound by maxTexts
		}
		return true, nil
	})
	w.texts.all = all.String()
	return err
}

// appendPiece adds the text of a token.
func appendPiece(to []byte, m *markup) []byte {
	if m.cdata {
		return append(to, m.text...)
	}
	return appendText(to, m.text)
}
