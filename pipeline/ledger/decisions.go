package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"fairesync/pipeline/review"
)

const (
	decisionsName     = "decisions.ndjson"
	decisionsLockName = "decisions.lock"
)

// QuestionsName is the file of a run folder with what its workbook asks.
const QuestionsName = "questions.ndjson"

// DecisionsPath is where the brand's decisions are, one a line, in the order they were taken (ADR 0019).
func (s *State) DecisionsPath() string { return s.Path(decisionsName) }

// ReadDecisions reads every decision that was ever taken, the oldest first; none if there is no file.
func (s *State) ReadDecisions() ([]review.Decision, error) {
	file, err := s.Open(decisionsName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("decisions: %w", err)
	}
	defer file.Close() //nolint:errcheck // read only
	list, err := readLines[review.Decision](file, decisionsName)
	if err != nil {
		return nil, fmt.Errorf("decisions: %w", err)
	}
	return list, nil
}

// Decide adds what take returns for the decisions there are now: all of it or nothing. Two that decide at once wait for each other;
// a run does not: it obeys what it read when it began.
func (s *State) Decide(take func(now []review.Decision) ([]review.Decision, error)) (err error) {
	lock, err := s.root.OpenFile(decisionsLockName, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("decisions: %w", err)
	}
	defer func() { err = errors.Join(err, lock.Close()) }() // this gives the lock back
	if err := flockPatiently(lock); err != nil {
		return fmt.Errorf("decisions: %w", err)
	}
	now, err := s.ReadDecisions()
	if err != nil {
		return err
	}
	added, err := take(now)
	if err != nil || len(added) == 0 {
		return err
	}
	err = s.Write(decisionsName, func(w io.Writer) error {
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		for _, list := range [][]review.Decision{now, added} {
			for _, d := range list {
				if err := encoder.Encode(d); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("decisions: %w", err)
	}
	return nil
}

// flockPatiently waits up to ten seconds for another that decides.
func flockPatiently(file *os.File) error {
	const tries, wait = 200, 50 * time.Millisecond
	for n := 1; ; n++ {
		err := flock(file, unix.LOCK_EX)
		if n == tries || !errors.Is(err, unix.EWOULDBLOCK) {
			return err
		}
		time.Sleep(wait)
	}
}

// WriteQuestions makes or replaces questions.ndjson, one question a line.
func (r *Run) WriteQuestions(list []review.Question) error { return writeLines(r, QuestionsName, list) }

// ReadQuestions reads questions.ndjson; fs.ErrNotExist if the run asked nothing.
func (r *Run) ReadQuestions() ([]review.Question, error) {
	return readFileLines[review.Question](r, QuestionsName)
}
