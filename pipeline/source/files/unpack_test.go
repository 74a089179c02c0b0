package files_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/config"
	"fairesync/pipeline/source/files"
	"fairesync/pipeline/source/sourcetest"
)

const small = "SKU,Name\nA-1,Tee\n"

var smallRows = []string{`2 sku SKU="A-1" Name="Tee"`}

// smallMapping makes two columns a feed.
var smallMapping = map[string]config.Columns{"sku": {"SKU"}, "name": {"Name"}}

func TestUnpack(t *testing.T) {
	const again = "export it again"
	flipped := func(data string, at int) string {
		b := []byte(data)
		b[len(b)+at] ^= 0xff
		return string(b)
	}
	locked := func(data string) string { // the flag in both places a member has it
		b := []byte(data)
		for _, head := range []string{"PK\x03\x04", "PK\x01\x02"} {
			at := bytes.Index(b, []byte(head)) + map[string]int{"PK\x03\x04": 6, "PK\x01\x02": 8}[head]
			b[at] |= 1
		}
		return string(b)
	}
	method := func(data string, method uint16) string {
		b := []byte(data)
		binary.LittleEndian.PutUint16(b[bytes.Index(b, []byte("PK\x03\x04"))+8:], method)
		binary.LittleEndian.PutUint16(b[bytes.Index(b, []byte("PK\x01\x02"))+10:], method)
		return string(b)
	}
	gz := packed(t, small)
	for _, c := range []struct {
		name, content string
		settings      config.Source
		want          []string
	}{
		{"gzip", gz, config.Source{}, smallRows},
		{"gzip of several members", packed(t, "SKU,Name\nA-") + packed(t, "") + packed(t, "1,Tee\n"), config.Source{}, smallRows},
		{"gzip of JSON", packed(t, `[{"SKU":"A-1","Name":"Tee"}]`), config.Source{}, []string{`1 sku SKU="A-1" Name="Tee"`}},
		{"gzip of UTF-16", packed(t, utf16Text(small, binary.LittleEndian, true)), config.Source{}, smallRows},
		{"gzip of a workbook", packed(t, string(workbook(t, oneSheet([]any{"SKU", "Name"}, []any{"A-1", "Tee"})))), config.Source{}, smallRows},
		{"gzip of nothing", packed(t, ""), config.Source{}, nil},
		{"gzip cut off", gz[:len(gz)-5], config.Source{}, []string{"feed.csv is a damaged or cut off gzip file", again}},
		{"gzip cut off in its head", gz[:5], config.Source{}, []string{"feed.csv is a damaged or cut off gzip file", again}},
		{"gzip with a wrong sum", flipped(gz, -6), config.Source{}, []string{"feed.csv is a damaged or cut off gzip file", again}},
		{"gzip with a wrong byte", flipped(gz, -20), config.Source{}, []string{"feed.csv is a damaged or cut off gzip file", again}},
		{"gzip with something behind", gz + "A-2,Hat\n", config.Source{}, []string{"feed.csv goes on behind the end of the gzip file with something else", again}},
		{"gzip with a zero behind", gz + "\x00", config.Source{}, []string{"feed.csv goes on behind the end of the gzip file with something else", again}},
		{"gzip in gzip", packed(t, gz), config.Source{}, []string{"feed.csv is a gzip file in a gzip file", "pack it once"}},
		{"zip in gzip", packed(t, zipped(t, "a.csv", small)), config.Source{}, []string{"feed.csv is a zip archive in a gzip file", "pack it once"}},
		{"gzip in zip", zipped(t, "a.csv.gz", gz), config.Source{}, []string{"feed.csv is a gzip file in a zip archive", "pack it once"}},

		{"zip", zipped(t, "a.csv", small), config.Source{}, smallRows},
		{"zip of a workbook", zipped(t, "a.xlsx", string(workbook(t, oneSheet([]any{"SKU", "Name"}, []any{"A-1", "Tee"})))), config.Source{}, smallRows},
		{"zip with what goes with a feed", zipped(t, "x/", "", "x/a.csv", small, "__MACOSX/x/._a.csv", "Mac", ".DS_Store", "x", "Thumbs.db", "x", "a.done", "", "a.trg", "1",
			"a.csv.md5", "0cc175b9c0f1b6a831c399e269772661", "a.jpg", "\xff\xd8\xff\xe0pic", "b.png", "\x89PNG\r\n\x1a\n\x00\x00", "line sheet.pdf", "%PDF-1.7", "b.csv.part", "SKU"), config.Source{}, smallRows},
		{"zip with two feeds", zipped(t, "b.csv", small, "a.csv", small), config.Source{}, []string{"feed.csv is a zip archive of 2 files that may be the feed", `say which: member: NAME; there are "a.csv", "b.csv"`}},
		{"zip with a read me", zipped(t, "a.csv", small, "readme.txt", "Hello"), config.Source{}, []string{"feed.csv is a zip archive of 2 files that may be the feed", `say which: member: NAME; there are "a.csv", "readme.txt"`}},
		{"zip with two feeds, one named", zipped(t, "x/b.csv", "SKU,Name\nB-1,Hat\n", "x/a.csv", small), config.Source{Member: "a.csv"}, smallRows},
		{"zip with two feeds, one by its folder", zipped(t, "y/a.csv", "SKU,Name\nB-1,Hat\n", "x/a.csv", small), config.Source{Member: "x/*"}, smallRows},
		{"zip with two feeds, none named so", zipped(t, "a.csv", small), config.Source{Member: "b*.csv"}, []string{`member names "b*.csv", which is not in feed.csv`, `the archive holds "a.csv"`}},
		{"zip with two of the name", zipped(t, "x/a.csv", small, "y/a.csv", small), config.Source{Member: "a.csv"}, []string{"feed.csv is a zip archive of 2 files that may be the feed", `say which: member: NAME; there are "x/a.csv", "y/a.csv"`}},
		{"zip with nothing", zipped(t), config.Source{}, []string{"feed.csv is a zip archive without a feed", again}},
		{"zip with only what goes with a feed", zipped(t, "a.done", "", "x/", ""), config.Source{}, []string{"feed.csv is a zip archive without a feed", again}},
		{"zip with another format", zipped(t, "a.pdf", "%PDF-1.7"), config.Source{}, []string{"feed.csv is a PDF document", "export it as CSV UTF-8 or .xlsx"}},
		{"zip with a password", locked(zipped(t, "a.csv", small)), config.Source{}, []string{`feed.csv is a zip archive, and its "a.csv" is locked with a password`, "pack it without a password"}},
		{"zip packed in another way", method(zipped(t, "a.csv", small), 93), config.Source{}, []string{"feed.csv is packed in a way that is not read", "pack it with deflate, the usual way, or not at all"}},
		{"zip cut off", zipped(t, "a.csv", small)[:60], config.Source{}, []string{"feed.csv is a damaged or cut off zip archive or workbook", again}},
		{"zip with a wrong byte", func() string {
			data := []byte(zipped(t, "a.csv", small))
			data[40] ^= 0xff
			return string(data)
		}(), config.Source{}, []string{"feed.csv is a damaged or cut off zip archive", again}},

		{"gzip beyond the limit", packed(t, small+strings.Repeat("A-2,Hat\n", 200_000)), config.Source{MaxUnpackedMB: 1}, []string{"feed.csv holds more than 1 MiB unpacked, which is the limit", raise}},
		{"zip beyond the limit", zipped(t, "a.csv", small+strings.Repeat("A-2,Hat\n", 200_000)), config.Source{MaxUnpackedMB: 1}, []string{"feed.csv holds more than 1 MiB unpacked, which is the limit", raise}},
		{"gzip that grows too much", packed(t, strings.Repeat("\x00", 65<<20)), config.Source{}, []string{"feed.csv grows more than 200 times as it is unpacked, as no feed does", raise}},
		{"zip that grows too much", zipped(t, "a.csv", strings.Repeat("\x00", 65<<20)), config.Source{Member: "a.csv"}, []string{"feed.csv grows more than 200 times as it is unpacked, as no feed does", raise}},
	} {
		t.Run(c.name, func(t *testing.T) {
			scratch := t.TempDir()
			c.settings.Name, c.settings.Path, c.settings.Mapping = "wms", write(t, "feed.csv", c.content), smallMapping
			source, err := files.New(files.Options{Settings: c.settings, Scratch: scratch})
			if err != nil {
				t.Fatal(err)
			}
			before := allocated()
			if diff := cmp.Diff(c.want, delivered(t, source)); diff != "" {
				t.Fatalf("-want +got:\n%s", diff)
			}
			if used := allocated() - before; used > 16<<20 {
				t.Errorf("%d MiB of memory for it", used>>20)
			}
			if left, err := os.ReadDir(scratch); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

const raise = "check the export; if it is right, raise max_unpacked_mb"

// allocated is how much memory was ever asked for.
func allocated() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.TotalAlloc
}

// TestUnpackKeeps: what is kept of a packed feed is the file as it came.
func TestUnpackKeeps(t *testing.T) {
	content := packed(t, feed)
	source := open(t, config.Source{Path: write(t, "feed.csv.gz", content)})
	if diff := cmp.Diff(map[string][]byte{"feed.csv.gz": []byte(content)}, extract(t, source).Pages()); diff != "" {
		t.Fatal(diff)
	}
	if in := source.Inputs(); len(in) != 1 || in[0].Bytes != int64(len(content)) {
		t.Fatalf("inputs %v", in)
	}
}

// TestUnpackTidies: what a run that was killed left is gone after the next; another source's is not.
func TestUnpackTidies(t *testing.T) {
	scratch := t.TempDir()
	for _, name := range []string{".feed-wms.1", ".feed-wms-2.1"} {
		if err := os.MkdirAll(filepath.Join(scratch, name, "x"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	source, err := files.New(files.Options{Settings: config.Source{Name: "wms", Path: write(t, "feed.csv.gz", packed(t, feed))}, Scratch: scratch})
	if err != nil {
		t.Fatal(err)
	}
	extract(t, source)
	left, err := filepath.Glob(filepath.Join(scratch, ".feed-*"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{filepath.Join(scratch, ".feed-wms-2.1")}, left); diff != "" {
		t.Fatal(diff)
	}
}

// oneSheet is a workbook of one sheet.
func oneSheet(rows ...[]any) book {
	var b book
	b.Sheets = append(b.Sheets, struct {
		Name   string   `yaml:"name"`
		State  string   `yaml:"state"`
		Merges []string `yaml:"merges"`
		Rows   [][]any  `yaml:"rows"`
	}{Name: "Line", Rows: rows})
	return b
}

// withPart adds a part to a workbook, or replaces one.
func withPart(t testing.TB, data []byte, name string, content func(io.Writer) error) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, file := range in.File {
		if file.Name != name {
			if err := archive.Copy(file); err != nil {
				t.Fatal(err)
			}
		}
	}
	w, err := archive.Create(name)
	if err == nil {
		err = content(w)
	}
	if err == nil {
		err = archive.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const sheetHead = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`

func TestWorkbookBounds(t *testing.T) {
	plain := workbook(t, oneSheet([]any{"SKU", "Name"}, []any{"A-1", "Tee"}))
	sheet := func(content string) []byte {
		return withPart(t, plain, "xl/worksheets/sheet1.xml", func(w io.Writer) error {
			_, err := io.WriteString(w, sheetHead+content+"</worksheet>")
			return err
		})
	}
	const rows = `<row r="1"><c r="A1" t="inlineStr"><is><t>SKU</t></is></c><c r="B1" t="inlineStr"><is><t>Name</t></is></c></row>` +
		`<row r="2"><c r="A2" t="inlineStr"><is><t>A-1</t></is></c><c r="B2" t="inlineStr"><is><t>Tee</t></is></c></row>`
	const damaged, save = "feed.xlsx is a damaged workbook", "open it in a spreadsheet program and save it again"
	blanks := func(n int) func(io.Writer) error {
		return func(w io.Writer) error {
			_, err := io.Copy(w, io.LimitReader(zeros{}, int64(n)))
			return err
		}
	}
	for _, c := range []struct {
		name     string
		content  []byte
		settings config.Source
		want     []string
		memory   uint64 // MiB
	}{
		{"a cell in the last corner", sheet(`<sheetData>` + rows + `<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>`), config.Source{}, smallRows, 128},
		{"a row below the last", sheet(`<sheetData>` + rows + `<row r="1048577"><c r="A1048577"><v>1</v></c></row></sheetData>`), config.Source{}, []string{damaged, save}, 16},
		{"a column beyond the last", sheet(`<sheetData>` + rows + `<row r="3"><c r="XFE3"><f>1</f></c></row></sheetData>`), config.Source{}, []string{damaged, save}, 16},
		{"all cells merged", sheet(`<sheetData>` + rows + `</sheetData><mergeCells><mergeCell ref="A2:XFD1048576"/></mergeCells>`), config.Source{}, smallRows, 16},
		{"cells merged twice", sheet(`<sheetData>` + rows + `</sheetData><mergeCells><mergeCell ref="A2:A9"/><mergeCell ref="A9:A10"/></mergeCells>`), config.Source{}, []string{damaged, save}, 16},
		{"a part twice", func() []byte {
			return withPart(t, plain, "XL/worksheets/sheet1.xml", func(w io.Writer) error { _, err := io.WriteString(w, sheetHead+"</worksheet>"); return err })
		}(), config.Source{}, []string{`feed.xlsx is a workbook that holds "XL/worksheets/sheet1.xml" twice`, save}, 16},
		{"a part that grows too much", withPart(t, plain, "xl/media/x.bin", blanks(65<<20)), config.Source{}, []string{"feed.xlsx grows more than 200 times as it is unpacked, as no feed does", raise}, 16},
		{"a part beyond the limit", withPart(t, plain, "xl/media/x.bin", blanks(2<<20)), config.Source{MaxUnpackedMB: 1}, []string{"feed.xlsx holds more than 1 MiB unpacked, which is the limit", raise}, 16},
		{"a part larger than it says", func() []byte {
			data := withPart(t, plain, "xl/worksheets/sheet1.xml", func(w io.Writer) error {
				if _, err := io.WriteString(w, sheetHead+`<sheetData>`+rows+"</sheetData>"); err != nil {
					return err
				}
				return blanks(65 << 20)(w)
			})
			end := bytes.LastIndex(data, []byte("PK\x01\x02"))
			binary.LittleEndian.PutUint32(data[end+24:], 4096)
			return data
		}(), config.Source{}, []string{damaged, save}, 16},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.settings.Path, c.settings.Mapping = write(t, "feed.xlsx", string(c.content)), smallMapping
			source := open(t, c.settings)
			before := allocated()
			got := delivered(t, source)
			if len(got) > 3 {
				got = got[:3]
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Fatalf("-want +got:\n%s", diff)
			}
			if used := (allocated() - before) >> 20; used > c.memory {
				t.Errorf("%d MiB of memory for it", used)
			}
		})
	}
}

// zeros are blanks without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// TestLongRows: a batch of very long rows is handed on before it is full.
func TestLongRows(t *testing.T) {
	var b strings.Builder
	b.WriteString("SKU,Name\n")
	for range 40 {
		b.WriteString("A-1," + strings.Repeat("x", 1<<20) + "\n")
	}
	batches := 0
	sink := sourcetest.NewMemorySink()
	sink.Before = func(e sourcetest.Event) error {
		if e.Op == sourcetest.OpAppend {
			batches++
		}
		return nil
	}
	if err := open(t, config.Source{Path: write(t, "feed.csv", b.String()), Mapping: smallMapping}).Extract(t.Context(), sink); err != nil {
		t.Fatal(err)
	}
	if rows := len(sink.Rows("item")); rows != 40 || batches != 2 {
		t.Fatalf("%d rows in %d batches", rows, batches)
	}
}
