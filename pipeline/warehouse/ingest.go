package warehouse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"

	"fairesync/pipeline/check"
	"fairesync/pipeline/stage"
)

// rawTable is one table of a source as it was delivered: an ordinal n from 1, and c1 … cn in the order of stage.Table.Columns.
type rawTable struct {
	source string
	table  stage.Table
	name   string // in the database
	closed bool
	rows   int64
	sum    string
}

// reference is the SQL name of a column within the table.
func (t *rawTable) reference(column string) (string, bool) {
	at := slices.Index(t.table.Columns, column)
	return fmt.Sprintf("c%d", at+1), at >= 0
}

// Sink takes what one source delivers. Its methods may be called by several goroutines; each Writer by one.
func (w *Warehouse) Sink(source string) stage.Sink { return &sink{warehouse: w, source: source} }

type sink struct {
	warehouse *Warehouse
	source    string
}

// Table opens a table. Its rows stream into the database while they come; they are there once Close has returned.
func (s *sink) Table(ctx context.Context, table stage.Table) (stage.Writer, error) {
	raw := &rawTable{source: s.source, table: table, name: "raw_" + s.source + "_" + table.Name}
	if err := s.warehouse.reserve(raw); err != nil {
		return nil, err
	}
	fields := make([]arrow.Field, len(table.Columns)+1)
	fields[0] = arrow.Field{Name: "n", Type: arrow.PrimitiveTypes.Int64}
	for i := range table.Columns {
		fields[i+1] = arrow.Field{Name: fmt.Sprintf("c%d", i+1), Type: arrow.BinaryTypes.String, Nullable: true}
	}
	schema := arrow.NewSchema(fields, nil)
	writer := &writer{warehouse: s.warehouse, raw: raw, schema: schema, digest: newDigest(table.Columns)}
	writer.stream = s.warehouse.db.stream(ctx, schema, func(view string) string {
		return "CREATE TABLE " + identifier(raw.name) + " AS SELECT * FROM " + view
	})
	writer.forget = s.warehouse.opened(writer, writer.stream.cancel)
	return writer, nil
}

// reserve takes the name of a table, which a source may use once.
func (w *Warehouse) reserve(raw *rawTable) error {
	if len(raw.table.Columns) == 0 {
		return fmt.Errorf("table %s of source %s has no columns", raw.table.Name, raw.source)
	}
	seen := map[string]bool{}
	for _, column := range raw.table.Columns {
		if column == "" || seen[column] {
			return fmt.Errorf("table %s of source %s has the column %q without a name or twice", raw.table.Name, raw.source, column)
		}
		seen[column] = true
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.prepared {
		return errPrepared
	}
	if _, ok := w.tables[raw.name]; ok {
		return fmt.Errorf("table %s of source %s was opened before", raw.table.Name, raw.source)
	}
	w.tables[raw.name] = raw
	return nil
}

// Page opens a file for raw input under the source's staging folder.
func (s *sink) Page(name string) (io.WriteCloser, error) { return s.warehouse.page(s.source, name) }

// Except keeps a finding for the relation feed_exception.
func (s *sink) Except(exception check.Exception) {
	exception.Source = s.source
	s.warehouse.mu.Lock()
	defer s.warehouse.mu.Unlock()
	s.warehouse.exceptions = append(s.warehouse.exceptions, exception)
}

// writer streams the batches of one table.
type writer struct {
	warehouse *Warehouse
	raw       *rawTable
	schema    *arrow.Schema
	stream    *stream
	digest    *digest
	forget    func()
	rows      int64
	over      bool
}

// Append hands a batch over. It may wait for the database.
func (w *writer) Append(batch *stage.Batch) error {
	if w.over {
		return fmt.Errorf("table %s of source %s is closed", w.raw.table.Name, w.raw.source)
	}
	if len(batch.Columns) != len(w.raw.table.Columns) {
		return w.fail(fmt.Errorf("a batch has %d columns, not %d", len(batch.Columns), len(w.raw.table.Columns)))
	}
	for i := range batch.Columns {
		if err := wellFormed(&batch.Columns[i], batch.Rows); err != nil {
			return w.fail(fmt.Errorf("column %q: %w", w.raw.table.Columns[i], err))
		}
	}
	w.digest.add(batch)
	record := rawRecord(w.schema, batch, w.rows)
	w.rows += int64(batch.Rows)
	if err := w.stream.send(record); err != nil {
		return w.fail(err)
	}
	return nil
}

// Close ends the table. The rows in the database are counted and compared with those that came: an engine that loses or makes
// up a row must not go unnoticed.
func (w *writer) Close() (int64, error) {
	if w.over {
		return 0, fmt.Errorf("table %s of source %s is closed already", w.raw.table.Name, w.raw.source)
	}
	w.over = true
	w.forget()
	if err := w.stream.close(); err != nil {
		return 0, w.fail(err)
	}
	stored, err := w.warehouse.db.number(w.stream.reader.ctx, "SELECT count(*) FROM "+identifier(w.raw.name))
	if err != nil {
		return 0, w.fail(err)
	}
	if stored != w.rows {
		return 0, w.fail(fmt.Errorf("the database holds %d rows of %d", stored, w.rows))
	}
	w.warehouse.mu.Lock()
	defer w.warehouse.mu.Unlock()
	w.raw.closed, w.raw.rows, w.raw.sum = true, w.rows, w.digest.sum(w.rows)
	return w.rows, nil
}

func (w *writer) fail(err error) error {
	w.over = true
	w.forget()
	w.stream.cancel()
	return fmt.Errorf("table %s of source %s: %w", w.raw.table.Name, w.raw.source, err)
}

// primary is the item table of a source, which must have been delivered whole.
func (w *Warehouse) primary(source string) (*rawTable, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	raw, ok := w.tables["raw_"+source+"_"+itemName]
	if !ok || !raw.closed {
		return nil, fmt.Errorf("source %s did not deliver its table %s", source, itemName)
	}
	var missing []string
	for _, column := range []string{stage.ColumnFile, stage.ColumnRow, stage.ColumnKind, stage.ColumnProblem, stage.ColumnSKUID, stage.ColumnStyle} {
		if !slices.Contains(raw.table.Columns, column) {
			missing = append(missing, column)
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("table %s of source %s lacks %s", itemName, source, strings.Join(missing, ", "))
	}
	return raw, nil
}

// itemName is the table of a source that has one row per SKU.
const itemName = "item"

var errPrepared = errors.New("the warehouse is prepared: nothing can be loaded any more")
