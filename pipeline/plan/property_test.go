package plan_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/plan"
)

var text = rapid.SampledFrom([]string{"Wrap top", "Robe", "Linen shirt", "Tee <b>", "Ünïcode ☂", "A=B"})

// drawProduct draws a product as the source wants it, with sizes on one axis.
func drawProduct(t *rapid.T, n int) catalog.Product {
	key := fmt.Sprintf("wms:S%d", n)
	p := catalog.Product{Key: key, Style: fmt.Sprintf("S%d", n), Token: "fs1-" + key + "-1", Lifecycle: catalog.Published, UnitMultiplier: 1,
		Defaulted: []string{"unit_multiplier"}}
	drawFields(t, &p)
	sizes := []string{"S", "M", "L", "XL"}[:rapid.IntRange(1, 4).Draw(t, "sizes")]
	p.Options = []catalog.Option{{Name: "Size", Values: sizes}}
	for _, size := range sizes {
		p.Variants = append(p.Variants, drawVariant(t, key, size))
	}
	return p
}

func drawFields(t *rapid.T, p *catalog.Product) {
	p.Name = text.Draw(t, "name")
	p.Description = text.Draw(t, "description")
	p.ShortDescription = text.Draw(t, "short")
	p.TaxonomyID = rapid.SampledFrom([]string{"tt_a", "tt_b"}).Draw(t, "type")
	p.MadeInCountry = rapid.SampledFrom([]string{"", "PRT", "IND"}).Draw(t, "country")
	p.Images = drawImages(t, 1)
}

func drawImages(t *rapid.T, least int) []catalog.Image {
	names := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d"}), least, 3, rapid.ID).Draw(t, "images")
	var list []catalog.Image
	for _, name := range names {
		list = append(list, catalog.Image{OriginalURL: "https://media.example.test/" + name + ".jpg"})
	}
	return list
}

func drawVariant(t *rapid.T, key, size string) catalog.Variant {
	wholesale := catalog.Money(rapid.Int64Range(100, 10000).Draw(t, "wholesale"))
	stock := rapid.Int64Range(0, 50).Draw(t, "stock")
	return catalog.Variant{Key: key + "-" + size, Token: "fs1-" + key + size + "-1", SKU: key[4:] + "-" + size, SourceSKU: key[4:] + "-" + size,
		Options: []catalog.Choice{{Name: "Size", Value: size}}, OnHand: &stock, Images: drawImages(t, 0),
		Prices: []catalog.Price{{Geography: "USA", Currency: "USD", Wholesale: wholesale, Retail: wholesale * 2}}}
}

// TestApplyPlan: applying a plan makes Faire hold what was wanted, and planning again is empty. Then the source changes and both
// hold again.
func TestApplyPlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		model := newModel(t)
		var wanted []catalog.Product
		for n := range rapid.IntRange(1, 3).Draw(t, "products") {
			wanted = append(wanted, drawProduct(t, n))
		}
		states := map[string]plan.State{}
		for round := range 3 {
			_, settled, linked := model.run(model.input(wanted, states), wanted)
			wanted = linked
			for id, state := range settled.States {
				states[id] = state
			}
			again := plan.Compute(model.input(wanted, states))
			if len(again.Plan.Requests) > 0 {
				t.Fatalf("round %d: planning again sends %d requests: %+v", round, len(again.Plan.Requests), again.Plan.Changes)
			}
			for _, d := range wanted {
				same(t, d, model.products[d.FaireID])
			}
			for i := range wanted {
				change(t, &wanted[i])
			}
		}
	})
}

// change is what a source may do to a product between two runs: new values, images added, a new size.
func change(t *rapid.T, p *catalog.Product) {
	images := p.Images
	drawFields(t, p)
	p.Images = append([]catalog.Image{{OriginalURL: fmt.Sprintf("https://media.example.test/new-%d.jpg", rapid.IntRange(0, 999999).Draw(t, "n"))}}, images...)
	for i := range p.Variants {
		wholesale := catalog.Money(rapid.Int64Range(100, 10000).Draw(t, "wholesale"))
		p.Variants[i].Prices = []catalog.Price{{Geography: "USA", Currency: "USD", Wholesale: wholesale, Retail: wholesale * 2}}
	}
	if rapid.Bool().Draw(t, "grows") && len(p.Variants) < 8 {
		size := fmt.Sprintf("%dX", len(p.Variants))
		p.Options[0].Values = append(p.Options[0].Values, size)
		p.Variants = append(p.Variants, drawVariant(t, p.Key, size))
	}
}

// same compares what was wanted with what is held, in the fields the plan manages.
func same(t *rapid.T, want, got catalog.Product) {
	t.Helper()
	options := cmp.Options{
		cmpopts.IgnoreFields(catalog.Product{}, "Key", "Style", "Options", "Defaulted", "UpdatedAt"),
		cmpopts.IgnoreFields(catalog.Variant{}, "Key", "SourceSKU", "OnHand", "Available", "Lifecycle"),
		cmpopts.IgnoreFields(catalog.Image{}, "ID", "Tags"),
		cmpopts.EquateEmpty(),
	}
	if want.MadeInCountry == "" { // blank means: leave as it is
		want.MadeInCountry = got.MadeInCountry
	}
	if want.Preorder.Preorderable == nil { // a create says that it is none where the source says nothing
		no := false
		want.Preorder.Preorderable = &no
	}
	for i := range want.Variants {
		if i < len(got.Variants) && (got.Variants[i].Available == nil || *got.Variants[i].Available != *want.Variants[i].OnHand) {
			t.Fatalf("%s has the stock %v, want %d", want.Variants[i].SKU, got.Variants[i].Available, *want.Variants[i].OnHand)
		}
		if i < len(got.Variants) && len(want.Variants[i].Images) == 0 {
			want.Variants[i].Images = got.Variants[i].Images
		}
	}
	if diff := cmp.Diff(want, got, options); diff != "" {
		t.Fatalf("Faire does not hold what was wanted (-want +got):\n%s", diff)
	}
}
