package check_test

import (
	"math/rand"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/check"
)

// TestIdentify: the id stands for what the finding is about, the fingerprint for the values seen.
func TestIdentify(t *testing.T) {
	base := check.Exception{Code: "PRICE_RATIO_LOW", Source: "wms", EntityKey: "wms:A-1", Field: "price[USA]", Found: "11.99", Wanted: "12.50"}
	first := base.Identify("luma")
	if first.Severity != check.Error {
		t.Errorf("severity %q, want that of the register", first.Severity)
	}
	values := base
	values.Found = "11.50"
	if again := values.Identify("luma"); again.ID != first.ID || again.Fingerprint == first.Fingerprint {
		t.Errorf("other values: id %s and %s, fingerprint %s and %s", first.ID, again.ID, first.Fingerprint, again.Fingerprint)
	}
	for name, other := range map[string]check.Exception{
		"code":   {Code: "PRICE_RATIO_HIGH", Source: "wms", EntityKey: "wms:A-1", Field: "price[USA]"},
		"source": {Code: "PRICE_RATIO_LOW", Source: "erp", EntityKey: "wms:A-1", Field: "price[USA]"},
		"entity": {Code: "PRICE_RATIO_LOW", Source: "wms", EntityKey: "wms:A-2", Field: "price[USA]"},
		"field":  {Code: "PRICE_RATIO_LOW", Source: "wms", EntityKey: "wms:A-1", Field: "price[CAN]"},
		"detail": {Code: "PRICE_RATIO_LOW", Source: "wms", EntityKey: "wms:A-1", Field: "price[USA]", Detail: "2"},
		"shift":  {Code: "PRICE_RATIO_LOW", Source: "wms", EntityKey: "wms:A-1price[USA]"},
	} {
		if other.Identify("luma").ID == first.ID {
			t.Errorf("another %s has the same id", name)
		}
	}
	if base.Identify("other").ID == first.ID {
		t.Error("another brand has the same id")
	}
}

// TestSort: any order in, one order out; errors first.
func TestSort(t *testing.T) {
	want := []check.Exception{
		{Severity: check.Error, Code: "A", EntityKey: "1", Row: 2}, {Severity: check.Error, Code: "A", EntityKey: "1", Row: 10},
		{Severity: check.Error, Code: "A", EntityKey: "2"}, {Severity: check.Error, Code: "B"},
		{Severity: check.Warning, Code: "A"}, {Severity: check.Info, Code: "A"},
	}
	for seed := range int64(20) {
		got := append([]check.Exception(nil), want...)
		rand.New(rand.NewSource(seed)).Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
		check.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d (-want +got):\n%s", seed, diff)
		}
	}
}

// TestRegister: names are unique, every entry is found by its name, only errors hold anything.
func TestRegister(t *testing.T) {
	seen := map[string]bool{}
	for _, code := range check.Codes() {
		if seen[code.Name] {
			t.Errorf("%s stands twice in the register", code.Name)
		}
		seen[code.Name] = true
		if got, ok := check.Lookup(code.Name); !ok || got != code {
			t.Errorf("Lookup(%s) = %v, %v", code.Name, got, ok)
		}
		if (code.Severity == check.Error) == (code.Holds == check.HoldsNothing) {
			t.Errorf("%s has severity %s and holds %s", code.Name, code.Severity, code.Holds)
		}
	}
	if _, ok := check.Lookup("NO_SUCH_CODE"); ok {
		t.Error("a code nobody registered is found")
	}
}
