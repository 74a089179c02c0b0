package view

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"fairesync/pipeline/plan"
)

// severalLines says whether a value is a list of lines, such as images and options, or a text with paragraphs.
func severalLines(field plan.Field) bool {
	return strings.Contains(field.Before, "\n") || strings.Contains(field.After, "\n")
}

// lineDifference gives the lines that go and those that come, safe to show.
func lineDifference(field plan.Field) (gone, come []string) {
	before, after := strings.Split(field.Before, "\n"), strings.Split(field.After, "\n")
	gone, come = without(before, after), without(after, before)
	for _, list := range [][]string{gone, come} {
		for i := range list {
			list[i] = clean(list[i])
		}
	}
	return gone, come
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

// focus shortens lines that are wider than room (0: no limit) to the part where a line that goes and the one that comes in its place
// differ: cut at their ends alone, two versions of a paragraph would look the same.
func focus(gone, come []string, room int) {
	if room <= 0 {
		return
	}
	for i := range max(len(gone), len(come)) {
		if len(gone) == len(come) {
			gone[i], come[i] = excerpts(gone[i], come[i], room)
			continue
		}
		if i < len(gone) {
			gone[i] = cut(gone[i], room)
		}
		if i < len(come) {
			come[i] = cut(come[i], room)
		}
	}
}

// excerpts are the parts of two texts around their first difference, no wider than room each.
func excerpts(a, b string, room int) (string, string) {
	if ansi.StringWidth(a) <= room && ansi.StringWidth(b) <= room {
		return a, b
	}
	start := excerptStart(a, b, room/3)
	return excerpt(a, start, room), excerpt(b, start, room)
}

// excerptStart is where in both texts an excerpt begins: up to context columns before the first difference, at the beginning of a
// word if there is one.
func excerptStart(a, b string, context int) int {
	same := 0
	for same < len(a) && same < len(b) && a[same] == b[same] {
		same++
	}
	start, word := same, -1 // the walk back also leaves a character that begins alike in both
	for start > 0 {
		_, size := utf8.DecodeLastRuneInString(a[:start])
		if ansi.StringWidth(a[start-size:same]) > context {
			break
		}
		start -= size
		if start == 0 || a[start-1] == ' ' { // clean leaves no other white space
			word = start
		}
	}
	if word >= 0 {
		return word
	}
	return start
}

func excerpt(text string, start, room int) string {
	if start == 0 {
		return cut(text, room)
	}
	return "…" + cut(text[start:], room-1)
}
