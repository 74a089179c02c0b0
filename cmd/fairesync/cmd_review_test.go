package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/check"
	"fairesync/pipeline/config"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/review"
)

// reviewed is a brand whose runs have asked, without any run of this program: their folders are written by hand.
type reviewedBrand struct {
	t      *testing.T
	config string
	state  *ledger.State
	folder string // for workbooks
}

const (
	reviewRun      = "20261120T093000Z-4f2a"
	reviewRunLater = "20261121T093000Z-4f2a"
)

func newReviewed(t *testing.T) reviewedBrand {
	t.Helper()
	path := brand(t, "http://127.0.0.1:1")
	dir := filepath.Dir(path)
	c, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	state, err := ledger.OpenState(c.State, c.Brand)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := state.Close(); err != nil {
			t.Error(err)
		}
	})
	return reviewedBrand{t: t, config: path, state: state, folder: dir}
}

// asks records a run of the brand that asked these questions.
func (b reviewedBrand) asks(id string, questions []review.Question, exceptions ...check.Exception) {
	b.t.Helper()
	b.leaves("run", id, questions, exceptions...)
}

// leaves records what a command left.
func (b reviewedBrand) leaves(command, id string, questions []review.Question, exceptions ...check.Exception) {
	b.t.Helper()
	folder, err := b.state.NewRun(id)
	if err != nil {
		b.t.Fatal(err)
	}
	started, err := ledger.ParseRunID(id)
	if err != nil {
		b.t.Fatal(err)
	}
	summary := ledger.Summary{Type: "summary", Run: id, Command: command, Brand: "luma", Started: started, Ended: started.Add(time.Minute), Status: "done"}
	inputs := ledger.Inputs{Brand: "luma", Account: catalog.Brand{ID: "b_luma"}, Types: []catalog.Type{{ID: "tt_tee", Name: "T-Shirts"}}, Now: started}
	if inputs.Config, err = config.Load(b.config); err != nil {
		b.t.Fatal(err)
	}
	_, err = b.state.WriteInputs(folder, inputs, nil)
	err = errors.Join(err, folder.WriteQuestions(questions), folder.WriteExceptions(exceptions), folder.WriteSummary(summary), b.state.AppendRun(summary), folder.Close())
	if err != nil {
		b.t.Fatal(err)
	}
}

// workbook makes an answered workbook; a row is a question's id, its fingerprint, the action and the value.
func (b reviewedBrand) workbook(name string, meta map[string]string, rows ...[4]string) string {
	b.t.Helper()
	file := excelize.NewFile()
	defer file.Close() //nolint:errcheck // in memory
	set := func(sheet string, y int, cells ...any) {
		b.t.Helper()
		if err := file.SetSheetRow(sheet, fmt.Sprintf("A%d", y), &cells); err != nil {
			b.t.Fatal(err)
		}
	}
	set("Sheet1", 1, "SKU", "Action", "Value", "Note", "Reviewer", "Key", "Fingerprint")
	for i, row := range rows {
		set("Sheet1", i+2, "x", row[2], row[3], "", "Ann", row[0], row[1])
	}
	if _, err := file.NewSheet("Meta"); err != nil {
		b.t.Fatal(err)
	}
	set("Meta", 1, "fairesync", "2")
	for i, key := range []string{"brand", "brand_id", "run"} {
		value := map[string]string{"brand": "luma", "brand_id": "b_luma", "run": reviewRun}[key]
		if other, ok := meta[key]; ok {
			value = other
		}
		set("Meta", i+2, key, value)
	}
	path := filepath.Join(b.folder, name)
	if err := file.SaveAs(path); err != nil {
		b.t.Fatal(err)
	}
	return path
}

// does runs the program, wants an exit code, and gives what was said on stdout and stderr, without the folder of the test.
func (b reviewedBrand) does(exit int, args ...string) (stdout, stderr string) {
	b.t.Helper()
	p := newProgram()
	p.now = func() time.Time { return time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC) }
	got := p.run(append(args, "-c", b.config)...)
	clean := func(text string) string { return strings.ReplaceAll(text, b.folder+string(filepath.Separator), "") }
	if got != exit {
		b.t.Fatalf("%v: exit code %d, want %d\n%s%s", args, got, exit, p.stdout.String(), p.stderr.String())
	}
	return clean(p.stdout.String()), clean(p.stderr.String())
}

func (b reviewedBrand) decisions() []review.Decision {
	b.t.Helper()
	list, err := b.state.ReadDecisions()
	if err != nil {
		b.t.Fatal(err)
	}
	return list
}

func typeAsked(key string) review.Question {
	return review.Question{Kind: review.Taxonomy, Key: key, Name: strings.TrimPrefix(key, "category:"), Rows: 3, Covers: []review.Cover{{Key: key}}}.Identify()
}

func aliasAsked(id, sku string, suggested ...string) review.Question {
	q := review.Question{Kind: review.Alias, Key: "variant:" + id, SKU: sku, Name: "Summit Tee", Rows: 1, Covers: []review.Cover{{Key: "variant:" + id, SKU: sku, Seen: sku}}}
	for _, one := range suggested {
		q.Suggestions = append(q.Suggestions, review.Suggestion{Value: one})
	}
	return q.Identify()
}

func answered(q review.Question, action, value string) [4]string {
	return [4]string{q.ID, q.Fingerprint, action, value}
}

// TestReviewImport goes from an answered workbook to decisions, twice.
func TestReviewImport(t *testing.T) {
	b := newReviewed(t)
	tops, mugs, variant := typeAsked("category:Tops"), typeAsked("category:Mugs"), aliasAsked("po_1", "F-1", "TP-1-S")
	warned := check.Exception{Code: "PRICE_RETAIL_MISSING", EntityKey: "wms:TP-1-S", ProductKey: "wms:TP-1", SKU: "TP-1-S"}.Identify("luma")
	b.asks(reviewRun, []review.Question{variant, tops, mugs}, warned)
	path := b.workbook("answered.xlsx", nil, answered(tops, "map", "T-Shirts (tt_tee)"), answered(mugs, "map", "tt_none"), answered(variant, "link", "TP-1-S"),
		[4]string{warned.ID, "f" + warned.Fingerprint, "waive", "2026-12-31"}, answered(tops, "map", "tt_tee"))
	told := filepath.Join(b.folder, "told.xlsx")

	stdout, _ := b.does(exitError, "review", "import", "--dry-run", path)
	const report = "verdict\tanswers\naccepted\t3\nknown\t0\nstale\t0\nunknown\t0\ninvalid\t1\nduplicate\t1\nconflicting\t0\nall\t5\n\n" +
		"verdict\tsheet\trow\tsubject\twhy\n" +
		"invalid\tSheet1\t3\tcategory:Mugs Mugs\ttt_none is not on Faire's list of types: choose one from the list of the workbook\n" +
		"duplicate\tSheet1\t6\tcategory:Tops Tops\tthe same answer as Sheet1 row 2\n"
	if diff := cmp.Diff(report+"nothing was laid down (--dry-run); it would be 3 decisions\n", stdout); diff != "" {
		t.Errorf("dry run (-want +got):\n%s", diff)
	}
	if list := b.decisions(); list != nil {
		t.Fatalf("a dry run laid down %v", list)
	}

	stdout, _ = b.does(exitError, "review", "import", path, "--report", told)
	if diff := cmp.Diff(report+"laid down 3 decisions; the next run obeys\n", stdout); diff != "" {
		t.Errorf("import (-want +got):\n%s", diff)
	}
	list := b.decisions()
	var places []string
	for _, d := range list {
		places = append(places, string(d.Kind)+" "+d.Key+" "+d.Value+" "+d.Place+" "+d.Reviewer+" "+d.Run)
	}
	want := []string{"taxonomy category:Tops tt_tee Sheet1 row 2 Ann " + reviewRun, "alias TP-1-S F-1 Sheet1 row 4 Ann " + reviewRun,
		"waiver " + warned.ID + " 2026-12-31 Sheet1 row 5 Ann " + reviewRun}
	if diff := cmp.Diff(want, places); diff != "" {
		t.Errorf("decisions (-want +got):\n%s", diff)
	}
	file, err := excelize.OpenFile(told)
	if err != nil {
		t.Fatal(err)
	}
	if cell, err := file.GetCellValue("Sheet1", "H3"); err != nil || cell != "invalid" {
		t.Errorf("the copy says %q of row 3 (%v), want invalid", cell, err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}

	stdout, _ = b.does(exitError, "review", "import", "--json", path)
	rows := strings.Split(strings.TrimSpace(stdout), "\n")
	var summary struct {
		Type      string
		Verdicts  map[string]int
		Decisions int
	}
	if err := json.Unmarshal([]byte(rows[len(rows)-1]), &summary); err != nil {
		t.Fatal(err)
	}
	if summary.Type != "review" || summary.Decisions != 0 || summary.Verdicts["known"] != 4 || summary.Verdicts["invalid"] != 1 || len(rows) != 6 {
		t.Errorf("imported again: %s", stdout)
	}
	if diff := cmp.Diff(list, b.decisions()); diff != "" {
		t.Errorf("decisions after the second import (-before +after):\n%s", diff)
	}

	sound := b.workbook("sound.xlsx", nil, answered(tops, "map", "tt_tee"))
	b.leaves("check", "20261120T103000Z-4f2a", nil) // it did not look at Faire, so what it does not ask is still asked
	b.does(exitDone, "review", "import", "--dry-run", b.workbook("checked.xlsx", nil, answered(tops, "leave", "")))
	b.does(exitDone, "review", "import", sound)
	b.asks(reviewRunLater, []review.Question{mugs}) // it obeyed
	b.does(exitDone, "review", "import", sound)
	stdout, _ = b.does(exitError, "review", "import", b.workbook("late.xlsx", nil, answered(tops, "leave", "")))
	if !strings.Contains(stdout, "stale\tSheet1\t2\tcategory:Tops Tops\tit is not asked any more") {
		t.Errorf("a late answer: %s", stdout)
	}
}

// TestReviewImportRefuses: what is no workbook of this brand's runs is refused whole, and nothing is laid down.
func TestReviewImportRefuses(t *testing.T) {
	b := newReviewed(t)
	tops := typeAsked("category:Tops")
	good := b.workbook("good.xlsx", nil, answered(tops, "map", "tt_tee"))
	refused := func(exit int, why, hint string, args ...string) {
		t.Helper()
		_, stderr := b.does(exit, append([]string{"review", "import"}, args...)...)
		if !strings.Contains(stderr, why) || !strings.Contains(stderr, hint) {
			t.Errorf("%v: %s\nwant %q and %q", args, stderr, why, hint)
		}
	}
	refused(exitError, "brand luma has not been synced yet", "fairesync run", good)
	folder, err := b.state.NewRun("20261119T093000Z-4f2a") // an apply asks nothing
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(folder.Close(), b.state.AppendRun(ledger.Summary{Run: "20261119T093000Z-4f2a", Command: "apply", Brand: "luma"})); err != nil {
		t.Fatal(err)
	}
	refused(exitError, "no run of brand luma that is on record has asked anything", "fairesync run", good)
	b.asks(reviewRun, []review.Question{tops})
	refused(exitError, "other.xlsx is a workbook of brand acme, not of brand luma", "-c FILE", b.workbook("other.xlsx", map[string]string{"brand": "acme"}))
	refused(exitError, "account.xlsx is a workbook of Faire's brand b_9, not of Faire's brand b_luma", "-c FILE", b.workbook("account.xlsx", map[string]string{"brand_id": "b_9"}))
	refused(exitError, "gone.xlsx is the workbook of run 20250101T000000Z-0000, which is not on record any more", "latest.xlsx",
		b.workbook("gone.xlsx", map[string]string{"run": "20250101T000000Z-0000"}))
	refused(exitError, "none.xlsx is not there", "name the workbook", filepath.Join(b.folder, "none.xlsx"))
	refused(exitError, "feed.csv is a text, such as a CSV", "save it as .xlsx", filepath.Join(b.folder, "feed.csv"))
	refused(exitUsage, "is the answered workbook itself", "name another file", good, "--report", good, "--force")
	refused(exitUsage, "feed.csv is there already", "--force", good, "--report", filepath.Join(b.folder, "feed.csv"))
	refused(exitUsage, "its folder is not there", "make the folder first", good, "--report", filepath.Join(b.folder, "no", "x.xlsx"))
	refused(exitUsage, "WORKBOOK is missing", "--help")
	if list := b.decisions(); list != nil {
		t.Errorf("decisions %v, want none", list)
	}
	over := filepath.Join(b.folder, "over.xlsx")
	if err := os.WriteFile(over, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.does(exitDone, "review", "import", good, "--report", over, "--force")
	if data, err := os.ReadFile(over); err != nil || !strings.HasPrefix(string(data), "PK") {
		t.Errorf("--force did not replace the file: %v", err)
	}
}

// TestReviewCSV: what is exported can be applied, edited and applied, and applied to another state.
func TestReviewCSV(t *testing.T) {
	b, other := newReviewed(t), newReviewed(t)
	tops, mugs := typeAsked("category:Tops"), typeAsked("category:Mugs")
	for _, one := range []reviewedBrand{b, other} {
		one.asks(reviewRun, []review.Question{tops, mugs})
	}
	b.does(exitDone, "review", "import", b.workbook("a.xlsx", nil, answered(tops, "map", "tt_tee"), answered(mugs, "leave", "")))
	taken := b.decisions()
	csv, told := filepath.Join(b.folder, "decisions.csv"), ""
	b.does(exitDone, "review", "export", "-o", csv)
	if stdout, _ := b.does(exitDone, "review", "export"); true {
		data, err := os.ReadFile(csv)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(data), stdout); diff != "" {
			t.Errorf("export to a file and to stdout (-file +stdout):\n%s", diff)
		}
		told = stdout
	}
	stdout, _ := b.does(exitDone, "review", "apply-csv", csv)
	if !strings.Contains(stdout, "known\t2\n") || !strings.Contains(stdout, "laid down nothing") {
		t.Errorf("applied as it was exported: %s", stdout)
	}
	other.does(exitDone, "review", "apply-csv", "--dry-run", csv)
	if list := other.decisions(); list != nil {
		t.Fatalf("a dry run laid down %v", list)
	}
	other.does(exitDone, "review", "apply-csv", csv)
	if diff := cmp.Diff(review.InForce(taken), review.InForce(other.decisions())); diff != "" {
		t.Errorf("the other state (-want +got):\n%s", diff)
	}
	edited := strings.Replace(told, ",map,tt_tee,", ",leave,,", 1) + "taxonomy,category:Hats,,map,tt_none,,,,,,,,,\n"
	if err := os.WriteFile(csv, []byte(edited), 0o600); err != nil {
		t.Fatal(err)
	}
	stdout, _ = b.does(exitError, "review", "apply-csv", csv)
	if !strings.Contains(stdout, "accepted\t1\n") || !strings.Contains(stdout, "invalid\tdecisions.csv\t4\tcategory:Hats\ttt_none is not on Faire's list") {
		t.Errorf("edited: %s", stdout)
	}
	stdout, _ = b.does(exitDone, "review", "list")
	const list = "kind\tabout\tfield\tdecision\tvalue\tday\treviewer\tplace\tnote\n" +
		"taxonomy\tcategory:Mugs Mugs\t\tleave\t\t2026-11-24\tAnn\tSheet1 row 3\t\n" +
		"taxonomy\tcategory:Tops Tops\t\tleave\t\t2026-11-24\tAnn\tdecisions.csv line 3\t\n"
	if diff := cmp.Diff(list, stdout); diff != "" {
		t.Errorf("list (-want +got):\n%s", diff)
	}
	if stdout, _ := b.does(exitDone, "review", "list", "--json"); !regexp.MustCompile(`^\{"type":"decision","id":"d[0-9a-f]{16}","kind":"taxonomy",`).MatchString(stdout) {
		t.Errorf("list as JSON: %s", stdout)
	}
	all, _ := b.does(exitDone, "review", "export", "--all")
	if n := strings.Count(all, "\n"); n != 4 { // header, two of Tops, one of Mugs
		t.Errorf("export --all has %d lines:\n%s", n, all)
	}
	last := review.InForce(b.decisions())[0] // withdrawn by its id, as the sheet Decisions does it
	b.does(exitDone, "review", "import", b.workbook("w.xlsx", nil, [4]string{last.ID(), "", "withdraw", ""}))
	if n := len(review.InForce(b.decisions())); n != 1 {
		t.Errorf("%d decisions in force after one of two was withdrawn", n)
	}
	if err := os.WriteFile(csv, []byte("a,b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, stderr := b.does(exitError, "review", "apply-csv", csv); !strings.Contains(stderr, "decisions.csv is no CSV of decisions") || !strings.Contains(stderr, "hint: write it anew") {
		t.Errorf("no CSV of decisions: %s", stderr)
	}
}

// TestReviewImportsCross: two who import at once lay down nothing that contradicts itself: the second is judged by what the first laid
// down.
func TestReviewImportsCross(t *testing.T) {
	b := newReviewed(t)
	one, two := aliasAsked("po_1", "F-1", "TP-1-S", "TP-1-M"), aliasAsked("po_2", "F-2", "TP-1-S")
	b.asks(reviewRun, []review.Question{one, two})
	first := b.workbook("1.xlsx", nil, answered(one, "link", "TP-1-S"))
	second := b.workbook("2.xlsx", nil, answered(one, "link", "TP-1-M"))
	var wait sync.WaitGroup
	for _, path := range []string{first, second} {
		wait.Go(func() {
			p := newProgram()
			p.run("review", "import", "-c", b.config, path)
		})
	}
	wait.Wait()
	if list := review.InForce(b.decisions()); len(list) != 1 {
		t.Errorf("%d decisions say what variant po_1 is: %v", len(list), list)
	}
}
