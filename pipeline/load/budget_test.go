package load_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fairesync/pipeline/load"
	"fairesync/pipeline/plan"
)

// a change of each kind, as updates carry them
var (
	price   = plan.Change{Kind: plan.KindPrice, Action: plan.Update}
	text    = plan.Change{Kind: plan.KindProduct, Action: plan.Update}
	image   = plan.Change{Kind: plan.KindImage, Action: plan.Update}
	variant = plan.Change{Kind: plan.KindVariant, Action: plan.Create}
)

// live says that products are live but for one.
func live(id string) bool { return id != "p_hidden" }

// TestPrioritise: what matters most goes first, whatever belongs together goes together.
func TestPrioritise(t *testing.T) {
	const (
		imageOnly = iota
		textOnly
		stockByID
		createA
		createB
		stockOfAB
		options
		grow
		stockOfGrow
		priced
		prices
		publish
		down
		hiddenPriced
		hiddenPrices
		mixedPrices
		publishHidden
		someStock
	)
	build := map[int]func(*script){
		imageOnly:   func(s *script) { s.product(plan.UpdateProduct, "wms:I", "p_i", nil, image) },
		textOnly:    func(s *script) { s.product(plan.UpdateProduct, "wms:T", "p_t", nil, image, text) },
		stockByID:   func(s *script) { s.batch(plan.SetStock, "po_1", "po_2") },
		createA:     func(s *script) { s.product(plan.CreateProduct, "wms:A", "", []string{"a"}) },
		createB:     func(s *script) { s.product(plan.CreateProduct, "wms:B", "", []string{"b"}) },
		stockOfAB:   func(s *script) { s.batch(plan.SetStock, "@a", "@b") },
		options:     func(s *script) { s.product(plan.SetOptions, "wms:G", "p_g", nil) },
		grow:        func(s *script) { s.product(plan.UpdateProduct, "wms:G", "p_g", []string{"g"}, text, variant) },
		stockOfGrow: func(s *script) { s.batch(plan.SetStock, "@g") },
		priced:      func(s *script) { s.product(plan.UpdateProduct, "wms:P", "p_p", nil, image, price) },
		prices:      func(s *script) { s.batch(plan.SetPrices, "po_1", "po_2") },
		publish:     func(s *script) { s.product(plan.Publish, "wms:T", "p_t", nil) },
		down:        func(s *script) { s.product(plan.Unpublish, "wms:D", "p_d", nil) },

		hiddenPriced:  func(s *script) { s.product(plan.UpdateProduct, "wms:H", "p_hidden", nil, image, price) },
		hiddenPrices:  func(s *script) { s.batch(plan.SetPrices, "po_hidden_1", "po_hidden_2") },
		mixedPrices:   func(s *script) { s.batch(plan.SetPrices, "po_hidden_1", "po_2") },
		publishHidden: func(s *script) { s.product(plan.Publish, "wms:H", "p_hidden", nil) },
		someStock:     func(s *script) { s.batch(plan.SetStock, "@a", "po_2") },
	}
	for _, test := range []struct {
		name   string
		plan   []int
		budget int
		now    []int
	}{
		{"no limit", []int{imageOnly, textOnly, down}, 0, []int{imageOnly, textOnly, down}},
		{"a limit that is no limit", []int{imageOnly, textOnly, down}, 3, []int{imageOnly, textOnly, down}},
		{"prices first", []int{createA, imageOnly, textOnly, priced, prices, stockByID, down}, 2, []int{priced, prices}},
		{"of live products", []int{hiddenPriced, hiddenPrices, textOnly, priced, prices}, 2, []int{priced, prices}},
		{"or of some", []int{hiddenPrices, mixedPrices, textOnly, stockByID}, 1, []int{mixedPrices}},
		{"those of others after stock", []int{hiddenPriced, hiddenPrices, textOnly, stockByID}, 2, []int{hiddenPriced, stockByID}},
		{"and before texts", []int{hiddenPriced, hiddenPrices, textOnly, imageOnly}, 2, []int{hiddenPriced, hiddenPrices}},
		{"what is published is live", []int{createA, hiddenPrices, publishHidden, textOnly}, 2, []int{hiddenPrices, publishHidden}},
		{"stock of some creates and of what stands goes by itself", []int{createA, someStock, textOnly}, 1, []int{someStock}},
		{"then lifecycle", []int{createA, imageOnly, textOnly, priced, stockByID, down}, 2, []int{priced, down}},
		{"then creates", []int{createA, imageOnly, textOnly, stockByID}, 1, []int{createA}},
		{"then stock", []int{imageOnly, textOnly, stockByID}, 1, []int{stockByID}},
		{"then texts", []int{imageOnly, textOnly}, 1, []int{textOnly}},
		{"the stock of a create counts with it", []int{createA, createB, stockOfAB, textOnly}, 2, []int{createA, stockOfAB}},
		{"it counts once for several", []int{createA, createB, stockOfAB, textOnly}, 3, []int{createA, createB, stockOfAB}},
		{"a create that does not fit leaves room for less", []int{createA, stockOfAB, textOnly}, 1, []int{textOnly}},
		{"stock never goes before its create", []int{options, grow, stockOfGrow}, 2, nil},
		{"option sets, update and stock go together", []int{options, grow, stockOfGrow, textOnly}, 3, []int{options, grow, stockOfGrow}},
		{"publishing without room for what comes before it", []int{textOnly, priced, publish}, 2, []int{textOnly, priced}},
		{"publishing with room", []int{textOnly, imageOnly, publish}, 2, []int{textOnly, publish}},
		{"in the plan's order", []int{createA, textOnly, prices, down}, 4, []int{createA, textOnly, prices, down}},
		{"nothing fits", []int{createA, stockOfAB}, 1, nil},
		{"an empty plan", nil, 3, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var s script
			for _, kind := range test.plan {
				build[kind](&s)
			}
			var now, later []string
			for i, kind := range test.plan {
				if slices.Contains(test.now, kind) {
					now = append(now, s.requests[i].ID)
				} else {
					later = append(later, s.requests[i].ID)
				}
			}
			gotNow, gotLater := load.Prioritise(s.requests, load.Options{Changes: s.changes, Budget: test.budget, Live: live})
			if diff := cmp.Diff([][]string{now, later}, [][]string{ids(gotNow), ids(gotLater)}); diff != "" {
				t.Errorf("now and later (-want +got):\n%s", diff)
			}
		})
	}
}

func ids(requests []plan.Request) []string {
	var list []string
	for _, r := range requests {
		list = append(list, r.ID)
	}
	return list
}

// TestBudget: no more writes are tried than the budget allows, whatever is split or tried again, and no variant is made whose
// stock is carried over.
func TestBudget(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := drawStory(rt)
		f := s.fake()
		options := f.options()
		options.Budget = rapid.IntRange(1, len(s.requests)+5).Draw(rt, "budget")
		outcomes, err := run(t, f, s.script, options)
		if tried := len(f.attempts) / 2; tried > options.Budget {
			rt.Fatalf("%d writes were tried, the budget is %d", tried, options.Budget)
		}
		_, later := load.Prioritise(s.requests, load.Options{Changes: s.changes, Budget: options.Budget})
		carried := map[string]bool{}
		for _, o := range outcomes {
			carried[o.Request.ID] = o.Status == load.CarriedOver
		}
		for _, r := range later {
			if !carried[r.ID] {
				rt.Fatalf("request %s is for later and not carried over: %v", r.ID, statuses(outcomes))
			}
		}
		for i, o := range outcomes {
			if o.Request.Operation != plan.CreateProduct && o.Request.Operation != plan.UpdateProduct || o.Status != load.Applied {
				continue
			}
			for _, stock := range outcomes[i:] {
				if stock.Status == load.CarriedOver && stock.Tries == 0 && mustWait(o.Request, stock.Request) == "it makes a variant the batch names" {
					rt.Fatalf("%s made a variant, its stock %s is carried over", o.Request.ID, stock.Request.ID)
				}
			}
		}
		failed := slices.ContainsFunc(outcomes, func(o load.Outcome) bool { return o.Status != load.Applied && o.Status != load.CarriedOver })
		var partial *load.PartialError
		if errors.As(err, &partial) != failed {
			rt.Fatalf("a budget is no failure, anything else that is left is: %v, the error is %v", statuses(outcomes), err)
		}
	})
}

// TestBudgetOfSplitting: a batch that must be split takes the place of what matters least.
func TestBudgetOfSplitting(t *testing.T) {
	var s script
	s.product(plan.CreateProduct, "wms:A", "", []string{"a1", "a2"})
	s.batch(plan.SetStock, "@a1", "@a2")
	s.product(plan.UpdateProduct, "wms:I", "p_i", nil, image)
	s.product(plan.UpdateProduct, "wms:T", "p_t", nil, text)
	s.product(plan.Unpublish, "wms:D", "p_d", nil)
	f := &fake{bad: map[string]failure{made("a1"): refused}}
	for budget, want := range map[int]string{
		7: "applied partly applied applied applied",
		6: "applied partly carried_over applied applied",
		5: "applied partly carried_over carried_over applied",
		3: "applied refused carried_over carried_over carried_over",
	} {
		f.attempts, f.events = nil, nil
		options := f.options()
		options.Budget, options.Parallel = budget, 1
		outcomes, _ := run(t, f, s, options)
		var got []string
		for _, o := range outcomes {
			got = append(got, string(o.Status))
		}
		if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
			t.Errorf("budget %d (-want +got):\n%s", budget, diff)
		}
	}
}

// TestBudgetKeepsProductsWhole: what gives up its place is the last request of its product, however much it matters.
func TestBudgetKeepsProductsWhole(t *testing.T) {
	var s script
	s.batch(plan.SetPrices, "po_1", "po_2")
	s.product(plan.UpdateProduct, "wms:T", "p_t", nil, text)
	s.product(plan.Publish, "wms:T", "p_t", nil)
	f := &fake{bad: map[string]failure{"po_1": notFound}}
	options := f.options()
	options.Budget = 3
	outcomes, _ := run(t, f, s, options)
	if diff := cmp.Diff([]string{"r00001 partly", "r00002 applied", "r00003 carried_over"}, statuses(outcomes)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestBudgetNotUsed: what was not tried leaves its place to others.
func TestBudgetNotUsed(t *testing.T) {
	var s script
	s.product(plan.SetOptions, "wms:G", "p_g", nil)
	s.product(plan.UpdateProduct, "wms:G", "p_g", []string{"g"}, variant)
	s.batch(plan.SetStock, "@g")
	s.batch(plan.SetPrices, "po_1", "po_2")
	f := &fake{bad: map[string]failure{"po_1": refused}, fails: map[string]failure{"r00001": refused}}
	options := f.options()
	options.Budget = 4
	outcomes, _ := run(t, f, s, options)
	if diff := cmp.Diff([]string{"r00001 refused", "r00002 not_tried", "r00003 not_tried", "r00004 partly"}, statuses(outcomes)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestBudgetCutsCreate: stock goes without the variants whose create is carried over, and says so.
func TestBudgetCutsCreate(t *testing.T) {
	var s script
	s.product(plan.CreateProduct, "wms:A", "", []string{"a"})
	s.product(plan.CreateProduct, "wms:B", "", []string{"b"})
	s.batch(plan.SetStock, "@a", "@b")
	f := &fake{}
	options := f.options()
	options.Budget = 2
	outcomes, _ := run(t, f, s, options)
	if diff := cmp.Diff([]string{"r00001 applied", "r00002 carried_over", "r00003 partly"}, statuses(outcomes)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want := []load.FailedEntry{{Key: "@b", Status: load.CarriedOver, Message: "request r00002 did not make the variant", Changes: []string{"cr00003-1"}}}
	if diff := cmp.Diff(want, outcomes[2].Failed); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
