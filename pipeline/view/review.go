package view

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"fairesync/pipeline/review"
)

// Reviews is what the review commands show.
type Reviews interface {
	// Review shows what became of answers. Human shows at most limit of those that were not taken (0: all), JSON every answer.
	Review(r Review, limit int) error
	// Decisions shows decisions. Human shows at most limit of them (0: all).
	Decisions(list []review.Decision, limit int) error
}

// Review is what became of the answers of a workbook, or of the lines of a CSV.
type Review struct {
	File    string
	Run     string // whose workbook it is; blank of a CSV
	Newest  string // run it was held against
	DryRun  bool
	Notices []string // about the file as a whole
	Judged  []review.Judged
}

// laid counts the decisions.
func (r Review) laid() int { return len(review.Laid(r.Judged)) }

// Review shows the counts by verdict, then the answers that were not taken with what to do, then what was odd about others.
func (h *Human) Review(r Review, limit int) error {
	counts := table{headers: []string{"verdict", "answers"}}
	by := review.Count(r.Judged)
	for _, verdict := range review.Verdicts {
		counts.add(toneIf(verdictTone(verdict), by[verdict] > 0), string(verdict), by[verdict])
	}
	counts.add(plain, "all", len(r.Judged))
	if err := counts.write(h.w, h.options); err != nil {
		return err
	}
	left := table{headers: []string{"verdict", "sheet", "row", "subject", "why"}}
	more := 0
	for _, j := range r.Judged {
		switch {
		case !j.Verdict.Refused() && j.Verdict != review.Duplicate:
		case limit > 0 && len(left.rows) == limit:
			more++
		default:
			left.add(verdictTone(j.Verdict), string(j.Verdict), j.Answer.Sheet, j.Answer.Row, j.Subject, j.Why)
		}
	}
	if len(left.rows) > 0 {
		if _, err := io.WriteString(h.w, "\n"); err != nil {
			return err
		}
		if err := left.write(h.w, h.options); err != nil {
			return err
		}
	}
	return h.afterReview(r, more)
}

// afterReview says what is not in the tables.
func (h *Human) afterReview(r Review, more int) error {
	var out strings.Builder
	if more > 0 {
		fmt.Fprintf(&out, "… and %s that %s not taken; --report OUT.xlsx or --json has all of them\n", count(more, "more answer"), are(more))
	}
	notices := r.Notices
	for _, j := range r.Judged {
		if why := j.Why; j.Verdict == review.Accepted && why != "" {
			notices = append(notices, fmt.Sprintf("%s row %d: %s", j.Answer.Sheet, j.Answer.Row, why))
		}
		for _, notice := range j.Answer.Notices {
			notices = append(notices, fmt.Sprintf("%s row %d: %s", j.Answer.Sheet, j.Answer.Row, notice))
		}
	}
	const most = 20
	for i, notice := range notices {
		if i == most && h.options.TTY {
			fmt.Fprintf(&out, "… and %s; --json has all of them\n", count(len(notices)-most, "more notice"))
			break
		}
		out.WriteString(paint(h.options, warn, "notice:") + " " + clean(notice) + "\n")
	}
	n := r.laid()
	switch {
	case r.DryRun:
		fmt.Fprintf(&out, "nothing was laid down (--dry-run); it would be %s\n", count(n, "decision"))
	case n > 0:
		fmt.Fprintf(&out, "laid down %s; the next run obeys\n", count(n, "decision"))
	default:
		out.WriteString("laid down nothing\n")
	}
	_, err := io.WriteString(h.w, out.String())
	return err
}

func are(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

func verdictTone(verdict review.Verdict) tone {
	switch verdict {
	case review.Accepted:
		return good
	case review.Stale, review.Conflicting:
		return warn
	case review.Unknown, review.Invalid:
		return bad
	case review.Known, review.Duplicate:
	}
	return faint
}

// Decisions shows one per row.
func (h *Human) Decisions(list []review.Decision, limit int) error {
	t := table{headers: []string{"kind", "about", "field", "decision", "value", "day", "reviewer", "place", "note"}, empty: "No decisions."}
	shown := list
	if limit > 0 && len(list) > limit {
		shown = list[:limit]
	}
	for _, d := range shown {
		t.add(plain, string(d.Kind), cmp.Or(d.Subject, d.Key), d.Field, string(d.Action), d.Value, d.At.UTC().Format(time.DateOnly), d.Reviewer, d.Place, d.Note)
	}
	if err := t.write(h.w, h.options); err != nil {
		return err
	}
	if more := len(list) - len(shown); more > 0 {
		_, err := fmt.Fprintf(h.w, "… and %s; fairesync review export has all of them\n", count(more, "more decision"))
		return err
	}
	return nil
}

// Review writes every answer with its verdict, then one object that counts them.
func (j *JSON) Review(r Review, _ int) error {
	for _, one := range r.Judged {
		line := struct {
			Type string `json:"type"`
			review.Judged
		}{"answer", one}
		if err := j.encoder.Encode(line); err != nil {
			return err
		}
	}
	by := review.Count(r.Judged)
	verdicts := map[review.Verdict]int{}
	for _, verdict := range review.Verdicts {
		verdicts[verdict] = by[verdict]
	}
	notices := r.Notices
	if notices == nil {
		notices = []string{}
	}
	return j.encoder.Encode(struct {
		Type      string                 `json:"type"`
		File      string                 `json:"file"`
		Run       string                 `json:"run,omitempty"`
		Newest    string                 `json:"newest"`
		DryRun    bool                   `json:"dry_run"`
		Answers   int                    `json:"answers"`
		Verdicts  map[review.Verdict]int `json:"verdicts"`
		Decisions int                    `json:"decisions"`
		Notices   []string               `json:"notices"`
	}{"review", r.File, r.Run, r.Newest, r.DryRun, len(r.Judged), verdicts, r.laid(), notices})
}

// Decisions writes one object per decision, with its id.
func (j *JSON) Decisions(list []review.Decision, _ int) error {
	for _, d := range list {
		line := struct {
			Type string `json:"type"`
			ID   string `json:"id"`
			review.Decision
		}{"decision", d.ID(), d}
		if err := j.encoder.Encode(line); err != nil {
			return err
		}
	}
	return nil
}
