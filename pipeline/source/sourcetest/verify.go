package sourcetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/check"
	"fairesync/pipeline/stage"
)

// item is the table every source delivers.
const item = "item"

// patience is how long a cancelled source may take to return. It is only ever waited for by a source that fails.
const patience = 30 * time.Second

var (
	envelope = []string{stage.ColumnFile, stage.ColumnRow, stage.ColumnKind, stage.ColumnProblem, stage.ColumnSKUID, stage.ColumnStyle}
	kinds    = []string{stage.KindSKU, stage.KindParent, stage.KindQuarantined, stage.KindIgnored}
)

// extract runs a source to its end and wants success.
func extract(t testing.TB, source Source) (*MemorySink, error) {
	sink := NewMemorySink()
	if err := source.Extract(t.Context(), sink); err != nil {
		return nil, fmt.Errorf("extract: %w", err)
	}
	if !sink.Closed(item) {
		return nil, errors.New("extract reported success without closing table item")
	}
	if open := sink.OpenPages(); len(open) > 0 {
		return nil, fmt.Errorf("pages left open: %s", strings.Join(open, ", "))
	}
	return sink, nil
}

// verifyComplete: a catalogue of any size arrives whole.
func verifyComplete(t testing.TB, suite Suite) error {
	for _, size := range suite.Sizes {
		sink, err := extract(t, suite.New(t, size))
		if err != nil {
			return fmt.Errorf("catalogue of %d: %w", size, err)
		}
		want, got := suite.Want(size), sink.Rows(item)
		if len(got) != len(want) {
			return fmt.Errorf("catalogue of %d: %d rows delivered, the origin holds %d", size, len(got), len(want))
		}
		for i := range want {
			named := make(map[string]string, len(want[i]))
			for column := range want[i] {
				named[column] = got[i][column]
			}
			if diff := cmp.Diff(want[i], named); diff != "" {
				return fmt.Errorf("catalogue of %d: row %d (-want +got):\n%s", size, i+1, diff)
			}
		}
	}
	return nil
}

// verifyDeterministic: the same catalogue gives the same tables, pages and exceptions.
func verifyDeterministic(t testing.TB, suite Suite) error {
	size := slices.Max(suite.Sizes)
	first, err := extract(t, suite.New(t, size))
	if err != nil {
		return err
	}
	second, err := extract(t, suite.New(t, size))
	if err != nil {
		return err
	}
	if diff := cmp.Diff(first.Tables(), second.Tables()); diff != "" {
		return fmt.Errorf("two extractions describe their tables differently:\n%s", diff)
	}
	if diff := cmp.Diff(first.Rows(item), second.Rows(item)); diff != "" {
		return fmt.Errorf("two extractions differ in rows:\n%s", diff)
	}
	if diff := cmp.Diff(first.Exceptions(), second.Exceptions()); diff != "" {
		return fmt.Errorf("two extractions differ in exceptions:\n%s", diff)
	}
	if diff := cmp.Diff(first.Pages(), second.Pages()); diff != "" {
		return fmt.Errorf("two extractions differ in pages:\n%s", diff)
	}
	return nil
}

// verifyDescribed: the envelope is there and means what stage says, and fields lead to columns.
func verifyDescribed(t testing.TB, suite Suite) error {
	size := slices.Max(suite.Sizes)
	source := suite.New(t, size)
	sink, err := extract(t, source)
	if err != nil {
		return err
	}
	table, _ := sink.Described(item)
	for _, column := range envelope {
		if !slices.Contains(table.Columns, column) {
			return fmt.Errorf("table item lacks column %s", column)
		}
	}
	for field, entries := range table.Fields {
		if !slices.Contains(stage.Fields, field) && !strings.HasPrefix(field, "price[") {
			return fmt.Errorf("field %q is none of stage.Fields", field)
		}
		for _, entry := range entries {
			if err := verifyEntry(entry, table.Columns); err != nil {
				return fmt.Errorf("field %s: %w", field, err)
			}
		}
	}
	for i, row := range sink.Rows(item) {
		if err := verifyEnvelope(row, source.Capabilities()); err != nil {
			return fmt.Errorf("row %d: %w", i+1, err)
		}
	}
	for _, exception := range sink.Exceptions() {
		if _, ok := check.Lookup(exception.Code); !ok {
			return fmt.Errorf("exception code %q is not in the register", exception.Code)
		}
	}
	return nil
}

func verifyEnvelope(row map[string]string, can stage.Capabilities) error {
	kind, problem := row[stage.ColumnKind], row[stage.ColumnProblem]
	if !slices.Contains(kinds, kind) {
		return fmt.Errorf("%s is %q, none of the kinds", stage.ColumnKind, kind)
	}
	if kind == stage.KindQuarantined || kind == stage.KindIgnored {
		if _, ok := check.Lookup(problem); !ok {
			return fmt.Errorf("%s row has %s %q, which is not in the register", kind, stage.ColumnProblem, problem)
		}
	}
	for _, column := range []string{stage.ColumnFile, stage.ColumnRow} {
		if row[column] == "" {
			return fmt.Errorf("%s is blank", column)
		}
	}
	if kind == stage.KindSKU && can.StableSKUID && row[stage.ColumnSKUID] == "" {
		return fmt.Errorf("%s is blank although the source has stable ids", stage.ColumnSKUID)
	}
	return nil
}

// undelivered wants an error and no delivered table.
func undelivered(err error, sink *MemorySink) error {
	if err == nil {
		return errors.New("extract reported success")
	}
	for _, table := range sink.Tables() {
		if sink.Closed(table.Name) {
			return fmt.Errorf("extract failed (%w) and delivered table %s all the same", err, table.Name)
		}
	}
	return nil
}

// verifyBreaks: an origin that fails half way ends in an error, never in a short catalogue.
func verifyBreaks(t testing.TB, suite Suite) error {
	for _, broken := range suite.Breaks {
		sink := NewMemorySink()
		err := broken.New(t).Extract(t.Context(), sink)
		if wrong := undelivered(err, sink); wrong != nil {
			return fmt.Errorf("break %s: %w", broken.Name, wrong)
		}
		if !strings.Contains(err.Error(), broken.Says) {
			return fmt.Errorf("break %s: the message %q does not say %q", broken.Name, err.Error(), broken.Says)
		}
		if wrong := leaks(sink, err, suite.Secrets); wrong != nil {
			return fmt.Errorf("break %s: %w", broken.Name, wrong)
		}
	}
	return nil
}

// verifySink: when staging cannot be written, the source says so.
func verifySink(t testing.TB, suite Suite) error {
	full := errors.New("no space left on device")
	for _, op := range []Op{OpTable, OpAppend, OpClose, OpPage, OpPageWrite, OpPageClose} {
		sink := NewMemorySink()
		seen := false
		sink.Before = once(op, &seen, func() error { return full })
		err := suite.New(t, slices.Max(suite.Sizes)).Extract(t.Context(), sink)
		if !seen {
			continue
		}
		if !errors.Is(err, full) {
			return fmt.Errorf("a sink that fails at %s: extract returned %q, which does not wrap the sink's error", op, fmt.Sprint(err))
		}
		if wrong := undelivered(err, sink); wrong != nil {
			return fmt.Errorf("a sink that fails at %s: %w", op, wrong)
		}
	}
	return nil
}

// once calls act at the first event of a kind.
func once(op Op, seen *bool, act func() error) func(Event) error {
	gate := make(chan struct{}, 1)
	gate <- struct{}{}
	return func(event Event) error {
		if event.Op != op {
			return nil
		}
		<-gate
		defer func() { gate <- struct{}{} }()
		if *seen {
			return nil
		}
		*seen = true
		return act()
	}
}

// verifyCancelled: a context cancelled before or at any step ends the extraction with its error.
func verifyCancelled(t testing.TB, suite Suite) error {
	for _, op := range []Op{"start", OpPage, OpPageClose, OpTable, OpAppend} {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		sink := NewMemorySink()
		seen := false
		if op == "start" {
			cancel()
			seen = true
		} else {
			sink.Before = once(op, &seen, func() error { cancel(); return nil })
		}
		err := finish(ctx, suite.New(t, slices.Max(suite.Sizes)), sink)
		if !seen {
			continue
		}
		if wrong := cancelled(err, sink); wrong != nil {
			return fmt.Errorf("cancelled at %s: %w", op, wrong)
		}
	}
	return nil
}

// verifyHanging: a cancelled source does not wait for an origin that is silent.
func verifyHanging(t testing.TB, suite Suite) error {
	if suite.Hang == nil {
		return nil
	}
	source, hanging := suite.Hang(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		select {
		case <-hanging:
			cancel()
		case <-ctx.Done():
		}
	}()
	sink := NewMemorySink()
	return cancelled(finish(ctx, source, sink), sink)
}

func cancelled(err error, sink *MemorySink) error {
	if wrong := undelivered(err, sink); wrong != nil {
		return wrong
	}
	if !errors.Is(err, context.Canceled) {
		return fmt.Errorf("extract returned %w, which does not wrap context.Canceled", err)
	}
	return nil
}

// errLate is a source that did not return after its context was cancelled.
var errLate = fmt.Errorf("extract had not returned %s after it was cancelled", patience)

// finish runs a source and gives up on it when it outlives its context by patience.
func finish(ctx context.Context, source Source, sink *MemorySink) error {
	done := make(chan error, 1)
	go func() { done <- source.Extract(ctx, sink) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-timer.C:
		return errLate
	}
}

// verifySecrets: a secret is in nothing a source hands on.
func verifySecrets(t testing.TB, suite Suite) error {
	for _, size := range suite.Sizes {
		sink, err := extract(t, suite.New(t, size))
		if err != nil {
			return err
		}
		if wrong := leaks(sink, nil, suite.Secrets); wrong != nil {
			return wrong
		}
	}
	return nil
}

func leaks(sink *MemorySink, err error, secrets []string) error {
	for i, secret := range secrets {
		if secret == "" {
			continue
		}
		// The secret itself is never printed: a failing test's output is a log as well.
		if err != nil && strings.Contains(err.Error(), secret) {
			return fmt.Errorf("the error names secret %d", i+1)
		}
		for name, data := range sink.Pages() {
			if strings.Contains(name, secret) || bytes.Contains(data, []byte(secret)) {
				return fmt.Errorf("a page names secret %d", i+1)
			}
		}
		for _, exception := range sink.Exceptions() {
			if strings.Contains(fmt.Sprintf("%+v", exception), secret) {
				return fmt.Errorf("an exception %s names secret %d", exception.Code, i+1)
			}
		}
		for _, row := range sink.Rows(item) {
			for column, value := range row {
				if strings.Contains(value, secret) {
					return fmt.Errorf("column %s names secret %d", column, i+1)
				}
			}
		}
	}
	return nil
}
