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
	"fairesync/pipeline/stage"
)

// load sends the plan's requests, in order of harm, each journalled before and after.
func (r *run) load(ctx context.Context) error {
	requests := r.result.Plan.Requests
	if len(requests) == 0 {
		return nil
	}
	journal, err := r.folder.Journal()
	if err != nil {
		return fmt.Errorf("open the journal: %w", err)
	}
	r.edges.Progress.Total(int64(len(requests)))
	r.outcomes, err = load.Run(ctx, requests, r.edges.Writer, load.Options{Journal: journal, Now: r.edges.Now, Changes: r.changes(),
		Parallel: r.edges.Config.Faire.Pace.InFlight, Done: func(load.Outcome) { r.edges.Progress.Add(1) }})
	return errors.Join(err, journal.Close(), ctx.Err())
}

// record reads back what was written, settles it, and writes links, sent and held values, history, status and the workbook with
// its outcomes.
func (r *run) record(ctx context.Context) error {
	now, err := r.readBack(ctx)
	if err != nil {
		return err
	}
	settled := plan.Settle(r.input, r.result, r.answers(), now)
	r.exceptions = append(r.exceptions, slices.Concat(settled.Exceptions, r.failures(now))...)
	if err := r.age(ctx); err != nil {
		return err
	}
	digests := map[string]string{}
	for id := range settled.States {
		if _, written := now[id]; !written {
			digests[id] = r.digests[id]
		}
	}
	record := ledger.Record{Run: r.summary.Run, Now: r.summary.Started, Account: r.inputs.Account, Good: true,
		Manifest: stage.Manifest{Run: r.summary.Run, Started: r.summary.Started, Entries: r.entries()}, Types: r.inputs.Types,
		FullWalk: r.fullWalk, MirrorDir: r.folder.Staging() + "/faire", Refreshed: products(now), States: settled.States,
		HeldDigest: digests, Generations: settled.Generations, Exceptions: r.exceptions}
	if err := r.edges.Book.Record(ctx, record); err != nil {
		return fmt.Errorf("record the run: %w", err)
	}
	if err := r.status(ctx, settled, now); err != nil {
		return err
	}
	return r.report()
}

// answers says what became of the requests that were tried, by their ids. What failed of a batch is told by failures.
func (r *run) answers() map[string]plan.Answer {
	answers := map[string]plan.Answer{}
	for _, o := range r.outcomes {
		if o.Tried() {
			answers[o.Request.ID] = plan.Answer{Applied: o.Status == load.Applied || len(o.Failed) > 0, Unknown: o.Status == load.Unknown && len(o.Failed) == 0,
				Code: o.Code, Message: o.Message, Product: o.Product}
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

func products(byID map[string]catalog.Product) []catalog.Product {
	list := make([]catalog.Product, 0, len(byID))
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		list = append(list, byID[id])
	}
	return list
}

// readBack walks what changed on Faire since before the load. A product that we wrote and that the walk does not show is read
// by itself; where that fails too, the answer's body serves.
func (r *run) readBack(ctx context.Context) (map[string]catalog.Product, error) {
	now := map[string]catalog.Product{}
	written := map[string]*catalog.Product{}
	for _, o := range r.outcomes {
		id := o.Request.ProductID
		if o.Product != nil {
			id = o.Product.FaireID
		}
		if id != "" && o.Tried() {
			written[id] = o.Product
		}
	}
	if len(r.outcomes) == 0 {
		return now, nil
	}
	since := r.faireTime
	if !since.IsZero() {
		since = since.Add(-overlap)
	}
	err := r.walk(ctx, since, "readback", func(list []catalog.Product) error {
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
	return now, nil
}

// noSKU are the rules that ignore a row because it is no SKU, or not the row that stands for it; status leaves them out.
var noSKU = []string{"FEED_PARENT_ROW", "FEED_ROW_NOT_PRODUCT", "FEED_ROW_DUPLICATE", "FEED_WAREHOUSE_ROW"}

// status writes one row per SKU of the source for the status command. now holds the products that were written to.
func (r *run) status(ctx context.Context, settled plan.Settled, now map[string]catalog.Product) error {
	changed := map[string]bool{}
	byID := r.changes()
	for _, o := range r.outcomes {
		var without []string
		for _, entry := range o.Failed {
			without = append(without, entry.Changes...)
		}
		for _, id := range o.Request.Changes {
			if c := byID[id]; (o.Status == load.Applied || o.Status == load.Partly) && !slices.Contains(without, id) {
				changed[c.VariantKey], changed[c.Key] = true, true
			}
		}
	}
	variants, productsOf := map[string]string{}, map[string]string{}
	for id, state := range settled.States {
		productsOf[state.Key] = id
		for variantID, v := range state.Variants {
			variants[v.Key] = variantID
		}
	}
	err := r.edges.State.Replace(ledger.StatusName, func(path string) error {
		return r.edges.Book.WriteStatus(ctx, path, r.edges.State.StatusPath(), func(yield func(ledger.StatusRow) error) error {
			return r.account(ctx, func(row plan.Row, verdict plan.Verdict, codes []string) error {
				if slices.Contains(noSKU, row.IgnoredBy) {
					return nil
				}
				s := ledger.StatusRow{SKU: row.SKU, Style: row.Style, Name: row.Name, ProductKey: row.ProductKey, ProductID: row.ProductID,
					VariantID: row.VariantID, Lifecycle: row.Lifecycle, State: string(verdict), Why: strings.Join(codes, ", "), LastChecked: r.summary.Started}
				if id := productsOf[row.ProductKey]; s.ProductID == "" && verdict != plan.RowIgnored {
					s.ProductID = id
				}
				if id := variants[row.VariantKey]; s.VariantID == "" && verdict != plan.RowIgnored {
					s.VariantID = id
				}
				if p, written := now[s.ProductID]; written {
					s.Lifecycle = string(p.Lifecycle)
				}
				if s.OnFaire = s.VariantID != ""; changed[row.VariantKey] || changed[row.ProductKey] && verdict == plan.RowPlanned {
					s.LastChanged = r.summary.Started
				}
				return yield(s)
			})
		})
	})
	if err != nil {
		return fmt.Errorf("write the status: %w", err)
	}
	return nil
}
