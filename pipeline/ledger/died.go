package ledger

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
)

// recordedName marks a run folder of which the brand's state has what it sent.
const recordedName = "recorded"

// MarkRecorded notes that the brand's state has what the run sent.
func (r *Run) MarkRecorded() error {
	return r.Write(recordedName, func(io.Writer) error { return nil })
}

// Died lists, oldest first, the runs that began to send and whose end is not in the brand's state, because they died or could not write
// it. The caller holds the brand's lock and has not begun to send, or a run under way would be among them.
func (s *State) Died() ([]string, error) {
	folders, err := s.Folders()
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, f := range folders {
		if !f.Wrote {
			continue
		}
		for _, name := range []string{SummaryName, recordedName} {
			_, err := s.root.Stat(path.Join(runsName, f.ID, name))
			if errors.Is(err, fs.ErrNotExist) {
				ids = append(ids, f.ID)
				break
			}
			if err != nil {
				return nil, fmt.Errorf("run %s: %w", f.ID, err)
			}
		}
	}
	return ids, nil
}
