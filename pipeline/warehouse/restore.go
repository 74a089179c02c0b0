package warehouse

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"fairesync/pipeline/ledger"
)

// Restore loads what earlier runs left: the mirror of Faire, links and recorded values, taxonomy, exception history. A table
// without an object is empty. Without Restore, Prepare takes all of them as empty.
func (w *Warehouse) Restore(ctx context.Context, memory ledger.Memory) error {
	w.mu.Lock()
	again := w.restored || w.prepared
	w.restored = true
	w.mu.Unlock()
	if again {
		return errors.New("the state was restored before")
	}
	return w.restore(ctx, memory)
}

func (w *Warehouse) restore(ctx context.Context, memory ledger.Memory) error {
	for _, layout := range append(mirrorTables(), stateTables()...) {
		name := restoredName(layout)
		path := memory.Objects[layout.name]
		if path == "" {
			if err := w.db.exec(ctx, layout.create(name)); err != nil {
				return fmt.Errorf("restore %s: %w", layout.name, err)
			}
			continue
		}
		columns := make([]string, len(layout.columns))
		for i, column := range layout.columns {
			columns[i] = fmt.Sprintf("CAST(%[1]s AS %[2]s) AS %[1]s", identifier(column.name), column.kind)
		}
		statement := fmt.Sprintf("CREATE TABLE %s AS SELECT %s FROM read_parquet(%s)", identifier(name), strings.Join(columns, ", "), literal(path))
		if err := w.db.exec(ctx, statement); err != nil {
			return fmt.Errorf("restore %s: %w", layout.name, err)
		}
	}
	return nil
}

// restoredName is where Restore puts a table: Prepare makes the final one of those it changes.
func restoredName(layout layout) string {
	switch {
	case strings.HasPrefix(layout.name, "mirror_"):
		return "base_" + strings.TrimPrefix(layout.name, "mirror_")
	case layout.name == "taxonomy_type":
		return "base_taxonomy_type"
	}
	return layout.name
}
