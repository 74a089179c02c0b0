package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// Retention says which run folders are kept.
type Retention struct {
	Keep time.Duration // younger ones
	Last int           // so many of the newest, whatever their age
}

// DefaultRetention is 14 days and the last 10; runs that wrote to Faire are always kept (design §6).
func DefaultRetention() Retention { return Retention{Keep: 14 * 24 * time.Hour, Last: 10} }

// Folder is what retention looks at of a run folder.
type Folder struct {
	ID      string
	Started time.Time
	Wrote   bool // an attempt to write to Faire was journalled
}

// Removable returns the ids of the run folders that may go, oldest first: not young, not among the newest, and without a write.
func (r Retention) Removable(folders []Folder, now time.Time) []string {
	sorted := slices.Clone(folders)
	slices.SortFunc(sorted, func(a, b Folder) int {
		if c := a.Started.Compare(b.Started); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	var ids []string
	for i, f := range sorted {
		if i < len(sorted)-r.Last && now.Sub(f.Started) > r.Keep && !f.Wrote {
			ids = append(ids, f.ID)
		}
	}
	return ids
}

// Folders lists the brand's run folders, oldest first; anything else in runs/ is left out.
func (s *State) Folders() ([]Folder, error) {
	entries, err := fs.ReadDir(s.root.FS(), runsName)
	if err != nil {
		return nil, fmt.Errorf("run folders: %w", err)
	}
	var list []Folder
	for _, entry := range entries { // sorted by name, so by time
		started, err := ParseRunID(entry.Name())
		if err != nil || !entry.IsDir() {
			continue
		}
		info, err := s.root.Stat(path.Join(runsName, entry.Name(), AttemptsName))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("run folders: %w", err)
		}
		list = append(list, Folder{ID: entry.Name(), Started: started, Wrote: err == nil && info.Size() > 0})
	}
	return list, nil
}

// Remove removes a run folder with all it holds.
func (s *State) Remove(id string) error {
	if _, err := ParseRunID(id); err != nil {
		return err
	}
	if err := s.root.RemoveAll(path.Join(runsName, id)); err != nil {
		return fmt.Errorf("remove run %s: %w", id, err)
	}
	return nil
}
