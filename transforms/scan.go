package transforms

import "strings"

// kind is what a token is.
type kind int

const (
	identifier kind = iota // unquoted word, keywords too
	quoted                 // "identifier"
	literal                // 'string', $$string$$ or number
	symbol                 // one character of punctuation
	comment                // -- to the end of the line, or /* … */
)

// token is a piece of SQL text.
type token struct {
	kind       kind
	text       string
	start, end int // bytes
	line       int // 1-based, of the token's end
	depth      int // how many brackets are open around it; a bracket itself counts as outside
}

func (t token) word(name string) bool { return t.kind == identifier && strings.EqualFold(t.text, name) }

func (t token) is(text string) bool { return t.kind == symbol && t.text == text }

// scan cuts SQL into tokens. If a string, comment or bracket is not closed, the second result is where it began.
func scan(text string) ([]token, *token) {
	var tokens []token
	var open []token
	line := 1
	for at := 0; at < len(text); {
		c := text[at]
		if c == '\n' {
			line++
		}
		if c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' {
			at++
			continue
		}
		t := token{start: at, line: line, depth: len(open)}
		t.kind, t.end = lexeme(text, at)
		if t.end < 0 {
			t.text = map[kind]string{quoted: "a quoted identifier", literal: "a string", comment: "a comment"}[t.kind]
			return nil, &t
		}
		t.text = text[at:t.end]
		line += strings.Count(t.text, "\n")
		t.line = line
		if t.kind == symbol {
			switch c {
			case '(', '[', '{':
				open = append(open, t)
			case ')', ']', '}':
				if len(open) > 0 {
					open = open[:len(open)-1]
				}
				t.depth = len(open)
			}
		}
		tokens = append(tokens, t)
		at = t.end
	}
	if len(open) > 0 {
		first := open[len(open)-1]
		first.text = "bracket " + first.text
		return nil, &first
	}
	return tokens, nil
}

// lexeme finds kind and end of the token at a place; the end is -1 when the text ends before it does.
func lexeme(text string, at int) (kind, int) {
	rest := text[at:]
	switch c := text[at]; {
	case strings.HasPrefix(rest, "--"):
		if end := strings.IndexByte(rest, '\n'); end >= 0 {
			return comment, at + end
		}
		return comment, len(text)
	case strings.HasPrefix(rest, "/*"):
		return comment, after(text, at+2, "*/")
	case strings.HasPrefix(rest, "$$"):
		return literal, after(text, at+2, "$$")
	case c == '\'':
		return literal, closing(text, at)
	case c == '"':
		return quoted, closing(text, at)
	case wordByte(c) && (c < '0' || c > '9'):
		end := at + 1
		for end < len(text) && wordByte(text[end]) {
			end++
		}
		return identifier, end
	case c >= '0' && c <= '9':
		end := at + 1
		for end < len(text) && (wordByte(text[end]) || text[end] == '.') {
			end++
		}
		return literal, end
	}
	return symbol, at + 1
}

func wordByte(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80
}

// closing finds the end of a text that begins with a quote at a place; a doubled quote stands for itself.
func closing(text string, at int) int {
	for i := at + 1; i < len(text); i++ {
		if text[i] != text[at] {
			continue
		}
		if i+1 < len(text) && text[i+1] == text[at] {
			i++
			continue
		}
		return i + 1
	}
	return -1
}

func after(text string, at int, mark string) int {
	if end := strings.Index(text[min(at, len(text)):], mark); end >= 0 {
		return at + end + len(mark)
	}
	return -1
}
