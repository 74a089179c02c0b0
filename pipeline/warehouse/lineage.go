package warehouse

import (
	"context"
	"fmt"

	"fairesync/pipeline/ledger"
)

// Lineage says how the rows with one of these SKUs came to be what is wanted on Faire, after Transform: in the order of delivery, step
// by step.
func (w *Warehouse) Lineage(ctx context.Context, skus []string) ([]ledger.Step, error) {
	if err := w.fillTable(ctx, table("asked_sku", "sku", "sku"), func(add func(...any) error) error {
		for _, sku := range skus {
			if err := add(sku); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return nil, err
	}
	var list []ledger.Step
	layout := table("lineage", "item_id place", "sku style product_key step text item_id:i place:i")
	err := w.inOrder(ctx, "(SELECT * FROM lineage WHERE sku IN (SELECT sku FROM asked_sku))", layout, func(r *row) error {
		var s ledger.Step
		r.texts(&s.SKU, &s.Style, &s.ProductKey, &s.Name, &s.Text)
		list = append(list, s)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read lineage: %w", err)
	}
	return list, nil
}
