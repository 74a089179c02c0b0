package edges

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "github.com/marcboeker/go-duckdb" // writes Parquet for these tests

	"fairesync/pipeline/config"
	"fairesync/pipeline/source"
	"fairesync/pipeline/source/sourcetest"
	"fairesync/pipeline/stage"
	"fairesync/pipeline/warehouse"
)

// parquet writes a query's result to a folder.
func parquet(t testing.TB, dir, name, query string) string {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name)
	_, err = db.ExecContext(t.Context(), fmt.Sprintf("COPY (%s) TO '%s' (FORMAT PARQUET)", query, path))
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// feedOf is a source over files, with what the program gives it.
func feedOf(t testing.TB, path string) source.Source {
	t.Helper()
	one, err := source.New(source.Options{Settings: config.Source{Name: "wms", Kind: "files", Path: path}, Scratch: t.TempDir(), Parquet: warehouse.ScanParquet})
	if err != nil {
		t.Fatal(err)
	}
	return one
}

// catalogueQuery is a catalogue of some size.
func catalogueQuery(size int) string {
	return fmt.Sprintf(`SELECT 'S-' || i AS "SKU", 'Tee ' || i || ',' || chr(10) || 'in "linen"' AS "Name", (10 + i %% 7)::DECIMAL(18,2) + 0.50 AS "Wholesale",
		(30 + i %% 7)::DOUBLE AS "Retail", 'T-' || (i // 3) AS "Style", ['https://img.example.test/' || i || '.jpg'] AS "Image", NULL::INTEGER AS "UPC" FROM range(%d) r(i)`, size)
}

// catalogueRows are its rows as every format gives them.
func catalogueRows(size int) []map[string]string {
	var want []map[string]string
	for i := range size {
		want = append(want, map[string]string{
			"SKU": fmt.Sprintf("S-%d", i), "Name": fmt.Sprintf("Tee %d,\nin \"linen\"", i), "Wholesale": fmt.Sprintf("%d.50", 10+i%7), "UPC": "",
			"_style": fmt.Sprintf("T-%d", i/3), "_row": strconv.Itoa(i + 1), "_kind": "sku", "_problem": "",
			"_images": fmt.Sprintf("https://img.example.test/%d.jpg", i),
		})
	}
	return want
}

// TestParquetFeed runs the suite of all sources over Parquet: the rows are those the other formats give.
func TestParquetFeed(t *testing.T) {
	sourcetest.Run(t, sourcetest.Suite{
		New: func(t testing.TB, size int) sourcetest.Source {
			return feedOf(t, parquet(t, t.TempDir(), "feed.parquet", catalogueQuery(size)))
		},
		Sizes: []int{1, stage.BatchRows + 1},
		Want:  catalogueRows,
		Breaks: []sourcetest.Break{{Name: "cut off", Says: "cut off", New: func(t testing.TB) sourcetest.Source {
			path := parquet(t, t.TempDir(), "feed.parquet", catalogueQuery(5))
			if info, err := os.Stat(path); err != nil {
				t.Fatal(err)
			} else if err := os.Truncate(path, info.Size()-5); err != nil {
				t.Fatal(err)
			}
			return feedOf(t, path)
		}}},
	})
}

// TestParquetInGzip: the scan reads what was unpacked.
func TestParquetInGzip(t *testing.T) {
	path := parquet(t, t.TempDir(), "feed.parquet", catalogueQuery(3))
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err = w.Write(data)
	if err = errors.Join(err, w.Close(), os.WriteFile(path, out.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	var skus []string
	for _, row := range sinkOf(t, feedOf(t, path)).Rows("item") {
		skus = append(skus, row["SKU"]+" "+row["Wholesale"])
	}
	if diff := cmp.Diff([]string{"S-0 10.50", "S-1 11.50", "S-2 12.50"}, skus); diff != "" {
		t.Fatal(diff)
	}
}

// TestParquetParts: the files of one feed have the same columns, and of the same kind where they have values.
func TestParquetParts(t *testing.T) {
	const row = `SELECT 'A-%d' AS sku, 'Tee' AS name, `
	const next = "write all files of the feed with the same types"
	for _, c := range []struct{ name, first, second, refused, hint string }{
		{"a column without values", `'012345678905' AS upc`, `NULL::INTEGER AS upc`, "", ""},
		{"numbers of another width", `1::INTEGER AS upc`, `2::BIGINT AS upc`, "", ""},
		{"a text and a number", `'012345678905' AS upc`, `12345678905 AS upc`, `source wms: part-2.parquet has whole numbers in column "upc", and part-1.parquet has texts`, next},
		{"a number and a number with a point", `12345678905 AS upc`, `12345678905::DOUBLE AS upc`, `source wms: part-2.parquet has floating-point numbers in column "upc", and part-1.parquet has whole numbers`, next},
		{"other columns", `1 AS upc`, `1 AS ean`, `source wms: part-2.parquet has another header than part-1.parquet: column 3 is "ean", not "upc"`, "the files of one feed must have the same columns in the same order"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			parquet(t, dir, "part-1.parquet", fmt.Sprintf(row, 1)+c.first)
			parquet(t, dir, "part-2.parquet", fmt.Sprintf(row, 2)+c.second)
			sink := sourcetest.NewMemorySink()
			err := feedOf(t, filepath.Join(dir, "*.parquet")).Extract(t.Context(), sink)
			if c.refused == "" {
				if err != nil || len(sink.Rows("item")) != 2 {
					t.Fatalf("%d rows, %v", len(sink.Rows("item")), err)
				}
				return
			}
			var hinted interface{ Hint() string }
			if !errors.As(err, &hinted) {
				t.Fatalf("got %v", err)
			}
			if diff := cmp.Diff([]string{c.refused, c.hint}, []string{err.Error(), hinted.Hint()}); diff != "" {
				t.Fatal(diff)
			}
		})
	}
}

// TestParquetRefusals: what a scan refuses is told of the file.
func TestParquetRefusals(t *testing.T) {
	for _, c := range []struct{ name, query, want string }{
		{"bytes", `SELECT 'A' AS sku, 'Tee' AS name, 'a\xE9'::BLOB AS raw`, `source wms: feed.parquet has bytes that are no text in column "raw", row 1`},
		{"no SKU", `SELECT 'A' AS id, 'Tee' AS name`, `source wms: feed.parquet has no column for the SKU beside another known one; its columns are id, name`},
	} {
		t.Run(c.name, func(t *testing.T) {
			sink := sourcetest.NewMemorySink()
			err := feedOf(t, parquet(t, t.TempDir(), "feed.parquet", c.query)).Extract(t.Context(), sink)
			if err == nil || err.Error() != c.want || sink.Closed("item") {
				t.Fatalf("got %v, want %s", err, c.want)
			}
		})
	}
	t.Run("no rows", func(t *testing.T) {
		if rows := sinkOf(t, feedOf(t, parquet(t, t.TempDir(), "feed.parquet", catalogueQuery(0)))).Rows("item"); len(rows) != 0 {
			t.Fatalf("%d rows", len(rows))
		}
	})
}

func sinkOf(t testing.TB, one source.Source) *sourcetest.MemorySink {
	t.Helper()
	sink := sourcetest.NewMemorySink()
	if err := one.Extract(t.Context(), sink); err != nil {
		t.Fatal(err)
	}
	return sink
}
