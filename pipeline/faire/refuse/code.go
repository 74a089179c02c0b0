package refuse

import (
	"fmt"

	"fairesync/pipeline/catalog"
)

// GTINInvalid: digits only, 8, 12, 13 or 14 of them, and a right GS1 check digit. A variant without gtin is fine. Contract §5;
// documented, the text of the refusal is unknown.
func GTINInvalid(v catalog.Variant) error {
	if v.GTIN == "" {
		return nil
	}
	sum := 0
	for i := range len(v.GTIN) {
		digit := v.GTIN[len(v.GTIN)-1-i]
		if digit < '0' || digit > '9' {
			return fmt.Errorf("the barcode %q holds something else than digits", v.GTIN)
		}
		weight := 1 // from the right, check digit included: 1, 3, 1, 3 …
		if i%2 == 1 {
			weight = 3
		}
		sum += int(digit-'0') * weight
	}
	switch len(v.GTIN) {
	case 8, 12, 13, 14:
	default:
		return fmt.Errorf("the barcode %s has %d digits, not 8, 12, 13 or 14", v.GTIN, len(v.GTIN))
	}
	if sum%10 != 0 {
		return fmt.Errorf("the check digit of the barcode %s is wrong", v.GTIN)
	}
	return nil
}
