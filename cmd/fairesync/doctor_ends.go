package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"fairesync/pipeline"
	"fairesync/pipeline/catalog"
	"fairesync/pipeline/config"
	"fairesync/pipeline/edges"
	"fairesync/pipeline/stage"
)

// What a catalogue needs to become products on Faire, and what it is poorer without. Prices stand for those of any geography.
var (
	neededFields = []string{"sku", "name", "price.wholesale", "price.retail"}
	usefulFields = []string{"style", "description", "images", "category", "option1_value", "gtin", "quantity"}
)

// likenesses is the set of the fields that were found, and of those they stand for: a price of any geography, images of a product, and
// a product type or tags, which taxonomy rules can go by as well as by a category.
func likenesses(fields []string) map[string]bool {
	found := map[string]bool{}
	for _, field := range fields {
		found[field] = true
		if geography, part, ok := strings.Cut(field, "]."); ok && strings.HasPrefix(geography, "price[") {
			found["price."+part] = true
		}
	}
	found["images"] = found["images"] || found["product_images"]
	found["category"] = found["category"] || found["product_type"] || found["tags"]
	return found
}

// without lists those of some fields that were not found.
func without(wanted []string, found map[string]bool) []string {
	return slices.DeleteFunc(slices.Clone(wanted), func(field string) bool { return found[field] })
}

// tables reads the alias and taxonomy files. readable says that there are rules to compare with Faire's list.
func (d *doctor) tables() (rules []config.TaxonomyRule, readable bool) {
	if path := d.config.Alias.File; path != "" {
		if rows, err := config.ReadAliases(path); err != nil {
			d.fail("aliases", err)
		} else {
			d.ok("aliases", "%s in %s", counted(len(rows), "alias", "aliases"), path)
		}
	}
	path := d.config.Taxonomy.Rules
	if path == "" {
		return nil, false
	}
	rules, err := config.ReadTaxonomyRules(path)
	switch {
	case err != nil:
		d.fail("taxonomy rules", err)
		return nil, false
	case len(rules) == 0:
		d.warn("taxonomy rules", "products map by the exact name of a type only; check and the workbook list those that do not", "%s has no rule yet", path)
	default:
		d.ok("taxonomy rules", "%s in %s", counted(len(rules), "rule", "rules"), path)
	}
	return rules, true
}

// source reads the beginning of source i and gives the fields that are there; not if it cannot be read.
func (d *doctor) source(ctx context.Context, i int) (one pipeline.NamedSource, fields []string, ok bool) {
	name := d.config.Sources[i].Name
	one, err := edges.OneSource(d.config, i, d.options())
	if err != nil {
		d.fail("source "+name, err)
		return one, nil, false
	}
	probed, err := d.probe(ctx, one.Source, d.config.Sources[i].Kind)
	if err != nil {
		d.fail("source "+name, err)
		return one, nil, false
	}
	able := one.Source.Capabilities()
	if probed.Columns == nil { // pages have no header: what it has is what it says it has
		without := ""
		if len(able.Missing) > 0 {
			without = "; it never has " + strings.Join(able.Missing, ", ")
		}
		if probed.Pages == 0 {
			d.warn("source "+name, "run fairesync check to see all of it", "answers, but has nothing to deliver%s", without)
		} else {
			d.ok("source "+name, "answers, token accepted, first page read%s", without)
		}
		return one, d.claimed(able, i), true
	}
	if probed.Rows == 0 {
		d.warn("source "+name, "a run refuses a source without rows", "has a header of %s and no row", counted(len(probed.Columns), "column", "columns"))
	} else {
		d.ok("source "+name, "%s, the first %s read; fields: %s", counted(len(probed.Columns), "column", "columns"), counted(probed.Rows, "row", "rows"), strings.Join(probed.Fields, ", "))
	}
	return one, slices.DeleteFunc(probed.Fields, func(field string) bool { return !d.asked(i, field) }), true
}

// asked says whether source i is asked for a field.
func (d *doctor) asked(i int, field string) bool {
	return slices.Contains(d.config.Order(field), d.config.Sources[i].Name)
}

// claimed are the fields that a source of pages may have, or that are mapped to something it has.
func (d *doctor) claimed(able stage.Capabilities, i int) []string {
	fields := append([]string{"sku", "price.wholesale", "price.retail"}, stage.Fields...)
	return slices.DeleteFunc(fields, func(field string) bool {
		_, mapped := d.config.Sources[i].Mapping[field]
		return !mapped && slices.Contains(able.Missing, field) || !d.asked(i, field)
	})
}

func (a *app) probe(ctx context.Context, source pipeline.Source, kind string) (pipeline.Probed, error) {
	within, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	probed, err := pipeline.Probe(within, source, kind == config.KindFiles)
	return probed, slow(ctx, within, err)
}

// slow says that it was not the caller who ended a wait.
func slow(ctx, within context.Context, err error) error {
	if err != nil && ctx.Err() == nil && within.Err() != nil {
		return fmt.Errorf("no good answer within %s: %w", patience, err)
	}
	return err
}

// fields says what all sources together lack. Of a lone source that is no feed nothing is told that it could have.
func (d *doctor) fields(sources []pipeline.NamedSource, all map[string]bool) {
	var unable *pipeline.UsageError
	if errors.As(pipeline.Capable(d.config, sources), &unable) {
		d.fail("fields", unable)
		return
	}
	if len(all) == 0 || len(sources) == 1 && d.config.Sources[0].Kind != config.KindFiles {
		return
	}
	var fields []string
	for field := range all {
		fields = append(fields, field)
	}
	found := likenesses(fields)
	if len(d.config.Inventory.Columns) > 0 {
		found["quantity"] = true
	}
	hint := "name the columns under sources[].mapping, prices or inventory.column; docs/sources/files.md lists the headers that are known"
	if missing := without(neededFields, found); len(missing) > 0 {
		d.failing("fields", hint, "no column was found for %s, without which nothing can be created on Faire", strings.Join(missing, ", "))
	}
	if missing := without(usefulFields, found); len(missing) > 0 {
		d.warn("fields", hint, "no column was found for %s", strings.Join(missing, ", "))
		return
	}
	if len(without(neededFields, found)) == 0 {
		d.ok("fields", "everything a product on Faire has was found")
	}
}

// faire reads the profile and the taxonomy list.
func (d *doctor) faire(ctx context.Context, rules []config.TaxonomyRule, readable bool) {
	client, done, err := edges.ReadFaire(d.config, d.options())
	if err != nil {
		d.fail("faire", err)
		return
	}
	defer done()
	within, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	account, err := client.Profile(within)
	if err != nil {
		d.fail("faire", slow(ctx, within, err))
		return
	}
	d.ok("faire", "%s answers, token accepted", d.config.Faire.URL)
	if err := pipeline.SameAccount(d.config, d.recorded, account); err != nil {
		d.fail("account", err)
	} else {
		same := "the first run will remember it"
		if d.recorded.ID != "" {
			same = "as recorded"
		}
		d.ok("account", "%s (%s), %s, %s", account.ID, account.Name, account.Currency, same)
	}
	types, err := client.Types(within)
	switch {
	case err != nil:
		d.fail("taxonomy", slow(ctx, within, err))
	case len(types) == 0:
		d.failing("taxonomy", "ask Faire; a run cannot map products without it", "Faire's list is empty")
	case !readable:
		d.ok("taxonomy", "%d types on Faire's list, no rules are configured", len(types))
	default:
		d.known(rules, types)
	}
}

// known compares the ids of the rules with Faire's list.
func (d *doctor) known(rules []config.TaxonomyRule, types []catalog.Type) {
	var errs []error
	for _, rule := range rules {
		if !slices.ContainsFunc(types, func(t catalog.Type) bool { return t.ID == rule.TypeID }) {
			errs = append(errs, fmt.Errorf("row %d (%s %s) names %s", rule.Row, rule.Scope, rule.Pattern, rule.TypeID))
		}
	}
	if len(errs) > 0 {
		d.failing("taxonomy", "correct them in "+d.config.Taxonomy.Rules+": a run refuses an id Faire never had, and holds the products of one it has dropped",
			"%s not on Faire's list: %s", counted(len(errs), "rule names an id that is", "rules name ids that are"), strings.ReplaceAll(errors.Join(errs...).Error(), "\n", "; "))
		return
	}
	d.ok("taxonomy", "%d types on Faire's list, all ids of the rules are on it", len(types))
}
