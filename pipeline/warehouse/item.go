package warehouse

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"fairesync/pipeline/config"
	"fairesync/pipeline/stage"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// filter is one column of sources[].include or exclude.
type filter struct {
	rule    int64 // in the helper table item_filter, from 1
	keep    bool
	operand string // SQL of the cell
	foreign bool   // it is a column of the raw table
}

// whiteSpace is what a filter trims off a cell, as an SQL literal.
const whiteSpace = `' ' || chr(9) || chr(10) || chr(13) || chr(160)`

// makeItems fills item and item_price from the raw table of the primary source, and lays out what supplements it.
func (w *Warehouse) makeItems(ctx context.Context, raw *rawTable, cfg config.Config) error {
	m, err := w.makeMapped(ctx, raw, cfg, 0, itemName)
	if err != nil {
		return err
	}
	if err := w.makePrices(ctx, m, cfg.Prices); err != nil {
		return err
	}
	return w.makeSupplements(ctx, m, cfg)
}

// makeMapped fills a table with the columns of item from the raw table of the source at a place of cfg.Sources.
func (w *Warehouse) makeMapped(ctx context.Context, raw *rawTable, cfg config.Config, at int, name string) (*mapping, error) {
	m, err := w.compileMapping(ctx, raw, cfg, at)
	if err != nil {
		return nil, err
	}
	if err := w.fillTable(ctx, table("item_candidate", "choice", "choice:i candidate"), func(add func(...any) error) error {
		for i, entry := range fieldEntries(raw.table.Fields, cfg, at)["sku"] {
			if err := add(place(i), entry); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return nil, err
	}
	filters, err := w.loadFilters(ctx, m, cfg.Sources[at])
	if err != nil {
		return nil, err
	}
	if err := w.db.exec(ctx, itemStatement(name, m, filters), raw.source); err != nil {
		return nil, fmt.Errorf("make %s: %w", name, err)
	}
	rows, err := w.db.number(ctx, "SELECT count(*) FROM "+identifier(name))
	if err == nil && rows != raw.rows {
		err = fmt.Errorf("it has %d rows of %d", rows, raw.rows)
	}
	if err == nil {
		err = w.db.exec(ctx, "DROP TABLE item_candidate; DROP TABLE item_filter")
	}
	if err != nil {
		return nil, fmt.Errorf("make %s: %w", name, err)
	}
	return m, nil
}

// itemStatement makes item, or a table like it, of the raw table: expressions first, then fields, then what the filter says of them.
func itemStatement(name string, m *mapping, filters []filter) string {
	expressions := m.itemExpressions()
	var inner []string
	for _, name := range sortedKeys(expressions) {
		inner = append(inner, fmt.Sprintf("%s AS %s", expressions[name], identifier(name)))
	}
	dropped := []string{"false"}
	for _, filter := range filters {
		operand := filter.operand
		if filter.foreign { // the outer select cannot see it
			operand = fmt.Sprintf("filter_%d", filter.rule)
			inner = append(inner, filter.operand+" AS "+operand)
		}
		not := ""
		if filter.keep {
			not = "NOT "
		}
		dropped = append(dropped, fmt.Sprintf("coalesce(trim(i.%s, %s), '') %sIN (SELECT cell FROM item_filter WHERE rule = %d)",
			operand, whiteSpace, not, filter.rule))
	}
	var outer []string
	for _, column := range itemTable().columns {
		switch column.name {
		case "source":
			outer = append(outer, "CAST(? AS VARCHAR) AS source")
		case "sku_column":
			outer = append(outer, "s.candidate AS sku_column")
		case "filtered":
			outer = append(outer, "("+strings.Join(dropped, " OR ")+") AS filtered")
		default:
			outer = append(outer, "i."+identifier(column.name))
		}
	}
	return fmt.Sprintf("CREATE TABLE %s AS SELECT %s FROM (SELECT %s FROM %s) i LEFT JOIN item_candidate s ON s.choice = i.sku_choice",
		identifier(name), strings.Join(outer, ", "), strings.Join(inner, ", "), m.from())
}

// loadFilters puts the values of the item filter into the helper table item_filter and says what each is compared with: the
// foreign column of that name, else the catalogue field.
func (w *Warehouse) loadFilters(ctx context.Context, m *mapping, source config.Source) ([]filter, error) {
	var filters []filter
	err := w.fillTable(ctx, table("item_filter", "rule cell", "rule:i cell"), func(add func(...any) error) error {
		for _, keep := range []bool{true, false} {
			side := source.Exclude
			if keep {
				side = source.Include
			}
			for _, column := range sortedKeys(side) {
				operand, foreign := m.raw.reference(column)
				if !foreign && slices.Contains(stage.Fields, column) {
					operand = identifier(column)
				} else if !foreign {
					return &MappingError{Source: source.Name, Field: "item filter", Entry: column, Err: errors.New("it is neither a column nor a field")}
				}
				made := filter{rule: place(len(filters)), keep: keep, operand: operand, foreign: foreign}
				filters = append(filters, made)
				for _, value := range side[column] {
					if err := add(made.rule, strings.TrimSpace(value)); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	// A blank value stands for blank cells; NULL would make every comparison with the list unknown.
	if err := w.db.exec(ctx, "UPDATE item_filter SET cell = '' WHERE cell IS NULL"); err != nil {
		return nil, fmt.Errorf("load item_filter: %w", err)
	}
	return filters, nil
}

// makePrices fills price_rule and item_price.
func (w *Warehouse) makePrices(ctx context.Context, m *mapping, prices []config.Price) error {
	helper := table("price_column", "place", "place:i geography currency round")
	if err := w.fillTable(ctx, helper, func(add func(...any) error) error {
		for i, price := range prices {
			if err := add(place(i), price.Geography, price.Currency, price.Round); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	if err := w.db.exec(ctx, "CREATE TABLE price_rule AS SELECT geography, currency, round FROM price_column"); err != nil {
		return fmt.Errorf("make price_rule: %w", err)
	}
	layout := itemPriceTable()
	parts := make([]string, 0, len(prices))
	for i, price := range prices {
		parts = append(parts, fmt.Sprintf("SELECT r.n AS item_id, p.geography, p.currency, p.round, %s AS wholesale, %s AS retail FROM %s r, price_column p WHERE p.place = %d",
			m.value(priceField(price.Geography, "wholesale")), m.value(priceField(price.Geography, "retail")), m.from(), i+1))
	}
	statement := layout.create(layout.name)
	if len(parts) > 0 {
		statement = "CREATE TABLE item_price AS " + strings.Join(parts, " UNION ALL ")
	}
	if err := w.db.exec(ctx, statement); err != nil {
		return fmt.Errorf("make item_price: %w", err)
	}
	return nil
}

// fillTable makes a small table of Go values, through Arrow.
func (w *Warehouse) fillTable(ctx context.Context, layout layout, rows func(add func(...any) error) error) error {
	return w.db.fillTable(ctx, identifier(layout.name), layout, rows)
}
