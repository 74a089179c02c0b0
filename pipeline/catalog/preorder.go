package catalog

// Preorder says whether a product can be ordered ahead, and when it ships (contract §4). Days are texts such as 2026-11-23.
type Preorder struct {
	Preorderable *bool  `json:"preorderable,omitempty"`                   // nil: unknown
	OrderBy      string `json:"order_by_date,omitempty"`                  // Faire takes the product down after it
	KeepActive   *bool  `json:"keep_active_past_order_by_date,omitempty"` // unless this is true
	ShipFrom     string `json:"expected_ship_date,omitempty"`
	ShipUntil    string `json:"expected_ship_window_end_date,omitempty"`
}

// VariantPreorder is the same of one variant (contract §5).
type VariantPreorder struct {
	Orderability  string `json:"orderability_type,omitempty"` // IMMEDIATE or PREORDER
	ShipFrom      string `json:"expected_ship_date,omitempty"`
	ShipUntil     string `json:"expected_ship_window_end_date,omitempty"`
	StopSellingAt int64  `json:"stop_selling_at,omitempty"` // milliseconds since 1970; never ours, sent back as it was
}

// The two ways a variant can be ordered.
const (
	Immediate = "IMMEDIATE"
	Ahead     = "PREORDER"
)
