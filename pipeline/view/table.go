package view

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"
	boxes "charm.land/lipgloss/v2/table"
	"github.com/charmbracelet/x/ansi"
)

// tone is what a row or line is shown as, where there is colour. The words say the same without.
type tone int

const (
	plain tone = iota
	good
	warn
	bad
	faint
	strong
)

// style gives a tone its looks, from the 16 colours every terminal has.
func (t tone) style() lipgloss.Style {
	style := lipgloss.NewStyle()
	switch t {
	case good:
		return style.Foreground(lipgloss.Green)
	case warn:
		return style.Foreground(lipgloss.Yellow)
	case bad:
		return style.Foreground(lipgloss.Red)
	case faint:
		return style.Faint(true)
	case strong:
		return style.Bold(true)
	}
	return style
}

// table is rows under headers. Cells are strings, or int and int64 for numbers, which stand to the right.
type table struct {
	headers []string
	rows    [][]any
	tones   []tone // by row
	empty   string // said on a terminal where there are no rows
}

func (t *table) add(shade tone, cells ...any) {
	t.rows = append(t.rows, cells)
	t.tones = append(t.tones, shade)
}

// write shows the table as the options allow.
func (t *table) write(w io.Writer, options Options) error {
	if options.TTY {
		return t.boxed(w, options)
	}
	return t.tabbed(w)
}

// tabbed writes the headers and one line per row, tabs between the cells, numbers without thousands separators.
func (t *table) tabbed(w io.Writer) error {
	if _, err := io.WriteString(w, strings.Join(t.headers, "\t")+"\n"); err != nil {
		return err
	}
	return t.lines(w)
}

// lines writes the rows of tabbed.
func (t *table) lines(w io.Writer) error {
	var out strings.Builder
	for _, row := range t.rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = text(cell, func(n int64) string { return strconv.FormatInt(n, 10) })
		}
		out.WriteString(strings.Join(cells, "\t"))
		out.WriteByte('\n')
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// gap is what stands between two columns of a boxed table.
const gap = 2

// boxed writes a table for a terminal, no wider than it.
func (t *table) boxed(w io.Writer, options Options) error {
	if len(t.rows) == 0 {
		_, err := fmt.Fprintln(w, t.empty)
		return err
	}
	headers := make([]string, len(t.headers))
	widths, words := make([]int, len(t.headers)), make([]int, len(t.headers))
	for x, header := range t.headers {
		headers[x] = strings.ToUpper(strings.ReplaceAll(header, "_", " "))
		widths[x] = ansi.StringWidth(headers[x])
		words[x] = widths[x]
	}
	rows := make([][]string, len(t.rows))
	right := make([]bool, len(t.headers))
	for y, row := range t.rows {
		rows[y] = make([]string, len(row))
		for x, cell := range row {
			rows[y][x] = text(cell, number)
			widths[x] = max(widths[x], ansi.StringWidth(rows[y][x]))
			words[x] = max(words[x], longestWord(rows[y][x]))
			if _, ok := cell.(string); !ok {
				right[x] = true
			}
		}
	}
	between := gap
	if options.Width > 0 {
		if total(words)+gap*(len(words)-1) > options.Width { // rather narrow gaps than broken words
			between = 1
		}
		widths = fit(widths, words, options.Width-between*(len(widths)-1))
	}
	for x := range headers {
		headers[x] = cut(headers[x], widths[x])
		for y := range rows {
			rows[y][x] = ansi.Wrap(rows[y][x], widths[x], "")
		}
	}
	box := boxes.New().
		Headers(headers...).Rows(rows...).
		Border(lipgloss.NormalBorder()).
		BorderTop(false).BorderBottom(false).BorderLeft(false).BorderRight(false).BorderColumn(false).BorderHeader(true).
		StyleFunc(func(row, column int) lipgloss.Style {
			style := lipgloss.NewStyle()
			if options.Color && row == boxes.HeaderRow {
				style = strong.style()
			} else if options.Color && row >= 0 && row < len(t.tones) {
				style = t.tones[row].style()
			}
			if column < len(headers)-1 {
				style = style.PaddingRight(between)
			}
			if right[column] {
				style = style.Align(lipgloss.Right)
			}
			return style
		})
	var out strings.Builder
	for line := range strings.Lines(box.Render()) {
		out.WriteString(strings.TrimRight(line, " \n"))
		out.WriteByte('\n')
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// longestKept is how long a word may be (a code, a run id) to be kept whole where other columns can give way.
const longestKept = 28

// longestWord is the width of the longest word of a text, at most longestKept.
func longestWord(text string) int {
	longest := 0
	for word := range strings.FieldsSeq(text) {
		longest = max(longest, ansi.StringWidth(word))
	}
	return min(longest, longestKept)
}

// fit narrows the widest columns until all of them fit into the room: first down to their longest words, then, if that is not
// enough, through them; none gets narrower than five.
func fit(widths, words []int, room int) []int {
	widths = slices.Clone(widths)
	sum := total(widths)
	for _, floors := range [][]int{words, make([]int, len(words))} {
		for sum > room {
			widest := -1
			for x, width := range widths {
				if width > max(floors[x], 5) && (widest < 0 || width > widths[widest]) {
					widest = x
				}
			}
			if widest < 0 {
				break
			}
			widths[widest]--
			sum--
		}
	}
	return widths
}

func total(widths []int) int {
	sum := 0
	for _, width := range widths {
		sum += width
	}
	return sum
}

// text makes a cell a string that is safe to show.
func text(cell any, format func(int64) string) string {
	switch value := cell.(type) {
	case string:
		return clean(value)
	case int:
		return format(int64(value))
	case int64:
		return format(value)
	}
	return clean(fmt.Sprint(cell))
}

// paint colours text where there is colour.
func paint(options Options, shade tone, text string) string {
	if !options.Color || shade == plain || text == "" {
		return text
	}
	return shade.style().Render(text)
}
