package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
)

// Died lists, oldest first, the runs that began to send and ended without a word: their folder has a journal and no run.json. The
// caller holds the brand's lock and has not begun to send, or a run under way would be among them.
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
		_, err := s.root.Stat(path.Join(runsName, f.ID, SummaryName))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			ids = append(ids, f.ID)
		case err != nil:
			return nil, fmt.Errorf("run %s: %w", f.ID, err)
		}
	}
	return ids, nil
}
