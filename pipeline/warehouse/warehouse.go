package warehouse

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"

	"fairesync/pipeline/check"
	"fairesync/pipeline/stage"
	"fairesync/transforms"
)

// Options say where a warehouse works and what it runs.
type Options struct {
	Dir         string         // the run's staging folder: pages and Parquet tables go to Dir/<source>/
	Scratch     string         // a folder for what does not fit into memory; what the warehouse makes in it goes with Close
	Set         transforms.Set // the relations of Transform
	Threads     int            // 0: one per processor
	MemoryLimit string         // as DuckDB reads it, 4GB say; blank: 80 % of the machine's

	// Observe, when set, is called as a relation begins; what it returns is called when the relation is done. The clock stays
	// with the caller.
	Observe func(relation string) (done func())
}

// Warehouse is the working database of one run. It lives in memory and spills to Scratch. The order of calls is: Sink, Mirror and
// Restore in any order and in parallel, then Prepare, Transform, and the reads.
type Warehouse struct {
	db      *database
	options Options
	scratch string // own folder below Options.Scratch

	mu         sync.Mutex
	tables     map[string]*rawTable    // by name in the database
	pages      map[string][]stage.File // kept, by source
	pageNames  map[string]bool         // source/name, opened at any time
	exceptions []check.Exception
	open       map[any]func() // streams that are not closed yet
	mirror     mirrorStatus
	restored   bool
	prepared   bool
}

// Open makes an empty warehouse and offers the functions of package transforms to its SQL.
func Open(ctx context.Context, options Options) (*Warehouse, error) {
	if options.Dir == "" || options.Scratch == "" {
		return nil, errors.New("a warehouse needs a staging folder and a scratch folder")
	}
	if err := os.MkdirAll(options.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("staging folder: %w", err)
	}
	if err := os.MkdirAll(options.Scratch, 0o700); err != nil {
		return nil, fmt.Errorf("scratch folder: %w", err)
	}
	scratch, err := os.MkdirTemp(options.Scratch, "warehouse-")
	if err != nil {
		return nil, fmt.Errorf("scratch folder: %w", err)
	}
	settings := map[string]string{"temp_directory": scratch, "memory_limit": options.MemoryLimit}
	if options.Threads > 0 {
		settings["threads"] = strconv.Itoa(options.Threads)
	}
	db, err := openDatabase(ctx, "", settings)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(scratch))
	}
	w := &Warehouse{db: db, options: options, scratch: scratch, tables: map[string]*rawTable{}, pages: map[string][]stage.File{},
		pageNames: map[string]bool{},
		open:      map[any]func(){}}
	if err := registerFunctions(ctx, db, transforms.Functions()); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// Close gives up what is not closed and removes the scratch files. The staged files stay.
func (w *Warehouse) Close() error {
	w.abandon()
	return errors.Join(w.db.close(), os.RemoveAll(w.scratch))
}

// abandon gives up every table and page that was opened and not closed: none of it is delivered.
func (w *Warehouse) abandon() {
	w.mu.Lock()
	open := w.open
	w.open = map[any]func(){}
	w.mu.Unlock()
	for _, cancel := range open {
		cancel()
	}
}

// opened notes a thing that must be closed or given up; the function returned forgets it.
func (w *Warehouse) opened(thing any, cancel func()) (forget func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open[thing] = cancel
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.open, thing)
	}
}

// Entries are the tables that were delivered whole, sorted by source and table. The files of a source stand with its first
// table.
func (w *Warehouse) Entries() []stage.Entry {
	w.mu.Lock()
	defer w.mu.Unlock()
	var entries []stage.Entry
	for _, table := range w.tables {
		if table.closed {
			entries = append(entries, stage.Entry{Source: table.source, Table: table.table.Name, Rows: table.rows, Digest: table.sum, Complete: true})
		}
	}
	slices.SortFunc(entries, func(a, b stage.Entry) int {
		if order := strings.Compare(a.Source, b.Source); order != 0 {
			return order
		}
		return strings.Compare(a.Table, b.Table)
	})
	for i := range entries {
		if i > 0 && entries[i-1].Source == entries[i].Source {
			continue
		}
		entries[i].Files = slices.Clone(w.pages[entries[i].Source])
		slices.SortFunc(entries[i].Files, func(a, b stage.File) int { return strings.Compare(a.Name, b.Name) })
	}
	return entries
}
