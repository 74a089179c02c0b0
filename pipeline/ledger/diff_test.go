package ledger_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/check"
	"fairesync/pipeline/config"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/plan"
)

func price(key, before, after string, heldBy ...string) plan.Change {
	return plan.Change{ID: "c" + key + after, Kind: plan.KindPrice, Action: plan.Update, Reason: plan.ReasonSourceChanged, Key: "wms:" + key, VariantKey: "wms:" + key + "-S",
		Fields: []plan.Field{{Name: "price[USA].wholesale", Before: before, After: after}}, HeldBy: heldBy}
}

func TestDiff(t *testing.T) {
	finding := func(code, sku, found string) check.Exception {
		return check.Exception{Code: code, Source: "wms", EntityKey: "wms:" + sku, SKU: sku, Found: found}.Identify("luma")
	}
	stays, resolved, appeared := finding("IMAGE_MISSING", "A", ""), finding("PRICE_MOVE", "B", "1.00"), finding("CODE_GTIN_INVALID", "C", "12")
	moves, moved := finding("PRICE_RATIO_LOW", "D", "10.00 / 11.00"), finding("PRICE_RATIO_LOW", "D", "10.00 / 12.00")

	same, reworded := price("A", "1.00", "2.00"), price("A", "1.00", "2.00")
	reworded.ID, reworded.Reason, reworded.Name = "other", plan.ReasonDrift, "renamed" // not what it does
	gone, came, farther := price("B", "1.00", "2.00"), price("C", "1.00", "2.00"), price("C", "1.00", "3.00", "PRICE_MOVE")
	held, released := price("D", "1.00", "2.00", "GUARD_FIRST_LINK"), price("D", "1.00", "2.00")
	heldToo, heldElse := price("E", "1.00", "2.00", "PLAN_POLICY"), price("E", "1.00", "2.00", "GUARD_FIELD_MASS", "PLAN_POLICY")
	heldStill := price("F", "1.00", "2.00", "PLAN_POLICY")

	before := ledger.Recorded{Summary: ledger.Summary{Run: "one"}, Exceptions: []check.Exception{stays, resolved, moves},
		Plan:   plan.Plan{Changes: []plan.Change{same, gone, farther, held, heldToo, heldStill}},
		Config: map[string]string{"first_link": "hold", "prices[0].round": "half_up", "brand": "luma"}}
	after := ledger.Recorded{Summary: ledger.Summary{Run: "two"}, Exceptions: []check.Exception{appeared, moved, stays},
		Plan:   plan.Plan{Changes: []plan.Change{reworded, came, released, heldElse, heldStill}},
		Config: map[string]string{"first_link": "ours", "policy": "stock-only", "brand": "luma"}}
	want := ledger.Difference{
		Before: before.Summary, After: after.Summary, Compared: true,
		Settings: []ledger.SettingDifference{{Path: "first_link", Before: "hold", After: "ours"}, {Path: "policy", After: "stock-only"}, {Path: "prices[0].round", Before: "half_up"}},
		Exceptions: []ledger.ExceptionDifference{{What: ledger.Appeared, Exception: appeared}, {What: ledger.Resolved, Exception: resolved},
			{What: ledger.Moved, Exception: moved}, {What: ledger.Still, Exception: stays}},
		Changes: []ledger.ChangeDifference{
			{Before: ledger.ChangePlanned, Change: gone},
			{After: ledger.ChangePlanned, Change: came},
			{Before: ledger.ChangeHeld, WasHeldBy: []string{"PRICE_MOVE"}, Change: farther},
			{Before: ledger.ChangeHeld, WasHeldBy: []string{"GUARD_FIRST_LINK"}, After: ledger.ChangePlanned, Change: released},
			{Before: ledger.ChangeHeld, WasHeldBy: []string{"PLAN_POLICY"}, After: ledger.ChangeHeld, Change: heldElse},
		},
		SameChanges: 2,
	}
	if diff := cmp.Diff(want, ledger.Diff(before, after)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	after.Config = nil
	if d := ledger.Diff(before, after); d.Compared || d.Settings != nil {
		t.Errorf("settings that are not known are compared: %+v", d.Settings)
	}
	if d := ledger.Diff(before, before); d.Changes != nil || d.Settings != nil || d.SameChanges != len(before.Plan.Changes) {
		t.Errorf("a run differs from itself: %+v", d)
	}
}

// TestRecorded reads back what runs leave, each as far as it came.
func TestRecorded(t *testing.T) {
	state, err := ledger.OpenState(t.TempDir(), "luma")
	if err != nil {
		t.Fatal(err)
	}
	defer state.Close()
	started := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	const whole, died = "20261123T120000Z-0001", "20261123T120000Z-0002"
	run, err := state.NewRun(whole)
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	summary := ledger.Summary{Type: "summary", Run: whole, Brand: "luma", Started: started, Status: "done"}
	exceptions := []check.Exception{check.Exception{Code: "IMAGE_MISSING", SKU: "A"}.Identify("luma")}
	document := plan.Plan{Version: plan.Version, Run: whole, Created: started, Brand: "luma", Changes: []plan.Change{price("A", "1.00", "2.00")},
		Requests: []plan.Request{}, Touches: []plan.Touch{}}
	settings, err := config.Recorded("luma.yaml", []byte(`{"brand":"luma","first_link":"ours","sources":[{"name":"wms","kind":"files","path":"feed.csv","mapping":{"sku":["Code","SKU"]}}],`+
		`"prices":[{"geography":"USA","currency":"USD","wholesale":"cost","retail":"msrp"}],"faire":{"url":"https://faire.example/v2"}}`))
	if err != nil {
		t.Fatal(err)
	}
	_, err = state.WriteInputs(run, ledger.Inputs{Brand: "luma", Config: settings, Now: started}, nil)
	err = errors.Join(err, run.WriteSummary(summary), run.WriteExceptions(exceptions), run.Write(ledger.PlanName, func(w io.Writer) error {
		document.Digest, err = plan.Write(w, document)
		return err
	}))
	if err != nil {
		t.Fatal(err)
	}
	got, err := state.Recorded(whole)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"brand": "luma", "first_link": "ours", "sources[0].mapping.sku[1]": "SKU", "prices[0].geography": "USA"} {
		if got.Config[path] != want {
			t.Errorf("setting %s is %q, want %q", path, got.Config[path], want)
		}
	}
	got.Config = nil
	if diff := cmp.Diff(ledger.Recorded{Summary: summary, Exceptions: exceptions, Plan: document}, got); diff != "" {
		t.Errorf("whole run (-want +got):\n%s", diff)
	}

	left, err := state.NewRun(died)
	if err != nil {
		t.Fatal(err)
	}
	defer left.Close()
	got, err = state.Recorded(died)
	if err != nil {
		t.Fatal(err)
	}
	want := ledger.Recorded{Summary: ledger.Summary{Type: "summary", Run: died, Brand: "luma", Started: started, Status: ledger.StatusDied}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("run that died (-want +got):\n%s", diff)
	}

	// Objects that were damaged or swept leave the settings unknown; a plan that was edited is an error.
	entries, err := os.ReadDir(state.ObjectsDir())
	if err != nil || len(entries) != 1 {
		t.Fatalf("objects %v, error %v", entries, err)
	}
	if err := os.WriteFile(state.ObjectPath(entries[0].Name()), []byte(`{"format":2,"config":{"brand":"lama"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err = state.Recorded(whole); err != nil || got.Config != nil {
		t.Errorf("with a damaged object: settings %v, error %v", got.Config, err)
	}
	if err := os.RemoveAll(state.ObjectsDir()); err != nil {
		t.Fatal(err)
	}
	if got, err = state.Recorded(whole); err != nil || got.Config != nil {
		t.Errorf("without objects: settings %v, error %v", got.Config, err)
	}
	if err := os.WriteFile(filepath.Join(run.Dir(), ledger.PlanName), []byte(`{"version":1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := state.Recorded(whole); !isFileError(err) {
		t.Errorf("an edited plan: error %v", err)
	}
	if _, err := state.Recorded("20261123T120000Z-0003"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a run that is not there: error %v", err)
	}
}

func isFileError(err error) bool {
	_, ok := errors.AsType[*plan.FileError](err)
	return ok
}
