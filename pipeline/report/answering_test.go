package report_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// asking are the sheets a person answers.
var asking = []string{"Aliases", "Taxonomy", "Prices", "Approvals", "Drift", "Exceptions", "Decisions"}

// place gives the cell of a header's column in a row of a sheet.
func place(t *testing.T, book *excelize.File, sheet, header string, row int) string {
	t.Helper()
	rows, err := book.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.Index(rows[0], header)
	if at < 0 {
		t.Fatalf("%s has no column %s: %q", sheet, header, rows[0])
	}
	cell, err := excelize.CoordinatesToCellName(at+1, row)
	if err != nil {
		t.Fatal(err)
	}
	return cell
}

// The columns to fill in are open and all others locked, without a password; filtering and sorting are allowed.
func TestOnlyAnswersAreOpen(t *testing.T) {
	book := openSample(t)
	for _, sheet := range asking {
		protection, err := book.GetSheetProtection(sheet)
		if err != nil || !protection.AutoFilter || !protection.Sort || !protection.SelectUnlockedCells || protection.EditObjects || protection.Password != "" {
			t.Errorf("%s: protection %+v, %v", sheet, protection, err)
		}
		rows, err := book.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, header := range rows[0] {
			cell := place(t, book, sheet, header, 2)
			id, err := book.GetCellStyle(sheet, cell)
			if err != nil {
				t.Fatal(err)
			}
			style, err := book.GetStyle(id)
			if err != nil {
				t.Fatal(err)
			}
			open := style.Protection != nil && !style.Protection.Locked
			if want := slices.Contains([]string{"Action", "Value", "Note", "Reviewer"}, header); open != want {
				t.Errorf("%s!%s (%s) is open: %t, want %t", sheet, cell, header, open, want)
			}
		}
	}
}

// Actions are chosen from a list, types from a named range, and no key can be typed over.
func TestWhatMayBeTyped(t *testing.T) {
	book := openSample(t)
	actions := map[string]string{
		"Aliases": "link,leave", "Taxonomy": "map,leave", "Prices": "nearest retail,nearest wholesale,set retail,set wholesale,approve,keep",
		"Approvals": "approve,make again", "Drift": "ours,theirs", "Exceptions": "waive,assign", "Decisions": "withdraw",
	}
	for _, sheet := range asking {
		rules, err := book.GetDataValidations(sheet)
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]string{}
		for _, rule := range rules {
			found[rule.Sqref] = rule.Formula1
			if strings.Contains(rule.Formula1, ",") && len(rule.Formula1) > 255 {
				t.Errorf("%s: the list %s is longer than a cell's may be", sheet, rule.Formula1)
			}
		}
		column := func(header string) string {
			cell := place(t, book, sheet, header, 2)
			return cell + ":" + strings.TrimSuffix(cell, "2") + "1048576"
		}
		want := map[string]string{column("Action"): `"` + actions[sheet] + `"`, column("Value"): "", column("Note"): "", column("Reviewer"): "",
			column("Key"): "FALSE", column("Fingerprint"): "FALSE"}
		if sheet == "Taxonomy" {
			want[column("Value")] = "faire_types"
		}
		if diff := cmp.Diff(want, found); diff != "" {
			t.Errorf("%s (-want +got):\n%s", sheet, diff)
		}
	}
	var refers string
	for _, name := range book.GetDefinedName() {
		if name.Name == "faire_types" {
			refers = name.RefersTo
		}
	}
	if refers != "Lists!$A$2:$A$4" {
		t.Errorf("faire_types refers to %q", refers)
	}
}

// Nothing is answered by default: the best proposal stands in Value, the action is blank.
func TestNothingIsAnsweredByDefault(t *testing.T) {
	book := openSample(t)
	for sheet, proposed := range map[string]string{"Aliases": "0012", "Taxonomy": "Candle (tt_2)", "Prices": "", "Approvals": "", "Drift": "", "Exceptions": "", "Decisions": ""} {
		for header, want := range map[string]string{"Action": "", "Value": proposed, "Note": "", "Reviewer": ""} {
			got, err := book.GetCellValue(sheet, place(t, book, sheet, header, 2))
			if err != nil || got != want {
				t.Errorf("%s, %s holds %q, %v; want %q", sheet, header, got, err, want)
			}
		}
	}
}

// A picture is a link where its address can be one, else text; it is never loaded.
func TestPicturesAreLinks(t *testing.T) {
	book := openSample(t)
	for row, want := range map[int]string{2: `HYPERLINK("https://img.example/a""b.jpg","picture")`, 3: ""} {
		formula, err := book.GetCellFormula("Aliases", place(t, book, "Aliases", "Picture", row))
		if err != nil || formula != want {
			t.Errorf("row %d: %q, %v; want %q", row, formula, err, want)
		}
	}
	data, err := sampleBook()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), "xl/media") {
		t.Error("the workbook holds pictures")
	}
}
