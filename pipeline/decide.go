package pipeline

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/check"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/plan"
)

// transform runs the relations and reads what they found.
func (r *run) transform(ctx context.Context) error {
	if err := r.space.Transform(ctx); err != nil {
		return err
	}
	if unknown, err := r.space.UnknownRules(ctx); err != nil {
		return err
	} else if len(unknown) > 0 {
		return &UsageError{
			Why:  "the taxonomy rules name types that Faire never had: " + strings.Join(unknown, "; "),
			Next: "correct the ids in " + r.edges.Config.Taxonomy.Rules,
		}
	}
	found, err := r.space.Exceptions(ctx)
	if err != nil {
		return err
	}
	for _, e := range found {
		e = e.Identify(r.edges.Config.Brand)
		r.exceptions = append(r.exceptions, e)
		code, known := check.Lookup(e.Code)
		if !known {
			return fmt.Errorf("relation of sql/40_check returned the code %q, which check.Codes does not have", e.Code)
		}
		if code.Severity == check.Error && e.ProductKey != "" {
			r.blocks[e.ProductKey] = append(r.blocks[e.ProductKey],
				plan.Block{Code: e.Code, Holds: code.Holds, VariantKey: e.VariantKey, Field: e.Field})
		}
	}
	return nil
}

// plan compares the products whose sides differ, decides, accounts for every row and writes plan.json.
func (r *run) plan(ctx context.Context) error {
	c := r.edges.Config
	r.input = plan.Input{Run: r.summary.Run, Brand: c.Brand, BrandID: r.inputs.Account.ID, Approvals: r.options.Approvals,
		Rules: plan.Rules{FirstLink: c.FirstLink, WhenGone: c.WhenGone, WhenInactive: c.WhenInactive, Unmapped: c.Taxonomy.Unmapped,
			Fields: c.Fields, IgnoreQuery: c.Images.IgnoreQuery, Policy: c.Policy, Means: c.Inventory.Means, StartTracking: c.Inventory.StartTracking}}
	var err error
	if r.input.Census, err = r.space.Census(ctx); err != nil {
		return err
	}
	err = r.space.Pairs(ctx, func(pair plan.Pair, digest string) error {
		pair.Blocks = r.blocks[pair.Key]
		if pair.Current != nil {
			r.digests[pair.Current.FaireID] = digest
		}
		r.input.Pairs = append(r.input.Pairs, pair)
		return nil
	})
	if err != nil {
		return err
	}
	if !r.options.Offline {
		if err := r.readStock(ctx); err != nil {
			return err
		}
		r.result = plan.Compute(r.input)
	}
	p := &r.result.Plan
	p.Created = r.summary.Started
	if p.DesiredDigest, p.CurrentDigest, err = r.space.Digests(ctx); err != nil {
		return err
	}
	r.exceptions = append(r.exceptions, r.result.Exceptions...)
	if err := r.age(ctx); err != nil {
		return err
	}
	if err := r.account(ctx, nil); err != nil {
		return err
	}
	if r.options.Offline {
		return nil
	}
	if p.Digest, err = r.writePlan(*p); err != nil {
		return fmt.Errorf("write the plan: %w", err)
	}
	r.summary.Plan = r.folder.Path(ledger.PlanName)
	return nil
}

// readStock asks Faire what is on hand of the variants that are to stop selling, since only tracked ones are set to 0 (design
// §4.1), and of those we made that seem to have no quantity.
func (r *run) readStock(ctx context.Context) error {
	leaving := map[string]*catalog.Variant{}
	for _, pair := range r.input.Pairs {
		if pair.Desired == nil || pair.Current == nil {
			continue
		}
		stopping, lacking := map[string]bool{}, map[string]bool{}
		for _, v := range pair.Desired.Variants {
			stopping[v.FaireID] = v.FaireID != "" && r.input.Rules.StopsSelling(v)
			lacking[v.FaireID] = v.OnHand != nil && pair.State != nil && pair.State.Variants[v.FaireID].Created
		}
		for i := range pair.Current.Variants {
			if v := &pair.Current.Variants[i]; stopping[v.FaireID] || lacking[v.FaireID] && v.Available == nil {
				leaving[v.FaireID] = v
			}
		}
	}
	if len(leaving) == 0 {
		return nil
	}
	stock, err := r.edges.Faire.Stock(ctx, slices.Sorted(maps.Keys(leaving)))
	if err != nil {
		return fmt.Errorf("read the stock on Faire: %w", err)
	}
	for id, v := range leaving {
		v.OnHand, v.Committed = stock[id].OnHand, stock[id].Committed
	}
	return nil
}

// age fills in which run saw each exception first.
func (r *run) age(ctx context.Context) error {
	seen, err := r.space.FirstSeen(ctx)
	if err != nil {
		return err
	}
	for i := range r.exceptions {
		e := &r.exceptions[i]
		if e.FirstSeen = seen[e.ID]; e.FirstSeen == "" {
			e.FirstSeen = r.summary.Run
		}
	}
	check.Sort(r.exceptions)
	return nil
}

// account counts where every source row went (design §4.3); each hears of every row.
func (r *run) account(ctx context.Context, each func(plan.Row, plan.Verdict, []string) error) error {
	accounting := plan.Accounting{IgnoredBy: map[string]int64{}}
	account := plan.NewAccount(r.result.Plan, r.blocks)
	err := r.space.Rows(ctx, func(row plan.Row) error {
		verdict, codes := account.Row(row)
		accounting.Add(verdict, codes)
		if each != nil {
			return each(row, verdict, codes)
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.result.Plan.Summary.Accounting = accounting
	return nil
}
