package transforms_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMassText(t *testing.T) {
	for _, c := range []struct {
		text, beside, decimal string
		want                  any
	}{
		{"0.45 lb", "", ".", "0.45 POUNDS"},
		{"200g", "", ".", "200 GRAMS"},
		{"7 oz", "lb", ".", "7 OUNCES"}, // the cell goes before the column beside it
		{"7", "oz", ".", "7 OUNCES"},
		{"7.500", "Lbs.", ".", "7.5 POUNDS"},
		{"1,250 g", "", ".", "1250 GRAMS"},
		{"0,45", "kg", ",", "0.45 KILOGRAMS"},
		{"5.", "kg", ".", "5 KILOGRAMS"},
		{".5 KG", "", ".", "0.5 KILOGRAMS"},
		{"'12", "POUNDS", ".", "12 POUNDS"},
		{"0", "", ".", "0"},
		{"0.00 lb", "", ".", "0"},
		{"0", "stone", ".", "0"},
		{"0 stone", "", ".", nil},
		{"7", "", ".", nil},
		{"7", "stone", ".", nil},
		{"7 stone", "lb", ".", nil},
		{"7 gr", "", ".", nil},
		{"-7 oz", "", ".", nil},
		{"1 lb 4 oz", "", ".", nil},
		{"7-8 oz", "", ".", nil},
		{"0,45 lb", "", ".", nil},
		{"heavy", "lb", ".", nil},
		{"1e3", "g", ".", nil},
		{"lb", "", ".", nil},
		{"", "lb", ".", nil},
	} {
		if diff := cmp.Diff(c.want, call(t, "mass_text", c.text, c.beside, c.decimal)); diff != "" {
			t.Errorf("%q beside %q (-want +got):\n%s", c.text, c.beside, diff)
		}
	}
}

func TestDistanceText(t *testing.T) {
	for _, c := range []struct {
		text, beside string
		want         any
	}{
		{"10", "in", "10 INCHES"},
		{`10.5"`, "", "10.5 INCHES"},
		{"2'", "", "2 FEET"},
		{"25 cm", "in", "25 CENTIMETERS"},
		{"254mm", "", "254 MILLIMETERS"},
		{"1 metre", "", "1 METERS"},
		{"3 yds", "", "3 YARDS"},
		{"10 lb", "", nil},
		{`5' 3"`, "", nil},
		{"10 x 5", "in", nil},
	} {
		if diff := cmp.Diff(c.want, call(t, "distance_text", c.text, c.beside, ".")); diff != "" {
			t.Errorf("%q beside %q (-want +got):\n%s", c.text, c.beside, diff)
		}
	}
}

func TestDateText(t *testing.T) {
	for text, want := range map[string]any{
		"2026-11-23":                "2026-11-23",
		"2026-11-23T00:00:00.000Z":  "2026-11-23",
		"2026-11-23T23:30:00-05:00": "2026-11-24",
		"2026-11-23 14:05:00":       "2026-11-23",
		"20261123":                  "2026-11-23",
		"2026/11/5":                 "2026-11-05",
		"11/23/2026":                "2026-11-23",
		"23/11/2026":                "2026-11-23",
		"23.11.2026":                "2026-11-23",
		"11-11-2026":                "2026-11-11",
		"Nov 3,  2026":              "2026-11-03",
		"3-Nov-2026":                "2026-11-03",
		"03 November 2026":          "2026-11-03",
		"11/12/2026":                nil, // which is the month?
		"11/23/26":                  nil,
		"23/24/2026":                nil,
		"31.2.2026":                 nil,
		"2026-02-30":                nil,
		"11/23.2026":                nil,
		"46349":                     nil, // a spreadsheet's serial number
		"1764633600000":             nil,
		"Q1 2027":                   nil,
		"1926-11-23":                nil,
		"":                          nil,
	} {
		if diff := cmp.Diff(want, call(t, "date_text", text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}
