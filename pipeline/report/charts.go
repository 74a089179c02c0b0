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
	chartRows    = 20 // of the Summary's, that one chart takes
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
	chart.Legend.Position = cmp.Or(chart.Legend.Position, "bottom")
	chart.Dimension = excelize.ChartDimension{Width: 620, Height: uint(chartRows-1) * 20}
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
	var wholesale, retail []any
	var widest, highest catalog.Money
	for _, p := range points {
		wholesale, retail = append(wholesale, float64(p.Wholesale)/100), append(retail, float64(p.Retail)/100)
		widest, highest = max(widest, p.Wholesale), max(highest, p.Retail)
	}
	x := c.column(geography+" wholesale", wholesale)
	y := c.column(geography+" retail", retail)
	chart := excelize.Chart{Type: excelize.Scatter, Legend: excelize.ChartLegend{Position: "bottom"},
		XAxis: excelize.ChartAxis{Minimum: ptr(0.0), MajorGridLines: true, Title: axis("wholesale")}, YAxis: excelize.ChartAxis{Minimum: ptr(0.0), MajorGridLines: true, Title: axis("retail")}}
	dots := func(name, colour string, from, to int) {
		if to >= from {
			chart.Series = append(chart.Series, excelize.ChartSeries{Name: name, Categories: span(x, from, to), Values: span(y, from, to),
				Line: excelize.LineOptions{Width: 0, Type: excelize.LineNone}, Marker: excelize.ChartMarker{Symbol: "circle", Size: 5, Fill: fill(colour)}})
		}
	}
	dots("legal", "4472C4", broken+2, len(points)+1)
	dots("outside the ratio", "C00000", 2, broken+1)
	for _, line := range []struct {
		name     string
		from, to [2]float64 // wholesale, retail
	}{
		{"1.25 times wholesale", [2]float64{}, [2]float64{float64(widest) / 100, float64(widest) / 80}},
		{"10 times wholesale", [2]float64{}, [2]float64{float64(highest) / 1000, float64(highest) / 100}},
	} {
		x, y := c.column(line.name+", wholesale", []any{line.from[0], line.to[0]}), c.column(line.name+", retail", []any{line.from[1], line.to[1]})
		chart.Series = append(chart.Series, excelize.ChartSeries{Name: line.name, Categories: span(x, 2, 3), Values: span(y, 2, 3),
			Line: excelize.LineOptions{Width: 1.5}, Marker: excelize.ChartMarker{Symbol: "none"}})
	}
	c.draw("Prices in "+geography+": retail against wholesale", chart)
}

func axis(name string) excelize.ChartTitle {
	return excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: name, Font: font(excelize.Font{Size: 9})}}}
}
