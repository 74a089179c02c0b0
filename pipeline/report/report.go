package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/check"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/plan"
	"fairesync/pipeline/review"
)

// Input is everything the workbook is made from. How long steps took, when the run ended and where its files are is left out
// of the workbook, so that a replay of the run gives the same bytes.
type Input struct {
	Summary    ledger.Summary
	Plan       plan.Plan         // zero where nothing was compared (check)
	Exceptions []check.Exception // in any order
	Types      []catalog.TypeQuestion
	Outcomes   map[string]Outcome // by request id; nil before the load
	Program    string             // version of the program, for the hidden sheet
	Asked      review.Asked
}

// Outcome is what became of a request, as the load says it: applied, partly, refused, unknown, not_tried or carried_over, and Faire's
// own words. A request without an outcome was not tried; a fallback without one was not needed.
type Outcome struct {
	Status  string
	Message string
	Failed  map[string]Outcome // by change id: what did not go of a batch that went without it
}

// Write writes the workbook.
func Write(w io.Writer, in Input) error {
	return write(w, in, excelRows)
}

// data is the input, sorted and looked up once for all sheets.
type data struct {
	Input
	codes      []check.Code
	codeRow    map[string]int // row of a code on the Codes sheet
	codeCount  map[string]int
	exceptions []check.Exception         // as the Exceptions sheet lists them
	carriers   map[string][]plan.Request // by change id
	typeNames  map[string]string         // by id, of the types that may be chosen
}

func prepare(in Input) *data {
	d := &data{
		Input: in, codes: check.Codes(), codeRow: map[string]int{}, codeCount: map[string]int{},
		exceptions: slices.Clone(in.Exceptions), carriers: map[string][]plan.Request{}, typeNames: map[string]string{},
	}
	for _, kind := range in.Asked.Choices {
		d.typeNames[kind.ID] = kind.Name
	}
	for i, code := range d.codes {
		d.codeRow[code.Name] = i + 2
	}
	for _, e := range in.Exceptions {
		d.codeCount[e.Code]++
	}
	for _, request := range in.Plan.Requests {
		for _, change := range request.Changes {
			d.carriers[change] = append(d.carriers[change], request)
		}
	}
	check.Sort(d.exceptions)
	slices.SortStableFunc(d.exceptions, func(a, b check.Exception) int { return cmp.Compare(urgency(a), urgency(b)) })
	return d
}

// urgency orders exceptions for reading: what holds or warns about a product that is live on Faire first, then the same about
// others, then infos, waived ones last. Within that check.Sort's order stays: errors before warnings, then by code and product.
func urgency(e check.Exception) int {
	switch {
	case e.Is(check.Waived):
		return 4
	case e.Severity == check.Info && !e.Live:
		return 3
	case e.Severity == check.Info:
		return 2
	case !e.Live:
		return 1
	}
	return 0
}

// status says what became of a change, or what would: held, planned, or the worst of what became of the requests that carry
// it; and Faire's words.
func (d *data) status(change plan.Change) (status, message string) {
	switch {
	case change.Held():
		return "held", ""
	case d.Outcomes == nil:
		return "planned", ""
	}
	worst := []string{"applied", "carried_over", "not_tried", "unknown", "refused"}
	at := -1
	for _, request := range d.told(change.ID) {
		outcome, ok := d.Outcomes[request.ID]
		if !ok {
			outcome.Status = "not_tried"
		}
		if failed, ok := outcome.Failed[change.ID]; ok {
			outcome = failed
		} else if outcome.Status == "partly" {
			outcome = Outcome{Status: "applied"} // a batch that went without others
		}
		if i := slices.Index(worst, outcome.Status); i > at {
			at, message = i, outcome.Message
		}
	}
	if at < 0 {
		return "planned", ""
	}
	return strings.ReplaceAll(worst[at], "_", " "), message
}

// told are the requests that say what became of a change: those that carry it, but that a fallback that was sent speaks in the place
// of the batch it repeats, and one that was not does not speak.
func (d *data) told(change string) []plan.Request {
	var list []plan.Request
	repeated := map[string]bool{}
	for _, request := range d.carriers[change] {
		_, sent := d.Outcomes[request.ID]
		if request.FallbackOf != "" && !sent {
			continue
		}
		repeated[request.FallbackOf] = true
		list = append(list, request)
	}
	return slices.DeleteFunc(list, func(r plan.Request) bool { return repeated[r.ID] })
}

// accounting is where the source rows went: the plan's, or the summary's where there is no plan.
func (d *data) accounting() plan.Accounting {
	if d.Plan.Version != 0 {
		return d.Plan.Summary.Accounting
	}
	s := d.Summary
	return plan.Accounting{SourceRows: s.SourceRows, Unchanged: s.Unchanged, Planned: s.Planned, Held: s.Held, Ignored: s.Ignored}
}

// codeLink is a cell that shows a code and leads to its row on the Codes sheet; an unknown code is text.
func (d *data) codeLink(code string) any {
	if row, ok := d.codeRow[code]; ok {
		return link{text: code, target: fmt.Sprintf("Codes!A%d", row)}
	}
	return code
}
