package warehouse

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"fairesync/pipeline/config"
	"fairesync/pipeline/stage"
	"fairesync/transforms"
)

// MappingError is a mapping of the configuration that cannot be used.
type MappingError struct {
	Source string
	Field  string // catalogue field, or column of a filter
	Entry  string // as configured; blank for filters
	Err    error
}

func (e *MappingError) Error() string {
	if e.Entry == "" {
		return fmt.Sprintf("source %s, %s: %v", e.Source, e.Field, e.Err)
	}
	return fmt.Sprintf("source %s, mapping of %s to %q: %v", e.Source, e.Field, e.Entry, e.Err)
}

// Unwrap is the reason.
func (e *MappingError) Unwrap() error { return e.Err }

// Hint says what to do.
func (e *MappingError) Hint() string {
	if inner, ok := e.Err.(interface{ Hint() string }); ok { //nolint:errorlint // the hint of a deeper error says nothing of the mapping
		return inner.Hint()
	}
	return "name a column exactly as the source does, or write an expression over columns, such as retail_price / 2"
}

// mapping turns the fields of a source's item table into SQL over its raw table.
type mapping struct {
	raw      *rawTable
	asked    func(field string) bool // the precedence of the field lists the source
	compiled map[string][]string     // field: an SQL expression per candidate, over the columns of stage one
	parts    map[string]bool         // fields whose candidates are all there to be added up
	first    []string                // select list of stage one: what expressions give, once each
}

// compileMapping reads the fields of the table of a source, which is the one at a place of cfg.Sources, from 0.
func (w *Warehouse) compileMapping(ctx context.Context, raw *rawTable, cfg config.Config, at int) (*mapping, error) {
	m := &mapping{raw: raw, asked: func(field string) bool { return slices.Contains(cfg.Order(field), cfg.Sources[at].Name) },
		compiled: map[string][]string{}, parts: map[string]bool{"quantity": at == 0 && len(cfg.Inventory.Columns) > 1}}
	fields := fieldEntries(raw.table.Fields, cfg, at)
	for _, field := range sortedKeys(fields) {
		if !slices.Contains(stage.Fields, field) && !strings.HasPrefix(field, "price[") {
			return nil, &MappingError{Source: raw.source, Field: field, Err: errors.New("there is no such catalogue field")}
		}
		if !m.asked(field) && (at == 0 || field != "style") { // a supplement may be joined by it
			continue
		}
		for _, entry := range fields[field] {
			expression, err := w.compileEntry(ctx, m, entry, decimalMark(cfg.Sources[at]))
			if err != nil {
				return nil, &MappingError{Source: raw.source, Field: field, Entry: entry, Err: err}
			}
			m.compiled[field] = append(m.compiled[field], expression)
		}
	}
	return m, nil
}

// fieldEntries are the candidates by field. A price the configuration gives columns for need not be repeated by the primary source;
// what inventory says of its quantity goes before what the source reads without being asked. Both are of the primary source only.
func fieldEntries(fields map[string][]string, cfg config.Config, at int) map[string][]string {
	entries := map[string][]string{}
	for field, candidates := range fields {
		if len(candidates) > 0 {
			entries[field] = candidates
		}
	}
	fill := func(field, entry string) {
		if entry != "" && len(entries[field]) == 0 {
			entries[field] = []string{entry}
		}
	}
	if at > 0 {
		return entries
	}
	for _, price := range cfg.Prices {
		fill(priceField(price.Geography, "wholesale"), price.Wholesale)
		fill(priceField(price.Geography, "retail"), price.Retail)
	}
	if len(cfg.Inventory.Columns) > 0 {
		entries["quantity"] = cfg.Inventory.Columns
	}
	fill("warehouse", cfg.Inventory.Warehouse)
	return entries
}

// decimalMark is the decimal sign of a source's numbers.
func decimalMark(source config.Source) string {
	if source.Decimal == "" {
		return "."
	}
	return source.Decimal
}

func priceField(geography, kind string) string { return "price[" + geography + "]." + kind }

// compileEntry gives the SQL of one candidate: the column of that name, else an expression, whose text is parsed and made anew
// from what the parse tree is allowed to hold.
func (w *Warehouse) compileEntry(ctx context.Context, m *mapping, entry, decimal string) (string, error) {
	if reference, ok := m.raw.reference(entry); ok {
		return reference, nil
	}
	tree, err := w.parse(ctx, "SELECT "+entry)
	if err != nil {
		return "", fmt.Errorf("it is no column and no expression: %w", err)
	}
	expression, err := transforms.CompileExpression(tree, m.raw.reference, decimal)
	if err != nil {
		return "", err // MappingError says where
	}
	name := fmt.Sprintf("x%d", len(m.first)+1)
	m.first = append(m.first, fmt.Sprintf("CAST((%s) AS VARCHAR) AS %s", expression, name))
	// What an expression makes of blanks is blank.
	return fmt.Sprintf(`CASE WHEN regexp_matches(%[1]s, '\S') THEN %[1]s END`, name), nil
}

// from is stage one: the raw table and, once each, what the expressions give.
func (m *mapping) from() string {
	return fmt.Sprintf("(SELECT %s FROM %s)", strings.Join(append([]string{"*"}, m.first...), ", "), identifier(m.raw.name))
}

// value is the SQL of a field: the first candidate that is there, or all of them one per line for a list field. Parts are kept
// apart by a sign no cell has; clean_item adds them up.
func (m *mapping) value(field string) string {
	candidates := m.compiled[field]
	switch {
	case len(candidates) == 0:
		return "CAST(NULL AS VARCHAR)"
	case slices.Contains(stage.ListFields, field):
		return "nullif(concat_ws(chr(10), " + strings.Join(candidates, ", ") + "), '')"
	case m.parts[field]:
		return "nullif(concat_ws(chr(31), " + strings.Join(candidates, ", ") + "), '')"
	case len(candidates) == 1:
		return candidates[0]
	}
	return "coalesce(" + strings.Join(candidates, ", ") + ")"
}

// choice is the SQL of the place, from 1, of the candidate that gave a field its value.
func (m *mapping) choice(field string) string {
	var b strings.Builder
	for i, candidate := range m.compiled[field] {
		fmt.Fprintf(&b, " WHEN (%s) IS NOT NULL THEN %d", candidate, i+1)
	}
	if b.Len() == 0 {
		return "CAST(NULL AS BIGINT)"
	}
	return "CAST(CASE" + b.String() + " END AS BIGINT)"
}

// envelope is the SQL of a column of the envelope.
func (m *mapping) envelope(column string) string {
	reference, _ := m.raw.reference(column) // primary checked that it is there
	return reference
}

// itemExpressions are the columns of item that come from the raw table, by name.
func (m *mapping) itemExpressions() map[string]string {
	expressions := map[string]string{
		"item_id": "n", "file": m.envelope(stage.ColumnFile), "row": fmt.Sprintf("TRY_CAST(%s AS BIGINT)", m.envelope(stage.ColumnRow)),
		"kind": m.envelope(stage.ColumnKind), "problem": m.envelope(stage.ColumnProblem), "sku_id": m.envelope(stage.ColumnSKUID),
		"sku_choice": m.choice("sku"), "name_choice": m.choice("name"),
	}
	for _, field := range stage.Fields {
		expressions[field] = m.value(field)
	}
	if len(m.compiled["style"]) == 0 && m.asked("style") {
		expressions["style"] = m.envelope(stage.ColumnStyle)
	}
	return expressions
}
