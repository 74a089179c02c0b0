package warehouse_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/warehouse"
)

// aheadOfTime is a product with measures and a preorder.
func aheadOfTime() catalog.Product {
	p := shirt("p_1", "Shirt", noon)
	p.Preorder = catalog.Preorder{Preorderable: new(true), OrderBy: "2026-11-23", KeepActive: new(false), ShipFrom: "2026-12-01", ShipUntil: "2026-12-15"}
	p.Variants = p.Variants[:1]
	p.Variants[0].Measurements = catalog.Measurements{Weight: "0.45", MassUnit: "POUNDS", Length: "10", Height: "2.5", DistanceUnit: "INCHES"}
	p.Variants[0].Preorder = catalog.VariantPreorder{Orderability: catalog.Ahead, ShipFrom: "2026-12-01", ShipUntil: "2026-12-15", StopSellingAt: 1619827200000}
	return p
}

func TestMirrorOfMeasuresAndPreorders(t *testing.T) {
	w := open(t, nil)
	mirror(t.Context(), t, w, aheadOfTime())
	prepare(t, w, inputs(nil))
	for name, want := range map[string]map[string]string{
		"mirror_product": {"preorderable": "true", "order_by_date": "2026-11-23", "keep_active_past_order_by_date": "false",
			"expected_ship_date": "2026-12-01", "expected_ship_window_end_date": "2026-12-15"},
		"mirror_variant": {"weight": "0.45", "mass_unit": "POUNDS", "length": "10", "height": "2.5", "distance_unit": "INCHES", "orderability_type": "PREORDER",
			"expected_ship_date": "2026-12-01", "expected_ship_window_end_date": "2026-12-15", "stop_selling_at": "1619827200000"},
	} {
		rows := read(t, w, name)
		if len(rows) != 1 {
			t.Fatalf("%s has %d rows", name, len(rows))
		}
		got := map[string]string{}
		for column := range want {
			got[column] = rows[0][column]
		}
		if width, there := rows[0]["width"]; there {
			got["width"] = width
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestObjectsOfAnEarlierVersion: a table that a version before wrote lacks the columns that came since, which then are not known; one
// that lacks another column is an error that names it.
func TestObjectsOfAnEarlierVersion(t *testing.T) {
	for name, test := range map[string]struct {
		without string
		wrong   bool
	}{
		"written before preorders": {without: "preorderable, order_by_date, keep_active_past_order_by_date, expected_ship_date, expected_ship_window_end_date"},
		"damaged":                  {without: "name", wrong: true},
	} {
		t.Run(name, func(t *testing.T) {
			memory := base(t, aheadOfTime())
			older := filepath.Join(t.TempDir(), "older.parquet")
			statement := fmt.Sprintf("COPY (SELECT * EXCLUDE (%s) FROM read_parquet('%s')) TO '%s' (FORMAT PARQUET)", test.without, memory.Objects["mirror_product"], older)
			if err := warehouse.ExecFile(t.Context(), filepath.Join(t.TempDir(), "scratch.duckdb"), statement); err != nil {
				t.Fatal(err)
			}
			memory.Objects["mirror_product"] = older
			w := open(t, nil)
			err := w.Restore(t.Context(), ledger.Memory{Objects: memory.Objects})
			if (err != nil) != test.wrong {
				t.Fatalf("Restore = %v", err)
			}
			if test.wrong {
				return
			}
			prepare(t, w, inputs(nil))
			rows := read(t, w, "mirror_product")
			if len(rows) != 1 || rows[0]["name"] != "Shirt" || rows[0]["preorderable"] != "" || rows[0]["expected_ship_date"] != "" {
				t.Errorf("mirror_product = %v", rows)
			}
		})
	}
}
