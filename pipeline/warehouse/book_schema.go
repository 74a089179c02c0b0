package warehouse

import (
	"context"
	"fmt"
)

// bookVersion is the layout of brand.duckdb. A file of a later one is not touched.
const bookVersion = 1

// VersionError says that the state was written by a later version of the program.
type VersionError struct {
	Found int64
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("brand.duckdb has layout %d, this program knows %d", e.Found, bookVersion)
}

// Hint says what to do.
func (e *VersionError) Hint() string {
	return "run the newer program that wrote it, or restore the state of before"
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

// migrate makes the tables of a new file and refuses one of a later layout.
func migrate(ctx context.Context, db *database) error {
	statement := "BEGIN TRANSACTION; CREATE TABLE IF NOT EXISTS schema_version (version BIGINT)"
	if err := db.exec(ctx, "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT)"); err != nil {
		return fmt.Errorf("make schema_version: %w", err)
	}
	version, err := db.number(ctx, "SELECT coalesce(max(version), 0) FROM schema_version")
	if err != nil {
		return fmt.Errorf("read schema_version: %w", err)
	}
	switch version {
	case bookVersion:
		return nil
	case 0:
	default:
		return &VersionError{Found: version}
	}
	for _, layout := range bookTables() {
		statement += "; " + layout.create(layout.name)
	}
	conn, err := db.sql.Conn(ctx)
	if err != nil {
		return fmt.Errorf("make the tables: %w", err)
	}
	defer conn.Close() //nolint:errcheck // goes back to the pool
	statement += fmt.Sprintf("; INSERT INTO schema_version VALUES (%d); COMMIT", bookVersion)
	if _, err := conn.ExecContext(ctx, statement); err != nil {
		return fmt.Errorf("make the tables: %w", err)
	}
	return nil
}
