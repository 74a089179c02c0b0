package warehouse_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/config"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/stage"
	"fairesync/pipeline/warehouse"
)

// A primary source without wholesale prices, as text: SKU, style, name, retail, images, quantity, site, color.
var (
	wmsColumns = []string{"sku", "style", "name", "retail", "image", "qty", "site", "color"}
	wmsFields  = map[string][]string{"sku": {"sku"}, "style": {"style"}, "style_code": {"style"}, "name": {"name"}, "price[USA].retail": {"retail"},
		"images": {"image"}, "quantity": {"qty"}, "warehouse": {"site"}, "option1_name": {"'Color'"}, "option1_value": {"color"}}
	pricesFields = map[string][]string{"sku": {"item"}, "name": {"title"}, "price[USA].wholesale": {"wsp"}, "price[USA].retail": {"msrp"},
		"images": {"photo"}, "quantity": {"stock"}, "option1_value": {"shade"}, "option1_name": {"label"}, "description": {"copy"}}
	pricesColumns = []string{"item", "title", "wsp", "msrp", "photo", "stock", "shade", "label", "copy", "line"}
)

// given is a row of a supplement by column; the others are blank.
func given(n int, values map[string]string) []string {
	row := sku(n)
	row[0], row[5] = "prices.csv", absent
	for _, column := range pricesColumns {
		row = append(row, values[column])
	}
	return row
}

// wms is a row of the primary source, by column.
func wms(n int, values map[string]string) []string {
	row := sku(n)
	for _, column := range wmsColumns {
		row = append(row, values[column])
	}
	return row
}

type cellsOf = map[string]string

// supplemented is a warehouse with a primary source and one supplement, after Transform.
func supplemented(t *testing.T, first, second [][]string, change func(*config.Config)) *warehouse.Warehouse {
	t.Helper()
	w := openIn(t, warehouse.Options{Set: relations(t), Dir: t.TempDir()})
	deliver(t, w, "wms", item(wmsFields, wmsColumns...), 100, first)
	deliver(t, w, "prices", item(pricesFields, pricesColumns...), 100, second)
	in := inputs(func(in *ledger.Inputs) {
		in.Config.Sources = append(in.Config.Sources, config.Source{Name: "prices", Kind: "files"})
		in.Config.Prices = []config.Price{{Geography: "USA", Currency: "USD"}}
		if change != nil {
			change(&in.Config)
		}
	})
	prepare(t, w, in)
	if err := w.Transform(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

// picked are some columns of a relation's rows.
func picked(rows []map[string]string, columns ...string) []string {
	var made []string
	for _, row := range rows {
		cells := make([]string, len(columns))
		for i, column := range columns {
			cells[i] = row[column]
		}
		made = append(made, strings.Join(cells, "|"))
	}
	return made
}

// What a supplement gives to a row, by rule. Rows are shown as SKU, name, wholesale, retail, images, quantity, color.
func TestSupplements(t *testing.T) {
	full := cellsOf{"sku": "A", "name": "Tee", "retail": "20", "image": "http://x/1", "qty": "5", "color": "Red"}
	for name, test := range map[string]struct {
		first, second [][]string
		change        func(*config.Config)
		want          []string
		from          []string // field_source as SKU's item, field, row
	}{
		"fills what is blank": {
			first:  [][]string{wms(1, full), wms(2, cellsOf{"sku": "B"})},
			second: [][]string{given(1, cellsOf{"item": "A", "title": "Shirt", "wsp": "9"}), given(2, cellsOf{"item": "B", "title": "Cap", "wsp": "8", "msrp": "16"})},
			want:   []string{"A|Tee|9|20|http://x/1|5|Red", "B|Cap|8|16|||"},
			from:   []string{"1|price[USA].wholesale|2", "2|name|3", "2|price[USA].retail|3", "2|price[USA].wholesale|3"},
		},
		"makes no product and is joined by the cleaned key, capitals too": {
			first:  [][]string{wms(1, cellsOf{"sku": "A-1"}), wms(2, cellsOf{"sku": "a-1"})},
			second: [][]string{given(1, cellsOf{"item": " A\u20111\u00a0", "wsp": "9"}), given(2, cellsOf{"item": "C", "wsp": "8"})},
			want:   []string{"A-1||9||||", "a-1||||||"},
			from:   []string{"1|price[USA].wholesale|2"},
		},
		"what one row of a SKU has its other rows are not given": {
			first:  [][]string{wms(1, cellsOf{"sku": "A", "name": "Tee"}), wms(2, cellsOf{"sku": "A"})},
			second: [][]string{given(1, cellsOf{"item": "A", "title": "Cap", "wsp": "9"})},
			want:   []string{"A|Tee|9||||", "A||9||||"},
			from:   []string{"1|price[USA].wholesale|2", "2|price[USA].wholesale|2"},
		},
		"a placeholder is blank": {
			first:  [][]string{wms(1, cellsOf{"sku": "A", "name": "n/a"}), wms(2, cellsOf{"sku": "B", "name": "TBD"})},
			second: [][]string{given(1, cellsOf{"item": "A", "title": "Cap"}), given(2, cellsOf{"item": "B", "title": "N/A"})},
			want:   []string{"A|Cap|||||", "B|TBD|||||"},
			from:   []string{"1|name|2"},
		},
		"precedence": {
			first:  [][]string{wms(1, full), wms(2, cellsOf{"sku": "B", "retail": "30"})},
			second: [][]string{given(1, cellsOf{"item": "A", "title": "Shirt", "msrp": "22", "photo": "http://x/2"})},
			change: func(c *config.Config) {
				c.Precedence = map[string]config.Names{"retail": {"prices", "wms"}, "images": {"prices"}}
			},
			want: []string{"A|Tee||22|http://x/2|5|Red", "B|||30|||"},
			from: []string{"1|images|2", "1|price[USA].retail|2"},
		},
		"a source that is not listed is not asked": {
			first:  [][]string{wms(1, full), wms(2, cellsOf{"sku": "B"})},
			second: [][]string{given(1, cellsOf{"item": "B", "title": "Cap", "msrp": "22"})},
			change: func(c *config.Config) {
				c.Precedence = map[string]config.Names{"name": {"wms"}, "price[USA].retail": {"prices"}}
			},
			want: []string{"A|Tee|||http://x/1|5|Red", "B|||22|||"},
			from: []string{"2|price[USA].retail|2"},
		},
		"the name of an option comes with its value": {
			first:  [][]string{wms(1, full), wms(2, cellsOf{"sku": "B"})},
			second: [][]string{given(1, cellsOf{"item": "A", "shade": "Blue", "label": "Shade"}), given(2, cellsOf{"item": "B", "shade": "Blue"})},
			change: func(c *config.Config) { c.Precedence = map[string]config.Names{"option1_value": {"prices", "wms"}} },
			want:   []string{"A|Tee||20|http://x/1|5|Blue", "B||||||Blue"},
			from:   []string{"1|option1_name|2", "1|option1_value|2", "2|option1_name|", "2|option1_value|3"},
		},
		"the name of an option goes with a value that is disputed": {
			first:  [][]string{wms(1, cellsOf{"sku": "A"})},
			second: [][]string{given(1, cellsOf{"item": "A", "shade": "Blue", "label": "Shade"}), given(2, cellsOf{"item": "A", "shade": "Red", "label": "Shade"})},
			want:   []string{"A||||||"},
			from:   []string{"1|option1_name|2", "1|option1_value|2"},
		},
		"rows that are left out get nothing and count for nothing": {
			first: [][]string{wms(1, cellsOf{"sku": "A", "site": "OLD"}), {"feed.csv", "3", stage.KindQuarantined, "FEED_ROW_SHAPE", absent, "S1", "A", "", "", "", "", "", "", ""},
				wms(3, cellsOf{"sku": "A", "site": "NYC"})},
			second: [][]string{given(1, cellsOf{"item": "A", "stock": "7"})},
			change: func(c *config.Config) { c.Sources[0].Exclude = map[string][]string{"site": {"OLD"}} },
			want:   []string{"A||||||", "A||||||", "A|||||7|"},
			from:   []string{"3|quantity|2", "3|warehouse|"},
		},
		"rows that say the same": {
			first:  [][]string{wms(1, cellsOf{"sku": "A"})},
			second: [][]string{given(1, cellsOf{"item": "A", "wsp": "9"}), given(2, cellsOf{"item": "A", "wsp": "$9.00", "title": "Cap"}), given(3, cellsOf{"item": "A", "title": " Cap"})},
			want:   []string{"A|Cap|9||||"},
			from:   []string{"1|name|3", "1|price[USA].wholesale|2"},
		},
		"rows that disagree": {
			first: [][]string{wms(1, cellsOf{"sku": "A"}), wms(2, cellsOf{"sku": "B", "name": "Tee"})},
			second: [][]string{given(1, cellsOf{"item": "A", "wsp": "9", "title": "Cap"}), given(2, cellsOf{"item": "A", "wsp": "8"}),
				given(3, cellsOf{"item": "A", "wsp": "TBD"})},
			want: []string{"A|Cap|||||", "B|Tee|||||"},
			from: []string{"1|name|2", "1|price[USA].wholesale|2"},
		},
		"nothing is taken in the place of rows that disagree": {
			first:  [][]string{wms(1, cellsOf{"sku": "A", "retail": "20"})},
			second: [][]string{given(1, cellsOf{"item": "A", "msrp": "22"}), given(2, cellsOf{"item": "A", "msrp": "23"})},
			change: func(c *config.Config) { c.Precedence = map[string]config.Names{"retail": {"prices", "wms"}} },
			want:   []string{"A||||||"},
			from:   []string{"1|price[USA].retail|2"},
		},
		"the filter of a supplement is of its rows": {
			first:  [][]string{wms(1, cellsOf{"sku": "A"})},
			second: [][]string{given(1, cellsOf{"item": "A", "wsp": "9", "line": "OLD"}), given(2, cellsOf{"item": "A", "wsp": "8", "line": "NEW"})},
			change: func(c *config.Config) { c.Sources[1].Exclude = map[string][]string{"line": {"OLD"}} },
			want:   []string{"A||8||||"},
			from:   []string{"1|price[USA].wholesale|3"},
		},
		"a decimal comma": {
			first:  [][]string{wms(1, cellsOf{"sku": "A"})},
			second: [][]string{given(1, cellsOf{"item": "A", "wsp": "1.234,50", "stock": "1,5", "title": "1,5"})},
			change: func(c *config.Config) { c.Sources[1].Decimal = "," },
			want:   []string{"A|1,5|1,234.50|||1.5|"},
			from:   []string{"1|name|2", "1|price[USA].wholesale|2", "1|quantity|2", "1|warehouse|"},
		},
		"a quantity counts once for the rows of a SKU": {
			first: [][]string{wms(1, cellsOf{"sku": "A", "site": "NYC"}), wms(2, cellsOf{"sku": "A", "site": "LA"}), wms(3, cellsOf{"sku": "B", "qty": "3", "site": "NYC"}),
				wms(4, cellsOf{"sku": "B", "site": "LA"})},
			second: [][]string{given(1, cellsOf{"item": "A", "stock": "7"}), given(2, cellsOf{"item": "B", "stock": "9"})},
			want:   []string{"A|||||7|", "A||||||", "B|||||3|", "B||||||"},
			from:   []string{"1|quantity|2", "1|warehouse|", "2|quantity|2", "2|warehouse|"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := supplemented(t, test.first, test.second, test.change)
			items, prices := read(t, w, "item"), read(t, w, "item_price")
			for i := range items {
				items[i]["wholesale"], items[i]["retail"] = prices[i]["wholesale"], prices[i]["retail"]
			}
			if diff := cmp.Diff(test.want, picked(items, "sku", "name", "wholesale", "retail", "images", "quantity", "option1_value")); diff != "" {
				t.Errorf("items (-want +got):\n%s", diff)
			}
			for i := range items { // the name of an option is there with its value only; with the supplement's, its own
				if items[i]["option1_value"] == "" && items[i]["sku"] == "A" && slices.Contains(test.from, "1|option1_name|2") && items[i]["option1_name"] != "" {
					t.Errorf("option1_name is %q without a value", items[i]["option1_name"])
				}
			}
			if diff := cmp.Diff(test.from, picked(read(t, w, "field_source"), "item_id", "field", "row")); diff != "" {
				t.Errorf("field_source (-want +got):\n%s", diff)
			}
		})
	}
}

// A supplement whose rows are of styles gives to all SKUs of one; its images are the product's.
func TestSupplementOfStyles(t *testing.T) {
	w := openIn(t, warehouse.Options{Set: relations(t), Dir: t.TempDir()})
	deliver(t, w, "wms", item(map[string][]string{"sku": {"sku"}, "style_code": {"code"}, "description": {"text"}}, "sku", "code", "text"), 10,
		[][]string{sku(1, "A-1", "A", ""), sku(2, "A-2", "A", "own"), sku(3, "B-1", "B", ""), {"feed.csv", "5", stage.KindParent, absent, absent, "S1", "", "B", ""},
			{"feed.csv", "6", stage.KindIgnored, "FEED_KIND_IGNORED", absent, "S1", "A-3", "A", ""}})
	table := item(map[string][]string{"sku": {"style no"}, "style": {"style no"}, "description": {"copy"}, "images": {"photo"}}, "style no", "copy", "photo")
	table.Reads = map[string][]string{"sku": {"style no"}, "style": {"style no"}, "description": {"copy"}, "images": {"photo"}}
	deliver(t, w, "looks", table, 10, [][]string{sku(1, "A", "Long copy", "http://x/a"), sku(2, "B", "", "http://x/b"), sku(3, "C", "", "http://x/c"), sku(4, "", "x", "")})
	prepare(t, w, inputs(func(in *ledger.Inputs) {
		in.Config.Sources = append(in.Config.Sources, config.Source{Name: "looks", Kind: "files", Join: config.JoinStyle})
		in.Config.Prices = []config.Price{{Geography: "USA", Currency: "USD"}}
	}))
	if err := w.Transform(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{"A-1|Long copy||http://x/a", "A-2|own||http://x/a", "B-1|||http://x/b", "|||http://x/b", "A-3|||"}
	if diff := cmp.Diff(want, picked(read(t, w, "item"), "sku", "description", "images", "product_images")); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
	var got []string
	for _, row := range picked(read(t, w, "finding"), "code", "entity_key", "field", "found") {
		if strings.HasPrefix(row, "FEED_SUPPLEMENT_") || strings.Contains(row, "looks:") {
			got = append(got, row)
		}
	}
	if diff := cmp.Diff([]string{"FEED_SUPPLEMENT_UNMATCHED|looks|style|1 style: C", "KEY_SKU_MISSING|looks:feed.csv:5|style|"}, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

// A name that a supplement gives is no fallback of the primary source's, which would be used for creates only.
func TestNameOfASupplementIsNoFallback(t *testing.T) {
	w := openIn(t, warehouse.Options{Set: relations(t), Dir: t.TempDir()})
	deliver(t, w, "wms", item(map[string][]string{"sku": {"sku"}, "name": {"title", "sku"}}, "sku", "title"), 10, [][]string{sku(1, "A", ""), sku(2, "B", "")})
	deliver(t, w, "names", item(map[string][]string{"sku": {"sku"}, "name": {"title"}}, "sku", "title"), 10, [][]string{sku(1, "A", "Tee")})
	prepare(t, w, inputs(func(in *ledger.Inputs) {
		in.Config.Sources = append(in.Config.Sources, config.Source{Name: "names", Kind: "files"})
		in.Config.Prices = []config.Price{{Geography: "USA", Currency: "USD"}}
		in.Config.Precedence = map[string]config.Names{"name": {"names", "wms"}}
	}))
	if err := w.Transform(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Tee|1", "B|2"}, picked(read(t, w, "item"), "name", "name_choice")); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

// A feed computes a style and images for every row; where no column has them it is not asked for them.
func TestFieldsWithoutColumn(t *testing.T) {
	for name, reads := range map[string]map[string][]string{"told": {"name": {"title"}}, "with a style": {"style": {"line"}, "images": {"photo"}}, "not told": nil} {
		t.Run(name, func(t *testing.T) {
			w := openIn(t, warehouse.Options{Set: relations(t), Dir: t.TempDir()})
			deliver(t, w, "wms", item(map[string][]string{"sku": {"sku"}, "style": {"_style"}}, "sku"), 10, [][]string{sku(1, "A")})
			table := item(map[string][]string{"sku": {"sku"}, "name": {"title"}, "style": {"_style"}, "images": {"_images"}}, "sku", "title", "_images")
			table.Reads = reads
			row := sku(1, "A", "Tee", "http://x/1")
			row[5] = "A"
			deliver(t, w, "more", table, 10, [][]string{row})
			prepare(t, w, inputs(func(in *ledger.Inputs) {
				in.Config.Sources = append(in.Config.Sources, config.Source{Name: "more", Kind: "files"})
				in.Config.Prices = []config.Price{{Geography: "USA", Currency: "USD"}}
				in.Config.Precedence = map[string]config.Names{"style": {"more", "wms"}}
			}))
			if err := w.Transform(t.Context()); err != nil {
				t.Fatal(err)
			}
			want := []string{"A|http://x/1|Tee"}
			if name == "told" {
				want = []string{"S1||Tee"}
			}
			if diff := cmp.Diff(want, picked(read(t, w, "item"), "style", "images", "name")); diff != "" {
				t.Errorf("item (-want +got):\n%s", diff)
			}
		})
	}
}

// A finding about a value points at where the value stands.
func TestFindingsPointAtTheSupplement(t *testing.T) {
	w := supplemented(t, [][]string{wms(1, cellsOf{"sku": "A", "name": "Tee", "retail": "20", "image": "http://x/1"}), wms(2, cellsOf{"sku": "B", "name": "Cap", "retail": "x"}),
		wms(3, cellsOf{"sku": "C", "name": "Mug", "retail": "10"}), wms(4, cellsOf{"sku": "D", "name": "Jug"})},
		[][]string{given(1, cellsOf{"item": "B", "wsp": "TBD"}), given(2, cellsOf{"item": "A", "wsp": "19"}), given(3, cellsOf{"item": "C", "wsp": "5"}),
			given(4, cellsOf{"item": "C", "wsp": "6"}), given(5, cellsOf{"item": "a", "wsp": "6"}), given(6, nil), given(7, cellsOf{"item": "1.2E+10"}),
			{"prices.csv", "9", stage.KindParent, absent, absent, absent, "", "", "", "", "", "", "", "", "", ""},
			{"prices.csv", "10", stage.KindQuarantined, "FEED_ROW_SHAPE", absent, absent, "", "", "", "", "", "", "", "", "", ""},
			given(10, cellsOf{"item": "D", "wsp": "5"}), given(11, cellsOf{"item": "D", "msrp": "10"}), given(12, cellsOf{"item": "D", "msrp": "11"}),
			given(13, cellsOf{"item": "D", "wsp": "6"})}, nil)
	found, err := w.Exceptions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []told
	for _, e := range found {
		if strings.HasPrefix(e.Code, "PRICE_") || strings.HasPrefix(e.Code, "FEED_SUPPLEMENT") || strings.HasPrefix(e.Code, "KEY_") || e.Code == "FEED_ROW_SHAPE" {
			got = append(got, told{e.Code, e.Source, e.SKU, e.Field, e.Found, e.Proposal, e.File, e.Row})
		}
	}
	want := []told{
		{"FEED_ROW_SHAPE", "prices", "", "sku", "", "", "prices.csv", 10},
		{"FEED_SUPPLEMENT_DISAGREES", "prices", "C", "price[USA]", "5 (prices.csv row 4); 6 (prices.csv row 5)", "", "prices.csv", 4},
		{"FEED_SUPPLEMENT_DISAGREES", "prices", "D", "price[USA]", "10 (prices.csv row 12); 11 (prices.csv row 13)", "", "prices.csv", 12},
		{"FEED_SUPPLEMENT_DISAGREES", "prices", "D", "price[USA]", "5 (prices.csv row 11); 6 (prices.csv row 14)", "", "prices.csv", 11},
		{"FEED_SUPPLEMENT_UNMATCHED", "prices", "", "sku", "1 SKU: a", "A for a", "", 0},
		{"KEY_SKU_MANGLED", "prices", "1.2E+10", "sku", "1.2E+10", "", "prices.csv", 8},
		{"KEY_SKU_MISSING", "prices", "", "sku", "", "", "prices.csv", 7},
		{"PRICE_RATIO_LOW", "prices", "A", "price[USA]", "", "", "prices.csv", 3},
		{"PRICE_RETAIL_MISSING", "prices", "D", "price[USA]", "", "", "prices.csv", 12},
		{"PRICE_UNREADABLE", "prices", "B", "price[USA]", "TBD", "", "prices.csv", 2},
		{"PRICE_UNREADABLE", "wms", "B", "price[USA]", "x", "", "feed.csv", 3},
		{"PRICE_WHOLESALE_MISSING", "prices", "C", "price[USA]", "", "", "prices.csv", 4},
		{"PRICE_WHOLESALE_MISSING", "prices", "D", "price[USA]", "", "", "prices.csv", 11},
	}
	for i := range got { // what the ratio says is price_ratio's to say
		if got[i].Code == "PRICE_RATIO_LOW" {
			got[i].Found, got[i].Proposal = "", ""
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

type told struct {
	Code, Source, SKU, Field, Found, Proposal, File string
	Row                                             int64
}

// What no source has is told once, with what each of them was asked.
func TestFieldMissing(t *testing.T) {
	for name, test := range map[string]struct {
		first, second [][]string
		want          []string
	}{
		"no column and blank columns": {
			[][]string{wms(1, cellsOf{"sku": "A", "retail": "20"})}, [][]string{given(1, cellsOf{"item": "A"})},
			[]string{
				"FEED_FIELD_ABSENT|category|wms has no column for it; prices has no column for it",
				"FEED_FIELD_ABSENT|description|wms has no column for it; prices: blank in every row of copy",
				"FEED_FIELD_ABSENT|images|wms: blank in every row of image; prices: blank in every row of photo",
				"FEED_FIELD_MISSING|name|wms: blank in every row of name; prices: blank in every row of title",
				"FEED_FIELD_MISSING|price[USA].wholesale|wms has no column for it; prices: blank in every row of wsp",
			},
		},
		"one row is enough": {
			[][]string{wms(1, cellsOf{"sku": "A", "name": "Tee", "image": "http://x/1"}), wms(2, cellsOf{"sku": "B", "retail": "20"})},
			[][]string{given(1, cellsOf{"item": "B", "wsp": "9", "copy": "Long"})},
			[]string{"FEED_FIELD_ABSENT|category|wms has no column for it; prices has no column for it"},
		},
		"no row stands": {[][]string{wms(1, nil)}, [][]string{given(1, cellsOf{"item": "A"})}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := supplemented(t, test.first, test.second, nil)
			if diff := cmp.Diff(test.want, picked(read(t, w, "field_missing"), "code", "field", "found")); diff != "" {
				t.Errorf("field_missing (-want +got):\n%s", diff)
			}
		})
	}
}

// A supplement that delivered nothing, or whose mapping cannot be used, ends the run.
func TestSupplementRefusals(t *testing.T) {
	w := open(t, nil)
	deliver(t, w, "wms", item(wmsFields, wmsColumns...), 1, [][]string{wms(1, nil)})
	in := inputs(func(in *ledger.Inputs) {
		in.Config.Sources = append(in.Config.Sources, config.Source{Name: "prices", Kind: "files"})
	})
	if err := w.Prepare(t.Context(), in); err == nil || err.Error() != "source prices did not deliver its table item" {
		t.Errorf("Prepare = %v", err)
	}
	w = open(t, nil)
	deliver(t, w, "wms", item(wmsFields, wmsColumns...), 1, [][]string{wms(1, nil)})
	deliver(t, w, "prices", item(map[string][]string{"name": {"nobody"}}, pricesColumns...), 1, [][]string{given(1, nil)})
	if err := w.Prepare(t.Context(), in); err == nil || !strings.HasPrefix(err.Error(), `source prices, mapping of name to "nobody": there is no column`) {
		t.Errorf("Prepare = %v", err)
	}
}

// A run with supplements is computed again from its folder, and one without leaves no tables of them there.
func TestReplayOfSupplements(t *testing.T) {
	for name, supplements := range map[string]int{"none": 0, "one": 1} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			w := openIn(t, warehouse.Options{Set: relations(t), Dir: dir})
			deliver(t, w, "wms", item(wmsFields, wmsColumns...), 100, [][]string{wms(1, cellsOf{"sku": "A", "name": "Tee"}), wms(2, cellsOf{"sku": "B"})})
			in := inputs(func(in *ledger.Inputs) { in.Config.Prices = []config.Price{{Geography: "USA", Currency: "USD"}} })
			if supplements > 0 {
				deliver(t, w, "prices", item(pricesFields, pricesColumns...), 100, [][]string{given(1, cellsOf{"item": "A", "wsp": "9"}), given(2, cellsOf{"item": "C"})})
				in.Config.Sources = append(in.Config.Sources, config.Source{Name: "prices", Kind: "files"})
			}
			mirror(t.Context(), t, w, []catalog.Product{}...)
			prepare(t, w, in)
			if err := w.Transform(t.Context()); err != nil {
				t.Fatal(err)
			}
			left, err := filepath.Glob(filepath.Join(dir, "*", "supplement_*.parquet"))
			if err != nil || len(left) != 2*supplements {
				t.Errorf("staged %v, %v", left, err)
			}
			again := openIn(t, warehouse.Options{Set: relations(t), Dir: t.TempDir()})
			if err := again.Replay(t.Context(), ledger.Staged{Run: "r", Dir: dir, Inputs: in, Tables: map[string]string{}, Manifest: stage.Manifest{Entries: w.Entries()}}); err != nil {
				t.Fatal(err)
			}
			if err := again.Transform(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, name := range slices.Concat(relations(t).Inputs(), []string{"field_source", "clean_price", "finding"}) {
				if diff := cmp.Diff(read(t, w, name), read(t, again, name)); diff != "" {
					t.Errorf("%s (-run +replayed):\n%s", name, diff)
				}
			}
			if got := len(read(t, again, "field_source")); got != supplements {
				t.Errorf("field_source has %d rows", got)
			}
		})
	}
}

// A disagreement holds what the plan would send of the field: of the variant, or of the product once.
func TestSupplementDisagreementsHold(t *testing.T) {
	w := openIn(t, warehouse.Options{Set: relations(t), Dir: t.TempDir()})
	deliver(t, w, "wms", item(map[string][]string{"sku": {"sku"}}, "sku"), 10, [][]string{sku(1, "A"), sku(2, "B")})
	fields, columns := map[string][]string{"sku": {"sku"}}, []string{"sku"}
	for _, field := range []string{"name", "tags", "product_images", "option1_value", "gtin", "quantity", "weight", "length", "width", "order_by_date", "style_code"} {
		fields[field], columns = []string{field}, append(columns, field)
	}
	row := func(n int, key, text string) []string {
		row := sku(n, key)
		for range columns[1:] {
			row = append(row, text)
		}
		return row
	}
	deliver(t, w, "more", item(fields, columns...), 10, [][]string{row(1, "A", "1"), row(2, "A", "2"), row(3, "B", "1"), row(4, "B", "1")})
	prepare(t, w, inputs(func(in *ledger.Inputs) {
		in.Config.Sources = append(in.Config.Sources, config.Source{Name: "more", Kind: "files"})
		in.Config.Prices = []config.Price{{Geography: "USA", Currency: "USD"}}
	}))
	if err := w.Transform(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{"gtin|wms:A", "images|", "measurements[dimensions]|wms:A", "measurements[dimensions]|wms:A", "measurements[weight]|wms:A", "name|",
		"on_hand|wms:A", "option|wms:A", "preorder|", "style_code|", "taxonomy|"}
	got := picked(read(t, w, "supplement_disagrees"), "field", "variant_key")
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("held (-want +got):\n%s", diff)
	}
	items := read(t, w, "item")
	for _, field := range columns[1:] {
		if items[0][field] != "" || items[1][field] != "1" {
			t.Errorf("%s of A is %q, of B %q", field, items[0][field], items[1][field])
		}
	}
}
