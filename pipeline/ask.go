package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"fairesync/pipeline/check"
	"fairesync/pipeline/plan"
	"fairesync/pipeline/review"
)

// decided is what people decided about differences, for the plan.
func (r *run) decided(ctx context.Context) (plan.Decided, error) {
	d := plan.Decided{Owners: map[plan.OwnerKey]plan.OwnerWords{}, Approved: map[string]map[string]string{}}
	for _, one := range r.inputs.Decisions {
		switch one.Kind {
		case review.Drift:
			d.Owners[plan.OwnerKey{Product: one.Key, Field: one.Field}] = plan.OwnerWords{Ours: one.Action == review.Ours, Words: one.Words()}
		case review.Approval:
			if d.Approved[one.Field] == nil {
				d.Approved[one.Field] = map[string]string{}
			}
			d.Approved[one.Field][one.Key] = one.Words()
		case review.Alias, review.Taxonomy, review.Price, review.Recreate: // the relations obey these
		case review.Waiver, review.Owner: // they decide nothing about Faire
		}
	}
	var err error
	d.Sources, err = r.space.Decided(ctx)
	return d, err
}

// ask gathers what the workbook asks, and what it shows beside that.
func (r *run) ask(ctx context.Context) error {
	a := &r.asked
	var err error
	if a.Questions, err = r.space.Questions(ctx); err != nil {
		return err
	}
	if a.Prices, err = r.space.PricePoints(ctx); err != nil {
		return err
	}
	if !r.options.Offline {
		a.Questions = append(a.Questions, review.OfPlan(r.result.Plan, r.exceptions, r.input.Decided)...)
	}
	if r.options.Only == OnlyInventory { // the rest is not looked at
		a.Questions = slices.DeleteFunc(a.Questions, func(q review.Question) bool { return q.Kind != review.Approval })
	}
	r.askedAll = r.options.Only == ""
	review.Sort(a.Questions)
	a.Decisions, a.Choices = r.inputs.Decisions, r.inputs.Types
	return nil
}

// age says of every exception how it stands: since when it is known, whether a waiver covers it, who looks after it. And which of
// those the last whole run had are gone.
func (r *run) age(ctx context.Context) error {
	known, err := r.space.History(ctx)
	if err != nil {
		return err
	}
	if r.asked.Tallies, err = r.space.Tallies(ctx); err != nil {
		return err
	}
	last := ""
	if n := len(r.asked.Tallies); n > 0 {
		last = r.asked.Tallies[n-1].Run
	}
	waived, owned := map[string]review.Decision{}, map[string]string{}
	for _, d := range r.inputs.Decisions {
		switch d.Kind {
		case review.Waiver:
			waived[d.Key] = d
		case review.Owner:
			owned[d.Key] = d.Value
		}
	}
	today := r.summary.Started.UTC().Format(time.DateOnly)
	now := map[string]bool{}
	for i := range r.exceptions {
		e := &r.exceptions[i]
		now[e.ID] = true
		h := &check.History{Status: check.New, FirstTime: r.summary.Started.UTC().Format(time.RFC3339), Runs: 1, Owner: owned[e.ID]}
		e.FirstSeen, e.History = r.summary.Run, h
		if before, ok := known[e.ID]; ok {
			e.FirstSeen, h.FirstTime, h.LastSeen, h.Runs = before.FirstSeen, before.History.FirstTime, before.History.LastSeen, before.History.Runs+1
			if h.Status = check.Open; h.LastSeen < last { // ids of runs sort by time
				h.Status = check.Reopened
			}
		}
		if d, ok := waived[e.ID]; ok && d.Seen == e.Fingerprint && today <= d.Value {
			h.Status, h.WaivedUntil, h.WaivedBy = check.Waived, d.Value, d.Words()
		}
	}
	check.Sort(r.exceptions)
	r.asked.Resolved = nil
	if r.options.Offline || r.options.Only != "" || last == "" {
		return nil // not everything was looked at
	}
	for id, e := range known {
		if e.History.LastSeen == last && !now[id] {
			e.History.Status, e.History.Owner = check.Resolved, owned[id]
			r.asked.Resolved = append(r.asked.Resolved, e)
		}
	}
	slices.SortFunc(r.asked.Resolved, func(a, b check.Exception) int {
		return strings.Compare(a.Code+"\x00"+a.SKU+"\x00"+a.ID, b.Code+"\x00"+b.SKU+"\x00"+b.ID)
	})
	return nil
}

// keepQuestions writes what was asked into the run folder: an answer is held against it. A run that did not look at everything (an
// apply, stock alone) leaves no such file, so that nothing passes for answered.
func (r *run) keepQuestions() error {
	if !r.askedAll {
		return nil
	}
	if err := r.folder.WriteQuestions(r.asked.Questions); err != nil {
		return fmt.Errorf("write the questions: %w", err)
	}
	return nil
}
