package warehouse

import (
	"context"
	"fmt"
)

// bookVersion is the layout of brand.duckdb. A file of a later one is not touched.
const bookVersion = 1

// VersionError says that the state was written by another version of the program.
type VersionError struct {
	Found      int64
	Checkpoint bool // it is the checkpoint's
}

func (e *VersionError) Error() string {
	file := "brand.duckdb"
	if e.Checkpoint {
		file = "the checkpoint"
	}
	return fmt.Sprintf("%s has layout %d, this program knows %d", file, e.Found, bookVersion)
}

// Hint says what to do.
func (e *VersionError) Hint() string {
	return "run the program that wrote it, or restore the state of before"
}

// brandTable has at most one row: what the flow needs of the state itself.
func brandTable() layout {
	return table("brand", "brand_id", "brand_id name currency locale mirror_until:t last_full_walk:t last_run recorded:t")
}

func goodRowsTable() layout { return table("good_rows", "source", "source row_count:i run") }

// exportTable remembers which object holds a table as it is, so that what did not change is not written again.
func exportTable() layout { return table("export", "name", "name sha256") }

// bookTables are all tables of brand.duckdb but schema_version. They have no primary keys: Record writes tables anew, and that
// rows are unique follows from how it does.
func bookTables() []layout {
	return append([]layout{brandTable(), goodRowsTable(), exportTable()}, exportedTables()...)
}

// exportedTables are those a run reads as objects.
func exportedTables() []layout { return append(mirrorTables(), stateTables()...) }

// checkVersion refuses a file of another layout.
func checkVersion(ctx context.Context, db *database) error {
	version, err := db.number(ctx, "SELECT max(version) FROM schema_version")
	if err != nil {
		return fmt.Errorf("read schema_version: %w", err)
	}
	if version != bookVersion {
		return &VersionError{Found: version}
	}
	return nil
}

// createTables makes the tables of a new file.
func createTables(ctx context.Context, db *database) error {
	statement := fmt.Sprintf("CREATE TABLE schema_version (version BIGINT); INSERT INTO schema_version VALUES (%d)", bookVersion)
	for _, layout := range bookTables() {
		statement += "; " + layout.create(layout.name)
	}
	if err := db.exec(ctx, statement); err != nil {
		return fmt.Errorf("make the tables: %w", err)
	}
	return nil
}
