package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/check"
)

// Charts stand beside the Summary's text, where a wide screen shows them and paper does not.
const (
	chartsName   = "Chart data"
	chartColumn  = "G"
	chartRows    = 22 // of the Summary's, that one chart takes
	codesCharted = 8  // the commonest; the others are added up
	pointsShown  = 2000
)

// charts is the data sheet while it is written, and where the next chart goes.
type charts struct {
	b   *book
	col int // next free column of the data sheet
	row int // of the Summary, of the next chart
	err error
}

// charts draws what there is to draw; it comes before the Summary's rows are streamed.
func (b *book) charts() error {
	if len(b.data.Asked.Tallies) == 0 && len(b.data.Asked.Prices) == 0 {
		return nil
	}
	if _, err := b.file.NewSheet(chartsName); err != nil {
		return err
	}
	if err := b.file.SetColWidth(chartsName, "A", "A", 26); err != nil {
		return err
	}
	c := &charts{b: b, col: 1, row: 4}
	c.codes()
	c.standing()
	for _, geography := range slices.Sorted(maps.Keys(pointsBy(b.data.Asked.Prices))) {
		c.prices(geography, pointsBy(b.data.Asked.Prices)[geography])
	}
	return c.err
}

// column writes a column of the data sheet under a header and gives its letter.
func (c *charts) column(header string, values []any) string {
	letter, err := excelize.ColumnNumberToName(c.col)
	if err == nil {
		err = c.b.file.SetSheetCol(chartsName, letter+"1", ptr(append([]any{header}, values...)))
	}
	if err != nil && c.err == nil {
		c.err = err
	}
	c.col++
	return letter
}

func ptr[T any](value T) *T { return &value }

// span names rows of a column of the data sheet.
func span(letter string, from, to int) string {
	return fmt.Sprintf("'%s'!$%s$%d:$%s$%d", chartsName, letter, from, letter, to)
}

// draw puts a chart under the one before.
func (c *charts) draw(title string, chart excelize.Chart) {
	if c.err != nil {
		return
	}
	chart.Title = excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: title, Font: font(excelize.Font{Bold: true, Size: 12, Color: "1F3864"})}}}
	ink := font(excelize.Font{Size: 9, Color: "404040"}) // excelize's own is too pale to read
	chart.Legend = excelize.ChartLegend{Position: "right", Font: ink}
	chart.XAxis.Font, chart.YAxis.Font = *ink, *ink
	if chart.Type != excelize.Scatter {
		chart.YAxis.MajorGridLines = true
	}
	chart.Dimension = excelize.ChartDimension{Width: 620, Height: uint(chartRows-3) * 20}
	c.err = c.b.file.AddChart(summaryName, fmt.Sprintf("%s%d", chartColumn, c.row), &chart)
	c.row += chartRows
}

// codes charts how many exceptions each of the commonest codes had in the last runs, this one last, waived ones left out.
func (c *charts) codes() {
	d := c.b.data
	if len(d.Asked.Tallies) == 0 {
		return
	}
	type run struct{ id, label string }
	var runs []run
	counts := map[string]map[string]int64{} // run, code
	total := map[string]int64{}
	add := func(r run, code string, n int64) {
		if counts[r.id] == nil {
			runs, counts[r.id] = append(runs, r), map[string]int64{}
		}
		if code != "" {
			counts[r.id][code] += n
			total[code] += n
		}
	}
	for _, t := range d.Asked.Tallies {
		add(run{t.Run, t.Time.UTC().Format("01-02 15:04")}, t.Code, t.Count)
	}
	this := run{d.Summary.Run, d.Summary.Started.UTC().Format("01-02 15:04")}
	add(this, "", 0)
	for _, e := range d.exceptions {
		if !e.Is(check.Waived) {
			add(this, e.Code, 1)
		}
	}
	codes := slices.SortedFunc(maps.Keys(total), func(x, y string) int { return cmp.Or(cmp.Compare(total[y], total[x]), strings.Compare(x, y)) })
	if len(codes) == 0 {
		return
	}
	shown := codes[:min(codesCharted, len(codes))]
	labels := make([]any, len(runs))
	for i, r := range runs {
		labels[i] = r.label
	}
	names := c.column("Run", labels)
	chart := excelize.Chart{Type: excelize.ColStacked}
	charted := func(name string, of func(map[string]int64) int64) {
		values := make([]any, len(runs))
		for i, r := range runs {
			values[i] = of(counts[r.id])
		}
		letter := c.column(name, values)
		chart.Series = append(chart.Series, excelize.ChartSeries{Name: fmt.Sprintf("'%s'!$%s$1", chartsName, letter), Categories: span(names, 2, len(runs)+1),
			Values: span(letter, 2, len(runs)+1)})
	}
	for _, code := range shown {
		charted(code, func(of map[string]int64) int64 { return of[code] })
	}
	if rest := codes[len(shown):]; len(rest) > 0 {
		charted("others", func(of map[string]int64) (n int64) {
			for _, code := range rest {
				n += of[code]
			}
			return n
		})
	}
	c.draw("Exceptions by code, the last runs", chart)
}

// standing charts how the exceptions of this run stand, by severity.
func (c *charts) standing() {
	d := c.b.data
	counts := map[check.Severity]map[check.Status]int{}
	for _, e := range d.exceptions {
		status := check.New
		if e.History != nil {
			status = e.History.Status
		}
		if counts[e.Severity] == nil {
			counts[e.Severity] = map[check.Status]int{}
		}
		counts[e.Severity][status]++
	}
	if len(counts) == 0 {
		return
	}
	severities := []check.Severity{check.Info, check.Warning, check.Error} // a bar chart begins at the bottom
	labels := make([]any, len(severities))
	for i, severity := range severities {
		labels[i] = string(severity)
	}
	names := c.column("Severity", labels)
	chart := excelize.Chart{Type: excelize.BarStacked}
	for _, status := range []check.Status{check.New, check.Reopened, check.Open, check.Waived} {
		values := make([]any, len(severities))
		for i, severity := range severities {
			values[i] = counts[severity][status]
		}
		letter := c.column(string(status), values)
		chart.Series = append(chart.Series, excelize.ChartSeries{Name: fmt.Sprintf("'%s'!$%s$1", chartsName, letter), Categories: span(names, 2, len(severities)+1),
			Values: span(letter, 2, len(severities)+1), Fill: fill(map[check.Status]string{check.New: "C00000", check.Reopened: "ED7D31", check.Open: "BF8F00", check.Waived: "A9D18E"}[status])})
	}
	c.draw("Exceptions of this run", chart)
}

func fill(colour string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
}

func pointsBy(points []catalog.PricePoint) map[string][]catalog.PricePoint {
	by := map[string][]catalog.PricePoint{}
	for _, p := range points {
		by[p.Geography] = append(by[p.Geography], p)
	}
	return by
}

// legal says whether retail is 1.25 to 10 times wholesale, both ends allowed (seed).
func legal(p catalog.PricePoint) bool {
	return p.Retail*4 >= p.Wholesale*5 && p.Retail <= p.Wholesale*10
}

// prices charts retail against wholesale with the two lines that retail has to stay between. All that break the rule are shown, of the
// others as many as there is room for.
func (c *charts) prices(geography string, points []catalog.PricePoint) {
	slices.SortFunc(points, func(a, b catalog.PricePoint) int {
		bad := func(p catalog.PricePoint) int {
			if legal(p) {
				return 1
			}
			return 0
		}
		return cmp.Or(cmp.Compare(bad(a), bad(b)), cmp.Compare(b.Variants, a.Variants), cmp.Compare(a.Wholesale, b.Wholesale), cmp.Compare(a.Retail, b.Retail))
	})
	points = points[:min(len(points), pointsShown)]
	broken := slices.IndexFunc(points, legal)
	if broken < 0 {
		broken = len(points)
	}
	var widest, highest catalog.Money
	for _, p := range points {
		widest, highest = max(widest, p.Wholesale), max(highest, p.Retail)
	}
	chart := excelize.Chart{Type: excelize.Scatter, XAxis: excelize.ChartAxis{Minimum: ptr(0.0), MajorGridLines: true, Title: axis("wholesale")},
		YAxis: excelize.ChartAxis{Minimum: ptr(0.0), MajorGridLines: true, Title: axis("retail")}}
	series := func(name string, x, y []any, line excelize.LineOptions, marker excelize.ChartMarker) {
		if len(x) == 0 {
			return
		}
		across, up := c.column(geography+" wholesale", x), c.column(name, y) // the header is the series' name: text alone would be taken for a formula
		chart.Series = append(chart.Series, excelize.ChartSeries{Name: fmt.Sprintf("'%s'!$%s$1", chartsName, up), Categories: span(across, 2, len(x)+1),
			Values: span(up, 2, len(x)+1), Line: line, Marker: marker})
	}
	for _, dots := range []struct {
		name, colour string
		points       []catalog.PricePoint
	}{{"legal", "4472C4", points[broken:]}, {"outside the ratio", "C00000", points[:broken]}} {
		var x, y []any
		for _, p := range dots.points {
			x, y = append(x, float64(p.Wholesale)/100), append(y, float64(p.Retail)/100)
		}
		series(dots.name, x, y, excelize.LineOptions{Type: excelize.LineNone}, excelize.ChartMarker{Symbol: "circle", Size: 5, Fill: fill(dots.colour)})
	}
	for _, line := range []struct {
		name, colour string
		x, y         float64
	}{
		{"1.25 times wholesale", "ED7D31", float64(widest) / 100, float64(widest) / 80},
		{"10 times wholesale", "7030A0", float64(highest) / 1000, float64(highest) / 100},
	} {
		series(line.name, []any{0.0, line.x}, []any{0.0, line.y}, excelize.LineOptions{Type: excelize.LineSolid, Width: 1.5, Fill: fill(line.colour)},
			excelize.ChartMarker{Symbol: "none"})
	}
	c.draw("Prices in "+geography+": retail against wholesale", chart)
}

func axis(name string) excelize.ChartTitle {
	return excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: name, Font: font(excelize.Font{Size: 9})}}}
}
