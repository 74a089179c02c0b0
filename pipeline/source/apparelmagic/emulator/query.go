package emulator

import (
	"cmp"
	"math/big"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// condition is one filter on one field.
type condition struct {
	field, operator, value string
	or                     bool
}

var operators = []string{"=", "!=", ">", ">=", "<", "<="}

// conditions reads the filters of a query that this list knows; others are ignored, not refused (contract §1.5), and so are those
// on times where timeless says so. idFilter says whether one of them is on the list's id.
func conditions(query url.Values, of list, known map[string]bool, ignore string, timeless bool) (filters []condition, idFilter bool) {
	add := func(c condition) {
		if timeless && slices.Contains(timed, c.field) {
			return
		}
		if known[c.field] && slices.Contains(operators, c.operator) {
			filters = append(filters, c)
			idFilter = idFilter || slices.Contains(of.ids, c.field)
		}
	}
	if ignore != "structured" && ignore != "all" {
		for n := 0; ; n++ {
			prefix := "parameters[" + strconv.Itoa(n) + "]"
			field := query.Get(prefix + "[field]")
			if field == "" {
				break
			}
			// Names may be qualified with their table (contract §1.5).
			field = strings.TrimPrefix(field, of.name+".")
			include := strings.EqualFold(query.Get(prefix+"[include_type]"), "OR")
			add(condition{field, cmp.Or(query.Get(prefix+"[operator]"), "="), query.Get(prefix + "[value]"), include})
		}
	}
	if ignore != "bare" && ignore != "all" {
		var names []string
		for name := range query {
			if !strings.ContainsAny(name, "[]") && name != "time" && name != "token" {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		for _, name := range names {
			add(condition{field: name, operator: "=", value: query.Get(name)})
		}
	}
	return filters, idFilter
}

// fits evaluates the filters from left to right.
func fits(record Record, filters []condition) bool {
	result := true
	for i, filter := range filters {
		holds := filter.holds(text(record[filter.field]))
		switch {
		case i == 0:
			result = holds
		case filter.or:
			result = result || holds
		default:
			result = result && holds
		}
	}
	return result
}

func (c condition) holds(value string) bool {
	order := compare(value, c.value)
	if slices.Contains(timed, c.field) {
		held, first := instant(value)
		asked, second := instant(c.value)
		if !first || !second {
			return false // as a database compares what is no time
		}
		order = held.Compare(asked)
	}
	switch c.operator {
	case "=":
		return order == 0
	case "!=":
		return order != 0
	case ">":
		return order > 0
	case ">=":
		return order >= 0
	case "<":
		return order < 0
	default:
		return order <= 0
	}
}

// compare orders values as numbers where both are, else as text.
func compare(a, b string) int {
	if i, err := strconv.ParseInt(a, 10, 64); err == nil {
		if j, err := strconv.ParseInt(b, 10, 64); err == nil {
			return cmp.Compare(i, j)
		}
	}
	x, first := decimal(a)
	y, second := decimal(b)
	if first && second {
		return x.Cmp(y)
	}
	return strings.Compare(a, b)
}

func decimal(text string) (*big.Rat, bool) {
	if text == "" || len(text) > 40 || strings.Trim(text, "0123456789.-") != "" {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}
