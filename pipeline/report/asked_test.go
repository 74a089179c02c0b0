package report_test

import (
	"time"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/check"
	"fairesync/pipeline/review"
)

// asked is something on every sheet that asks.
func asked() review.Asked {
	questions := []review.Question{
		{Kind: review.Alias, Key: "variant:po_9", Code: "MATCH_UNMATCHED_ON_FAIRE", SKU: "OLD-9", Name: "Old & <new>", Field: "Black / S", Found: "gtin 4006381333931, 12.50", Rows: 1, Live: true,
			Picture: `https://img.example/a"b.jpg`, Proposed: "0012", Suggestions: []review.Suggestion{{Value: "0012", Label: "Old and new, Black / S", Score: 92, Reason: "equal but for zeros"},
				{Value: "OLD9-X", Label: "OLD9-X", Score: 61}}},
		{Kind: review.Alias, Key: "sku:=1+1", SKU: "=1+1", Name: "Gaiters", Rows: 1, Picture: "javascript:alert(1)"},
		{Kind: review.Taxonomy, Key: "category:Home/Candles", Code: "TAXONOMY_UNMAPPED", SKU: "CA-1, CA-2", Name: "Home/Candles", Field: "category", Rows: 12, Stock: 50000, Proposed: "tt_2",
			Suggestions: []review.Suggestion{{Value: "tt_2", Label: "Candle", Score: 88, Reason: "shares candle; 4 similar products have it"}, {Value: "tt_3", Label: "Candle", Score: 40}}},
		{Kind: review.Price, Key: "wms:TP-100|price[USA]", Code: "PRICE_RATIO_LOW", SKU: "TP-100-S, TP-100-M", Style: "TP-100", Name: "Trail Pack", Field: "price[USA]", Rows: 2, Live: true,
			Amounts: &review.Amounts{Wholesale: 1000, Retail: 1199, FaireWholesale: 900, FaireRetail: 2000}, Picture: "https://img.example/tp.jpg",
			Suggestions: []review.Suggestion{{Value: "retail 12.50", Label: "nearest retail", Score: 100}, {Value: "wholesale 9.59", Label: "nearest wholesale", Score: 100}}},
		{Kind: review.Approval, Key: "lifecycle/lifecycle", Code: "GUARD_LIFECYCLE", Name: "lifecycle", Field: "lifecycle", SKU: "A\nB\nC\nand 9 more", Style: "12 products", Rows: 12,
			Found: "A: PUBLISHED", Wanted: "A: UNPUBLISHED"},
		{Kind: review.Recreate, Key: "p_gone", Code: "MATCH_DELETED_ON_FAIRE", SKU: "G", Name: "Gone", Found: "deleted on Faire", Wanted: "made again", Rows: 1},
		{Kind: review.Drift, Key: "wms:M", Code: "DRIFT_KEPT", Style: "M", Name: "Mug", Field: "name", Found: "Mug", Wanted: "Trail Mug", Rows: 1, Live: true},
	}
	for i := range questions {
		questions[i] = questions[i].Identify()
	}
	review.Sort(questions)
	return review.Asked{
		Questions: questions,
		Choices:   []catalog.Type{{ID: "tt_3", Name: "Candle"}, {ID: "tt_2", Name: "Candle"}, {ID: "tt_1", Name: "Backpack"}},
		Decisions: []review.Decision{{Kind: review.Price, Key: "wms:TP-300-S", Field: "price[USA]", Action: review.SetRetail, Value: "retail 26.00", Seen: "10.00/260.00", Subject: "TP-300-S",
			Reviewer: "Ann", Note: "=typo", At: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), Place: "Prices row 4"}},
		Resolved: []check.Exception{{ID: "x1", Code: "IMAGE_MISSING", Severity: check.Warning, SKU: "0077", Style: "S", Name: "Shirt",
			History: &check.History{Status: check.Resolved, FirstTime: "2026-11-01T12:00:00Z", Runs: 20, Owner: "Ann"}}},
		Tallies: []review.Tally{{Run: "20261121T120000Z-0001", Time: noon.AddDate(0, 0, -2), Code: "PRICE_RATIO_LOW", Severity: check.Error, Count: 5},
			{Run: "20261122T120000Z-0001", Time: noon.AddDate(0, 0, -1), Code: "PRICE_RATIO_LOW", Severity: check.Error, Count: 4},
			{Run: "20261122T120000Z-0001", Time: noon.AddDate(0, 0, -1), Code: "IMAGE_MISSING", Severity: check.Warning, Count: 1}},
		Prices: []catalog.PricePoint{{Geography: "USA", Wholesale: 1000, Retail: 1199, Variants: 2}, {Geography: "USA", Wholesale: 1000, Retail: 2500, Variants: 4},
			{Geography: "USA", Wholesale: 500, Retail: 6000, Variants: 1}},
	}
}
