package apparelmagic

import (
	"math/big"
	"strings"
)

// decimal is an exact number: unscaled / 10^scale. Quantities and prices are never floats (contract §3.9).
type decimal struct {
	unscaled *big.Int
	scale    int
}

// parseDecimal reads a sign, digits and at most one point; nothing else, and nothing of absurd length.
func parseDecimal(text string) (decimal, bool) {
	const longest = 40
	digits := strings.TrimLeft(text, "+-")
	if len(text)-len(digits) > 1 || len(digits) > longest {
		return decimal{}, false
	}
	whole, fraction, _ := strings.Cut(digits, ".")
	if whole+fraction == "" || strings.Trim(whole+fraction, "0123456789") != "" {
		return decimal{}, false
	}
	unscaled, ok := new(big.Int).SetString(whole+fraction, 10)
	if !ok {
		return decimal{}, false
	}
	if strings.HasPrefix(text, "-") {
		unscaled.Neg(unscaled)
	}
	return decimal{unscaled, len(fraction)}, true
}

func isDecimal(text string) bool {
	_, ok := parseDecimal(text)
	return ok
}

// rescaled is the number with a greater scale.
func (d decimal) rescaled(scale int) *big.Int {
	factor := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale-d.scale)), nil)
	return factor.Mul(factor, d.unscaled)
}

func (d decimal) plus(o decimal) decimal {
	scale := max(d.scale, o.scale)
	return decimal{new(big.Int).Add(d.rescaled(scale), o.rescaled(scale)), scale}
}

func (d decimal) equals(o decimal) bool {
	scale := max(d.scale, o.scale)
	return d.rescaled(scale).Cmp(o.rescaled(scale)) == 0
}

func (d decimal) isZero() bool { return d.unscaled.Sign() == 0 }

func (d decimal) String() string {
	digits := new(big.Int).Abs(d.unscaled).String()
	if len(digits) <= d.scale {
		digits = strings.Repeat("0", d.scale-len(digits)+1) + digits
	}
	if d.scale > 0 {
		digits = digits[:len(digits)-d.scale] + "." + digits[len(digits)-d.scale:]
	}
	if d.unscaled.Sign() < 0 {
		return "-" + digits
	}
	return digits
}

// add is the sum of two decimals as text, with as many decimals as the finer one; false when either is none.
func add(a, b string) (string, bool) {
	x, first := parseDecimal(a)
	y, second := parseDecimal(b)
	if !first || !second {
		return "", false
	}
	return x.plus(y).String(), true
}
