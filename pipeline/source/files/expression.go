package files

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// An entry of a mapping is a column or an expression over columns. The warehouse compiles and judges expressions; here they are
// only read as tokens, to know which columns they use and to catch a header that was misspelt.

type tokenKind int

const (
	word tokenKind = iota
	quotedName
	literal // text or number
	mark    // operator, bracket, comma
)

type token struct {
	kind       tokenKind
	text       string // of a quoted name: without its quotes
	start, end int
}

// keywords of an expression that are no columns.
var keywords = []string{"case", "when", "then", "else", "end", "and", "or", "not", "is", "null", "in", "like", "between", "true", "false", "as"}

// tokens splits an expression; false when the text holds what no expression does.
func tokens(text string) (list []token, ok bool) {
	for pos := 0; pos < len(text); {
		r, size := utf8.DecodeRuneInString(text[pos:])
		t := token{start: pos}
		switch {
		case unicode.IsSpace(r):
			pos += size
			continue
		case r == '\'' || r == '"':
			end, inside := quotedEnd(text, pos)
			if end < 0 {
				return nil, false
			}
			if t.kind, t.text = literal, inside; r == '"' {
				t.kind = quotedName
			}
			pos = end
		case r == '_' || unicode.IsLetter(r):
			pos += span1(text[pos:], func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) })
			t.kind, t.text = word, text[t.start:pos]
		case r >= '0' && r <= '9':
			pos += span1(text[pos:], func(r rune) bool { return r == '.' || r >= '0' && r <= '9' })
			t.kind = literal
		case strings.ContainsRune("+-*/|(),=<>!", r):
			pos += size
			t.kind, t.text = mark, text[t.start:pos]
		default:
			return nil, false
		}
		t.end = pos
		list = append(list, t)
	}
	return list, len(list) > 0
}

// span1 is how many bytes at the start of text fulfil a condition.
func span1(text string, is func(rune) bool) int {
	if end := strings.IndexFunc(text, func(r rune) bool { return !is(r) }); end >= 0 {
		return end
	}
	return len(text)
}

// quotedEnd returns where the quotation that starts at pos ends, and what is in it; a doubled quote stands for one.
func quotedEnd(text string, pos int) (end int, inside string) {
	quote := text[pos : pos+1]
	for at := pos + 1; ; {
		i := strings.Index(text[at:], quote)
		if i < 0 {
			return -1, ""
		}
		at += i + 1
		if !strings.HasPrefix(text[at:], quote) {
			return at, strings.ReplaceAll(text[pos+1:at-1], quote+quote, quote)
		}
		at++
	}
}

// entry is one resolved entry of a field.
type entry struct {
	text   string
	column int   // -1: an expression
	uses   []int // columns it reads
}

// notColumn is an entry, or a name in one, that leads to no column.
type notColumn struct{ name string }

func (e *notColumn) Error() string { return fmt.Sprintf("%q is no column", e.name) }

// resolve finds the columns an entry names. A name that differs from its header in case only is rewritten to the header.
func (h header) resolve(text string) (entry, error) {
	if at := h.named(text); at >= 0 {
		return entry{h.names[at], at, []int{at}}, nil
	}
	list, ok := tokens(text)
	if !ok || isPhrase(list) {
		return entry{}, &notColumn{text}
	}
	e := entry{column: -1}
	from := 0
	for i, t := range list {
		name := t.text
		switch {
		case t.kind == quotedName:
		case t.kind != word || isKeyword(t) || i+1 < len(list) && list[i+1].text == "(" && list[i+1].kind == mark:
			continue
		case i > 0 && strings.EqualFold(list[i-1].text, "as") && list[i-1].kind == word: // the type of a cast
			continue
		}
		at := h.named(name)
		switch {
		case at < 0 && len(e.uses) == 0:
			return entry{}, &notColumn{text} // more likely a misspelt header, "Price (USD)", than an expression
		case at < 0:
			return entry{}, &notColumn{name}
		}
		if h.names[at] != name {
			e.text += text[from:t.start] + identifier(h.names[at])
			from = t.end
		}
		if !slices.Contains(e.uses, at) {
			e.uses = append(e.uses, at)
		}
	}
	e.text += text[from:]
	return e, nil
}

// isPhrase says whether two operands stand side by side, as the words of a header do and those of an expression do not.
func isPhrase(list []token) bool {
	for i := 1; i < len(list); i++ {
		a, b := list[i-1], list[i]
		if a.kind != mark && b.kind != mark && !isKeyword(a) && !isKeyword(b) {
			return true
		}
	}
	return false
}

func isKeyword(t token) bool {
	return t.kind == word && slices.Contains(keywords, strings.ToLower(t.text))
}

// identifier quotes a header for use in an expression.
func identifier(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// quote makes a text a literal of an expression.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
