package view

import (
	"html"
	"regexp"
	"strings"
	"unicode/utf16"
)

// plainWords is text that cannot mean anything in Markdown: no markup, no mention, no link, no reference to an issue.
var plainWords = regexp.MustCompile(`^[A-Za-z]+(,? [A-Za-z]+)*$`)

// codeSpan shows foreign text literally: between backticks nothing is markup, a mention or a link. In a table a pipe is escaped,
// since cells are told apart before anything else is.
func codeSpan(text string, inTable bool) string {
	if text = shortRuns(clean(text)); text == "" {
		return "_blank_"
	}
	if !inTable {
		return fenced(text)
	}
	// A backslash before a pipe would end its escape. So the two stand in spans of their own, and <wbr>, which shows as nothing, keeps
	// these apart.
	parts := strings.SplitAfter(text, `\`)
	var spans []string
	for _, part := range parts {
		if last := len(spans) - 1; last >= 0 && !strings.HasPrefix(part, "|") {
			spans[last] += part
		} else if part != "" {
			spans = append(spans, part)
		}
	}
	for i := range spans {
		spans[i] = fenced(strings.ReplaceAll(spans[i], "|", `\|`))
	}
	return strings.Join(spans, "<wbr>")
}

// fenced puts text between runs of backticks that are longer than any in it.
func fenced(text string) string {
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return fence + text + fence
}

// backticks is a run that is too long: Markdown knows no fence that could hold it.
var backticks = regexp.MustCompile("`{17,}")

func shortRuns(text string) string { return backticks.ReplaceAllString(text, "````````````````…") }

// inWords leaves plain words as they are; anything else is shown literally.
func inWords(text string, inTable bool) string {
	if text == "" || plainWords.MatchString(text) {
		return text
	}
	return codeSpan(text, inTable)
}

// codeElement is codeSpan where Markdown is not read, in the line of a details element.
func codeElement(text string) string {
	if text = clean(text); text == "" {
		return ""
	}
	return "<code>" + html.EscapeString(text) + "</code>"
}

// units is the length of a text as services count it that limit one.
func units(text string) int {
	n := 0
	for _, r := range text {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}
