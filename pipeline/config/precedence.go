package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"fairesync/pipeline/stage"
)

// What the values of sources[].join say a supplement's rows are about.
const (
	JoinSKU   = "sku"   // each names a SKU of the primary source; the default
	JoinStyle = "style" // each names a style, and counts for every SKU of it
)

// priceParts are the two amounts of a price. As keys they stand for those of every geography.
var priceParts = []string{"wholesale", "retail"}

// Order names the sources that are asked for a field, best first: those that its precedence lists, else all of them as they are
// configured. What only means something beside another field (stage.Companions) goes with that. The precedence of wholesale or
// retail is that of every geography which has none of its own.
func (c Config) Order(field string) []string {
	if lead, ok := stage.Companions[field]; ok {
		field = lead
	}
	if order := c.Precedence[field]; len(order) > 0 {
		return order
	}
	if _, part, ok := strings.Cut(field, "]."); ok && strings.HasPrefix(field, "price[") {
		if order := c.Precedence[part]; len(order) > 0 {
			return order
		}
	}
	names := make([]string, len(c.Sources))
	for i, source := range c.Sources {
		names[i] = source.Name
	}
	return names
}

// fillSupplements writes wholesale and retail of a supplement's mapping out where they can mean only one price.
func (c *Config) fillSupplements() {
	if len(c.Prices) != 1 {
		return
	}
	for i := 1; i < len(c.Sources); i++ {
		mapping := maps.Clone(c.Sources[i].Mapping)
		for _, part := range priceParts {
			whole := priceField(c.Prices[0].Geography, part)
			if columns, short := mapping[part]; short && mapping[whole] == nil {
				mapping[whole] = columns
				delete(mapping, part)
			}
		}
		c.Sources[i].Mapping = mapping
	}
}

func priceField(geography, part string) string { return "price[" + geography + "]." + part }

// managed says whether prices[] has a geography.
func (c *Config) managed(geography string) bool {
	return slices.ContainsFunc(c.Prices, func(p Price) bool { return p.Geography == geography })
}

// supplements checks what only the sources after the first have.
func (v *validator) supplements(c *Config) {
	for i, source := range c.Sources {
		key := fmt.Sprintf("sources[%d]", i)
		if i == 0 {
			if source.Join != "" {
				v.fail(key+".join", "means nothing for the first source, which the others are joined to", "remove it")
			}
			continue
		}
		if source.Join != "" {
			v.choice(key+".join", source.Join, JoinSKU, JoinStyle)
		}
		for _, field := range slices.Sorted(maps.Keys(source.Mapping)) {
			at := key + ".mapping." + field
			if slices.Contains(priceParts, field) {
				geographies := make([]string, len(c.Prices))
				for n, price := range c.Prices {
					geographies[n] = price.Geography
				}
				v.fail(at, "may be the price of "+list(geographies)+", or is given twice", "write "+priceField(geographies[0], field)+" once")
			} else if geography, ok := geographyOf(field); ok && !c.managed(geography) {
				v.fail(at, "names a geography that prices does not have", "add it to prices")
			}
		}
	}
}

// geographyOf is the geography in price[USA].wholesale.
func geographyOf(field string) (string, bool) {
	rest, ok := strings.CutPrefix(field, "price[")
	if !ok {
		return "", false
	}
	geography, part, ok := strings.Cut(rest, "].")
	return geography, ok && slices.Contains(priceParts, part)
}

// precedence checks the lists of sources.
func (v *validator) precedence(c *Config) {
	for _, field := range slices.Sorted(maps.Keys(c.Precedence)) {
		key := "precedence." + field
		geography, price := geographyOf(field)
		lead, companion := stage.Companions[field]
		switch {
		case field == "sku":
			v.fail(key, "cannot be chosen: by their SKUs sources are joined", "remove it")
			continue
		case companion:
			v.fail(key, "goes with "+lead+", from the same source", "write "+lead+" in its place")
			continue
		case price && !c.managed(geography):
			v.fail(key, "names a geography that prices does not have", "add it to prices, or remove it")
			continue
		case !price && !slices.Contains(priceParts, field) && !slices.Contains(stage.Fields, field):
			v.fail(key, "is no field of the catalogue", "the fields are "+strings.Join(stage.Fields[1:], ", ")+", wholesale, retail and price[USA].wholesale")
			continue
		}
		v.order(c, key, c.Precedence[field])
	}
}

// order checks one list of sources.
func (v *validator) order(c *Config, key string, names []string) {
	if len(names) == 0 {
		v.fail(key, "lists no source", "name at least one, or remove it")
	}
	known := make([]string, len(c.Sources))
	for i, source := range c.Sources {
		known[i] = source.Name
	}
	for i, name := range names {
		switch {
		case !slices.Contains(known, name):
			v.fail(key, fmt.Sprintf("lists %q, which is no source", name), "the sources are "+strings.Join(known, ", "))
		case slices.Contains(names[:i], name):
			v.fail(key, fmt.Sprintf("lists %q twice", name), "name each source once")
		}
	}
}
