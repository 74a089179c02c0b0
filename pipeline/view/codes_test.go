package view_test

import (
	"strings"
	"testing"

	"fairesync/pipeline/check"
	"fairesync/pipeline/view"
)

func TestCodesMarkdown(t *testing.T) {
	page := view.CodesMarkdown(check.Codes())
	for _, code := range check.Codes() {
		for _, wanted := range []string{"\n### " + code.Name + "\n", "[" + code.Name + "](#" + view.Anchor(code.Name) + ")"} {
			if strings.Count(page, wanted) != 1 {
				t.Errorf("%q occurs %d times, want once", wanted, strings.Count(page, wanted))
			}
		}
	}
	if strings.Contains(page, "## Others") {
		t.Error("a code's group has no title: add it to groups")
	}
	golden(t, "codes.md", view.CodesMarkdown([]check.Code{
		{Name: "PRICE_MOVE", Severity: check.Error, Holds: check.HoldsField, Title: "Price | moves", Hint: "Write <b>, *this* or [that]."},
		{Name: "NEW_THING", Severity: check.Info, Holds: check.HoldsNothing, Title: "New", Hint: "Nothing to do."},
		{Name: "PRICE_SCALE", Severity: check.Error, Holds: check.HoldsField, Title: "Scale", Hint: "Look."},
	}))
}

func TestEveryHoldsHasWords(t *testing.T) {
	for _, code := range check.Codes() {
		if code.Holds.Words() == string(code.Holds) && code.Holds != check.HoldsNothing {
			t.Errorf("%s holds %q, which has no words", code.Name, code.Holds)
		}
	}
}
