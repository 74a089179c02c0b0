package report

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// Limits of a worksheet (peers: 1,048,576 rows, 32,767 characters a cell, counted in UTF-16).
const (
	excelRows = excelize.TotalRows
	excelCell = excelize.TotalCellChars
	cutMark   = " … [cut]"
)

// cents is an amount in minor units, shown with two decimals. 0 is none.
type cents int64

// address is a cell that leads to a picture on the web.
type address string

// image is a link to a picture where its address is one a spreadsheet takes within a formula: http or https, at most 255 characters. Any other
// is shown as text.
func image(url string) any {
	web := strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://")
	if !web || len(url) > 255 || strings.ContainsFunc(url, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return url
	}
	return address(url)
}

// amountText is a decimal text such as 12.50 as an amount.
func amountText(text string) any {
	whole, part, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole+part, 10, 64)
	if err != nil || len(part) != 2 {
		return text
	}
	return cents(n)
}

// ordinal is a number that names a place, such as a row.
type ordinal int64

// link is a cell that shows a text and leads to a place in the workbook. Both go into a formula, so they must be ours: code and
// sheet names, never foreign text.
type link struct{ text, target string }

// formula is the HYPERLINK call. The function is used, not the link list of the sheet, which ends at 65,530 entries.
func (l link) formula() string {
	quote := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
	return "HYPERLINK(" + quote("#"+l.target) + "," + quote(l.text) + ")"
}

// cellText makes foreign text fit for a cell: line breaks are \n, characters XML cannot hold go, and what is longer than a cell
// may be is cut and marked. cut says whether it was.
func cellText(text string) (clean string, cut bool) {
	if len(text) <= excelCell && !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
		return text, false // as nearly all cells
	}
	text = strings.ToValidUTF8(text, "\uFFFD")
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	text = strings.Map(func(r rune) rune {
		if (r < ' ' && r != '\n' && r != '\t') || (r >= 0x7f && r <= 0x9f) || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, text)
	if len(text) <= excelCell { // no more UTF-16 units than bytes
		return text, false
	}
	room, at := excelCell, 0
	for i, r := range text {
		room -= utf16.RuneLen(r)
		if room < 0 {
			return text[:at] + cutMark, true
		}
		if room >= utf8.RuneCountInString(cutMark) {
			at = i + utf8.RuneLen(r)
		}
	}
	return text, false
}

// looksLikeFormula says whether a spreadsheet could take the text for a formula once somebody edits or re-imports it. Such a
// cell gets the text format; as a cell it is a string in any case.
func looksLikeFormula(text string) bool {
	return text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0]))
}

// lineHeight is the height of a line in points; a row is at most linesShown lines high, so that one long description does not
// push everything else off the screen.
const (
	lineHeight = 15.0
	linesShown = 6
)

// lines estimates how many lines a text takes in a column so many characters wide. A letter is a little narrower than the digit
// widths are counted in; a line that is broken ends before its last word.
func lines(text string, width float64) int {
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		long := float64(utf8.RuneCountInString(line)) * 0.85
		if long <= width-1 {
			n++
			continue
		}
		n += int(math.Ceil(long / max(width-3, 1)))
	}
	return n
}
