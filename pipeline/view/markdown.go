package view

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"fairesync/pipeline/plan"
)

// Limits of the Markdown rendering. GitHub takes 65,536 characters of a comment.
const (
	markdownLimit   = 60_000
	openProducts    = 5   // up to so many are not folded away
	markdownValue   = 120 // columns of one value or line
	markdownName    = 80  // characters of a name, SKU or code
	markdownLines   = 20  // that go or come in one field
	markdownCodes   = 40  // of the list of holds
	markdownHolders = 10  // codes that hold one change
)

// PlanMarkdown shows a plan to the readers of a pull request or a chat: at most 60,000 characters, what is left out is counted. Same
// plan, same text. Whatever stands in the plan, none of it becomes markup, a mention or a link.
func PlanMarkdown(document plan.Plan) string {
	head, tail := markdownHead(document), ""
	if len(document.Changes) > 0 {
		tail = rowWords(document.Summary.Accounting) + ".\n"
	}
	const forMore = 200 // characters to say what was left out
	room := markdownLimit - units(head) - units(tail) - forMore
	products := byProduct(document.Changes)
	folded := len(products) > openProducts
	var out strings.Builder
	out.WriteString(head)
	for i, changes := range products {
		block, shown := markdownProduct(changes, folded, room)
		if shown == 0 {
			more(&out, products[i:])
			break
		}
		room -= units(block)
		out.WriteString(block)
		if shown < len(changes) {
			if rest := products[i+1:]; len(rest) > 0 {
				more(&out, rest)
			}
			break
		}
	}
	out.WriteString(tail)
	return out.String()
}

// more says what had no room.
func more(out *strings.Builder, products [][]plan.Change) {
	changes := 0
	for _, list := range products {
		changes += len(list)
	}
	fmt.Fprintf(out, "… and %s with %s; all of them are in the plan file.\n\n", count(len(products), "more product"), count(changes, "change"))
}

// markdownHead is the heading with brand and counts, and what is held.
func markdownHead(document plan.Plan) string {
	var out strings.Builder
	products := byProduct(document.Changes)
	size, totals := "no changes", nothingToChange
	if len(products) > 0 {
		size, totals = count(len(products), "product"), totalWords(document.Summary)
		if held := heldChanges(document); held > 0 {
			totals += "; " + count(held, "change") + " held"
		}
		totals = "**" + totals + ".**"
	}
	fmt.Fprintf(&out, "## fairesync plan for %s: %s\n\n%s\n\n", codeSpan(short(document.Brand), false), size, totals)
	fmt.Fprintf(&out, "Made by run %s", codeSpan(short(document.Run), false))
	if made := moment(document.Created); made != "" {
		out.WriteString(" at " + made)
	}
	if document.Policy != "" && document.Policy != "full" {
		fmt.Fprintf(&out, " under the policy %s, which holds what it leaves out", codeSpan(short(document.Policy), false))
	}
	out.WriteString(".\n\n")
	holds := holdsOf(document.Summary)
	if len(holds) == 0 {
		return out.String()
	}
	out.WriteString("| Held, not sent | Changes | Why |\n|---|--:|---|\n")
	for _, h := range holds[:min(markdownCodes, len(holds))] {
		fmt.Fprintf(&out, "| %s | %s | %s |\n", codeSpan(short(h.code), true), number(int64(h.n)), inTable(h.title))
	}
	if left := len(holds) - markdownCodes; left > 0 {
		fmt.Fprintf(&out, "| … and %s | | |\n", count(left, "more code"))
	}
	out.WriteByte('\n')
	return out.String()
}

// short is a name with a limit, counted in characters: some have no width.
func short(text string) string {
	runes := []rune(clean(text))
	if len(runes) <= markdownName {
		return string(runes)
	}
	return string(runes[:markdownName-1]) + "…"
}

func heldChanges(document plan.Plan) int {
	held := 0
	for _, change := range document.Changes {
		if change.Held() {
			held++
		}
	}
	return held
}

// markdownProduct is a product with its table, as far as there is room, and how many of its changes are shown.
func markdownProduct(changes []plan.Change, folded bool, room int) (block string, shown int) {
	var out strings.Builder
	sign, _ := signOfProduct(changes)
	first := changes[0]
	parts := []string{named(first), first.Name, first.ProductID}
	end := "\n"
	if folded {
		end = "\n</details>\n\n"
		out.WriteString("<details>\n<summary>" + sign)
		for _, part := range parts {
			if element := codeElement(short(part)); element != "" {
				out.WriteString(" " + element)
			}
		}
		fmt.Fprintf(&out, ": %s</summary>\n\n", count(len(changes), "change"))
	} else {
		out.WriteString("### " + sign)
		for _, part := range parts {
			if part = short(part); part != "" {
				out.WriteString(" " + codeSpan(part, false))
			}
		}
		out.WriteString("\n\n")
	}
	out.WriteString("| | What | Field | Before → after | Why |\n|---|---|---|---|---|\n")
	const forMore = 60
	room -= units(out.String()) + units(end) + forMore
	for _, change := range changes {
		rows := markdownRows(change)
		if room -= units(rows); room < 0 {
			break
		}
		out.WriteString(rows)
		shown++
	}
	if left := len(changes) - shown; left > 0 {
		fmt.Fprintf(&out, "| | … and %s | | | |\n", count(left, "more change"))
	}
	out.WriteString(end)
	return out.String(), shown
}

// markdownRows are the rows of one change, one per field.
func markdownRows(change plan.Change) string {
	sign, _ := signOf(change)
	what := inWords(words(string(change.Kind)), true)
	if change.SKU != "" {
		what += " " + codeSpan(short(change.SKU), true)
	}
	why := inWords(change.Reason.Words(), true)
	if change.Held() {
		why += "; **held by** " + holders(change.HeldBy)
	}
	var out strings.Builder
	if len(change.Fields) == 0 {
		fmt.Fprintf(&out, "| %s | %s | | | %s |\n", sign, what, why)
	}
	for _, field := range change.Fields {
		fmt.Fprintf(&out, "| %s | %s | %s | %s | %s |\n", sign, what, codeSpan(short(field.Name), true), markdownField(field), why)
		sign, what, why = "", "", ""
	}
	return out.String()
}

func holders(codes []string) string {
	var list []string
	for _, code := range codes[:min(markdownHolders, len(codes))] {
		list = append(list, codeSpan(short(code), true))
	}
	if left := len(codes) - markdownHolders; left > 0 {
		list = append(list, fmt.Sprintf("… and %d more", left))
	}
	return strings.Join(list, ", ")
}

// markdownField shows a value as before → after, or, where it has several lines or is long, what goes and what comes.
func markdownField(field plan.Field) string {
	before, after := clean(field.Before), clean(field.After)
	if !severalLines(field) && ansi.StringWidth(before)+ansi.StringWidth(after) <= markdownValue {
		return codeSpan(before, true) + " → " + codeSpan(after, true) + inBrackets(priceMove(field))
	}
	gone, come := lineDifference(field)
	focus(gone, come, markdownValue)
	var lines []string
	for _, line := range gone {
		lines = append(lines, "- "+codeSpan(line, true))
	}
	for _, line := range come {
		lines = append(lines, "+ "+codeSpan(line, true))
	}
	if len(lines) == 0 {
		return reordered
	}
	if left := len(lines) - markdownLines; left > 0 {
		lines = append(lines[:markdownLines], fmt.Sprintf("… and %s", count(left, "more line")))
	}
	return strings.Join(lines, "<br>")
}
