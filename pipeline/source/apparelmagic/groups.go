package apparelmagic

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// groupColumns is what the columns of price groups begin with.
const groupColumns = productPrefix + "price_groups."

var (
	quotedGroup = regexp.MustCompile(`"` + regexp.QuoteMeta(groupColumns) + `((?:[^"]|"")*)"`)
	bareGroup   = regexp.MustCompile(regexp.QuoteMeta(groupColumns) + `([\pL\pN_]*)`)
)

// verifyGroups refuses a configuration that reads a price group which no style of the account has: every price would be missing, for a
// reason nobody would guess. An account without styles is the gate's to judge.
func (s *Source) verifyGroups(data *catalogue) error {
	if len(data.products) == 0 {
		return nil
	}
	var groups []string
	for _, column := range data.productColumns.names {
		if name, ok := strings.CutPrefix(productPrefix+column, groupColumns); ok {
			groups = append(groups, name)
		}
	}
	slices.Sort(groups)
	for _, one := range s.priceEntries() {
		for _, name := range groupsIn(one.entry, groups) {
			if !slices.Contains(groups, name) {
				return &SettingError{what: fmt.Sprintf("source %s: %s reads %s, but no style has a price group %q", s.Name(), one.key, one.entry, name),
					next: groupHint(name, groups)}
			}
		}
	}
	return nil
}

// priceEntry is a column or expression of the configuration, and its key.
type priceEntry struct{ key, entry string }

// priceEntries are those that may read a price group, sorted: the source's mapping, and of prices[] what the mapping leaves to it.
func (s *Source) priceEntries() []priceEntry {
	var found []priceEntry
	mapping := s.options.Settings.Mapping
	for _, field := range slices.Sorted(maps.Keys(mapping)) {
		for _, entry := range mapping[field] {
			found = append(found, priceEntry{"mapping." + field, entry})
		}
	}
	for _, price := range s.options.Prices {
		for _, part := range []priceEntry{{"wholesale", price.Wholesale}, {"retail", price.Retail}} {
			if field := fmt.Sprintf("price[%s].%s", price.Geography, part.key); len(mapping[field]) == 0 {
				found = append(found, priceEntry{fmt.Sprintf("prices[].%s of %s", part.key, price.Geography), part.entry})
			}
		}
	}
	return found
}

// groupsIn are the price groups an entry names: itself one as a whole, or several in an expression, where names with blanks stand in
// double quotes.
func groupsIn(entry string, groups []string) []string {
	whole, ok := strings.CutPrefix(entry, groupColumns)
	if ok && (slices.Contains(groups, whole) || !strings.ContainsAny(whole, `"+-*/|,()`)) {
		return []string{whole}
	}
	var found []string
	for _, match := range quotedGroup.FindAllStringSubmatch(entry, -1) {
		found = append(found, strings.ReplaceAll(match[1], `""`, `"`))
	}
	for _, match := range bareGroup.FindAllStringSubmatch(quotedGroup.ReplaceAllString(entry, " "), -1) {
		found = append(found, match[1])
	}
	return found
}

// groupHint names the price groups there are.
func groupHint(name string, groups []string) string {
	if len(groups) == 0 {
		return "this account has no price groups; name another column, such as price"
	}
	for _, group := range groups {
		if fold(group) == fold(name) {
			return fmt.Sprintf("write it as ApparelMagic does: %s%s", groupColumns, group)
		}
	}
	const most = 30
	listed := groups
	more := ""
	if len(groups) > most {
		listed, more = groups[:most], fmt.Sprintf(" and %d more", len(groups)-most)
	}
	return fmt.Sprintf("the price groups there are: %s%s; in an expression the column stands in double quotes", strings.Join(listed, ", "), more)
}
