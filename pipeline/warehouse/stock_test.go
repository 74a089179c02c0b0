package warehouse_test

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/config"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/plan"
	"fairesync/pipeline/warehouse"
	"fairesync/sql"
	"fairesync/transforms"
)

// stockChecks are the checks that have to do with stock, and those that a relation which is no check reads.
var stockChecks = []string{"match_duplicates", "match_unmatched", "sku_duplicate_rows", "stock", "stock_untracked", "stock_warehouse_unknown"}

// stockRelations are the relations of sql/ without the checks of anything else.
var stockRelations = sync.OnceValues(func() (transforms.Set, error) {
	files := fstest.MapFS{}
	err := fs.WalkDir(sql.Files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		folder, file := path.Split(name)
		if folder == "40_check/" && !slices.Contains(stockChecks, strings.TrimSuffix(file, ".sql")) {
			return nil
		}
		data, err := fs.ReadFile(sql.Files, name)
		files[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		return transforms.Set{}, err
	}
	return transforms.Load(files)
})

// stocked runs the relations of sql/ over a feed of the columns SKU, Name, Site, Qty, More and, where a row has it, Active.
func stocked(t *testing.T, rows [][]string, objects map[string]string, faire []catalog.Product, change func(*config.Config)) *warehouse.Warehouse {
	t.Helper()
	relations, err := stockRelations()
	if err != nil {
		t.Fatal(err)
	}
	w := openIn(t, warehouse.Options{Set: relations, Dir: filepath.Join(t.TempDir(), "staging")})
	var delivered [][]string
	for i, row := range rows {
		delivered = append(delivered, sku(i+1, append(slices.Clone(row), "", "")[:6]...))
	}
	deliver(t, w, "wms", item(map[string][]string{"sku": {"SKU"}, "name": {"Name"}, "active": {"Active"}}, "SKU", "Name", "Site", "Qty", "More", "Active"), 100, delivered)
	mirror(t.Context(), t, w, faire...)
	if err := w.Restore(t.Context(), ledger.Memory{Objects: objects}); err != nil {
		t.Fatal(err)
	}
	prepare(t, w, inputs(func(in *ledger.Inputs) {
		in.Config.Inventory = config.Inventory{Columns: config.Columns{"Qty"}, Means: "available", StartTracking: "created"}
		change(&in.Config)
	}))
	if err := w.Transform(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, name := range append([]string{"collapsed_row", "stock_choice", "exception"}, stockChecks...) {
		if err := w.CheckKey(t.Context(), name); err != nil {
			t.Error(err)
		}
	}
	return w
}

// quantities are the units each variant is to have, "-" where nothing is known.
func quantities(t *testing.T, w *warehouse.Warehouse) string {
	t.Helper()
	var list []string
	for _, row := range read(t, w, "desired_variant") {
		quantity, ok := row["quantity"]
		if !ok {
			quantity = "-"
		}
		list = append(list, row["source_sku"]+" "+quantity)
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// went is where each row went, in the order of the feed: its own way, or by which code.
func went(t *testing.T, w *warehouse.Warehouse) string {
	t.Helper()
	var list []string
	if err := w.Rows(t.Context(), func(row plan.Row) error {
		switch {
		case row.IgnoredBy != "":
			list = append(list, "ignored "+row.IgnoredBy)
		case row.BlockedBy != "":
			list = append(list, "held "+row.BlockedBy)
		default:
			list = append(list, "in")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(list, ", ")
}

// found are the findings about stock and duplicate rows: code, SKU, row, what was found and what is wanted.
func found(t *testing.T, w *warehouse.Warehouse) []string {
	t.Helper()
	exceptions, err := w.Exceptions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range exceptions {
		if strings.HasPrefix(e.Code, "STOCK_") || e.Code == "KEY_SKU_DUPLICATE" {
			list = append(list, fmt.Sprintf("%s %s:%d: %s; wanted %s", e.Code, e.SKU, e.Row, e.Found, e.Wanted))
		}
	}
	return list
}

// TestQuantities holds the rules that lead from the cells of a feed to the units Faire is to have.
func TestQuantities(t *testing.T) {
	sites := config.Inventory{Columns: config.Columns{"Qty"}, Warehouse: "Site", StartTracking: "created"}
	listed := func(names ...string) config.Inventory {
		made := sites
		made.Warehouses = names
		return made
	}
	kept := func(safety, most int64) config.Inventory {
		return config.Inventory{Columns: config.Columns{"Qty"}, SafetyStock: safety, Cap: most}
	}
	both := config.Inventory{Columns: config.Columns{"Qty", "More"}}
	for name, test := range map[string]struct {
		inventory config.Inventory
		decimal   string
		rows      [][]string // SKU, Name, Site, Qty, More
		want      string
		went      string
		found     []string
	}{
		"one column": {config.Inventory{Columns: config.Columns{"Qty"}}, ".",
			[][]string{{"A", "N", "", "7.9", "1"}, {"B", "N", "", "-3", ""}, {"C", "N", "", "1,200", ""}, {"D", "N", "", "plenty", ""}, {"E", "N", "", "", "4"}},
			"A 7, B 0, C 1200, D -, E -", "in, in, in, in, in",
			[]string{"STOCK_NEGATIVE B:3: -3; wanted 0", "STOCK_UNREADABLE D:5: plenty; wanted a number of units", "STOCK_UNSET E:6: ; wanted a number of units"}},
		"a decimal comma": {config.Inventory{Columns: config.Columns{"Qty"}}, ",",
			[][]string{{"A", "N", "", "1.200", ""}, {"B", "N", "", "7,9", ""}, {"C", "N", "", "1.200,5", ""}, {"D", "N", "", "7.9", ""}},
			"A 1200, B 7, C 1200, D -", "in, in, in, in", []string{"STOCK_UNREADABLE D:5: 7.9; wanted a number of units"}},
		"columns added up": {both, ".",
			[][]string{{"A", "N", "", "5", "3"}, {"B", "N", "", "", "3"}, {"C", "N", "", "5", "  "}, {"D", "N", "", "", ""}, {"E", "N", "", "5", "few"},
				{"F", "N", "", "0.5", "0.5"}, {"G", "N", "", "-4", "3"}, {"H", "N", "", "2", "2"}, {"I", "N", "", "5\n3", "1"}, {"J", "N", "", "5", "!clear"}},
			"A 8, B 3, C 5, D -, E -, F 1, G 0, H 4, I -, J -", "in, in, in, in, in, in, in, in, in, in",
			[]string{"STOCK_NEGATIVE G:8: -4 + 3; wanted 0", "STOCK_UNREADABLE E:6: 5 + few; wanted a number of units",
				"STOCK_UNREADABLE I:10: 5\n3 + 1; wanted a number of units", "STOCK_UNREADABLE J:11: 5 + !clear; wanted a number of units",
				"STOCK_UNSET D:5: ; wanted a number of units"}},
		"columns with decimal commas": {both, ",", [][]string{{"A", "N", "", "1.200,5", "0,5"}}, "A 1201", "in", nil},
		"a line break in the one cell": {config.Inventory{Columns: config.Columns{"Qty"}}, ".", [][]string{{"A", "N", "", "5\n3", ""}}, "A -", "in",
			[]string{"STOCK_UNREADABLE A:2: 5\n3; wanted a number of units"}},
		"kept back": {kept(3, 0), ".", [][]string{{"A", "N", "", "10", ""}, {"B", "N", "", "2", ""}, {"C", "N", "", "", ""}, {"D", "N", "", "-2", ""}, {"E", "N", "", "3.9", ""}},
			"A 7, B 0, C -, D 0, E 0", "in, in, in, in, in", []string{"STOCK_NEGATIVE D:5: -2; wanted 0", "STOCK_UNSET C:4: ; wanted a number of units"}},
		"capped": {kept(0, 5), ".", [][]string{{"A", "N", "", "10", ""}, {"B", "N", "", "2", ""}, {"C", "N", "", "", ""}, {"D", "N", "", "5", ""}},
			"A 5, B 2, C -, D 5", "in, in, in, in", []string{"STOCK_UNSET C:4: ; wanted a number of units"}},
		"kept back, then capped": {kept(3, 5), ".", [][]string{{"A", "N", "", "10", ""}, {"B", "N", "", "7", ""}, {"C", "N", "", "1", ""}}, "A 5, B 4, C 0", "in, in, in", nil},

		"all warehouses": {sites, ".",
			[][]string{{"A", "N", "NYC", "5", ""}, {"A", "N", "LA", "3.5", ""}, {"B", "N", "LA", "2.5", ""}, {"A", "N", "", "1.5", ""}, {"B", "N", "NYC", "", ""}},
			"A 10, B 2", "in, ignored FEED_WAREHOUSE_ROW, in, ignored FEED_WAREHOUSE_ROW, ignored FEED_WAREHOUSE_ROW", nil},
		"listed warehouses": {listed("nyc", "LA\u00a0East"), ".",
			[][]string{{"A", "N", "NYC ", "5", ""}, {"A", "N", "LA  East", "3", ""}, {"A", "N", "Reno", "100", ""}, {"B", "N", "Reno", "9", ""}, {"C", "N", "", "9", ""}},
			"A 8, B 0, C 0", "in, ignored FEED_WAREHOUSE_ROW, ignored FEED_WAREHOUSE_ROW, in, in", nil},
		"the first row is in another warehouse": {listed("LA"), ".",
			[][]string{{"A", "N", "Reno", "5", ""}, {"A", "N", "LA", "3", ""}}, "A 3", "in, ignored FEED_WAREHOUSE_ROW", nil},
		"a blank is 0 unless all are": {listed("NYC", "LA"), ".",
			[][]string{{"A", "N", "NYC", "", ""}, {"A", "N", "LA", "3", ""}, {"B", "N", "NYC", "", ""}, {"B", "N", "LA", "", ""}, {"B", "N", "Reno", "4", ""}},
			"A 3, B -", "in, ignored FEED_WAREHOUSE_ROW, in, ignored FEED_WAREHOUSE_ROW, ignored FEED_WAREHOUSE_ROW",
			[]string{"STOCK_UNSET B:4: ; wanted a number of units"}},
		"unreadable where it counts": {listed("NYC", "LA"), ".",
			[][]string{{"A", "N", "NYC", "5", ""}, {"A", "N", "LA", "few", ""}, {"B", "N", "NYC", "5", ""}, {"B", "N", "Reno", "few", ""},
				{"C", "N", "Reno", "few", ""}, {"C", "N", "LA", "lots", ""}},
			"A -, B 5, C -", "in, ignored FEED_WAREHOUSE_ROW, in, ignored FEED_WAREHOUSE_ROW, in, ignored FEED_WAREHOUSE_ROW",
			[]string{"STOCK_UNREADABLE A:3: 5 + few; wanted a number of units", "STOCK_UNREADABLE C:7: lots; wanted a number of units"}},
		"nothing but blanks and other warehouses": {listed("NYC"), ".", [][]string{{"A", "N", "NYC", "", ""}, {"B", "N", "Reno", "4", ""}}, "A -, B 0", "in, in",
			[]string{"STOCK_UNSET A:2: ; wanted a number of units"}},
		"below zero in sum only": {sites, ".",
			[][]string{{"A", "N", "NYC", "-2", ""}, {"A", "N", "LA", "5", ""}, {"B", "N", "NYC", "-7", ""}, {"B", "N", "LA", "5", ""}},
			"A 3, B 0", "in, ignored FEED_WAREHOUSE_ROW, in, ignored FEED_WAREHOUSE_ROW", []string{"STOCK_NEGATIVE B:4: -7 + 5; wanted 0"}},
		"columns and warehouses": {config.Inventory{Columns: config.Columns{"Qty", "More"}, Warehouse: "Site"}, ".",
			[][]string{{"A", "N", "NYC", "1", "2"}, {"A", "N", "LA", "", "4"}}, "A 7", "in, ignored FEED_WAREHOUSE_ROW", nil},
		"kept back of the sum": {config.Inventory{Columns: config.Columns{"Qty"}, Warehouse: "Site", SafetyStock: 2, Cap: 5}, ".",
			[][]string{{"A", "N", "NYC", "1", ""}, {"A", "N", "LA", "2", ""}, {"B", "N", "NYC", "8", ""}, {"B", "N", "LA", "8", ""}},
			"A 1, B 5", "in, ignored FEED_WAREHOUSE_ROW, in, ignored FEED_WAREHOUSE_ROW", nil},

		"the same row twice": {sites, ".",
			[][]string{{"A", "N", "NYC", "5", ""}, {"A", "N", "LA", "3", ""}, {"A", "N", "LA", "3", ""}, {"A", "N", " la", "3", ""}, {"A", "N", "NYC", "5", ""}},
			"A 8", "in, ignored FEED_WAREHOUSE_ROW, ignored FEED_ROW_DUPLICATE, ignored FEED_ROW_DUPLICATE, ignored FEED_ROW_DUPLICATE", nil},
		"two quantities in one warehouse": {sites, ".",
			[][]string{{"A", "N", "NYC", "5", ""}, {"A", "N", "LA", "3", ""}, {"A", "N", "LA", "4", ""}, {"A", "N", "LA", "4", ""}, {"B", "N", "LA", "4", ""}},
			"B 4", "held KEY_SKU_DUPLICATE, held KEY_SKU_DUPLICATE, held KEY_SKU_DUPLICATE, ignored FEED_ROW_DUPLICATE, in",
			[]string{"KEY_SKU_DUPLICATE A:2: A in NYC; wanted one row per warehouse, equal but for the quantity; 3 bear it",
				"KEY_SKU_DUPLICATE A:3: A in LA; wanted one row per warehouse, equal but for the quantity; 3 bear it",
				"KEY_SKU_DUPLICATE A:4: A in LA; wanted one row per warehouse, equal but for the quantity; 3 bear it"}},
		"warehouses disagree about the style": {sites, ".",
			[][]string{{"A", "N", "NYC", "5", ""}, {"A", "M", "LA", "3", ""}}, "", "held KEY_SKU_DUPLICATE, held KEY_SKU_DUPLICATE",
			[]string{"KEY_SKU_DUPLICATE A:2: A in NYC; wanted one row per warehouse, equal but for the quantity; 2 bear it",
				"KEY_SKU_DUPLICATE A:3: A in LA; wanted one row per warehouse, equal but for the quantity; 2 bear it"}},
		"no warehouse column": {config.Inventory{Columns: config.Columns{"Qty"}}, ".",
			[][]string{{"A", "N", "NYC", "5", ""}, {"A", "N", "LA", "3", ""}, {"B", "N", "NYC", "5", ""}, {"B", "N", "LA", "5", ""}},
			"B 5", "held KEY_SKU_DUPLICATE, held KEY_SKU_DUPLICATE, in, ignored FEED_ROW_DUPLICATE",
			[]string{"KEY_SKU_DUPLICATE A:2: A; wanted one row; 2 bear it", "KEY_SKU_DUPLICATE A:3: A; wanted one row; 2 bear it"}},

		"an unknown warehouse": {listed("NYC", "Boston"), ".", [][]string{{"A", "N", "NYC", "5", ""}, {"A", "N", "LA", "3", ""}}, "A 5", "in, ignored FEED_WAREHOUSE_ROW",
			[]string{"STOCK_WAREHOUSE_UNKNOWN :0: Boston; wanted one of LA, NYC"}},
		"no listed warehouse is known": {listed("New York", "Boston"), ".", [][]string{{"A", "N", "NYC", "5", ""}, {"A", "N", "LA", "3", ""}, {"B", "N", "LA", "3", ""}},
			"A -, B -", "in, ignored FEED_WAREHOUSE_ROW, in",
			[]string{"STOCK_UNSET :0: no row has a quantity; 2 variants would be made without; wanted a number of units",
				"STOCK_WAREHOUSE_UNKNOWN :0: Boston; wanted one of LA, NYC", "STOCK_WAREHOUSE_UNKNOWN :0: New York; wanted one of LA, NYC"}},
		"no row has a warehouse": {listed("NYC"), ".", [][]string{{"A", "N", "", "5", ""}}, "A -", "in",
			[]string{"STOCK_UNSET :0: no row has a quantity; 1 variants would be made without; wanted a number of units",
				"STOCK_WAREHOUSE_UNKNOWN :0: NYC; wanted a row with a warehouse"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := stocked(t, test.rows, nil, nil, func(c *config.Config) { c.Inventory, c.Sources[0].Decimal = test.inventory, test.decimal })
			if diff := cmp.Diff(test.want, quantities(t, w)); diff != "" {
				t.Errorf("quantities (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.went, went(t, w)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.found, found(t, w)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// onFaire is a product of variants V-1, V-2 … with these units, nil for one that is not tracked.
func onFaire(units ...*int64) catalog.Product {
	p := catalog.Product{FaireID: "p_1", Name: "N", Lifecycle: catalog.Published}
	for i, available := range units {
		p.Variants = append(p.Variants, catalog.Variant{FaireID: fmt.Sprintf("po_%d", i+1), SKU: fmt.Sprintf("V-%d", i+1), Available: available})
	}
	return p
}

// TestStockNarrowing: which variants Go gets to see for the sake of their stock alone, how many are tracked, and what is said of
// those that stay untracked.
func TestStockNarrowing(t *testing.T) {
	rows := [][]string{{"V-1", "N", "", "5", ""}, {"V-2", "N", "", "5", ""}, {"V-3", "N", "", "5", ""}, {"V-4", "N", "", "5", ""}, {"V-5", "N", "", "", ""}, {"V-6", "N", "", "", ""},
		{"V-7", "N", "", "5", "", "no"}}
	faire := []catalog.Product{onFaire(number(5), number(4), nil, nil, number(9), nil, nil)}
	// Earlier runs linked all of them and made V-4, V-5 and V-6. V-7 is inactive: it is listed for that, and keeps no one waiting.
	linked := plan.State{Key: "wms:S1", ProductID: "p_1", Generation: 1, Variants: map[string]plan.VariantState{}}
	for i := range faire[0].Variants {
		v := faire[0].Variants[i]
		linked.Variants[v.FaireID] = plan.VariantState{Key: "wms:" + v.SKU, SKU: v.SKU, SourceSKU: v.SKU, Created: i >= 3 && i <= 5, Generation: 1}
	}
	objects := recorded(t, ledger.Record{Run: "r0", Now: noon, States: map[string]plan.State{"p_1": linked}})
	const stays = "STOCK_UNTRACKED :0: 1 variant of 1 product; wanted "
	for name, test := range map[string]struct {
		change func(*config.Config)
		want   string
		found  []string
	}{
		"ours":         {func(*config.Config) {}, "V-2, V-4, V-7", []string{stays}},
		"said to be":   {func(c *config.Config) { c.Fields = map[string]string{"on_hand": "ours"} }, "V-2, V-4, V-7", []string{stays}},
		"theirs":       {func(c *config.Config) { c.Fields = map[string]string{"on_hand": "theirs"} }, "V-4, V-7", []string{stays}},
		"create only":  {func(c *config.Config) { c.Fields = map[string]string{"on_hand": "create_only"} }, "V-4, V-7", []string{stays}},
		"on the shelf": {func(c *config.Config) { c.Inventory.Means = "on_hand" }, "V-1, V-2, V-4, V-7", []string{stays}}, // of V-1 it is not known
		"excluded":     {func(c *config.Config) { c.Fields = map[string]string{"on_hand": "exclude"} }, "V-7", nil},
		"tracked all":  {func(c *config.Config) { c.Inventory.StartTracking = "all" }, "V-2, V-3, V-4, V-7", nil},
		"kept back":    {func(c *config.Config) { c.Inventory.SafetyStock = 1 }, "V-1, V-4, V-7", []string{stays}},
		"no quantity":  {func(c *config.Config) { c.Inventory.Columns = nil }, "V-7", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := stocked(t, rows, objects, faire, test.change)
			var listed []string
			for _, row := range read(t, w, "variant_difference") {
				listed = append(listed, strings.TrimPrefix(row["variant_key"], "wms:"))
			}
			slices.Sort(listed)
			if diff := cmp.Diff(test.want, strings.Join(listed, ", ")); diff != "" {
				t.Errorf("listed (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.found, found(t, w)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			census, err := w.Census(t.Context())
			if err != nil || census.Tracked != 3 {
				t.Errorf("%d variants are tracked, want 3; %v", census.Tracked, err)
			}
		})
	}
}

// TestMadeByToken: where the record of what we made is lost, our idempotence token on the variant tells.
func TestMadeByToken(t *testing.T) {
	rows := [][]string{{"V-1", "N", "", "5", ""}, {"V-2", "N", "", "5", ""}}
	plain := func(*config.Config) {}
	product := onFaire(nil, nil)
	for _, row := range read(t, stocked(t, rows, nil, nil, plain), "wanted_variant") {
		if row["source_sku"] == "V-2" {
			product.Variants[1].Token = row["token"]
		}
	}
	if product.Variants[1].Token == "" {
		t.Fatal("V-2 has no token")
	}
	want := []string{"STOCK_UNTRACKED :0: 1 variant of 1 product; wanted "}
	if diff := cmp.Diff(want, found(t, stocked(t, rows, nil, []catalog.Product{product}, plain))); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}
