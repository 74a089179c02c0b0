package apparelmagic

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// images reads a list of {img, is_catalog_image, position}, or of plain addresses: catalogue images first, then by position;
// an address that comes again is dropped (contract §1.10).
func images(raw json.RawMessage) []string {
	type image struct {
		address   string
		catalogue bool
		position  uint64
	}
	var found []image
	for _, element := range listed(raw, "img", "url", "src") {
		row := record(object(element))
		address, _ := scalar(element, false)
		if row != nil {
			address = row.text("img", "url", "src")
		}
		// An address never holds a line break, and one would fall apart in a list joined by them.
		if address = oneLine(address, ""); address == "" {
			continue
		}
		position, err := strconv.ParseUint(row.text("position"), 10, 63)
		if err != nil {
			position = 1 << 63 // images without a place come last
		}
		found = append(found, image{address, truthy(row.text("is_catalog_image")), position})
	}
	slices.SortStableFunc(found, func(a, b image) int {
		if a.catalogue != b.catalogue {
			if a.catalogue {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.position, b.position)
	})
	var addresses []string
	for _, image := range found {
		if !slices.Contains(addresses, image.address) {
			addresses = append(addresses, image.address)
		}
	}
	return addresses
}

// tags reads objects with a text, plain texts, or one text joined by commas (contract §1.8).
func tags(raw json.RawMessage) []string {
	var found []string
	add := func(text string) {
		if text = oneLine(text, " "); text != "" && !slices.Contains(found, text) {
			found = append(found, text)
		}
	}
	if trimmed := bytes.TrimSpace(raw); len(trimmed) > 0 && trimmed[0] == '"' {
		joined, _ := scalar(trimmed, false)
		for part := range strings.SplitSeq(joined, ",") {
			add(part)
		}
		return found
	}
	for _, element := range listed(raw, "text", "name", "tag") {
		if row := record(object(element)); row != nil {
			add(row.text("text", "name", "tag"))
			continue
		}
		text, _ := scalar(element, false)
		add(text)
	}
	return found
}

// listed are the members of a list; an object that bears one of the names is a list of that one.
func listed(raw json.RawMessage, names ...string) []json.RawMessage {
	if row := record(object(raw)); row != nil {
		for _, name := range names {
			if _, ok := row[name]; ok {
				return []json.RawMessage{raw}
			}
		}
	}
	return elements(raw)
}

// entry is a named value of a style: a price list, a specification.
type entry struct{ name, value string }

// namedLists become columns product.<field>.<name>: which price list is whose is configuration (contract §0.1, §1.8).
var namedLists = []struct{ field, value string }{{"price_groups", "price"}, {"specs", "value"}}

// named reads a list of {name, value}; of a name that comes twice the first value that is not blank counts.
func named(raw json.RawMessage, value string) []entry {
	var found []entry
	for _, element := range elements(raw) {
		row := record(object(element))
		made := entry{oneLine(row.text("name"), " "), row.text(value)}
		at := slices.IndexFunc(found, func(e entry) bool { return e.name == made.name })
		switch {
		case made.name == "":
		case at < 0:
			found = append(found, made)
		case found[at].value == "":
			found[at].value = made.value
		}
	}
	return found
}

// sizes reads size_01 … size_30, the unused ones empty (contract §1.10). Other fields of a range are no sizes.
func sizes(members map[string]json.RawMessage) []string {
	var found []string
	for _, key := range slices.SortedFunc(maps.Keys(members), bySlot) {
		if slot(key) == 0 {
			continue
		}
		if size := record(members).text(key); size != "" {
			found = append(found, size)
		}
	}
	return found
}

func bySlot(a, b string) int { return cmp.Or(cmp.Compare(slot(a), slot(b)), strings.Compare(a, b)) }

// slot is the number of a key such as size_07 or 7; 0 for any other key.
func slot(key string) uint64 {
	place, err := strconv.ParseUint(strings.TrimPrefix(strings.ToLower(key), "size_"), 10, 16)
	if err != nil {
		return 0
	}
	return place
}

// oneLine trims a text and replaces its line breaks.
func oneLine(text, by string) string {
	return strings.TrimSpace(strings.NewReplacer("\r\n", by, "\n", by, "\r", by).Replace(text))
}

func isEmptyList(raw json.RawMessage) bool {
	trimmed := bytes.TrimSpace(raw)
	return len(trimmed) > 0 && (trimmed[0] == '[' || trimmed[0] == '{')
}
