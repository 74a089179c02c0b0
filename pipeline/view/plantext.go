package view

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"fairesync/pipeline/plan"
)

// planText shows a plan, one block per product in the plan's order:
//
//	~ TP-200  Summit Tent  p_abc
//	    ~ price TP-200-S: changed in the source
//	        price[USA].wholesale  12.50 → 13.00 (+4.0 %)
//	        held by PRICE_MOVE
//
// A sign says what happens: + create, ~ update, - delete, ! held (nothing is sent).
func planText(document plan.Plan, limit int, options Options) string {
	p := planWriter{options: options}
	products := byProduct(document.Changes)
	shown := len(products)
	if limit > 0 {
		shown = min(limit, shown)
	}
	for _, changes := range products[:shown] {
		p.product(changes)
	}
	if left := len(products) - shown; left > 0 {
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
	line := cut(strings.TrimRight(strings.Repeat(" ", indent)+strip(fmt.Sprintf(format, args...)), " "), width)
	p.out.WriteString(paint(p.options, shade, line))
	p.out.WriteByte('\n')
}

// byProduct parts changes, which are sorted by product key, into those of each product.
func byProduct(changes []plan.Change) [][]plan.Change {
	var list [][]plan.Change
	for start := 0; start < len(changes); {
		end := start + 1
		for end < len(changes) && changes[end].Key == changes[start].Key {
			end++
		}
		list = append(list, changes[start:end])
		start = end
	}
	return list
}

// signOfProduct says what happens to a product as a whole: it is made, something of it changes, or all is held.
func signOfProduct(changes []plan.Change) (string, tone) {
	sign, shade := "!", warn
	for _, change := range changes {
		if change.Held() {
			continue
		}
		if change.Kind == plan.KindProduct && change.Action == plan.Create {
			return "+", good
		}
		sign, shade = "~", plain
	}
	return sign, shade
}

func (p *planWriter) product(changes []plan.Change) {
	sign, shade := signOfProduct(changes)
	title := clean(named(changes[0]))
	for _, part := range []string{changes[0].Name, changes[0].ProductID} {
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

// named is what people call a product by: its style, or its key where it has none.
func named(change plan.Change) string {
	if change.Style != "" {
		return change.Style
	}
	return change.Key
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
	subject := words(string(change.Kind))
	if change.SKU != "" {
		subject += " " + clean(change.SKU)
	}
	p.line(4, shade, "%s %s: %s", sign, subject, change.Reason.Words())
	p.fields(8, change.Fields)
	if change.Held() {
		p.line(8, shade, "held by %s", strings.Join(change.HeldBy, ", "))
	}
	if change.ApprovedBy != "" {
		p.line(8, plain, "approved %s", clean(change.ApprovedBy))
	}
}

// words makes a name of code readable: option_set is option set.
func words(name string) string { return strings.ReplaceAll(name, "_", " ") }

// fields shows values from the given column on, names under each other.
func (p *planWriter) fields(indent int, fields []plan.Field) {
	width := 0
	for _, field := range fields {
		width = max(width, len(field.Name))
	}
	for _, field := range fields {
		p.field(indent, field, min(width, 32))
	}
	told := ""
	for _, field := range fields {
		if field.By != "" && field.By != told { // the two amounts of a price have one decision
			told = field.By
			p.line(indent, plain, "%s %s", clean(field.Name), clean(told))
		}
	}
}

// field shows a value on one line, or, where it has several or they do not fit, what goes and what comes.
func (p *planWriter) field(indent int, field plan.Field, width int) {
	if !severalLines(field) {
		line := fmt.Sprintf("%-*s  %s → %s%s", width, clean(field.Name), quoted(field.Before), quoted(field.After), inBrackets(priceMove(field)))
		if p.fits(indent, line) {
			p.line(indent, plain, "%s", line)
			return
		}
	}
	p.line(indent, plain, "%s", clean(field.Name))
	gone, come := lineDifference(field)
	room := 0
	if p.options.TTY && p.options.Width > 0 {
		room = max(p.options.Width-indent-4, 10)
	}
	focus(gone, come, room)
	for _, line := range gone {
		p.line(indent+2, bad, "- %s", line)
	}
	for _, line := range come {
		p.line(indent+2, good, "+ %s", line)
	}
	if len(gone)+len(come) == 0 {
		p.line(indent+2, plain, "%s", reordered)
	}
}

// fits says whether a line need not be cut.
func (p *planWriter) fits(indent int, line string) bool {
	return !p.options.TTY || p.options.Width <= 0 || indent+ansi.StringWidth(line) <= p.options.Width
}

// quoted shows an empty value as (blank), so that a line never ends in an arrow.
func quoted(value string) string {
	if value == "" {
		return "(blank)"
	}
	return clean(value)
}

// totals ends the plan: what would be sent, what is held and by which code.
func (p *planWriter) totals(document plan.Plan) {
	if len(document.Changes) == 0 {
		p.line(0, strong, "%s", nothingToChange)
		return
	}
	p.line(0, strong, "Plan: %s.", totalWords(document.Summary))
	if policy := policyWords(document); policy != "" {
		p.line(0, plain, "%s.", policy)
	}
	if holds := holdsOf(document.Summary); len(holds) > 0 {
		p.line(0, warn, "Held, not sent:")
		code, n := 0, 0
		for _, h := range holds {
			code, n = max(code, len(h.code)), max(n, len(number(int64(h.n))))
		}
		for _, h := range holds {
			p.line(2, warn, "%-*s  %*s  %s", code, h.code, n, number(int64(h.n)), h.title)
		}
	}
	p.line(0, plain, "%s.", rowWords(document.Summary.Accounting))
}
