package load_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fairesync/pipeline/load"
	"fairesync/pipeline/plan"
)

// story is a random plan with what Faire makes of it.
type story struct {
	script
	fails  map[string]failure
	delays map[string]time.Duration
	bad    map[string]failure
}

func (s story) fake() *fake { return &fake{fails: s.fails, delays: s.delays, bad: s.bad} }

// drawStory draws a plan in the order in which plan.Compute makes them, products with new variants and without.
func drawStory(t *rapid.T) story {
	s := story{fails: map[string]failure{}, delays: map[string]time.Duration{}, bad: map[string]failure{}}
	var fresh, known []string
	flush := func() {
		for keys := range slices.Chunk(fresh, rapid.IntRange(1, 5).Draw(t, "batch")) {
			s.batch(plan.SetStock, keys...)
		}
		fresh = nil
	}
	type product struct {
		key, id string
		tokens  []string
		has     map[plan.Operation]bool
	}
	var products []product
	for n := range rapid.IntRange(1, 7).Draw(t, "products") {
		p := product{key: fmt.Sprintf("wms:S%d", n), has: map[plan.Operation]bool{}}
		if rapid.Bool().Draw(t, "on Faire") {
			p.id = fmt.Sprintf("p_%d", n)
			known = append(known, "po_"+p.key)
		}
		for i := range rapid.IntRange(0, 3).Draw(t, "new variants") {
			p.tokens = append(p.tokens, fmt.Sprintf("t%d-%d", n, i))
		}
		for _, operation := range []plan.Operation{plan.SetOptions, plan.UpdateProduct, plan.Publish, plan.Unpublish} {
			p.has[operation] = p.id != "" && rapid.Bool().Draw(t, string(operation))
		}
		p.has[plan.CreateProduct] = p.id == ""
		products = append(products, p)
	}
	all := func(operation plan.Operation, makes, only bool) {
		for _, p := range products {
			if !p.has[operation] || only && makes != (len(p.tokens) > 0) {
				continue
			}
			var tokens []string
			if makes {
				tokens = p.tokens
			}
			s.product(operation, p.key, p.id, tokens)
			for _, token := range tokens {
				fresh = append(fresh, "@"+token)
			}
		}
	}
	batches := func(operation plan.Operation) {
		if len(known) > 0 && rapid.Bool().Draw(t, string(operation)) {
			for keys := range slices.Chunk(known, 2) {
				s.batch(operation, keys...)
			}
		}
	}
	all(plan.SetOptions, false, false)
	all(plan.CreateProduct, true, false)
	flush()
	all(plan.UpdateProduct, true, true)
	flush()
	all(plan.UpdateProduct, false, true)
	batches(plan.SetPrices)
	batches(plan.SetStock)
	all(plan.Publish, false, false)
	batches(plan.StopSelling)
	all(plan.Unpublish, false, false)

	for _, r := range s.requests {
		s.delays[r.ID] = time.Duration(rapid.IntRange(0, 5).Draw(t, "delay")) * time.Second
		if rapid.IntRange(0, 4).Draw(t, "fails") == 0 {
			s.fails[r.ID] = rapid.SampledFrom([]failure{refused, noAnswer, neverSent, denied}).Draw(t, "failure")
		}
	}
	for _, id := range known {
		if rapid.IntRange(0, 4).Draw(t, "bad") == 0 {
			s.bad[id] = rapid.SampledFrom([]failure{notFound, refused}).Draw(t, "bad entry")
		}
	}
	return s
}

// run loads in a bubble, where waiting takes no time. Nothing in the bubble fails the test: rapid would not hear of it.
func run(t *testing.T, f *fake, s script, options load.Options) (outcomes []load.Outcome, err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		options.Changes = s.changes
		outcomes, err = load.Run(t.Context(), s.requests, f, options)
	})
	return outcomes, err
}

// TestOrder: whatever Faire answers and however long it takes, the order of a product and of the phases is kept, every request has
// one outcome, which does not depend on how many go at once, and each try is in the journal before and after.
func TestOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := drawStory(rt)
		alone := s.fake()
		options := alone.options()
		options.Parallel = 1
		want, wantErr := run(t, alone, s.script, options)

		f := s.fake()
		options = f.options()
		options.Parallel = rapid.IntRange(2, 5).Draw(rt, "parallel")
		told := map[string]int{}
		options.Done = func(o load.Outcome) { told[o.Request.ID]++ }
		got, err := run(t, f, s.script, options)

		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatalf("the outcomes depend on how many requests go at once (-one +several):\n%s", diff)
		}
		if fmt.Sprint(err) != fmt.Sprint(wantErr) {
			rt.Fatalf("alone %v, together %v", wantErr, err)
		}
		if f.most > options.Parallel {
			rt.Fatalf("%d requests in flight, at most %d are allowed", f.most, options.Parallel)
		}
		for i, r := range s.requests {
			if got[i].Request.ID != r.ID || told[r.ID] != 1 || got[i].Status == "" || got[i].Status == load.CarriedOver {
				rt.Fatalf("request %s has the outcome %+v, told %d times", r.ID, got[i], told[r.ID])
			}
		}
		if err := journalled(f.events); err != nil {
			rt.Fatal(err)
		}
		if begun := firsts(f.events); !slices.IsSorted(begun) {
			rt.Fatalf("begun in the order %v", begun)
		}
		for i, r := range s.requests {
			for j := range s.requests[:i] {
				if why := mustWait(s.requests[j], r); why != "" && !waited(f.events, s.requests[j].ID, r.ID) {
					rt.Fatalf("%s does not wait for %s: %s\n%v", r.ID, s.requests[j].ID, why, f.events)
				}
				if same(s.requests[j], r) && got[j].Status != load.Applied && (got[i].Status != load.NotTried || got[i].Tries > 0) {
					rt.Fatalf("%s was sent although %s of the same product was %s", r.ID, s.requests[j].ID, got[j].Status)
				}
			}
		}
	})
}

func same(a, b plan.Request) bool { return a.ProductKey != "" && a.ProductKey == b.ProductKey }

// mustWait says why a later request waits for an earlier one; blank if it need not.
func mustWait(early, late plan.Request) string {
	if same(early, late) {
		return "they are of one product"
	}
	switch late.Operation {
	case plan.Publish, plan.StopSelling, plan.Unpublish, plan.SetPrices:
	case plan.SetStock:
		for _, key := range strings.Split(string(late.Body), `"@`)[1:] {
			token, _, _ := strings.Cut(key, `"`)
			if strings.Contains(string(early.Body), `"idempotence_token":"`+token+`"`) {
				return "it makes a variant the batch names"
			}
		}
		return ""
	default:
		return ""
	}
	if early.Operation != late.Operation {
		return "it is of an earlier phase"
	}
	return ""
}

// waited says whether a request began after the last that happened to another.
func waited(events []event, early, late string) bool {
	begun := false
	for _, e := range events {
		begun = begun || e.Request == late
		if begun && e.Request == early {
			return false
		}
	}
	return true
}

// firsts are the requests in the order of their first begin.
func firsts(events []event) []string {
	var list []string
	for _, e := range events {
		if e.What == "begin" && !slices.Contains(list, e.Request) {
			list = append(list, e.Request)
		}
	}
	return list
}

// journalled wants begin, call, answer, end for every try of a request, one try after the other.
func journalled(events []event) error {
	next := map[string]string{"": "begin", "begin": "call", "call": "answer", "answer": "end", "end": "begin"}
	last := map[string]string{}
	for _, e := range events {
		if want := next[last[e.Request]]; e.What != want {
			return fmt.Errorf("request %s: %s where %s is due", e.Request, e.What, want)
		}
		last[e.Request] = e.What
	}
	for request, what := range last {
		if what != "end" {
			return fmt.Errorf("request %s stops at %s", request, what)
		}
	}
	return nil
}

// TestStylesOfOneProduct: requests of one product on Faire go one after the other, also if they are of several styles; a style on
// two products is two.
func TestStylesOfOneProduct(t *testing.T) {
	var s script
	first := s.product(plan.UpdateProduct, "wms:A", "p_1", nil)
	second := s.product(plan.UpdateProduct, "wms:B", "p_1", nil)
	other := s.product(plan.UpdateProduct, "wms:A", "p_2", nil)
	f := &fake{delays: map[string]time.Duration{first: time.Minute, other: time.Second}, fails: map[string]failure{first: refused}}
	outcomes, err := run(t, f, s, f.options())
	want := []string{first + " refused", second + " not_tried", other + " applied"}
	if diff := cmp.Diff(want, statuses(outcomes)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var partial *load.PartialError
	if !errors.As(err, &partial) {
		t.Fatalf("got the error %v", err)
	}
	if diff := cmp.Diff(&load.PartialError{Applied: 1, Refused: 1, NotTried: 1}, partial); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestUnreadable: a plan with a request that cannot be sent is not begun.
func TestUnreadable(t *testing.T) {
	for name, request := range map[string]plan.Request{
		"operation":  {Operation: "delete_product", Body: []byte(`{}`)},
		"create":     {Operation: plan.CreateProduct, Body: []byte(`[]`)},
		"batch":      {Operation: plan.SetStock, Body: []byte(`{"inventories":7}`)},
		"empty":      {Operation: plan.SetStock, Body: []byte(`{"prices":[]}`)},
		"without id": {Operation: plan.SetPrices, Body: []byte(`{"prices":[{"prices":[]}]}`)},
	} {
		var s script
		s.product(plan.UpdateProduct, "wms:A", "p_1", nil)
		request.ID = s.id()
		s.requests = append(s.requests, request)
		f := &fake{}
		outcomes, err := run(t, f, s, f.options())
		if err == nil || !strings.Contains(err.Error(), request.ID) || len(f.events) > 0 {
			t.Errorf("%s: error %v, events %v", name, err, f.events)
		}
		if diff := cmp.Diff([]string{"r00001 not_tried", "r00002 not_tried"}, statuses(outcomes)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
