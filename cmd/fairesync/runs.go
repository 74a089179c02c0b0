package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fairesync/pipeline/config"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/load"
	"fairesync/pipeline/plan"
)

// What status, history, diff and explain answer from: files of the brand's folder, and nothing else. They work while a run is
// under way.

// record is a brand's folder, opened to be read.
type record struct {
	*ledger.State
	brand, config string
}

// openRecord opens the folder of the brand that a configuration names. Asking makes no folder.
func openRecord(path string) (*record, error) {
	c, err := config.Load(path)
	if err != nil {
		return nil, err
	}
	return openRecordOf(c, path)
}

// openRecordOf opens the folder of a brand whose configuration is read already.
func openRecordOf(c config.Config, path string) (*record, error) {
	if _, err := os.Stat(filepath.Join(c.State, c.Brand)); errors.Is(err, fs.ErrNotExist) {
		return nil, &noRunError{brand: c.Brand, config: path}
	}
	state, err := ledger.OpenState(c.State, c.Brand)
	if err != nil {
		return nil, err
	}
	return &record{State: state, brand: c.Brand, config: path}, nil
}

// noRun says that there is nothing to answer from.
func (r *record) noRun() error { return &noRunError{brand: r.brand, config: r.config} }

// noRunError says that there is nothing to answer from.
type noRunError struct{ brand, config string }

func (e *noRunError) Error() string { return "brand " + e.brand + " has not been synced yet" }

// Hint says what to do.
func (e *noRunError) Hint() string { return "fairesync run -c " + e.config }

// runs lists the brand's runs, newest first, those that are under way before all others. A run that left no summary and is not under
// way has the status died.
func (r *record) runs() ([]ledger.Summary, error) {
	folders, err := r.Folders()
	if err != nil {
		return nil, err
	}
	list, err := r.Runs()
	if err != nil {
		return nil, err
	}
	// Whoever holds the lock is asked last: a run that ended before that has written its summary.
	holder, err := r.Holder()
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, s := range list {
		known[s.Run] = true
	}
	for _, f := range folders {
		if known[f.ID] || holder != nil && holder.Run == f.ID {
			continue
		}
		s, err := r.unlisted(f.ID)
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	newestFirst(list)
	if holder != nil && !known[holder.Run] {
		s, err := r.unlisted(holder.Run)
		if err != nil {
			return nil, err
		}
		if s.Status == ledger.StatusDied { // it has not ended since
			s.Status, s.Command, s.Started = running, holder.Command, holder.Started
		}
		list = slices.Insert(list, 0, s)
	}
	return list, nil
}

// newestFirst sorts the runs of an index by when they started. Ids alone do not tell runs of the same second apart.
func newestFirst(list []ledger.Summary) {
	slices.Reverse(list)
	slices.SortStableFunc(list, func(a, b ledger.Summary) int { return b.Started.Compare(a.Started) })
}

// ended are the runs that have ended and whose folders are still there, newest first.
func (r *record) ended() ([]ledger.Summary, error) {
	folders, err := r.Folders()
	if err != nil {
		return nil, err
	}
	list, err := r.Runs()
	if err != nil {
		return nil, err
	}
	newestFirst(list)
	return slices.DeleteFunc(list, func(s ledger.Summary) bool {
		return !slices.ContainsFunc(folders, func(f ledger.Folder) bool { return f.ID == s.Run })
	}), nil
}

// running is the status of a run that is under way.
const running = "running"

// unlisted is the summary of a run that is not in the index: the one it wrote before it was listed, or else as much as its folder tells.
func (r *record) unlisted(id string) (ledger.Summary, error) {
	s := ledger.Summary{Type: "summary", Run: id, Brand: r.brand, Status: ledger.StatusDied}
	s.Started, _ = ledger.ParseRunID(id) // zero for a holder's that is none
	run, err := r.OpenRun(id)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, ledger.ErrRunID) { // its folder is not there yet
		return s, nil
	}
	if err != nil {
		return s, err
	}
	defer run.Close() //nolint:errcheck // read only
	written, err := run.ReadSummary()
	if err == nil {
		return written, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return s, err
	}
	document, err := planHead(run)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return s, err
	}
	if err == nil {
		a := document.Summary.Accounting
		s.SourceRows, s.Unchanged, s.Planned, s.Held, s.Ignored = a.SourceRows, a.Unchanged, a.Planned, a.Held, a.Ignored
		s.Changes, s.HeldBy, s.Requests.Planned = document.Summary.Changes, document.Summary.Held, document.Summary.Requests
	}
	answers, err := answersOf(run)
	if err != nil {
		return s, err
	}
	for _, answer := range answers {
		s.Requests.Sent++
		switch answer.Status {
		case load.Applied, load.Partly:
			s.Requests.OK++
		case load.Refused:
			s.Requests.Refused++
		}
	}
	return s, nil
}

// planHead reads what stands before the changes of a run's plan: the first line of the file.
func planHead(run *ledger.Run) (plan.Plan, error) {
	var head plan.Plan
	file, err := run.Open(ledger.PlanName)
	if err != nil {
		return head, err
	}
	defer file.Close() //nolint:errcheck // read only
	line, err := bufio.NewReader(file).ReadBytes('\n')
	if err != nil {
		return head, fmt.Errorf("%s: %w", run.Path(ledger.PlanName), err)
	}
	if err := json.Unmarshal(append(bytes.TrimRight(line, ",\n"), '}'), &head); err != nil {
		return head, fmt.Errorf("%s: %w", run.Path(ledger.PlanName), err)
	}
	return head, nil
}

// stepOf is the step a run is at, as its log says; blank if it does not.
func (r *record) stepOf(id string) string {
	file, err := r.Open("runs/" + id + "/" + ledger.LogName)
	if err != nil { // it has none yet, or has just gone
		return ""
	}
	defer file.Close() //nolint:errcheck // read only
	step := ""
	for lines := bufio.NewReader(file); ; {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return step
		}
		var entry struct{ Msg, Step string }
		if bytes.Contains(line, []byte(`"msg":"step"`)) && json.Unmarshal(line, &entry) == nil {
			step = entry.Step
		}
	}
}

// progressOf says in a sentence how far a run is that is under way.
func (r *record) progressOf(s ledger.Summary) string {
	text := fmt.Sprintf("run %s (%s) is under way", s.Run, s.Command)
	if step := r.stepOf(s.Run); step != "" {
		text += ", at the step " + step
	}
	if s.Requests.Planned > 0 {
		text += fmt.Sprintf("; %d of %d requests answered", s.Requests.OK+s.Requests.Refused, s.Requests.Planned)
	}
	return text
}

// resolveRun gives the id of the run that is asked for: by its id, by the beginning of one, or by the words last and previous, the
// newest two that have ended.
func (r *record) resolveRun(asked string) (string, error) {
	if nth := slices.Index([]string{"last", "previous"}, asked); nth >= 0 {
		ended, err := r.ended()
		if err != nil {
			return "", err
		}
		if nth >= len(ended) {
			return "", &unknownRunError{record: r, asked: asked}
		}
		return ended[nth].Run, nil
	}
	folders, err := r.Folders()
	if err != nil {
		return "", err
	}
	var found []string
	for _, f := range slices.Backward(folders) {
		if asked != "" && strings.HasPrefix(f.ID, asked) {
			found = append(found, f.ID)
		}
	}
	if len(found) != 1 {
		return "", &unknownRunError{record: r, asked: asked, several: found}
	}
	return found[0], nil
}

// unknownRunError is a run that is asked for and not there, or not the only one.
type unknownRunError struct {
	record  *record
	asked   string
	several []string // the last first
}

func (e *unknownRunError) Error() string {
	if n := len(e.several); n > 1 {
		return fmt.Sprintf("%q begins the ids of %d runs of brand %s, %s and %s among them", e.asked, n, e.record.brand, e.several[0], e.several[n-1])
	}
	if slices.Contains([]string{"last", "previous"}, e.asked) {
		return fmt.Sprintf("brand %s has no %s run whose folder is still there", e.record.brand, e.asked)
	}
	return fmt.Sprintf("brand %s has no run %q, or its folder is not there any more", e.record.brand, e.asked)
}

// Hint says what to do.
func (e *unknownRunError) Hint() string { return "fairesync history -c " + e.record.config }
