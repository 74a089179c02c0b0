package report

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// numbers writes the numbers of cells as a person sees them.
type numbers struct {
	old     bool     // days are counted from 1904
	codes   []string // format by style of a cell
	scratch *excelize.File
	styles  map[string]int // of the scratch file, by format
	told    map[[2]string]string
}

// builtin are the formats that a workbook does not write down, as far as they are not General. Days come in as many ways as there are
// languages, all of them read as one.
var builtin = map[int]string{
	1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 14: dayFormat, 15: dayFormat,
	16: dayFormat, 17: dayFormat, 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: dayFormat, 27: dayFormat, 28: dayFormat,
	29: dayFormat, 30: dayFormat, 31: dayFormat, 34: dayFormat, 35: dayFormat, 36: dayFormat, 37: "#,##0", 38: "#,##0", 39: "#,##0.00",
	40: "#,##0.00", 41: "#,##0", 42: "#,##0", 43: "#,##0.00", 44: "#,##0.00", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0",
	50: dayFormat, 51: dayFormat, 52: dayFormat, 53: dayFormat, 54: dayFormat, 55: dayFormat, 56: dayFormat, 57: dayFormat, 58: dayFormat,
}

const (
	general   = "General"
	dayFormat = "yyyy-mm-dd"
)

// maxStyles bounds the styles of cells and formats; a program keeps no more.
const maxStyles = 1 << 16

// readStyles reads how numbers are shown.
func (w *answerBook) readStyles(part string, old bool) (*numbers, error) {
	n := &numbers{old: old, styles: map[string]int{}, told: map[[2]string]string{}}
	if part == "" || w.parts[strings.ToLower(part)] == nil {
		return n, nil
	}
	custom := map[int]string{}
	var ids []int
	inside := false
	err := w.scan(part, func(m *markup) (bool, error) {
		switch {
		case m.kind == tagStart && m.is("numFmt") && len(custom) < maxStyles:
			if id, err := strconv.Atoi(m.attr("numFmtId")); err == nil {
				custom[id] = m.attr("formatCode")
			}
		case m.is("cellXfs"):
			inside = m.kind == tagStart && !m.empty
		case m.kind == tagStart && m.is("xf") && inside && len(ids) < maxStyles:
			id, err := strconv.Atoi(m.attr("numFmtId"))
			if err != nil {
				id = 0
			}
			ids = append(ids, id)
		}
		return true, nil
	})
	for _, id := range ids {
		code := custom[id]
		if code == "" {
			code = builtin[id]
		}
		if code == "" || strings.EqualFold(code, general) || code == "@" {
			code = general
		}
		n.codes = append(n.codes, code)
	}
	return n, err
}

// close gives the scratch file back.
func (n *numbers) close() error {
	if n.scratch == nil {
		return nil
	}
	return n.scratch.Close()
}

func (n *numbers) code(style int) string {
	if style < 0 || style >= len(n.codes) {
		return general
	}
	return n.codes[style]
}

// hidden is what of a format is no placeholder: text in quotes or behind a backslash, and what stands in brackets but elapsed time.
var hidden = regexp.MustCompile(`"[^"]*"|\\.|_.|\*.|\[[^\]]*\]`)

// isDay says whether a format shows a day.
func isDay(code string) bool {
	if code == general {
		return false
	}
	bare := strings.ToLower(hidden.ReplaceAllString(code, ""))
	if strings.ContainsAny(bare, "yd") {
		return true
	}
	return strings.Contains(bare, "mmm") || strings.Contains(bare, "m") && !strings.ContainsAny(bare, "hs0#?") && !strings.Contains(strings.ToLower(code), "[h")
}

// show writes a number as its cell shows it, days as 2026-12-31. rounded says that the cell holds more digits than it shows.
func (n *numbers) show(raw string, style int) (shown string, rounded bool, err error) {
	value, err := strconv.ParseFloat(strings.TrimSpace(raw), 64)
	if err != nil || math.IsInf(value, 0) || math.IsNaN(value) {
		return "", false, fmt.Errorf("%w: %q is no number", errMarkup, raw)
	}
	code := n.code(style)
	switch {
	case code == general:
		return plainNumber(value), false, nil
	case isDay(code):
		if day, ok := n.day(value); ok {
			return day, false, nil
		}
		return plainNumber(value), false, nil
	}
	if shown, err = n.format(value, code); err != nil {
		return "", false, err
	}
	bare, err := strconv.ParseFloat(strings.NewReplacer(",", "", "$", "", "€", "", "£", "", " ", "").Replace(shown), 64)
	return shown, err == nil && !strings.ContainsAny(shown, "eE") && plainNumber(bare) != plainNumber(value), nil
}

// plainNumber writes a number without a format, to the 15 digits that spreadsheets keep.
func plainNumber(value float64) string {
	value, _ = strconv.ParseFloat(strconv.FormatFloat(value, 'e', 14, 64), 64) // of a number that was one
	if size := math.Abs(value); size != 0 && (size >= 1e15 || size < 1e-9) {
		return strconv.FormatFloat(value, 'E', -1, 64)
	}
	return strconv.FormatFloat(value, 'f', -1, 64)
}

// lastDay is 9999-12-31, counted from 1900.
const lastDay = 2958465

// day makes a date of a count of days. Counted from 1900, the 60th day is one that was not: 1900 had no 29 February.
func (n *numbers) day(count float64) (string, bool) {
	days := int(math.Floor(count))
	from := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case n.old:
		from = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case days < 60:
		from = from.AddDate(0, 0, 1)
	}
	if days < 1 || days > lastDay {
		return "", false
	}
	return from.AddDate(0, 0, days).Format(time.DateOnly), true
}

// maxTold is how many formatted numbers are remembered.
const maxTold = 1 << 16

// format shows a number by a format, as excelize does it: it knows them all.
func (n *numbers) format(value float64, code string) (string, error) {
	switch code { // most cells
	case "0":
		return strconv.FormatFloat(value, 'f', 0, 64), nil
	case "0.00":
		return strconv.FormatFloat(value, 'f', 2, 64), nil
	}
	key := [2]string{code, strconv.FormatFloat(value, 'g', -1, 64)}
	if shown, ok := n.told[key]; ok {
		return shown, nil
	}
	if n.scratch == nil {
		n.scratch = excelize.NewFile()
	}
	style, ok := n.styles[code]
	if !ok {
		var err error
		if style, err = n.scratch.NewStyle(&excelize.Style{CustomNumFmt: &code}); err != nil {
			style = 0 // a format that no program takes shows the number as it is
		}
		n.styles[code] = style
	}
	cell := "A1"
	if err := n.scratch.SetCellStyle("Sheet1", cell, cell, style); err != nil {
		return "", err
	}
	if err := n.scratch.SetCellFloat("Sheet1", cell, value, -1, 64); err != nil {
		return "", err
	}
	shown, err := n.scratch.GetCellValue("Sheet1", cell)
	if err != nil {
		return "", err
	}
	if shown = strings.TrimSpace(shown); len(n.told) < maxTold {
		n.told[key] = shown
	}
	return shown, nil
}
