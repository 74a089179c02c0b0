package warehouse

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"fairesync/pipeline/stage"
)

// Bounds of a Parquet feed.
const (
	scanMemory    = "512MB"
	scanColumns   = 2000     // as a JSON feed
	scanRowBytes  = 16 << 20 // as a record of a delimited feed
	scanBatch     = 32 << 20 // how much text a batch may be, about
	scanBatchRows = stage.BatchRows
)

// parquetScan is a Parquet file as rows of text, laid down in a database of its own.
type parquetScan struct {
	db      *database
	folder  string
	columns []stage.ScanColumn
	rows    int64
	batch   int64 // rows of a batch
}

// ScanParquet opens a Parquet file, which is read into a database of its own below scratch; all values become text there as exactly
// as they are stored. limit is how many bytes of text it may be. What the file holds is refused with a *stage.ScanError.
//
// While this database can open files it runs statements of ours only, which name this one file; then it is locked.
func ScanParquet(ctx context.Context, path, scratch string, limit int64) (made stage.Scan, err error) {
	folder, err := os.MkdirTemp(scratch, "parquet-")
	if err != nil {
		return nil, fmt.Errorf("make a folder to read Parquet in: %w", err)
	}
	db, err := openDatabase(ctx, filepath.Join(folder, "scan.duckdb"), map[string]string{"memory_limit": scanMemory, "temp_directory": folder})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	s := &parquetScan{db: db, folder: folder}
	defer func() {
		if err != nil {
			made, err = nil, errors.Join(err, s.Close())
		}
	}()
	if path, err = filepath.Abs(path); err != nil {
		return nil, fmt.Errorf("read Parquet: %w", err)
	}
	if err := s.load(ctx, path, limit); err != nil {
		return nil, err
	}
	return s, nil
}

// Columns are those of the file; objects in objects are columns called parent.child.
func (s *parquetScan) Columns() []stage.ScanColumn { return s.columns }

// Close removes the database.
func (s *parquetScan) Close() error {
	return errors.Join(s.db.close(), os.RemoveAll(s.folder))
}

// damaged is the refusal of a file the engine cannot read.
func damaged(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return &stage.ScanError{Why: "is a damaged Parquet file, or of a kind that is not read", Next: "export it again, or as CSV UTF-8 or .xlsx", Err: err}
}

func (s *parquetScan) load(ctx context.Context, path string, limit int64) error {
	file := literal(globbed(path))
	if err := s.siblings(ctx, file); err != nil {
		return err
	}
	fields, err := s.describe(ctx, file)
	if err != nil {
		return err
	}
	var columns []scanned
	for _, field := range fields {
		columns = append(columns, flatten(field.Name, identifier(field.Name), field.Type)...)
	}
	if len(columns) > scanColumns {
		return &stage.ScanError{Why: fmt.Sprintf("has %d columns, more than %d", len(columns), scanColumns), Next: "export the columns of the catalogue only"}
	}
	if err := s.measure(ctx, file, columns, limit); err != nil {
		return err
	}
	list := make([]string, len(columns))
	for i, column := range columns {
		list[i] = fmt.Sprintf("%s AS c%d", column.text, i)
	}
	if err := s.db.exec(ctx, "CREATE TABLE scan AS SELECT "+strings.Join(list, ", ")+" FROM "+readParquet(file)); err != nil {
		return damaged(ctx, err)
	}
	laid, err := s.db.number(ctx, "SELECT count(*) FROM scan")
	if err != nil {
		return fmt.Errorf("read Parquet: %w", err)
	}
	if laid != s.rows {
		return damaged(ctx, fmt.Errorf("%d rows were read of %d", laid, s.rows))
	}
	return s.db.exec(ctx, "SET enable_external_access = false; SET lock_configuration = true")
}

// readParquet names the file in SQL, as it is: folders around it say nothing.
func readParquet(file string) string {
	return "read_parquet(" + file + ", hive_partitioning = false, filename = false, union_by_name = false)"
}

// globbed writes a path so that nothing in it is a pattern.
func globbed(path string) string {
	return strings.NewReplacer("[", "[[]", "*", "[*]", "?", "[?]").Replace(path)
}

// siblings refuses columns that differ in nothing but case: the engine gives the second another name without a word.
func (s *parquetScan) siblings(ctx context.Context, file string) error {
	type open struct {
		left  int64
		names map[string]bool
	}
	var stack []*open
	var refused error
	err := s.db.each(ctx, "SELECT name, coalesce(num_children, 0) FROM parquet_schema("+file+")", func(scan func(...any) error) error {
		var name string
		var children int64
		if err := scan(&name, &children); err != nil {
			return err
		}
		for len(stack) > 0 && stack[len(stack)-1].left == 0 {
			stack = stack[:len(stack)-1]
		}
		if len(stack) > 0 {
			parent := stack[len(stack)-1]
			parent.left--
			if folded := strings.ToLower(name); parent.names[folded] && refused == nil {
				refused = &stage.ScanError{Why: fmt.Sprintf("has the column %q twice; case does not tell columns apart", name), Next: "rename or remove one of them"}
			} else {
				parent.names[folded] = true
			}
		}
		if children > 0 {
			stack = append(stack, &open{children, map[string]bool{}})
		}
		return nil
	})
	if err != nil {
		return damaged(ctx, err)
	}
	return refused
}

// describe asks for the types of the file's columns.
func (s *parquetScan) describe(ctx context.Context, file string) ([]arrow.Field, error) {
	var fields []arrow.Field
	err := s.db.arrow(ctx, "SELECT * FROM "+readParquet(file)+" LIMIT 0", func(reader array.RecordReader) error {
		fields = reader.Schema().Fields()
		return nil
	})
	if err != nil {
		return nil, damaged(ctx, err)
	}
	return fields, nil
}

// measure counts the rows and the bytes of text before anything is laid down, and finds the columns without values.
func (s *parquetScan) measure(ctx context.Context, file string, columns []scanned, limit int64) error {
	lengths := make([]string, len(columns))
	counts := make([]string, len(columns))
	for i, column := range columns {
		lengths[i] = "coalesce(" + column.length() + ", 0)"
		counts[i] = fmt.Sprintf("count(%s)", column.value)
	}
	query := fmt.Sprintf("SELECT count(*), coalesce(max(%[1]s), 0)::BIGINT, coalesce(sum(%[1]s::DOUBLE), 0)::DOUBLE, [%[2]s]::BIGINT[] FROM %[3]s",
		strings.Join(lengths, " + "), strings.Join(counts, ", "), readParquet(file))
	var longest int64
	var all float64
	var filled []any
	err := s.db.each(ctx, query, func(scan func(...any) error) error { return scan(&s.rows, &longest, &all, newList(&filled)) })
	if err != nil {
		return damaged(ctx, err)
	}
	said, err := s.db.number(ctx, "SELECT num_rows FROM parquet_file_metadata("+file+")")
	if err != nil {
		return damaged(ctx, err)
	}
	switch {
	case said != s.rows:
		return damaged(ctx, fmt.Errorf("%d rows were read, the file says %d", s.rows, said))
	case longest > scanRowBytes:
		return &stage.ScanError{Why: fmt.Sprintf("has a row longer than %d MiB", scanRowBytes>>20), Next: "export the columns of the catalogue only"}
	case all > float64(limit):
		return &stage.ScanError{Why: fmt.Sprintf("holds more than %d MiB of text, which is the limit", limit>>20), Next: "check the export; if it is right, raise max_unpacked_mb"}
	}
	s.batch = max(1, min(scanBatchRows, scanBatch/max(1, longest)))
	for i, column := range columns {
		one := stage.ScanColumn{Name: column.name}
		if n, ok := filled[i].(int64); ok && n > 0 {
			one.Kind = column.kind
		}
		s.columns = append(s.columns, one)
	}
	return nil
}

// listed scans a list of the driver.
type listed struct{ into *[]any }

func newList(into *[]any) *listed { return &listed{into} }

// Scan takes what the driver hands over.
func (l *listed) Scan(value any) error {
	list, ok := value.([]any)
	if !ok {
		return fmt.Errorf("a list came as %T", value)
	}
	*l.into = list
	return nil
}

// Batch reads rows by their number: neither the size of the file nor the order an engine happens to give rows in matters.
func (s *parquetScan) Batch(ctx context.Context, first int64) (*stage.Batch, error) {
	made := stage.NewBatch(len(s.columns))
	if first >= s.rows {
		return made, nil
	}
	query := "SELECT * FROM scan WHERE rowid BETWEEN ? AND ? ORDER BY rowid"
	err := s.db.arrow(ctx, query, func(reader array.RecordReader) error {
		for reader.Next() {
			record := reader.Record()
			for i, column := range record.Columns() {
				if err := s.take(&made.Columns[i], i, column, first+int64(made.Rows)); err != nil {
					return err
				}
			}
			made.Rows += int(record.NumRows())
		}
		return reader.Err()
	}, first, first+s.batch-1)
	if err != nil {
		return nil, err
	}
	if want := min(s.batch, s.rows-first); int64(made.Rows) != want {
		return nil, fmt.Errorf("read Parquet: %d rows of %d from row %d", made.Rows, want, first+1)
	}
	return made, nil
}

// take copies a column of a record. Bytes that are no text are refused: nobody said what they mean.
func (s *parquetScan) take(into *stage.Text, column int, values arrow.Array, first int64) error {
	for at := range values.Len() {
		if values.IsNull(at) {
			into.AppendNull()
			continue
		}
		switch values := values.(type) {
		case *array.String:
			into.Append(values.Value(at))
		case *array.Binary:
			text := values.ValueString(at)
			if !utf8.ValidString(text) {
				return &stage.ScanError{Why: fmt.Sprintf("has bytes that are no text in column %q, row %d", s.columns[column].Name, first+int64(at)+1),
					Next: "export the column as text (UTF-8), or leave it out"}
			}
			into.Append(text)
		default:
			return fmt.Errorf("read Parquet: column %q came as %s", s.columns[column].Name, values.DataType())
		}
	}
	return nil
}
