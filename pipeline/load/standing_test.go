package load_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/load"
	"fairesync/pipeline/plan"
)

// TestStandingStock: quantities of variants that were there before wait for nobody, what comes after them waits for them.
func TestStandingStock(t *testing.T) {
	var s script
	update := s.product(plan.UpdateProduct, "wms:A", "p_a", nil)
	stock := s.batch(plan.SetStock, "po_b_1", "po_b_2")
	down := s.product(plan.Unpublish, "wms:C", "p_c", nil)
	f := &fake{delays: map[string]time.Duration{update: time.Minute, stock: time.Second}, fails: map[string]failure{update: refused}}
	outcomes, _ := run(t, f, s, f.options())
	if diff := cmp.Diff([]string{update + " refused", stock + " applied", down + " applied"}, statuses(outcomes)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if waited(f.events, update, stock) {
		t.Errorf("the stock waits for the update: %v", f.events)
	}
	if !waited(f.events, update, down) || !waited(f.events, stock, down) {
		t.Errorf("what takes a product down does not wait: %v", f.events)
	}
}

// TestFallbackAlone: the PATCH that repeats a price batch is sent when it is given, without the requests its product had before.
func TestFallbackAlone(t *testing.T) {
	var whole script
	whole.product(plan.UpdateProduct, "wms:A", "p_a", nil, text)
	batch := whole.batch(plan.SetPrices, "po_b_1", "po_c_1")
	for _, key := range []string{"b", "c"} {
		whole.product(plan.UpdateProduct, "wms:"+key, "p_"+key, nil, price)
		whole.requests[len(whole.requests)-1].FallbackOf = batch
	}
	f := &fake{}
	options := f.options()
	options.Budget = 1
	s := script{requests: whole.requests[2:], changes: whole.changes}
	outcomes, _ := run(t, f, s, options)
	want := []load.Outcome{
		{Request: whole.requests[2], Status: load.Applied, Tries: 1, Product: &catalog.Product{FaireID: "p_b"}},
		{Request: whole.requests[3], Status: load.CarriedOver, Message: "the budget of this load is used up"},
	}
	if diff := cmp.Diff(want, outcomes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if body := plan.Digest(whole.requests[2].Body); len(f.attempts) != 2 || f.attempts[0].Body != body {
		t.Errorf("the journal has %+v, want one attempt with the body %s", f.attempts, body)
	}
}
