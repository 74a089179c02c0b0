package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// jsonFile is a JSON document, of which one list holds the records, or a text of one record a line (NDJSON).
type jsonFile struct {
	in    *input
	lines bool
	alone bool   // the text is one record
	list  string // its path in a document
	shape *jsonShape
}

func (f *jsonFile) close() error { return nil }

func (f *jsonFile) rows(context.Context) (rows, error) {
	made := &jsonRows{shape: f.shape}
	return made, made.records.open(f)
}

// looksLikeJSON says whether a text begins as JSON does: a list or an object, with what may stand first in them.
func looksLikeJSON(text []byte) bool {
	start := strings.TrimLeft(string(text[:min(512, len(text))]), " \t\r\n")
	if start == "" || start[0] != '{' && start[0] != '[' {
		return false
	}
	rest := strings.TrimLeft(start[1:], " \t\r\n")
	if rest == "" {
		return true
	}
	if start[0] == '{' {
		return rest[0] == '"' || rest[0] == '}'
	}
	return strings.IndexByte("{[]\"-0123456789", rest[0]) >= 0
}

// recogniseJSON finds where the records of a JSON text are and learns their columns.
func (s *Source) recogniseJSON(ctx context.Context, in *input, k known, shape *jsonShape) error {
	f := &jsonFile{in: in, shape: shape}
	in.format = f
	if err := s.findRecords(in, f, k); err != nil {
		return s.textError(in, err)
	}
	var all jsonRecords
	if err := all.open(f); err != nil {
		return s.textError(in, err)
	}
	in.empty = true
	for n := 0; ; n++ {
		if n%1024 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		err := all.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return s.textError(in, err)
		}
		if all.blank {
			continue
		}
		in.empty = false
		if all.value.kind != jsonObject {
			continue // a row that is no row is judged later
		}
		var columns *errColumns
		if err := shape.learn(&all.value); errors.As(err, &columns) {
			return &FileError{Source: s.settings.Name, File: in.name, Row: all.number, Next: "export lists of objects with the same members",
				Why: fmt.Sprintf("has one member too many, %q: there are more than %d different ones, so data is used as names", shorten(columns.like), maxColumns)}
		} else if err != nil {
			return err
		}
	}
}

// findRecords tells documents from NDJSON: an object that ends on its line and has others behind it on theirs is NDJSON.
func (s *Source) findRecords(in *input, f *jsonFile, k known) error {
	reader := f.reader()
	begin, err := reader.peek()
	if err != nil {
		return err
	}
	if begin == '[' {
		return s.chooseList(in, f, nil)
	}
	first := reader.line
	wrong := reader.skip()
	last := reader.line
	next, err := reader.peek()
	var bad *jsonError
	switch {
	case wrong != nil && !errors.As(wrong, &bad):
		return wrong
	case wrong == nil && err != nil && !errors.As(err, &bad):
		return err
	case wrong != nil:
		if f.lines, err = f.secondLine(); err != nil || f.lines {
			return err
		}
		return wrong
	case next == 0 && err == nil:
		return s.chooseObject(in, f, k)
	case last == first && reader.line > last:
		f.lines = true
		return s.noList(in)
	case last == first:
		if f.lines, err = f.secondLine(); err != nil || f.lines {
			return err
		}
	}
	return &jsonError{line: reader.line, why: "goes on behind the end of the first object: of several, each must stand on a line of its own"}
}

// noList refuses the setting records for a text that has no lists to choose from.
func (s *Source) noList(in *input) error {
	if s.settings.Records == "" {
		return nil
	}
	return &SettingError{s.settings.Name, "records", fmt.Sprintf("names %q, but %s has one record a line", s.settings.Records, in.name), "remove records"}
}

func (f *jsonFile) reader() *jsonReader {
	return newJSONReader(f.in.body.text(), int(min(f.in.body.size+1, bufferBytes)))
}

// secondLine says whether the second line of a text is an object by itself, and the first does not go on in it: then the first is
// only a bad line.
func (f *jsonFile) secondLine() (bool, error) {
	reader := f.reader()
	var lines []string
	for len(lines) < 2 {
		line, _, err := reader.textLine()
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if text := strings.TrimSpace(string(line)); text != "" {
			lines = append(lines, text)
		}
	}
	if strings.ContainsAny(lines[0][len(lines[0])-1:], "{[,:") {
		return false, nil
	}
	value, _, err := parseJSON(lines[1])
	return err == nil && value.kind == jsonObject, nil
}

// chooseObject decides what a text of one object is: a document with a list of records, or one record.
func (s *Source) chooseObject(in *input, f *jsonFile, k known) error {
	alone, err := f.aloneRecord(s, k)
	if err != nil {
		return err
	}
	if alone && s.settings.Records == "" {
		f.alone = true
		return nil
	}
	walk := &jsonWalk{in: f.reader()}
	all, err := walk.lists()
	if err != nil {
		return err
	}
	return s.chooseList(in, f, all)
}

// maxAlone is how long a text may be that is one record and nothing else.
const maxAlone = 1 << 20

// aloneRecord says whether the only object of a text is a record: it has a SKU and another known member, itself or in its variants.
func (f *jsonFile) aloneRecord(s *Source, k known) (bool, error) {
	if f.in.body.size > maxAlone {
		return false, nil
	}
	raw, err := f.reader().value()
	if err != nil {
		return false, err
	}
	value, _, err := parseJSON(string(raw))
	if err != nil {
		return false, nil //nolint:nilerr // the walk says where
	}
	shape := newJSONShape(s.settings)
	if err := shape.learn(&value); err != nil {
		return false, nil //nolint:nilerr // too many members: no record
	}
	shape.finish()
	return k.score(shape.shown()) > 0, nil
}

// chooseList picks the list of records: the one the settings name, or the only one of objects. all is nil for a text that is a
// list itself.
func (s *Source) chooseList(in *input, f *jsonFile, all []listed) error {
	if all == nil {
		walk := &jsonWalk{in: f.reader()}
		path, err := walk.list()
		if err != nil {
			return err
		}
		one, err := walk.look(path)
		if err != nil {
			return err
		}
		all = []listed{one}
	}
	objects := slices.DeleteFunc(slices.Clone(all), func(l listed) bool { return l.first != jsonObject })
	if wanted := s.settings.Records; wanted != "" {
		at := slices.IndexFunc(all, func(l listed) bool { return l.path == wanted })
		if at < 0 {
			hint := "its lists of objects are " + named(objects)
			switch {
			case len(all) == 1 && all[0].path == "":
				hint = "the file is a list itself: remove records"
			case len(objects) == 0:
				hint = "it has no list of objects"
			}
			return &SettingError{s.settings.Name, "records", fmt.Sprintf("names %q, which is no list in %s", wanted, in.name), hint}
		}
		all, objects = all[at:at+1], all[at:at+1]
	}
	switch {
	case len(objects) > 1:
		return s.refuse(in, fmt.Sprintf("has %d lists of objects", len(objects)), "say which holds the records: records: PATH, one of "+named(objects))
	case len(objects) == 1:
		f.list = objects[0].path
		if first := objects[0].first; first != 0 && first != jsonObject {
			return s.refuse(in, "is JSON whose list holds no objects", "export a list of objects, one per SKU")
		}
		return nil
	case len(all) > 0 && !slices.ContainsFunc(all, func(l listed) bool { return l.first != 0 }):
		f.list = all[0].path // an empty feed, whichever is meant
		return nil
	}
	return s.refuse(in, "is JSON without a list of objects", "export a list of objects, one per SKU")
}

// jsonRefusal says in a sentence what is wrong with a JSON text.
func (s *Source) jsonRefusal(in *input, bad *jsonError) error {
	if bad.cut {
		return &FileError{Source: s.settings.Name, File: in.name, Why: fmt.Sprintf("is cut off: the JSON text ends in line %d before it is complete", bad.line),
			Next: "export the file again", Err: bad}
	}
	return &FileError{Source: s.settings.Name, File: in.name, Why: fmt.Sprintf("is no valid JSON: line %d %s", bad.line, bad.why),
		Next: "mend the program that writes it: a JSON document is valid as a whole or not at all", Err: bad}
}
