package plan_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/plan"
)

// faireModel is the least Faire that answers a plan's requests: it keeps what it is sent and nothing else.
type faireModel struct {
	t        failer
	products map[string]catalog.Product
	next     int
}

func newModel(t failer, products ...catalog.Product) *faireModel {
	m := &faireModel{t: t, products: map[string]catalog.Product{}}
	for _, p := range products {
		m.products[p.FaireID] = p
	}
	return m
}

func (m *faireModel) id(prefix string) string {
	m.next++
	return fmt.Sprintf("%s%04d", prefix, m.next)
}

type wireBody struct {
	Token       string   `json:"idempotence_token"`
	Name        *string  `json:"name"`
	Description *string  `json:"description"`
	Short       *string  `json:"short_description"`
	Lifecycle   *string  `json:"lifecycle_state"`
	Units       *int64   `json:"unit_multiplier"`
	Minimum     *int64   `json:"minimum_order_quantity"`
	Country     *string  `json:"made_in_country"`
	Taxonomy    *wireRef `json:"taxonomy_type"`
	Images      []struct {
		ID   string   `json:"id"`
		URL  string   `json:"url"`
		Tags []string `json:"tags"`
	} `json:"images"`
	Options  []catalog.Option `json:"variant_option_sets"`
	Variants []wireVariant    `json:"variants"`

	Preorderable *bool        `json:"preorderable"`
	Details      *wireDetails `json:"preorder_details"`
}

type wireDetails struct {
	OrderBy       string `json:"order_by_date"`
	KeepActive    *bool  `json:"keep_active_past_order_by_date"`
	ShipFrom      string `json:"expected_ship_date"`
	ShipUntil     string `json:"expected_ship_window_end_date"`
	StopSellingAt int64  `json:"stop_selling_at"`
}

type wireMeasures struct {
	MassUnit     string      `json:"mass_unit"`
	DistanceUnit string      `json:"distance_unit"`
	Weight       json.Number `json:"weight"`
	Length       json.Number `json:"length"`
	Width        json.Number `json:"width"`
	Height       json.Number `json:"height"`
}

type wireRef struct {
	ID string `json:"id"`
}

type wireVariant struct {
	ID      string           `json:"id"`
	Token   string           `json:"idempotence_token"`
	SKU     *string          `json:"sku"`
	GTIN    *string          `json:"gtin"`
	Tariff  *string          `json:"tariff_code"`
	Options []catalog.Choice `json:"options"`
	Prices  []struct {
		Geo struct {
			Country string `json:"country"`
			Group   string `json:"country_group"`
		} `json:"geo_constraint"`
		Wholesale struct {
			Amount   int64  `json:"amount_minor"`
			Currency string `json:"currency"`
		} `json:"wholesale_price"`
		Retail struct {
			Amount int64 `json:"amount_minor"`
		} `json:"retail_price"`
	} `json:"prices"`
	Images []struct {
		ID  string `json:"id"`
		URL string `json:"url"`
	} `json:"images"`

	Measures     *wireMeasures `json:"measurements"`
	Orderability *string       `json:"orderability_type"`
	Details      *wireDetails  `json:"variant_preorder_details"`
}

func put[T any](target *T, value *T) {
	if value != nil {
		*target = *value
	}
}

// send carries out one request and answers as Faire does.
func (m *faireModel) send(r plan.Request) plan.Answer {
	m.t.Helper()
	switch r.Operation {
	case plan.SetStock, plan.StopSelling:
		var body struct {
			Inventories []struct {
				ID     string `json:"product_variant_id"`
				OnHand int64  `json:"on_hand_quantity"`
			} `json:"inventories"`
		}
		m.decode(r.Body, &body)
		for _, p := range m.products {
			for i, v := range p.Variants {
				for _, entry := range body.Inventories {
					if entry.ID == v.FaireID || entry.ID == "@"+v.Token {
						p.Variants[i].OnHand, p.Variants[i].Available = &entry.OnHand, &entry.OnHand
					}
				}
			}
		}
		return plan.Answer{Applied: true}
	case plan.SetPrices:
		var body struct {
			Prices []struct {
				ID     string `json:"product_variant_id"`
				Prices json.RawMessage
			} `json:"prices"`
		}
		m.decode(r.Body, &body)
		for _, entry := range body.Prices {
			for id, p := range m.products {
				if slices.ContainsFunc(p.Variants, func(v catalog.Variant) bool { return v.FaireID == entry.ID }) {
					v := wireVariant{ID: entry.ID}
					m.decode(entry.Prices, &v.Prices)
					p.Variants = slices.Clone(p.Variants)
					m.variant(&p, v)
					m.products[id] = p
				}
			}
		}
		return plan.Answer{Applied: true}
	case plan.SetOptions:
		var body wireBody
		m.decode(r.Body, &body)
		p := m.products[r.ProductID]
		p.Options = body.Options
		m.products[r.ProductID] = p
		return plan.Answer{Applied: true}
	}
	var body wireBody
	m.decode(r.Body, &body)
	p := m.products[r.ProductID]
	if r.Operation == plan.CreateProduct {
		p = catalog.Product{FaireID: m.id("p_"), Token: body.Token, Options: body.Options}
	}
	put(&p.Name, body.Name)
	put(&p.Description, body.Description)
	put(&p.ShortDescription, body.Short)
	put(&p.UnitMultiplier, body.Units)
	put(&p.MinimumOrder, body.Minimum)
	put(&p.MadeInCountry, body.Country)
	if body.Preorderable != nil {
		p.Preorder.Preorderable = body.Preorderable
	}
	if d := body.Details; d != nil {
		p.Preorder.OrderBy, p.Preorder.KeepActive, p.Preorder.ShipFrom, p.Preorder.ShipUntil = m.day(d.OrderBy), d.KeepActive, m.day(d.ShipFrom), m.day(d.ShipUntil)
	}
	if !is(p.Preorder.Preorderable) {
		p.Preorder = catalog.Preorder{Preorderable: p.Preorder.Preorderable}
	}
	if body.Lifecycle != nil {
		p.Lifecycle = catalog.Lifecycle(*body.Lifecycle)
	}
	if body.Taxonomy != nil {
		p.TaxonomyID = body.Taxonomy.ID
	}
	if body.Images != nil {
		heroes := 0
		var list []catalog.Image
		for _, image := range body.Images {
			kept := catalog.Image{ID: image.ID, OriginalURL: image.URL, Tags: image.Tags}
			for _, old := range p.Images {
				if old.ID != "" && old.ID == image.ID {
					kept = old
				}
			}
			if kept.ID == "" {
				kept.ID = m.id("i_")
			}
			if slices.Contains(kept.Tags, "Hero") {
				heroes++
			}
			list = append(list, kept)
		}
		if heroes > 1 {
			m.t.Fatalf("two heroes in %s", r.Body)
		}
		p.Images = list
	}
	p.Variants = slices.Clone(p.Variants)
	for _, v := range body.Variants {
		m.variant(&p, v)
	}
	m.products[p.FaireID] = p
	return plan.Answer{Applied: true, Product: &p}
}

func (m *faireModel) variant(p *catalog.Product, v wireVariant) {
	at := slices.IndexFunc(p.Variants, func(there catalog.Variant) bool { return there.FaireID == v.ID && v.ID != "" })
	if at < 0 {
		p.Variants = append(p.Variants, catalog.Variant{FaireID: m.id("po_"), Token: v.Token, Options: v.Options, Lifecycle: catalog.Published})
		at = len(p.Variants) - 1
	}
	there := &p.Variants[at]
	put(&there.SKU, v.SKU)
	put(&there.GTIN, v.GTIN)
	put(&there.Tariff, v.Tariff)
	if w := v.Measures; w != nil {
		there.Measurements = catalog.Measurements{Weight: string(w.Weight), MassUnit: w.MassUnit, Length: string(w.Length), Width: string(w.Width),
			Height: string(w.Height), DistanceUnit: w.DistanceUnit}
	}
	put(&there.Preorder.Orderability, v.Orderability)
	if d := v.Details; d != nil {
		there.Preorder.ShipFrom, there.Preorder.ShipUntil, there.Preorder.StopSellingAt = m.day(d.ShipFrom), m.day(d.ShipUntil), d.StopSellingAt
	}
	if there.Preorder.Orderability != catalog.Ahead {
		there.Preorder = catalog.VariantPreorder{Orderability: there.Preorder.Orderability}
	}
	if v.Prices != nil {
		before := geographies(there.Prices)
		there.Prices = nil
		for _, price := range v.Prices {
			there.Prices = append(there.Prices, catalog.Price{Geography: price.Geo.Country + price.Geo.Group, Currency: price.Wholesale.Currency,
				Wholesale: catalog.Money(price.Wholesale.Amount), Retail: catalog.Money(price.Retail.Amount)})
		}
		if v.ID != "" && !slices.Equal(before, geographies(there.Prices)) {
			m.t.Fatalf("geographies of %s changed from %v to %v", v.ID, before, geographies(there.Prices))
		}
	}
	if v.Images != nil {
		var list []catalog.Image
		for _, image := range v.Images {
			kept := catalog.Image{ID: image.ID, OriginalURL: image.URL}
			for _, old := range there.Images {
				if old.ID == image.ID {
					kept = old
				}
			}
			list = append(list, kept)
		}
		there.Images = list
	}
}

func is(value *bool) bool { return value != nil && *value }

// day is the day of a moment, which must be written as contract §2 says.
func (m *faireModel) day(moment string) string {
	m.t.Helper()
	day, ok := strings.CutSuffix(moment, "T00:00:00.000Z")
	if !ok && moment != "" {
		m.t.Fatalf("%q is sent as a moment", moment)
	}
	return day
}

func geographies(prices []catalog.Price) []string {
	set := map[string]bool{}
	for _, p := range prices {
		set[p.Geography] = true
	}
	return slices.Sorted(maps.Keys(set))
}

func (m *faireModel) decode(data json.RawMessage, into any) {
	m.t.Helper()
	if err := json.Unmarshal(data, into); err != nil {
		m.t.Fatalf("body %s: %v", data, err)
	}
}

// run computes, sends and settles, and links what was made, as the relations of sql/ do by token and link.
func (m *faireModel) run(in plan.Input, wanted []catalog.Product) (plan.Result, plan.Settled, []catalog.Product) {
	m.t.Helper()
	result := plan.Compute(in)
	answers := map[string]plan.Answer{}
	for _, r := range result.Plan.Requests {
		answers[r.ID] = m.send(r)
	}
	settled := plan.Settle(in, result, answers, m.products)
	return result, settled, m.link(wanted)
}

// link gives the wanted products the ids of their counterparts.
func (m *faireModel) link(wanted []catalog.Product) []catalog.Product {
	var linked []catalog.Product
	for _, d := range wanted {
		d.Variants = slices.Clone(d.Variants)
		for _, c := range m.products {
			if d.FaireID == "" && c.Token == d.Token {
				d.FaireID = c.FaireID
			}
			for i := range d.Variants {
				for _, there := range c.Variants {
					if d.Variants[i].FaireID == "" && there.Token == d.Variants[i].Token && there.Token != "" {
						d.Variants[i].FaireID = there.FaireID
					}
				}
			}
		}
		linked = append(linked, d)
	}
	return linked
}

// input pairs the wanted products with what the model holds and what was recorded.
func (m *faireModel) input(wanted []catalog.Product, states map[string]plan.State) plan.Input {
	in := plan.Input{Run: "r", Brand: "b", BrandID: "b_1", Rules: plan.Rules{FirstLink: "hold", WhenGone: "keep", WhenInactive: "stop_selling"}}
	for i := range wanted {
		pair := plan.Pair{Key: wanted[i].Key, Desired: &wanted[i]}
		if c, ok := m.products[wanted[i].FaireID]; ok {
			pair.Current = &c
		}
		if s, ok := states[wanted[i].FaireID]; ok {
			pair.State = &s
		}
		in.Pairs = append(in.Pairs, pair)
	}
	return in
}

// failer is what both *testing.T and *rapid.T can do.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}
