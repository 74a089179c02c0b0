package warehouse_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"
	"path/filepath"

	"fairesync/pipeline/config"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/plan"
	"fairesync/pipeline/stage"
	"fairesync/pipeline/warehouse"
	"fairesync/sql"
	"fairesync/transforms"
)

func TestZBench(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("N"))
	if n == 0 {
		t.Skip()
	}
	s, err := transforms.Load(sql.Files)
	if err != nil {
		t.Fatal(err)
	}
	b := time.Now()
	lap := func(what string) { fmt.Println(what, time.Since(b).Round(time.Millisecond)); b = time.Now() }
	dir := t.TempDir()
	w := openIn(t, warehouse.Options{Set: s, Dir: dir, MemoryLimit: os.Getenv("MEM"), Observe: func(n string) func() {
		b := time.Now()
		fmt.Print(n, " "); return func() { if d := time.Since(b); d > 300*time.Millisecond { fmt.Println("   ", n, d.Round(time.Millisecond)) } }
	}})
	table := item(map[string][]string{"sku": {"alt", "code"}, "name": {"title"}, "description": {"body"}, "option1_value": {"color"}, "option2_value": {"size"}, "images": {"image"}, "gtin": {"upc"}, "quantity": {"qty"}}, "code", "alt", "title", "body", "color", "size", "image", "upc", "qty", "w", "r", "x1", "x2", "x3", "x4", "x5", "x6")
	writer, err := w.Sink("wms").Table(t.Context(), table)
	if err != nil {
		t.Fatal(err)
	}
	for first := 0; first < n; first += stage.BatchRows {
		batch := stage.NewBatch(len(table.Columns))
		for i := first; i < min(first+stage.BatchRows, n); i++ {
			st := i / 6
			batch.AppendRow("feed.csv", strconv.Itoa(i+2), "sku", "", "", fmt.Sprint("S", st), fmt.Sprint("SKU-", i), "", fmt.Sprint("Shirt number ", st), fmt.Sprintf("<p>Body of %d</p><ul><li>one</li><li>two</li></ul> and some more text that goes on for a while", st), []string{"Red", "Blue"}[i%2], []string{"S", "M", "L"}[i%3], fmt.Sprintf("https://img.example.com/%d.jpg?v=1", i), "", strconv.Itoa(i%50), "12.00", "24.00", "a", "b", "c", "", "", "")
		}
		if err := writer.Append(batch); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	lap("ingest")
	m, _ := w.Mirror(t.Context())
	for i := range n / 6 {
		_ = m.Append(t.Context(), manyProducts(1)[:0])
		p := shirt(fmt.Sprint("p_", i), fmt.Sprint("Shirt number ", i), noon)
		p.Variants[0].SKU = fmt.Sprint("SKU-", i*6)
		p.Variants[1].SKU = fmt.Sprint("SKU-", i*6+1)
		if err := m.Append(t.Context(), append(manyProducts(0), p)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := m.Close(); err != nil {
		t.Fatal(err)
	}
	lap("mirror")
	prepare(t, w, inputs(func(in *ledger.Inputs) {
		in.Config.Prices = []config.Price{{Geography: "USA", Currency: "USD", Wholesale: "w", Retail: "r"}}
	}))
	lap("prepare")
	if os.Getenv("SQL") != "" {
		if err := w.Transform(t.Context()); err != nil {
			t.Fatal(err)
		}
		lap("transform")
		ex, err := w.Exceptions(t.Context())
		lap(fmt.Sprint("exceptions ", len(ex), err))
		c := 0
		err = w.Pairs(t.Context(), func(p plan.Pair, h string) error { c++; return nil })
		lap(fmt.Sprint("pairs ", c, err))
		c = 0
		err = w.Rows(t.Context(), func(p plan.Row) error { c++; return nil })
		lap(fmt.Sprint("rows ", c, err))
		_, _, err = w.Digests(t.Context())
		lap(fmt.Sprint("digests ", err))
	}
	book := warehouse.OpenBook(filepath.Join(t.TempDir(), "brand.duckdb"))
	rec := ledger.Record{Run: "r1", Now: noon, MirrorDir: filepath.Join(dir, "faire"), States: map[string]plan.State{}}
	for i := range n / 6 {
		id := fmt.Sprint("p_", i)
		rec.States[id] = state("wms:S"+strconv.Itoa(i), id, "v1"+id, "v2"+id)
	}
	lap("make record")
	if err := book.Record(t.Context(), rec); err != nil {
		t.Fatal(err)
	}
	lap("record")
	od := t.TempDir()
	if _, err := book.Open(t.Context(), od); err != nil {
		t.Fatal(err)
	}
	lap("open")
	if _, err := book.Open(t.Context(), od); err != nil {
		t.Fatal(err)
	}
	lap("open again")
	if err := book.Record(t.Context(), rec); err != nil {
		t.Fatal(err)
	}
	lap("record again")
	st, _ := os.ReadFile("/proc/self/status")
	for _, l := range splitLines(string(st)) {
		if len(l) > 5 && (l[:5] == "VmHWM") {
			fmt.Println(l)
		}
	}
	es, _ := os.ReadDir(od)
	for _, e := range es { i, _ := e.Info(); fmt.Println(i.Size()) }
}

func splitLines(s string) (out []string) {
	for len(s) > 0 {
		i := 0
		for i < len(s) && s[i] != '\n' {
			i++
		}
		out = append(out, s[:i])
		s = s[min(i+1, len(s)):]
	}
	return
}
