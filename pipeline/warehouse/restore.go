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
		if err := w.db.importParquet(ctx, restoredName(layout), layout, memory.Objects[layout.name]); err != nil {
			return fmt.Errorf("restore %s: %w", layout.name, err)
		}
	}
	return nil
}

// mirrorPrefix is what the names of the mirror's tables begin with.
const mirrorPrefix = "mirror_"

// restoredName is where Restore puts a table: Prepare makes the final one of those it changes.
func restoredName(layout layout) string {
	switch {
	case strings.HasPrefix(layout.name, mirrorPrefix):
		return "base_" + strings.TrimPrefix(layout.name, mirrorPrefix)
	case layout.name == "taxonomy_type":
		return "base_taxonomy_type"
	}
	return layout.name
}
