package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"golang.org/x/sync/errgroup"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/load"
	"fairesync/pipeline/plan"
)

// Undo takes back what a run sent, as far as Faire still holds it (design §5):
//
//	open, gate  as in a run                                                run.go, gate.go
//	settle      what earlier runs left open                                settle.go
//	read        what the run sent, and what Faire holds of it now          sentBy, readNow
//	plan        the way back, under the same ceilings; plan.json           plan/undo.go
//	report      the workbook, before anything is sent                      report.go
//	load        the plan's requests, journalled                            send.go
//	record      what went back, so that the next run does not send it      apply.go
//
// With options.DryRun it ends before the load; the plan can be applied later.
func Undo(ctx context.Context, edges Edges, run string, options Options) (Outcome, error) {
	options.Command = "undo"
	r, err := open(edges, options)
	if err != nil {
		return Outcome{}, err
	}
	return r.close(r.undo(ctx, run))
}

func (r *run) undo(ctx context.Context, run string) error {
	if off := gate(r.edges.Config.Settings, r.options); off != nil {
		return off
	}
	if !r.options.DryRun {
		if err := r.settle(ctx); err != nil {
			return err
		}
	}
	r.step("read")
	in, err := r.sentBy(run)
	if err != nil {
		return err
	}
	r.result.Plan = in.Plan
	if err := r.samePlan(ctx); err != nil {
		return err
	}
	if err := r.readNow(ctx, &in); err != nil {
		return err
	}
	r.step("plan")
	if err := r.planBack(in); err != nil {
		return err
	}
	r.step("report")
	if err := r.report(); err != nil || r.options.DryRun {
		return err
	}
	return r.loadApplied(ctx)
}

// sentBy reads what a run sent. An attempt without answer counts: whether it worked is read from Faire.
func (r *run) sentBy(run string) (plan.UndoInput, error) {
	in := plan.UndoInput{Sent: map[string]bool{}, Made: map[string]string{}}
	folder, err := r.edges.State.OpenRun(run)
	if err != nil {
		return in, fmt.Errorf("undo: %w", err)
	}
	defer folder.Close() //nolint:errcheck // read only
	attempts, err := folder.ReadJournal()
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(attempts) == 0 {
		return in, &UsageError{Why: fmt.Sprintf("run %s sent nothing", run), Next: "see fairesync history for the runs that did"}
	}
	if err != nil {
		return in, fmt.Errorf("undo: %w", err)
	}
	if in.Plan, err = readSent(folder); err != nil {
		return in, fmt.Errorf("undo: %w", err)
	}
	tried, made := map[string]bool{}, map[string]string{}
	for _, a := range attempts {
		tried[a.Request] = true
		if a.NewID != "" && a.Status == load.Applied && a.Operation == string(plan.CreateProduct) {
			made[a.Request] = a.NewID
		}
	}
	for _, request := range in.Plan.Requests {
		if !tried[request.ID] {
			continue
		}
		if id := made[request.ID]; id != "" {
			in.Made[request.ProductKey] = id
		} else if request.Operation == plan.CreateProduct {
			continue // it was refused: nothing came of it
		}
		for _, id := range request.Changes {
			in.Sent[id] = true
		}
	}
	return in, nil
}

// readNow reads what Faire and the record hold of the products concerned.
func (r *run) readNow(ctx context.Context, in *plan.UndoInput) error {
	var products, variants []string
	for _, c := range in.Plan.Changes {
		if id := c.ProductID; in.Sent[c.ID] && id != "" {
			products = append(products, id)
		}
	}
	for _, id := range in.Made {
		products = append(products, id)
	}
	slices.Sort(products)
	products = slices.Compact(products)
	var err error
	if in.Now, err = r.readAll(ctx, products); err != nil {
		return err
	}
	for _, c := range in.Plan.Changes {
		if in.Sent[c.ID] && c.Kind != plan.KindPrice {
			variants = append(variants, variantsOf(in.Now[c.ProductID], c)...)
		}
	}
	if len(variants) > 0 {
		slices.Sort(variants)
		if in.Stock, err = r.edges.Faire.Stock(ctx, slices.Compact(variants)); err != nil {
			return fmt.Errorf("read the stock on Faire: %w", err)
		}
	}
	if in.States, err = r.edges.Book.States(ctx, products); err != nil {
		return fmt.Errorf("read the brand's state: %w", err)
	}
	if in.Census.Managed, in.Census.Tracked, err = r.edges.Book.Managed(ctx); err != nil {
		return fmt.Errorf("read the brand's state: %w", err)
	}
	in.Run, in.Brand, in.BrandID, in.Rules, in.Approvals = r.summary.Run, in.Plan.Brand, in.Plan.BrandID, r.rules(), r.options.Approvals
	return nil
}

// variantsOf are the ids of the variants whose stock a change moved.
func variantsOf(product catalog.Product, c plan.Change) []string {
	switch {
	case c.VariantID != "" && c.Fields[0].Name == "on_hand":
		return []string{c.VariantID}
	case c.VariantID != "" || c.SKU == "":
		return nil
	}
	var ids []string
	for _, v := range product.Variants {
		if v.SKU == c.SKU && v.Lifecycle != catalog.Deleted {
			ids = append(ids, v.FaireID)
		}
	}
	return ids
}

// readAll reads products one by one; one that Faire does not have is left out.
func (r *run) readAll(ctx context.Context, ids []string) (map[string]catalog.Product, error) {
	found := make([]*catalog.Product, len(ids))
	group, within := errgroup.WithContext(ctx)
	group.SetLimit(rereads)
	for i, id := range ids {
		group.Go(func() error {
			product, err := r.edges.Faire.Product(within, id)
			var failure load.Failure
			switch {
			case errors.As(err, &failure) && failure.Code() == "not_found":
			case err != nil:
				return fmt.Errorf("read product %s: %w", id, err)
			default:
				found[i] = &product
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	now := map[string]catalog.Product{}
	for i, id := range ids {
		if found[i] != nil {
			now[id] = *found[i]
		}
	}
	return now, nil
}

// planBack plans the way back and writes it down.
func (r *run) planBack(in plan.UndoInput) error {
	r.result = plan.Undo(in)
	p := &r.result.Plan
	p.Created = r.summary.Started
	r.exceptions = r.result.Exceptions
	for i := range r.exceptions {
		r.exceptions[i].FirstSeen = r.summary.Run
	}
	var err error
	if p.Digest, err = r.writePlan(*p); err != nil {
		return fmt.Errorf("write the plan: %w", err)
	}
	r.summary.Plan = r.folder.Path(ledger.PlanName)
	return nil
}
