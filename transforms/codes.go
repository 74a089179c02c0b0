package transforms

import "strings"

// gtinDigits strips what people put into barcodes: spaces, hyphens and the apostrophe that marks text in a spreadsheet.
// Nothing is repaired: a lost zero or an ".0" is for a person to mend.
func gtinDigits(text string) string {
	digits := strings.NewReplacer(" ", "", "-", "").Replace(strings.TrimPrefix(cleanKey(text), "'"))
	if len(digits) < 8 || len(digits) > 14 || !digitsOnly(digits) {
		return ""
	}
	return digits
}

// gtinOK checks length and GS1 check digit (contract §5). All zeros would pass the sum and is a filler.
func gtinOK(text string) bool {
	switch len(text) {
	case 8, 12, 13, 14:
	default:
		return false
	}
	if !digitsOnly(text) || strings.Trim(text, "0") == "" {
		return false
	}
	sum := 0
	for i := range len(text) {
		digit := int(text[len(text)-1-i] - '0') // from the right, the check digit first
		if i%2 == 1 {
			digit *= 3
		}
		sum += digit
	}
	return sum%10 == 0
}

// tariffDigits reads an HS code: 6 digits of the world's, up to 10 with a country's own. Dots and spaces are layout.
func tariffDigits(text string) string {
	digits := strings.NewReplacer(" ", "", ".", "").Replace(strings.TrimPrefix(cleanKey(text), "'"))
	if len(digits) < 6 || len(digits) > 10 || !digitsOnly(digits) || strings.HasPrefix(digits, "00") {
		return ""
	}
	return digits
}
