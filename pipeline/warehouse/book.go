package warehouse

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"fairesync/pipeline/ledger"
)

// Book is the durable state of one brand: brand.duckdb. The file is open only while one of the methods runs, so that nothing waits
// for it during a load. The caller holds the brand's lock.
type Book struct {
	path string
}

// OpenBook names the file; it need not exist yet. Nothing is opened before one of the methods is called.
func OpenBook(path string) *Book { return &Book{path: path} }

// within opens the file, makes it if there is none, lets work run and closes it again.
func (b *Book) within(ctx context.Context, work func(db *database) error) error {
	if err := os.MkdirAll(filepath.Dir(b.path), 0o700); err != nil {
		return fmt.Errorf("brand state: %w", err)
	}
	if _, err := os.Stat(b.path); errors.Is(err, fs.ErrNotExist) {
		if err := b.begin(ctx); err != nil {
			return err
		}
	} else if err != nil {
		return fmt.Errorf("brand state: %w", err)
	}
	return withFile(ctx, b.path, func(db *database) error {
		if err := upgrade(ctx, db); err != nil {
			return fmt.Errorf("brand state: %w", err)
		}
		return work(db)
	})
}

// withFile opens a database file, lets work run and closes it again.
func withFile(ctx context.Context, path string, work func(db *database) error) (err error) {
	defer func() { err = damage(path, err) }()
	db, err := openDatabase(ctx, path, map[string]string{"temp_directory": path + ".spill"})
	if err != nil {
		return fmt.Errorf("brand state %s: %w", filepath.Base(path), err)
	}
	defer func() {
		err = errors.Join(err, db.close(), os.RemoveAll(path+".spill"))
	}()
	if err := os.Chmod(path, 0o600); err != nil {
		return fmt.Errorf("brand state: %w", err)
	}
	return work(db)
}

// begin makes the file of a brand that has none. One that was there when a checkpoint was written did not go by itself.
func (b *Book) begin(ctx context.Context) error {
	if _, err := os.Stat(filepath.Join(filepath.Dir(b.path), ledger.CheckpointName)); err == nil {
		return &DamagedError{Path: b.path, Err: fs.ErrNotExist}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("brand state: %w", err)
	}
	return b.build(ctx, func(*database) error { return nil })
}

// Open reads the state. The tables a run is computed from are written to objectsDir as Parquet, each file named by its SHA-256;
// equal tables give equal files. A table that did not change since it was last written is not written again.
func (b *Book) Open(ctx context.Context, objectsDir string) (ledger.Memory, error) {
	held, err := b.read(ctx, objectsDir)
	return held.memory, err
}

// held is what the file holds.
type held struct {
	memory   ledger.Memory
	run      string // recorded last
	recorded time.Time
}

// read reads the file and exports its tables.
func (b *Book) read(ctx context.Context, objectsDir string) (held, error) {
	found := held{memory: ledger.Memory{GoodRows: map[string]int64{}, Objects: map[string]string{}}}
	if err := os.MkdirAll(objectsDir, 0o700); err != nil {
		return found, fmt.Errorf("objects: %w", err)
	}
	err := b.within(ctx, func(db *database) error {
		if err := readBrand(ctx, db, &found); err != nil {
			return fmt.Errorf("brand state: %w", err)
		}
		return db.alone(ctx, func() error {
			for _, layout := range exportedTables() {
				path, err := export(ctx, db, layout, objectsDir)
				if err != nil {
					return fmt.Errorf("brand state, export of %s: %w", layout.name, err)
				}
				found.memory.Objects[layout.name] = path
			}
			return nil
		})
	})
	return found, err
}

func readBrand(ctx context.Context, db *database, found *held) error {
	memory := &found.memory
	var until, walk, recorded sql.NullTime
	err := db.sql.QueryRowContext(ctx, "SELECT brand_id, name, currency, locale, mirror_until, last_full_walk, last_run, recorded FROM brand").Scan(
		null(&memory.Brand.ID), null(&memory.Brand.Name), null(&memory.Brand.Currency), null(&memory.Brand.Locale), &until, &walk,
		null(&found.run), &recorded)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read brand: %w", err)
	}
	for _, at := range []struct {
		from sql.NullTime
		to   *time.Time
	}{{until, &memory.MirrorUntil}, {walk, &memory.LastFullWalk}, {recorded, &found.recorded}} {
		if at.from.Valid {
			*at.to = at.from.Time.UTC()
		}
	}
	err = db.each(ctx, "SELECT source, row_count FROM good_rows ORDER BY source", func(scan func(...any) error) error {
		var source string
		var rows int64
		if err := scan(&source, &rows); err != nil {
			return err
		}
		memory.GoodRows[source] = rows
		return nil
	})
	if err != nil {
		return fmt.Errorf("read good_rows: %w", err)
	}
	return nil
}

// export writes one table as an object and returns its path.
func export(ctx context.Context, db *database, layout layout, objectsDir string) (string, error) {
	var known string
	err := db.sql.QueryRowContext(ctx, "SELECT sha256 FROM export WHERE name = ?", layout.name).Scan(&known)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", err // the caller names the table
	}
	if known != "" {
		path := filepath.Join(objectsDir, known)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Size() > 0 {
			return path, nil
		}
	}
	temporary := filepath.Join(objectsDir, ".new-"+layout.name+".parquet")
	if err := db.writeParquet(ctx, layout, temporary); err != nil {
		return "", err
	}
	sum, err := fileSum(temporary)
	if err != nil {
		return "", err
	}
	path := filepath.Join(objectsDir, sum) // on disk, but for its name: who names it for good syncs the folder
	if err := os.Rename(temporary, path); err != nil {
		return "", fmt.Errorf("name the object: %w", err)
	}
	return path, exported(ctx, db, layout, sum)
}

// exported notes which object holds a table.
func exported(ctx context.Context, db *database, layout layout, sum string) error {
	if err := db.exec(ctx, "DELETE FROM export WHERE name = ?", layout.name); err != nil {
		return err
	}
	return db.exec(ctx, "INSERT INTO export (name, sha256) VALUES (?, ?)", layout.name, sum)
}

// fileSum is the SHA-256 of a file, which is on disk when it returns: an object is named for ever.
func fileSum(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("digest: %w", err)
	}
	defer file.Close() //nolint:errcheck // read only
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return "", fmt.Errorf("digest: %w", err)
	}
	if err := file.Sync(); err != nil {
		return "", fmt.Errorf("digest: %w", err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// nullTime is NULL for the zero time.
func nullTime(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return at.UTC()
}
