package report_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"fairesync/pipeline/report"
	"fairesync/pipeline/review"
)

// styled gives cells number formats; a number n stands for the built-in format n.
func styled(t *testing.T, formats map[string]any) func(*excelize.File) {
	return func(file *excelize.File) {
		t.Helper()
		for cell, format := range formats {
			style := &excelize.Style{}
			switch format := format.(type) {
			case int:
				style.NumFmt = format
			case string:
				style.CustomNumFmt = &format
			}
			id, err := file.NewStyle(style)
			if err == nil {
				err = file.SetCellStyle("Prices", cell, cell, id)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

// odd is what is seen of the value of one answer.
type odd struct {
	Value   string
	Number  bool
	Notices []string
	Invalid string
}

func oddOf(a review.Answer) odd { return odd{a.Value, a.Number, a.Notices, a.Invalid} }

// TestReadAnswersNumbers: a number is read as a person sees it, and is known to be one.
func TestReadAnswersNumbers(t *testing.T) {
	for _, c := range []struct {
		name   string
		value  any
		format any
		want   odd
	}{
		{"plain", 12.5, nil, odd{Value: "12.5", Number: true}},
		{"of many digits", 0.1 + 0.2, nil, odd{Value: "0.3", Number: true}},
		{"a barcode", 4012345678901, nil, odd{Value: "4012345678901", Number: true}},
		{"past 15 digits", 12345678901234567.0, nil, odd{Value: "1.23456789012345E+16", Number: true}},
		{"two decimals", 12.5, 2, odd{Value: "12.50", Number: true}},
		{"thousands", 1250, 4, odd{Value: "1,250.00", Number: true}},
		{"currency", 12.5, `"$"#,##0.00`, odd{Value: "$12.50", Number: true}},
		{"currency of Google", 12.5, `[$$]#,##0.00`, odd{Value: "$12.50", Number: true}},
		{"scientific", 12000000000, 11, odd{Value: "1.20E+10", Number: true}},
		{"zeros in front", 123, "00000", odd{Value: "00123", Number: true}},
		{"rounded by its format", 12.505, 2, odd{Value: "12.51", Number: true, Notices: []string{"the cell Value holds 12.505 and shows 12.51, which was taken"}}},
		{"text format", 123, 49, odd{Value: "123", Number: true}},
		{"text", "00123", 49, odd{Value: "00123"}},
		{"text of digits", "1.20E+10", nil, odd{Value: "1.20E+10"}},
		{"yes", true, nil, odd{Value: "TRUE"}},
		{"day", 46387, 14, odd{Value: "2026-12-31"}},
		{"day in words", 46387, `[$-409]d\-mmm\-yyyy;@`, odd{Value: "2026-12-31"}},
		{"day in German", 46387, `DD.MM.YYYY`, odd{Value: "2026-12-31"}},
		{"day and hour", 46387.75, `m/d/yyyy h:mm`, odd{Value: "2026-12-31"}},
		{"month", 46357, `mmm-yy`, odd{Value: "2026-12-01"}},
		{"before the day that was not", 59, 14, odd{Value: "1900-02-28"}},
		{"no day", -3, 14, odd{Value: "-3"}},
		{"red", 7, `[Red]0`, odd{Value: "7", Number: true}},
		{"days in quotes", 7, `0" days"`, odd{Value: "7 days", Number: true}},
		{"elapsed time", 1.5, 46, odd{Value: "36:00:00", Number: true}},
		{"controls", "a_x000D_b_x005F_x0041_", nil, odd{Value: "a\rb_x0041_"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			formats := map[string]any{}
			if c.format != nil {
				formats["E2"] = c.format
			}
			book := mustRead(t, makeBook(t, []sheetRows{{"Prices", [][]any{decisionHeader, answerRow("1", "keep", c.value, 1)}}, metaSheet()}, styled(t, formats)))
			if diff := cmp.Diff(c.want, oddOf(book.Answers[0])); diff != "" {
				t.Errorf("value (-want +got):\n%s", diff)
			}
		})
	}
}

// TestReadAnswersFrom1904: old files of a Mac count days from 1904.
func TestReadAnswersFrom1904(t *testing.T) {
	data := makeBook(t, []sheetRows{{"Prices", [][]any{decisionHeader, answerRow("1", "keep", 44925, 1)}}, metaSheet()}, styled(t, map[string]any{"E2": 14}),
		func(file *excelize.File) {
			yes := true
			if err := file.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}); err != nil {
				t.Fatal(err)
			}
		})
	if got := mustRead(t, data).Answers[0].Value; got != "2026-12-31" {
		t.Errorf("day %s, want 2026-12-31", got)
	}
}

// TestReadAnswersWaivers: the last day of a waiver may be typed in many ways; nothing is guessed.
func TestReadAnswersWaivers(t *testing.T) {
	day := odd{Value: "2026-12-31"}
	for typed, want := range map[any]odd{
		"2026-12-31": day, "31.12.2026": day, "12/31/2026": day, "31/12/2026": day, "31 Dec 2026": day, "Dec 31, 2026": day, "31-Dec-2026": day,
		"December 31 2026": day, time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC): day,
		"03/04/2026": {Value: "03/04/2026", Invalid: "03/04/2026 may be 2026-03-04 or 2026-04-03: write it as 2026-12-31"},
		"soon":       {Value: "soon", Invalid: `"soon" is no day: write it as 2026-12-31`},
		"31.02.2026": {Value: "31.02.2026", Invalid: `"31.02.2026" is no day of the calendar: write it as 2026-12-31`},
		46387:        {Value: "46387", Number: true, Invalid: `"46387" is no day: write it as 2026-12-31`},
		"12/31/26":   {Value: "12/31/26", Invalid: "12/31/26 has a year of two digits: write it as 2026-12-31"},
	} {
		row := []any{"1", nil, nil, "Waive", typed, nil, nil, "x00000000000000aa", print(1)}
		if diff := cmp.Diff(want, oddOf(mustRead(t, prices(t, row)).Answers[0])); diff != "" {
			t.Errorf("%v (-want +got):\n%s", typed, diff)
		}
	}
	alias := []any{"1", nil, nil, "link", "03/04/2026", nil, nil, "alias-00000000000000aa", print(1)} // may be a SKU
	if diff := cmp.Diff(odd{Value: "03/04/2026"}, oddOf(mustRead(t, prices(t, alias)).Answers[0])); diff != "" {
		t.Errorf("a SKU like a day (-want +got):\n%s", diff)
	}
}

// TestReadAnswersFormulas: the last result of a formula counts and is told; an error or no result cannot be answered with.
func TestReadAnswersFormulas(t *testing.T) {
	data := prices(t,
		answerRow("1", "keep", formula{"10+2.5", 12.5}, 1),
		answerRow("2", "keep", formula{"10+2.5", nil}, 2),
		[]any{"3", nil, nil, formula{"D2", "keep"}, nil, nil, nil, key("price", 3), print(3)},
		[]any{"4", nil, nil, formula{"D2", nil}, nil, nil, nil, key("price", 4), print(4)},
		answerRow("5", "keep", "12", 5),
		[]any{formula{"A2", "00123"}, nil, nil, "keep", nil, nil, nil, key("price", 6), print(6)},
	)
	data = rezip(t, data, map[string]func(string) []byte{"xl/worksheets/sheet1.xml": func(old string) []byte {
		old = strings.Replace(old, `<c r="E2" t="str">`, `<c r="E2">`, 1) // as a program writes a number it has computed
		at := strings.Index(old, `<c r="E6"`)
		end := at + strings.Index(old[at:], "</c>")
		return []byte(old[:at] + `<c r="E6" t="e"><f>1/0</f><v>#DIV/0!</v>` + old[end:])
	}})
	const told = "holds a formula, whose last result was taken"
	want := []odd{
		{Value: "12.5", Number: true, Notices: []string{"the cell Value " + told}},
		{Invalid: "the cell Value holds a formula without a result: type the value"},
		{Notices: []string{"the cell Action " + told}},
		{Invalid: "the cell Action holds a formula without a result: type the value"},
		{Value: "#DIV/0!", Invalid: "the cell Value holds the error #DIV/0!"},
		{},
	}
	var got []odd
	for _, a := range mustRead(t, data).Answers {
		got = append(got, oddOf(a))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
}

// TestReadAnswersMerged: merged cells hide what rows below their first say.
func TestReadAnswersMerged(t *testing.T) {
	rows := [][]any{decisionHeader}
	for n := range 10 {
		rows = append(rows, answerRow("1", "", nil, n))
	}
	rows[1][3], rows[9][3] = "keep", "keep"
	merge := func(cells ...string) func(*excelize.File) {
		return func(file *excelize.File) {
			for _, one := range cells {
				from, to, _ := strings.Cut(one, ":")
				if err := file.MergeCell("Prices", from, to); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	book := mustRead(t, makeBook(t, []sheetRows{{"Prices", rows}, metaSheet()}, merge("D2:D4", "E6:F8", "A9:C11", "D10:E10")))
	type seen struct {
		Row     int
		Invalid string
	}
	joined := "the row is joined to others by the merged cells D2:D4: unmerge them and answer each row"
	want := []seen{{2, ""}, {3, joined}, {4, joined}, {10, ""}}
	var got []seen
	for _, a := range book.Answers {
		got = append(got, seen{a.Row, a.Invalid})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	notices := []string{"sheet Prices has 2 merged cells in its decision columns, D2:D4 first: of the rows they join only the first can answer"}
	if diff := cmp.Diff(notices, book.Notices); diff != "" {
		t.Errorf("notices (-want +got):\n%s", diff)
	}
}

// TestReadAnswersNotices: what answers nothing although somebody worked on it is told.
func TestReadAnswersNotices(t *testing.T) {
	rows := func(header []any, rows ...[]any) []byte {
		return makeBook(t, []sheetRows{{"Prices", append([][]any{header}, rows...)}, metaSheet()})
	}
	without := func(column int) ([]any, []any) {
		cut := func(row []any) []any { return append(append([]any{}, row[:column]...), row[column+1:]...) }
		return cut(decisionHeader), cut(answerRow("1", "keep", nil, 1))
	}
	noAction, noActionRow := without(3)
	noKey, noKeyRow := without(7)
	many := make([][]any, 25)
	for n := range many {
		many[n] = []any{"1", nil, nil, nil, nil, nil, "Ann", key("price", n), print(n)}
	}
	manyNotices := make([]string, 0, 21)
	for n := range 20 {
		manyNotices = append(manyNotices, "Prices row "+report.PlainNumber(float64(n+2))+" has a reviewer but no action, so it answers nothing")
	}
	manyNotices = append(manyNotices, "sheet Prices has 5 more rows that somebody wrote in and that have no action")
	good := prices(t, answerRow("1", "keep", nil, 1))
	for _, c := range []struct {
		name    string
		data    []byte
		notices []string
		invalid []string
	}{
		{"notes without action", rows(decisionHeader, []any{"1", nil, nil, nil, "12", "dear", nil, key("price", 1), print(1)}, []any{"1", nil, nil, " ", nil, "dear", nil, key("price", 1), print(1)},
			[]any{"1", nil, nil, nil, "12", nil, nil, key("price", 1), print(1)}),
			[]string{"Prices row 2 has a value but no action, so it answers nothing", "Prices row 3 has a note but no action, so it answers nothing"}, nil},
		{"many of them", rows(decisionHeader, many...), manyNotices, nil},
		{"no column Action", rows(noAction, noActionRow), []string{"sheet Prices has no column Action any more"}, nil},
		{"no column Key", rows(noKey, noKeyRow), nil, []string{"the column Key was deleted from the sheet: answer latest.xlsx of the brand, and hand that in"}},
		{"two columns Value", rows(append([]any{"value"}, decisionHeader[1:]...), answerRow("1", "keep", nil, 1)), nil,
			[]string{"the sheet has two columns Value: rename or delete one"}},
		{"external links", rezip(t, good, map[string]func(string) []byte{"xl/externalLinks/externalLink1.xml": func(string) []byte { return []byte("<x/>") }}),
			[]string{"the workbook refers to other workbooks; nothing was read from them"}, []string{""}},
		{"a row of one's own", rows(decisionHeader, []any{"1", nil, nil, "keep"}), nil, []string{""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			book := mustRead(t, c.data)
			if diff := cmp.Diff(c.notices, book.Notices); diff != "" {
				t.Errorf("notices (-want +got):\n%s", diff)
			}
			var invalid []string
			for _, a := range book.Answers {
				invalid = append(invalid, a.Invalid)
			}
			if diff := cmp.Diff(c.invalid, invalid); diff != "" {
				t.Errorf("invalid (-want +got):\n%s", diff)
			}
		})
	}
}
