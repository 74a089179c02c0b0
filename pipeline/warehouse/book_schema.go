package warehouse

import (
	"context"
	"fmt"
)

// bookVersion is the layout of brand.duckdb. A file of a later one is not touched, one of an earlier one is brought up to it:
//
//	2  mirror_variant has on_hand
//	3  mirror_variant has measurements, both mirror_product and mirror_variant preorders; what was mirrored before is forgotten, since
//	   nobody asked Faire for these then, and blank would pass for what Faire holds: the next run walks everything
//	4  exception_history counts runs and says whose an exception was; exception_tally counts them by code and run
const bookVersion = 4

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

// upgrade brings a file up to the layout this program knows, and refuses one of a later layout.
func upgrade(ctx context.Context, db *database) error {
	version, err := db.number(ctx, "SELECT max(version) FROM schema_version")
	if err != nil {
		return fmt.Errorf("read schema_version: %w", err)
	}
	if version < 1 || version > bookVersion {
		return &VersionError{Found: version}
	}
	for _, step := range upgrades[version-1:] {
		if err := db.exec(ctx, "BEGIN; "+step+"; COMMIT"); err != nil {
			return fmt.Errorf("bring the layout up to date: %w", err)
		}
	}
	return nil
}

// upgrades bring a file from each layout to the next, all or nothing.
var upgrades = []string{
	`ALTER TABLE mirror_variant ADD COLUMN on_hand BIGINT; DELETE FROM export WHERE name = 'mirror_variant'; INSERT INTO schema_version VALUES (2)`,
	`ALTER TABLE mirror_product ADD COLUMN preorderable BOOLEAN; ALTER TABLE mirror_product ADD COLUMN order_by_date VARCHAR;
		ALTER TABLE mirror_product ADD COLUMN keep_active_past_order_by_date BOOLEAN; ALTER TABLE mirror_product ADD COLUMN expected_ship_date VARCHAR;
		ALTER TABLE mirror_product ADD COLUMN expected_ship_window_end_date VARCHAR;
		ALTER TABLE mirror_variant ADD COLUMN weight VARCHAR; ALTER TABLE mirror_variant ADD COLUMN mass_unit VARCHAR;
		ALTER TABLE mirror_variant ADD COLUMN length VARCHAR; ALTER TABLE mirror_variant ADD COLUMN width VARCHAR;
		ALTER TABLE mirror_variant ADD COLUMN height VARCHAR; ALTER TABLE mirror_variant ADD COLUMN distance_unit VARCHAR;
		ALTER TABLE mirror_variant ADD COLUMN orderability_type VARCHAR; ALTER TABLE mirror_variant ADD COLUMN expected_ship_date VARCHAR;
		ALTER TABLE mirror_variant ADD COLUMN expected_ship_window_end_date VARCHAR; ALTER TABLE mirror_variant ADD COLUMN stop_selling_at BIGINT;
		UPDATE brand SET mirror_until = NULL, last_full_walk = NULL; DELETE FROM export WHERE name IN ('mirror_product', 'mirror_variant');
		INSERT INTO schema_version VALUES (3)`,
	`ALTER TABLE exception_history ADD COLUMN runs BIGINT; ALTER TABLE exception_history ADD COLUMN severity VARCHAR;
		ALTER TABLE exception_history ADD COLUMN sku VARCHAR; ALTER TABLE exception_history ADD COLUMN style VARCHAR;
		ALTER TABLE exception_history ADD COLUMN name VARCHAR; DELETE FROM export WHERE name = 'exception_history';
		CREATE TABLE exception_tally (run VARCHAR, time TIMESTAMP, code VARCHAR, severity VARCHAR, count BIGINT);
		INSERT INTO schema_version VALUES (4)`,
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
