package load

import (
	"fmt"
	"time"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/plan"
)

// Status is what became of a request, or of one entry of a batch.
type Status string

// The statuses.
const (
	Applied     Status = "applied"      // Faire said yes
	Partly      Status = "partly"       // a batch: some entries went, the others are in Outcome.Failed
	Refused     Status = "refused"      // a definite no: nothing was changed
	Unknown     Status = "unknown"      // no answer: it may or may not have worked
	NotTried    Status = "not_tried"    // the load stopped before it, or it never reached Faire
	CarriedOver Status = "carried_over" // left to a later run by Options.Budget
)

// Outcome is one request and what became of it.
type Outcome struct {
	Request plan.Request             `json:"request"`
	Status  Status                   `json:"status"`
	Product *catalog.Product         `json:"product,omitempty"` // Faire's answer, for creates and updates
	Stock   map[string]catalog.Stock `json:"stock,omitempty"`   // by variant id, as Faire answered
	Failed  []FailedEntry            `json:"failed,omitempty"`  // of a batch, in the order of its body
	Code    string                   `json:"code,omitempty"`    // stable code of the refusal; of a batch, of its worst failed entry
	Message string                   `json:"message,omitempty"` // Faire's own words, or why it was not tried
	Tries   int                      `json:"tries"`             // writes in the journal: several for a batch that was split or tried again
}

// Tried says whether the request may have reached Faire.
func (o Outcome) Tried() bool { return o.Status != NotTried && o.Status != CarriedOver }

// FailedEntry is an entry of a batch that did not go.
type FailedEntry struct {
	Key     string   `json:"key"`    // variant id, or @token of a variant that this plan makes
	Status  Status   `json:"status"` // refused, unknown, not_tried or carried_over
	Code    string   `json:"code,omitempty"`
	Message string   `json:"message,omitempty"`
	Changes []string `json:"changes,omitempty"` // ids of the changes the entry carries
}

// Attempt is one line of attempts.ndjson, fsynced. A begin without an end is an unknown outcome.
type Attempt struct {
	Time      time.Time `json:"time"`
	Phase     string    `json:"phase"` // begin, end or settled
	Request   string    `json:"request"`
	Try       int       `json:"try,omitempty"` // of a batch that is split or tried again: 2, 3 and so on
	Operation string    `json:"operation"`
	ProductID string    `json:"product_id,omitempty"`
	Key       string    `json:"key,omitempty"`
	Token     string    `json:"token,omitempty"`
	Body      string    `json:"body_digest,omitempty"` // of what was sent: of a batch, with the ids its tokens stand for
	Status    Status    `json:"status,omitempty"`
	Code      string    `json:"code,omitempty"`
	Message   string    `json:"message,omitempty"`
	NewID     string    `json:"new_id,omitempty"` // of a product that was created
}

// PartialError says that some requests of the plan did not go through.
type PartialError struct {
	Applied, Partly, Refused, Unknown, NotTried, CarriedOver int

	Stopped string // why the load gave up before its end; blank if it did not
}

func (e *PartialError) Error() string {
	text := fmt.Sprintf("%d requests applied, %d refused, %d without answer, %d not tried", e.Applied, e.Refused, e.Unknown, e.NotTried)
	if e.Partly > 0 {
		text += fmt.Sprintf(", %d partly applied", e.Partly)
	}
	if e.CarriedOver > 0 {
		text += fmt.Sprintf(", %d carried over to a later run", e.CarriedOver)
	}
	if e.Stopped != "" {
		text += "; " + e.Stopped
	}
	return text
}

// Hint says what to do.
func (e *PartialError) Hint() string {
	return "see the Exceptions sheet of the workbook for Faire's reasons; the next run goes on with what is left"
}

// partial counts the outcomes; nil if every request was applied, or carried over as the budget wants.
func partial(outcomes []Outcome, stopped string) error {
	e := PartialError{Stopped: stopped}
	for _, o := range outcomes {
		switch o.Status {
		case Applied:
			e.Applied++
		case Partly:
			e.Partly++
		case Refused:
			e.Refused++
		case Unknown:
			e.Unknown++
		case CarriedOver:
			e.CarriedOver++
		case NotTried:
			e.NotTried++
		}
	}
	if e.Applied+e.CarriedOver == len(outcomes) {
		return nil
	}
	return &e
}
