package report_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/report"
	"fairesync/pipeline/review"
)

// FuzzReadAnswers holds the reader to its promise: any bytes are a workbook or an AnswersError, the same each time, and an answer names
// its place and has an action, or says why it cannot be read.
func FuzzReadAnswers(f *testing.F) {
	base := prices(f, answerRow("00123", "keep", 12.5, 1), answerRow("00124", "set retail", "12.50", 2))
	f.Add(base)
	f.Add(rezip(f, base, map[string]func(string) []byte{"xl/worksheets/sheet1.xml": prefixed}))
	f.Add(base[:len(base)/2])
	f.Add([]byte("PK\x05\x06" + string(make([]byte, 18))))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := report.ReadAnswersOf("f.xlsx", bytes.NewReader(data), int64(len(data)))
		soundAnswers(t, got.Answers, err)
		again, _ := report.ReadAnswersOf("f.xlsx", bytes.NewReader(data), int64(len(data)))
		if diff := cmp.Diff(got, again); diff != "" {
			t.Fatalf("read twice:\n%s", diff)
		}
	})
}

// FuzzAnswerSheet does the same with the XML of a sheet, which chance does not find in an archive.
func FuzzAnswerSheet(f *testing.F) {
	base := prices(f, answerRow("00123", "keep", 12.5, 1))
	for _, seed := range []string{
		`<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Action</t></is></c><c t="inlineStr"><is><t>Key</t></is></c><c t="inlineStr"><is><t>Note</t></is></c></row>` +
			`<row r="2"><c r="A2" t="str"><f>x</f><v>keep</v></c><c r="B2" t="s"><v>0</v></c></row><row/></sheetData><mergeCells><mergeCell ref="A2:B9"/></mergeCells></worksheet>`,
		`<a><!-- > --><b c="&lt;>"/><![CDATA[x]]></a>`, `<worksheet><sheetData><row r="0"/></sheetData></worksheet>`, "<x:a xmlns:x='1'>&#x41;&#65;&bad;</x:a>",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, sheet []byte) {
		data := rezip(t, base, map[string]func(string) []byte{"xl/worksheets/sheet1.xml": func(string) []byte { return sheet }})
		book, err := readBytes(data)
		soundAnswers(t, book.Answers, err)
	})
}

func soundAnswers(t *testing.T, answers []review.Answer, err error) {
	t.Helper()
	var told *report.AnswersError
	if err != nil && (!errors.As(err, &told) || told.Why == "" || told.Next == "") {
		t.Fatalf("error %v, want an AnswersError that says what to do", err)
	}
	for _, a := range answers {
		if a.Row < 1 || a.Row > report.ExcelRows || a.Action == "" && a.Invalid == "" {
			t.Fatalf("answer %+v", a)
		}
	}
}
