package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fairesync/pipeline/config"

	"github.com/google/go-cmp/cmp"
)

const full = `brand: luma
state: ./state
settings:            # all four default to false
  merchant: {inventory_sync: true, product_sync: true}
  cart:     {inventory_sync: true, product_sync: true}
sources:
  - name: wms
    kind: apparelmagic
    url: http://127.0.0.1:8791/api/json
    token: {env: APPARELMAGIC_TOKEN}
    mapping: {sku: [sku_alt, sku_concat], name: web_title}
    include: {division: [Luma]}
    exclude: {season: [SAMPLES]}
    max_age: 36h
    page_size: 200
    requests_per_second: 2.5
    colourways: changed
    colourways_every: 12h
  - name: extra
    kind: files
    path: drop/*.csv
    sheet: Sheet1
    delimiter: ";"
    layout: parents
    variants: configurable_variations
    image_base: https://media.example.test/catalog/product
    decimal: ","
prices:
  - {geography: USA, currency: USD, wholesale: price, retail: retail_price, round: half_up}
  - {geography: CAN, wholesale: price * 1.35, retail: retail_price * 1.35}
faire:
  url: http://127.0.0.1:8790/external-api/v2
  token: {file: faire.token}
  pace: {writes_per_second: 0.5, burst: 2, reads_per_second: 8, in_flight: 2, writes_per_run: 500}
alias: {name: merchantSKU, file: aliases.csv, skip_without_alias: true}
taxonomy: {rules: /etc/fairesync/taxonomy.csv, unmapped: unpublished}
images: {ignore_query: [v, "X-Amz-*"]}
inventory: {column: [qty_avail_sell, qty_in_transit], means: on_hand, warehouses: [1, 010], safety_stock: 2, cap: 50, start_tracking: all}
policy: stock-only
first_link: theirs
when_gone: unpublish
when_inactive: keep
fields: {name: ours, price: theirs}
`

// fullConfig is what full says, in the folder it stands in.
func fullConfig(dir string) config.Config {
	return config.Config{
		Brand: "luma", State: filepath.Join(dir, "state"), Path: filepath.Join(dir, "luma.yaml"),
		Settings: config.Settings{
			Merchant: config.Switches{InventorySync: true, ProductSync: true},
			Cart:     config.Switches{InventorySync: true, ProductSync: true},
		},
		Sources: []config.Source{
			{
				Name: "wms", Kind: "apparelmagic", URL: "http://127.0.0.1:8791/api/json", Token: config.Secret{Env: "APPARELMAGIC_TOKEN"},
				Mapping: map[string]config.Columns{"sku": {"sku_alt", "sku_concat"}, "name": {"web_title"}},
				Include: map[string][]string{"division": {"Luma"}}, Exclude: map[string][]string{"season": {"SAMPLES"}},
				MaxAge: config.Duration(36 * time.Hour), PageSize: 200, RequestsPerSecond: 2.5, Colourways: "changed", ColourwaysEvery: config.Duration(12 * time.Hour),
			},
			{
				Name: "extra", Kind: "files", Path: filepath.Join(dir, "drop", "*.csv"), Sheet: "Sheet1", Delimiter: ";", Layout: "parents",
				Variants: "configurable_variations", ImageBase: "https://media.example.test/catalog/product", Decimal: ",",
			},
		},
		Prices: []config.Price{
			{Geography: "USA", Currency: "USD", Wholesale: "price", Retail: "retail_price", Round: "half_up"},
			{Geography: "CAN", Currency: "CAD", Wholesale: "price * 1.35", Retail: "retail_price * 1.35"},
		},
		Faire: config.Faire{
			URL: "http://127.0.0.1:8790/external-api/v2", Token: config.Secret{File: filepath.Join(dir, "faire.token")},
			Pace: config.Pace{WritesPerSecond: 0.5, Burst: 2, ReadsPerSecond: 8, InFlight: 2, WritesPerRun: 500},
		},
		Alias:    config.Alias{Name: "merchantSKU", File: filepath.Join(dir, "aliases.csv"), SkipWithoutAlias: true},
		Taxonomy: config.Taxonomy{Rules: "/etc/fairesync/taxonomy.csv", Unmapped: "unpublished"},
		Images:   config.Images{IgnoreQuery: []string{"v", "X-Amz-*"}},
		Inventory: config.Inventory{Columns: config.Columns{"qty_avail_sell", "qty_in_transit"}, Means: "on_hand",
			Warehouses: config.Names{"1", "010"}, SafetyStock: 2, Cap: 50, StartTracking: "all"},
		Policy: "stock-only", FirstLink: "theirs", WhenGone: "unpublish", WhenInactive: "keep",
		Fields: map[string]string{"name": "ours", "price": "theirs"},
	}
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	for _, text := range []string{full, "\uFEFF" + full, strings.ReplaceAll(full, "\n", "\r\n"), "---\n" + full} {
		got, err := config.Load(write(t, dir, "luma.yaml", text))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(fullConfig(dir), got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestLoadFromTheWorkingFolder(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "luma.yaml", full)
	t.Chdir(dir)
	got, err := config.Load("luma.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if got.Path != filepath.Join(dir, "luma.yaml") || got.State != filepath.Join(dir, "state") {
		t.Errorf("path %s, state %s", got.Path, got.State)
	}
}

func TestDefaults(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want config.Config
	}{
		"files": {
			"brand: luma\nsources: [{name: feed, kind: files, path: feed.csv}]\n",
			config.Config{Sources: []config.Source{{Name: "feed", Kind: "files", Path: "/brands/feed.csv", Layout: "rows", Decimal: "."}},
				Prices: []config.Price{{Geography: "USA", Currency: "USD"}}},
		},
		"apparelmagic": {
			"brand: luma\nsources: [{name: wms, kind: apparelmagic, url: 'https://luma.app.apparelmagic.com/api/json', token: {env: T}}]\n",
			config.Config{
				Sources: []config.Source{{Name: "wms", Kind: "apparelmagic", URL: "https://luma.app.apparelmagic.com/api/json", Token: config.Secret{Env: "T"},
					PageSize: 1000, RequestsPerSecond: 4, Colourways: "all"}},
				Prices: []config.Price{{Geography: "USA", Currency: "USD", Wholesale: "price", Retail: "retail_price"}},
			},
		},
		"rows per warehouse": {
			"brand: luma\nsources: [{name: feed, kind: files, path: /feed.csv}]\ninventory: {column: Qty, warehouse: Site, warehouses: NYC}",
			config.Config{
				Sources:   []config.Source{{Name: "feed", Kind: "files", Path: "/feed.csv", Layout: "rows", Decimal: "."}},
				Prices:    []config.Price{{Geography: "USA", Currency: "USD"}},
				Inventory: config.Inventory{Columns: config.Columns{"Qty"}, Warehouse: "Site", Warehouses: config.Names{"NYC"}},
			},
		},
		"fields mapped by the source": {
			"brand: luma\nsources: [{name: feed, kind: files, path: /feed.csv, mapping: {quantity: [Free, Qty], warehouse: Site}}]\ninventory: {warehouses: [010]}",
			config.Config{
				Sources: []config.Source{{Name: "feed", Kind: "files", Path: "/feed.csv", Layout: "rows", Decimal: ".",
					Mapping: map[string]config.Columns{"quantity": {"Free", "Qty"}, "warehouse": {"Site"}}}},
				Prices:    []config.Price{{Geography: "USA", Currency: "USD"}},
				Inventory: config.Inventory{Warehouses: config.Names{"010"}},
			},
		},
		"prices without columns": {
			"brand: luma\nsources: [{name: feed, kind: files, path: /feed.csv, mapping: {sku: 2026}}]\nprices: [{geography: EUROPEAN_UNION}]\nfaire: {oauth: {application_id: apa_1, application_secret: {env: S}, access_token: {file: t}}}",
			config.Config{
				Sources: []config.Source{{Name: "feed", Kind: "files", Path: "/feed.csv", Mapping: map[string]config.Columns{"sku": {"2026"}}, Layout: "rows", Decimal: "."}},
				Prices:  []config.Price{{Geography: "EUROPEAN_UNION", Currency: "EUR"}},
				Faire: config.Faire{OAuth: config.OAuth{ApplicationID: "apa_1", ApplicationSecret: config.Secret{Env: "S"},
					AccessToken: config.Secret{File: "/brands/t"}}},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			want := c.want
			want.Brand, want.State, want.Path = "luma", "/brands/state", "/brands/luma.yaml"
			want.Faire.URL, want.Faire.Pace = "https://www.faire.com/external-api/v2", config.Pace{WritesPerSecond: 1, Burst: 5, ReadsPerSecond: 4, InFlight: 4}
			want.Taxonomy.Unmapped, want.Inventory.Means, want.Inventory.StartTracking = "hold", "available", "created"
			want.Policy, want.FirstLink, want.WhenGone, want.WhenInactive = "full", "hold", "keep", "stop_selling"
			got, err := config.Parse("/brands/luma.yaml", []byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLoadOfNoFile(t *testing.T) {
	dir := t.TempDir()
	for path, want := range map[string]string{
		filepath.Join(dir, "no.yaml"):   ": cannot be read: no such file or directory",
		dir:                             ": is a folder, not a file",
		write(t, dir, "empty.yaml", ""): ": is empty",
		write(t, dir, "comment.yaml", "# nothing\n"):                  ": is empty",
		write(t, dir, "big.yaml", strings.Repeat("# big\n", 200_000)): ": is larger than 1 MB and cannot be a configuration",
		write(t, dir, "latin.yaml", "brand: caf\xe9\n"):               ": is no text in UTF-8",
	} {
		_, err := config.Load(path)
		if err == nil || err.Error() != path+want {
			t.Errorf("error %v, want %s", err, path+want)
		}
		if told, ok := errors.AsType[*config.Error](err); !ok || told.Hint() == "" || told.Path != path {
			t.Errorf("%T has no hint or path", err)
		}
	}
}

func TestWithoutSecrets(t *testing.T) {
	dir := t.TempDir()
	loaded, err := config.Load(write(t, dir, "luma.yaml", full))
	if err != nil {
		t.Fatal(err)
	}
	got := string(loaded.WithoutSecrets())
	want := `{"alias":{"file":"aliases.csv","name":"merchantSKU","skip_without_alias":true},"brand":"luma",` +
		`"faire":{"pace":{"burst":2,"in_flight":2,"reads_per_second":8,"writes_per_run":500,"writes_per_second":0.5},"url":"http://127.0.0.1:8790/external-api/v2"},` +
		`"fields":{"name":"ours","price":"theirs"},"first_link":"theirs","images":{"ignore_query":["v","X-Amz-*"]},"inventory":{"cap":50,"column":["qty_avail_sell","qty_in_transit"],"means":"on_hand","safety_stock":2,"start_tracking":"all","warehouses":["1","010"]},` +
		`"policy":"stock-only","prices":[{"currency":"USD","geography":"USA","retail":"retail_price","round":"half_up","wholesale":"price"},` +
		`{"currency":"CAD","geography":"CAN","retail":"retail_price * 1.35","wholesale":"price * 1.35"}],` +
		`"settings":{"cart":{"inventory_sync":true,"product_sync":true},"merchant":{"inventory_sync":true,"product_sync":true}},` +
		`"sources":[{"colourways":"changed","colourways_every":"12h","exclude":{"season":["SAMPLES"]},"include":{"division":["Luma"]},"kind":"apparelmagic","mapping":{"name":["web_title"],"sku":["sku_alt","sku_concat"]},` +
		`"max_age":"36h","name":"wms","page_size":200,"requests_per_second":2.5,"url":"http://127.0.0.1:8791/api/json"},` +
		`{"decimal":",","delimiter":";","image_base":"https://media.example.test/catalog/product","kind":"files","layout":"parents","name":"extra","path":"drop/*.csv","sheet":"Sheet1","variants":"configurable_variations"}],` +
		`"state":"state","taxonomy":{"rules":"RULES","unmapped":"unpublished"},"when_gone":"unpublish","when_inactive":"keep"}`
	relative, err := filepath.Rel(dir, "/etc/fairesync/taxonomy.csv")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Replace(want, "RULES", relative, 1), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(fullConfig(dir), loaded); diff != "" {
		t.Errorf("WithoutSecrets changed the configuration (-want +got):\n%s", diff)
	}

	back, err := config.Recorded(loaded.Path, []byte(got))
	if err != nil {
		t.Fatal(err)
	}
	secretless := fullConfig(dir)
	secretless.Sources[0].Token, secretless.Faire.Token = config.Secret{}, config.Secret{}
	if diff := cmp.Diff(secretless, back); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
	if again := string(back.WithoutSecrets()); again != got {
		t.Errorf("written again:\n%s\nwant:\n%s", again, got)
	}
}

func TestDurationString(t *testing.T) {
	for want, d := range map[string]time.Duration{"36h": 36 * time.Hour, "1h30m": 90 * time.Minute, "45m": 45 * time.Minute, "1m30s": 90 * time.Second, "0s": 0, "10s": 10 * time.Second,
		"20h10m": 20*time.Hour + 10*time.Minute} {
		if got := config.Duration(d).String(); got != want {
			t.Errorf("%v is written %s, want %s", d, got, want)
		}
	}
}

// FuzzParse: whatever bytes come, Parse either gives a configuration that reads back from its own record, or an *Error that
// has a hint and keeps the bytes after a secret's key to itself.
func FuzzParse(f *testing.F) {
	f.Add([]byte(full))
	f.Add([]byte("brand: luma\nsources: [{name: feed, kind: files, path: feed.csv}]\n"))
	f.Add([]byte("brand: &a luma\nstate: *a\n"))
	f.Add([]byte("- a\n- b\n"))
	f.Add([]byte("brand: [\n"))
	f.Add([]byte("a: {b: {c: [1, {d: e}]}}"))
	f.Add([]byte("? [a]\n: b\n"))
	f.Add([]byte("brand: |\n  x\nsources:\n- name: !!str wms\n"))
	f.Add([]byte("faire: {token: Zq8vTn3kLw5xYb7c}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		parsed, err := config.Parse("/brands/luma.yaml", data)
		if err != nil {
			told, ok := errors.AsType[*config.Error](err)
			if !ok || told.Hint() == "" {
				t.Fatalf("%T: %v", err, err)
			}
			if strings.Contains(err.Error()+told.Excerpt, "Zq8vTn3kLw5xYb7c") && strings.Contains(string(data), "token: Zq8vTn3kLw5xYb7c") {
				t.Fatalf("the error tells a secret: %v\n%s", err, told.Excerpt)
			}
			return
		}
		record := parsed.WithoutSecrets()
		back, err := config.Recorded("/brands/luma.yaml", record)
		if err != nil {
			t.Fatalf("%v in %s", err, record)
		}
		if diff := cmp.Diff(string(record), string(back.WithoutSecrets())); diff != "" {
			t.Fatalf("record (-want +got):\n%s", diff)
		}
	})
}
