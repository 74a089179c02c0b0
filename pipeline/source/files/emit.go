package files

import (
	"context"
	"fmt"

	"fairesync/pipeline/stage"
)

// emitter writes rows to the item table, batch by batch.
type emitter struct {
	plan   *plan
	sink   stage.Sink
	writer stage.Writer
	batch  *stage.Batch
	bytes  int // of the batch, about
	rows   int64
}

// batchBytes is how much a batch of very long rows holds at most, about: its columns count bytes in 32 bits.
const batchBytes = 32 << 20

func (e *emitter) open(ctx context.Context) (err error) {
	e.writer, err = e.sink.Table(ctx, e.plan.table())
	if err != nil {
		return fmt.Errorf("source %s: open table item: %w", e.plan.source, err)
	}
	e.batch = stage.NewBatch(len(e.plan.columns))
	return nil
}

// emit adds a row and hands on its findings.
func (e *emitter) emit(r *row) error {
	for _, found := range r.found {
		e.sink.Except(found)
	}
	columns := e.batch.Columns
	for i := range e.plan.foreign {
		if i >= len(r.cells) || i < len(r.null) && r.null[i] && r.cells[i] == "" {
			columns[i].AppendNull()
			continue
		}
		columns[i].Append(r.cells[i])
		e.bytes += len(r.cells[i])
	}
	at := e.plan.foreign
	for _, value := range [...]string{r.file, rowNumber(r.number), r.kind, r.problem, "", r.style, r.images, r.productImages} {
		columns[at].Append(value)
		at++
	}
	if e.plan.layout == layoutParents {
		for _, value := range r.options {
			columns[at].Append(value)
			at++
		}
	}
	e.batch.Rows++
	e.rows++
	if e.bytes += len(r.images) + len(r.productImages); e.batch.Rows < stage.BatchRows && e.bytes < batchBytes {
		return nil
	}
	return e.flush()
}

// flush hands on the batch, and makes the next as large as this one turned out.
func (e *emitter) flush() error {
	if e.batch.Rows == 0 {
		return nil
	}
	full := e.batch
	e.bytes = 0
	if err := e.writer.Append(full); err != nil {
		return fmt.Errorf("source %s: write table item: %w", e.plan.source, err)
	}
	e.batch = stage.NewBatch(len(e.plan.columns))
	for i := range e.batch.Columns {
		size := len(full.Columns[i].Data)
		e.batch.Columns[i] = stage.Text{Data: make([]byte, 0, size+size/8), Ends: make([]int32, 0, full.Rows), Null: make([]bool, 0, full.Rows)}
	}
	return nil
}

// close ends the table; what it counted must be what was read.
func (e *emitter) close() error {
	rows, err := e.writer.Close()
	if err != nil {
		return fmt.Errorf("source %s: close table item: %w", e.plan.source, err)
	}
	if rows != e.rows {
		return fmt.Errorf("source %s: table item holds %d rows of %d that were read", e.plan.source, rows, e.rows)
	}
	return nil
}
