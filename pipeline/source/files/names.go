package files

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Values of settings.Pick.
const (
	pickAll    = "all"
	pickNewest = "newest"
)

// unfinished are the ends of names under which files are being written, or that only say that another file is complete.
var unfinished = []string{".tmp", ".part", ".partial", ".filepart", ".crdownload", ".done", ".trg"}

// isUnfinished says whether a name is none of a feed: partial and marker files, hidden ones, and the lock of an open workbook.
func isUnfinished(name string) bool {
	lower := strings.ToLower(name)
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$") ||
		slices.ContainsFunc(unfinished, func(end string) bool { return strings.HasSuffix(lower, end) })
}

// paths are the files a path setting names, sorted. A file of exactly that name goes before a pattern; a pattern does not find
// files that are still being written, which are returned apart.
func paths(setting string) (found, partial []string, err error) {
	if _, err := os.Stat(setting); err == nil || !strings.ContainsAny(setting, "*?[") {
		return []string{setting}, nil, nil
	}
	all, err := filepath.Glob(setting)
	if err != nil {
		return nil, nil, err
	}
	for _, path := range all {
		if isUnfinished(filepath.Base(path)) {
			partial = append(partial, path)
		} else {
			found = append(found, path)
		}
	}
	slices.Sort(found)
	slices.Sort(partial)
	return found, partial, nil
}

// find lists the files of the feed.
func (s *Source) find() ([]string, error) {
	list, partial, err := paths(s.settings.Path)
	if err != nil {
		return nil, &SettingError{s.settings.Name, "path", "cannot be used: " + err.Error(), "write the path of the feed, such as ./feeds/products.csv"}
	}
	if len(list) == 0 {
		why := fmt.Sprintf("finds no file for %q", filepath.Base(s.settings.Path))
		if len(partial) > 0 {
			why += fmt.Sprintf(" but %s, which is not complete or only a marker", filepath.Base(partial[0]))
		}
		return nil, &SettingError{s.settings.Name, "path", why, "check that the export was delivered"}
	}
	switch s.settings.Pick {
	case "", pickAll:
		return list, nil
	case pickNewest:
	default:
		return nil, &SettingError{s.settings.Name, "pick", fmt.Sprintf("is %q, not all or newest", s.settings.Pick), "write pick: newest, or leave it out"}
	}
	if list[0] == s.settings.Path {
		return list, nil // a file by its name
	}
	one, err := s.newest(list)
	return []string{one}, err
}

// dated is a file name and the days its date may mean, by the order of day, month and year.
type dated struct {
	path string
	days map[string]time.Time
}

// Orders in which a name may write a date. Year first with four digits is the only one that needs no agreement.
const (
	yearFirst       = "year, month, day"
	monthFirst      = "month, day, year"
	dayFirst        = "day, month, year"
	shortYearFirst  = "two-digit year, month, day"
	shortMonthFirst = "month, day, two-digit year"
	shortDayFirst   = "day, month, two-digit year"
)

// orders of an ambiguous date, those that a four-digit year leaves and those of a two-digit one.
var (
	longOrders  = []string{monthFirst, dayFirst}
	shortOrders = []string{shortMonthFirst, shortDayFirst, shortYearFirst}
)

// digits finds the numbers of a name.
var digits = regexp.MustCompile(`\d+`)

// newest is the file whose name has the latest date, of several the one whose name is last.
func (s *Source) newest(list []string) (string, error) {
	refuse := func(why, next string) error { return &SettingError{s.settings.Name, "pick", why, next} }
	const rename = "have the export write names such as catalog_2026-11-23.csv, or set pick: all"
	all := make([]dated, 0, len(list))
	for _, path := range list {
		name := filepath.Base(path)
		found := datesIn(name)
		switch {
		case len(found) == 0:
			return "", refuse(fmt.Sprintf("finds no date in the name of %s, and cannot tell whether it is the newest file", name), rename)
		case len(found) > 1:
			return "", refuse(fmt.Sprintf("finds %d dates in the name of %s", len(found), name), rename)
		}
		all = append(all, dated{path, found[0]})
	}
	for _, orders := range [][]string{longOrders, shortOrders} {
		if err := agree(all, orders); err != "" {
			return "", refuse(err, rename)
		}
	}
	day := func(d dated) time.Time {
		for _, day := range d.days {
			return day // agree left one
		}
		return time.Time{}
	}
	newest := slices.MaxFunc(all, func(a, b dated) int {
		return cmp.Or(day(a).Compare(day(b)), strings.Compare(filepath.Base(a.path), filepath.Base(b.path)))
	})
	return newest.path, nil
}

// agree leaves the one order in which all names that need one can be read. It returns what is wrong if there is none, or several
// that differ.
func agree(all []dated, orders []string) (wrong string) {
	possible := slices.Clone(orders)
	var first dated
	for _, d := range all {
		if !slices.ContainsFunc(orders, func(order string) bool { return !d.days[order].IsZero() }) {
			continue
		}
		if first.path == "" {
			first = d
		}
		possible = slices.DeleteFunc(possible, func(order string) bool { return d.days[order].IsZero() })
		if len(possible) == 0 {
			return fmt.Sprintf("cannot read the dates of all names in one order: %s and %s write day and month differently",
				filepath.Base(first.path), filepath.Base(d.path))
		}
	}
	if first.path == "" {
		return ""
	}
	for _, d := range all {
		for _, order := range possible[1:] {
			if !d.days[order].Equal(d.days[possible[0]]) {
				return fmt.Sprintf("cannot tell the date in the name of %s: it may be %s or %s", filepath.Base(d.path),
					d.days[possible[0]].Format(time.DateOnly), d.days[order].Format(time.DateOnly))
			}
		}
	}
	for _, d := range all {
		for _, order := range orders {
			if order != possible[0] {
				delete(d.days, order)
			}
		}
	}
	return ""
}

// datesIn finds the dates in a name, each with the days it may mean: 20261123, with a time behind it or not, or three numbers with the
// same one of - _ . between them. The same day written twice counts once.
func datesIn(name string) []map[string]time.Time {
	var found []map[string]time.Time
	note := func(days map[string]time.Time) {
		if !slices.ContainsFunc(found, func(have map[string]time.Time) bool { return maps.Equal(have, days) }) {
			found = append(found, days)
		}
	}
	at := digits.FindAllStringIndex(name, -1)
	number := func(i int) string { return name[at[i][0]:at[i][1]] }
	for i := 0; i < len(at); i++ {
		if one := number(i); len(one) == 8 || len(one) == 12 || len(one) == 14 {
			if day := dayOf(one[:4], one[4:6], one[6:8]); !day.IsZero() && isTime(one[8:]) {
				note(map[string]time.Time{yearFirst: day})
				continue
			}
		}
		if i+2 >= len(at) {
			continue
		}
		sign := name[at[i][1]:at[i+1][0]]
		if sign != name[at[i+1][1]:at[i+2][0]] || !slices.Contains([]string{"-", "_", "."}, sign) {
			continue
		}
		if days := daysOf(number(i), number(i+1), number(i+2)); len(days) > 0 {
			note(days)
			i += 2
		}
	}
	return found
}

// daysOf are the days that three numbers may mean.
func daysOf(a, b, c string) map[string]time.Time {
	days := map[string]time.Time{}
	note := func(order, year, month, day string) {
		if len(year) == 2 {
			year = "20" + year
		}
		if len(month) <= 2 && len(day) <= 2 {
			if d := dayOf(year, month, day); !d.IsZero() {
				days[order] = d
			}
		}
	}
	switch {
	case len(a) == 4:
		note(yearFirst, a, b, c)
	case len(c) == 4:
		note(monthFirst, c, a, b)
		note(dayFirst, c, b, a)
	case len(c) == 2:
		note(shortMonthFirst, c, a, b)
		note(shortDayFirst, c, b, a)
		if len(a) == 2 {
			note(shortYearFirst, a, b, c)
		}
	}
	return days
}

// dayOf is a day of the calendar, zero when there is none. Years are those exports are written in.
func dayOf(year, month, day string) time.Time {
	at, err := time.Parse("2006-1-2", year+"-"+month+"-"+day)
	if err != nil || len(year) != 4 || at.Year() < 1990 || at.Year() > 2099 {
		return time.Time{}
	}
	return at
}

// isTime says whether digits are a time of day, or nothing.
func isTime(text string) bool {
	switch len(text) {
	case 0:
		return true
	case 4:
		text += "00"
	}
	_, err := time.Parse("150405", text)
	return err == nil
}
