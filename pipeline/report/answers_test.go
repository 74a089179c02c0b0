package report_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/xuri/excelize/v2"

	"fairesync/pipeline/report"
	"fairesync/pipeline/review"
)

// ignoreDigest leaves out the digest of the file, which is another with every version of the library that makes it.
var ignoreDigest = cmpopts.IgnoreFields(review.Workbook{}, "Digest")

func TestReadAnswers(t *testing.T) {
	data := makeBook(t, []sheetRows{
		{"Summary", [][]any{{"Exceptions", 12}}},
		{"Prices", [][]any{
			decisionHeader,
			{"00123", "TP-1", "10.00", "set retail", 12.5, "as agreed", "Ann", key("price", 1), print(1)},
			{"00124", "TP-1", "10.00", nil, 11, nil, nil, key("price", 2), print(2)},
			{"00125", "TP-1", "10.00", " Approve ", nil, nil, nil, key("price", 3), print(3)},
		}},
		{"Exceptions 2", [][]any{
			{"Severity", "Code", "Key", "Fingerprint", "Action", "Value", "Note", "Reviewer"},
			{"error", "KEY_BLANK", "x00000000000000aa", print(9), "waive", time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC), nil, "Bo"},
		}},
		metaSheet(),
	})
	want := review.Workbook{Brand: "luma", BrandID: "b_1", Run: "20261120T093000Z-4f2a", Answers: []review.Answer{
		{ID: key("price", 1), Fingerprint: print(1), Action: "set retail", Value: "12.5", Note: "as agreed", Reviewer: "Ann", Sheet: "Prices", Row: 2, Number: true,
			Shown: map[string]string{"SKU": "00123", "Style": "TP-1", "Found": "10.00"}},
		{ID: key("price", 3), Fingerprint: print(3), Action: "Approve", Sheet: "Prices", Row: 4, Shown: map[string]string{"SKU": "00125", "Style": "TP-1", "Found": "10.00"}},
		{ID: "x00000000000000aa", Fingerprint: print(9), Action: "waive", Value: "2026-12-31", Reviewer: "Bo", Sheet: "Exceptions 2", Row: 2,
			Shown: map[string]string{"Severity": "error", "Code": "KEY_BLANK"}},
	}}
	got, err := report.ReadAnswers(save(t, data))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, ignoreDigest); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	if len(got.Digest) != 16 {
		t.Errorf("digest %q, want 16 hex digits", got.Digest)
	}
}

// TestReadAnswersTolerates: whatever people and programs do to a workbook that keeps its headers and keys, the answers are the same.
func TestReadAnswersTolerates(t *testing.T) {
	one := answerRow("00123", "keep", nil, 1)
	two := answerRow("00124", "set retail", "12.50", 2)
	want := []review.Answer{
		{ID: key("price", 1), Fingerprint: print(1), Action: "keep", Sheet: "Prices", Row: 2, Shown: map[string]string{"SKU": "00123", "Style": "TP-1", "Found": "10.00"}},
		{ID: key("price", 2), Fingerprint: print(2), Action: "set retail", Value: "12.50", Sheet: "Prices", Row: 3, Shown: map[string]string{"SKU": "00124", "Style": "TP-1", "Found": "10.00"}},
	}
	base := prices(t, one, two)
	move := func(changes ...func(*review.Answer)) []review.Answer { // the same answers somewhere else
		var moved []review.Answer
		for _, a := range want {
			for _, change := range changes {
				change(&a)
			}
			moved = append(moved, a)
		}
		return moved
	}
	at := func(rows ...int) func(*review.Answer) {
		return func(a *review.Answer) { a.Row = rows[a.Row-2] }
	}
	do := func(change func(*excelize.File) error) []byte {
		return makeBook(t, []sheetRows{{"Prices", [][]any{decisionHeader, one, two}}, metaSheet()}, func(file *excelize.File) {
			if err := change(file); err != nil {
				t.Fatal(err)
			}
		})
	}
	sheet := "xl/worksheets/sheet1.xml"
	for _, c := range []struct {
		name string
		data []byte
		want []review.Answer
	}{
		{"as it came", base, want},
		{"sheet renamed", do(func(f *excelize.File) error { return f.SetSheetName("Prices", "done") }), move(func(a *review.Answer) { a.Sheet = "done" })},
		{"meta first and renamed", makeBook(t, []sheetRows{{"x", metaSheet().rows}, {"Prices", [][]any{decisionHeader, one, two}}}), want},
		{"sheet hidden", makeBook(t, []sheetRows{{"Summary", nil}, {"Prices", [][]any{decisionHeader, one, two}}, metaSheet()}, func(f *excelize.File) {
			if err := f.SetSheetVisible("Prices", false); err != nil {
				t.Fatal(err)
			}
		}), want},
		{"other sheets", makeBook(t, []sheetRows{{"Mine", [][]any{{"Action", "Value"}, {"buy", "milk"}}}, {"Prices", [][]any{decisionHeader, one, two}}, metaSheet()}), want},
		{"rows sorted and one deleted", prices(t, two), move(at(0, 2))[1:]},
		{"blank rows", prices(t, nil, one, nil, nil, two), move(at(3, 6))},
		{"rows above the header", do(func(f *excelize.File) error { return f.InsertRows("Prices", 1, 19) }), move(at(21, 22))},
		{"header too far down", do(func(f *excelize.File) error { return f.InsertRows("Prices", 1, 20) }), nil},
		{"column hidden", do(func(f *excelize.File) error { return f.SetColVisible("Prices", "H:I", false) }), want},
		{"column added", do(func(f *excelize.File) error { return f.InsertCols("Prices", "E", 2) }), want},
		{"columns moved", makeBook(t, []sheetRows{{"Prices", [][]any{
			{"Fingerprint", "Value", "Key", "Action", "SKU", "Style", "Found"},
			{print(1), nil, key("price", 1), "keep", "00123", "TP-1", "10.00"}, {print(2), "12.50", key("price", 2), "set retail", "00124", "TP-1", "10.00"},
		}}, metaSheet()}), want},
		{"column deleted", do(func(f *excelize.File) error { return f.RemoveCol("Prices", "C") }), move(func(a *review.Answer) {
			a.Shown = map[string]string{"SKU": a.Shown["SKU"], "Style": "TP-1"}
		})},
		{"headers in capitals", rezip(t, base, map[string]func(string) []byte{"xl/sharedStrings.xml": edited(t, ">Action<", "> ACTION <")}), want},
		{"inline texts, as Google writes them", rezip(t, base, map[string]func(string) []byte{
			sheet: inlined(t, base), "xl/worksheets/sheet2.xml": inlined(t, base), "xl/sharedStrings.xml": func(string) []byte { return nil },
		}), want},
		{"prefixed tags, as .NET writes them", rezip(t, base, map[string]func(string) []byte{sheet: prefixed}), want},
		{"no styles", rezip(t, base, map[string]func(string) []byte{"xl/styles.xml": func(string) []byte { return nil }}), want},
		{"a byte order mark and comments", rezip(t, base, map[string]func(string) []byte{sheet: func(old string) []byte {
			return []byte("\uFEFF" + strings.ReplaceAll(old, "<sheetData>", "<!-- > \" --><sheetData><!-- </sheetData> -->"))
		}}), want},
		{"rich texts and furigana", rezip(t, base, map[string]func(string) []byte{"xl/sharedStrings.xml": edited(t, "<si><t>keep</t></si>",
			"<si><r><t>ke</t></r><r><rPr><b/></rPr><t xml:space=\"preserve\">ep </t></r><rPh sb=\"0\" eb=\"1\"><t>kip</t></rPh></si>")}), want},
		{"texts as CDATA", rezip(t, base, map[string]func(string) []byte{"xl/sharedStrings.xml": edited(t, "<t>keep</t>", "<t><![CDATA[keep]]></t>")}), want},
		{"parts in other folders", moved(t, base), want},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := mustRead(t, c.data)
			if diff := cmp.Diff(c.want, got.Answers); diff != "" {
				t.Errorf("answers (-want +got):\n%s", diff)
			}
			if got.Notices != nil {
				t.Errorf("notices %q, want none", got.Notices)
			}
		})
	}
}

func TestReadAnswersRefuses(t *testing.T) {
	good := prices(t, answerRow("00123", "keep", nil, 1))
	meta := func(rows ...[]any) []byte {
		return makeBook(t, []sheetRows{{"Prices", [][]any{decisionHeader, answerRow("1", "keep", nil, 1)}}, {"Meta", rows}})
	}
	broken := func(old, changed string) []byte {
		return rezip(t, good, map[string]func(string) []byte{"xl/worksheets/sheet1.xml": edited(t, old, changed)})
	}
	add := func(name, content string) []byte {
		return rezip(t, good, map[string]func(string) []byte{name: func(string) []byte { return []byte(content) }})
	}
	for _, c := range []struct {
		name      string
		data      []byte
		why, next string
	}{
		{"empty", nil, "answers.xlsx is empty", "answer latest.xlsx"},
		{"CSV", []byte("Action,Value\nkeep,\n"), "is a text, such as a CSV", "save it as .xlsx"},
		{"password or xls", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00"), "locked with a password, or is an old .xls", "without a password"},
		{"picture", []byte("\x89PNG\r\n\x1a\n\x00\x00"), "is no workbook", "answer latest.xlsx"},
		{"truncated", good[:len(good)-200], "cut off or damaged", "copy or download it again"},
		{"other zip", zipped(t, map[string]string{"a.txt": "x"}), "is a zip archive and no workbook", "answer latest.xlsx"},
		{"OpenDocument", zipped(t, map[string]string{"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}), "(.ods)", "save it as .xlsx"},
		{"binary", zipped(t, map[string]string{"xl/workbook.bin": "x"}), "(.xlsb)", "save it as .xlsx"},
		{"not ours", makeBook(t, []sheetRows{{"Prices", [][]any{decisionHeader, answerRow("1", "keep", nil, 1)}}}), "is no workbook of fairesync", "answer latest.xlsx"},
		{"meta emptied", meta([]any{"fairesync", "2"}), "Meta was changed", "answer latest.xlsx"},
		{"format not a number", meta([]any{"fairesync", "two"}, []any{"brand", "luma"}, []any{"run", "r"}), "Meta was changed", "answer latest.xlsx"},
		{"later format", meta([]any{"fairesync", 3}, []any{"brand", "luma"}, []any{"run", "r"}), "later fairesync, in format 3 where this one reads 2", "use that version"},
		{"earlier format", meta([]any{"fairesync", "1"}, []any{"brand", "luma"}, []any{"run", "r"}), "earlier fairesync", "run again"},
		{"two runs", makeBook(t, []sheetRows{metaSheet(), {"Meta2", [][]any{{"fairesync", "2"}, {"run", "other"}}}}), "of two runs", "by itself"},
		{"macros", add("xl/vbaProject.bin", "x"), "holds macros", "without macros"},
		{"part twice", twice(t, good), "a part twice", "save it as .xlsx again"},
		{"bomb", bomb(t, good, 80<<20), "grows more than 200 times", "answer latest.xlsx"},
		{"too large unpacked", sizedPart(t, good, "", 3<<30), "too large", "answer latest.xlsx"},
		{"too many texts", sizedPart(t, heavy(t, good), "xl/sharedStrings.xml", 600<<20), "more than 512 MiB of texts", "delete the sheets"},
		{"row over the limit", broken(`<row r="2"`, `<row r="1048577"`), "more than 1048576 rows in its sheet Prices", "as it came"},
		{"two million rows", broken("</sheetData>", strings.Repeat("<row/>", 2_000_000)+"</sheetData>"), "more than 1048576 rows in its sheet Prices", "as it came"},
		{"one row over and over", broken("</sheetData>", strings.Repeat(`<row r="3"/>`, 1<<20)+"</sheetData>"), "more than 1048576 rows", "as it came"},
		{"sheet ends early", broken("</worksheet>", ""), "damaged workbook: its sheet Prices cannot be read", "save it as .xlsx again"},
		{"sheet cut off", broken("</sheetData>", ""), "damaged workbook: its sheet Prices cannot be read", "save it as .xlsx again"},
		{"text without entry", broken(`t="s"><v>0</v>`, `t="s"><v>9999</v>`), "damaged", "save it as .xlsx again"},
		{"endless text", broken("<sheetData>", "<x>"+strings.Repeat("y", 3<<20)+"</x><sheetData>"), "damaged", "save it as .xlsx again"},
		{"sheet missing", rezip(t, good, map[string]func(string) []byte{"xl/worksheets/sheet1.xml": func(string) []byte { return nil }}), "damaged", "save it as .xlsx again"},
		{"a document type", broken("<sheetData>", "<!DOCTYPE a><sheetData>"), "damaged", "save it as .xlsx again"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := readBytes(c.data)
			var told *report.AnswersError
			if !errors.As(err, &told) {
				t.Fatalf("error %v, want an AnswersError", err)
			}
			if !strings.HasPrefix(told.Error(), "answers.xlsx ") || !strings.Contains(told.Error(), c.why) || !strings.Contains(told.Hint(), c.next) {
				t.Errorf("error %q, hint %q; want %q and %q", told, told.Hint(), c.why, c.next)
			}
		})
	}
}

func TestReadAnswersOfNothing(t *testing.T) {
	if _, err := report.ReadAnswers(t.TempDir()); err == nil || !strings.Contains(err.Error(), "is no file") {
		t.Errorf("a folder: error %v", err)
	}
	if _, err := report.ReadAnswers(t.TempDir() + "/none.xlsx"); !errors.Is(err, fs.ErrNotExist) || !strings.HasSuffix(err.Error(), "none.xlsx is not there") {
		t.Errorf("a file that is not there: error %v", err)
	}
}
