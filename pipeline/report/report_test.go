package report_test

import (
	"bytes"
	"flag"
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
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/plan"
	"fairesync/pipeline/report"
)

var update = flag.Bool("update", false, "rewrite testdata")

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

const runID = "20261123T120000Z-4f2a"

func sample() report.Input {
	sent := "12.50"
	exceptions := []check.Exception{
		{Code: "IMAGE_MISSING", Source: "wms", EntityKey: "wms:TP-9", ProductKey: "wms:TP-9", Style: "TP-9", Name: "Gaiters", Category: "Accessories", FirstSeen: "20261122T120000Z-0001"},
		{Code: "PRICE_RATIO_LOW", Source: "wms", EntityKey: "wms:TP-100-S", SKU: "TP-100-S", Style: "TP-100", Name: "Trail Pack", Category: "Packs", Field: "price[USA]",
			Found: "10.00 / 11.99", Wanted: "retail 12.50 to 100.00", Proposal: "retail at least 12.50, or wholesale at most 9.59", File: "items.csv", Row: 17, Column: "retail_price", FirstSeen: runID},
		{Code: "PRICE_RATIO_LOW", Source: "wms", EntityKey: "wms:TP-200-S", SKU: "TP-200-S", Style: "TP-200", Name: "Summit Tent", Category: "Packs", Field: "price[USA]",
			Found: "10.00 / 11.99", File: "items.csv", Row: 18, FaireID: "po_1", Live: true},
		{Code: "KEY_SKU_DUPLICATE", Source: "wms", EntityKey: "row 3", SKU: "0012", Style: "", Name: "=HYPERLINK(\"http://x\",\"y\")", Found: "+1+1", Wanted: "-2", Proposal: "@SUM(A1)", File: "\tcmd", Row: 3, Column: "\rsku"},
		{Code: "MATCH_UNMATCHED_ON_FAIRE", Source: "faire", EntityKey: "po_9", SKU: "OLD-9", Name: "Old & <new>", FaireID: "po_9", Live: true},
		{Code: "MATCH_UNMATCHED_ON_FAIRE", Source: "faire", EntityKey: "po_8", SKU: "OLD-8", Name: "Older\x1b[31m\x00", FaireID: "po_8"},
	}
	for i := range exceptions {
		exceptions[i] = exceptions[i].Identify("luma")
	}
	exceptions[0].History = &check.History{Status: check.Open, FirstTime: "2026-11-10T12:00:00Z", LastSeen: "20261122T120000Z-0001", Runs: 13, Owner: "Ben"}
	exceptions[1].History = &check.History{Status: check.New, FirstTime: "2026-11-23T12:00:00Z", Runs: 1}
	exceptions[2].History = &check.History{Status: check.Reopened, FirstTime: "2026-09-10T12:00:00Z", Runs: 4}
	exceptions[3].History = &check.History{Status: check.Waived, FirstTime: "2026-11-22T12:00:00Z", Runs: 2, WaivedUntil: "2026-12-31", WaivedBy: "by decision of 2026-11-22, Ann"}
	return report.Input{
		Program: "1.0.0",
		Summary: ledger.Summary{
			Type: "summary", Run: runID, Command: "run", Brand: "luma", Started: noon, Ended: noon.Add(time.Minute), Status: "held",
			Sources: map[string]int64{"wms": 10}, MS: map[string]int64{"plan": 7}, Plan: "/home/x/plan.json",
		},
		Plan: plan.Plan{
			Version: plan.Version, Run: runID, Brand: "luma", BrandID: "b_1", Digest: "d1", DesiredDigest: "d2", CurrentDigest: "d3",
			Summary: plan.Summary{Accounting: plan.Accounting{SourceRows: 10, Unchanged: 4, Planned: 3, Held: 2, Ignored: 1, IgnoredBy: map[string]int64{"FEED_FILTERED": 1}}},
			Changes: []plan.Change{
				{ID: "c1", Kind: plan.KindProduct, Action: plan.Create, Reason: plan.ReasonNew, Key: "wms:TP-100", Style: "TP-100", Name: "Trail Pack",
					Fields: []plan.Field{{Name: "name", After: "Trail Pack"}, {Name: "images", After: "https://a.example/1.jpg\nhttps://a.example/2.jpg"}}},
				{ID: "c2", Kind: plan.KindPrice, Action: plan.Update, Reason: plan.ReasonSourceChanged, Key: "wms:TP-200", SKU: "000123456789012345", Style: "TP-200", Name: "Summit Tent", ProductID: "p_2", VariantID: "po_1",
					Fields: []plan.Field{{Name: "price[USA].wholesale", Before: "12.50", After: "13.00", Sent: &sent}}},
				{ID: "c3", Kind: plan.KindOptionSet, Action: plan.Update, Reason: plan.ReasonSourceChanged, Key: "wms:TP-200", Style: "TP-200", ProductID: "p_2"},
				{ID: "c4", Kind: plan.KindPrice, Action: plan.Update, Reason: plan.ReasonFirstLink, Key: "wms:TP-300", SKU: "TP-300-S", Style: "TP-300", ProductID: "p_3",
					Fields: []plan.Field{{Name: "price[USA].retail", Before: "25.00", After: "260.00"}}, HeldBy: []string{"GUARD_FIRST_LINK", "PRICE_MOVE"}},
				{ID: "c5", Kind: plan.KindProduct, Action: plan.Update, Reason: plan.ReasonDrift, Key: "wms:TP-400", Style: "TP-400", ProductID: "p_4",
					Fields: []plan.Field{{Name: "name", Before: "=1+1", After: "Gaiters"}}, HeldBy: []string{"GUARD_FIELD_MASS"}},
			},
			Requests: []plan.Request{
				{ID: "r0001", Operation: plan.SetOptions, Changes: []string{"c3"}},
				{ID: "r0002", Operation: plan.CreateProduct, Changes: []string{"c1"}},
				{ID: "r0003", Operation: plan.SetStock, Changes: []string{"c1"}},
				{ID: "r0004", Operation: plan.SetPrices, Changes: []string{"c2"}},
			},
		},
		Exceptions: exceptions,
		Asked:      asked(),
		Types: []catalog.TypeQuestion{
			{Scope: "category", Text: "Men/Tops/Tees", Products: 12, Mapped: 12, Live: 3, Types: []string{"Tee - Men's tt_1"}, ChosenBy: []string{"rule: category */Men/Tops/Tees → tt_1"}},
			{Scope: "category", Text: "=Home", Products: 2, Suggestions: []string{"tt_2  Home Decor  (61 %: home)", "tt_3  Home Fragrance  (55 %: home)"}},
			{Scope: "product", Text: "Trail Pack", Products: 3, Mapped: 2, Live: 1, Types: []string{"Backpack tt_4", "Hip Pack tt_5"}, ChosenBy: []string{"name", "tie: a; b"}},
		},
	}
}

func loaded() report.Input {
	in := sample()
	in.Outcomes = map[string]report.Outcome{
		"r0001": {Status: "applied"}, "r0002": {Status: "applied"}, "r0003": {Status: "refused", Message: "sku is unknown"},
	}
	return in
}

func workbook(t *testing.T, in report.Input, rows int) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := report.WriteLimited(&out, in, rows); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// sampleBook is the workbook of sample, made once for the tests that only look at it.
var sampleBook = sync.OnceValues(func() ([]byte, error) {
	var out bytes.Buffer
	err := report.Write(&out, sample())
	return out.Bytes(), err
})

func openSample(t *testing.T) *excelize.File {
	t.Helper()
	data, err := sampleBook()
	if err != nil {
		t.Fatal(err)
	}
	return open(t, data)
}

// dump writes every cell of every sheet, one row per line.
func dump(t *testing.T, data []byte) string {
	t.Helper()
	book := open(t, data)
	var out strings.Builder
	for _, sheet := range book.GetSheetList() {
		visible, err := book.GetSheetVisible(sheet)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "== %s", sheet)
		if !visible {
			out.WriteString(" (hidden)")
		}
		out.WriteByte('\n')
		rows, err := book.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		if sheet == "Codes" {
			rows = rows[:4] // the register has a test of its own
		}
		for _, row := range rows {
			for i, cell := range row {
				if i > 0 {
					out.WriteString(" | ")
				}
				out.WriteString(strings.ReplaceAll(cell, "\n", "⏎"))
			}
			out.WriteByte('\n')
		}
	}
	return out.String()
}

func open(t *testing.T, data []byte) *excelize.File {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = book.Close() })
	return book
}

func TestGolden(t *testing.T) {
	checked := sample()
	checked.Plan = plan.Plan{}
	checked.Summary.SourceRows, checked.Summary.Unchanged = 10, 9 // does not add up, and says so
	for name, in := range map[string]report.Input{
		"before-load": sample(), "after-load": loaded(), "check": checked, "empty": {}, "budget": budgeted(),
	} {
		t.Run(name, func(t *testing.T) {
			got := dump(t, workbook(t, in, 200))
			path := filepath.Join("testdata", name+".txt")
			if *update {
				if err := os.MkdirAll("testdata", 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatalf("%v (run with -update)", err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("cells (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSameInputSameBytes(t *testing.T) {
	var want bytes.Buffer
	if err := report.Write(&want, loaded()); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		in := loaded()
		in.Exceptions = append(in.Exceptions[1:], in.Exceptions[0]) // another order
		in.Summary.MS = map[string]int64{"plan": int64(i)}          // how long it took
		in.Summary.Ended = noon.Add(time.Hour)
		in.Summary.Plan = "/elsewhere"
		var got bytes.Buffer
		if err := report.Write(&got, in); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(want.Bytes(), got.Bytes()) {
			t.Fatalf("write %d: %d bytes differ from the first %d", i, got.Len(), want.Len())
		}
	}
}

func TestNothingForeignIsAFormula(t *testing.T) {
	book := open(t, workbook(t, loaded(), 200))
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for y, row := range rows {
			for x, text := range row {
				cell, err := excelize.CoordinatesToCellName(x+1, y+1)
				if err != nil {
					t.Fatal(err)
				}
				formula, err := book.GetCellFormula(sheet, cell)
				if err != nil {
					t.Fatal(err)
				}
				if formula != "" && !linkFormula.MatchString(formula) {
					t.Errorf("%s!%s holds the formula %s", sheet, cell, formula)
				}
				if formula == "" && text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
					assertText(t, book, sheet, cell)
				}
			}
		}
	}
}

// linkFormula is a link of ours: to a place in the workbook, or to a picture on the web, whose quotes are doubled so that its text cannot end.
var linkFormula = regexp.MustCompile(`^HYPERLINK\("(#[^"]*|https?://([^"]|"")*)","([^"]|"")*"\)$`)

func assertText(t *testing.T, book *excelize.File, sheet, cell string) {
	t.Helper()
	kind, err := book.GetCellType(sheet, cell)
	if err != nil {
		t.Fatal(err)
	}
	id, err := book.GetCellStyle(sheet, cell)
	if err != nil {
		t.Fatal(err)
	}
	style, err := book.GetStyle(id)
	if err != nil {
		t.Fatal(err)
	}
	if kind != excelize.CellTypeInlineString || style.NumFmt != 49 {
		t.Errorf("%s!%s: type %v, number format %d; want an inline string in text format", sheet, cell, kind, style.NumFmt)
	}
}

func TestKeysStayText(t *testing.T) {
	book := openSample(t)
	for cell, want := range map[string]string{"Exceptions!D7": "0012", "Planned changes!D4": "000123456789012345"} {
		sheet, at, _ := strings.Cut(cell, "!")
		got, err := book.GetCellValue(sheet, at)
		if err != nil || got != want {
			t.Errorf("%s holds %q, %v; want %q", cell, got, err, want)
		}
		assertText(t, book, sheet, at)
	}
}

func TestCodeLinksLeadToTheCode(t *testing.T) {
	book := openSample(t)
	for y := 2; y <= 5; y++ {
		cell := fmt.Sprintf("C%d", y)
		formula, err := book.GetCellFormula("Exceptions", cell)
		if err != nil {
			t.Fatal(err)
		}
		code, err := book.GetCellValue("Exceptions", cell)
		if err != nil {
			t.Fatal(err)
		}
		var row int
		if _, err := fmt.Sscanf(formula, `HYPERLINK("#Codes!A%d",`, &row); err != nil {
			t.Fatalf("%s: %q: %v", cell, formula, err)
		}
		at, err := book.GetCellValue("Codes", fmt.Sprintf("A%d", row))
		if err != nil || at != code {
			t.Errorf("%s leads to %q, %v; want %s", cell, at, err, code)
		}
	}
}

func TestCodesSheetIsTheRegister(t *testing.T) {
	rows, err := openSample(t).GetRows("Codes")
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]string{"PRICE_RATIO_LOW": "2", "MATCH_UNMATCHED_ON_FAIRE": "2", "KEY_SKU_DUPLICATE": "1", "IMAGE_MISSING": "1"}
	want := [][]string{{"Code", "Severity", "In this run", "What it is", "What it holds", "What to do"}}
	for _, code := range check.Codes() {
		want = append(want, []string{code.Name, string(code.Severity), counts[code.Name], code.Title, code.Holds.Words(), code.Hint})
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("codes (-want +got):\n%s", diff)
	}
}

func TestRowsOverflowToNumberedSheets(t *testing.T) {
	in := sample()
	in.Exceptions = nil
	for i := range 25 {
		in.Exceptions = append(in.Exceptions, check.Exception{Code: "IMAGE_MISSING", EntityKey: fmt.Sprintf("wms:%03d", i), SKU: fmt.Sprintf("%03d", i)}.Identify("luma"))
	}
	data := workbook(t, in, 11)
	book := open(t, data)
	want := []string{"Summary", "Causes", "Aliases", "Taxonomy", "Prices", "Approvals", "Drift", "Exceptions", "Exceptions 2", "Exceptions 3", "Planned changes", "Held", "Unmatched on Faire"}
	if diff := cmp.Diff(want, book.GetSheetList()[:len(want)]); diff != "" {
		t.Errorf("sheets (-want +got):\n%s", diff)
	}
	var skus []string
	for i, sheet := range want[7:10] {
		rows, err := book.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != []int{11, 11, 6}[i] || rows[0][0] != "Severity" {
			t.Errorf("%s has %d rows, the first %q", sheet, len(rows), rows[0])
		}
		for _, row := range rows[1:] {
			skus = append(skus, row[3])
		}
	}
	if len(skus) != 25 || skus[0] != "000" || skus[24] != "024" {
		t.Errorf("SKUs over all sheets: %q", skus)
	}
	if got := dump(t, data); !strings.Contains(got, "Exceptions 3 | 5 |") {
		t.Error("the Summary does not list the third sheet with its five rows")
	}
}

func TestLongCellsAreCutAndSaidSo(t *testing.T) {
	in := sample()
	in.Exceptions = []check.Exception{
		check.Exception{Code: "TEXT_DESCRIPTION_LONG", EntityKey: "a", Found: strings.Repeat("x", 32767)}.Identify("luma"),
		check.Exception{Code: "TEXT_DESCRIPTION_LONG", EntityKey: "b", Found: strings.Repeat("x", 32768)}.Identify("luma"),
		check.Exception{Code: "TEXT_DESCRIPTION_LONG", EntityKey: "c", Found: strings.Repeat("😀", 20000)}.Identify("luma"),
	}
	data := workbook(t, in, 200)
	book := open(t, data)
	want := []string{strings.Repeat("x", 32767), strings.Repeat("x", 32767-len(" . [cut]")) + " … [cut]", strings.Repeat("😀", 16379) + " … [cut]"}
	for i, want := range want {
		got, err := book.GetCellValue("Exceptions", fmt.Sprintf("H%d", i+2))
		if err != nil || got != want {
			t.Errorf("cell %d: %d bytes ending in %q, %v; want %d", i, len(got), got[len(got)-20:], err, len(want))
		}
	}
	if got := dump(t, data); !strings.Contains(got, "Cells cut | 2 |") {
		t.Error("the Summary does not say that two cells were cut")
	}
}

func TestSheetsAreSetUp(t *testing.T) {
	book := openSample(t)
	titles := map[string]string{}
	for _, name := range book.GetDefinedName() {
		if name.Name == "_xlnm.Print_Titles" {
			titles[name.Scope] = name.RefersTo
		}
	}
	for _, sheet := range []string{"Causes", "Aliases", "Taxonomy", "Prices", "Approvals", "Drift", "Exceptions", "Resolved", "Decisions", "Planned changes", "Held", "Unmatched on Faire", "Codes"} {
		panes, err := book.GetPanes(sheet)
		if err != nil || !panes.Freeze || panes.YSplit != 1 {
			t.Errorf("%s: panes %+v, %v; want the header frozen", sheet, panes, err)
		}
		tables, err := book.GetTables(sheet)
		if err != nil || len(tables) != 1 || !strings.HasPrefix(tables[0].Range, "A1:") {
			t.Errorf("%s: tables %+v, %v; want one with filters", sheet, tables, err)
		}
		layout, err := book.GetPageLayout(sheet)
		if err != nil || *layout.Orientation != "landscape" || *layout.FitToWidth != 1 || *layout.FitToHeight != 0 {
			t.Errorf("%s: layout %+v, %v", sheet, layout, err)
		}
		if titles[sheet] != "'"+sheet+"'!$1:$1" {
			t.Errorf("%s: print titles %q", sheet, titles[sheet])
		}
	}
	properties, err := book.GetDocProps()
	if err != nil || properties.Created != "2026-11-23T12:00:00Z" || properties.Modified != properties.Created {
		t.Errorf("properties %+v, %v", properties, err)
	}
}

func TestEveryReasonHasWords(t *testing.T) {
	for _, reason := range []plan.Reason{plan.ReasonNew, plan.ReasonSourceChanged, plan.ReasonFirstLink, plan.ReasonDrift, plan.ReasonConflict,
		plan.ReasonPublishable, plan.ReasonGone, plan.ReasonInactive} {
		if words := reason.Words(); !strings.Contains(words, " ") {
			t.Errorf("reason %s is said as %q", reason, words)
		}
	}
}
