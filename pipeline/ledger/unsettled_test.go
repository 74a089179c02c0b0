package ledger_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/ledger"
	"fairesync/pipeline/load"
)

// attempt writes lines to the journal of a run.
func attempt(t *testing.T, run *ledger.Run, lines ...load.Attempt) {
	t.Helper()
	journal, err := run.Journal()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		switch line.Phase {
		case "begin":
			err = journal.Begin(line)
		case "end":
			err = journal.End(line)
		default:
			err = journal.Settle(line)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := journal.Close(); err != nil {
		t.Fatal(err)
	}
}

func unsettled(t *testing.T, state *ledger.State) []ledger.Unsettled {
	t.Helper()
	list, err := state.Unsettled()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestUnsettled(t *testing.T) {
	state := openState(t)
	died := newRun(t, state, "20261123T140000Z-0004")
	unanswered := newRun(t, state, "20261123T110000Z-0001")
	clean := newRun(t, state, "20261123T120000Z-0002")
	newRun(t, state, "20261123T130000Z-0003") // sent nothing
	attempt(t, died, begin("r0001"), end("r0001", load.Applied), begin("r0002"), begin("r0003"))
	attempt(t, unanswered, begin("r0001"), end("r0001", load.Unknown))
	attempt(t, clean, begin("r0001"), end("r0001", load.Refused))
	want := []ledger.Unsettled{
		{Run: unanswered.ID(), Attempts: []load.Attempt{begin("r0001")}},
		{Run: died.ID(), Attempts: []load.Attempt{begin("r0002"), begin("r0003")}},
	}
	for range 2 { // to look settles nothing
		if diff := cmp.Diff(want, unsettled(t, state)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	attempt(t, unanswered, settled("r0001", load.Applied))
	attempt(t, died, settled("r0003", load.NotTried))
	want = []ledger.Unsettled{{Run: died.ID(), Attempts: []load.Attempt{begin("r0002")}}}
	if diff := cmp.Diff(want, unsettled(t, state)); diff != "" {
		t.Errorf("after some were settled (-want +got):\n%s", diff)
	}
	attempt(t, died, settled("r0002", load.Refused))
	if got := unsettled(t, state); got != nil {
		t.Errorf("after all were settled: %+v", got)
	}
	folders, err := state.Folders()
	if err != nil || len(folders) != 4 {
		t.Errorf("%+v, %v", folders, err)
	}
}

// A journal that was found settled is not read again, or hundreds of them would be read every hour.
func TestSettledJournalsAreNotRead(t *testing.T) {
	state := openState(t)
	run := newRun(t, state, "20261123T120000Z-0001")
	attempt(t, run, begin("r0001"), end("r0001", load.Applied))
	if got := unsettled(t, state); got != nil {
		t.Fatalf("%+v", got)
	}
	overwrite(t, run.Path(ledger.AttemptsName), "whatever is in it now\n")
	if got := unsettled(t, state); got != nil {
		t.Errorf("%+v", got)
	}
	if err := os.Remove(run.Path("settled")); err != nil {
		t.Fatal(err)
	}
	_, err := state.Unsettled()
	var unreadable *ledger.JournalError
	if !errors.As(err, &unreadable) || unreadable.Run != run.ID() || !strings.Contains(unreadable.Hint(), run.Path(ledger.AttemptsName)) ||
		!strings.Contains(err.Error(), "line 1") {
		t.Errorf("a journal that cannot be read: %v", err)
	}
}
