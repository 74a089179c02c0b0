package warehouse

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"fairesync/pipeline/plan"
)

// States reads what is recorded of products, by Faire product id. One that nothing is recorded of is missing.
func (b *Book) States(ctx context.Context, products []string) (map[string]plan.State, error) {
	states := map[string]plan.State{}
	if len(products) == 0 {
		return states, nil
	}
	wanted, err := json.Marshal(products)
	if err != nil {
		return nil, err
	}
	err = b.within(ctx, func(db *database) error {
		return db.each(ctx, `SELECT product_id, document FROM product_state
			WHERE product_id IN (SELECT unnest(CAST(CAST(? AS JSON) AS VARCHAR[]))) ORDER BY product_id`, func(scan func(...any) error) error {
			var id string
			var document sql.NullString
			if err := scan(&id, &document); err != nil {
				return err
			}
			var state plan.State
			if err := json.Unmarshal([]byte(document.String), &state); err != nil {
				return fmt.Errorf("record of product %s: %w", id, err)
			}
			states[id] = state
			return nil
		}, string(wanted))
	})
	if err != nil {
		return nil, fmt.Errorf("read the recorded states: %w", err)
	}
	return states, nil
}

// Managed counts the products that are recorded, and their variants whose stock Faire tracked when it was last read.
func (b *Book) Managed(ctx context.Context) (products, tracked int, err error) {
	err = b.within(ctx, func(db *database) error {
		count := func(into *int, query string) error {
			n, err := db.number(ctx, query)
			*into = int(n)
			return err
		}
		if err := count(&products, "SELECT count(*) FROM product_state"); err != nil {
			return err
		}
		return count(&tracked, "SELECT count(*) FROM mirror_variant SEMI JOIN variant_state USING (variant_id) WHERE available IS NOT NULL")
	})
	if err != nil {
		return 0, 0, fmt.Errorf("count what is recorded: %w", err)
	}
	return products, tracked, nil
}
