package pipeline

import (
	"fmt"
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

// capable refuses a primary source without Product Detail Pickup (seed), unless only stock is asked for.
func (r *run) capable() error {
	if r.options.Only == OnlyInventory {
		return nil
	}
	primary := r.edges.Sources[0]
	if c := primary.Source.Capabilities(); !c.ProductDetail {
		return &UsageError{
			Why:  fmt.Sprintf("source %s cannot feed Faire: it delivers no %s", primary.Name, strings.Join(c.Missing, ", ")),
			Next: "use a source with product details as the first one",
		}
	}
	return nil
}
