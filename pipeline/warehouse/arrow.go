package warehouse

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/marcboeker/go-duckdb"
)

// errAborted is what the engine hears when a stream is given up.
var errAborted = errors.New("the stream was given up")

// stream carries Arrow records into one statement that runs meanwhile on a connection of its own.
type stream struct {
	reader *channelReader
	done   chan struct{}
	err    error // of the statement; valid once done is closed
	once   sync.Once
}

// stream starts a statement over records that are sent later. The statement is made for the name of a view over them.
func (d *database) stream(ctx context.Context, schema *arrow.Schema, statement func(view string) string) *stream {
	s := &stream{
		reader: &channelReader{schema: schema, records: make(chan arrow.Record, 4), abort: make(chan struct{}), ctx: ctx},
		done:   make(chan struct{}),
	}
	view := fmt.Sprintf("arrow_stream_%d", d.names.Add(1))
	go func() {
		defer close(s.done)
		s.err = d.consume(ctx, s.reader, view, statement(identifier(view)))
		s.reader.drop()
	}()
	return s
}

// consume runs a statement that reads the view of a reader.
func (d *database) consume(ctx context.Context, reader *channelReader, view, statement string) error {
	conn, err := d.sql.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close() //nolint:errcheck // goes back to the pool
	var release func()
	err = conn.Raw(func(raw any) error {
		source, ok := raw.(driver.Conn)
		if !ok {
			return fmt.Errorf("driver connection is a %T", raw)
		}
		ingest, err := duckdb.NewArrowFromConn(source)
		if err != nil {
			return err // wrapped below
		}
		release, err = ingest.RegisterView(reader, view)
		return err // wrapped below
	})
	if err != nil {
		return fmt.Errorf("register view: %w", err)
	}
	defer release()
	_, err = conn.ExecContext(ctx, statement)
	// The view points into memory that goes now, so it must not outlive this call, interrupted or not.
	_, dropErr := conn.ExecContext(context.WithoutCancel(ctx), "DROP VIEW IF EXISTS "+identifier(view))
	if readErr := reader.failure(); readErr != nil && !errors.Is(readErr, errAborted) {
		return readErr
	}
	return errors.Join(err, dropErr)
}

// send hands a record over; it fails as soon as the statement has.
func (s *stream) send(record arrow.Record) error {
	if record.NumRows() == 0 {
		return nil // an empty array would end the scan
	}
	select {
	case <-s.done:
		return s.failure()
	default:
	}
	select {
	case s.reader.records <- record:
		return nil
	case <-s.done:
		return s.failure()
	case <-s.reader.ctx.Done():
		<-s.done
		return s.failure()
	}
}

func (s *stream) failure() error {
	if s.err != nil {
		return s.err
	}
	return errors.New("the table ended before its rows did")
}

// close says that no record follows and waits for the statement.
func (s *stream) close() error {
	s.once.Do(func() { close(s.reader.records) })
	<-s.done
	return s.err
}

// cancel gives the stream up: the statement fails and leaves nothing behind.
func (s *stream) cancel() {
	s.once.Do(func() { close(s.reader.abort) })
	<-s.done
}

// channelReader is an Arrow record reader fed by a channel. The engine calls it from one of its threads at a time.
type channelReader struct {
	schema  *arrow.Schema
	records chan arrow.Record
	abort   chan struct{}
	ctx     context.Context // the reader lives exactly as long as the call it belongs to

	current arrow.Record
	err     atomic.Pointer[error]
}

// Retain and Release do nothing: records are garbage collected.
func (*channelReader) Retain()  {}
func (*channelReader) Release() {}

// Schema is that of every record.
func (r *channelReader) Schema() *arrow.Schema { return r.schema }

// Next waits for a record.
func (r *channelReader) Next() bool {
	r.current = nil
	select {
	case record, ok := <-r.records:
		r.current = record
		return ok
	case <-r.abort:
		r.fail(errAborted)
	case <-r.ctx.Done():
		r.fail(r.ctx.Err())
	}
	return false
}

// Record is the one Next found.
func (r *channelReader) Record() arrow.Record { return r.current }

// Err is why Next gave none.
func (r *channelReader) Err() error { return r.failure() }

func (r *channelReader) fail(err error) { r.err.CompareAndSwap(nil, &err) }

func (r *channelReader) failure() error {
	if err := r.err.Load(); err != nil {
		return *err
	}
	return nil
}

// drop lets go of the data: the driver keeps a handle on every reader for the life of the process.
func (r *channelReader) drop() { r.current = nil }

// batchRows is how many rows a filler gathers before it sends them.
const batchRows = 8192

// filler turns rows of Go values into the records of a stream.
type filler struct {
	layout  layout
	builder *array.RecordBuilder
	stream  *stream
	pending int
	rows    int64
}

// fill starts a stream into a new table of a layout; target is its name in SQL.
func (d *database) fill(ctx context.Context, target string, layout layout) *filler {
	schema := layout.schema()
	return &filler{
		layout: layout, builder: array.NewRecordBuilder(memory.DefaultAllocator, schema),
		stream: d.stream(ctx, schema, func(view string) string {
			return "CREATE TABLE " + target + " AS SELECT * FROM " + view
		}),
	}
}

// add appends a row: one value per column. An empty text, a nil and a zero time are NULL.
func (f *filler) add(values ...any) error {
	if len(values) != len(f.layout.columns) {
		return fmt.Errorf("a row of %s has %d values, not %d", f.layout.name, len(values), len(f.layout.columns))
	}
	for i, value := range values {
		if err := appendValue(f.builder.Field(i), value); err != nil {
			return fmt.Errorf("column %s of %s: %w", f.layout.columns[i].name, f.layout.name, err)
		}
	}
	f.rows++
	f.pending++
	if f.pending < batchRows {
		return nil
	}
	return f.flush()
}

func (f *filler) flush() error {
	if f.pending == 0 {
		return nil
	}
	f.pending = 0
	return f.stream.send(f.builder.NewRecord())
}

func (f *filler) close() error {
	if err := f.flush(); err != nil {
		f.stream.cancel()
		return err
	}
	return f.stream.close()
}

func (f *filler) cancel() { f.stream.cancel() }

// fillTable fills a table with the rows a function adds.
func (d *database) fillTable(ctx context.Context, target string, layout layout, rows func(add func(...any) error) error) error {
	filler := d.fill(ctx, target, layout)
	if err := rows(filler.add); err != nil {
		filler.cancel()
		return err
	}
	if err := filler.close(); err != nil {
		return fmt.Errorf("load %s: %w", layout.name, err)
	}
	return nil
}

func appendValue(builder array.Builder, value any) error {
	switch value := value.(type) {
	case nil:
		builder.AppendNull()
		return nil
	case string:
		if builder, ok := builder.(*array.StringBuilder); ok {
			if value == "" {
				builder.AppendNull()
			} else {
				builder.Append(validText(value))
			}
			return nil
		}
	case int64:
		if builder, ok := builder.(*array.Int64Builder); ok {
			builder.Append(value)
			return nil
		}
	case bool:
		if builder, ok := builder.(*array.BooleanBuilder); ok {
			builder.Append(value)
			return nil
		}
	case time.Time:
		if builder, ok := builder.(*array.TimestampBuilder); ok {
			if value.IsZero() {
				builder.AppendNull()
			} else {
				builder.Append(arrow.Timestamp(value.UnixMicro()))
			}
			return nil
		}
	}
	return fmt.Errorf("a %T does not go into a %T", value, builder)
}
