package faire

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// timeLayouts are the forms contract §2 lists, and their near relatives. Go accepts a fraction after the seconds of each.
var timeLayouts = []string{
	time.RFC3339,               // 2024-01-15T10:30:00Z and 2019-03-14T00:09:15.000Z
	"2006-01-02T15:04:05Z0700", // an offset without colon
	"20060102T150405Z0700",     // 20190208T000915.000Z, the basic format
	"2006-01-02T15:04:05",      // no zone: UTC
	"20060102T150405",
	time.DateOnly, // 2021-05-21, as preorders have it
	"20060102",
}

// ParseTime reads a timestamp as Faire writes one: ISO 8601 extended or basic, with or without fraction, a bare date, or epoch
// milliseconds (11 to 15 digits, so that 20060102 stays a date). A missing zone is UTC. Blank text is the zero time.
func ParseTime(text string) (time.Time, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return time.Time{}, nil
	}
	if len(text) >= 11 && len(text) <= 15 && strings.Trim(text, "0123456789") == "" {
		if ms, err := strconv.ParseInt(text, 10, 64); err == nil {
			if at := time.UnixMilli(ms).UTC(); at.Year() <= 9999 {
				return at, nil
			}
		}
	}
	for _, layout := range timeLayouts {
		if at, err := time.Parse(layout, text); err == nil {
			if at = at.UTC(); at.Year() >= 0 && at.Year() <= 9999 {
				return at, nil
			}
		}
	}
	return time.Time{}, fmt.Errorf("%q is no timestamp of Faire's", tidy(text))
}

// FormatTime writes a timestamp as Faire is to be sent one, YYYY-MM-DDTHH:MM:SS.mmmZ (contract §2). Less than a millisecond is cut
// off, so a lower bound never moves up.
func FormatTime(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }

// timestamp is a time on the wire: text, a number of milliseconds, or null.
type timestamp struct{ time.Time }

// UnmarshalJSON implements json.Unmarshaler.
func (t *timestamp) UnmarshalJSON(raw []byte) error {
	text := string(raw)
	if text == "null" {
		return nil
	}
	if unquoted, err := strconv.Unquote(text); err == nil {
		text = unquoted
	}
	at, err := ParseTime(text)
	if err != nil {
		return err
	}
	t.Time = at
	return nil
}
