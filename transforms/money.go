package transforms

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// currencies that money may be marked with. A mark outside this list makes the amount unreadable rather than wrong.
var currencies = []string{"AUD", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "INR", "JPY", "MXN", "NOK", "NZD", "PLN", "SEK", "SGD", "USD"}

// marks are signs and short forms that name one currency; "" names none in particular.
var marks = map[string]string{
	"$": "", "£": "GBP", "€": "EUR", "¥": "", "₹": "INR", "zł": "PLN",
	"US$": "USD", "U.S.$": "USD", "C$": "CAD", "CA$": "CAD", "CAN$": "CAD", "CDN$": "CAD", "A$": "AUD", "AU$": "AUD", "NZ$": "NZD",
	"HK$": "HKD", "S$": "SGD", "MX$": "MXN",
}

var (
	amountParts = regexp.MustCompile(`^([^0-9.,]*)([.,]?[0-9][0-9.,'’ ]*)([^0-9]*)$`)
	markPattern = regexp.MustCompile(`(?i)^(U\.S\.\$|[A-Z]{1,3}\$|[A-Z]{3}|zł|\p{Sc})`)
)

// spaces makes every kind of space plain and trims.
func spaces(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || unicode.Is(unicode.Zs, r):
			return ' '
		case r == 0x2212 || r == 0x2010 || r == 0x2011 || r == 0xFF0D:
			return '-'
		case hidden(r) || zeroWidth(r):
			return -1
		}
		return r
	}, text))
}

// moneyText reads one foreign amount. decimal is the sign before the cents, '.' or ','; the other sign, spaces and apostrophes
// may part thousands, in groups of three only. What is not clearly one amount ("24.50/ea", "10-12", "1,25") is "".
func moneyText(text string, decimal byte) string {
	negative, rest := sign(spaces(text))
	parts := amountParts.FindStringSubmatch(rest)
	if parts == nil {
		return ""
	}
	before, okBefore := stripMarks(parts[1])
	following, okAfter := stripMarks(parts[3])
	if !okBefore || !okAfter {
		return ""
	}
	switch before + following {
	case "":
	case "-": // $-5 or 5- or -5
		if negative {
			return ""
		}
		negative = true
	default:
		return ""
	}
	if _, several := currencyOf(rest); several {
		return ""
	}
	return plainNumber(strings.TrimSpace(parts[2]), decimal, negative)
}

// sign takes off an apostrophe spreadsheets mark text with, a leading minus, or the brackets of accountants.
func sign(text string) (negative bool, rest string) {
	text = strings.TrimPrefix(text, "'")
	if inner, ok := strings.CutPrefix(text, "("); ok {
		if inner, ok = strings.CutSuffix(inner, ")"); ok {
			return true, strings.TrimSpace(inner)
		}
	}
	if inner, ok := strings.CutPrefix(text, "-"); ok {
		return true, strings.TrimSpace(inner)
	}
	return false, strings.TrimSpace(strings.TrimPrefix(text, "+"))
}

// stripMarks takes currency marks off a text; what is left, "" or "-", is returned.
func stripMarks(text string) (rest string, ok bool) {
	for text = strings.TrimSpace(text); text != "" && text != "-"; text = strings.TrimSpace(text) {
		if after, minus := strings.CutPrefix(text, "-"); minus && rest == "" {
			rest, text = "-", after
			continue
		}
		mark := markPattern.FindString(text)
		if _, known := currencyMark(mark); !known {
			return "", false
		}
		text = text[len(mark):]
	}
	if text == "-" && rest == "-" {
		return "", false
	}
	return rest + text, true
}

// currencyMark says which currency a mark names, "" for a sign that several share.
func currencyMark(mark string) (code string, known bool) {
	upper := strings.ToUpper(mark)
	if code, known = marks[upper]; known {
		return code, true
	}
	if code = strings.TrimSuffix(upper, "$"); slices.Contains(currencies, code) { // USD, USD$
		return code, true
	}
	code, known = marks[strings.ToLower(mark)]
	return code, known
}

var namedCurrency = regexp.MustCompile(`U\.S\.\$|[A-Z]{1,3}\$|\p{L}+|\p{Sc}`)

// currencyOf finds the one currency a text names.
func currencyOf(text string) (code string, several bool) {
	for _, mark := range namedCurrency.FindAllString(strings.ToUpper(text), -1) {
		found, _ := currencyMark(mark)
		if found == "" {
			continue
		}
		if code != "" && found != code {
			return "", true
		}
		code = found
	}
	return code, false
}

// moneyCurrency is the ISO code of the one currency a text names.
func moneyCurrency(text string) string {
	code, several := currencyOf(text)
	if several {
		return ""
	}
	return code
}

func moneyTextCall(args []any) (any, error) {
	decimal := args[1].(string)
	if decimal != "." && decimal != "," {
		return nil, fmt.Errorf("decimal sign is %q, not '.' or ','", decimal)
	}
	return orNull(moneyText(args[0].(string), decimal[0])), nil
}

// numberText reads a foreign number with a decimal point.
func numberText(text string) string {
	negative, rest := sign(spaces(text))
	if before, ok := strings.CutSuffix(rest, "-"); ok && !negative { // 5- of accounting exports
		negative, rest = true, strings.TrimSpace(before)
	}
	return plainNumber(rest, '.', negative)
}

// digitLimit is more than any price or quantity has, and keeps arithmetic small.
const digitLimit = 60

// plainNumber turns digits with separators into plain decimal text.
func plainNumber(text string, decimal byte, negative bool) string {
	whole, fraction, _ := strings.Cut(text, string(decimal))
	if len(text) > digitLimit || !digitsOnly(fraction) || whole == "" && fraction == "" {
		return ""
	}
	whole, ok := ungroup(whole, decimal)
	if !ok {
		return ""
	}
	return plainDecimal(whole, fraction, negative)
}

// ungroup takes thousands separators out: one kind only, groups of three.
func ungroup(text string, decimal byte) (string, bool) {
	if digitsOnly(text) {
		return text, true
	}
	separators := []string{",", " ", "'", "’"}
	if decimal == ',' {
		separators[0] = "."
	}
	for _, separator := range separators {
		groups := strings.Split(text, separator)
		if len(groups) < 2 {
			continue
		}
		for i, group := range groups {
			if !digitsOnly(group) || i > 0 && len(group) != 3 || i == 0 && (len(group) < 1 || len(group) > 3) {
				return "", false
			}
		}
		return strings.Join(groups, ""), true
	}
	return "", false
}

func digitsOnly(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}

// plainDecimal writes a number the one way this package writes numbers: no leading or trailing zeros, no minus before zero.
func plainDecimal(whole, fraction string, negative bool) string {
	whole, fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	if whole == "" {
		whole = "0"
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if negative && whole != "0" {
		return "-" + whole
	}
	return whole
}

// splitDecimal takes plain decimal text apart.
func splitDecimal(text string) (whole, fraction string, negative, ok bool) {
	text, negative = strings.CutPrefix(text, "-")
	whole, fraction, point := strings.Cut(text, ".")
	ok = whole != "" && digitsOnly(whole) && digitsOnly(fraction) && point == (fraction != "") && len(text) <= 2*digitLimit
	return whole, fraction, negative, ok
}

// moneyMinor turns plain decimal text into minor units. Without rounding, broken cents are no amount; with it, halves go away
// from zero. It is exact: no floating point is involved.
func moneyMinor(text string, halfUp bool) (int64, bool) {
	whole, fraction, negative, ok := splitDecimal(text)
	if !ok {
		return 0, false
	}
	fraction += "00"
	minor, err := strconv.ParseInt(whole+fraction[:2], 10, 64)
	if err != nil {
		return 0, false
	}
	if rest := strings.TrimRight(fraction[2:], "0"); rest != "" {
		if !halfUp {
			return 0, false
		}
		if rest[0] >= '5' {
			minor++
		}
	}
	if minor < 0 { // rounding up the largest number
		return 0, false
	}
	if negative {
		minor = -minor
	}
	return minor, true
}

func moneyMinorCall(args []any) (any, error) {
	mode := args[1].(string)
	if mode != "" && mode != "half_up" {
		return nil, fmt.Errorf("rounding is %q, not 'half_up' or blank", mode)
	}
	minor, ok := moneyMinor(args[0].(string), mode == "half_up")
	if !ok {
		return nil, nil
	}
	return minor, nil
}

func amountTextCall(args []any) (any, error) {
	minor, sign := args[0].(int64), ""
	if minor < 0 {
		sign, minor = "-", -minor
	}
	return fmt.Sprintf("%s%d.%02d", sign, minor/100, minor%100), nil
}
