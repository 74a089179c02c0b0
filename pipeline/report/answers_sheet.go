package report

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"fairesync/pipeline/review"
)

// The columns of a decision sheet that an answer is made of. A sheet is told by them, whatever it is called.
const (
	actionColumn = iota
	valueColumn
	noteColumn
	reviewerColumn
	keyColumn
	fingerprintColumn
	decisionColumns // how many there are
)

var decisionHeaders = [decisionColumns]string{"Action", "Value", "Note", "Reviewer", "Key", "Fingerprint"}

// headerWithin is in how many rows from the top the header of a decision sheet is looked for, and headerEnough how many of its columns it
// must still have.
const (
	headerWithin = 20
	headerEnough = 3
)

// maxShown is how long a locked cell may be that is kept, to see whether a key was damaged: keys are short, descriptions are not.
const maxShown = 100

// sheetAnswers reads one sheet.
type sheetAnswers struct {
	book    *answerBook
	name    string
	columns []int    // what a column is, by its number: one of the decision columns, or -1
	headers []string // by number of the column
	at      [decisionColumns]int
	header  int    // its row; 0: not found yet
	broken  string // why no row of it can be read: two columns of one name

	merges  []merged // of the pass before, if there were any
	found   []merged // that touch decision columns
	meta    map[string]string
	answers []review.Answer
	idle    []string // notices of rows with a note but no action
	idlers  int
}

// merged is a block of rows that merged cells join. acted says that its first row has an action.
type merged struct {
	top, bottom int
	ref         string
	acted       bool
}

// maxMerges bounds what is kept of merged cells.
const maxMerges = 1 << 16

// read reads the sheet: its rows, if it is a decision sheet, or what it says of the run, if it is Meta. Where merged cells turn out to
// touch decision columns it reads the rows once more, knowing them: they stand behind the rows.
func (s *sheetAnswers) read(part string) error {
	for {
		reader := &rowReader{onRow: s.row, onMerge: s.merge}
		err := s.book.scan(part, reader.token)
		switch {
		case errors.Is(err, errTooManyRows):
			return s.book.refuse("has more than %d rows in its sheet %s", "answer the workbook as it came; copies of rows are no answers", excelRows, s.name)
		case err != nil:
			return s.book.failed("sheet "+s.name, err)
		case s.merges != nil || len(s.found) == 0:
			return nil
		}
		*s = sheetAnswers{book: s.book, name: s.name, merges: joined(s.found), found: s.found}
	}
}

// row takes one row; false ends the sheet.
func (s *sheetAnswers) row(row *answerRow) (bool, error) {
	switch {
	case s.meta != nil:
		return s.metaRow(row)
	case s.header == 0:
		return s.headerRow(row)
	}
	return true, s.answer(row)
}

// The marker of the hidden sheet, and the format of the workbook it stands for.
const (
	metaMarker    = "fairesync"
	answersFormat = 2
	metaRowMax    = 200
)

func (s *sheetAnswers) headerRow(row *answerRow) (bool, error) {
	if row.number > headerWithin {
		return false, nil
	}
	var names []string
	for i := range row.cells {
		cell, err := s.book.see(row, &row.cells[i])
		if err != nil {
			return false, err
		}
		if row.number == 1 && row.cells[i].column == 1 && cell.text == metaMarker {
			s.meta = map[string]string{}
			return s.metaRow(row)
		}
		names = append(names, cell.text)
	}
	var at [decisionColumns]int
	found, broken := 0, ""
	for i, name := range names {
		column := slices.IndexFunc(decisionHeaders[:], func(header string) bool { return strings.EqualFold(header, name) })
		switch {
		case column < 0:
		case at[column] != 0:
			broken = fmt.Sprintf("the sheet has two columns %s: rename or delete one", decisionHeaders[column])
		default:
			at[column] = row.cells[i].column
			found++
		}
	}
	if found < headerEnough || at[keyColumn] == 0 && at[fingerprintColumn] == 0 {
		return true, nil
	}
	s.header, s.at, s.broken = row.number, at, broken
	width := 0
	if n := len(row.cells); n > 0 {
		width = row.cells[n-1].column
	}
	s.columns, s.headers = slices.Repeat([]int{-1}, width+1), make([]string, width+1)
	for i, name := range names {
		s.headers[row.cells[i].column] = name
	}
	for column, number := range at {
		if number > 0 {
			s.columns[number] = column
		}
	}
	return true, nil
}

func (s *sheetAnswers) metaRow(row *answerRow) (bool, error) {
	var pair [2]string
	for i := range row.cells {
		if column := row.cells[i].column; column <= 2 {
			cell, err := s.book.see(row, &row.cells[i])
			if err != nil {
				return false, err
			}
			pair[column-1] = cell.text
		}
	}
	if _, ok := s.meta[pair[0]]; !ok && pair[0] != "" {
		s.meta[pair[0]] = pair[1]
	}
	return len(s.meta) < metaRowMax, nil
}

// answer takes a row below the header.
func (s *sheetAnswers) answer(row *answerRow) error {
	var cells [decisionColumns]*answerCell
	for i := range row.cells {
		if number := row.cells[i].column; number < len(s.columns) && s.columns[number] >= 0 {
			cells[s.columns[number]] = &row.cells[i]
		}
	}
	var read [decisionColumns]seen
	see := func(columns ...int) error {
		for _, column := range columns {
			var err error
			if read[column], err = s.book.see(row, cells[column]); err != nil {
				return err
			}
		}
		return nil
	}
	if err := see(actionColumn); err != nil {
		return err
	}
	acts := read[actionColumn].text != "" || read[actionColumn].invalid != ""
	within := s.within(row.number, acts)
	if !acts && within == "" {
		if cells[noteColumn] == nil && cells[reviewerColumn] == nil {
			return nil // as most rows
		}
		if err := see(noteColumn, reviewerColumn, valueColumn); err != nil {
			return err
		}
		s.idleRow(row.number, read)
		return nil
	}
	if err := see(valueColumn, noteColumn, reviewerColumn, keyColumn, fingerprintColumn); err != nil {
		return err
	}
	if !acts && read[keyColumn].text == "" {
		return nil
	}
	a := review.Answer{ID: read[keyColumn].text, Fingerprint: read[fingerprintColumn].text, Action: read[actionColumn].text,
		Value: read[valueColumn].text, Note: read[noteColumn].text, Reviewer: read[reviewerColumn].text, Sheet: s.name, Row: row.number,
		Number: read[valueColumn].number && !read[valueColumn].day, Invalid: s.broken}
	for column, cell := range read {
		if cell.notice != "" {
			a.Notices = append(a.Notices, fmt.Sprintf("the cell %s %s", decisionHeaders[column], cell.notice))
		}
		if cell.invalid != "" && a.Invalid == "" {
			a.Invalid = fmt.Sprintf("the cell %s %s", decisionHeaders[column], cell.invalid)
		}
	}
	switch {
	case within != "":
		a.Invalid = within
	case s.at[keyColumn] == 0 && a.Invalid == "":
		a.Invalid = "the column Key was deleted from the sheet: " + answerAgain
	}
	readDay(&a)
	shown, err := s.shown(row)
	if err != nil {
		return err
	}
	a.Shown = shown
	s.answers = append(s.answers, a)
	if s.book.answers++; s.book.answers > maxAnswers {
		return s.book.refuse("has more than %d answers", "part them into several workbooks", maxAnswers)
	}
	return nil
}

// maxAnswers is how many answers a workbook may have; all of them are held in memory.
const maxAnswers = 500_000

// readDay reads the last day of a waiver that was typed as text, or says why it cannot.
func readDay(a *review.Answer) {
	if a.Invalid != "" || a.Value == "" || !strings.HasPrefix(a.ID, "x") || !strings.EqualFold(a.Action, string(review.Waive)) {
		return
	}
	day, err := review.ParseDay(a.Value)
	if err != nil {
		a.Invalid = err.Error()
		return
	}
	a.Value, a.Number = day, false
}

// shown are the locked cells of a row by their headers.
func (s *sheetAnswers) shown(row *answerRow) (map[string]string, error) {
	shown := make(map[string]string, len(row.cells))
	for i := range row.cells {
		c := &row.cells[i]
		if c.column >= len(s.headers) || s.columns[c.column] >= 0 || s.headers[c.column] == "" || c.to-c.from > maxShown {
			continue
		}
		cell, err := s.book.see(row, c)
		if err != nil {
			return nil, err
		}
		if _, ok := shown[s.headers[c.column]]; !ok && cell.text != "" && len(cell.text) <= maxShown {
			shown[s.headers[c.column]] = cell.text
		}
	}
	return shown, nil
}

// maxIdle is how many rows with a note and no action are told of one by one.
const maxIdle = 20

// idleRow tells of a row that somebody worked on and gave no action.
func (s *sheetAnswers) idleRow(number int, read [decisionColumns]seen) {
	if read[noteColumn].text == "" && read[reviewerColumn].text == "" {
		return
	}
	if s.idlers++; s.idlers > maxIdle {
		return
	}
	what := "a note"
	switch {
	case read[valueColumn].text != "":
		what = "a value"
	case read[noteColumn].text == "":
		what = "a reviewer"
	}
	s.idle = append(s.idle, fmt.Sprintf("%s row %d has %s but no action, so it answers nothing", s.name, number, what))
}

// notices are what is to be told of the sheet.
func (s *sheetAnswers) notices() []string {
	if s.header == 0 {
		return nil
	}
	var list []string
	for _, column := range []int{actionColumn, valueColumn, fingerprintColumn} {
		if s.at[column] == 0 && s.broken == "" {
			list = append(list, fmt.Sprintf("sheet %s has no column %s any more", s.name, decisionHeaders[column]))
		}
	}
	if n := len(s.found); n > 0 {
		list = append(list, fmt.Sprintf("sheet %s has %d merged cells in its decision columns, %s first: of the rows they join only the first can answer", s.name, n, s.found[0].ref))
	}
	list = append(list, s.idle...)
	if more := s.idlers - maxIdle; more > 0 {
		list = append(list, fmt.Sprintf("sheet %s has %d more rows that somebody wrote in and that have no action", s.name, more))
	}
	return list
}

// merge takes merged cells, if they join rows below the header in a decision column.
func (s *sheetAnswers) merge(ref string) {
	from, to, ok := strings.Cut(ref, ":")
	if s.merges != nil || s.header == 0 || !ok || len(s.found) == maxMerges {
		return
	}
	left, top, err := excelize.CellNameToCoordinates(from)
	if err != nil {
		return
	}
	right, bottom, err := excelize.CellNameToCoordinates(to)
	if err != nil || bottom <= top || bottom <= s.header {
		return
	}
	for _, column := range s.at {
		if column >= left && column <= right && column > 0 {
			s.found = append(s.found, merged{top: top, bottom: bottom, ref: ref})
			return
		}
	}
}

// joined sorts blocks of rows and joins those that overlap.
func joined(list []merged) []merged {
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b merged) int { return a.top - b.top })
	var out []merged
	for _, m := range sorted {
		if last := len(out) - 1; last >= 0 && m.top <= out[last].bottom {
			out[last].bottom = max(out[last].bottom, m.bottom)
			continue
		}
		out = append(out, m)
	}
	return out
}

// within says why a row that merged cells join to one above cannot answer; blank if it is none, or nobody answered there.
func (s *sheetAnswers) within(row int, acts bool) string {
	at, exact := slices.BinarySearchFunc(s.merges, row, func(m merged, row int) int { return m.top - row })
	if exact {
		s.merges[at].acted = acts
		return ""
	}
	if at == 0 || s.merges[at-1].bottom < row || !acts && !s.merges[at-1].acted {
		return ""
	}
	return "the row is joined to others by the merged cells " + s.merges[at-1].ref + ": unmerge them and answer each row"
}
