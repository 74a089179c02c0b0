package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"fairesync/pipeline/check"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/load"
	"fairesync/pipeline/plan"
	"fairesync/pipeline/stage"
)

func (r *run) writePlan(p plan.Plan) (digest string, err error) {
	err = r.folder.Write(ledger.PlanName, func(w io.Writer) error {
		digest, err = plan.Write(w, p)
		return err
	})
	return digest, err
}

// report writes exceptions and workbook: before the load, so that a run that dies while loading has explained itself, and again
// with outcomes.
func (r *run) report() error {
	r.count()
	if err := r.folder.WriteExceptions(r.exceptions); err != nil {
		return fmt.Errorf("write the exceptions: %w", err)
	}
	if err := r.folder.WriteTypes(r.types); err != nil {
		return fmt.Errorf("write the taxonomy: %w", err)
	}
	if err := r.keepQuestions(); err != nil {
		return err
	}
	err := r.folder.Write(ledger.WorkbookName, func(w io.Writer) error {
		return r.edges.Workbook(w, r.reported())
	})
	if err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	r.summary.Workbook = r.folder.Path(ledger.WorkbookName)
	if err := r.edges.State.PublishWorkbook(r.folder, ledger.WorkbookName); err != nil {
		return fmt.Errorf("publish the workbook: %w", err)
	}
	return nil
}

func (r *run) reported() Report {
	return Report{Summary: r.summary, Plan: r.result.Plan, Exceptions: r.exceptions, Outcomes: r.outcomes, Types: r.types, Asked: r.asked}
}

// count fills the summary from plan, exceptions and outcomes.
func (r *run) count() {
	s, p := &r.summary, r.result.Plan
	a := p.Summary.Accounting
	s.SourceRows, s.Unchanged, s.Planned, s.Held, s.Ignored = a.SourceRows, a.Unchanged, a.Planned, a.Held, a.Ignored
	if p.Summary.Changes != nil {
		s.Changes, s.HeldBy = p.Summary.Changes, p.Summary.Held
	}
	s.Exceptions = map[check.Severity]int{check.Error: 0, check.Warning: 0, check.Info: 0}
	s.Waived = 0
	for _, e := range r.exceptions {
		if e.Is(check.Waived) {
			s.Waived++
			continue
		}
		s.Exceptions[e.Severity]++
	}
	s.Requests.Reads = r.edges.Reads()
	s.Requests.Planned, s.Requests.Sent, s.Requests.OK, s.Requests.Refused = p.Summary.Requests, r.resent, r.resent, 0
	s.Requests.CarriedOver = 0
	for _, o := range r.outcomes {
		switch o.Status {
		case load.Applied:
			s.Requests.Sent++
			s.Requests.OK++
		case load.Partly:
			s.Requests.Sent++
			if slices.ContainsFunc(o.Failed, func(e load.FailedEntry) bool { return e.Status == load.Refused }) {
				s.Requests.Refused++
			} else {
				s.Requests.OK++
			}
		case load.Refused:
			s.Requests.Sent++
			s.Requests.Refused++
		case load.Unknown:
			s.Requests.Sent++
		case load.CarriedOver:
			s.Requests.CarriedOver++
		case load.NotTried:
		}
	}
}

// conclude says how the run ended. Exit codes are cmd's.
func (r *run) conclude(err error) {
	r.count() // also when it did not come to a report, or not to the last one
	s := &r.summary
	s.Ended = r.edges.Now().UTC()
	var off *Off
	var part *load.PartialError
	var stale *StaleError
	var refusal *stage.Refusal
	switch {
	case errors.As(err, &off):
		s.Status = "off"
	case errors.As(err, &part):
		s.Status = "partly"
	case errors.As(err, &stale), errors.As(err, &refusal):
		s.Status = "refused"
	case errors.Is(err, context.Canceled):
		s.Status = "interrupted"
	case err != nil:
		s.Status = "failed"
	case r.options.DryRun:
		s.Status = "planned"
	case guarded(r.result.Plan):
		s.Status = "held"
	case s.Requests.CarriedOver > 0:
		s.Status = "carried_over"
	default:
		s.Status = "done"
	}
	if err != nil {
		s.Error = err.Error()
	}
}

// guarded says whether a ceiling or guard holds a change. What a mistake in the data holds is told by exceptions and does not
// count.
func guarded(p plan.Plan) bool {
	for code := range p.Summary.Held {
		if plan.IsGuard(code) {
			return true
		}
	}
	return false
}
