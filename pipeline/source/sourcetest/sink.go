package sourcetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sort"
	"sync"

	"fairesync/pipeline/check"
	"fairesync/pipeline/stage"
)

// MemorySink implements stage.Sink in memory and is strict where the real one is: a table or page name comes once, a batch
// has the columns of its table, and a closed writer takes nothing more. Its methods may be called by several goroutines.
type MemorySink struct {
	// Before, when set, is called ahead of every call but Except, without a lock held; its error becomes the call's error.
	Before func(Event) error

	mu         sync.Mutex
	order      []string
	tables     map[string]*memoryTable
	pages      map[string]*memoryPage
	exceptions []check.Exception
}

// Op is a call on a sink, a page or a writer.
type Op string

// The calls MemorySink.Before hears of.
const (
	OpTable     Op = "table"
	OpAppend    Op = "append"
	OpClose     Op = "close" // of a table
	OpPage      Op = "page"
	OpPageWrite Op = "page write"
	OpPageClose Op = "page close"
)

// Event is one call. Name is the table or the page.
type Event struct {
	Op   Op
	Name string
}

// NewMemorySink returns an empty sink.
func NewMemorySink() *MemorySink {
	return &MemorySink{tables: map[string]*memoryTable{}, pages: map[string]*memoryPage{}}
}

func (s *MemorySink) before(op Op, name string) error {
	if s.Before == nil {
		return nil
	}
	return s.Before(Event{Op: op, Name: name})
}

// Table opens a table. A second one of the same name, a column name that comes twice, or one that is empty is an error.
func (s *MemorySink) Table(ctx context.Context, table stage.Table) (stage.Writer, error) {
	if err := s.before(OpTable, table.Name); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, column := range table.Columns {
		if column == "" {
			return nil, fmt.Errorf("table %s has a column without name", table.Name)
		}
		if seen[column] {
			return nil, fmt.Errorf("table %s has column %q twice", table.Name, column)
		}
		seen[column] = true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.tables[table.Name]; ok {
		return nil, fmt.Errorf("table %s was opened before", table.Name)
	}
	made := &memoryTable{sink: s, table: table}
	s.tables[table.Name] = made
	s.order = append(s.order, table.Name)
	return made, nil
}

// Page opens a page. The name must be a plain file name that was not used before.
func (s *MemorySink) Page(name string) (io.WriteCloser, error) {
	if err := s.before(OpPage, name); err != nil {
		return nil, err
	}
	if name == "" || name == "." || name == ".." || filepath.Base(name) != name {
		return nil, fmt.Errorf("page name %q is no plain file name", name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.pages[name]; ok {
		return nil, fmt.Errorf("page %s was kept before", name)
	}
	made := &memoryPage{sink: s, name: name}
	s.pages[name] = made
	return made, nil
}

// Except keeps a finding.
func (s *MemorySink) Except(exception check.Exception) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.exceptions = append(s.exceptions, exception)
}

// Tables are the descriptions of all tables that were opened, in that order.
func (s *MemorySink) Tables() []stage.Table {
	s.mu.Lock()
	defer s.mu.Unlock()
	var tables []stage.Table
	for _, name := range s.order {
		tables = append(tables, s.tables[name].table)
	}
	return tables
}

// Described is the description of one table; false when it was never opened.
func (s *MemorySink) Described(name string) (stage.Table, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found, ok := s.tables[name]; ok {
		return found.table, true
	}
	return stage.Table{}, false
}

// Closed says whether the table was closed, that is delivered.
func (s *MemorySink) Closed(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.tables[name]
	return ok && found.closed
}

// Rows are the rows of a table, closed or not, in order: column to value. An absent (null) value has no entry; an empty text has.
func (s *MemorySink) Rows(name string) []map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.tables[name]
	if !ok {
		return nil
	}
	rows := []map[string]string{}
	for _, batch := range found.batches {
		for i := range batch.Rows {
			row := map[string]string{}
			for c := range batch.Columns {
				if value, there := batch.Columns[c].At(i); there {
					row[found.table.Columns[c]] = value
				}
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// Pages are all pages, closed or not, by name.
func (s *MemorySink) Pages() map[string][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	pages := make(map[string][]byte, len(s.pages))
	for name, page := range s.pages {
		pages[name] = bytes.Clone(page.data.Bytes())
	}
	return pages
}

// OpenPages names the pages that were not closed, sorted.
func (s *MemorySink) OpenPages() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var open []string
	for name, page := range s.pages {
		if !page.closed {
			open = append(open, name)
		}
	}
	sort.Strings(open)
	return open
}

// Exceptions are the findings, in the order of check.Sort.
func (s *MemorySink) Exceptions() []check.Exception {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := append([]check.Exception(nil), s.exceptions...)
	check.Sort(list)
	return list
}

type memoryTable struct {
	sink    *MemorySink
	table   stage.Table
	batches []*stage.Batch
	rows    int64
	closed  bool
}

func (t *memoryTable) Append(batch *stage.Batch) error {
	if err := t.sink.before(OpAppend, t.table.Name); err != nil {
		return err
	}
	t.sink.mu.Lock()
	defer t.sink.mu.Unlock()
	if t.closed {
		return fmt.Errorf("table %s is closed", t.table.Name)
	}
	if len(batch.Columns) != len(t.table.Columns) {
		return fmt.Errorf("a batch of table %s has %d columns, not %d", t.table.Name, len(batch.Columns), len(t.table.Columns))
	}
	for c := range batch.Columns {
		if batch.Columns[c].Len() != batch.Rows {
			return fmt.Errorf("a batch of table %s has %d values in column %s, not %d", t.table.Name,
				batch.Columns[c].Len(), t.table.Columns[c], batch.Rows)
		}
	}
	t.batches = append(t.batches, batch)
	t.rows += int64(batch.Rows)
	return nil
}

func (t *memoryTable) Close() (int64, error) {
	if err := t.sink.before(OpClose, t.table.Name); err != nil {
		return 0, err
	}
	t.sink.mu.Lock()
	defer t.sink.mu.Unlock()
	if t.closed {
		return 0, fmt.Errorf("table %s is closed already", t.table.Name)
	}
	t.closed = true
	return t.rows, nil
}

type memoryPage struct {
	sink   *MemorySink
	name   string
	data   bytes.Buffer
	closed bool
}

func (p *memoryPage) Write(data []byte) (int, error) {
	if err := p.sink.before(OpPageWrite, p.name); err != nil {
		return 0, err
	}
	p.sink.mu.Lock()
	defer p.sink.mu.Unlock()
	if p.closed {
		return 0, errors.New("page " + p.name + " is closed")
	}
	return p.data.Write(data)
}

func (p *memoryPage) Close() error {
	if err := p.sink.before(OpPageClose, p.name); err != nil {
		return err
	}
	p.sink.mu.Lock()
	defer p.sink.mu.Unlock()
	p.closed = true
	return nil
}
