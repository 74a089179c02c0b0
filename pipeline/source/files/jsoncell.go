package files

import (
	"encoding/json"
	"strings"
)

// cell is a value as a cell of a table: lists of scalars, and of objects with one text or address in each, become its lines.
func (v *jsonValue) cell() (text string, null bool) {
	switch v.kind {
	case jsonNull:
		return "", true
	case jsonList:
		if lines, ok := v.lines(); ok {
			return strings.Join(lines, "\n"), false
		}
	case jsonObject:
	default:
		return v.text, false
	}
	var compact strings.Builder
	compactJSON(&compact, v)
	return compact.String(), false
}

// lines are the items of a list as lines; false for a list that has no plain ones.
func (v *jsonValue) lines() ([]string, bool) {
	lines := make([]string, 0, len(v.items))
	key := ""
	for i := range v.items {
		item := &v.items[i]
		if item.kind == jsonNull {
			continue
		}
		if item.kind == jsonObject {
			if len(lines) == 0 {
				key = item.plainMember()
			}
			if key == "" || item.plainMember() != key {
				return nil, false
			}
			item = item.member(key)
		} else if key != "" {
			return nil, false
		}
		if !item.isScalar() {
			return nil, false
		}
		lines = append(lines, item.text)
	}
	return lines, true
}

// Members that make an object one line: addresses whatever else there is, texts only where nothing else is said.
var (
	addressMembers = []string{"url", "src", "img"}
	textMembers    = []string{"text", "name"}
	besideText     = []string{"id", "position", "slug"}
)

// plainMember is the one member an object of a list is about; blank when that is not plain.
func (v *jsonValue) plainMember() string {
	found, rest := "", false
	for i := range v.members {
		name := v.members[i].name
		switch {
		case oneOf(name, addressMembers), oneOf(name, textMembers):
			if found != "" {
				return ""
			}
			found = name
		case !oneOf(name, besideText):
			rest = true
		}
	}
	if rest && oneOf(found, textMembers) {
		return ""
	}
	return found
}

func oneOf(text string, list []string) bool {
	for _, one := range list {
		if text == one {
			return true
		}
	}
	return false
}

func (v *jsonValue) member(name string) *jsonValue {
	for i := range v.members {
		if v.members[i].name == name {
			return &v.members[i].value
		}
	}
	return &jsonValue{kind: jsonNull}
}

// compactJSON writes a value without blanks, so that how a file is laid out makes no difference.
func compactJSON(b *strings.Builder, v *jsonValue) {
	switch v.kind {
	case jsonObject:
		for i := range v.members {
			b.WriteByte("{,"[min(i, 1)])
			writeText(b, v.members[i].name)
			b.WriteByte(':')
			compactJSON(b, &v.members[i].value)
		}
		if len(v.members) == 0 {
			b.WriteByte('{')
		}
		b.WriteByte('}')
	case jsonList:
		for i := range v.items {
			b.WriteByte("[,"[min(i, 1)])
			compactJSON(b, &v.items[i])
		}
		if len(v.items) == 0 {
			b.WriteByte('[')
		}
		b.WriteByte(']')
	case jsonText:
		writeText(b, v.text)
	case jsonNull:
		b.WriteString("null")
	default:
		b.WriteString(v.text)
	}
}

// writeText writes a text with the escapes it needs.
func writeText(b *strings.Builder, text string) {
	var quoted strings.Builder
	encoder := json.NewEncoder(&quoted)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a text can always be written
	b.WriteString(strings.TrimSuffix(quoted.String(), "\n"))
}
