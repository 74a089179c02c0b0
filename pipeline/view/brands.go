package view

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"fairesync/pipeline/check"
	"fairesync/pipeline/ledger"
)

// Brand is what came of one brand of a folder.
type Brand struct {
	ledger.Summary
	Config string `json:"config"` // its file
}

// StatusNotStarted is the status of a brand of a folder that was not begun: the program was interrupted before its turn.
const StatusNotStarted = "not_started"

// Folder ends the brands of a folder: how many there are, how they ended, the worst exit code.
type Folder struct {
	Type     string         `json:"type"` // folder
	Command  string         `json:"command"`
	Folder   string         `json:"folder"`
	Brands   int            `json:"brands"`
	Statuses map[string]int `json:"statuses"` // brands by status
	Exit     int            `json:"exit"`
	MS       int64          `json:"ms"`
}

// Standing is how a brand of a folder stands, as its record tells.
type Standing struct {
	Type    string          `json:"type"` // brand
	Brand   string          `json:"brand"`
	Config  string          `json:"config"`
	Status  string          `json:"status"`                // of the last run; never: there was none; unusable: the record or the configuration cannot be read
	Last    *ledger.Summary `json:"last,omitempty"`        // the last run, of whatever command
	Success time.Time       `json:"last_success,omitzero"` // when the last run or apply started that did what it could
	Next    string          `json:"next,omitempty"`        // what helps, if something does
}

// What Standing.Status says of a brand without a run.
const (
	StatusNever    = "never"
	StatusUnusable = "unusable"
)

// statusTone is the looks of a status.
func statusTone(status string) tone {
	switch status {
	case "done", "off", "planned", "running":
		return plain
	case "held", "carried_over", "partly", StatusNever:
		return warn
	}
	return bad
}

// Brand shows what came of a brand: in a pipe at once, on a terminal in the table that Folder writes.
func (h *Human) Brand(b Brand) error {
	if h.brands == nil {
		h.brands = &table{headers: []string{"brand", "status", "source_rows", "planned", "held", "errors", "warnings", "sent", "took", "exit"}}
		if !h.options.TTY {
			h.brands.headers = append(h.brands.headers, "workbook")
			if err := h.brands.tabbed(h.w); err != nil {
				return err
			}
		}
	}
	took := ""
	if b.Ended.After(b.Started) {
		took = duration(b.Ended.Sub(b.Started))
	}
	cells := []any{b.Brand, b.Status, b.SourceRows, b.Planned, b.Held, b.Exceptions[check.Error], b.Exceptions[check.Warning], b.Requests.Sent, took, b.Exit}
	if h.options.TTY {
		h.brands.add(statusTone(b.Status), cells...)
		if b.Workbook != "" {
			h.workbooks = append(h.workbooks, clean(b.Brand)+": "+clean(b.Workbook))
		}
		return nil
	}
	line := table{}
	line.add(plain, append(cells, b.Workbook)...)
	return line.lines(h.w)
}

// Folder ends the brands.
func (h *Human) Folder(f Folder) error {
	if !h.options.TTY || h.brands == nil {
		return nil
	}
	if err := h.brands.write(h.w, h.options); err != nil {
		return err
	}
	if len(h.workbooks) == 0 {
		return nil
	}
	_, err := fmt.Fprintf(h.w, "\nworkbooks\n%s\n", strings.Join(h.workbooks, "\n"))
	return err
}

// Standings shows how brands stand, one per row.
func (h *Human) Standings(list []Standing) error {
	t := table{headers: []string{"brand", "status", "command", "started", "exit", "held", "errors", "last_success", "next"}, empty: "No brands."}
	for _, s := range list {
		last := ledger.Summary{}
		if s.Last != nil {
			last = *s.Last
		}
		var exit, held, errors any = "", "", "" // of no run, and of one that is under way, nobody knows
		if s.Last != nil && !last.Ended.IsZero() {
			exit, held, errors = last.Exit, last.Held, last.Exceptions[check.Error]
		}
		t.add(statusTone(s.Status), s.Brand, s.Status, last.Command, moment(last.Started), exit, held, errors, moment(s.Success), s.Next)
	}
	return t.write(h.w, h.options)
}

// Brand writes the summary of a brand.
func (j *JSON) Brand(b Brand) error {
	b.Summary = whole(b.Summary)
	return j.encoder.Encode(b)
}

// Folder writes the last line.
func (j *JSON) Folder(f Folder) error {
	f.Type = "folder"
	return j.encoder.Encode(f)
}

// Standings writes how brands stand.
func (j *JSON) Standings(list []Standing) error {
	for _, s := range list {
		s.Type = cmp.Or(s.Type, "brand")
		if s.Last != nil {
			last := whole(*s.Last)
			s.Last = &last
		}
		if err := j.encoder.Encode(s); err != nil {
			return err
		}
	}
	return nil
}

// Takes says how long the requests of a plan take to send, for people; nothing where that is no time.
func (h *Human) Takes(requests int, pace Pace) error {
	sentence := pace.sentence(requests)
	if sentence == "" {
		return nil
	}
	label := "sending this takes "
	if !h.options.TTY {
		label = "sending\t"
	}
	_, err := io.WriteString(h.w, label+sentence+"\n")
	return err
}
