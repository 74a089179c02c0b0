package apparelmagic

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// catalogue is what the walks brought, joined by id. Foreign keys are kept as columns, unknown ones as well (contract §3.9).
type catalogue struct {
	skuColumns     columns
	productColumns columns
	skus           []*sku
	products       map[string]*product // by canonical product_id
	ranges         map[string][]string // size range: sizes in order
	divisions      map[string]string   // names
	colours        map[string]*colourway
	byColour       map[string]map[string]*colourway // product, folded colour
	stock          stock
}

// columns are the names of foreign scalar fields in the order they were first seen.
type columns struct {
	names []string
	index map[string]int
}

func (c *columns) at(name string) int {
	if c.index == nil {
		c.index = map[string]int{}
	}
	i, ok := c.index[name]
	if !ok {
		i = len(c.names)
		c.index[name] = i
		c.names = append(c.names, name)
	}
	return i
}

// sku is one inventory row.
type sku struct {
	id      uint64
	ordinal int      // place in the walk, from 1
	product string   // canonical product_id
	values  []string // by catalogue.skuColumns; shorter when later columns are absent
	row     facts
	further bool   // a row of another warehouse: folded into the first
	problem string // code; blank for a SKU to sell
}

// facts are the fields of a SKU row that decide something.
type facts struct {
	colour, colourName, third, thirdName, size, position, colourwayID, price, offset, warehouse string
	flags                                                                                       map[string]string // of kindFlags, those that are there
}

// product is one style.
type product struct {
	values []string // by catalogue.productColumns
	flags  map[string]string
	images []string
	tags   []string
	sizes  []string // size_range_info, in order
	rangeID, divisionID,
	category, class, price string
	modified string // last_modified_time as it came

	axes        [3]bool // colour, size, third: on any SKU of the style
	colourNames map[string]string
}

// colourway is a colour of a style with its own images.
type colourway struct{ images []string }

// kindFlags decide whether a row is something to sell (contract §1.8).
var kindFlags = []string{"is_product", "is_component", "is_gift_card", "is_emblem"}

func newCatalogue(warehouses []string) *catalogue {
	data := &catalogue{
		stock:    newStock(warehouses),
		products: map[string]*product{}, ranges: map[string][]string{}, divisions: map[string]string{},
		colours: map[string]*colourway{}, byColour: map[string]map[string]*colourway{},
	}
	// The documented columns are there whether or not this account fills them, so that a mapping does not depend on the day.
	for _, name := range knownSKUColumns {
		data.skuColumns.at(name)
	}
	for _, name := range knownProductColumns {
		data.productColumns.at(name)
	}
	return data
}

// canonical writes an id as ApparelMagic does, so that "041", 41 and "41" are the same.
func canonical(id string) string {
	if parsed, err := number(id); err == nil {
		return strconv.FormatUint(parsed, 10)
	}
	return strings.TrimSpace(id)
}

// styleOf is the product a row belongs to.
func styleOf(row record, otherwise string) string {
	if id := row.text("product_id"); id != "" {
		return canonical(id)
	}
	return otherwise
}

// scalars spreads the scalar fields of a record over columns.
func scalars(row record, into *columns) []string {
	var values []string
	for _, name := range slices.Sorted(maps.Keys(row)) {
		value, ok := scalar(row[name], isFlag(name))
		if !ok || name == "" || isList(name) {
			continue
		}
		if _, known := into.index[name]; !known && value == "" && isEmptyList(row[name]) {
			continue // [] says nothing about what the field is
		}
		values = put(values, into.at(name), value)
	}
	return values
}

func put(values []string, at int, value string) []string {
	for len(values) <= at {
		values = append(values, "")
	}
	values[at] = value
	return values
}

func get(values []string, at int) string {
	if at < len(values) {
		return values[at]
	}
	return ""
}

func flags(row record) map[string]string {
	found := map[string]string{}
	for _, name := range kindFlags {
		if raw, ok := row[name]; ok {
			found[name], _ = scalar(raw, true)
		}
	}
	return found
}

func (c *catalogue) takeSKU(id uint64, row record) error {
	c.skus = append(c.skus, &sku{
		id: id, ordinal: len(c.skus) + 1, product: styleOf(row, ""), values: scalars(row, &c.skuColumns),
		row: facts{
			colour: row.text("attr_2"), colourName: row.text("attr_2_name"), third: row.text("attr_3"), thirdName: row.text("attr_3_name"),
			size: row.text("size"), position: row.text("size_position"), colourwayID: row.text("product_attribute_id"),
			price: row.text("price"), offset: row.text("price_offset"), warehouse: canonical(row.text("warehouse_id")), flags: flags(row),
		},
	})
	return nil
}

func (c *catalogue) takeProduct(id uint64, row record) error {
	made := &product{
		values: scalars(row, &c.productColumns), flags: flags(row), images: images(row["images"]), tags: tags(row["tags"]),
		sizes: sizes(object(row["size_range_info"])), rangeID: canonical(row.text("size_range_id")), divisionID: canonical(row.text("division_id")),
		category: row.text("category"), class: row.text("class"), price: row.text("price"), colourNames: map[string]string{},
		modified: row.text("last_modified_time"),
	}
	for _, list := range namedLists {
		for _, entry := range named(row[list.field], list.value) {
			made.values = put(made.values, c.productColumns.at(list.field+"."+entry.name), entry.value)
		}
	}
	c.products[strconv.FormatUint(id, 10)] = made
	return nil
}

func (c *catalogue) takeSizeRange(id uint64, row record) error {
	c.ranges[strconv.FormatUint(id, 10)] = sizes(row)
	return nil
}

func (c *catalogue) takeDivision(id uint64, row record) error {
	c.divisions[strconv.FormatUint(id, 10)] = row.text("name", "division_name")
	return nil
}

// colourNames are the fields of a colourway its colour may be under (contract §1.10).
var colourNames = []string{"attr_2", "attr_2_name", "color", "name"}

func (c *catalogue) takeColourway(id uint64, style string, row record) {
	key := strconv.FormatUint(id, 10)
	if c.colours[key] != nil {
		return // a server that ignores the filter on product_id gives it once per style
	}
	made := &colourway{images: images(row["images"])}
	c.colours[key] = made
	style = styleOf(row, style)
	if c.byColour[style] == nil {
		c.byColour[style] = map[string]*colourway{}
	}
	for _, name := range colourNames {
		if folded := fold(row.text(name)); folded != "" && c.byColour[style][folded] == nil {
			c.byColour[style][folded] = made
		}
	}
}

// group orders the rows by SKU, folds the rows of further warehouses into the first of each SKU, marks what is not for sale,
// and finds the axes of each style.
func (c *catalogue) group() {
	slices.SortFunc(c.skus, func(a, b *sku) int { return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.ordinal, b.ordinal)) })
	c.stock.look(c.skus)
	for start := 0; start < len(c.skus); {
		end := start + 1
		for end < len(c.skus) && c.skus[end].id == c.skus[start].id {
			c.skus[end].further = true
			c.skus[end].problem = "FEED_WAREHOUSE_ROW"
			end++
		}
		c.sum(c.skus[start:end])
		c.judge(c.skus[start])
		start = end
	}
}

// judge says what a SKU row is. Fabric and trims live in the same table (contract §1.8). A flag the product lacks is looked for
// on the row itself.
func (c *catalogue) judge(row *sku) {
	style := c.products[row.product]
	flag := func(name string) (string, bool) {
		if style != nil {
			if value, ok := style.flags[name]; ok {
				return value, true
			}
		}
		value, ok := row.row.flags[name]
		return value, ok
	}
	for _, name := range kindFlags {
		value, there := flag(name)
		if there && truthy(value) != (name == "is_product") {
			row.problem = "FEED_KIND_IGNORED"
			return
		}
	}
	if style == nil {
		row.problem = "FEED_CHILD_ORPHAN"
		return
	}
	for axis, value := range []string{cmp.Or(row.row.colourName, row.row.colour), row.row.size, cmp.Or(row.row.thirdName, row.row.third)} {
		style.axes[axis] = style.axes[axis] || value != ""
	}
	if folded := fold(row.row.colour); row.row.colourName != "" && style.colourNames[folded] == "" {
		style.colourNames[folded] = row.row.colourName
	}
}

// styles are the products that have SKUs to sell, by rising id.
func (c *catalogue) styles() []string {
	found := map[string]bool{}
	for _, row := range c.skus {
		if row.problem == "" {
			found[row.product] = true
		}
	}
	return slices.SortedFunc(maps.Keys(found), byNumber)
}

// fold makes texts that differ in case and blanks only equal.
func fold(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), " ")) }

// truthy reads the spellings of true (contract §3.9).
func truthy(text string) bool {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "1", "true", "t", "y", "yes":
		return true
	}
	return false
}
