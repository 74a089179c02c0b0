package warehouse

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Null is how Relation writes a NULL.
const Null = "NULL"

// Relation reads a whole relation or input table as text, sorted by its columns from the first, for tests and for people. A
// NULL reads Null.
func (w *Warehouse) Relation(ctx context.Context, name string) (columns []string, rows [][]string, err error) {
	result, err := w.db.sql.QueryContext(ctx, "SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (SELECT * FROM "+identifier(name)+" ORDER BY ALL)")
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", name, err)
	}
	defer result.Close() //nolint:errcheck // read only; Err tells
	if columns, err = result.Columns(); err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", name, err)
	}
	for result.Next() {
		cells := make([]sql.NullString, len(columns))
		targets := make([]any, len(columns))
		for i := range cells {
			targets[i] = &cells[i]
		}
		if err := result.Scan(targets...); err != nil {
			return nil, nil, fmt.Errorf("read %s: %w", name, err)
		}
		row := make([]string, len(columns))
		for i, cell := range cells {
			row[i] = Null
			if cell.Valid {
				row[i] = cell.String
			}
		}
		rows = append(rows, row)
	}
	if err := result.Err(); err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", name, err)
	}
	return columns, rows, nil
}

// CheckKey says whether the columns a relation declares as its key are never NULL and unique together; the error names a key
// that is not.
func (w *Warehouse) CheckKey(ctx context.Context, relation string) error {
	declared, ok := w.options.Set.Lookup(relation)
	if !ok {
		return fmt.Errorf("there is no relation %s", relation)
	}
	key := identifiers(declared.Key)
	var absent []string
	for _, column := range declared.Key {
		absent = append(absent, identifier(column)+" IS NULL")
	}
	missing, err := w.db.number(ctx, fmt.Sprintf("SELECT count(*) FROM %s WHERE %s", identifier(relation), strings.Join(absent, " OR ")))
	if err != nil {
		return fmt.Errorf("key of %s: %w", relation, err)
	}
	if missing > 0 {
		return fmt.Errorf("relation %s (%s): key %s is NULL in %d rows", relation, declared.File, strings.Join(declared.Key, ", "), missing)
	}
	var example string
	var times int64
	err = w.db.sql.QueryRowContext(ctx, fmt.Sprintf(`SELECT CAST(row(%[1]s) AS VARCHAR), count(*) FROM %[2]s GROUP BY %[1]s HAVING count(*) > 1
		ORDER BY ALL LIMIT 1`, key, identifier(relation))).Scan(&example, &times)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("key of %s: %w", relation, err)
	}
	return fmt.Errorf("relation %s (%s): key %s stands %d times: %s", relation, declared.File, strings.Join(declared.Key, ", "), times, example)
}

// TablesIn lists the tables a SELECT reads, sorted, as the engine's own parser finds them; names a WITH introduces are left out.
func (w *Warehouse) TablesIn(ctx context.Context, sqlText string) ([]string, error) {
	tree, err := w.parse(ctx, sqlText)
	if err != nil {
		return nil, err
	}
	var value any
	if err := json.Unmarshal(tree, &value); err != nil {
		return nil, fmt.Errorf("parse tree: %w", err)
	}
	read, introduced := map[string]bool{}, map[string]bool{}
	collectTables(value, read, introduced)
	var tables []string
	for name := range read {
		if !introduced[name] {
			tables = append(tables, name)
		}
	}
	slices.Sort(tables)
	return tables, nil
}

// collectTables walks a parse tree. Names are compared without case, as the engine does.
func collectTables(node any, read, introduced map[string]bool) {
	switch node := node.(type) {
	case []any:
		for _, child := range node {
			collectTables(child, read, introduced)
		}
	case map[string]any:
		if node["type"] == "BASE_TABLE" {
			if name, ok := node["table_name"].(string); ok {
				read[strings.ToLower(name)] = true
			}
		}
		if with, ok := node["cte_map"].(map[string]any); ok {
			entries, _ := with["map"].([]any)
			for _, entry := range entries {
				if entry, ok := entry.(map[string]any); ok {
					if name, ok := entry["key"].(string); ok {
						introduced[strings.ToLower(name)] = true
					}
				}
			}
		}
		for _, child := range node {
			collectTables(child, read, introduced)
		}
	}
}

// parse gives the parse tree of a statement as JSON. The statement is bound, never run.
func (w *Warehouse) parse(ctx context.Context, statement string) ([]byte, error) {
	var tree string
	if err := w.db.sql.QueryRowContext(ctx, "SELECT json_serialize_sql(CAST(? AS VARCHAR))", statement).Scan(&tree); err != nil {
		return nil, fmt.Errorf("parse: %w", err)
	}
	var failed struct {
		Error   bool   `json:"error"`
		Message string `json:"error_message"`
	}
	if err := json.Unmarshal([]byte(tree), &failed); err != nil {
		return nil, fmt.Errorf("parse tree: %w", err)
	}
	if failed.Error {
		return nil, fmt.Errorf("parse: %s", failed.Message)
	}
	return []byte(tree), nil
}
