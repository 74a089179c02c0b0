package report_test

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"

	"github.com/xuri/excelize/v2"
)

// manyAnswers is a workbook with so many answered rows, 20 columns wide, and as many that nobody answered.
func manyAnswers(t testing.TB, answers int) []byte {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	file := excelize.NewFile()
	defer file.Close() //nolint:errcheck // in memory
	must(file.SetSheetName("Sheet1", "Prices"))
	stream, err := file.NewStreamWriter("Prices")
	must(err)
	header := append([]any{}, decisionHeader...)
	for n := range 11 {
		header = append(header, fmt.Sprintf("Column %d", n))
	}
	must(stream.SetRow("A1", header))
	for n := range 2 * answers {
		row := answerRow(fmt.Sprintf("TP-%06d", n), "", nil, n)
		if n%2 == 0 {
			row[3], row[4], row[5], row[6] = "set retail", fmt.Sprintf("%d.50", n%1000+1), "as agreed with the buyer", "Ann"
		}
		for c := range 11 {
			row = append(row, fmt.Sprintf("text of column %d in row %d", c, n))
		}
		must(stream.SetRow(fmt.Sprintf("A%d", n+2), row))
	}
	must(stream.Flush())
	_, err = file.NewSheet("Meta")
	must(err)
	for y, row := range metaSheet().rows {
		must(file.SetSheetRow("Meta", fmt.Sprintf("A%d", y+1), &row))
	}
	var out bytes.Buffer
	must(file.Write(&out))
	return out.Bytes()
}

// BenchmarkReadAnswers reads 50,000 answers among 100,000 rows of 20 cells. held is what the answers themselves need.
func BenchmarkReadAnswers(b *testing.B) {
	const answers = 50_000
	data := manyAnswers(b, answers)
	var before, after runtime.MemStats
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		book := mustRead(b, data)
		if len(book.Answers) != answers {
			b.Fatalf("%d answers, want %d", len(book.Answers), answers)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(book)
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "held-MiB")
}
