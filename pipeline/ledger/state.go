package ledger

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// Names inside a brand's folder (design §6).
const (
	databaseName = "brand.duckdb"
	statusName   = "status.parquet"
	latestName   = "latest.xlsx"
	runsName     = "runs"
	objectsName  = "objects"
)

var brandName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)

// State is one brand's folder, <root>/<brand>. Everything in it is reached through an os.Root, so a link that leads out of it
// is an error; folders are 0700 and files 0600.
type State struct {
	folder
	brand string
}

// OpenState opens the brand's folder below root and makes it, and root, if they are not there. Whoever opens it closes it.
func OpenState(root, brand string) (*State, error) {
	if !brandName.MatchString(brand) {
		return nil, &NameError{Name: brand}
	}
	if err := os.MkdirAll(root, 0o700); err != nil {
		return nil, fmt.Errorf("state folder: %w", err)
	}
	top, err := os.OpenRoot(root)
	if err != nil {
		return nil, fmt.Errorf("state folder: %w", err)
	}
	defer top.Close() //nolint:errcheck // only a handle to look through
	if err := top.Mkdir(brand, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("state of brand %s: %w", brand, err)
	}
	own, err := top.OpenRoot(brand)
	if err != nil {
		return nil, fmt.Errorf("state of brand %s: %w", brand, err)
	}
	state := &State{folder: folder{root: own, dir: filepath.Join(root, brand)}, brand: brand}
	for _, name := range []string{runsName, objectsName} {
		if err := own.Mkdir(name, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, errors.Join(fmt.Errorf("state of brand %s: %w", brand, err), own.Close())
		}
	}
	return state, nil
}

// NameError says that a brand's name cannot be the name of a folder.
type NameError struct{ Name string }

func (e *NameError) Error() string { return fmt.Sprintf("brand name %q cannot be used", e.Name) }

// Hint says what a name may look like.
func (e *NameError) Hint() string {
	return "use lower-case letters, digits, _ and -, at most 63 characters, the first a letter or digit"
}

// Brand is the configured name of the brand.
func (s *State) Brand() string { return s.brand }

// DatabasePath is where brand.duckdb is; package warehouse opens it, at Open and Record only.
func (s *State) DatabasePath() string { return s.Path(databaseName) }

// StatusPath is where status.parquet is, one row per SKU; replaced by Replace(StatusName, …).
func (s *State) StatusPath() string { return s.Path(statusName) }

// StatusName is the name of status.parquet for Replace.
const StatusName = statusName

// LatestWorkbook is where the newest workbook is, for people.
func (s *State) LatestWorkbook() string { return s.Path(latestName) }

// PublishWorkbook copies a workbook of the run to latest.xlsx. It is a copy and no link: who edits latest.xlsx must not edit
// the record of the run.
func (s *State) PublishWorkbook(run *Run, name string) error {
	return s.Write(latestName, func(w io.Writer) error {
		file, err := run.Open(name)
		if err != nil {
			return err
		}
		defer file.Close() //nolint:errcheck // read only
		_, err = io.Copy(w, file)
		return err
	})
}
