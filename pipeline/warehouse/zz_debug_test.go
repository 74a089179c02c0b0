package warehouse_test

import (
	"fmt"
	"testing"
	"time"

	"fairesync/pipeline/config"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/plan"
	"fairesync/pipeline/warehouse"
	"fairesync/sql"
	"fairesync/transforms"
)

func TestDebugSQL(t *testing.T) {
	s, err := transforms.Load(sql.Files)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(s.Inputs())
	w := openIn(t, warehouse.Options{Set: s, Dir: t.TempDir(), Observe: func(n string) func() {
		b := time.Now()
		return func() { fmt.Println(n, time.Since(b)) }
	}})
	var rows [][]string
	for i := range 1000 {
		rows = append(rows, sku(i, fmt.Sprint("SKU-", i), "name", "12.00", "24.00"))
	}
	deliver(t, w, "wms", item(map[string][]string{"sku": {"code"}, "name": {"title"}}, "code", "title", "w", "r"), 1000, rows)
	mirror(t.Context(), t, w, manyProducts(10)...)
	prepare(t, w, inputs(func(in *ledger.Inputs) {
		in.Config.Prices = []config.Price{{Geography: "USA", Currency: "USD", Wholesale: "w", Retail: "r"}}
	}))
	if err := w.Transform(t.Context()); err != nil {
		t.Fatal(err)
	}
	ex, err := w.Exceptions(t.Context())
	fmt.Println(len(ex), err)
	n := 0
	err = w.Pairs(t.Context(), func(p plan.Pair, h string) error { n++; return nil })
	fmt.Println(n, err)
	c, err := w.Census(t.Context())
	fmt.Println(c, err)
	n = 0
	err = w.Rows(t.Context(), func(p plan.Row) error { n++; return nil })
	fmt.Println(n, err)
	fmt.Println(w.Digests(t.Context()))
	for _, r := range s.Relations() {
		if err := w.CheckKey(t.Context(), r.Name); err != nil {
			fmt.Println(err)
		}
		tb, err := w.TablesIn(t.Context(), r.SQL)
		_ = tb
		if err != nil {
			fmt.Println(r.Name, err)
		}
	}
}
