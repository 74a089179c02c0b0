package sourcetest

import (
	"context"
	"testing"
	"testing/synctest"

	"fairesync/pipeline/stage"
)

// Source is what the suite runs: the part of a source the flow uses.
type Source interface {
	Capabilities() stage.Capabilities
	Extract(context.Context, stage.Sink) error
}

// Suite is what a source brings to be tested.
type Suite struct {
	// New makes a source over a fresh origin that holds a catalogue of size SKUs, the same catalogue for the same size. An
	// origin that has to be closed is closed with t.Cleanup.
	New func(t testing.TB, size int) Source
	// Sizes are the catalogues to walk. A paging source lists its page size, its multiples and their neighbours. All above 0.
	Sizes []int
	// Want is the rows of table item for a size, in order. Only the columns a row names are compared, but the number of rows
	// must be equal: a source that emits ignored rows lists them too. A value of "" stands for an empty or an absent value.
	Want func(size int) []map[string]string
	// Breaks are origins that fail half way. Each must end in an error.
	Breaks []Break
	// Hang makes a source whose origin stops answering half way, and a channel that is closed (or sent to) when it has. Nil
	// for a source that reads no network.
	Hang func(t testing.TB) (Source, <-chan struct{})
	// Bubble runs each check under testing/synctest, so that a source's waits take no time. The source must not touch the
	// network or the disk then.
	Bubble bool
	// Secrets may appear in no error, page, page name, row or exception.
	Secrets []string
}

// Break is one way for an origin to fail.
type Break struct {
	Name string
	New  func(t testing.TB) Source
	// Says, when not empty, is a part of the message a person must be shown.
	Says string
}

// Check is one obligation of a source.
type Check struct {
	Name string
	// Verify returns what is wrong, nil when all is well. It may end the test when the suite itself cannot work.
	Verify func(t testing.TB, suite Suite) error
}

// Checks are the obligations of a source, in the order Run verifies them.
func Checks() []Check {
	return []Check{
		{"complete", verifyComplete},
		{"deterministic", verifyDeterministic},
		{"described", verifyDescribed},
		{"broken origin", verifyBreaks},
		{"broken sink", verifySink},
		{"cancelled", verifyCancelled},
		{"hanging origin", verifyHanging},
		{"no secrets", verifySecrets},
	}
}

// Run verifies every obligation of a source, one subtest each.
func Run(t *testing.T, suite Suite) {
	t.Helper()
	if suite.New == nil || suite.Want == nil || len(suite.Sizes) == 0 {
		t.Fatal("a suite needs New, Want and Sizes")
	}
	for _, check := range Checks() {
		t.Run(check.Name, func(t *testing.T) {
			verify := func(t *testing.T) {
				if err := check.Verify(t, suite); err != nil {
					t.Fatal(err)
				}
			}
			if suite.Bubble {
				synctest.Test(t, verify)
			} else {
				verify(t)
			}
		})
	}
}
