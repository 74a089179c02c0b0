package files_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"fairesync/pipeline/config"
	"fairesync/pipeline/source/files"
	"fairesync/pipeline/source/sourcetest"
)

// write puts a file into a fresh folder and returns its path.
func write(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// open makes a source of settings and prices.
func open(t testing.TB, settings config.Source, prices ...config.Price) *files.Source {
	t.Helper()
	settings.Name = "wms"
	source, err := files.New(files.Options{Settings: settings, Prices: prices})
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// extract runs a source that is expected to succeed.
func extract(t testing.TB, source *files.Source) *sourcetest.MemorySink {
	t.Helper()
	sink := sourcetest.NewMemorySink()
	if err := source.Extract(t.Context(), sink); err != nil {
		t.Fatal(err)
	}
	return sink
}

// book describes a workbook for tests.
type book struct {
	Sheets []struct {
		Name   string   `yaml:"name"`
		State  string   `yaml:"state"` // hidden or veryHidden
		Merges []string `yaml:"merges"`
		Rows   [][]any  `yaml:"rows"` // text, number, true/false, nil, or {type, value, formula}
	} `yaml:"sheets"`
}

// workbook writes the smallest XLSX file a description makes: cells as a spreadsheet program stores them, without styles.
func workbook(t testing.TB, described book) []byte {
	t.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	add := func(name, content string) {
		w, err := archive.Create(name)
		if err == nil {
			_, err = w.Write([]byte(xml.Header + content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	const main, office = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	const packages = "http://schemas.openxmlformats.org/package/2006/"
	var types, sheets, relations strings.Builder
	for i, sheet := range described.Sheets {
		state := ""
		if sheet.State != "" {
			state = fmt.Sprintf(` state="%s"`, sheet.State)
		}
		fmt.Fprintf(&types, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`, i+1)
		fmt.Fprintf(&sheets, `<sheet name="%s" sheetId="%d"%s r:id="rId%d"/>`, sheet.Name, i+1, state, i+1)
		fmt.Fprintf(&relations, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, office, i+1)
	}
	add("[Content_Types].xml", `<Types xmlns="`+packages+`content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>`+
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>`+types.String()+`</Types>`)
	add("_rels/.rels", `<Relationships xmlns="`+packages+`relationships"><Relationship Id="rId1" Type="`+office+`/officeDocument" Target="xl/workbook.xml"/></Relationships>`)
	add("xl/workbook.xml", `<workbook xmlns="`+main+`" xmlns:r="`+office+`"><sheets>`+sheets.String()+`</sheets></workbook>`)
	add("xl/_rels/workbook.xml.rels", `<Relationships xmlns="`+packages+`relationships">`+relations.String()+`</Relationships>`)
	for i, sheet := range described.Sheets {
		add(fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), `<worksheet xmlns="`+main+`"><sheetData>`+sheetRows(t, sheet.Rows)+`</sheetData>`+mergeCells(sheet.Merges)+`</worksheet>`)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// rewrite replaces a text in one part of an archive.
func rewrite(t testing.TB, data []byte, name, from, to string) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, file := range in.File {
		content, err := fs.ReadFile(in, file.Name)
		if err != nil {
			t.Fatal(err)
		}
		if file.Name == name {
			content = bytes.Replace(content, []byte(from), []byte(to), 1)
		}
		w, err := archive.Create(file.Name)
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func mergeCells(refs []string) string {
	if len(refs) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<mergeCells count="%d">`, len(refs))
	for _, ref := range refs {
		fmt.Fprintf(&b, `<mergeCell ref="%s"/>`, ref)
	}
	return b.String() + "</mergeCells>"
}

func sheetRows(t testing.TB, rows [][]any) string {
	var b strings.Builder
	for r, cells := range rows {
		if len(cells) == 0 {
			continue
		}
		fmt.Fprintf(&b, `<row r="%d">`, r+1)
		for c, value := range cells {
			ref, err := excelize.CoordinatesToCellName(c+1, r+1)
			if err != nil {
				t.Fatal(err)
			}
			switch v := value.(type) {
			case nil:
			case string:
				fmt.Fprintf(&b, `<c r="%s" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, ref, escape(t, v))
			case bool:
				fmt.Fprintf(&b, `<c r="%s" t="b"><v>%d</v></c>`, ref, map[bool]int{false: 0, true: 1}[v])
			case map[string]any:
				fmt.Fprintf(&b, `<c r="%s" t="%v">`, ref, v["type"])
				if formula, ok := v["formula"]; ok {
					fmt.Fprintf(&b, `<f>%s</f>`, escape(t, fmt.Sprint(formula)))
				}
				if stored, ok := v["value"]; ok {
					fmt.Fprintf(&b, `<v>%s</v>`, escape(t, fmt.Sprint(stored)))
				}
				b.WriteString(`</c>`)
			default:
				fmt.Fprintf(&b, `<c r="%s"><v>%v</v></c>`, ref, v)
			}
		}
		b.WriteString(`</row>`)
	}
	return b.String()
}

func escape(t testing.TB, text string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(text)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
