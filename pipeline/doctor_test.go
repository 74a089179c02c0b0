package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline"
	"fairesync/pipeline/catalog"
	"fairesync/pipeline/config"
	"fairesync/pipeline/stage"
)

// shelf is a source that writes so many pages and batches, and counts those that were taken.
type shelf struct {
	pages, batches int
	fails          error
	taken          int
	style          string // of its rows
}

func (s *shelf) Capabilities() stage.Capabilities { return stage.Capabilities{ProductDetail: true} }

func (s *shelf) Extract(ctx context.Context, sink stage.Sink) error {
	for range s.pages {
		s.taken++
		page, err := sink.Page("page")
		if err != nil {
			return err
		}
		if _, err := page.Write([]byte("{}")); err != nil {
			return err
		}
		if err := page.Close(); err != nil {
			return fmt.Errorf("keep: %w", err)
		}
	}
	if s.fails != nil {
		return s.fails
	}
	table, err := sink.Table(ctx, stage.Table{Name: "item", Columns: []string{"Item", "Title", "_images", "_style"},
		Fields: map[string][]string{"sku": {"Item"}, "name": {"Title"}, "style": {"_style"}, "images": {"_images"}, "tags": nil}})
	if err != nil {
		return err
	}
	for range s.batches {
		s.taken++
		batch := stage.NewBatch(4)
		batch.AppendRow("A-1", "", "", s.style)
		if err := table.Append(batch); err != nil {
			return fmt.Errorf("write: %w", err)
		}
	}
	_, err = table.Close()
	return err
}

// TestProbe: a source is asked for its beginning only, and what is wrong with it is told.
func TestProbe(t *testing.T) {
	broken := errors.New("connection refused")
	for _, test := range []struct {
		name  string
		from  shelf
		files bool
		taken int
		want  pipeline.Probed
		err   error
	}{
		{name: "pages", from: shelf{pages: 5}, taken: 1, want: pipeline.Probed{Pages: 1}},
		{name: "feed", from: shelf{pages: 2, batches: 3, style: "A"}, files: true, taken: 3,
			want: pipeline.Probed{Columns: []string{"Item", "Title"}, Fields: []string{"name", "sku", "style"}, Rows: 1}},
		{name: "feed without styles", from: shelf{batches: 1, style: "A-1"}, files: true, taken: 1,
			want: pipeline.Probed{Columns: []string{"Item", "Title"}, Fields: []string{"name", "sku"}, Rows: 1}},
		{name: "feed without rows", from: shelf{pages: 1}, files: true, taken: 1, want: pipeline.Probed{Columns: []string{"Item", "Title"}, Fields: []string{"name", "sku"}}},
		{name: "broken feed", from: shelf{pages: 1, fails: broken}, files: true, taken: 1, err: broken},
		{name: "no answer", from: shelf{fails: broken}, err: broken},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := pipeline.Probe(t.Context(), &test.from, test.files)
			if !errors.Is(err, test.err) || err != nil && test.err == nil {
				t.Fatalf("error %v, want %v", err, test.err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if test.from.taken != test.taken {
				t.Errorf("%d pages and batches were taken, want %d", test.from.taken, test.taken)
			}
		})
	}
}

// TestSameAccount: an account is compared with the record and with the prices.
func TestSameAccount(t *testing.T) {
	c := config.Config{Prices: []config.Price{{Geography: "USA", Currency: "USD"}, {Geography: "CAN", Currency: "CAD"}}}
	for _, test := range []struct {
		name           string
		known, account catalog.Brand
		want           string
	}{
		{name: "first", account: catalog.Brand{ID: "b_1", Currency: "CAD"}},
		{name: "same", known: catalog.Brand{ID: "b_1"}, account: catalog.Brand{ID: "b_1", Currency: "USD"}},
		{name: "another", known: catalog.Brand{ID: "b_2", Name: "Two"}, account: catalog.Brand{ID: "b_1", Name: "One", Currency: "USD"},
			want: "the token is of Faire brand b_1 (One), but this state belongs to b_2 (Two)"},
		{name: "currency", account: catalog.Brand{ID: "b_1", Currency: "EUR"}, want: "the brand's currency on Faire is EUR, but prices[] manages USD, CAD"},
	} {
		got := ""
		if err := pipeline.SameAccount(c, test.known, test.account); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
