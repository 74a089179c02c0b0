package files

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"fairesync/pipeline/config"
	"fairesync/pipeline/stage"
)

// Columns the source computes beside the envelope.
const (
	columnImages        = "_images"         // the row's image URLs, one a line
	columnProductImages = "_product_images" // its style's, one a line
)

// optionColumns hold the options layout parents reads from the parent's list.
var optionColumns = []string{"_option1_name", "_option1_value", "_option2_name", "_option2_value", "_option3_name", "_option3_value"}

// Layouts of settings.Layout.
const (
	layoutRows         = "rows"
	layoutContinuation = "continuation"
	layoutParents      = "parents"
)

// plan says where each field of a feed is read from, and which columns the reader itself looks into.
type plan struct {
	source string
	layout string
	header header
	byHand map[string]bool // fields of settings.Mapping
	fields map[string][]entry

	sku, style            []int // plain columns, best first
	images, productImages []int
	variants, kind        int            // layout parents; -1: none
	shared                []int          // layout continuation: filled from a handle's first row
	prices, optionValues  []int          // layout continuation: a row without these and SKU is no variant
	giftCard, imageOrder  int            // layout continuation; -1: none
	keys                  map[int]string // columns a row cannot do without: their field
	values                map[int]string // other columns that are read: their field
	columns               []string       // of the table: the foreign ones, the envelope, what is computed
	foreign               int            // how many are foreign
}

// newPlan resolves settings and synonyms against a header.
func newPlan(settings config.Source, prices []config.Price, h header, supplement bool) (*plan, error) {
	p := &plan{source: settings.Name, layout: settings.Layout, header: h, byHand: map[string]bool{}, fields: map[string][]entry{},
		variants: -1, kind: -1, giftCard: -1, imageOrder: -1}
	if p.layout == "" {
		p.layout = layoutRows
	}
	if !slices.Contains([]string{layoutRows, layoutContinuation, layoutParents}, p.layout) {
		return nil, &SettingError{p.source, "layout", fmt.Sprintf("is %q, which is unknown", p.layout), "write rows, continuation or parents"}
	}
	if err := p.readMapping(settings.Mapping); err != nil {
		return nil, err
	}
	if err := p.readPrices(prices, supplement); err != nil {
		return nil, err
	}
	p.addSynonyms()
	p.addOptions()
	if err := p.prepareLayout(settings.Variants); err != nil {
		return nil, err
	}
	p.collectUses()
	p.columns = append(slices.Clone(h.names), stage.ColumnFile, stage.ColumnRow, stage.ColumnKind, stage.ColumnProblem,
		stage.ColumnSKUID, stage.ColumnStyle, columnImages, columnProductImages)
	p.foreign = len(h.names)
	if p.layout == layoutParents {
		p.columns = append(p.columns, optionColumns...)
	}
	return p, nil
}

// readMapping resolves what was mapped by hand.
func (p *plan) readMapping(mapping map[string]config.Columns) error {
	for _, field := range slices.Sorted(maps.Keys(mapping)) {
		if !slices.Contains(stage.Fields, field) && !strings.HasPrefix(field, "price[") {
			hint := "the fields are " + strings.Join(stage.Fields, ", ")
			if like, ok := nearest(field, stage.Fields); ok {
				hint = fmt.Sprintf("did you mean %s?", like)
			}
			return &SettingError{p.source, "mapping." + field, "names no field of the catalogue", hint}
		}
		for _, text := range mapping[field] {
			if text = strings.TrimSpace(text); text == "" {
				continue
			}
			if err := p.add(field, "mapping."+field, text); err != nil {
				return err
			}
			p.byHand[field] = true
		}
	}
	return nil
}

// add resolves one entry of a field.
func (p *plan) add(field, key, text string) error {
	e, err := p.header.resolve(text)
	var missing *notColumn
	if errors.As(err, &missing) {
		why := fmt.Sprintf("names %q, which is no column of the feed", missing.name)
		hint := "the columns are " + strings.Join(p.header.names, ", ")
		if like, ok := nearest(missing.name, p.header.names); ok {
			hint = fmt.Sprintf("the nearest column is %q", like)
		}
		return &SettingError{p.source, key, why, hint}
	}
	p.fields[field] = append(p.fields[field], e)
	return err
}

// column adds a plain column to a field; nothing for -1.
func (p *plan) column(field string, column int) {
	if column >= 0 {
		p.fields[field] = append(p.fields[field], entry{p.header.names[column], column, []int{column}})
	}
}

// expression adds an expression of our own.
func (p *plan) expression(field, text string, uses ...int) {
	p.fields[field] = append(p.fields[field], entry{text, -1, uses})
}

// plain are the entries of a field that are columns.
func (p *plan) plain(field string) []int {
	var columns []int
	for _, e := range p.fields[field] {
		if e.column >= 0 {
			columns = append(columns, e.column)
		}
	}
	return columns
}

// used says whether any field reads a column.
func (p *plan) used(column int) bool {
	for _, entries := range p.fields {
		for _, e := range entries {
			if slices.Contains(e.uses, column) {
				return true
			}
		}
	}
	return false
}

// collectUses lists, per column that is read, the field to name when the column is damaged.
func (p *plan) collectUses() {
	p.keys, p.values = map[int]string{}, map[int]string{}
	keyFields := []string{"sku"}
	if p.layout != layoutParents {
		keyFields = append(keyFields, "style")
	}
	for _, field := range keyFields {
		for _, e := range p.fields[field] {
			for _, column := range e.uses {
				if _, ok := p.keys[column]; !ok {
					p.keys[column] = field
				}
			}
		}
	}
	if p.variants >= 0 {
		p.keys[p.variants] = "style"
	}
	for _, field := range slices.Sorted(maps.Keys(p.fields)) {
		for _, e := range p.fields[field] {
			for _, column := range e.uses {
				if _, ok := p.keys[column]; ok {
					continue
				}
				if _, ok := p.values[column]; !ok {
					p.values[column] = field
				}
			}
		}
	}
}

// table describes what will be delivered.
func (p *plan) table() stage.Table {
	fields := make(map[string][]string, len(p.fields)+3)
	for field, entries := range p.fields {
		for _, e := range entries {
			fields[field] = append(fields[field], e.text)
		}
	}
	expressions := func(field string) []string {
		var texts []string
		for _, e := range p.fields[field] {
			if e.column < 0 {
				texts = append(texts, e.text)
			}
		}
		return texts
	}
	fields["images"] = append([]string{columnImages}, expressions("images")...)
	fields["product_images"] = append([]string{columnProductImages}, expressions("product_images")...)
	fields["style"] = []string{stage.ColumnStyle}
	if p.layout == layoutRows {
		fields["style"] = append(fields["style"], expressions("style")...)
		fields["style"] = append(fields["style"], expressions("sku")...)
	}
	return stage.Table{Name: "item", Columns: p.columns, Fields: fields, Reads: p.reads()}
}
