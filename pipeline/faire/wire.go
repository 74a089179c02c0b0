package faire

// The shapes of requests and answers, as faire/contract.md §4, §5, §6 and §9 give them. Pointers and omitempty keep apart
// "absent" and "empty": a field that is left out stays as it is (contract §10), null is never sent.

// WireProduct is a Product on the wire.
type WireProduct struct {
	ID                       string          `json:"id,omitempty"`
	CreatedAt                string          `json:"created_at,omitempty"`
	UpdatedAt                string          `json:"updated_at,omitempty"`
	BrandID                  string          `json:"brand_id,omitempty"`
	Name                     *string         `json:"name,omitempty"`
	Description              *string         `json:"description,omitempty"`
	ShortDescription         *string         `json:"short_description,omitempty"`
	SaleState                string          `json:"sale_state,omitempty"`
	LifecycleState           string          `json:"lifecycle_state,omitempty"`
	IdempotenceToken         string          `json:"idempotence_token,omitempty"`
	UnitMultiplier           *int64          `json:"unit_multiplier,omitempty"`
	MinimumOrderQuantity     *int64          `json:"minimum_order_quantity,omitempty"`
	PerStyleMinimumOrder     *int64          `json:"per_style_minimum_order_quantity,omitempty"`
	AllowSalesWhenOutOfStock *bool           `json:"allow_sales_when_out_of_stock,omitempty"`
	Images                   []WireImage     `json:"images,omitempty"`
	VariantOptionSets        []WireOptionSet `json:"variant_option_sets,omitempty"`
	Variants                 []WireVariant   `json:"variants,omitempty"`
	TaxonomyType             *WireType       `json:"taxonomy_type,omitempty"`
	Preorderable             *bool           `json:"preorderable,omitempty"`
	PreorderDetails          map[string]any  `json:"preorder_details,omitempty"`
	MadeInCountry            *string         `json:"made_in_country,omitempty"`
}

// WireVariant is a Variant on the wire.
type WireVariant struct {
	ID                string            `json:"id,omitempty"`
	ProductID         string            `json:"product_id,omitempty"`
	CreatedAt         string            `json:"created_at,omitempty"`
	UpdatedAt         string            `json:"updated_at,omitempty"`
	Name              *string           `json:"name,omitempty"`
	SaleState         string            `json:"sale_state,omitempty"`
	LifecycleState    string            `json:"lifecycle_state,omitempty"`
	IdempotenceToken  string            `json:"idempotence_token,omitempty"`
	SKU               *string           `json:"sku,omitempty"`
	GTIN              *string           `json:"gtin,omitempty"`
	TariffCode        *string           `json:"tariff_code,omitempty"`
	Options           []WireOption      `json:"options,omitempty"`
	Prices            []WirePrice       `json:"prices,omitempty"`
	AvailableQuantity *int64            `json:"available_quantity,omitempty"`
	Images            []WireImage       `json:"images,omitempty"`
	Measurements      *WireMeasurements `json:"measurements,omitempty"`
	CaseMeasurements  *WireMeasurements `json:"case_measurements,omitempty"`
}

// WireMeasurements is a size and weight; each unit is set if and only if its figures are.
type WireMeasurements struct {
	MassUnit     string   `json:"mass_unit,omitempty"`
	DistanceUnit string   `json:"distance_unit,omitempty"`
	Weight       *float64 `json:"weight,omitempty"`
	Length       *float64 `json:"length,omitempty"`
	Width        *float64 `json:"width,omitempty"`
	Height       *float64 `json:"height,omitempty"`
}

// WireImage is an Image on the wire.
type WireImage struct {
	ID          string   `json:"id,omitempty"`
	Width       int64    `json:"width,omitempty"`
	Height      int64    `json:"height,omitempty"`
	Sequence    *int64   `json:"sequence,omitempty"`
	URL         string   `json:"url,omitempty"`
	OriginalURL string   `json:"original_url,omitempty"`
	Tags        []string `json:"tags,omitempty"`
}

// WireOptionSet is one entry of variant_option_sets.
type WireOptionSet struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
}

// WireOption is one name/value pair of a variant.
type WireOption struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// WireType is a taxonomy type.
type WireType struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

// WirePrice is the price of one geography.
type WirePrice struct {
	GeoConstraint  WireGeo    `json:"geo_constraint"`
	WholesalePrice *WireMoney `json:"wholesale_price,omitempty"`
	RetailPrice    *WireMoney `json:"retail_price,omitempty"`
}

// WireGeo is a country or a country group; exactly one is set.
type WireGeo struct {
	Country      string `json:"country,omitempty"`
	CountryGroup string `json:"country_group,omitempty"`
}

// WireMoney is an amount in minor units.
type WireMoney struct {
	AmountMinor int64  `json:"amount_minor"`
	Currency    string `json:"currency"`
}

// WireProductList is a page of GET /products.
type WireProductList struct {
	Products     []WireProduct `json:"products"`
	Page         int           `json:"page,omitempty"`
	Limit        int           `json:"limit,omitempty"`
	UpdatedAtMin string        `json:"updated_at_min,omitempty"`
	Cursor       string        `json:"cursor,omitempty"`
}

// WireTypes is the answer of GET /products/types.
type WireTypes struct {
	TaxonomyTypes []WireType `json:"taxonomy_types"`
}

// WireProfile is the answer of GET /brands/profile.
type WireProfile struct {
	BrandID  string `json:"brand_id"`
	Name     string `json:"name"`
	Currency string `json:"currency"`
	Locale   string `json:"locale"`
}

// WireQuantity is a stock figure or UNTRACKED.
type WireQuantity struct {
	Type     string `json:"type"` // QUANTITY or UNTRACKED
	Quantity int64  `json:"quantity"`
}

// WireInventory is what one variant holds.
type WireInventory struct {
	OnHand    WireQuantity `json:"on_hand_quantity"`
	Committed WireQuantity `json:"committed_quantity"`
	Available WireQuantity `json:"available_quantity"`
}

// WireInventories is the answer of the inventory endpoints, by SKU or variant id.
type WireInventories struct {
	Inventories map[string]WireInventory `json:"inventories"`
}

// WireInventoryUpdate is one entry of an inventory PATCH; one of the two keys is set.
type WireInventoryUpdate struct {
	SKU              string `json:"sku,omitempty"`
	ProductVariantID string `json:"product_variant_id,omitempty"`
	OnHandQuantity   *int64 `json:"on_hand_quantity,omitempty"`
}

// WireInventoryBatch is the body of an inventory PATCH.
type WireInventoryBatch struct {
	Inventories []WireInventoryUpdate `json:"inventories"`
}

// WirePriceUpdate is one entry of a price PATCH.
type WirePriceUpdate struct {
	SKU              string      `json:"sku,omitempty"`
	ProductVariantID string      `json:"product_variant_id,omitempty"`
	Prices           []WirePrice `json:"prices"`
}

// WirePriceBatch is the body of a price PATCH.
type WirePriceBatch struct {
	Prices []WirePriceUpdate `json:"prices"`
}

// WirePriceResults is the answer of a price PATCH.
type WirePriceResults struct {
	Results map[string]struct {
		Prices []WirePrice `json:"prices"`
	} `json:"results"`
}

// WireError is the body of a refusal (contract §12.2).
type WireError struct {
	StatusCode       int      `json:"status_code"`
	StatusType       string   `json:"status_type"`
	Message          string   `json:"message"`
	LocalizedMessage string   `json:"localized_message,omitempty"`
	Field            string   `json:"field,omitempty"`
	EntityTokens     []string `json:"entity_tokens"`
}
