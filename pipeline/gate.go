package pipeline

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"fairesync/pipeline/config"
	"fairesync/pipeline/plan"
)

// Off says that a switch of the gate (seed) is off: the run ends cleanly and has called nobody.
type Off struct {
	Switches []string
	Only     string // the part that was asked for; blank: everything
}

func (o *Off) Error() string {
	what, are := "product sync", "is"
	if o.Only != "" {
		what = o.Only + " sync"
	}
	if len(o.Switches) > 1 {
		are = "are"
	}
	return fmt.Sprintf("%s is switched off: %s %s false", what, strings.Join(o.Switches, ", "), are)
}

// Hint says how to switch it on.
func (o *Off) Hint() string {
	return "set it under settings: in the configuration when the sync is meant to run"
}

// OnlyInventory is the part of a run that stock alone is: it needs the two inventory switches and no product details.
const OnlyInventory = "inventory"

// gate is the rule of design §2.2 (seed): product sync runs only if inventory sync and product sync are on in both merchant and
// cart settings; stock alone needs the two inventory switches. check looks at sources and rules only and is not gated.
func gate(s config.Settings, o Options) error {
	if o.Command == "check" {
		return nil
	}
	return SwitchedOff(s, o.Only)
}

// SwitchedOff is an *Off that names the switches that are off and that a run of this part needs (blank: everything), or nil.
func SwitchedOff(s config.Settings, only string) error {
	var off []string
	for _, one := range []struct {
		name      string
		on        bool
		inventory bool
	}{
		{"settings.merchant.inventory_sync", s.Merchant.InventorySync, true}, {"settings.merchant.product_sync", s.Merchant.ProductSync, false},
		{"settings.cart.inventory_sync", s.Cart.InventorySync, true}, {"settings.cart.product_sync", s.Cart.ProductSync, false},
	} {
		if !one.on && (one.inventory || only != OnlyInventory) {
			off = append(off, one.name)
		}
	}
	if len(off) > 0 {
		return &Off{Switches: off, Only: only}
	}
	return nil
}

// PartOf is the part of a run that a plan asks for: one that sends nothing but stock needs no more switches than a run for stock does.
func PartOf(p plan.Plan) string {
	if p.Policy == "stock-only" {
		return OnlyInventory
	}
	return ""
}

// UsageError is a mistake of whoever configured or called the run: exit 2.
type UsageError struct{ Why, Next string }

func (e *UsageError) Error() string { return e.Why }

// Hint says what to do.
func (e *UsageError) Hint() string { return e.Next }

// capable refuses sources that cannot feed Faire (seed), unless only stock is asked for.
func (r *run) capable() error {
	if r.options.Only == OnlyInventory {
		return nil
	}
	return Capable(r.edges.Config, r.edges.Sources)
}

// Capable is a *UsageError that names what no source of a configuration can have, or nil. A source without Product Detail Pickup (seed)
// cannot feed Faire alone: others must have the names and prices it lacks, or its mapping must say where they are. What a source that
// could have a field really has shows when it is read: FEED_FIELD_MISSING.
func Capable(c config.Config, sources []NamedSource) error {
	primary := sources[0]
	able := primary.Source.Capabilities()
	if able.ProductDetail {
		return nil
	}
	lacks := slices.DeleteFunc(slices.Clone(able.Missing), func(field string) bool {
		return slices.ContainsFunc(sources, func(s NamedSource) bool { return delivers(c, s, field) })
	})
	if len(able.Missing) > 0 && !slices.ContainsFunc(lacks, essential) {
		return nil
	}
	if len(lacks) == 0 {
		lacks = []string{"product details"}
	}
	names := make([]string, len(sources))
	for i, source := range sources {
		names[i] = source.Name
	}
	if len(names) == 1 {
		return &UsageError{
			Why:  fmt.Sprintf("source %s cannot feed Faire: it delivers no %s", primary.Name, strings.Join(lacks, ", ")),
			Next: "map them to columns that it has, or add a source that has them, such as a price file: docs/sources/supplements.md",
		}
	}
	return &UsageError{
		Why:  fmt.Sprintf("sources %s cannot feed Faire: none of them delivers %s", strings.Join(names, ", "), strings.Join(lacks, ", ")),
		Next: "map them to columns that a source has, or add a source that has them: docs/sources/supplements.md",
	}
}

// essential says whether nothing can be created without a field.
func essential(field string) bool {
	return slices.Contains([]string{"name", "sku", "wholesale", "retail"}, kindOf(field))
}

// kindOf is a field whatever the geography: wholesale for price[USA].wholesale. A source that says it lacks prices lacks that one.
func kindOf(field string) string {
	if field == "price" || field == "prices" {
		return "wholesale"
	}
	return field[strings.LastIndexByte(field, '.')+1:]
}

// delivers says whether a source can have a field and is asked for it: the configuration says where it is, or the source is not one
// that never has it.
func delivers(c config.Config, s NamedSource, field string) bool {
	at := slices.IndexFunc(c.Sources, func(one config.Source) bool { return one.Name == s.Name })
	same := func(other string) bool { return kindOf(other) == kindOf(field) }
	if at < 0 || !slices.Contains(c.Order(field), s.Name) {
		return false
	}
	if slices.ContainsFunc(slices.Collect(maps.Keys(c.Sources[at].Mapping)), same) {
		return true
	}
	named := slices.ContainsFunc(c.Prices, func(p config.Price) bool {
		return same("wholesale") && p.Wholesale != "" || same("retail") && p.Retail != ""
	})
	if able := s.Source.Capabilities(); at > 0 || !named {
		return able.ProductDetail && !slices.ContainsFunc(able.Missing, same)
	}
	return true
}
