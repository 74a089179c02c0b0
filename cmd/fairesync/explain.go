package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"fairesync/pipeline/check"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/load"
	"fairesync/pipeline/plan"
	"fairesync/pipeline/review"
	"fairesync/pipeline/view"
	"fairesync/pipeline/warehouse"
)

// explanations gathers what the record tells of the SKUs that are asked for. An error is told beside what is found.
func (r *record) explanations(ctx context.Context, asked string) ([]view.Explanation, error) {
	rows, err := warehouse.ReadStatus(ctx, r.StatusPath(), asked)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, r.noRun()
	}
	if err != nil {
		return nil, err
	}
	last, err := r.lastCompared()
	if err != nil {
		return nil, err
	}
	var exceptions []check.Exception
	if last.Run != "" {
		if exceptions, err = r.exceptionsOf(last.Run); err != nil {
			return nil, err
		}
	}
	if len(rows) == 0 {
		rows = unlistedRows(exceptions, asked)
	}
	if len(rows) == 0 {
		return nil, &unknownError{asked}
	}
	list := make([]view.Explanation, len(rows))
	for i, row := range rows {
		e := view.Explanation{Status: row, Codes: []view.ExplainedCode{}, Run: last.Run, Command: last.Command, Exceptions: []check.Exception{}, History: []view.Part{}}
		for name := range strings.FieldsFuncSeq(row.Why, func(c rune) bool { return c == ',' || c == ' ' }) {
			known, _ := check.Lookup(name)
			e.Codes = append(e.Codes, view.ExplainedCode{Code: name, Title: known.Title, Hint: known.Hint})
		}
		for _, x := range exceptions {
			if isAbout(row, x) {
				e.Exceptions = append(e.Exceptions, x)
			}
		}
		list[i] = e
	}
	if err := r.parts(rows, last, list); err != nil {
		return nil, err
	}
	decided, err := r.ReadDecisions()
	if err != nil {
		return nil, err
	}
	decided = review.InForce(decided)
	for i := range list {
		list[i].Decisions = concerning(decided, list[i])
	}
	return list, nil
}

// lastCompared is the newest run that ended and compared with Faire; zero if there is none.
func (r *record) lastCompared() (ledger.Summary, error) {
	ended, err := r.ended()
	if err != nil {
		return ledger.Summary{}, err
	}
	for _, s := range ended {
		if s.Plan != "" && s.Command != "check" {
			return s, nil
		}
	}
	return ledger.Summary{}, nil
}

func (r *record) exceptionsOf(id string) ([]check.Exception, error) {
	run, err := r.OpenRun(id)
	if err != nil {
		return nil, err
	}
	defer run.Close() //nolint:errcheck // read only
	list, err := run.ReadExceptions()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("run %s: %w", id, err)
	}
	return list, nil
}

// unlistedRows are rows for SKUs that the status does not have, such as those gone from the source: only exceptions know them.
func unlistedRows(exceptions []check.Exception, asked string) []ledger.StatusRow {
	var rows []ledger.StatusRow
	for _, x := range exceptions {
		row := ledger.StatusRow{SKU: x.SKU, Style: x.Style, Name: x.Name, ProductKey: x.ProductKey, OnFaire: x.FaireID != ""}
		if strings.HasPrefix(x.FaireID, "po_") {
			row.VariantID = x.FaireID
		} else {
			row.ProductID = x.FaireID
		}
		same := func(text string) bool { return text != "" && strings.EqualFold(text, asked) }
		if (same(x.SKU) || same(x.Style)) && !slices.ContainsFunc(rows, func(r ledger.StatusRow) bool { return r.SKU == row.SKU && r.Style == row.Style }) {
			rows = append(rows, row)
		}
	}
	return rows
}

// isAbout says whether an exception concerns a SKU, its style or its product.
func isAbout(row ledger.StatusRow, x check.Exception) bool {
	if x.SKU != "" || x.VariantKey != "" {
		return x.SKU == row.SKU && (x.ProductKey == row.ProductKey || x.ProductKey == "") || x.VariantKey == variantKey(row)
	}
	switch {
	case x.ProductKey != "":
		return x.ProductKey == row.ProductKey
	case x.Style != "":
		return x.Style == row.Style
	}
	return x.FaireID != "" && (x.FaireID == row.ProductID || x.FaireID == row.VariantID)
}

// variantKey is the key of a row's variant where it is made of source and SKU.
func variantKey(row ledger.StatusRow) string {
	source, _, _ := strings.Cut(row.ProductKey, ":")
	return source + ":" + row.SKU
}

// concerns says whether a change is about a SKU or its product as a whole.
func concerns(row ledger.StatusRow, c plan.Change) bool {
	switch {
	case c.Key != row.ProductKey:
		return false
	case c.VariantKey == "":
		return true
	case c.VariantID != "" && row.VariantID != "":
		return c.VariantID == row.VariantID
	}
	return c.SKU == row.SKU || c.VariantKey == variantKey(row)
}

// historyRuns is how many runs that wrote are looked through for what they sent.
const historyRuns = 20

// parts fills in what the last plan has about each row, and what runs before it sent.
func (r *record) parts(rows []ledger.StatusRow, last ledger.Summary, list []view.Explanation) error {
	if last.Run != "" {
		parts, err := r.partsOf(last.Run, rows)
		if err != nil {
			return err
		}
		for i := range list {
			list[i].Plan = parts[i]
		}
	}
	folders, err := r.Folders()
	if err != nil {
		return err
	}
	looked := 0
	for _, f := range slices.Backward(folders) {
		if !f.Wrote || f.ID == last.Run {
			continue
		}
		if looked++; looked > historyRuns {
			return nil
		}
		parts, err := r.partsOf(f.ID, rows)
		if err != nil {
			return err
		}
		for i, part := range parts {
			if part = sent(part); len(part.Requests) > 0 {
				list[i].History = append(list[i].History, part)
			}
		}
	}
	return nil
}

// sent leaves of a part what was sent.
func sent(part view.Part) view.Part {
	part.Requests = slices.DeleteFunc(part.Requests, func(a view.Answer) bool { return a.Status == "" })
	part.Changes = slices.DeleteFunc(part.Changes, func(c plan.Change) bool {
		return !slices.ContainsFunc(part.Requests, func(a view.Answer) bool { return slices.Contains(a.Changes, c.ID) })
	})
	return part
}

// partsOf reads what a run's plan has about each row, and what became of it.
func (r *record) partsOf(id string, rows []ledger.StatusRow) ([]view.Part, error) {
	parts := make([]view.Part, len(rows))
	started, _ := ledger.ParseRunID(id) // OpenRun reads it too
	for i := range parts {
		parts[i] = view.Part{Run: id, Started: started, Changes: []plan.Change{}, Requests: []view.Answer{}}
	}
	run, err := r.OpenRun(id)
	if err != nil {
		return nil, err
	}
	defer run.Close() //nolint:errcheck // read only
	requests, err := scanPlan(run, rows, parts)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	answers, err := answersOf(run)
	if err != nil {
		return nil, err
	}
	told, err := run.ReadTold()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	outcomes := map[string]load.Outcome{}
	for _, o := range told.Outcomes {
		outcomes[o.Request.ID] = o
	}
	for _, request := range requests {
		for i := range parts {
			carried := carriedBy(request, parts[i].Changes)
			answer, tried := answers[request.ID]
			if len(carried) == 0 || request.FallbackOf != "" && !tried {
				continue
			}
			answer.Request, answer.Operation, answer.Changes = request.ID, request.Operation, carried
			if o, known := outcomes[request.ID]; known && tried {
				answer.Status, answer.Code, answer.Message = outcomeFor(o, carried)
			}
			parts[i].Requests = append(parts[i].Requests, answer)
		}
	}
	return parts, nil
}

func carriedBy(request plan.Request, changes []plan.Change) []string {
	var list []string
	for _, c := range changes {
		if slices.Contains(request.Changes, c.ID) {
			list = append(list, c.ID)
		}
	}
	return list
}

// outcomeFor says what became of changes in a request: of a batch, what became of their own entry.
func outcomeFor(o load.Outcome, changes []string) (status load.Status, code, message string) {
	for _, entry := range o.Failed {
		if slices.ContainsFunc(changes, func(id string) bool { return slices.Contains(entry.Changes, id) }) {
			return entry.Status, entry.Code, entry.Message
		}
	}
	if o.Status == load.Partly {
		return load.Applied, "", ""
	}
	return o.Status, o.Code, o.Message
}

// scanPlan reads a plan line by line, since it may have a million, adds to each part the changes about its row, and gives the requests
// that carry any.
func scanPlan(run *ledger.Run, rows []ledger.StatusRow, parts []view.Part) ([]plan.Request, error) {
	file, err := run.Open(ledger.PlanName)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // read only
	keys := map[string]bool{}
	for _, row := range rows {
		keys[row.ProductKey] = true
	}
	var needles [][]byte
	for _, key := range sortedKeys(keys) {
		if needle, err := json.Marshal(key); err == nil && key != "" {
			needles = append(needles, needle)
		}
	}
	var requests []plan.Request
	inRequests := false
	for lines := bufio.NewReaderSize(file, 1<<16); ; {
		line, err := lines.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("%s: %w", run.Path(ledger.PlanName), err)
		}
		switch {
		case bytes.HasPrefix(line, []byte(`"requests":`)):
			inRequests, needles = true, changeIDs(parts)
		case bytes.HasPrefix(line, []byte(`"touches":`)):
			return requests, nil
		case inRequests:
			if containsAny(line, needles) {
				var request plan.Request
				if err := decodeLine(line, &request); err != nil {
					return nil, fmt.Errorf("%s: %w", run.Path(ledger.PlanName), err)
				}
				requests = append(requests, request)
			}
		case containsAny(line, needles):
			var change plan.Change
			if err := decodeLine(line, &change); err != nil {
				return nil, fmt.Errorf("%s: %w", run.Path(ledger.PlanName), err)
			}
			for i, row := range rows {
				if change.ID != "" && concerns(row, change) {
					parts[i].Changes = append(parts[i].Changes, change)
				}
			}
		}
		if err != nil {
			return requests, nil
		}
	}
}

func containsAny(line []byte, needles [][]byte) bool {
	return slices.ContainsFunc(needles, func(needle []byte) bool { return bytes.Contains(line, needle) })
}

// changeIDs are the ids of the changes of parts, as they stand in a plan.
func changeIDs(parts []view.Part) [][]byte {
	var list [][]byte
	for _, part := range parts {
		for _, c := range part.Changes {
			list = append(list, []byte(`"`+c.ID+`"`))
		}
	}
	return list
}

// decodeLine reads the JSON value a line begins with; a comma or bracket may follow.
func decodeLine(line []byte, value any) error {
	return json.NewDecoder(bytes.NewReader(line)).Decode(value)
}

// answersOf reads a run's journal: what became of each request that was begun, by its id.
func answersOf(run *ledger.Run) (map[string]view.Answer, error) {
	answers := map[string]view.Answer{}
	attempts, err := run.ReadJournal()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("run %s: %w", run.ID(), err)
	}
	for _, attempt := range attempts {
		a := answers[attempt.Request]
		if attempt.Phase == ledger.PhaseBegin {
			a.Tries++
			if a.Status == "" {
				a.Status = load.Unknown // until it is answered
			}
			answers[attempt.Request] = a
			continue
		}
		// A batch may be sent again in parts. If its tries end differently, the journal alone does not tell which part went; what the
		// run wrote down when it ended does.
		if a.Status == load.Partly || a.Tries > 1 && a.Status != attempt.Status && (a.Status == load.Applied || attempt.Status == load.Applied) {
			attempt.Status = load.Partly
		}
		a.Status, a.Code, a.Message = attempt.Status, attempt.Code, attempt.Message
		answers[attempt.Request] = a
	}
	return answers, nil
}
