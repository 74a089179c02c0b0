package report_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/plan"
	"fairesync/pipeline/report"
)

// budgeted is a run whose budget ended early, with a batch that went without some entries, one whose prices Faire ignored and a
// fallback for it, and changes that the newer guards hold.
func budgeted() report.Input {
	in := sample()
	in.Exceptions = nil
	price := func(id, sku string, held ...string) plan.Change {
		return plan.Change{ID: id, Kind: plan.KindPrice, Action: plan.Update, Reason: plan.ReasonSourceChanged, Key: "wms:" + sku, SKU: sku, Style: sku[:6],
			ProductID: "p_" + sku[3:6], Fields: []plan.Field{{Name: "price[USA].wholesale", Before: "12.50", After: "13.00"}}, HeldBy: held}
	}
	stock := price("s1", "TP-500-S", "GUARD_STOCK_ZERO")
	stock.Kind, stock.Fields = plan.KindInventory, []plan.Field{{Name: "on_hand", Before: "7", After: "0"}}
	text := price("t1", "TP-600-S")
	text.Kind, text.SKU, text.Fields = plan.KindProduct, "", []plan.Field{{Name: "name", Before: "Gaiter", After: "Gaiters"}}
	in.Plan.Changes = []plan.Change{
		price("b1", "TP-100-S"), price("b2", "TP-200-S"), price("b3", "TP-300-S"), price("b4", "TP-400-S"),
		stock, price("u1", "TP-510-S", "GUARD_UNDONE"), price("n1", "TP-520-S", "PLAN_POLICY"), price("x1", "TP-530-S", "CODE_OF_A_LATER_PROGRAM"),
		text,
	}
	in.Plan.Requests = []plan.Request{
		{ID: "r1", Operation: plan.SetPrices, Changes: []string{"b1", "b2", "b3"}},
		{ID: "r2", Operation: plan.SetPrices, Changes: []string{"b4"}},
		{ID: "r3", Operation: plan.UpdateProduct, Changes: []string{"t1"}},
		{ID: "f1", Operation: plan.UpdateProduct, Changes: []string{"b1"}, FallbackOf: "r1"},
		{ID: "f2", Operation: plan.UpdateProduct, Changes: []string{"b2"}, FallbackOf: "r1"},
		{ID: "f4", Operation: plan.UpdateProduct, Changes: []string{"b4"}, FallbackOf: "r2"},
	}
	in.Outcomes = map[string]report.Outcome{
		"r1": {Status: "partly", Failed: map[string]report.Outcome{"b3": {Status: "refused", Message: "po_300 is unknown"}}},
		"r2": {Status: "applied"},
		"r3": {Status: "carried_over", Message: "the budget of this load is used up"},
		"f4": {Status: "refused", Message: "no price today"},
	}
	return in
}

// TestOutcomeOfAChange: a change says of itself what the worst of its requests says of it.
func TestOutcomeOfAChange(t *testing.T) {
	with := func(outcomes map[string]report.Outcome) report.Input {
		in := budgeted()
		in.Outcomes = outcomes
		return in
	}
	for _, test := range []struct {
		name string
		in   report.Input
		want string // b1 to b4, then t1
	}{
		{"before the load", with(nil), "planned planned planned planned planned"},
		{"nothing was tried", with(map[string]report.Outcome{}), "not tried, not tried, not tried, not tried, not tried"},
		{"a fallback speaks for its batch", budgeted(), "applied applied refused (po_300 is unknown) refused (no price today) carried over (the budget of this load is used up)"},
		{"also where the batch failed before it", with(map[string]report.Outcome{
			"r1": {Status: "applied"}, "f1": {Status: "applied"}, "f2": {Status: "unknown"}, "r2": {Status: "unknown"}, "f4": {Status: "applied"},
			"r3": {Status: "partly"},
		}), "applied unknown applied applied applied"},
		{"an entry that was carried over", with(map[string]report.Outcome{
			"r1": {Status: "partly", Failed: map[string]report.Outcome{"b1": {Status: "carried_over"}, "b2": {Status: "not_tried"}, "b3": {Status: "unknown"}}},
		}), "carried over, not tried, unknown, not tried, not tried"},
	} {
		t.Run(test.name, func(t *testing.T) {
			rows, err := open(t, workbook(t, test.in, 100)).GetRows("Planned changes")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, row := range rows[1:] {
				text := row[9]
				if row[10] != "" {
					text += " (" + row[10] + ")"
				}
				got = append(got, text)
			}
			if diff := cmp.Diff(strings.ReplaceAll(test.want, ",", ""), strings.Join(got, " ")); diff != "" {
				t.Errorf("outcomes (-want +got):\n%s", diff)
			}
		})
	}
}
