package warehouse_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/check"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/plan"
	"fairesync/pipeline/warehouse"
)

// outputs are small relations of the names Go reads.
func outputs() map[string]string {
	exceptionColumns := []string{"'PRICE_RATIO' AS code", "source", "'wms:' || sku AS entity_key", "NULL AS product_key", "NULL AS variant_key", "sku", "style",
		"NULL AS name", "NULL AS category", "'price[USA]' AS field", "NULL AS detail", "'11.99' AS found", "'12.50' AS wanted", "NULL AS proposal",
		"file", `"row"`, "'retail' AS column_name", "NULL AS faire_id", "item_id = 2 AS live"}
	rowColumns := []string{"source", "file", `"row"`, "sku", "style", "NULL AS name", "'wms:' || style AS product_key", "'wms:' || sku AS variant_key",
		"NULL AS product_id", "NULL AS variant_id", "NULL AS lifecycle", "CASE WHEN item_id = 1 THEN 'FEED_FILTERED' END AS ignored_by", "NULL AS blocked_by"}
	return map[string]string{
		"60_compare/exception.sql":   relation("exception", "item", "code, entity_key", exceptionColumns, "FROM item"),
		"60_compare/row_account.sql": relation("row_account", "item", "source, file, row", rowColumns, "FROM item"),
		"60_compare/candidate.sql": relation("candidate", "mirror_product, item", "product_key", []string{"product_key", "product_id", "partial"},
			"FROM (SELECT 'wms:' || name AS product_key, product_id, false AS partial FROM mirror_product UNION ALL SELECT 'wms:new', NULL, false) ORDER BY hash(product_key)"),
		"50_desired/desired_document.sql": relation("desired_document", "mirror_product", "product_key", []string{"product_key", "document"},
			`FROM (SELECT 'wms:' || name AS product_key, to_json({'key': 'wms:' || name, 'name': name, 'unit_multiplier': unit_multiplier}) AS document
			 FROM mirror_product WHERE name <> 'b' UNION ALL SELECT 'wms:new', '{"key": "wms:new"}') ORDER BY hash(product_key)`),
		"60_compare/current_document.sql": relation("current_document", "mirror_product, mirror_variant", "product_id",
			[]string{"product_id", "document", "md5(document) AS held_digest", "updated_at", "stock"},
			`FROM (SELECT p.product_id, any_value(p.updated_at) AS updated_at,
			 CAST(to_json({'faire_id': p.product_id, 'variants': list({'faire_id': v.variant_id, 'gtin': v.gtin} ORDER BY position)}) AS VARCHAR) AS document,
			 CAST(to_json(list({'faire_id': v.variant_id, 'available': v.available}) FILTER (WHERE available IS NOT NULL)) AS VARCHAR) AS stock
			 FROM mirror_product p JOIN mirror_variant v USING (product_id) GROUP BY p.product_id)`),
		"60_compare/census.sql": relation("census", "mirror_product", "live_products", []string{"count(*) AS live_products", "1 AS matched_products",
			"2 AS linked_products", "3 AS links_gone", "4 AS links_vanished", "sum(1) AS managed", "5 AS tracked"}, "FROM mirror_product"),
	}
}

func ready(t *testing.T) *warehouse.Warehouse {
	t.Helper()
	w := open(t, outputs())
	deliver(t, w, "wms", item(map[string][]string{"sku": {"sku"}}, "sku"), 10, [][]string{sku(9, "A"), sku(1, "B")})
	a, b := shirt("p_1", "a", noon), shirt("p_2", "b", noon)
	mirror(t.Context(), t, w, b, a)
	memory := ledger.Memory{}
	memory.Objects = recorded(t, ledger.Record{Run: "r0", Now: noon, States: map[string]plan.State{"p_1": state("wms:a", "p_1")},
		Exceptions: []check.Exception{{ID: "x1", Code: "PRICE_RATIO"}}})
	if err := w.Restore(t.Context(), memory); err != nil {
		t.Fatal(err)
	}
	prepare(t, w, inputs(nil))
	if err := w.Transform(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestReads(t *testing.T) {
	w := ready(t)
	exceptions, err := w.Exceptions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	exception := check.Exception{Code: "PRICE_RATIO", Source: "wms", EntityKey: "wms:A", SKU: "A", Style: "S1", Field: "price[USA]", Found: "11.99",
		Wanted: "12.50", File: "feed.csv", Row: 10, Column: "retail"}
	second := exception
	second.EntityKey, second.SKU, second.Row, second.Live = "wms:B", "B", 2, true
	if diff := cmp.Diff([]check.Exception{exception, second}, exceptions); diff != "" {
		t.Errorf("exceptions (-want +got):\n%s", diff)
	}

	type found struct {
		Pair plan.Pair
		Held string
	}
	var pairs []found
	if err := w.Pairs(t.Context(), func(pair plan.Pair, held string) error {
		pairs = append(pairs, found{pair, held})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	current := func(id, held string) (*catalog.Product, string) {
		return &catalog.Product{FaireID: id, UpdatedAt: noon, Variants: []catalog.Variant{{FaireID: "v1_" + id, GTIN: "4006381333931", Available: number(0)},
			{FaireID: "v2_" + id}}}, held
	}
	recordedState := state("wms:a", "p_1")
	onFaireA, heldA := current("p_1", mustText(t, w, "SELECT held_digest FROM current_document WHERE product_id = 'p_1'"))
	onFaireB, heldB := current("p_2", mustText(t, w, "SELECT held_digest FROM current_document WHERE product_id = 'p_2'"))
	want := []found{
		{plan.Pair{Key: "wms:a", Desired: &catalog.Product{Key: "wms:a", Name: "a", UnitMultiplier: 6}, Current: onFaireA, State: &recordedState}, heldA},
		{plan.Pair{Key: "wms:b", Current: onFaireB}, heldB},
		{plan.Pair{Key: "wms:new", Desired: &catalog.Product{Key: "wms:new"}}, ""},
	}
	if diff := cmp.Diff(want, pairs); diff != "" {
		t.Errorf("pairs (-want +got):\n%s", diff)
	}

	census, err := w.Census(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(plan.Census{LiveProducts: 2, MatchedProducts: 1, LinkedProducts: 2, LinksGone: 3, LinksVanished: 4, Managed: 2, Tracked: 5}, census); diff != "" {
		t.Errorf("census (-want +got):\n%s", diff)
	}

	var rows []plan.Row
	if err := w.Rows(t.Context(), func(row plan.Row) error {
		rows = append(rows, row)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	wantRows := []plan.Row{
		{Source: "wms", File: "feed.csv", Row: 2, SKU: "B", Style: "S1", ProductKey: "wms:S1", VariantKey: "wms:B"},
		{Source: "wms", File: "feed.csv", Row: 10, SKU: "A", Style: "S1", ProductKey: "wms:S1", VariantKey: "wms:A", IgnoredBy: "FEED_FILTERED"},
	}
	if diff := cmp.Diff(wantRows, rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}

	known, err := w.History(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	first := map[string]string{}
	for id, e := range known {
		first[id] = e.FirstSeen
	}
	if diff := cmp.Diff(map[string]string{"x1": "r0"}, first); diff != "" {
		t.Errorf("first seen (-want +got):\n%s", diff)
	}
}

func TestReadsStopAtAnError(t *testing.T) {
	w := ready(t)
	stop := errors.New("stop")
	if err := w.Rows(t.Context(), func(plan.Row) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("Rows = %v", err)
	}
	if err := w.Pairs(t.Context(), func(plan.Pair, string) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("Pairs = %v", err)
	}
	// A broken document names its product.
	if err := warehouse.Exec(t.Context(), w, "UPDATE current_document SET document = '{' WHERE product_id = 'p_1'"); err != nil {
		t.Fatal(err)
	}
	err := w.Pairs(t.Context(), func(plan.Pair, string) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "current_document of wms:a") {
		t.Errorf("Pairs = %v", err)
	}
}

func TestDigests(t *testing.T) {
	w := ready(t)
	desired, current, err := w.Digests(t.Context())
	if err != nil || len(desired) != 64 || len(current) != 64 || desired == current {
		t.Fatalf("Digests = %s, %s, %v", desired, current, err)
	}
	// The order rows stand in does not matter, their content does.
	if err := warehouse.Exec(t.Context(), w, "CREATE OR REPLACE TABLE desired_document AS SELECT * FROM desired_document ORDER BY product_key DESC"); err != nil {
		t.Fatal(err)
	}
	again, other, err := w.Digests(t.Context())
	if err != nil || again != desired || other != current {
		t.Errorf("Digests = %s, %s, %v", again, other, err)
	}
	if err := warehouse.Exec(t.Context(), w, `UPDATE desired_document SET document = '{"key": "x"}' WHERE product_key = 'wms:new'`); err != nil {
		t.Fatal(err)
	}
	if changed, _, err := w.Digests(t.Context()); err != nil || changed == desired {
		t.Errorf("Digests = %s, %v", changed, err)
	}
}

// Reads come in pages; none may be lost, doubled or out of order at their edges.
func TestReadsAcrossPages(t *testing.T) {
	const rows = 50_001
	w := open(t, map[string]string{"60_compare/row_account.sql": relation("row_account", "item", "row", []string{"NULL AS source", "'f' AS file", "i AS \"row\"",
		"NULL AS sku", "NULL AS style", "NULL AS name", "NULL AS product_key", "NULL AS variant_key", "NULL AS product_id", "NULL AS variant_id",
		"NULL AS lifecycle", "NULL AS ignored_by", "NULL AS blocked_by"}, fmt.Sprintf("FROM range(%d) r(i) ORDER BY hash(i)", rows))})
	prepare(t, w, inputs(nil))
	if err := w.Transform(t.Context()); err != nil {
		t.Fatal(err)
	}
	next := int64(0)
	if err := w.Rows(t.Context(), func(row plan.Row) error {
		if row.Row != next {
			return fmt.Errorf("row %d where %d is due", row.Row, next)
		}
		next++
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if next != rows {
		t.Errorf("%d rows", next)
	}
}

func TestCheckKey(t *testing.T) {
	w := open(t, map[string]string{
		"10_clean/fine.sql":   relation("fine", "item", "a, b", []string{"a", "b"}, "FROM (VALUES (1, 'x'), (1, 'y')) v(a, b)"),
		"10_clean/double.sql": relation("double", "item", "a, b", []string{"a", "b"}, "FROM (VALUES (1, 'x'), (1, 'x'), (2, 'y')) v(a, b)"),
		"10_clean/absent.sql": relation("absent", "item", "a, b", []string{"a", "b"}, "FROM (VALUES (1, 'x'), (1, NULL)) v(a, b)"),
	})
	prepare(t, w, inputs(nil))
	if err := w.Transform(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"fine":   "",
		"double": "relation double (10_clean/double.sql): key a, b stands 2 times: (1, x)",
		"absent": "relation absent (10_clean/absent.sql): key a, b is NULL in 1 rows",
		"none":   "there is no relation none",
	} {
		got := ""
		if err := w.CheckKey(t.Context(), name); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("CheckKey(%s) = %q, want %q", name, got, want)
		}
	}
}

func TestTablesIn(t *testing.T) {
	w := open(t, nil)
	for text, want := range map[string][]string{
		"SELECT 1":                               nil,
		"SELECT * FROM Item i CROSS JOIN item j": {"item"},
		`WITH a AS (SELECT * FROM raw), b AS MATERIALIZED (SELECT * FROM a) SELECT (SELECT max(x) FROM sub) FROM b
			WHERE y IN (SELECT y FROM filter) UNION ALL FROM "Other table"`: {"filter", "other table", "raw", "sub"},
		"SELECT * FROM t ANTI JOIN u USING (k) POSITIONAL JOIN (SELECT * FROM v) w": {"t", "u", "v"},
		"SELECT unnest(x), count(*) OVER (PARTITION BY y) FROM main.t":              {"t"},
	} {
		got, err := w.TablesIn(t.Context(), text)
		if err != nil {
			t.Errorf("TablesIn(%s) = %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("TablesIn(%s) (-want +got):\n%s", text, diff)
		}
	}
	if _, err := w.TablesIn(t.Context(), "SELECT FROM WHERE"); err == nil {
		t.Error("a statement that is none parses")
	}
}

// The functions of package transforms are there, give NULL for NULL and work on every connection and thread.
func TestFunctionsInSQL(t *testing.T) {
	w := open(t, nil)
	for query, want := range map[string]string{
		"SELECT clean_key('  A\u200b1 ')":                                                                                  "A1",
		"SELECT coalesce(clean_key(NULL), 'null')":                                                                         "null",
		"SELECT coalesce(clean_key('  '), 'null')":                                                                         "null",
		"SELECT CAST(money_minor('12.34', '') AS VARCHAR)":                                                                 "1234",
		"SELECT CAST(gtin_ok('4006381333931') AS VARCHAR)":                                                                 "true",
		"SELECT CAST(similarity('shirt', 'shirt') AS VARCHAR)":                                                             "1.0",
		"SELECT CAST(count(DISTINCT clean_key(' k' || i)) AS VARCHAR) FROM range(50000) r(i)":                              "50000",
		"SELECT CAST(count(*) AS VARCHAR) FROM range(5000) r(i) WHERE clean_key(CASE WHEN i % 2 = 0 THEN 'x' END) IS NULL": "2500",
	} {
		if got, err := warehouse.Text(t.Context(), w, query); err != nil || got != want {
			t.Errorf("%s = %q, %v, want %q", query, got, err, want)
		}
	}
}

func mustText(t *testing.T, w *warehouse.Warehouse, query string) string {
	t.Helper()
	value, err := warehouse.Text(t.Context(), w, query)
	if err != nil {
		t.Fatal(err)
	}
	return value
}
