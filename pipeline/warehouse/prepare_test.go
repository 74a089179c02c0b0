package warehouse_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/check"
	"fairesync/pipeline/config"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/stage"
	"fairesync/pipeline/warehouse"
)

func TestItemMapping(t *testing.T) {
	table := item(map[string][]string{
		"sku":                  {"alt sku", "SKU"},
		"name":                 {"title", `upper("SKU")`},
		"description":          {"Body (HTML)"},
		"images":               {"image 1", "image 2"},
		"tags":                 {"title", `coalesce("image 2", 'none')`},
		"quantity":             {"qty - reserved", "qty"},
		"price[USA].wholesale": {"retail / 2"},
		"price[USA].retail":    {"retail"},
	}, "SKU", "alt sku", "title", "Body (HTML)", "image 1", "image 2", "qty", "reserved", "retail", "price[USA]")
	w := open(t, nil)
	deliver(t, w, "wms", table, 2, [][]string{
		sku(1, "A", "ALT-A", "Shirt", "<p>one\ntwo</p>", "http://x/1", "http://x/2", "5", "2", "10.01", "1"),
		sku(2, "B", "  ", "", "", "", "http://x/2", "5", absent, "", "1"),
		{"feed.csv", "not a number", stage.KindParent, absent, absent, absent, "", "", "", "", "", "", "", "", "", ""},
	})
	prepare(t, w, inputs(func(in *ledger.Inputs) {
		in.Config.Prices = []config.Price{{Geography: "USA", Currency: "USD", Wholesale: "ignored", Round: "half_up"},
			{Geography: "CAN", Currency: "CAD", Wholesale: "price[USA]"}}
	}))
	want := []map[string]string{
		{"item_id": "1", "source": "wms", "file": "feed.csv", "row": "2", "kind": "sku", "style": "S1", "filtered": "false", "sku": "ALT-A",
			"sku_column": "alt sku", "sku_choice": "1", "name": "Shirt", "name_choice": "1", "description": "<p>one\ntwo</p>",
			"images": "http://x/1\nhttp://x/2", "tags": "Shirt\nhttp://x/2", "quantity": "3"},
		{"item_id": "2", "source": "wms", "file": "feed.csv", "row": "3", "kind": "sku", "style": "S1", "filtered": "false", "sku": "B",
			"sku_column": "SKU", "sku_choice": "2", "name": "B", "name_choice": "2", "images": "http://x/2", "tags": "http://x/2", "quantity": "5"},
		{"item_id": "3", "source": "wms", "file": "feed.csv", "kind": "parent", "filtered": "false", "tags": "none"},
	}
	if diff := cmp.Diff(want, read(t, w, "item")); diff != "" {
		t.Errorf("item (-want +got):\n%s", diff)
	}
	want = []map[string]string{
		{"item_id": "1", "geography": "CAN", "currency": "CAD", "wholesale": "1"},
		{"item_id": "1", "geography": "USA", "currency": "USD", "round": "half_up", "wholesale": "5.005", "retail": "10.01"},
		{"item_id": "2", "geography": "CAN", "currency": "CAD", "wholesale": "1"},
		{"item_id": "2", "geography": "USA", "currency": "USD", "round": "half_up"},
		{"item_id": "3", "geography": "CAN", "currency": "CAD"},
		{"item_id": "3", "geography": "USA", "currency": "USD", "round": "half_up"},
	}
	if diff := cmp.Diff(want, read(t, w, "item_price")); diff != "" {
		t.Errorf("item_price (-want +got):\n%s", diff)
	}
	want = []map[string]string{{"geography": "CAN", "currency": "CAD"}, {"geography": "USA", "currency": "USD", "round": "half_up"}}
	if diff := cmp.Diff(want, read(t, w, "price_rule")); diff != "" {
		t.Errorf("price_rule (-want +got):\n%s", diff)
	}
}

// What inventory names goes before what the source reads without being asked; several columns are all there, the blank ones left out.
func TestInventoryColumns(t *testing.T) {
	for name, test := range map[string]struct {
		inventory config.Inventory
		fields    map[string][]string
		want      []map[string]string
	}{
		"the source's own": {config.Inventory{}, map[string][]string{"quantity": {"qty"}, "warehouse": {"site"}},
			[]map[string]string{{"quantity": "1", "warehouse": "NYC"}, {"warehouse": "LA"}}},
		"one": {config.Inventory{Columns: config.Columns{"more"}}, map[string][]string{"quantity": {"qty"}},
			[]map[string]string{{"quantity": "2"}, {"quantity": "4"}}},
		"an expression": {config.Inventory{Columns: config.Columns{"coalesce(qty, more)"}, Warehouse: "upper(site)"}, nil,
			[]map[string]string{{"quantity": "1", "warehouse": "NYC"}, {"quantity": "4", "warehouse": "LA"}}},
		"several": {config.Inventory{Columns: config.Columns{"qty", "more * 2", "most"}, Warehouse: "site"}, map[string][]string{"quantity": {"qty"}},
			[]map[string]string{{"quantity": "1\x1f4\x1f3", "warehouse": "NYC"}, {"quantity": "8", "warehouse": "LA"}}},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t, nil)
			deliver(t, w, "wms", item(test.fields, "qty", "more", "most", "site"), 10, [][]string{sku(1, "1", "2", "3", "NYC"), sku(2, "", "4", " ", "LA")})
			prepare(t, w, inputs(func(in *ledger.Inputs) { in.Config.Inventory = test.inventory }))
			var got []map[string]string
			for _, row := range read(t, w, "item") {
				kept := map[string]string{}
				for _, column := range []string{"quantity", "warehouse"} {
					if value, ok := row[column]; ok {
						kept[column] = value
					}
				}
				got = append(got, kept)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("items (-want +got):\n%s", diff)
			}
		})
	}
}

// The list of warehouses is not for ApparelMagic's rows: its source adds the quantities up before it delivers.
func TestWarehousesOfApparelMagic(t *testing.T) {
	w := open(t, nil)
	prepare(t, w, inputs(func(in *ledger.Inputs) {
		in.Config.Sources[0].Kind, in.Config.Inventory.Warehouses = "apparelmagic", config.Names{"1"}
	}))
	if rows := read(t, w, "stock_warehouse"); rows != nil {
		t.Errorf("stock_warehouse has %v", rows)
	}
}

func TestMappedStyleBeatsTheSource(t *testing.T) {
	w := open(t, nil)
	deliver(t, w, "wms", item(map[string][]string{"style": {"model"}}, "model"), 2, [][]string{sku(1, "M-1"), sku(2, "")})
	prepare(t, w, inputs(nil))
	var got []string
	for _, row := range read(t, w, "item") {
		got = append(got, row["style"])
	}
	if diff := cmp.Diff([]string{"M-1", ""}, got); diff != "" {
		t.Errorf("styles (-want +got):\n%s", diff)
	}
}

func TestDecimalComma(t *testing.T) {
	w := open(t, nil)
	deliver(t, w, "wms", item(map[string][]string{"price[USA].wholesale": {"price / 2"}}, "price"), 2, [][]string{sku(1, "1.234,50")})
	prepare(t, w, inputs(func(in *ledger.Inputs) {
		in.Config.Sources[0].Decimal = ","
		in.Config.Prices = []config.Price{{Geography: "USA", Currency: "USD"}}
	}))
	if got := read(t, w, "item_price")[0]["wholesale"]; got != "617,25" {
		t.Errorf("wholesale %q", got)
	}
	if got := read(t, w, "setting")[0]["decimal_mark"]; got != "," {
		t.Errorf("decimal mark %q", got)
	}
}

func TestItemFilter(t *testing.T) {
	rows := [][]string{
		sku(1, "A", "SPRING", "yes"), sku(2, "B", " SAMPLES\u00a0", "yes"), sku(3, "C", "", "yes"), sku(4, "D", absent, "no"), sku(5, "it's", "FALL", "no"),
	}
	for name, test := range map[string]struct {
		include, exclude map[string][]string
		kept             []string
	}{
		"none":            {nil, nil, []string{"A", "B", "C", "D", "it's"}},
		"exclude column":  {nil, map[string][]string{"season": {"SAMPLES", "FALL "}}, []string{"A", "C", "D"}},
		"exclude field":   {nil, map[string][]string{"sku": {"A", "it's"}}, []string{"B", "C", "D"}},
		"exclude blank":   {nil, map[string][]string{"season": {""}}, []string{"A", "B", "it's"}},
		"include":         {map[string][]string{"season": {"SPRING", "FALL"}}, nil, []string{"A", "it's"}},
		"include both":    {map[string][]string{"season": {"SPRING", "FALL"}, "web": {"yes"}}, nil, []string{"A"}},
		"include nothing": {map[string][]string{"web": {}}, nil, nil},
		"both":            {map[string][]string{"web": {"yes"}}, map[string][]string{"sku": {"A"}}, []string{"B", "C"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t, nil)
			deliver(t, w, "wms", item(map[string][]string{"sku": {"code"}}, "code", "season", "web"), 10, rows)
			prepare(t, w, inputs(func(in *ledger.Inputs) {
				in.Config.Sources[0].Include, in.Config.Sources[0].Exclude = test.include, test.exclude
			}))
			var kept []string
			for _, row := range read(t, w, "item") {
				if row["filtered"] == "false" {
					kept = append(kept, row["sku"])
				}
			}
			if diff := cmp.Diff(test.kept, kept); diff != "" {
				t.Errorf("kept (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMappingRefusals(t *testing.T) {
	type hinted interface{ Hint() string }
	for name, test := range map[string]struct {
		fields map[string][]string
		change func(*ledger.Inputs)
		want   string
	}{
		"no column":  {map[string][]string{"name": {"titel"}}, nil, `source wms, mapping of name to "titel": there is no column "titel"`},
		"no SQL":     {map[string][]string{"name": {"a +"}}, nil, `source wms, mapping of name to "a +": `},
		"subquery":   {map[string][]string{"name": {"(SELECT max(sku) FROM raw_wms_item)"}}, nil, `source wms, mapping of name`},
		"file":       {map[string][]string{"name": {"(SELECT content FROM read_text('/etc/hosts'))"}}, nil, `source wms, mapping of name`},
		"function":   {map[string][]string{"name": {"getenv('HOME')"}}, nil, `source wms, mapping of name`},
		"second":     {map[string][]string{"name": {"a; DROP TABLE raw_wms_item"}}, nil, `source wms, mapping of name`},
		"no field":   {map[string][]string{"colour": {"a"}}, nil, "source wms, colour: there is no such catalogue field"},
		"bad filter": {nil, func(in *ledger.Inputs) { in.Config.Sources[0].Exclude = map[string][]string{"saison": {"X"}} }, `source wms, mapping of item filter to "saison"`},
		"bad quantity": {nil, func(in *ledger.Inputs) { in.Config.Inventory.Columns = config.Columns{"a", "qty"} },
			`source wms, mapping of quantity to "qty": there is no column "qty"`},
		"bad warehouse": {nil, func(in *ledger.Inputs) { in.Config.Inventory.Warehouse = "site" },
			`source wms, mapping of warehouse to "site": there is no column "site"`},
		"bad price": {nil, func(in *ledger.Inputs) {
			in.Config.Prices = []config.Price{{Geography: "USA", Currency: "USD", Wholesale: "prize"}}
		}, `source wms, mapping of price[USA].wholesale to "prize"`},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t, nil)
			deliver(t, w, "wms", item(test.fields, "a"), 1, [][]string{sku(1, "x")})
			err := w.Prepare(t.Context(), inputs(test.change))
			var mapping *warehouse.MappingError
			if !errors.As(err, &mapping) || !strings.HasPrefix(err.Error(), test.want) {
				t.Fatalf("Prepare = %v, want %s", err, test.want)
			}
			if hint, ok := any(mapping).(hinted); !ok || hint.Hint() == "" {
				t.Error("there is no hint")
			}
		})
	}
}

func TestPrepareNeedsTheEnvelope(t *testing.T) {
	w := open(t, nil)
	deliver(t, w, "wms", stage.Table{Name: "item", Columns: []string{"_file", "_row", "_kind", "sku"}}, 1, nil)
	err := w.Prepare(t.Context(), inputs(nil))
	if err == nil || err.Error() != "table item of source wms lacks _problem, _sku_id, _style" {
		t.Errorf("Prepare = %v", err)
	}
}

func TestSmallInputs(t *testing.T) {
	w := open(t, nil)
	w.Sink("wms").Except(check.Exception{Code: "FEED_ROW_SHAPE", EntityKey: "feed.csv:7", File: "feed.csv", Row: 7, Found: "it's \"bad\"", Column: "qty"})
	deliver(t, w, "wms", item(map[string][]string{"sku": {"sku"}, "alias": {"faire sku"}}, "sku", "faire sku"), 10, [][]string{
		sku(1, "A", "F-A"), sku(2, "B", ""), {"feed.csv", "4", stage.KindParent, absent, absent, "S1", "P", "F-P"}})
	seen := noon.Add(-24 * time.Hour)
	book := warehouse.OpenBook(filepath.Join(t.TempDir(), "brand.duckdb"))
	record := ledger.Record{Run: "r0", Now: seen, Types: []catalog.Type{{ID: "tt_gone", Name: "Gone"}, {ID: "tt_1", Name: "Old name"}}}
	if err := book.Record(t.Context(), record); err != nil {
		t.Fatal(err)
	}
	memory, err := book.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Restore(t.Context(), memory); err != nil {
		t.Fatal(err)
	}
	prepare(t, w, inputs(func(in *ledger.Inputs) {
		in.Config.Alias = config.Alias{Name: "merchantSKU", File: "/some/where/aliases.csv", SkipWithoutAlias: true}
		in.Config.Images.IgnoreQuery = []string{"v", "utm_*"}
		in.Config.Taxonomy.Unmapped, in.Config.WhenGone = "hold", "keep"
		in.Config.Fields = map[string]string{"on_hand": "create_only"}
		in.Config.Inventory = config.Inventory{Means: "available", Warehouse: "sku", Warehouses: config.Names{"LA", "010"}, SafetyStock: 2, Cap: 50,
			StartTracking: "all"}
		in.Aliases = []config.AliasRow{{Name: "merchantSKU", Value: "F-1", SKU: "A", Row: 2}, {Name: "", Value: "x", Row: 3}}
		in.Rules = []config.TaxonomyRule{{Scope: "type", Pattern: "shirt'*", TypeID: "tt_1", Row: 2}}
		in.Types = []catalog.Type{{ID: "tt_1", Name: "Shirts"}, {ID: "tt_2", Name: "Hats"}, {ID: "tt_2", Name: "Hats again"}}
	}))
	for name, want := range map[string][]map[string]string{
		"alias_row": {
			{"origin": "file", "alias_name": "merchantSKU", "alias_value": "F-1", "wms_sku": "A", "file": "aliases.csv", "row": "2"},
			{"origin": "file", "alias_value": "x", "file": "aliases.csv", "row": "3"},
			{"origin": "wms", "alias_name": "merchantSKU", "alias_value": "F-A", "wms_sku": "A", "file": "feed.csv", "row": "2"},
		},
		"taxonomy_rule": {{"row": "2", "scope": "type", "pattern": "shirt'*", "type_id": "tt_1"}},
		"taxonomy_type": {
			{"type_id": "tt_1", "name": "Shirts", "former_name": "Old name", "first_seen": "2026-03-01 12:00:00", "last_seen": "2026-03-02 12:00:00", "listed": "true"},
			{"type_id": "tt_2", "name": "Hats", "first_seen": "2026-03-02 12:00:00", "last_seen": "2026-03-02 12:00:00", "listed": "true"},
			{"type_id": "tt_gone", "name": "Gone", "first_seen": "2026-03-01 12:00:00", "last_seen": "2026-03-01 12:00:00", "listed": "false"},
		},
		"setting": {{"brand": "luma", "brand_id": "b_1", "alias_name": "merchantSKU", "skip_without_alias": "true", "unmapped": "hold",
			"decimal_mark": ".", "ignore_query": "v,utm_*", "when_gone": "keep", "inventory_means": "available", "safety_stock": "2",
			"stock_cap": "50", "start_tracking": "all", "stock_policy": "create_only", "today": "2026-03-02", "faire_read": "true"}},
		"stock_warehouse": {{"name": "010"}, {"name": "LA"}},
		"feed_exception": {{"code": "FEED_ROW_SHAPE", "source": "wms", "entity_key": "feed.csv:7", "file": "feed.csv", "row": "7", "found": "it's \"bad\"",
			"column_name": "qty"}},
	} {
		if diff := cmp.Diff(want, read(t, w, name)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// check calls nobody: what is remembered of Faire stands, and relations are told.
func TestCheckRemembersTypes(t *testing.T) {
	book := warehouse.OpenBook(filepath.Join(t.TempDir(), "brand.duckdb"))
	if err := book.Record(t.Context(), ledger.Record{Run: "r0", Now: noon, Types: []catalog.Type{{ID: "tt_1", Name: "Shirts"}}}); err != nil {
		t.Fatal(err)
	}
	memory, err := book.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := open(t, nil)
	if err := w.Restore(t.Context(), memory); err != nil {
		t.Fatal(err)
	}
	prepare(t, w, inputs(func(in *ledger.Inputs) { in.Account = catalog.Brand{} }))
	want := []map[string]string{{"type_id": "tt_1", "name": "Shirts", "first_seen": "2026-03-02 12:00:00", "last_seen": "2026-03-02 12:00:00", "listed": "true"}}
	if diff := cmp.Diff(want, read(t, w, "taxonomy_type")); diff != "" {
		t.Errorf("taxonomy_type (-want +got):\n%s", diff)
	}
	if got := read(t, w, "setting")[0]["faire_read"]; got != "false" {
		t.Errorf("faire_read %s", got)
	}
}

// Equal deliveries give equal files, whatever the batches and the number of threads.
func TestStagedParquetIsDeterministic(t *testing.T) {
	var rows [][]string
	for i := range 125_000 { // more than one row group
		rows = append(rows, sku(i, "SKU-"+strings.Repeat("x", i%7), "name"))
	}
	table := item(map[string][]string{"sku": {"code"}, "name": {"title", "upper(code)"}}, "code", "title")
	var first map[string]string
	for threads, size := range map[int]int{1: 2048, 4: 1000} {
		dir := t.TempDir()
		w := openIn(t, warehouse.Options{Dir: dir, Threads: threads})
		deliver(t, w, "wms", table, size, rows)
		mirror(t.Context(), t, w, manyProducts(200)...)
		prepare(t, w, inputs(func(in *ledger.Inputs) {
			in.Config.Prices = []config.Price{{Geography: "USA", Currency: "USD", Wholesale: "title"}}
		}))
		files := map[string]string{}
		for _, name := range []string{"wms/item", "wms/item_price", "faire/mirror_product", "faire/mirror_variant", "faire/mirror_price",
			"faire/mirror_image", "faire/mirror_option", "faire/mirror_choice"} {
			path := filepath.Join(dir, name+".parquet")
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			files[name] = string(data)
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v, %v", name, info.Mode(), err)
			}
		}
		if first == nil {
			first = files
		}
		for name := range files {
			if first[name] != files[name] {
				t.Errorf("%s differs with %d threads and batches of %d", name, threads, size)
			}
		}
	}
}
