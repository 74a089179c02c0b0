package files

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

const (
	workbookPart  = "xl/workbook.xml"
	relationsPart = "xl/_rels/workbook.xml.rels"
)

// workbook is one sheet of an XLSX file.
type workbook struct {
	book  *excelize.File
	sheet string
	names []string // of all sheets
	facts sheetFacts
}

// openWorkbook opens the sheet the settings name, or the first visible one.
func (s *Source) openWorkbook(in *input, archive *zip.Reader) (*workbook, error) {
	damaged := func(err error) error {
		return &FileError{Source: s.settings.Name, File: in.name, Why: "is a damaged workbook", Next: "open it in a spreadsheet program and save it again", Err: err}
	}
	if err := s.boundWorkbook(in, archive); err != nil {
		return nil, err
	}
	folder, err := s.scratch.folder() // large sheets are unpacked there
	if err != nil {
		return nil, err
	}
	sheets, err := listSheets(archive)
	if err != nil {
		return nil, damaged(err)
	}
	chosen, err := s.chooseSheet(in, sheets)
	if err != nil {
		return nil, err
	}
	facts, err := examineSheet(archive, chosen.part)
	if err != nil {
		return nil, damaged(err)
	}
	book, err := excelize.OpenReader(in.body.reader(), excelize.Options{UnzipSizeLimit: s.maxUnpacked(), TmpDir: folder})
	if err != nil {
		return nil, damaged(err)
	}
	// Without cell formats every value comes as it is stored, not as the sheet shows it: 4711 and not "4,711.00 $", and a
	// number to the 15 digits Excel keeps, 1.1 and not 1.1000000000000001. Text is text: 00123 and 1E5 survive.
	if book.Styles != nil {
		book.Styles.CellXfs = nil
	}
	made := &workbook{book: book, sheet: chosen.Name, facts: facts}
	for _, one := range sheets {
		made.names = append(made.names, one.Name)
	}
	return made, nil
}

func (w *workbook) close() error { return w.book.Close() }

func (w *workbook) rows(context.Context) (rows, error) {
	all, err := w.book.Rows(w.sheet)
	if err != nil {
		return nil, err
	}
	return &workbookRows{book: w, rows: all, ahead: w.facts.merges}, nil
}

type workbookRows struct {
	book   *workbook
	rows   *excelize.Rows
	number int
	ahead  []merge // those that begin further down
	active []merged
}

// merged is a merge that reaches into the current row, and its text.
type merged struct {
	merge
	text string
}

// next reads a row of the sheet. Cells that are merged downwards all have the text of the first, as they show it.
func (r *workbookRows) next(rec *record) error {
	if !r.rows.Next() {
		if err := r.rows.Error(); err != nil {
			return err
		}
		if r.number != r.book.facts.lastRow {
			return fmt.Errorf("sheet %s ends after row %d, not %d", r.book.sheet, r.number, r.book.facts.lastRow)
		}
		return io.EOF
	}
	cells, err := r.rows.Columns()
	if err != nil {
		return err
	}
	r.number++
	for _, column := range r.book.facts.uncomputed[r.number] {
		for len(cells) <= column {
			cells = append(cells, "")
		}
		cells[column] = uncomputed
	}
	rec.number, rec.ended, rec.loose = int64(r.number), true, true
	rec.cells = r.fill(cells)
	return nil
}

func (r *workbookRows) fill(cells []string) []string {
	r.active = slices.DeleteFunc(r.active, func(m merged) bool { return m.bottom < r.number })
	if firstFilledCell(cells) >= 0 { // a row of nothing but merged cells is no row
		for _, m := range r.active {
			for len(cells) <= m.column {
				cells = append(cells, "")
			}
			cells[m.column] = m.text
		}
	}
	for len(r.ahead) > 0 && r.ahead[0].top <= r.number {
		if m := r.ahead[0]; m.column < len(cells) {
			r.active = append(r.active, merged{m, cells[m.column]})
		}
		r.ahead = r.ahead[1:]
	}
	return cells
}

func (r *workbookRows) close() error { return r.rows.Close() }

// sheet is one entry of a workbook.
type sheet struct {
	Name  string `xml:"name,attr"`
	State string `xml:"state,attr"` // blank, visible, hidden or veryHidden
	ID    string `xml:"id,attr"`    // of the relation that leads to the part
	part  string
}

// listSheets reads which worksheets a workbook has, in their order.
func listSheets(archive *zip.Reader) ([]sheet, error) {
	var book struct {
		Sheets []sheet `xml:"sheets>sheet"`
	}
	if err := readPart(archive, workbookPart, &book); err != nil {
		return nil, err
	}
	var relations struct {
		List []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
			Type   string `xml:"Type,attr"`
		} `xml:"Relationship"`
	}
	if err := readPart(archive, relationsPart, &relations); err != nil {
		return nil, err
	}
	var worksheets []sheet
	for _, s := range book.Sheets {
		for _, relation := range relations.List {
			if relation.ID != s.ID || !strings.HasSuffix(relation.Type, "/worksheet") {
				continue
			}
			if s.part = path.Join("xl", relation.Target); strings.HasPrefix(relation.Target, "/") {
				s.part = strings.TrimPrefix(relation.Target, "/")
			}
			worksheets = append(worksheets, s)
		}
	}
	return worksheets, nil
}

// chooseSheet picks the sheet of the settings, or the first visible one.
func (s *Source) chooseSheet(in *input, sheets []sheet) (sheet, error) {
	var names []string
	for _, one := range sheets {
		visible := one.State == "" || one.State == "visible"
		if s.settings.Sheet == "" && visible || s.settings.Sheet != "" && strings.EqualFold(one.Name, s.settings.Sheet) {
			return one, nil
		}
		names = append(names, one.Name)
	}
	if s.settings.Sheet == "" {
		return sheet{}, s.refuse(in, "has no visible sheet", "name a sheet: sheet: NAME")
	}
	return sheet{}, &SettingError{s.settings.Name, "sheet", fmt.Sprintf("names %q, which %s does not have", s.settings.Sheet, in.name),
		"its sheets are " + strings.Join(names, ", ")}
}

// part finds a member of an archive; nil when there is none.
func part(archive *zip.Reader, name string) *zip.File {
	for _, file := range archive.File {
		if strings.EqualFold(strings.ReplaceAll(file.Name, `\`, "/"), name) {
			return file
		}
	}
	return nil
}

func readPart(archive *zip.Reader, name string, into any) (err error) {
	file := part(archive, name)
	if file == nil {
		return fmt.Errorf("%s is missing", name)
	}
	in, err := file.Open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	return xml.NewDecoder(in).Decode(into)
}
