package plan_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/plan"
)

// stocks is what the model holds of every variant.
func (m *faireModel) stocks() map[string]catalog.Stock {
	stocks := map[string]catalog.Stock{}
	for _, p := range m.products {
		for _, v := range p.Variants {
			stocks[v.FaireID] = catalog.Stock{OnHand: v.OnHand, Available: v.Available}
		}
	}
	return stocks
}

// undo takes back what a plan sent.
func (m *faireModel) undo(sent plan.Plan, states map[string]plan.State) (plan.Result, plan.Settled) {
	m.t.Helper()
	in := plan.UndoInput{Input: plan.Input{Run: "u", Brand: "b", BrandID: "b_1"}, Plan: sent, Sent: map[string]bool{}, Made: map[string]string{},
		Now: maps.Clone(m.products), Stock: m.stocks(), States: states}
	for _, c := range sent.Changes {
		in.Sent[c.ID] = !c.Held()
		for _, p := range m.products {
			if c.Kind == plan.KindProduct && c.Action == plan.Create && p.Token == tokenOf(sent, c) {
				in.Made[c.Key] = p.FaireID
			}
		}
	}
	result := plan.Undo(in)
	result.States = plan.Mark(result.States, result.Plan)
	answers := map[string]plan.Answer{}
	for _, r := range result.Plan.Requests {
		if r.FallbackOf == "" {
			answers[r.ID] = m.send(r)
		}
	}
	return result, plan.Settle(in.Input, result, answers, m.products)
}

func tokenOf(p plan.Plan, c plan.Change) string {
	at := slices.IndexFunc(p.Requests, func(r plan.Request) bool { return slices.Contains(r.Changes, c.ID) })
	if at < 0 {
		return ""
	}
	return p.Requests[at].Token
}

// TestUndoPlan: what a plan changed goes back to what it was, and the next plan sends none of it again although the source still
// wants it. Prices that move by more than 30 % stay, held.
func TestUndoPlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		model := newModel(t)
		wanted := []catalog.Product{drawProduct(t, 0), drawProduct(t, 1)}
		_, settled, wanted := model.run(model.input(wanted, nil), wanted)
		states := settled.States
		before := maps.Clone(model.products)
		for i := range wanted {
			drawFields(t, &wanted[i])
			wanted[i].Images = append([]catalog.Image{{OriginalURL: "https://media.example.test/new.jpg"}}, before[wanted[i].FaireID].Images...)
			for n := range wanted[i].Variants {
				v := &wanted[i].Variants[n]
				stock := rapid.Int64Range(0, 50).Draw(t, "stock")
				v.OnHand = &stock
				if rapid.Bool().Draw(t, "dearer") {
					p := v.Prices[0]
					p.Wholesale += p.Wholesale / 10
					v.Prices = []catalog.Price{p}
				}
			}
		}
		result, settled, wanted := model.run(model.input(wanted, states), wanted)
		maps.Copy(states, settled.States)
		undone, settled := model.undo(result.Plan, states)
		maps.Copy(states, settled.States)
		blank := map[string]bool{} // fields that were blank before: Faire has no way to blank them
		for _, e := range undone.Exceptions {
			if e.Code != "FAIRE_NOT_UNDONE" || e.Field != "made_in_country" && e.Field != "images" {
				t.Fatalf("not undone: %+v", e)
			}
			blank[e.Field] = true
		}
		options := cmp.Options{cmpopts.IgnoreFields(catalog.Image{}, "ID", "Tags"), cmpopts.EquateEmpty(),
			cmpopts.IgnoreFields(catalog.Product{}, "UpdatedAt"),
			cmp.FilterPath(func(p cmp.Path) bool {
				return blank["made_in_country"] && p.Last().String() == ".MadeInCountry" || blank["images"] && p.Last().String() == ".Images"
			}, cmp.Ignore())}
		if diff := cmp.Diff(before, model.products, options); diff != "" {
			t.Fatalf("Faire is not what it was (-before +undone):\n%s", diff)
		}
		again := plan.Compute(model.input(wanted, states))
		for _, c := range again.Plan.Changes {
			if !slices.Equal(c.HeldBy, []string{"GUARD_UNDONE"}) {
				t.Fatalf("the next plan sends again what was undone: %+v", c)
			}
		}
	})
}

// TestUndoPlanRefuses: what Faire has moved on from is left, told, and still not sent again.
func TestUndoPlanRefuses(t *testing.T) {
	model := newModel(t)
	units := int64(5)
	wanted := []catalog.Product{{Key: "wms:A", Style: "A", Token: "fs1-a-1", Name: "Robe", Lifecycle: catalog.Published, Images: []catalog.Image{{OriginalURL: "https://media.example.test/a.jpg"}},
		TaxonomyID: "tt_a", Variants: []catalog.Variant{{Key: "wms:A-1", Token: "fs1-a1-1", SKU: "A-1", SourceSKU: "A-1", OnHand: &units,
			Prices: []catalog.Price{{Geography: "USA", Currency: "USD", Wholesale: 1000, Retail: 2000}}}}}}
	_, settled, wanted := model.run(model.input(wanted, nil), wanted)
	states := settled.States
	more := int64(9)
	wanted[0].Name, wanted[0].Variants[0].OnHand = "Robe No. 2", &more
	wanted[0].Variants[0].Prices = []catalog.Price{{Geography: "USA", Currency: "USD", Wholesale: 1900, Retail: 3800}}
	result, settled, wanted := model.run(model.input(wanted, states), wanted)
	maps.Copy(states, settled.States)

	id := wanted[0].FaireID
	p := model.products[id]
	p.Name = "Robe, the second" // somebody on Faire
	p.Variants = slices.Clone(p.Variants)
	left := int64(8) // an order
	p.Variants[0].OnHand, p.Variants[0].Available = &left, &left
	model.products[id] = p
	undone, settled := model.undo(result.Plan, states)
	maps.Copy(states, settled.States)

	var told []string
	for _, e := range undone.Exceptions {
		told = append(told, e.Code+" "+e.Field+" "+e.Found)
	}
	slices.Sort(told)
	if diff := cmp.Diff([]string{"FAIRE_NOT_UNDONE name Faire holds Robe, the second now", "FAIRE_NOT_UNDONE on_hand Faire holds 8 now"}, told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if len(undone.Plan.Requests) > 0 || undone.Plan.Summary.Held["PRICE_MOVE"] != 2 {
		t.Errorf("prices that move by almost half are not held: %+v", undone.Plan.Summary)
	}
	for _, c := range plan.Compute(model.input(wanted, states)).Plan.Changes {
		if !slices.Equal(c.HeldBy, []string{"GUARD_UNDONE"}) {
			t.Errorf("sent again: %+v", c)
		}
	}
	wanted[0].Name = "Robe No. 3"
	if got := plan.Compute(model.input(wanted, states)); len(got.Plan.Requests) != 1 {
		t.Errorf("a new value of the source is not sent: %+v", got.Plan.Changes)
	}
}
