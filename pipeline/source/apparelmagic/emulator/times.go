package emulator

import (
	"maps"
	"strconv"
	"time"
)

// How times are held, and read in filters (contract §1.5). There is no zone; all are taken for the same.
var layouts = []string{time.DateTime, time.RFC3339, "2006-01-02T15:04:05", "01/02/2006 15:04:05", time.DateOnly, "01/02/2006"}

// timed are the fields TimeFormat is for.
var timed = []string{"creation_time", "last_modified_time"}

// instant reads a time in any of the formats there are.
func instant(text string) (time.Time, bool) {
	for _, layout := range layouts {
		if at, err := time.Parse(layout, text); err == nil {
			return at, true
		}
	}
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil && len(text) >= 9 {
		return time.Unix(seconds, 0).UTC(), true
	}
	return time.Time{}, false
}

// shownTime is a held time in the format of switch 16.
func (s Switches) shownTime(held string) string {
	at, err := time.Parse(time.DateTime, held)
	if err != nil {
		return held
	}
	switch s.TimeFormat {
	case "datetime":
		return at.Format(time.DateTime)
	case "iso":
		return at.Format(time.RFC3339)
	case "us":
		return at.Format("01/02/2006 15:04:05")
	case "us_date":
		return at.Format("01/02/2006")
	case "unix":
		return strconv.FormatInt(at.Unix(), 10)
	case "unreadable":
		return "the " + strconv.Itoa(at.YearDay()) + ". day"
	}
	return held
}

// times shows the times of a record as switch 16 wants them.
func (s Switches) times(record Record) Record {
	if s.TimeFormat == "" {
		return record
	}
	shown := maps.Clone(record)
	for _, name := range timed {
		if held, ok := shown[name].(string); ok {
			shown[name] = s.shownTime(held)
		}
	}
	return shown
}
