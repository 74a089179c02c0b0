package config_test

import (
	"testing"

	"fairesync/pipeline/config"

	"github.com/google/go-cmp/cmp"
)

const three = `brand: luma
sources:
- {name: wms, kind: files, path: a.csv}
- {name: prices, kind: files, path: b.csv, mapping: {wholesale: WSP, "price[USA].retail": MSRP}}
- {name: looks, kind: files, path: c.csv, join: style}
`

func TestOrder(t *testing.T) {
	c, err := config.Parse("/brands/luma.yaml", []byte(three+`prices: [{geography: USA, currency: USD}]
precedence: {name: looks, wholesale: [prices, wms], "price[USA].wholesale": [prices], retail: [looks, prices], quantity: [prices]}
`))
	if err != nil {
		t.Fatal(err)
	}
	all := []string{"wms", "prices", "looks"}
	for field, want := range map[string][]string{
		"name": {"looks"}, "description": all, "price[USA].wholesale": {"prices"}, "price[CAN].wholesale": {"prices", "wms"},
		"price[USA].retail": {"looks", "prices"}, "quantity": {"prices"}, "warehouse": {"prices"}, "option1_name": all,
	} {
		if diff := cmp.Diff(want, c.Order(field)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", field, diff)
		}
	}
	want := map[string]config.Columns{"price[USA].wholesale": {"WSP"}, "price[USA].retail": {"MSRP"}}
	if diff := cmp.Diff(want, c.Sources[1].Mapping); diff != "" {
		t.Errorf("mapping of the supplement (-want +got):\n%s", diff)
	}
	recorded, err := config.Recorded("luma.yaml", c.WithoutSecrets())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{c.Precedence, c.Sources[2].Join, c.Sources[1].Mapping}, []any{recorded.Precedence, recorded.Sources[2].Join, recorded.Sources[1].Mapping}); diff != "" {
		t.Errorf("recorded (-want +got):\n%s", diff)
	}
}
