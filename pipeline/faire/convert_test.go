package faire_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/faire"
)

// TestDecodeProduct decodes everything a product can have, in the shapes of contract §4 to §6.
func TestDecodeProduct(t *testing.T) {
	const raw = `{
		"id":"p_1","created_at":"20190208T000915.000Z","updated_at":"2024-01-15T11:30:00.250+01:00","brand_id":"b_1",
		"name":"Tee","description":"A tee.","short_description":"Tee","sale_state":"SALES_PAUSED","lifecycle_state":"PUBLISHED",
		"idempotence_token":"fs1-a-1","unit_multiplier":6,"minimum_order_quantity":12,"per_style_minimum_order_quantity":0,
		"allow_sales_when_out_of_stock":false,"preorderable":true,"preorder_details":{"order_by_date":"2021-05-21"},"made_in_country":"PRT",
		"taxonomy_type":{"id":"tt_1","name":"Tee - Women's"},"product_attributes":[{"name":"x","value":"y"}],"unheard_of":{"a":[1]},
		"images":[
			{"id":"i_late","url":"https://cdn/late","original_url":"https://o/late","tags":["Product"]},
			{"id":"i_3","url":"https://cdn/3","original_url":"https://o/3","sequence":3},
			{"id":"i_1","url":"https://cdn/1","sequence":1,"tags":["Hero","Product"],"width":1000,"height":1000}],
		"variant_option_sets":[{"name":"Size","values":["S","M"]}],
		"variants":[
			{"id":"po_1","product_id":"p_1","created_at":null,"updated_at":1700000000000,"sku":"TEE-S","gtin":"4006381333931","tariff_code":"340600",
			 "idempotence_token":"fs1-b-1","lifecycle_state":"PUBLISHED","available_quantity":5,"options":[{"name":"Size","value":"S"}],
			 "images":[{"id":"i_9","url":"u","original_url":"v"}],
			 "measurements":{"mass_unit":"GRAMS","weight":120.5},"case_measurements":null,
			 "prices":[
				{"geo_constraint":{"country":"USA"},"wholesale_price":{"amount_minor":1000,"currency":"USD"},"retail_price":{"amount_minor":2000,"currency":"USD"}},
				{"geo_constraint":{"country_group":"EUROPEAN_UNION"},"wholesale_price":{"amount_minor":900,"currency":"EUR"}}],
			 "wholesale_price_cents":1,"retail_price_cents":2},
			{"id":"po_2","lifecycle_state":"DELETED","sku":null,"prices":null,"wholesale_price_cents":1100,"retail_price_cents":2200},
			{"id":"po_3","sku":"TEE-M","wholesale_price_cents":null}]}`
	got, err := faire.DecodeProduct([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	want := catalog.Product{
		FaireID: "p_1", Token: "fs1-a-1", Name: "Tee", Description: "A tee.", ShortDescription: "Tee",
		TaxonomyID: "tt_1", TaxonomyName: "Tee - Women's", Lifecycle: catalog.Published, SaleState: "SALES_PAUSED",
		UnitMultiplier: 6, MinimumOrder: 12, MadeInCountry: "PRT",
		Images: []catalog.Image{
			{ID: "i_1", URL: "https://cdn/1", OriginalURL: "https://cdn/1", Tags: []string{"Hero", "Product"}},
			{ID: "i_3", URL: "https://cdn/3", OriginalURL: "https://o/3"},
			{ID: "i_late", URL: "https://cdn/late", OriginalURL: "https://o/late", Tags: []string{"Product"}},
		},
		Options:   []catalog.Option{{Name: "Size", Values: []string{"S", "M"}}},
		UpdatedAt: time.Date(2024, 1, 15, 10, 30, 0, 250_000_000, time.UTC),
		Preorder:  catalog.Preorder{Preorderable: new(true), OrderBy: "2021-05-21"},
		Variants: []catalog.Variant{
			{
				FaireID: "po_1", Token: "fs1-b-1", SKU: "TEE-S", GTIN: "4006381333931", Tariff: "340600", Available: number(5), Lifecycle: catalog.Published,
				Options: []catalog.Choice{{Name: "Size", Value: "S"}}, Images: []catalog.Image{{ID: "i_9", URL: "u", OriginalURL: "v"}},
				Prices: []catalog.Price{
					{Geography: "EUROPEAN_UNION", Currency: "EUR", Wholesale: 900},
					{Geography: "USA", Currency: "USD", Wholesale: 1000, Retail: 2000},
				},
				Measurements: catalog.Measurements{Weight: "120.5", MassUnit: "GRAMS"},
			},
			{FaireID: "po_2", Lifecycle: catalog.Deleted, Prices: []catalog.Price{{Geography: "USA", Currency: "USD", Wholesale: 1100, Retail: 2200}}},
			{FaireID: "po_3", SKU: "TEE-M"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDecodeNamesTheProduct(t *testing.T) {
	_, err := faire.DecodePage([]byte(`{"products":[{"id":"p_1"},{"id":"p_2","updated_at":"last week"}]}`))
	if err == nil || !strings.Contains(err.Error(), "p_2") || !strings.Contains(err.Error(), "last week") {
		t.Errorf("error %v, want one that names p_2 and what was found", err)
	}
}

func TestDecodePage(t *testing.T) {
	got, err := faire.DecodePage([]byte(`{"products":null,"cursor":"c"}`))
	if diff := cmp.Diff(faire.Page{Products: []catalog.Product{}, Cursor: "c"}, got); err != nil || diff != "" {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
}

func TestParseTime(t *testing.T) {
	at := func(y int, m time.Month, d, h, min, s, ms int) time.Time {
		return time.Date(y, m, d, h, min, s, ms*1_000_000, time.UTC)
	}
	tests := map[string]time.Time{
		"":                         {},
		" ":                        {},
		"2019-03-14T00:09:15.000Z": at(2019, 3, 14, 0, 9, 15, 0),
		"2024-01-15T10:30:00Z":     at(2024, 1, 15, 10, 30, 0, 0),
		"20190208T000915.000Z":     at(2019, 2, 8, 0, 9, 15, 0),
		"20190208T000915Z":         at(2019, 2, 8, 0, 9, 15, 0),
		"2021-05-21":               at(2021, 5, 21, 0, 0, 0, 0),
		"20210521":                 at(2021, 5, 21, 0, 0, 0, 0),
		"2024-01-15T10:30:00+0200": at(2024, 1, 15, 8, 30, 0, 0),
		"2024-01-15T10:30:00.5":    at(2024, 1, 15, 10, 30, 0, 500),
		"1700000000123":            at(2023, 11, 14, 22, 13, 20, 123),
	}
	for text, want := range tests {
		got, err := faire.ParseTime(text)
		if err != nil || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("ParseTime(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"now", "2024-13-01", "12", "-1700000000123", "999999999999999", "2024-01-15 10:30:00 PM", "{}"} {
		if got, err := faire.ParseTime(text); err == nil {
			t.Errorf("ParseTime(%q) = %v, want an error", text, got)
		}
	}
}

// FuzzParseTime: what is read at all survives being written and read again, to the millisecond.
func FuzzParseTime(f *testing.F) {
	for _, text := range []string{"", "2019-03-14T00:09:15.000Z", "20190208T000915.000Z", "2021-05-21", "1700000000123", "0000-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at, err := faire.ParseTime(text)
		if err != nil || at.IsZero() {
			return
		}
		again, err := faire.ParseTime(faire.FormatTime(at))
		if err != nil || !again.Equal(at.Truncate(time.Millisecond)) {
			t.Errorf("%q is %v, written %s, read again %v, %v", text, at, faire.FormatTime(at), again, err)
		}
	})
}

// FuzzDecodePage: no page makes the decoder panic, and products it accepts have ids.
func FuzzDecodePage(f *testing.F) {
	f.Add([]byte(pageBody(`"c"`, "p_1")))
	f.Add([]byte(`{"products":[{"id":"p_1","variants":[{"prices":[{}],"images":[{"sequence":1},{}],"wholesale_price_cents":1}],"updated_at":1}]}`))
	f.Add([]byte(`{"products":null}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		page, err := faire.DecodePage(raw)
		if err != nil {
			return
		}
		for _, p := range page.Products {
			if p.FaireID == "" {
				t.Errorf("a product without id came through: %+v", p)
			}
		}
	})
}
