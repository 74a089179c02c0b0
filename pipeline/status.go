package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/load"
	"fairesync/pipeline/plan"
)

// noSKU are the rules that ignore a row because it is no SKU, or not the row that stands for it; status leaves them out.
var noSKU = []string{"FEED_PARENT_ROW", "FEED_ROW_NOT_PRODUCT", "FEED_ROW_DUPLICATE", "FEED_WAREHOUSE_ROW"}

// status writes one row per SKU of the source for the status command. now holds the products that were written to.
func (r *run) status(ctx context.Context, settled plan.Settled, now map[string]catalog.Product) error {
	changed, waiting := map[string]bool{}, map[string]bool{}
	for _, c := range r.left() {
		waiting[cmp.Or(c.VariantKey, c.Key)] = true
	}
	for _, c := range r.appliedChanges() {
		changed[c.VariantKey], changed[c.Key] = true, true
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
					VariantID: row.VariantID, Lifecycle: row.Lifecycle, State: string(after(verdict, waiting[row.VariantKey] || waiting[row.ProductKey])), Why: strings.Join(codes, ", "), LastChecked: r.summary.Started}
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

// after is what a row is once the load is over: what was planned and went is as it should be.
func after(verdict plan.Verdict, waits bool) plan.Verdict {
	if verdict == plan.RowPlanned && !waits {
		return plan.RowUnchanged
	}
	return verdict
}

// left are the changes that were to be sent and did not go through.
func (r *run) left() []plan.Change {
	went := map[string]bool{}
	for _, c := range r.appliedChanges() {
		went[c.ID] = true
	}
	var list []plan.Change
	for _, c := range r.result.Plan.Changes {
		if !c.Held() && c.Action != plan.None && !went[c.ID] {
			list = append(list, c)
		}
	}
	return list
}

// appliedChanges are the changes that went through.
func (r *run) appliedChanges() []plan.Change {
	byID := r.changes()
	var list []plan.Change
	for _, o := range r.outcomes {
		var without []string
		for _, entry := range o.Failed {
			without = append(without, entry.Changes...)
		}
		for _, id := range o.Request.Changes {
			if (o.Status == load.Applied || o.Status == load.Partly) && !slices.Contains(without, id) {
				list = append(list, byID[id])
			}
		}
	}
	return list
}

// statusApplied brings the rows of status up to what an apply or undo wrote. Which rows the source has, and what holds them, only a
// run can tell.
func (r *run) statusApplied(ctx context.Context, now map[string]catalog.Product) error {
	rows, err := r.edges.Book.ReadStatus(ctx, r.edges.State.StatusPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil // no run has written one yet: the next does
	}
	if err != nil {
		return fmt.Errorf("read the status: %w", err)
	}
	waiting := map[string]bool{}
	for _, c := range r.left() {
		waiting[c.Key] = true
	}
	products, variants, skus := map[string]string{}, map[string]bool{}, map[[2]string]bool{} // product key: id; variant ids; product key and SKU
	made := map[string]string{}                                                              // product key: id
	for id, state := range createdStates(r.result.Plan, r.madeBy) {
		made[state.Key] = id
	}
	for _, c := range r.appliedChanges() {
		products[c.Key] = cmp.Or(c.ProductID, made[c.Key])
		variants[c.VariantID], skus[[2]string{c.Key, c.SKU}] = true, true
	}
	err = r.edges.State.Replace(ledger.StatusName, func(path string) error {
		return r.edges.Book.WriteStatus(ctx, path, "", func(yield func(ledger.StatusRow) error) error {
			for _, row := range rows {
				id, written := products[row.ProductKey]
				if written && row.ProductID == "" {
					row.ProductID = id
				}
				if product, read := now[row.ProductID]; read {
					row.Lifecycle = string(product.Lifecycle)
					if at := slices.IndexFunc(product.Variants, func(v catalog.Variant) bool { return v.SKU == row.SKU && v.Lifecycle != catalog.Deleted }); row.VariantID == "" && at >= 0 {
						row.VariantID = product.Variants[at].FaireID
					}
				}
				row.OnFaire = row.VariantID != ""
				row.State = string(after(plan.Verdict(row.State), waiting[row.ProductKey]))
				if row.VariantID != "" && variants[row.VariantID] || written && (skus[[2]string{row.ProductKey, row.SKU}] || skus[[2]string{row.ProductKey, ""}]) {
					row.LastChanged = r.summary.Started
				}
				if err := yield(row); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		return fmt.Errorf("write the status: %w", err)
	}
	return nil
}
