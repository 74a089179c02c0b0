package apparelmagic

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"fairesync/pipeline/check"
	"fairesync/pipeline/stage"
)

// layout says where the values of a row go.
type layout struct {
	table        stage.Table
	skuOrder     []int // columns of the SKU row, by name
	productOrder []int
	naming       []int // columns of the SKU row the SKU is read from; expressions are the warehouse's
}

// plan lays out table item: envelope, computed columns, the SKU row's fields by name, the style's fields by name.
func (c *catalogue) plan(mapping map[string][]string) layout {
	made := layout{table: stage.Table{Name: "item", Columns: slices.Clone(computed), Fields: mapping}}
	taken := map[string]bool{}
	for _, name := range computed {
		taken[name] = true
	}
	add := func(name, otherwise string) {
		// A foreign field named like one of ours, or one named product.x beside x of the product, is kept under its list's name.
		for taken[name] {
			name = otherwise + name
		}
		taken[name] = true
		made.table.Columns = append(made.table.Columns, name)
	}
	made.skuOrder = byName(c.skuColumns.names)
	made.productOrder = byName(c.productColumns.names)
	for _, at := range made.productOrder {
		taken[productPrefix+c.productColumns.names[at]] = true
	}
	for _, column := range mapping["sku"] {
		if at, known := c.skuColumns.index[column]; known {
			made.naming = append(made.naming, at)
		}
	}
	for _, at := range made.skuOrder {
		add(c.skuColumns.names[at], "inventory.")
	}
	for _, at := range made.productOrder {
		made.table.Columns = append(made.table.Columns, productPrefix+c.productColumns.names[at])
	}
	return made
}

// byName orders positions by the names they hold.
func byName(names []string) []int {
	order := make([]int, len(names))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(names[a], names[b]) })
	return order
}

// fields are the defaults with the configuration's mapping over them.
func (s *Source) fields() map[string][]string {
	fields := defaults()
	for field, columns := range s.options.Settings.Mapping {
		fields[field] = slices.Clone([]string(columns))
	}
	return fields
}

// deliver writes table item, the rows in the order of their SKU ids.
func (s *Source) deliver(ctx context.Context, data *catalogue, sink stage.Sink) error {
	made := data.plan(s.fields())
	writer, err := sink.Table(ctx, made.table)
	if err != nil {
		return fmt.Errorf("source %s: open table item: %w", s.Name(), err)
	}
	values := make([]string, 0, len(made.table.Columns))
	for rows := range slices.Chunk(data.skus, stage.BatchRows) {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("source %s: %w", s.Name(), err)
		}
		batch := stage.NewBatch(len(made.table.Columns))
		for _, row := range rows {
			batch.AppendRow(data.row(values[:0], made, row)...)
			if finding, found := data.offsetTrap(row, made.naming); found {
				sink.Except(finding)
			}
		}
		if err := writer.Append(batch); err != nil {
			return fmt.Errorf("source %s: write table item: %w", s.Name(), err)
		}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("source %s: %w", s.Name(), err)
	}
	if _, err := writer.Close(); err != nil {
		return fmt.Errorf("source %s: close table item: %w", s.Name(), err)
	}
	return nil
}

// row builds the values of one row, in the order of computed and then of the layout.
func (c *catalogue) row(values []string, made layout, row *sku) []string {
	style := c.products[row.product]
	if style == nil {
		style = &product{}
	}
	values = append(values, inventory.name, strconv.Itoa(row.ordinal), kind(row.problem), row.problem, strconv.FormatUint(row.id, 10), row.product,
		strings.Join(c.imagesOf(row), "\n"), strings.Join(style.images, "\n"), strings.Join(style.tags, "\n"),
		joined(" > ", style.category, style.class), c.divisions[style.divisionID], c.sizePosition(row, style))
	for axis, value := range []string{style.colour(row.row), row.row.size, cmp.Or(row.row.thirdName, row.row.third)} {
		name := ""
		if style.axes[axis] {
			name = axisNames[axis]
		}
		values = append(values, name, value)
	}
	for _, at := range made.skuOrder {
		values = append(values, get(row.values, at))
	}
	for _, at := range made.productOrder {
		values = append(values, get(style.values, at))
	}
	return values
}

func kind(problem string) string {
	switch problem {
	case "":
		return stage.KindSKU
	case "FEED_CHILD_ORPHAN":
		return stage.KindQuarantined
	default:
		return stage.KindIgnored
	}
}

// colour is the long name of a SKU's colour. Rows of one colour that lack the long name take it from those that have it, or the
// colour would be two options.
func (p *product) colour(row facts) string {
	return cmp.Or(row.colourName, p.colourNames[fold(row.colour)], row.colour)
}

// imagesOf are the images of the SKU's own colourway: the one it names, else the one of its colour (contract §1.10).
func (c *catalogue) imagesOf(row *sku) []string {
	if own := c.colours[canonical(row.row.colourwayID)]; own != nil {
		return own.images
	}
	ofStyle := c.byColour[row.product]
	for _, colour := range []string{row.row.colour, row.row.colourName} {
		if own := ofStyle[fold(colour)]; own != nil && fold(colour) != "" {
			return own.images
		}
	}
	return nil
}

// sizePosition is the row's own place in the range when it has one, else that of its size in the style's range.
func (c *catalogue) sizePosition(row *sku, style *product) string {
	if place, err := number(strings.TrimSuffix(row.row.position, ".00")); err == nil {
		return strconv.FormatUint(place, 10)
	}
	if row.row.size == "" {
		return ""
	}
	for _, sizes := range [][]string{style.sizes, c.ranges[style.rangeID]} {
		at := slices.IndexFunc(sizes, func(size string) bool { return fold(size) == fold(row.row.size) })
		if at >= 0 {
			return strconv.Itoa(at + 1)
		}
	}
	return ""
}

func joined(by string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), by)
}

// offsetTrap finds a SKU whose price equals its style's although it names a difference (contract §1.9: whether price includes
// the offset is not settled; where it plainly does not, a person has to look).
func (c *catalogue) offsetTrap(row *sku, naming []int) (check.Exception, bool) {
	style := c.products[row.product]
	if row.problem != "" || style == nil {
		return check.Exception{}, false
	}
	price, first := parseDecimal(row.row.price)
	base, second := parseDecimal(style.price)
	offset, third := parseDecimal(row.row.offset)
	if !first || !second || !third || offset.isZero() || !price.equals(base) {
		return check.Exception{}, false
	}
	name := ""
	for _, at := range naming {
		name = cmp.Or(name, strings.TrimSpace(get(row.values, at)))
	}
	return check.Exception{
		Code: "FEED_VALUE_INVALID", EntityKey: strconv.FormatUint(row.id, 10), SKU: name, Style: row.product, Field: "price", Detail: "price_offset", Column: "price",
		File: inventory.name, Row: int64(row.ordinal),
		Found:  fmt.Sprintf("price %s with price_offset %s", row.row.price, row.row.offset),
		Wanted: fmt.Sprintf("%s, or no offset: the style's price is %s", base.plus(offset), style.price),
	}, true
}
