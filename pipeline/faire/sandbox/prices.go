package sandbox

import (
	"net/http"
	"slices"

	"fairesync/pipeline/faire"
)

// currencyOf is the currency of a geography Faire knows (contract §5.1); empty for any other.
func currencyOf(geography string) string {
	switch geography {
	case "USA":
		return "USD"
	case "CAN":
		return "CAD"
	case "GBR":
		return "GBP"
	case "AUS":
		return "AUD"
	case "EUROPEAN_UNION":
		return "EUR"
	}
	return ""
}

// checkPrices obeys V4 to V7 and V10 for the prices of one variant.
func (s *Server) checkPrices(prices []faire.WirePrice) error {
	seen := map[string]bool{}
	for _, price := range prices {
		geography, err := checkGeography(price.GeoConstraint)
		if err != nil {
			return err
		}
		if seen[geography] && s.switches.UniqueGeographies {
			return invalid("prices", "Duplicate prices for %s", geography) // rule V7
		}
		seen[geography] = true
		if err := s.checkAmounts(price, geography); err != nil {
			return err
		}
	}
	return nil
}

// checkGeography obeys V4: exactly one of country and country_group, and a value Faire knows.
func checkGeography(geo faire.WireGeo) (string, error) {
	if (geo.Country == "") == (geo.CountryGroup == "") {
		return "", invalid("geo_constraint", "Exactly one of country and country_group must be set")
	}
	if geo.CountryGroup != "" {
		if geo.CountryGroup != "EUROPEAN_UNION" {
			return "", invalid("country_group", "Country group %s is not valid", geo.CountryGroup)
		}
		return geo.CountryGroup, nil
	}
	if currencyOf(geo.Country) == "" || geo.Country == "EUROPEAN_UNION" {
		return "", invalid("country", "Country %s is not valid", geo.Country)
	}
	return geo.Country, nil
}

// checkAmounts obeys V5, V6 and V10 for one price.
func (s *Server) checkAmounts(price faire.WirePrice, geography string) error {
	wholesale, retail := price.WholesalePrice, price.RetailPrice
	if s.switches.PositiveAmounts {
		if wholesale == nil || retail == nil {
			return invalid("prices", "wholesale_price and retail_price are mandatory") // rule V6
		}
		if wholesale.AmountMinor < 1 || retail.AmountMinor < 1 {
			return invalid("prices", "Prices must be positive") // rule V6
		}
	}
	for _, money := range []*faire.WireMoney{wholesale, retail} {
		if money != nil && s.switches.CurrencyByGeography && money.Currency != currencyOf(geography) {
			return invalid("currency", "Currency %s is not valid for %s", money.Currency, geography) // rule V5
		}
	}
	if !s.switches.PriceRatio || wholesale == nil || retail == nil {
		return nil
	}
	if retail.AmountMinor*4 < wholesale.AmountMinor*5 || retail.AmountMinor > wholesale.AmountMinor*10 { // rule V10
		return invalid("retail_price", "Retail price must be between 1.25 and 10 times the wholesale price")
	}
	return nil
}

// geographies is the set of geographies and currencies of a variant's prices, in one order.
func geographies(prices []faire.WirePrice) []string {
	out := make([]string, 0, len(prices))
	for _, price := range prices {
		currency := ""
		for _, money := range []*faire.WireMoney{price.RetailPrice, price.WholesalePrice} {
			if money != nil {
				currency = money.Currency
			}
		}
		out = append(out, price.GeoConstraint.Country+price.GeoConstraint.CountryGroup+" "+currency)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// checkGeographies obeys V8 over the live variants that have prices; whether all must have prices is P13.
func checkGeographies(p *Product) error {
	var first []string
	for _, v := range p.liveVariants() {
		if len(v.Prices) == 0 {
			continue
		}
		set := geographies(v.Prices)
		if first != nil && !slices.Equal(first, set) {
			return invalid("prices", messageGeographies)
		}
		first = set
	}
	return nil
}

// priceBatch is the body of a price PATCH.
type priceBatch struct {
	Prices field[[]struct {
		SKU              string                   `json:"sku"`
		ProductVariantID string                   `json:"product_variant_id"`
		Prices           field[[]faire.WirePrice] `json:"prices"`
	}] `json:"prices"`
}

// priceSetter is PATCH /product-prices/…: the batch is worked out as a whole on copies and then checked against the products it
// touched (rule B11), so that it is stored whole or not at all.
func priceSetter(by keyKind) func(*Server, *call) (reply, error) {
	return func(s *Server, c *call) (reply, error) {
		var body priceBatch
		if err := s.decode(c.body, &body); err != nil {
			return reply{}, err
		}
		keys := make([]string, 0, len(body.Prices.value))
		for _, entry := range body.Prices.value {
			keys = append(keys, by.key(entry.SKU, entry.ProductVariantID))
		}
		ids, err := s.resolve(by, keys)
		if err != nil {
			return reply{}, err
		}
		touched := map[string]*Product{}
		changed := map[string]written{}
		for i, entry := range body.Prices.value {
			if !entry.Prices.given() {
				continue
			}
			if s.switches.PriceBatchChecks {
				if err := s.checkPrices(entry.Prices.value); err != nil {
					return reply{}, err
				}
			}
			owner := s.store.owner[ids[i]]
			if touched[owner] == nil {
				touched[owner] = new(s.store.products[owner].clone())
				changed[owner] = written{changed: map[int]bool{}}
			}
			position := touched[owner].position(ids[i])
			v := &touched[owner].Variants[position]
			v.Prices = s.batchPrices(v.Prices, entry.Prices.value)
			changed[owner].changed[position] = true
		}
		owners := sortedKeys(touched)
		for _, owner := range owners {
			if err := checkGeographies(touched[owner]); err != nil && s.switches.PriceBatchChecks {
				return reply{}, err
			}
		}
		for _, owner := range owners {
			s.effects.updated(s.commit(*touched[owner], changed[owner]))
		}
		return reply{http.StatusOK, s.priceResults(keys, ids)}, nil
	}
}

// batchPrices is what a batch makes of a variant's prices: the new ones, or, by Switches.PriceBatchKeepsRetail, the new wholesale with
// the retail price that was held.
func (s *Server) batchPrices(held, sent []faire.WirePrice) []faire.WirePrice {
	if !s.switches.PriceBatchKeepsRetail {
		return sent
	}
	out := slices.Clone(sent)
	for i := range out {
		for _, price := range held {
			if price.GeoConstraint == out[i].GeoConstraint {
				out[i].RetailPrice = clonePointer(price.RetailPrice)
			}
		}
	}
	return out
}

func (s *Server) priceResults(keys, ids []string) any {
	type result struct {
		Prices []faire.WirePrice `json:"prices"`
	}
	results := make(map[string]result, len(keys))
	for i, key := range keys {
		_, v := s.store.liveVariant(ids[i])
		results[key] = result{Prices: v.Prices}
	}
	return struct {
		Results map[string]result `json:"results"`
	}{results}
}
