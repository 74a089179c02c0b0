package warehouse

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"fairesync/transforms"
)

// RelationError is a relation the database refused.
type RelationError struct {
	Relation string
	File     string // path within sql/
	Err      error
}

func (e *RelationError) Error() string {
	return fmt.Sprintf("relation %s (%s): %v", e.Relation, e.File, e.Err)
}

// Unwrap is the database's own error. Its line numbers are those of the file.
func (e *RelationError) Unwrap() error { return e.Err }

// checkFolder holds the relations that are unioned into findingRelation, which later relations read like any other.
const (
	checkFolder     = "40_check"
	findingRelation = "finding"
)

// Transform runs the relations in the order of their reads, those first that say what supplements give to item. The relation finding is made of all of 40_check; what reads it,
// itself or through others, runs after it.
func (w *Warehouse) Transform(ctx context.Context) error {
	w.mu.Lock()
	prepared := w.prepared
	w.mu.Unlock()
	if !prepared {
		return errors.New("the warehouse is not prepared yet")
	}
	before, finding, after, err := split(w.options.Set)
	if err != nil {
		return err
	}
	if err := w.checkInputs(ctx, len(finding.Reads) > 0); err != nil {
		return err
	}
	if len(finding.Reads) > 0 {
		before = append(before, finding)
	}
	for _, relation := range append(decidingFirst(before), after...) {
		if err := w.run(ctx, relation); err != nil {
			return &RelationError{Relation: relation.Name, File: relation.File, Err: err}
		}
		if relation.Name != decidingRelation {
			continue
		}
		if err := w.completeItems(ctx); err != nil {
			return err
		}
	}
	return nil
}

// split says what runs before and what after the generated relation finding. It has no reads when there are no checks.
func split(set transforms.Set) (before []transforms.Relation, finding transforms.Relation, after []transforms.Relation, err error) {
	finding = transforms.Relation{Name: findingRelation, File: checkFolder, As: transforms.AsTable}
	late := map[string]bool{findingRelation: true}
	var parts []string
	for _, relation := range set.Relations() { // each after what it reads
		if slices.ContainsFunc(relation.Reads, func(name string) bool { return late[name] }) {
			late[relation.Name] = true
			after = append(after, relation)
		} else {
			before = append(before, relation)
		}
		if relation.Folder != checkFolder {
			continue
		}
		if late[relation.Name] {
			return nil, finding, nil, &RelationError{Relation: relation.Name, File: relation.File,
				Err: fmt.Errorf("a check cannot read %s, which is made of the checks", findingRelation)}
		}
		finding.Reads = append(finding.Reads, relation.Name)
		parts = append(parts, "SELECT * FROM "+identifier(relation.Name))
	}
	finding.SQL = strings.Join(parts, " UNION ALL BY NAME ")
	return before, finding, after, nil
}

func (w *Warehouse) run(ctx context.Context, relation transforms.Relation) error {
	if w.options.Observe != nil {
		if done := w.options.Observe(relation.Name); done != nil {
			defer done()
		}
	}
	kind := "TABLE"
	if relation.As == transforms.AsView {
		kind = "VIEW"
	}
	// No line break before the statement: a line number of the engine is one of the file.
	return w.db.exec(ctx, "CREATE "+kind+" "+identifier(relation.Name)+" AS "+relation.SQL)
}

// checkInputs says which relation reads a table nobody makes, before any of them runs.
func (w *Warehouse) checkInputs(ctx context.Context, checks bool) error {
	var have []string
	err := w.db.each(ctx, "SELECT table_name FROM duckdb_tables() WHERE NOT temporary", func(scan func(...any) error) error {
		var name string
		if err := scan(&name); err != nil {
			return err
		}
		have = append(have, name)
		return nil
	})
	if err != nil {
		return fmt.Errorf("list tables: %w", err)
	}
	for _, name := range w.options.Set.Inputs() {
		if slices.Contains(have, name) || name == findingRelation && checks {
			continue
		}
		readers := w.options.Set.Readers(name)
		first, _ := w.options.Set.Lookup(readers[0])
		return &RelationError{Relation: first.Name, File: first.File,
			Err: fmt.Errorf("%s is read by %s, but is neither a relation nor a table Go loads", name, strings.Join(readers, ", "))}
	}
	return nil
}
