package pipeline

import (
	"fmt"
	"strings"

	"fairesync/pipeline/config"
)

// Off says that a switch of the gate (seed) is off: the run ends cleanly and has called nobody.
type Off struct{ Switches []string }

func (o *Off) Error() string {
	return "product sync is switched off: " + strings.Join(o.Switches, ", ") + " is false"
}

// Hint says how to switch it on.
func (o *Off) Hint() string {
	return "set it under settings: in the configuration when the sync is meant to run"
}

// gate is the rule of design §2.2 (seed): product sync runs only if inventory sync and product sync are on in both merchant and
// cart settings. check looks at sources and rules only and is not gated.
func gate(s config.Settings, o Options) error {
	if o.Command == "check" {
		return nil
	}
	return SwitchedOff(s)
}

// SwitchedOff is an *Off that names the switches of product sync that are off, or nil.
func SwitchedOff(s config.Settings) error {
	var off []string
	for _, one := range []struct {
		name string
		on   bool
	}{
		{"settings.merchant.inventory_sync", s.Merchant.InventorySync}, {"settings.merchant.product_sync", s.Merchant.ProductSync},
		{"settings.cart.inventory_sync", s.Cart.InventorySync}, {"settings.cart.product_sync", s.Cart.ProductSync},
	} {
		if !one.on {
			off = append(off, one.name)
		}
	}
	if len(off) > 0 {
		return &Off{off}
	}
	return nil
}

// UsageError is a mistake of whoever configured or called the run: exit 2.
type UsageError struct{ Why, Next string }

func (e *UsageError) Error() string { return e.Why }

// Hint says what to do.
func (e *UsageError) Hint() string { return e.Next }

// capable refuses a primary source without Product Detail Pickup (seed).
func (r *run) capable() error {
	primary := r.edges.Sources[0]
	if c := primary.Source.Capabilities(); !c.ProductDetail {
		return &UsageError{
			Why:  fmt.Sprintf("source %s cannot feed Faire: it delivers no %s", primary.Name, strings.Join(c.Missing, ", ")),
			Next: "use a source with product details as the first one",
		}
	}
	return nil
}
