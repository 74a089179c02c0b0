package warehouse

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"fairesync/pipeline/check"
	"fairesync/pipeline/config"
	"fairesync/pipeline/ledger"
)

// stagedTables are the tables of the relations that Go makes of what a run was delivered, with their files below the staging
// folder. Together with the state the run read and its ledger.Inputs they are all that the relations read: Replay loads them.
func stagedTables(dir string, cfg config.Config) map[string]layout {
	files := map[string]layout{}
	for _, layout := range sourceTables(cfg) {
		files[filepath.Join(dir, cfg.Sources[0].Name, layout.name+".parquet")] = layout
	}
	for _, layout := range mirrorTables() {
		files[filepath.Join(dir, faireFolder, layout.name+".parquet")] = layout
	}
	return files
}

// sourceTables are those that are made of the sources' deliveries. The tables of supplements are staged where there is one.
func sourceTables(cfg config.Config) []layout {
	reported := exceptionTable()
	reported.order = reported.names() // a source may report two things that only differ in their texts
	tables := []layout{itemTable(), itemPriceTable(), table("price_rule", "geography currency round", "geography currency round"), reported, sourceFieldTable()}
	if len(cfg.Sources) > 1 {
		tables = append(tables, supplementTables()...)
	}
	return tables
}

// Replay makes the input tables of the relations as a run before had them, from what it left, in the place of deliveries, Restore
// and Prepare, and closes the doors. Transform and the reads then give what they gave in that run. Nothing is written.
func (w *Warehouse) Replay(ctx context.Context, run ledger.Staged) error {
	w.mu.Lock()
	delivered := len(w.tables) > 0 || w.mirror != mirrorNone
	w.mu.Unlock()
	if delivered {
		return errors.New("a warehouse that was delivered to cannot replay")
	}
	if len(run.Inputs.Config.Sources) == 0 {
		return errors.New("the configuration has no source")
	}
	objects := maps.Clone(run.Tables)
	files := stagedTables(run.Dir, run.Inputs.Config)
	for _, path := range sortedKeys(files) {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return &ledger.UnstagedError{Run: run.Run, Lacks: filepath.Join(filepath.Base(run.Dir), strings.TrimPrefix(path, run.Dir))}
		} else if err != nil {
			return fmt.Errorf("replay run %s: %w", run.Run, err)
		}
		if name := files[path].name; strings.HasPrefix(name, mirrorPrefix) { // merged already: nothing is laid over it
			objects[name] = path
		}
	}
	if err := w.Restore(ctx, ledger.Memory{Objects: objects}); err != nil {
		return fmt.Errorf("replay run %s: %w", run.Run, err)
	}
	if err := w.begin(run.Inputs); err != nil {
		return err
	}
	if err := w.mergeMirror(ctx); err != nil {
		return fmt.Errorf("replay run %s: %w", run.Run, err)
	}
	if err := w.loadStaged(ctx, run); err != nil {
		return fmt.Errorf("replay run %s: %w", run.Run, err)
	}
	if err := w.loadInputs(ctx, run.Inputs); err != nil {
		return fmt.Errorf("replay run %s: %w", run.Run, err)
	}
	return w.closeDoors(ctx)
}

// loadStaged loads what was made of the deliveries. What the sources reported goes where loadInputs looks for it.
func (w *Warehouse) loadStaged(ctx context.Context, run ledger.Staged) error {
	cfg, source := run.Inputs.Config, run.Inputs.Config.Sources[0].Name
	for _, layout := range sourceTables(cfg) {
		path := filepath.Join(run.Dir, source, layout.name+".parquet")
		var err error
		if layout.name == exceptionTable().name {
			err = w.readReported(ctx, layout, path)
		} else {
			err = w.db.importParquet(ctx, layout.name, layout, path)
		}
		if err != nil {
			return fmt.Errorf("staged %s: %w", layout.name, err)
		}
	}
	if len(cfg.Sources) == 1 {
		for _, layout := range supplementTables() {
			if err := w.db.importParquet(ctx, layout.name, layout, ""); err != nil {
				return fmt.Errorf("make %s: %w", layout.name, err)
			}
		}
	}
	if err := w.fillPrimary(ctx); err != nil {
		return err
	}
	rows, err := w.db.number(ctx, "SELECT count(*) FROM item")
	if err != nil {
		return fmt.Errorf("staged item: %w", err)
	}
	for _, entry := range run.Manifest.Entries {
		if entry.Source == source && entry.Table == itemName && entry.Rows != rows {
			return fmt.Errorf("staged item has %d rows, the manifest says %d", rows, entry.Rows)
		}
	}
	return nil
}

func (w *Warehouse) readReported(ctx context.Context, layout layout, path string) error {
	return w.inOrder(ctx, "read_parquet("+literal(path)+")", layout, func(r *row) error {
		var e check.Exception
		r.texts(&e.Code, &e.Source, &e.EntityKey, &e.SKU, &e.Style, &e.Name, &e.Field, &e.Detail, &e.Found, &e.Wanted, &e.Proposal, &e.File,
			nil, &e.Column)
		e.Row = r.number(12)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.exceptions = append(w.exceptions, e)
		return nil
	})
}
