package ledger

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"time"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/check"
	"fairesync/pipeline/stage"
)

// Names of files in a run folder (design §6).
const (
	SummaryName    = "run.json"
	ManifestName   = "manifest.json"
	InputsName     = "inputs.json"
	StockName      = "stock.json"
	PlanName       = "plan.json"
	ExceptionsName = "exceptions.ndjson"
	TypesName      = "taxonomy.ndjson"
	WorkbookName   = "exceptions.xlsx"
	AttemptsName   = "attempts.ndjson"
	LogName        = "log.ndjson"
	stagingName    = "staging"
)

// idTime is the first part of a run id: UTC, so that ids sort by time.
const idTime = "20060102T150405Z"

var idForm = regexp.MustCompile(`^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}$`)

// ErrRunID says that a text is no run id.
var ErrRunID = errors.New("not a run id (such as 20261123T151836Z-4f2a)")

// RunID makes the id of a run that starts now: UTC time and four hex digits. Ids sort as the runs started. A random reader that
// ends early leaves zeros: NewRun refuses an id that is taken, so nothing is lost by it.
func RunID(now time.Time, random io.Reader) string {
	var tail [2]byte
	_, _ = io.ReadFull(random, tail[:])
	return now.UTC().Format(idTime) + "-" + hex.EncodeToString(tail[:])
}

// ParseRunID returns when the run with this id started, in UTC; the error wraps ErrRunID.
func ParseRunID(id string) (time.Time, error) {
	if !idForm.MatchString(id) {
		return time.Time{}, fmt.Errorf("%q: %w", id, ErrRunID)
	}
	started, err := time.Parse(idTime, id[:len(idTime)])
	if err != nil {
		return time.Time{}, fmt.Errorf("%q: %w", id, ErrRunID)
	}
	return started, nil
}

// Run is the folder of one run.
type Run struct {
	folder
	id string
}

// NewRun makes the folder of a new run; an id that is taken is an error that wraps fs.ErrExist.
func (s *State) NewRun(id string) (*Run, error) {
	if _, err := ParseRunID(id); err != nil {
		return nil, err
	}
	name := path.Join(runsName, id)
	if err := s.root.Mkdir(name, 0o700); err != nil {
		return nil, fmt.Errorf("run folder: %w", err)
	}
	if err := s.root.Mkdir(path.Join(name, stagingName), 0o700); err != nil {
		return nil, fmt.Errorf("run folder: %w", err)
	}
	if err := s.sync(runsName); err != nil {
		return nil, fmt.Errorf("run folder: %w", err)
	}
	return s.OpenRun(id)
}

// OpenRun opens the folder of a run that is there.
func (s *State) OpenRun(id string) (*Run, error) {
	if _, err := ParseRunID(id); err != nil {
		return nil, err
	}
	root, err := s.root.OpenRoot(path.Join(runsName, id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("brand %s has no run %s: %w", s.brand, id, err)
	}
	if err != nil {
		return nil, fmt.Errorf("run folder: %w", err)
	}
	return &Run{folder: folder{root: root, dir: s.Path(path.Join(runsName, id))}, id: id}, nil
}

// ID is the run's id.
func (r *Run) ID() string { return r.id }

// Staging is the path of the folder the sources' deliveries go to.
func (r *Run) Staging() string { return r.Path(stagingName) }

// Append opens a file for appending, log.ndjson say; it is not synced.
func (r *Run) Append(name string) (*os.File, error) {
	return r.root.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
}

// WriteSummary makes or replaces run.json.
func (r *Run) WriteSummary(summary Summary) error { return r.WriteJSON(SummaryName, summary) }

// ReadSummary reads run.json; fs.ErrNotExist if the run died before it wrote one.
func (r *Run) ReadSummary() (Summary, error) {
	var summary Summary
	err := r.ReadJSON(SummaryName, &summary)
	return summary, err
}

// WriteManifest makes or replaces manifest.json.
func (r *Run) WriteManifest(manifest stage.Manifest) error {
	return r.WriteJSON(ManifestName, manifest)
}

// ReadManifest reads manifest.json.
func (r *Run) ReadManifest() (stage.Manifest, error) {
	var manifest stage.Manifest
	err := r.ReadJSON(ManifestName, &manifest)
	return manifest, err
}

// WriteExceptions makes or replaces exceptions.ndjson, one exception per line in the order given.
func (r *Run) WriteExceptions(list []check.Exception) error {
	return writeLines(r, ExceptionsName, list)
}

// ReadExceptions reads exceptions.ndjson.
func (r *Run) ReadExceptions() ([]check.Exception, error) {
	return readFileLines[check.Exception](r, ExceptionsName)
}

// WriteTypes makes or replaces taxonomy.ndjson: how the questions of the taxonomy stand, one a line.
func (r *Run) WriteTypes(list []catalog.TypeQuestion) error { return writeLines(r, TypesName, list) }

// ReadTypes reads taxonomy.ndjson.
func (r *Run) ReadTypes() ([]catalog.TypeQuestion, error) {
	return readFileLines[catalog.TypeQuestion](r, TypesName)
}

// writeLines makes or replaces a file of one JSON document per line.
func writeLines[T any](r *Run, name string, list []T) error {
	return r.Write(name, func(w io.Writer) error {
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		for _, one := range list {
			if err := encoder.Encode(one); err != nil {
				return err
			}
		}
		return nil
	})
}

// readFileLines reads back what writeLines wrote.
func readFileLines[T any](r *Run, name string) ([]T, error) {
	file, err := r.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // read only
	return readLines[T](file, name)
}
