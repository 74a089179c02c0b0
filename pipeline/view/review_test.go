package view_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/review"
	"fairesync/pipeline/view"
)

// someReview has an answer of every kind that is shown.
func someReview() view.Review {
	judged := func(row int, verdict review.Verdict, why string, notices ...string) review.Judged {
		return review.Judged{Answer: review.Answer{ID: "price-1", Action: "keep", Sheet: "Prices", Row: row, Notices: notices}, Verdict: verdict, Why: why, Subject: "TP-1-S Summit\x1b[31m Tee"}
	}
	accepted := judged(2, review.Accepted, "for 2 of the 3 changes seen", "the cell Value holds a formula, whose last result was taken")
	accepted.Decisions = []review.Decision{{Kind: review.Price, Key: "wms:TP-1-S", Action: review.Keep}}
	return view.Review{File: "a.xlsx", Run: "r1", Newest: "r2", Notices: []string{"sheet Prices has no column Value any more"}, Judged: []review.Judged{
		accepted, judged(3, review.Known, "in force already"), judged(4, review.Stale, "the values changed"), judged(5, review.Invalid, "no action")}}
}

func TestHumanReview(t *testing.T) {
	const counts = "verdict\tanswers\naccepted\t1\nknown\t1\nstale\t1\nunknown\t0\ninvalid\t1\nduplicate\t0\nconflicting\t0\nall\t4\n\n" +
		"verdict\tsheet\trow\tsubject\twhy\nstale\tPrices\t4\tTP-1-S Summit[31m Tee\tthe values changed\n"
	const notices = "notice: sheet Prices has no column Value any more\nnotice: Prices row 2: for 2 of the 3 changes seen\n" +
		"notice: Prices row 2: the cell Value holds a formula, whose last result was taken\n"
	var out bytes.Buffer
	if err := view.NewHuman(&out, view.Options{}).Review(someReview(), 0); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(counts+"invalid\tPrices\t5\tTP-1-S Summit[31m Tee\tno action\n"+notices+"laid down 1 decision; the next run obeys\n", out.String()); diff != "" {
		t.Errorf("all of it (-want +got):\n%s", diff)
	}
	out.Reset()
	dry := someReview()
	dry.DryRun = true
	if err := view.NewHuman(&out, view.Options{}).Review(dry, 1); err != nil {
		t.Fatal(err)
	}
	want := counts + "… and 1 more answer that was not taken; --report OUT.xlsx or --json has all of them\n" + notices +
		"nothing was laid down (--dry-run); it would be 1 decision\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("at most one, of a dry run (-want +got):\n%s", diff)
	}
	out.Reset()
	if err := view.NewHuman(&out, view.Options{TTY: true, Width: 80}).Review(someReview(), 30); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if len([]rune(strings.TrimRight(line, "\n"))) > 80 && !strings.HasPrefix(line, "notice:") {
			t.Errorf("a line wider than the terminal: %q", line)
		}
	}
}

func TestJSONReview(t *testing.T) {
	var out bytes.Buffer
	if err := view.NewJSON(&out).Review(someReview(), 1); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	const summary = `{"type":"review","file":"a.xlsx","run":"r1","newest":"r2","dry_run":false,"answers":4,` +
		`"verdicts":{"accepted":1,"conflicting":0,"duplicate":0,"invalid":1,"known":1,"stale":1,"unknown":0},"decisions":1,"notices":["sheet Prices has no column Value any more"]}`
	if len(lines) != 5 || !strings.HasPrefix(lines[0], `{"type":"answer","answer":{"id":"price-1",`) || !strings.Contains(lines[2], `"verdict":"stale","why":"the values changed"`) {
		t.Errorf("lines:\n%s", out.String())
	}
	if diff := cmp.Diff(summary, lines[len(lines)-1]); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
}

func TestDecisions(t *testing.T) {
	list := []review.Decision{{Kind: review.Price, Key: "wms:TP-1-S", Field: "price[USA]", Action: review.SetRetail, Value: "retail 12.50", At: time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC),
		Subject: "TP-1-S", Reviewer: "Ann", Place: "Prices row 2", Note: "as agreed"}, {Kind: review.Drift, Key: "wms:TP-1", Field: "name", Action: review.Ours}}
	var out bytes.Buffer
	if err := view.NewHuman(&out, view.Options{}).Decisions(list, 1); err != nil {
		t.Fatal(err)
	}
	const want = "kind\tabout\tfield\tdecision\tvalue\tday\treviewer\tplace\tnote\n" +
		"price\tTP-1-S\tprice[USA]\tset retail\tretail 12.50\t2026-11-24\tAnn\tPrices row 2\tas agreed\n… and 1 more decision; fairesync review export has all of them\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("decisions (-want +got):\n%s", diff)
	}
	out.Reset()
	if err := view.NewJSON(&out).Decisions(list[:1], 0); err != nil {
		t.Fatal(err)
	}
	if want := `{"type":"decision","id":"` + list[0].ID() + `","kind":"price","key":"wms:TP-1-S","field":"price[USA]",`; !strings.HasPrefix(out.String(), want) {
		t.Errorf("JSON %s, want %s…", out.String(), want)
	}
}
