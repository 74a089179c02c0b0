package warehouse_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fairesync/pipeline/stage"
	"fairesync/pipeline/warehouse"
)

const scanLimit = 64 << 20

// parquetFile writes a query's result as Parquet.
func parquetFile(t testing.TB, name, query string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	w := openIn(t, warehouse.Options{Dir: t.TempDir()})
	if err := warehouse.Exec(t.Context(), w, fmt.Sprintf("COPY (%s) TO '%s' (FORMAT PARQUET, ROW_GROUP_SIZE 2048)", query, path)); err != nil {
		t.Fatal(err)
	}
	return path
}

// scanned is a file read to its end: its columns as name: kind, and its rows; absent stands for null.
func scanned(ctx context.Context, t testing.TB, path string) (columns []string, rows [][]string, err error) {
	t.Helper()
	scratch := t.TempDir()
	scan, err := warehouse.ScanParquet(ctx, path, scratch, scanLimit)
	if err != nil {
		empty(t, scratch)
		return nil, nil, err
	}
	defer func() {
		if err := scan.Close(); err != nil {
			t.Error(err)
		}
		empty(t, scratch)
	}()
	for _, column := range scan.Columns() {
		columns = append(columns, column.Name+": "+column.Kind)
	}
	for {
		batch, err := scan.Batch(ctx, int64(len(rows)))
		if err != nil {
			return columns, rows, err
		}
		if batch.Rows == 0 {
			return columns, rows, nil
		}
		for i := range batch.Rows {
			var row []string
			for j := range batch.Columns {
				if text, there := batch.Columns[j].At(i); there {
					row = append(row, text)
				} else {
					row = append(row, absent)
				}
			}
			rows = append(rows, row)
		}
	}
}

// empty wants nothing to be left in a folder.
func empty(t testing.TB, dir string) {
	t.Helper()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left in the scratch folder: %v, %v", left, err)
	}
}

func TestScanParquet(t *testing.T) {
	for _, c := range []struct {
		name, query string
		columns     []string
		rows        [][]string
	}{
		{"numbers", "SELECT * FROM (VALUES (1, 24.50::DECIMAL(18,4), 24.5::DOUBLE, 12345678905::BIGINT, 12345678905::DOUBLE, 0.1::FLOAT), " +
			"(NULL, NULL, 24.499999999999996::DOUBLE, 9007199254740993::BIGINT, 1e23::DOUBLE, NULL)) v(small, price, noisy, upc, mangled, single)",
			[]string{"small: whole numbers", "price: decimal numbers", "noisy: floating-point numbers", "upc: whole numbers", "mangled: floating-point numbers", "single: floating-point numbers"},
			[][]string{{"1", "24.5000", "24.5", "12345678905", "12345678905.0", "0.1"}, {absent, absent, "24.499999999999996", "9007199254740993", "1e+23", absent}}},
		{"texts and blanks", "SELECT * FROM (VALUES ('  00123', ''), (NULL, 'a' || chr(10) || 'b')) v(\"Item #\", \"a.b\")",
			[]string{"Item #: texts", "a.b: texts"}, [][]string{{"  00123", ""}, {absent, "a\nb"}}},
		{"flags and times", "SELECT true AS f, DATE '2026-11-23' AS d, TIMESTAMP '2026-11-23 08:30:00.25' AS t, " +
			"TIMESTAMPTZ '2026-11-23 08:30:00+00' AS z, TIME '08:30:00' AS o",
			[]string{"f: true and false", "d: dates", "t: times", "z: times", "o: time64 values"},
			[][]string{{"true", "2026-11-23", "2026-11-23T08:30:00.25", "2026-11-23T08:30:00Z", "08:30:00"}}},
		{"lists", "SELECT ['a', NULL, 'b'] AS l, [24.50::DECIMAL(9,2)] AS n, []::VARCHAR[] AS none, NULL::VARCHAR[] AS no, " +
			"[{'url': 'https://x.test/1.jpg', 'position': 1}] AS images, [{'name': 'CAD', 'price': 3.10::DECIMAL(9,2)}] AS groups, [[1, 2], [3]] AS deep",
			[]string{"l: lists", "n: lists", "none: lists", "no: ", "images: lists", "groups: lists", "deep: lists"},
			[][]string{{"a\nb", "24.50", "", absent, "https://x.test/1.jpg", `[{"name":"CAD","price":3.10}]`, "[[1,2],[3]]"}}},
		{"objects", "SELECT {'amount': 24.50::DECIMAL(9,2), 'currency': 'USD', 'inner': {'it''s': 1}} AS price, MAP {'a \"b\"': 1.5::DOUBLE} AS m",
			[]string{"price.amount: decimal numbers", "price.currency: texts", "price.inner.it's: whole numbers", "m: map values"},
			[][]string{{"24.50", "USD", "1", `[{"key":"a \"b\"","value":1.5}]`}}},
		{"bytes that are text", "SELECT encode('Café') AS b", []string{"b: texts"}, [][]string{{"Café"}}},
		{"a column without values", "SELECT 'A' AS sku, NULL::INTEGER AS upc", []string{"sku: texts", "upc: "}, [][]string{{"A", absent}}},
		{"no rows", "SELECT 'A' AS sku WHERE false", []string{"sku: "}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			columns, rows, err := scanned(t.Context(), t, parquetFile(t, "feed[1]*.parquet", c.query))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.columns, columns); diff != "" {
				t.Errorf("columns (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.rows, rows); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

// Rows come in the order of the file, whatever number of row groups, and the batches are whole.
func TestScanParquetOrder(t *testing.T) {
	const size = 20_001
	_, rows, err := scanned(t.Context(), t, parquetFile(t, "feed.parquet", fmt.Sprintf("SELECT i AS n FROM range(%d) r(i)", size)))
	if err != nil || len(rows) != size {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, row := range rows {
		if row[0] != strconv.Itoa(i) {
			t.Fatalf("row %d is %v", i, row)
		}
	}
}

func TestScanParquetRefuses(t *testing.T) {
	good := parquetFile(t, "good.parquet", "SELECT 'A' AS sku FROM range(5000)")
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	damage := func(change func([]byte) []byte) string {
		path := filepath.Join(t.TempDir(), "bad.parquet")
		if err := os.WriteFile(path, change(append([]byte(nil), whole...)), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	// The engine itself writes no two names of one letter, but other programs do.
	renamed := func(query string) string {
		path := parquetFile(t, "c.parquet", query)
		data, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(path, bytes.ReplaceAll(data, []byte("namf"), []byte("NAME")), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct{ name, path, why string }{
		{"bytes that are no text", parquetFile(t, "b.parquet", "SELECT 'A' AS sku, 'a\\xE9'::BLOB AS raw"), `has bytes that are no text in column "raw", row 1`},
		{"names that differ in case", renamed("SELECT 'A' AS item, 'B' AS name, 'C' AS namf"), `has the column "NAME" twice; case does not tell columns apart`},
		{"names that differ in case within an object", renamed("SELECT 'A' AS item, {'name': 'B', 'namf': 'C'} AS x"), `has the column "NAME" twice; case does not tell columns apart`},
		{"cut off", damage(func(b []byte) []byte { return b[:len(b)/2] }), "is a damaged Parquet file, or of a kind that is not read"},
		{"overwritten", damage(func(b []byte) []byte {
			end := len(b) - 8
			copy(b[end-int(binary.LittleEndian.Uint32(b[end:])):], "xxxxxxxx")
			return b
		}), "is a damaged Parquet file, or of a kind that is not read"},
		{"a long row", parquetFile(t, "l.parquet", "SELECT repeat('x', 17 * 1024 * 1024) AS sku"), "has a row longer than 16 MiB"},
		{"a bomb", parquetFile(t, "m.parquet", "SELECT repeat('x', 1024 * 1024) AS sku FROM range(100)"), "holds more than 64 MiB of text, which is the limit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := scanned(t.Context(), t, c.path)
			var refused *stage.ScanError
			if !errors.As(err, &refused) || refused.Why != c.why || refused.Hint() == "" {
				t.Fatalf("got %v, want %q", err, c.why)
			}
		})
	}
}

// A number with a point reads back as the number it was: noise shows, and nothing is rounded away.
func TestScanParquetDoubles(t *testing.T) {
	var values []float64
	rapid.Check(t, func(r *rapid.T) {
		values = append(values, rapid.SliceOfN(rapid.Float64(), 1, 20).Draw(r, "values")...)
	})
	var list []string
	for _, value := range values {
		list = append(list, fmt.Sprintf("('%s'::DOUBLE)", strconv.FormatFloat(value, 'g', 17, 64)))
	}
	_, rows, err := scanned(t.Context(), t, parquetFile(t, "feed.parquet", "SELECT * FROM (VALUES "+strings.Join(list, ", ")+") v(n)"))
	if err != nil || len(rows) != len(values) {
		t.Fatalf("%d rows of %d, %v", len(rows), len(values), err)
	}
	for i, row := range rows {
		if back, err := strconv.ParseFloat(row[0], 64); err != nil || math.Float64bits(back) != math.Float64bits(values[i]) {
			t.Errorf("%v became %q", values[i], row[0])
		}
		if shortest := strconv.FormatFloat(values[i], 'g', -1, 64); len(digitsOf(row[0])) > len(digitsOf(shortest)) {
			t.Errorf("%s became %q", shortest, row[0])
		}
	}
}

// digitsOf are the digits of a number that count.
func digitsOf(number string) string {
	number, _, _ = strings.Cut(number, "e")
	return strings.Trim(strings.Trim(strings.ReplaceAll(number, "-", ""), "."), "0.")
}

// A scan that is over can reach no file, whatever it is asked.
func TestScanParquetIsLocked(t *testing.T) {
	path := parquetFile(t, "feed.parquet", "SELECT 'A' AS sku")
	scan, err := warehouse.ScanParquet(t.Context(), path, t.TempDir(), scanLimit)
	if err != nil {
		t.Fatal(err)
	}
	defer scan.Close() //nolint:errcheck // of the test
	for _, statement := range []string{"SELECT * FROM read_parquet('" + path + "')", "SET enable_external_access = true", "ATTACH '/tmp/x.duckdb'"} {
		if err := warehouse.ExecScan(t.Context(), scan, statement); err == nil {
			t.Errorf("%s was done", statement)
		}
	}
}

func TestScanParquetCancelled(t *testing.T) {
	path := parquetFile(t, "feed.parquet", "SELECT 'A' AS sku")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := scanned(ctx, t, path); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
}
