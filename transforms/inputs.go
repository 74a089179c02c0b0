package transforms

import "maps"

// InputTables says in one line each what the tables are that relations read and no .sql file makes: all but finding are loaded
// by Go before the first relation runs. The texts are those of docs/relations.md.
func InputTables() map[string]string { return maps.Clone(inputTables) }

var inputTables = map[string]string{
	"alias_row":        "Aliases, of decisions, of the alias file and of the alias column of the source.",
	"decision":         "What people decided about aliases, types, prices and products to make again, as far as it is in force (docs/review.md).",
	"feed_exception":   "What the sources found wrong while they read.",
	"field_order":      "Which sources are asked for a field that a supplement may give, best first.",
	"finding":          "Every row of the relations of 40_check, in one table.",
	"item":             "The rows of the primary source, its columns mapped to catalogue fields, as text; completed by field_source.",
	"item_price":       "The wholesale and retail price of each item, per configured geography, as text; completed by field_source.",
	"mirror_choice":    "Faire's products: the place of each variant on each axis.",
	"mirror_image":     "Faire's products: images of products and variants, in their order.",
	"mirror_option":    "Faire's products: the values of each axis, in their order.",
	"mirror_price":     "Faire's products: prices per variant and geography, in minor units.",
	"mirror_product":   "Faire's products, deleted ones too.",
	"mirror_variant":   "Faire's products: their variants.",
	"price_rule":       "The geographies of prices: in the configuration, and how they are rounded.",
	"primary_cell":     "Which fields the rows of the primary source have, for fields that a supplement may give.",
	"primary_key":      "SKU and style of the rows of the primary source, for supplements to be joined to.",
	"product_state":    "What earlier runs recorded of each product: its link, and the values sent and held.",
	"setting":          "One row: what the configuration decides.",
	"source_field":     "What each source reads each field from.",
	"stock_warehouse":  "The warehouses whose quantities count; none: all. Empty where the source adds them up itself.",
	"supplement_cell":  "The values of supplements, one row per row and field they are asked for, as text.",
	"supplement_item":  "The rows of the sources after the first.",
	"taxonomy_rule":    "The rules file.",
	"taxonomy_type":    "Faire's taxonomy types, those that are gone too.",
	"token_generation": "The counter in the idempotence token, where it has moved.",
	"variant_state":    "What earlier runs recorded of each variant: its link and its SKU then.",
}
