package view

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"fairesync/pipeline/check"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/plan"
)

// Human shows tables to a person, or tab-separated lines to a pipe.
type Human struct {
	w         io.Writer
	options   Options
	brands    *table   // of a folder, so far
	workbooks []string // theirs
}

var _ View = (*Human)(nil)

// NewHuman makes a view for people that writes to w.
func NewHuman(w io.Writer, options Options) *Human { return &Human{w: w, options: options} }

// Exceptions shows findings, one per row.
func (h *Human) Exceptions(list []check.Exception, limit int) error {
	t := table{headers: []string{"severity", "code", "sku", "style", "field", "found", "wanted", "where"}, empty: "No exceptions."}
	if h.options.TTY { // a style matters where there is no SKU
		t.headers = slices.Delete(t.headers, 3, 4)
	}
	shown := list
	if limit > 0 && len(list) > limit {
		shown = list[:limit]
	}
	for _, e := range shown {
		if h.options.TTY {
			t.add(severityTone(e.Severity), string(e.Severity), e.Code, cmp.Or(e.SKU, e.Style), e.Field, e.Found, e.Wanted, place(e))
			continue
		}
		t.add(severityTone(e.Severity), string(e.Severity), e.Code, e.SKU, e.Style, e.Field, e.Found, e.Wanted, place(e))
	}
	if err := t.write(h.w, h.options); err != nil {
		return err
	}
	return h.more(len(list)-len(shown), "exception")
}

// more says how many were not shown.
func (h *Human) more(n int, noun string) error {
	if n <= 0 {
		return nil
	}
	_, err := fmt.Fprintf(h.w, "… and %s; all of them are in the workbook\n", count(n, "more "+noun))
	return err
}

// place says where a finding is: file and row, or Faire's id.
func place(e check.Exception) string {
	where := cmp.Or(e.File, e.FaireID, e.Source)
	if e.Row > 0 {
		where += fmt.Sprintf(" row %d", e.Row)
	}
	if e.Column != "" {
		where += " column " + e.Column
	}
	return where
}

func severityTone(severity check.Severity) tone {
	switch severity {
	case check.Error:
		return bad
	case check.Warning:
		return warn
	}
	return faint
}

// topCodes is how many codes Outcome lists.
const topCodes = 10

// Outcome shows what was read, what became of it, what was sent and held, the commonest exceptions, and where to read on.
func (h *Human) Outcome(s ledger.Summary, list []check.Exception) error {
	t := table{headers: []string{"what", "item", "count"}}
	if h.options.TTY {
		head := fmt.Sprintf("%s %s · brand %s · ", cmp.Or(s.Command, "run"), s.Run, s.Brand)
		if took := s.Ended.Sub(s.Started); took > 0 {
			head += duration(took) + " · "
		}
		head = paint(h.options, strong, clean(head+statusWords(s.Status)))
		if _, err := fmt.Fprintf(h.w, "%s\n\n", head); err != nil {
			return err
		}
	} else {
		t.add(plain, "run", s.Run, s.Status)
	}
	last := ""
	add := func(shade tone, what, item string, n int64) {
		label := what
		if h.options.TTY && what == last {
			label = ""
		}
		last = what
		t.add(shade, label, item, n)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Sources)) {
		add(plain, "read", name, s.Sources[name])
	}
	unchanged := "unchanged"
	if s.Command == "check" { // nothing was compared with Faire
		unchanged = "sound"
	}
	add(plain, "source rows", unchanged, s.Unchanged)
	add(plain, "source rows", "planned", s.Planned)
	add(plain, "source rows", "held", s.Held)
	add(plain, "source rows", "ignored", s.Ignored)
	add(plain, "source rows", "all", s.SourceRows)
	for _, kind := range slices.Sorted(maps.Keys(s.Changes)) {
		for _, action := range slices.Sorted(maps.Keys(s.Changes[kind])) {
			add(good, "changes", fmt.Sprintf("%s %s", action, kind), int64(s.Changes[kind][action]))
		}
	}
	for _, code := range slices.Sorted(maps.Keys(s.HeldBy)) {
		add(warn, "held changes", code, int64(s.HeldBy[code]))
	}
	add(plain, "requests", "planned", int64(s.Requests.Planned))
	add(plain, "requests", "sent", int64(s.Requests.Sent))
	add(plain, "requests", "ok", int64(s.Requests.OK))
	add(toneIf(bad, s.Requests.Refused > 0), "requests", "refused", int64(s.Requests.Refused))
	if s.Requests.CarriedOver > 0 {
		add(warn, "requests", "carried over", int64(s.Requests.CarriedOver))
	}
	for _, severity := range []check.Severity{check.Error, check.Warning, check.Info} {
		add(toneIf(severityTone(severity), s.Exceptions[severity] > 0), "exceptions", string(severity), int64(s.Exceptions[severity]))
	}
	for _, c := range countCodes(list, topCodes) {
		add(severityTone(c.severity), "commonest", c.code, int64(c.n))
	}
	if err := t.write(h.w, h.options); err != nil {
		return err
	}
	return h.paths(s)
}

// paths ends the outcome with the files to read on in, and the error if there was one.
func (h *Human) paths(s ledger.Summary) error {
	var out strings.Builder
	separator := ": "
	if h.options.TTY {
		out.WriteByte('\n')
	} else {
		separator = "\t"
	}
	for _, file := range []struct{ label, path string }{{"plan", s.Plan}, {"workbook", s.Workbook}} {
		if file.path != "" {
			out.WriteString(file.label + separator + clean(file.path) + "\n")
		}
	}
	if out.Len() <= 1 {
		return nil
	}
	_, err := io.WriteString(h.w, out.String())
	return err
}

func toneIf(shade tone, condition bool) tone {
	if condition {
		return shade
	}
	return plain
}

// statusWords says a run's status as part of a sentence.
func statusWords(status string) string {
	switch status {
	case "off":
		return "switched off, nobody was called"
	case "held":
		return "done, a ceiling or guard held something"
	case "partly":
		return "partly applied"
	case "planned":
		return "planned, nothing was sent"
	case "carried_over":
		return "done as far as the budget goes, the rest goes with the next run"
	}
	return status
}

// duration writes a time span with as much precision as people want.
func duration(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d < time.Minute:
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

type codeCount struct {
	code     string
	severity check.Severity
	n        int
}

// countCodes counts findings by code: errors first, then the commonest.
func countCodes(list []check.Exception, limit int) []codeCount {
	at := map[string]int{}
	var counts []codeCount
	for _, e := range list {
		i, ok := at[e.Code]
		if !ok {
			i = len(counts)
			at[e.Code] = i
			counts = append(counts, codeCount{code: e.Code, severity: e.Severity})
		}
		counts[i].n++
	}
	rank := map[check.Severity]int{check.Error: 0, check.Warning: 1, check.Info: 2}
	slices.SortFunc(counts, func(a, b codeCount) int {
		return cmp.Or(rank[a.severity]-rank[b.severity], b.n-a.n, strings.Compare(a.code, b.code))
	})
	return counts[:min(limit, len(counts))]
}

// Status shows SKUs: whether they are on Faire, what the last run made of them and why.
func (h *Human) Status(rows []ledger.StatusRow) error {
	t := table{headers: []string{"sku", "style", "name", "on_faire", "lifecycle", "state", "why", "last_changed", "last_checked"}, empty: "No SKUs."}
	if h.options.TTY { // as much as there is room for; explain has the rest
		t.headers = []string{"sku", "name", "on_faire", "state", "why", "changed"}
	}
	for _, row := range rows {
		on, shade := "no", plain
		if row.OnFaire {
			on = "yes"
		}
		switch row.State {
		case "held":
			shade = bad
		case "planned":
			shade = good
		case "ignored":
			shade = faint
		}
		if h.options.TTY {
			if row.OnFaire {
				on = cmp.Or(row.Lifecycle, on)
			}
			t.add(shade, row.SKU, row.Name, on, row.State, row.Why, moment(row.LastChanged))
			continue
		}
		t.add(shade, row.SKU, row.Style, row.Name, on, row.Lifecycle, row.State, row.Why, moment(row.LastChanged), moment(row.LastChecked))
	}
	return t.write(h.w, h.options)
}

// moment writes a time in UTC; never is blank.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04Z")
}

// History shows runs, in the order given. One that is under way has the status running, one that left no word died.
func (h *Human) History(runs []ledger.Summary) error {
	t := table{headers: []string{"run", "command", "status", "rows", "changes", "sent", "held", "errors", "took"}, empty: "No runs yet."}
	if !h.options.TTY {
		t.headers = []string{"run", "command", "status", "rows", "planned", "held", "sent", "refused", "errors", "took", "started", "changes", "warnings"}
	}
	for _, s := range runs {
		shade := plain
		switch s.Status {
		case "done", "planned":
			shade = good
		case "held", "partly", "carried_over":
			shade = warn
		case "failed", "refused", "interrupted", ledger.StatusDied:
			shade = bad
		}
		took, changes := "", 0
		if s.Ended.After(s.Started) && s.Status != ledger.StatusDied { // when it died, nobody knows
			took = duration(s.Ended.Sub(s.Started))
		}
		for _, actions := range s.Changes {
			for _, n := range actions {
				changes += n
			}
		}
		if h.options.TTY {
			t.add(shade, s.Run, s.Command, s.Status, s.SourceRows, changes, s.Requests.Sent, s.Held, s.Exceptions[check.Error], took)
			continue
		}
		t.add(shade, s.Run, s.Command, s.Status, s.SourceRows, s.Planned, s.Held, s.Requests.Sent, s.Requests.Refused, s.Exceptions[check.Error],
			took, moment(s.Started), changes, s.Exceptions[check.Warning])
	}
	return t.write(h.w, h.options)
}

// Codes shows the register.
func (h *Human) Codes(codes []check.Code) error {
	t := table{headers: []string{"code", "severity", "holds", "title", "hint"}, empty: "No codes."}
	for _, code := range codes {
		t.add(severityTone(code.Severity), code.Name, string(code.Severity), string(code.Holds), code.Title, code.Hint)
	}
	return t.write(h.w, h.options)
}

// Plan shows a plan in the manner of Terraform; see planText.
func (h *Human) Plan(document plan.Plan, limit int) error {
	_, err := io.WriteString(h.w, planText(document, limit, h.options))
	return err
}

// Saved shows a plan below a line that says where it comes from.
func (h *Human) Saved(document plan.Plan, limit int) error {
	p := planWriter{options: h.options}
	line := "Plan for brand " + clean(document.Brand)
	if document.BrandID != "" {
		line += " (" + clean(document.BrandID) + ")"
	}
	if made := moment(document.Created); made != "" {
		line += ", made " + made
	}
	p.wrapped(0, strong, "", line+" by run "+clean(document.Run))
	p.line(0, plain, "")
	if _, err := io.WriteString(h.w, p.out.String()); err != nil {
		return err
	}
	return h.Plan(document, limit)
}
