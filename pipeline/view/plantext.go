package view

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"fairesync/pipeline/plan"
)

// planText shows a plan, one block per product in the plan's order:
//
//	~ TP-200  Summit Tent  p_abc
//	    ~ price TP-200-S: changed in the source
//	        price[USA].wholesale  12.50 → 13.00
//	        held by PRICE_MOVE
//
// A sign says what happens: + create, ~ update, - delete, ! held (nothing is sent).
func planText(document plan.Plan, limit int, options Options) string {
	p := planWriter{options: options}
	products, left := 0, 0
	for start := 0; start < len(document.Changes); {
		end := start + 1
		for end < len(document.Changes) && document.Changes[end].Key == document.Changes[start].Key {
			end++
		}
		if limit > 0 && products >= limit {
			left++
		} else {
			p.product(document.Changes[start:end])
			products++
		}
		start = end
	}
	if left > 0 {
		p.line(0, plain, "… and %s; all of them are in plan.json and in the workbook", count(left, "more product"))
		p.line(0, plain, "")
	}
	p.totals(document)
	return p.out.String()
}

type planWriter struct {
	out     strings.Builder
	options Options
}

// line writes one line, cut to the terminal.
func (p *planWriter) line(indent int, shade tone, format string, args ...any) {
	width := 0
	if p.options.TTY {
		width = p.options.Width
	}
	// A plan file is foreign input: whatever its fields hold, a line stays a line.
	line := cut(strings.Repeat(" ", indent)+strip(fmt.Sprintf(format, args...)), width)
	p.out.WriteString(paint(p.options, shade, line))
	p.out.WriteByte('\n')
}

func (p *planWriter) product(changes []plan.Change) {
	first := changes[0]
	sign, shade := "!", warn
	for _, change := range changes {
		if change.Held() {
			continue
		}
		sign, shade = signOf(change)
		if change.Kind != plan.KindProduct {
			sign, shade = "~", plain
		}
		if sign == "+" {
			break
		}
	}
	style := first.Style
	if style == "" {
		style = first.Key
	}
	title := clean(style)
	for _, part := range []string{first.Name, first.ProductID} {
		if part != "" {
			title += "  " + clean(part)
		}
	}
	p.line(0, bolder(shade), "%s %s", sign, title)
	for _, change := range changes {
		p.change(change)
	}
	p.line(0, plain, "")
}

// bolder lets the line of a product stand out where it has no colour of its own.
func bolder(shade tone) tone {
	if shade == plain {
		return strong
	}
	return shade
}

func signOf(change plan.Change) (string, tone) {
	switch {
	case change.Held():
		return "!", warn
	case change.Action == plan.Create:
		return "+", good
	case change.Action == plan.Delete:
		return "-", bad
	case change.Action == plan.Update:
		return "~", plain
	}
	return " ", faint
}

func (p *planWriter) change(change plan.Change) {
	sign, shade := signOf(change)
	subject := strings.ReplaceAll(string(change.Kind), "_", " ")
	if change.SKU != "" {
		subject += " " + clean(change.SKU)
	}
	p.line(4, shade, "%s %s: %s", sign, subject, change.Reason.Words())
	width := 0
	for _, field := range change.Fields {
		width = max(width, len(field.Name))
	}
	for _, field := range change.Fields {
		p.field(field, min(width, 32))
	}
	if change.Held() {
		p.line(8, shade, "held by %s", strings.Join(change.HeldBy, ", "))
	}
}

// field shows a value on one line, or, where it has several, the lines that go and come.
func (p *planWriter) field(field plan.Field, width int) {
	if !strings.Contains(field.Before, "\n") && !strings.Contains(field.After, "\n") {
		p.line(8, plain, "%-*s  %s → %s", width, clean(field.Name), quoted(field.Before), quoted(field.After))
		return
	}
	p.line(8, plain, "%s", clean(field.Name))
	before, after := strings.Split(field.Before, "\n"), strings.Split(field.After, "\n")
	gone, come := without(before, after), without(after, before)
	for _, line := range gone {
		p.line(10, bad, "- %s", clean(line))
	}
	for _, line := range come {
		p.line(10, good, "+ %s", clean(line))
	}
	if len(gone)+len(come) == 0 {
		p.line(10, plain, "same lines in another order")
	}
}

// quoted shows an empty value as (blank), so that a line never ends in an arrow.
func quoted(value string) string {
	if value == "" {
		return "(blank)"
	}
	return clean(value)
}

// without returns the lines of list that are not in other, blank ones left out; a line that comes twice needs two there.
func without(list, other []string) []string {
	have := map[string]int{}
	for _, line := range other {
		have[line]++
	}
	var rest []string
	for _, line := range list {
		if have[line] > 0 {
			have[line]--
		} else if strings.TrimSpace(line) != "" {
			rest = append(rest, line)
		}
	}
	return rest
}

// totals ends the plan: what would be sent, what is held and by which code.
func (p *planWriter) totals(document plan.Plan) {
	s := document.Summary
	byAction := map[plan.Action]int{}
	for _, actions := range s.Changes {
		for action, n := range actions {
			byAction[action] += n
		}
	}
	if len(document.Changes) == 0 {
		p.line(0, strong, "No changes: Faire holds what it ought to hold.")
		return
	}
	p.line(0, strong, "Plan: %s to create, %s to update, %s to delete, in %s.", number(int64(byAction[plan.Create])),
		number(int64(byAction[plan.Update])), number(int64(byAction[plan.Delete])), count(s.Requests, "request"))
	if len(s.Held) > 0 {
		var parts []string
		for _, code := range slices.Sorted(maps.Keys(s.Held)) {
			parts = append(parts, fmt.Sprintf("%s %s", code, number(int64(s.Held[code]))))
		}
		p.line(0, warn, "Held, not sent: %s.", strings.Join(parts, ", "))
	}
	a := s.Accounting
	p.line(0, plain, "Rows: %s read = %s unchanged + %s planned + %s held + %s ignored.", number(a.SourceRows),
		number(a.Unchanged), number(a.Planned), number(a.Held), number(a.Ignored))
}
