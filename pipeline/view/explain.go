package view

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"fairesync/pipeline/check"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/load"
	"fairesync/pipeline/plan"
	"fairesync/pipeline/review"
)

// Explanation is what the record tells of one SKU.
type Explanation struct {
	Status     ledger.StatusRow  `json:"status"`
	Codes      []ExplainedCode   `json:"codes"`         // why it is held or ignored
	Run        string            `json:"run,omitempty"` // the last one that compared with Faire; its are exceptions and plan
	Command    string            `json:"command,omitempty"`
	Lineage    []ledger.Step     `json:"lineage,omitempty"` // how its row came to be what is wanted; nil: the run is not computed again
	Decisions  []review.Decision `json:"decisions,omitempty"`
	Exceptions []check.Exception `json:"exceptions"`
	Plan       Part              `json:"plan"`
	History    []Part            `json:"history"` // runs that sent something about it, newest first
}

// ExplainedCode is a code with what the register says of it.
type ExplainedCode struct {
	Code  string `json:"code"`
	Title string `json:"title"`
	Hint  string `json:"hint"`
}

// Part is the part of a run's plan that concerns a SKU, with what Faire answered.
type Part struct {
	Run      string        `json:"run"`
	Started  time.Time     `json:"started,omitzero"`
	Changes  []plan.Change `json:"changes"`
	Requests []Answer      `json:"requests"` // in sending order
}

// Answer is a request that carries a change, and what became of it.
type Answer struct {
	Request   string         `json:"request"`
	Operation plan.Operation `json:"operation"`
	Changes   []string       `json:"changes"`          // ids of those it carries, of the SKU
	Status    load.Status    `json:"status,omitempty"` // blank: it was not sent
	Code      string         `json:"code,omitempty"`
	Message   string         `json:"message,omitempty"` // Faire's own words
	Tries     int            `json:"tries,omitempty"`
}

// explain says what an explanation has, a screen at most where that is possible.
func (h *Human) explain(e Explanation) string {
	p := planWriter{options: h.options}
	s := e.Status
	title := clean(s.SKU)
	if s.Name != "" {
		title += "  " + clean(s.Name)
	}
	p.line(0, strong, "%s", title)
	p.standing(e)
	p.lineage(e)
	p.decided(e)
	p.found(e)
	if len(e.Plan.Changes) > 0 {
		p.line(0, plain, "")
		p.line(0, strong, "Changes of its plan")
		p.part(e.Plan)
	}
	if len(e.History) > 0 {
		p.line(0, plain, "")
		p.line(0, strong, "Sent before, newest first")
		for _, part := range e.History {
			p.line(2, plain, "%s  %s", part.Run, moment(part.Started))
			p.part(part)
		}
	}
	return p.out.String()
}

// standing says whether the SKU is on Faire, what became of its row, and why.
func (p *planWriter) standing(e Explanation) {
	s := e.Status
	on := "no"
	if s.OnFaire {
		on = "yes"
	}
	for _, part := range []struct{ label, value string }{{"", s.Lifecycle}, {"product ", s.ProductID}, {"variant ", s.VariantID}} {
		if part.value != "" {
			on += ", " + part.label + part.value
		}
	}
	shade := plain
	if s.State == "held" {
		shade = bad
	}
	p.wrapped(2, plain, "style     ", s.Style)
	p.wrapped(2, plain, "on Faire  ", on)
	p.wrapped(2, shade, "state     ", s.State)
	p.wrapped(2, plain, "changed   ", moment(s.LastChanged))
	p.wrapped(2, plain, "checked   ", moment(s.LastChecked))
	for _, code := range e.Codes {
		p.wrapped(2, shade, "why       ", code.Code+after(": ", code.Title))
		p.wrapped(12, faint, "", code.Hint)
	}
}

// found shows the exceptions.
func (p *planWriter) found(e Explanation) {
	if len(e.Exceptions) == 0 {
		return
	}
	p.line(0, plain, "")
	p.line(0, strong, "Exceptions of %s (%s)", e.Run, e.Command)
	for _, x := range e.Exceptions {
		p.line(2, severityTone(x.Severity), "%s %s%s%s", x.Severity, x.Code, after(": ", titleOf(x.Code)), after(", ", x.Field))
		p.wrapped(6, plain, "found     ", x.Found)
		p.wrapped(6, plain, "wanted    ", x.Wanted)
		p.wrapped(6, plain, "proposal  ", x.Proposal)
		p.wrapped(6, plain, "where     ", place(x))
		p.wrapped(6, plain, "stands    ", life(x))
	}
}

// life says in words since when an exception is known, who looks after it and until when it is waived.
func life(x check.Exception) string {
	h := x.History
	if h == nil || h.Status == check.New && h.Owner == "" {
		return ""
	}
	day, _, _ := strings.Cut(h.FirstTime, "T")
	parts := []string{fmt.Sprintf("%s, seen by %s since %s", h.Status, count(int(h.Runs), "run"), day)}
	if h.Status == check.Waived {
		parts = append(parts, "until "+h.WaivedUntil+" "+h.WaivedBy)
	}
	if h.Owner != "" {
		parts = append(parts, "looked after by "+h.Owner)
	}
	return strings.Join(parts, "; ")
}

// lineage shows the way of the source row, and how many rules had nothing to say.
func (p *planWriter) lineage(e Explanation) {
	if len(e.Lineage) == 0 {
		return
	}
	p.line(0, plain, "")
	p.line(0, strong, "How %s made it", e.Run)
	width := 0
	for _, step := range e.Lineage {
		width = max(width, len(step.Name))
	}
	for _, step := range e.Lineage {
		text := step.Text
		if step.Name == "delivered" {
			text = delivered(text)
		}
		p.wrapped(2, plain, fmt.Sprintf("%-*s  ", width, step.Name), text)
	}
	said := map[string]bool{}
	for _, x := range e.Exceptions {
		said[x.Code] = true
	}
	verdict := fmt.Sprintf("all %d have nothing to say", len(check.Codes()))
	if len(said) > 0 {
		names := slices.Sorted(maps.Keys(said))
		verdict = fmt.Sprintf("%s; the other %d have nothing to say", strings.Join(names, ", "), len(check.Codes())-len(names))
	}
	p.wrapped(2, plain, fmt.Sprintf("%-*s  ", width, "rules"), verdict)
}

// notShown are values of a delivered row that other lines tell, or that are no one's but ours.
var notShown = []string{"item_id", "source", "file", "row", "kind", "problem", "sku_id", "sku_column", "sku_choice", "name_choice", "filtered", "description", "images", "product_images"}

// delivered shows the values of a row that are there, long ones left out.
func delivered(row string) string {
	var values map[string]any
	if err := json.Unmarshal([]byte(row), &values); err != nil {
		return row
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if text, ok := values[name].(string); ok && text != "" && !slices.Contains(notShown, name) {
			parts = append(parts, fmt.Sprintf("%s %q", name, text))
		}
	}
	return strings.Join(parts, ", ")
}

// decided shows the decisions that concern the SKU.
func (p *planWriter) decided(e Explanation) {
	if len(e.Decisions) == 0 {
		return
	}
	p.line(0, plain, "")
	p.line(0, strong, "Decisions in force")
	for _, d := range e.Decisions {
		p.wrapped(2, plain, "", fmt.Sprintf("%s: %s%s, %s%s", d.Kind, strings.TrimSpace(string(d.Action)+" "+d.Value), after(" of ", d.Field), d.Words(), after("; ", d.Note)))
	}
}

// part shows changes and what became of the requests that carried them.
func (p *planWriter) part(part Part) {
	for _, change := range part.Changes {
		p.change(change)
	}
	for _, a := range part.Requests {
		shade, status := plain, words(string(a.Status))
		switch a.Status {
		case load.Applied:
			shade = good
		case load.Refused, load.Unknown:
			shade = bad
		case "":
			status = "not sent"
		}
		if a.Tries > 1 {
			status += fmt.Sprintf(" after %d tries", a.Tries)
		}
		p.wrapped(4, shade, "", fmt.Sprintf("request %s, %s: %s%s", a.Request, words(string(a.Operation)), status, after("; ", strings.TrimSpace(a.Code+" "+a.Message))))
	}
}

// after puts a text behind a separator; nothing if there is none.
func after(separator, text string) string {
	if text == "" {
		return ""
	}
	return separator + text
}

// wrapped writes a label and text on as many lines as the terminal needs; text goes on below its own beginning, or a little further in
// where it has no label. Blank text is left out.
func (p *planWriter) wrapped(indent int, shade tone, label, text string) {
	if text = clean(text); text == "" {
		return
	}
	further := max(len(label), 2)
	if room := p.options.Width - indent - further; p.options.TTY && room > 20 {
		text = ansi.Wrap(text, room, "")
	}
	for i, line := range strings.Split(text, "\n") {
		if i == 1 {
			label = strings.Repeat(" ", further)
		}
		p.line(indent, shade, "%s%s", label, strings.TrimSpace(line))
	}
}

// Explain shows what the record tells of SKUs, a blank line between two.
func (h *Human) Explain(list []Explanation, limit int) error {
	shown := list
	if limit > 0 && len(list) > limit {
		shown = list[:limit]
	}
	var out strings.Builder
	for i, e := range shown {
		if i > 0 {
			out.WriteByte('\n')
		}
		out.WriteString(h.explain(e))
	}
	if left := len(list) - len(shown); left > 0 {
		fmt.Fprintf(&out, "\n… and %s; fairesync status lists them\n", count(left, "more SKU"))
	}
	_, err := io.WriteString(h.w, out.String())
	return err
}
