package pipeline_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline"
	"fairesync/pipeline/warehouse"
)

// statusRows are the rows of status.parquet: what is on Faire, what state it is in, and whether it was changed at all.
func (b *bench) statusRows() []string {
	b.t.Helper()
	rows, err := warehouse.ReadStatus(b.t.Context(), filepath.Join(b.config.State, "luma", "status.parquet"), "")
	if err != nil {
		b.t.Fatal(err)
	}
	var list []string
	for _, row := range rows {
		on, changed := "not on Faire", "never changed"
		if row.OnFaire {
			on = row.Lifecycle
		}
		if !row.LastChanged.IsZero() {
			changed = "changed " + row.LastChanged.Format("15:04")
		}
		list = append(list, strings.Join([]string{row.SKU, on, row.State, changed}, ", "))
	}
	return list
}

// TestStatus: what a run, an apply and an undo sent is as it should be afterwards, and has the time of the change; what is held stays held.
func TestStatus(t *testing.T) {
	b := newBench(t)
	b.run(pipeline.Options{})
	if diff := cmp.Diff([]string{"CA-2, UNPUBLISHED, unchanged, changed 03:01", "MU-3, PUBLISHED, held, never changed",
		"TE-1-M, PUBLISHED, unchanged, changed 03:01", "TE-1-S, PUBLISHED, unchanged, changed 03:01"}, b.statusRows()); diff != "" {
		t.Errorf("after the run (-want +got):\n%s", diff)
	}
	b.write("feed.csv", strings.Replace(feed, "40\n", "41\n", 1)+"HA-4,HA-4,Straw Hat,Cap,,8.00,20.00,https://img.luma.example/ha4.jpg,2\n")
	if _, err := b.apply(t.Context(), b.plan(nil)); err != nil {
		t.Fatal(err)
	}
	// The hat has no row before a run has seen it in the feed.
	if diff := cmp.Diff([]string{"CA-2, UNPUBLISHED, unchanged, changed 03:03", "MU-3, PUBLISHED, held, never changed",
		"TE-1-M, PUBLISHED, unchanged, changed 03:01", "TE-1-S, PUBLISHED, unchanged, changed 03:01"}, b.statusRows()); diff != "" {
		t.Errorf("after the apply (-want +got):\n%s", diff)
	}
	first := b.history()[0].Run
	if _, err := b.with(false, func(e pipeline.Edges) (pipeline.Outcome, error) {
		return pipeline.Undo(t.Context(), e, first, pipeline.Options{})
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"CA-2, UNPUBLISHED, unchanged, changed 03:03", "MU-3, PUBLISHED, held, never changed",
		"TE-1-M, UNPUBLISHED, unchanged, changed 03:04", "TE-1-S, UNPUBLISHED, unchanged, changed 03:04"}, b.statusRows()); diff != "" {
		t.Errorf("after the undo (-want +got):\n%s", diff)
	}
}
