package review_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fairesync/pipeline/check"
	"fairesync/pipeline/review"
)

const header = "kind,key,field,action,value,seen,subject,note,reviewer,at,run,question,workbook,place\n"

func TestWriteCSV(t *testing.T) {
	d := decision(review.Alias, "=SUM(A1)", "", review.Link, "-1", "po_1")
	d.Note = "a \"note\",\r\nof two lines"
	list := []review.Decision{decision(review.Drift, "wms:TP-1", "name", review.Ours, "", ""), d, decision(review.Alias, "'quoted", "", review.Leave, "", "")}
	const want = header +
		"alias,''quoted,,leave,,,,,Bo,2026-11-22T09:30:00Z,,,,Sheet row 9\n" +
		"alias,'=SUM(A1),,link,'-1,po_1,,\"a \"\"note\"\",\nof two lines\",Bo,2026-11-22T09:30:00Z,,,,Sheet row 9\n" +
		"drift,wms:TP-1,name,ours,,,,,Bo,2026-11-22T09:30:00Z,,,,Sheet row 9\n"
	var out bytes.Buffer
	if err := review.WriteCSV(&out, list); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("CSV (-want +got):\n%s", diff)
	}
}

// TestCSVBothWays: what is written is read as it was, but for line ends, which a cell has one kind of.
func TestCSVBothWays(t *testing.T) {
	cell := rapid.StringMatching(`[=+@'\t\r\n",;a-zA-Zäß€0-9 .:-]{0,12}`)
	plain := func(text string) string {
		return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	}
	rapid.Check(t, func(t *rapid.T) {
		list, want := []review.Decision{}, []review.Decision{}
		for range rapid.IntRange(0, 5).Draw(t, "decisions") {
			texts := make([]string, 12)
			for i := range texts {
				texts[i] = cell.Draw(t, "cell")
			}
			made := func(of func(string) string) review.Decision {
				return review.Decision{Kind: review.Kind(of(texts[0])), Key: of(texts[1]), Field: of(texts[2]), Action: review.Action(of(texts[3])), Value: of(texts[4]), Seen: of(texts[5]),
					Subject: of(texts[6]), Note: of(texts[7]), Reviewer: of(texts[8]), At: at.Add(time.Duration(len(list)) * time.Nanosecond), Run: of(texts[9]), Question: of(texts[10]),
					Workbook: of(texts[11]), Place: of(texts[1])}
			}
			list, want = append(list, made(func(text string) string { return text })), append(want, made(plain))
		}
		var first, second bytes.Buffer
		if err := review.WriteCSV(&first, list); err != nil {
			t.Fatal(err)
		}
		read, err := review.ReadCSV(bytes.NewReader(first.Bytes()), "d.csv")
		if err != nil {
			t.Fatal(err)
		}
		got := make([]review.Decision, len(want)) // in the order they were made
		for _, l := range read {
			if l.Problem != "" {
				t.Fatalf("line %d: %s", l.Number, l.Problem)
			}
			got[l.Decision.At.Sub(at)] = l.Decision
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("decisions (-want +got):\n%s", diff)
		}
		if err := review.WriteCSV(&second, got); err != nil || !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Fatalf("written again (%v):\n%s\nat first:\n%s", err, &second, &first)
		}
		records, err := csv.NewReader(&second).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range records[1:] {
			for _, cell := range record {
				if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
					t.Fatalf("the cell %q is a formula to a spreadsheet", cell)
				}
			}
		}
	})
}

func TestReadCSVRefuses(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "d.csv is empty"},
		{"a \"b", "d.csv is no CSV of decisions"},
		{strings.Replace(header, "key", "Key", 1), "d.csv is no CSV of decisions: its column 2 has to be key"},
		{strings.Replace(header, "key,", "", 1), "d.csv is no CSV of decisions: its column 2 has to be key"},
		{strings.Replace(header, ",place", "", 1), "d.csv is no CSV of decisions: its column 14 has to be place"},
		{strings.Replace(header, "\n", ",mine\n", 1), `d.csv has a column "mine", which no decision has`},
		{strings.ReplaceAll(header, ",", ";"), "d.csv is no CSV of decisions: its column 1 has to be kind"},
	} {
		_, err := review.ReadCSV(strings.NewReader(c.text), "d.csv")
		if err == nil || err.Error() != c.want {
			t.Errorf("%q: error %v, want %s", c.text, err, c.want)
		} else if hint, ok := err.(interface{ Hint() string }); !ok || hint.Hint() == "" {
			t.Errorf("%q: no hint", c.text)
		}
	}
	lines, err := review.ReadCSV(strings.NewReader("\uFEFF"+header+
		"drift,wms:TP-1,name,ours,,,,,,,,,,\ndrift,wms:TP-1,name\ndrift,wms:TP-1,name,ours,,,,,,yesterday,,,,\n\n"+
		"drift,"+strings.Repeat("x", 70_000)+",name,ours,,,,,,,,,,\ndrift,\xff,name,ours,,,,,,,,,,\n"+"drift,a\"b,name,ours,,,,,,,,,,\n"), "d.csv")
	if err != nil {
		t.Fatal(err)
	}
	want := []review.Line{
		{Number: 2, Decision: review.Decision{Kind: review.Drift, Key: "wms:TP-1", Field: "name", Action: review.Ours}},
		{Number: 3, Problem: "it has 3 cells, 14 are wanted"},
		{Number: 4, Problem: `"yesterday" in the column at is no time such as 2026-11-20T09:30:00Z; it may be blank`},
		{Number: 6, Problem: "its cell key is longer than 65536 bytes"},
		{Number: 7, Problem: "its cell key is not UTF-8"},
		{Number: 8, Problem: "its quotes do not go together"},
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

// FuzzReadCSV: any bytes are refused or read, and what is read can be written and read again.
func FuzzReadCSV(f *testing.F) {
	f.Add([]byte(header + "drift,wms:TP-1,name,ours,,,,'=x,,2026-11-22T09:30:00Z,,,,\n"))
	f.Add([]byte(header + "a,\"b\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		lines, err := review.ReadCSV(bytes.NewReader(data), "d.csv")
		if err != nil {
			return
		}
		var list []review.Decision
		for _, l := range lines {
			if l.Problem == "" {
				list = append(list, l.Decision)
			}
		}
		var out bytes.Buffer
		if err := review.WriteCSV(&out, list); err != nil {
			t.Fatal(err)
		}
		again, err := review.ReadCSV(&out, "d.csv")
		if err != nil || len(again) != len(list) {
			t.Fatalf("%d decisions, read again %d: %v", len(list), len(again), err)
		}
		review.JudgeLines(lines, "d.csv", "", review.Record{}, known, nil, at)
	})
}

// TestJudgeLines: what becomes of the lines of a CSV.
func TestJudgeLines(t *testing.T) {
	warned := exception("KEY_BLANK", "wms:TP-1-S", "")
	now := review.Record{Questions: []review.Question{approvalQuestion("price_move", "c1")}, Exceptions: []check.Exception{warned}}
	d := func(kind review.Kind, key, field string, action review.Action, value, seen string) review.Decision {
		made := decision(kind, key, field, action, value, seen)
		made.At = time.Time{}
		return made
	}
	drift := d(review.Drift, "wms:TP-1", "name", review.Ours, "", "")
	taken := decision(review.Drift, "wms:TP-1", "name", review.Theirs, "", "")
	dated := func(one review.Decision, hours int) review.Decision {
		one.At = at.Add(time.Duration(hours) * time.Hour)
		return one
	}
	link := d(review.Alias, "TP-1-S", "", review.Link, "F-1", "po_1")
	for _, c := range []struct {
		name    string
		decided []review.Decision
		lines   []review.Decision
		want    []string
	}{
		{"new", nil, []review.Decision{drift, link, d(review.Alias, "variant:po_2", "", review.Leave, "", "F-2"), d(review.Taxonomy, "category:Tops", "", review.Map, "tt_tee", ""),
			d(review.Price, "wms:TP-1-S", "price[USA]", review.SetRetail, "retail 12.50", "10.00/11.99"), d(review.Approval, "c1", "price_move", review.Approve, "", ""),
			d(review.Waiver, warned.ID, "", review.Waive, "2026-12-31", warned.Fingerprint), d(review.Owner, warned.ID, "", review.Assign, "Bo", ""),
			d(review.Recreate, "p_1", "", review.MakeAgain, "", "wms:TP-1")},
			[]string{"accepted", "accepted", "accepted", "accepted", "accepted", "accepted", "accepted", "accepted", "accepted"}},
		{"the same in force", []review.Decision{taken}, []review.Decision{d(review.Drift, "wms:TP-1", "name", review.Theirs, "", "")}, []string{"known: taken already"}},
		{"exported, withdrawn since", []review.Decision{taken, dated(d(review.Drift, "wms:TP-1", "name", review.Withdraw, "", ""), -1)}, []review.Decision{taken}, []string{"known: taken already"}},
		{"another now", []review.Decision{taken}, []review.Decision{drift}, []string{"accepted"}},
		{"older than what stands", []review.Decision{taken}, []review.Decision{dated(drift, -72)},
			[]string{"stale: a later decision about the same was taken, by decision of 2026-11-22, Bo, Sheet row 9"}},
		{"edited in its line", []review.Decision{taken}, []review.Decision{dated(drift, -48)}, []string{"accepted"}},
		{"history", nil, []review.Decision{dated(drift, -72), taken}, []string{"accepted", "accepted"}},
		{"two at once", nil, []review.Decision{drift, d(review.Drift, "wms:TP-1", "name", review.Theirs, "", "")}, []string{
			"conflicting: d.csv line 3: says theirs about the same: keep one of the two", "conflicting: d.csv line 2: says ours about the same: keep one of the two"}},
		{"twice", nil, []review.Decision{drift, drift}, []string{"accepted", "duplicate: the same decision as d.csv line 2"}},
		{"two SKUs are one variant", nil, []review.Decision{link, d(review.Alias, "TP-1-M", "", review.Link, "F-1", "po_1")}, []string{
			"conflicting: d.csv line 3: links TP-1-M with F-1 on Faire", "conflicting: d.csv line 2: links TP-1-S with F-1 on Faire"}},
		{"and one is in force", []review.Decision{decision(review.Alias, "TP-1-M", "", review.Link, "F-1", "po_1")}, []review.Decision{link},
			[]string{"conflicting: links TP-1-M with F-1 on Faire by decision of 2026-11-22, Bo, Sheet row 9: withdraw that first"}},
		{"late", nil, []review.Decision{d(review.Approval, "c9", "price_move", review.Approve, "", ""), d(review.Waiver, "x1", "", review.Waive, "2026-12-31", ""),
			d(review.Waiver, warned.ID, "", review.Waive, "2026-12-31", "other")},
			[]string{"stale: the change is not held any more", "stale: the newest run has not found the exception", "stale: the values of the exception are not those that were seen"}},
		{"malformed", nil, []review.Decision{d("sku", "a", "", review.Link, "", ""), d(review.Drift, "", "name", review.Ours, "", ""), d(review.Drift, "a", "name", "Ours", "", ""),
			d(review.Drift, "a", "", review.Ours, "", ""), d(review.Drift, "a", "name", review.Ours, "1", ""), d(review.Alias, "123", "", review.Link, "F-1", "po_1"),
			d(review.Alias, "TP-1-S", "", review.Link, "99", ""), d(review.Alias, "TP-1-S", "", review.Leave, "", ""), d(review.Taxonomy, "category:a", "", review.Map, "Mugs", ""),
			d(review.Price, "v", "price", review.SetRetail, "retail 12.50", "10.00/11.99"), d(review.Price, "v", "price[USA]", review.SetRetail, "12.50", "10.00/11.99"),
			d(review.Price, "v", "price[USA]", review.SetRetail, "retail 12.49", "10.00/11.99"), d(review.Waiver, warned.ID, "", review.Waive, "2026-1-31", warned.Fingerprint)},
			[]string{`invalid: "sku" is no kind of decision`, "invalid: the key is missing", `invalid: "Ours" is no action of this row: choose ours, theirs, withdraw`, "invalid: the field is missing",
				`invalid: "1" is a value where none belongs`, "invalid: 123 is what a spreadsheet makes of 00123 (a number): format the cell as text and type the SKU again",
				"invalid: 99 is what a spreadsheet makes of 0099 (a number): format the cell as text and type the SKU again", "invalid: the key of leave is variant:ID or sku:SKU",
				`invalid: "Mugs" is not written as tt_mug`, `invalid: "price" is no field of a price such as price[USA]`, `invalid: "12.50" is no amount such as retail 12.50`,
				"invalid: 12.49 is not 1.25 to 10 times the wholesale price 10.00: from 12.50 to 100.00 is", "invalid: 2026-1-31 is not written as 2026-01-31"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var read []review.Line
			for i, one := range c.lines {
				read = append(read, review.Line{Number: i + 2, Decision: one})
			}
			judged := review.JudgeLines(read, "d.csv", "0123456789abcdef", now, known, c.decided, at)
			if diff := cmp.Diff(c.want, lines(judged)); diff != "" {
				t.Errorf("verdicts (-want +got):\n%s", diff)
			}
			again := review.JudgeLines(read, "d.csv", "0123456789abcdef", now, known, append(c.decided, review.Laid(judged)...), at)
			if laid := review.Laid(again); len(laid) > 0 {
				t.Errorf("applied again it lays down %v", facts(laid))
			}
		})
	}
}

// TestJudgeLinesTime: a decision keeps its time, so that who decided what and when outlives a copy; one without, or one that was changed
// in its line, is of now and of the file.
func TestJudgeLinesTime(t *testing.T) {
	taken := decision(review.Drift, "wms:TP-1", "name", review.Theirs, "", "")
	edited := taken
	edited.Action = review.Ours
	fresh := taken
	fresh.At = time.Time{}
	signed := func(d review.Decision) review.Decision {
		d.At, d.Workbook, d.Place = at, "0123456789abcdef", "d.csv line 2"
		return d
	}
	for _, c := range []struct {
		decided []review.Decision
		line    review.Decision
		want    review.Decision
	}{
		{nil, taken, taken}, {nil, fresh, signed(fresh)}, {[]review.Decision{taken}, edited, signed(edited)},
	} {
		got := review.Laid(review.JudgeLines([]review.Line{{Number: 2, Decision: c.line}}, "d.csv", "0123456789abcdef", review.Record{}, known, c.decided, at))
		if diff := cmp.Diff([]review.Decision{c.want}, got); diff != "" {
			t.Errorf("decision (-want +got):\n%s", diff)
		}
	}
}
