package files

import (
	"fmt"
	"slices"
	"strings"

	"fairesync/pipeline/config"
)

// addSynonyms maps by header what was not mapped by hand.
func (p *plan) addSynonyms() {
	for _, s := range synonyms {
		if p.byHand[s.field] {
			continue
		}
		headers := s.headers
		if p.layout == layoutParents && s.field == "product_type" {
			headers = []string{"type"} // Magento's product_type says simple or configurable
		}
		p.column(s.field, p.header.find(headers...))
	}
	if !p.byHand["style_code"] {
		if p.layout == layoutParents {
			p.expression("style_code", "_style")
		} else {
			for _, column := range p.plain("style") {
				p.column("style_code", column)
			}
		}
	}
	p.addActive()
	p.addWeight()
	p.addImages()
}

// addActive reads the state of a row; an inverted column goes before an upright one.
func (p *plan) addActive() {
	if p.byHand["active"] {
		return
	}
	upright := p.header.find(activeHeaders...)
	inner, uses := "'1'", []int(nil)
	if upright >= 0 {
		inner, uses = identifier(p.header.names[upright]), []int{upright}
	}
	inverted := 0
	for _, header := range slices.Backward(invertedHeaders) {
		column := p.header.find(header)
		if column < 0 {
			continue
		}
		var b strings.Builder
		fmt.Fprintf(&b, "case lower(trim(%s))", identifier(p.header.names[column]))
		for _, yes := range []string{"y", "yes", "true", "t", "1", "x", "on", header} {
			fmt.Fprintf(&b, " when %s then '0'", quote(yes))
		}
		fmt.Fprintf(&b, " else %s end", inner)
		inner, uses = b.String(), append(uses, column)
		inverted++
	}
	switch {
	case inverted > 0:
		p.expression("active", inner, uses...)
	case upright >= 0:
		p.column("active", upright)
	}
}

func (p *plan) addWeight() {
	if p.byHand["weight"] {
		return
	}
	for _, w := range weights {
		column := p.header.find(w.header)
		if column < 0 {
			continue
		}
		p.column("weight", column)
		switch {
		case p.byHand["weight_unit"]:
		case w.unit != "":
			p.expression("weight_unit", quote(w.unit))
		default:
			p.column("weight_unit", p.header.find("weightunit", "weightuom"))
		}
		return
	}
}

// addImages lists the picture columns, the hero's first. A Shopify export has the style's pictures in Image Src, one a row, and
// the variant's own in Variant Image.
func (p *plan) addImages() {
	field := "images"
	if p.layout == layoutContinuation {
		if !p.byHand["images"] {
			p.column("images", p.header.find("variantimage"))
		}
		field = "product_images"
	}
	if slices.Contains(p.header.ofVariant, true) && p.layout == layoutRows && !p.byHand["images"] && !p.byHand["product_images"] {
		p.splitImages()
		return
	}
	if p.byHand[field] {
		return
	}
	p.imageColumns(field, func(int) bool { return true })
}

// splitImages takes the pictures of a style that lists its variants for all of them, and those of a variant for its own.
func (p *plan) splitImages() {
	p.imageColumns("images", func(column int) bool { return p.header.ofVariant[column] })
	p.imageColumns("product_images", func(column int) bool { return !p.header.ofVariant[column] })
}

// imageColumns maps the picture columns of a kind to a field.
func (p *plan) imageColumns(field string, of func(column int) bool) {
	var heroes, rest []int
	for column, folded := range p.header.folded {
		if !of(column) {
			continue
		}
		if p.header.ofVariant != nil { // the style's, or the variant's, of two that have one name
			folded = strings.TrimPrefix(strings.TrimPrefix(folded, "parent"), "variant")
		}
		image, hero := isImage(folded)
		switch {
		case hero:
			heroes = append(heroes, column)
		case image:
			rest = append(rest, column)
		}
	}
	for _, column := range append(heroes, rest...) {
		p.column(field, column)
	}
}

// addOptions finds the axes: Option columns of a Shopify export, else Color, Size and a third by header.
func (p *plan) addOptions() {
	byHand := slices.ContainsFunc(optionFields, func(field string) bool { return p.byHand[field] })
	if !byHand {
		if p.layout != layoutParents {
			p.findOptions()
		}
		return
	}
	for n := range 3 {
		name, value := optionFields[2*n], optionFields[2*n+1]
		columns := p.plain(value)
		if p.byHand[name] || len(columns) == 0 {
			continue
		}
		label := p.header.names[columns[0]]
		for _, a := range axes {
			if slices.Contains(a.headers, p.header.folded[columns[0]]) {
				label = a.name
			}
		}
		p.expression(name, quote(label))
	}
}

// optionFields are the six fields of the three axes.
var optionFields = []string{"option1_name", "option1_value", "option2_name", "option2_value", "option3_name", "option3_value"}

func (p *plan) findOptions() {
	found := false
	for n := range 3 {
		value := p.header.find(fmt.Sprintf("option%dvalue", n+1))
		if value < 0 {
			continue
		}
		found = true
		name := p.header.find(fmt.Sprintf("option%dname", n+1))
		p.column(optionFields[2*n+1], value)
		if name < 0 {
			p.expression(optionFields[2*n], quote(fmt.Sprintf("Option %d", n+1)))
		} else {
			p.column(optionFields[2*n], name)
		}
		if n == 0 && name >= 0 && p.layout == layoutContinuation {
			p.withoutDefaultTitle(name, value)
		}
	}
	if found {
		return
	}
	n := 0
	for _, a := range axes {
		if column := p.header.find(a.headers...); column >= 0 {
			p.expression(optionFields[2*n], quote(a.name))
			p.column(optionFields[2*n+1], column)
			n++
		}
	}
}

// withoutDefaultTitle blanks the option Shopify gives a product without options: Title, Default Title.
func (p *plan) withoutDefaultTitle(name, value int) {
	test := "case " + identifier(p.header.names[value]) + " when 'Default Title' then '' else "
	delete(p.fields, optionFields[0])
	delete(p.fields, optionFields[1])
	p.expression(optionFields[0], test+identifier(p.header.names[name])+" end", name, value)
	p.expression(optionFields[1], test+identifier(p.header.names[value])+" end", value)
}

// readPrices maps wholesale and retail per geography: by mapping, by prices[], else by header. A plain Price is neither.
func (p *plan) readPrices(prices []config.Price, supplement bool) error {
	if len(prices) == 0 {
		prices = []config.Price{{Geography: "USA", Currency: "USD"}}
	}
	missing := ""
	for _, price := range prices {
		for _, part := range []struct {
			name, text string
			headers    []string
		}{{"wholesale", price.Wholesale, wholesaleHeaders}, {"retail", price.Retail, retailHeaders}} {
			field := fmt.Sprintf("price[%s].%s", price.Geography, part.name)
			switch text := strings.TrimSpace(part.text); {
			case p.byHand[field]:
				continue
			case text != "":
				if err := p.add(field, fmt.Sprintf("prices[%s].%s", price.Geography, part.name), text); err != nil {
					return err
				}
				continue
			}
			column := -1
			if price.Geography == "USA" {
				column = p.header.find(part.headers...)
			}
			for _, header := range part.headers {
				if column < 0 {
					column = p.header.find(header + strings.ToLower(price.Currency))
				}
			}
			if p.column(field, column); column < 0 && missing == "" {
				missing = part.name
			}
		}
	}
	plain := p.header.find(ambiguousPrices...)
	if missing == "" || supplement || plain < 0 || p.used(plain) {
		return nil
	}
	name := p.header.names[plain]
	return &SettingError{p.source, "prices", fmt.Sprintf("cannot be told: no column is the %s price, and %q may be wholesale or retail", missing, name),
		fmt.Sprintf("say which it is: prices: [{geography: USA, currency: USD, wholesale: %s, retail: …}], or retail: %s", yamlText(name), yamlText(name))}
}

// yamlText writes a header as it must stand in the configuration.
func yamlText(name string) string {
	if strings.ContainsAny(name, ":#,[]{}&*!|>'\"%@`") {
		return quote(name)
	}
	return name
}
