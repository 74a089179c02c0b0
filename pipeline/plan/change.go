package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// Kind says what a change is about.
type Kind string

// The kinds of change, as the workbook and plan.json name them.
const (
	KindProduct   Kind = "product"
	KindVariant   Kind = "variant"
	KindOptionSet Kind = "option_set"
	KindImage     Kind = "image"
	KindPrice     Kind = "price"
	KindInventory Kind = "inventory"
	KindLifecycle Kind = "lifecycle"
	KindSKU       Kind = "sku"
)

// Action is what a change does on Faire.
type Action string

// The actions; nothing ever deletes a product or variant of its own accord (design §4.1).
const (
	Create Action = "create"
	Update Action = "update"
	Delete Action = "delete"
	None   Action = "none"
)

// Reason tells people why a change is planned. It must never be used to decide anything.
type Reason string

// The reasons.
const (
	ReasonNew           Reason = "new"            // our key is not on Faire
	ReasonSourceChanged Reason = "source_changed" // the desired value moved since we last sent it
	ReasonFirstLink     Reason = "first_link"     // the product was on Faire before us
	ReasonDrift         Reason = "drift"          // Faire's value moved, ours goes back
	ReasonConflict      Reason = "conflict"       // both moved, ours wins by policy
	ReasonPublishable   Reason = "publishable"    // what kept it unpublished is there now
	ReasonGone          Reason = "gone"           // the source no longer has it
	ReasonInactive      Reason = "inactive"       // the source says it is inactive
	ReasonUndone        Reason = "undone"         // somebody takes back what a run sent
)

// Field is one value that changes. Names carry geography: price[USA].wholesale. Values are canonical text (money as 12.50,
// images and options one per line).
type Field struct {
	Name   string  `json:"name"`
	Before string  `json:"before"`         // what Faire holds
	After  string  `json:"after"`          // what it ought to hold
	Sent   *string `json:"sent,omitempty"` // what we last sent
	Held   *string `json:"held,omitempty"` // what Faire held when that was read back
	By     string  `json:"by,omitempty"`   // the decision the value comes from; stands outside the change's id
}

// Change is the smallest difference a person could accept or refuse.
type Change struct {
	ID         string   `json:"id"` // digest of everything below but HeldBy
	Kind       Kind     `json:"kind"`
	Action     Action   `json:"action"`
	Reason     Reason   `json:"reason"`
	Key        string   `json:"key"` // product key
	VariantKey string   `json:"variant_key,omitempty"`
	SKU        string   `json:"sku,omitempty"`
	Style      string   `json:"style,omitempty"`
	Name       string   `json:"name,omitempty"` // of the product, for people
	ProductID  string   `json:"product_id,omitempty"`
	VariantID  string   `json:"variant_id,omitempty"`
	Fields     []Field  `json:"fields"`
	Quantity   *int64   `json:"quantity,omitempty"`    // of a quantity on hand: what the source has, which it was worked out from
	HeldBy     []string `json:"held_by,omitempty"`     // codes, sorted; empty: the change is sent
	ApprovedBy string   `json:"approved_by,omitempty"` // the decision that took off its hold; stands outside the id, as HeldBy does
}

// Held says whether the change is computed but not sent.
func (c Change) Held() bool { return len(c.HeldBy) > 0 }

// identify fills the id.
func (c Change) identify() Change {
	held := c.HeldBy
	c.ID, c.HeldBy = "", nil
	c.ID = "c" + Digest(c)
	c.HeldBy = held
	return c
}

// Digest is the first 16 hex digits of the SHA-256 of the value's JSON; for equality only, not for security.
func Digest(value any) string {
	data, err := json.Marshal(value)
	if err != nil { // a plan value always marshals; a new type that does not is a bug
		panic(err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}
