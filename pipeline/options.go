package pipeline

import (
	"io"
	"log/slog"
	"time"

	"fairesync/pipeline/config"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/load"
)

// Options are what a caller chooses for one run.
type Options struct {
	Command    string           // run, plan or check
	Approvals  map[string]int   // --approve GROUP=COUNT
	AcceptRows map[string]int64 // --accept-rows SOURCE=N
	// AcceptOlder and AcceptColumns name sources whose delivery may be older than the last, or may lack a decisive column, this once.
	AcceptOlder, AcceptColumns []string

	FullWalk bool   // read all of Faire's products, not only those that changed
	Only     string // inventory: nothing but stock, which needs the inventory switches alone; blank: everything
	Budget   int    // --budget: writes at most; 0: what the configuration says
	DryRun   bool   // plan and check: nothing is sent and nothing is recorded
	Offline  bool   // check: Faire is not asked at all
}

// Edges are the implementations a run works with. The flow knows none of them by name.
type Edges struct {
	Config    config.Config
	Sources   []NamedSource
	Faire     Faire       // nil with Options.Offline
	Writer    load.Writer // nil with Options.DryRun
	Reads     func() int  // requests to Faire so far that only read
	State     *ledger.State
	Book      Book
	Workspace func(stagingDir, scratchDir string) (Workspace, error)
	Workbook  Workbook
	Progress  Progress
	LogTo     func(io.Writer) // where log lines go from now on
	Log       *slog.Logger
	Now       func() time.Time
	Random    io.Reader
	// Conclude has the last word on the outcome before it is written down: the exit code is the caller's to know. nil: none.
	Conclude func(outcome *Outcome, err error)
}

// NamedSource is a source under its configured name.
type NamedSource struct {
	Name   string
	Source Source
}

// overlap is taken off the start of an incremental walk, since whether updated_at_min is inclusive is not written (contract §3).
const overlap = 5 * time.Minute

// fullWalkEvery is when a walk of all products is due again although the mirror is whole.
const fullWalkEvery = 7 * 24 * time.Hour
