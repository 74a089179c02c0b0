package warehouse

import (
	"context"
	"encoding/json"
	"fmt"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/review"
)

// Questions are the rows of the relation question, identified, in no order that matters: review.Sort has the last word.
func (w *Warehouse) Questions(ctx context.Context) ([]review.Question, error) {
	var list []review.Question
	layout := table("question", "kind key code", `kind key code sku style name field found wanted picture proposed suggestions covers
		rows:i stock:i wholesale:i retail:i faire_wholesale:i faire_retail:i live:b`)
	err := w.inOrder(ctx, layout.name, layout, func(r *row) error {
		q := review.Question{Rows: r.number(13), Stock: catalog.Money(r.number(14)), Live: r.flag(19)}
		var kind, suggestions, covers string
		r.texts(&kind, &q.Key, &q.Code, &q.SKU, &q.Style, &q.Name, &q.Field, &q.Found, &q.Wanted, &q.Picture, &q.Proposed, &suggestions, &covers)
		q.Kind = review.Kind(kind)
		if err := decodeList(suggestions, &q.Suggestions); err != nil {
			return fmt.Errorf("suggestions of %s: %w", q.Key, err)
		}
		if err := decodeList(covers, &q.Covers); err != nil {
			return fmt.Errorf("covers of %s: %w", q.Key, err)
		}
		if q.Kind == review.Price {
			q.Amounts = &review.Amounts{Wholesale: catalog.Money(r.number(15)), Retail: catalog.Money(r.number(16)),
				FaireWholesale: catalog.Money(r.number(17)), FaireRetail: catalog.Money(r.number(18))}
		}
		list = append(list, q.Identify())
		return nil
	})
	return list, err
}

func decodeList[T any](text string, list *[]T) error {
	if text == "" || text == "[]" {
		return nil
	}
	return json.Unmarshal([]byte(text), list)
}

// PricePoints are the rows of the relation price_point, sorted by geography and amounts.
func (w *Warehouse) PricePoints(ctx context.Context) ([]catalog.PricePoint, error) {
	var list []catalog.PricePoint
	layout := table("price_point", "geography wholesale retail", "geography wholesale:i retail:i variants:i")
	err := w.inOrder(ctx, layout.name, layout, func(r *row) error {
		p := catalog.PricePoint{Wholesale: catalog.Money(r.number(1)), Retail: catalog.Money(r.number(2)), Variants: r.number(3)}
		r.texts(&p.Geography)
		list = append(list, p)
		return nil
	})
	return list, err
}

// Decided are the rows of the relation decided_field: by product key, variant key ("" for the product) and field, where the value
// comes from.
func (w *Warehouse) Decided(ctx context.Context) (map[[3]string]string, error) {
	decided := map[[3]string]string{}
	layout := table("decided_field", "product_key variant_key field", "product_key variant_key field words")
	err := w.inOrder(ctx, layout.name, layout, func(r *row) error {
		decided[[3]string{r.text(0), r.text(1), r.text(2)}] = r.text(3)
		return nil
	})
	return decided, err
}
