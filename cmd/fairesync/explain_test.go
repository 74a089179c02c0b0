package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/check"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/load"
	"fairesync/pipeline/plan"
	"fairesync/pipeline/view"
)

// newRecord is the folder of a brand with one run in it.
func newRecord(t *testing.T, id string) (*record, *ledger.Run) {
	t.Helper()
	state, err := ledger.OpenState(t.TempDir(), "luma")
	if err != nil {
		t.Fatal(err)
	}
	run, err := state.NewRun(id)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(run.Close(), state.Close()); err != nil {
			t.Error(err)
		}
	})
	return &record{State: state, brand: "luma", config: "luma.yaml"}, run
}

// TestPartsOf: of a plan, a row gets its own changes and its product's, the requests that carry them, and what became of its own
// entry of a batch.
func TestPartsOf(t *testing.T) {
	const id = "20261123T120000Z-0001"
	r, run := newRecord(t, id)
	change := func(cid string, c plan.Change) plan.Change {
		c.ID, c.Fields = cid, []plan.Field{{Name: "name", Before: "a", After: "b"}}
		return c
	}
	product := change("c1", plan.Change{Kind: plan.KindProduct, Key: "wms:A&B"})
	small := change("c2", plan.Change{Kind: plan.KindPrice, Key: "wms:A&B", VariantKey: "wms:ab-s", SKU: "on-faire", VariantID: "po_1"})
	large := change("c3", plan.Change{Kind: plan.KindPrice, Key: "wms:A&B", VariantKey: "wms:ab-l", SKU: "ab-l", VariantID: "po_2"})
	made := change("c4", plan.Change{Kind: plan.KindVariant, Key: "wms:A&B", VariantKey: "wms:ab-s", SKU: "alias"})
	other := change("c5", plan.Change{Kind: plan.KindPrice, Key: "wms:A&B2", VariantKey: "wms:ab-s", SKU: "ab-s", VariantID: "po_1"})
	request := func(rid string, operation plan.Operation, changes ...string) plan.Request {
		return plan.Request{ID: rid, Operation: operation, Changes: changes, Body: json.RawMessage(`{}`)}
	}
	spare := request("r3", plan.UpdateProduct, "c2")
	spare.FallbackOf = "r2"
	requests := []plan.Request{request("r1", plan.UpdateProduct, "c1", "c4"), request("r2", plan.SetPrices, "c2", "c3", "c5"), spare, request("r4", plan.UpdateProduct, "c3")}
	document := plan.Plan{Version: plan.Version, Changes: []plan.Change{product, made, large, small, other}, Requests: requests, Touches: []plan.Touch{{ProductID: "p_1"}}}
	journal, err := run.Journal()
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(
		run.Write(ledger.PlanName, func(w io.Writer) error {
			_, err := plan.Write(w, document)
			return err
		}),
		journal.Begin(load.Attempt{Request: "r1"}), journal.End(load.Attempt{Request: "r1", Status: load.Applied}),
		journal.Begin(load.Attempt{Request: "r2"}), journal.End(load.Attempt{Request: "r2", Status: load.Refused, Code: "bad"}),
		journal.Begin(load.Attempt{Request: "r2", Try: 2}), journal.End(load.Attempt{Request: "r2", Try: 2, Status: load.Applied}),
		journal.Close())
	if err != nil {
		t.Fatal(err)
	}
	rows := []ledger.StatusRow{{SKU: "ab-s", ProductKey: "wms:A&B", VariantID: "po_1"}, {SKU: "ab-l", ProductKey: "wms:A&B", VariantID: "po_2"}, {SKU: "z", ProductKey: "wms:Z"}}
	started := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	applied := view.Answer{Request: "r1", Operation: plan.UpdateProduct, Changes: []string{"c1", "c4"}, Status: load.Applied, Tries: 1}
	batch := view.Answer{Request: "r2", Operation: plan.SetPrices, Changes: []string{"c2"}, Status: load.Partly, Tries: 2}
	toProduct, ofLarge := applied, batch
	toProduct.Changes, ofLarge.Changes = []string{"c1"}, []string{"c3"}
	unsent := view.Answer{Request: "r4", Operation: plan.UpdateProduct, Changes: []string{"c3"}}
	want := []view.Part{
		{Run: id, Started: started, Changes: []plan.Change{product, made, small}, Requests: []view.Answer{applied, batch}},
		{Run: id, Started: started, Changes: []plan.Change{product, large}, Requests: []view.Answer{toProduct, ofLarge, unsent}},
		{Run: id, Started: started, Changes: []plan.Change{}, Requests: []view.Answer{}},
	}
	got, err := r.partsOf(id, rows)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("by the journal (-want +got):\n%s", diff)
	}

	// What the run itself wrote down of a batch is finer than its journal.
	failed := load.FailedEntry{Key: "po_1", Status: load.Refused, Code: "bad", Message: "no such price", Changes: []string{"c2"}}
	if err := run.WriteTold(ledger.Told{Outcomes: []load.Outcome{{Request: requests[1], Status: load.Partly, Failed: []load.FailedEntry{failed}}}}); err != nil {
		t.Fatal(err)
	}
	own := &want[0].Requests[1]
	own.Status, own.Code, own.Message = load.Refused, "bad", "no such price"
	want[1].Requests[1].Status = load.Applied
	if got, err = r.partsOf(id, rows); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("by the outcomes (-want +got):\n%s", diff)
	}

	// Of what was sent before, held changes and requests that did not go are left out.
	wantSent := want[1]
	wantSent.Requests = wantSent.Requests[:2]
	if diff := cmp.Diff(wantSent, sent(got[1])); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
}

func TestAnswersOf(t *testing.T) {
	const begin, end, settled = ledger.PhaseBegin, ledger.PhaseEnd, ledger.PhaseSettled
	type line struct {
		phase  string
		status load.Status
	}
	for _, test := range []struct {
		name  string
		lines []line
		want  view.Answer
	}{
		{"applied", []line{{begin, ""}, {end, load.Applied}}, view.Answer{Status: load.Applied, Tries: 1}},
		{"no answer yet", []line{{begin, ""}}, view.Answer{Status: load.Unknown, Tries: 1}},
		{"found out later", []line{{begin, ""}, {settled, load.Applied}}, view.Answer{Status: load.Applied, Tries: 1}},
		{"refused in the end", []line{{begin, ""}, {end, load.Refused}, {begin, ""}, {end, load.Refused}}, view.Answer{Status: load.Refused, Tries: 2}},
		{"in parts", []line{{begin, ""}, {end, load.Refused}, {begin, ""}, {end, load.Applied}, {begin, ""}, {end, load.Refused}}, view.Answer{Status: load.Partly, Tries: 3}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, run := newRecord(t, "20261123T120000Z-0001")
			var journal bytes.Buffer
			tries := 0
			for _, l := range test.lines {
				if l.phase == begin {
					tries++
				}
				if err := json.NewEncoder(&journal).Encode(load.Attempt{Request: "r1", Try: tries, Phase: l.phase, Status: l.status}); err != nil {
					t.Fatal(err)
				}
			}
			if err := run.Write(ledger.AttemptsName, func(w io.Writer) error { _, err := journal.WriteTo(w); return err }); err != nil {
				t.Fatal(err)
			}
			got, err := answersOf(run)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(map[string]view.Answer{"r1": test.want}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestIsAbout(t *testing.T) {
	row := ledger.StatusRow{SKU: "ab-s", Style: "AB", ProductKey: "wms:AB", ProductID: "p_1", VariantID: "po_1"}
	for _, test := range []struct {
		name string
		x    check.Exception
		want bool
	}{
		{"its SKU", check.Exception{SKU: "ab-s", ProductKey: "wms:AB"}, true},
		{"its SKU in a row without product", check.Exception{SKU: "ab-s"}, true},
		{"its SKU in another product", check.Exception{SKU: "ab-s", ProductKey: "wms:AC"}, false},
		{"its key", check.Exception{VariantKey: "wms:ab-s"}, true},
		{"its sister", check.Exception{SKU: "ab-l", ProductKey: "wms:AB"}, false},
		{"its product", check.Exception{ProductKey: "wms:AB"}, true},
		{"another product of the style's name", check.Exception{ProductKey: "other:AB", Style: "AB"}, false},
		{"its style", check.Exception{Style: "AB"}, true},
		{"its product on Faire", check.Exception{FaireID: "p_1"}, true},
		{"nothing", check.Exception{Code: "FEED_FILTERED"}, false},
	} {
		if got := isAbout(row, test.x); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

// TestHistoryLooksAtTwentyRuns: how far back explain looks is bounded, whatever a brand has kept.
func TestHistoryLooksAtTwentyRuns(t *testing.T) {
	r, last := newRecord(t, "20261123T120000Z-ffff")
	ids := []string{last.ID()}
	for i := range 25 {
		run, err := r.NewRun(ledger.RunID(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC).Add(-time.Duration(i+1)*time.Hour), bytes.NewReader([]byte{0, byte(i)})))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, run.ID())
		journal, err := run.Journal()
		if err != nil {
			t.Fatal(err)
		}
		document := plan.Plan{Version: plan.Version, Changes: []plan.Change{{ID: "c1", Key: "wms:A"}}, Requests: []plan.Request{{ID: "r1", Changes: []string{"c1"}, Body: json.RawMessage(`{}`)}}}
		err = errors.Join(journal.Begin(load.Attempt{Request: "r1"}), journal.Close(), run.Write(ledger.PlanName, func(w io.Writer) error {
			_, err := plan.Write(w, document)
			return err
		}), run.Close())
		if err != nil {
			t.Fatal(err)
		}
	}
	list := make([]view.Explanation, 1)
	if err := r.parts([]ledger.StatusRow{{SKU: "A", ProductKey: "wms:A"}}, ledger.Summary{Run: last.ID()}, list); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, part := range list[0].History {
		got = append(got, part.Run)
	}
	if diff := cmp.Diff(ids[1:1+historyRuns], got); diff != "" {
		t.Errorf("runs looked at (-want +got):\n%s", diff)
	}
}
