package view

import (
	"cmp"
	"fmt"

	"fairesync/pipeline/review"
)

// AliasImport ends the rows of an alias file: how many there were, and what became of them.
type AliasImport struct {
	Type     string                 `json:"type"` // alias_import
	File     string                 `json:"file"`
	Rows     int                    `json:"rows"`
	Removed  bool                   `json:"remove,omitempty"`  // the rows name aliases to withdraw
	DryRun   bool                   `json:"dry_run,omitempty"` // nothing was changed
	Verdicts map[review.Verdict]int `json:"verdicts"`
}

// Refused is how many rows were not taken and say nothing that is in force.
func (i AliasImport) Refused() int {
	return i.Rows - i.Verdicts[review.Accepted] - i.Verdicts[review.Known] - i.Verdicts[review.Duplicate]
}

// AliasImport shows how many rows were taken, and row by row those that were not, with the reason.
func (h *Human) AliasImport(list []review.Judged, summary AliasImport) error {
	t := table{headers: []string{"row", "alias_value", "wms_sku", "verdict", "why"}, empty: "Every row was taken."}
	for _, j := range list {
		switch j.Verdict {
		case review.Accepted, review.Known:
			continue
		case review.Duplicate:
			t.add(faint, j.Answer.Row, j.Answer.Value, j.Subject, string(j.Verdict), j.Why)
		default:
			t.add(bad, j.Answer.Row, j.Answer.Value, j.Subject, string(j.Verdict), j.Why)
		}
	}
	done := "accepted"
	switch {
	case summary.DryRun && summary.Removed:
		done = "would be withdrawn"
	case summary.Removed:
		done = "withdrawn"
	case summary.DryRun:
		done = "would be accepted"
	}
	_, err := fmt.Fprintf(h.w, "%s: %d rows, %d %s, %d known, %d not taken\n", clean(summary.File), summary.Rows, summary.Verdicts[review.Accepted], done,
		summary.Verdicts[review.Known], summary.Rows-summary.Verdicts[review.Accepted]-summary.Verdicts[review.Known])
	if err != nil || len(t.rows) == 0 {
		return err
	}
	return t.write(h.w, h.options)
}

// AliasImport writes every row, then the summary.
func (j *JSON) AliasImport(list []review.Judged, summary AliasImport) error {
	for _, judged := range list {
		line := struct {
			Type    string         `json:"type"`
			Row     int            `json:"row"`
			Value   string         `json:"alias_value"`
			SKU     string         `json:"wms_sku"`
			Verdict review.Verdict `json:"verdict"`
			Why     string         `json:"why,omitempty"`
		}{"alias", judged.Answer.Row, judged.Answer.Value, judged.Subject, judged.Verdict, judged.Why}
		if err := j.encoder.Encode(line); err != nil {
			return err
		}
	}
	summary.Type = "alias_import"
	return j.encoder.Encode(summary)
}

// AliasQuestions shows what is asked about aliases, one line per candidate, the best first. Human shows at most limit questions.
func (h *Human) AliasQuestions(list []review.Question, limit int) error {
	t := table{headers: []string{"asked", "sku", "name", "options", "candidate", "candidate_is", "score", "reason"}, empty: "No questions about aliases."}
	shown := list
	if limit > 0 && len(shown) > limit {
		shown = shown[:limit]
	}
	for _, q := range shown {
		about := "on Faire"
		if q.Key == "sku:"+q.SKU {
			about = "in the WMS"
		}
		if len(q.Suggestions) == 0 {
			t.add(faint, about, q.SKU, q.Name, q.Field, "", "", "", cmp.Or(q.Code, "nothing is near it"))
		}
		for i, s := range q.Suggestions {
			if i > 0 && h.options.TTY {
				t.add(plain, "", "", "", "", s.Value, s.Label, s.Score, s.Reason)
				continue
			}
			t.add(plain, about, q.SKU, q.Name, q.Field, s.Value, s.Label, s.Score, s.Reason)
		}
	}
	if err := t.write(h.w, h.options); err != nil {
		return err
	}
	if more := len(list) - len(shown); more > 0 {
		_, err := fmt.Fprintf(h.w, "… and %d more questions\n", more)
		return err
	}
	return nil
}

// AliasQuestions writes every question.
func (j *JSON) AliasQuestions(list []review.Question, _ int) error {
	for _, q := range list {
		line := struct {
			Type string `json:"type"`
			review.Question
		}{"question", q}
		if err := j.encoder.Encode(line); err != nil {
			return err
		}
	}
	return nil
}
