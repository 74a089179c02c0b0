package apparelmagic

import (
	"slices"
	"strings"

	"fairesync/pipeline/stage"
)

// knownSKUColumns are the fields of SKU rows some client has seen (contract §1.9).
var knownSKUColumns = strings.Fields(`
	sku_id product_id style_number description attr_2 attr_2_name attr_2_nrf_id attr_3 attr_3_name size size_position nrf_size
	product_attribute_id sku_concat sku_alt sku upc_display upc_11 price retail_price price_offset retail_price_offset cost_offset
	vendor_cost_offset weight_offset cost weight active is_product is_component is_bundle is_inventory_tracked location season
	qty_inventory qty_avail_sell qty_alloc qty_avail_alloc qty_open_po qty_open_wip qty_open_sales qty_in_transit
	creation_time last_modified_time`)

// knownProductColumns are the fields of products (contract §1.8), without the prefix they get.
var knownProductColumns = strings.Fields(`
	product_id style_number description alt_code web_title web_description b2b_web_title b2b_web_description joor_web_title
	joor_web_description care_instructions content origin category group class collection season pattern_or_silhouette division_id
	vendor_id vendor_name is_product is_component is_bundle is_virtual_bundle is_gift_card is_emblem is_inventory_tracked
	price retail_price cost size_range_id weight weight_unit unit_of_measure tariff_code skus_active creation_time last_modified_time`)

// listFields hold lists or objects and are no columns; those that matter are computed columns.
var listFields = []string{
	"images", "tags", "price_groups", "specs", "size_range_info", "bill_of_materials", "processes", "royalties", "emblem_placements",
	"prepacks", "buyer_filters", "attribute_options",
}

func isList(name string) bool { return slices.Contains(listFields, name) }

// isFlag says whether false in a field means no. Of the fields that are known and no flags it means empty (contract §3.9); of an
// unknown field it is taken as no.
func isFlag(name string) bool {
	if name == "active" || strings.HasPrefix(name, "is_") {
		return true
	}
	return !slices.Contains(knownSKUColumns, name) && !slices.Contains(knownProductColumns, name)
}

// isQuantity says whether a column counts pieces that add up over warehouses; thresholds and pack sizes do not.
func isQuantity(name string) bool {
	return strings.HasPrefix(name, "qty_") && !slices.Contains([]string{"qty_min_reorder", "qty_min_inventory", "qty_per_inner_pack"}, name)
}

// Computed columns of table item, beside the envelope. All begin with an underscore, as no foreign one does.
const (
	columnImages        = "_images"         // the colourway's own images, one address a line
	columnProductImages = "_product_images" // the style's images, one address a line
	columnTags          = "_tags"           // one a line
	columnCategory      = "_category"       // category and class of the style, joined by " > "
	columnDivision      = "_division"       // name of the style's division
	columnSizePosition  = "_size_position"  // place of the size in its range, from 1
)

// computed lists the envelope and the computed columns, in the order rows are built in.
var computed = []string{
	stage.ColumnFile, stage.ColumnRow, stage.ColumnKind, stage.ColumnProblem, stage.ColumnSKUID, stage.ColumnStyle,
	columnImages, columnProductImages, columnTags, columnCategory, columnDivision, columnSizePosition,
	"_option1_name", "_option1_value", "_option2_name", "_option2_value", "_option3_name", "_option3_value",
}

// axisNames name the options of a style (contract §1.9: attr_2 is nearly always the colour; attr_3 carries no label of its own).
var axisNames = [3]string{"Color", "Size", "Style"}

// productPrefix stands before the fields of the parent style.
const productPrefix = "product."

// defaults are the columns each field is read from; sources[].mapping overrides them field by field. The order of names is that
// of contract §1.12; prices are not among them, for which list is wholesale is configuration (contract §0.1).
func defaults() map[string][]string {
	return map[string][]string{
		"sku":        {"sku_alt", "sku_concat"},
		"style":      {stage.ColumnStyle},
		"style_code": {"product.style_number", "style_number"},
		"name": {
			"product.b2b_web_title", "product.joor_web_title", "product.web_title", "product.description", "product.style_number",
		},
		"description":     {"product.b2b_web_description", "product.web_description"},
		"category":        {"product.category"},
		"product_type":    {"product.category"},
		"tags":            {columnTags},
		"option1_name":    {"_option1_name"},
		"option1_value":   {"_option1_value"},
		"option2_name":    {"_option2_name"},
		"option2_value":   {"_option2_value"},
		"option3_name":    {"_option3_name"},
		"option3_value":   {"_option3_value"},
		"size_position":   {columnSizePosition},
		"gtin":            {"upc_display"},
		"images":          {columnImages},
		"product_images":  {columnProductImages},
		"active":          {"active"},
		"quantity":        {"qty_avail_sell"},
		"made_in_country": {"product.origin"},
		"tariff_code":     {"product.tariff_code"},
		"weight":          {"weight", "product.weight"},
		"weight_unit":     {"product.weight_unit"},
	}
}
