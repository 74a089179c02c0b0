package warehouse

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/check"
	"fairesync/pipeline/plan"
)

// Exceptions are the rows of the relation exception, not identified yet, in a fixed order.
func (w *Warehouse) Exceptions(ctx context.Context) ([]check.Exception, error) {
	var list []check.Exception
	err := w.inOrder(ctx, "exception", `code, source, entity_key, product_key, variant_key, sku, style, name, category, field, detail,
		found, wanted, proposal, file, "row", column_name, faire_id, live`, "ALL", func(scan func(...any) error) error {
		var e check.Exception
		var row sql.NullInt64
		var live sql.NullBool
		err := scan(null(&e.Code), null(&e.Source), null(&e.EntityKey), null(&e.ProductKey), null(&e.VariantKey), null(&e.SKU), null(&e.Style),
			null(&e.Name), null(&e.Category), null(&e.Field), null(&e.Detail), null(&e.Found), null(&e.Wanted), null(&e.Proposal),
			null(&e.File), &row, null(&e.Column), null(&e.FaireID), &live)
		e.Row, e.Live = row.Int64, live.Bool
		list = append(list, e)
		return err
	})
	return list, err
}

// Pairs hands over the products of the relation candidate with both their sides and what was recorded of them, sorted by key.
// heldDigest is that of the current side, to be recorded with a State that goes with it; "" when the product is not on Faire.
// Blocks are left empty. The current side's updated_at and stock stand beside the document in current_document: they move by
// themselves and so are no part of its digest.
func (w *Warehouse) Pairs(ctx context.Context, yield func(pair plan.Pair, heldDigest string) error) error {
	const pairs = `(SELECT c.product_key, c.product_id, CAST(d.document AS VARCHAR) AS desired, CAST(f.document AS VARCHAR) AS current,
			CAST(f.stock AS VARCHAR) AS stock, f.updated_at, f.held_digest, s.document AS state
		FROM candidate c
		LEFT JOIN desired_document d ON d.product_key = c.product_key
		LEFT JOIN current_document f ON f.product_id = c.product_id
		LEFT JOIN product_state s ON s.product_id = c.product_id)`
	return w.inOrder(ctx, pairs, "product_key, desired, current, stock, updated_at, held_digest, state", "product_key, product_id",
		func(scan func(...any) error) error {
			var pair plan.Pair
			var desired, current, stock, state sql.NullString
			var updated sql.NullTime
			var heldDigest string
			if err := scan(null(&pair.Key), &desired, &current, &stock, &updated, null(&heldDigest), &state); err != nil {
				return err
			}
			var err error
			if pair.Desired, err = document[catalog.Product](desired); err != nil {
				return fmt.Errorf("desired_document of %s: %w", pair.Key, err)
			}
			if pair.Current, err = document[catalog.Product](current); err != nil {
				return fmt.Errorf("current_document of %s: %w", pair.Key, err)
			}
			if err := complete(pair.Current, updated, stock); err != nil {
				return fmt.Errorf("current_document of %s: %w", pair.Key, err)
			}
			if pair.State, err = document[plan.State](state); err != nil {
				return fmt.Errorf("product_state of %s: %w", pair.Key, err)
			}
			return yield(pair, heldDigest)
		})
}

// complete adds to a product on Faire what stands beside its document.
func complete(product *catalog.Product, updated sql.NullTime, stock sql.NullString) error {
	if product == nil {
		return nil
	}
	if updated.Valid {
		product.UpdatedAt = updated.Time.UTC()
	}
	levels, err := document[[]struct {
		ID     string `json:"faire_id"`
		OnHand int64  `json:"on_hand"`
	}](stock)
	if err != nil || levels == nil {
		return err
	}
	onHand := make(map[string]int64, len(*levels))
	for _, level := range *levels {
		onHand[level.ID] = level.OnHand
	}
	for i := range product.Variants {
		if level, ok := onHand[product.Variants[i].FaireID]; ok {
			product.Variants[i].OnHand = &level
		}
	}
	return nil
}

// document decodes a JSON document, nil for NULL.
func document[T any](text sql.NullString) (*T, error) {
	if !text.Valid {
		return nil, nil // the side is not there, which is no error
	}
	value := new(T)
	if err := json.Unmarshal([]byte(text.String), value); err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}
	return value, nil
}

// Census reads the one row of the relation census.
func (w *Warehouse) Census(ctx context.Context) (plan.Census, error) {
	var c plan.Census
	err := w.db.sql.QueryRowContext(ctx, `SELECT live_products, matched_products, linked_products, links_gone, links_vanished, managed
		FROM census`).Scan(&c.LiveProducts, &c.MatchedProducts, &c.LinkedProducts, &c.LinksGone, &c.LinksVanished, &c.Managed)
	if err != nil {
		return c, fmt.Errorf("read census: %w", err)
	}
	return c, nil
}

// Rows hands over the relation row_account, sorted by source, file and row.
func (w *Warehouse) Rows(ctx context.Context, yield func(plan.Row) error) error {
	return w.inOrder(ctx, "row_account", `source, file, "row", sku, style, name, product_key, variant_key, product_id, variant_id, lifecycle,
		ignored_by, blocked_by`, "ALL", func(scan func(...any) error) error {
		var r plan.Row
		var row sql.NullInt64
		err := scan(null(&r.Source), null(&r.File), &row, null(&r.SKU), null(&r.Style), null(&r.Name), null(&r.ProductKey), null(&r.VariantKey),
			null(&r.ProductID), null(&r.VariantID), null(&r.Lifecycle), null(&r.IgnoredBy), null(&r.BlockedBy))
		if err != nil {
			return err
		}
		r.Row = row.Int64
		return yield(r)
	})
}

// Digests sum up all desired and all current documents, as SHA-256 in hexadecimal. Rows are digested in the order of their keys:
// the result does not depend on threads or on the order rows were made in.
func (w *Warehouse) Digests(ctx context.Context) (desired, current string, err error) {
	if desired, err = w.sum(ctx, "desired_document", "product_key"); err != nil {
		return "", "", err
	}
	current, err = w.sum(ctx, "current_document", "product_id")
	return desired, current, err
}

func (w *Warehouse) sum(ctx context.Context, relation, key string) (string, error) {
	hash := sha256.New()
	// The long documents are digested where they are; what travels is 64 characters each.
	query := fmt.Sprintf("SELECT %[1]s AS key, sha256(CAST(document AS VARCHAR)) AS digest FROM %[2]s", key, relation)
	err := w.inOrder(ctx, "("+query+")", "key, digest", "key, digest", func(scan func(...any) error) error {
		var key, digest string
		if err := scan(null(&key), null(&digest)); err != nil {
			return err
		}
		_, err := io.WriteString(hash, key+"\x00"+digest+"\n")
		return err // cannot fail
	})
	if err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// FirstSeen says by exception id which run saw it first, from the history Restore brought.
func (w *Warehouse) FirstSeen(ctx context.Context) (map[string]string, error) {
	first := map[string]string{}
	err := w.db.each(ctx, "SELECT id, first_run FROM exception_history", func(scan func(...any) error) error {
		var id, run string
		if err := scan(null(&id), null(&run)); err != nil {
			return err
		}
		first[id] = run
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read exception_history: %w", err)
	}
	return first, nil
}

// null scans a text, "" for NULL.
func null(target *string) sql.Scanner { return (*nullable)(target) }

type nullable string

// Scan takes a text or NULL.
func (n *nullable) Scan(value any) error {
	switch value := value.(type) {
	case nil:
		*n = ""
	case string:
		*n = nullable(value)
	default:
		return fmt.Errorf("a %T is no text", value)
	}
	return nil
}
