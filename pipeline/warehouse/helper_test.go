package warehouse_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/config"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/stage"
	"fairesync/pipeline/warehouse"
	"fairesync/transforms"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// envelope are the columns every item table begins with in these tests.
var envelope = []string{"_file", "_row", "_kind", "_problem", "_sku_id", "_style"}

// absent is how a test row says that a value is not there at all.
const absent = "\x00absent"

// relation writes a relation file: columns are the outer select's, one per line.
func relation(name, reads, key string, columns []string, from string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "-- relation: %s\n-- about: test\n-- grain: one row\n-- key: %s\n-- reads: %s\n-- as: table\nSELECT\n", name, key, reads)
	for i, column := range columns {
		comma := ","
		if i == len(columns)-1 {
			comma = ""
		}
		fmt.Fprintf(&b, "  %s%s -- meaning\n", column, comma)
	}
	b.WriteString(from + "\n")
	return b.String()
}

// set loads relations given as path: text.
func set(t testing.TB, files map[string]string) transforms.Set {
	t.Helper()
	fsys := fstest.MapFS{}
	for path, text := range files {
		fsys[path] = &fstest.MapFile{Data: []byte(text)}
	}
	loaded, err := transforms.Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

// open makes a warehouse that is closed with the test.
func open(t testing.TB, files map[string]string) *warehouse.Warehouse {
	t.Helper()
	return openIn(t, warehouse.Options{Set: set(t, files), Dir: filepath.Join(t.TempDir(), "staging")})
}

func openIn(t testing.TB, options warehouse.Options) *warehouse.Warehouse {
	t.Helper()
	options.Scratch = filepath.Join(t.TempDir(), "scratch")
	w, err := warehouse.Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// deliver writes rows into a table in batches of a size and returns the count Close gave.
func deliver(t testing.TB, w *warehouse.Warehouse, source string, table stage.Table, size int, rows [][]string) int64 {
	t.Helper()
	writer, err := w.Sink(source).Table(t.Context(), table)
	if err != nil {
		t.Fatal(err)
	}
	for first := 0; first < len(rows); first += size {
		batch := stage.NewBatch(len(table.Columns))
		for _, row := range rows[first:min(first+size, len(rows))] {
			for i, value := range row {
				if value == absent {
					batch.Columns[i].AppendNull()
				} else {
					batch.Columns[i].Append(value)
				}
			}
			batch.Rows++
		}
		if err := writer.Append(batch); err != nil {
			t.Fatal(err)
		}
	}
	count, err := writer.Close()
	if err != nil {
		t.Fatal(err)
	}
	return count
}

// item is a table of the envelope and foreign columns.
func item(fields map[string][]string, columns ...string) stage.Table {
	return stage.Table{Name: "item", Columns: append(append([]string(nil), envelope...), columns...), Fields: fields}
}

// sku is a row of an item table: number n, foreign values behind the envelope.
func sku(n int, values ...string) []string {
	return append([]string{"feed.csv", fmt.Sprint(n + 1), stage.KindSKU, absent, absent, "S1"}, values...)
}

func inputs(change func(*ledger.Inputs)) ledger.Inputs {
	made := ledger.Inputs{Brand: "luma", Account: catalog.Brand{ID: "b_1", Name: "Luma", Currency: "USD", Locale: "en_US"}, Now: noon,
		Config: config.Config{Brand: "luma", Sources: []config.Source{{Name: "wms", Kind: "files"}}}}
	if change != nil {
		change(&made)
	}
	return made
}

// prepare delivers one plain item when the test delivered none, and prepares.
func prepare(t testing.TB, w *warehouse.Warehouse, in ledger.Inputs) {
	t.Helper()
	if len(w.Entries()) == 0 {
		deliver(t, w, "wms", item(map[string][]string{"sku": {"sku"}}, "sku"), 10, [][]string{sku(1, "A-1")})
	}
	if err := w.Prepare(t.Context(), in); err != nil {
		t.Fatal(err)
	}
}

// read is a relation as rows of column=value, absent values left out.
func read(t testing.TB, w *warehouse.Warehouse, name string) []map[string]string {
	t.Helper()
	columns, rows, err := w.Relation(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	var made []map[string]string
	for _, row := range rows {
		cells := map[string]string{}
		for i, value := range row {
			if value != warehouse.Null {
				cells[columns[i]] = value
			}
		}
		made = append(made, cells)
	}
	return made
}

// mirror reads products from Faire as one walk.
func mirror(ctx context.Context, t testing.TB, w *warehouse.Warehouse, products ...catalog.Product) {
	t.Helper()
	writer, err := w.Mirror(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := writer.Append(ctx, products); err != nil {
		t.Fatal(err)
	}
	count, err := writer.Close()
	if err != nil || count != int64(len(products)) {
		t.Fatalf("Close = %d, %v", count, err)
	}
}
