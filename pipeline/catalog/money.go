package catalog

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Money is an amount in integer minor units (cents for USD). The currency stands beside it, in Price.
type Money int64

// ErrMoney says that a text is not an amount of money in whole minor units.
var ErrMoney = errors.New("not an amount of money")

// String writes the amount with two decimals, as people read it: 1250 is "12.50".
func (m Money) String() string {
	sign := ""
	if m < 0 {
		sign, m = "-", -m
	}
	return fmt.Sprintf("%s%d.%02d", sign, int64(m)/100, int64(m)%100)
}

// ParseMoney reads what String writes; it is not for foreign input, which the clean_price relation parses.
func ParseMoney(text string) (Money, error) {
	rest, negative := strings.CutPrefix(text, "-")
	whole, cents, ok := strings.Cut(rest, ".")
	if !ok || len(cents) != 2 || !digits(whole) || !digits(cents) {
		return 0, fmt.Errorf("%q: %w", text, ErrMoney)
	}
	minor, err := strconv.ParseInt(whole+cents, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q: %w", text, ErrMoney)
	}
	if negative {
		minor = -minor
	}
	return Money(minor), nil
}

func digits(text string) bool {
	for _, r := range text {
		if r < '0' || r > '9' {
			return false
		}
	}
	return text != ""
}
