package warehouse_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/ledger"
	"fairesync/pipeline/warehouse"
)

func TestTransformRunsInOrder(t *testing.T) {
	files := map[string]string{
		"10_clean/zeta.sql":   relation("zeta", "item", "id", []string{"item_id AS id", "upper(sku) AS name"}, "FROM item"),
		"20_match/alpha.sql":  strings.Replace(relation("alpha", "zeta", "id", []string{"id", "name || '!' AS name"}, "FROM zeta;"), "as: table", "as: view", 1),
		"40_check/one.sql":    relation("one", "alpha", "code", []string{"'ONE' AS code", "name AS found"}, "FROM alpha"),
		"40_check/two.sql":    relation("two", "late", "code", []string{"'TWO' AS code", "'x' AS detail"}, "FROM late"),
		"50_desired/late.sql": relation("late", "alpha", "n", []string{"count(*) AS n"}, "FROM alpha"),
		"60_compare/all.sql":  relation("all_findings", "finding", "code", []string{"code", "found", "detail"}, "FROM finding"),
	}
	files["60_compare/all_findings.sql"] = files["60_compare/all.sql"]
	delete(files, "60_compare/all.sql")
	var order []string
	open := 0
	w := openIn(t, warehouse.Options{Set: set(t, files), Dir: t.TempDir(), Observe: func(name string) func() {
		order = append(order, name)
		open++
		return func() { open-- }
	}})
	prepare(t, w, inputs(nil))
	if err := w.Transform(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"zeta", "alpha", "one", "late", "two", "finding", "all_findings"}, order); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	if open != 0 {
		t.Errorf("%d relations are not done", open)
	}
	want := []map[string]string{{"code": "ONE", "found": "A-1!"}, {"code": "TWO", "detail": "x"}}
	if diff := cmp.Diff(want, read(t, w, "all_findings")); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

func TestTransformErrors(t *testing.T) {
	good := relation("good", "item", "id", []string{"item_id AS id"}, "FROM item")
	for name, test := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"engine": {map[string]string{"10_clean/good.sql": good, "20_match/bad.sql": relation("bad", "good", "id", []string{"id", "nothing AS x"}, "FROM good")},
			[]string{"relation bad (20_match/bad.sql): ", "nothing", "LINE 9:"}},
		"input": {map[string]string{"10_clean/good.sql": relation("good", "itme", "id", []string{"item_id AS id"}, "FROM itme")},
			[]string{"relation good (10_clean/good.sql): itme is read by good, but is neither a relation nor a table Go loads"}},
		"no checks": {map[string]string{"60_compare/bad.sql": relation("bad", "finding", "code", []string{"code"}, "FROM finding")},
			[]string{"finding is read by bad"}},
		"check of checks": {map[string]string{"40_check/a.sql": relation("a", "item", "code", []string{"'X' AS code"}, "FROM item"),
			"40_check/b.sql": relation("b", "finding", "code", []string{"code"}, "FROM finding")},
			[]string{"relation b (40_check/b.sql): a check cannot read finding"}},
		"name of an input": {map[string]string{"10_clean/setting.sql": relation("setting", "item", "id", []string{"item_id AS id"}, "FROM item")},
			[]string{"relation setting (10_clean/setting.sql): ", "already exists"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t, test.files)
			prepare(t, w, inputs(nil))
			err := w.Transform(t.Context())
			var failed *warehouse.RelationError
			if !errors.As(err, &failed) {
				t.Fatalf("Transform = %v", err)
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q lacks %q", err, want)
				}
			}
		})
	}
	w := open(t, nil)
	if err := w.Transform(t.Context()); err == nil {
		t.Error("Transform runs before Prepare")
	}
}

// No relation may reach disk or network, nor open the door again, however it is written.
func TestDoorsAreClosed(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret.csv")
	if err := os.WriteFile(secret, []byte("a\n1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w := openIn(t, warehouse.Options{Dir: dir})
	prepare(t, w, inputs(nil))
	staged := filepath.Join(dir, "wms", "item.parquet")
	if _, err := os.Stat(staged); err != nil {
		t.Fatal(err)
	}
	for _, from := range []string{
		"'" + secret + "'", "read_csv('" + secret + "')", "sniff_csv('" + secret + "')", "read_text('" + secret + "')", "read_blob('" + secret + "')",
		"read_parquet('" + staged + "')", "parquet_metadata('" + staged + "')", "parquet_schema('" + staged + "')", "read_json('" + secret + "')",
		"glob('" + dir + "/*')", "'https://example.com/a.parquet'", "query('SELECT * FROM read_text(''" + secret + "'')')",
		"json_execute_serialized_sql(json_serialize_sql('SELECT * FROM read_text(''" + secret + "'')'))",
	} {
		// Whatever reads is made by the same statement a relation is.
		bad := relation("bad", "item", "content", []string{"1 AS content"}, "FROM "+from)
		other := openIn(t, warehouse.Options{Set: set(t, map[string]string{"10_clean/bad.sql": bad}), Dir: t.TempDir()})
		prepare(t, other, inputs(nil))
		err := other.Transform(t.Context())
		if err == nil || !strings.Contains(err.Error(), "disabled") {
			t.Errorf("FROM %s = %v", from, err)
		}
	}
	for _, statement := range []string{
		"COPY item TO '" + dir + "/out.parquet'", "COPY item FROM '" + staged + "'", "EXPORT DATABASE '" + dir + "/export'", "IMPORT DATABASE '" + dir + "'",
		"ATTACH '" + dir + "/a.duckdb'", "INSTALL httpfs", "LOAD httpfs", "SET enable_external_access = true", "SET temp_directory = '" + dir + "'",
		"SET threads = 1", "RESET lock_configuration", "PRAGMA profiling_output = '" + dir + "/p.json'",
	} {
		if err := warehouse.Exec(t.Context(), w, statement); err == nil {
			t.Errorf("%s is possible", statement)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if diff := cmp.Diff([]string{"faire", "secret.csv", "wms"}, names); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestNothingLoadsAfterPrepare(t *testing.T) {
	w := open(t, nil)
	prepare(t, w, inputs(nil))
	if err := w.Prepare(t.Context(), inputs(nil)); err == nil {
		t.Error("Prepare runs twice")
	}
	if err := w.Restore(t.Context(), ledger.Memory{}); err == nil {
		t.Error("Restore runs after Prepare")
	}
	if _, err := w.Mirror(t.Context()); err == nil {
		t.Error("Mirror runs after Prepare")
	}
	if _, err := w.Sink("other").Table(t.Context(), item(nil, "sku")); err == nil {
		t.Error("a table opens after Prepare")
	}
}

// What does not fit into memory goes to the scratch folder, after the doors are closed too, and is gone after Close.
func TestSpillsToScratch(t *testing.T) {
	scratch := t.TempDir()
	big := relation("big", "item", "n", []string{"n", "text"}, `FROM (SELECT i AS n, repeat(md5(CAST(i AS VARCHAR)), 20) AS text FROM range(60000) r(i) ORDER BY hash(i))`)
	w, err := warehouse.Open(t.Context(), warehouse.Options{Dir: t.TempDir(), Scratch: scratch, MemoryLimit: "40MB", Threads: 1,
		Set: set(t, map[string]string{"10_clean/big.sql": big})})
	if err != nil {
		t.Fatal(err)
	}
	deliver(t, w, "wms", item(nil, "sku"), 1, nil)
	if err := w.Prepare(t.Context(), inputs(nil)); err != nil {
		t.Fatal(err)
	}
	if err := w.Transform(t.Context()); err != nil {
		t.Fatal(err)
	}
	spilled, err := filepath.Glob(filepath.Join(scratch, "*", "*"))
	if err != nil || len(spilled) == 0 {
		t.Errorf("nothing was spilled: %v", err)
	}
	if err := w.CheckKey(t.Context(), "big"); err != nil {
		t.Error(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(scratch); err != nil || len(left) > 0 {
		t.Errorf("%d things are left, %v", len(left), err)
	}
}
