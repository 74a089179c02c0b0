package files

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// uncomputed stands in a formula cell that has no stored result. It reads like the error cells of a spreadsheet.
const uncomputed = "#NOT COMPUTED!"

// sheetFacts are what the row reader of excelize does not tell: it ends without a word where the XML of a sheet is broken,
// knows nothing of merged cells before the last row, and gives a formula without stored result as a blank cell.
type sheetFacts struct {
	lastRow    int
	merges     []merge       // sorted by top
	uncomputed map[int][]int // row: columns from 0
}

// merge is a block of cells joined over several rows. Only its first column is filled down.
type merge struct {
	top, bottom int
	column      int // from 0
}

// examineSheet reads the XML of a sheet once, to its end and strictly.
func examineSheet(archive *zip.Reader, name string) (facts sheetFacts, err error) {
	file := part(archive, name)
	if file == nil {
		return facts, fmt.Errorf("%s is missing", name)
	}
	in, err := file.Open()
	if err != nil {
		return facts, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	facts.uncomputed = map[int][]int{}
	return facts, facts.read(xml.NewDecoder(bufio.NewReaderSize(in, 1<<16)))
}

func (f *sheetFacts) read(decoder *xml.Decoder) error {
	var cell string
	var formula, value bool
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return f.sortMerges()
		}
		if err != nil {
			return err
		}
		switch tag := token.(type) {
		case xml.StartElement:
			switch tag.Name.Local {
			case "row":
				if err := f.addRow(attribute(tag, "r")); err != nil {
					return err
				}
			case "c":
				cell, formula, value = attribute(tag, "r"), false, false
			case "f":
				formula = true
			case "v", "is":
				value = true
			case "mergeCell":
				if err := f.addMerge(attribute(tag, "ref")); err != nil {
					return err
				}
			}
		case xml.EndElement:
			if tag.Name.Local == "c" && formula && !value && cell != "" {
				if err := f.addUncomputed(cell); err != nil {
					return err
				}
			}
		}
	}
}

func (f *sheetFacts) addRow(number string) error {
	if row, err := strconv.Atoi(number); err == nil {
		f.lastRow = row
	} else {
		f.lastRow++ // a row without number follows the one before
	}
	if f.lastRow > maxSheetRows {
		return fmt.Errorf("%w: row %d", errSheet, f.lastRow)
	}
	return nil
}

// sortMerges orders merged cells by where they begin. Two that share a cell are in no sheet, and would be kept up for every row.
func (f *sheetFacts) sortMerges() error {
	slices.SortStableFunc(f.merges, func(a, b merge) int { return a.top - b.top })
	bottom := map[int]int{}
	for _, m := range f.merges {
		if m.top <= bottom[m.column] {
			return fmt.Errorf("%w: merged cells overlap in row %d", errSheet, m.top)
		}
		bottom[m.column] = m.bottom
	}
	return nil
}

func (f *sheetFacts) addUncomputed(cell string) error {
	column, row, err := excelize.CellNameToCoordinates(cell)
	if err != nil {
		return err
	}
	f.uncomputed[row] = append(f.uncomputed[row], column-1)
	return nil
}

func (f *sheetFacts) addMerge(ref string) error {
	from, to, ok := strings.Cut(ref, ":")
	if !ok {
		return nil
	}
	column, top, err := excelize.CellNameToCoordinates(from)
	if err != nil {
		return err
	}
	_, bottom, err := excelize.CellNameToCoordinates(to)
	if err != nil {
		return err
	}
	if bottom > top {
		f.merges = append(f.merges, merge{top, bottom, column - 1})
	}
	return nil
}

func attribute(tag xml.StartElement, name string) string {
	for _, a := range tag.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
