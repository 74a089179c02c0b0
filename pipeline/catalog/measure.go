package catalog

import (
	"math/big"
	"strings"
)

// Measurements are the weight and the size of one unit, as plain decimal texts without trailing zeros: a figure is never a float here.
// A unit is there if and only if a figure it belongs to is (contract §5).
type Measurements struct {
	Weight       string `json:"weight,omitempty"`
	MassUnit     string `json:"mass_unit,omitempty"` // GRAMS, KILOGRAMS, OUNCES or POUNDS
	Length       string `json:"length,omitempty"`
	Width        string `json:"width,omitempty"`
	Height       string `json:"height,omitempty"`
	DistanceUnit string `json:"distance_unit,omitempty"` // CENTIMETERS, INCHES, FEET, MILLIMETERS, METERS or YARDS
}

// unitSizes are the units by what they are in grams and in millimetres; all of them are exact.
var unitSizes = map[string]string{
	"GRAMS": "1", "KILOGRAMS": "1000", "OUNCES": "28.349523125", "POUNDS": "453.59237",
	"MILLIMETERS": "1", "CENTIMETERS": "10", "METERS": "1000", "INCHES": "25.4", "FEET": "304.8", "YARDS": "914.4",
}

// absentFigure stands for a figure that is not known among others that are.
const absentFigure = "-"

// Mass is the weight as people read it: 0.45 POUNDS.
func (m Measurements) Mass() string {
	if m.Weight == "" {
		return ""
	}
	return m.Weight + " " + m.MassUnit
}

// Dimensions are length, width and height as people read them: 10 x 5 x - INCHES.
func (m Measurements) Dimensions() string {
	if m.Length == "" && m.Width == "" && m.Height == "" {
		return ""
	}
	parts := []string{m.Length, m.Width, m.Height}
	for i, part := range parts {
		if part == "" {
			parts[i] = absentFigure
		}
	}
	return strings.Join(parts, " x ") + " " + m.DistanceUnit
}

// WithMass is m with the weight that Mass wrote.
func (m Measurements) WithMass(text string) Measurements {
	m.Weight, m.MassUnit, _ = strings.Cut(text, " ")
	return m
}

// WithDimensions is m with the size that Dimensions wrote.
func (m Measurements) WithDimensions(text string) Measurements {
	at := strings.LastIndexByte(text, ' ')
	parts := strings.Split(text[:max(at, 0)], " x ")
	m.Length, m.Width, m.Height, m.DistanceUnit = "", "", "", text[at+1:]
	for i, part := range parts {
		if figures := []*string{&m.Length, &m.Width, &m.Height}; i < len(figures) && part != absentFigure {
			*figures[i] = part
		}
	}
	return m
}

// Over is m with what it lacks taken from held: what the source does not tell stays as it is. The three figures of a size share one
// unit, so those taken are put into m's; a figure that has no end there is rounded to four decimals.
func (m Measurements) Over(held Measurements) Measurements {
	if m.Weight == "" {
		m.Weight, m.MassUnit = held.Weight, held.MassUnit
	}
	if m.DistanceUnit == "" {
		m.DistanceUnit = held.DistanceUnit
	}
	for _, pair := range []struct {
		to   *string
		from string
	}{{&m.Length, held.Length}, {&m.Width, held.Width}, {&m.Height, held.Height}} {
		if *pair.to == "" {
			*pair.to = convert(pair.from, held.DistanceUnit, m.DistanceUnit)
		}
	}
	return m
}

// convert puts a figure into another unit.
func convert(figure, from, to string) string {
	if from == to || figure == "" {
		return figure
	}
	size, ok := inBaseUnit(figure, from)
	unit, known := new(big.Rat).SetString(unitSizes[to])
	if !ok || !known {
		return ""
	}
	const decimals = 4
	text, _ := Decimal(size.Quo(size, unit).FloatString(decimals))
	return text
}

func inBaseUnit(figure, unit string) (*big.Rat, bool) {
	amount, ok := new(big.Rat).SetString(figure)
	size, known := new(big.Rat).SetString(unitSizes[unit])
	if !ok || !known {
		return nil, false
	}
	return amount.Mul(amount, size), true
}

// SameMeasure says whether two texts of Mass, or two of Dimensions, are the same in nature: 16 OUNCES are 1 POUNDS, and 0.4500 is 0.45.
// A millionth more or less is what numbers lose on their way through other programs.
func SameMeasure(a, b string) bool { return Near(a, b, "0.000001") }

// Near says whether no figure of two texts of Mass, or of Dimensions, differs by more than a part of the larger one.
func Near(a, b, part string) bool {
	if a == b {
		return true
	}
	left, right := figures(a), figures(b)
	if a == "" || b == "" || len(left) != len(right) {
		return false
	}
	allowed, ok := new(big.Rat).SetString(part)
	if !ok {
		return false
	}
	for i := range left {
		if left[i] == nil || right[i] == nil {
			if left[i] != right[i] {
				return false
			}
			continue
		}
		larger, difference := left[i], new(big.Rat).Sub(left[i], right[i])
		if right[i].Cmp(left[i]) > 0 {
			larger = right[i]
		}
		if difference.Abs(difference).Cmp(new(big.Rat).Mul(larger, allowed)) > 0 {
			return false
		}
	}
	return true
}

// figures are the figures of a text in grams or millimetres; nil for one that is absent or no figure.
func figures(text string) []*big.Rat {
	at := strings.LastIndexByte(text, ' ')
	if at < 0 {
		return []*big.Rat{nil}
	}
	parts := strings.Split(text[:at], " x ")
	list := make([]*big.Rat, len(parts))
	for i, part := range parts {
		list[i], _ = inBaseUnit(part, text[at+1:])
	}
	return list
}

// decimalDigits bounds what Decimal reads: no measure is longer, and 1e999999999 must not be spelled out.
const decimalDigits = 60

// Decimal writes a number of JSON the one way figures are written here: without exponent, leading or trailing zeros; false when the
// text is no number, or one below zero.
func Decimal(text string) (string, bool) {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	if len(mantissa) > decimalDigits || len(strings.TrimLeft(exponent, "+-0")) > 2 || strings.ContainsAny(text, "/_xX") {
		return "", false
	}
	amount, ok := new(big.Rat).SetString(text)
	if !ok || amount.Sign() < 0 {
		return "", false
	}
	const decimals = decimalDigits + 99
	written := amount.FloatString(decimals)
	return strings.TrimSuffix(strings.TrimRight(written, "0"), "."), true
}
