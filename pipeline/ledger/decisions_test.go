package ledger_test

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/ledger"
	"fairesync/pipeline/review"
)

func TestDecisions(t *testing.T) {
	state, err := ledger.OpenState(t.TempDir(), "luma")
	if err != nil {
		t.Fatal(err)
	}
	defer state.Close()
	if list, err := state.ReadDecisions(); err != nil || list != nil {
		t.Fatalf("decisions of a new brand: %v, %v", list, err)
	}
	at := time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)
	first := review.Decision{Kind: review.Alias, Key: "A<1>", Action: review.Link, Value: "F-1", At: at, Reviewer: "Ann"}
	second := review.Decision{Kind: review.Waiver, Key: "x1", Action: review.Waive, Value: "2026-12-31", Seen: "f", At: at}
	for i, d := range []review.Decision{first, second} {
		err := state.Decide(func(now []review.Decision) ([]review.Decision, error) {
			if len(now) != i {
				t.Errorf("%d decisions are there, want %d", len(now), i)
			}
			return []review.Decision{d}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	refused := errors.New("refused")
	if err := state.Decide(func([]review.Decision) ([]review.Decision, error) { return []review.Decision{first}, refused }); !errors.Is(err, refused) {
		t.Errorf("Decide = %v", err)
	}
	got, err := state.ReadDecisions()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]review.Decision{first, second}, got); diff != "" {
		t.Errorf("decisions (-want +got):\n%s", diff)
	}
	if info, err := os.Stat(state.DecisionsPath()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if err := os.WriteFile(state.DecisionsPath(), []byte("no JSON\n{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if list, err := state.ReadDecisions(); err == nil {
		t.Errorf("a damaged file reads as %v", list)
	}
}

// Two that decide at once wait for each other: nothing gets lost.
func TestDecideAtOnce(t *testing.T) {
	root := t.TempDir()
	const deciders = 8
	var all sync.WaitGroup
	for n := range deciders {
		all.Go(func() {
			state, err := ledger.OpenState(root, "luma")
			if err != nil {
				t.Error(err)
				return
			}
			defer state.Close()
			err = state.Decide(func([]review.Decision) ([]review.Decision, error) {
				return []review.Decision{{Kind: review.Owner, Key: fmt.Sprint("x", n), Action: review.Assign, Value: "Ann"}}, nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	state, err := ledger.OpenState(root, "luma")
	if err != nil {
		t.Fatal(err)
	}
	defer state.Close()
	list, err := state.ReadDecisions()
	if err != nil || len(list) != deciders {
		t.Errorf("%d decisions, %v", len(list), err)
	}
}
