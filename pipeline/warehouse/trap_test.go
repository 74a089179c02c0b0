package warehouse_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/check"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/plan"
	"fairesync/pipeline/warehouse"
)

// These tests hold the traps of the engine that design §3 lists: each fails if somebody steps into it again.

// The engine's CSV reader returns a fragment of a record as a row now and then. Feeds are read in Go; nothing here may use it.
func TestTrapCSVReader(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(file, "_test.go") && strings.Contains(string(text), "read_csv") {
			t.Errorf("%s reads CSV through the engine", file)
		}
	}
}

// Rows come out sorted even where the engine forgets an ORDER BY: behind a materialised CTE, without preserved insertion order.
func TestTrapOrder(t *testing.T) {
	const rows = 200_000
	w := openIn(t, warehouse.Options{Dir: t.TempDir(), Threads: 4, Set: set(t, map[string]string{
		"60_compare/row_account.sql": strings.Replace(strings.Replace(relation("row_account", "item", "row", []string{"NULL AS source", "NULL AS file", "i AS \"row\"",
			"'sku' || i AS sku", "NULL AS style", "NULL AS name", "NULL AS product_key", "NULL AS variant_key", "NULL AS product_id", "NULL AS variant_id",
			"NULL AS lifecycle", "NULL AS ignored_by", "NULL AS blocked_by"}, "FROM shuffled"), "SELECT\n",
			fmt.Sprintf("WITH shuffled AS MATERIALIZED (SELECT i FROM range(%d) r(i) ORDER BY hash(i))\nSELECT\n", rows), 1), "as: table", "as: view", 1)})})
	if err := warehouse.Exec(t.Context(), w, "SET preserve_insertion_order = false"); err != nil {
		t.Fatal(err)
	}
	prepare(t, w, inputs(nil))
	if err := w.Transform(t.Context()); err != nil {
		t.Fatal(err)
	}
	next := int64(0)
	if err := w.Rows(t.Context(), func(row plan.Row) error {
		if row.Row != next {
			return fmt.Errorf("row %d where %d is due", row.Row, next)
		}
		next++
		return nil
	}); err != nil || next != rows {
		t.Errorf("%d rows, %v", next, err)
	}
}

// Parquet turns HUGEINT into DOUBLE: no stored column may have a type that changes, and whole numbers and digests come back as
// they went.
func TestTrapParquetTypes(t *testing.T) {
	dir := t.TempDir()
	w := openIn(t, warehouse.Options{Dir: dir})
	product := shirt("p_1", "Shirt", noon)
	product.UnitMultiplier = math.MaxInt64
	product.Variants[0].Available = number(math.MinInt64)
	product.Variants[0].Prices[1].Wholesale = 9_007_199_254_740_993 // no DOUBLE
	mirror(t.Context(), t, w, product)
	prepare(t, w, inputs(nil))
	digest := strings.Repeat("f", 64)
	objects := recorded(t, ledger.Record{Run: "r1", Now: noon, MirrorDir: filepath.Join(dir, "faire"),
		States: map[string]plan.State{"p_1": state("wms:a", "p_1", "v1")}, HeldDigest: map[string]string{"p_1": digest},
		Types: []catalog.Type{{ID: "tt_1"}}, Exceptions: []check.Exception{{ID: "x1"}}, Generations: map[string]int{"k": 1}})
	files := map[string]string{}
	for name, path := range objects {
		files[name] = path
	}
	for _, pattern := range []string{"wms/*.parquet", "faire/*.parquet"} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("%v, %v", found, err)
		}
		for _, path := range found {
			files["staged "+filepath.Base(path)] = path
		}
	}
	for name, path := range files {
		types, err := warehouse.ParquetTypes(t.Context(), path)
		if err != nil || len(types) == 0 {
			t.Errorf("%s: %v", name, err)
		}
		for column, kind := range types {
			switch kind {
			case "VARCHAR", "BIGINT", "BOOLEAN", "TIMESTAMP":
			default:
				t.Errorf("%s: column %s is %s", name, column, kind)
			}
		}
	}
	back := restored(t, objects)
	got := []string{read(t, back, "mirror_product")[0]["unit_multiplier"], read(t, back, "mirror_variant")[0]["available"],
		read(t, back, "mirror_price")[1]["wholesale"], read(t, back, "product_state")[0]["held_digest"]}
	if diff := cmp.Diff([]string{fmt.Sprint(math.MaxInt64), fmt.Sprint(math.MinInt64), "9007199254740993", digest}, got); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
}

// Blank and absent are one thing by the time SQL compares: NULL, never ”.
func TestTrapBlankIsNull(t *testing.T) {
	w := open(t, nil)
	deliver(t, w, "wms", item(map[string][]string{"sku": {"sku"}, "name": {"a || b"}, "gtin": {"trim(b)"}, "images": {"a", "b"}}, "sku", "a", "b"), 3,
		[][]string{sku(1, "", "x", ""), sku(2, absent, " ", absent), sku(3, "\n\t", "x", "y")})
	mirror(t.Context(), t, w, catalog.Product{FaireID: "p_1", Variants: []catalog.Variant{{FaireID: "v_1"}}, Images: []catalog.Image{{ID: "i_1"}}})
	w.Sink("wms").Except(check.Exception{Code: "FEED_ROW_SHAPE"})
	prepare(t, w, inputs(func(in *ledger.Inputs) { in.Account.ID = "" }))
	for _, name := range []string{"item", "item_price", "mirror_product", "mirror_variant", "mirror_image", "setting", "feed_exception"} {
		columns, rows, err := w.Relation(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			for i, value := range row {
				if strings.TrimSpace(value) == "" {
					t.Errorf("%s: %s is %q", name, columns[i], value)
				}
			}
		}
	}
	var got []string
	for _, row := range read(t, w, "item") {
		got = append(got, row["name"]+"|"+row["gtin"]+"|"+row["images"])
	}
	if diff := cmp.Diff([]string{"||x", "||", "xy|y|x\ny"}, got); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
}
