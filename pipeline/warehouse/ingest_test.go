package warehouse_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"fairesync/pipeline/stage"
	"fairesync/pipeline/warehouse"
)

func TestIngestKeepsEveryValue(t *testing.T) {
	rows := [][]string{
		sku(1, "A-1", "two\nlines, \"quoted\""),
		sku(2, "", "empty SKU"),
		sku(3, absent, "no SKU"),
		sku(4, " \t\u00a0", "blank SKU"),
		sku(5, " A-5 ", "Ünïcödé 日本 🧵"),
		sku(6, "bad\xff\xfebytes", "cut r\xc3"),
		sku(7, "\xa9 follows", strings.Repeat("long ", 3000)),
	}
	var first stage.Entry
	for _, size := range []int{1, 2, 3, 7, 2048} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			w := open(t, nil)
			if got := deliver(t, w, "wms", item(nil, "sku", "name"), size, rows); got != int64(len(rows)) {
				t.Errorf("Close says %d rows", got)
			}
			entry := w.Entries()[0]
			if first.Digest == "" {
				first = entry
			}
			if diff := cmp.Diff(first, entry); diff != "" {
				t.Errorf("entry depends on the batches (-first +now):\n%s", diff)
			}
			want := []map[string]string{}
			for i, row := range rows {
				cells := map[string]string{"n": fmt.Sprint(i + 1), "c1": row[0], "c2": row[1], "c3": row[2], "c6": row[5],
					"c7": strings.ToValidUTF8(row[6], "\ufffd"), "c8": strings.ToValidUTF8(row[7], "\ufffd")}
				if row[6] == absent || strings.TrimSpace(row[6]) == "" {
					delete(cells, "c7")
				}
				want = append(want, cells)
			}
			if diff := cmp.Diff(want, read(t, w, "raw_wms_item")); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDigestTellsDeliveriesApart(t *testing.T) {
	base := [][]string{sku(1, "a", "b"), sku(2, "c", "d")}
	deliveries := map[string][][]string{
		"base":             base,
		"another value":    {sku(1, "a", "b"), sku(2, "c", "e")},
		"another order":    {sku(2, "c", "d"), sku(1, "a", "b")},
		"one row less":     base[:1],
		"empty for absent": {sku(1, "a", ""), sku(2, "c", "d")},
		"absent":           {sku(1, "a", absent), sku(2, "c", "d")},
		"moved edge":       {sku(1, "ac", "b"), sku(2, "", "d")},
		"swapped columns":  {sku(1, "b", "a"), sku(2, "d", "c")},
	}
	seen := map[string]string{}
	for name, rows := range deliveries {
		w := open(t, nil)
		deliver(t, w, "wms", item(nil, "x", "y"), 5, rows)
		sum := w.Entries()[0].Digest
		if other, ok := seen[sum]; ok {
			t.Errorf("%s and %s have the same digest", name, other)
		}
		seen[sum] = name
	}
	w := open(t, nil)
	deliver(t, w, "wms", item(nil, "x", "z"), 5, base)
	if other, ok := seen[w.Entries()[0].Digest]; ok {
		t.Errorf("a renamed column and %s have the same digest", other)
	}
}

func TestIngestEmptyTable(t *testing.T) {
	w := open(t, nil)
	if got := deliver(t, w, "wms", item(nil, "sku"), 1, nil); got != 0 {
		t.Errorf("Close says %d rows", got)
	}
	if got := read(t, w, "raw_wms_item"); got != nil {
		t.Errorf("rows %v", got)
	}
	if entries := w.Entries(); len(entries) != 1 || entries[0].Rows != 0 || !entries[0].Complete {
		t.Errorf("entries %+v", entries)
	}
	prepare(t, w, inputs(nil))
	if got := read(t, w, "item"); got != nil {
		t.Errorf("items %v", got)
	}
}

// The number of rows must be that of the records, whatever the cells hold: the engine's own CSV reader loses this with line
// breaks inside quotes, which is why rows come as Arrow batches.
func TestIngestLarge(t *testing.T) {
	const rows = 200_000
	w := open(t, nil)
	table := item(map[string][]string{"sku": {"sku"}}, "sku", "description")
	writer, err := w.Sink("wms").Table(t.Context(), table)
	if err != nil {
		t.Fatal(err)
	}
	for first := 0; first < rows; first += stage.BatchRows {
		batch := stage.NewBatch(len(table.Columns))
		for i := first; i < min(first+stage.BatchRows, rows); i++ {
			batch.AppendRow("feed.csv", fmt.Sprint(i+2), stage.KindSKU, "", "", fmt.Sprint("S", i/4), fmt.Sprint("SKU-", i), "a \"quoted\"\nline,\r\nbreak")
		}
		if err := writer.Append(batch); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := writer.Close(); err != nil || got != rows {
		t.Fatalf("Close = %d, %v", got, err)
	}
	if err := w.Prepare(t.Context(), inputs(nil)); err != nil {
		t.Fatal(err)
	}
	if got := w.Entries()[0].Rows; got != rows {
		t.Errorf("%d rows", got)
	}
}

func TestTableIsDeliveredOnlyWhenClosed(t *testing.T) {
	w := open(t, nil)
	writer, err := w.Sink("wms").Table(t.Context(), item(nil, "sku"))
	if err != nil {
		t.Fatal(err)
	}
	batch := stage.NewBatch(7)
	batch.AppendRow("f", "1", "sku", "", "", "S", "A")
	if err := writer.Append(batch); err != nil {
		t.Fatal(err)
	}
	if entries := w.Entries(); entries != nil {
		t.Errorf("an open table is delivered: %+v", entries)
	}
	err = w.Prepare(t.Context(), inputs(nil))
	if err == nil || !strings.Contains(err.Error(), "source wms did not deliver") {
		t.Errorf("Prepare = %v", err)
	}
	if _, _, err := w.Relation(t.Context(), "raw_wms_item"); err == nil {
		t.Error("the table is there")
	}
	if err := writer.Append(batch); err == nil {
		t.Error("a table that was given up takes rows")
	}
	if _, err := writer.Close(); err == nil {
		t.Error("a table that was given up can be closed")
	}
}

func TestIngestRefusals(t *testing.T) {
	w := open(t, nil)
	sink := w.Sink("wms")
	for name, columns := range map[string][]string{"none": nil, "twice": {"a", "a"}, "unnamed": {"a", ""}} {
		if _, err := sink.Table(t.Context(), stage.Table{Name: name, Columns: columns}); err == nil {
			t.Errorf("columns %q are taken", columns)
		}
	}
	deliver(t, w, "wms", stage.Table{Name: "once", Columns: []string{"a"}}, 1, nil)
	if _, err := sink.Table(t.Context(), stage.Table{Name: "once", Columns: []string{"a"}}); err == nil {
		t.Error("a table can be opened twice")
	}
	malformed := map[string]*stage.Batch{
		"columns": stage.NewBatch(1),
		"rows":    {Rows: 2, Columns: []stage.Text{{Data: []byte("a"), Ends: []int32{1}, Null: []bool{false}}, {Ends: []int32{0, 0}, Null: []bool{true, true}}}},
		"ends":    {Rows: 1, Columns: []stage.Text{{Data: []byte("a"), Ends: []int32{2}, Null: []bool{false}}, {Ends: []int32{0}, Null: []bool{true}}}},
		"falling": {Rows: 2, Columns: []stage.Text{{Data: []byte("ab"), Ends: []int32{2, 1}, Null: []bool{false, false}}, {Ends: []int32{0, 0}, Null: []bool{true, true}}}},
		"rest":    {Rows: 1, Columns: []stage.Text{{Data: []byte("ab"), Ends: []int32{1}, Null: []bool{false}}, {Ends: []int32{0}, Null: []bool{true}}}},
		"null":    {Rows: 1, Columns: []stage.Text{{Data: []byte("a"), Ends: []int32{1}, Null: []bool{true}}, {Ends: []int32{0}, Null: []bool{true}}}},
	}
	for name, batch := range malformed {
		writer, err := sink.Table(t.Context(), stage.Table{Name: name, Columns: []string{"a", "b"}})
		if err != nil {
			t.Fatal(err)
		}
		if err := writer.Append(batch); err == nil {
			t.Errorf("%s: the batch is taken", name)
		}
		if _, err := writer.Close(); err == nil {
			t.Errorf("%s: the table can be closed", name)
		}
	}
}

func TestIngestCancelled(t *testing.T) {
	w := open(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	writer, err := w.Sink("wms").Table(ctx, stage.Table{Name: "item", Columns: []string{"a"}})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	for range 100 { // more than fit into the stream
		batch := stage.NewBatch(1)
		batch.AppendRow("x")
		if err = writer.Append(batch); err != nil {
			break
		}
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Append = %v", err)
	}
	if _, err := writer.Close(); err == nil {
		t.Error("the table can be closed")
	}
}

func TestPages(t *testing.T) {
	dir := t.TempDir()
	contents := map[string]string{"products-0001.json": strings.Repeat(`{"a": 1}`, 1000), "feed.csv": "sku\nA\n", "empty.json": ""}
	sums := map[string]string{}
	for _, run := range []string{"one", "two"} {
		w := openIn(t, warehouse.Options{Dir: filepath.Join(dir, run)})
		sink := w.Sink("wms")
		for name, content := range contents {
			page, err := sink.Page(name)
			if err != nil {
				t.Fatal(err)
			}
			for part := range strings.SplitSeq(content, ",") {
				if _, err := io.WriteString(page, part); err != nil {
					t.Fatal(err)
				}
			}
			if err := page.Close(); err != nil {
				t.Fatal(err)
			}
			if err := page.Close(); err == nil {
				t.Error("a page can be closed twice")
			}
			if _, err := sink.Page(name); err == nil {
				t.Error("a page can be kept twice")
			}
		}
		open, err := sink.Page("open.json")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(open, "lost"); err != nil {
			t.Fatal(err)
		}
		deliver(t, w, "wms", item(nil, "sku"), 1, nil)
		var want []stage.File
		for _, name := range []string{"empty.json", "feed.csv", "products-0001.json"} {
			content := strings.ReplaceAll(contents[name], ",", "")
			sum := sha256.Sum256([]byte(content))
			want = append(want, stage.File{Name: name, Bytes: int64(len(content)), SHA256: hex.EncodeToString(sum[:])})
		}
		if diff := cmp.Diff(want, w.Entries()[0].Files); diff != "" {
			t.Errorf("files (-want +got):\n%s", diff)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		entries, err := os.ReadDir(filepath.Join(dir, run, "wms", "pages"))
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, entry := range entries {
			names = append(names, entry.Name())
			info, err := entry.Info()
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s has mode %v, %v", entry.Name(), info.Mode(), err)
			}
			data, err := os.ReadFile(filepath.Join(dir, run, "wms", "pages", entry.Name()))
			if err != nil {
				t.Fatal(err)
			}
			if run == "two" && sums[entry.Name()] != string(data) {
				t.Errorf("%s differs between two runs", entry.Name())
			}
			sums[entry.Name()] = string(data)
		}
		if diff := cmp.Diff([]string{"empty.json.zst", "feed.csv", "products-0001.json.zst"}, names); diff != "" {
			t.Errorf("names (-want +got):\n%s", diff)
		}
	}
	unpack, err := zstd.NewReader(bytes.NewReader([]byte(sums["products-0001.json.zst"])))
	if err != nil {
		t.Fatal(err)
	}
	defer unpack.Close()
	if got, err := io.ReadAll(unpack); err != nil || string(got) != contents["products-0001.json"] {
		t.Errorf("unpacked %d bytes, %v", len(got), err)
	}
	for _, name := range []string{"", ".", "..", "a/b", `a\b`, "/etc/passwd", ".hidden"} {
		if _, err := open(t, nil).Sink("wms").Page(name); err == nil {
			t.Errorf("page name %q is taken", name)
		}
	}
}
