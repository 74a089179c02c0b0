package sourcetest

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// words of an expression that are no column references.
var words = []string{"case", "when", "then", "else", "end", "and", "or", "not", "is", "null", "in", "like", "true", "false", "as", "between"}

// functions an expression may call (design §4.3); concatenation is || or concat.
var functions = []string{"coalesce", "lower", "upper", "trim", "ltrim", "rtrim", "replace", "concat", "nullif", "cast", "try_cast"}

// verifyEntry wants a Fields entry to be a column, or an expression over columns. It reads the text as tokens only: the
// warehouse alone has a parser for expressions, and a source must not depend on it.
func verifyEntry(entry string, columns []string) error {
	if slices.Contains(columns, entry) {
		return nil
	}
	depth, parts := 0, 0
	for rest := strings.TrimSpace(entry); rest != ""; rest = strings.TrimLeftFunc(rest, unicode.IsSpace) {
		parts++
		first, width := utf8.DecodeRuneInString(rest)
		switch {
		case first == '\'' || first == '"':
			text, after, ok := quoted(rest, first)
			if !ok {
				return fmt.Errorf("entry %q has an open quote", entry)
			}
			if first == '"' && !slices.Contains(columns, text) {
				return fmt.Errorf("entry %q names column %q, which is not there", entry, text)
			}
			rest = after
		case first == '_' || unicode.IsLetter(first):
			end := strings.IndexFunc(rest, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
			if end < 0 {
				end = len(rest)
			}
			word := rest[:end]
			rest = rest[end:]
			call := strings.HasPrefix(strings.TrimLeftFunc(rest, unicode.IsSpace), "(")
			switch {
			case call && slices.Contains(functions, strings.ToLower(word)):
			case slices.Contains(words, strings.ToLower(word)):
			case slices.Contains(columns, word):
			default:
				return fmt.Errorf("entry %q names %q, which is no column", entry, word)
			}
		case unicode.IsDigit(first):
			rest = strings.TrimLeft(rest, "0123456789.")
		case strings.ContainsRune("+-*/|,=<>!()", first):
			switch first {
			case '(':
				depth++
			case ')':
				depth--
			}
			if depth < 0 {
				return fmt.Errorf("entry %q closes a bracket it did not open", entry)
			}
			rest = rest[width:]
		default:
			return fmt.Errorf("entry %q is neither a column nor an expression", entry)
		}
	}
	if depth != 0 || parts == 0 {
		return fmt.Errorf("entry %q is neither a column nor an expression", entry)
	}
	return nil
}

// quoted splits a text that begins with a quote into what is quoted and what follows; a doubled quote stands for one.
func quoted(text string, quote rune) (inside, after string, ok bool) {
	mark := string(quote)
	rest := text[1:]
	var b strings.Builder
	for {
		part, tail, found := strings.Cut(rest, mark)
		if !found {
			return "", "", false
		}
		b.WriteString(part)
		if !strings.HasPrefix(tail, mark) {
			return b.String(), tail, true
		}
		b.WriteString(mark)
		rest = tail[1:]
	}
}
