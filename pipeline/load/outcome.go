package load

import (
	"fmt"
	"time"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/plan"
)

// Status is what became of a request.
type Status string

// The statuses.
const (
	Applied  Status = "applied"   // Faire said yes
	Refused  Status = "refused"   // a definite no: nothing was changed
	Unknown  Status = "unknown"   // no answer: it may or may not have worked
	NotTried Status = "not_tried" // the load stopped before it
)

// Outcome is one request and what became of it.
type Outcome struct {
	Request plan.Request     `json:"request"`
	Status  Status           `json:"status"`
	Product *catalog.Product `json:"product,omitempty"` // Faire's answer, for creates and updates
	Stock   map[string]int64 `json:"stock,omitempty"`   // on hand by variant id, as Faire answered
	Options []catalog.Option `json:"options,omitempty"`
	Code    string           `json:"code,omitempty"`    // stable code of the refusal
	Message string           `json:"message,omitempty"` // Faire's own words
	Tries   int              `json:"tries"`
}

// Attempt is one line of attempts.ndjson, fsynced. A begin without an end is an unknown outcome.
type Attempt struct {
	Time      time.Time `json:"time"`
	Phase     string    `json:"phase"` // begin or end
	Request   string    `json:"request"`
	Operation string    `json:"operation"`
	ProductID string    `json:"product_id,omitempty"`
	Key       string    `json:"key,omitempty"`
	Token     string    `json:"token,omitempty"`
	Body      string    `json:"body_digest,omitempty"`
	Status    Status    `json:"status,omitempty"`
	Code      string    `json:"code,omitempty"`
	Message   string    `json:"message,omitempty"`
	NewID     string    `json:"new_id,omitempty"` // of a product that was created
}

// PartialError says that some requests of the plan did not go through.
type PartialError struct {
	Applied, Refused, Unknown, NotTried int
}

func (e *PartialError) Error() string {
	return fmt.Sprintf("%d requests applied, %d refused, %d without answer, %d not tried", e.Applied, e.Refused, e.Unknown, e.NotTried)
}

// Hint says what to do.
func (e *PartialError) Hint() string {
	return "see the Exceptions sheet of the workbook for Faire's reasons; the next run goes on with what is left"
}
