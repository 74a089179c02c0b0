package review_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"fairesync/pipeline/check"
	"fairesync/pipeline/plan"
	"fairesync/pipeline/review"
)

// What a plan asks: a group of held changes with its count and first values, whose value a field is, what was deleted on Faire. What is
// decided is not asked again, and what no approval could release is not asked at all.
func TestOfPlan(t *testing.T) {
	price := func(id, sku, before, after string) plan.Change {
		return plan.Change{ID: id, Kind: plan.KindPrice, Action: plan.Update, Key: "wms:T", VariantKey: "wms:" + sku, SKU: sku, Style: "T",
			Fields: []plan.Field{{Name: "price[USA].wholesale", Before: before, After: after}}, HeldBy: []string{"PRICE_MOVE"}}
	}
	name := plan.Change{ID: "c9", Kind: plan.KindProduct, Action: plan.Update, Key: "wms:M", Style: "M", Name: "Mug",
		Fields: []plan.Field{{Name: "name", Before: "Mug", After: "Trail Mug"}}, HeldBy: []string{plan.CodeFirstLink, "TEXT_NAME_LONG"}}
	decided := name
	decided.ID, decided.Key = "c10", "wms:D"
	p := plan.Plan{Changes: []plan.Change{price("c1", "T-S", "10.00", "20.00"), price("c2", "T-M", "10.00", "20.00"), price("c3", "T-L", "10.00", "21.00"),
		price("c4", "T-X", "10.00", "22.00"), name, decided, {ID: "c11", Key: "wms:N", HeldBy: []string{"TEXT_NAME_MISSING"}}}}
	exceptions := []check.Exception{
		{Code: "DRIFT_KEPT", ProductKey: "wms:M", EntityKey: "wms:M", Field: "description", Found: "theirs", Wanted: "ours", Style: "M", Name: "Mug", Live: true},
		{Code: "DRIFT_KEPT", ProductKey: "wms:M", Field: "lifecycle", Found: "UNPUBLISHED"},
		{Code: "MATCH_DELETED_ON_FAIRE", EntityKey: "wms:G", FaireID: "p_gone", SKU: "G", Name: "Gone"},
	}
	got := review.OfPlan(p, exceptions, plan.Decided{Owners: map[plan.OwnerKey]plan.OwnerWords{{Product: "wms:D", Field: "name"}: {Ours: true}}})
	want := []review.Question{
		{Kind: review.Approval, Key: "price_move/price", Code: "PRICE_MOVE", Field: "price", Name: "price move", SKU: "T-S\nT-M\nT-L\nand 1 more", Style: "1 product", Rows: 4,
			Found: "T-S: 10.00\nT-M: 10.00\nT-L: 10.00", Wanted: "T-S: 20.00\nT-M: 20.00\nT-L: 21.00",
			Covers: []review.Cover{{Key: "c1", Field: "price_move", SKU: "T-S"}, {Key: "c2", Field: "price_move", SKU: "T-M"},
				{Key: "c3", Field: "price_move", SKU: "T-L"}, {Key: "c4", Field: "price_move", SKU: "T-X"}}},
		{Kind: review.Approval, Key: "first_link/name", Code: plan.CodeFirstLink, Field: "name", Name: "first link", SKU: "M\nM", Style: "2 products", Rows: 2,
			Found: "M: Mug\nM: Mug", Wanted: "M: Trail Mug\nM: Trail Mug",
			Covers: []review.Cover{{Key: "c9", Field: "first_link"}, {Key: "c10", Field: "first_link"}}},
		{Kind: review.Drift, Key: "wms:M", Code: "DRIFT_KEPT", Field: "description", Style: "M", Name: "Mug", Found: "theirs", Wanted: "ours", Rows: 1, Live: true,
			Covers: []review.Cover{{Key: "wms:M", Field: "description"}}},
		{Kind: review.Drift, Key: "wms:M", Code: plan.CodeFirstLink, Field: "name", Style: "M", Name: "Mug", Found: "Mug", Wanted: "Trail Mug", Rows: 1, Live: true,
			Covers: []review.Cover{{Key: "wms:M", Field: "name"}}},
		{Kind: review.Recreate, Key: "p_gone", Code: "MATCH_DELETED_ON_FAIRE", SKU: "G", Name: "Gone", Found: "deleted on Faire", Wanted: "made again", Rows: 1,
			Covers: []review.Cover{{Key: "p_gone", SKU: "G", Seen: "wms:G"}}},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(review.Question{}, "ID", "Fingerprint"), cmpopts.IgnoreFields(review.Cover{}, "SeenFaire")); diff != "" {
		t.Errorf("questions (-want +got):\n%s", diff)
	}

	// Another value of what a row does not show makes an answer stale too.
	before := got[0].Fingerprint
	p.Changes[3].ID = "c4b"
	if after := review.OfPlan(p, exceptions, plan.Decided{})[0].Fingerprint; before == after {
		t.Error("another change in the group has the same fingerprint")
	}
}
