package warehouse

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/marcboeker/go-duckdb"
)

// readRows is how many rows one query of a large read returns: the driver holds a whole result in memory.
const readRows = 20480

// inOrder reads the columns of a layout from a relation or a bracketed SELECT, in the order of the layout. The sorted rows are
// numbered and laid down in a table first, which can spill to disk, and read back by number: neither the size of a result nor the
// order an engine happens to give rows in matters.
func (w *Warehouse) inOrder(ctx context.Context, from string, layout layout, take func(r *row) error) (err error) {
	table := fmt.Sprintf("read_%d", w.db.names.Add(1))
	casts := make([]string, len(layout.columns))
	for i, column := range layout.columns {
		casts[i] = fmt.Sprintf("CAST(%[1]s AS %[2]s) AS %[1]s", identifier(column.name), column.kind)
	}
	sorted := layout.sorted("(SELECT " + strings.Join(casts, ", ") + " FROM " + from + " AS relation_read)")
	if err := w.db.exec(ctx, "CREATE TABLE "+table+" AS SELECT row_number() OVER () AS place_in_order, * FROM ("+sorted+")"); err != nil {
		return fmt.Errorf("read %s: %w", layout.name, err)
	}
	defer func() {
		err = errors.Join(err, w.db.exec(context.WithoutCancel(ctx), "DROP TABLE "+table))
	}()
	rows, err := w.db.number(ctx, "SELECT count(*) FROM "+table)
	if err != nil {
		return fmt.Errorf("read %s: %w", layout.name, err)
	}
	query := fmt.Sprintf("SELECT * EXCLUDE (place_in_order) FROM %s WHERE place_in_order BETWEEN ? AND ? ORDER BY place_in_order", table)
	for first := int64(1); first <= rows; first += readRows {
		if err := w.db.records(ctx, query, take, first, first+readRows-1); err != nil {
			return err
		}
	}
	return nil
}

// records runs a query whose result is small enough to hold and hands its rows over, from Arrow, which spares two allocations for
// every text.
func (d *database) records(ctx context.Context, query string, take func(r *row) error, args ...any) error {
	return d.arrow(ctx, query, func(reader array.RecordReader) error {
		for reader.Next() {
			record := reader.Record()
			r := &row{columns: make([]cells, record.NumCols())}
			for i, column := range record.Columns() {
				var err error
				if r.columns[i], err = newCells(column); err != nil {
					return fmt.Errorf("column %s: %w", record.ColumnName(i), err)
				}
			}
			for r.at = range int(record.NumRows()) {
				if err := take(r); err != nil {
					return err
				}
			}
		}
		return reader.Err()
	}, args...)
}

// arrow runs a query and hands over its result, which is small.
func (d *database) arrow(ctx context.Context, query string, take func(array.RecordReader) error, args ...any) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	conn, err := d.sql.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close() //nolint:errcheck // goes back to the pool
	return conn.Raw(func(raw any) error {
		source, ok := raw.(driver.Conn)
		if !ok {
			return fmt.Errorf("driver connection is a %T", raw)
		}
		results, err := duckdb.NewArrowFromConn(source)
		if err != nil {
			return err
		}
		reader, err := results.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer reader.Release()
		return take(reader)
	})
}

// row is one row of a result. Only the function it is handed to may use it.
type row struct {
	columns []cells
	at      int
}

// cells are the values of one column of a record.
type cells struct {
	array arrow.Array
	texts string // all texts end to end, copied out of the engine's memory at once
	ends  []int32
}

func newCells(column arrow.Array) (cells, error) {
	made := cells{array: column}
	switch column := column.(type) {
	case *array.String:
		made.texts, made.ends = string(column.ValueBytes()), column.ValueOffsets()
	case *array.Int64, *array.Boolean, *array.Timestamp:
	default:
		return made, fmt.Errorf("a %s cannot be read", column.DataType())
	}
	return made, nil
}

// text is the value of a column, "" for NULL.
func (r *row) text(i int) string {
	column := &r.columns[i]
	if column.array.IsNull(r.at) {
		return ""
	}
	first := column.ends[0]
	return column.texts[column.ends[r.at]-first : column.ends[r.at+1]-first]
}

// number is the value of a column, 0 for NULL.
func (r *row) number(i int) int64 {
	if values, ok := r.columns[i].array.(*array.Int64); ok && values.IsValid(r.at) {
		return values.Value(r.at)
	}
	return 0
}

// flag is the value of a column, false for NULL.
func (r *row) flag(i int) bool {
	values, ok := r.columns[i].array.(*array.Boolean)
	return ok && values.IsValid(r.at) && values.Value(r.at)
}

// time is the value of a column in UTC, zero for NULL.
func (r *row) time(i int) time.Time {
	if values, ok := r.columns[i].array.(*array.Timestamp); ok && values.IsValid(r.at) {
		return time.UnixMicro(int64(values.Value(r.at))).UTC()
	}
	return time.Time{}
}

// texts sets one text per target, from the first column on.
func (r *row) texts(targets ...*string) {
	for i, target := range targets {
		if target != nil {
			*target = r.text(i)
		}
	}
}
