package catalog_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fairesync/pipeline/catalog"
)

func TestImageIdentity(t *testing.T) {
	for address, want := range map[string]string{
		"https://m.example.test/a.jpg?sig=1&w=2#x":        "https://m.example.test/a.jpg?w=2",
		"https://m.example.test/a.jpg?X-Amz-Date=1":       "https://m.example.test/a.jpg",
		"https://m.example.test/a.jpg?X-Amz-Date=1&sig=2": "https://m.example.test/a.jpg",
		" https://m.example.test/a.jpg ":                  "https://m.example.test/a.jpg",
		"https://m.example.test/a.jpg?w=2&h=3":            "https://m.example.test/a.jpg?w=2&h=3",
	} {
		if diff := cmp.Diff(want, catalog.ImageIdentity(address, []string{"sig", "X-Amz-*"})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", address, diff)
		}
	}
}

func TestMoneyRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := catalog.Money(rapid.Int64Range(-1<<52, 1<<52).Draw(t, "minor"))
		got, err := catalog.ParseMoney(m.String())
		if err != nil || got != m {
			t.Fatalf("%d is written %q and read as %d, %v", m, m.String(), got, err)
		}
	})
}

func TestParseMoneyRefuses(t *testing.T) {
	for _, text := range []string{"", "1", "1.5", "1.505", "1,50", ".50", "1.5x", "--1.50", "99999999999999999999.00"} {
		if m, err := catalog.ParseMoney(text); err == nil {
			t.Errorf("%q is read as %d", text, m)
		}
	}
}
