package view

import (
	"encoding/json"
	"io"
	"time"

	"fairesync/pipeline/check"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/plan"
)

// JSON writes one object per line. The field type says what it is: change, exception, summary, plan, status, explanation, difference,
// brand, folder, alias, alias_import, question, code, answer, review, decision or error. Fields are added over time, never renamed or removed.
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

// Saved writes every change, then the plan without them.
func (j *JSON) Saved(document plan.Plan, limit int) error {
	if err := j.Plan(document, limit); err != nil {
		return err
	}
	return j.encoder.Encode(struct {
		Type      string       `json:"type"`
		Version   int          `json:"version"`
		Run       string       `json:"run"`
		Created   time.Time    `json:"created"`
		Brand     string       `json:"brand"`
		BrandID   string       `json:"brand_id"`
		Policy    string       `json:"policy"`
		Complete  bool         `json:"complete"`
		Applyable bool         `json:"applyable"`
		Summary   plan.Summary `json:"summary"`
		Digest    string       `json:"digest"`
	}{"plan", document.Version, document.Run, document.Created, document.Brand, document.BrandID, document.Policy, document.Complete,
		document.Applyable, document.Summary, document.Digest})
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

// Difference writes every exception of either run and every change that differs, then what the runs have in numbers.
func (j *JSON) Difference(d ledger.Difference, _ int) error {
	counts := map[string]int{ledger.Appeared: 0, ledger.Resolved: 0, ledger.Moved: 0, ledger.Still: 0}
	for _, e := range d.Exceptions {
		counts[e.What]++
		line := struct {
			Type string `json:"type"`
			What string `json:"what"`
			check.Exception
		}{"exception", e.What, e.Exception}
		if err := j.encoder.Encode(line); err != nil {
			return err
		}
	}
	for _, c := range d.Changes {
		line := struct {
			Type      string   `json:"type"`
			Before    string   `json:"before"`
			After     string   `json:"after"`
			WasHeldBy []string `json:"was_held_by,omitempty"`
			plan.Change
		}{"change", c.Before, c.After, c.WasHeldBy, c.Change}
		if err := j.encoder.Encode(line); err != nil {
			return err
		}
	}
	settings := d.Settings
	if settings == nil {
		settings = []ledger.SettingDifference{}
	}
	return j.encoder.Encode(struct {
		Type       string                     `json:"type"`
		Before     ledger.Summary             `json:"before"`
		After      ledger.Summary             `json:"after"`
		Settings   []ledger.SettingDifference `json:"settings"`
		Compared   bool                       `json:"settings_compared"`
		Exceptions map[string]int             `json:"exceptions"`
		Changes    map[string]int             `json:"changes"`
	}{"difference", whole(d.Before), whole(d.After), settings, d.Compared, counts, map[string]int{"differ": len(d.Changes), "same": d.SameChanges}})
}

// Explain writes what the record tells of SKUs, one object per SKU.
func (j *JSON) Explain(list []Explanation, _ int) error {
	for _, e := range list {
		line := struct {
			Type string `json:"type"`
			Explanation
		}{"explanation", e}
		if err := j.encoder.Encode(line); err != nil {
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
