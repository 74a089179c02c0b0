package warehouse_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/ledger"
	"fairesync/pipeline/warehouse"
)

func TestStatus(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "status.parquet")
	if _, err := warehouse.ReadStatus(t.Context(), path, ""); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("ReadStatus = %v", err)
	}
	red := ledger.StatusRow{SKU: "SHIRT-[RED]", Style: "Shirt", Name: "Shirt", ProductKey: "wms:Shirt", ProductID: "p_1", VariantID: "po_1", OnFaire: true,
		Lifecycle: "PUBLISHED", State: "held", Why: "PRICE_RATIO, IMAGE_LOST", LastChanged: noon, LastChecked: noon}
	blue := ledger.StatusRow{SKU: "SHIRT-BLUE", Style: "Shirt", ProductKey: "wms:Shirt", State: "planned", LastChecked: noon}
	hat := ledger.StatusRow{SKU: "HAT", Style: "Hat", ProductKey: "wms:Hat", State: "ignored", Why: "FEED_FILTERED", LastChecked: noon}
	err := warehouse.WriteStatus(t.Context(), path, func(yield func(ledger.StatusRow) error) error {
		return errors.Join(yield(red), yield(hat), yield(blue))
	})
	if err != nil {
		t.Fatal(err)
	}
	for match, want := range map[string][]ledger.StatusRow{
		"":            {hat, blue, red},
		"shirt":       {blue, red},
		"SHIRT-*":     {blue, red},
		"shirt-[red]": {red},
		"*[*":         {red},
		"p_1":         {red},
		"po_?":        {red},
		"WMS:hat ":    {hat},
		"':--":        nil,
		"SHIRT-RED":   nil,
	} {
		got, err := warehouse.ReadStatus(t.Context(), path, match)
		if err != nil {
			t.Errorf("ReadStatus(%q) = %v", match, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("ReadStatus(%q) (-want +got):\n%s", match, diff)
		}
	}
	// The next run keeps what it did not change: by variant, else by product key and SKU.
	next := filepath.Join(dir, "next.parquet")
	later := noon.Add(time.Hour)
	renamed, changed, fresh := red, hat, ledger.StatusRow{SKU: "NEW", ProductKey: "wms:New", State: "unchanged", LastChecked: later}
	renamed.SKU, renamed.LastChanged, renamed.LastChecked = "SHIRT-CRIMSON", time.Time{}, later
	changed.LastChanged, changed.LastChecked = later, later
	book := warehouse.OpenBook(filepath.Join(dir, "brand.duckdb"))
	for _, previous := range []string{filepath.Join(dir, "none.parquet"), path, next} {
		if err := book.WriteStatus(t.Context(), next, previous, func(yield func(ledger.StatusRow) error) error {
			return errors.Join(yield(renamed), yield(changed), yield(fresh))
		}); err != nil {
			t.Fatal(err)
		}
		want := []ledger.StatusRow{fresh, changed, renamed}
		if previous != filepath.Join(dir, "none.parquet") {
			want[2].LastChanged = noon
		}
		got, err := warehouse.ReadStatus(t.Context(), next, "")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("after %s (-want +got):\n%s", filepath.Base(previous), diff)
		}
	}
	if err := os.Remove(next); err != nil {
		t.Fatal(err)
	}
	// A failure leaves the file that was there.
	stop := errors.New("stop")
	if err := warehouse.WriteStatus(t.Context(), path, func(func(ledger.StatusRow) error) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("WriteStatus = %v", err)
	}
	if got, err := warehouse.ReadStatus(t.Context(), path, ""); err != nil || len(got) != 3 {
		t.Errorf("%d rows, %v", len(got), err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
	if err := os.WriteFile(path, []byte("PAR1"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := warehouse.ReadStatus(t.Context(), path, ""); err == nil {
		t.Error("a broken file is read")
	}
}
