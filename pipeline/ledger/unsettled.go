package ledger

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"

	"fairesync/pipeline/load"
)

// settledName marks a run folder whose journal has nothing open: it need not be read again.
const settledName = "settled"

// Unsettled are the attempts of one run whose outcome nobody knows.
type Unsettled struct {
	Run      string
	Attempts []load.Attempt // the begins, as OpenAttempts gives them
}

// JournalError says that a run's journal cannot be read.
type JournalError struct {
	Run  string
	Path string
	Err  error
}

func (e *JournalError) Error() string {
	return fmt.Sprintf("journal of run %s cannot be read: %v", e.Run, e.Err)
}

// Unwrap is what is wrong with it.
func (e *JournalError) Unwrap() error { return e.Err }

// Hint says what to do.
func (e *JournalError) Hint() string {
	return "look on Faire whether the products of that run are as they should be, then move " + e.Path + " away"
}

// Unsettled finds the runs, oldest first, that left attempts whose outcome is not known: they died, or had no answer. They must be
// settled before anything else is sent (design §5). A run that has none is marked, so that hundreds of old journals are not read
// every hour. The caller holds the brand's lock and has not begun to send.
func (s *State) Unsettled() ([]Unsettled, error) {
	folders, err := s.Folders()
	if err != nil {
		return nil, err
	}
	var list []Unsettled
	for _, f := range folders {
		if !f.Wrote {
			continue
		}
		marker := path.Join(runsName, f.ID, settledName)
		if _, err := s.root.Stat(marker); err == nil {
			continue
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("run %s: %w", f.ID, err)
		}
		open, err := s.openAttempts(f.ID)
		if err != nil {
			return nil, err
		}
		if len(open) > 0 {
			list = append(list, Unsettled{Run: f.ID, Attempts: open})
			continue
		}
		if err := s.Write(marker, func(io.Writer) error { return nil }); err != nil {
			return nil, fmt.Errorf("run %s: %w", f.ID, err)
		}
	}
	return list, nil
}

// openAttempts reads the journal of a run.
func (s *State) openAttempts(id string) ([]load.Attempt, error) {
	name := path.Join(runsName, id, AttemptsName)
	file, err := s.Open(name)
	if err != nil {
		return nil, &JournalError{Run: id, Path: s.Path(name), Err: err}
	}
	defer file.Close() //nolint:errcheck // read only
	attempts, err := ReadAttempts(file)
	if err != nil {
		return nil, &JournalError{Run: id, Path: s.Path(name), Err: err}
	}
	return OpenAttempts(attempts), nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
