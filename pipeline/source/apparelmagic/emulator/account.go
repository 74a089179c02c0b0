package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Record is one object as ApparelMagic shows it: every scalar a string, booleans "1" and "0" (contract §1.8). Numbers that come
// in from JSON are json.Number and keep their spelling.
type Record map[string]any

// Account is what an account holds: the state of GET and PUT /_sandbox/state.
type Account struct {
	Products          []Record `json:"products"`
	Inventory         []Record `json:"inventory"` // SKU rows; several of one sku_id are rows of warehouses
	ProductAttributes []Record `json:"product_attributes"`
	SizeRanges        []Record `json:"size_ranges"`
	Divisions         []Record `json:"divisions"`
}

// ReadAccount reads an account from JSON. A record without its id, an unknown list or text after the account is an error.
func ReadAccount(from io.Reader) (Account, error) {
	decoder := json.NewDecoder(from)
	decoder.UseNumber()
	decoder.DisallowUnknownFields()
	var account Account
	if err := decoder.Decode(&account); err != nil {
		return Account{}, fmt.Errorf("read the account: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Account{}, errors.New("read the account: text after its end")
	}
	for _, list := range lists {
		for i, record := range *list.of(&account) {
			if _, ok := list.id(record); !ok {
				return Account{}, fmt.Errorf("read the account: %s %d has no %s", list.name, i+1, strings.Join(list.ids, " or "))
			}
		}
	}
	return account, nil
}

// clone copies an account deep enough that neither side sees the other's changes.
func (a Account) clone() Account {
	var copied Account
	for _, list := range lists {
		into := list.of(&copied)
		for _, record := range *list.of(&a) {
			made := Record{}
			for name, value := range record {
				made[name] = cloneValue(value)
			}
			*into = append(*into, made)
		}
	}
	return copied
}

// cloneValue copies a value into the types JSON is read into; one that JSON cannot show becomes null.
func cloneValue(value any) any {
	switch value.(type) {
	case nil, string, bool, json.Number:
		return value
	}
	written, err := encode(value)
	if err != nil {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(written))
	decoder.UseNumber()
	var copied any
	if decoder.Decode(&copied) != nil {
		return nil
	}
	return copied
}

// list is one endpoint: its name, the names of its id, and where an account keeps it.
type list struct {
	name string
	ids  []string
	of   func(*Account) *[]Record
}

var lists = []list{
	{"products", []string{"product_id"}, func(a *Account) *[]Record { return &a.Products }},
	{"inventory", []string{"sku_id"}, func(a *Account) *[]Record { return &a.Inventory }},
	{"product_attributes", []string{"id", "product_attribute_id"}, func(a *Account) *[]Record { return &a.ProductAttributes }},
	{"size_ranges", []string{"id", "size_range_id"}, func(a *Account) *[]Record { return &a.SizeRanges }},
	{"divisions", []string{"id", "division_id"}, func(a *Account) *[]Record { return &a.Divisions }},
}

func listNamed(name string) (list, bool) {
	at := slices.IndexFunc(lists, func(l list) bool { return l.name == name })
	if at < 0 {
		return list{}, false
	}
	return lists[at], true
}

// id is the record's number; ids are decimal strings that order as numbers (contract §1.4).
func (l list) id(record Record) (uint64, bool) {
	for _, name := range l.ids {
		if value, ok := record[name]; ok {
			id, err := strconv.ParseUint(text(value), 10, 64)
			return id, err == nil
		}
	}
	return 0, false
}

// entry is a record with its id read.
type entry struct {
	id     uint64
	record Record
}

// sorted are the records by rising id, warehouse rows in their given order.
func (l list) sorted(account *Account) []entry {
	var entries []entry
	for _, record := range *l.of(account) {
		id, _ := l.id(record)
		entries = append(entries, entry{id, record})
	}
	slices.SortStableFunc(entries, func(a, b entry) int {
		switch {
		case a.id < b.id:
			return -1
		case a.id > b.id:
			return 1
		}
		return 0
	})
	return entries
}

// fields are the names of the list's own fields; a filter on any other is ignored, not refused (contract §1.5).
func fields(entries []entry) map[string]bool {
	found := map[string]bool{}
	for _, entry := range entries {
		for name := range maps.Keys(entry.record) {
			found[name] = true
		}
	}
	return found
}

// text is a scalar as ApparelMagic would write it.
func text(value any) string {
	switch value := value.(type) {
	case nil:
		return ""
	case string:
		return value
	case bool:
		if value {
			return "1"
		}
		return "0"
	case json.Number:
		return value.String()
	}
	return ""
}

// encode writes JSON the way PHP's clients see it: no escaping of <, > and &.
func encode(value any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
