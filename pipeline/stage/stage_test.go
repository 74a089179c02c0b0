package stage_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/stage"
)

func TestGate(t *testing.T) {
	now := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	entry := func(rows int64) stage.Entry {
		return stage.Entry{Source: "wms", Table: "item", Rows: rows, Complete: true}
	}
	old := entry(100)
	old.Modified = now.Add(-25 * time.Hour)
	cut := entry(100)
	cut.Complete = false
	for _, c := range []struct {
		name         string
		entry        stage.Entry
		last, accept int64
		maxAge       time.Duration
		why          string
	}{
		{"first run", entry(3), 0, 0, 0, ""},
		{"30 % fewer may", entry(70), 100, 0, 0, ""},
		{"more than 30 % fewer", entry(69), 100, 0, 0, "source wms: sent 69 rows, 100 the last time"},
		{"accepted, exactly", entry(69), 100, 69, 0, ""},
		{"accepted, another count", entry(68), 100, 69, 0, "source wms: sent 68 rows, 100 the last time"},
		{"few rows are not judged", entry(1), 9, 0, 0, ""},
		{"no rows", entry(0), 0, 0, 0, "source wms: sent no rows"},
		{"no rows cannot be accepted", entry(0), 10, 0, 0, "source wms: sent no rows"},
		{"not complete", cut, 0, 100, 0, "source wms: the walk of item ended before its end was seen"},
		{"too old", old, 0, 0, 24 * time.Hour, "source wms: is of 2026-11-22T02:00:00Z, older than 24h0m0s"},
		{"age is off", old, 0, 0, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := stage.Gate(c.entry, c.last, c.accept, c.maxAge, now)
			got := ""
			var refusal *stage.Refusal
			if errors.As(err, &refusal) {
				if got = refusal.Error(); refusal.Hint() == "" {
					t.Error("the refusal has no hint")
				}
			}
			if diff := cmp.Diff(c.why, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestBatch(t *testing.T) {
	b := stage.NewBatch(3)
	b.AppendRow("a", "", "c")
	b.AppendRow("d")
	type cell struct {
		Text  string
		There bool
	}
	var got [][]cell
	for row := range b.Rows {
		var cells []cell
		for i := range b.Columns {
			text, there := b.Columns[i].At(row)
			cells = append(cells, cell{text, there})
		}
		got = append(got, cells)
	}
	want := [][]cell{{{"a", true}, {"", true}, {"c", true}}, {{"d", true}, {"", false}, {"", false}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("an empty cell is there, a missing one is not (-want +got):\n%s", diff)
	}
	if n := b.Columns[0].Len(); n != 2 {
		t.Errorf("Len = %d", n)
	}
}
