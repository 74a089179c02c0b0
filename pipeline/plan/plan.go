package plan

import (
	"encoding/json"
	"time"
)

// Version of the plan document. A plan of another version is refused.
const Version = 1

// Plan is the changeset of one run: plan.json.
type Plan struct {
	Version       int       `json:"version"`
	Run           string    `json:"run"`     // outside the digest
	Created       time.Time `json:"created"` // outside the digest
	Brand         string    `json:"brand"`
	BrandID       string    `json:"brand_id"`
	Policy        string    `json:"policy"` // full
	DesiredDigest string    `json:"desired_digest"`
	CurrentDigest string    `json:"current_digest"`
	Complete      bool      `json:"complete"`  // everything was considered
	Applyable     bool      `json:"applyable"` // there is something to send and sending is allowed
	Summary       Summary   `json:"summary"`
	Changes       []Change  `json:"changes"`  // sorted by key, variant key, kind, field
	Requests      []Request `json:"requests"` // in the order they are sent
	Touches       []Touch   `json:"touches"`  // the products the requests write to, as they were read
	Digest        string    `json:"digest"`
}

// Summary counts what the plan holds.
type Summary struct {
	Accounting Accounting              `json:"accounting"`
	Changes    map[Kind]map[Action]int `json:"changes"` // sent ones
	Held       map[string]int          `json:"held"`    // changes by the code that holds them
	Requests   int                     `json:"requests"`
	HeldFields int                     `json:"held_fields"`
}

// Accounting says what became of every source row (design §4.3). The four parts add up to SourceRows.
type Accounting struct {
	SourceRows int64            `json:"source_rows"`
	Unchanged  int64            `json:"unchanged"`
	Planned    int64            `json:"planned"`
	Held       int64            `json:"held"`
	Ignored    int64            `json:"ignored"`
	IgnoredBy  map[string]int64 `json:"ignored_by"` // by code
}

// Operation is what a request asks of Faire. The path a request is sent to is made from operation and ids, never read from a file.
type Operation string

// The operations, in order of harm (design §5).
const (
	SetOptions    Operation = "set_options"    // PATCH /products/{id}/variant-option-sets
	CreateProduct Operation = "create_product" // POST /products
	SetStock      Operation = "set_stock"      // PATCH /product-inventory/by-product-variant-ids
	UpdateProduct Operation = "update_product" // PATCH /products/{id}
	SetPrices     Operation = "set_prices"     // PATCH /product-prices/by-product-variant-ids
	Publish       Operation = "publish"        // PATCH /products/{id}, lifecycle alone
	StopSelling   Operation = "stop_selling"   // PATCH /product-inventory/by-product-variant-ids with 0
	Unpublish     Operation = "unpublish"      // PATCH /products/{id}, lifecycle alone
)

// Request is one call that carries changes. In the body of a set_stock request a product_variant_id that begins with @ stands
// for the variant made with that token, whose id is known only after its create.
type Request struct {
	ID         string          `json:"id"` // r0001 and so on, in sending order
	Operation  Operation       `json:"operation"`
	ProductKey string          `json:"product_key,omitempty"` // empty for batches over several products
	ProductID  string          `json:"product_id,omitempty"`
	Method     string          `json:"method"` // for people; never decides anything
	Path       string          `json:"path"`   // for people; never decides anything
	Changes    []string        `json:"changes"`
	Token      string          `json:"token,omitempty"`       // idempotence token of a create
	FallbackOf string          `json:"fallback_of,omitempty"` // id of the batch whose write, if Faire ignores it, this request repeats; else it is not sent
	BodyDigest string          `json:"body_digest"`
	Body       json.RawMessage `json:"body"`
}

// Touch is a product on Faire that the plan writes to, as it was when the plan was made.
type Touch struct {
	ProductID string    `json:"product_id"`
	Key       string    `json:"key"`
	Name      string    `json:"name"`
	UpdatedAt time.Time `json:"updated_at"`
}
