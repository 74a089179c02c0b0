package view

import (
	"fairesync/pipeline/check"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/plan"
	"fairesync/pipeline/review"
)

// View is what a command may say on stdout. Human and JSON implement it. Every method writes at once and returns the error of
// the writer.
type View interface {
	Reviews
	// Plan shows the changes of a plan, sent and held ones. Human shows at most limit products (0: all), JSON every change.
	Plan(document plan.Plan, limit int) error
	// Saved shows a plan that was read from a file, with where it comes from.
	Saved(document plan.Plan, limit int) error
	// Exceptions shows findings in the order given. Human shows at most limit (0: all), JSON every one.
	Exceptions(list []check.Exception, limit int) error
	// Outcome ends a run: the summary. Human counts the exceptions by code below it; JSON leaves them to Exceptions, so that
	// the summary is the last line.
	Outcome(summary ledger.Summary, list []check.Exception) error
	// Status shows SKUs.
	Status(rows []ledger.StatusRow) error
	// History shows runs.
	History(runs []ledger.Summary) error
	// Brand shows what came of one brand of a folder, and Folder ends the list.
	Brand(brand Brand) error
	Folder(folder Folder) error
	// Standings shows how the brands of a folder stand.
	Standings(list []Standing) error
	// Difference shows what changed between two runs. Human shows at most limit exceptions and changes (0: all), JSON every one.
	Difference(difference ledger.Difference, limit int) error
	// Explain shows what the record tells of SKUs. Human shows at most limit of them (0: all).
	Explain(list []Explanation, limit int) error
	// AliasImport shows what became of the rows of an alias file. Human leaves out those that were taken, JSON shows every row.
	AliasImport(list []review.Judged, summary AliasImport) error
	// AliasQuestions shows what is asked about aliases. Human shows at most limit of them (0: all), JSON every one.
	AliasQuestions(list []review.Question, limit int) error
	// Codes shows the register of exception codes.
	Codes(codes []check.Code) error
	// Error shows why a command failed and what helps.
	Error(err error) error
}

// Options say what the other end of a writer can show.
type Options struct {
	TTY   bool // tables and redrawn lines; otherwise tab-separated and plain lines
	Width int  // columns of the terminal; 0: no limit
	Color bool
}
