package stage

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// older says why a delivery may be older than the last good one; blank if nothing tells. The bytes are others.
func older(past Delivered, now Delivery) string {
	if why := rolledBack(past, now); why != "" {
		return why
	}
	last := past.Last
	if len(now.Files) == 0 || now.Modified.IsZero() || !now.Modified.Before(last.Modified) {
		return ""
	}
	return fmt.Sprintf("%s: last written to at %s, while the files of run %s of %s were of %s", listed(names(now.Files)), moment(now.Modified), last.Run,
		moment(last.At), moment(last.Modified))
}

// rolledBack says in which way the files are older ones than those of the last good run for sure: their bytes were there before, or
// the dates in their names are earlier. Blank if they are not.
func rolledBack(past Delivered, now Delivery) string {
	last := past.Last
	if last.sameFiles(now.Files) {
		return ""
	}
	for _, file := range now.Files {
		if slices.ContainsFunc(last.Files, file.sameBytes) {
			continue
		}
		for _, before := range past.Before {
			if at := slices.IndexFunc(before.Files, file.sameBytes); at >= 0 {
				name := ""
				if before.Files[at].Name != file.Name {
					name = "of " + before.Files[at].Name + " "
				}
				return fmt.Sprintf("%s has the very bytes %sthat run %s of %s read; run %s of %s read newer ones", file.Name, name,
					before.Run, moment(before.At), last.Run, moment(last.At))
			}
		}
	}
	for _, file := range last.Files {
		if than := newestLike(now.Files, file); than != nil && earlier(than.Name, file.Name) {
			return fmt.Sprintf("%s is of an earlier date, by its name, than %s, which run %s of %s read", than.Name, file.Name, last.Run, moment(last.At))
		}
	}
	return ""
}

func (f File) sameBytes(other File) bool { return f.SHA256 == other.SHA256 }

// newestLike is, of the files whose names are that of a file but for the date, the newest; nil if there is none.
func newestLike(files []File, like File) *File {
	pattern, dates := dated(like.Name)
	if len(dates) == 0 {
		return nil
	}
	var newest *File
	for i := range files {
		if other, _ := dated(files[i].Name); other == pattern && (newest == nil || !earlier(files[i].Name, newest.Name)) {
			newest = &files[i]
		}
	}
	return newest
}

// earlier says whether the date in a name is before that in another, in every way both can be read.
func earlier(name, than string) bool {
	_, a := dated(name)
	_, b := dated(than)
	read, before := 0, 0
	for i := range min(len(a), len(b)) {
		if a[i].IsZero() || b[i].IsZero() {
			continue
		}
		read++
		if a[i].Before(b[i]) {
			before++
		}
	}
	return read > 0 && before == read
}

// The forms dates have in file names: 20261123 and 2026-11-23, with or without a time, and 11-23-26, of which nobody knows
// whether the day or the month comes first.
var (
	dateCompact = regexp.MustCompile(`(20\d\d)(\d\d)(\d\d)(?:[T_.-]?(\d\d)(\d\d)(\d\d)?)?`)
	dateParted  = regexp.MustCompile(`(20\d\d)[-_.](\d\d?)[-_.](\d\d?)(?:[T_.-](\d\d)[-_.]?(\d\d)(?:[-_.]?(\d\d))?)?`)
	dateLast    = regexp.MustCompile(`(\d\d)[-_.](\d\d)[-_.](20\d\d|\d\d)`)
)

// dated takes a file name apart: the name with * in the place of its date, and the date; two of them, month first and day first,
// where it can be read both ways, and the zero time for a way it cannot be read. No dates: the name has none.
func dated(name string) (pattern string, dates []time.Time) {
	for _, form := range []*regexp.Regexp{dateCompact, dateParted, dateLast} {
		at := form.FindStringSubmatchIndex(name)
		if at == nil || digitAt(name, at[0]-1) || digitAt(name, at[1]) {
			continue
		}
		part := func(i int) int {
			if at[2*i] < 0 {
				return 0
			}
			n, _ := strconv.Atoi(name[at[2*i]:at[2*i+1]]) // digits, by the form
			return n
		}
		if form == dateLast {
			year := part(3)
			if year < 100 {
				year += 2000
			}
			dates = []time.Time{date(year, part(1), part(2), 0, 0, 0), date(year, part(2), part(1), 0, 0, 0)}
		} else {
			dates = []time.Time{date(part(1), part(2), part(3), part(4), part(5), part(6))}
			if dates[0].IsZero() && at[8] >= 0 { // what follows the date is no time but a number
				dates[0], at[1] = date(part(1), part(2), part(3), 0, 0, 0), at[7]
			}
		}
		if slices.ContainsFunc(dates, func(t time.Time) bool { return !t.IsZero() }) {
			return name[:at[0]] + "*" + name[at[1]:], dates
		}
	}
	return name, nil
}

// date is a time, zero if there is no such one.
func date(year, month, day, hour, minute, second int) time.Time {
	t := time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
	if t.Day() != day || int(t.Month()) != month || t.Hour() != hour || t.Minute() != minute || t.Second() != second {
		return time.Time{}
	}
	return t
}

func digitAt(text string, at int) bool {
	return at >= 0 && at < len(text) && text[at] >= '0' && text[at] <= '9'
}
