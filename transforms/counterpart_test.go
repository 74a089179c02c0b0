package transforms_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSKUParts(t *testing.T) {
	sizes := map[string]string{}
	for _, size := range []string{"S", "SM", "XS", "2XL", "XSMALL"} {
		parts, _ := call(t, "sku_parts", size).(string)
		_, sizes[size], _ = strings.Cut(parts, " ")
		if sizes[size] == "" {
			t.Errorf("%s is no size: %q", size, parts)
		}
	}
	if sizes["S"] != sizes["SM"] || sizes["XS"] != sizes["XSMALL"] || sizes["S"] == sizes["XS"] {
		t.Errorf("sizes in other letters do not stand at the same place: %v", sizes)
	}
	texts(t, "sku_parts", map[string]string{
		"HP-00100-BLK-S":   "HP\n00100\nBLK\nS " + sizes["S"],
		"hp00100blk":       "HP\n00100\nBLK",
		"4149-NVY-X-Small": "4149\nNVY\nXSMALL " + sizes["XS"],
		"W20 2xl":          "W\n20\n2XL " + sizes["2XL"],
		"30/32":            "30\n32",
		"--":               "",
		"日本-1":             "日本\n1",
	})
}

// alike compares two SKUs with our options and name.
func alike(t *testing.T, theirs, ours, values, name string) int64 {
	t.Helper()
	parts := func(text string) string {
		made, _ := call(t, "sku_parts", text).(string)
		return made
	}
	score, _ := call(t, "sku_alike", parts(theirs), parts(ours), parts(values), parts(name)).(int64)
	return score
}

// TestSKUAlike wants, of two SKUs of ours, the one to be nearer that stands first.
func TestSKUAlike(t *testing.T) {
	for _, c := range []struct{ name, theirs, right, wrong, rightValues, wrongValues string }{
		{"size in other letters", "HP-100-BLK-SM", "HP-100-BLK-S", "HP-100-BLK-M", "Black\nS", "Black\nM"},
		{"size behind a colour in words", "4149-BLACK-X-Small", "4149-BLK-XS", "4149-BLK-S", "Black\nXS", "Black\nS"},
		{"colour in words", "HP-100-Black-S", "HP-100-BLK-S", "HP-100-BLU-S", "Black\nS", "Blue\nS"},
		{"name for a code", "HP-100-BLACK-S", "HP-100-01-S", "HP-100-02-S", "Black\nS", "White\nS"},
		{"no separators, other letters", "W020BLACKSM", "W020-BLK-S", "W020-BLK-M", "Black\nS", "Black\nM"},
		{"XS, not S", "W020DXS", "W020-DKB-XS", "W020-DKB-S", "Dark Blue\nXS", "Dark Blue\nS"},
		{"one letter of the colour", "W020DS", "W020-DKB-S", "W020-LTB-S", "Dark Blue\nS", "Light Blue\nS"},
		{"parts swapped", "BLK-S-00100", "HP-00100-BLK-S", "HP-00101-BLK-S", "", ""},
		{"another colour at the end", "HP-00121-AZUL-XS", "HP-00121-DKB-XS", "HP-00121-BLS-L", "Dark Blue\nXS", "Blush\nL"},
		{"digits changed places", "HP-4401-L", "HP-4410-L", "HP-4510-L", "", ""},
		{"letters changed places", "HP-100-RTS-L", "HP-100-RST-L", "HP-100-HGR-L", "", ""},
		{"three letters with another one are another colour", "HP-100-BLK-L", "HP-100-BLK-L", "HP-100-BLU-L", "", ""},
		{"zeros lost", "HP-100-L", "HP-00100-L", "HP-01000-L", "", ""},
		{"size is no word", "HP-100-S", "HP-100-S", "HP-100-SAGE", "", ""},
	} {
		right, wrong := alike(t, c.theirs, c.right, c.rightValues, ""), alike(t, c.theirs, c.wrong, c.wrongValues, "")
		if right <= wrong {
			t.Errorf("%s: %s and %s have %d in common, with %s %d", c.name, c.theirs, c.right, right, c.wrong, wrong)
		}
	}
	with, without := alike(t, "camp-shirt-rust-s", "HP-1-RST-S", "Rust\nS", "Camp Shirt"), alike(t, "camp-shirt-rust-s", "HP-1-RST-S", "Rust\nS", "")
	if with <= without {
		t.Errorf("a SKU that says our name has %d in common with ours, without the name %d", with, without)
	}
	if before, inside := alike(t, "FW-HP-100", "HP-100", "", ""), alike(t, "HP-FW-100", "HP-100", "", ""); before <= inside {
		t.Errorf("a season in front leaves %d in common, one inside %d", before, inside)
	}
}

func TestSKUAlikeIsAScore(t *testing.T) {
	skus := rapid.StringMatching(`[A-Za-z0-9日é' /_.-]{0,16}`)
	rapid.Check(t, func(r *rapid.T) {
		a, b := skus.Draw(r, "theirs"), skus.Draw(r, "ours")
		if score := alike(t, a, b, skus.Draw(r, "values"), skus.Draw(r, "name")); score < 0 || score > 100 {
			r.Fatalf("%d", score)
		}
		if parts, _ := call(t, "sku_parts", a).(string); parts != "" && alike(t, a, a, "", "") != 100 {
			r.Fatalf("%q is %d like itself", a, alike(t, a, a, "", ""))
		}
	})
}

func TestValuesAlike(t *testing.T) {
	for _, c := range []struct {
		ours, theirs string
		want         any
	}{
		{"Black\nS", "BLACK\nSmall", int64(100)},
		{"Black\nS", "Small\nBlack", int64(100)}, // whatever the order of the axes
		{"Black\nS", "Blk\nS", int64(90)},
		{"Heather Grey\nS", "Grey\nS", int64(85)},
		{"Olive\nS", "Olvie\nS", int64(80)},
		{"Black\nS", "Jet\nS", int64(60)},   // words may mean the same
		{"Black\nS", "Black\nM", int64(30)}, // sizes may not
		{"Black\nXS", "Jet\nM", int64(10)},
		{"Black", "Black\nOne Size", int64(100)},
		{"", "Black", nil},
		{"Black", " - ", nil},
	} {
		if got := call(t, "values_alike", c.ours, c.theirs); got != c.want {
			t.Errorf("values_alike(%q, %q) = %v, want %v", c.ours, c.theirs, got, c.want)
		}
	}
}

func TestValuesSaid(t *testing.T) {
	for _, c := range []struct {
		values, name string
		want         any
	}{
		{"Black\nS", "Camp Shirt - Black / S", int64(100)},
		{"Black\nS", "Camp Shirt - Black / Small", int64(100)},
		{"Black\nS", "Camp Shirt - Jet / X-Small", nil}, // X-Small is not Small
		{"Black\nXS", "Camp Shirt - Jet / X-Small", int64(50)},
		{"Black\nS", "Women's Camp Shirt", nil}, // nor is 's
		{"Rust\nM", "Trust Shirt", nil},
		{"", "Camp Shirt", nil},
	} {
		if got := call(t, "values_said", c.values, c.name); got != c.want {
			t.Errorf("values_said(%q, %q) = %v, want %v", c.values, c.name, got, c.want)
		}
	}
}
