package pipeline

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/check"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/plan"
	"fairesync/pipeline/stage"
)

// record reads back what was written, settles it, and writes links, sent and held values, history, status and the workbook with
// its outcomes.
func (r *run) record(ctx context.Context) error {
	now, err := r.readBack(ctx)
	if err != nil {
		return err
	}
	settled := plan.Settle(r.input, r.result, r.answers(), now)
	if err := r.toldAfterwards(slices.Concat(settled.Exceptions, r.failures(now)), func() error { return r.age(ctx) }); err != nil {
		return err
	}
	digests := map[string]string{}
	for id := range settled.States {
		if _, written := now[id]; !written {
			digests[id] = r.digests[id]
		}
	}
	record := ledger.Record{Run: r.summary.Run, Now: r.summary.Started, Account: r.inputs.Account, Good: true, Whole: r.options.Only == "",
		Manifest: stage.Manifest{Run: r.summary.Run, Started: r.summary.Started, Entries: r.entries()}, Types: r.inputs.Types,
		FullWalk: r.fullWalk, MirrorDir: r.folder.Staging() + "/faire", Refreshed: products(now), Stock: r.stockNow(), States: settled.States,
		HeldDigest: digests, Generations: settled.Generations, Exceptions: r.exceptions}
	if err := r.keep(ctx, record); err != nil {
		return err
	}
	if err := r.rememberDeliveries(); err != nil {
		return err
	}
	if err := r.status(ctx, settled, now); err != nil {
		return err
	}
	return r.report()
}

// keep records a run, and the state a second time, so that the database can be made anew (fairesync rebuild).
func (r *run) keep(ctx context.Context, record ledger.Record) error {
	if err := r.edges.Book.Record(ctx, record); err != nil {
		return fmt.Errorf("record the run: %w", err)
	}
	if err := r.folder.MarkRecorded(); err != nil {
		return fmt.Errorf("record the run: %w", err)
	}
	checkpoint, err := r.edges.Book.Checkpoint(ctx, r.edges.State.ObjectsDir())
	if err != nil {
		return fmt.Errorf("keep a checkpoint: %w", err)
	}
	if err := r.edges.State.WriteCheckpoint(checkpoint); err != nil {
		return fmt.Errorf("keep a checkpoint: %w", err)
	}
	return nil
}

// toldAfterwards adds what only Faire's answers could tell, once date has given every finding its age, and keeps outcomes and
// findings in the run folder: a replay cannot ask Faire again.
func (r *run) toldAfterwards(found []check.Exception, date func() error) error {
	before := map[string]bool{}
	for _, e := range r.exceptions {
		before[e.ID] = true
	}
	r.exceptions = append(r.exceptions, found...)
	if err := date(); err != nil {
		return err
	}
	if len(r.outcomes) == 0 {
		return nil
	}
	told := ledger.Told{}
	for _, o := range r.outcomes {
		o.Product = nil
		told.Outcomes = append(told.Outcomes, o)
	}
	for _, e := range r.exceptions {
		if !before[e.ID] {
			told.Exceptions = append(told.Exceptions, e)
		}
	}
	if err := r.folder.WriteTold(told); err != nil {
		return fmt.Errorf("keep the outcomes: %w", err)
	}
	return nil
}

// stockNow is the stock on Faire as far as it was read or answered, the later answer first.
func (r *run) stockNow() map[string]catalog.Stock {
	stock := maps.Clone(r.stock)
	if stock == nil {
		stock = map[string]catalog.Stock{}
	}
	for _, o := range r.outcomes {
		maps.Copy(stock, o.Stock)
	}
	return stock
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func products(byID map[string]catalog.Product) []catalog.Product {
	list := make([]catalog.Product, 0, len(byID))
	for _, id := range sortedKeys(byID) {
		list = append(list, byID[id])
	}
	return list
}
