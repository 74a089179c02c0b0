package report_test

import (
	"fmt"
	"io"
	"testing"

	"fairesync/pipeline/check"
	"fairesync/pipeline/report"
)

// BenchmarkWrite writes the workbook of a brand with 20,000 exceptions.
func BenchmarkWrite(b *testing.B) {
	in := sample()
	for i := range 20_000 {
		e := check.Exception{Code: "PRICE_RATIO_LOW", Source: "wms", EntityKey: fmt.Sprintf("wms:%06d", i), SKU: fmt.Sprintf("%06d", i), Style: fmt.Sprintf("S%04d", i/10),
			Name: "Café chair, walnut", Category: "Furniture", Field: "price[USA]", Found: "10.00 / 11.99", Wanted: "12.50 to 100.00", Proposal: "retail at least 12.50, or wholesale at most 9.59", File: "items.csv", Row: int64(i)}
		in.Exceptions = append(in.Exceptions, e.Identify("luma"))
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := report.Write(io.Discard, in); err != nil {
			b.Fatal(err)
		}
	}
}
