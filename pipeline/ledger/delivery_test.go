package ledger_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/ledger"
	"fairesync/pipeline/stage"
)

func delivered(source, run, sum string, at time.Time) stage.Delivery {
	return stage.Delivery{Source: source, Run: run, At: at, Columns: []string{"SKU", "Name"}, Reads: map[string][]string{"sku": {"SKU"}},
		Files: []stage.File{{Name: "products.csv", Bytes: 12, SHA256: sum}}, Rows: 3, Digest: "d", Modified: at.Add(-time.Hour + 5*time.Nanosecond)}
}

func TestDeliveriesRoundTrip(t *testing.T) {
	state := openState(t)
	got, err := state.ReadDeliveries()
	if diff := cmp.Diff(ledger.Deliveries{}, got); diff != "" || err != nil {
		t.Errorf("before the first good run: %v (-want +got):\n%s", err, diff)
	}
	want := got.Remember([]stage.Delivery{delivered("wms", "1", "a", noon), delivered("stock", "1", "s", noon)}).
		Remember([]stage.Delivery{delivered("wms", "2", "b", noon.Add(time.Hour))})
	if err := state.WriteDeliveries(want); err != nil {
		t.Fatal(err)
	}
	if got, err = state.ReadDeliveries(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if wms, stock := got["wms"], got["stock"]; wms.Last.Run != "2" || len(wms.Before) != 1 || wms.Before[0].Run != "1" || stock.Last.Run != "1" {
		t.Errorf("a source that delivered nothing keeps what was known, the other moves on: %+v", got)
	}
	stockAlone := delivered("wms", "3", "x", noon)
	stockAlone.Part = "inventory"
	if apart := got.Remember([]stage.Delivery{stockAlone}); apart["wms"].Last.Run != "2" || apart["wms/inventory"].Last.Run != "3" || len(got) != 2 {
		t.Errorf("runs for stock alone are remembered apart: %+v", apart)
	}
	if info, err := os.Stat(state.Path(ledger.DeliveriesName)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

// What cannot be read is told, and is no memory: nothing is made of half a file.
func TestDeliveriesDamaged(t *testing.T) {
	state := openState(t)
	for text, why := range map[string]string{
		`{"format":1,"sources":{"wms":{"last":{"run":"1"`: "unexpected end of JSON input",
		`[]`:                        "cannot unmarshal array",
		``:                          "unexpected end of JSON input",
		`{"format":2,"sources":{}}`: "it is of format 2, this program reads 1",
		`{"sources":{"wms":{"last":{"run":"1"}}}}`: "it is of format 0, this program reads 1",
	} {
		if err := os.WriteFile(state.Path(ledger.DeliveriesName), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := state.ReadDeliveries()
		var damaged *ledger.DeliveriesError
		if !errors.As(err, &damaged) || !strings.Contains(err.Error(), why) || damaged.Hint() == "" {
			t.Errorf("%s: %v", text, err)
		}
		if diff := cmp.Diff(ledger.Deliveries{}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
	if err := state.WriteDeliveries(ledger.Deliveries{}); err != nil {
		t.Fatal(err)
	}
	if got, err := state.ReadDeliveries(); err != nil || len(got) != 0 {
		t.Errorf("written anew: %v, %v", got, err)
	}
}
