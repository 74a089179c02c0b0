package ledger

import (
	"errors"
	"fmt"
	"io/fs"
)

const indexName = runsName + "/index.ndjson"

// AppendRun adds the summary of a run that has ended to runs/index.ndjson and syncs it.
func (s *State) AppendRun(summary Summary) error {
	lines, err := openLines(s.folder, indexName)
	if err != nil {
		return fmt.Errorf("run index: %w", err)
	}
	if err := lines.append(summary); err != nil {
		return errors.Join(fmt.Errorf("run index: %w", err), lines.close())
	}
	return lines.close()
}

// Runs returns the runs that have ended, oldest first. A run that was added twice (an apply of it) is listed once, as it was
// last. A run that died is not in the index; Folders has it.
func (s *State) Runs() ([]Summary, error) {
	file, err := s.Open(indexName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("run index: %w", err)
	}
	defer file.Close() //nolint:errcheck // read only
	all, err := readLines[Summary](file, indexName)
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	var list []Summary
	for _, summary := range all {
		if i, ok := at[summary.Run]; ok {
			list[i] = summary
			continue
		}
		at[summary.Run] = len(list)
		list = append(list, summary)
	}
	return list, nil
}

// Last returns the run that ended last, false if there is none.
func (s *State) Last() (Summary, bool, error) {
	return s.newest(func(Summary) bool { return true })
}

// LastGood returns the newest run that is Good, false if there is none.
func (s *State) LastGood() (Summary, bool, error) { return s.newest(Summary.Good) }

func (s *State) newest(wanted func(Summary) bool) (Summary, bool, error) {
	list, err := s.Runs()
	if err != nil {
		return Summary{}, false, err
	}
	for i := len(list) - 1; i >= 0; i-- {
		if wanted(list[i]) {
			return list[i], true, nil
		}
	}
	return Summary{}, false, nil
}

// Good says whether the run did its work: it may have held changes, but nothing was refused, broken off or only planned.
func (s Summary) Good() bool {
	return (s.Command == "run" || s.Command == "apply") && (s.Status == "done" || s.Status == "held")
}
