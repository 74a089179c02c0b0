package openapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/faire"
	"fairesync/pipeline/faire/sandbox"
	"fairesync/pipeline/faire/sandbox/openapi"
	"fairesync/pipeline/load"
	"fairesync/pipeline/plan"
)

// watched is our client, a sandbox, and between them the descriptions.
type watched struct {
	*faire.Client
	server  *sandbox.Server
	watcher *openapi.Watcher
}

// handled answers requests by a handler in this process.
type handled struct{ http.Handler }

// RoundTrip implements http.RoundTripper.
func (h handled) RoundTrip(r *http.Request) (*http.Response, error) {
	request := httptest.NewRequestWithContext(r.Context(), r.Method, r.URL.String(), http.NoBody)
	request.Header = r.Header
	if r.Body != nil {
		request.Body = r.Body
	}
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, request)
	return recorder.Result(), nil
}

func watch(t *testing.T) watched {
	t.Helper()
	server := sandbox.New(sandbox.Options{})
	watcher := openapi.Watch(server, described(t)...)
	client, err := faire.New(faire.Options{BaseURL: "http://127.0.0.1:1/external-api/v2", Token: "x", Now: time.Now, Transport: handled{watcher},
		Pace: faire.Pace{WritesPerSecond: -1, ReadsPerSecond: -1}})
	if err != nil {
		t.Fatal(err)
	}
	return watched{Client: client, server: server, watcher: watcher}
}

// clean wants no violation, and exactly these operations.
func (w watched) clean(t *testing.T, operations ...string) {
	t.Helper()
	for _, text := range w.watcher.Violations() {
		t.Error(text)
	}
	var got []string
	for operation := range w.watcher.Operations() {
		got = append(got, operation)
	}
	slices.Sort(got)
	if diff := cmp.Diff(operations, got); diff != "" {
		t.Errorf("operations (-want +got):\n%s", diff)
	}
}

// ok ends the test when a call failed.
func ok[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// TestEveryMethod calls every method of the client.
func TestEveryMethod(t *testing.T) {
	w := watch(t)
	ctx := t.Context()
	ok(w.Profile(ctx))(t)
	types := ok(w.Types(ctx))(t)
	price := `"prices":[{"geo_constraint":{"country":"USA"},"wholesale_price":{"amount_minor":1000,"currency":"USD"},"retail_price":{"amount_minor":2000,"currency":"USD"}}]`
	images := `"images":[{"url":"https://shop.example/%s1.jpg","sequence":0,"tags":["Hero"]},{"url":"https://shop.example/%[1]s2.jpg","sequence":1}]`
	p := ok(w.CreateProduct(ctx, json.RawMessage(`{"idempotence_token":"a","name":"Tee","unit_multiplier":1,"lifecycle_state":"DRAFT","taxonomy_type":{"id":"`+
		types[0].ID+`"},`+fmt.Sprintf(images, "p")+`,"variant_option_sets":[{"name":"Color","values":["Red"]}],"variants":[{"idempotence_token":"v","sku":"R",`+
		price+`,`+fmt.Sprintf(`"images":[{"url":"https://shop.example/%s1.jpg","sequence":0}]`, "v")+`,"options":[{"name":"Color","value":"Red"}]}]}`)))(t)
	for i := range 250 { // so that the walk has a second page
		ok(w.CreateProduct(ctx, json.RawMessage(fmt.Sprintf(`{"idempotence_token":"t%d","name":"N","unit_multiplier":1,"variants":[{"idempotence_token":"v%[1]d"}]}`, i))))(t)
	}
	pages := 0
	if err := w.Walk(ctx, time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), true, func([]byte, []catalog.Product) error { pages++; return nil }); err != nil || pages != 2 {
		t.Fatalf("%d pages, %v", pages, err)
	}
	red := p.Variants[0]
	ok(w.Product(ctx, p.FaireID))(t)
	ok(w.UpdateProduct(ctx, p.FaireID, json.RawMessage(`{"name":"Shirt"}`)))(t)
	ok(w.SetOptionSets(ctx, p.FaireID, json.RawMessage(`{"variant_option_sets":[{"name":"Color","values":["Red","Blue"]}]}`)))(t)
	blue := ok(w.CreateVariant(ctx, p.FaireID, json.RawMessage(`{"idempotence_token":"w","sku":"B",`+price+`,"options":[{"name":"Color","value":"Blue"}]}`)))(t)
	ok(w.UpdateVariant(ctx, p.FaireID, blue.FaireID, json.RawMessage(`{"sku":"B2"}`)))(t)
	ok(w.SetInventory(ctx, json.RawMessage(`{"inventories":[{"product_variant_id":"`+red.FaireID+`","on_hand_quantity":3}]}`)))(t)
	ok(w.Inventory(ctx, []string{red.FaireID, blue.FaireID}))(t)
	ok(w.SetPrices(ctx, json.RawMessage(`{"prices":[{"product_variant_id":"`+red.FaireID+`",`+price+`}]}`)))(t)
	if err := w.DeleteProductImage(ctx, p.FaireID, p.Images[1].ID); err != nil {
		t.Error(err)
	}
	if err := w.DeleteVariantImage(ctx, p.FaireID, red.FaireID, red.Images[0].ID); err != nil {
		t.Error(err)
	}
	w.clean(t, "DELETE /products/{product_id}/images/{image_id}", "DELETE /products/{product_id}/variants/{variant_id}/images/{image_id}",
		"GET /brands/profile", "GET /product-inventory/by-product-variant-ids", "GET /products", "GET /products/types", "GET /products/{product_id}",
		"PATCH /product-inventory/by-product-variant-ids", "PATCH /product-prices/by-product-variant-ids", "PATCH /products/{product_id}",
		"PATCH /products/{product_id}/variant-option-sets", "PATCH /products/{product_id}/variants/{variant_id}", "POST /products",
		"POST /products/{product_id}/variants")
}

// sender gives the client the shape the load asks for, with a journal that keeps nothing.
type sender struct{ watched }

// SetOptions implements load.Writer.
func (w sender) SetOptions(ctx context.Context, id string, body json.RawMessage) error {
	_, err := w.SetOptionSets(ctx, id, body)
	return err
}

// SetStock implements load.Writer.
func (w sender) SetStock(ctx context.Context, body json.RawMessage) (map[string]catalog.Stock, error) {
	return w.SetInventory(ctx, body)
}

// SetPrices implements load.Writer.
func (w sender) SetPrices(ctx context.Context, body json.RawMessage) error {
	_, err := w.Client.SetPrices(ctx, body)
	return err
}

// Begin and End implement load.Journal.
func (w sender) Begin(load.Attempt) error { return nil }
func (w sender) End(load.Attempt) error   { return nil }

func tee(style string, colours ...string) catalog.Product {
	p := catalog.Product{Key: "wms:" + style, Style: style, Token: "t-" + style, Name: "Tee " + style, Description: "Soft.\n\nWarm.", ShortDescription: "Soft.",
		TaxonomyID: "tt_a023mowsjv", Lifecycle: catalog.Published, UnitMultiplier: 6, MinimumOrder: 12, MadeInCountry: "PRT",
		Images:  []catalog.Image{{OriginalURL: "https://shop.example/" + style + "-1.jpg", Tags: []string{"Hero"}}, {OriginalURL: "https://shop.example/" + style + "-2.jpg"}},
		Options: []catalog.Option{{Name: "Color", Values: colours}, {Name: "Size", Values: []string{"M"}}}}
	for i, colour := range colours {
		p.Variants = append(p.Variants, catalog.Variant{Key: "wms:" + style + "-" + colour, SKU: style + "-" + colour, SourceSKU: style + "-" + colour,
			Token: "t-" + style + "-" + colour, GTIN: "4006381333931", Tariff: "610910", OnHand: new(int64(7 + i)),
			Options: []catalog.Choice{{Name: "Color", Value: colour}, {Name: "Size", Value: "M"}},
			Images:  []catalog.Image{{OriginalURL: "https://shop.example/" + style + "-" + colour + ".jpg"}},
			Prices: []catalog.Price{{Geography: "CAN", Currency: "CAD", Wholesale: 1300, Retail: 2600}, {Geography: "EUROPEAN_UNION", Currency: "EUR", Wholesale: 900, Retail: 1800},
				{Geography: "USA", Currency: "USD", Wholesale: 1000, Retail: 2000}}})
	}
	return p
}

// apply plans and sends one step, and gives the operations it used. Nothing may be refused.
func (w watched) apply(t *testing.T, rules plan.Rules, pairs ...plan.Pair) map[plan.Operation]int {
	t.Helper()
	result := plan.Compute(plan.Input{Run: "r", Brand: "b", BrandID: "b_1", Rules: rules, Pairs: pairs})
	changes := map[string]plan.Change{}
	for _, c := range result.Plan.Changes {
		changes[c.ID] = c
	}
	if _, err := load.Run(t.Context(), result.Plan.Requests, sender{w}, load.Options{Journal: sender{w}, Now: time.Now, Changes: changes}); err != nil {
		t.Errorf("%v; Faire refused %+v", err, w.server.Effects().Refusals)
	}
	operations := map[plan.Operation]int{}
	for _, r := range result.Plan.Requests {
		operations[r.Operation]++
		if r.FallbackOf != "" {
			operations["fallback"]++
		}
	}
	return operations
}

// pair is a product of ours as it is on Faire now, linked and ours, beside what is wanted of it.
func (w watched) pair(t *testing.T, wanted catalog.Product, id string) plan.Pair {
	t.Helper()
	current := ok(w.Product(t.Context(), id))(t)
	state := &plan.State{Key: wanted.Key, ProductID: id, Created: true, Released: true, Generation: 1, LeftFor: "image", Variants: map[string]plan.VariantState{}}
	for i, v := range current.Variants {
		state.Variants[v.FaireID] = plan.VariantState{Key: "wms:" + v.SKU, SKU: v.SKU, Created: true, Generation: 1}
		for j := range wanted.Variants {
			if wanted.Variants[j].Key == "wms:"+v.SKU {
				wanted.Variants[j].FaireID, wanted.Variants[j].MatchedBy = v.FaireID, "link"
				current.Variants[i].Key = wanted.Variants[j].Key
			}
		}
		current.Variants[i].OnHand = v.Available
	}
	wanted.FaireID, current.Key = id, wanted.Key
	return plan.Pair{Key: wanted.Key, Desired: &wanted, Current: &current, State: state}
}

// TestEveryBody plans and sends every shape of body the plan makes: creates, updates, prices, stock, option sets, lifecycle.
func TestEveryBody(t *testing.T) {
	w := watch(t)
	rules := plan.Rules{FirstLink: "ours", WhenGone: "unpublish", WhenInactive: "stop_selling", Unmapped: "hold", Means: "on_hand", StartTracking: "created"}
	var pairs []plan.Pair
	bare := tee("D", "Red")
	bare.Images, bare.Variants[0].Images, bare.Lifecycle = nil, nil, catalog.Unpublished
	for _, p := range []catalog.Product{tee("A", "Red", "Blue"), tee("B", "Red"), tee("C", "Red"), bare, tee("E", "Red"), tee("F", "Red", "Blue"), tee("G", "Red")} {
		pairs = append(pairs, plan.Pair{Key: p.Key, Desired: &p})
	}
	got := w.apply(t, rules, pairs...)
	if diff := cmp.Diff(map[plan.Operation]int{plan.CreateProduct: 7, plan.SetStock: 1}, got); diff != "" {
		t.Errorf("the first step (-want +got):\n%s", diff)
	}
	made := map[string]string{}
	for _, p := range w.server.State().Products {
		made[p.Name] = p.ID
	}
	next := func(wanted catalog.Product, edit func(p *catalog.Product)) plan.Pair {
		edit(&wanted)
		return w.pair(t, wanted, made["Tee "+wanted.Style])
	}
	dearer := func(p *catalog.Product) {
		for i := range p.Variants {
			p.Variants[i].Prices[2].Wholesale = 1100
		}
	}
	published := bare
	published.Images = tee("D", "Red").Images
	pairs = []plan.Pair{
		next(tee("A", "Red", "Blue", "Green"), func(p *catalog.Product) {
			p.Name, p.Description, p.ShortDescription, p.TaxonomyID, p.UnitMultiplier = "Shirt", "New.", "Newer.", "tt_czw8pmzjrc", 4
			p.MinimumOrder, p.MadeInCountry = 8, "ITA"
			p.Images = append(p.Images[:1], catalog.Image{OriginalURL: "https://shop.example/new.jpg"})
			p.Variants[0].SKU, p.Variants[0].GTIN, p.Variants[0].Tariff, p.Variants[0].OnHand = "A-RED", "036000291452", "610990", new(int64(3))
			p.Variants[0].Images = append(p.Variants[0].Images, catalog.Image{OriginalURL: "https://shop.example/a2.jpg"})
			dearer(p)
		}),
		next(tee("B", "Red"), dearer), next(tee("C", "Red"), dearer),
		next(published, func(p *catalog.Product) { p.Lifecycle = catalog.Published }),
		next(tee("E", "Red"), func(p *catalog.Product) { p.Variants[0].Gone = true }),
		next(tee("F", "Red", "Blue"), func(p *catalog.Product) { p.Variants[0].Inactive = true }),
		next(tee("G", "Red"), func(p *catalog.Product) { p.Variants[0].OnHand = new(int64(2)) }),
	}
	got = w.apply(t, rules, pairs...)
	want := map[plan.Operation]int{plan.SetOptions: 1, plan.UpdateProduct: 4, plan.SetStock: 2, plan.SetPrices: 1, plan.Publish: 1, plan.StopSelling: 1,
		plan.Unpublish: 1, "fallback": 2}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the second step (-want +got):\n%s", diff)
	}
	w.clean(t, "GET /products/{product_id}", "PATCH /product-inventory/by-product-variant-ids", "PATCH /product-prices/by-product-variant-ids",
		"PATCH /products/{product_id}", "PATCH /products/{product_id}/variant-option-sets", "POST /products")
}
