package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"fairesync/pipeline/stage"
)

// parquet is a Parquet file, which the warehouse reads.
type parquet struct {
	scan stage.Scan
}

func (p *parquet) close() error { return p.scan.Close() }

func (p *parquet) rows(ctx context.Context) (rows, error) {
	return &parquetRows{ctx: ctx, scan: p.scan}, nil
}

// parquetRows are the rows of a scan.
type parquetRows struct {
	ctx   context.Context //nolint:containedctx // lives for one reading
	scan  stage.Scan
	batch *stage.Batch
	first int64 // row of the batch
	at    int   // next row in it
	cells []string
	null  []bool
}

func (r *parquetRows) close() error { return nil }

func (r *parquetRows) next(rec *record) error {
	if r.batch == nil || r.at == r.batch.Rows {
		if r.batch != nil {
			r.first += int64(r.batch.Rows)
		}
		batch, err := r.scan.Batch(r.ctx, r.first)
		if err != nil {
			return err
		}
		if batch.Rows == 0 {
			return io.EOF
		}
		r.batch, r.at = batch, 0
	}
	r.cells, r.null = r.cells[:0], r.null[:0]
	for i := range r.batch.Columns {
		text, there := r.batch.Columns[i].At(r.at)
		r.cells, r.null = append(r.cells, text), append(r.null, !there)
	}
	r.at++
	*rec = record{number: r.first + int64(r.at), cells: r.cells, null: r.null, ended: true, nul: holdsNUL(r.cells)}
	return nil
}

// recogniseParquet opens a Parquet file.
func (s *Source) recogniseParquet(ctx context.Context, in *input, k known) error {
	if s.parquet == nil {
		return s.refuse(in, "is a Parquet file, which this program was built without", "export it as CSV UTF-8 or .xlsx")
	}
	end := make([]byte, len(parquetMark))
	if _, err := in.body.at.ReadAt(end, in.body.size-int64(len(end))); err != nil && !errors.Is(err, io.EOF) {
		return s.failed(in, err)
	}
	switch {
	case in.body.size < 2*int64(len(end)) || !bytes.Equal(end, []byte(parquetMark)) && !bytes.Equal(end, []byte("PARE")):
		return s.refuse(in, "is a Parquet file that is cut off", "export it again")
	case !bytes.Equal(end, []byte(parquetMark)):
		return s.refuse(in, "is a Parquet file with a key", "export it without encryption")
	}
	folder, err := s.scratch.folder()
	if err != nil {
		return err
	}
	scan, err := s.parquet(ctx, in.body.path, folder, s.maxUnpacked())
	if err != nil {
		return s.failed(in, err)
	}
	in.format = &parquet{scan}
	columns := scan.Columns()
	names := make([]string, len(columns))
	for i, column := range columns {
		names[i] = column.Name
	}
	if k.score(names) == 0 {
		return s.headless(in, names, k)
	}
	return s.setHeader(in, record{cells: names})
}

// sameKinds refuses Parquet files of one feed in which a column is one thing here and another there: a barcode that is a text in
// one and a number in the next has lost its zeros in it.
func (s *Source) sameKinds(inputs []*input) error {
	type seen struct{ kind, file string }
	known := map[string]seen{}
	for _, in := range inputs {
		file, ok := in.format.(*parquet)
		if !ok {
			continue
		}
		for _, column := range file.scan.Columns() {
			before, ok := known[column.Name]
			switch {
			case column.Kind == "":
			case !ok:
				known[column.Name] = seen{column.Kind, in.name}
			case before.kind != column.Kind:
				return s.refuse(in, fmt.Sprintf("has %s in column %q, and %s has %s", column.Kind, column.Name, before.file, before.kind),
					"write all files of the feed with the same types")
			}
		}
	}
	return nil
}
