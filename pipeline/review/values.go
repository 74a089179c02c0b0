package review

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"fairesync/pipeline/catalog"
)

// What a person types is read here. Every error is the end of a sentence that begins with what was typed; nothing is guessed: what can
// be read in two ways is not read.

// valueError is why a value cannot be obeyed: a sentence.
type valueError string

func (e valueError) Error() string { return string(e) }

func refuse(why string, args ...any) error { return valueError(fmt.Sprintf(why, args...)) }

// The ways to write a day.
var (
	dayISO    = regexp.MustCompile(`^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?Z?)?$`)
	dayDotted = regexp.MustCompile(`^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})$`)
	dayParted = regexp.MustCompile(`^(\d{1,2})[/-](\d{1,2})[/-](\d{4})$`)
	dayMonth  = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th)?\.?[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4})$`)
	monthDay  = regexp.MustCompile(`^([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$`)
	shortYear = regexp.MustCompile(`^\d{1,2}[/.-]\d{1,2}[/.-]\d{2}$`)
)

// errDay is a text that is no day at all.
var errDay = errors.New("is no day")

// ParseDay reads a day as people write it and gives it as 2026-12-31: 2026-12-31, 31.12.2026, 31 Dec 2026, Dec 31, 2026, and 12/31/2026 or
// 31/12/2026 where only one reading is a day.
func ParseDay(text string) (string, error) {
	text = strings.Join(strings.Fields(text), " ")
	if m := dayISO.FindStringSubmatch(text); m != nil {
		return day(text, m[1], m[2], m[3])
	}
	if m := dayDotted.FindStringSubmatch(text); m != nil {
		return day(text, m[3], m[2], m[1])
	}
	if m := dayMonth.FindStringSubmatch(text); m != nil && month(m[2]) > 0 {
		return day(text, m[3], strconv.Itoa(month(m[2])), m[1])
	}
	if m := monthDay.FindStringSubmatch(text); m != nil && month(m[1]) > 0 {
		return day(text, m[3], strconv.Itoa(month(m[1])), m[2])
	}
	if m := dayParted.FindStringSubmatch(text); m != nil {
		first, err := day(text, m[3], m[1], m[2])
		second, other := day(text, m[3], m[2], m[1])
		switch {
		case err == nil && other == nil && first != second:
			return "", refuse("%s may be %s or %s: write it as 2026-12-31", text, first, second)
		case err == nil:
			return first, nil
		}
		return second, other
	}
	if shortYear.MatchString(text) {
		return "", refuse("%s has a year of two digits: write it as 2026-12-31", text)
	}
	return "", fmt.Errorf("%q %w: write it as 2026-12-31", clip(text), errDay)
}

// day puts a day together, if there is one.
func day(text, year, month, date string) (string, error) {
	y, _ := strconv.Atoi(year) // digits, at most four
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(date)
	made := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if made.Year() != y || int(made.Month()) != m || made.Day() != d {
		return "", fmt.Errorf("%q %w of the calendar: write it as 2026-12-31", text, errDay)
	}
	return made.Format(time.DateOnly), nil
}

// month is the number of an English month, whole or shortened to three letters or more; 0 if it is none.
func month(name string) int {
	name = strings.ToLower(name)
	if len(name) < 3 {
		return 0
	}
	for m := time.January; m <= time.December; m++ {
		if strings.HasPrefix(strings.ToLower(m.String()), name) || name == "sept" && m == time.September {
			return int(m)
		}
	}
	return 0
}

// currencies are what amounts of a geography are in, and how people write that.
var currencies = map[string][]string{
	"USA": {"USD", "US$", "$"}, "CAN": {"CAD", "CA$", "C$", "$"}, "GBR": {"GBP", "£"}, "AUS": {"AUD", "AU$", "A$", "$"}, "EUROPEAN_UNION": {"EUR", "€"},
}

var (
	amountPlain   = regexp.MustCompile(`^\d+$`)
	amountPoint   = regexp.MustCompile(`^(\d+)[.,](\d{1,2})$`)
	amountGrouped = regexp.MustCompile(`^(\d{1,3}(?:,\d{3})+)\.(\d{1,2})$|^(\d{1,3}(?:\.\d{3})+),(\d{1,2})$|^(\d{1,3}(?:,\d{3}){2,})$|^(\d{1,3}(?: \d{3})+)(?:[.,](\d{1,2}))?$`)
	amountDoubt   = regexp.MustCompile(`^\d{1,3}[.,]\d{3}$`)
	amountFine    = regexp.MustCompile(`^\d+[.,]\d{3,}$`)
)

// parseAmount reads a price above zero with at most two decimals; field says what it is in: price[USA].
func parseAmount(text, field string) (catalog.Money, error) {
	typed := clip(text)
	number := strings.Join(strings.FieldsFunc(text, unicode.IsSpace), " ")
	geography := strings.TrimSuffix(field[strings.IndexByte(field, '[')+1:], "]")
	number = withoutCurrency(number, currencies[geography])
	if number == "" {
		return 0, refuse("an amount is wanted, such as 12.50")
	}
	for other, marks := range currencies { // which of them does not matter: all say no
		if other != geography && withoutCurrency(number, marks) != number {
			return 0, refuse("%q is in another currency than the price, which is in %s", typed, currencyOf(geography))
		}
	}
	whole, cents := "", ""
	switch grouped := amountGrouped.FindStringSubmatch(number); {
	case strings.HasPrefix(number, "-"):
		return 0, refuse("%q is not above zero", typed)
	case amountPlain.MatchString(number):
		whole = number
	case amountDoubt.MatchString(number):
		return 0, refuse("%q may be thousands or decimals: write it as %s.00 or with two decimals", typed, strings.NewReplacer(",", "", ".", "").Replace(number))
	case amountFine.MatchString(number):
		return 0, refuse("%q has more than two decimals", typed)
	case amountPoint.MatchString(number):
		parts := amountPoint.FindStringSubmatch(number)
		whole, cents = parts[1], parts[2]
	case grouped != nil:
		whole = strings.NewReplacer(",", "", ".", "", " ", "").Replace(grouped[1] + grouped[3] + grouped[5] + grouped[6])
		cents = grouped[2] + grouped[4] + grouped[7]
	default:
		return 0, refuse("%q is no amount such as 12.50", typed)
	}
	minor, err := strconv.ParseInt(whole+(cents + "00")[:2], 10, 64)
	switch {
	case err != nil || minor > 1e11:
		return 0, refuse("%q is more than any price", typed)
	case minor == 0:
		return 0, refuse("%q is not above zero", typed)
	}
	return catalog.Money(minor), nil
}

// withoutCurrency takes one of the marks off, before or behind the number.
func withoutCurrency(number string, marks []string) string {
	for _, mark := range marks {
		for _, cut := range []func(string, string) (string, bool){strings.CutPrefix, strings.CutSuffix} {
			if rest, ok := cut(strings.ToUpper(number), mark); ok {
				return strings.TrimSpace(rest)
			}
		}
	}
	return number
}

func currencyOf(geography string) string {
	if marks := currencies[geography]; marks != nil {
		return marks[0]
	}
	return "the currency of " + geography
}

var typeID = regexp.MustCompile(`^(?:(.*\S)\s*\(\s*)?(tt_[A-Za-z0-9]+)\s*\)?$`)

// parseType reads a type of Faire: tt_…, Name (tt_…), or a name that only one type has.
func parseType(text string, types map[string]string, byName map[string][]string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", refuse("map needs one of Faire's types in Value")
	}
	if m := typeID.FindStringSubmatch(text); m != nil {
		name, ok := types[m[2]]
		switch {
		case !ok:
			return "", refuse("%s is not on Faire's list of types: choose one from the list of the workbook", m[2])
		case m[1] != "" && !strings.EqualFold(strings.TrimSpace(m[1]), strings.TrimSpace(name)):
			return "", refuse("%s is %s and not %s: choose the type again", m[2], clip(name), clip(m[1]))
		}
		return m[2], nil
	}
	switch ids := byName[strings.ToLower(text)]; len(ids) {
	case 0:
		return "", refuse("%q is not on Faire's list of types: choose one from the list of the workbook", clip(text))
	case 1:
		return ids[0], nil
	default:
		return "", refuse("%q is the name of %s: write which", clip(text), strings.Join(slices.Sorted(slices.Values(ids)), " and "))
	}
}

// longestShown is how many characters of foreign text a sentence repeats.
const longestShown = 60

// clip shortens foreign text for a sentence.
func clip(text string) string {
	runes := []rune(text)
	if len(runes) <= longestShown {
		return text
	}
	return string(runes[:longestShown-1]) + "…"
}
