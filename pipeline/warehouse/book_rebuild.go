package warehouse

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"fairesync/pipeline/ledger"
)

// DamagedError says that brand.duckdb cannot be used: it is cut off, overwritten, or gone.
type DamagedError struct {
	Path string
	Err  error // what the engine says, or fs.ErrNotExist
}

func (e *DamagedError) Error() string {
	if errors.Is(e.Err, fs.ErrNotExist) {
		return fmt.Sprintf("the brand's state %s is gone, but there is a checkpoint of it", e.Path)
	}
	said := e.Err.Error()
	if at := strings.LastIndex(said, engineSays); at >= 0 {
		said = said[at+len(engineSays):] // what our own layers say of it is said already
	}
	return fmt.Sprintf("the brand's state %s is damaged: %s", e.Path, said)
}

// engineSays stands before the engine's own words.
const engineSays = "duckdb error: "

// Unwrap is what the engine says.
func (e *DamagedError) Unwrap() error { return e.Err }

// Hint says what to do.
func (e *DamagedError) Hint() string {
	return "fairesync rebuild -c FILE restores it from the last checkpoint and from Faire"
}

// damage makes a DamagedError of what the engine says of a file that is no longer what it wrote. Blocks have checksums, so that
// nothing else passes for one.
func damage(path string, err error) error {
	if err == nil {
		return nil
	}
	file, log := `file "`+path+`"`, `file "`+path+`.wal"`
	for _, sign := range []string{
		file + " exists, but it is not a valid DuckDB database file",
		"Could not read enough bytes from " + file,
		"Could not read enough bytes from " + log,
		"Failure while replaying WAL " + log,
		"Corrupt database file",
		"Corrupt WAL",
		"Failed to load metadata pointer",
		"Table with name schema_version does not exist",
	} {
		if strings.Contains(err.Error(), sign) {
			return &DamagedError{Path: path, Err: err}
		}
	}
	return err
}

// CheckpointError says that a checkpoint cannot be restored.
type CheckpointError struct {
	Table string
	Err   error
}

func (e *CheckpointError) Error() string {
	return fmt.Sprintf("the checkpoint cannot be restored, table %s: %v", e.Table, e.Err)
}

// Unwrap is what is wrong with it.
func (e *CheckpointError) Unwrap() error { return e.Err }

// Hint says what to do.
func (e *CheckpointError) Hint() string {
	return "put the object back from a backup of the state folder; or move " + ledger.CheckpointName +
		" away and rebuild without it, which leaves every product in first-link state"
}

// Checkpoint is Open for the state's second copy: every table as an object, and what stands in no table of its own. What Open or a
// checkpoint before wrote and no record changed since is not written again, and Open after it has nothing to write.
func (b *Book) Checkpoint(ctx context.Context, objectsDir string) (ledger.Checkpoint, error) {
	found, err := b.read(ctx, objectsDir)
	if err != nil {
		return ledger.Checkpoint{}, err
	}
	checkpoint := ledger.Checkpoint{Layout: bookVersion, Brand: found.memory.Brand, MirrorUntil: found.memory.MirrorUntil,
		LastFullWalk: found.memory.LastFullWalk, GoodRows: found.memory.GoodRows, Run: found.run, Recorded: found.recorded,
		Objects: map[string]string{}}
	for name, path := range found.memory.Objects {
		checkpoint.Objects[name] = filepath.Base(path)
	}
	return checkpoint, nil
}

// Rebuild makes the file anew of a checkpoint, or empty without one, and keeps what was there as brand.duckdb.old. What Faire holds
// is not taken from the checkpoint: no mirror is there afterwards, so that the next run walks everything. If it fails, the file is
// what it was before.
func (b *Book) Rebuild(ctx context.Context, checkpoint *ledger.Checkpoint, objectsDir string) error {
	if checkpoint == nil {
		checkpoint = &ledger.Checkpoint{Layout: bookVersion}
	}
	if checkpoint.Layout < 1 || checkpoint.Layout > bookVersion { // the tables that are restored are the same in all layouts
		return &VersionError{Found: checkpoint.Layout, Checkpoint: true}
	}
	if err := os.MkdirAll(filepath.Dir(b.path), 0o700); err != nil {
		return fmt.Errorf("brand state: %w", err)
	}
	return b.build(ctx, func(db *database) error { return restoreCheckpoint(ctx, db, *checkpoint, objectsDir) })
}

// restoreCheckpoint fills the tables of a new file.
func restoreCheckpoint(ctx context.Context, db *database, checkpoint ledger.Checkpoint, objectsDir string) error {
	for _, layout := range stateTables() {
		sum := checkpoint.Objects[layout.name]
		if sum == "" {
			continue
		}
		object := &ledger.ObjectError{Name: layout.name, Path: filepath.Join(objectsDir, sum)}
		actual, err := fileSum(object.Path)
		if object.Err = err; err != nil || actual != sum {
			return &CheckpointError{Table: layout.name, Err: object}
		}
		if err := db.importParquet(ctx, layout.name, layout, object.Path); err != nil {
			return &CheckpointError{Table: layout.name, Err: err}
		}
		if err := exported(ctx, db, layout, sum); err != nil {
			return fmt.Errorf("brand state: %w", err)
		}
	}
	for _, source := range sortedKeys(checkpoint.GoodRows) {
		if err := db.exec(ctx, "INSERT INTO good_rows VALUES (?, ?, ?)", source, checkpoint.GoodRows[source], checkpoint.Run); err != nil {
			return fmt.Errorf("brand state, good_rows: %w", err)
		}
	}
	if checkpoint.Run == "" {
		return nil
	}
	a := checkpoint.Brand
	err := db.exec(ctx, `INSERT INTO brand (brand_id, name, currency, locale, last_run, recorded)
		VALUES (nullif(?, ''), nullif(?, ''), nullif(?, ''), nullif(?, ''), ?, ?)`,
		a.ID, a.Name, a.Currency, a.Locale, checkpoint.Run, nullTime(checkpoint.Recorded))
	if err != nil {
		return fmt.Errorf("brand state, brand: %w", err)
	}
	return nil
}

// build makes a new file beside the old one and puts it in its place when it is whole: a file that was only begun is never taken
// for the state.
func (b *Book) build(ctx context.Context, fill func(db *database) error) error {
	unfinished := b.path + ".new"
	if err := discard(unfinished, unfinished+".wal"); err != nil { // of a build that died
		return fmt.Errorf("brand state: %w", err)
	}
	err := withFile(ctx, unfinished, func(db *database) error {
		if err := createTables(ctx, db); err != nil {
			return fmt.Errorf("brand state: %w", err)
		}
		if err := fill(db); err != nil {
			return err
		}
		if err := db.exec(ctx, "CHECKPOINT"); err != nil { // closing would do it too, and keep silent if it cannot
			return fmt.Errorf("brand state: %w", err)
		}
		return nil
	})
	if err == nil {
		err = b.place(unfinished)
	}
	if err != nil {
		return errors.Join(err, discard(unfinished, unfinished+".wal"))
	}
	return nil
}

// place puts a file in the place of the database, and what was there aside. Whenever it dies, one of the two is there.
func (b *Book) place(made string) error {
	aside := b.path + ".old"
	old, err := os.Stat(b.path)
	switch kept, asideErr := os.Stat(aside); {
	case errors.Is(err, fs.ErrNotExist):
		err = nil
	case err != nil:
	case asideErr == nil && os.SameFile(old, kept): // it died after this step
	default:
		err = errors.Join(discard(aside, aside+".wal"), os.Link(b.path, aside))
	}
	if err != nil {
		return fmt.Errorf("keep the old brand state: %w", err)
	}
	// The engine would play the old file's log into the new one.
	if err := os.Rename(b.path+".wal", aside+".wal"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("keep the old brand state: %w", err)
	}
	if err := os.Rename(made, b.path); err != nil {
		return fmt.Errorf("name the new brand state: %w", err)
	}
	return syncFolder(filepath.Dir(b.path))
}

// discard removes files that need not be there.
func discard(paths ...string) error {
	for _, path := range paths {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// syncFolder makes the names in a folder survive a power cut.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
