package files

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
)

// maxDepth is how deep a row's objects and lists may be nested.
const maxDepth = 64

// Kinds of a JSON value.
const (
	jsonObject = '{'
	jsonList   = '['
	jsonText   = '"'
	jsonNumber = '0'
	jsonTruth  = 't'
	jsonNull   = 'n'
)

// jsonValue is a value of a JSON text.
type jsonValue struct {
	kind    byte
	text    string // of a text what it says, of anything else as it is written
	members []jsonMember
	items   []jsonValue
}

// jsonMember is a member of an object.
type jsonMember struct {
	name  string
	value jsonValue
}

// isScalar says whether a value is a text, a number, true or false.
func (v *jsonValue) isScalar() bool {
	return v.kind == jsonText || v.kind == jsonNumber || v.kind == jsonTruth
}

// jsonFault is what is wrong with a value that is written as JSON must be.
type jsonFault struct{ found, wanted string }

// jsonParser reads one value.
type jsonParser struct {
	text  string
	at    int
	fault jsonFault // the first
}

// parseJSON reads a text that is one value and nothing else. A fault is JSON that means nothing or two things: a member that comes
// twice, half a character, objects in objects without end.
func parseJSON(text string) (value jsonValue, fault jsonFault, err error) {
	p := &jsonParser{text: text}
	value, err = p.value(0)
	if err != nil {
		return value, p.fault, err
	}
	if p.blanks(); p.at < len(p.text) {
		return value, p.fault, p.unexpected("the end")
	}
	return value, p.fault, nil
}

func (p *jsonParser) blanks() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

// unexpected is the error for a text that goes on in another way than it must.
func (p *jsonParser) unexpected(wanted string) error {
	if p.at >= len(p.text) {
		return &jsonError{why: "ends where " + wanted + " must stand", cut: true}
	}
	found := p.text[p.at:]
	if len(found) > 10 {
		found = strings.ToValidUTF8(found[:10], "") + "…"
	}
	return &jsonError{why: fmt.Sprintf("has %q where %s must stand", found, wanted)}
}

func (p *jsonParser) noteFault(found, wanted string) {
	if p.fault.found == "" {
		p.fault = jsonFault{found, wanted}
	}
}

func (p *jsonParser) value(depth int) (jsonValue, error) {
	p.blanks()
	if p.at >= len(p.text) {
		return jsonValue{}, p.unexpected("a value")
	}
	switch b := p.text[p.at]; {
	case b == '{' || b == '[':
		if depth == maxDepth {
			return p.tooDeep()
		}
		if b == '{' {
			return p.object(depth)
		}
		return p.list(depth)
	case b == '"':
		text, err := p.quoted()
		return jsonValue{kind: jsonText, text: text}, err
	case b == '-' || b >= '0' && b <= '9':
		return p.number()
	}
	for _, word := range []struct {
		text string
		kind byte
	}{{"true", jsonTruth}, {"false", jsonTruth}, {"null", jsonNull}} {
		if strings.HasPrefix(p.text[p.at:], word.text) {
			p.at += len(word.text)
			return jsonValue{kind: word.kind, text: word.text}, nil
		}
	}
	return jsonValue{}, p.unexpected("a value")
}

// tooDeep passes over what is nested too deep, without going down into it.
func (p *jsonParser) tooDeep() (jsonValue, error) {
	p.noteFault(fmt.Sprintf("objects and lists nested more than %d deep", maxDepth), "a row of cells")
	var scan jsonScan
	n, done := scan.next([]byte(p.text[p.at:]))
	if !done {
		p.at = len(p.text)
		return jsonValue{}, p.unexpected("the end of an object or list")
	}
	p.at += n
	return jsonValue{kind: jsonNull}, nil
}

func (p *jsonParser) object(depth int) (jsonValue, error) {
	made := jsonValue{kind: jsonObject}
	from := p.at
	p.at++
	if p.blanks(); p.at < len(p.text) && p.text[p.at] == '}' {
		p.at++
		made.text = p.text[from:p.at]
		return made, nil
	}
	for {
		if p.blanks(); p.at >= len(p.text) || p.text[p.at] != '"' {
			return made, p.unexpected("the name of a member")
		}
		name, err := p.quoted()
		if err != nil {
			return made, err
		}
		if p.blanks(); p.at >= len(p.text) || p.text[p.at] != ':' {
			return made, p.unexpected("a colon")
		}
		p.at++
		value, err := p.value(depth + 1)
		if err != nil {
			return made, err
		}
		made.members = append(made.members, jsonMember{name, value})
		if p.blanks(); p.at >= len(p.text) || p.text[p.at] != ',' && p.text[p.at] != '}' {
			return made, p.unexpected("a comma or }")
		}
		p.at++
		if p.text[p.at-1] == '}' {
			made.text = p.text[from:p.at]
			p.unique(made.members)
			return made, nil
		}
	}
}

// unique wants every member once: of two it is not known which one is meant.
func (p *jsonParser) unique(members []jsonMember) {
	twice := func(name string) { p.noteFault(fmt.Sprintf("the member %q twice", shorten(name)), "every member once") }
	if len(members) <= 16 {
		for i := range members {
			for j := range i {
				if members[i].name == members[j].name {
					twice(members[i].name)
				}
			}
		}
		return
	}
	seen := make(map[string]bool, len(members))
	for i := range members {
		if seen[members[i].name] {
			twice(members[i].name)
		}
		seen[members[i].name] = true
	}
}

func (p *jsonParser) list(depth int) (jsonValue, error) {
	made := jsonValue{kind: jsonList}
	from := p.at
	p.at++
	if p.blanks(); p.at < len(p.text) && p.text[p.at] == ']' {
		p.at++
		made.text = p.text[from:p.at]
		return made, nil
	}
	for {
		value, err := p.value(depth + 1)
		if err != nil {
			return made, err
		}
		made.items = append(made.items, value)
		if p.blanks(); p.at >= len(p.text) || p.text[p.at] != ',' && p.text[p.at] != ']' {
			return made, p.unexpected("a comma or ]")
		}
		p.at++
		if p.text[p.at-1] == ']' {
			made.text = p.text[from:p.at]
			return made, nil
		}
	}
}

// number reads a number and keeps it as it is written.
func (p *jsonParser) number() (jsonValue, error) {
	from := p.at
	digits := func() bool {
		begin := p.at
		for p.at < len(p.text) && p.text[p.at] >= '0' && p.text[p.at] <= '9' {
			p.at++
		}
		return p.at > begin
	}
	one := func(set string) bool {
		if p.at < len(p.text) && strings.IndexByte(set, p.text[p.at]) >= 0 {
			p.at++
			return true
		}
		return false
	}
	one("-")
	if !one("0") && !digits() {
		return jsonValue{}, p.unexpected("a digit")
	}
	if one(".") && !digits() {
		return jsonValue{}, p.unexpected("a digit")
	}
	if one("eE") {
		one("+-")
		if !digits() {
			return jsonValue{}, p.unexpected("a digit")
		}
	}
	return jsonValue{kind: jsonNumber, text: p.text[from:p.at]}, nil
}

// quoted reads a text; one without escapes is a part of what is parsed.
func (p *jsonParser) quoted() (string, error) {
	p.at++
	from := p.at
	for p.at < len(p.text) {
		switch b := p.text[p.at]; {
		case b == '"':
			p.at++
			return p.text[from : p.at-1], nil
		case b == '\\':
			return p.escaped(from)
		case b < 0x20:
			return "", p.unexpected("a text without control characters")
		}
		p.at++
	}
	return "", p.unexpected("the end of a text")
}

func (p *jsonParser) escaped(from int) (string, error) {
	var b strings.Builder
	b.WriteString(p.text[from:p.at])
	for p.at < len(p.text) {
		c := p.text[p.at]
		switch {
		case c == '"':
			p.at++
			return b.String(), nil
		case c < 0x20:
			return "", p.unexpected("a text without control characters")
		case c != '\\':
			b.WriteByte(c)
			p.at++
			continue
		case p.at+1 >= len(p.text):
			p.at++
			return "", p.unexpected("the end of a text")
		}
		if known := strings.IndexByte(`"\/bfnrt`, p.text[p.at+1]); known >= 0 {
			b.WriteByte("\"\\/\b\f\n\r\t"[known])
			p.at += 2
			continue
		}
		first, ok := p.unit(p.at)
		if !ok {
			return "", p.unexpected("an escape of JSON")
		}
		p.at += 6
		if !utf16.IsSurrogate(first) {
			b.WriteRune(first)
			continue
		}
		second, _ := p.unit(p.at)
		whole := utf16.DecodeRune(first, second)
		if whole == '\ufffd' {
			p.noteFault(fmt.Sprintf("half a character, \\u%04x", first), "whole characters")
		} else {
			p.at += 6
		}
		b.WriteRune(whole)
	}
	return "", p.unexpected("the end of a text")
}

// unit reads an escape such as \u00e9.
func (p *jsonParser) unit(at int) (rune, bool) {
	if at+6 > len(p.text) || p.text[at] != '\\' || p.text[at+1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(p.text[at+2:at+6], 16, 16)
	return rune(n), err == nil
}
