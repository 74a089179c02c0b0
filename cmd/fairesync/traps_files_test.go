package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"database/sql"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/goccy/go-yaml"
	"github.com/xuri/excelize/v2"
)

// trapFile puts a file of a trap into a folder and gives its name there. What cannot be seen in an editor is no file of the
// repository but made here from a recipe that can: NAME.bytes, NAME.xlsx.yaml and NAME.parquet.sql.
func trapFile(t *testing.T, dir, name string, data []byte) string {
	t.Helper()
	switch {
	case name == "outcome.txt" || name == "config.yaml":
		return ""
	case strings.HasSuffix(name, ".bytes"):
		name, data = strings.TrimSuffix(name, ".bytes"), trapBytes(t, string(data))
	case strings.HasSuffix(name, ".xlsx.yaml"):
		name, data = strings.TrimSuffix(name, ".yaml"), trapWorkbook(t, data)
	case strings.HasSuffix(name, ".parquet.sql"):
		name = strings.TrimSuffix(name, ".sql")
		trapParquet(t, string(data), filepath.Join(dir, name))
		return name
	}
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// trapBytes makes a file of a recipe: quoted texts, one a line, put together; "repeat N TEXT" for one that comes often; and then,
// line by line, what is done to them: "utf-16le", "gzip", or "zip NAME".
func trapBytes(t *testing.T, recipe string) []byte {
	t.Helper()
	var out []byte
	for line := range strings.Lines(recipe) {
		line = strings.TrimSpace(line)
		times := 1
		if rest, ok := strings.CutPrefix(line, "repeat "); ok {
			number, text, _ := strings.Cut(rest, " ")
			var err error
			if times, err = strconv.Atoi(number); err != nil {
				t.Fatal(err)
			}
			line = text
		}
		var err error
		switch verb, name, _ := strings.Cut(line, " "); {
		case strings.HasPrefix(line, `"`):
			var text string
			text, err = strconv.Unquote(line)
			out = append(out, strings.Repeat(text, times)...)
		case verb == "utf-16le":
			encoded := []byte{0xFF, 0xFE}
			for _, unit := range utf16.Encode([]rune(string(out))) {
				encoded = binary.LittleEndian.AppendUint16(encoded, unit)
			}
			out = encoded
		case verb == "gzip":
			var packed bytes.Buffer
			w := gzip.NewWriter(&packed)
			_, err = w.Write(out)
			err = errors.Join(err, w.Close())
			out = packed.Bytes()
		case verb == "zip":
			out = trapArchive(t, []string{name, string(out)})
		default:
			err = fmt.Errorf("%q is no line of a recipe", line)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// trapArchive makes a zip archive of names and contents.
func trapArchive(t *testing.T, parts ...[]string) []byte {
	t.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, part := range parts {
		w, err := archive.Create(part[0])
		if err == nil {
			_, err = w.Write([]byte(part[1]))
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

// trapWorkbook makes the smallest workbook of a description. It is written by hand, since the stored result of a formula is
// what some of the traps are about.
func trapWorkbook(t *testing.T, described []byte) []byte {
	t.Helper()
	var book struct {
		Sheets []struct {
			Name   string   `yaml:"name"`
			State  string   `yaml:"state"` // visible or hidden
			Merges []string `yaml:"merges"`
			Rows   [][]any  `yaml:"rows"` // text, number, or {formula, value}
		} `yaml:"sheets"`
	}
	if err := yaml.UnmarshalWithOptions(described, &book, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	const main, office = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	const packages = "http://schemas.openxmlformats.org/package/2006/"
	var types, sheets, relations strings.Builder
	var parts [][]string
	for i, sheet := range book.Sheets {
		fmt.Fprintf(&types, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`, i+1)
		fmt.Fprintf(&sheets, `<sheet name="%s" sheetId="%d" state="%s" r:id="rId%d"/>`, sheet.Name, i+1, sheet.State, i+1)
		fmt.Fprintf(&relations, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, office, i+1)
		merges := ""
		for _, merge := range sheet.Merges {
			merges += fmt.Sprintf(`<mergeCell ref="%s"/>`, merge)
		}
		if merges != "" {
			merges = fmt.Sprintf(`<mergeCells count="%d">%s</mergeCells>`, len(sheet.Merges), merges)
		}
		parts = append(parts, []string{fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1),
			`<worksheet xmlns="` + main + `"><sheetData>` + trapCells(t, sheet.Rows) + `</sheetData>` + merges + `</worksheet>`})
	}
	parts = append(parts,
		[]string{"[Content_Types].xml", `<Types xmlns="` + packages + `content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` + types.String() + `</Types>`},
		[]string{"_rels/.rels", `<Relationships xmlns="` + packages + `relationships"><Relationship Id="rId1" Type="` + office + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		[]string{"xl/workbook.xml", `<workbook xmlns="` + main + `" xmlns:r="` + office + `"><sheets>` + sheets.String() + `</sheets></workbook>`},
		[]string{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + packages + `relationships">` + relations.String() + `</Relationships>`})
	for _, part := range parts {
		part[1] = xml.Header + part[1]
	}
	return trapArchive(t, parts...)
}

// trapCells writes the rows of a sheet.
func trapCells(t *testing.T, rows [][]any) string {
	t.Helper()
	escaped := func(value any) string {
		var b strings.Builder
		if err := xml.EscapeText(&b, []byte(fmt.Sprint(value))); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	var b strings.Builder
	for r, cells := range rows {
		fmt.Fprintf(&b, `<row r="%d">`, r+1)
		for c, value := range cells {
			ref, err := excelize.CoordinatesToCellName(c+1, r+1)
			if err != nil {
				t.Fatal(err)
			}
			switch v := value.(type) {
			case nil:
			case string:
				fmt.Fprintf(&b, `<c r="%s" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, ref, escaped(v))
			case map[string]any:
				fmt.Fprintf(&b, `<c r="%s"><f>%s</f>`, ref, escaped(v["formula"]))
				if stored, ok := v["value"]; ok {
					fmt.Fprintf(&b, `<v>%s</v>`, escaped(stored))
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

// trapParquet writes the result of a query as a Parquet file.
func trapParquet(t *testing.T, query, path string) {
	t.Helper()
	engine, err := sql.Open("duckdb", "")
	if err == nil {
		_, err = engine.ExecContext(t.Context(), "COPY ("+query+") TO '"+path+"' (FORMAT PARQUET)")
		err = errors.Join(err, engine.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}
