package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/check"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/load"
	"fairesync/pipeline/plan"
)

// load sends the plan's requests, in order of harm, each journalled before and after. Requests that only repeat a batch are sent
// where the read-back shows that Faire ignored the batch (contract §9.3).
func (r *run) load(ctx context.Context) error {
	var requests []plan.Request
	repeats := false
	for _, request := range r.result.Plan.Requests {
		if request.FallbackOf == "" {
			requests = append(requests, request)
		} else {
			repeats = true
		}
	}
	if err := r.recordIntent(ctx); err != nil {
		return err
	}
	if len(requests) == 0 {
		return nil
	}
	journal, err := r.folder.Journal()
	if err != nil {
		return fmt.Errorf("open the journal: %w", err)
	}
	r.edges.Progress.Total(int64(len(requests)))
	budget := cmp.Or(r.options.Budget, r.edges.Config.Faire.Pace.WritesPerRun)
	err = r.send(ctx, journal, requests, budget)
	if repeats && ctx.Err() == nil {
		err = errors.Join(err, r.repeat(ctx, journal, budget))
	}
	return errors.Join(err, journal.Close(), ctx.Err())
}

func (r *run) send(ctx context.Context, journal *ledger.Journal, requests []plan.Request, budget int) error {
	outcomes, err := load.Run(ctx, requests, r.edges.Writer, load.Options{Journal: journal, Now: r.edges.Now, Changes: r.changes(), Live: r.live(),
		Parallel: r.edges.Config.Faire.Pace.InFlight, Budget: budget, Done: func(load.Outcome) { r.edges.Progress.Add(1) }})
	r.outcomes = append(r.outcomes, outcomes...)
	r.now = nil
	return err
}

// repeat reads the prices back and sends those again, by product, that a batch did not change.
func (r *run) repeat(ctx context.Context, journal *ledger.Journal, budget int) error {
	now, err := r.readBack(ctx)
	if err != nil {
		return err
	}
	again := plan.Fallbacks(r.result.Plan, r.answers(), now)
	if budget > 0 {
		for _, o := range r.outcomes {
			budget -= o.Tries
		}
		if budget <= 0 {
			return nil // the next run finds the prices as they were
		}
	}
	if len(again) == 0 {
		return nil
	}
	r.edges.Log.Info("Faire ignored prices of a batch; they go again by product", "run", r.summary.Run, "requests", len(again))
	r.edges.Progress.Total(int64(len(again)))
	return r.send(ctx, journal, again, budget)
}

// live says whether a product can be ordered on Faire; of a product nobody looked at, that it can.
func (r *run) live() func(productID string) bool {
	hidden := map[string]bool{}
	for _, pair := range r.input.Pairs {
		if pair.Current != nil && pair.Current.Lifecycle != catalog.Published {
			hidden[pair.Current.FaireID] = true
		}
	}
	return func(productID string) bool { return !hidden[productID] }
}

// recordIntent writes down, before anything is sent, what was decided about products and does not depend on the load: which were
// released, and which values are regretted (fairesync undo). A run that dies while it sends has been decided all the same: the next
// one goes on from there.
func (r *run) recordIntent(ctx context.Context) error {
	approved, undone := map[string]bool{}, map[string]bool{}
	for _, a := range r.result.Approved {
		approved[a.Key] = approved[a.Key] || a.Code == plan.CodeFirstLink
	}
	for _, c := range r.result.Plan.Changes {
		undone[c.ProductID] = undone[c.ProductID] || c.Reason == plan.ReasonUndone && !c.Held()
	}
	r.result.States = plan.Mark(r.result.States, r.result.Plan)
	states := map[string]plan.State{}
	for id, state := range r.result.States {
		if approved[state.Key] && state.Released || r.released[id] || undone[id] {
			states[id] = state
		}
	}
	if len(states) == 0 {
		return nil
	}
	if err := r.edges.Book.Record(ctx, ledger.Record{Run: r.summary.Run, Now: r.summary.Started, States: states}); err != nil {
		return fmt.Errorf("record what was decided: %w", err)
	}
	return nil
}

// answers says what became of the requests that were tried, by their ids. What failed of a batch is told by failures.
func (r *run) answers() map[string]plan.Answer {
	answers := map[string]plan.Answer{}
	for _, o := range r.outcomes {
		if o.Tried() {
			answer := plan.Answer{Applied: o.Status == load.Applied || len(o.Failed) > 0, Unknown: o.Status == load.Unknown && len(o.Failed) == 0,
				Code: o.Code, Message: o.Message, Product: o.Product, Stock: o.Stock}
			for _, entry := range o.Failed {
				answer.Failed = append(answer.Failed, entry.Changes...)
			}
			answers[o.Request.ID] = answer
		}
	}
	return answers
}

// changes are the plan's, by id.
func (r *run) changes() map[string]plan.Change {
	byID := map[string]plan.Change{}
	for _, c := range r.result.Plan.Changes {
		byID[c.ID] = c
	}
	return byID
}

// failures tells of the entries of batches that Faire refused or did not answer, one exception per variant. now holds the
// products read back.
func (r *run) failures(now map[string]catalog.Product) []check.Exception {
	var list []check.Exception
	byID := r.changes()
	codes := map[load.Status]string{load.Refused: "FAIRE_REFUSED", load.Unknown: "FAIRE_OUTCOME_UNKNOWN"}
	for _, o := range r.outcomes {
		for _, entry := range o.Failed {
			var c plan.Change
			if len(entry.Changes) > 0 {
				c = byID[entry.Changes[0]]
			}
			source, _, _ := strings.Cut(c.Key, ":")
			e := check.Exception{Code: codes[entry.Status], Source: source, EntityKey: cmp.Or(c.VariantKey, entry.Key), ProductKey: c.Key, VariantKey: c.VariantKey,
				SKU: c.SKU, Style: c.Style, Name: c.Name, FaireID: c.ProductID, Detail: string(o.Request.Operation), Wanted: string(o.Request.Operation),
				Found: strings.TrimSpace(entry.Code + " " + entry.Message), Live: now[c.ProductID].Lifecycle == catalog.Published}
			if e.Code != "" {
				list = append(list, e.Identify(r.edges.Config.Brand))
			}
		}
	}
	return list
}

// readBack walks what changed on Faire since before the load. A product that we wrote and that the walk does not show is read
// by itself; where that fails too, the answer's body serves. It is done once after the last write.
func (r *run) readBack(ctx context.Context) (map[string]catalog.Product, error) {
	if r.now != nil {
		return r.now, nil
	}
	now, written := map[string]catalog.Product{}, r.written()
	if len(written) == 0 {
		return now, nil
	}
	since := r.faireTime
	if !since.IsZero() {
		since = since.Add(-overlap)
	}
	err := r.walk(ctx, since, fmt.Sprintf("readback-%d", len(r.outcomes)), func(list []catalog.Product) error {
		for _, p := range list {
			if _, ours := written[p.FaireID]; ours {
				now[p.FaireID] = p
			}
		}
		return nil
	})
	if err != nil {
		r.edges.Log.Warn("read back by walk failed; using the answers", "run", r.summary.Run, "error", err.Error())
	}
	for _, id := range slices.Sorted(maps.Keys(written)) {
		if _, ok := now[id]; ok {
			continue
		}
		if p, err := r.edges.Faire.Product(ctx, id); err == nil {
			now[id] = p
		} else if written[id] != nil {
			now[id] = *written[id]
		}
	}
	r.now = now
	return now, nil
}

// written are the products whose own values may have been written, with Faire's last answer where it gave one. Quantities are told
// by the answers to their batches.
func (r *run) written() map[string]*catalog.Product {
	written, changes := map[string]*catalog.Product{}, r.changes()
	for _, o := range r.outcomes {
		switch {
		case !o.Tried():
		case o.Product != nil:
			written[o.Product.FaireID] = o.Product
		case o.Request.ProductID != "":
			written[o.Request.ProductID] = nil
		case o.Request.Operation == plan.SetPrices:
			for _, id := range o.Request.Changes {
				if product := changes[id].ProductID; written[product] == nil {
					written[product] = nil
				}
			}
		}
	}
	return written
}
