package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/check"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/load"
	"fairesync/pipeline/plan"
)

// StaleError says that the world moved since a plan was made; nothing was sent.
type StaleError struct {
	Run   string   // that made the plan
	Moved []string // a sentence about each product, in the plan's order
}

func (e *StaleError) Error() string {
	const most = 10
	text := strings.Join(e.Moved[:min(most, len(e.Moved))], "; ")
	if more := len(e.Moved) - most; more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	return fmt.Sprintf("the plan of run %s is stale: %s", e.Run, text)
}

// Hint says what to do.
func (e *StaleError) Hint() string {
	return "nothing was sent; plan again (fairesync plan -o FILE) and apply that"
}

// Apply sends the requests of a plan that an earlier run made, and no others:
//
//  1. open    lock the brand, make a run folder, the gate          run.go, gate.go
//     settle  what earlier runs left open                          settle.go
//  2. check   the plan is this brand's, its products did not move  samePlan, unmoved
//  3. report  plan.json and the workbook, before anything is sent  report.go
//  4. load    the plan's requests, journalled                      send.go, load
//  5. record  the products as they are now, what was refused       recordApplied
//
// The plan must come from plan.Read, which refuses one that was edited.
func Apply(ctx context.Context, edges Edges, p plan.Plan) (Outcome, error) {
	if p.Brand != edges.Config.Brand {
		return Outcome{}, &UsageError{Why: fmt.Sprintf("the plan is of brand %s, the configuration of brand %s", p.Brand, edges.Config.Brand),
			Next: "name the configuration of brand " + p.Brand + " with --config"}
	}
	r, err := open(edges, Options{Command: "apply", Only: PartOf(p)})
	if err != nil {
		return Outcome{}, err
	}
	r.result.Plan = p
	return r.close(r.apply(ctx))
}

func (r *run) apply(ctx context.Context) error {
	if off := gate(r.edges.Config.Settings, r.options); off != nil {
		return off
	}
	if err := r.settle(ctx); err != nil {
		return err
	}
	r.step("check")
	if err := r.samePlan(ctx); err != nil {
		return err
	}
	if err := r.unmoved(ctx); err != nil {
		return err
	}
	r.step("report")
	if err := r.adopt(); err != nil {
		return err
	}
	if err := r.report(); err != nil {
		return err
	}
	return r.loadApplied(ctx)
}

// loadApplied sends the plan and records what became of it.
func (r *run) loadApplied(ctx context.Context) error {
	var err error
	if r.result.States, err = r.appliedStates(ctx); err != nil {
		return err
	}
	r.step("load")
	loadErr := r.load(ctx)
	r.step("record")
	return errors.Join(loadErr, r.recordApplied(context.WithoutCancel(ctx)))
}

// samePlan refuses a plan of another account, and opens what the later steps need.
func (r *run) samePlan(ctx context.Context) error {
	var err error
	if r.space, err = r.edges.Workspace(r.folder.Staging(), r.folder.Dir()); err != nil {
		return fmt.Errorf("open the run's database: %w", err)
	}
	if err := r.knownAccount(ctx); err != nil {
		return err
	}
	account := r.inputs.Account
	if planned := r.result.Plan.BrandID; planned != account.ID {
		return &UsageError{Why: fmt.Sprintf("the plan is of Faire brand %s, the token of %s (%s)", planned, account.ID, account.Name),
			Next: "plan again with this token, or use the token the plan was made with"}
	}
	return nil
}

// rereads is how many products are read again at once; Faire's client paces them.
const rereads = 4

// unmoved reads the products the plan writes to again and refuses the plan if one moved, or if one it creates is there already.
func (r *run) unmoved(ctx context.Context) error {
	p := r.result.Plan
	moved := make([]string, len(p.Touches))
	group, within := errgroup.WithContext(ctx)
	group.SetLimit(rereads)
	for i, touch := range p.Touches {
		group.Go(func() error {
			product, err := r.edges.Faire.Product(within, touch.ProductID)
			var failure load.Failure
			switch {
			case errors.As(err, &failure) && failure.Code() == "not_found":
				moved[i] = describe(touch.Key, touch.Name, touch.ProductID) + " is not in this account any more"
			case err != nil:
				return fmt.Errorf("read product %s again: %w", touch.ProductID, err)
			case product.Lifecycle == catalog.Deleted:
				moved[i] = describe(touch.Key, touch.Name, touch.ProductID) + " was deleted on Faire"
			case !product.UpdatedAt.Equal(touch.UpdatedAt):
				moved[i] = fmt.Sprintf("%s was changed on Faire at %s", describe(touch.Key, touch.Name, touch.ProductID), product.UpdatedAt.UTC().Format(time.RFC3339))
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	made, err := r.alreadyMade(ctx)
	if err != nil {
		return err
	}
	moved = slices.DeleteFunc(append(moved, made...), func(text string) bool { return text == "" })
	if len(moved) > 0 {
		return &StaleError{Run: p.Run, Moved: moved}
	}
	return nil
}

// describe names a product for people.
func describe(key, name, id string) string {
	if _, style, ok := strings.Cut(key, ":"); ok {
		key = style
	}
	return fmt.Sprintf("%s %q (%s)", key, name, id)
}

// clockSkew is how far our clock may be ahead of Faire's.
const clockSkew = time.Hour

// alreadyMade looks, among the products that changed since the plan was made, for those the plan would make: by token, if this
// plan or a run went through meanwhile, or by SKU, if somebody else made them. A product the plan writes to is judged by unmoved.
func (r *run) alreadyMade(ctx context.Context) ([]string, error) {
	p := r.result.Plan
	creates, err := newTokens(p.Requests)
	if err != nil || len(creates) == 0 {
		return nil, err
	}
	touched := map[string]bool{}
	for _, touch := range p.Touches {
		touched[touch.ProductID] = true
	}
	var made []string
	err = r.walk(ctx, p.Created.Add(-clockSkew), "changed", func(list []catalog.Product) error {
		for _, product := range list {
			if touched[product.FaireID] {
				continue
			}
			found := creates[product.Token]
			for _, v := range product.Variants {
				if !found && product.Lifecycle != catalog.Deleted && v.Lifecycle != catalog.Deleted {
					found = creates[v.Token] || creates["sku "+v.SKU]
				}
			}
			if text := fmt.Sprintf("%q (%s) has been made on Faire since", product.Name, product.FaireID); found && !slices.Contains(made, text) {
				made = append(made, text)
			}
		}
		return nil
	})
	return made, err
}

// newTokens are the idempotence tokens of the products and variants that requests make, and their SKUs after "sku ".
func newTokens(requests []plan.Request) (map[string]bool, error) {
	found := map[string]bool{}
	for _, request := range requests {
		if request.Operation != plan.CreateProduct && request.Operation != plan.UpdateProduct {
			continue
		}
		var body struct {
			Token    string `json:"idempotence_token"`
			Variants []struct {
				Token string `json:"idempotence_token"`
				SKU   string `json:"sku"`
			} `json:"variants"`
		}
		if err := json.Unmarshal(request.Body, &body); err != nil {
			return nil, fmt.Errorf("body of request %s: %w", request.ID, err)
		}
		if body.Token != "" {
			found[body.Token] = true
		}
		for _, v := range body.Variants {
			if v.Token != "" && v.SKU != "" {
				found[v.Token], found["sku "+v.SKU] = true, true
			}
		}
	}
	return found, nil
}

// adopt takes the findings of the run that made the plan, where its folder is still there, and keeps a copy of the plan.
func (r *run) adopt() error {
	p := r.result.Plan
	maker, err := r.edges.State.OpenRun(p.Run)
	switch {
	case errors.Is(err, ledger.ErrRunID), errors.Is(err, fs.ErrNotExist): // the plan was made on another machine
	case err != nil:
		return fmt.Errorf("read the run that made the plan: %w", err)
	default:
		r.exceptions, err = maker.ReadExceptions()
		if err == nil {
			r.types, err = maker.ReadTypes()
		}
		if err = errors.Join(err, maker.Close()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("read the run that made the plan: %w", err)
		}
	}
	if _, err := r.writePlan(p); err != nil {
		return fmt.Errorf("write the plan: %w", err)
	}
	r.summary.Plan = r.folder.Path(ledger.PlanName)
	return nil
}

// recordApplied reads back what was written to and records it. Sent and held values of the products that were written to are
// settled; whatever else differs is the next run's to find.
func (r *run) recordApplied(ctx context.Context) error {
	p := r.result.Plan
	now, err := r.readApplied(ctx)
	if err != nil {
		return err
	}
	maps.Copy(r.result.States, createdStates(p, r.madeBy))
	in := plan.Input{Run: r.summary.Run, Brand: p.Brand, BrandID: p.BrandID, Rules: r.rules()}
	settled := plan.Settle(in, r.result, r.answers(), now)
	found := slices.Concat(settled.Exceptions, r.failures(now))
	for i := range found {
		found[i].FirstSeen = r.summary.Run
	}
	if err := r.toldAfterwards(found, func() error { check.Sort(r.exceptions); return nil }); err != nil {
		return err
	}
	record := ledger.Record{Run: r.summary.Run, Now: r.summary.Started, Account: r.inputs.Account, Refreshed: products(now), Stock: r.stockNow(),
		States: settled.States, Generations: settled.Generations, Exceptions: r.exceptions}
	if err := r.keep(ctx, record); err != nil {
		return err
	}
	if err := r.statusApplied(ctx, now); err != nil {
		return err
	}
	return r.report()
}

// appliedStates is what is recorded of the products the plan writes to. Whoever made the plan released those that were not: nothing
// is planned to be sent to another.
func (r *run) appliedStates(ctx context.Context) (map[string]plan.State, error) {
	var ids []string
	for _, touch := range r.result.Plan.Touches {
		ids = append(ids, touch.ProductID)
	}
	states, err := r.edges.Book.States(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read the brand's state: %w", err)
	}
	for _, touch := range r.result.Plan.Touches {
		state, known := states[touch.ProductID]
		if !known {
			state = plan.State{Key: touch.Key, ProductID: touch.ProductID, Generation: 1, Fields: map[string]plan.Value{}, Variants: map[string]plan.VariantState{}}
		}
		if !state.Created && !state.Released {
			state.Released = true
			r.released[touch.ProductID] = true
		}
		states[touch.ProductID] = state
	}
	return states, nil
}

// readApplied is readBack for every product the plan writes to, by whatever request.
func (r *run) readApplied(ctx context.Context) (map[string]catalog.Product, error) {
	p := r.result.Plan
	for _, touch := range p.Touches { // read before the writes: on Faire's clock, every write is later
		if touch.UpdatedAt.After(r.faireTime) {
			r.faireTime = touch.UpdatedAt
		}
	}
	tried := false
	for _, o := range r.outcomes {
		tried = tried || o.Tried()
		if o.Product != nil && (r.faireTime.IsZero() || len(p.Touches) == 0 && o.Product.UpdatedAt.Before(r.faireTime)) {
			r.faireTime = o.Product.UpdatedAt
		}
	}
	if !tried {
		return map[string]catalog.Product{}, nil
	}
	now, err := r.readBack(ctx)
	if err != nil {
		return nil, err
	}
	for _, touch := range p.Touches {
		if _, there := now[touch.ProductID]; there {
			continue
		}
		product, err := r.edges.Faire.Product(ctx, touch.ProductID)
		if err != nil {
			r.edges.Log.Warn("read back failed; the next run reads it", "run", r.summary.Run, "product", touch.ProductID, "error", err.Error())
			continue
		}
		now[touch.ProductID] = product
	}
	return now, nil
}

// createdStates links the products that a plan's creates made, by their Faire id: ours in every field, and why we left one
// unpublished, which nobody could tell later. made gives the id of the product a request made, blank if it made none. Fields are
// settled by the next run.
func createdStates(p plan.Plan, made func(plan.Request) string) map[string]plan.State {
	states := map[string]plan.State{}
	left := map[string]string{} // product key: image or taxonomy
	for _, change := range p.Changes {
		if change.Kind == plan.KindProduct && change.Action == plan.Create {
			left[change.Key] = leftFor(change)
		}
	}
	for _, request := range p.Requests {
		id := ""
		if request.Operation == plan.CreateProduct {
			id = made(request)
		}
		if id == "" {
			continue
		}
		states[id] = plan.State{Key: request.ProductKey, ProductID: id, Created: true, Released: true,
			Generation: plan.Generation(request.Token), LeftFor: left[request.ProductKey], Fields: map[string]plan.Value{}, Variants: map[string]plan.VariantState{}}
	}
	return states
}

// madeBy gives the product a request made, as Faire answered: of this very token, not an older one that was deleted since.
func (r *run) madeBy(request plan.Request) string {
	for _, o := range r.outcomes {
		if o.Request.ID == request.ID && o.Status == load.Applied && o.Product != nil && o.Product.Token == request.Token && o.Product.Lifecycle != catalog.Deleted {
			return o.Product.FaireID
		}
	}
	return ""
}

// leftFor says what kept a product that is created UNPUBLISHED from being published; blank if nothing did.
func leftFor(create plan.Change) string {
	value := map[string]string{}
	for _, f := range create.Fields {
		value[f.Name] = f.After
	}
	switch {
	case value["lifecycle"] != string(catalog.Unpublished):
		return ""
	case value["images"] == "":
		return "image"
	}
	return "taxonomy"
}
