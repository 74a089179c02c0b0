package review_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/review"
)

var day = time.Date(2026, time.November, 20, 9, 0, 0, 0, time.UTC)

func link(sku, value string) review.Decision {
	return review.Decision{Kind: review.Alias, Key: sku, Action: review.Link, Value: value, Reviewer: "Ann", At: day, Place: "Aliases row 4"}
}

// rows makes alias rows of lines such as "merchantSKU,F-1,A"; the first is record 2.
func rows(lines ...string) []review.AliasRow {
	var made []review.AliasRow
	for i, line := range lines {
		cell := strings.Split(line, ",")
		made = append(made, review.AliasRow{Name: cell[0], Value: cell[1], SKU: cell[2], Row: i + 2})
	}
	return made
}

// told is what became of rows: row, verdict and reason.
func told(list []review.Judged) []string {
	var lines []string
	for _, j := range list {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%d %s %s", j.Answer.Row, j.Verdict, j.Why)))
	}
	return lines
}

func TestJudgeAliases(t *testing.T) {
	facts := review.AliasFacts{Name: "merchantSKU", File: "aliases.csv", Digest: "0123456789abcdef", Reviewer: "Bea", At: day.Add(time.Hour),
		Decisions: review.InForce([]review.Decision{link("K", "F-K"), link("L", "F-L"), link("P", "Q")}),
		SKUs:      map[string]bool{},
		Mangled:   func(text string) bool { return text == "1.2E+11" }}
	for sku := range strings.FieldsSeq("A B C D E F G H I J K L M N P Q") {
		facts.SKUs[sku] = true
	}
	got := review.JudgeAliases(rows(
		"merchantSKU,F-A,A",
		"merchantSKU,F-A,A",
		"merchantSKU,F-B1,B", "merchantSKU,F-B2,B",
		"merchantSKU,F-C,C", "merchantSKU,F-C,D",
		"merchantSKU,F-K,K",
		"merchantSKU,F-K2,K",
		"merchantSKU,F-L,M",
		"merchantSKU,F-Z,Z",
		"merchantSKU,F,E",
		"merchantSKU,H,G", "merchantSKU,G,H",
		"merchantSKU,P,Q",
		"merchantSKU,I,I",
		"other,F-J,J",
		"merchantSKU,,J", "merchantSKU,F-J,", "merchantSKU,1.2E+11,J",
	), facts)
	want := []string{
		"2 accepted",
		"3 duplicate row 2 says the same",
		"4 conflicting row 5 gives B another value; leave one of them",
		"5 conflicting row 4 gives B another value; leave one of them",
		"6 conflicting row 7 gives F-C to another SKU; a value names one SKU",
		"7 conflicting row 6 gives F-C to another SKU; a value names one SKU",
		"8 conflicting row 9 gives K another value; leave one of them",
		"9 conflicting row 8 gives K another value; leave one of them",
		"10 conflicting F-L is L by decision of 2026-11-20, Ann, Aliases row 4; a value names one SKU",
		"11 unknown the last run saw no SKU Z in the WMS; mend wms_sku",
		"12 invalid F is the SKU of another row of the WMS; a value must not be one",
		"13 invalid it goes round in a circle: G → H → G",
		"14 invalid it goes round in a circle: H → G → H",
		"15 invalid it goes round in a circle: Q → P → Q",
		"16 accepted",
		`17 invalid its alias_name is "other"; the configuration takes those of merchantSKU`,
		"18 invalid alias_value is blank",
		"19 invalid wms_sku is blank",
		"20 invalid 1.2E+11 is what a spreadsheet made of a code; take it from the source again, as text",
	}
	if diff := cmp.Diff(want, told(got)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	decision := review.Decision{Kind: review.Alias, Key: "A", Action: review.Link, Value: "F-A", Subject: "A", Reviewer: "Bea", At: day.Add(time.Hour),
		Workbook: "0123456789abcdef", Place: "aliases.csv line 2"}
	if diff := cmp.Diff([]review.Decision{decision}, got[0].Decisions); diff != "" {
		t.Errorf("the decision of row 2 (-want +got)\n%s", diff)
	}
	for _, j := range got {
		if (j.Verdict == review.Accepted) != (len(j.Decisions) == 1) {
			t.Errorf("row %d is %s and lays down %d decisions", j.Answer.Row, j.Verdict, len(j.Decisions))
		}
	}
}

// TestAliasesAgainstDecisions: a row that says what is in force is known; one that says otherwise is refused until that is withdrawn.
// Without a run nobody knows SKUs, and none is held against a row.
func TestAliasesAgainstDecisions(t *testing.T) {
	taken := []review.Decision{link("A", "F-A"), link("B", "F-B")}
	facts := review.AliasFacts{Name: "merchantSKU", File: "a.csv", Decisions: review.InForce(taken), At: day}
	file := rows("merchantSKU,F-A,A", "merchantSKU,F-B2,B", "merchantSKU,F-Z,Z")
	want := []string{
		"2 known by decision of 2026-11-20, Ann, Aliases row 4",
		"3 conflicting B is F-B by decision of 2026-11-20, Ann, Aliases row 4; to change that, withdraw it first (alias import --remove)",
		"4 accepted",
	}
	if diff := cmp.Diff(want, told(review.JudgeAliases(file, facts))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	removals := review.JudgeRemovals(rows("merchantSKU,F-B,B", "merchantSKU,,B", "merchantSKU,F-A2,A", "merchantSKU,,C", "merchantSKU,F-C,"), facts)
	want = []string{
		"2 accepted",
		"3 duplicate row 2 says the same",
		"4 stale A is F-A by decision of 2026-11-20, Ann, Aliases row 4, not F-A2",
		"5 unknown no decision in force gives C an alias",
		"6 invalid wms_sku is blank",
	}
	if diff := cmp.Diff(want, told(removals)); diff != "" {
		t.Errorf("removals (-want +got)\n%s", diff)
	}
	facts.Decisions = review.InForce(append(taken, removals[0].Decisions...))
	if diff := cmp.Diff(review.Accepted, review.JudgeAliases(file, facts)[1].Verdict); diff != "" {
		t.Errorf("after the withdrawal row 3 is (-want +got)\n%s", diff)
	}
}

func TestStandingAliases(t *testing.T) {
	facts := review.AliasFacts{Name: "merchantSKU", Decisions: review.InForce([]review.Decision{link("B", "=F+1"), link("A", "F-A")})}
	list := review.StandingAliases(rows("merchantSKU,F-C,C", "merchantSKU,old,A", "other,F-D,D", "merchantSKU,F-C,C", "merchantSKU,,E"), facts)
	var text strings.Builder
	if err := review.WriteAliases(&text, "merchantSKU", list); err != nil {
		t.Fatal(err)
	}
	want := `alias_name,alias_value,wms_sku,origin,note
merchantSKU,F-A,A,decision,"by decision of 2026-11-20, Ann, Aliases row 4"
merchantSKU,'=F+1,B,decision,"by decision of 2026-11-20, Ann, Aliases row 4"
merchantSKU,F-C,C,file,
`
	if diff := cmp.Diff(want, text.String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestGuardedCellsComeBack(t *testing.T) {
	for text, want := range map[string]string{"A-1": "A-1", "=1": "'=1", "-1": "'-1", "+1": "'+1", "@x": "'@x", "\tx": "'\tx", "'=1": "''=1", "'x": "'x", "": "", "'": "'"} {
		if got := review.GuardCell(text); got != want || review.UnguardCell(got) != text {
			t.Errorf("%q is guarded as %q, want %q, and comes back as %q", text, got, want, review.UnguardCell(got))
		}
	}
}

func TestOpenAliases(t *testing.T) {
	questions := []review.Question{
		{Kind: review.Alias, Key: "variant:po_1", SKU: "F-1"}, {Kind: review.Alias, Key: "variant:po_2", SKU: "F-2"}, {Kind: review.Alias, Key: "variant:po_3", SKU: "F-3"},
		{Kind: review.Alias, Key: "sku:A", SKU: "A"}, {Kind: review.Alias, Key: "sku:B", SKU: "B"}, {Kind: review.Price, Key: "wms:A"},
	}
	decisions := []review.Decision{link("A", "F-1"), {Kind: review.Alias, Key: "variant:po_2", Action: review.Leave}, {Kind: review.Waiver, Key: "sku:B", Action: review.Waive}}
	var open []string
	for _, q := range review.OpenAliases(questions, decisions) {
		open = append(open, q.Key)
	}
	if diff := cmp.Diff([]string{"variant:po_3", "sku:B"}, open); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
