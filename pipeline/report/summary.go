package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"fairesync/pipeline/check"
	"fairesync/pipeline/plan"
)

// summaryWidths are the columns of the Summary: label, three numbers, words.
var summaryWidths = [...]float64{34, 15, 15, 15, 84}

// front writes the Summary line by line.
type front struct {
	b      *book
	stream *excelize.StreamWriter
	row    int
	err    error
}

// summary writes the first sheet.
func (b *book) summary() error {
	if err := b.printing(summaryName, "1F3864"); err != nil {
		return err
	}
	hidden := false
	if err := b.file.SetSheetView(summaryName, 0, &excelize.ViewOptions{ShowGridLines: &hidden}); err != nil {
		return err
	}
	stream, err := b.file.NewStreamWriter(summaryName)
	if err != nil {
		return err
	}
	for i, width := range summaryWidths {
		if err := stream.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	f := &front{b: b, stream: stream}
	f.head()
	f.answering()
	f.sheets()
	f.rows()
	f.types()
	f.exceptions()
	f.changes()
	f.requests()
	if f.err != nil {
		return f.err
	}
	if err := stream.Flush(); err != nil {
		return err
	}
	area := fmt.Sprintf("%s!$A$1:$E$%d", summaryName, f.row) // the charts beside it are for the screen
	if err := b.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", RefersTo: area, Scope: summaryName}); err != nil {
		return err
	}
	b.file.SetActiveSheet(0)
	return nil
}

// put writes one line of cells; nil leaves one blank.
func (f *front) put(height float64, cells ...any) {
	if f.err != nil {
		return
	}
	f.row++
	f.err = f.stream.SetRow(fmt.Sprintf("A%d", f.row), cells, excelize.RowOpts{Height: height})
}

// line writes a label, up to three numbers and words.
func (f *front) line(label any, words string, numbers ...any) {
	s := f.b.styles
	cells := make([]any, len(summaryWidths))
	for i := range cells {
		cells[i] = excelize.Cell{StyleID: s.plain}
	}
	switch label := label.(type) {
	case link:
		cells[0] = excelize.Cell{StyleID: s.link, Formula: label.formula(), Value: label.text}
	default:
		cells[0] = excelize.Cell{StyleID: s.plain, Value: f.text(fmt.Sprint(label))}
	}
	for i, number := range numbers {
		style := s.number
		if _, ok := number.(string); ok {
			style = s.plain
		}
		cells[i+1] = excelize.Cell{StyleID: style, Value: number}
	}
	last := len(cells) - 1
	if words = f.text(words); words != "" {
		cells[last] = excelize.Cell{StyleID: s.wrapped, Value: words}
	}
	f.put(lineHeight*float64(min(linesShown, lines(words, summaryWidths[last]))), cells...)
}

// toned is line for a label whose word has a colour.
func (f *front) toned(label, words string, numbers ...any) {
	f.line(label, words, numbers...)
	if f.err == nil {
		f.err = f.b.tones(summaryName, fmt.Sprintf("A%d", f.row))
	}
}

func (f *front) text(text string) string {
	text, _ = cellText(text)
	return text
}

// section begins a block with the headers of its columns.
func (f *front) section(title string, headers ...string) {
	f.put(lineHeight)
	cells := make([]any, len(summaryWidths))
	for i := range cells {
		cells[i] = excelize.Cell{StyleID: f.b.styles.section}
	}
	cells[0] = excelize.Cell{StyleID: f.b.styles.section, Value: title}
	for i, header := range headers {
		cells[i+1] = excelize.Cell{StyleID: f.b.styles.sectionRight, Value: header}
	}
	f.put(1.3*lineHeight, cells...)
}

func (f *front) head() {
	d := f.b.data
	f.put(1.8*lineHeight, excelize.Cell{StyleID: f.b.styles.title, Value: f.text("Faire sync of brand " + d.Summary.Brand)})
	said := []string{"Run " + d.Summary.Run}
	if d.Plan.BrandID != "" {
		said = append(said, "Faire account "+d.Plan.BrandID)
	}
	if !d.Summary.Started.IsZero() {
		said = append(said, "started "+d.Summary.Started.UTC().Format("2006-01-02 15:04 UTC"))
	}
	if d.Outcomes != nil {
		said = append(said, "after the load")
	} else {
		said = append(said, "before anything was sent")
	}
	f.put(lineHeight, f.text(strings.Join(said, ", ")))
	if d.Summary.Error != "" {
		f.put(lineHeight, f.text("The run failed: "+d.Summary.Error))
	}
}

func (f *front) sheets() {
	f.section("Sheets", "Rows")
	for _, part := range f.b.parts {
		if asksOnly(part.of) {
			continue // it stands above
		}
		f.line(link{text: part.name, target: "'" + part.name + "'!A1"}, part.about, part.rows)
	}
	if f.b.cut > 0 {
		f.line("Cells cut", "Longer than a cell may be (32,767 characters), marked"+cutMark+". plan.json and exceptions.ndjson have them whole.", f.b.cut)
	}
}

func (f *front) rows() {
	d := f.b.data
	a := d.accounting()
	f.section("Source rows", "Rows")
	if d.Summary.Command == "check" {
		f.line("Sound", "Nothing keeps them from being synced; Faire was not asked.", a.Unchanged)
	} else {
		f.line("Unchanged", "Faire holds what it ought to hold.", a.Unchanged)
	}
	f.line("Planned", "A change carries the row or its product.", a.Planned)
	f.line("Held", "Its create, match or price is held; see Held and Exceptions.", a.Held)
	f.line("Ignored", "Left out by a rule:", a.Ignored)
	for _, name := range slices.Sorted(maps.Keys(a.IgnoredBy)) {
		code, _ := check.Lookup(name)
		f.line(d.codeLink(name), code.Title, a.IgnoredBy[name])
	}
	sum := a.Unchanged + a.Planned + a.Held + a.Ignored
	words := "The four add up to the rows read."
	if sum != a.SourceRows {
		words = fmt.Sprintf("The four add up to %d, which is not the rows read. This is a defect of the program: please report it.", sum)
	}
	f.line("All rows", words, a.SourceRows)
	if len(d.Summary.Sources) > 0 {
		f.section("Sources", "Rows")
		for _, name := range slices.Sorted(maps.Keys(d.Summary.Sources)) {
			f.line(name, "", d.Summary.Sources[name])
		}
	}
}

// types says how much of the taxonomy is mapped.
func (f *front) types() {
	var products, mapped, open int64
	for _, q := range f.b.data.Types {
		products, mapped = products+q.Products, mapped+q.Mapped
		if q.Mapped < q.Products {
			open++
		}
	}
	if products == 0 {
		return
	}
	f.section("Taxonomy", "Products")
	f.line("With a Faire type", percent(mapped, products)+" of the products that are to be on Faire.", mapped)
	words := "None."
	if open > 0 {
		words = fmt.Sprintf("Behind %d categories, types or names; the sheet Taxonomy suggests types for them.", open)
	}
	f.line("Without", words, products-mapped)
}

// tally counts exceptions, those of live products, and those this run saw first.
type tally struct{ n, live, new int }

func (t *tally) add(e check.Exception, run string) {
	t.n++
	if e.Live {
		t.live++
	}
	if e.FirstSeen != "" && e.FirstSeen == run {
		t.new++
	}
}

func (f *front) exceptions() {
	d := f.b.data
	bySeverity := map[check.Severity]*tally{check.Error: {}, check.Warning: {}, check.Info: {}}
	byCode := map[string]*tally{}
	for _, e := range d.exceptions {
		if bySeverity[e.Severity] == nil {
			bySeverity[e.Severity] = &tally{}
		}
		bySeverity[e.Severity].add(e, d.Summary.Run)
		if byCode[e.Code] == nil {
			byCode[e.Code] = &tally{}
		}
		byCode[e.Code].add(e, d.Summary.Run)
	}
	f.section("Exceptions", "Count", "Live on Faire", "New")
	means := map[check.Severity]string{
		check.Error: "Holds the smallest thing it concerns.", check.Warning: "Holds nothing; look when you can.", check.Info: "For the record.",
	}
	for _, severity := range []check.Severity{check.Error, check.Warning, check.Info} {
		t := bySeverity[severity]
		f.toned(string(severity), means[severity], t.n, t.live, t.new)
	}
	if len(byCode) == 0 {
		return
	}
	codes := slices.SortedFunc(maps.Keys(byCode), func(x, y string) int {
		return cmp.Or(cmp.Compare(severityRank(x), severityRank(y)), cmp.Compare(byCode[y].live, byCode[x].live),
			cmp.Compare(byCode[y].n, byCode[x].n), strings.Compare(x, y))
	})
	f.life()
	f.section("Exceptions by code", "Count", "Live on Faire", "New")
	for _, name := range codes {
		code, _ := check.Lookup(name)
		t := byCode[name]
		f.line(d.codeLink(name), fmt.Sprintf("%s (%s)", code.Title, code.Severity), t.n, t.live, t.new)
	}
}

// severityRank is 0 for codes of errors, 1 for warnings, 2 for infos.
func severityRank(name string) int {
	code, _ := check.Lookup(name)
	return slices.Index([]check.Severity{check.Error, check.Warning, check.Info}, code.Severity)
}

func (f *front) changes() {
	d := f.b.data
	planned, held := map[string]int{}, map[string]int{}
	heldBy := map[string]int{}
	for _, change := range d.Plan.Changes {
		label := strings.ReplaceAll(string(change.Kind), "_", " ") + ", " + string(change.Action)
		if _, ok := planned[label]; !ok {
			planned[label] = 0
		}
		if change.Held() {
			held[label]++
		} else {
			planned[label]++
		}
		for _, code := range change.HeldBy {
			heldBy[code]++
		}
	}
	if len(planned) == 0 {
		return
	}
	f.section("Changes", "Planned", "Held")
	for _, label := range slices.Sorted(maps.Keys(planned)) {
		f.line(label, "", planned[label], held[label])
	}
	if len(heldBy) == 0 {
		return
	}
	f.section("Held by", "Changes")
	for _, name := range slices.Sorted(maps.Keys(heldBy)) {
		code, _ := check.Lookup(name)
		f.line(d.codeLink(name), code.Hint, heldBy[name])
	}
}

func (f *front) requests() {
	d := f.b.data
	if d.Plan.Version == 0 {
		return
	}
	f.section("Requests to Faire", "Count")
	byOperation := map[plan.Operation]int{}
	spare := 0
	for _, request := range d.Plan.Requests {
		if request.FallbackOf != "" {
			spare++
			continue
		}
		byOperation[request.Operation]++
	}
	for _, operation := range slices.Sorted(maps.Keys(byOperation)) {
		f.line("planned: "+strings.ReplaceAll(string(operation), "_", " "), "", byOperation[operation])
	}
	f.line("planned, all", "", len(d.Plan.Requests)-spare)
	if spare > 0 {
		f.line("kept in reserve", "Sent only where Faire takes a batch of prices and does not change them; not in the sum.", spare)
	}
	if d.Outcomes != nil {
		f.outcomes()
	}
}

// outcomes says what became of the requests, and of the changes they carry.
func (f *front) outcomes() {
	d := f.b.data
	f.section("What became of them", "Requests", "Changes")
	requests, changes := map[string]int{}, map[string]int{}
	for _, request := range d.Plan.Requests {
		outcome, ok := d.Outcomes[request.ID]
		if ok || request.FallbackOf == "" {
			requests[strings.ReplaceAll(cmp.Or(outcome.Status, "not_tried"), "_", " ")]++
		}
	}
	for _, change := range d.Plan.Changes {
		status, _ := d.status(change)
		changes[status]++
	}
	for _, row := range []struct{ status, means string }{
		{"applied", "Faire said yes."},
		{"partly", "Batches that went without some of their entries; each change says for itself what became of it."},
		{"refused", "Faire said no; its words are in Planned changes and Exceptions."},
		{"unknown", "No answer: the next run settles it before it sends anything."},
		{"not tried", "The load stopped before them."},
		{"carried over", "Left to the next run: the requests one run may send (faire.pace.writes_per_run) were used up by what matters more."},
	} {
		f.toned(row.status, row.means, requests[row.status], changes[row.status])
	}
}
