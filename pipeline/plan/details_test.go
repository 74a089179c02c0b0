package plan_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/check"
	"fairesync/pipeline/plan"
)

// candle is a product of ours with one variant.
func candle() catalog.Product {
	return catalog.Product{Key: "wms:A", Style: "A", Token: "fs1-a-1", Name: "Candle", Lifecycle: catalog.Published, TaxonomyID: "tt_a", UnitMultiplier: 1,
		Images: []catalog.Image{{OriginalURL: "https://media.example.test/a.jpg"}},
		Variants: []catalog.Variant{{Key: "wms:A-1", Token: "fs1-a1-1", SKU: "A-1", SourceSKU: "A-1",
			Prices: []catalog.Price{{Geography: "USA", Currency: "USD", Wholesale: 1000, Retail: 2000}}}}}
}

func drawMeasures(t *rapid.T) catalog.Measurements {
	figure := rapid.SampledFrom([]string{"", "", "1", "2.5", "0.45", "120"})
	m := catalog.Measurements{Weight: figure.Draw(t, "weight"), Length: figure.Draw(t, "length"), Width: figure.Draw(t, "width"), Height: figure.Draw(t, "height")}
	if m.Weight != "" {
		m.MassUnit = rapid.SampledFrom([]string{"GRAMS", "POUNDS"}).Draw(t, "mass")
	}
	if m.Length+m.Width+m.Height != "" {
		m.DistanceUnit = rapid.SampledFrom([]string{"INCHES", "CENTIMETERS"}).Draw(t, "distance")
	}
	return m
}

func drawPreorder(t *rapid.T, p *catalog.Product) {
	days := rapid.SampledFrom([]string{"", "2026-12-01", "2026-12-20", "2027-01-10"})
	p.Preorder = catalog.Preorder{}
	p.Variants[0].Preorder = catalog.VariantPreorder{}
	switch rapid.SampledFrom([]string{"nothing", "no", "yes"}).Draw(t, "preorder") {
	case "no":
		p.Preorder.Preorderable, p.Variants[0].Preorder.Orderability = new(false), catalog.Immediate
	case "yes":
		p.Preorder = catalog.Preorder{Preorderable: new(true), OrderBy: days.Draw(t, "order by"), ShipFrom: "2026-12-01", ShipUntil: days.Draw(t, "until")}
		if rapid.Bool().Draw(t, "keep") {
			p.Preorder.KeepActive = new(rapid.Bool().Draw(t, "active"))
		}
		p.Variants[0].Preorder = catalog.VariantPreorder{Orderability: catalog.Ahead, ShipFrom: "2026-12-01", ShipUntil: p.Preorder.ShipUntil}
	}
}

// TestDetailsReachFaire: whatever measures and preorders the source goes through, Faire holds what it tells and keeps what it does not,
// units and figures go together, and planning again sends nothing.
func TestDetailsReachFaire(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		model := newModel(t)
		wanted := []catalog.Product{candle()}
		states := map[string]plan.State{}
		for range 4 {
			wanted[0].Variants = slices.Clone(wanted[0].Variants)
			wanted[0].Variants[0].Measurements = drawMeasures(t)
			drawPreorder(t, &wanted[0])
			before := catalog.Product{Variants: []catalog.Variant{{}}}
			if p, ok := model.products[wanted[0].FaireID]; ok {
				before = p
			}
			_, settled, linked := model.run(model.input(wanted, states), wanted)
			wanted = linked
			maps.Copy(states, settled.States)
			if len(settled.Exceptions) > 0 {
				t.Fatalf("exceptions: %+v", settled.Exceptions)
			}
			if again := plan.Compute(model.input(wanted, states)); len(again.Plan.Requests) > 0 {
				t.Fatalf("planning again sends %+v", again.Plan.Changes)
			}
			now := model.products[wanted[0].FaireID]
			want := wanted[0].Variants[0].Measurements.Over(before.Variants[0].Measurements)
			got := now.Variants[0].Measurements
			if !catalog.SameMeasure(want.Mass(), got.Mass()) || !catalog.SameMeasure(want.Dimensions(), got.Dimensions()) {
				t.Fatalf("measures are %+v, want %+v", got, want)
			}
			if (got.Weight != "") != (got.MassUnit != "") || (got.Length+got.Width+got.Height != "") != (got.DistanceUnit != "") {
				t.Fatalf("unit without figure, or figure without unit: %+v", got)
			}
			if told := wanted[0].Preorder; told.Preorderable != nil && is(told.Preorderable) != is(now.Preorder.Preorderable) {
				t.Fatalf("preorder is %+v, want %+v", now.Preorder, told)
			} else if is(told.Preorderable) && now.Preorder.ShipFrom != told.ShipFrom {
				t.Fatalf("preorder is %+v, want %+v", now.Preorder, told)
			}
		}
	})
}

// changed runs a candle with measures and a preorder once, changes it, and runs it again; rewrite is what Faire makes of the second write.
func changed(t *testing.T, change func(*catalog.Product), rewrite func(*catalog.Product)) (*faireModel, plan.Plan, plan.Settled, map[string]plan.State, []catalog.Product) {
	t.Helper()
	model := newModel(t)
	wanted := []catalog.Product{candle()}
	wanted[0].Variants[0].Measurements = catalog.Measurements{Weight: "1", MassUnit: "POUNDS"}
	wanted[0].Preorder.Preorderable, wanted[0].Variants[0].Preorder.Orderability = new(false), catalog.Immediate
	_, settled, wanted := model.run(model.input(wanted, nil), wanted)
	states := settled.States
	wanted[0].Variants = slices.Clone(wanted[0].Variants)
	change(&wanted[0])
	in := model.input(wanted, states)
	result := plan.Compute(in)
	answers := map[string]plan.Answer{}
	for _, r := range result.Plan.Requests {
		answers[r.ID] = model.send(r)
	}
	p := model.products[wanted[0].FaireID]
	p.Variants = slices.Clone(p.Variants)
	rewrite(&p)
	model.products[p.FaireID] = p
	settled = plan.Settle(in, result, answers, model.products)
	maps.Copy(states, settled.States)
	return model, result.Plan, settled, states, wanted
}

func asItIs(*catalog.Product) {}

// TestMeasuresReadBack: what Faire makes of a measure or a day is the record, and is not sent again; another measure is a write ignored.
func TestMeasuresReadBack(t *testing.T) {
	heavier := func(p *catalog.Product) { p.Variants[0].Measurements.Weight = "1.4375" }
	ahead := func(p *catalog.Product) {
		p.Preorder = catalog.Preorder{Preorderable: new(true), OrderBy: "2026-12-10", ShipFrom: "2026-12-20"}
		p.Variants[0].Preorder.Orderability = catalog.Ahead
	}
	weigh := func(weight, unit string) func(*catalog.Product) {
		return func(p *catalog.Product) {
			p.Variants[0].Measurements = catalog.Measurements{Weight: weight, MassUnit: unit}
		}
	}
	for name, test := range map[string]struct {
		change, rewrite func(*catalog.Product)
		ignored         []string
	}{
		"as it is":              {heavier, asItIs, nil},
		"in another unit":       {heavier, weigh("23", "OUNCES"), nil},
		"rounded":               {heavier, weigh("1.44", "POUNDS"), nil},
		"not taken":             {heavier, weigh("1", "POUNDS"), []string{"measurements[weight]"}},
		"something else":        {heavier, weigh("1.4375", "KILOGRAMS"), []string{"measurements[weight]"}},
		"a day in another zone": {ahead, func(p *catalog.Product) { p.Preorder.OrderBy = "2026-12-09" }, nil},
		"another day":           {ahead, func(p *catalog.Product) { p.Preorder.ShipFrom = "2026-12-01" }, []string{"preorder[expected_ship_date]"}},
		"no preorder":           {ahead, func(p *catalog.Product) { p.Preorder = catalog.Preorder{} }, []string{"preorder[expected_ship_date]", "preorder[order_by_date]", "preorder[preorderable]"}},
	} {
		t.Run(name, func(t *testing.T) {
			model, sent, settled, states, wanted := changed(t, test.change, test.rewrite)
			if len(sent.Requests) != 1 {
				t.Fatalf("%d requests: %+v", len(sent.Requests), sent.Changes)
			}
			var ignored []string
			for _, e := range settled.Exceptions {
				if e.Code != "FAIRE_WRITE_IGNORED" {
					t.Errorf("told: %+v", e)
				}
				ignored = append(ignored, e.Field)
			}
			slices.Sort(ignored)
			if diff := cmp.Diff(test.ignored, ignored); diff != "" {
				t.Errorf("ignored (-want +got):\n%s", diff)
			}
			again := plan.Compute(model.input(wanted, states))
			if (len(again.Plan.Requests) > 0) != (len(test.ignored) > 0) {
				t.Errorf("planned again: %+v", again.Plan.Changes)
			}
		})
	}
}

// TestUndoDetails: a weight goes back to what it was, and so does a preorder, whose dates go with it.
func TestUndoDetails(t *testing.T) {
	model, sent, _, states, wanted := changed(t, func(p *catalog.Product) {
		p.Variants[0].Measurements = catalog.Measurements{Weight: "2", MassUnit: "POUNDS", Length: "10", DistanceUnit: "INCHES"}
		p.Preorder = catalog.Preorder{Preorderable: new(true), OrderBy: "2026-12-10", ShipFrom: "2026-12-20"}
		p.Variants[0].Preorder = catalog.VariantPreorder{Orderability: catalog.Ahead, ShipFrom: "2026-12-20"}
	}, asItIs)
	undone, settled := model.undo(sent, states)
	maps.Copy(states, settled.States)
	var told []string
	for _, e := range slices.Concat(undone.Exceptions, settled.Exceptions) {
		told = append(told, strings.Join([]string{e.Code, e.Field, e.Found}, " "))
	}
	if diff := cmp.Diff([]string{"FAIRE_NOT_UNDONE measurements[dimensions] it was blank before, and Faire has no way to blank it"}, told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	now := model.products[wanted[0].FaireID]
	if diff := cmp.Diff(catalog.Preorder{Preorderable: new(false)}, now.Preorder); diff != "" {
		t.Errorf("preorder (-want +got):\n%s", diff)
	}
	want := catalog.Variant{Measurements: catalog.Measurements{Weight: "1", MassUnit: "POUNDS", Length: "10", DistanceUnit: "INCHES"},
		Preorder: catalog.VariantPreorder{Orderability: catalog.Immediate}}
	if diff := cmp.Diff(want, catalog.Variant{Measurements: now.Variants[0].Measurements, Preorder: now.Variants[0].Preorder}); diff != "" {
		t.Errorf("variant (-want +got):\n%s", diff)
	}
	if again := plan.Compute(model.input(wanted, states)); len(again.Plan.Requests) > 0 {
		t.Errorf("sent again: %+v", again.Plan.Changes)
	}
}

// TestPreorderBlocked: what is wrong with a preorder holds all of it, a create, and a variant that is added; other fields go. Where the
// brand wants no preorders managed, nothing is held.
func TestPreorderBlocked(t *testing.T) {
	block := plan.Block{Code: "LIFECYCLE_PREORDER_PAST", Holds: check.HoldsField, Field: "preorder"}
	held := func(p plan.Plan) map[string][]string {
		fields := map[string][]string{}
		for _, c := range p.Changes {
			name := string(c.Action) + " " + string(c.Kind)
			if c.Action == plan.Update {
				name += " " + c.Fields[0].Name
			}
			fields[name] = append([]string{}, c.HeldBy...)
		}
		return fields
	}
	ahead := candle()
	ahead.Preorder = catalog.Preorder{Preorderable: new(true), OrderBy: "2026-11-20", ShipFrom: "2026-12-20"}
	ahead.Variants[0].Preorder.Orderability = catalog.Ahead
	model := newModel(t)
	in := model.input([]catalog.Product{ahead}, nil)
	in.Pairs[0].Blocks = []plan.Block{block}
	past := []string{"LIFECYCLE_PREORDER_PAST"}
	if diff := cmp.Diff(map[string][]string{"create product": past, "create variant": past}, held(plan.Compute(in).Plan)); diff != "" {
		t.Errorf("create (-want +got):\n%s", diff)
	}
	in.Rules.Fields = map[string]string{"preorder": "exclude"}
	if diff := cmp.Diff(map[string][]string{"create product": {}, "create variant": {}}, held(plan.Compute(in).Plan)); diff != "" {
		t.Errorf("create with preorders excluded (-want +got):\n%s", diff)
	}

	wanted := []catalog.Product{candle()}
	_, settled, wanted := model.run(model.input(wanted, nil), wanted)
	wanted[0].Preorder, wanted[0].Name = ahead.Preorder, "Candle, poured"
	wanted[0].Variants = slices.Clone(wanted[0].Variants)
	wanted[0].Variants[0].Preorder = ahead.Variants[0].Preorder
	second := ahead.Variants[0]
	second.Key, second.Token, second.SKU = "wms:A-2", "fs1-a2-1", "A-2"
	wanted[0].Variants = append(wanted[0].Variants, second)
	in = model.input(wanted, settled.States)
	in.Pairs[0].Blocks = []plan.Block{block}
	want := map[string][]string{"update product name": {}, "update product preorder[preorderable]": past, "update product preorder[order_by_date]": past,
		"update product preorder[expected_ship_date]": past, "update variant preorder[orderability_type]": past, "create variant": past}
	if diff := cmp.Diff(want, held(plan.Compute(in).Plan)); diff != "" {
		t.Errorf("update (-want +got):\n%s", diff)
	}
}
