package sourcetest_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/check"
	"fairesync/pipeline/source/sourcetest"
	"fairesync/pipeline/stage"
)

const secret = "s3cr3t-of-the-toy"

// toy is a source over numbers. Each flaw breaks one obligation.
type toy struct {
	size  int
	flaw  string
	fails bool // the origin breaks half way
	hang  chan struct{}
	made  *int // extractions made by all toys of one suite
}

func (s *toy) Capabilities() stage.Capabilities {
	return stage.Capabilities{ProductDetail: true, StableSKUID: true}
}

func (s *toy) Extract(ctx context.Context, sink stage.Sink) error {
	*s.made++
	if s.flaw == "deaf" {
		ctx = context.WithoutCancel(ctx)
	}
	if err := s.page(ctx, sink); err != nil {
		return err
	}
	if s.hang != nil {
		close(s.hang)
		<-ctx.Done()
		if s.flaw == "hides the cause" {
			return errors.New("stopped")
		}
		return ctx.Err()
	}
	table := stage.Table{Name: "item", Columns: []string{"sku", "price", "_file", "_row", "_kind", "_problem", "_sku_id", "_style"},
		Fields: map[string][]string{"sku": {"sku"}, "price[USA].retail": {`"price" * 2`}}}
	switch s.flaw {
	case "no envelope":
		table.Columns = table.Columns[:5]
	case "unknown field":
		table.Fields["colour"] = []string{"sku"}
	case "unknown column":
		table.Fields["gtin"] = []string{"upc"}
	}
	writer, err := sink.Table(ctx, table)
	if err != nil {
		if s.flaw == "ignores the sink" {
			return nil
		}
		return err
	}
	if err := s.rows(ctx, sink, writer, len(table.Columns)); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.flaw == "never closes" {
		return nil
	}
	if _, err := writer.Close(); err != nil {
		return err
	}
	return nil
}

func (s *toy) page(ctx context.Context, sink stage.Sink) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	page, err := sink.Page("toy-0001.json")
	if err != nil {
		return err
	}
	text := "[]"
	if s.flaw == "secret in a page" {
		text = secret
	}
	if s.flaw == "not deterministic" {
		text = strconv.Itoa(*s.made)
	}
	if _, err := page.Write([]byte(text)); err != nil {
		return err
	}
	if s.flaw == "open page" {
		return nil
	}
	if err := page.Close(); err != nil {
		return err
	}
	return ctx.Err()
}

func (s *toy) rows(ctx context.Context, sink stage.Sink, writer stage.Writer, columns int) error {
	batch := stage.NewBatch(columns)
	for i := 1; i <= s.size; i++ {
		if s.flaw == "one page only" && i > 10 {
			break
		}
		if s.fails && i > s.size/2 {
			switch s.flaw {
			case "short catalogue":
				return nil
			case "delivers and fails":
				if _, err := writer.Close(); err != nil {
					return err
				}
			case "secret in the error":
				return fmt.Errorf("get https://toy.example/?token=%s: reset", secret)
			}
			return errors.New("the toy origin broke")
		}
		kind, problem, id := "sku", "", strconv.Itoa(i)
		switch s.flaw {
		case "unknown kind":
			kind = "thing"
		case "unknown problem":
			kind, problem = "ignored", "FEED_NOVEL"
		case "no id":
			id = ""
		}
		batch.AppendRow("S-"+strconv.Itoa(i), "1.50", "toy", strconv.Itoa(i), kind, problem, id, "P")
	}
	if s.flaw == "secret in an exception" {
		sink.Except(check.Exception{Code: "FEED_VALUE_INVALID", Found: secret})
	}
	if s.flaw == "unknown code" {
		sink.Except(check.Exception{Code: "FEED_NOVEL"})
	}
	if err := writer.Append(batch); err != nil {
		return err
	}
	return ctx.Err()
}

func suite(flaw string) sourcetest.Suite {
	made := new(int)
	return sourcetest.Suite{
		New:   func(_ testing.TB, size int) sourcetest.Source { return &toy{size: size, flaw: flaw, made: made} },
		Sizes: []int{1, 10, 11},
		Want: func(size int) []map[string]string {
			var rows []map[string]string
			for i := 1; i <= size; i++ {
				rows = append(rows, map[string]string{"sku": "S-" + strconv.Itoa(i), "_kind": "sku", "_problem": ""})
			}
			return rows
		},
		Breaks: []sourcetest.Break{{Name: "reset", Says: "broke", New: func(testing.TB) sourcetest.Source {
			return &toy{size: 10, flaw: flaw, fails: true, made: made}
		}}},
		Hang: func(testing.TB) (sourcetest.Source, <-chan struct{}) {
			hang := make(chan struct{})
			return &toy{size: 10, flaw: flaw, hang: hang, made: made}, hang
		},
		Secrets: []string{secret},
	}
}

func TestRunAcceptsASourceThatKeepsItsWord(t *testing.T) {
	sourcetest.Run(t, suite(""))
}

func TestRunInABubble(t *testing.T) {
	good := suite("")
	good.Bubble = true
	sourcetest.Run(t, good)
}

func TestEveryFlawIsFound(t *testing.T) {
	for flaw, by := range map[string]string{
		"one page only":          "complete",
		"never closes":           "complete",
		"open page":              "complete",
		"not deterministic":      "deterministic",
		"no envelope":            "described",
		"unknown field":          "described",
		"unknown column":         "described",
		"unknown kind":           "described",
		"unknown problem":        "described",
		"unknown code":           "described",
		"no id":                  "described",
		"short catalogue":        "broken origin",
		"delivers and fails":     "broken origin",
		"ignores the sink":       "broken sink",
		"deaf":                   "cancelled",
		"hides the cause":        "hanging origin",
		"secret in the error":    "broken origin",
		"secret in a page":       "no secrets",
		"secret in an exception": "no secrets",
	} {
		t.Run(flaw, func(t *testing.T) {
			for _, obligation := range sourcetest.Checks() {
				if obligation.Name != by {
					continue
				}
				if err := obligation.Verify(t, suite(flaw)); err == nil {
					t.Fatalf("check %q accepts a source with flaw %q", by, flaw)
				}
				return
			}
			t.Fatalf("there is no check %q", by)
		})
	}
}

func TestEntriesOfFields(t *testing.T) {
	columns := []string{"price", "retail price", "product.web_title"}
	for entry, good := range map[string]bool{
		"price":                             true,
		"retail price":                      true,
		`"retail price" * 1.05 - 2`:         true,
		`coalesce(price, 'n/a''s') || '-'`:  true,
		`case when price = '' then '1' end`: true,
		`"it""s" || price`:                  false,
		"msrp":                              false,
		`"msrp" * 2`:                        false,
		`read_csv('x')`:                     false,
		"price * (2":                        false,
		"price) * 2":                        false,
		"'open":                             false,
		"price ; price":                     false,
		"":                                  false,
	} {
		made := suite("")
		table := stage.Table{Name: "item", Columns: append([]string{"_file", "_row", "_kind", "_problem", "_sku_id", "_style"}, columns...),
			Fields: map[string][]string{"name": {entry}}}
		made.New = func(testing.TB, int) sourcetest.Source { return described{table} }
		for _, obligation := range sourcetest.Checks() {
			if obligation.Name != "described" {
				continue
			}
			if err := obligation.Verify(t, made); (err == nil) != good {
				t.Errorf("entry %q: %v", entry, err)
			}
		}
	}
}

// described delivers a table of no rows.
type described struct{ table stage.Table }

func (described) Capabilities() stage.Capabilities { return stage.Capabilities{} }

func (d described) Extract(ctx context.Context, sink stage.Sink) error {
	writer, err := sink.Table(ctx, d.table)
	if err != nil {
		return err
	}
	_, err = writer.Close()
	return err
}

func TestMemorySinkKeepsRowsPagesAndExceptions(t *testing.T) {
	sink := sourcetest.NewMemorySink()
	writer, err := sink.Table(t.Context(), stage.Table{Name: "item", Columns: []string{"a", "b"}})
	if err != nil {
		t.Fatal(err)
	}
	batch := stage.NewBatch(2)
	batch.AppendRow("1", "")
	batch.AppendRow("2")
	if err := writer.Append(batch); err != nil {
		t.Fatal(err)
	}
	if sink.Closed("item") {
		t.Error("the table is closed before Close")
	}
	rows, err := writer.Close()
	if err != nil || rows != 2 || !sink.Closed("item") {
		t.Errorf("Close = %d, %v, closed %v", rows, err, sink.Closed("item"))
	}
	want := []map[string]string{{"a": "1", "b": ""}, {"a": "2"}}
	if diff := cmp.Diff(want, sink.Rows("item")); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	page, err := sink.Page("products-0001.json")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := page.Write([]byte("{}")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"products-0001.json"}, sink.OpenPages()); diff != "" {
		t.Errorf("open pages:\n%s", diff)
	}
	if err := page.Close(); err != nil {
		t.Fatal(err)
	}
	kept := maps.Collect(maps.All(sink.Pages()))
	if diff := cmp.Diff(map[string][]byte{"products-0001.json": []byte("{}")}, kept); diff != "" {
		t.Errorf("pages:\n%s", diff)
	}
	sink.Except(check.Exception{Code: "KEY_SKU_MISSING", Row: 2})
	sink.Except(check.Exception{Code: "FEED_VALUE_INVALID", Row: 1})
	wantFound := []check.Exception{{Code: "FEED_VALUE_INVALID", Row: 1}, {Code: "KEY_SKU_MISSING", Row: 2}}
	if diff := cmp.Diff(wantFound, sink.Exceptions()); diff != "" {
		t.Errorf("exceptions:\n%s", diff)
	}
}

func TestMemorySinkIsStrict(t *testing.T) {
	open := func(t *testing.T) (*sourcetest.MemorySink, stage.Writer) {
		t.Helper()
		sink := sourcetest.NewMemorySink()
		writer, err := sink.Table(t.Context(), stage.Table{Name: "item", Columns: []string{"a"}})
		if err != nil {
			t.Fatal(err)
		}
		return sink, writer
	}
	for name, wrong := range map[string]func(*testing.T) error{
		"table twice": func(t *testing.T) error {
			sink, _ := open(t)
			_, err := sink.Table(t.Context(), stage.Table{Name: "item"})
			return err
		},
		"column twice": func(t *testing.T) error {
			_, err := sourcetest.NewMemorySink().Table(t.Context(), stage.Table{Name: "item", Columns: []string{"a", "a"}})
			return err
		},
		"column without name": func(t *testing.T) error {
			_, err := sourcetest.NewMemorySink().Table(t.Context(), stage.Table{Name: "item", Columns: []string{""}})
			return err
		},
		"columns of a batch": func(t *testing.T) error {
			_, writer := open(t)
			return writer.Append(stage.NewBatch(2))
		},
		"ragged batch": func(t *testing.T) error {
			_, writer := open(t)
			batch := stage.NewBatch(1)
			batch.Rows = 1
			return writer.Append(batch)
		},
		"append after close": func(t *testing.T) error {
			_, writer := open(t)
			if _, err := writer.Close(); err != nil {
				t.Fatal(err)
			}
			return writer.Append(stage.NewBatch(1))
		},
		"close twice": func(t *testing.T) error {
			_, writer := open(t)
			if _, err := writer.Close(); err != nil {
				t.Fatal(err)
			}
			_, err := writer.Close()
			return err
		},
		"page twice": func(t *testing.T) error {
			sink, _ := open(t)
			if _, err := sink.Page("a"); err != nil {
				t.Fatal(err)
			}
			_, err := sink.Page("a")
			return err
		},
		"page in a folder": func(t *testing.T) error {
			sink, _ := open(t)
			_, err := sink.Page("../a")
			return err
		},
		"page written after close": func(t *testing.T) error {
			sink, _ := open(t)
			page, err := sink.Page("a")
			if err != nil {
				t.Fatal(err)
			}
			if err := page.Close(); err != nil {
				t.Fatal(err)
			}
			_, err = page.Write([]byte("x"))
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			if err := wrong(t); err == nil {
				t.Error("no error")
			}
		})
	}
}
