package review_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/check"
	"fairesync/pipeline/review"
)

// at is when the answers of these tests are taken in.
var at = time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)

const run = "20261120T093000Z-4f2a"

// variantQuestion asks which SKU of ours a variant on Faire is.
func variantQuestion(id, faireSKU string, suggested ...string) review.Question {
	q := review.Question{Kind: review.Alias, Key: "variant:" + id, SKU: faireSKU, Name: "Summit Tee", Found: faireSKU, Rows: 1,
		Covers: []review.Cover{{Key: "variant:" + id, SKU: faireSKU, Seen: faireSKU}}}
	for _, sku := range suggested {
		q.Suggestions = append(q.Suggestions, review.Suggestion{Value: sku, Label: sku, Score: 90})
	}
	return q.Identify()
}

// skuQuestion asks which variant on Faire a SKU of ours is.
func skuQuestion(sku string) review.Question {
	return review.Question{Kind: review.Alias, Key: "sku:" + sku, SKU: sku, Found: sku, Rows: 1, Covers: []review.Cover{{Key: "sku:" + sku, SKU: sku}}}.Identify()
}

// priceQuestion asks about the prices of a variant; amounts are the source's and Faire's in minor units.
func priceQuestion(code, variant string, wholesale, retail, faireWholesale, faireRetail catalog.Money) review.Question {
	seen := wholesale.String() + "/" + retail.String()
	faire := faireWholesale.String() + "/" + faireRetail.String()
	return review.Question{Kind: review.Price, Key: variant + "|price[USA]|" + seen, Code: code, SKU: strings.TrimPrefix(variant, "wms:"), Name: "Summit Tee", Field: "price[USA]",
		Found: faire, Wanted: seen, Rows: 1, Covers: []review.Cover{{Key: variant, Field: "price[USA]", Seen: seen, SeenFaire: seen + " on Faire " + faire}},
		Amounts: &review.Amounts{Wholesale: wholesale, Retail: retail, FaireWholesale: faireWholesale, FaireRetail: faireRetail}}.Identify()
}

func typeQuestion(key string) review.Question {
	return review.Question{Kind: review.Taxonomy, Key: key, Name: "Tops", Rows: 7, Covers: []review.Cover{{Key: key}}}.Identify()
}

// approvalQuestion asks whether changes that a group holds may go.
func approvalQuestion(group string, changes ...string) review.Question {
	q := review.Question{Kind: review.Approval, Key: group + "/price", Code: "PRICE_MOVE", Field: "price", Name: group, Rows: int64(len(changes))}
	for _, change := range changes {
		q.Covers = append(q.Covers, review.Cover{Key: change, Field: group})
	}
	return q.Identify()
}

func driftQuestion(product, field string) review.Question {
	return review.Question{Kind: review.Drift, Key: product, Field: field, Found: "a", Wanted: "b", Rows: 1, Covers: []review.Cover{{Key: product, Field: field, SeenFaire: "x"}}}.Identify()
}

func recreateQuestion(id, product string) review.Question {
	return review.Question{Kind: review.Recreate, Key: id, Found: "deleted on Faire", Rows: 1, Covers: []review.Cover{{Key: id, Seen: product}}}.Identify()
}

func exception(code, key, found string) check.Exception {
	return check.Exception{Code: code, EntityKey: key, SKU: strings.TrimPrefix(key, "wms:"), Found: found}.Identify("luma")
}

// reply answers a question in the next row.
func reply(q review.Question, action, value string) review.Answer {
	return review.Answer{ID: q.ID, Fingerprint: q.Fingerprint, Action: action, Value: value, Sheet: "Sheet", Note: " why ", Reviewer: "Ann"}
}

func replyTo(e check.Exception, action, value string) review.Answer {
	return review.Answer{ID: e.ID, Fingerprint: "f" + e.Fingerprint, Action: action, Value: value, Sheet: "Sheet"}
}

var known = review.Vocabulary{
	Types: []catalog.Type{{ID: "tt_tee", Name: "T-Shirts"}, {ID: "tt_mug", Name: "Mugs"}, {ID: "tt_a", Name: "Other"}, {ID: "tt_b", Name: "Other"}},
	Ours:  []string{"TP-1-S", "TP-1-M", "00123", "12E9", "MAR1", "4711", "04711", "4012345678901", "AB-1"},
	Faire: []string{"F-1", "F-2", "0099"},
}

// court is what answers are judged by.
type court struct {
	then, now review.Record
	decided   []review.Decision
}

func both(questions ...review.Question) court {
	r := review.Record{Questions: questions}
	return court{then: r, now: r}
}

func (c court) judge(answers ...review.Answer) []review.Judged {
	for i := range answers {
		answers[i].Row = i + 2
	}
	book := review.Workbook{Brand: "luma", Run: run, Digest: "0123456789abcdef", Answers: answers}
	return review.Judge(book, c.then, c.now, known, c.decided, at)
}

// line is a verdict in short.
func line(j review.Judged) string {
	text := string(j.Verdict)
	if j.Why != "" {
		text += ": " + j.Why
	}
	return text
}

func lines(list []review.Judged) []string {
	var all []string
	for _, j := range list {
		all = append(all, line(j))
	}
	return all
}

// facts are what a decision says, without who said it.
func facts(list []review.Decision) []string {
	var all []string
	for _, d := range list {
		all = append(all, strings.Join([]string{string(d.Kind), d.Key, d.Field, string(d.Action), d.Value, d.Seen}, "|"))
	}
	return all
}

// TestJudgeLaysDown: every kind of answer, and what it lays down.
func TestJudgeLaysDown(t *testing.T) {
	low := priceQuestion("PRICE_RATIO_LOW", "wms:TP-1-S", 1000, 1199, 900, 1200)
	high := priceQuestion("PRICE_RATIO_HIGH", "wms:TP-1-M", 100, 1999, 0, 0)
	moved := priceQuestion("PRICE_MOVE", "wms:TP-1-L", 2000, 4000, 1000, 2000)
	style := low
	style.Covers = append(style.Covers, review.Cover{Key: "wms:TP-1-XL", Field: "price[USA]", Seen: "10.00/11.99", SeenFaire: "f"})
	style = style.Identify()
	warned := exception("KEY_BLANK", "wms:TP-1-S", "")
	for _, c := range []struct {
		name     string
		question review.Question
		action   string
		value    string
		want     []string
	}{
		{"variant is a SKU", variantQuestion("po_1", "F-1"), "link", "TP-1-S", []string{"alias|TP-1-S||link|F-1|po_1"}},
		{"suggested", variantQuestion("po_1", "F-1", "NEW-1"), " LINK ", " NEW-1 ", []string{"alias|NEW-1||link|F-1|po_1"}},
		{"variant is nobody's", variantQuestion("po_1", "F-1"), "leave", "TP-1-S", []string{"alias|variant:po_1||leave||F-1"}},
		{"SKU is a variant", skuQuestion("TP-1-S"), "link", "F-2", []string{"alias|TP-1-S||link|F-2|"}},
		{"SKU is nobody's", skuQuestion("TP-1-S"), "leave", "", []string{"alias|sku:TP-1-S||leave||"}},
		{"type by id", typeQuestion("category:Tops"), "map", "tt_tee", []string{"taxonomy|category:Tops||map|tt_tee|"}},
		{"type by name and id", typeQuestion("type:Tops"), "map", "T-Shirts (tt_tee)", []string{"taxonomy|type:Tops||map|tt_tee|"}},
		{"type by its only name", typeQuestion("product:x"), "map", "mugs", []string{"taxonomy|product:x||map|tt_mug|"}},
		{"no type", typeQuestion("category:Tops"), "leave", "tt_tee", []string{"taxonomy|category:Tops||leave||"}},
		{"nearest retail, low", low, "nearest retail", "", []string{"price|wms:TP-1-S|price[USA]|nearest retail|retail 12.50|10.00/11.99"}},
		{"nearest wholesale, low", low, "nearest wholesale", "", []string{"price|wms:TP-1-S|price[USA]|nearest wholesale|wholesale 9.59|10.00/11.99"}},
		{"nearest retail, high", high, "nearest retail", "", []string{"price|wms:TP-1-M|price[USA]|nearest retail|retail 10.00|1.00/19.99"}},
		{"nearest wholesale, high", high, "nearest wholesale", "", []string{"price|wms:TP-1-M|price[USA]|nearest wholesale|wholesale 2.00|1.00/19.99"}},
		{"set retail", low, "set retail", "$25", []string{"price|wms:TP-1-S|price[USA]|set retail|retail 25.00|10.00/11.99"}},
		{"set as suggested", low, "set retail", "Retail 12.50", []string{"price|wms:TP-1-S|price[USA]|set retail|retail 12.50|10.00/11.99"}},
		{"set wholesale", low, "set wholesale", "5,5", []string{"price|wms:TP-1-S|price[USA]|set wholesale|wholesale 5.50|10.00/11.99"}},
		{"approve", moved, "approve", "", []string{"price|wms:TP-1-L|price[USA]|approve||20.00/40.00 on Faire 10.00/20.00"}},
		{"keep", moved, "keep", "3", []string{"price|wms:TP-1-L|price[USA]|keep||20.00/40.00 on Faire 10.00/20.00"}},
		{"two sizes", style, "set retail", "25", []string{"price|wms:TP-1-S|price[USA]|set retail|retail 25.00|10.00/11.99",
			"price|wms:TP-1-XL|price[USA]|set retail|retail 25.00|10.00/11.99"}},
		{"changes", approvalQuestion("price_move", "c1", "c2"), "approve", "", []string{"approval|c1|price_move|approve||", "approval|c2|price_move|approve||"}},
		{"ours", driftQuestion("wms:TP-1", "name"), "ours", "", []string{"drift|wms:TP-1|name|ours||"}},
		{"theirs", driftQuestion("wms:TP-1", "name"), "theirs", "", []string{"drift|wms:TP-1|name|theirs||"}},
		{"again", recreateQuestion("p_1", "wms:TP-1"), "Make  again", "", []string{"recreate|p_1||make again||wms:TP-1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := both(c.question).judge(reply(c.question, c.action, c.value))[0]
			if got.Verdict != review.Accepted || got.Why != "" {
				t.Fatalf("verdict %s, want accepted", line(got))
			}
			if diff := cmp.Diff(c.want, facts(got.Decisions)); diff != "" {
				t.Errorf("decisions (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("exceptions", func(t *testing.T) {
		c := court{now: review.Record{Exceptions: []check.Exception{warned}}}
		got := c.judge(replyTo(warned, "waive", "31.12.2026"), replyTo(warned, "Assign", "Bo Li"))
		want := []string{"waiver|" + warned.ID + "||waive|2026-12-31|" + warned.Fingerprint, "owner|" + warned.ID + "||assign|Bo Li|"}
		if diff := cmp.Diff(want, facts(review.Laid(got))); diff != "" {
			t.Errorf("decisions (-want +got):\n%s", diff)
		}
	})
	t.Run("signed", func(t *testing.T) {
		q := typeQuestion("category:Tops")
		want := []review.Decision{{Kind: review.Taxonomy, Key: "category:Tops", Action: review.Map, Value: "tt_tee", Subject: "category:Tops Tops", Note: "why", Reviewer: "Ann",
			At: at, Run: run, Question: q.ID, Workbook: "0123456789abcdef", Place: "Sheet row 2"}}
		if diff := cmp.Diff(want, both(q).judge(reply(q, "map", "tt_tee"))[0].Decisions); diff != "" {
			t.Errorf("decision (-want +got):\n%s", diff)
		}
	})
}

// TestJudgeInvalid: what cannot be obeyed, and the sentence that says so.
func TestJudgeInvalid(t *testing.T) {
	variant, sku := variantQuestion("po_1", "F-1"), skuQuestion("TP-1-S")
	low := priceQuestion("PRICE_RATIO_LOW", "wms:TP-1-S", 1000, 1199, 0, 0)
	moved := priceQuestion("PRICE_MOVE", "wms:TP-1-L", 2000, 4000, 1000, 2000)
	half := priceQuestion("PRICE_MOVE", "wms:TP-1-L", 0, 4000, 1000, 2000)
	types := typeQuestion("category:Tops")
	for _, c := range []struct {
		question review.Question
		action   string
		value    any // a number came as one
		want     string
	}{
		{variant, "lnk", "TP-1-S", `"lnk" is no action of this row: choose link, leave`},
		{variant, "withdraw", "", `"withdraw" is no action of this row: choose link, leave`},
		{variant, "link", "", "link needs a SKU of ours in Value"},
		{variant, "link", "NOPE", `"NOPE" is no SKU of ours that the last run saw`},
		{variant, "link", "F-2", `"F-2" is no SKU of ours that the last run saw`},
		{variant, "link", "ab-1", `"ab-1" is no SKU of ours, but AB-1 is: case matters`},
		{variant, "link", 123, "123 is what a spreadsheet makes of 00123 (a number): format the cell as text and type the SKU again"},
		{variant, "link", "1.20E+10", "1.20E+10 is what a spreadsheet makes of 12E9 (a number): format the cell as text and type the SKU again"},
		{variant, "link", "4.01235E+12", "4.01235E+12 is what a spreadsheet makes of 4012345678901 (a number): format the cell as text and type the SKU again"},
		{variant, "link", 4711, "4711 is what a spreadsheet makes of 04711 or 4711 (a number): format the cell as text and type the SKU again"},
		{variant, "link", "2026-03-01", "2026-03-01 is what a spreadsheet makes of MAR1 (a day): format the cell as text and type the SKU again"},
		{sku, "link", "TP-1-M", `"TP-1-M" is no SKU on Faire that the last run saw`},
		{sku, "link", 99, "99 is what a spreadsheet makes of 0099 (a number): format the cell as text and type the SKU again"},
		{types, "map", "", "map needs one of Faire's types in Value"},
		{types, "map", "tt_none", "tt_none is not on Faire's list of types: choose one from the list of the workbook"},
		{types, "map", "Hats", `"Hats" is not on Faire's list of types: choose one from the list of the workbook`},
		{types, "map", "Other", `"Other" is the name of tt_a and tt_b: write which`},
		{types, "map", "Mugs (tt_tee)", "tt_tee is T-Shirts and not Mugs: choose the type again"},
		{low, "approve", "", "approve is for prices that moved, and Faire refuses PRICE_RATIO_LOW: choose a nearest price or set one"},
		{low, "keep", "", "Faire holds no price that could stay"},
		{moved, "nearest retail", "", "there is a nearest price only where retail is no 1.25 to 10 times wholesale: set one"},
		{low, "set retail", "", "an amount is wanted, such as 12.50"},
		{low, "set retail", "twelve", `"twelve" is no amount such as 12.50`},
		{low, "set retail", "0", `"0" is not above zero`},
		{low, "set retail", "-5", `"-5" is not above zero`},
		{low, "set retail", "12.505", `"12.505" may be thousands or decimals: write it as 12505.00 or with two decimals`},
		{low, "set retail", "1250.505", `"1250.505" has more than two decimals`},
		{low, "set retail", "€20", `"€20" is in another currency than the price, which is in USD`},
		{low, "set retail", "wholesale 20", `"wholesale 20" does not go with set retail`},
		{low, "set retail", "12.49", "12.49 is not 1.25 to 10 times the wholesale price 10.00: from 12.50 to 100.00 is"},
		{low, "set retail", "100.01", "100.01 is not 1.25 to 10 times the wholesale price 10.00: from 12.50 to 100.00 is"},
		{low, "set wholesale", "9.60", "the retail price 11.99 is not 1.25 to 10 times 9.60: from 1.20 to 9.59 goes with it"},
		{low, "set retail", "1250", "1250.00 for the source's 11.99 looks like a mistake in the unit"},
		{low, "set wholesale", "0.50", "0.50 for the source's 10.00 looks like a mistake in the unit"},
		{half, "set retail", "50", "the source has no wholesale price that would go with it"},
	} {
		answer := reply(c.question, c.action, fmt.Sprint(c.value))
		_, answer.Number = c.value.(int)
		got := both(c.question).judge(answer)[0]
		if diff := cmp.Diff("invalid: "+c.want, line(got)); diff != "" || got.Decisions != nil {
			t.Errorf("%s %v (-want +got):\n%s", c.action, c.value, diff)
		}
	}
}

// TestJudgePriceBounds: the amounts that are just legal are taken, and a factor just below the bound too.
func TestJudgePriceBounds(t *testing.T) {
	low := priceQuestion("PRICE_RATIO_LOW", "wms:TP-1-S", 1000, 1199, 0, 0)
	dear := priceQuestion("PRICE_RATIO_HIGH", "wms:TP-1-S", 100, 1000_00, 0, 0)
	for _, c := range []struct {
		question      review.Question
		action, value string
		want          review.Verdict
	}{
		{low, "set retail", "12.50", review.Accepted}, {low, "set retail", "100.00", review.Accepted}, {low, "set wholesale", "9.59", review.Accepted},
		{low, "set wholesale", "1.20", review.Accepted}, {dear, "set retail", "1.25", review.Invalid}, {dear, "set retail", "10.00", review.Invalid},
		{priceQuestion("PRICE_RATIO_HIGH", "wms:TP-1-S", 100, 20000, 0, 0), "set retail", "10.00", review.Invalid}, // a twentieth
		{priceQuestion("PRICE_RATIO_HIGH", "wms:TP-1-S", 100, 19999, 0, 0), "set retail", "10.00", review.Accepted},
		{priceQuestion("PRICE_RATIO_LOW", "wms:TP-1-S", 1000, 500, 0, 0), "set retail", "100.00", review.Invalid}, // twenty times
		{priceQuestion("PRICE_RATIO_LOW", "wms:TP-1-S", 1000, 501, 0, 0), "set retail", "100.00", review.Accepted},
	} {
		if got := both(c.question).judge(reply(c.question, c.action, c.value))[0]; got.Verdict != c.want {
			t.Errorf("%s %s for %s: %s, want %s", c.action, c.value, c.question.Wanted, line(got), c.want)
		}
	}
}

// TestJudgeWaivers: a waiver has an end in sight, and something to waive.
func TestJudgeWaivers(t *testing.T) {
	warned, info := exception("KEY_BLANK", "wms:TP-1-S", ""), exception("DRIFT_KEPT", "wms:TP-1-S", "a")
	if info.Severity != check.Info {
		t.Fatalf("DRIFT_KEPT is of severity %s", info.Severity)
	}
	moved := warned
	moved.Found = "x"
	moved = moved.Identify("luma")
	gone := court{then: review.Record{Exceptions: []check.Exception{warned}}}
	now := court{now: review.Record{Exceptions: []check.Exception{warned, info}}}
	for _, c := range []struct {
		court  court
		answer review.Answer
		want   string
	}{
		{now, replyTo(warned, "waive", "2026-11-24"), "accepted"},
		{now, replyTo(warned, "waive", "2028-11-24"), "accepted"},
		{now, replyTo(warned, "waive", "2026-11-23"), "invalid: 2026-11-23 is past: a waiver ends today (2026-11-24) or later"},
		{now, replyTo(warned, "waive", "2028-11-25"), "invalid: 2028-11-25 is more than 2 years ahead: a waiver ends by 2028-11-24"},
		{now, replyTo(warned, "waive", ""), "invalid: waive needs the last day in Value, such as 2026-12-31"},
		{now, replyTo(warned, "waive", "03/04/2027"), "invalid: 03/04/2027 may be 2027-03-04 or 2027-04-03: write it as 2026-12-31"},
		{now, replyTo(warned, "assign", " "), "invalid: assign needs a name in Value"},
		{now, replyTo(warned, "assign", "12"), "invalid: assign needs a name in Value"},
		{now, replyTo(warned, "assign", strings.Repeat("a", 101)), "invalid: a name has at most 100 characters"},
		{now, replyTo(warned, "approve", ""), `invalid: "approve" is no action of this row: choose waive, assign`},
		{now, replyTo(info, "waive", "2026-12-31"), "accepted"},
		{now, replyTo(info, "assign", "Bo"), "accepted"},
		{gone, replyTo(warned, "waive", "2026-12-31"), "stale: the newest run has not found it again"},
		{court{then: gone.then, now: review.Record{Exceptions: []check.Exception{moved}}}, replyTo(warned, "waive", "2026-12-31"), "stale: the values changed since: was blank, is x"},
		{court{then: gone.then, now: review.Record{Exceptions: []check.Exception{moved}}}, replyTo(warned, "assign", "Bo"), "accepted"},
	} {
		if diff := cmp.Diff(c.want, line(c.court.judge(c.answer)[0])); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", c.answer.Action, c.answer.Value, diff)
		}
	}
}
