package report_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"fairesync/pipeline/report"
	"fairesync/pipeline/review"
)

// sheetRows is one sheet of a workbook that a test makes. A cell is text, a number, a time or nil; a formula is one of formula.
type sheetRows struct {
	name string
	rows [][]any
}

// formula is a cell with a formula; result nil is one that no program has computed.
type formula struct {
	text   string
	result any
}

// Keys and fingerprints of made-up questions.
func key(kind string, n int) string { return fmt.Sprintf("%s-%016x", kind, n) }
func print(n int) string            { return fmt.Sprintf("f%016x", n) }

// decisionHeader is the header of a decision sheet as it is written.
var decisionHeader = []any{"SKU", "Style", "Found", "Action", "Value", "Note", "Reviewer", "Key", "Fingerprint"}

// answerRow is a row of it.
func answerRow(sku, action string, value any, n int) []any {
	return []any{sku, "TP-1", "10.00", action, value, nil, nil, key("price", n), print(n)}
}

// metaSheet is the hidden sheet of a workbook of brand luma.
func metaSheet() sheetRows {
	return sheetRows{"Meta", [][]any{{"fairesync", "2"}, {"brand", "luma"}, {"brand_id", "b_1"}, {"run", "20261120T093000Z-4f2a"}, {"command", "run"}}}
}

// makeBook makes a workbook with excelize; change may do anything to it before it is written.
func makeBook(t testing.TB, sheets []sheetRows, change ...func(*excelize.File)) []byte {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	file := excelize.NewFile()
	defer file.Close() //nolint:errcheck // in memory
	for i, sheet := range sheets {
		if i == 0 {
			must(file.SetSheetName("Sheet1", sheet.name))
		} else {
			_, err := file.NewSheet(sheet.name)
			must(err)
		}
		for y, row := range sheet.rows {
			for x, value := range row {
				cell, err := excelize.CoordinatesToCellName(x+1, y+1)
				must(err)
				if f, ok := value.(formula); ok {
					if f.result != nil {
						must(file.SetCellValue(sheet.name, cell, f.result))
					}
					must(file.SetCellFormula(sheet.name, cell, f.text))
					continue
				}
				must(file.SetCellValue(sheet.name, cell, value))
			}
		}
		if sheet.name == "Meta" {
			must(file.SetSheetVisible(sheet.name, false))
		}
	}
	for _, one := range change {
		one(file)
	}
	var out bytes.Buffer
	must(file.Write(&out))
	return out.Bytes()
}

// prices is a workbook with one decision sheet of these rows below its header.
func prices(t testing.TB, rows ...[]any) []byte {
	t.Helper()
	return makeBook(t, []sheetRows{{"Prices", append([][]any{decisionHeader}, rows...)}, metaSheet()})
}

func readBytes(data []byte) (review.Workbook, error) {
	return report.ReadAnswersOf("answers.xlsx", bytes.NewReader(data), int64(len(data)))
}

// mustRead reads a workbook that has to be one.
func mustRead(t testing.TB, data []byte) review.Workbook {
	t.Helper()
	book, err := readBytes(data)
	if err != nil {
		t.Fatal(err)
	}
	return book
}

// rezip writes an archive again with its parts changed; a part that becomes nil goes, new ones are added.
func rezip(t testing.TB, data []byte, parts map[string]func(old string) []byte) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var buffer bytes.Buffer
	out := zip.NewWriter(&buffer)
	add := func(name string, content []byte) {
		w, err := out.Create(name)
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	done := map[string]bool{}
	for _, file := range in.File {
		content := readPart(t, file)
		if change := parts[file.Name]; change != nil {
			done[file.Name] = true
			if content = change(string(content)); content == nil {
				continue
			}
		}
		add(file.Name, content)
	}
	for name, change := range parts {
		if !done[name] {
			add(name, change(""))
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes()
}

func readPart(t testing.TB, file *zip.File) []byte {
	t.Helper()
	in, err := file.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close() //nolint:errcheck // read only
	content, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// edited replaces a text of a part, which must be there.
func edited(t testing.TB, old, changed string) func(string) []byte {
	return func(content string) []byte {
		t.Helper()
		if !strings.Contains(content, old) {
			t.Fatalf("no %q in %s", old, content)
		}
		return []byte(strings.ReplaceAll(content, old, changed))
	}
}

// save writes a workbook to a file.
func save(t testing.TB, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "answers.xlsx")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
