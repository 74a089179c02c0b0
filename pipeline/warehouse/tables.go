package warehouse

import (
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"

	"fairesync/pipeline/stage"
)

// sqlType is the type of a column, as SQL writes it.
type sqlType string

const (
	text      sqlType = "VARCHAR"
	integer   sqlType = "BIGINT"
	boolean   sqlType = "BOOLEAN"
	timestamp sqlType = "TIMESTAMP" // UTC; a zoned Arrow type would become TIMESTAMPTZ, which needs icu
)

func (t sqlType) arrow() arrow.DataType {
	switch t {
	case integer:
		return arrow.PrimitiveTypes.Int64
	case boolean:
		return arrow.FixedWidthTypes.Boolean
	case timestamp:
		return &arrow.TimestampType{Unit: arrow.Microsecond}
	case text:
	}
	return arrow.BinaryTypes.String
}

// column is a column of a table Go fills.
type column struct {
	name string
	kind sqlType
}

// layout is a table Go fills: its columns and the order its rows are written to files in.
type layout struct {
	name    string
	order   []string // columns; also what makes a row unique
	columns []column
}

// table reads a layout from one line: columns are separated by blanks, VARCHAR unless a type follows a colon (i, b, t).
func table(name, order, columns string) layout {
	made := layout{name: name, order: strings.Fields(order)}
	for word := range strings.FieldsSeq(columns) {
		column := column{name: word, kind: text}
		if at := strings.IndexByte(word, ':'); at > 0 {
			column.name = word[:at]
			column.kind = map[string]sqlType{"i": integer, "b": boolean, "t": timestamp}[word[at+1:]]
		}
		made.columns = append(made.columns, column)
	}
	return made
}

func (l layout) names() []string {
	names := make([]string, len(l.columns))
	for i, column := range l.columns {
		names[i] = column.name
	}
	return names
}

// list is the columns for a SELECT that must have exactly these.
func (l layout) list() string { return identifiers(l.names()) }

// sorted is the select that gives all rows of a table or bracketed SELECT in the order of the layout. NULLs come first, as the only way to make the
// order total for keys that may lack a part.
func (l layout) sorted(from string) string {
	keys := make([]string, len(l.order))
	for i, name := range l.order {
		keys[i] = identifier(name) + " NULLS FIRST"
	}
	return fmt.Sprintf("SELECT %s FROM %s ORDER BY %s", l.list(), from, strings.Join(keys, ", "))
}

// create is the statement that makes the table empty.
func (l layout) create(name string) string {
	columns := make([]string, len(l.columns))
	for i, column := range l.columns {
		columns[i] = identifier(column.name) + " " + string(column.kind)
	}
	return fmt.Sprintf("CREATE TABLE %s (%s)", identifier(name), strings.Join(columns, ", "))
}

func (l layout) schema() *arrow.Schema {
	fields := make([]arrow.Field, len(l.columns))
	for i, column := range l.columns {
		fields[i] = arrow.Field{Name: column.name, Type: column.kind.arrow(), Nullable: true}
	}
	return arrow.NewSchema(fields, nil)
}

// The tables the relations read, beside item.
func itemPriceTable() layout {
	return table("item_price", "item_id geography", "item_id:i geography currency round wholesale retail")
}

func itemTable() layout {
	columns := []column{
		{"item_id", integer}, {"source", text}, {"file", text}, {"row", integer}, {"kind", text}, {"problem", text},
		{"sku_id", text}, {"sku", text}, {"sku_column", text}, {"sku_choice", integer}, {"style", text}, {"filtered", boolean},
	}
	for _, field := range stage.Fields {
		if field == "sku" || field == "style" {
			continue
		}
		columns = append(columns, column{field, text})
		if field == "name" {
			columns = append(columns, column{"name_choice", integer})
		}
	}
	return layout{name: "item", order: []string{"item_id"}, columns: columns}
}

func settingTable() layout {
	return table("setting", "brand", `brand brand_id alias_name skip_without_alias:b unmapped decimal_mark ignore_query when_gone
		when_inactive inventory_means safety_stock:i stock_cap:i start_tracking stock_policy faire_read:b today`)
}

func stockWarehouseTable() layout {
	return table("stock_warehouse", "name", "name")
}

func aliasTable() layout {
	return table("alias_row", "origin file row alias_name alias_value wms_sku", "origin alias_name alias_value wms_sku file row:i")
}

// decisionTable is what people laid down and nobody withdrew (package review).
func decisionTable() layout {
	return table("decision", "kind key field", "kind key field action value seen words place")
}

func taxonomyRuleTable() layout {
	return table("taxonomy_rule", "row", "row:i scope pattern type_id")
}

func exceptionTable() layout {
	return table("feed_exception", "code source entity_key field detail row",
		"code source entity_key sku style name field detail found wanted proposal file row:i column_name")
}

// mirrorTables are Faire's products as they were read, product first.
func mirrorTables() []layout {
	return []layout{
		table("mirror_product", "product_id", `product_id name description short_description taxonomy_id taxonomy_name lifecycle sale_state
			token unit_multiplier:i minimum_order_quantity:i made_in_country updated_at:t preorderable:b order_by_date
			keep_active_past_order_by_date:b expected_ship_date expected_ship_window_end_date`),
		table("mirror_variant", "product_id position variant_id",
			`variant_id product_id position:i sku gtin tariff_code token lifecycle available:i on_hand:i weight mass_unit length width height
			distance_unit orderability_type expected_ship_date expected_ship_window_end_date stop_selling_at:i`),
		table("mirror_price", "product_id variant_id geography currency", "product_id variant_id geography currency wholesale:i retail:i"),
		table("mirror_image", "product_id variant_id position", "product_id variant_id position:i image_id original_url url hero:b"),
		table("mirror_option", "product_id axis position", "product_id axis:i option_name position:i option_value"),
		table("mirror_choice", "product_id variant_id axis option_name", "product_id variant_id axis:i option_name option_value"),
	}
}

// stateTables are what earlier runs left in the brand's state, beside the mirror.
func stateTables() []layout {
	return []layout{
		table("product_state", "product_id",
			"product_key product_id created:b released:b generation:i left_for held_digest document"),
		table("variant_state", "variant_id",
			"variant_key product_key variant_id sku source_sku created:b generation:i"),
		table("token_generation", "key", "key generation:i"),
		table("taxonomy_type", "type_id", "type_id name first_seen:t last_seen:t listed:b"),
		table("exception_history", "id",
			"id code fingerprint first_run first_time:t last_run last_time:t runs:i severity sku style name"),
		table("exception_tally", "time run code", "run time:t code severity count:i"),
	}
}

// stateTable is the state table of a name.
func stateTable(name string) layout {
	for _, layout := range stateTables() {
		if layout.name == name {
			return layout
		}
	}
	panic("there is no state table " + name) // names stand in this package
}
