package catalog_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fairesync/pipeline/catalog"
)

func TestDecimal(t *testing.T) {
	for text, want := range map[string]string{
		"0.4500": "0.45", "0.45": "0.45", "4.5e-1": "0.45", "45E-2": "0.45", "12": "12", "120": "120", "1.2e2": "120", "007.10": "7.1", "0": "0", "0.0": "0",
		"-1": "", "1e999": "", "1/2": "", "0x10": "", "": "", "abc": "", "1_000": "",
	} {
		got, ok := catalog.Decimal(text)
		if diff := cmp.Diff(want, got); diff != "" || ok != (want != "") {
			t.Errorf("%q: %v (-want +got):\n%s", text, ok, diff)
		}
	}
}

func TestSameMeasure(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"0.45 POUNDS", "0.45 POUNDS", true},
		{"16 OUNCES", "1 POUNDS", true},
		{"1000 GRAMS", "1 KILOGRAMS", true},
		{"7 OUNCES", "0.4375 POUNDS", true},
		{"7 OUNCES", "0.44 POUNDS", false},
		{"0.45 POUNDS", "0.449999988079071 POUNDS", true}, // what a number of 32 bits makes of it
		{"0.45 POUNDS", "0.46 POUNDS", false},
		{"1 INCHES", "2.54 CENTIMETERS", true},
		{"10 x 5 x 2 INCHES", "25.4 x 12.7 x 5.08 CENTIMETERS", true},
		{"10 x 5 x - INCHES", "10 x 5 x 2 INCHES", false},
		{"10 x 5 x - INCHES", "10 x 5 x - INCHES", true},
		{"1 FEET", "12 INCHES", true},
		{"1 YARDS", "3 FEET", true},
		{"", "0.45 POUNDS", false},
		{"0.45 POUNDS", "", false},
		{"", "", true},
	} {
		if got := catalog.SameMeasure(c.a, c.b); got != c.want {
			t.Errorf("%q and %q: %v", c.a, c.b, got)
		}
	}
}

func TestMeasurementsKeepWhatIsNotTold(t *testing.T) {
	held := catalog.Measurements{Weight: "2", MassUnit: "POUNDS", Length: "10", Width: "5", Height: "2", DistanceUnit: "INCHES"}
	for name, c := range map[string]struct{ ours, want catalog.Measurements }{
		"nothing told": {catalog.Measurements{}, held},
		"weight told": {catalog.Measurements{Weight: "900", MassUnit: "GRAMS"},
			catalog.Measurements{Weight: "900", MassUnit: "GRAMS", Length: "10", Width: "5", Height: "2", DistanceUnit: "INCHES"}},
		"length told in another unit": {catalog.Measurements{Length: "30", DistanceUnit: "CENTIMETERS"},
			catalog.Measurements{Weight: "2", MassUnit: "POUNDS", Length: "30", Width: "12.7", Height: "5.08", DistanceUnit: "CENTIMETERS"}},
		"a figure without end": {catalog.Measurements{Height: "1", DistanceUnit: "FEET"},
			catalog.Measurements{Weight: "2", MassUnit: "POUNDS", Length: "0.8333", Width: "0.4167", Height: "1", DistanceUnit: "FEET"}},
	} {
		if diff := cmp.Diff(c.want, c.ours.Over(held)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestMeasurementsAsText(t *testing.T) {
	figure := rapid.Custom(func(t *rapid.T) string {
		n := rapid.Int64Range(0, 1<<40).Draw(t, "figure")
		if n == 0 {
			return ""
		}
		text, _ := catalog.Decimal(fmt.Sprintf("%de-3", n))
		return text
	})
	rapid.Check(t, func(t *rapid.T) {
		m := catalog.Measurements{Weight: figure.Draw(t, "weight"), Length: figure.Draw(t, "length"), Width: figure.Draw(t, "width"), Height: figure.Draw(t, "height")}
		if m.Weight != "" {
			m.MassUnit = "OUNCES"
		}
		if m.Length+m.Width+m.Height != "" {
			m.DistanceUnit = "FEET"
		}
		got := catalog.Measurements{}.WithMass(m.Mass()).WithDimensions(m.Dimensions())
		if diff := cmp.Diff(m, got); diff != "" {
			t.Fatalf("%q, %q (-want +got):\n%s", m.Mass(), m.Dimensions(), diff)
		}
	})
}
