package apparelmagic

import (
	"maps"
	"slices"
	"strings"

	"fairesync/pipeline/check"
)

// stock says in which warehouses a quantity counts. Warehouses go by their ids, as rows name them (contract §1.10).
type stock struct {
	listed []string        // ids in the order of the configuration; none: all warehouses count
	there  map[string]bool // those that rows name
	// known is whether anything can be said of quantities: where no row is in a listed warehouse, the list is wrong or the account
	// does not tell its warehouses apart, and a 0 would be made up.
	known bool
}

func newStock(listed []string) stock {
	made := stock{there: map[string]bool{}}
	for _, id := range listed {
		if id = canonical(id); !slices.Contains(made.listed, id) {
			made.listed = append(made.listed, id)
		}
	}
	return made
}

// look notes the warehouses there are.
func (s *stock) look(rows []*sku) {
	for _, row := range rows {
		if row.row.warehouse != "" {
			s.there[row.row.warehouse] = true
		}
	}
	s.known = len(s.listed) == 0 || len(s.unknown()) < len(s.listed)
}

// unknown are the listed warehouses that no row is in.
func (s *stock) unknown() []string {
	return slices.DeleteFunc(slices.Clone(s.listed), func(id string) bool { return s.there[id] })
}

// counting are those of a SKU's rows whose quantities count.
func (s *stock) counting(rows []*sku) []*sku {
	if len(s.listed) == 0 {
		return rows
	}
	return slices.DeleteFunc(slices.Clone(rows), func(row *sku) bool { return !slices.Contains(s.listed, row.row.warehouse) })
}

// sum puts the totals over the warehouses that count into the first row: 0 where the SKU is in none of them, blank where nothing
// is known.
func (c *catalogue) sum(rows []*sku) {
	if len(rows) < 2 && len(c.stock.listed) == 0 {
		return
	}
	counting := c.stock.counting(rows)
	for at, name := range c.skuColumns.names {
		if !isQuantity(name) || !slices.ContainsFunc(rows, func(row *sku) bool { return strings.TrimSpace(get(row.values, at)) != "" }) {
			continue
		}
		total := "0"
		switch {
		case !c.stock.known:
			total = ""
		case len(counting) > 0:
			total = totalOf(counting, at)
		}
		rows[0].values = put(rows[0].values, at, total)
	}
}

// totalOf adds a column up, blank if it is blank in all rows. A quantity nobody can read stays in the total's place, so that it is
// reported and not taken for a number.
func totalOf(rows []*sku, at int) string {
	total, readable := "", true
	for _, row := range rows {
		value := strings.TrimSpace(get(row.values, at))
		switch sum, ok := add(total, value); {
		case value == "":
		case total == "" || !ok && readable:
			total, readable = value, isDecimal(value)
		case ok && readable:
			total = sum
		}
	}
	return total
}

// findings are the listed warehouses that no row is in.
func (s *stock) findings(source string) []check.Exception {
	wanted := "a row with a warehouse_id"
	if len(s.there) > 0 {
		wanted = "one of " + strings.Join(slices.SortedFunc(maps.Keys(s.there), byNumber), ", ")
	}
	var found []check.Exception
	for _, id := range s.unknown() {
		found = append(found, check.Exception{Code: "STOCK_WAREHOUSE_UNKNOWN", EntityKey: source, Field: "on_hand", Detail: id, Column: "warehouse_id",
			Found: id, Wanted: wanted})
	}
	return found
}
