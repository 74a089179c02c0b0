package edges_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline"
	"fairesync/pipeline/config"
	"fairesync/pipeline/edges"
	"fairesync/pipeline/source/apparelmagic"
	"fairesync/pipeline/source/apparelmagic/emulator"
)

// divided is an account of two divisions with three styles each.
func divided() emulator.Account {
	made := emulator.Account{Divisions: []emulator.Record{{"division_id": "1", "name": "Women"}, {"division_id": "2", "name": "Men"}}}
	for i := range 6 {
		style := fmt.Sprint(41 + i)
		made.Products = append(made.Products, emulator.Record{"product_id": style, "style_number": "ST-" + style, "description": "Style " + style, "is_product": "1",
			"division_id": fmt.Sprint(1 + i%2), "category": "Tops", "last_modified_time": "2026-10-28 09:01:44"})
		made.Inventory = append(made.Inventory, emulator.Record{"sku_id": fmt.Sprint(100 + i), "product_id": style, "sku_alt": "SKU-" + style, "price": "12.00",
			"retail_price": "28.00", "active": "1", "qty_avail_sell": "5"})
	}
	return made
}

// brand is the configuration of the brand of one division.
func brand(t *testing.T, dir, url, name, division string) config.Config {
	t.Helper()
	c, err := config.Parse(filepath.Join(dir, name+".yaml"), fmt.Appendf(nil, `brand: %s
settings: {merchant: {inventory_sync: true, product_sync: true}, cart: {inventory_sync: true, product_sync: true}}
sources:
  - {name: wms, kind: apparelmagic, url: %s, token: {env: MAGIC}, requests_per_second: 1000, colourways: changed, include: {_division: [%s]}}
prices: [{geography: USA}]
`, name, url, division))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// check computes a brand's plan offline and gives its styles, none of which has a product type yet.
func check(t *testing.T, c config.Config, o edges.Options, nth byte) ([]string, error) {
	t.Helper()
	o.DryRun, o.Offline, o.Version = true, true, "test"
	o.Getenv = func(string) string { return "a-token-of-the-account" }
	o.Now = func() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }
	o.Random, o.Jitter, o.Progress = bytes.NewReader([]byte{1, nth}), func() float64 { return 0 }, silent{}
	e, done, err := edges.Open(c, o)
	if err != nil {
		return nil, err
	}
	outcome, err := pipeline.Run(t.Context(), e, pipeline.Options{Command: "check", DryRun: true, Offline: true})
	var styles []string
	for _, exception := range outcome.Exceptions {
		if exception.Code == "TAXONOMY_UNMAPPED" {
			styles = append(styles, exception.Style)
		}
	}
	slices.Sort(styles)
	return styles, errors.Join(err, done())
}

// silent is a progress nobody looks at.
type silent struct{}

func (silent) Step(string) {}
func (silent) Total(int64) {}
func (silent) Add(int64)   {}
func (silent) Done()       {}

// TestBrandsOfOneAccount: two brands that are divisions of one account, run at the same time with a pool, cost the requests of one, and
// each has its own division only. A dry run leaves no memory behind.
func TestBrandsOfOneAccount(t *testing.T) {
	server := emulator.New(emulator.Options{Account: divided()})
	listening := httptest.NewServer(server)
	defer listening.Close()
	dir := t.TempDir()
	women := brand(t, dir, listening.URL+"/api/json", "women", "Women")
	men := brand(t, dir, listening.URL+"/api/json", "men", "Men")

	if _, err := check(t, women, edges.Options{}, 1); err != nil {
		t.Fatal(err)
	}
	alone := server.Effects().Total

	pool, err := apparelmagic.NewPool(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	var mu sync.Mutex
	var group sync.WaitGroup
	for _, c := range []config.Config{women, men} {
		group.Go(func() {
			styles, err := check(t, c, edges.Options{Shared: pool, AtATime: 2}, 2)
			if err != nil {
				t.Errorf("%s: %v", c.Brand, err)
			}
			mu.Lock()
			defer mu.Unlock()
			got[c.Brand] = styles
		})
	}
	group.Wait()
	if err := pool.Close(); err != nil {
		t.Error(err)
	}
	want := map[string][]string{"women": {"ST-41", "ST-43", "ST-45"}, "men": {"ST-42", "ST-44", "ST-46"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("styles (-want +got):\n%s", diff)
	}
	if together := server.Effects().Total - alone; together != alone {
		t.Errorf("%d requests for both, %d for one", together, alone)
	}
	for _, name := range []string{"women", "men"} {
		if _, err := os.Stat(filepath.Join(dir, "state", name, "memory")); !os.IsNotExist(err) {
			t.Errorf("a dry run left a memory of %s: %v", name, err)
		}
	}
}
