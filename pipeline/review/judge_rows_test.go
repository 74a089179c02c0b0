package review_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fairesync/pipeline/check"
	"fairesync/pipeline/review"
)

// decision is one that was taken before.
func decision(kind review.Kind, key, field string, action review.Action, value, seen string) review.Decision {
	return review.Decision{Kind: kind, Key: key, Field: field, Action: action, Value: value, Seen: seen, At: at.Add(-48 * time.Hour), Reviewer: "Bo", Place: "Sheet row 9"}
}

// TestJudgeLate: what came too late, is nobody's, or cannot be told to be either.
func TestJudgeLate(t *testing.T) {
	old := priceQuestion("PRICE_MOVE", "wms:TP-1-S", 1000, 2000, 500, 1000)
	moved := old // the same question about other values
	moved.Found, moved.Covers = "6.00/10.00", []review.Cover{{Key: "wms:TP-1-S", Field: "price[USA]", Seen: old.Covers[0].Seen, SeenFaire: "other"}}
	moved = moved.Identify()
	wider := old
	wider.Covers = append(wider.Covers[:1:1], review.Cover{Key: "wms:TP-1-M", Field: "price[USA]", Seen: "10.00/20.00", SeenFaire: "other"})
	wider = wider.Identify()
	if old.ID != moved.ID || old.Fingerprint == moved.Fingerprint {
		t.Fatal("the question is not the one about other values")
	}
	of := func(q ...review.Question) review.Record { return review.Record{Questions: q} }
	without := reply(old, "approve", "")
	without.Fingerprint = ""
	damaged := reply(old, "approve", "")
	damaged.Fingerprint = "1.2E+15"
	foreign := reply(old, "approve", "")
	foreign.Fingerprint = "f0000000000000000"
	keyless := reply(old, "approve", "")
	keyless.ID = " "
	unreadable := reply(old, "approve", "")
	unreadable.Invalid = "the cell Value holds the error #N/A"
	const lost = "invalid: the fingerprint is missing or damaged, so nobody can tell which values are answered: answer a fresh copy of the workbook"
	for _, c := range []struct {
		name   string
		court  court
		answer review.Answer
		want   string
	}{
		{"asked as it was", court{then: of(old), now: of(old)}, reply(old, "approve", ""), "accepted"},
		{"asked by the newest run alone", court{now: of(old)}, reply(old, "approve", ""), "accepted"},
		{"answered from the newest workbook", court{then: of(old), now: of(moved)}, reply(moved, "approve", ""), "accepted"},
		{"not asked any more", court{then: of(old)}, reply(old, "approve", ""), "stale: it is not asked any more: somebody answered it, or its cause is gone"},
		{"values changed", court{then: of(old), now: of(moved)}, reply(old, "approve", ""), "stale: the values changed since: was 5.00/10.00, is 6.00/10.00"},
		{"covers more", court{then: of(old), now: of(wider)}, reply(old, "approve", ""), "stale: the values changed since: it covers other rows now, 2 where it was 1"},
		{"of a run that nobody has", court{then: of(old), now: of(moved)}, foreign, "stale: the values changed since: answer the row in latest.xlsx"},
		{"stale before invalid", court{then: of(old)}, reply(old, "set retail", "x"), "stale: it is not asked any more: somebody answered it, or its cause is gone"},
		{"nobody's", court{}, reply(old, "approve", ""), `unknown: "` + old.ID + `" is no question, exception or decision of this brand: answer latest.xlsx`},
		{"no key", court{now: of(old)}, keyless, "unknown: the row has no key: answer the rows that the workbook came with"},
		{"no fingerprint", court{now: of(old)}, without, lost},
		{"damaged fingerprint", court{now: of(old)}, damaged, lost},
		{"unreadable", court{now: of(old)}, unreadable, "invalid: the cell Value holds the error #N/A"},
	} {
		if diff := cmp.Diff(c.want, line(c.court.judge(c.answer)[0])); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// TestJudgeApprovals: they hold for the changes seen that are still held as they were.
func TestJudgeApprovals(t *testing.T) {
	seen := approvalQuestion("price_move", "c1", "c2", "c3")
	some := approvalQuestion("price_move", "c2", "c3", "c4")
	none := approvalQuestion("price_move", "c4")
	of := func(q ...review.Question) review.Record { return review.Record{Questions: q} }
	answer := func() review.Answer { return reply(seen, "approve", "") }
	all := []review.Decision{decision(review.Approval, "c1", "price_move", review.Approve, "", ""), decision(review.Approval, "c2", "price_move", review.Approve, "", ""),
		decision(review.Approval, "c3", "price_move", review.Approve, "", "")}
	for _, c := range []struct {
		name  string
		court court
		want  string
		lays  []string
	}{
		{"all", court{then: of(seen), now: of(seen)}, "accepted", []string{"approval|c1|price_move|approve||", "approval|c2|price_move|approve||", "approval|c3|price_move|approve||"}},
		{"some", court{then: of(seen), now: of(some)}, "accepted: for 2 of the 3 changes seen; the others are not held as they were",
			[]string{"approval|c2|price_move|approve||", "approval|c3|price_move|approve||"}},
		{"none", court{then: of(seen), now: of(none)}, "stale: none of its 3 changes is still held as it was", nil},
		{"not asked", court{then: of(seen)}, "stale: none of its 3 changes is held any more", nil},
		{"of a run that nobody has", court{now: of(some)}, "stale: nobody knows which changes it saw: answer the row in latest.xlsx", nil},
		{"taken before and sent", court{then: of(seen), decided: all}, "known: in force already, by decision of 2026-11-22, Bo, Sheet row 9", nil},
		{"some taken before", court{then: of(seen), now: of(some), decided: all[:2]}, "accepted: for 2 of the 3 changes seen; the others are not held as they were",
			[]string{"approval|c3|price_move|approve||"}},
	} {
		got := c.court.judge(answer())[0]
		if diff := cmp.Diff(append([]string{c.want}, c.lays...), append([]string{line(got)}, facts(got.Decisions)...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// TestJudgeRows: what rows say together.
func TestJudgeRows(t *testing.T) {
	v1, v2, s1 := variantQuestion("po_1", "F-1"), variantQuestion("po_2", "F-2"), skuQuestion("TP-1-S")
	low, scale := priceQuestion("PRICE_SCALE", "wms:TP-1-S", 1000, 2000, 500, 1000), priceQuestion("PRICE_MOVE", "wms:TP-1-S", 1000, 2000, 500, 1000)
	warned := exception("KEY_BLANK", "wms:TP-1-S", "")
	all := review.Record{Questions: []review.Question{v1, v2, s1, low, scale}, Exceptions: []check.Exception{warned}}
	link := func(ours, variant, faire string) review.Decision {
		return decision(review.Alias, ours, "", review.Link, faire, variant)
	}
	old := link("TP-1-M", "po_1", "F-1")
	withdraw := review.Answer{ID: old.ID(), Action: "withdraw", Sheet: "Sheet"}
	const words = "by decision of 2026-11-22, Bo, Sheet row 9"
	for _, c := range []struct {
		name    string
		decided []review.Decision
		answers []review.Answer
		want    []string
	}{
		{"twice the same", nil, []review.Answer{reply(v1, "link", "TP-1-S"), reply(v1, " Link", "TP-1-S ")}, []string{"accepted", "duplicate: the same answer as Sheet row 2"}},
		{"twice another", nil, []review.Answer{reply(v1, "link", "TP-1-S"), reply(v1, "leave", "")}, []string{
			"conflicting: Sheet row 3: says leave to the same: keep one of the two", "conflicting: Sheet row 2: says link TP-1-S to the same: keep one of the two"}},
		{"twice the same and once another", nil, []review.Answer{reply(v1, "leave", ""), reply(v1, "leave", ""), reply(v1, "link", "TP-1-S")}, []string{
			"conflicting: Sheet row 4: says link TP-1-S to the same: keep one of the two", "conflicting: Sheet row 4: says link TP-1-S to the same: keep one of the two",
			"conflicting: Sheet row 2: says leave to the same: keep one of the two"}},
		{"once sound and once not", nil, []review.Answer{reply(v1, "link", "TP-1-S"), reply(v1, "link", "NOPE")}, []string{
			"conflicting: Sheet row 3: says link NOPE to the same, which cannot be obeyed: keep one of the two", `invalid: "NOPE" is no SKU of ours that the last run saw`}},
		{"waived and assigned", nil, []review.Answer{replyTo(warned, "waive", "2026-12-31"), replyTo(warned, "assign", "Bo")}, []string{"accepted", "accepted"}},
		{"two owners", nil, []review.Answer{replyTo(warned, "assign", "Ann"), replyTo(warned, "assign", "Bo")}, []string{
			"conflicting: Sheet row 3: says assign Bo to the same: keep one of the two", "conflicting: Sheet row 2: says assign Ann to the same: keep one of the two"}},
		{"two variants are one SKU", nil, []review.Answer{reply(v1, "link", "TP-1-S"), reply(v2, "link", "TP-1-S")}, []string{
			"conflicting: Sheet row 3: says link TP-1-S about the same: keep one of the two", "conflicting: Sheet row 2: says link TP-1-S about the same: keep one of the two"}},
		{"one variant is two SKUs", nil, []review.Answer{reply(v1, "link", "TP-1-M"), reply(s1, "link", "F-1")}, []string{
			"conflicting: Sheet row 3: links TP-1-S with F-1 on Faire", "conflicting: Sheet row 2: links TP-1-M with F-1 on Faire"}},
		{"both sides say the same", nil, []review.Answer{reply(v1, "link", "TP-1-S"), reply(s1, "link", "F-1")}, []string{"accepted", "duplicate: lays down the same as Sheet row 2"}},
		{"linked and left", nil, []review.Answer{reply(v1, "leave", ""), reply(s1, "link", "F-1")}, []string{
			"conflicting: Sheet row 3: links TP-1-S with F-1 on Faire", "conflicting: Sheet row 2: leaves variant:po_1 alone"}},
		{"two codes of one price", nil, []review.Answer{reply(low, "approve", ""), reply(scale, "keep", "")}, []string{
			"conflicting: Sheet row 3: says keep about the same: keep one of the two", "conflicting: Sheet row 2: says approve about the same: keep one of the two"}},
		{"two codes of one price alike", nil, []review.Answer{reply(low, "approve", ""), reply(scale, "approve", "")}, []string{"accepted", "duplicate: lays down the same as Sheet row 2"}},
		{"another SKU has the variant", []review.Decision{old}, []review.Answer{reply(v1, "link", "TP-1-S")}, []string{"conflicting: links TP-1-M with F-1 on Faire " + words + ": withdraw that first"}},
		{"unless that is withdrawn beside it", []review.Decision{old}, []review.Answer{reply(v1, "link", "TP-1-S"), withdraw}, []string{"accepted", "accepted"}},
		{"the same SKU gets another variant", []review.Decision{link("TP-1-S", "po_9", "F-9")}, []review.Answer{reply(v1, "link", "TP-1-S")}, []string{"accepted"}},
		{"a variant that was left", []review.Decision{decision(review.Alias, "variant:po_1", "", review.Leave, "", "F-1")}, []review.Answer{reply(v1, "link", "TP-1-S")},
			[]string{"conflicting: leaves variant:po_1 alone " + words + ": withdraw that first"}},
		{"a variant that was left with another SKU", []review.Decision{decision(review.Alias, "variant:po_1", "", review.Leave, "", "F-0")}, []review.Answer{reply(v1, "link", "TP-1-S")},
			[]string{"accepted"}},
		{"in force", []review.Decision{link("TP-1-S", "po_1", "F-1")}, []review.Answer{reply(v1, "link", "TP-1-S")}, []string{"known: in force already, " + words}},
		{"in force, and another row says otherwise", []review.Decision{link("TP-1-S", "po_1", "F-1")}, []review.Answer{reply(v1, "link", "TP-1-S"), reply(v1, "link", "AB-1")}, []string{
			"conflicting: Sheet row 3: says link AB-1 to the same: keep one of the two", "conflicting: Sheet row 2: says link TP-1-S to the same: keep one of the two"}},
		{"withdrawn before", []review.Decision{old, decision(review.Alias, "TP-1-M", "", review.Withdraw, "", "")}, []review.Answer{withdraw}, []string{"known: withdrawn already, " + words}},
		{"replaced before", []review.Decision{old, link("TP-1-M", "po_3", "F-3")}, []review.Answer{withdraw}, []string{"stale: another decision took its place, " + words}},
		{"not to be linked there", []review.Decision{old}, []review.Answer{{ID: old.ID(), Action: "link", Sheet: "Sheet"}}, []string{`invalid: "link" is no action of this row: choose withdraw`}},
		{"withdrawn twice", []review.Decision{old}, []review.Answer{withdraw, withdraw}, []string{"accepted", "duplicate: the same answer as Sheet row 2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, lines(court{then: all, now: all, decided: c.decided}.judge(c.answers...))); diff != "" {
				t.Errorf("verdicts (-want +got):\n%s", diff)
			}
		})
	}
}

// TestJudgeNotices: a key that a spreadsheet damaged is told, and the row is known by its own.
func TestJudgeNotices(t *testing.T) {
	q := variantQuestion("po_1", "F-1")
	for _, c := range []struct {
		sku, shown string
		want       []string
	}{
		{"00123", "123", []string{"the cell SKU reads 123: 00123 lost its leading zeros; the row was told by its key"}},
		{"12E9", "1.20E+10", []string{"the cell SKU reads 1.20E+10: 12E9 was made a number; the row was told by its key"}},
		{"MAR1", "2026-03-01", []string{"the cell SKU reads 2026-03-01: MAR1 was made a day; the row was told by its key"}},
		{"4012345678901", "4.01235E+12", []string{"the cell SKU reads 4.01235E+12: 4012345678901 was rounded; the row was told by its key"}},
		{"00123", "00123", nil}, {"A, 00123", "00123", nil}, {"00123", "other", nil}, {"00123", "", nil},
	} {
		q.SKU = c.sku
		q = q.Identify()
		answer := reply(q, "leave", "")
		answer.Shown = map[string]string{"SKU": c.shown, "Found": "7"}
		got := both(q).judge(answer)[0]
		if diff := cmp.Diff(c.want, got.Answer.Notices); diff != "" || got.Verdict != review.Accepted {
			t.Errorf("%s for %s: %s (-want +got):\n%s", c.shown, c.sku, line(got), diff)
		}
	}
}

// TestJudgeTwice: whatever was answered, answering it again lays down nothing, and what is in force stays as it is.
func TestJudgeTwice(t *testing.T) {
	questions := []review.Question{variantQuestion("po_1", "F-1"), variantQuestion("po_2", "F-2"), skuQuestion("TP-1-S"), skuQuestion("TP-1-M"), typeQuestion("category:Tops"),
		priceQuestion("PRICE_RATIO_LOW", "wms:TP-1-S", 1000, 1199, 900, 1200), priceQuestion("PRICE_MOVE", "wms:TP-1-S", 1000, 2000, 500, 1000),
		approvalQuestion("price_move", "c1", "c2"), driftQuestion("wms:TP-1", "name"), recreateQuestion("p_1", "wms:TP-1")}
	warned := exception("KEY_BLANK", "wms:TP-1-S", "")
	record := review.Record{Questions: questions, Exceptions: []check.Exception{warned}}
	rapid.Check(t, func(t *rapid.T) {
		var answers []review.Answer
		for range rapid.IntRange(1, 8).Draw(t, "answers") {
			value := rapid.SampledFrom([]string{"", "TP-1-S", "TP-1-M", "F-1", "F-2", "tt_tee", "12.50", "2026-12-31", "Bo"}).Draw(t, "value")
			if rapid.Bool().Draw(t, "exception") {
				answers = append(answers, replyTo(warned, rapid.SampledFrom([]string{"waive", "assign"}).Draw(t, "action"), value))
				continue
			}
			q := rapid.SampledFrom(questions).Draw(t, "question")
			answers = append(answers, reply(q, string(rapid.SampledFrom(review.Actions(q.Kind)).Draw(t, "action")), value))
		}
		first := court{then: record, now: record}
		judged := first.judge(answers...)
		taken := review.Laid(judged)
		subjects := map[[3]string]bool{}
		for _, d := range taken {
			if subjects[d.Subjected()] {
				t.Fatalf("two decisions about %v", d.Subjected())
			}
			subjects[d.Subjected()] = true
		}
		again := court{then: record, now: record, decided: taken}.judge(answers...)
		later := court{then: record, decided: taken}.judge(answers...) // nothing is asked any more
		for i, j := range judged {
			if len(again[i].Decisions)+len(later[i].Decisions) > 0 {
				t.Fatalf("row %d lays down again: %v", i+2, again[i].Decisions)
			}
			if j.Verdict == review.Accepted && (again[i].Verdict != review.Known || later[i].Verdict != review.Known) {
				t.Fatalf("row %d was accepted, is %s and %s", i+2, line(again[i]), line(later[i]))
			}
		}
	})
}
