package faire_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/faire"
)

// TestDecodeMeasurements reads figures as decimal text, whatever form Faire writes them in, and survives what is none.
func TestDecodeMeasurements(t *testing.T) {
	for raw, want := range map[string]catalog.Measurements{
		`{"mass_unit":"POUNDS","weight":0.4500}`:                     {Weight: "0.45", MassUnit: "POUNDS"},
		`{"mass_unit":"POUNDS","weight":4.5e-1}`:                     {Weight: "0.45", MassUnit: "POUNDS"},
		`{"mass_unit":"POUNDS","weight":"0.45"}`:                     {Weight: "0.45", MassUnit: "POUNDS"},
		`{"mass_unit":"GRAMS","weight":9007199254740993}`:            {Weight: "9007199254740993", MassUnit: "GRAMS"}, // a float would round it
		`{"distance_unit":"INCHES","length":10.0,"height":2}`:        {Length: "10", Height: "2", DistanceUnit: "INCHES"},
		`{"mass_unit":"GRAMS","weight":null,"distance_unit":"FEET"}`: {},
		`{"mass_unit":"GRAMS","weight":0,"length":0}`:                {},
		`{"mass_unit":7,"weight":"heavy","length":[1],"width":-1}`:   {},
		`[]`:   {},
		`null`: {},
	} {
		got, err := faire.DecodeProduct(fmt.Appendf(nil, `{"id":"p_1","variants":[{"id":"po_1","measurements":%s}]}`, raw))
		if err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		if diff := cmp.Diff(want, got.Variants[0].Measurements); diff != "" {
			t.Errorf("%s (-want +got):\n%s", raw, diff)
		}
	}
}

// TestDecodePreorder reads days in every form contract §2 lists.
func TestDecodePreorder(t *testing.T) {
	for text, want := range map[string]string{
		`"2026-11-23"`: "2026-11-23", `"2026-11-23T00:00:00.000Z"`: "2026-11-23", `"2026-11-23T00:00:00Z"`: "2026-11-23", `"20261123T000000.000Z"`: "2026-11-23",
		`1795392000000`: "2026-11-23", `"2026-11-23T00:00:00+02:00"`: "2026-11-22", `null`: "", `"soon"`: "", `{}`: "", `""`: "",
	} {
		raw := fmt.Sprintf(`{"id":"p_1","preorderable":true,"preorder_details":{"order_by_date":%[1]s,"expected_ship_date":%[1]s,"expected_ship_window_end_date":%[1]s,
			"keep_active_past_order_by_date":true},"variants":[{"id":"po_1","orderability_type":"PREORDER","variant_preorder_details":{"expected_ship_date":%[1]s,
			"expected_ship_window_end_date":%[1]s,"stop_selling_at":1619827200000}}]}`, text)
		got, err := faire.DecodeProduct([]byte(raw))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		product := catalog.Preorder{Preorderable: new(true), OrderBy: want, KeepActive: new(true), ShipFrom: want, ShipUntil: want}
		variant := catalog.VariantPreorder{Orderability: "PREORDER", ShipFrom: want, ShipUntil: want, StopSellingAt: 1619827200000}
		if diff := cmp.Diff(product, got.Preorder); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
		if diff := cmp.Diff(variant, got.Variants[0].Preorder); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
	got, err := faire.DecodeProduct([]byte(`{"id":"p_1","preorderable":false,"preorder_details":null,"variants":[{"id":"po_1","orderability_type":7,"variant_preorder_details":"x"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(catalog.Product{FaireID: "p_1", Preorder: catalog.Preorder{Preorderable: new(false)}, Variants: []catalog.Variant{{FaireID: "po_1"}}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
