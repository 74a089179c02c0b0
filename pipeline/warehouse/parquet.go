package warehouse

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// alone runs work with one thread. Where the engine ends a row group depends on how threads shared the rows; with one thread equal
// tables become equal files, which is what makes content-addressed objects and a replay byte for byte possible.
func (d *database) alone(ctx context.Context, work func() error) error {
	threads, err := d.number(ctx, "SELECT CAST(current_setting('threads') AS BIGINT)")
	if err != nil {
		return fmt.Errorf("read the number of threads: %w", err)
	}
	if err := d.exec(ctx, "SET threads = 1"); err != nil {
		return fmt.Errorf("set the number of threads: %w", err)
	}
	err = work()
	if resetErr := d.exec(context.WithoutCancel(ctx), fmt.Sprintf("SET threads = %d", threads)); resetErr != nil {
		err = errors.Join(err, fmt.Errorf("set the number of threads: %w", resetErr))
	}
	return err
}

// writeParquet writes a table, sorted; the file appears under its name when it is whole. Equal rows give equal bytes if it runs
// alone: the sorted rows are laid down first, so that the writer sees full vectors whatever the sort did to them.
func (d *database) writeParquet(ctx context.Context, layout layout, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	conn, err := d.sql.Conn(ctx) // a temporary table is seen by one connection
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	defer conn.Close() //nolint:errcheck // goes back to the pool
	temporary := filepath.Join(filepath.Dir(path), ".new-"+filepath.Base(path))
	_, err = conn.ExecContext(ctx, fmt.Sprintf("CREATE OR REPLACE TEMP TABLE sorted_rows AS %s; COPY sorted_rows TO %s (FORMAT PARQUET, COMPRESSION ZSTD)",
		layout.sorted(identifier(layout.name)), literal(temporary)))
	if _, dropErr := conn.ExecContext(context.WithoutCancel(ctx), "DROP TABLE IF EXISTS temp.sorted_rows"); dropErr != nil {
		err = errors.Join(err, dropErr)
	}
	if err == nil {
		err = errors.Join(os.Chmod(temporary, 0o600), os.Rename(temporary, path))
	}
	if err != nil {
		_ = os.Remove(temporary) // what is left of it is of no use
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	return nil
}

// importParquet makes a table anew of a Parquet file, or empty where there is none.
func (d *database) importParquet(ctx context.Context, target string, layout layout, path string) error {
	if path == "" {
		return d.exec(ctx, layout.create(target)) // the caller names the table
	}
	has, err := d.parquetColumns(ctx, path)
	if err != nil {
		return err
	}
	columns := make([]string, len(layout.columns))
	for i, column := range layout.columns {
		from := identifier(column.name)
		if !has[column.name] && slices.Contains(addedColumns[layout.name], column.name) {
			from = "NULL"
		}
		columns[i] = fmt.Sprintf("CAST(%s AS %s) AS %s", from, column.kind, identifier(column.name))
	}
	return d.exec(ctx, fmt.Sprintf("CREATE OR REPLACE TABLE %s AS SELECT %s FROM read_parquet(%s)", identifier(target), strings.Join(columns, ", "), literal(path)))
}

// addedColumns are columns that files of runs before may lack, by table: those runs knew nothing of them, which is what NULL says. Any
// other column that is missing is an error.
var addedColumns = map[string][]string{
	"item": {"length", "width", "height", "distance_unit", "preorder", "order_by_date", "keep_active_past_order_by_date",
		"expected_ship_date", "expected_ship_window_end_date"},
	"exception_history": {"runs", "severity", "sku", "style", "name"},
	"mirror_product":    {"preorderable", "order_by_date", "keep_active_past_order_by_date", "expected_ship_date", "expected_ship_window_end_date"},
	"mirror_variant": {"on_hand", "weight", "mass_unit", "length", "width", "height", "distance_unit", "orderability_type", "expected_ship_date",
		"expected_ship_window_end_date", "stop_selling_at"},
}

// parquetColumns are the names of the columns of a file.
func (d *database) parquetColumns(ctx context.Context, path string) (map[string]bool, error) {
	has := map[string]bool{}
	err := d.each(ctx, "SELECT name FROM parquet_schema("+literal(path)+")", func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		has[name] = true
		return err
	})
	return has, err // the caller names the table
}

// casts is the columns for a SELECT that must have exactly these, of these types.
func (l layout) casts() string {
	columns := make([]string, len(l.columns))
	for i, column := range l.columns {
		columns[i] = fmt.Sprintf("CAST(%[1]s AS %[2]s) AS %[1]s", identifier(column.name), column.kind)
	}
	return strings.Join(columns, ", ")
}
