package stage

import (
	"context"
	"sync"
)

// Watched is a sink that notes which tables went through it.
type Watched struct {
	Sink
	mu     sync.Mutex
	tables map[string]Table
}

// Watch notes the tables that a source opens on a sink.
func Watch(sink Sink) *Watched { return &Watched{Sink: sink, tables: map[string]Table{}} }

// Table opens the table on the sink behind.
func (w *Watched) Table(ctx context.Context, table Table) (Writer, error) {
	writer, err := w.Sink.Table(ctx, table)
	if err == nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.tables[table.Name] = table
	}
	return writer, err
}

// Opened is a table that was opened, and whether it was.
func (w *Watched) Opened(name string) (Table, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	table, ok := w.tables[name]
	return table, ok
}
