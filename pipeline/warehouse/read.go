package warehouse

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/check"
	"fairesync/pipeline/plan"
)

// Exceptions are the rows of the relation exception, not identified yet, in a fixed order.
func (w *Warehouse) Exceptions(ctx context.Context) ([]check.Exception, error) {
	var list []check.Exception
	layout := table("exception", "code source entity_key field detail product_key variant_key file row found", `code source entity_key product_key
		variant_key sku style name category field detail found wanted proposal file column_name faire_id row:i live:b`)
	err := w.inOrder(ctx, layout.name, layout, func(r *row) error {
		var e check.Exception
		r.texts(&e.Code, &e.Source, &e.EntityKey, &e.ProductKey, &e.VariantKey, &e.SKU, &e.Style, &e.Name, &e.Category, &e.Field, &e.Detail,
			&e.Found, &e.Wanted, &e.Proposal, &e.File, &e.Column, &e.FaireID)
		e.Row, e.Live = r.number(17), r.flag(18)
		list = append(list, e)
		return nil
	})
	return list, err
}

// Pairs hands over the products of the relation candidate with both their sides and what was recorded of them, sorted by key.
// heldDigest is that of the current side, to be recorded with a State that goes with it; "" when the product is not on Faire.
// Blocks are left empty. The current side's updated_at and stock stand beside the document in current_document: they move by
// themselves and so are no part of its digest.
func (w *Warehouse) Pairs(ctx context.Context, yield func(pair plan.Pair, heldDigest string) error) error {
	const pairs = `(SELECT c.product_key, c.product_id, CAST(d.document AS VARCHAR) AS desired, CAST(f.document AS VARCHAR) AS current,
			CAST(f.stock AS VARCHAR) AS stock, f.updated_at, f.held_digest, s.document AS state, c.partial
		FROM candidate c
		LEFT JOIN desired_document d ON d.product_key = c.product_key
		LEFT JOIN current_document f ON f.product_id = c.product_id
		LEFT JOIN product_state s ON s.product_id = c.product_id)`
	layout := table("candidate", "product_key product_id", "product_key product_id desired current stock state held_digest updated_at:t partial:b")
	return w.inOrder(ctx, pairs, layout, func(r *row) error {
		var pair plan.Pair
		var desired, current, stock, state, heldDigest string
		r.texts(&pair.Key, nil, &desired, &current, &stock, &state, &heldDigest)
		pair.Partial = r.flag(8)
		var err error
		if pair.Desired, err = document[catalog.Product](desired); err != nil {
			return fmt.Errorf("desired_document of %s: %w", pair.Key, err)
		}
		if pair.Current, err = document[catalog.Product](current); err != nil {
			return fmt.Errorf("current_document of %s: %w", pair.Key, err)
		}
		if err := complete(pair.Current, r.time(7), stock); err != nil {
			return fmt.Errorf("current_document of %s: %w", pair.Key, err)
		}
		if pair.State, err = document[plan.State](state); err != nil {
			return fmt.Errorf("product_state of %s: %w", pair.Key, err)
		}
		return yield(pair, heldDigest)
	})
}

// complete adds to a product on Faire what stands beside its document.
func complete(product *catalog.Product, updated time.Time, stock string) error {
	if product == nil {
		return nil
	}
	product.UpdatedAt = updated
	levels, err := document[[]struct {
		ID string `json:"faire_id"`
		catalog.Stock
	}](stock)
	if err != nil || levels == nil {
		return err
	}
	known := make(map[string]catalog.Stock, len(*levels))
	for _, level := range *levels {
		known[level.ID] = level.Stock
	}
	for i := range product.Variants {
		if level, ok := known[product.Variants[i].FaireID]; ok {
			product.Variants[i].Available, product.Variants[i].OnHand = level.Available, level.OnHand
		}
	}
	return nil
}

// document decodes a JSON document, nil for NULL.
func document[T any](text string) (*T, error) {
	if text == "" {
		return nil, nil // the side is not there, which is no error
	}
	value := new(T)
	if err := json.Unmarshal([]byte(text), value); err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}
	return value, nil
}

// TypeQuestions are the rows of the relation taxonomy_coverage, sorted by scope and text.
func (w *Warehouse) TypeQuestions(ctx context.Context) ([]catalog.TypeQuestion, error) {
	var list []catalog.TypeQuestion
	layout := table("taxonomy_coverage", "scope text", "scope text types chosen_by suggestions products:i mapped:i live:i")
	err := w.inOrder(ctx, layout.name, layout, func(r *row) error {
		q := catalog.TypeQuestion{Products: r.number(5), Mapped: r.number(6), Live: r.number(7)}
		var lists [3]string
		r.texts(&q.Scope, &q.Text, &lists[0], &lists[1], &lists[2])
		for i, target := range []*[]string{&q.Types, &q.ChosenBy, &q.Suggestions} {
			if lists[i] != "" {
				*target = strings.Split(lists[i], "\n")
			}
		}
		list = append(list, q)
		return nil
	})
	return list, err
}

// Census reads the one row of the relation census.
func (w *Warehouse) Census(ctx context.Context) (plan.Census, error) {
	var c plan.Census
	err := w.db.sql.QueryRowContext(ctx, `SELECT live_products, matched_products, linked_products, links_gone, links_vanished, managed, tracked
		FROM census`).Scan(&c.LiveProducts, &c.MatchedProducts, &c.LinkedProducts, &c.LinksGone, &c.LinksVanished, &c.Managed, &c.Tracked)
	if err != nil {
		return c, fmt.Errorf("read census: %w", err)
	}
	return c, nil
}

// Rows hands over the relation row_account, sorted by source, file and row.
func (w *Warehouse) Rows(ctx context.Context, yield func(plan.Row) error) error {
	layout := table("row_account", "source file row sku variant_key product_key", `source file sku style name product_key variant_key product_id
		variant_id lifecycle ignored_by blocked_by row:i`)
	return w.inOrder(ctx, layout.name, layout, func(r *row) error {
		account := plan.Row{Row: r.number(12)}
		r.texts(&account.Source, &account.File, &account.SKU, &account.Style, &account.Name, &account.ProductKey, &account.VariantKey,
			&account.ProductID, &account.VariantID, &account.Lifecycle, &account.IgnoredBy, &account.BlockedBy)
		return yield(account)
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
	err := w.inOrder(ctx, "("+query+")", table(relation, "key digest", "key digest"), func(r *row) error {
		_, err := io.WriteString(hash, r.text(0)+"\x00"+r.text(1)+"\n")
		return err // cannot be
	})
	if err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
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
