package faire

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"fairesync/pipeline/catalog"
)

// readProduct is a Product as read. What it shadows is read more leniently than it would be written.
type readProduct struct {
	WireProduct
	CreatedAt json.RawMessage `json:"created_at"` // unused: must not fail
	UpdatedAt timestamp       `json:"updated_at"`
	Variants  []readVariant   `json:"variants"`

	PreorderDetails json.RawMessage `json:"preorder_details"`
}

// readVariant adds the deprecated prices, which are accepted on read and never sent (contract §5).
type readVariant struct {
	WireVariant
	CreatedAt      json.RawMessage `json:"created_at"`
	UpdatedAt      json.RawMessage `json:"updated_at"`
	WholesaleCents *int64          `json:"wholesale_price_cents"`
	RetailCents    *int64          `json:"retail_price_cents"`

	Measurements     json.RawMessage `json:"measurements"`
	CaseMeasurements json.RawMessage `json:"case_measurements"` // unused

	OrderabilityType       word            `json:"orderability_type"`
	VariantPreorderDetails json.RawMessage `json:"variant_preorder_details"`
}

// Page is one page of GET /products.
type Page struct {
	Products []catalog.Product // in Faire's order, ascending updated_at
	Cursor   string            // of the next page; blank: this was the last
}

// DecodePage reads a page as it came from Faire, and as staging keeps it. An answer without a list of products is an error, not an
// empty page: taken for one it would end a walk early.
func DecodePage(raw []byte) (Page, error) {
	var wire struct {
		Products json.RawMessage `json:"products"`
		Cursor   *string         `json:"cursor"` // missing, null or "": the end (contract §3)
	}
	if err := json.Unmarshal(raw, &wire); err != nil {
		return Page{}, fmt.Errorf("page of products: %w", err)
	}
	if wire.Products == nil {
		return Page{}, errors.New("the page has no list of products")
	}
	var list []json.RawMessage
	if err := json.Unmarshal(wire.Products, &list); err != nil {
		return Page{}, fmt.Errorf("page of products: %w", err)
	}
	page := Page{Products: make([]catalog.Product, 0, len(list))}
	if wire.Cursor != nil {
		page.Cursor = *wire.Cursor
	}
	for i, one := range list {
		product, err := DecodeProduct(one)
		if err != nil {
			return Page{}, fmt.Errorf("product %d of the page: %w", i+1, err)
		}
		page.Products = append(page.Products, product)
	}
	return page, nil
}

// DecodeProduct reads one Product of Faire's. The result has no key of ours. DELETED products and variants are kept, with their
// lifecycle; OnHand stays nil, since available_quantity is not what is on hand (Inventory reads that).
func DecodeProduct(raw []byte) (catalog.Product, error) {
	var wire readProduct
	if err := json.Unmarshal(raw, &wire); err != nil {
		var named struct {
			ID string `json:"id"`
		}
		_ = json.Unmarshal(raw, &named) // best effort: the error below is the one that counts
		return catalog.Product{}, fmt.Errorf("product %s: %w", or(tidy(named.ID), "without id"), err)
	}
	if wire.ID == "" {
		return catalog.Product{}, errors.New("a product without id")
	}
	return wire.product(), nil
}

func (w readProduct) product() catalog.Product {
	p := catalog.Product{
		FaireID:          w.ID,
		Token:            w.IdempotenceToken,
		Name:             deref(w.Name),
		Description:      deref(w.Description),
		ShortDescription: deref(w.ShortDescription),
		Lifecycle:        catalog.Lifecycle(w.LifecycleState),
		SaleState:        w.SaleState,
		UnitMultiplier:   deref(w.UnitMultiplier),
		MinimumOrder:     deref(w.MinimumOrderQuantity),
		MadeInCountry:    deref(w.MadeInCountry),
		Images:           images(w.Images),
		Options:          options(w.VariantOptionSets),
		UpdatedAt:        w.UpdatedAt.Time,
		Preorder:         preorder(w.Preorderable, w.PreorderDetails),
	}
	if w.TaxonomyType != nil {
		p.TaxonomyID, p.TaxonomyName = w.TaxonomyType.ID, w.TaxonomyType.Name
	}
	for _, v := range w.Variants {
		p.Variants = append(p.Variants, v.variant())
	}
	return p
}

func (w readVariant) variant() catalog.Variant {
	v := catalog.Variant{
		FaireID:   w.ID,
		Token:     w.IdempotenceToken,
		SKU:       deref(w.SKU),
		GTIN:      deref(w.GTIN),
		Tariff:    deref(w.TariffCode),
		Available: w.AvailableQuantity,
		Prices:    prices(w.Prices),
		Images:    images(w.Images),
		Lifecycle: catalog.Lifecycle(w.LifecycleState),

		Measurements: measurements(w.Measurements),
		Preorder:     variantPreorder(string(w.OrderabilityType), w.VariantPreorderDetails),
	}
	for _, option := range w.Options {
		v.Options = append(v.Options, catalog.Choice(option))
	}
	if len(v.Prices) == 0 && w.WholesaleCents != nil { // "in cents (US dollars)", null in other currencies (contract §5)
		v.Prices = []catalog.Price{{Geography: "USA", Currency: "USD",
			Wholesale: catalog.Money(*w.WholesaleCents), Retail: catalog.Money(deref(w.RetailCents))}}
	}
	return v
}

// prices are sorted by geography, which is the country, else the country group.
func prices(list []WirePrice) []catalog.Price {
	var out []catalog.Price
	for _, w := range list {
		price := catalog.Price{Geography: or(w.GeoConstraint.Country, w.GeoConstraint.CountryGroup)}
		if w.RetailPrice != nil {
			price.Retail, price.Currency = catalog.Money(w.RetailPrice.AmountMinor), w.RetailPrice.Currency
		}
		if w.WholesalePrice != nil {
			price.Wholesale, price.Currency = catalog.Money(w.WholesalePrice.AmountMinor), w.WholesalePrice.Currency
		}
		out = append(out, price)
	}
	slices.SortStableFunc(out, func(a, b catalog.Price) int { return cmp.Compare(a.Geography, b.Geography) })
	return out
}

// images are in the order of sequence; one without it comes after those that have it, in the order of the list.
func images(list []WireImage) []catalog.Image {
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b WireImage) int {
		switch {
		case a.Sequence != nil && b.Sequence != nil:
			return cmp.Compare(*a.Sequence, *b.Sequence)
		case a.Sequence != nil:
			return -1
		case b.Sequence != nil:
			return 1
		}
		return 0
	})
	var out []catalog.Image
	for _, w := range sorted {
		out = append(out, catalog.Image{ID: w.ID, OriginalURL: or(w.OriginalURL, w.URL), URL: w.URL, Tags: w.Tags})
	}
	return out
}

func options(list []WireOptionSet) []catalog.Option {
	var out []catalog.Option
	for _, w := range list {
		out = append(out, catalog.Option(w))
	}
	return out
}

func deref[T any](value *T) T {
	if value == nil {
		var zero T
		return zero
	}
	return *value
}
