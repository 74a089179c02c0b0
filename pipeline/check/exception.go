package check

import (
	"crypto/sha256"
	"encoding/hex"
	"sort"
	"strings"
)

// Severity says how much an exception matters. Only errors hold anything (design §4.7).
type Severity string

// The three severities, worst first.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// Holds is the smallest thing an exception of severity error keeps from being sent.
type Holds string

// What an exception may hold. Run means that the whole run ends.
const (
	HoldsNothing Holds = "nothing"
	HoldsField   Holds = "field"
	HoldsVariant Holds = "variant"
	HoldsProduct Holds = "product"
	HoldsRow     Holds = "row" // the row never became a variant
	HoldsRun     Holds = "run"
)

// Exception is one finding. The columns of every relation in sql/40_check map onto it one to one.
type Exception struct {
	ID          string   `json:"id"`          // Identify gives it
	Fingerprint string   `json:"fingerprint"` // of the values seen: a late answer is known to be stale
	Code        string   `json:"code"`
	Severity    Severity `json:"severity"`
	Source      string   `json:"source,omitempty"`      // source name, or faire
	EntityKey   string   `json:"entity_key,omitempty"`  // product key, variant key, row or Faire id: what the finding is about
	ProductKey  string   `json:"product_key,omitempty"` // empty when no product of ours is concerned
	VariantKey  string   `json:"variant_key,omitempty"`
	SKU         string   `json:"sku,omitempty"`
	Style       string   `json:"style,omitempty"`
	Name        string   `json:"name,omitempty"`
	Category    string   `json:"category,omitempty"`
	Field       string   `json:"field,omitempty"`
	Detail      string   `json:"detail,omitempty"` // which of several (of three bad images, say); part of the identity
	Found       string   `json:"found,omitempty"`
	Wanted      string   `json:"wanted,omitempty"`
	Proposal    string   `json:"proposal,omitempty"`
	File        string   `json:"file,omitempty"`
	Row         int64    `json:"row,omitempty"`    // 1-based row of the file or walk; 0: none
	Column      string   `json:"column,omitempty"` // header of the source column
	FaireID     string   `json:"faire_id,omitempty"`
	Live        bool     `json:"live,omitempty"`       // the product is PUBLISHED on Faire now: such rows come first
	FirstSeen   string   `json:"first_seen,omitempty"` // run that saw it first; stands outside identity and fingerprint
	History     *History `json:"history,omitempty"`    // what became of it up to this run; nil: nobody asked the record
}

// Status says how an exception stands in a run.
type Status string

// The statuses. Waived says that a person knows of it: it still holds what it holds.
const (
	New      Status = "new"      // no run recorded it before
	Open     Status = "open"     // the run before had it too
	Waived   Status = "waived"   // a waiver covers it, with the values it has now
	Resolved Status = "resolved" // the run before had it, this one does not
	Reopened Status = "reopened" // it was recorded once, and the run before did not have it
)

// History is an exception's life up to a run. It stands outside identity and fingerprint, and nothing is decided by it.
type History struct {
	Status      Status `json:"status"`
	FirstTime   string `json:"first_time,omitempty"` // RFC 3339, UTC: start of the run that saw it first
	LastSeen    string `json:"last_seen,omitempty"`  // run before this one that saw it last
	Runs        int64  `json:"runs"`                 // that saw it, this one among them
	Owner       string `json:"owner,omitempty"`
	WaivedUntil string `json:"waived_until,omitempty"` // 2026-12-31, that day included
	WaivedBy    string `json:"waived_by,omitempty"`    // words of the decision
}

// Is says whether an exception has a status; one without history is new.
func (e Exception) Is(status Status) bool {
	if e.History == nil {
		return status == New
	}
	return e.History.Status == status
}

// Identify fills id, fingerprint and severity. The id is a digest of brand, source, code, entity key, field and detail, so it
// survives a change of values; the fingerprint covers the values (design §4.7).
func (e Exception) Identify(brand string) Exception {
	e.ID = "x" + digest(brand, e.Source, e.Code, e.EntityKey, e.Field, e.Detail)
	e.Fingerprint = digest(e.Found, e.Wanted, e.Proposal)
	if code, ok := Lookup(e.Code); ok {
		e.Severity = code.Severity
	}
	return e
}

// Sort orders exceptions for people and for equal bytes: by severity, code, source, product, entity, field, detail, row.
func Sort(list []Exception) {
	sort.SliceStable(list, func(i, j int) bool { return list[i].less(list[j]) })
}

func (e Exception) less(o Exception) bool {
	if e.Severity != o.Severity {
		return rank[e.Severity] < rank[o.Severity]
	}
	if e.Row != o.Row && e.sortKey() == o.sortKey() {
		return e.Row < o.Row
	}
	return e.sortKey() < o.sortKey()
}

func (e Exception) sortKey() string {
	return strings.Join([]string{e.Code, e.Source, e.ProductKey, e.EntityKey, e.Field, e.Detail}, "\x00")
}

var rank = map[Severity]int{Error: 0, Warning: 1, Info: 2}

func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:8])
}
