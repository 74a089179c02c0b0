package files_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/config"
	"fairesync/pipeline/source/files"
	"fairesync/pipeline/source/sourcetest"
	"fairesync/pipeline/stage"
)

const feed = "SKU,Name,Wholesale,Retail\nA-1,Linen Tee,10.00,25.00\n"

func TestInputs(t *testing.T) {
	folder := t.TempDir()
	times := map[string]time.Time{
		"b.csv": time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), "a.csv": time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC),
	}
	for name, at := range times {
		path := filepath.Join(folder, name)
		if err := errors.Join(os.WriteFile(path, []byte(feed+strings.TrimSuffix(name, ".csv")+",Tee,1,2\n"), 0o600), os.Chtimes(path, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	source := open(t, config.Source{Path: filepath.Join(folder, "*.csv")})
	sink := extract(t, source)

	var want []stage.File
	pages := map[string][]byte{}
	for _, name := range []string{"a.csv", "b.csv"} {
		content, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(content)
		want = append(want, stage.File{Name: name, Bytes: int64(len(content)), SHA256: hex.EncodeToString(sum[:])})
		pages[name] = content
	}
	if diff := cmp.Diff(want, source.Inputs()); diff != "" {
		t.Fatalf("inputs (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(pages, sink.Pages()); diff != "" {
		t.Fatalf("pages (-want +got):\n%s", diff)
	}
	if got := source.Modified(); !got.Equal(times["b.csv"]) {
		t.Fatalf("modified %s, want %s", got, times["b.csv"])
	}
	if got := source.Name(); got != "wms" {
		t.Fatalf("name %q", got)
	}
	if can := source.Capabilities(); !can.ProductDetail || can.StableSKUID {
		t.Fatalf("capabilities %+v", can)
	}
}

func TestPathWithPatternCharacters(t *testing.T) {
	source := open(t, config.Source{Path: write(t, "feed[1].csv", feed)})
	if rows := extract(t, source).Rows("item"); len(rows) != 1 || rows[0]["_file"] != "feed[1].csv" {
		t.Fatalf("rows %v", rows)
	}
}

func TestRefusals(t *testing.T) {
	folder := t.TempDir()
	for _, sub := range []string{"x", "y"} {
		if err := errors.Join(os.Mkdir(filepath.Join(folder, sub), 0o700), os.WriteFile(filepath.Join(folder, sub, "feed.csv"), []byte(feed), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ name, path, want string }{
		{"missing", filepath.Join(folder, "none.csv"), "source wms: none.csv is not there"},
		{"folder", filepath.Join(folder, "x"), "source wms: x is no file that can be read"},
		{"bad pattern", filepath.Join(folder, "[.csv"), "source wms: path cannot be used: syntax error in pattern"},
		{"same name twice", filepath.Join(folder, "*", "feed.csv"), "source wms: feed.csv is there twice, in two folders"},
		{"record too long", write(t, "feed.csv", feed+"A-2,\""+strings.Repeat("x\n", files.MaxRecord/2+2)+"\"\n"),
			"source wms: feed.csv row 3 is longer than 16 MiB: a quote is never closed, or this is no table"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := open(t, config.Source{Path: c.path}).Extract(t.Context(), sourcetest.NewMemorySink())
			if err == nil || err.Error() != c.want {
				t.Fatalf("got %v, want %s", err, c.want)
			}
			var hinted interface{ Hint() string }
			if !errors.As(err, &hinted) || hinted.Hint() == "" {
				t.Fatal("no hint")
			}
		})
	}
	var setting *files.SettingError
	if _, err := files.New(files.Options{}); !errors.As(err, &setting) {
		t.Fatalf("a source without path gave %v", err)
	}
}

// TestBrokenWorkbook: the row reader of excelize stops without a word where the XML of a sheet is broken.
func TestBrokenWorkbook(t *testing.T) {
	var b book
	if err := yaml.Unmarshal([]byte("sheets: [{name: Line, rows: [[SKU, Name], [A-1, Tee], [A-2, Hat], [A-3, Belt]]}]"), &b); err != nil {
		t.Fatal(err)
	}
	whole := workbook(t, b)
	for _, c := range []struct{ name, from, to, want string }{
		{"unclosed tag", `<row r="4">`, `<row r="4"><broken>`, "source wms: feed.xlsx is a damaged workbook"},
		{"no end", `</sheetData>`, ``, "source wms: feed.xlsx is a damaged workbook"},
		{"unknown entity", `Belt`, `Belt&nope;`, "source wms: feed.xlsx is a damaged workbook"},
		{"control character", `Belt`, "Be\x01lt", "source wms: feed.xlsx is a damaged workbook"},
		{"formula in no cell", `r="A3" t="inlineStr">`, `r="3A"><f>1</f></c><c>`, "source wms: feed.xlsx is a damaged workbook"},
		{"rows out of order", `<row r="2">`, `<row r="9">`, "source wms: feed.xlsx cannot be read: sheet Line ends after row"},
	} {
		t.Run(c.name, func(t *testing.T) {
			sink := sourcetest.NewMemorySink()
			err := open(t, config.Source{Path: write(t, "feed.xlsx", string(rewrite(t, whole, "xl/worksheets/sheet1.xml", c.from, c.to)))}).Extract(t.Context(), sink)
			if err == nil || !strings.HasPrefix(err.Error(), c.want) || sink.Closed("item") {
				t.Fatalf("got %v, want %s", err, c.want)
			}
		})
	}
}

// TestBufferEdges puts line ends, quotes and wide characters on every side of the edge of the read buffer.
func TestBufferEdges(t *testing.T) {
	const edge = 1 << 20
	for shift := 0; shift < 24; shift += 3 {
		var b strings.Builder
		b.WriteString("SKU,Name,Wholesale,Retail\r\n")
		b.WriteString("PAD,\"" + strings.Repeat("x", edge-b.Len()-40+shift) + "\",1,2\r\n")
		for i := range 9 {
			fmt.Fprintf(&b, "S-%d,\"é\"\"\r\n,%d\",1,2\r\n", i, i)
		}
		rows := extract(t, open(t, config.Source{Path: write(t, "feed.csv", b.String())})).Rows("item")
		if len(rows) != 10 {
			t.Fatalf("shift %d: %d rows", shift, len(rows))
		}
		for i, row := range rows[1:] {
			if want := fmt.Sprintf("é\"\r\n,%d", i); row["Name"] != want || row["_row"] != fmt.Sprint(i+3) || row["_kind"] != "sku" {
				t.Fatalf("shift %d: row %v", shift, row)
			}
		}
	}
}

func TestLoneCRAcrossTheBuffer(t *testing.T) {
	records, err := files.SplitAll(strings.Repeat("ab,\"c\rd\"\r", 9), ',', true, 2)
	if err != nil || len(records) != 9 {
		t.Fatalf("%d records, %v", len(records), err)
	}
	for _, record := range records {
		if diff := cmp.Diff([]string{"ab", "c\rd"}, record.Cells); diff != "" {
			t.Fatal(diff)
		}
	}
	for text, want := range map[string]bool{"a\rb": true, "a\r\nb": false, "a\nb\r": false, "\"a\rb\"\n": false, "a": false, "a\r": false} {
		if got := files.CR(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestImages(t *testing.T) {
	const base = "https://media.example.test/catalog/"
	for _, c := range []struct {
		cell, base string
		want       []string
	}{
		{"", base, nil},
		{" /a b.jpg ", base, []string{"https://media.example.test/catalog/a%20b.jpg"}},
		{"a.jpg,b.jpg", base, []string{"https://media.example.test/catalog/a.jpg", "https://media.example.test/catalog/b.jpg"}},
		{"a.jpg", "", []string{"a.jpg"}},
		{"//cdn.example.test/a.jpg", "", []string{"https://cdn.example.test/a.jpg"}},
		{"https://x.test/w_1,h_2/a.jpg,HTTPS://x.test/b.jpg", "", []string{"https://x.test/w_1,h_2/a.jpg", "HTTPS://x.test/b.jpg"}},
		{"/a.jpg, /b.jpg,", base, []string{"https://media.example.test/catalog/a.jpg", "https://media.example.test/catalog/b.jpg"}},
		{"/a.jpg|/a.jpg;/b.jpg\r\nn/a", base, []string{"https://media.example.test/catalog/a.jpg", "https://media.example.test/catalog/b.jpg"}},
		{"ftp://x.test/a.jpg", base, []string{"ftp://x.test/a.jpg"}},
		{"www.x.test/a.jpg", base, []string{"www.x.test/a.jpg"}},
		{"no_selection", base, nil},
	} {
		if diff := cmp.Diff(c.want, files.Images(c.cell, c.base)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.cell, diff)
		}
	}
}

func TestResolve(t *testing.T) {
	names := []string{"Item #", "Price", "Unit Price", "Style Number", "in"}
	for _, c := range []struct {
		text, want string
		uses       []int
		bad        string
	}{
		{"Price", "Price", []int{1}, ""},
		{"price", "Price", []int{1}, ""},
		{" unit  price ", "Unit Price", []int{2}, ""},
		{"price / 2", `"Price" / 2`, []int{1}, ""},
		{`Price * "Unit Price"`, `Price * "Unit Price"`, []int{1, 2}, ""},
		{`"item #" || '-' || 'x'`, `"Item #" || '-' || 'x'`, []int{0}, ""},
		{"case lower(Price) when 'y' then '0' else cast(Price as decimal(9,2)) end", "case lower(Price) when 'y' then '0' else cast(Price as decimal(9,2)) end", []int{1}, ""},
		{"'Color'", "'Color'", nil, ""},
		{"1", "1", nil, ""},
		{"Retail Price", "", nil, "Retail Price"},
		{"Prise / 2", "", nil, "Prise / 2"},
		{"Price / Pack", "", nil, "Pack"},
		{"Price (USD)", "", nil, "Price (USD)"},
		{"Pack #", "", nil, "Pack #"},
		{"'open", "", nil, "'open"},
	} {
		got, uses, err := files.Resolve(names, c.text)
		switch {
		case c.bad != "":
			if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q", c.bad)) {
				t.Errorf("%q: got %q, %v; want an error about %q", c.text, got, err, c.bad)
			}
		case err != nil || got != c.want || !cmp.Equal(c.uses, uses):
			t.Errorf("%q: got %q %v %v, want %q %v", c.text, got, uses, err, c.want, c.uses)
		}
	}
}

// TestTables covers the fields one or two traps would not.
func TestTables(t *testing.T) {
	for _, c := range []struct {
		name, header string
		settings     config.Source
		prices       []config.Price
		field        string
		want         []string
	}{
		{"unit column of a plain weight", "SKU,Name,Weight,Weight Unit", config.Source{}, nil, "weight_unit", []string{"Weight Unit"}},
		{"first synonym wins", "Item #,SKU,Name", config.Source{}, nil, "sku", []string{"SKU"}},
		{"hand-made fallback list", "Item #,SKU,Name", config.Source{Mapping: map[string]config.Columns{"sku": {"SKU", "Item #"}}}, nil, "sku", []string{"SKU", "Item #"}},
		{"title of a system that has no name", "SKU,Item Description,Description", config.Source{}, nil, "name", []string{"Item Description"}},
		{"dimension alone", "SKU,Name,Dim", config.Source{}, nil, "option1_name", []string{"'Dimension'"}},
		{"option value without name", "SKU,Name,Option1 Value", config.Source{}, nil, "option1_name", []string{"'Option 1'"}},
		{"axis named by hand column", "SKU,Name,Colour Name", config.Source{Mapping: map[string]config.Columns{"option1_value": {"Colour Name"}}}, nil, "option1_name", []string{"'Color'"}},
		{"quote in a header", "SKU,Name,Kid's fit", config.Source{Mapping: map[string]config.Columns{"option1_value": {"Kid's fit"}}}, nil, "option1_name", []string{"'Kid''s fit'"}},
		{"price by mapping goes before prices", "SKU,Name,WSP,Other", config.Source{Mapping: map[string]config.Columns{"price[USA].wholesale": {"Other"}}},
			[]config.Price{{Geography: "USA", Currency: "USD", Wholesale: "WSP"}}, "price[USA].wholesale", []string{"Other"}},
		{"image expression", "SKU,Name,File", config.Source{Mapping: map[string]config.Columns{"images": {"'https://x.test/' || File"}}}, nil,
			"images", []string{"_images", "'https://x.test/' || File"}},
		{"no quantity by header", "SKU,Name,Qty", config.Source{}, nil, "quantity", nil},
		{"product type", "SKU,Name,Type,Category", config.Source{}, nil, "product_type", []string{"Type"}},
		{"tariff", "SKU,Name,HTS", config.Source{}, nil, "tariff_code", []string{"HTS"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.settings.Path = write(t, "feed.csv", c.header+"\n")
			table, _ := extract(t, open(t, c.settings, c.prices...)).Described("item")
			if diff := cmp.Diff(c.want, table.Fields[c.field]); diff != "" {
				t.Fatalf("%s (-want +got):\n%s", c.field, diff)
			}
		})
	}
}

// TestLuma reads the real catalogue the design names, where it lies.
func TestLuma(t *testing.T) {
	path := filepath.Join("..", "..", "..", "..", "shared", "data", "luma", "products.csv")
	if _, err := os.Stat(path); err != nil {
		t.Log("the Luma catalogue is not here; its shape is covered by the trap parents")
		return
	}
	source := open(t, config.Source{Path: path, Layout: "parents", Variants: "configurable_variations", ImageBase: "https://media.example.test/catalog/product"},
		config.Price{Geography: "USA", Currency: "USD", Wholesale: "price / 2", Retail: "price"})
	sink := extract(t, source)
	kinds, styles := map[string]int{}, map[string]bool{}
	for _, row := range sink.Rows("item") {
		kinds[row["_kind"]]++
		styles[row["_style"]] = true
	}
	if diff := cmp.Diff(map[string]int{"sku": 1847, "parent": 147}, kinds); diff != "" || len(styles) != 147 || len(sink.Exceptions()) != 0 {
		t.Fatalf("%d styles, %d findings, rows (-want +got):\n%s", len(styles), len(sink.Exceptions()), diff)
	}
}

func BenchmarkExtract(b *testing.B) {
	const size = 100_000
	for _, k := range kinds() {
		if k.name == "workbook" {
			continue
		}
		content := k.make(b, size)
		b.Run(k.name, func(b *testing.B) {
			b.SetBytes(int64(len(content)))
			b.ReportAllocs()
			source := k.open(b, content, nil)
			for b.Loop() {
				if err := source.Extract(b.Context(), discard{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
