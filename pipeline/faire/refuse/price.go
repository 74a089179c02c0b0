package refuse

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"fairesync/pipeline/catalog"
)

// Currency returns the currency of a geography, and false for one Faire does not know. The geographies are documented, the
// currencies known from several clients (contract §5.1).
func Currency(geography string) (string, bool) {
	switch geography {
	case "USA":
		return "USD", true
	case "CAN":
		return "CAD", true
	case "GBR":
		return "GBP", true
	case "AUS":
		return "AUD", true
	case "EUROPEAN_UNION":
		return "EUR", true
	}
	return "", false
}

// PriceMissing: every variant of a PUBLISHED product has prices. Contract §7; several clients.
func PriceMissing(p catalog.Product, v catalog.Variant) error {
	if published(p) && len(v.Prices) == 0 {
		return errors.New("a variant of a published product needs a price")
	}
	return nil
}

// GeographyUnknown: USA, CAN, GBR, AUS or EUROPEAN_UNION. Contract §5.1; documented.
func GeographyUnknown(price catalog.Price) error {
	if _, ok := Currency(price.Geography); !ok {
		return fmt.Errorf("Faire has no prices for %q", price.Geography)
	}
	return nil
}

// CurrencyMismatch: the currency is the geography's. Contract §5.1; the pairs are known from several clients, the refusal is
// guessed.
func CurrencyMismatch(price catalog.Price) error {
	if want, ok := Currency(price.Geography); ok && price.Currency != want {
		return fmt.Errorf("a price for %s is in %s, not in %q", price.Geography, want, price.Currency)
	}
	return nil
}

// WholesaleMissing: a wholesale price above zero. Contract §5.1; that it is needed is known from several clients, the refusal of 0
// is guessed.
func WholesaleMissing(price catalog.Price) error { return notAbove("wholesale", price.Wholesale) }

// RetailMissing: a retail price above zero. Contract §5.1; several clients.
func RetailMissing(price catalog.Price) error { return notAbove("retail", price.Retail) }

func notAbove(what string, amount catalog.Money) error {
	if amount <= 0 {
		return fmt.Errorf("the %s price is %s", what, amount)
	}
	return nil
}

// RatioOutOfBounds: retail is 1.25 to 10 times wholesale, both ends allowed (seed). Contract §5.1; the bounds are known from
// several clients, that the API itself refuses is guessed. A price without one of its amounts is not its business. Exact in minor
// units.
func RatioOutOfBounds(price catalog.Price) error {
	if price.Wholesale <= 0 || price.Retail <= 0 {
		return nil
	}
	if price.Retail*RatioLowWholesale < price.Wholesale*RatioLowRetail {
		return fmt.Errorf("retail %s is less than 1.25 times wholesale %s", price.Retail, price.Wholesale)
	}
	if price.Retail > price.Wholesale*RatioHigh {
		return fmt.Errorf("retail %s is more than 10 times wholesale %s", price.Retail, price.Wholesale)
	}
	return nil
}

// GeographyTwice: one price per geography. Contract §17 V7; guessed.
func GeographyTwice(v catalog.Variant) error {
	seen := map[string]bool{}
	for _, price := range v.Prices {
		if seen[price.Geography] {
			return fmt.Errorf("there are two prices for %s", price.Geography)
		}
		seen[price.Geography] = true
	}
	return nil
}

// GeographiesDiffer: all variants of a product have prices for the same geographies; "All variants must have consistent prices for
// different countries". Compared with the product's first variant. Contract §5.1; seen once, live.
func GeographiesDiffer(p catalog.Product, v catalog.Variant) error {
	first := live(p)
	if len(first) == 0 {
		return nil
	}
	want, got := geographies(first[0]), geographies(v)
	if !slices.Equal(want, got) {
		return fmt.Errorf("its prices are for %s, those of %s for %s", list(got), name(first[0]), list(want))
	}
	return nil
}

func geographies(v catalog.Variant) []string {
	var out []string
	for _, price := range v.Prices {
		out = append(out, price.Geography)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func list(names []string) string {
	if len(names) == 0 {
		return "no geography"
	}
	return strings.Join(names, ", ")
}
