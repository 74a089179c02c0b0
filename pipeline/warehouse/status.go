package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"fairesync/pipeline/ledger"
)

func statusTable() layout {
	return table("status", "style sku product_key variant_id", `sku style name product_key product_id variant_id on_faire:b lifecycle state why
		last_changed:t last_checked:t`)
}

// WriteStatus writes status.parquet: one row per SKU, sorted by style and SKU. rows may yield them in any order. The file appears
// under its name when it is whole.
func WriteStatus(ctx context.Context, path string, rows func(yield func(ledger.StatusRow) error) error) error {
	return writeStatus(ctx, path, "", rows)
}

// WriteStatus writes status.parquet like the function of this name. A row that was not changed now keeps the LastChanged that the
// file previous has for its variant, or else for its product key and SKU; previous need not be there.
func (*Book) WriteStatus(ctx context.Context, path, previous string, rows func(yield func(ledger.StatusRow) error) error) error {
	if _, err := os.Stat(previous); errors.Is(err, fs.ErrNotExist) {
		previous = ""
	} else if err != nil {
		return fmt.Errorf("status: %w", err)
	}
	return writeStatus(ctx, path, previous, rows)
}

// ReadStatus reads all rows like the function of this name.
func (*Book) ReadStatus(ctx context.Context, path string) ([]ledger.StatusRow, error) {
	return ReadStatus(ctx, path, "")
}

func writeStatus(ctx context.Context, path, previous string, rows func(yield func(ledger.StatusRow) error) error) (err error) {
	db, err := openDatabase(ctx, "", map[string]string{"temp_directory": path + ".spill"})
	if err != nil {
		return fmt.Errorf("status: %w", err)
	}
	defer func() {
		err = errors.Join(err, db.close(), os.RemoveAll(path+".spill"))
	}()
	layout := statusTable()
	err = db.fillTable(ctx, layout.name, layout, func(add func(...any) error) error {
		return rows(func(r ledger.StatusRow) error {
			return add(r.SKU, r.Style, r.Name, r.ProductKey, r.ProductID, r.VariantID, r.OnFaire, r.Lifecycle, r.State, r.Why,
				r.LastChanged, r.LastChecked)
		})
	})
	if err == nil && previous != "" {
		err = keepChanges(ctx, db, previous)
	}
	if err == nil {
		err = db.alone(ctx, func() error { return db.writeParquet(ctx, layout, path) })
	}
	if err != nil {
		return fmt.Errorf("status: %w", err)
	}
	return nil
}

// keepChanges gives the rows without a change of now the time of the last one.
func keepChanges(ctx context.Context, db *database, previous string) error {
	err := db.exec(ctx, `CREATE TABLE previous AS SELECT sku, product_key, variant_id, last_changed FROM read_parquet(`+literal(previous)+`)
		WHERE last_changed IS NOT NULL;
		UPDATE status SET last_changed = p.at FROM (SELECT variant_id, max(last_changed) AS at FROM previous GROUP BY variant_id) p
		WHERE status.last_changed IS NULL AND status.variant_id = p.variant_id;
		UPDATE status SET last_changed = p.at FROM (SELECT product_key, sku, max(last_changed) AS at FROM previous GROUP BY product_key, sku) p
		WHERE status.last_changed IS NULL AND status.product_key = p.product_key AND status.sku = p.sku`)
	if err != nil {
		return fmt.Errorf("rows of before: %w", err)
	}
	return nil
}

// ReadStatus reads the rows of status.parquet that match, in the order they were written. match is compared without case with SKU,
// style, product key and Faire's ids; * and ? stand for any text and any character. Blank matches every row. A file that is not
// there is an error that wraps fs.ErrNotExist.
func ReadStatus(ctx context.Context, path string, match string) (found []ledger.StatusRow, err error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("status: %w", err)
	}
	db, err := openDatabase(ctx, "", nil)
	if err != nil {
		return nil, fmt.Errorf("status: %w", err)
	}
	defer func() {
		err = errors.Join(err, db.close())
	}()
	query := "SELECT " + statusTable().list() + ` FROM read_parquet(?)
		WHERE ? = '' OR lower(sku) GLOB ? OR lower(style) GLOB ? OR lower(product_key) GLOB ? OR lower(product_id) GLOB ? OR lower(variant_id) GLOB ?`
	pattern := statusPattern(match)
	err = db.each(ctx, query, func(scan func(...any) error) error {
		var r ledger.StatusRow
		var changed, checked sql.NullTime
		var onFaire sql.NullBool
		err := scan(null(&r.SKU), null(&r.Style), null(&r.Name), null(&r.ProductKey), null(&r.ProductID), null(&r.VariantID), &onFaire,
			null(&r.Lifecycle), null(&r.State), null(&r.Why), &changed, &checked)
		if err != nil {
			return err
		}
		r.OnFaire = onFaire.Bool
		if changed.Valid {
			r.LastChanged = changed.Time.UTC()
		}
		if checked.Valid {
			r.LastChecked = checked.Time.UTC()
		}
		found = append(found, r)
		return nil
	}, path, pattern, pattern, pattern, pattern, pattern, pattern)
	if err != nil {
		return nil, fmt.Errorf("status %s: %w", filepath.Base(path), err)
	}
	return found, nil
}

// statusPattern makes a GLOB pattern of what a person asks for: only * and ? are special.
func statusPattern(match string) string {
	match = strings.ToLower(strings.TrimSpace(match))
	return strings.NewReplacer("[", "[[]", `\`, `[\]`).Replace(match)
}
