package warehouse

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"fairesync/pipeline/config"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/review"
)

// Prepare makes the input tables of the relations, writes those that are staged as Parquet files below Options.Dir, and closes
// the doors: from then on no statement reaches disk or network and no setting can be changed.
func (w *Warehouse) Prepare(ctx context.Context, inputs ledger.Inputs) error {
	if err := w.begin(inputs); err != nil {
		return err
	}
	w.mu.Lock()
	restored := w.restored
	w.mu.Unlock()
	if !restored {
		if err := w.restore(ctx, ledger.Memory{}); err != nil {
			return err
		}
	}
	raw, err := w.primary(inputs.Config.Sources[0].Name)
	if err != nil {
		return err
	}
	if err := w.makeItems(ctx, raw, inputs.Config); err != nil {
		return err
	}
	if err := w.fillPrimary(ctx); err != nil {
		return err
	}
	if err := w.mergeMirror(ctx); err != nil {
		return err
	}
	if err := w.loadInputs(ctx, inputs); err != nil {
		return err
	}
	if err := w.stageParquet(ctx, inputs.Config); err != nil {
		return err
	}
	return w.closeDoors(ctx)
}

// begin says that nothing more is delivered; whatever is not closed by now is not.
func (w *Warehouse) begin(inputs ledger.Inputs) error {
	w.mu.Lock()
	again := w.prepared
	w.prepared = true
	w.mu.Unlock()
	if again {
		return errPrepared
	}
	if len(inputs.Config.Sources) == 0 {
		return errors.New("the configuration has no source")
	}
	w.abandon()
	return nil
}

// closeDoors makes sure that from now on no statement reaches disk or network and no setting can be changed.
func (w *Warehouse) closeDoors(ctx context.Context) error {
	if err := w.db.exec(ctx, "SET enable_external_access = false; SET lock_configuration = true"); err != nil {
		return fmt.Errorf("lock the database: %w", err)
	}
	return nil
}

// stageParquet writes the tables that make up the staging of a run.
func (w *Warehouse) stageParquet(ctx context.Context, cfg config.Config) error {
	files := stagedTables(w.options.Dir, cfg)
	return w.db.alone(ctx, func() error {
		for _, path := range sortedKeys(files) {
			if err := w.db.writeParquet(ctx, files[path], path); err != nil {
				return err
			}
		}
		return nil
	})
}

// faireFolder is where the mirror is staged, below Options.Dir.
const faireFolder = "faire"

// loadInputs makes the small tables.
func (w *Warehouse) loadInputs(ctx context.Context, inputs ledger.Inputs) error {
	cfg := inputs.Config
	read := inputs.Account.ID != ""
	err := w.fillTable(ctx, settingTable(), func(add func(...any) error) error {
		return add(inputs.Brand, inputs.Account.ID, cfg.Alias.Name, cfg.Alias.SkipWithoutAlias, cfg.Taxonomy.Unmapped, decimalMark(cfg.Sources[0]),
			strings.Join(cfg.Images.IgnoreQuery, ","), cfg.WhenGone, cfg.WhenInactive, cfg.Inventory.Means, cfg.Inventory.SafetyStock, cfg.Inventory.Cap, cfg.Inventory.StartTracking,
			cmp.Or(cfg.Fields["on_hand"], "ours"), read, inputs.Now.UTC().Format(time.DateOnly))
	})
	if err != nil {
		return err
	}
	if err := w.loadWarehouses(ctx, cfg); err != nil {
		return err
	}
	if err := w.loadDecisions(ctx, inputs); err != nil {
		return err
	}
	if err := w.loadAliases(ctx, inputs); err != nil {
		return err
	}
	err = w.fillTable(ctx, taxonomyRuleTable(), func(add func(...any) error) error {
		for _, rule := range inputs.Rules {
			if err := add(rule.Row, rule.Scope, rule.Pattern, rule.TypeID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := w.loadTypes(ctx, inputs, read); err != nil {
		return err
	}
	w.mu.Lock()
	exceptions := w.exceptions
	w.mu.Unlock()
	return w.fillTable(ctx, exceptionTable(), func(add func(...any) error) error {
		for _, e := range exceptions {
			err := add(e.Code, e.Source, e.EntityKey, e.SKU, e.Style, e.Name, e.Field, e.Detail, e.Found, e.Wanted, e.Proposal, e.File,
				known(e.Row), e.Column)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// loadWarehouses makes stock_warehouse of the warehouses that count. ApparelMagic's rows come with the quantities of these added
// up already, so that the list is empty for it.
func (w *Warehouse) loadWarehouses(ctx context.Context, cfg config.Config) error {
	return w.fillTable(ctx, stockWarehouseTable(), func(add func(...any) error) error {
		if cfg.Sources[0].Kind == config.KindApparelMagic {
			return nil
		}
		for _, name := range cfg.Inventory.Warehouses {
			if err := add(name); err != nil {
				return err
			}
		}
		return nil
	})
}

// loadDecisions makes decision of those in force that relations obey; the others are the plan's and the report's.
func (w *Warehouse) loadDecisions(ctx context.Context, inputs ledger.Inputs) error {
	return w.fillTable(ctx, decisionTable(), func(add func(...any) error) error {
		for _, d := range inputs.Decisions {
			switch d.Kind {
			case review.Alias, review.Taxonomy, review.Price, review.Recreate:
				if err := add(string(d.Kind), d.Key, d.Field, string(d.Action), d.Value, d.Seen, d.Words(), d.Place); err != nil {
					return err
				}
			case review.Approval, review.Drift, review.Waiver, review.Owner:
			}
		}
		return nil
	})
}

// loadAliases makes alias_row of the decisions, of the alias file and of the alias column of the source.
func (w *Warehouse) loadAliases(ctx context.Context, inputs ledger.Inputs) error {
	file := ""
	if inputs.Config.Alias.File != "" {
		file = filepath.Base(inputs.Config.Alias.File)
	}
	err := w.fillTable(ctx, aliasTable(), func(add func(...any) error) error {
		for _, alias := range inputs.Aliases {
			if err := add("file", alias.Name, alias.Value, alias.SKU, file, alias.Row); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = w.db.exec(ctx, `INSERT INTO alias_row BY NAME SELECT 'decision' AS origin, t.alias_name, d.value AS alias_value, d.key AS wms_sku,
		d.place AS file, 0 AS "row" FROM decision d CROSS JOIN setting t WHERE d.kind = 'alias' AND d.action = 'link'`)
	if err != nil {
		return fmt.Errorf("load alias_row: %w", err)
	}
	err = w.db.exec(ctx, `INSERT INTO alias_row BY NAME SELECT 'wms' AS origin, t.alias_name, i.alias AS alias_value, i.sku AS wms_sku, i.file, i."row"
		FROM item i CROSS JOIN setting t WHERE i.alias IS NOT NULL AND i.kind = 'sku'`)
	if err != nil {
		return fmt.Errorf("load alias_row: %w", err)
	}
	return nil
}

// loadTypes makes taxonomy_type: Faire's list of now, joined to the types remembered. When Faire was not read there is only what
// is remembered. A former name is there in the run that sees a type under another name than was recorded: the state has no such
// column, since recording the new name ends it.
func (w *Warehouse) loadTypes(ctx context.Context, inputs ledger.Inputs, read bool) error {
	listed := table("listed_type", "type_id", "type_id name seen:t")
	err := w.fillTable(ctx, listed, func(add func(...any) error) error {
		if !read {
			return nil
		}
		for _, kind := range inputs.Types {
			if err := add(kind.ID, kind.Name, inputs.Now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	statement := `CREATE TABLE taxonomy_type AS SELECT type_id, name, NULL::VARCHAR AS former_name, first_seen, last_seen, listed
		FROM base_taxonomy_type`
	if read {
		statement = `CREATE TABLE taxonomy_type AS
			SELECT coalesce(l.type_id, r.type_id) AS type_id, coalesce(l.name, r.name) AS name,
				CASE WHEN l.name <> r.name THEN r.name END AS former_name, coalesce(r.first_seen, l.seen) AS first_seen,
				coalesce(l.seen, r.last_seen) AS last_seen, l.type_id IS NOT NULL AS listed
			FROM (SELECT type_id, min(name) AS name, min(seen) AS seen FROM listed_type GROUP BY type_id) l
			FULL JOIN base_taxonomy_type r ON r.type_id = l.type_id`
	}
	if err := w.db.exec(ctx, statement+"; DROP TABLE listed_type; DROP TABLE base_taxonomy_type"); err != nil {
		return fmt.Errorf("load taxonomy_type: %w", err)
	}
	return nil
}
