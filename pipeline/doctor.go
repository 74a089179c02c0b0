package pipeline

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/check"
	"fairesync/pipeline/config"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/stage"
)

// SameAccount says why a Faire account is not the one that a brand's state (zero if there is none yet) and prices belong to; nil
// if it is. A run asks the same before it writes anything.
func SameAccount(c config.Config, known, account catalog.Brand) error {
	r := &run{edges: Edges{Config: c}, memory: ledger.Memory{Brand: known}}
	return r.sameAccount(account)
}

// Probed is what a source showed of itself.
type Probed struct {
	Columns []string // of the feed, as they came; nil where the source told none
	Fields  []string // catalogue fields the first rows have a column, or a value, for; sorted
	Rows    int      // looked at
	Pages   int      // read
}

// Probe asks a source for its first page, or the first rows of a feed, and lets go. It stores nothing. A feed's raw file is no page:
// files says that the source copies them.
func Probe(ctx context.Context, source Source, files bool) (Probed, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p := &probe{files: files}
	err := source.Extract(ctx, p)
	if p.enough {
		err = nil
	}
	return p.found, err
}

// errEnough tells a source that no more is wanted.
var errEnough = errors.New("enough was read")

// probe is a sink that wants the beginning only. The source calls it from one goroutine, but for Page of a file feed.
type probe struct {
	files  bool
	enough bool
	table  stage.Table
	found  Probed
}

// Table notes the columns.
func (p *probe) Table(_ context.Context, table stage.Table) (stage.Writer, error) {
	p.table = table
	for _, column := range table.Columns {
		if column != "" && column[0] != '_' {
			p.found.Columns = append(p.found.Columns, column)
		}
	}
	p.note(nil)
	return probeWriter{p}, nil
}

// Page takes a page and forgets it; after the first no more is wanted.
func (p *probe) Page(string) (io.WriteCloser, error) {
	if p.files {
		return forgotten{}, nil
	}
	return forgotten{p}, nil
}

// Except is told of rows, which are not what is looked for here: check shows them.
func (p *probe) Except(check.Exception) {}

// note lists the fields that are there: those read from a column of the source, and those it computes if the first rows have a value.
func (p *probe) note(first *stage.Batch) {
	var fields []string
	for field, texts := range p.table.Fields {
		if slices.ContainsFunc(texts, func(text string) bool { return p.filled(text, first) }) {
			fields = append(fields, field)
		}
	}
	slices.Sort(fields)
	p.found.Fields = fields
}

func (p *probe) filled(text string, first *stage.Batch) bool {
	if text == "" || text[0] != '_' {
		return text != ""
	}
	at := slices.Index(p.table.Columns, text)
	if at < 0 || first == nil {
		return false
	}
	for i := range first.Rows {
		if value, there := first.Columns[at].At(i); there && value != "" && !(text == stage.ColumnStyle && p.isSKU(value, first, i)) {
			return true
		}
	}
	return false
}

// isSKU says whether a row's style is its SKU: a feed without a column of styles makes each SKU one of its own.
func (p *probe) isSKU(style string, first *stage.Batch, row int) bool {
	return slices.ContainsFunc(p.table.Fields["sku"], func(column string) bool {
		at := slices.Index(p.table.Columns, column)
		if at < 0 {
			return false
		}
		sku, _ := first.Columns[at].At(row)
		return strings.TrimSpace(sku) == style
	})
}

// probeWriter takes the first rows.
type probeWriter struct{ *probe }

// Append looks at the rows and wants no more.
func (w probeWriter) Append(batch *stage.Batch) error {
	w.note(batch)
	w.found.Rows, w.enough = batch.Rows, true
	return errEnough
}

// Close ends a table without rows.
func (w probeWriter) Close() (int64, error) { return int64(w.found.Rows), nil }

// forgotten takes a page and keeps nothing of it.
type forgotten struct{ of *probe } // nil: any number of pages

// Write keeps nothing.
func (f forgotten) Write(data []byte) (int, error) { return len(data), nil }

// Close ends the page.
func (f forgotten) Close() error {
	if f.of == nil {
		return nil
	}
	f.of.found.Pages++
	f.of.enough = true
	return errEnough
}
