package apparelmagic_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/config"
	"fairesync/pipeline/source/apparelmagic"
	"fairesync/pipeline/source/apparelmagic/emulator"
	"fairesync/pipeline/source/sourcetest"
)

// TestPriceGroupsThatAreThere: a configuration may read any price group of the account, in a price, in the mapping and in an expression.
// One that no style has is an error before anything is delivered, with the names there are.
func TestPriceGroupsThatAreThere(t *testing.T) {
	const there = "the price groups there are: CAD Wholesale, Distributor; in an expression the column stands in double quotes"
	usa := func(wholesale string) []config.Price {
		return []config.Price{{Geography: "USA", Currency: "USD", Wholesale: wholesale, Retail: "retail_price"}}
	}
	for name, test := range map[string]struct {
		prices     []config.Price
		mapping    map[string]config.Columns
		says, hint string
	}{
		"plain":              {prices: usa("product.price_groups.Distributor")},
		"with a blank":       {prices: usa("product.price_groups.CAD Wholesale")},
		"expression":         {prices: usa(`"product.price_groups.CAD Wholesale" * 0.75`)},
		"plain expression":   {prices: usa("product.price_groups.Distributor*2 + product.price_groups.Distributor")},
		"other columns":      {prices: usa("coalesce(price, product.price)")},
		"mapping":            {mapping: map[string]config.Columns{"price[USA].wholesale": {"product.price_groups.Distributor", "price"}}},
		"mapping goes first": {prices: usa("product.price_groups.Gone"), mapping: map[string]config.Columns{"price[USA].wholesale": {"price"}}},
		"unknown": {prices: usa("product.price_groups.Distributors"),
			says: `source wms: prices[].wholesale of USA reads product.price_groups.Distributors, but no style has a price group "Distributors"`, hint: there},
		"unknown with a blank": {prices: usa("product.price_groups.CAD Whlsale"),
			says: `source wms: prices[].wholesale of USA reads product.price_groups.CAD Whlsale, but no style has a price group "CAD Whlsale"`, hint: there},
		"written differently": {prices: usa("product.price_groups.cad wholesale"),
			says: `source wms: prices[].wholesale of USA reads product.price_groups.cad wholesale, but no style has a price group "cad wholesale"`,
			hint: "write it as ApparelMagic does: product.price_groups.CAD Wholesale"},
		"unknown in an expression": {prices: usa(`"product.price_groups.EU Wholesale" * 2`),
			says: `source wms: prices[].wholesale of USA reads "product.price_groups.EU Wholesale" * 2, but no style has a price group "EU Wholesale"`, hint: there},
		"blank without quotes": {prices: usa("product.price_groups.CAD Wholesale * 2"),
			says: `source wms: prices[].wholesale of USA reads product.price_groups.CAD Wholesale * 2, but no style has a price group "CAD"`, hint: there},
		"retail": {prices: []config.Price{{Geography: "CAN", Wholesale: "price", Retail: "product.price_groups.MSRP"}},
			says: `source wms: prices[].retail of CAN reads product.price_groups.MSRP, but no style has a price group "MSRP"`, hint: there},
		"unknown in the mapping": {mapping: map[string]config.Columns{"price[USA].wholesale": {"price", "product.price_groups.Gone"}},
			says: `source wms: mapping.price[USA].wholesale reads product.price_groups.Gone, but no style has a price group "Gone"`, hint: there},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				source := open(t, sampled(t, emulator.Switches{}), func(o *apparelmagic.Options) {
					o.Prices, o.Settings.Mapping = test.prices, test.mapping
				})
				sink := sourcetest.NewMemorySink()
				err := source.Extract(t.Context(), sink)
				if diff := cmp.Diff([]string{test.says, test.hint}, []string{message(err), hint(err)}); diff != "" {
					t.Errorf("error and hint (-want +got):\n%s", diff)
				}
				if sink.Closed("item") != (err == nil) {
					t.Errorf("delivered: %v", sink.Closed("item"))
				}
			})
		})
	}
}

// TestPriceGroupsOfBareAccounts: an account without price groups says so; one without styles is for the gate to judge.
func TestPriceGroupsOfBareAccounts(t *testing.T) {
	for name, test := range map[string]struct {
		skus int
		hint string
	}{"no groups": {3, "this account has no price groups; name another column, such as price"}, "no styles": {0, ""}} {
		synctest.Test(t, func(t *testing.T) {
			source := open(t, serve(account(test.skus), emulator.Switches{}), func(o *apparelmagic.Options) {
				o.Prices = []config.Price{{Geography: "USA", Wholesale: "product.price_groups.Distributor"}}
			})
			if got := hint(source.Extract(t.Context(), sourcetest.NewMemorySink())); got != test.hint {
				t.Errorf("%s: hint %q, want %q", name, got, test.hint)
			}
		})
	}
}

// TestManyPriceGroups: a hint stays readable.
func TestManyPriceGroups(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		held := account(3)
		var groups []any
		for i := range 40 {
			groups = append(groups, map[string]any{"name": "List " + string(rune('a'+i%26)) + strings.Repeat("x", i/26), "price": "1.00"})
		}
		held.Products[0]["price_groups"] = groups
		source := open(t, serve(held, emulator.Switches{}), func(o *apparelmagic.Options) {
			o.Prices = []config.Price{{Geography: "USA", Wholesale: "product.price_groups.List"}}
		})
		got := hint(source.Extract(t.Context(), sourcetest.NewMemorySink()))
		if !strings.HasPrefix(got, "the price groups there are: List a, List ax, List b, ") || !strings.Contains(got, " and 10 more;") {
			t.Errorf("hint %q", got)
		}
	})
}
