package view

import (
	"encoding/json"
	"io"

	"fairesync/pipeline/check"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/plan"
)

// JSON writes one object per line. The field type says what it is: change, exception, summary, status, code or error. Fields
// are added over time, never renamed or removed.
type JSON struct{ encoder *json.Encoder }

var _ View = (*JSON)(nil)

// NewJSON makes a view for programs that writes to w.
func NewJSON(w io.Writer) *JSON {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return &JSON{encoder: encoder}
}

// Plan writes every change of the plan.
func (j *JSON) Plan(document plan.Plan, _ int) error {
	for _, change := range document.Changes {
		line := struct {
			Type string `json:"type"`
			plan.Change
		}{"change", change}
		if err := j.encoder.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

// Exceptions writes every finding.
func (j *JSON) Exceptions(list []check.Exception, _ int) error {
	for _, exception := range list {
		line := struct {
			Type string `json:"type"`
			check.Exception
		}{"exception", exception}
		if err := j.encoder.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

// Outcome writes the summary.
func (j *JSON) Outcome(summary ledger.Summary, _ []check.Exception) error {
	return j.encoder.Encode(whole(summary))
}

// whole fills what a reader of a summary counts on: the type, all three severities, and objects where maps are nil.
func whole(s ledger.Summary) ledger.Summary {
	s.Type = "summary"
	exceptions := map[check.Severity]int{check.Error: 0, check.Warning: 0, check.Info: 0}
	for severity, n := range s.Exceptions {
		exceptions[severity] = n
	}
	s.Exceptions = exceptions
	if s.Changes == nil {
		s.Changes = map[plan.Kind]map[plan.Action]int{}
	}
	if s.HeldBy == nil {
		s.HeldBy = map[string]int{}
	}
	if s.Sources == nil {
		s.Sources = map[string]int64{}
	}
	if s.MS == nil {
		s.MS = map[string]int64{}
	}
	return s
}

// Status writes SKUs.
func (j *JSON) Status(rows []ledger.StatusRow) error {
	for _, row := range rows {
		line := struct {
			Type string `json:"type"`
			ledger.StatusRow
		}{"status", row}
		if err := j.encoder.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

// History writes the summaries of runs.
func (j *JSON) History(runs []ledger.Summary) error {
	for _, summary := range runs {
		if err := j.encoder.Encode(whole(summary)); err != nil {
			return err
		}
	}
	return nil
}

// Codes writes the register.
func (j *JSON) Codes(codes []check.Code) error {
	for _, code := range codes {
		line := struct {
			Type     string         `json:"type"`
			Code     string         `json:"code"`
			Severity check.Severity `json:"severity"`
			Holds    check.Holds    `json:"holds"`
			Title    string         `json:"title"`
			Hint     string         `json:"hint"`
			Page     string         `json:"page"`
		}{"code", code.Name, code.Severity, code.Holds, code.Title, code.Hint, Page(code.Name)}
		if err := j.encoder.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

// Error writes why a command failed.
func (j *JSON) Error(err error) error {
	line := struct {
		Type  string   `json:"type"`
		Error string   `json:"error"`
		Hints []string `json:"hints,omitempty"`
	}{"error", err.Error(), Hints(err)}
	return j.encoder.Encode(line)
}
