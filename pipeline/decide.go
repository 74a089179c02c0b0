package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strings"

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
	if r.types, err = r.space.TypeQuestions(ctx); err != nil {
		return err
	}
	for _, e := range found {
		code, known := check.Lookup(e.Code)
		if !known {
			return fmt.Errorf("relation of sql/40_check returned the code %q, which check.Codes does not have", e.Code)
		}
		if r.options.Only == OnlyInventory && !concernsStock(e.Code) {
			continue
		}
		e = e.Identify(r.edges.Config.Brand)
		r.exceptions = append(r.exceptions, e)
		if code.Severity == check.Error && e.ProductKey != "" {
			r.blocks[e.ProductKey] = append(r.blocks[e.ProductKey],
				plan.Block{Code: e.Code, Holds: code.Holds, VariantKey: e.VariantKey, Field: e.Field})
		}
	}
	return nil
}

// concernsStock says whether a finding matters to a run for stock alone: a source of quantities need not know names or prices.
func concernsStock(code string) bool {
	if strings.HasPrefix(code, "FEED_FIELD_") {
		return false
	}
	group, _, _ := strings.Cut(code, "_")
	return !slices.Contains([]string{"TEXT", "PRICE", "IMAGE", "OPTION", "TAXONOMY", "CODE"}, group)
}

// rules are the configured policies. A run for stock alone sends nothing else, whatever the policy.
func (r *run) rules() plan.Rules {
	c := r.edges.Config
	policy := c.Policy
	if r.options.Only == OnlyInventory {
		policy = "stock-only"
	}
	return plan.Rules{FirstLink: c.FirstLink, WhenGone: c.WhenGone, WhenInactive: c.WhenInactive, Unmapped: c.Taxonomy.Unmapped, Fields: c.Fields,
		IgnoreQuery: c.Images.IgnoreQuery, Policy: policy, Means: c.Inventory.Means, StartTracking: c.Inventory.StartTracking}
}

// plan compares the products whose sides differ, decides, accounts for every row and writes plan.json.
func (r *run) plan(ctx context.Context) error {
	if err := r.compare(ctx); err != nil {
		return err
	}
	if !r.options.Offline {
		if err := r.readStock(ctx); err != nil {
			return err
		}
	}
	if err := r.decide(ctx); err != nil {
		return err
	}
	if r.options.Offline {
		return nil
	}
	p := &r.result.Plan
	var err error
	if p.Digest, err = r.writePlan(*p); err != nil {
		return fmt.Errorf("write the plan: %w", err)
	}
	r.summary.Plan = r.folder.Path(ledger.PlanName)
	return nil
}

// compare reads the products whose sides differ, and the counts of the whole catalogue.
func (r *run) compare(ctx context.Context) error {
	r.input = plan.Input{Run: r.summary.Run, Brand: r.edges.Config.Brand, BrandID: r.inputs.Account.ID, Approvals: r.options.Approvals, Rules: r.rules()}
	var err error
	if r.input.Census, err = r.space.Census(ctx); err != nil {
		return err
	}
	if r.input.Decided, err = r.decided(ctx); err != nil {
		return err
	}
	return r.space.Pairs(ctx, func(pair plan.Pair, digest string) error {
		pair.Blocks = r.blocks[pair.Key]
		if pair.Current != nil {
			r.digests[pair.Current.FaireID] = digest
		}
		r.input.Pairs = append(r.input.Pairs, pair)
		return nil
	})
}

// decide says what each difference means and where every source row went. check, which does not ask Faire, has no differences.
func (r *run) decide(ctx context.Context) error {
	if !r.options.Offline {
		r.result = plan.Compute(r.input)
		r.withoutApproved()
	}
	p := &r.result.Plan
	p.Created = r.summary.Started
	var err error
	if p.DesiredDigest, p.CurrentDigest, err = r.space.Digests(ctx); err != nil {
		return err
	}
	for _, e := range r.result.Exceptions {
		if r.options.Only != OnlyInventory || concernsStock(e.Code) && !strings.HasPrefix(e.Code, "DRIFT_") {
			r.exceptions = append(r.exceptions, e)
		}
	}
	if err := r.age(ctx); err != nil {
		return err
	}
	if err := r.ask(ctx); err != nil {
		return err
	}
	return r.account(ctx, nil)
}

// readStock asks Faire for the stock of the variants whose quantity may have to change, and keeps the answer: Faire's quantities
// are an input of the plan.
func (r *run) readStock(ctx context.Context) error {
	ids := r.stockToRead()
	if len(ids) == 0 {
		return nil
	}
	var err error
	if r.stock, err = r.edges.Faire.Stock(ctx, ids); err != nil {
		return fmt.Errorf("read the stock on Faire: %w", err)
	}
	if err := r.folder.WriteStock(r.stock); err != nil {
		return fmt.Errorf("keep the stock on Faire: %w", err)
	}
	r.knowStock(ids)
	return nil
}

// stockToRead lists, sorted, the variants whose stock on Faire decides something.
func (r *run) stockToRead() []string {
	var ids []string
	for _, pair := range r.input.Pairs {
		ids = append(ids, plan.StockToRead(r.input.Rules, pair)...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// knowStock puts the stock that was read where the plan looks for it. A variant that was asked for and is not in the answer has none.
func (r *run) knowStock(ids []string) {
	for _, pair := range r.input.Pairs {
		if pair.Current == nil {
			continue
		}
		for i := range pair.Current.Variants {
			v := &pair.Current.Variants[i]
			if _, asked := slices.BinarySearch(ids, v.FaireID); asked {
				stock := r.stock[v.FaireID]
				v.OnHand, v.Committed, v.Available = stock.OnHand, stock.Committed, stock.Available
			}
		}
	}
}

// withoutApproved drops the findings that say something is held which an approval released: a price that moves far, say.
func (r *run) withoutApproved() {
	approved := map[plan.Approved]bool{}
	for _, a := range r.result.Approved {
		approved[a] = true
	}
	r.exceptions = slices.DeleteFunc(r.exceptions, func(e check.Exception) bool {
		return approved[plan.Approved{Code: e.Code, Key: e.ProductKey, VariantKey: e.VariantKey}]
	})
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
