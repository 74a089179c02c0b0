package load_test

import (
	"fmt"
	"math/bits"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/load"
	"fairesync/pipeline/plan"
)

// TestSplitting: exactly the bad entries of a batch stay behind, in at most O(k log n) requests, or one more than there are bad
// entries where Faire names them.
func TestSplitting(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 130).Draw(rt, "entries")
		named := rapid.Bool().Draw(rt, "named")
		operation := rapid.SampledFrom([]plan.Operation{plan.SetStock, plan.SetPrices, plan.StopSelling}).Draw(rt, "operation")
		f := &fake{bad: map[string]failure{}}
		var s script
		var keys []string
		for i := range n {
			keys = append(keys, fmt.Sprintf("po_%d", i))
		}
		fails := refused
		if named {
			fails = notFound
		}
		for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, n-1), 0, min(n, 5), rapid.ID).Draw(rt, "bad") {
			f.bad[keys[i]] = fails
		}
		id := s.batch(operation, keys...)
		outcomes, err := run(t, f, s, f.options())

		want := load.Outcome{Request: s.requests[0], Status: load.Applied, Tries: outcomes[0].Tries}
		for i, key := range keys {
			if _, bad := f.bad[key]; !bad {
				if operation != plan.SetPrices && want.Stock == nil {
					want.Stock = map[string]catalog.Stock{}
				}
				if operation != plan.SetPrices {
					want.Stock[key] = onHand(int64(i))
				}
				continue
			}
			message := "refused "
			if named {
				message = "not_found " + key
			}
			want.Failed = append(want.Failed, load.FailedEntry{Key: key, Status: load.Refused, Code: fails.code, Message: message,
				Changes: []string{fmt.Sprintf("c%s-%d", id, i)}})
		}
		if len(want.Failed) > 0 {
			want.Status, want.Code, want.Message = load.Partly, want.Failed[0].Code, want.Failed[0].Message
		}
		if len(want.Failed) == n {
			want.Status = load.Refused
		}
		if diff := cmp.Diff([]load.Outcome{want}, outcomes); diff != "" {
			rt.Fatalf("(-want +got):\n%s", diff)
		}
		if (err == nil) != (len(f.bad) == 0) {
			rt.Fatalf("got the error %v", err)
		}
		most := 1 + 2*len(f.bad)*bits.Len(uint(n-1))
		if named {
			most = 1 + len(f.bad)
		}
		if calls := len(f.attempts) / 2; calls > most || calls != outcomes[0].Tries {
			rt.Fatalf("%d requests for %d bad ones of %d entries, %d tries", calls, len(f.bad), n, outcomes[0].Tries)
		}
	})
}

// TestNotSplit: what says nothing of the entries does not split a batch.
func TestNotSplit(t *testing.T) {
	tooMany := failure{code: "rate_limited", definite: true, temporary: true}
	for _, test := range []struct {
		fails failure
		want  load.Status
	}{{tooMany, load.Refused}, {denied, load.Refused}, {noAnswer, load.Unknown}, {neverSent, load.NotTried}} {
		var s script
		id := s.batch(plan.SetStock, "po_1", "po_2")
		f := &fake{fails: map[string]failure{id: test.fails}}
		outcomes, _ := run(t, f, s, f.options())
		want := load.Outcome{Request: s.requests[0], Status: test.want, Code: test.fails.code, Message: test.fails.Error(), Tries: 1}
		for i, key := range []string{"po_1", "po_2"} {
			want.Failed = append(want.Failed, load.FailedEntry{Key: key, Status: test.want, Code: test.fails.code, Message: test.fails.Error(),
				Changes: s.requests[0].Changes[i : i+1]})
		}
		if diff := cmp.Diff([]load.Outcome{want}, outcomes); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.fails.code, diff)
		}
	}
}

// TestStockOfCreates: a stock batch gets the ids its creates answered and goes without the variants that were not made.
func TestStockOfCreates(t *testing.T) {
	var s script
	s.product(plan.CreateProduct, "wms:A", "", []string{"a1", "a2", "a3"})
	lost := s.product(plan.CreateProduct, "wms:B", "", []string{"b1"})
	s.batch(plan.SetStock, "@a1", "@b1", "@a2", "@nobody", "@a3")
	f := &fake{fails: map[string]failure{lost: refused}, dead: map[string]bool{"a3": true}}
	outcomes, _ := run(t, f, s, f.options())
	want := load.Outcome{Request: s.requests[2], Status: load.Partly, Tries: 1, Message: "request r00002 did not make the variant",
		Stock: map[string]catalog.Stock{made("a1"): onHand(0), made("a2"): onHand(2)},
		Failed: []load.FailedEntry{
			{Key: "@b1", Status: load.NotTried, Message: "request r00002 did not make the variant", Changes: []string{"cr00003-1"}},
			{Key: "@nobody", Status: load.NotTried, Message: "no request before it makes the variant", Changes: []string{"cr00003-3"}},
			{Key: "@a3", Status: load.NotTried, Message: "request r00001 did not make the variant", Changes: []string{"cr00003-4"}},
		}}
	if diff := cmp.Diff(want, outcomes[2]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	sent := plan.Digest(map[string]any{"inventories": []map[string]any{
		{"mark": "r00003", "product_variant_id": made("a1"), "on_hand_quantity": 0},
		{"mark": "r00003", "product_variant_id": made("a2"), "on_hand_quantity": 2},
	}})
	if got := f.attempts[len(f.attempts)-1].Body; got != sent {
		t.Errorf("the journal has the body %s, want %s", got, sent)
	}
}

// TestFresh: a variant that was made a moment ago and is not known yet is asked for again for some seconds, one that was there
// before is not.
func TestFresh(t *testing.T) {
	for _, test := range []struct {
		name  string
		after time.Duration // from the start on it is known
		key   string
		want  load.Status
		tries int
		ends  time.Duration
	}{
		{"known at once", 0, "@a1", load.Applied, 1, 0},
		{"known after some seconds", 3 * time.Second, "@a1", load.Applied, 3, 4 * time.Second},
		{"never known", time.Hour, "@a1", load.Partly, 6, 8 * time.Second},
		{"not made by this plan", time.Hour, made("a1"), load.Partly, 2, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var s script
				s.product(plan.CreateProduct, "wms:A", "", []string{"a1", "a2"})
				s.batch(plan.SetStock, test.key, "@a2")
				start := time.Now()
				f := &fake{born: map[string]time.Time{made("a1"): start.Add(test.after)}}
				outcomes, _ := load.Run(t.Context(), s.requests, f, f.options())
				if o := outcomes[1]; o.Status != test.want || o.Tries != test.tries {
					t.Errorf("%s after %d tries, want %s after %d", o.Status, o.Tries, test.want, test.tries)
				}
				if took := time.Since(start); took != test.ends {
					t.Errorf("it took %s, want %s", took, test.ends)
				}
				if err := journalled(f.events); err != nil {
					t.Error(err)
				}
				if last := f.attempts[len(f.attempts)-1].Try; test.tries > 1 && last != test.tries {
					t.Errorf("the last try in the journal is %d, want %d", last, test.tries)
				}
			})
		})
	}
}

// TestEntriesOfSeveralChanges: where an entry carries several changes, they are those of its variant.
func TestEntriesOfSeveralChanges(t *testing.T) {
	var s script
	body := batchBody{Prices: []entryBody{{Mark: "r00001", ID: "po_1"}, {Mark: "r00001", ID: "po_2"}}}
	s.add(plan.Request{Operation: plan.SetPrices}, body, plan.Change{VariantID: "po_1"}, plan.Change{VariantID: "po_2"}, plan.Change{VariantID: "po_2"})
	f := &fake{bad: map[string]failure{"po_2": notFound}}
	outcomes, _ := run(t, f, s, f.options())
	want := []load.FailedEntry{{Key: "po_2", Status: load.Refused, Code: "not_found", Message: "not_found po_2", Changes: []string{"cr00001-1", "cr00001-2"}}}
	if diff := cmp.Diff(want, outcomes[0].Failed); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
