package ledger

import (
	"maps"
	"strings"
	"time"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/check"
	"fairesync/pipeline/config"
	"fairesync/pipeline/plan"
	"fairesync/pipeline/review"
	"fairesync/pipeline/stage"
)

// Memory is what the brand's state says when a run opens. The bulky tables are exported to Parquet objects, which the run's own
// database reads; only what the flow itself needs is in fields.
type Memory struct {
	Brand        catalog.Brand     // zero before the first run
	MirrorUntil  time.Time         // newest updated_at the mirror holds; zero: no mirror
	LastFullWalk time.Time         // of Faire's products
	GoodRows     map[string]int64  // rows of each source in the last good run
	Objects      map[string]string // table name: path of its Parquet object
}

// WithoutMirror is the memory of a run that walks all of Faire: its walk replaces the mirror instead of being laid over it, so
// that a product the walk did not bring is known not to be in the account.
func (m Memory) WithoutMirror() Memory {
	m.Objects = maps.Clone(m.Objects)
	maps.DeleteFunc(m.Objects, func(table, _ string) bool { return strings.HasPrefix(table, "mirror_") })
	return m
}

// Inputs is everything beside staged tables and state that a run is computed from: inputs.json names its digest.
type Inputs struct {
	Brand     string                // the configured name
	Account   catalog.Brand         // on Faire; zero for check, which calls nobody
	Config    config.Config         // read back without secrets, its paths relative to the folder it lay in
	Types     []catalog.Type        // on Faire's list now
	Aliases   []config.AliasRow     // of the alias file
	Rules     []config.TaxonomyRule // of the rules file
	Decisions []review.Decision     // in force when the run began
	Approvals map[string]int        // group: count, as given to the run
	Only      string                // inventory, or blank for everything
	Now       time.Time
}

// Record is what a finished run leaves behind in the brand's state.
type Record struct {
	Run         string
	Now         time.Time
	Account     catalog.Brand
	Good        bool // counts become those of the last good run
	Whole       bool // everything was looked at: what is not among Exceptions is resolved
	Manifest    stage.Manifest
	Types       []catalog.Type
	FullWalk    bool                     // the mirror was walked from the start
	MirrorDir   string                   // folder of the merged mirror's Parquet files
	Refreshed   []catalog.Product        // products as Faire holds them after the writes, newer than the mirror's
	Stock       map[string]catalog.Stock // by variant id: stock read or answered after the mirror was walked
	States      map[string]plan.State    // by Faire product id; replaces what was recorded of these products and their variants
	HeldDigest  map[string]string        // by Faire product id: digest of the current side that State goes with
	Generations map[string]int           // by product key: of the idempotence token, where it moved (table token_generation)
	Exceptions  []check.Exception
}

// Summary is one run in a few numbers: run.json, a line of runs/index.ndjson, and the last line of --json.
type Summary struct {
	Type       string                            `json:"type"` // summary
	Run        string                            `json:"run"`
	Command    string                            `json:"command"`
	Brand      string                            `json:"brand"`
	Started    time.Time                         `json:"started"`
	Ended      time.Time                         `json:"ended"`
	Status     string                            `json:"status"` // done, carried_over, off, held, partly, refused, failed, interrupted, planned, died
	Exit       int                               `json:"exit"`
	Error      string                            `json:"error,omitempty"`
	Hint       string                            `json:"hint,omitempty"`
	SourceRows int64                             `json:"source_rows"`
	Unchanged  int64                             `json:"unchanged"`
	Planned    int64                             `json:"planned"`
	Held       int64                             `json:"held"`
	Ignored    int64                             `json:"ignored"`
	Exceptions map[check.Severity]int            `json:"exceptions"`       // without those that are waived
	Waived     int                               `json:"waived,omitempty"` // exceptions a waiver covers
	Changes    map[plan.Kind]map[plan.Action]int `json:"changes"`
	HeldBy     map[string]int                    `json:"held_by"` // held changes by code
	Requests   Requests                          `json:"requests"`
	Sources    map[string]int64                  `json:"sources"`            // rows by source
	Plan       string                            `json:"plan,omitempty"`     // path
	Workbook   string                            `json:"workbook,omitempty"` // path
	MS         map[string]int64                  `json:"ms"`                 // by step
}

// Requests counts calls to Faire. Sent counts writes.
type Requests struct {
	Planned int `json:"planned"`
	Sent    int `json:"sent"`
	OK      int `json:"ok"`
	Refused int `json:"refused"`
	Reads   int `json:"reads"`
	// CarriedOver were left to the next run by a budget.
	CarriedOver int `json:"carried_over,omitempty"`
}

// StatusRow is one SKU in status.parquet: what operators ask of a sync (design §7, status).
type StatusRow struct {
	SKU         string    `json:"sku"`
	Style       string    `json:"style"`
	Name        string    `json:"name"`
	ProductKey  string    `json:"product_key"`
	ProductID   string    `json:"product_id"`
	VariantID   string    `json:"variant_id"`
	OnFaire     bool      `json:"on_faire"`
	Lifecycle   string    `json:"lifecycle"`             // on Faire
	State       string    `json:"state"`                 // unchanged, planned, held, ignored
	Why         string    `json:"why"`                   // codes that hold or ignore it
	LastChanged time.Time `json:"last_changed,omitzero"` // last write of ours that concerned it
	LastChecked time.Time `json:"last_checked"`
}

// Step is one of those by which a source row comes to be what is wanted on Faire: a row of the relation lineage.
type Step struct {
	SKU        string `json:"sku"`
	Style      string `json:"style"`
	ProductKey string `json:"product_key"`
	Name       string `json:"step"`
	Text       string `json:"text"` // of the step delivered: a JSON object of the row's values as they came
}
