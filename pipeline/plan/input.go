package plan

import (
	"fairesync/pipeline/catalog"
	"fairesync/pipeline/check"
)

// Input is everything Compute looks at.
type Input struct {
	Run, Brand, BrandID string
	Rules               Rules
	Pairs               []Pair         // products whose sides differ or are not recorded yet, sorted by key
	Census              Census         // of the whole catalogue, for the guards
	Approvals           map[string]int // group: count shown when it was approved
	Decided             Decided
}

// Rules are the configured policies that decide (design §4.2, §4.5, §7).
type Rules struct {
	FirstLink     string            // hold, ours, theirs
	WhenGone      string            // keep, stop_selling, unpublish
	WhenInactive  string            // stop_selling, keep, unpublish
	Unmapped      string            // hold, unpublished
	Fields        map[string]string // field: ours, theirs, create_only or exclude; beats the default
	IgnoreQuery   []string          // query parameters outside an image's identity
	Policy        string            // full, create-only, prices-only, stock-only: what may be sent at all; blank is full
	Means         string            // available or on_hand: what a desired quantity is
	StartTracking string            // created or all: whether a variant Faire does not track is given a quantity
}

// Census counts the whole catalogue, products without difference included.
type Census struct {
	LiveProducts    int `json:"live_products"`    // PUBLISHED on Faire
	MatchedProducts int `json:"matched_products"` // live ones that a style of ours matches
	LinkedProducts  int `json:"linked_products"`  // links recorded by earlier runs
	LinksGone       int `json:"links_gone"`       // of these, deleted or not in this account
	LinksVanished   int `json:"links_vanished"`   // of these, no style of ours matches them any more
	Managed         int `json:"managed"`          // products of ours that are on Faire
	Tracked         int `json:"tracked"`          // variants of ours on Faire whose stock Faire tracks
}

// Pair is one product of ours, on both sides.
type Pair struct {
	Key     string
	Desired *catalog.Product // nil: every row of it is gone from the source
	Current *catalog.Product // nil: not on Faire
	State   *State           // nil: nothing recorded
	Blocks  []Block
	Partial bool // Current is a further product that SKUs of the style sit on: only prices, barcodes and stock go there
}

// Block is an exception of severity error that concerns this product.
type Block struct {
	Code       string      `json:"code"`
	Holds      check.Holds `json:"holds"`
	VariantKey string      `json:"variant_key,omitempty"`
	Field      string      `json:"field,omitempty"` // "price[USA]" covers price[USA].wholesale and price[USA].retail
}

// State is what we recorded of a product: the link, and per field what was sent and what Faire held then.
type State struct {
	Key        string                  `json:"key"` // product key
	ProductID  string                  `json:"product_id"`
	Created    bool                    `json:"created"`            // by us: ours in every field
	Released   bool                    `json:"released"`           // linked, and writing to it was released (design §4.2)
	Generation int                     `json:"generation"`         // of the idempotence token, from 1
	LeftFor    string                  `json:"left_for,omitempty"` // image or taxonomy: why we left it unpublished
	Fields     map[string]Value        `json:"fields"`
	Undone     map[string]string       `json:"undone,omitempty"` // by field: the desired value that was undone and waits for another
	Variants   map[string]VariantState `json:"variants"`         // by Faire variant id
}

// VariantState is a variant's part of State.
type VariantState struct {
	Key        string            `json:"key"`        // variant key
	SKU        string            `json:"sku"`        // on Faire
	SourceSKU  string            `json:"source_sku"` // in the WMS
	Created    bool              `json:"created"`
	Generation int               `json:"generation"`
	Fields     map[string]Value  `json:"fields"`
	Undone     map[string]string `json:"undone,omitempty"` // as in State
}

// Value is the pair the three-way comparison needs (design §4.8).
type Value struct {
	Sent string `json:"sent"`
	Held string `json:"held"`
}

// Result is what Compute returns beside the plan.
type Result struct {
	Plan       Plan
	Exceptions []check.Exception // drift, guards, lost images: what only the comparison can see
	States     map[string]State  // by Faire product id: what to record even if nothing is sent
	// Unmatched are approvals whose count is not the count held now, with that count; they released nothing.
	Unmatched map[string]int
	// Approved are the holds of variants and products that an approval took off, for exceptions that say they are held.
	Approved []Approved
}

// Approved is a hold that an approval took off.
type Approved struct{ Code, Key, VariantKey string }

// Row is one source row and where it went, from the row_account relation.
type Row struct {
	Source     string `json:"source"`
	File       string `json:"file"`
	Row        int64  `json:"row"`
	SKU        string `json:"sku"`
	Style      string `json:"style"`
	Name       string `json:"name"`
	ProductKey string `json:"product_key"`
	VariantKey string `json:"variant_key"`
	ProductID  string `json:"product_id"` // on Faire, if matched
	VariantID  string `json:"variant_id"`
	Lifecycle  string `json:"lifecycle"`  // of the product on Faire
	IgnoredBy  string `json:"ignored_by"` // code of the rule that ignores it
	BlockedBy  string `json:"blocked_by"` // code that holds its create, match or row
}
