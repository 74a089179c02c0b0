package files_test

import (
	"context"
	"io"

	"fairesync/pipeline/check"
	"fairesync/pipeline/stage"
)

// discard is a sink that counts rows and keeps nothing.
type discard struct{}

func (discard) Table(context.Context, stage.Table) (stage.Writer, error) { return &counter{}, nil }

func (discard) Page(string) (io.WriteCloser, error) { return nothing{io.Discard}, nil }

func (discard) Except(check.Exception) {}

type nothing struct{ io.Writer }

func (nothing) Close() error { return nil }

type counter struct{ rows int64 }

func (c *counter) Append(batch *stage.Batch) error {
	c.rows += int64(batch.Rows)
	return nil
}

func (c *counter) Close() (int64, error) { return c.rows, nil }
