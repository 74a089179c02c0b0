package transforms

import (
	"fmt"
	"strings"
)

// massUnits and distanceUnits are the words feeds write units with, folded, and Faire's own words for them. A word that means two
// things in the trade (gr: gram or grain) is left out: what is not here is not guessed.
var (
	massUnits = map[string]string{
		"g": "GRAMS", "gm": "GRAMS", "gms": "GRAMS", "gram": "GRAMS", "grams": "GRAMS", "gramme": "GRAMS", "grammes": "GRAMS",
		"kg": "KILOGRAMS", "kgs": "KILOGRAMS", "kilo": "KILOGRAMS", "kilos": "KILOGRAMS", "kilogram": "KILOGRAMS", "kilograms": "KILOGRAMS",
		"oz": "OUNCES", "ozs": "OUNCES", "ounce": "OUNCES", "ounces": "OUNCES",
		"lb": "POUNDS", "lbs": "POUNDS", "pound": "POUNDS", "pounds": "POUNDS",
	}
	distanceUnits = map[string]string{
		"mm": "MILLIMETERS", "millimeter": "MILLIMETERS", "millimeters": "MILLIMETERS", "millimetre": "MILLIMETERS", "millimetres": "MILLIMETERS",
		"cm": "CENTIMETERS", "centimeter": "CENTIMETERS", "centimeters": "CENTIMETERS", "centimetre": "CENTIMETERS", "centimetres": "CENTIMETERS",
		"m": "METERS", "meter": "METERS", "meters": "METERS", "metre": "METERS", "metres": "METERS",
		"in": "INCHES", "ins": "INCHES", "inch": "INCHES", "inches": "INCHES", `"`: "INCHES", "″": "INCHES", "”": "INCHES",
		"ft": "FEET", "foot": "FEET", "feet": "FEET", "'": "FEET", "′": "FEET", "’": "FEET",
		"yd": "YARDS", "yds": "YARDS", "yard": "YARDS", "yards": "YARDS",
	}
)

// measureText reads one figure with its unit: "0.45 lb" is "0.45 POUNDS". The unit of the cell goes before the one that stands beside
// it. Nothing is "0", which needs no unit. A figure without a known unit, below nothing, or of several parts ("1 lb 4 oz") is "".
func measureText(text, beside string, decimal byte, units map[string]string) string {
	text = strings.TrimPrefix(spaces(text), "'")
	end := strings.LastIndexFunc(text, func(r rune) bool { return r >= '0' && r <= '9' }) + 1
	if end < len(text) && text[end] == decimal { // 5. and 5.lb
		end++
	}
	number := plainNumber(strings.TrimSpace(text[:end]), decimal, false)
	if number == "" {
		return ""
	}
	word := unitWord(text[end:])
	unit, known := units[word]
	switch {
	case word != "" && !known:
		return ""
	case number == "0":
		return number
	case word == "":
		unit = units[unitWord(beside)]
	}
	if unit == "" {
		return ""
	}
	return number + " " + unit
}

func unitWord(text string) string {
	return strings.TrimSuffix(strings.ToLower(spaces(text)), ".")
}

func measureCall(units map[string]string) func(args []any) (any, error) {
	return func(args []any) (any, error) {
		decimal := args[2].(string)
		if decimal != "." && decimal != "," {
			return nil, fmt.Errorf("decimal sign is %q, not '.' or ','", decimal)
		}
		return orNull(measureText(args[0].(string), args[1].(string), decimal[0], units)), nil
	}
}
