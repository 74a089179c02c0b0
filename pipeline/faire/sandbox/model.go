package sandbox

import (
	"slices"
	"time"

	"fairesync/pipeline/faire"
)

// The four lifecycle states and two sale states Faire knows (contract §4).
const (
	stateDraft       = "DRAFT"
	statePublished   = "PUBLISHED"
	stateUnpublished = "UNPUBLISHED"
	stateDeleted     = "DELETED"

	saleOpen   = "FOR_SALE"
	salePaused = "SALES_PAUSED"
)

// Product is a product in Faire's full shape (contract §4). In a State it holds all variants, deleted ones too; in an answer of
// the API deleted variants are left out unless Switches.ShowDeletedVariants says otherwise.
type Product struct {
	ID                       string                `json:"id"`
	CreatedAt                string                `json:"created_at"`
	UpdatedAt                string                `json:"updated_at"`
	BrandID                  string                `json:"brand_id"`
	Name                     string                `json:"name,omitempty"`
	Description              string                `json:"description,omitempty"`
	ShortDescription         string                `json:"short_description,omitempty"`
	SaleState                string                `json:"sale_state"` // computed from stock (rule P23); what SetState is given here is ignored
	LifecycleState           string                `json:"lifecycle_state"`
	IdempotenceToken         string                `json:"idempotence_token,omitempty"`
	UnitMultiplier           int64                 `json:"unit_multiplier"`
	MinimumOrderQuantity     int64                 `json:"minimum_order_quantity"`           // units
	PerStyleMinimumOrder     int64                 `json:"per_style_minimum_order_quantity"` // units
	AllowSalesWhenOutOfStock bool                  `json:"allow_sales_when_out_of_stock"`
	Images                   []faire.WireImage     `json:"images"`
	VariantOptionSets        []faire.WireOptionSet `json:"variant_option_sets"`
	Variants                 []Variant             `json:"variants"`
	TaxonomyType             *faire.WireType       `json:"taxonomy_type,omitempty"`
	Preorderable             bool                  `json:"preorderable"`
	PreorderDetails          *PreorderDetails      `json:"preorder_details,omitempty"`
	ProductAttributes        []Attribute           `json:"product_attributes,omitempty"` // never stored from a request: Faire reads them back empty (contract §4)
	MadeInCountry            string                `json:"made_in_country,omitempty"`    // ISO 3166 alpha-3
}

// Variant is a variant in Faire's full shape (contract §5).
type Variant struct {
	ID                     string                  `json:"id"`
	CreatedAt              string                  `json:"created_at"`
	UpdatedAt              string                  `json:"updated_at"`
	ProductID              string                  `json:"product_id"`
	Name                   string                  `json:"name,omitempty"`
	SaleState              string                  `json:"sale_state"` // computed, as the product's
	LifecycleState         string                  `json:"lifecycle_state"`
	IdempotenceToken       string                  `json:"idempotence_token,omitempty"`
	SKU                    string                  `json:"sku,omitempty"`
	GTIN                   string                  `json:"gtin,omitempty"`
	AvailableQuantity      *int64                  `json:"available_quantity,omitempty"` // computed from the stock when it is tracked; units
	BackorderedUntil       string                  `json:"backordered_until,omitempty"`
	WholesalePriceCents    *int64                  `json:"wholesale_price_cents,omitempty"` // deprecated; only a State can set it
	RetailPriceCents       *int64                  `json:"retail_price_cents,omitempty"`    // deprecated; only a State can set it
	TariffCode             string                  `json:"tariff_code,omitempty"`
	Images                 []faire.WireImage       `json:"images"`
	Options                []faire.WireOption      `json:"options"`
	Prices                 []faire.WirePrice       `json:"prices"`
	Measurements           *faire.WireMeasurements `json:"measurements,omitempty"`
	CaseMeasurements       *faire.WireMeasurements `json:"case_measurements,omitempty"`
	OrderabilityType       string                  `json:"orderability_type,omitempty"`
	VariantPreorderDetails *VariantPreorderDetails `json:"variant_preorder_details,omitempty"`
}

// PreorderDetails says when a product can be ordered ahead and when it ships (contract §4).
type PreorderDetails struct {
	OrderByDate               string `json:"order_by_date,omitempty"`
	KeepActivePastOrderByDate bool   `json:"keep_active_past_order_by_date,omitempty"`
	ExpectedShipDate          string `json:"expected_ship_date,omitempty"`
	ExpectedShipWindowEndDate string `json:"expected_ship_window_end_date,omitempty"`
}

// VariantPreorderDetails is the same for one variant; StopSellingAt is in epoch milliseconds.
type VariantPreorderDetails struct {
	ExpectedShipDate          string `json:"expected_ship_date,omitempty"`
	ExpectedShipWindowEndDate string `json:"expected_ship_window_end_date,omitempty"`
	StopSellingAt             int64  `json:"stop_selling_at,omitempty"`
}

// Attribute is one entry of product_attributes.
type Attribute struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// record is a stored product. A stored record is never changed in place: a write clones it, changes the clone and puts that in
// its place, so a refused write leaves nothing behind and an answer can be encoded without holding the lock.
type record struct {
	Product
	millis int64 // updated_at, the key of the list order
}

// live reports whether the product is not deleted.
func (p *Product) live() bool { return p.LifecycleState != stateDeleted }

// live reports whether the variant itself is not deleted; whether it can be sold also depends on its product.
func (v *Variant) live() bool { return v.LifecycleState != stateDeleted }

// liveVariants are the variants that are not deleted, in their order.
func (p *Product) liveVariants() []*Variant {
	out := make([]*Variant, 0, len(p.Variants))
	for i := range p.Variants {
		if p.Variants[i].live() {
			out = append(out, &p.Variants[i])
		}
	}
	return out
}

// position finds a variant, deleted or not; -1 if the product has none of that id.
func (p *Product) position(id string) int {
	return slices.IndexFunc(p.Variants, func(v Variant) bool { return v.ID == id })
}

// clone copies the product so far that no write to the copy can reach the original.
func (p *Product) clone() Product {
	out := *p
	out.Images = cloneImages(p.Images)
	out.VariantOptionSets = slices.Clone(p.VariantOptionSets)
	for i := range out.VariantOptionSets {
		out.VariantOptionSets[i].Values = slices.Clone(p.VariantOptionSets[i].Values)
	}
	out.TaxonomyType = clonePointer(p.TaxonomyType)
	out.PreorderDetails = clonePointer(p.PreorderDetails)
	out.ProductAttributes = slices.Clone(p.ProductAttributes)
	out.Variants = make([]Variant, len(p.Variants))
	for i := range p.Variants {
		out.Variants[i] = p.Variants[i].clone()
	}
	return out
}

func (v *Variant) clone() Variant {
	out := *v
	out.AvailableQuantity = clonePointer(v.AvailableQuantity)
	out.WholesalePriceCents = clonePointer(v.WholesalePriceCents)
	out.RetailPriceCents = clonePointer(v.RetailPriceCents)
	out.Images = cloneImages(v.Images)
	out.Options = slices.Clone(v.Options)
	out.Prices = slices.Clone(v.Prices)
	for i, price := range v.Prices {
		out.Prices[i].WholesalePrice = clonePointer(price.WholesalePrice)
		out.Prices[i].RetailPrice = clonePointer(price.RetailPrice)
	}
	out.Measurements = cloneMeasurements(v.Measurements)
	out.CaseMeasurements = cloneMeasurements(v.CaseMeasurements)
	out.VariantPreorderDetails = clonePointer(v.VariantPreorderDetails)
	return out
}

func cloneImages(images []faire.WireImage) []faire.WireImage {
	out := slices.Clone(images)
	for i := range out {
		out[i].Sequence = clonePointer(images[i].Sequence)
		out[i].Tags = slices.Clone(images[i].Tags)
	}
	return out
}

func cloneMeasurements(m *faire.WireMeasurements) *faire.WireMeasurements {
	out := clonePointer(m)
	if out != nil {
		out.Weight, out.Length = clonePointer(m.Weight), clonePointer(m.Length)
		out.Width, out.Height = clonePointer(m.Width), clonePointer(m.Height)
	}
	return out
}

func clonePointer[T any](p *T) *T {
	if p == nil {
		return nil
	}
	value := *p
	return &value
}

// timeFormat is how Faire writes a timestamp (contract §2).
const timeFormat = "2006-01-02T15:04:05.000Z"

// formatTime writes a timestamp as Faire does.
func formatTime(at time.Time) string { return at.UTC().Format(timeFormat) }

// parseTime reads the extended and the basic ISO 8601 form; both occur in Faire's own examples. A bare date is not a timestamp.
func parseTime(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "20060102T150405.999Z0700", "20060102T150405Z0700"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC().Truncate(time.Millisecond), true
		}
	}
	return time.Time{}, false
}
