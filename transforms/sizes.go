package transforms

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Bands keep kinds of sizes apart: all of one band sort before all of the next.
const (
	bandOneSize = iota + 1
	bandAge     // months and years, toddlers among them
	bandYouth   // youth letters
	bandLetter  // XXS … 5XL
	bandNumber  // 0, 7.5, 28, 30x32, 34B
	bandVolume
	bandWeight
	bandLength
)

// rank is where a size stands: by band, then by where it begins, then by where it ends, so that S < S/M < S-XL < M reads as
// worn. Both ends are below 100 million.
type rank struct{ band, from, to int64 }

func (r rank) number() int64 { return r.band*1e16 + r.from*1e8 + r.to }

var oneSize = []string{"os", "o/s", "o.s.", "o.s", "onesize", "one size", "1 size", "1size", "one sz", "onesz", "1sz", "osz", "osfa", "osfm",
	"one size fits all", "one size fits most", "one size fits all most", "one size only", "free size", "freesize", "uni", "unisize",
	"universal", "tu", "taille unique", "single size"}

// words that stand for letters; longest first, since one may begin another.
var sizeWords = strings.NewReplacer("extra", "x", "small", "s", "sml", "s", "sm", "s", "medium", "m", "med", "m", "md", "m", "large", "l", "lrg", "l", "lge", "l", "lg", "l")

var (
	inBrackets   = regexp.MustCompile(`\s*\([^()]*\)\s*$`)
	sizePrefix   = regexp.MustCompile(`^(size|sz|us|uk|eur|eu|fr|it|de|jp|no\.?|#)[\s:.]*([0-9])`)
	sizeRegion   = regexp.MustCompile(`([0-9])\s*(us|uk|eur|eu|fr|it|de|jp)$`)
	xGap         = regexp.MustCompile(`(x)[\s-]+(x|s|m|l)\b`)
	xCount       = regexp.MustCompile(`([0-9])[\s-]+(x+[sml]?)\b`)
	waistPattern = regexp.MustCompile(`^w?\s*([0-9]{1,3}(?:\.[0-9]+)?)\s*w?\s*[x/\-]?\s*l?\s*([0-9]{1,3}(?:\.[0-9]+)?)\s*l?$`)
	splitPattern = regexp.MustCompile(`\s*(?:/|-|~|\bto\b)\s*`)
	numberSize   = regexp.MustCompile(`^([0-9]{1,6}(?:\.[0-9]{1,3})?|\.[0-9]{1,3})\s*([a-z]{0,4})$`)
	letterSize   = regexp.MustCompile(`^(?:([0-9]{1,2})(x)|(x*))([sml])(t|p)?$`)
	plusSize     = regexp.MustCompile(`^([0-57-9])x$`) // 6X is a girl's number
	yearSize     = regexp.MustCompile(`^([0-9]{1,2})\s*(t|y|yr|yrs|year|years|ans)$`)
	monthSize    = regexp.MustCompile(`^([0-9]{1,2})\s*(m|mo|mos|mth|mths|mnth|mnths|month|months)$`)
	youthSize    = regexp.MustCompile(`^(?:youth|kids|kid|child|junior|jr|y)[\s-]*(.+)$`)
	fractions    = strings.NewReplacer(" 1/2", ".5", "-1/2", ".5", " 1/4", ".25", " 3/4", ".75", "½", ".5", "¼", ".25", "¾", ".75")
)

// sizeRank places a size as it is worn. Unknown sizes have no place, and the source's order stands.
func sizeRank(text string) (int64, bool) {
	size := strings.ToLower(cleanKey(text))
	size = strings.TrimSpace(inBrackets.ReplaceAllString(size, ""))
	if size == "" || len(size) > 40 {
		return 0, false
	}
	if slices.Contains(oneSize, strings.ReplaceAll(size, "-", " ")) {
		return rank{band: bandOneSize}.number(), true
	}
	if place, ok := sizePlace(normalSize(size)); ok {
		return place.number(), true
	}
	return 0, false
}

// normalSize brings the ways of writing a size down to one.
func normalSize(size string) string {
	size = fractions.Replace(size)
	size = sizePrefix.ReplaceAllString(size, "$2")
	size = sizeRegion.ReplaceAllString(size, "$1")
	size = sizeWords.Replace(size)
	for {
		joined := xCount.ReplaceAllString(xGap.ReplaceAllString(size, "$1$2"), "$1$2")
		if joined == size {
			return strings.TrimSpace(size)
		}
		size = joined
	}
}

func sizePlace(size string) (rank, bool) {
	if place, ok := simpleSize(size); ok {
		return place, true
	}
	if place, ok := waistAndLength(size); ok {
		return place, true
	}
	parts := splitPattern.Split(size, -1)
	if len(parts) != 2 || parts[0] == "" || parts[1] == "" {
		return rank{}, false
	}
	to, ok := simpleSize(parts[1])
	if !ok {
		return rank{}, false
	}
	from, ok := simpleSize(parts[0])
	if to.band == bandAge && digitsOnly(parts[0]) { // 0-3m: the unit stands once, at the end
		from, ok = simpleSize(parts[0] + strings.TrimLeft(parts[1], "0123456789. "))
	} else if isMeasure(to.band) && ok && from.band == bandNumber {
		from, ok = simpleSize(parts[0] + strings.TrimLeft(parts[1], "0123456789. "))
	}
	if !ok || from.band != to.band || from.from > to.from {
		return rank{}, false
	}
	return rank{band: from.band, from: from.from, to: max(to.to, from.to)}, true
}

// simpleSize places a size that is no range.
func simpleSize(size string) (rank, bool) {
	size = strings.TrimSpace(size)
	switch size {
	case "preemie", "premie", "preterm", "p/nb":
		return rank{bandAge, 0, 0}, true
	case "nb", "newborn", "new born", "n/b":
		return rank{bandAge, 1, 1}, true
	}
	if place, ok := letterPlace(size); ok {
		return place, true
	}
	if match := youthSize.FindStringSubmatch(size); match != nil {
		if place, ok := letterPlace(match[1]); ok {
			return rank{bandYouth, place.from, place.to}, true
		}
		if place, ok := numberPlace(match[1]); ok {
			return place, true
		}
	}
	if match := monthSize.FindStringSubmatch(size); match != nil {
		if months, spelled := whole(match[1]), match[2] != "m"; spelled || monthsWorn(months) {
			return rank{bandAge, age(months), age(months)}, true
		}
	}
	if match := yearSize.FindStringSubmatch(size); match != nil {
		years := whole(match[1])
		return rank{bandAge, age(years * 12), age(years*12 + 11)}, true
	}
	return numberPlace(size)
}

// letterPlace: XS is one step under S, XL one over L, and so on; tall and petite stand right after the plain one.
func letterPlace(size string) (rank, bool) {
	const small, medium, large, step, tall = 100_000, 200_000, 300_000, 1_000, 10
	if match := plusSize.FindStringSubmatch(size); match != nil { // 1X, 2X: plus sizes, beside XL and 2XL
		at := large + whole(match[1])*step
		return rank{bandLetter, at, at + tall/2}, true
	}
	match := letterSize.FindStringSubmatch(size)
	if match == nil {
		return rank{}, false
	}
	steps := int64(len(match[3]))
	if match[2] == "x" {
		steps = whole(match[1])
	}
	var at int64
	switch match[4] {
	case "s":
		at = small - steps*step
	case "m":
		if at = medium; steps > 0 {
			return rank{}, false
		}
	case "l":
		at = large + steps*step
	}
	if match[5] != "" {
		return rank{bandLetter, at, at + tall}, true
	}
	return rank{bandLetter, at, at}, true
}

// units that measure what a size means outside clothing, as hundredths of a millilitre, gram or millimetre.
var units = map[string]struct {
	band   int64
	factor float64
}{
	"ml": {bandVolume, 100}, "cl": {bandVolume, 1000}, "floz": {bandVolume, 2957.35}, "ltr": {bandVolume, 100000}, "gal": {bandVolume, 378541},
	"g": {bandWeight, 100}, "gr": {bandWeight, 100}, "kg": {bandWeight, 100000}, "oz": {bandWeight, 2834.95}, "lb": {bandWeight, 45359.2}, "lbs": {bandWeight, 45359.2},
	"mm": {bandLength, 100}, "cm": {bandLength, 1000}, "in": {bandLength, 2540}, "inch": {bandLength, 2540}, "ft": {bandLength, 30480},
}

func isMeasure(band int64) bool { return band >= bandVolume }

// numberPlace: 00 before 0 before 2, 6 before 6X, 34B before 34C; 8 oz by weight.
func numberPlace(size string) (rank, bool) {
	size = strings.NewReplacer("fl oz", "floz", "fl. oz", "floz", `"`, "in", "inches", "in").Replace(size)
	match := numberSize.FindStringSubmatch(strings.TrimRight(size, "."))
	if match == nil {
		return rank{}, false
	}
	value, err := strconv.ParseFloat(match[1], 64)
	if err != nil {
		return rank{}, false
	}
	if unit, ok := units[match[2]]; ok {
		at := int64(math.Round(value * unit.factor))
		return rank{unit.band, min(at, 99_999_999), min(at, 99_999_999)}, true
	}
	const zero = 100 // leaves room below 0 for 00 and 000
	at := zero + int64(math.Round(value*100))
	if value == 0 && match[2] == "" {
		at -= int64(len(match[1]) - 1)
	}
	if at > 99_999_900 {
		return rank{}, false
	}
	suffix, ok := suffixPlace(match[2])
	return rank{bandNumber, at, at + suffix}, ok
}

// suffixPlace orders what follows a number: cups AA A B C D DD E, widths, X of children's 6X. All stay below one hundredth of
// a unit, so the number decides first.
func suffixPlace(letters string) (int64, bool) {
	switch {
	case letters == "":
		return 0, true
	case letters == "aaa" || letters == "aa":
		return 4 - int64(len(letters)), true
	case len(letters) > 1 && strings.Trim(letters, letters[:1]) != "": // not one letter repeated
		return 99, len(letters) <= 3
	}
	return 3*int64(letters[0]-'a') + 3 + int64(len(letters)-1), true
}

// waistAndLength: 30x32, 30/32, W30 L32. Two numbers that cannot be trousers are a range and read elsewhere.
func waistAndLength(size string) (rank, bool) {
	match := waistPattern.FindStringSubmatch(size)
	if match == nil || digitsOnly(size) {
		return rank{}, false
	}
	waist, okWaist := numberPlace(match[1])
	length, okLength := numberPlace(match[2])
	marked := strings.ContainsAny(size, "xwl/")
	if !okWaist || !okLength || !marked && waist.from > length.from {
		return rank{}, false
	}
	// The sum keeps lengths in order and every length after the waist alone.
	return rank{bandNumber, waist.from, waist.from + length.from}, true
}

func whole(digits string) int64 {
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0 // unreachable: the patterns allow two digits
	}
	return n
}

// age leaves room for preemie and newborn before 0 months.
func age(months int64) int64 { return months + 2 }

// monthsWorn are the months children's wear is cut for; 8M is a shoe of medium width.
func monthsWorn(months int64) bool {
	return months <= 6 || slices.Contains([]int64{9, 12, 15, 18, 24, 30, 36, 48}, months)
}

func sizeRankCall(args []any) (any, error) {
	place, ok := sizeRank(args[0].(string))
	if !ok {
		return nil, nil
	}
	return place, nil
}
