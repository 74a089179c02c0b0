package main

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/faire/sandbox"
)

// killedUndo: an undo that is killed has taken back what it has taken back. The run of the next hour leaves it so, and undo, asked for
// again, does the rest.
func (b beginnings) killedUndo(t *testing.T) {
	undone := func(t *testing.T, h *hunted) catalogue {
		t.Helper()
		asked := h.call(t, "undo", h.run1, "--json")
		held := summaryOf(t, asked.stdout).HeldBy["GUARD_LIFECYCLE"]
		if e := h.call(t, "undo", h.run1, "--approve", fmt.Sprintf("lifecycle=%d", held)); held == 0 || e.code != 0 {
			t.Fatalf("undo holds %d and ends with %d: %s", held, e.code, e.stderr)
		}
		return catalogueOf(t, h.box.State())
	}
	begin := func(t *testing.T) *hunted {
		t.Helper()
		h := &hunted{kills: map[kind]int{}}
		h.lively = b.changed(t, h.around)
		h.run1 = h.succeed(t).Run
		return h
	}
	twin := begin(t)
	want := undone(t, twin)
	if cmp.Equal(b.new, want) {
		t.Fatal("undo did nothing")
	}
	for _, p := range []point{{kind: beforeWrite, at: 2}, {kind: afterWrite, at: 9}} {
		t.Run(fmt.Sprintf("%s %d", p.kind, p.at), func(t *testing.T) {
			t.Parallel()
			h := begin(t)
			if e := h.run(t, p, "undo", h.run1); !e.killed {
				t.Fatalf("undo ends with %d: %s", e.code, e.stderr)
			}
			left := catalogueOf(t, h.box.State())
			hour := h.call(t, "run", "--json")
			if s := summaryOf(t, hour.stdout); s.Requests.Planned > 0 || s.Error != "" {
				t.Errorf("the next run sends %d requests: %v %s", s.Requests.Planned, s.Changes, s.Error)
			}
			if diff := cmp.Diff(left, catalogueOf(t, h.box.State())); diff != "" {
				t.Errorf("the next run sends again what was taken back (-before +after):\n%s", diff)
			}
			if diff := cmp.Diff(want, undone(t, h)); diff != "" {
				t.Errorf("undo, asked for again, leaves other things than one that nobody disturbed (-want +got):\n%s", diff)
			}
		})
	}
}

// killedApply: what a plan released stays released when its apply is killed, as it does when a run is: the next run goes on.
func (b beginnings) killedApply(t *testing.T) {
	for _, p := range []point{{kind: beforeWrite, at: 1}, {kind: afterWrite, at: 4}} {
		t.Run(fmt.Sprintf("%s %d", p.kind, p.at), func(t *testing.T) {
			t.Parallel()
			h := &hunted{kills: map[kind]int{}}
			h.lively = b.fresh(t, h.around)
			state := h.box.State()
			state.Products = clone(t, b.state.Products) // as if somebody else had made them
			for i := range state.Products {
				product := &state.Products[i]
				product.IdempotenceToken = ""
				for j := range product.Variants {
					product.Variants[j].IdempotenceToken = ""
				}
			}
			if err := h.box.SetState(state); err != nil {
				t.Fatal(err)
			}
			h.feed(t, newFeed()[:oldStyles-1])
			held := summaryOf(t, h.call(t, "run", "--json").stdout).HeldBy["GUARD_FIRST_LINK"]
			if e := h.call(t, "plan", "-o", "plan.json", "--approve", fmt.Sprintf("first_link=%d", held)); held == 0 || e.code != 0 {
				t.Fatalf("plan holds %d and ends with %d: %s", held, e.code, e.stderr)
			}
			if e := h.run(t, p, "apply", "plan.json"); !e.killed {
				t.Fatalf("apply ends with %d: %s", e.code, e.stderr)
			}
			e := h.call(t, "run", "--json")
			if s := summaryOf(t, e.stdout); e.code != 0 || len(s.HeldBy) > 0 || s.Requests.OK == 0 {
				t.Fatalf("the next run ends with %d, holds %v and sends %d requests", e.code, s.HeldBy, s.Requests.OK)
			}
			h.quiet(t)
		})
	}
}

// clone copies products, so that the originals stay as they are.
func clone(t *testing.T, products []sandbox.Product) []sandbox.Product {
	t.Helper()
	data, err := json.Marshal(products)
	if err != nil {
		t.Fatal(err)
	}
	var copied []sandbox.Product
	if err := json.Unmarshal(data, &copied); err != nil {
		t.Fatal(err)
	}
	return copied
}
