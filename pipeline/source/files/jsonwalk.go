package files

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// jsonWalk goes through a JSON document from list to list: those that stand in no other list, each with its path, such as
// data.items. What is between them is checked and passed over.
type jsonWalk struct {
	in     *jsonReader
	open   []jsonOpen // objects
	begun  bool
	inList bool
	first  bool // nothing of the list was read
}

// jsonOpen is an object that is not closed.
type jsonOpen struct {
	path  string
	names map[string]bool
	// after says that a member was read: a comma or the end comes next.
	after bool
}

// list goes on to the next list and returns its path; io.EOF at the end of the document.
func (w *jsonWalk) list() (path string, err error) {
	if w.inList {
		if err := w.drain(); err != nil {
			return "", err
		}
	}
	if !w.begun {
		w.begun = true
		if found, err := w.value(""); found || err != nil {
			return "", err
		}
	}
	for len(w.open) > 0 {
		top := &w.open[len(w.open)-1]
		b, err := w.in.peek()
		if err != nil {
			return "", err
		}
		switch {
		case b == 0:
			return "", w.in.ends()
		case b == '}' && (top.after || len(top.names) == 0):
			w.in.use(1)
			w.open = w.open[:len(w.open)-1]
			continue
		case top.after && b != ',':
			return "", w.in.wrong("has %q where a comma or } must stand", string(rune(b)))
		case top.after:
			w.in.use(1)
		}
		path, err := w.name(top)
		if err != nil {
			return "", err
		}
		if found, err := w.value(path); found || err != nil {
			return path, err
		}
	}
	if b, err := w.in.peek(); err != nil {
		return "", err
	} else if b != 0 {
		return "", w.in.wrong("goes on behind the end of the JSON text")
	}
	return "", io.EOF
}

// name reads the name of a member and its colon.
func (w *jsonWalk) name(object *jsonOpen) (path string, err error) {
	if b, err := w.in.peek(); err != nil {
		return "", err
	} else if b == 0 {
		return "", w.in.ends()
	} else if b != '"' {
		return "", w.in.wrong("has %q where the name of a member must stand", string(rune(b)))
	}
	value, err := w.parse()
	if err != nil {
		return "", err
	}
	if object.names[value.text] {
		return "", w.in.wrong("has the member %q twice", shorten(value.text))
	}
	object.names[value.text] = true
	object.after = true
	if b, err := w.in.peek(); err != nil {
		return "", err
	} else if b == 0 {
		return "", w.in.ends()
	} else if b != ':' {
		return "", w.in.wrong("has %q where a colon must stand", string(rune(b)))
	}
	w.in.use(1)
	return joined(object.path, value.text), nil
}

// joined is the path of a member.
func joined(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// value enters a list, which is what the walk looks for, or an object, and passes over anything else.
func (w *jsonWalk) value(path string) (found bool, err error) {
	b, err := w.in.peek()
	if err != nil {
		return false, err
	}
	switch b {
	case 0:
		return false, w.in.ends()
	case '[':
		w.in.use(1)
		w.inList, w.first = true, true
		return true, nil
	case '{':
		if len(w.open) == maxDepth {
			return false, w.in.wrong("nests objects more than %d deep", maxDepth)
		}
		w.in.use(1)
		w.open = append(w.open, jsonOpen{path: path, names: map[string]bool{}})
		return false, nil
	}
	_, err = w.parse()
	return false, err
}

// parse reads a value that is no list and no object.
func (w *jsonWalk) parse() (jsonValue, error) {
	line := w.in.line
	raw, err := w.in.value()
	if err != nil {
		return jsonValue{}, w.tooLong(err)
	}
	value, _, err := parseJSON(string(raw))
	return value, at(line, err)
}

// tooLong is the error for a value that is no record and as long as none may be.
func (w *jsonWalk) tooLong(err error) error {
	var long *longRecordError
	if errors.As(err, &long) {
		return w.in.wrong("has a value longer than %d MiB", maxRecord>>20)
	}
	return err
}

// at gives an error of a part of a text the line the part begins in.
func at(line int64, err error) error {
	var wrong *jsonError
	if errors.As(err, &wrong) {
		return &jsonError{line: line, why: wrong.why}
	}
	return err
}

// item returns the next item of the list as it is written, and the line it begins in; io.EOF at the end of the list.
func (w *jsonWalk) item() (raw []byte, line int64, err error) {
	b, err := w.in.peek()
	if err != nil {
		return nil, 0, err
	}
	switch {
	case b == 0:
		return nil, 0, w.in.ends()
	case b == ']':
		w.in.use(1)
		w.inList = false
		return nil, 0, io.EOF
	case !w.first && b != ',':
		return nil, 0, w.in.wrong("has %q where a comma or ] must stand", string(rune(b)))
	case !w.first:
		w.in.use(1)
		if b, err = w.in.peek(); err != nil {
			return nil, 0, err
		}
		if b == ']' {
			return nil, 0, w.in.wrong("has a comma behind the last item of a list")
		}
	}
	w.first = false
	line = w.in.line
	raw, err = w.in.value()
	return raw, line, err
}

// drain passes over what is left of a list. Every item must be valid.
func (w *jsonWalk) drain() error {
	for {
		raw, line, err := w.item()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return w.tooLong(err)
		}
		if _, _, err := parseJSON(string(raw)); err != nil {
			return at(line, err)
		}
	}
}

// listed is a list of a document.
type listed struct {
	path  string
	first byte // kind of its first item; 0: it is empty
}

// lists are all lists of a document that stand in no other.
func (w *jsonWalk) lists() ([]listed, error) {
	all := []listed{}
	for {
		path, err := w.list()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		one, err := w.look(path)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
		if len(all) > maxColumns {
			return nil, w.in.wrong("has more than %d lists", maxColumns)
		}
	}
}

// look reads the first item of a list.
func (w *jsonWalk) look(path string) (listed, error) {
	one := listed{path: path}
	raw, line, err := w.item()
	if errors.Is(err, io.EOF) {
		return one, nil
	}
	var long *longRecordError
	if errors.As(err, &long) {
		return one, &longRecordError{1}
	}
	if err != nil {
		return one, err
	}
	value, _, err := parseJSON(string(raw))
	one.first = value.kind
	return one, at(line, err)
}

// named are the paths of lists for people.
func named(all []listed) string {
	var names []string
	for _, one := range all {
		if len(names) == 8 {
			names = append(names, fmt.Sprintf("and %d more", len(all)-8))
			break
		}
		names = append(names, shorten(one.path))
	}
	return strings.Join(names, ", ")
}
