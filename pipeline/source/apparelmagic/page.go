package apparelmagic

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// page is one answer of a list call (contract §1.3).
type page struct {
	body    []byte
	records []record
	lastID  string // meta.pagination.last_id; blank when absent
	total   string // meta.pagination.total_records; blank when absent
}

// record is one object of a page, its values as they came.
type record map[string]json.RawMessage

// refusal is a non-empty meta.errors.
type refusal struct{ messages []string }

func (r *refusal) Error() string { return strings.Join(r.messages, "; ") }

// parsePage reads the envelope. Only an array under response is a page: anything else could be mistaken for the empty page
// that ends a walk.
func parsePage(body []byte) (page, error) {
	var envelope map[string]json.RawMessage
	if err := json.Unmarshal(body, &envelope); err != nil {
		return page{}, errors.New(sketch(body))
	}
	meta := object(envelope["meta"])
	if messages := messages(meta["errors"]); len(messages) > 0 {
		return page{}, &refusal{messages}
	}
	got := page{body: body}
	if trimmed := bytes.TrimSpace(envelope["response"]); len(trimmed) == 0 || trimmed[0] != '[' {
		return page{}, errors.New("JSON without a list under response")
	}
	if err := json.Unmarshal(envelope["response"], &got.records); err != nil {
		return page{}, errors.New("JSON with something else than objects under response")
	}
	if slices.ContainsFunc(got.records, func(r record) bool { return r == nil }) {
		return page{}, errors.New("JSON with null among the records")
	}
	pagination := record(object(meta["pagination"]))
	got.lastID, got.total = pagination.text("last_id"), pagination.text("total_records")
	return got, nil
}

// sketch describes a body that is no JSON object, for a message.
func sketch(body []byte) string {
	text := strings.ToLower(string(body[:min(len(body), 200)]))
	switch {
	case strings.TrimSpace(text) == "":
		return "nothing"
	case strings.Contains(text, "<html") || strings.Contains(text, "<!doctype"):
		return "an HTML page"
	case strings.HasPrefix(strings.TrimSpace(text), "{"):
		return "JSON that is cut off or broken"
	}
	return "no JSON object"
}

// object reads a JSON object; anything else (PHP writes an empty one as []) is an empty one.
func object(raw json.RawMessage) map[string]json.RawMessage {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return nil
	}
	return members
}

// messages reads meta.errors: a list of texts, one text, or an object of them. Blank ones are none.
func messages(raw json.RawMessage) []string {
	var found []string
	for _, element := range elements(raw) {
		text, scalar := scalar(element, false)
		if !scalar {
			text = string(element)
		}
		if strings.TrimSpace(text) != "" {
			found = append(found, text)
		}
	}
	return found
}

// elements are the members of a JSON list; of an object its values, in the order of their keys (PHP writes a list with holes
// as an object); of a lone value that value; of null nothing.
func elements(raw json.RawMessage) []json.RawMessage {
	trimmed := bytes.TrimSpace(raw)
	if len(trimmed) == 0 || string(trimmed) == "null" {
		return nil
	}
	switch trimmed[0] {
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(trimmed, &list) != nil {
			return nil
		}
		return list
	case '{':
		members := object(trimmed)
		var list []json.RawMessage
		for _, key := range slices.SortedFunc(maps.Keys(members), byNumber) {
			list = append(list, members[key])
		}
		return list
	}
	return []json.RawMessage{trimmed}
}

// byNumber orders keys as numbers where both are, else as text.
func byNumber(a, b string) int {
	x, first := strconv.ParseUint(a, 10, 64)
	y, second := strconv.ParseUint(b, 10, 64)
	if first == nil && second == nil && x != y {
		if x < y {
			return -1
		}
		return 1
	}
	return strings.Compare(a, b)
}

// scalar turns a JSON value into text: strings as they are, numbers in their exact spelling, booleans as 1 and 0, null as
// nothing. An empty list or object is nothing too (contract §3.9); a filled one is no scalar. A flag's false is 0, that of any
// other field an empty value.
func scalar(raw json.RawMessage, flag bool) (text string, ok bool) {
	trimmed := bytes.TrimSpace(raw)
	if len(trimmed) == 0 {
		return "", true
	}
	switch trimmed[0] {
	case '"':
		if json.Unmarshal(trimmed, &text) != nil {
			return "", false
		}
		return text, true
	case 't':
		return "1", true
	case 'f':
		if flag {
			return "0", true
		}
		return "", true
	case 'n':
		return "", true
	case '[', '{':
		return "", len(elements(trimmed)) == 0
	}
	return string(trimmed), true
}

// text is the first of some fields that is not blank, without the blanks around it.
func (r record) text(names ...string) string {
	for _, name := range names {
		if value, ok := scalar(r[name], isFlag(name)); ok {
			if value = strings.TrimSpace(value); value != "" {
				return value
			}
		}
	}
	return ""
}

// number reads an id: a decimal string or number (contract §1.4). It fails on 0 and on anything else.
func number(text string) (uint64, error) {
	id, err := strconv.ParseUint(strings.TrimSpace(text), 10, 64)
	if err != nil || id == 0 {
		return 0, fmt.Errorf("%q is no id", plain(text))
	}
	return id, nil
}
