package main

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/ledger"
)

// TestRunsOfOneSecond: ids tell runs apart to the second, their summaries further.
func TestRunsOfOneSecond(t *testing.T) {
	const first, second, third, gone, died = "20261123T120000Z-ffff", "20261123T120000Z-8888", "20261123T120000Z-0000", "20261123T120000Z-4444", "20261123T110000Z-aaaa"
	r, _ := newRecord(t, first)
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	var errs []error
	for _, id := range []string{second, third, died} {
		other, err := r.NewRun(id)
		if err != nil {
			t.Fatal(err)
		}
		errs = append(errs, other.Close())
	}
	for i, id := range []string{first, second, third, gone} {
		errs = append(errs, r.AppendRun(ledger.Summary{Run: id, Started: noon.Add(time.Duration(i) * time.Millisecond), Status: "done"}))
	}
	// A later run buried it.
	errs = append(errs, r.AppendRun(ledger.Summary{Run: died, Started: noon.Add(-time.Hour), Status: ledger.StatusDied}))
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	list, err := r.runs()
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, s := range list {
		ids = append(ids, s.Run)
	}
	if diff := cmp.Diff([]string{gone, third, second, first, died}, ids); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
	for asked, want := range map[string]string{"last": third, "previous": second, "20261123T11": died, third: third} {
		if got, err := r.resolveRun(asked); err != nil || got != want {
			t.Errorf("%s is run %s (error %v), want %s", asked, got, err, want)
		}
	}
	for _, asked := range []string{gone, "", "20261123T12", "2026112", "next"} {
		if got, err := r.resolveRun(asked); err == nil {
			t.Errorf("%q is run %s", asked, got)
		}
	}
}

// TestRunThatIsNotListedYet: between its summary and its line in the index, a run is shown as it ended.
func TestRunThatIsNotListedYet(t *testing.T) {
	const id = "20261123T120000Z-0001"
	r, run := newRecord(t, id)
	want := ledger.Summary{Type: "summary", Run: id, Command: "run", Brand: "luma", Started: time.Date(2026, 11, 23, 12, 0, 0, 5, time.UTC), Status: "done"}
	if err := run.WriteSummary(want); err != nil {
		t.Fatal(err)
	}
	for _, locked := range []bool{false, true} {
		if locked { // it has not given its lock back
			lock, err := r.Lock(ledger.Holder{Run: id, Command: "run"})
			if err != nil {
				t.Fatal(err)
			}
			defer lock.Release() //nolint:errcheck // the folder goes with the test
		}
		got, err := r.runs()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]ledger.Summary{want}, got); diff != "" {
			t.Errorf("locked %v (-want +got):\n%s", locked, diff)
		}
	}
}

// TestLockOfARunThatDied: lock.json outlives the one who wrote it and says nothing then.
func TestLockOfARunThatDied(t *testing.T) {
	const id = "20261123T120000Z-0001"
	r, _ := newRecord(t, id)
	if err := r.WriteJSON("lock.json", ledger.Holder{Run: id, Command: "run"}); err != nil {
		t.Fatal(err)
	}
	if holder, err := r.Holder(); err != nil || holder != nil {
		t.Errorf("without a lock: %+v, error %v", holder, err)
	}
	lock, err := r.Lock(ledger.Holder{Run: id, Command: "run"})
	if err != nil {
		t.Fatal(err)
	}
	if holder, err := r.Holder(); err != nil || holder == nil || holder.Run != id {
		t.Errorf("while it is held: %+v, error %v", holder, err)
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	if holder, err := r.Holder(); err != nil || holder != nil {
		t.Errorf("when it was given back: %+v, error %v", holder, err)
	}
	if err := r.WriteJSON("lock.json", ledger.Holder{Run: id, Command: "run"}); err != nil { // as a kill leaves it
		t.Fatal(err)
	}
	list, err := r.runs()
	if err != nil || len(list) != 1 || list[0].Status != ledger.StatusDied {
		t.Errorf("runs %+v, error %v", list, err)
	}
}
