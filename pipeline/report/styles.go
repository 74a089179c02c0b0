package report

import "github.com/xuri/excelize/v2"

// styles are the looks of cells, by the number excelize gave them.
type styles struct {
	header, headerMiddle, title, section, sectionRight                                 int
	plain, wrapped, text, textWrapped, number, money, ordinal, link, open, openWrapped int
	tones                                                                              []shade
}

// shade is the look of cells that hold one of these words.
type shade struct {
	words  []string
	format int
}

// textFormat is Excel's @: what is typed into the cell stays text.
const textFormat = 49

// numberFormat is #,##0, plainFormat is 0.
const (
	numberFormat = 3
	plainFormat  = 1
	moneyFormat  = 4 // #,##0.00
)

func newStyles(file *excelize.File) (styles, error) {
	var s styles
	top := excelize.Alignment{Vertical: "top"}
	wrap := excelize.Alignment{Vertical: "top", WrapText: true}
	right := excelize.Alignment{Vertical: "top", Horizontal: "right", Indent: 1} // a gap to the words beside it
	line := []excelize.Border{{Type: "bottom", Color: "D9D9D9", Style: 1}}
	dark := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"1F3864"}}
	pale := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"D9E2F3"}}
	answer := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FFF9E5"}}
	unlocked := &excelize.Protection{Locked: false}
	white := font(excelize.Font{Bold: true, Color: "FFFFFF"})
	navy := font(excelize.Font{Bold: true, Color: "1F3864"})
	for _, style := range []struct {
		id   *int
		look excelize.Style
	}{
		{&s.header, excelize.Style{Font: white, Fill: dark, Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}}},
		{&s.headerMiddle, excelize.Style{Font: white, Fill: dark, Alignment: &excelize.Alignment{Vertical: "center", Horizontal: "center", WrapText: true}}},
		{&s.title, excelize.Style{Font: font(excelize.Font{Bold: true, Size: 16, Color: "1F3864"})}},
		{&s.section, excelize.Style{Font: navy, Fill: pale, Alignment: &excelize.Alignment{Vertical: "center"}}},
		{&s.sectionRight, excelize.Style{Font: navy, Fill: pale, Alignment: &excelize.Alignment{Vertical: "center", Horizontal: "right", Indent: 1}}},
		{&s.plain, excelize.Style{Alignment: &top, Border: line}},
		{&s.wrapped, excelize.Style{Alignment: &wrap, Border: line}},
		{&s.text, excelize.Style{NumFmt: textFormat, Alignment: &top, Border: line}},
		{&s.textWrapped, excelize.Style{NumFmt: textFormat, Alignment: &wrap, Border: line}},
		{&s.number, excelize.Style{NumFmt: numberFormat, Alignment: &right, Border: line}},
		{&s.money, excelize.Style{NumFmt: moneyFormat, Alignment: &right, Border: line}},
		{&s.open, excelize.Style{NumFmt: textFormat, Fill: answer, Alignment: &top, Border: line, Protection: unlocked}},
		{&s.openWrapped, excelize.Style{NumFmt: textFormat, Fill: answer, Alignment: &wrap, Border: line, Protection: unlocked}},
		{&s.ordinal, excelize.Style{NumFmt: plainFormat, Alignment: &right, Border: line}},
		{&s.link, excelize.Style{Font: font(excelize.Font{Color: "0563C1", Underline: "single"}), Alignment: &top, Border: line}},
	} {
		id, err := file.NewStyle(&style.look)
		if err != nil {
			return s, err
		}
		*style.id = id
	}
	for _, tone := range []struct {
		words      []string
		font, fill string
	}{
		{[]string{"error", "refused", "failed", "reopened"}, "9C0006", "FFC7CE"},
		{[]string{"warning", "unknown", "not tried", "carried over", "partly", "held", "new"}, "7F6000", "FFEB9C"},
		{[]string{"applied", "waived"}, "006100", "C6EFCE"},
	} {
		id, err := file.NewConditionalStyle(&excelize.Style{
			Font: &excelize.Font{Color: tone.font}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{tone.fill}},
		})
		if err != nil {
			return s, err
		}
		s.tones = append(s.tones, shade{words: tone.words, format: id})
	}
	return s, nil
}

// font fills in what every font of the workbook has; without a family a viewer takes whatever it likes.
func font(f excelize.Font) *excelize.Font {
	f.Family = "Calibri"
	if f.Size == 0 {
		f.Size = 11
	}
	return &f
}

// of is the look of a text in a column; a text that could be taken for a formula keeps the text format wherever it stands.
func (s styles) of(column column, text string) int {
	keep := column.text || looksLikeFormula(text)
	switch {
	case column.open && column.wrap:
		return s.openWrapped
	case column.open:
		return s.open
	case keep && column.wrap:
		return s.textWrapped
	case keep:
		return s.text
	case column.wrap:
		return s.wrapped
	}
	return s.plain
}
