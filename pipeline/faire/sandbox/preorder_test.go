package sandbox_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/faire/sandbox"
)

func TestPreorders(t *testing.T) {
	f := start(t, sandbox.Options{})
	details := obj{"order_by_date": "2026-11-23T00:00:00.000Z", "expected_ship_date": "2026-12-01"}
	f.refused("POST", "/products", product("a", edits{"preorderable": true}), 400, "preorder_details is mandatory for a preorderable product")
	f.refused("POST", "/products", product("a", edits{"preorderable": true, "preorder_details": obj{"expected_ship_date": "soon"}}), 400, `"soon" is not a date`)
	p := f.create("a", edits{"preorderable": true, "preorder_details": details, "variants.0.orderability_type": "PREORDER",
		"variants.0.variant_preorder_details": obj{"expected_ship_date": "2026-12-01", "stop_selling_at": 1780000000000}})
	if diff := cmp.Diff(details, p["preorder_details"]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	variant := firstVariant(p)
	if diff := cmp.Diff(obj{"expected_ship_date": "2026-12-01", "stop_selling_at": 1780000000000.0}, variant["variant_preorder_details"]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	p = f.ok("PATCH", pathOf(p), obj{"preorderable": false, "variants": list{obj{"id": variant["id"], "orderability_type": "IMMEDIATE"}}})
	if p["preorder_details"] != nil || firstVariant(p)["variant_preorder_details"] != nil {
		t.Errorf("the details stayed: %v", p)
	}
	f.refused("PATCH", pathOf(p), obj{"preorderable": true}, 400, "preorder_details is mandatory for a preorderable product")
	f.ok("PATCH", ctrl+"/switches", `{"preorder_needs_details":false}`)
	f.ok("PATCH", pathOf(p), obj{"preorderable": true})
}

func firstVariant(p obj) obj {
	variants, _ := p["variants"].(list)
	first, _ := variants[0].(obj)
	return first
}

func TestPreorderDates(t *testing.T) {
	for form, want := range map[string]string{
		sandbox.DatesAsSent: "20261123T000000.000Z", sandbox.DatesAsDays: "2026-11-23", sandbox.DatesAsMoments: "2026-11-23T00:00:00Z", sandbox.DatesBasic: "20261123T000000.000Z",
	} {
		f := with(t, func(s *sandbox.Switches) { s.PreorderDates = form })
		p := f.create("a", edits{"preorderable": true, "preorder_details": obj{"order_by_date": "20261123T000000.000Z"}})
		if diff := cmp.Diff(obj{"order_by_date": want}, p["preorder_details"]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", form, diff)
		}
	}
}

func TestMeasureDecimals(t *testing.T) {
	f := with(t, func(s *sandbox.Switches) { s.MeasureDecimals = 2 })
	p := f.create("a", edits{"variants.0.measurements": obj{"mass_unit": "POUNDS", "weight": 0.4375, "distance_unit": "INCHES", "length": 10, "height": 2.001}})
	want := obj{"mass_unit": "POUNDS", "weight": 0.44, "distance_unit": "INCHES", "length": 10.0, "height": 2.0}
	if diff := cmp.Diff(want, firstVariant(p)["measurements"]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	f.do("PUT", ctrl+"/switches", `{"measure_decimals":-2}`).is(400, "switch measure_decimals is -2, want -1 to 15")
	f.do("PUT", ctrl+"/switches", `{"preorder_dates":"later"}`).is(400, `switch preorder_dates is "later", want one of sent, day, moment, basic`)
}

func TestOAuthAlone(t *testing.T) {
	switches := sandbox.DefaultSwitches()
	switches.BrandTokens, switches.NamesCredential = false, true
	f := start(t, sandbox.Options{Token: "oauth-token", Application: "apa_1:secret", Switches: &switches})
	pair := func(application, token string) map[string]string {
		return map[string]string{"X-FAIRE-APP-CREDENTIALS": application, "X-FAIRE-OAUTH-ACCESS-TOKEN": token}
	}
	const right, wrong = "YXBhXzE6c2VjcmV0", "YXBhXzE6b3RoZXI=" // apa_1:secret, apa_1:other
	f.send("GET", "/brands/profile", nil, pair(right, "oauth-token")).is(200, "")
	f.send("GET", "/brands/profile", nil, pair(wrong, "oauth-token")).is(401, "Invalid application credentials")
	f.send("GET", "/brands/profile", nil, pair(right, "other-token")).is(401, "Invalid OAuth access token")
	f.send("GET", "/brands/profile", nil, map[string]string{"X-FAIRE-ACCESS-TOKEN": "oauth-token"}).is(401, "Unauthorized")
	f.ok("PATCH", ctrl+"/switches", `{"names_credential":false}`)
	f.send("GET", "/brands/profile", nil, pair(right, "other-token")).is(401, "Unauthorized")
}
