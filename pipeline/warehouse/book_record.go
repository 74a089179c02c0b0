package warehouse

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"fairesync/pipeline/check"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/review"
)

// Record writes what a finished run leaves behind, all of it or nothing. Rows come in through Arrow into tables of a helper
// database in memory first; one transaction then moves them.
func (b *Book) Record(ctx context.Context, record ledger.Record) error {
	return b.within(ctx, func(db *database) error {
		if err := db.exec(ctx, "ATTACH ':memory:' AS helper"); err != nil {
			return fmt.Errorf("record: %w", err)
		}
		if err := loadRecord(ctx, db, record); err != nil {
			if ctx.Err() == nil {
				err = errors.Join(db.writable(ctx), err)
			}
			return fmt.Errorf("record: %w", err)
		}
		tx, err := db.sql.BeginTx(ctx, nil)
		if err != nil {
			return fmt.Errorf("record: %w", err)
		}
		if err := (&recorder{tx: tx, record: record}).write(ctx); err != nil {
			return errors.Join(fmt.Errorf("record: %w", err), tx.Rollback())
		}
		if err := tx.Commit(); err != nil {
			return fmt.Errorf("record: %w", err)
		}
		return nil
	})
}

// writable says why nothing can be written to the file, if so: a full disk, say. What fails when rows come in does not tell.
func (d *database) writable(ctx context.Context) error {
	return d.exec(ctx, "CREATE OR REPLACE VIEW writable AS SELECT 1; DROP VIEW writable")
}

// helperSchema is where the rows of a record wait for the transaction.
const helperSchema = "helper."

// help fills a table of the helper database.
func (d *database) help(ctx context.Context, layout layout, rows func(add func(...any) error) error) error {
	return d.fillTable(ctx, helperSchema+layout.name, layout, rows)
}

// loadRecord brings the rows of a record into helper tables.
func loadRecord(ctx context.Context, db *database, record ledger.Record) error {
	refreshed := newMirrorSink(ctx, db, helperSchema)
	for _, product := range record.Refreshed {
		if err := refreshed.add(product); err != nil {
			refreshed.cancel()
			return fmt.Errorf("refreshed product %s: %w", product.FaireID, err)
		}
	}
	if err := refreshed.close(); err != nil {
		return fmt.Errorf("refreshed products: %w", err)
	}
	if err := loadStates(ctx, db, record); err != nil {
		return err
	}
	err := db.help(ctx, table("stock", "variant_id", "variant_id available:i on_hand:i"), func(add func(...any) error) error {
		for _, id := range sortedKeys(record.Stock) {
			if err := add(id, units(record.Stock[id].Available), units(record.Stock[id].OnHand)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = db.help(ctx, table("generation", "key", "key generation:i"), func(add func(...any) error) error {
		for _, key := range sortedKeys(record.Generations) {
			if err := add(key, int64(record.Generations[key])); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = db.help(ctx, table("type", "type_id", "type_id name"), func(add func(...any) error) error {
		for _, kind := range record.Types {
			if err := add(kind.ID, kind.Name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = db.help(ctx, table("good", "source", "source row_count:i"), func(add func(...any) error) error {
		for _, entry := range record.Manifest.Entries {
			if !record.Good || entry.Table != itemName || !entry.Complete {
				continue
			}
			if err := add(entry.Source, entry.Rows); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return db.help(ctx, table("exception", "id", "id code fingerprint severity sku style name waived:b"), func(add func(...any) error) error {
		for _, e := range record.Exceptions {
			if err := add(e.ID, e.Code, e.Fingerprint, string(e.Severity), e.SKU, e.Style, e.Name, e.Is(check.Waived)); err != nil {
				return err
			}
		}
		return nil
	})
}

// loadStates brings links and recorded values into helper tables.
func loadStates(ctx context.Context, db *database, record ledger.Record) error {
	ids := sortedKeys(record.States)
	states := stateTables()
	product, variant := states[0], states[1]
	err := db.help(ctx, product, func(add func(...any) error) error {
		for _, id := range ids {
			state := record.States[id]
			document, err := json.Marshal(state)
			if err != nil {
				return fmt.Errorf("state of %s: %w", id, err)
			}
			err = add(state.Key, id, state.Created, state.Released, int64(state.Generation), state.LeftFor, record.HeldDigest[id], string(document))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return db.help(ctx, variant, func(add func(...any) error) error {
		for _, id := range ids {
			state := record.States[id]
			for _, variantID := range sortedKeys(state.Variants) {
				v := state.Variants[variantID]
				if err := add(v.Key, state.Key, variantID, v.SKU, v.SourceSKU, v.Created, int64(v.Generation)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// recorder writes one record within a transaction.
type recorder struct {
	tx     *sql.Tx
	record ledger.Record
}

func (r *recorder) exec(ctx context.Context, statement string, args ...any) error {
	_, err := r.tx.ExecContext(ctx, statement, args...)
	return err // the caller says what it was doing
}

func (r *recorder) write(ctx context.Context) error {
	for _, step := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"mirror", r.mirror}, {"brand", r.brand}, {"refreshed products", r.refreshed}, {"stock", r.stock}, {"states", r.states}, {"taxonomy", r.taxonomy},
		{"exception history", r.history}, {"good rows", r.good}, {"exports", r.exports},
	} {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return nil
}

// mirror replaces the mirror tables by the merged ones of the run.
func (r *recorder) mirror(ctx context.Context) error {
	if r.record.MirrorDir == "" {
		return nil
	}
	for _, layout := range mirrorTables() {
		path := filepath.Join(r.record.MirrorDir, layout.name+".parquet")
		if err := r.replace(ctx, layout, "SELECT * FROM read_parquet("+literal(path)+")"); err != nil {
			return fmt.Errorf("%s: %w", layout.name, err)
		}
	}
	return nil
}

// brand writes the one row of brand. It runs before refreshed: the mirror is complete up to the newest product the walk brought,
// not up to one that was read alone afterwards.
func (r *recorder) brand(ctx context.Context) error {
	if err := r.exec(ctx, "INSERT INTO brand (brand_id) SELECT NULL WHERE NOT EXISTS (SELECT 1 FROM brand)"); err != nil {
		return err
	}
	if r.record.Account.ID != "" {
		a := r.record.Account
		if err := r.exec(ctx, "UPDATE brand SET brand_id = ?, name = ?, currency = ?, locale = ?", a.ID, a.Name, a.Currency, a.Locale); err != nil {
			return err
		}
	}
	if r.record.MirrorDir != "" {
		if err := r.exec(ctx, "UPDATE brand SET mirror_until = (SELECT max(updated_at) FROM mirror_product)"); err != nil {
			return err
		}
	}
	if r.record.FullWalk {
		if err := r.exec(ctx, "UPDATE brand SET last_full_walk = ?", nullTime(r.record.Now)); err != nil {
			return err
		}
	}
	return r.exec(ctx, "UPDATE brand SET last_run = ?, recorded = ?", r.record.Run, nullTime(r.record.Now))
}

// refreshed lays the products as they are after the writes over the mirror.
func (r *recorder) refreshed(ctx context.Context) error {
	if len(r.record.Refreshed) == 0 {
		return nil
	}
	for _, layout := range mirrorTables() {
		from := helperSchema + strings.TrimPrefix(layout.name, "mirror_")
		err := r.replace(ctx, layout, fmt.Sprintf(`SELECT * FROM %s WHERE product_id NOT IN (SELECT product_id FROM helper.product)
			UNION ALL BY NAME SELECT %s FROM %s WHERE %s IN (%s)`, identifier(layout.name), layout.list(), from, arrival, newest(helperSchema)))
		if err != nil {
			return fmt.Errorf("%s: %w", layout.name, err)
		}
	}
	return nil
}

// mirrorVariants is the mirror's table of variants, which has their stock.
func mirrorVariants() layout { return mirrorTables()[1] }

// stock lays what Faire has of some variants, read or answered later than the products, over the mirror.
func (r *recorder) stock(ctx context.Context) error {
	if len(r.record.Stock) == 0 {
		return nil
	}
	return r.replace(ctx, mirrorVariants(), `
		SELECT m.* EXCLUDE (available, on_hand), CASE WHEN s.variant_id IS NULL THEN m.available ELSE s.available END AS available,
			CASE WHEN s.variant_id IS NULL THEN m.on_hand ELSE s.on_hand END AS on_hand
		FROM mirror_variant m LEFT JOIN helper.stock s ON s.variant_id = m.variant_id`)
}

// states replaces what was recorded of the products of this run and of their variants, and notes the generations that moved.
func (r *recorder) states(ctx context.Context) error {
	if len(r.record.States) > 0 {
		err := r.replace(ctx, stateTable("variant_state"), `
			SELECT * FROM variant_state WHERE variant_id NOT IN (SELECT variant_id FROM helper.variant_state) AND variant_id NOT IN (
				SELECT unnest(json_keys(s.document, '$.variants')) FROM product_state s SEMI JOIN helper.product_state h USING (product_id))
			UNION ALL BY NAME SELECT * FROM helper.variant_state`)
		if err != nil {
			return err
		}
		err = r.replace(ctx, stateTable("product_state"), `SELECT * FROM product_state WHERE product_id NOT IN (SELECT product_id FROM helper.product_state)
			UNION ALL BY NAME SELECT * FROM helper.product_state`)
		if err != nil {
			return err
		}
	}
	if len(r.record.Generations) == 0 {
		return nil
	}
	return r.replace(ctx, stateTable("token_generation"), `SELECT * FROM token_generation WHERE key NOT IN (SELECT key FROM helper.generation)
		UNION ALL BY NAME SELECT * FROM helper.generation`)
}

// taxonomy notes when types were seen. An empty list means that it was not read.
func (r *recorder) taxonomy(ctx context.Context) error {
	if len(r.record.Types) == 0 {
		return nil
	}
	return r.replace(ctx, stateTable("taxonomy_type"), `
		SELECT coalesce(l.type_id, t.type_id) AS type_id, coalesce(l.name, t.name) AS name, coalesce(t.first_seen, l.seen) AS first_seen,
			coalesce(l.seen, t.last_seen) AS last_seen, l.type_id IS NOT NULL AS listed
		FROM (SELECT type_id, min(name) AS name, CAST(? AS TIMESTAMP) AS seen FROM helper.type GROUP BY type_id) l
		FULL JOIN taxonomy_type t ON t.type_id = l.type_id`, nullTime(r.record.Now))
}

// history keeps when and by which run an exception was first and last seen, and by how many, and tallies them. A run that did not
// look at everything (an apply, stock alone) leaves alone what it has of exceptions that are known.
func (r *recorder) history(ctx context.Context) error {
	if r.record.Whole {
		if err := r.tally(ctx); err != nil {
			return err
		}
	}
	if len(r.record.Exceptions) == 0 {
		return nil
	}
	return r.replace(ctx, stateTable("exception_history"), `
		SELECT coalesce(e.id, h.id) AS id, coalesce(e.code, h.code) AS code, coalesce(e.fingerprint, h.fingerprint) AS fingerprint,
			coalesce(h.first_run, e.run) AS first_run, coalesce(h.first_time, e.at) AS first_time,
			CASE WHEN e.whole OR h.id IS NULL THEN e.run ELSE h.last_run END AS last_run,
			CASE WHEN e.whole OR h.id IS NULL THEN e.at ELSE h.last_time END AS last_time,
			CASE WHEN h.id IS NULL THEN 1 ELSE coalesce(h.runs, 1) + CASE WHEN e.whole THEN 1 ELSE 0 END END AS runs,
			coalesce(e.severity, h.severity) AS severity, coalesce(e.sku, h.sku) AS sku, coalesce(e.style, h.style) AS style, coalesce(e.name, h.name) AS name
		FROM (SELECT id, min(code) AS code, min(fingerprint) AS fingerprint, min(severity) AS severity, min(sku) AS sku, min(style) AS style, min(name) AS name,
				CAST(? AS BOOLEAN) AS whole, CAST(? AS VARCHAR) AS run, CAST(? AS TIMESTAMP) AS at
			FROM helper.exception GROUP BY id) e
		FULL JOIN exception_history h ON h.id = e.id`, r.record.Whole, r.record.Run, nullTime(r.record.Now))
}

// tally counts the exceptions of the run by code, waived ones left out, and forgets the runs that are long past. A run without any
// has a row too: what was there before it is resolved.
func (r *recorder) tally(ctx context.Context) error {
	return r.replace(ctx, stateTable("exception_tally"), `
		WITH told AS (
			SELECT * FROM exception_tally WHERE run IN (SELECT run FROM exception_tally GROUP BY run ORDER BY max(time) DESC, run DESC LIMIT ?)
			UNION ALL BY NAME SELECT CAST(? AS VARCHAR) AS run, CAST(? AS TIMESTAMP) AS time, code, severity, count
			FROM (SELECT code, min(severity) AS severity, count(*) AS count FROM helper.exception WHERE NOT waived GROUP BY code
				UNION ALL SELECT '', '', 0 WHERE NOT EXISTS (SELECT 1 FROM helper.exception WHERE NOT waived))
		) SELECT * FROM told`, review.TalliedRuns-1, r.record.Run, nullTime(r.record.Now))
}

// replace makes a table anew of a query that may read it. Rows that are deleted and inserted would not be given back, and the file
// would grow with every run.
func (r *recorder) replace(ctx context.Context, layout layout, query string, args ...any) error {
	return r.exec(ctx, fmt.Sprintf("CREATE OR REPLACE TABLE %s AS SELECT %s FROM (%s)", identifier(layout.name), layout.casts(), query), args...)
}

// good replaces the row counts of the sources that this run read, if it was a good one.
func (r *recorder) good(ctx context.Context) error {
	if err := r.exec(ctx, "DELETE FROM good_rows WHERE source IN (SELECT source FROM helper.good)"); err != nil {
		return err
	}
	return r.exec(ctx, "INSERT INTO good_rows BY NAME SELECT source, row_count, CAST(? AS VARCHAR) AS run FROM helper.good", r.record.Run)
}

// exports forgets the objects of the tables that changed.
func (r *recorder) exports(ctx context.Context) error {
	changed := map[string]bool{
		"product_state": len(r.record.States) > 0, "variant_state": len(r.record.States) > 0, "taxonomy_type": len(r.record.Types) > 0,
		"exception_history": len(r.record.Exceptions) > 0, "exception_tally": r.record.Whole, "token_generation": len(r.record.Generations) > 0,
	}
	for _, layout := range mirrorTables() {
		changed[layout.name] = r.record.MirrorDir != "" || len(r.record.Refreshed) > 0 ||
			layout.name == mirrorVariants().name && len(r.record.Stock) > 0
	}
	for _, name := range sortedKeys(changed) {
		if !changed[name] {
			continue
		}
		if err := r.exec(ctx, "DELETE FROM export WHERE name = ?", name); err != nil {
			return err
		}
	}
	return nil
}
