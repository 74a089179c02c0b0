package config

import (
	"fmt"
	"strings"
)

// fieldQuantity and fieldWarehouse are the catalogue fields that sources[].mapping and inventory can both name a column for.
const (
	fieldQuantity  = "quantity"
	fieldWarehouse = "warehouse"
)

// inventory checks where quantities come from. Quantities belong to the primary source.
func (v *validator) inventory(c *Config) {
	inventory, primary := c.Inventory, Source{}
	if len(c.Sources) > 0 {
		primary = c.Sources[0]
	}
	v.columns("inventory.column", inventory.Columns)
	v.either("inventory.column", len(inventory.Columns) > 0, primary, fieldQuantity)
	v.choice("inventory.means", inventory.Means, "available", "on_hand")
	v.choice("inventory.start_tracking", inventory.StartTracking, "created", "all")
	for _, units := range []struct {
		key   string
		value int64
	}{{"inventory.safety_stock", inventory.SafetyStock}, {"inventory.cap", inventory.Cap}} {
		if units.value < 0 {
			v.fail(units.key, fmt.Sprintf("is %d, below zero", units.value), "write a number of units, or leave it out")
		}
	}
	v.text("inventory.warehouse", inventory.Warehouse)
	v.either("inventory.warehouse", inventory.Warehouse != "", primary, fieldWarehouse)
	v.warehouses(inventory, primary)
}

// columns refuses a list of columns with a blank one, and one that would be added twice.
func (v *validator) columns(key string, columns Columns) {
	seen := map[string]bool{}
	for i, column := range columns {
		at := key
		if entry := fmt.Sprintf("%s[%d]", key, i); v.document.places[entry] > 0 {
			at = entry
		}
		switch {
		case strings.TrimSpace(column) == "":
			v.fail(at, "names no column", "name a column or an expression, or leave the key out")
		case seen[column]:
			v.fail(at, fmt.Sprintf("is %q again, which would count twice", column), "name each column once")
		default:
			v.text(at, column)
		}
		seen[column] = true
	}
}

// either refuses a column that is named in two places.
func (v *validator) either(key string, given bool, primary Source, field string) {
	if given && len(primary.Mapping[field]) > 0 {
		v.fail(key, "is given beside sources[0].mapping."+field, "keep one of them")
	}
}

// warehouses checks the list of warehouses, which needs a source that says in which of them a row's quantity lies. ApparelMagic
// does so by itself.
func (v *validator) warehouses(inventory Inventory, primary Source) {
	seen := map[string]bool{}
	for i, name := range inventory.Warehouses {
		key, folded := fmt.Sprintf("inventory.warehouses[%d]", i), strings.ToLower(name)
		switch {
		case strings.TrimSpace(name) == "":
			v.fail(key, "names no warehouse", "name it as the source does, or remove the entry")
		case seen[folded]:
			v.fail(key, fmt.Sprintf("is %q again", name), "name each warehouse once; case does not tell them apart")
		default:
			v.text(key, name)
		}
		seen[folded] = true
	}
	if primary.Kind == KindApparelMagic {
		const why, next = "means nothing for kind apparelmagic, whose rows name their warehouse themselves", "remove it"
		if inventory.Warehouse != "" {
			v.fail("inventory.warehouse", why, next)
		}
		if len(primary.Mapping[fieldWarehouse]) > 0 {
			v.fail("sources[0].mapping.warehouse", why, next)
		}
		return
	}
	if len(inventory.Warehouses) == 0 {
		return
	}
	if inventory.Warehouse == "" && len(primary.Mapping[fieldWarehouse]) == 0 {
		v.fail("inventory.warehouses", "lists warehouses, but nothing says which warehouse a row is of",
			"name the column: inventory: {warehouse: Warehouse, …}")
	}
	if len(inventory.Columns) == 0 && len(primary.Mapping[fieldQuantity]) == 0 {
		v.fail("inventory.warehouses", "lists warehouses, but no column says how many units there are", "name the column: inventory: {column: Qty, …}")
	}
}
