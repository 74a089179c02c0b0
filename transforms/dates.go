package transforms

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// certainDates are the ways to write a day that can be read in one way only.
var certainDates = []string{
	time.DateOnly, "2006/1/2", "2006.1.2", "20060102",
	"Jan 2, 2006", "January 2, 2006", "Jan 2 2006", "January 2 2006", "2 Jan 2006", "2 January 2006", "2-Jan-2006", "2-January-2006",
	time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04",
}

var numberedDate = regexp.MustCompile(`^([0-9]{1,2})([/.-])([0-9]{1,2})([/.-])([0-9]{4})$`)

// dateText reads a day as 2026-11-23. Of a moment the day in UTC counts. Day and month by number are read only where one of them is
// above 12, or both are the same: 11/12/2026 is "", and so are two-digit years and the serial numbers of spreadsheets.
func dateText(text string) string {
	text = strings.Join(strings.Fields(spaces(text)), " ")
	for _, layout := range certainDates {
		if at, err := time.Parse(layout, text); err == nil {
			return day(at.UTC())
		}
	}
	parts := numberedDate.FindStringSubmatch(text)
	if parts == nil || parts[2] != parts[4] {
		return ""
	}
	first, second, year := number(parts[1]), number(parts[3]), number(parts[5])
	switch {
	case first == second, second > 12: // 11/23/2026
		return calendar(year, first, second)
	case first > 12: // 23.11.2026
		return calendar(year, second, first)
	}
	return ""
}

// calendar is a day that there is.
func calendar(year, month, date int) string {
	at := time.Date(year, time.Month(month), date, 0, 0, 0, 0, time.UTC)
	if int(at.Month()) != month || at.Day() != date {
		return ""
	}
	return day(at)
}

// day writes a day of this age; others are slips of the pen.
func day(at time.Time) string {
	if at.Year() < 2000 || at.Year() > 2199 {
		return ""
	}
	return at.Format(time.DateOnly)
}

func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil { // the pattern lets digits through alone
		panic(err)
	}
	return n
}
