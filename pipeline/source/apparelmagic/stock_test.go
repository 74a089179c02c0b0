package apparelmagic_test

import (
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/check"
	"fairesync/pipeline/source/apparelmagic"
	"fairesync/pipeline/source/apparelmagic/emulator"
)

func unknownWarehouse(id, wanted string) check.Exception {
	return check.Exception{Code: "STOCK_WAREHOUSE_UNKNOWN", EntityKey: "wms", Field: "on_hand", Detail: id, Column: "warehouse_id", Found: id, Wanted: wanted}
}

// TestListedWarehouses: the emulator splits each quantity over three warehouses, 7.00 into 5.00, 1 and 1. What is listed is added up.
func TestListedWarehouses(t *testing.T) {
	told := emulator.Switches{Warehouses: 3, WarehouseIDs: true}
	const three = "one of 1, 2, 3"
	for name, test := range map[string]struct {
		switches emulator.Switches
		listed   []string
		want     string
		found    []check.Exception
	}{
		"none":                          {told, nil, "7.00", nil},
		"the first":                     {told, []string{"1"}, "5.00", nil},
		"two":                           {told, []string{"3", "1"}, "6.00", nil},
		"further ones":                  {told, []string{"2", "3"}, "2", nil},
		"written otherwise":             {told, []string{" 01", "1"}, "5.00", nil},
		"numbers":                       {emulator.Switches{Warehouses: 3, WarehouseIDs: true, Numbers: true}, []string{"1"}, "5.00", nil},
		"cut apart by pages":            {emulator.Switches{Warehouses: 3, WarehouseIDs: true, LastID: "ignored"}, []string{"3"}, "1", nil},
		"one is unknown":                {told, []string{"2", "9"}, "1", []check.Exception{unknownWarehouse("9", three)}},
		"none is known":                 {told, []string{"10", "9"}, "", []check.Exception{unknownWarehouse("10", three), unknownWarehouse("9", three)}},
		"by name":                       {told, []string{"Main"}, "", []check.Exception{unknownWarehouse("Main", three)}},
		"rows do not tell":              {emulator.Switches{Warehouses: 3}, []string{"1"}, "", []check.Exception{unknownWarehouse("1", "a row with a warehouse_id")}},
		"one row of each SKU":           {emulator.Switches{}, []string{"1"}, "", []check.Exception{unknownWarehouse("1", "a row with a warehouse_id")}},
		"rows do not tell, none listed": {emulator.Switches{Warehouses: 3}, nil, "7.00", nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sink := extract(t, open(t, serve(account(4), test.switches), func(o *apparelmagic.Options) { o.Warehouses = test.listed }))
				want := []map[string]string{{"_sku_id": "995", "_kind": "sku", "qty_avail_sell": test.want}}
				if diff := cmp.Diff(want, narrowed(sink.Rows("item")[:1], want)); diff != "" {
					t.Errorf("first row (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(test.found, sink.Exceptions()); diff != "" {
					t.Errorf("exceptions (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestWarehousesOfTheSample: a SKU that is in no listed warehouse has 0, one whose rows there are blank has nothing, and what cannot
// be read matters only where it counts. Columns that count no pieces stay those of the first row.
func TestWarehousesOfTheSample(t *testing.T) {
	for listed, want := range map[string][]map[string]string{
		"1": {
			{"_sku_id": "9", "_problem": "", "qty_avail_sell": "a few", "warehouse_id": "1"}, {"_sku_id": "9", "_problem": "FEED_WAREHOUSE_ROW"},
			{"_sku_id": "77"}, {"_sku_id": "78"}, {"_sku_id": "79"}, {"_sku_id": "80"}, {"_sku_id": "81"},
			{"_sku_id": "8810", "qty_avail_sell": "0", "qty_inventory": "0", "qty_open_po": "", "warehouse_id": ""},
			{"_sku_id": "8811", "_problem": "", "qty_avail_sell": "-3", "qty_open_po": "", "qty_min_inventory": "5", "warehouse_id": "1"},
			{"_sku_id": "8811", "_problem": "FEED_WAREHOUSE_ROW", "qty_avail_sell": "4.25", "qty_open_po": "6"},
		},
		"2": {
			{"_sku_id": "9", "_problem": "", "qty_avail_sell": "3", "warehouse_id": "1"}, {"_sku_id": "9", "_problem": "FEED_WAREHOUSE_ROW"},
			{"_sku_id": "77"}, {"_sku_id": "78"}, {"_sku_id": "79"}, {"_sku_id": "80"}, {"_sku_id": "81"},
			{"_sku_id": "8810", "qty_avail_sell": "0", "qty_inventory": "0", "qty_open_po": "", "warehouse_id": ""},
			{"_sku_id": "8811", "_problem": "", "qty_avail_sell": "4.25", "qty_open_po": "6", "qty_min_inventory": "5", "warehouse_id": "1"},
			{"_sku_id": "8811", "_problem": "FEED_WAREHOUSE_ROW", "qty_avail_sell": "4.25", "qty_open_po": "6"},
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			sink := extract(t, open(t, sampled(t, emulator.Switches{}), func(o *apparelmagic.Options) { o.Warehouses = []string{listed} }))
			if diff := cmp.Diff(want, narrowed(sink.Rows("item"), want)); diff != "" {
				t.Errorf("warehouse %s: rows (-want +got):\n%s", listed, diff)
			}
		})
	}
}

// TestWarehousesOfAnEmptyAccount: that it is empty is for the gate to judge; the list of warehouses is not to blame.
func TestWarehousesOfAnEmptyAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := extract(t, open(t, serve(emulator.Account{}, emulator.Switches{}), func(o *apparelmagic.Options) { o.Warehouses = []string{"1"} }))
		if found := sink.Exceptions(); found != nil {
			t.Errorf("exceptions %v", found)
		}
	})
}
