package load_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/load"
	"fairesync/pipeline/plan"
)

// products adds an update of each of n products.
func (s *script) products(n int) {
	for i := range n {
		s.product(plan.UpdateProduct, fmt.Sprintf("wms:S%d", i), fmt.Sprintf("p_%d", i), nil)
	}
}

// TestAnswers: what an error says of itself decides what became of the request; one that says nothing leaves it unknown.
func TestAnswers(t *testing.T) {
	for _, test := range []struct {
		err  error
		want load.Outcome
	}{
		{nil, load.Outcome{Status: load.Applied}},
		{refused, load.Outcome{Status: load.Refused, Code: "refused", Message: "refused "}},
		{noAnswer, load.Outcome{Status: load.Unknown, Code: "timeout", Message: "timeout "}},
		{neverSent, load.Outcome{Status: load.NotTried, Code: "network", Message: "network "}},
		{fmt.Errorf("wrapped: %w", neverSent), load.Outcome{Status: load.NotTried, Code: "network", Message: "wrapped: network "}},
		{errors.New("a pipe broke"), load.Outcome{Status: load.Unknown, Message: "a pipe broke"}},
	} {
		var s script
		s.product(plan.SetOptions, "wms:A", "p_1", nil)
		f := &fake{}
		f.broken = func(e event) error {
			if e.What == "answer" {
				return test.err
			}
			return nil
		}
		outcomes, _ := run(t, f, s, f.options())
		test.want.Request, test.want.Tries = s.requests[0], 1
		if diff := cmp.Diff([]load.Outcome{test.want}, outcomes); diff != "" {
			t.Errorf("%v (-want +got):\n%s", test.err, diff)
		}
		end := load.Attempt{Time: noon, Phase: "end", Request: "r00001", Operation: "set_options", ProductID: "p_1", Key: "wms:A",
			Body: s.requests[0].BodyDigest, Status: test.want.Status, Code: test.want.Code, Message: test.want.Message}
		if diff := cmp.Diff(end, f.attempts[1]); diff != "" {
			t.Errorf("%v in the journal (-want +got):\n%s", test.err, diff)
		}
	}
}

// TestInterrupt: nothing new is begun, what is in flight ends well.
func TestInterrupt(t *testing.T) {
	var s script
	s.products(5)
	ctx, interrupt := context.WithCancel(t.Context())
	f := &fake{delays: map[string]time.Duration{"r00001": 2 * time.Second, "r00002": time.Second, "r00003": time.Second}}
	f.called = func(request string) {
		if request == "r00003" {
			interrupt()
		}
	}
	options := f.options()
	options.Parallel = 2
	var outcomes []load.Outcome
	var err error
	synctest.Test(t, func(*testing.T) { outcomes, err = load.Run(ctx, s.requests, f, options) })
	want := []string{"r00001 applied", "r00002 applied", "r00003 applied", "r00004 not_tried", "r00005 not_tried"}
	if diff := cmp.Diff(want, statuses(outcomes)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if want := "3 requests applied, 0 refused, 0 without answer, 2 not tried"; err == nil || err.Error() != want {
		t.Errorf("got the error %v, want %s", err, want)
	}
	if err := journalled(f.events); err != nil {
		t.Error(err)
	}
}

// TestInterruptedWait: an interrupt does not wait until a fresh variant is known.
func TestInterruptedWait(t *testing.T) {
	var s script
	s.product(plan.CreateProduct, "wms:A", "", []string{"a1", "a2"})
	s.batch(plan.SetStock, "@a1", "@a2")
	f := &fake{bad: map[string]failure{made("a1"): notFound}}
	ctx, interrupt := context.WithCancel(t.Context())
	options := f.options()
	options.Sleep = func(ctx context.Context, d time.Duration) error {
		interrupt()
		return ctx.Err()
	}
	outcomes, _ := load.Run(ctx, s.requests, f, options)
	if diff := cmp.Diff([]string{"r00001 applied", "r00002 not_tried"}, statuses(outcomes)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if o := outcomes[1]; o.Tries != 1 || len(o.Failed) != 2 {
		t.Errorf("got %+v", o)
	}
}

// TestJournalBroken: without a journal nothing more is sent.
func TestJournalBroken(t *testing.T) {
	full := errors.New("disk full")
	for _, test := range []struct {
		name string
		at   event
		want []string
		says string
	}{
		{"before", event{"begin", "r00002"}, []string{"r00001 applied", "r00002 not_tried", "r00003 not_tried"}, "journal before request r00002: disk full"},
		{"after", event{"end", "r00001"}, []string{"r00001 applied", "r00002 not_tried", "r00003 not_tried"}, "journal after request r00001: disk full"},
	} {
		var s script
		s.products(2)
		s.batch(plan.StopSelling, "po_1", "po_2")
		f := &fake{}
		f.broken = func(e event) error {
			if e == test.at {
				return full
			}
			return nil
		}
		options := f.options()
		options.Parallel = 1
		outcomes, err := run(t, f, s, options)
		if diff := cmp.Diff(test.want, statuses(outcomes)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if !errors.Is(err, full) || err.Error() != test.says {
			t.Errorf("%s: got the error %v", test.name, err)
		}
	}
}

// TestJournalBrokenInFlight: what is in flight when the journal breaks ends, and keeps its outcome.
func TestJournalBrokenInFlight(t *testing.T) {
	var s script
	s.products(4)
	f := &fake{delays: map[string]time.Duration{"r00001": time.Second, "r00002": time.Minute}}
	f.broken = func(e event) error {
		if e == (event{"end", "r00001"}) {
			return errors.New("disk full")
		}
		return nil
	}
	options := f.options()
	options.Parallel = 2
	outcomes, err := run(t, f, s, options)
	want := []string{"r00001 applied", "r00002 applied", "r00003 not_tried", "r00004 not_tried"}
	if diff := cmp.Diff(want, statuses(outcomes)); diff != "" || err == nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
}

// TestGiveUp: a Faire that is down does not take hours, and one that stumbles is not given up.
func TestGiveUp(t *testing.T) {
	var s script
	s.products(60)
	down := map[string]failure{}
	for i, r := range s.requests {
		if i >= 10 {
			down[r.ID] = noAnswer
		}
	}
	f := &fake{fails: down}
	options := f.options()
	options.Parallel, options.GiveUp = 1, 0
	_, err := run(t, f, s, options)
	var partial *load.PartialError
	if !errors.As(err, &partial) {
		t.Fatalf("got the error %v", err)
	}
	want := &load.PartialError{Applied: 10, Unknown: 20, NotTried: 30, Stopped: "the load stopped after 20 temporary failures in a row, the last: timeout "}
	if diff := cmp.Diff(want, partial); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !strings.HasSuffix(err.Error(), partial.Stopped) {
		t.Errorf("the error does not say why it stopped: %v", err)
	}

	for i, r := range s.requests { // every 20th request has an answer
		down[r.ID] = noAnswer
		if i%20 == 19 {
			down[r.ID] = refused
		}
	}
	f = &fake{fails: down}
	options.Journal = f
	if _, err = run(t, f, s, options); !errors.As(err, &partial) || partial.NotTried > 0 || partial.Stopped != "" {
		t.Errorf("got the error %v", err)
	}

	for _, r := range s.requests {
		down[r.ID] = denied
	}
	f = &fake{fails: down}
	options.Journal, options.GiveUp = f, 3
	if _, err = run(t, f, s, options); !errors.As(err, &partial) || partial.Refused != 3 || partial.NotTried != 57 {
		t.Errorf("without access, got the error %v", err)
	}
}

// TestPartialError words what became of the requests.
func TestPartialError(t *testing.T) {
	got := (&load.PartialError{Applied: 1, Partly: 2, Refused: 3, Unknown: 4, NotTried: 5, CarriedOver: 6, Stopped: "the load stopped"}).Error()
	want := "1 requests applied, 3 refused, 4 without answer, 5 not tried, 2 partly applied, 6 carried over to a later run; the load stopped"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
