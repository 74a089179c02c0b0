package view_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fairesync/pipeline/check"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/load"
	"fairesync/pipeline/plan"
	"fairesync/pipeline/view"
)

var update = flag.Bool("update", false, "rewrite testdata")

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func samplePlan() plan.Plan {
	sent := "12.50"
	return plan.Plan{
		Version: plan.Version, Run: "20261123T120000Z-4f2a", Brand: "luma", BrandID: "b_1", Complete: true, Applyable: true,
		Summary: plan.Summary{
			Accounting: plan.Accounting{SourceRows: 1204, Unchanged: 1198, Planned: 3, Held: 2, Ignored: 1, IgnoredBy: map[string]int64{"FEED_FILTERED": 1}},
			Changes:    map[plan.Kind]map[plan.Action]int{plan.KindProduct: {plan.Create: 1, plan.Update: 1}, plan.KindPrice: {plan.Update: 1}},
			Held:       map[string]int{"PRICE_MOVE": 1, "GUARD_FIRST_LINK": 1},
			Requests:   3,
		},
		Changes: []plan.Change{
			{ID: "c1", Kind: plan.KindProduct, Action: plan.Create, Reason: plan.ReasonNew, Key: "wms:TP-100", Style: "TP-100", Name: "Trail Pack",
				Fields: []plan.Field{{Name: "name", After: "Trail Pack"}, {Name: "images", After: "https://a.example/1.jpg\nhttps://a.example/2.jpg"}}},
			{ID: "c2", Kind: plan.KindProduct, Action: plan.Update, Reason: plan.ReasonSourceChanged, Key: "wms:TP-200", Style: "TP-200", Name: "Summit\x1b[31m Tent\u202e", ProductID: "p_abc",
				Fields: []plan.Field{{Name: "images", Before: "https://a.example/1.jpg\nhttps://a.example/2.jpg", After: "https://a.example/2.jpg\nhttps://a.example/3.jpg"},
					{Name: "options", Before: "Color: Red, Blue\nSize: S", After: "Size: S\nColor: Red, Blue"}}},
			{ID: "c3", Kind: plan.KindPrice, Action: plan.Update, Reason: plan.ReasonSourceChanged, Key: "wms:TP-200", VariantKey: "wms:TP-200-S", SKU: "TP-200-S", Style: "TP-200", Name: "Summit Tent",
				ProductID: "p_abc", VariantID: "po_1", Fields: []plan.Field{{Name: "price[USA].retail", Before: "25.00", After: "26.00"}, {Name: "price[USA].wholesale", Before: "12.50", After: "13.00", Sent: &sent, Held: &sent}}},
			{ID: "c4", Kind: plan.KindPrice, Action: plan.Update, Reason: plan.ReasonFirstLink, Key: "wms:TP-300", VariantKey: "wms:TP-300-S", SKU: "TP-300-S", ProductID: "p_def",
				Fields: []plan.Field{{Name: "price[USA].wholesale", Before: "12.50", After: "130.00"}}, HeldBy: []string{"GUARD_FIRST_LINK", "PRICE_MOVE"}},
			{ID: "c5", Kind: plan.KindImage, Action: plan.Delete, Reason: plan.ReasonDrift, Key: "wms:TP-400", Style: "TP-400", Name: "Gaiters", ProductID: "p_ghi",
				Fields: []plan.Field{{Name: "gtin", Before: "4006381333931", After: ""}}},
		},
	}
}

func sampleExceptions() []check.Exception {
	list := []check.Exception{
		{Code: "PRICE_RATIO_LOW", Source: "wms", EntityKey: "wms:TP-100-S", SKU: "TP-100-S", Style: "TP-100", Field: "price[USA]", Found: "10.00 / 11.99", Wanted: "retail at least 12.50", File: "items.csv", Row: 17, Column: "retail_price", Live: true},
		{Code: "KEY_SKU_DUPLICATE", Source: "wms", EntityKey: "wms:TP-1", SKU: "=1+1", Style: "TP-1", Found: "rows 3, 4\nand 5", File: "items.csv", Row: 3},
		{Code: "KEY_SKU_DUPLICATE", Source: "wms", EntityKey: "wms:TP-2", SKU: "\x1b]0;pwned\aTP-2", File: "items.csv", Row: 4},
		{Code: "IMAGE_MISSING", Source: "wms", EntityKey: "wms:TP-9", Style: "TP-9"},
		{Code: "MATCH_UNMATCHED_ON_FAIRE", Source: "faire", EntityKey: "po_9", SKU: "OLD-9", FaireID: "po_9"},
	}
	for i := range list {
		list[i] = list[i].Identify("luma")
	}
	return list
}

func sampleSummary() ledger.Summary {
	return ledger.Summary{
		Run: "20261123T120000Z-4f2a", Command: "run", Brand: "luma", Started: noon, Ended: noon.Add(12340 * time.Millisecond), Status: "held", Exit: 4,
		SourceRows: 1204, Unchanged: 1198, Planned: 3, Held: 2, Ignored: 1,
		Exceptions: map[check.Severity]int{check.Error: 3, check.Warning: 1, check.Info: 1},
		Changes:    map[plan.Kind]map[plan.Action]int{plan.KindProduct: {plan.Create: 1, plan.Update: 1}, plan.KindPrice: {plan.Update: 1}},
		HeldBy:     map[string]int{"GUARD_FIRST_LINK": 1, "PRICE_MOVE": 1},
		Requests:   ledger.Requests{Planned: 3, Sent: 3, OK: 2, Refused: 1, Reads: 9},
		Sources:    map[string]int64{"wms": 1200, "extra": 4},
		Plan:       "state/luma/runs/20261123T120000Z-4f2a/plan.json", Workbook: "state/luma/latest.xlsx",
		MS: map[string]int64{"extract": 12000},
	}
}

func sampleStatus() []ledger.StatusRow {
	return []ledger.StatusRow{
		{SKU: "TP-100-S", Style: "TP-100", Name: "Trail Pack", ProductKey: "wms:TP-100", State: "planned", LastChecked: noon},
		{SKU: "TP-300-S", Style: "TP-300", Name: "A name that is a good deal longer than the terminal has room for in one row", ProductKey: "wms:TP-300", ProductID: "p_def",
			VariantID: "po_3", OnFaire: true, Lifecycle: "PUBLISHED", State: "held", Why: "GUARD_FIRST_LINK, PRICE_MOVE", LastChanged: noon.AddDate(0, 0, -3), LastChecked: noon},
	}
}

// longPlan has values that do not fit a terminal.
func longPlan() plan.Plan {
	const intro = "A tent for two in a storm, sewn by people who sleep outside themselves, with "
	document := samplePlan()
	document.Created, document.Policy = noon, "prices-only"
	document.Summary.Held = map[string]int{"PLAN_POLICY": 1204, "GUARD_UNDONE": 2, "NOT_IN_THE_REGISTER": 1}
	document.Changes = []plan.Change{
		{Kind: plan.KindProduct, Action: plan.Update, Reason: plan.ReasonSourceChanged, Key: "wms:TP-200", Style: "TP-200", Name: "Summit Tent", ProductID: "p_abc", Fields: []plan.Field{
			{Name: "description", Before: intro + "ten pegs and a bag.", After: intro + "twelve pegs, a bag and a spare pole for the pole that breaks."},
			{Name: "short_description", Before: "", After: intro + "poles"},
			{Name: "name", Before: "Summit Tent", After: "Summit Tent 2"},
		}, HeldBy: []string{"PLAN_POLICY"}},
		{Kind: plan.KindProduct, Action: plan.Update, Reason: plan.ReasonUndone, Key: "wms:TP-200", Fields: []plan.Field{
			{Name: "description", Before: intro + "pegs.\nDry at last.\n" + intro + "poles.", After: intro + "more pegs.\nDry at last.\n" + intro + "fewer poles."},
		}, HeldBy: []string{"GUARD_UNDONE"}},
		{Kind: plan.KindPrice, Action: plan.Update, Reason: plan.ReasonSourceChanged, Key: "wms:TP-300", SKU: "TP-300-S", Fields: []plan.Field{
			{Name: "price[USA].wholesale", Before: "3.00", After: "3.05"}, {Name: "price[USA].retail", Before: "24.00", After: "10.00"},
			{Name: "price[CAN].wholesale", After: "3.05"}, {Name: "price[CAN].retail", Before: "0.00", After: "7.00"}, {Name: "price[GBR].retail", Before: "0.01", After: "99999999.99"},
			{Name: "price[GBR].wholesale", Before: "1234567890123456.00", After: "1.00"}, {Name: "price[AUS].retail", Before: "n/a", After: "7"}, {Name: "on_hand", Before: "3.00", After: "4.00"},
		}},
	}
	return document
}

func sampleDifference() ledger.Difference {
	before, after := sampleSummary(), sampleSummary()
	after.Requests.CarriedOver = 2
	before.Run, before.Started, before.Status, before.SourceRows, before.Sources = "20261122T120000Z-00aa", noon.AddDate(0, 0, -1), "done", 1200, map[string]int64{"wms": 1200}
	list := sampleExceptions()
	return ledger.Difference{Before: before, After: after, Compared: true,
		Settings: []ledger.SettingDifference{{Path: "first_link", Before: "hold", After: "ours"}, {Path: "prices[0].round", After: "half_up"}},
		Exceptions: []ledger.ExceptionDifference{{What: ledger.Appeared, Exception: list[0]}, {What: ledger.Resolved, Exception: list[1]},
			{What: ledger.Still, Exception: list[2]}, {What: ledger.Moved, Exception: list[3]}, {What: ledger.Still, Exception: list[4]}},
		Changes: []ledger.ChangeDifference{{After: ledger.ChangePlanned, Change: samplePlan().Changes[2]}, {Before: ledger.ChangePlanned, Change: samplePlan().Changes[1]},
			{Before: ledger.ChangePlanned, After: ledger.ChangeHeld, Change: samplePlan().Changes[3]},
			{Before: ledger.ChangeHeld, WasHeldBy: []string{"PLAN_POLICY"}, After: ledger.ChangePlanned, Change: longPlan().Changes[0]}},
		SameChanges: 12}
}

func sampleExplanations() []view.Explanation {
	refused := sampleExceptions()[0]
	refused.Proposal = "wholesale at most 9.59, or retail at least 12.50"
	return []view.Explanation{
		{Status: sampleStatus()[1], Codes: []view.ExplainedCode{{Code: "GUARD_FIRST_LINK", Title: "Differs at the first link",
			Hint: "The product was on Faire before us. Compare, then release: first_link: ours, or --approve first_link=COUNT."}, {Code: "NOT_IN_THE_REGISTER"}},
			Run: "20261123T120000Z-4f2a", Command: "run", Exceptions: []check.Exception{refused},
			Plan: view.Part{Run: "20261123T120000Z-4f2a", Started: noon, Changes: samplePlan().Changes[2:4], Requests: []view.Answer{
				{Request: "r0001", Operation: plan.SetPrices, Status: load.Refused, Code: "retail_ratio", Message: "retail price must be at least 1.25 times the wholesale price of the variant", Tries: 3},
				{Request: "r0002", Operation: plan.UpdateProduct}}},
			History: []view.Part{{Run: "20261122T120000Z-00aa", Started: noon.AddDate(0, 0, -1), Changes: samplePlan().Changes[2:3],
				Requests: []view.Answer{{Request: "r0007", Operation: plan.SetPrices, Status: load.Applied, Tries: 1}}}}},
		{Status: ledger.StatusRow{SKU: "BAD 1"}},
	}
}

// TestGolden shows everything in every way and compares with testdata; -update rewrites it.
func TestGolden(t *testing.T) {
	ways := map[string]func(*bytes.Buffer) view.View{
		"tty":   func(b *bytes.Buffer) view.View { return view.NewHuman(b, view.Options{TTY: true, Width: 80}) },
		"color": func(b *bytes.Buffer) view.View { return view.NewHuman(b, view.Options{TTY: true, Color: true}) },
		"pipe":  func(b *bytes.Buffer) view.View { return view.NewHuman(b, view.Options{}) },
		"json":  func(b *bytes.Buffer) view.View { return view.NewJSON(b) },
	}
	failed := errors.Join(fmt.Errorf("extract: %w", &ledger.BusyError{Brand: "luma"}), errors.New("second\x07 line"), &ledger.NameError{Name: "L"})
	things := map[string]func(view.View) error{
		"plan":         func(v view.View) error { return v.Plan(samplePlan(), 0) },
		"plan-limited": func(v view.View) error { return v.Plan(samplePlan(), 2) },
		"plan-empty":   func(v view.View) error { return v.Plan(plan.Plan{}, 0) },
		"exceptions":   func(v view.View) error { return v.Exceptions(sampleExceptions(), 3) },
		"outcome":      func(v view.View) error { return v.Outcome(sampleSummary(), sampleExceptions()) },
		"outcome-budget": func(v view.View) error {
			s := sampleSummary()
			s.Status, s.Requests.CarriedOver = "carried_over", 1
			return v.Outcome(s, nil)
		},
		"outcome-bare": func(v view.View) error {
			return v.Outcome(ledger.Summary{Run: "20261123T120000Z-4f2a", Brand: "luma", Status: "off"}, nil)
		},
		"status":     func(v view.View) error { return v.Status(sampleStatus()) },
		"plan-long":  func(v view.View) error { return v.Saved(longPlan(), 0) },
		"plan-saved": func(v view.View) error { return v.Saved(samplePlan(), 1) },
		"history": func(v view.View) error {
			return v.History([]ledger.Summary{{Run: "20261123T130000Z-0b0b", Command: "apply", Started: noon.Add(time.Hour), Status: "running"},
				{Run: "20261123T123000Z-0a0a", Started: noon.Add(time.Hour / 2), Ended: noon.Add(time.Hour), Status: ledger.StatusDied}, sampleSummary()})
		},
		"difference":         func(v view.View) error { return v.Difference(sampleDifference(), 0) },
		"difference-limited": func(v view.View) error { return v.Difference(sampleDifference(), 1) },
		"difference-empty":   func(v view.View) error { return v.Difference(ledger.Difference{}, 0) },
		"explain":            func(v view.View) error { return v.Explain(sampleExplanations(), 0) },
		"explain-limited":    func(v view.View) error { return v.Explain(sampleExplanations(), 1) },
		"codes":              func(v view.View) error { return v.Codes(check.Codes()[:3]) },
		"error":              func(v view.View) error { return v.Error(failed) },
	}
	for way, open := range ways {
		for thing, show := range things {
			t.Run(thing+"-"+way, func(t *testing.T) {
				var got bytes.Buffer
				if err := show(open(&got)); err != nil {
					t.Fatal(err)
				}
				golden(t, thing+"-"+way+".txt", got.String())
			})
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
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
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestNoControlCharactersReachATerminal(t *testing.T) {
	nasty := "a\x1b[2Jb\u009b31mc\x07\x00\u202e\tz\r\nq"
	document := samplePlan()
	for i := range document.Changes {
		c := &document.Changes[i]
		c.Kind, c.Reason, c.SKU, c.Style, c.Name, c.ProductID = plan.Kind(nasty), plan.Reason(nasty), nasty, nasty, nasty, nasty
		c.HeldBy = []string{nasty}
		c.Fields = append(c.Fields, plan.Field{Name: nasty, Before: nasty, After: strings.ReplaceAll(nasty, "\n", "")})
	}
	document.Summary.Held = map[string]int{nasty: 1}
	document.Run, document.Brand, document.BrandID, document.Policy = nasty, nasty, nasty, nasty
	exceptions := []check.Exception{{Code: nasty, Severity: check.Severity(nasty), SKU: nasty, Field: nasty, Found: nasty, Wanted: nasty, File: nasty, Row: 1, Column: nasty}}
	summary := sampleSummary()
	summary.Run, summary.Brand, summary.Status, summary.Plan = nasty, nasty, nasty, nasty
	summary.Sources = map[string]int64{nasty: 1}
	for _, options := range []view.Options{{TTY: true, Width: 60}, {}} {
		var got bytes.Buffer
		v := view.NewHuman(&got, options)
		err := errors.Join(v.Plan(document, 0), v.Exceptions(exceptions, 0), v.Outcome(summary, exceptions), v.Error(errors.New(nasty)),
			v.Status([]ledger.StatusRow{{SKU: nasty, Name: nasty, State: nasty}}), v.History([]ledger.Summary{summary}), v.Saved(document, 0),
			v.Difference(ledger.Difference{Before: summary, After: summary, Compared: true, Settings: []ledger.SettingDifference{{Path: nasty, Before: nasty, After: nasty}},
				Exceptions: []ledger.ExceptionDifference{{What: nasty, Exception: exceptions[0]}},
				Changes:    []ledger.ChangeDifference{{Before: ledger.ChangeHeld, WasHeldBy: []string{nasty}, After: nasty, Change: document.Changes[0]}}}, 0),
			v.Explain([]view.Explanation{{Status: ledger.StatusRow{SKU: nasty, Style: nasty, Name: nasty, Lifecycle: nasty, ProductID: nasty, VariantID: nasty, State: nasty},
				Codes: []view.ExplainedCode{{Code: nasty, Title: nasty, Hint: nasty}}, Run: nasty, Command: nasty, Exceptions: exceptions,
				Plan:    view.Part{Changes: document.Changes, Requests: []view.Answer{{Request: nasty, Operation: plan.Operation(nasty), Status: load.Status(nasty), Code: nasty, Message: nasty, Tries: 2}}},
				History: []view.Part{{Run: nasty, Changes: document.Changes}}}}, 0))
		if err != nil {
			t.Fatal(err)
		}
		if at := strings.IndexAny(got.String(), "\x1b\u009b\x07\x00\r\u202e"); at >= 0 {
			t.Errorf("%+v: %q reached the writer", options, got.String()[max(0, at-20):at+10])
		}
	}
}

func TestHintsAreCollected(t *testing.T) {
	busy := &ledger.BusyError{Brand: "luma"}
	err := fmt.Errorf("run: %w", errors.Join(busy, fmt.Errorf("again: %w", busy), &ledger.NameError{Name: "L"}))
	want := []string{busy.Hint(), (&ledger.NameError{}).Hint()}
	if diff := cmp.Diff(want, view.Hints(err)); diff != "" {
		t.Errorf("hints (-want +got):\n%s", diff)
	}
	if got := view.Hints(errors.New("plain")); got != nil {
		t.Errorf("hints of a plain error: %q", got)
	}
}

// TestExcerptsShowTheDifference: whatever is cut out of two values that do not fit, what is shown is text, no wider than the terminal, and
// not the same on both sides where its difference is one that shows.
func TestExcerptsShowTheDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching("[a-zé🏔山]{1,30}")
		same := strings.Join(rapid.SliceOfN(word, 0, 30).Draw(t, "same"), " ")
		before, after := same+"é"+word.Draw(t, "before"), same+"è"+word.Draw(t, "after")
		width := rapid.IntRange(40, 120).Draw(t, "width")
		var got bytes.Buffer
		document := plan.Plan{Changes: []plan.Change{{Key: "k", Fields: []plan.Field{{Name: "description", Before: before, After: after}}}}}
		if err := view.NewHuman(&got, view.Options{TTY: true, Width: width}).Plan(document, 0); err != nil {
			t.Fatal(err)
		}
		if !utf8.ValidString(got.String()) {
			t.Fatalf("no text: %q", got.String())
		}
		gone, come := "", ""
		for line := range strings.Lines(got.String()) {
			line = strings.TrimSuffix(line, "\n")
			if ansi.StringWidth(line) > width {
				t.Fatalf("%d columns of %d: %q", ansi.StringWidth(line), width, line)
			}
			if rest, ok := strings.CutPrefix(line, "          - "); ok {
				gone = rest
			}
			if rest, ok := strings.CutPrefix(line, "          + "); ok {
				come = rest
			}
		}
		if gone == "" && come == "" { // on one line
			if !strings.Contains(got.String(), before+" → "+after) {
				t.Fatalf("neither one line nor two: %q", got.String())
			}
			return
		}
		if gone == come || !strings.Contains(gone, "é") || !strings.Contains(come, "è") {
			t.Fatalf("the difference does not show: %q and %q", gone, come)
		}
	})
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestWriterErrorsAreReturned(t *testing.T) {
	for name, v := range map[string]view.View{"human": view.NewHuman(brokenPipe{}, view.Options{}), "json": view.NewJSON(brokenPipe{})} {
		for thing, err := range map[string]error{
			"plan": v.Plan(samplePlan(), 0), "exceptions": v.Exceptions(sampleExceptions(), 0), "outcome": v.Outcome(sampleSummary(), nil),
			"status": v.Status(sampleStatus()), "history": v.History([]ledger.Summary{{}}), "codes": v.Codes(check.Codes()), "error": v.Error(os.ErrExist),
			"saved": v.Saved(samplePlan(), 0), "difference": v.Difference(sampleDifference(), 0), "explain": v.Explain(sampleExplanations(), 0),
		} {
			if !errors.Is(err, os.ErrClosed) {
				t.Errorf("%s %s: error %v, want the writer's", name, thing, err)
			}
		}
	}
}
