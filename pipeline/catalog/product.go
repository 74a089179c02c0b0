package catalog

import "time"

// Lifecycle is a product's lifecycle_state on Faire (contract §7).
type Lifecycle string

// The four states Faire knows; no other exists.
const (
	Draft       Lifecycle = "DRAFT"
	Published   Lifecycle = "PUBLISHED"
	Unpublished Lifecycle = "UNPUBLISHED"
	Deleted     Lifecycle = "DELETED"
)

// Brand is the account on Faire behind the token (GET /brands/profile).
type Brand struct {
	ID       string `json:"brand_id"` // b_…
	Name     string `json:"name"`
	Currency string `json:"currency"` // ISO 4217, the brand's own
	Locale   string `json:"locale"`
}

// Type is one entry of Faire's taxonomy list. Names are not keys: several ids may share one (contract §8).
type Type struct {
	ID   string `json:"id"` // tt_…
	Name string `json:"name"`
}

// Product is one product, on either side of the comparison. JSON names are those of the desired_document and
// current_document relations.
type Product struct {
	Key              string    `json:"key,omitempty"`      // source:style, ours; empty for a product on Faire that nothing of ours matches
	Style            string    `json:"style,omitempty"`    // the style as people know it
	Category         string    `json:"category,omitempty"` // of the source, for people; never sent
	FaireID          string    `json:"faire_id,omitempty"`
	Token            string    `json:"token,omitempty"` // idempotence token the product was, or is to be, created with
	Name             string    `json:"name,omitempty"`
	Description      string    `json:"description,omitempty"`
	ShortDescription string    `json:"short_description,omitempty"`
	TaxonomyID       string    `json:"taxonomy_id,omitempty"`
	TaxonomyName     string    `json:"taxonomy_name,omitempty"`
	Lifecycle        Lifecycle `json:"lifecycle,omitempty"`
	SaleState        string    `json:"sale_state,omitempty"` // FOR_SALE or SALES_PAUSED, computed by Faire, never sent
	UnitMultiplier   int64     `json:"unit_multiplier,omitempty"`
	MinimumOrder     int64     `json:"minimum_order_quantity,omitempty"` // units
	MadeInCountry    string    `json:"made_in_country,omitempty"`        // ISO 3166 alpha-3
	Images           []Image   `json:"images,omitempty"`
	Options          []Option  `json:"options,omitempty"`
	Variants         []Variant `json:"variants,omitempty"`
	UpdatedAt        time.Time `json:"updated_at,omitzero"`
	Preorder         Preorder  `json:"preorder,omitzero"`

	// Defaulted names the fields whose value is a default, derived or fallback one; such a value serves creates only and
	// never changes an existing product (design §4.2).
	Defaulted []string `json:"defaulted,omitempty"`
	// Cleared names the text fields the source clears with !clear: empty on purpose, not "leave as it is".
	Cleared []string `json:"cleared,omitempty"`
}

// Option is one axis a product varies along; values in the order sizes are worn or the source gives (Faire's
// variant_option_sets).
type Option struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
}

// Choice is a variant's place on one axis.
type Choice struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Image is a picture. Its identity is OriginalURL without the query parameters the configuration ignores (design §4.3).
type Image struct {
	ID          string   `json:"id,omitempty"` // i_…, known on the current side only
	OriginalURL string   `json:"original_url"` // what was sent to Faire
	URL         string   `json:"url,omitempty"`
	Tags        []string `json:"tags,omitempty"` // Hero marks the featured image
}

// Price is what one unit costs in one geography; never per case (contract §5.1).
type Price struct {
	Geography string `json:"geography"` // USA, CAN, GBR, AUS or EUROPEAN_UNION
	Currency  string `json:"currency"`  // ISO 4217
	Wholesale Money  `json:"wholesale"`
	Retail    Money  `json:"retail,omitempty"`
}

// Stock is what Faire holds of one variant, in units (contract §9.1). Nil quantities mean untracked: Faire sells without limit.
type Stock struct {
	OnHand    *int64 `json:"on_hand,omitempty"`   // what a write sets; may be negative
	Committed int64  `json:"committed,omitempty"` // allocated to orders that are not fulfilled
	Available *int64 `json:"available,omitempty"` // OnHand minus Committed
}

// Variant is one sellable SKU of a product.
type Variant struct {
	Key       string    `json:"key,omitempty"` // source:sku or source:sku_id, ours
	FaireID   string    `json:"faire_id,omitempty"`
	Token     string    `json:"token,omitempty"`
	SKU       string    `json:"sku,omitempty"`        // as Faire knows it: the alias value, or the WMS SKU
	SourceSKU string    `json:"source_sku,omitempty"` // as the WMS knows it
	GTIN      string    `json:"gtin,omitempty"`
	Tariff    string    `json:"tariff_code,omitempty"`
	Options   []Choice  `json:"options,omitempty"`
	Prices    []Price   `json:"prices,omitempty"` // sorted by geography
	Images    []Image   `json:"images,omitempty"`
	Lifecycle Lifecycle `json:"lifecycle,omitempty"`
	OnHand    *int64    `json:"on_hand,omitempty"`    // units; nil: unknown, or untracked on Faire. On the desired side what inventory.means says
	Committed int64     `json:"committed,omitempty"`  // units of OnHand that orders have taken; known where OnHand was read
	Available *int64    `json:"available,omitempty"`  // units, as Faire's product shows them; nil: Faire does not track the variant
	MatchedBy string    `json:"matched_by,omitempty"` // link, token, alias or sku; how the counterpart was found
	Inactive  bool      `json:"inactive,omitempty"`   // the source says so explicitly
	Gone      bool      `json:"gone,omitempty"`       // linked, but absent from a complete walk of the source
	Row       int64     `json:"row,omitempty"`        // source row, for messages

	Measurements Measurements    `json:"measurements,omitzero"`
	Preorder     VariantPreorder `json:"preorder,omitzero"`
}
