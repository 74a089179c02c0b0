package transforms_test

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestMoneyText(t *testing.T) {
	for decimal, want := range map[string]map[string]string{
		".": {
			"$24.50": "24.5", "24.5": "24.5", " 24.50 ": "24.5", "24": "24", "24.": "24", ".5": "0.5", "0": "0", "0.00": "0", "$0.00": "0",
			"1,250.00": "1250", "1,250,000.10": "1250000.1", "1'250.00": "1250", "1’250.00": "1250", "1 250.00": "1250", "1\u00A0250.50": "1250.5",
			"1\u202F250.00": "1250", "USD 24.50": "24.5", "24.50 USD": "24.5", "usd24.50": "24.5", "US$24.50": "24.5", "US$ 24.50": "24.5",
			"$24.50 USD": "24.5", "CA$33.00": "33", "C$33": "33", "CAD$ 33": "33", "£12.00": "12", "€ 12.00": "12", "12.00 €": "12", "24.0000": "24",
			"12.345": "12.345", "24.505": "24.505", "24.499999999999996": "24.499999999999996", "(5.00)": "-5", "($5.00)": "-5", "-5.00": "-5", "-$5.00": "-5",
			"$-5.00": "-5", "5.00-": "-5", "+5.00": "5", "−5.00": "-5", "'24.50": "24.5", "007.10": "7.1", "1,250": "1250", "52.00": "52", "AU$10": "10",
			// not clearly one amount
			"": "", " ": "", "-": "", "$": "", "TBD": "", "call": "", "24.50/ea": "", "24.50 each": "", "24.50 per dozen": "", "10-12": "", "10.00 - 12.00": "",
			"24,50": "", "1,25": "", "1,2500": "", "12,34,567.00": "", "1.250,00": "", "1.250.00": "", "1,250 000": "", "24.50 33.00": "", "1E+3": "",
			"50%": "", "$24.50 €22.00": "", "€24.50 USD": "", "24.5.0": "", "(-5.00)": "", "--5": "", "-5-": "", "()": "", "(": "", ",5": "", ".": "",
			"abc 24.50": "", "24.50 XYZ": "", "NaN": "", "Infinity": "", "0x10": "", "5 00": "", "'": "", "1,": "", ",250": "",
			strings.Repeat("9", 70): "",
		},
		",": {
			"24,50": "24.5", "1.250,00": "1250", "1 250,00": "1250", "1\u00A0250,00 €": "1250", "€ 24,50": "24.5", "24,5": "24.5", "24": "24", "EUR 24,50": "24.5",
			"1'250,00": "1250", "(5,00)": "-5", "1.250": "1250", "24,499999": "24.499999",
			"24.50": "", "1,250.00": "", "1.25": "", "24,50,00": "", "-": "", "24,50/St": "",
		},
	} {
		for input, expected := range want {
			got, _ := call(t, "money_text", input, decimal).(string)
			if diff := cmp.Diff(expected, got); diff != "" {
				t.Errorf("money_text(%q, %q) (-want +got):\n%s", input, decimal, diff)
			}
		}
	}
}

func TestMoneyCurrency(t *testing.T) {
	texts(t, "money_currency", map[string]string{
		"USD 24.50": "USD", "24.50 usd": "USD", "$24.50": "", "24.50": "", "£12": "GBP", "12 €": "EUR", "US$24.50": "USD", "C$33": "CAD", "CA$33": "CAD",
		"CDN$ 33": "CAD", "A$10": "AUD", "AU$ 10": "AUD", "CAD": "CAD", "Wholesale USD": "USD", "Retail (GBP)": "GBP", "EUR 1.250,00": "EUR",
		"USD 10 / CAD 13": "", "$10 CAD": "CAD", "€10 EUR": "EUR", "": "", "¥100": "", "SEK 200": "SEK", "US": "", "AUDIO": "", "USD$ 5": "USD",
	})
}

func TestMoneyMinor(t *testing.T) {
	for _, c := range []struct {
		text, round string
		want        any
	}{
		{"24.5", "", int64(2450)},
		{"24.50", "", int64(2450)},
		{"1250", "", int64(125000)},
		{"0", "", int64(0)},
		{"-5", "", int64(-500)},
		{"12.345", "", nil},
		{"12.3400", "", int64(1234)},
		{"12.345", "half_up", int64(1235)},
		{"12.344999", "half_up", int64(1234)},
		{"-12.345", "half_up", int64(-1235)}, // away from zero
		{"24.499999999999996", "half_up", int64(2450)},
		{"24.499999999999996", "", nil},
		{"0.005", "half_up", int64(1)},
		{"0.999", "half_up", int64(100)},
		{"92233720368547758.07", "", int64(9223372036854775807)},
		{"92233720368547758.08", "", nil},
		{"92233720368547758.079", "half_up", nil},
		{"", "", nil},
		{"$5", "", nil},
		{"5.", "", nil},
		{".5", "", nil},
		{"1,250", "", nil},
	} {
		if got := call(t, "money_minor", c.text, c.round); got != c.want {
			t.Errorf("money_minor(%q, %q) = %v, want %v", c.text, c.round, got, c.want)
		}
	}
}

func TestExact(t *testing.T) {
	for _, c := range []struct{ op, a, b, want string }{
		{"+", "0.1", "0.2", "0.3"},
		{"-", "0.1", "0.3", "-0.2"},
		{"*", "24.50", "0.5", "12.25"},
		{"*", "52", "0.5", "26"},
		{"*", "-0.5", "-0.5", "0.25"},
		{"/", "52", "2", "26"},
		{"/", "1", "3", "0.333333333333"},
		{"/", "2", "3", "0.666666666666"}, // cut off, not rounded
		{"/", "-2", "3", "-0.666666666666"},
		{"/", "1", "0", ""},
		{"/", "1", "0.00", ""},
		{"/", "0", "5", "0"},
		{"+", "x", "1", ""},
		{"+", "1", "", ""},
		{"+", "1", "$1", ""},
		{"-", "5", "5", "0"},
		{"*", strings.Repeat("9", 60), strings.Repeat("9", 60), strings.Repeat("9", 59) + "8" + strings.Repeat("0", 59) + "1"},
		{"*", strings.Repeat("9", 61), strings.Repeat("9", 61), ""},
	} {
		got, _ := call(t, "exact", c.op, c.a, c.b).(string)
		if got != c.want {
			t.Errorf("exact(%q, %q, %q) = %q, want %q", c.op, c.a, c.b, got, c.want)
		}
	}
}

func TestNumberText(t *testing.T) {
	texts(t, "number_text", map[string]string{
		"37.00": "37", "31": "31", "1,000": "1000", "-3": "-3", "3-": "-3", "(3)": "-3", "0.00": "0", " 12 ": "12", "12.5": "12.5", "1 000": "1000", "+4": "4",
		"": "", "abc": "", "12 pcs": "", "1,00": "", "1.2.3": "", "1E+3": "", "$5": "", "-": "", "'12": "12", "0045": "45",
	})
}

func TestBooleanText(t *testing.T) {
	texts(t, "boolean_text", map[string]string{
		"Y": "true", "yes": "true", "1": "true", "1.0": "true", "1.00": "true", "TRUE": "true", "T": "true", "x": "true", "X": "true", "Active": "true",
		"enabled": "true", "Published": "true", "✓": "true", " y ": "true", "-1": "true",
		"N": "false", "no": "false", "0": "false", "0.0": "false", "FALSE": "false", "f": "false", "inactive": "false", "Disabled": "false", "draft": "false",
		"archived": "false", "Discontinued": "false",
		"": "", "maybe": "", "2": "", "-": "", "yes please": "", "10": "",
	})
}

// TestMoneyRoundTrip: an amount written in any style people use is read back to the cent.
func TestMoneyRoundTrip(t *testing.T) {
	money, minor := find(t, "money_text"), find(t, "money_minor")
	rapid.Check(t, func(t *rapid.T) {
		cents := rapid.Int64Range(-1_000_000_000_00, 1_000_000_000_00).Draw(t, "cents")
		decimal := rapid.SampledFrom([]string{".", ","}).Draw(t, "decimal")
		separators := map[string][]string{".": {"", ",", " ", "'", "\u00A0"}, ",": {"", ".", " ", "’", "\u202F"}}[decimal]
		separator := rapid.SampledFrom(separators).Draw(t, "separator")
		absolute := max(cents, -cents)
		written := group(fmt.Sprint(absolute/100), separator) + decimal + fmt.Sprintf("%02d", absolute%100)
		written = rapid.SampledFrom([]string{"", "$", "USD ", "€"}).Draw(t, "mark") + written
		if cents < 0 {
			written = rapid.SampledFrom([]string{"-" + written, "(" + written + ")", written + "-"}).Draw(t, "minus")
		}
		plain, err := money.Call([]any{written, decimal})
		if err != nil {
			t.Fatal(err)
		}
		got, err := minor.Call([]any{plain, ""})
		if err != nil || got != cents {
			t.Fatalf("%q reads as %v, %v cents, error %v; want %d", written, plain, got, err, cents)
		}
	})
}

func group(digits, separator string) string {
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + separator + digits[at:]
	}
	return digits
}

var plain = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$`)

// TestExactAgreesWithRationals: sums, differences and products are exact; a quotient differs by less than its last digit.
func TestExactAgreesWithRationals(t *testing.T) {
	function := find(t, "exact")
	number := rapid.StringMatching(`-?[0-9]{1,12}(\.[0-9]{1,8})?`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := number.Draw(t, "a"), number.Draw(t, "b")
		op := rapid.SampledFrom([]string{"+", "-", "*", "/"}).Draw(t, "op")
		got, err := function.Call([]any{op, a, b})
		if err != nil {
			t.Fatal(err)
		}
		x, _ := new(big.Rat).SetString(a)
		y, _ := new(big.Rat).SetString(b)
		want := new(big.Rat)
		switch op {
		case "+":
			want.Add(x, y)
		case "-":
			want.Sub(x, y)
		case "*":
			want.Mul(x, y)
		case "/":
			if y.Sign() == 0 {
				if got != nil {
					t.Fatalf("%s / %s = %v, want NULL", a, b, got)
				}
				return
			}
			want.Quo(x, y)
		}
		text, _ := got.(string)
		if !plain.MatchString(text) || text == "-0" {
			t.Fatalf("%s %s %s = %q is not plain decimal text", a, op, b, text)
		}
		value, _ := new(big.Rat).SetString(text)
		difference := new(big.Rat).Abs(value.Sub(value, want))
		if op != "/" && difference.Sign() != 0 || difference.Cmp(big.NewRat(1, 1_000_000_000_000)) >= 0 {
			t.Fatalf("%s %s %s = %s, off by %s", a, op, b, text, difference)
		}
	})
}

func FuzzMoneyText(f *testing.F) {
	for _, seed := range []string{"$1,250.00", "(5.00)", "24,50 €", "24.50/ea", "1 250,00", "CDN$ 5-", "U.S.$ 7", "zł 5", "5 zł", "\u00A0", "'-5"} {
		f.Add(seed, true)
		f.Add(seed, false)
	}
	f.Fuzz(func(t *testing.T, text string, comma bool) {
		decimal := "."
		if comma {
			decimal = ","
		}
		got := call(t, "money_text", text, decimal)
		if got == nil {
			return
		}
		amount := got.(string)
		if !plain.MatchString(amount) || amount == "-0" || !utf8.ValidString(amount) {
			t.Fatalf("money_text(%q) = %q is not plain decimal text", text, amount)
		}
		if again := call(t, "money_text", amount, "."); again != got {
			t.Fatalf("money_text(%q) = %q, read again %v", text, amount, again)
		}
		if call(t, "money_currency", text) == nil {
			return
		}
		if code := call(t, "money_currency", text).(string); len(code) != 3 {
			t.Fatalf("money_currency(%q) = %q", text, code)
		}
	})
}
