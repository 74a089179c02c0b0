package refuse_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/faire/refuse"
)

// good is a product that nothing speaks against; tests change one thing of it.
func good() catalog.Product {
	price := func(geography, currency string) catalog.Price {
		return catalog.Price{Geography: geography, Currency: currency, Wholesale: 1000, Retail: 2000}
	}
	variant := func(key, size string) catalog.Variant {
		return catalog.Variant{Key: key, Token: "fs1-" + key + "-1", SKU: strings.ToUpper(key), GTIN: "4006381333931",
			Options: []catalog.Choice{{Name: "Size", Value: size}},
			Prices:  []catalog.Price{price("EUROPEAN_UNION", "EUR"), price("USA", "USD")}}
	}
	return catalog.Product{
		Key: "wms:tee", Token: "fs1-p-1", Name: "Tee", Description: "A tee.", ShortDescription: "A tee.", TaxonomyID: "tt_a023mowsjv",
		Lifecycle: catalog.Published, UnitMultiplier: 6, MinimumOrder: 12,
		Images:   []catalog.Image{{OriginalURL: "https://example.com/a.jpg", Tags: []string{"Hero"}}, {OriginalURL: "https://example.com/b.jpg"}},
		Options:  []catalog.Option{{Name: "Size", Values: []string{"S", "M"}}},
		Variants: []catalog.Variant{variant("wms:tee-s", "S"), variant("wms:tee-m", "M")},
	}
}

// TestCreate: what is wrong and every reason it gives; a blank list says that the thing is taken.
func TestCreate(t *testing.T) {
	const s, m = "wms:tee-s", "wms:tee-m"
	tests := []struct {
		name   string
		change func(*catalog.Product)
		want   []refuse.Reason
	}{
		{"nothing", func(*catalog.Product) {}, nil},
		{"name blank", func(p *catalog.Product) { p.Name = " \t" }, []refuse.Reason{{"name", "", "the name is blank"}}},
		{"description at the limit", func(p *catalog.Product) { p.Description = strings.Repeat("é", 65535) }, nil},
		{"description over it", func(p *catalog.Product) { p.Description = strings.Repeat("é", 65536) },
			[]refuse.Reason{{"description", "", "the description has 65536 characters, 65535 are allowed"}}},
		{"short description at the limit", func(p *catalog.Product) { p.ShortDescription = strings.Repeat("é", 75) }, nil},
		{"short description over it", func(p *catalog.Product) { p.ShortDescription = strings.Repeat("é", 76) },
			[]refuse.Reason{{"short_description", "", "the short description has 76 characters, 75 are allowed"}}},
		{"no tokens", func(p *catalog.Product) { p.Token, p.Variants[1].Token = "", "" },
			[]refuse.Reason{{"idempotence_token", "", "the product has no idempotence token"}, {"idempotence_token", m, "the variant has no idempotence token"}}},
		{"created deleted", func(p *catalog.Product) { p.Lifecycle = catalog.Deleted },
			[]refuse.Reason{{"lifecycle", "", `a product cannot be created in the state "DELETED"`}}},
		{"invented state", func(p *catalog.Product) { p.Lifecycle = "RETIRED" },
			[]refuse.Reason{{"lifecycle", "", `a product cannot be created in the state "RETIRED"`}}},
		{"no case size", func(p *catalog.Product) { p.UnitMultiplier = 0 },
			[]refuse.Reason{{"unit_multiplier", "", "the case size is 0, at least 1 is needed"}}},
		{"minimum 0", func(p *catalog.Product) { p.MinimumOrder = 0 }, nil},
		{"minimum uneven", func(p *catalog.Product) { p.MinimumOrder = 13 },
			[]refuse.Reason{{"minimum_order_quantity", "", "the minimum order of 13 units is no multiple of the case size 6"}}},
		{"minimum negative", func(p *catalog.Product) { p.MinimumOrder = -6 },
			[]refuse.Reason{{"minimum_order_quantity", "", "the minimum order is -6"}}},
		{"no taxonomy", func(p *catalog.Product) { p.TaxonomyID = "" },
			[]refuse.Reason{{"taxonomy", "", "a published product needs a taxonomy type"}}},
		{"taxonomy by name", func(p *catalog.Product) { p.TaxonomyID, p.Lifecycle = "Chair", catalog.Draft },
			[]refuse.Reason{{"taxonomy", "", `"Chair" is no taxonomy type id (tt_…)`}}},
		{"no image", func(p *catalog.Product) { p.Images = nil },
			[]refuse.Reason{{"images", "", "a published product needs at least one image of its own"}}},
		{"no image, taxonomy, price, as UNPUBLISHED (seed)", func(p *catalog.Product) {
			p.Lifecycle, p.Images, p.TaxonomyID = catalog.Unpublished, nil, ""
			p.Variants[0].Prices, p.Variants[1].Prices = nil, nil
		}, nil},
		{"two heroes", func(p *catalog.Product) { p.Images[1].Tags = []string{"Product", "Hero"} },
			[]refuse.Reason{{"images", "", "2 images are tagged Hero, one may be"}}},
		{"image by id", func(p *catalog.Product) { p.Images[1] = catalog.Image{ID: "i_1"} }, nil},
		{"images without address", func(p *catalog.Product) {
			p.Images[1].OriginalURL = ""
			p.Variants[0].Images = []catalog.Image{{Tags: []string{"Product"}}}
		}, []refuse.Reason{{"images", "", "image 2 has no address"}, {"images", s, "image 1 has no address"}}},
		{"no variant", func(p *catalog.Product) { p.Variants = nil }, []refuse.Reason{{"variants", "", "the product has no variant"}}},
		{"only deleted variants", func(p *catalog.Product) {
			p.Variants[0].Lifecycle, p.Variants[1].Lifecycle = catalog.Deleted, catalog.Deleted
		}, []refuse.Reason{{"variants", "", "the product has no variant"}}},
		{"what is deleted is not looked at", func(p *catalog.Product) {
			p.Variants[1] = catalog.Variant{Key: m, Lifecycle: catalog.Deleted, Options: p.Variants[0].Options, GTIN: "1"}
		}, nil},
		{"lone variant without options", func(p *catalog.Product) {
			p.Options, p.Variants, p.Variants[0].Options = nil, p.Variants[:1], nil
		}, nil},
		{"one of several without options", func(p *catalog.Product) { p.Variants[1].Options = nil },
			[]refuse.Reason{{"options", m, "a product with several variants needs options on each of them"}}},
		{"option blank", func(p *catalog.Product) {
			p.Options[0].Values = append(p.Options[0].Values, "")
			p.Variants[1].Options = []catalog.Choice{{Name: "Size", Value: ""}}
		}, []refuse.Reason{{"options", m, `the option "Size" has the value "", neither may be blank`}}},
		{"value not in the sets", func(p *catalog.Product) { p.Variants[1].Options = []catalog.Choice{{Name: "Size", Value: "XL"}} },
			[]refuse.Reason{{"options", m, "Size:XL is not in the product's option sets"}}},
		{"name not in the sets", func(p *catalog.Product) { p.Variants[1].Options = []catalog.Choice{{Name: "size", Value: "M"}} },
			[]refuse.Reason{{"options", m, "size:M is not in the product's option sets"}}},
		{"equal options in another order", func(p *catalog.Product) {
			p.Options = append(p.Options, catalog.Option{Name: "Color", Values: []string{"Red"}})
			p.Variants[0].Options = []catalog.Choice{{Name: "Size", Value: "S"}, {Name: "Color", Value: "Red"}}
			p.Variants[1].Options = []catalog.Choice{{Name: "Color", Value: "Red"}, {Name: "Size", Value: "S"}}
		}, []refuse.Reason{{"options", m, "the options are those of WMS:TEE-S"}}},
		{"no prices anywhere", func(p *catalog.Product) { p.Variants[0].Prices, p.Variants[1].Prices = nil, nil },
			[]refuse.Reason{{"price", s, "a variant of a published product needs a price"}, {"price", m, "a variant of a published product needs a price"}}},
		{"geographies differ", func(p *catalog.Product) { p.Variants[1].Prices = p.Variants[1].Prices[1:] },
			[]refuse.Reason{{"price", m, "its prices are for USA, those of WMS:TEE-S for EUROPEAN_UNION, USA"}}},
		{"geography twice", func(p *catalog.Product) {
			p.Variants[1].Prices = append(p.Variants[1].Prices, p.Variants[1].Prices[1])
		}, []refuse.Reason{{"price", m, "there are two prices for USA"}}},
		{"alpha-2 country", func(p *catalog.Product) {
			for i := range p.Variants {
				p.Variants[i].Prices = []catalog.Price{{Geography: "US", Currency: "USD", Wholesale: 1000, Retail: 2000}}
			}
		}, []refuse.Reason{{"price[US]", s, `Faire has no prices for "US"`}, {"price[US]", m, `Faire has no prices for "US"`}}},
		{"currency", func(p *catalog.Product) { p.Variants[0].Prices[1].Currency = "EUR" },
			[]refuse.Reason{{"price[USA]", s, `a price for USA is in USD, not in "EUR"`}}},
		{"wholesale 0", func(p *catalog.Product) { p.Variants[0].Prices[1].Wholesale = 0 },
			[]refuse.Reason{{"price[USA].wholesale", s, "the wholesale price is 0.00"}}},
		{"retail negative", func(p *catalog.Product) { p.Variants[0].Prices[1].Retail = -1 },
			[]refuse.Reason{{"price[USA].retail", s, "the retail price is -0.01"}}},
		{"ratio 1.25", func(p *catalog.Product) { p.Variants[0].Prices[1].Retail = 1250 }, nil},
		{"ratio below", func(p *catalog.Product) { p.Variants[0].Prices[1].Retail = 1249 },
			[]refuse.Reason{{"price[USA].retail", s, "retail 12.49 is less than 1.25 times wholesale 10.00"}}},
		{"ratio 10", func(p *catalog.Product) { p.Variants[0].Prices[1].Retail = 10000 }, nil},
		{"ratio above", func(p *catalog.Product) { p.Variants[0].Prices[1].Retail = 10001 },
			[]refuse.Reason{{"price[USA].retail", s, "retail 100.01 is more than 10 times wholesale 10.00"}}},
		{"no key", func(p *catalog.Product) { p.Variants[1].Key, p.Variants[1].GTIN = "", "1" },
			[]refuse.Reason{{"gtin", "WMS:TEE-M", "the barcode 1 has 1 digits, not 8, 12, 13 or 14"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := good()
			test.change(&p)
			if diff := cmp.Diff(test.want, refuse.Create(p)); diff != "" {
				t.Errorf("reasons (-want +got):\n%s", diff)
			}
		})
	}
}

func TestGTIN(t *testing.T) {
	for gtin, want := range map[string]string{
		"": "", "96385074": "", "012345678905": "", "4006381333931": "", "10012345678902": "",
		"4006381333930":  "the check digit of the barcode 4006381333930 is wrong",
		"400638133393":   "the check digit of the barcode 400638133393 is wrong",
		"1234567890":     "the barcode 1234567890 has 10 digits, not 8, 12, 13 or 14",
		"4006381333931 ": `the barcode "4006381333931 " holds something else than digits`,
		"4.00638E+12":    `the barcode "4.00638E+12" holds something else than digits`,
		"٤٠٠٦٣٨١٣٣٣٩٣١":  `the barcode "٤٠٠٦٣٨١٣٣٣٩٣١" holds something else than digits`,
	} {
		got := ""
		if err := refuse.GTINInvalid(catalog.Variant{GTIN: gtin}); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("GTINInvalid(%q) = %q, want %q", gtin, got, want)
		}
	}
}

// TestGTINCheckDigit: of the ten last digits a code can have, exactly one is right, whatever stands before.
func TestGTINCheckDigit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringMatching(`[0-9]{7}|[0-9]{11}|[0-9]{12}|[0-9]{13}`).Draw(t, "body")
		right := 0
		for digit := range 10 {
			if refuse.GTINInvalid(catalog.Variant{GTIN: fmt.Sprint(body, digit)}) == nil {
				right++
			}
		}
		if right != 1 {
			t.Fatalf("%s has %d right check digits", body, right)
		}
	})
}

// TestCurrency: the five geographies and nothing else.
func TestCurrency(t *testing.T) {
	got := map[string]string{}
	for _, geography := range []string{"USA", "CAN", "GBR", "AUS", "EUROPEAN_UNION", "US", "DEU", ""} {
		if currency, ok := refuse.Currency(geography); ok {
			got[geography] = currency
		}
	}
	want := map[string]string{"USA": "USD", "CAN": "CAD", "GBR": "GBP", "AUS": "AUD", "EUROPEAN_UNION": "EUR"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
