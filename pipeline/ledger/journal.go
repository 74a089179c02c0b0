package ledger

import (
	"fmt"
	"io"

	"fairesync/pipeline/load"
)

// Phases of an attempt.
const (
	PhaseBegin   = "begin"
	PhaseEnd     = "end"
	PhaseSettled = "settled" // a later run found out what became of it
)

// Journal is attempts.ndjson: each request is written down, and the disk asked to keep it, before it is sent and after it was
// answered. It is safe for concurrent use.
type Journal struct{ lines *lines }

// Journal opens the run's journal. Whoever opens it closes it.
func (r *Run) Journal() (*Journal, error) {
	lines, err := openLines(r.folder, AttemptsName)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	return &Journal{lines: lines}, nil
}

// Begin writes down that a request is about to be sent. It must not be sent if this fails.
func (j *Journal) Begin(attempt load.Attempt) error {
	attempt.Phase = PhaseBegin
	return j.write(attempt)
}

// End writes down what became of a request.
func (j *Journal) End(attempt load.Attempt) error {
	attempt.Phase = PhaseEnd
	return j.write(attempt)
}

// Settle writes down what a later run found out about an open attempt, by its request and try: applied, refused, or not tried,
// which says that it did not reach Faire.
func (j *Journal) Settle(attempt load.Attempt) error {
	attempt.Phase = PhaseSettled
	switch attempt.Status {
	case load.Applied, load.Refused, load.NotTried:
		return j.write(attempt)
	}
	return fmt.Errorf("journal settled of request %s: %q does not say what became of it", attempt.Request, attempt.Status)
}

func (j *Journal) write(attempt load.Attempt) error {
	if err := j.lines.append(attempt); err != nil {
		return fmt.Errorf("journal %s of request %s: %w", attempt.Phase, attempt.Request, err)
	}
	return nil
}

// Close closes the journal.
func (j *Journal) Close() error { return j.lines.close() }

// ReadJournal reads the run's journal; fs.ErrNotExist if it never began to send.
func (r *Run) ReadJournal() ([]load.Attempt, error) {
	file, err := r.Open(AttemptsName)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // read only
	return ReadAttempts(file)
}

// ReadAttempts reads a journal. A torn last line is left out.
func ReadAttempts(r io.Reader) ([]load.Attempt, error) {
	return readLines[load.Attempt](r, AttemptsName)
}

// OpenAttempts returns, in their order, the begins whose outcome is not known: those without an end, because the run died, and
// those that ended without an answer, as long as nobody settled them. The next run does before it sends anything (design §5).
func OpenAttempts(attempts []load.Attempt) []load.Attempt {
	type try struct { // a batch that is split has several
		request string
		number  int
	}
	of := func(a load.Attempt) try { return try{a.Request, a.Try} }
	open := map[try]bool{}
	for _, attempt := range attempts {
		open[of(attempt)] = attempt.Phase == PhaseBegin || attempt.Phase == PhaseEnd && attempt.Status == load.Unknown
	}
	last := map[try]int{}
	for i, attempt := range attempts {
		if attempt.Phase == PhaseBegin {
			last[of(attempt)] = i
		}
	}
	var list []load.Attempt
	for i, attempt := range attempts {
		if attempt.Phase == PhaseBegin && last[of(attempt)] == i && open[of(attempt)] {
			list = append(list, attempt)
		}
	}
	return list
}
