package warehouse

import (
	"context"
	"fmt"
	"time"

	"fairesync/pipeline/check"
	"fairesync/pipeline/review"
)

// History is what earlier runs recorded of exceptions, by id: each as it was, with the run that saw it first, and History with the
// runs that saw it and the last of them. Status is not worked out.
func (w *Warehouse) History(ctx context.Context) (map[string]check.Exception, error) {
	known := map[string]check.Exception{}
	layout := table("exception_history", "id", "id code fingerprint first_run last_run severity sku style name first_time:t runs:i")
	err := w.inOrder(ctx, layout.name, layout, func(r *row) error {
		e := check.Exception{History: &check.History{Runs: max(1, r.number(10))}}
		var severity string
		r.texts(&e.ID, &e.Code, &e.Fingerprint, &e.FirstSeen, &e.History.LastSeen, &severity, &e.SKU, &e.Style, &e.Name)
		e.Severity = check.Severity(severity)
		if first := r.time(9); !first.IsZero() {
			e.History.FirstTime = first.UTC().Format(time.RFC3339)
		}
		known[e.ID] = e
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read exception_history: %w", err)
	}
	return known, nil
}

// Tallies are how many exceptions of each code earlier runs had, the oldest run first.
func (w *Warehouse) Tallies(ctx context.Context) ([]review.Tally, error) {
	var list []review.Tally
	layout := table("exception_tally", "time run code", "run code severity count:i time:t")
	err := w.inOrder(ctx, layout.name, layout, func(r *row) error {
		tally := review.Tally{Count: r.number(3), Time: r.time(4).UTC()}
		var severity string
		r.texts(&tally.Run, &tally.Code, &severity)
		tally.Severity = check.Severity(severity)
		list = append(list, tally)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read exception_tally: %w", err)
	}
	return list, nil
}
