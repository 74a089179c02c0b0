package files_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"fairesync/pipeline/config"
	"fairesync/pipeline/source/files"
	"fairesync/pipeline/source/sourcetest"
	"fairesync/pipeline/stage"
)

// kind is one layout or format the suite runs over.
type kind struct {
	name     string
	file     string
	settings config.Source
	make     func(t testing.TB, size int) string
	want     func(size int) []map[string]string
	sizes    []int
}

func kinds() []kind {
	edges := []int{1, 5, stage.BatchRows, stage.BatchRows + 1} // of a batch
	few := []int{1, 1000}                                      // of what is read as delimited text or JSON in the end
	return []kind{
		{"rows", "feed.csv", config.Source{}, rowsFeed, rowsWant, edges},
		{"continuation", "feed.csv", config.Source{Layout: "continuation"}, continuationFeed, continuationWant, []int{4, stage.BatchRows + 1}},
		{"parents", "feed.csv", config.Source{Layout: "parents", Variants: "variations"}, parentsFeed, parentsWant, []int{4, stage.BatchRows + 1}},
		{"workbook", "feed.xlsx", config.Source{}, workbookFeed, rowsWant, []int{1, 700}},
		{"tabs", "feed.tsv", config.Source{}, tabsFeed, rowsWant, few},
		{"utf-16", "feed.csv", config.Source{}, utf16Feed, rowsWant, few},
		{"gzip", "feed.csv.gz", config.Source{}, gzipFeed, rowsWant, few},
		{"zip", "feed.zip", config.Source{}, zipFeed, rowsWant, few},
		{"json", "feed.json", config.Source{}, jsonFeed, withoutHeader(rowsWant), edges},
		{"json variants", "feed.json", config.Source{}, variantsFeed, variantsWant, few},
		{"ndjson", "feed.ndjson", config.Source{}, ndjsonFeed, withoutHeader(rowsWant), edges},
		{"ndjson in gzip", "feed.ndjson.gz", config.Source{}, func(t testing.TB, size int) string { return packed(t, ndjsonFeed(t, size)) },
			withoutHeader(rowsWant), few},
	}
}

func TestSuite(t *testing.T) {
	for _, k := range kinds() {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			sourcetest.Run(t, sourcetest.Suite{
				New: func(t testing.TB, size int) sourcetest.Source {
					return k.open(t, k.make(t, size), nil)
				},
				Sizes: k.sizes, Want: k.want, Breaks: k.breaks(),
			})
		})
	}
}

func (k kind) open(t testing.TB, content string, opener func(string) (files.File, error)) *files.Source {
	settings := k.settings
	settings.Name, settings.Path = "wms", write(t, k.file, content)
	source, err := files.New(files.Options{Settings: settings, Open: opener})
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// breaks are the ways a file fails half way.
func (k kind) breaks() []sourcetest.Break {
	size := slices.Max(k.sizes)
	broken := func(name, says string, content func(string) string, opener func(string) (files.File, error)) sourcetest.Break {
		return sourcetest.Break{Name: name, Says: says, New: func(t testing.TB) sourcetest.Source {
			return k.open(t, content(k.make(t, size)), opener)
		}}
	}
	same := func(text string) string { return text }
	list := []sourcetest.Break{
		broken("grows while it is read", "changed while it was read", same, opener(func(f *flaky) { f.grow = true })),
		broken("cannot be read to its end", "input/output error", same, opener(func(f *flaky) { f.limit = 4096 })),
	}
	cut := func(text string) string { return text[:len(text)/2] }
	switch k.name {
	case "workbook", "gzip", "zip", "ndjson in gzip":
		return append(list, broken("cut off", "damaged or cut off", cut, nil))
	case "utf-16":
		return append(list, broken("cut off", "half a character", func(text string) string { return text[:len(text)/2|1] }, nil))
	case "json", "json variants", "ndjson":
		return append(list, broken("cut off", "is cut off", cut, nil))
	case "tabs": // as rows
		return list
	}
	half := func(text string) int { return strings.Index(text[len(text)/2:], "\n") + len(text)/2 + 1 }
	return append(list,
		broken("cut off in a row", "is cut off", func(text string) string { return text[:half(text)] + "S-9" }, nil),
		broken("cut off in quotes", "never closed", func(text string) string { return text[:half(text)] + `S-9,"Tee` }, nil),
		broken("another encoding", "mixes encodings", func(text string) string {
			return text[:half(text)] + "S-9,Caf\xe9,1,2\nS-9,Caf\u00e9,1,2\n" + text[half(text):]
		}, nil),
	)
}

// flaky is a file that fails.
type flaky struct {
	*os.File
	limit int64 // reading beyond it fails; 0: never
	grow  bool  // says to be longer than at first
	stats int
}

func opener(set func(*flaky)) func(string) (files.File, error) {
	return func(path string) (files.File, error) {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		f := &flaky{File: file}
		set(f)
		return f, nil
	}
}

func (f *flaky) ReadAt(p []byte, at int64) (int, error) {
	if f.limit > 0 && at+int64(len(p)) > f.limit {
		return 0, errors.New("input/output error")
	}
	return f.File.ReadAt(p, at)
}

func (f *flaky) Stat() (fs.FileInfo, error) {
	info, err := f.File.Stat()
	f.stats++
	if err == nil && f.grow && f.stats > 1 {
		return later{info}, nil
	}
	return info, err
}

type later struct{ fs.FileInfo }

func (l later) ModTime() time.Time { return l.FileInfo.ModTime().Add(time.Second) }

// rowsFeed has a style of three SKUs, texts over several lines and now and then a blank line and a total.
func rowsFeed(_ testing.TB, size int) string {
	var b strings.Builder
	b.WriteString("SKU,Name,Wholesale,Retail,Style,Image\n")
	for i := range size {
		fmt.Fprintf(&b, "S-%d,\"Tee %d,\nin \"\"linen\"\"\",%d.50,%d.00,T-%d,https://img.example.test/%d.jpg\n", i, i, 10+i%7, 30+i%7, i/3, i)
	}
	return b.String()
}

func rowsWant(size int) []map[string]string {
	var want []map[string]string
	for i := range size {
		want = append(want, map[string]string{
			"SKU": fmt.Sprintf("S-%d", i), "Name": fmt.Sprintf("Tee %d,\nin \"linen\"", i), "Wholesale": fmt.Sprintf("%d.50", 10+i%7),
			"_style": fmt.Sprintf("T-%d", i/3), "_row": strconv.Itoa(i + 2), "_kind": "sku", "_problem": "",
			"_images": fmt.Sprintf("https://img.example.test/%d.jpg", i),
		})
	}
	return want
}

// workbookFeed is rowsFeed written by excelize; its texts go through the shared strings.
func workbookFeed(t testing.TB, size int) string {
	t.Helper()
	book := excelize.NewFile()
	stream, err := book.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	row := func(number int, cells ...any) {
		if err := stream.SetRow(fmt.Sprintf("A%d", number), cells); err != nil {
			t.Fatal(err)
		}
	}
	row(1, "SKU", "Name", "Wholesale", "Retail", "Style", "Image")
	for i := range size {
		row(i+2, fmt.Sprintf("S-%d", i), fmt.Sprintf("Tee %d,\nin \"linen\"", i), fmt.Sprintf("%d.50", 10+i%7), 30+i%7,
			fmt.Sprintf("T-%d", i/3), fmt.Sprintf("https://img.example.test/%d.jpg", i))
	}
	if err := stream.Flush(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := errors.Join(book.Write(&out), book.Close()); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// continuationFeed has handles of three rows, of which the first alone is titled.
func continuationFeed(_ testing.TB, size int) string {
	var b strings.Builder
	b.WriteString("Handle,Title,Variant SKU,Wholesale,Retail,Image Src\n")
	for i := range size {
		title := ""
		if i%3 == 0 {
			title = fmt.Sprintf("\"Tee,\nno. %d\"", i/3)
		}
		fmt.Fprintf(&b, "tee-%d,%s,S-%d,10.00,25.00,https://img.example.test/%d.jpg\n", i/3, title, i, i)
	}
	return b.String()
}

func continuationWant(size int) []map[string]string {
	var want []map[string]string
	for i := range size {
		var images []string
		for n := i - i%3; n < min(i-i%3+3, size); n++ {
			images = append(images, fmt.Sprintf("https://img.example.test/%d.jpg", n))
		}
		want = append(want, map[string]string{
			"Variant SKU": fmt.Sprintf("S-%d", i), "Title": fmt.Sprintf("Tee,\nno. %d", i/3), "_style": fmt.Sprintf("tee-%d", i/3),
			"_kind": "sku", "_product_images": strings.Join(images, "\n"), "_images": "",
		})
	}
	return want
}

// parentsFeed has a parent row behind every three SKUs.
func parentsFeed(_ testing.TB, size int) string {
	var b strings.Builder
	b.WriteString("sku,name,wholesale,retail,image,variations\n")
	var list []string
	for i := range size {
		fmt.Fprintf(&b, "S-%d,Tee %d,10.00,25.00,https://img.example.test/%d.jpg,\n", i, i, i)
		list = append(list, fmt.Sprintf("sku=S-%d,size=%d,color=Red", i, i%3))
		if len(list) == 3 || i == size-1 {
			fmt.Fprintf(&b, "P-%d,Tee,10.00,25.00,,\"%s\"\n", i/3, strings.Join(list, "|"))
			list = nil
		}
	}
	return b.String()
}

func parentsWant(size int) []map[string]string {
	var want []map[string]string
	for i := range size {
		want = append(want, map[string]string{
			"sku": fmt.Sprintf("S-%d", i), "_style": fmt.Sprintf("P-%d", i/3), "_kind": "sku",
			"_option1_name": "Color", "_option1_value": "Red", "_option2_name": "Size", "_option2_value": strconv.Itoa(i % 3),
		})
		if i%3 == 2 || i == size-1 {
			want = append(want, map[string]string{"sku": fmt.Sprintf("P-%d", i/3), "_style": fmt.Sprintf("P-%d", i/3), "_kind": "parent"})
		}
	}
	return want
}
