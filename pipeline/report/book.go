package report

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// book is a workbook being written.
type book struct {
	file    *excelize.File
	data    *data
	maxRows int // of a sheet, the header among them
	styles  styles
	parts   []written
	cut     int // cells that were too long
}

// written is a sheet that was written, for the Summary.
type written struct {
	name  string
	of    string // the declared sheet
	about string
	rows  int
}

func write(w io.Writer, in Input, maxRows int) (err error) {
	b := &book{file: excelize.NewFile(), data: prepare(in), maxRows: maxRows}
	defer func() { err = errors.Join(err, b.file.Close()) }()
	b.file.SetZipWriter(func(w io.Writer) excelize.ZipWriter { return &archive{w: w} })
	if err := b.fill(); err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	if err := b.file.Write(w); err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	return nil
}

func (b *book) fill() error {
	if err := b.properties(); err != nil {
		return err
	}
	var err error
	if b.styles, err = newStyles(b.file); err != nil {
		return err
	}
	if err := b.file.SetSheetName("Sheet1", summaryName); err != nil {
		return err
	}
	for _, s := range sheets() {
		if err := b.sheet(s); err != nil {
			return fmt.Errorf("sheet %s: %w", s.name, err)
		}
	}
	if err := b.charts(); err != nil {
		return fmt.Errorf("sheet %s: %w", chartsName, err)
	}
	if err := b.lists(); err != nil {
		return err
	}
	if err := b.meta(); err != nil {
		return err
	}
	return b.summary() // last: it counts what the others hold
}

// properties are the document's, with the run's own times.
func (b *book) properties() error {
	started := b.data.Summary.Started.UTC()
	if started.Year() < 1980 { // no run: Excel refuses years that are no dates
		started = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	stamp := started.Format(time.RFC3339)
	return b.file.SetDocProps(&excelize.DocProperties{
		Title: "Exceptions of brand " + b.data.Summary.Brand, Subject: "Run " + b.data.Summary.Run,
		Creator: "fairesync", LastModifiedBy: "fairesync", Created: stamp, Modified: stamp, Language: "en-US",
	})
}

// sheet writes a declared sheet, on as many numbered sheets as its rows need.
func (b *book) sheet(s sheet) error {
	var stream *excelize.StreamWriter
	name, row := "", 0
	open := func() error {
		name, row = s.name, 1
		if n := b.count(s); n > 0 {
			name = fmt.Sprintf("%s %d", s.name, n+1)
		}
		var err error
		stream, err = b.open(name, s)
		return err
	}
	shut := func() error {
		b.parts = append(b.parts, written{name: name, of: s.name, about: s.about, rows: row - 1})
		end, err := excelize.CoordinatesToCellName(len(s.columns), max(row, 2))
		if err != nil {
			return err
		}
		if err := b.printArea(name, s.columns, row); err != nil {
			return err
		}
		bands := true
		table := &excelize.Table{
			Range: "A1:" + end, Name: "T_" + strings.ReplaceAll(name, " ", "_"), StyleName: "TableStyleLight1", ShowRowStripes: &bands,
		}
		if err := stream.AddTable(table); err != nil {
			return err
		}
		return stream.Flush()
	}
	if err := open(); err != nil {
		return err
	}
	for cells := range s.rows(b.data) {
		if row >= b.maxRows {
			if err := shut(); err != nil {
				return err
			}
			if err := open(); err != nil {
				return err
			}
		}
		row++
		if err := b.row(stream, row, s.columns, cells); err != nil {
			return err
		}
	}
	return shut()
}

// count is how many sheets of the declared one are written.
func (b *book) count(s sheet) int {
	n := 0
	for _, part := range b.parts {
		if part.name == s.name || strings.HasPrefix(part.name, s.name+" ") {
			n++
		}
	}
	return n
}

// open makes a sheet, with everything about it that must stand before its rows.
func (b *book) open(name string, s sheet) (*excelize.StreamWriter, error) {
	if _, err := b.file.NewSheet(name); err != nil {
		return nil, err
	}
	if err := b.printing(name, s.tab); err != nil {
		return nil, err
	}
	err := b.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + name + "'!$1:$1", Scope: name})
	if err != nil {
		return nil, err
	}
	for i, column := range s.columns {
		if !column.tone {
			continue
		}
		letter, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return nil, err
		}
		if err := b.tones(name, fmt.Sprintf("%s2:%s%d", letter, letter, excelRows)); err != nil {
			return nil, err
		}
	}
	if s.asks != nil {
		if err := b.openAnswers(name, s); err != nil {
			return nil, err
		}
	}
	stream, err := b.file.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	err = stream.SetPanes(&excelize.Panes{
		Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft",
		Selection: []excelize.Selection{{SQRef: "A2", ActiveCell: "A2", Pane: "bottomLeft"}},
	})
	if err != nil {
		return nil, err
	}
	header := make([]any, len(s.columns))
	for i, column := range s.columns {
		if err := stream.SetColWidth(i+1, i+1, column.width); err != nil {
			return nil, err
		}
		if err := stream.SetColStyle(i+1, i+1, b.styles.of(column, "")); err != nil {
			return nil, err
		}
		style := b.styles.header
		if column.number {
			style = b.styles.headerMiddle
		}
		header[i] = excelize.Cell{StyleID: style, Value: column.header}
	}
	return stream, stream.SetRow("A1", header, excelize.RowOpts{Height: 2 * lineHeight})
}

// printArea keeps the columns that are for the screen only off the paper.
func (b *book) printArea(name string, columns []column, rows int) error {
	printed := slices.IndexFunc(columns, func(c column) bool { return c.screen })
	if printed < 0 {
		return nil
	}
	last, err := excelize.ColumnNumberToName(printed)
	if err != nil {
		return err
	}
	area := fmt.Sprintf("'%s'!$A$1:$%s$%d", name, last, rows)
	return b.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", RefersTo: area, Scope: name})
}

// row writes one row of a declared sheet.
func (b *book) row(stream *excelize.StreamWriter, at int, columns []column, cells []any) error {
	if len(cells) != len(columns) {
		return fmt.Errorf("row %d has %d cells for %d columns", at, len(cells), len(columns))
	}
	high := 1
	values := make([]any, len(cells))
	for i, value := range cells {
		values[i] = b.cell(columns[i], value)
		if text, ok := value.(string); ok && columns[i].wrap {
			high = max(high, lines(text, columns[i].width))
		}
	}
	height := lineHeight * float64(min(high, linesShown))
	return stream.SetRow(fmt.Sprintf("A%d", at), values, excelize.RowOpts{Height: height})
}

// cell makes a value of a declared sheet a cell: text always as a string, numbers as numbers, links as formulas of our own.
func (b *book) cell(column column, value any) any {
	switch value := value.(type) {
	case string:
		text, cut := cellText(value)
		if cut {
			b.cut++
		}
		if text == "" && !column.open {
			return nil
		}
		return excelize.Cell{StyleID: b.styles.of(column, text), Value: text}
	case link:
		return excelize.Cell{StyleID: b.styles.link, Formula: value.formula(), Value: value.text}
	case address:
		quoted := strings.ReplaceAll(string(value), `"`, `""`)
		return excelize.Cell{StyleID: b.styles.link, Formula: `HYPERLINK("` + quoted + `","picture")`, Value: "picture"}
	case cents:
		if value == 0 {
			return nil
		}
		return excelize.Cell{StyleID: b.styles.money, Value: float64(value) / 100}
	case ordinal:
		return excelize.Cell{StyleID: b.styles.ordinal, Value: int64(value)}
	default:
		return excelize.Cell{StyleID: b.styles.number, Value: value}
	}
}

// meta writes the hidden sheet.
func (b *book) meta() error {
	if _, err := b.file.NewSheet(metaName); err != nil {
		return err
	}
	stream, err := b.file.NewStreamWriter(metaName)
	if err != nil {
		return err
	}
	if err := stream.SetColWidth(1, 2, 40); err != nil {
		return err
	}
	for i, pair := range metaRows(b.data) {
		text, _ := cellText(pair[1])
		row := []any{excelize.Cell{StyleID: b.styles.text, Value: pair[0]}, excelize.Cell{StyleID: b.styles.text, Value: text}}
		if err := stream.SetRow(fmt.Sprintf("A%d", i+1), row); err != nil {
			return err
		}
	}
	if err := stream.Flush(); err != nil {
		return err
	}
	return b.file.SetSheetVisible(metaName, false)
}

// The names of the two sheets that are not declared in sheets.
const (
	summaryName = "Summary"
	metaName    = "Meta"
)

// The names of sheets that others lead to.
const (
	exceptionsName = "Exceptions"
	resolvedName   = "Resolved"
	decisionsName  = "Decisions"
)

// The first cells of the hidden sheet Meta, by which a reader knows it whatever its name.
const (
	metaMark   = "fairesync"
	metaFormat = "2"
)

// printing sets up a sheet for paper, and the colour of its tab.
func (b *book) printing(name, tab string) error {
	yes, one, all, landscape, paper := true, 1, 0, "landscape", 1 // US Letter
	if err := b.file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &yes, TabColorRGB: &tab}); err != nil {
		return err
	}
	layout := &excelize.PageLayoutOptions{Orientation: &landscape, FitToWidth: &one, FitToHeight: &all, Size: &paper}
	if err := b.file.SetPageLayout(name, layout); err != nil {
		return err
	}
	side, top := 0.4, 0.6
	margins := &excelize.PageLayoutMarginsOptions{Left: &side, Right: &side, Top: &top, Bottom: &top}
	if err := b.file.SetPageMargins(name, margins); err != nil {
		return err
	}
	footer := fmt.Sprintf("&L%s, run %s&C&A&RPage &P of &N", strings.ReplaceAll(b.data.Summary.Brand, "&", "&&"),
		strings.ReplaceAll(b.data.Summary.Run, "&", "&&"))
	return b.file.SetHeaderFooter(name, &excelize.HeaderFooterOptions{OddFooter: footer})
}

// tones colours a range by its words, which say the same in print.
func (b *book) tones(name, cells string) error {
	var rules []excelize.ConditionalFormatOptions
	for _, shade := range b.styles.tones {
		for _, word := range shade.words {
			rules = append(rules, excelize.ConditionalFormatOptions{Type: "cell", Criteria: "==", Value: `"` + word + `"`, Format: &shade.format})
		}
	}
	return b.file.SetConditionalFormat(name, cells, slices.Clone(rules))
}
