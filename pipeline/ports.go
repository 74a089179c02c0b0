package pipeline

import (
	"context"
	"io"
	"time"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/check"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/load"
	"fairesync/pipeline/plan"
	"fairesync/pipeline/review"
	"fairesync/pipeline/stage"
)

// Source is one WMS, OMS or feed. Extract delivers a whole catalogue or returns an error; it never delivers a short one.
type Source interface {
	Capabilities() stage.Capabilities
	Extract(ctx context.Context, sink stage.Sink) error
}

// Faire is what the flow reads of Faire. Walk hands over every product that changed since, page by page as it came, and
// returns nil only when the end of the walk was seen.
type Faire interface {
	Profile(ctx context.Context) (catalog.Brand, error)
	Types(ctx context.Context) ([]catalog.Type, error)
	Walk(ctx context.Context, since time.Time, includeDeleted bool, page func(raw []byte, products []catalog.Product) error) error
	Product(ctx context.Context, id string) (catalog.Product, error)
	Stock(ctx context.Context, variants []string) (map[string]catalog.Stock, error) // by variant id; one Faire does not know is missing
}

// Workspace is the run's own database: what was delivered goes in, relations run, decisions come out.
type Workspace interface {
	Sink(source string) stage.Sink
	Entries() []stage.Entry
	Mirror(ctx context.Context) (MirrorWriter, error) // takes what Faire holds now
	Restore(ctx context.Context, memory ledger.Memory) error
	Prepare(ctx context.Context, inputs ledger.Inputs) error // closes the doors: no file, no network from here on
	// Replay is Sink, Mirror, Restore and Prepare at once, from what a run left.
	Replay(ctx context.Context, staged ledger.Staged) error
	Transform(ctx context.Context) error
	Decisions
	Close() error
}

// MirrorWriter takes the products a walk of Faire brings. A walk that is not closed is not complete and fails Prepare.
type MirrorWriter interface {
	Append(ctx context.Context, products []catalog.Product) error
	Close() (products int64, err error)
}

// Decisions are the relations Go reads.
type Decisions interface {
	Exceptions(ctx context.Context) ([]check.Exception, error)
	Pairs(ctx context.Context, yield func(pair plan.Pair, currentDigest string) error) error
	Census(ctx context.Context) (plan.Census, error)
	Rows(ctx context.Context, yield func(plan.Row) error) error
	Digests(ctx context.Context) (desired, current string, err error)
	History(ctx context.Context) (map[string]check.Exception, error)
	Tallies(ctx context.Context) ([]review.Tally, error)
	Questions(ctx context.Context) ([]review.Question, error)
	PricePoints(ctx context.Context) ([]catalog.PricePoint, error)
	Decided(ctx context.Context) (map[[3]string]string, error)
	Lineage(ctx context.Context, skus []string) ([]ledger.Step, error)
	UnknownRules(ctx context.Context) ([]string, error)
	TypeQuestions(ctx context.Context) ([]catalog.TypeQuestion, error)
}

// Book is the brand's durable state.
type Book interface {
	Open(ctx context.Context, objectsDir string) (ledger.Memory, error)
	Record(ctx context.Context, record ledger.Record) error
	// States is what is recorded of products, by Faire product id; one that nothing is recorded of is missing.
	States(ctx context.Context, products []string) (map[string]plan.State, error)
	// Managed counts the products that are recorded, and their variants that Faire tracks.
	Managed(ctx context.Context) (products, tracked int, err error)
	// Rebuild makes the database anew of a checkpoint, nil if there is none, and moves the old one aside.
	Rebuild(ctx context.Context, checkpoint *ledger.Checkpoint, objectsDir string) error
	Checkpoint(ctx context.Context, objectsDir string) (ledger.Checkpoint, error)
	// ReadStatus reads all rows of a file; an error that wraps fs.ErrNotExist if there is none.
	ReadStatus(ctx context.Context, path string) ([]ledger.StatusRow, error)
	// WriteStatus writes one row per SKU to path; a last_changed that is zero is taken over from the rows of previous.
	WriteStatus(ctx context.Context, path, previous string, rows func(yield func(ledger.StatusRow) error) error) error
}

// Workbook writes the exception report.
type Workbook func(w io.Writer, report Report) error

// Report is what the workbook shows.
type Report struct {
	Summary    ledger.Summary
	Plan       plan.Plan
	Exceptions []check.Exception
	Outcomes   []load.Outcome         // empty before the load
	Types      []catalog.TypeQuestion // nil where nothing was transformed
	Asked      review.Asked
}

// Progress hears how far a run is. Nothing depends on it.
type Progress interface {
	Step(name string)
	Total(n int64)
	Add(n int64)
	Done()
}
