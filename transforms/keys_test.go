package transforms_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestCleanKey(t *testing.T) {
	texts(t, "clean_key", map[string]string{
		"LW2207-SAG-M":              "LW2207-SAG-M",
		"abc-1":                     "abc-1",
		"ABC-1":                     "ABC-1", // never re-cased
		" LW-1 ":                    "LW-1",
		"LW-1\t":                    "LW-1",
		"LW\u00A01":                 "LW 1",
		"\uFEFFSKU1":                "SKU1",
		"SK\u200BU1":                "SKU1",
		"SK\u200C\u200D\u2060U1":    "SKU1",
		"SK\u00ADU1":                "SKU1",
		"\u200ESKU1\u200F":          "SKU1",
		"A\u20101":                  "A-1",
		"A\u20111":                  "A-1",
		"A–1":                       "A-1",
		"A—1":                       "A-1",
		"A−1":                       "A-1",
		"A\uFE581\uFE632\uFF0D3":    "A-1-2-3",
		"AB-100Deep RedOne Size":    "AB-100Deep RedOne Size",
		"a  b \u2003 c":             "a b c",
		"Cafe\u0301":                "Café",
		"e\u200B\u0301":             "é",
		"NUL\x00byte":               "NULbyte",
		"00123":                     "00123",
		"":                          "",
		" \u00A0\u200B ":            "",
		"日本-1":                      "日本-1",
		"line\r\nend":               "line end",
		"bad\xffbyte":               "bad\uFFFDbyte",
		"tab\u3000ideographic":      "tab ideographic",
		"x\u0085y":                  "x y",
		"double  space":             "double space",
		"\u202Eoverride\u202C":      "override",
		"1.23457E+11":               "1.23457E+11",
		"12\" plate":                "12\" plate",
		"'00123":                    "'00123",
		"narrow\u202Fno-break":      "narrow no-break",
		"trailing zero width\u200b": "trailing zero width",
	})
}

func TestCleanText(t *testing.T) {
	texts(t, "clean_text", map[string]string{
		"plain":                    "plain",
		"  padded \n":              "padded",
		"a\r\nb\rc":                "a\nb\nc",
		"a\x00b\x1Ac":              "abc",
		"tab\tkept":                "tab\tkept",
		"\u202Egnirts\u202C":       "gnirts",
		"mark\u200F\u200E":         "mark",
		"iso\u2066late\u2069":      "isolate",
		"Cafe\u0301":               "Café",
		"line\u2028sep\u2029par":   "line\nsep\npar",
		"\uFEFFbom":                "bom",
		"👩\u200D🌾 grown":           "👩\u200D🌾 grown",
		"  ":                       "",
		"\u00A0":                   "",
		"":                         "",
		"no\u00A0break kept":       "no\u00A0break kept",
		"ALL CAPS • bullet™ €5":    "ALL CAPS • bullet™ €5",
		"=SUM(A1)":                 "=SUM(A1)",
		"bad\xffbyte":              "bad\uFFFDbyte",
		"first\n\nsecond":          "first\n\nsecond",
		"\nleading and trailing\n": "leading and trailing",
	})
}

func TestFold(t *testing.T) {
	texts(t, "fold", map[string]string{
		"Ribbed Wrap-Top":   "ribbed wrap top",
		"  Café  Crème! ":   "cafe creme",
		"CAFE CREME":        "cafe creme",
		"Size / Colour":     "size colour",
		"UPC Code":          "upc code",
		"upc_code":          "upc code",
		"Item #":            "item",
		"Straße":            "strasse",
		"Øresund Æble":      "oresund aeble",
		"ＦＵＬＬ　width":        "full width",
		"ﬁne":               "fine",
		"İstanbul":          "istanbul",
		"":                  "",
		" -/- ":             "",
		"Black/White":       "black white",
		"½ zip":             "1 2 zip",
		"3XL":               "3xl",
		"Δέλτας":            "δελτασ",
		"日本 語":              "日本 語",
		"zero\u200Bwidth é": "zerowidth e",
	})
}

func TestIsPlaceholder(t *testing.T) {
	holds(t, "is_placeholder",
		[]string{"NULL", "null", "None", "n/a", "N/A", "NA", " n/a ", "-", "--", "---", "–", "TBD", "tba", "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!",
			"undefined", "NaN", "(blank)", "?", "???", "...", "########", `\N`, "unknown", "Not Available", "N / A", "[object Object]"},
		[]string{"", " ", "0", "0.00", "None of the above", "Nullarbor blue", "TBD hat", "x", "call", "No", "a-b", "n", "#1", "Blank notebook"})
}

func TestLooksDoubleDecoded(t *testing.T) {
	holds(t, "looks_double_decoded",
		[]string{"CafÃ©", "donâ€™t", "â€œquotedâ€\u009d", "5Â°", "Â£20", "naÃ¯ve", "BjÃ¶rk", "â„¢", "ð\u0178\u2018\u2014", "ï»¿SKU", "caf\uFFFD", "Å\u00A1koda", "bullet â€¢"},
		[]string{"Café", "don’t", "“quoted”", "SÃO PAULO", "Ångström", "Â", "âge", "CAFÉ®", "naïve", "plain", "", "10 €", "ÃO", "ÄÖÜ", "È® È", "Â bientôt", "maïs"})
}

func TestLooksMangled(t *testing.T) {
	holds(t, "looks_mangled",
		[]string{"1.2E+10", "1.23457E+11", "1E+05", "1,23457E+11", " 8.5E+12 ", "4e+3", "4-Mar", "11-Dec", "Mar-25"},
		[]string{"1E5", "3-4", "MAR1", "LW-2207", "12345678905.0", "1.2E+10-M", "", "E+1", "AB1E+10", "4-MAR", "MAR-25", "4-Mar-R", "Mar-2500", "100-Mar", "4 Mar"})
}

func TestSimilarity(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"Ribbed Wrap Top", "RIBBED WRAP-TOP", 1},
		{"Café", "cafe", 1},
		{"", "Top", 0},
		{"!!", "!!", 0},
		{"Shirt", "Candle", 0},
		{"Wrap Top", "Top Wrap", 1}, // words and triples are the same, only moved
		{"Women's Tops", "Tops", 0.5278},
		{"T-Shirts", "Shirts", 0.7708},
	} {
		got := call(t, "similarity", c.a, c.b)
		if got != c.want {
			t.Errorf("similarity(%q, %q) = %v, want %v", c.a, c.b, got, c.want)
		}
		if back := call(t, "similarity", c.b, c.a); back != got {
			t.Errorf("similarity(%q, %q) = %v, the other way round %v", c.b, c.a, back, got)
		}
	}
}

// dirty draws text of letters, marks and the characters the cleaners care about.
var dirty = rapid.StringOf(rapid.OneOf(
	rapid.Rune(),
	rapid.RuneFrom([]rune("aAéÉß -–\u00A0\u200B\u200D\uFEFF\u00AD\u0301\u0327\u202E\r\n\t.,'’/xX")),
))

func TestCleaningTwiceChangesNothing(t *testing.T) {
	for _, name := range []string{"clean_key", "clean_text", "fold", "gtin_digits", "number_text", "tariff_digits"} {
		t.Run(name, func(t *testing.T) {
			function := find(t, name)
			rapid.Check(t, func(t *rapid.T) {
				once, err := function.Call([]any{dirty.Draw(t, "text")})
				if err != nil {
					t.Fatal(err)
				}
				twice, err := function.Call([]any{once})
				if err != nil || twice != once {
					t.Fatalf("once %q, twice %q, error %v", once, twice, err)
				}
				if text, _ := once.(string); !utf8.ValidString(text) || text != strings.TrimSpace(text) {
					t.Fatalf("%q is not valid or not trimmed", text)
				}
			})
		})
	}
}

func TestSimilarityStaysWithinBounds(t *testing.T) {
	function := find(t, "similarity")
	rapid.Check(t, func(t *rapid.T) {
		a, b := dirty.Draw(t, "a"), dirty.Draw(t, "b")
		got, err := function.Call([]any{a, b})
		if value, ok := got.(float64); err != nil || !ok || value < 0 || value > 1 {
			t.Fatalf("similarity = %v, %v", got, err)
		}
		if other, err := function.Call([]any{b, a}); err != nil || other != got {
			t.Fatalf("similarity = %v, the other way round %v, %v", got, other, err)
		}
	})
}
