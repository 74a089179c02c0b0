package review

import (
	"time"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/check"
)

// Asked is what a workbook asks, and what it needs to ask it.
type Asked struct {
	Questions []Question           // sorted by Sort
	Decisions []Decision           // in force
	Choices   []catalog.Type       // the types on Faire's list, for the chooser
	Resolved  []check.Exception    // that the run before had and this one has not: id, code, severity, SKU, style, name and history
	Tallies   []Tally              // of earlier recorded runs, oldest first
	Prices    []catalog.PricePoint // for the chart
}

// Tally is how many exceptions of a code a recorded run had: one bar of the workbook's chart. A run without any has one of a blank
// code.
type Tally struct {
	Run      string         `json:"run"`
	Time     time.Time      `json:"time"` // start of the run
	Code     string         `json:"code"`
	Severity check.Severity `json:"severity"`
	Count    int64          `json:"count"`
}

// TalliedRuns is how many recorded runs the tallies reach back.
const TalliedRuns = 30
