package transforms

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// cleanKey makes a SKU, alias or style comparable without changing what people see (design §4.1). Case is kept: Faire's SKUs
// are case-sensitive.
func cleanKey(text string) string {
	if plainKey(text) {
		return text
	}
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(text, "\uFFFD") {
		switch {
		case unicode.IsSpace(r) || unicode.Is(unicode.Zs, r):
			b.WriteByte(' ')
		case unlikelyHyphen(r):
			b.WriteByte('-')
		case !hidden(r) && !zeroWidth(r):
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(norm.NFC.String(b.String())), " ")
}

// plainKey says that a key is printable ASCII without outer or double spaces, as nearly all are.
func plainKey(text string) bool {
	if text == "" || text[0] == ' ' || text[len(text)-1] == ' ' {
		return text == ""
	}
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == ' ' && text[i-1] == ' ' {
			return false
		}
	}
	return true
}

// unlikelyHyphen: hyphen, no-break hyphen, dashes, minus, small and full-width forms; what editors put for "-".
func unlikelyHyphen(r rune) bool {
	return r >= 0x2010 && r <= 0x2015 || r == 0x2212 || r == 0xFE58 || r == 0xFE63 || r == 0xFF0D
}

// zeroWidth: characters without width that mean something in running text (joiners), but nothing in a key.
func zeroWidth(r rune) bool { return r >= 0x200B && r <= 0x200D || r == 0xAD }

// hidden: characters that never belong in what is sent: controls, byte order marks, word joiners, marks and overrides of
// direction.
func hidden(r rune) bool {
	return unicode.IsControl(r) || r == 0xFEFF || r == 0x2060 || r == 0x061C || r == 0x200E || r == 0x200F ||
		r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}

// cleanText makes a text that is meant to be read fit to be sent. Joiners stay: emoji are made of them.
func cleanText(text string) string {
	clean := true
	for i := range len(text) {
		if c := text[i]; (c < ' ' && c != '\n' && c != '\t') || c > '~' {
			clean = false
			break
		}
	}
	if clean {
		return strings.TrimSpace(text)
	}
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\r\n", "\n")
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r' || r == 0x85 || r == 0x2028 || r == 0x2029: // old line ends, next line, line and paragraph separator
			return '\n'
		case hidden(r):
			return -1
		}
		return r
	}, text)
	return strings.TrimSpace(norm.NFC.String(text))
}

// letters that NFKD leaves whole although people write them with plain ones.
var foldLetters = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ı", "i", "ς", "σ")

// fold makes two spellings of a name equal. It is for comparing, never for showing.
func fold(text string) string {
	ascii := true
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			ascii = false
			break
		}
	}
	if !ascii {
		text = norm.NFKD.String(strings.ToLower(norm.NFKD.String(strings.ToValidUTF8(text, " "))))
		text = foldLetters.Replace(strings.Map(func(r rune) rune {
			if unicode.IsMark(r) || zeroWidth(r) {
				return -1
			}
			return r
		}, text))
	}
	var b strings.Builder
	b.Grow(len(text))
	gap := false
	for _, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte(' ')
		}
		gap = false
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// placeholders in lower case, whole cells only.
var placeholders = map[string]bool{
	"null": true, "(null)": true, "<null>": true, "[null]": true, `\n`: true, "nil": true, "none": true, "(none)": true, "<none>": true,
	"nan": true, "na": true, "n/a": true, "n.a.": true, "n.a": true, `n\a`: true, "n/a.": true, "(n/a)": true, "<na>": true, "n / a": true,
	"tbd": true, "t.b.d.": true, "tba": true, "tbc": true, "to be determined": true, "to be announced": true, "to be confirmed": true,
	"not available": true, "not applicable": true, "unknown": true, "undefined": true, "[object object]": true, "(blank)": true, "(empty)": true,
	"#n/a": true, "#ref!": true, "#value!": true, "#name?": true, "#div/0!": true, "#num!": true, "#null!": true, "#spill!": true,
	"#calc!": true, "#getting_data": true, "#error!": true, "#field!": true, "#blocked!": true, "#connect!": true,
}

// isPlaceholder says that a whole cell stands for no value. A blank cell is blank, no placeholder.
func isPlaceholder(text string) bool {
	folded := strings.ToLower(cleanKey(text))
	if folded == "" {
		return false
	}
	if placeholders[folded] {
		return true
	}
	// A cell of nothing but dashes, dots, question marks or number signs (a column too narrow) says nothing.
	return strings.Trim(folded, "-_") == "" || strings.Trim(folded, ".") == "" || strings.Trim(folded, "?") == "" || strings.Trim(folded, "#") == ""
}
