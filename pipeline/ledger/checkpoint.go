package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"fairesync/pipeline/catalog"
)

// CheckpointName is the file of the newest checkpoint, in the brand's folder.
const CheckpointName = "checkpoint.json"

// Checkpoint is the brand's state a second time: what brand.duckdb held when a run was recorded, as objects. Rebuild makes the
// database anew of it.
type Checkpoint struct {
	Layout       int64             `json:"layout"` // of brand.duckdb
	Brand        catalog.Brand     `json:"brand"`
	MirrorUntil  time.Time         `json:"mirror_until,omitzero"`
	LastFullWalk time.Time         `json:"last_full_walk,omitzero"`
	GoodRows     map[string]int64  `json:"good_rows"`
	Run          string            `json:"run"` // recorded last
	Recorded     time.Time         `json:"recorded,omitzero"`
	Objects      map[string]string `json:"objects"` // table: SHA-256 of its Parquet object
}

// CheckpointError says that checkpoint.json is there and cannot be used.
type CheckpointError struct {
	Path string
	Err  error
}

func (e *CheckpointError) Error() string {
	return fmt.Sprintf("checkpoint %s cannot be read: %v", e.Path, e.Err)
}

// Unwrap is what is wrong with it.
func (e *CheckpointError) Unwrap() error { return e.Err }

// Hint says what to do.
func (e *CheckpointError) Hint() string {
	return "put the file back from a backup; or move it away and rebuild without it, which leaves every product in first-link state"
}

// WriteCheckpoint makes checkpoint the newest one: it replaces checkpoint.json once the objects it names are sure to be there.
func (s *State) WriteCheckpoint(checkpoint Checkpoint) error {
	for _, table := range sortedKeys(checkpoint.Objects) {
		if err := s.isObject(checkpoint.Objects[table]); err != nil {
			return fmt.Errorf("checkpoint, table %s: %w", table, err)
		}
	}
	if err := s.sync(objectsName); err != nil { // their names, too, must survive a power cut
		return fmt.Errorf("checkpoint: %w", err)
	}
	if err := s.WriteJSON(CheckpointName, checkpoint); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return nil
}

// ReadCheckpoint reads the newest checkpoint; fs.ErrNotExist if no run has written one.
func (s *State) ReadCheckpoint() (Checkpoint, error) {
	var checkpoint Checkpoint
	data, err := s.root.ReadFile(CheckpointName)
	if errors.Is(err, fs.ErrNotExist) {
		return checkpoint, fmt.Errorf("brand %s has no checkpoint: %w", s.brand, err)
	}
	if err == nil {
		err = json.Unmarshal(data, &checkpoint)
	}
	for _, table := range sortedKeys(checkpoint.Objects) {
		if sum := checkpoint.Objects[table]; err == nil && !objectForm.MatchString(sum) {
			err = fmt.Errorf("table %s names no object: %q", table, sum)
		}
	}
	if err != nil {
		return Checkpoint{}, &CheckpointError{Path: s.Path(CheckpointName), Err: err}
	}
	return checkpoint, nil
}
