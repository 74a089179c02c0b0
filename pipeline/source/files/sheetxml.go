package files

import (
	"archive/zip"
	"bufio"
	"bytes"
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

// sheetFacts are what the row reader of excelize does not tell: it ends without a word where the XML of a sheet breaks off,
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

// examineSheet goes through the tags of a sheet.
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
	return facts, facts.read(bufio.NewReaderSize(in, 1<<16))
}

func (f *sheetFacts) read(in *bufio.Reader) error {
	var cell []byte
	var formula, value, complete bool
	for {
		tag, err := nextTag(in)
		if errors.Is(err, io.EOF) {
			if !complete {
				return errors.New("the sheet is cut off")
			}
			slices.SortStableFunc(f.merges, func(a, b merge) int { return a.top - b.top })
			return nil
		}
		if err != nil {
			return err
		}
		closed := bytes.HasSuffix(tag, []byte("/"))
		switch name := tagName(tag); string(name) {
		case "row":
			if r, err := strconv.Atoi(string(attribute(tag, "r"))); err == nil {
				f.lastRow = r
			} else {
				f.lastRow++
			}
		case "c":
			cell, formula, value = append(cell[:0], attribute(tag, "r")...), false, false
		case "f":
			formula = true
		case "v", "is":
			value = true
		case "/c":
			if formula && !value && len(cell) > 0 {
				if err := f.addUncomputed(string(cell)); err != nil {
					return err
				}
			}
		case "mergeCell":
			if err := f.addMerge(string(attribute(tag, "ref"))); err != nil {
				return err
			}
		case "/sheetData":
			complete = true
		case "sheetData":
			complete = closed
		}
	}
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

// nextTag returns what is between the next < and its >. It is good until the next call.
func nextTag(in *bufio.Reader) ([]byte, error) {
	for {
		_, err := in.ReadSlice('<')
		if err == nil {
			break
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
	}
	tag, err := in.ReadSlice('>')
	if errors.Is(err, bufio.ErrBufferFull) || errors.Is(err, io.EOF) {
		return nil, errors.New("a tag of the sheet is cut off")
	}
	if err != nil {
		return nil, err
	}
	return tag[:len(tag)-1], nil
}

// tagName is the name of a tag without prefix, with the / of an end tag.
func tagName(tag []byte) []byte {
	end := bytes.IndexAny(tag, " \t\r\n")
	if end < 0 {
		end = len(tag)
	}
	name := bytes.TrimSuffix(tag[:end], []byte("/"))
	if colon := bytes.IndexByte(name, ':'); colon >= 0 {
		if bytes.HasPrefix(name, []byte("/")) {
			return append([]byte("/"), name[colon+1:]...)
		}
		return name[colon+1:]
	}
	return name
}

// attribute is the value of an attribute of a tag.
func attribute(tag []byte, name string) []byte {
	for rest := tag; ; {
		at := bytes.Index(rest, []byte(name+"="))
		if at < 0 || at+len(name)+2 > len(rest) {
			return nil
		}
		before := rest[max(at-1, 0)]
		rest = rest[at+len(name)+1:]
		if before == ' ' || before == '\n' || before == '\t' || before == '\r' {
			quote := rest[0]
			if end := bytes.IndexByte(rest[1:], quote); end >= 0 {
				return rest[1 : 1+end]
			}
			return nil
		}
	}
}
