package transforms

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// looksDoubleDecoded finds UTF-8 that was read as Windows-1252: the characters that stand for its bytes, in the order UTF-8
// has them. Only the lead bytes of Latin letters, typographic signs, emoji and byte order marks count; É followed by ® is
// French, not damage.
func looksDoubleDecoded(text string) bool {
	ascii := true
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			ascii = false
			break
		}
	}
	if ascii {
		return false
	}
	if strings.ContainsRune(text, utf8.RuneError) {
		return true
	}
	runes := []rune(text)
	for i, r := range runes {
		length := 0
		switch r {
		case 'Â', 'Ã', 'Ä', 'Å':
			length = 2
		case 'â', 'ï':
			length = 3
		case 'ð':
			length = 4
		}
		if length == 0 || i+length > len(runes) {
			continue
		}
		raw := make([]byte, 0, 4)
		for _, part := range runes[i : i+length] {
			if b, ok := windowsByte(part); ok {
				raw = append(raw, b)
			}
		}
		if len(raw) == length && utf8.FullRune(raw) && utf8.Valid(raw) {
			return true
		}
	}
	return false
}

// windowsByte is the byte Windows-1252 has for a character; the five it does not define read as the control of that number.
func windowsByte(r rune) (byte, bool) {
	switch r {
	case 0x81, 0x8D, 0x8F, 0x90, 0x9D:
		return byte(r), true
	}
	return charmap.Windows1252.EncodeRune(r)
}

var scientific = regexp.MustCompile(`^[+-]?[0-9]([.,][0-9]+)?[eE]\+[0-9]{1,3}$`)

// shownDay is how a spreadsheet shows a code it took for a day: 3-4 and MAR4 are both 4-Mar.
var shownDay = regexp.MustCompile(`^([0-9]{1,2}-(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)|(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-[0-9]{2})$`)

// looksMangled finds a code a spreadsheet showed as a rounded number or as a day. The true code cannot be known any more. 1E5
// without a plus may be a true SKU and is left alone, and so is 4-MAR.
func looksMangled(text string) bool {
	text = strings.TrimSpace(text)
	return scientific.MatchString(text) || shownDay.MatchString(text)
}
