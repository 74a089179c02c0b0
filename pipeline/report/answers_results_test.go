package report_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"fairesync/pipeline/report"
	"fairesync/pipeline/review"
)

// judgedAll gives every answer of a workbook the same verdict.
func judgedAll(book review.Workbook, verdict review.Verdict, why string) []review.Judged {
	var list []review.Judged
	for _, a := range book.Answers {
		list = append(list, review.Judged{Answer: a, Verdict: verdict, Why: why})
	}
	return list
}

// results writes what became of answers into a copy.
func results(t *testing.T, data []byte, judged []review.Judged) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := report.WriteResults(&out, save(t, data), judged); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// cellsOf reads a sheet as excelize does, which knows nothing of how it came to be.
func cellsOf(t *testing.T, data []byte, sheet string) [][]string {
	t.Helper()
	file, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // in memory
	rows, err := file.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestWriteResults(t *testing.T) {
	rows := [][]any{{"a title"}, decisionHeader, answerRow("00123", "keep", nil, 1), answerRow("00124", "", nil, 2), append(answerRow("00125", "approve", nil, 3), nil, "aside")}
	data := makeBook(t, []sheetRows{{"Prices", rows}, {"Other", [][]any{{"a", "b"}}}, metaSheet()}, func(file *excelize.File) {
		if err := file.SetColWidth("Prices", "A", "C", 30); err != nil {
			t.Fatal(err)
		}
	})
	for name, data := range map[string][]byte{
		"as it came": data,
		"prefixed":   rezip(t, data, map[string]func(string) []byte{"xl/worksheets/sheet1.xml": prefixed}),
		"with spans": rezip(t, data, map[string]func(string) []byte{"xl/worksheets/sheet1.xml": edited(t, `<row r="3"`, `<row r="3" spans="1:9"`)}),
	} {
		t.Run(name, func(t *testing.T) {
			book := mustRead(t, data)
			judged := judgedAll(book, review.Stale, `=the "values" <changed>`)
			judged[1].Verdict, judged[1].Why, judged[1].Answer.Notices = review.Accepted, "", []string{"odd"}
			want := cellsOf(t, data, "Prices")
			pad := func(row []string) []string {
				for len(row) < 11 {
					row = append(row, "")
				}
				return row
			}
			want[1] = append(pad(want[1]), "Result", "Why")
			want[2] = append(pad(want[2]), "stale", `=the "values" <changed>`)
			want[4] = append(pad(want[4]), "accepted", "odd")
			copied := results(t, data, judged)
			if name == "prefixed" { // which excelize does not read
				copied = rezip(t, copied, map[string]func(string) []byte{"xl/worksheets/sheet1.xml": func(old string) []byte { return unprefixed(old) }})
			}
			if diff := cmp.Diff(want, cellsOf(t, copied, "Prices")); diff != "" {
				t.Errorf("cells (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(cellsOf(t, data, "Other"), cellsOf(t, copied, "Other")); diff != "" {
				t.Errorf("the other sheet (-want +got):\n%s", diff)
			}
			again := mustRead(t, copied) // the copy can be answered, and told of once more
			var keys []string
			for _, a := range again.Answers {
				keys = append(keys, a.ID)
			}
			if diff := cmp.Diff([]string{key("price", 1), key("price", 3)}, keys); diff != "" {
				t.Errorf("answers of the copy (-want +got):\n%s", diff)
			}
			want[2] = append(want[2][:11:11], "known", "twice")
			want[4] = append(want[4][:11:11], "known", "twice")
			if diff := cmp.Diff(want, cellsOf(t, results(t, copied, judgedAll(mustRead(t, copied), review.Known, "twice")), "Prices")[:5]); diff != "" && name == "as it came" {
				t.Errorf("told twice (-want +got):\n%s", diff)
			}
		})
	}
}
