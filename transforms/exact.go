package transforms

import (
	"fmt"
	"math/big"
	"strings"
)

// quotientDigits is how many decimals a division has; the rest is cut off.
const quotientDigits = 12

// decimal is an exact decimal number: unscaled / 10^scale.
type decimal struct {
	unscaled *big.Int
	scale    int
}

// parseDecimal reads plain decimal text.
func parseDecimal(text string) (decimal, bool) {
	whole, fraction, negative, ok := splitDecimal(strings.TrimSpace(text))
	if !ok {
		return decimal{}, false
	}
	unscaled, ok := new(big.Int).SetString(whole+fraction, 10)
	if !ok {
		return decimal{}, false
	}
	if negative {
		unscaled.Neg(unscaled)
	}
	return decimal{unscaled: unscaled, scale: len(fraction)}, true
}

// String writes plain decimal text.
func (d decimal) String() string {
	digits := new(big.Int).Abs(d.unscaled).String()
	if len(digits) <= d.scale {
		digits = strings.Repeat("0", d.scale-len(digits)+1) + digits
	}
	point := len(digits) - d.scale
	return plainDecimal(digits[:point], digits[point:], d.unscaled.Sign() < 0)
}

// at returns the unscaled value for a larger scale.
func (d decimal) at(scale int) *big.Int { return new(big.Int).Mul(d.unscaled, power(scale-d.scale)) }

func power(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// exact computes a op b on plain decimal texts; "" when an operand cannot be read or a divisor is zero.
func exact(op, a, b string) (string, error) {
	left, okLeft := parseDecimal(a)
	right, okRight := parseDecimal(b)
	result := decimal{unscaled: new(big.Int)}
	switch op {
	case "+", "-", "*", "/":
		if !okLeft || !okRight {
			return "", nil
		}
	default:
		return "", fmt.Errorf("operator is %q, not + - * or /", op)
	}
	result.scale = max(left.scale, right.scale)
	switch op {
	case "+":
		result.unscaled.Add(left.at(result.scale), right.at(result.scale))
	case "-":
		result.unscaled.Sub(left.at(result.scale), right.at(result.scale))
	case "*":
		result.unscaled.Mul(left.unscaled, right.unscaled)
		result.scale = left.scale + right.scale
	case "/":
		if right.unscaled.Sign() == 0 {
			return "", nil
		}
		dividend := new(big.Int).Mul(left.at(result.scale), power(quotientDigits))
		result.unscaled.Quo(dividend, right.at(result.scale)) // cuts toward zero
		result.scale = quotientDigits
	}
	text := result.String()
	if len(text) > 2*digitLimit {
		return "", nil // a number no further step could read is no number
	}
	return text, nil
}

func exactCall(args []any) (any, error) {
	text, err := exact(args[0].(string), args[1].(string), args[2].(string))
	return orNull(text), err
}
