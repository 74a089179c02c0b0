package stage

import (
	"fmt"
	"time"
)

// Manifest is what a run was delivered: manifest.json in the run folder.
type Manifest struct {
	Run     string    `json:"run"`
	Started time.Time `json:"started"`
	Entries []Entry   `json:"entries"` // sorted by source, table
}

// Entry is one delivered table or one walk of Faire.
type Entry struct {
	Source   string    `json:"source"` // source name, or faire
	Table    string    `json:"table"`
	Rows     int64     `json:"rows"`
	Digest   string    `json:"digest"` // of the rows, independent of how they were batched
	Complete bool      `json:"complete"`
	Since    time.Time `json:"since,omitzero"` // window of an incremental walk
	Until    time.Time `json:"until,omitzero"`
	Modified time.Time `json:"modified,omitzero"` // newest modification the source tells, for max_age
	Files    []File    `json:"files,omitempty"`
}

// File is one input file.
type File struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Gate limits, defaults of design §2.4.
const (
	ShrinkPercent = 30 // more than this fewer rows than the last good run is refused
	ShrinkFloor   = 10 // below this many rows in the last good run the rule does not apply
)

// Refusal is a delivery the gate refuses: the run ends before anything is compared or sent.
type Refusal struct {
	Source string
	Why    string
	Next   string
}

func (r *Refusal) Error() string { return fmt.Sprintf("source %s: %s", r.Source, r.Why) }

// Hint says what to do.
func (r *Refusal) Hint() string { return r.Next }

// Gate refuses a delivery that is empty, not complete, too old, or shrunk by more than ShrinkPercent against the last good
// run. last is the row count of that run, 0 when there was none; accept lets exactly that count pass. maxAge 0 is off.
func Gate(entry Entry, last, accept int64, maxAge time.Duration, now time.Time) error {
	refuse := func(next, why string, args ...any) error {
		return &Refusal{Source: entry.Source, Why: fmt.Sprintf(why, args...), Next: next}
	}
	switch {
	case !entry.Complete:
		return refuse("run again; nothing was changed", "the walk of %s ended before its end was seen", entry.Table)
	case entry.Rows == accept && accept > 0:
		return nil
	case entry.Rows == 0:
		return refuse("check the export; an empty feed is never read as \"everything was deleted\"", "sent no rows")
	case last >= ShrinkFloor && entry.Rows*100 < last*(100-ShrinkPercent):
		return refuse(fmt.Sprintf("if it holds only what changed, have the source send everything; if so few rows are right, run again with --accept-rows %s=%d", entry.Source, entry.Rows),
			"sent %d rows, %d the last time", entry.Rows, last)
	case maxAge > 0 && !entry.Modified.IsZero() && now.Sub(entry.Modified) > maxAge:
		return refuse("check the export, or raise max_age", "is of %s, older than %s", entry.Modified.UTC().Format(time.RFC3339), maxAge)
	}
	return nil
}
