package view

import (
	"fmt"
	"strings"

	"fairesync/pipeline/check"
)

// docsPage is where CodesMarkdown is kept.
const docsPage = "docs/exceptions.md"

// Anchor is the name of a code's section in docs/exceptions.md.
func Anchor(code string) string { return strings.ToLower(code) }

// Page is the address of a code's section, relative to the project.
func Page(code string) string { return docsPage + "#" + Anchor(code) }

// groups of codes, by what stands before the first underscore.
var groups = []struct{ prefix, title, about string }{
	{"FEED", "Feeds", "Rows as the source delivered them."},
	{"KEY", "Keys", "SKUs, the keys everything goes by."},
	{"ALIAS", "Aliases", "Names Faire knows our SKUs by."},
	{"MATCH", "Matching", "Which of our SKUs is which variant on Faire."},
	{"TEXT", "Texts", "Names and descriptions."},
	{"PRICE", "Prices", "Wholesale and retail prices."},
	{"IMAGE", "Images", "Pictures of products and variants."},
	{"OPTION", "Options", "The axes a product varies along."},
	{"TAXONOMY", "Taxonomy", "Faire's product types."},
	{"CODE", "Codes of goods", "Barcodes, tariff codes and countries."},
	{"STOCK", "Stock", "Quantities on hand."},
	{"LIFECYCLE", "Lifecycle", "What is sold and what is not."},
	{"PLAN", "Plans", "What the configuration keeps out of a plan."},
	{"GUARD", "Guards", "Ceilings that stop a plan that is too big to be meant."},
	{"DRIFT", "Drift", "Changes somebody made on Faire."},
	{"DECISION", "Decisions", "Answers of people, and when they end."},
	{"FAIRE", "Faire's answers", "What Faire said to a request."},
}

// CodesMarkdown is docs/exceptions.md: every code with its severity, what it holds and what to do. Same register, same bytes.
func CodesMarkdown(codes []check.Code) string {
	var out strings.Builder
	out.WriteString("# Exceptions\n\n")
	out.WriteString("<!-- Generated from pipeline/check/codes.go. Edit that, then generate this file again. -->\n\n")
	out.WriteString("Every finding of a run has one of these codes. Codes are stable for ever. An **error** holds the smallest thing it concerns, " +
		"and everything else goes on; a **warning** or an **info** holds nothing. The same list is in the workbook (sheet Codes) and " +
		"in `fairesync codes`.\n\n")
	out.WriteString("| Holds | What is kept from being sent |\n|---|---|\n")
	for _, holds := range []check.Holds{check.HoldsNothing, check.HoldsField, check.HoldsVariant, check.HoldsProduct,
		check.HoldsGrouping, check.HoldsRow, check.HoldsRun} {
		fmt.Fprintf(&out, "| %s | %s |\n", holds, holds.Words())
	}
	rest := codes
	for _, group := range groups {
		var of []check.Code
		of, rest = split(rest, group.prefix)
		if len(of) > 0 {
			writeGroup(&out, group.title, group.about, of)
		}
	}
	if len(rest) > 0 {
		writeGroup(&out, "Others", "Codes outside the groups above.", rest)
	}
	return out.String()
}

// split parts the codes of a group from the others, both in their order.
func split(codes []check.Code, prefix string) (of, rest []check.Code) {
	for _, code := range codes {
		if strings.HasPrefix(code.Name, prefix+"_") {
			of = append(of, code)
		} else {
			rest = append(rest, code)
		}
	}
	return of, rest
}

func writeGroup(out *strings.Builder, title, about string, codes []check.Code) {
	fmt.Fprintf(out, "\n## %s\n\n%s\n\n| Code | Severity | Holds | Title |\n|---|---|---|---|\n", title, about)
	for _, code := range codes {
		fmt.Fprintf(out, "| [%s](#%s) | %s | %s | %s |\n", code.Name, Anchor(code.Name), code.Severity, code.Holds, inTable(code.Title))
	}
	for _, code := range codes {
		fmt.Fprintf(out, "\n### %s\n\n**%s.** %s, holds %s.\n\n%s\n", code.Name, inMarkdown(code.Title), capital(string(code.Severity)), code.Holds, inMarkdown(code.Hint))
	}
}

// inMarkdown keeps text from being read as markup.
func inMarkdown(text string) string {
	return strings.NewReplacer("<", "&lt;", "*", "\\*", "[", "\\[").Replace(text)
}

func inTable(text string) string { return strings.ReplaceAll(inMarkdown(text), "|", "\\|") }

func capital(word string) string { return strings.ToUpper(word[:1]) + word[1:] }
