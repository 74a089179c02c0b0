package main

import (
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"fairesync/fixtures/generate"
	"fairesync/pipeline/ledger"
)

// benchedStyles are the styles of a generated catalogue that come to about so many variants.
var benchedStyles = []struct {
	name   string
	styles int
}{{"10k", 930}, {"200k", 18_600}}

// BenchmarkRun is a whole run from a CSV feed against a sandbox without limits of pace, and the steps it is made of: first when all has
// to be created, then the next hour, when nothing has changed. Times by step are the run's own (ms of its summary).
//
//	go test ./cmd/fairesync -run '^$' -bench BenchmarkRun -benchtime 1x
func BenchmarkRun(b *testing.B) {
	for _, size := range benchedStyles {
		b.Run(size.name, func(b *testing.B) {
			dir := b.TempDir()
			variants := writeBenchFeed(b, dir, size.styles)
			var box *httptest.Server
			defer func() { box.Close() }()
			b.Run("first", func(b *testing.B) {
				for b.Loop() {
					b.StopTimer()
					if box != nil {
						box.Close()
					}
					box = httptest.NewServer(newBox())
					if err := os.RemoveAll(filepath.Join(dir, "state")); err != nil {
						b.Fatal(err)
					}
					writeBenchConfig(b, dir, box.URL)
					b.StartTimer()
					report(b, variants, benchRun(b, dir, size.styles))
				}
			})
			b.Run("next", func(b *testing.B) {
				for b.Loop() {
					report(b, variants, benchRun(b, dir, 0))
				}
			})
		})
	}
}

// benchRun runs the brand once and wants as many products to be created.
func benchRun(b *testing.B, dir string, creates int) ledger.Summary {
	b.Helper()
	p := newProgram()
	if code := p.run("run", "--json", "-q", "-c", filepath.Join(dir, "fairesync.yaml")); code != 0 {
		b.Fatalf("exit code %d: %s", code, p.stderr.String())
	}
	s := summaryOf(b, p.stdout.String())
	if got := s.Changes["product"]["create"]; got != creates {
		b.Fatalf("%d creates, not %d", got, creates)
	}
	return s
}

func report(b *testing.B, variants int64, s ledger.Summary) {
	b.Helper()
	if s.SourceRows != variants {
		b.Fatalf("%d rows were read, not %d", s.SourceRows, variants)
	}
	for _, step := range []string{"extract", "transform", "plan", "report", "load", "record"} {
		b.ReportMetric(float64(s.MS[step])/1000, "s-"+step)
	}
	b.ReportMetric(float64(s.Requests.Sent), "writes")
}

// writeBenchFeed writes the feed and says how many SKUs it has.
func writeBenchFeed(b *testing.B, dir string, styles int) int64 {
	b.Helper()
	c := generate.Catalogue{Styles: styles, Seed: 5}
	file, err := os.Create(filepath.Join(dir, "feed.csv")) //nolint:gosec // a folder of the benchmark
	if err != nil {
		b.Fatal(err)
	}
	if err := c.Rows(io.Writer(file)); err != nil {
		b.Fatal(err)
	}
	if err := file.Close(); err != nil {
		b.Fatal(err)
	}
	var variants int64
	for place := range styles {
		variants += int64(len(c.Style(place).SKUs()))
	}
	return variants
}

func writeBenchConfig(b *testing.B, dir, url string) {
	b.Helper()
	config := fmt.Sprintf(`brand: bench
state: state
settings:
  merchant: {inventory_sync: true, product_sync: true}
  cart: {inventory_sync: true, product_sync: true}
sources:
  - {name: wms, kind: files, path: feed.csv, mapping: {product_images: Style Images}}
prices:
  - {geography: USA, wholesale: Wholesale, retail: Retail}
faire:
  url: %s/external-api/v2
  token: {env: FAIRE_TOKEN}
  pace: {writes_per_second: 1000, reads_per_second: 1000, burst: 1000, in_flight: 4}
taxonomy: {rules: taxonomy.csv}
inventory: {column: Qty}
`, url)
	for name, text := range map[string]string{"fairesync.yaml": config, "taxonomy.csv": "scope,pattern,type_id\ncategory,*,tt_tee\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
}
