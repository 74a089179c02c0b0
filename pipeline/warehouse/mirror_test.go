package warehouse_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/warehouse"
)

func number(n int64) *int64 { return &n }

// manyProducts makes products of two variants each.
func manyProducts(count int) []catalog.Product {
	products := make([]catalog.Product, count)
	for i := range products {
		products[i] = shirt(fmt.Sprintf("p_%06d", i), "Shirt", noon)
	}
	return products
}

func shirt(id, name string, updated time.Time) catalog.Product {
	return catalog.Product{
		FaireID: id, Name: name, Description: "Two\n\nparagraphs", TaxonomyID: "tt_1", TaxonomyName: "Shirts", Lifecycle: catalog.Published,
		SaleState: "FOR_SALE", Token: "t-" + id, UnitMultiplier: 6, MadeInCountry: "PRT", UpdatedAt: updated,
		Images:  []catalog.Image{{ID: "i_1", OriginalURL: "http://x/1", URL: "http://cdn/1", Tags: []string{"Hero"}}, {ID: "i_2", OriginalURL: "http://x/2"}},
		Options: []catalog.Option{{Name: "Size", Values: []string{"S", "M"}}, {Name: "Color", Values: []string{"Red"}}},
		Variants: []catalog.Variant{
			{FaireID: "v1_" + id, SKU: "S-" + id, GTIN: "4006381333931", Lifecycle: catalog.Published, Available: number(0),
				Options: []catalog.Choice{{Name: "Color", Value: "Red"}, {Name: "Size", Value: "S"}},
				Prices:  []catalog.Price{{Geography: "CAN", Currency: "CAD", Wholesale: 1300}, {Geography: "USA", Currency: "USD", Wholesale: 1000, Retail: 2000}},
				Images:  []catalog.Image{{ID: "i_3", OriginalURL: "http://x/3"}}},
			{FaireID: "v2_" + id, SKU: "M-" + id, Tariff: "6205", Lifecycle: catalog.Published,
				Options: []catalog.Choice{{Name: "Fit", Value: "Slim"}}},
		},
	}
}

func TestMirrorTables(t *testing.T) {
	w := open(t, nil)
	mirror(t.Context(), t, w, shirt("p_1", "Shirt", noon))
	prepare(t, w, inputs(nil))
	for name, want := range map[string][]map[string]string{
		"mirror_product": {{"product_id": "p_1", "name": "Shirt", "description": "Two\n\nparagraphs", "taxonomy_id": "tt_1", "taxonomy_name": "Shirts",
			"lifecycle": "PUBLISHED", "sale_state": "FOR_SALE", "token": "t-p_1", "unit_multiplier": "6", "made_in_country": "PRT",
			"updated_at": "2026-03-02 12:00:00"}},
		"mirror_variant": {
			{"variant_id": "v1_p_1", "product_id": "p_1", "position": "1", "sku": "S-p_1", "gtin": "4006381333931", "lifecycle": "PUBLISHED", "available": "0"},
			{"variant_id": "v2_p_1", "product_id": "p_1", "position": "2", "sku": "M-p_1", "tariff_code": "6205", "lifecycle": "PUBLISHED"},
		},
		"mirror_price": {
			{"product_id": "p_1", "variant_id": "v1_p_1", "geography": "CAN", "currency": "CAD", "wholesale": "1300"},
			{"product_id": "p_1", "variant_id": "v1_p_1", "geography": "USA", "currency": "USD", "wholesale": "1000", "retail": "2000"},
		},
		"mirror_image": {
			{"product_id": "p_1", "variant_id": "v1_p_1", "position": "1", "image_id": "i_3", "original_url": "http://x/3", "hero": "false"},
			{"product_id": "p_1", "position": "1", "image_id": "i_1", "original_url": "http://x/1", "url": "http://cdn/1", "hero": "true"},
			{"product_id": "p_1", "position": "2", "image_id": "i_2", "original_url": "http://x/2", "hero": "false"},
		},
		"mirror_option": {
			{"product_id": "p_1", "axis": "1", "option_name": "Size", "position": "1", "option_value": "S"},
			{"product_id": "p_1", "axis": "1", "option_name": "Size", "position": "2", "option_value": "M"},
			{"product_id": "p_1", "axis": "2", "option_name": "Color", "position": "1", "option_value": "Red"},
		},
		"mirror_choice": {
			{"product_id": "p_1", "variant_id": "v1_p_1", "axis": "1", "option_name": "Size", "option_value": "S"},
			{"product_id": "p_1", "variant_id": "v1_p_1", "axis": "2", "option_name": "Color", "option_value": "Red"},
			{"product_id": "p_1", "variant_id": "v2_p_1", "axis": "1", "option_name": "Fit", "option_value": "Slim"},
		},
	} {
		if diff := cmp.Diff(want, read(t, w, name)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// base records products as an earlier run's mirror and returns the memory of it.
func base(t *testing.T, products ...catalog.Product) ledger.Memory {
	t.Helper()
	dir := t.TempDir()
	w := openIn(t, warehouse.Options{Dir: dir})
	mirror(t.Context(), t, w, products...)
	prepare(t, w, inputs(nil))
	book := warehouse.OpenBook(filepath.Join(t.TempDir(), "brand.duckdb"))
	record := ledger.Record{Run: "r0", Now: noon, FullWalk: true, MirrorDir: filepath.Join(dir, "faire")}
	if err := book.Record(t.Context(), record); err != nil {
		t.Fatal(err)
	}
	memory, err := book.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return memory
}

// names are the products of the mirror, id=name lifecycle, and how many rows of other tables go with each.
func names(t *testing.T, w *warehouse.Warehouse) []string {
	t.Helper()
	rows := map[string]int{}
	for _, name := range []string{"mirror_variant", "mirror_price", "mirror_image", "mirror_option", "mirror_choice"} {
		for _, row := range read(t, w, name) {
			rows[row["product_id"]]++
		}
	}
	var got []string
	for _, row := range read(t, w, "mirror_product") {
		got = append(got, fmt.Sprintf("%s=%s %s %d", row["product_id"], row["name"], row["lifecycle"], rows[row["product_id"]]))
	}
	return got
}

func TestMirrorMerge(t *testing.T) {
	later := noon.Add(time.Hour)
	gone := catalog.Product{FaireID: "p_3", Name: "Gone", Lifecycle: catalog.Deleted, UpdatedAt: later}
	memory := base(t, shirt("p_1", "Kept", noon), shirt("p_2", "Old", noon), shirt("p_3", "Gone", noon))
	const whole = 13 // rows of a shirt beside its product: 2 variants, 2 prices, 3 images, 3 options, 3 choices
	for name, test := range map[string]struct {
		memory ledger.Memory
		walk   bool
		fresh  []catalog.Product
		want   []string
	}{
		"no walk":      {memory, false, nil, []string{"p_1=Kept PUBLISHED 13", "p_2=Old PUBLISHED 13", "p_3=Gone PUBLISHED 13"}},
		"empty walk":   {memory, true, nil, []string{"p_1=Kept PUBLISHED 13", "p_2=Old PUBLISHED 13", "p_3=Gone PUBLISHED 13"}},
		"first walk":   {ledger.Memory{}, true, []catalog.Product{shirt("p_9", "First", noon)}, []string{"p_9=First PUBLISHED 13"}},
		"nothing yet":  {ledger.Memory{}, false, nil, nil},
		"full walk":    {memory.WithoutMirror(), true, []catalog.Product{shirt("p_1", "Kept", noon)}, []string{"p_1=Kept PUBLISHED 13"}},
		"updated":      {memory, true, []catalog.Product{shirt("p_2", "New", later), gone, shirt("p_4", "Added", later)}, []string{"p_1=Kept PUBLISHED 13", "p_2=New PUBLISHED 13", "p_3=Gone DELETED 0", "p_4=Added PUBLISHED 13"}},
		"came twice":   {ledger.Memory{}, true, []catalog.Product{shirt("p_1", "Newer", later), shirt("p_1", "Older", noon)}, []string{"p_1=Newer PUBLISHED 13"}},
		"equal stamps": {ledger.Memory{}, true, []catalog.Product{shirt("p_1", "First", noon), shirt("p_1", "Second", noon)}, []string{"p_1=Second PUBLISHED 13"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t, nil)
			if err := w.Restore(t.Context(), test.memory); err != nil {
				t.Fatal(err)
			}
			if test.walk {
				mirror(t.Context(), t, w, test.fresh...)
			}
			prepare(t, w, inputs(nil))
			if diff := cmp.Diff(test.want, names(t, w)); diff != "" {
				t.Errorf("mirror (-want +got), %d rows a shirt:\n%s", whole, diff)
			}
		})
	}
}

func TestMirrorMustEnd(t *testing.T) {
	w := open(t, nil)
	writer, err := w.Mirror(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := writer.Append(t.Context(), manyProducts(1)); err != nil {
		t.Fatal(err)
	}
	deliver(t, w, "wms", item(nil, "sku"), 1, nil)
	err = w.Prepare(t.Context(), inputs(nil))
	if err == nil || !strings.Contains(err.Error(), "walk of Faire did not come to its end") {
		t.Errorf("Prepare = %v", err)
	}
}

func TestMirrorRefusals(t *testing.T) {
	w := open(t, nil)
	writer, err := w.Mirror(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Mirror(t.Context()); err == nil {
		t.Error("the mirror can be opened twice")
	}
	if err := writer.Append(t.Context(), []catalog.Product{{Name: "no id"}}); err == nil {
		t.Error("a product without an id is taken")
	}
	if _, err := writer.Close(); err == nil {
		t.Error("the mirror can be closed after an error")
	}
	if err := w.Restore(t.Context(), ledger.Memory{Objects: map[string]string{"mirror_product": filepath.Join(t.TempDir(), "none")}}); err == nil {
		t.Error("an object that is not there is taken")
	}
	if err := w.Restore(t.Context(), ledger.Memory{}); err == nil {
		t.Error("the state can be restored twice")
	}
	var none *warehouse.RelationError
	if errors.As(err, &none) {
		t.Error("no relation was run")
	}
}
