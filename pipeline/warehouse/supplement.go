package warehouse

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"fairesync/pipeline/config"
	"fairesync/pipeline/stage"
	"fairesync/transforms"
)

// The sources after the first are supplements. What they deliver is laid out field by field in supplement_item and
// supplement_cell, beside field_order, which says who is asked for a field and in which order. The relations of sql/10_clean up to
// field_source decide what counts; item and item_price are completed by what that says before any other relation reads them.

// Tables that are made of all sources.
func sourceFieldTable() layout {
	return table("source_field", "place field", "source place:i field columns")
}

func fieldOrderTable() layout {
	return table("field_order", "field rank", "field lead source rank:i joined")
}

func supplementItemTable() layout {
	return table("supplement_item", "source n", "source joined n:i file row:i kind problem sku style filtered:b")
}

func supplementCellTable() layout {
	return table("supplement_cell", "source n field", "source n:i field value")
}

// supplementTables are those that are empty where no source supplements the first.
func supplementTables() []layout {
	return []layout{fieldOrderTable(), supplementItemTable(), supplementCellTable()}
}

// Tables that are made of item and item_price as the primary source delivered them. They are empty where there is no supplement.
func primaryTables() []layout {
	return []layout{table("primary_key", "item_id", "item_id:i sku style stands:b"), table("primary_cell", "item_id field", "item_id:i field opening")}
}

// decidingRelation says what item and item_price are completed by.
const decidingRelation = "field_source"

// supplement is a source after the first.
type supplement struct {
	settings config.Source
	mapping  *mapping
	table    string // the columns of item, of this source
}

func (s supplement) joined() string {
	if s.settings.Join == "" {
		return config.JoinSKU
	}
	return s.settings.Join
}

// makeSupplements makes the tables of what all sources deliver beside item and item_price; primary is the mapping of these.
func (w *Warehouse) makeSupplements(ctx context.Context, primary *mapping, cfg config.Config) error {
	list := make([]supplement, 0, len(cfg.Sources)-1)
	for at, settings := range cfg.Sources {
		if at == 0 {
			continue
		}
		raw, err := w.primary(settings.Name)
		if err != nil {
			return err
		}
		one := supplement{settings: settings, table: "item_of_" + settings.Name}
		if one.mapping, err = w.makeMapped(ctx, raw, cfg, at, one.table); err != nil {
			return err
		}
		list = append(list, one)
	}
	if err := w.fillSourceFields(ctx, primary, list, cfg); err != nil {
		return err
	}
	rows := orderOfFields(primary, list, cfg)
	if err := w.fillTable(ctx, fieldOrderTable(), func(add func(...any) error) error {
		for _, r := range rows {
			if err := add(r.field, r.lead, r.source, place(r.rank), r.joined); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	item, cell := supplementItemTable(), supplementCellTable()
	if err := w.db.exec(ctx, item.create(item.name)+"; "+cell.create(cell.name)); err != nil {
		return fmt.Errorf("make the supplements' tables: %w", err)
	}
	for _, one := range list {
		if err := w.layOut(ctx, one, rows, cfg); err != nil {
			return fmt.Errorf("lay out source %s: %w", one.settings.Name, err)
		}
	}
	return nil
}

// orderRow is a row of field_order.
type orderRow struct {
	field, lead string // a field, and the one it goes with: mostly itself
	source      string
	rank        int
	joined      string // how the source's rows meet those of the primary one; blank for that itself
}

// orderOfFields says for every field that a supplement is asked for which sources are, those that have the field, best first.
func orderOfFields(primary *mapping, list []supplement, cfg config.Config) []orderRow {
	if len(list) == 0 {
		return nil
	}
	joined := map[string]string{}
	has := map[string]func(string) bool{cfg.Sources[0].Name: primary.has}
	for _, one := range list {
		joined[one.settings.Name], has[one.settings.Name] = one.joined(), one.has
	}
	var rows []orderRow
	for _, field := range priced(cfg, stage.Fields) {
		if _, companion := stage.Companions[field]; companion || field == "sku" {
			continue
		}
		asked := slices.DeleteFunc(slices.Clone(cfg.Order(field)), func(name string) bool { return has[name] == nil || !has[name](field) })
		if !slices.ContainsFunc(asked, func(name string) bool { return joined[name] != "" }) {
			continue // the primary source alone
		}
		for _, one := range append([]string{field}, companionsOf(field)...) {
			for rank, name := range asked {
				rows = append(rows, orderRow{one, field, name, rank, joined[name]})
			}
		}
	}
	return rows
}

// priced are some fields and the prices of the configuration.
func priced(cfg config.Config, fields []string) []string {
	all := slices.Clone(fields)
	for _, price := range cfg.Prices {
		all = append(all, priceField(price.Geography, "wholesale"), priceField(price.Geography, "retail"))
	}
	return all
}

// companionsOf are the fields that only mean something beside a field, sorted.
func companionsOf(lead string) []string {
	return slices.DeleteFunc(sortedKeys(stage.Companions), func(field string) bool { return stage.Companions[field] != lead })
}

// has says whether a source has something to read a field from, and is asked for it.
func (m *mapping) has(field string) bool {
	_, there := m.readsOf(field)
	return there && m.asked(field)
}

// readsOf are the columns and expressions a field is read from, as people know them; there without any where the source computes the
// field by itself. A feed has its columns of images and style computed even if nothing in it is one: what it really reads tells.
func (m *mapping) readsOf(field string) (columns []string, there bool) {
	entries, reads := m.raw.table.Fields[field], m.raw.table.Reads
	if len(m.compiled[field]) == 0 && (field != "style" || !m.asked(field)) {
		return nil, false
	}
	if len(reads[field]) > 0 {
		return reads[field], true
	}
	if reads != nil && slices.Contains([]string{"style", "images", "product_images"}, field) {
		return nil, false
	}
	return slices.DeleteFunc(slices.Clone(entries), func(entry string) bool { return strings.HasPrefix(entry, "_") }), true
}

// has is that of the mapping, but for the images of a source of styles: they are the product's.
func (s supplement) has(field string) bool {
	if s.joined() == config.JoinStyle {
		switch field {
		case "images":
			return false
		case "product_images":
			return s.mapping.has("images") || s.mapping.has("product_images")
		}
	}
	return s.mapping.has(field)
}

// fillSourceFields makes source_field: what each source reads each field from.
func (w *Warehouse) fillSourceFields(ctx context.Context, primary *mapping, list []supplement, cfg config.Config) error {
	return w.fillTable(ctx, sourceFieldTable(), func(add func(...any) error) error {
		for at, settings := range cfg.Sources {
			m := primary
			if at > 0 {
				m = list[at-1].mapping
			}
			for _, field := range priced(cfg, stage.Fields) {
				if !m.has(field) {
					continue
				}
				columns, _ := m.readsOf(field)
				if at == 0 && len(columns) == 0 { // prices and quantities that the configuration names
					columns = fieldEntries(nil, cfg, at)[field]
				}
				if err := add(settings.Name, place(at), field, strings.Join(columns, ", ")); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// amounts are the fields, beside prices, whose numbers are written with a decimal sign.
var amounts = []string{"quantity", "weight", "length", "width", "height"}

// layOut moves the rows of a supplement into supplement_item and supplement_cell, one of these per field it is asked for. Numbers
// take the decimal sign of the primary source, which is the one the relations know.
func (w *Warehouse) layOut(ctx context.Context, one supplement, order []orderRow, cfg config.Config) error {
	name := one.settings.Name
	style := "CAST(NULL AS VARCHAR)"
	if one.joined() == config.JoinStyle {
		style = "style"
	}
	if err := w.db.exec(ctx, fmt.Sprintf(`INSERT INTO supplement_item BY NAME SELECT source, CAST(? AS VARCHAR) AS joined, item_id AS n, file, "row", kind, problem,
		sku, %s AS style, filtered FROM %s`, style, identifier(one.table)), one.joined()); err != nil {
		return err
	}
	for _, row := range order {
		if row.source != name {
			continue
		}
		value, id, from := identifier(row.field), "item_id", identifier(one.table)
		switch {
		case strings.HasPrefix(row.field, "price["):
			value, id, from = one.mapping.value(row.field), "n", one.mapping.from()
		case row.field == "product_images" && one.joined() == config.JoinStyle:
			value = "nullif(concat_ws(chr(10), product_images, images), '')"
		}
		if decimalMark(one.settings) != decimalMark(cfg.Sources[0]) && (id == "n" || slices.Contains(amounts, row.field)) {
			value = "translate(" + value + ", ',.', '.,')"
		}
		if err := w.db.exec(ctx, fmt.Sprintf("INSERT INTO supplement_cell BY NAME SELECT * FROM (SELECT CAST(? AS VARCHAR) AS source, %s AS n, CAST(? AS VARCHAR) AS field, %s AS value FROM %s) WHERE value IS NOT NULL",
			id, value, from), name, row.field); err != nil {
			return err
		}
	}
	return w.db.exec(ctx, "DROP TABLE "+identifier(one.table))
}

// fillPrimary makes of item and item_price what the relations must know of the primary source to say where a field comes from.
func (w *Warehouse) fillPrimary(ctx context.Context) error {
	var statements []string
	for _, layout := range primaryTables() {
		statements = append(statements, layout.create(layout.name))
	}
	order, err := w.readOrder(ctx)
	if err != nil {
		return err
	}
	style := "CAST(NULL AS VARCHAR)"
	if slices.ContainsFunc(order, func(r orderRow) bool { return r.joined == config.JoinStyle }) {
		style = "coalesce(style_code, style, sku)"
	}
	if len(order) > 0 {
		statements = append(statements, fmt.Sprintf("INSERT INTO primary_key SELECT item_id, sku, %s, kind IN ('%s', '%s') AND NOT filtered FROM item",
			style, stage.KindSKU, stage.KindParent))
	}
	for _, row := range order {
		if row.joined != "" || row.field != row.lead {
			continue
		}
		// The opening is enough to tell a placeholder from a value.
		column, from := identifier(row.field), "item"
		if geography, part, ok := splitPrice(row.field); ok {
			column, from = part, "item_price WHERE geography = "+literal(geography)
		}
		statements = append(statements, fmt.Sprintf("INSERT INTO primary_cell SELECT * FROM (SELECT item_id, %s, left(%s, 21) AS opening FROM %s) WHERE opening IS NOT NULL",
			literal(row.field), column, from))
	}
	if err := w.db.exec(ctx, strings.Join(statements, "; ")); err != nil {
		return fmt.Errorf("look at what the primary source has: %w", err)
	}
	return nil
}

// readOrder reads field_order.
func (w *Warehouse) readOrder(ctx context.Context) ([]orderRow, error) {
	var rows []orderRow
	layout := fieldOrderTable()
	err := w.inOrder(ctx, layout.name, layout, func(r *row) error {
		rows = append(rows, orderRow{field: r.text(0), lead: r.text(1), source: r.text(2), rank: int(r.number(3)), joined: r.text(4)})
		return nil
	})
	return rows, err
}

// splitPrice takes price[USA].wholesale apart.
func splitPrice(field string) (geography, part string, ok bool) {
	rest, ok := strings.CutPrefix(field, "price[")
	if !ok {
		return "", "", false
	}
	return strings.Cut(rest, "].")
}

// completeItems lays what decidingRelation says over item and item_price. Where no source supplements the first it does nothing.
func (w *Warehouse) completeItems(ctx context.Context) error {
	order, err := w.readOrder(ctx)
	if err != nil || len(order) == 0 {
		return err
	}
	fields := map[string]bool{}
	for _, row := range order {
		fields[row.field] = true
	}
	var given, columns, prices []string
	for _, field := range sortedKeys(fields) {
		name := identifier("said " + field)
		given = append(given, fmt.Sprintf("count(*) FILTER (field = %[1]s) > 0 AS %[2]s, max(value) FILTER (field = %[1]s) AS %[3]s", literal(field), name, identifier(field)))
		if _, _, ok := splitPrice(field); ok {
			prices = append(prices, field)
			continue
		}
		columns = append(columns, fmt.Sprintf("CASE WHEN g.%[1]s THEN g.%[2]s ELSE i.%[2]s END AS %[2]s", name, identifier(field)))
		if field == "name" { // it is no fallback
			columns = append(columns, fmt.Sprintf("CASE WHEN g.%s THEN 1 ELSE i.name_choice END AS name_choice", name))
		}
	}
	from := fmt.Sprintf("(SELECT item_id, %s FROM %s GROUP BY item_id) g", strings.Join(given, ", "), decidingRelation)
	if len(columns) > 0 {
		if err := w.replace(ctx, itemName, fmt.Sprintf("SELECT i.* REPLACE (%s) FROM item i LEFT JOIN %s USING (item_id)", strings.Join(columns, ", "), from)); err != nil {
			return err
		}
	}
	if len(prices) == 0 {
		return nil
	}
	var amounts []string
	for _, part := range []string{"wholesale", "retail"} {
		var b strings.Builder
		for _, field := range prices {
			if geography, of, _ := splitPrice(field); of == part {
				fmt.Fprintf(&b, " WHEN p.geography = %s AND g.%s THEN g.%s", literal(geography), identifier("said "+field), identifier(field))
			}
		}
		if b.Len() > 0 {
			amounts = append(amounts, fmt.Sprintf("CASE%s ELSE p.%[2]s END AS %[2]s", b.String(), part))
		}
	}
	return w.replace(ctx, "item_price", fmt.Sprintf("SELECT p.* REPLACE (%s) FROM item_price p LEFT JOIN %s USING (item_id)", strings.Join(amounts, ", "), from))
}

// replace gives a table other rows, which may be made of those it has.
func (w *Warehouse) replace(ctx context.Context, name, statement string) error {
	before, err := w.db.number(ctx, "SELECT count(*) FROM "+identifier(name))
	if err != nil {
		return fmt.Errorf("complete %s: %w", name, err)
	}
	if err := w.db.exec(ctx, fmt.Sprintf("CREATE TABLE completed AS %s; DROP TABLE %[2]s; ALTER TABLE completed RENAME TO %[2]s", statement, identifier(name))); err != nil {
		return fmt.Errorf("complete %s: %w", name, err)
	}
	after, err := w.db.number(ctx, "SELECT count(*) FROM "+identifier(name))
	if err == nil && after != before {
		err = fmt.Errorf("it has %d rows of %d", after, before)
	}
	if err != nil {
		return fmt.Errorf("complete %s: %w", name, err)
	}
	return nil
}

// decidingFirst puts what decidingRelation is made of, and itself, before all other relations; these are in the order they can run in.
func decidingFirst(relations []transforms.Relation) []transforms.Relation {
	needed := map[string]bool{decidingRelation: true}
	for _, relation := range slices.Backward(relations) {
		if needed[relation.Name] {
			for _, name := range relation.Reads {
				needed[name] = true
			}
		}
	}
	ahead := slices.DeleteFunc(slices.Clone(relations), func(r transforms.Relation) bool { return !needed[r.Name] })
	return append(ahead, slices.DeleteFunc(slices.Clone(relations), func(r transforms.Relation) bool { return needed[r.Name] })...)
}
