package warehouse_test

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/check"
	"fairesync/pipeline/config"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/plan"
	"fairesync/pipeline/stage"
	"fairesync/pipeline/warehouse"
	"fairesync/sql"
	"fairesync/transforms"
)

const replayedConfig = `
brand: luma
sources:
  - {name: wms, kind: files, path: drop/feed.csv, mapping: {name: [title, upper(code)]}, exclude: {season: [SAMPLES]}, decimal: ","}
prices:
  - {geography: USA, currency: USD, wholesale: price, retail: price * 2, round: half_up}
  - {geography: CAN, currency: CAD, wholesale: price}
faire: {token: {env: FAIRE_ACCESS_TOKEN}}
alias: {name: merchantSKU, file: lists/aliases.csv}
taxonomy: {rules: lists/taxonomy.csv}
inventory: {column: [qty, more]}
`

// ranIn is a run with everything in it that a relation may read: a state, a walk laid over its mirror, rows with faults, findings
// of the source. It gives the run's warehouse, after Transform, and what it left.
func ranIn(t *testing.T, root string) (*warehouse.Warehouse, *ledger.State, *ledger.Run) {
	t.Helper()
	settings, err := config.Parse("/brands/luma/luma.yaml", []byte(replayedConfig))
	if err != nil {
		t.Fatal(err)
	}
	state, err := ledger.OpenState(root, "luma")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = state.Close() })
	run, err := state.NewRun("20260302T120000Z-0001")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = run.Close() })
	linked := plan.State{Key: "wms:S1", ProductID: "p_1", Released: true, Generation: 1, Fields: map[string]plan.Value{"name": {Sent: "Tee", Held: "Tee"}},
		Variants: map[string]plan.VariantState{"v1_p_1": {Key: "wms:S-p_1", SKU: "S-p_1", SourceSKU: "S-p_1", Generation: 1},
			"v9": {Key: "wms:GONE", SKU: "GONE", SourceSKU: "GONE", Generation: 1}}}
	book := warehouse.OpenBook(state.DatabasePath())
	before := ledger.Record{Run: "20260301T120000Z-0001", Now: noon.AddDate(0, 0, -1), Good: true, Types: []catalog.Type{{ID: "tt_1", Name: "Shirts"}, {ID: "tt_0", Name: "Old"}},
		Refreshed: []catalog.Product{shirt("p_1", "Tee", noon.AddDate(0, 0, -2)), shirt("p_2", "Known", noon.AddDate(0, 0, -2))},
		States:    map[string]plan.State{"p_1": linked}, HeldDigest: map[string]string{"p_1": "d1"}, Generations: map[string]int{"wms:S3": 2},
		Exceptions: []check.Exception{{ID: "x1", Code: "PRICE_RATIO"}}}
	if err := book.Record(t.Context(), before); err != nil {
		t.Fatal(err)
	}
	memory, err := book.Open(t.Context(), state.ObjectsDir())
	if err != nil {
		t.Fatal(err)
	}

	w := openIn(t, warehouse.Options{Set: relations(t), Dir: run.Staging()})
	if err := w.Restore(t.Context(), memory); err != nil {
		t.Fatal(err)
	}
	deliver(t, w, "wms", item(map[string][]string{"sku": {"code"}, "name": {"title", "upper(code)"}, "alias": {"faire sku"}, "images": {"image"}, "category": {"season"}},
		"code", "title", "season", "price", "qty", "more", "faire sku", "image"), 2, [][]string{
		sku(1, "S-p_1", "Tee", "SPRING", "10,00", "3", "", "", "http://x/1"),
		sku(2, "M-p_1", "Tee", "SPRING", "10,005", "-4", "1", "", "http://x/1"),
		sku(3, "M-p_1", "", "SPRING", "many", "2", "1", "", ""),
		{"feed.csv", "5", stage.KindSKU, absent, absent, "S2", "N-1", "New <b>&amp;</b>", "SUMMER", "8", "7", "1", "F-1", "http://x/2"},
		{"feed.csv", "6", stage.KindSKU, absent, absent, "S2", "N-1 \u00a0", "New", "SAMPLES", "8", "7", absent, "F-1", "ftp://x"},
		{"feed.csv", "7", stage.KindQuarantined, "FEED_ROW_SHAPE", absent, absent, "", "", "", "", "", "", "", ""},
		{"feed.csv", "8", stage.KindSKU, absent, absent, "S3", "it's", "", "", "", "", "", "", ""},
	})
	for _, e := range []check.Exception{
		{Code: "FEED_ROW_SHAPE", EntityKey: "feed.csv:7", File: "feed.csv", Row: 7, Found: "it's \"bad\"\n\u2028", Column: "qty", Wanted: "8 cells", Proposal: "quote it"},
		{Code: "FEED_ROW_SHAPE", EntityKey: "feed.csv:7", File: "feed.csv", Row: 7, Found: "another"},
	} {
		w.Sink("wms").Except(e)
	}
	mirror(t.Context(), t, w, shirt("p_1", "Tee", noon.Add(-time.Hour)), shirt("p_3", "Stranger", noon))
	in := ledger.Inputs{Brand: "luma", Account: catalog.Brand{ID: "b_1", Name: "Luma", Currency: "USD", Locale: "en_US"}, Config: settings, Now: noon,
		Types:     []catalog.Type{{ID: "tt_1", Name: "Shirts"}, {ID: "tt_2", Name: "Hats"}},
		Aliases:   []config.AliasRow{{Name: "merchantSKU", Value: "F-2", SKU: "N-1", Row: 2}, {Name: "merchantSKU", Value: "F-3", SKU: "nobody", Row: 3}},
		Rules:     []config.TaxonomyRule{{Scope: "category", Pattern: "SPRING", TypeID: "tt_1", Row: 2}, {Scope: "category", Pattern: "*", TypeID: "tt_0", Row: 3}},
		Approvals: map[string]int{"first_link": 2}, Only: "inventory"}
	if err := w.Prepare(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	manifest := stage.Manifest{Run: run.ID(), Started: noon, Entries: w.Entries()}
	_, err = state.WriteInputs(run, in, memory.Objects)
	if err := errors.Join(err, run.WriteManifest(manifest), run.WriteStock(map[string]catalog.Stock{"v1_p_1": {OnHand: number(4)}})); err != nil {
		t.Fatal(err)
	}
	if err := w.Transform(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w, state, run
}

func relations(t *testing.T) transforms.Set {
	t.Helper()
	loaded, err := transforms.Load(sql.Files)
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

func staged(t *testing.T, state *ledger.State, run *ledger.Run) ledger.Staged {
	t.Helper()
	found, err := state.ReadStaged(run)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// A run that is replayed from its folder has the same rows in every table and relation, and Go reads the same.
func TestReplay(t *testing.T) {
	w, state, run := ranIn(t, t.TempDir())
	replayed := openIn(t, warehouse.Options{Set: relations(t), Dir: t.TempDir(), Threads: 1})
	if err := replayed.Replay(t.Context(), staged(t, state, run)); err != nil {
		t.Fatal(err)
	}
	if err := replayed.Transform(t.Context()); err != nil {
		t.Fatal(err)
	}
	names := append(relations(t).Inputs(), "finding")
	for _, relation := range relations(t).Relations() {
		names = append(names, relation.Name)
	}
	filled := 0
	for _, name := range names {
		wantColumns, want, err1 := w.Relation(t.Context(), name)
		gotColumns, got, err2 := replayed.Relation(t.Context(), name)
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]any{wantColumns, want}, []any{gotColumns, got}); diff != "" {
			t.Errorf("%s (-run +replayed):\n%s", name, diff)
		}
		if len(want) > 0 {
			filled++
		}
	}
	if filled < len(names)/2 {
		t.Errorf("only %d of %d relations have rows to compare", filled, len(names))
	}
	if diff := cmp.Diff(decisions(t, w), decisions(t, replayed)); diff != "" {
		t.Errorf("decisions (-run +replayed):\n%s", diff)
	}
	for _, statement := range []string{"SET threads = 2", "COPY item TO '" + filepath.Join(t.TempDir(), "x") + "'"} {
		if err := warehouse.Exec(t.Context(), replayed, statement); err == nil {
			t.Errorf("after a replay %s is possible", statement)
		}
	}
}

// decisions is what Go reads of a warehouse.
func decisions(t *testing.T, w *warehouse.Warehouse) map[string]any {
	t.Helper()
	ctx := t.Context()
	made := map[string]any{}
	var pairs, rows []any
	read := func(name string, value any, err error) {
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		made[name] = value
	}
	exceptions, err := w.Exceptions(ctx)
	read("exceptions", exceptions, err)
	err = w.Pairs(ctx, func(pair plan.Pair, digest string) error { pairs = append(pairs, pair, digest); return nil })
	read("pairs", pairs, err)
	census, err := w.Census(ctx)
	read("census", census, err)
	err = w.Rows(ctx, func(row plan.Row) error { rows = append(rows, row); return nil })
	read("rows", rows, err)
	desired, current, err := w.Digests(ctx)
	read("digests", []string{desired, current}, err)
	seen, err := w.History(ctx)
	read("first seen", seen, err)
	if len(exceptions) == 0 || len(pairs) == 0 || len(rows) == 0 || len(seen) == 0 {
		t.Errorf("there is too little to compare: %d exceptions, %d pairs, %d rows, %d seen", len(exceptions), len(pairs), len(rows), len(seen))
	}
	return made
}

// What a run computed from reads back as it was, but for secrets and for where its files lay.
func TestStagedInputs(t *testing.T) {
	_, state, run := ranIn(t, t.TempDir())
	got := staged(t, state, run)
	settings, err := config.Recorded("luma.yaml", []byte(strings.Replace(replayedConfig, "faire: {token: {env: FAIRE_ACCESS_TOKEN}}", "", 1)))
	if err != nil {
		t.Fatal(err)
	}
	want := ledger.Inputs{Brand: "luma", Account: catalog.Brand{ID: "b_1", Name: "Luma", Currency: "USD", Locale: "en_US"}, Config: settings, Now: noon,
		Types:     []catalog.Type{{ID: "tt_1", Name: "Shirts"}, {ID: "tt_2", Name: "Hats"}},
		Aliases:   []config.AliasRow{{Name: "merchantSKU", Value: "F-2", SKU: "N-1", Row: 2}, {Name: "merchantSKU", Value: "F-3", SKU: "nobody", Row: 3}},
		Rules:     []config.TaxonomyRule{{Scope: "category", Pattern: "SPRING", TypeID: "tt_1", Row: 2}, {Scope: "category", Pattern: "*", TypeID: "tt_0", Row: 3}},
		Approvals: map[string]int{"first_link": 2}, Only: "inventory"}
	if diff := cmp.Diff(want, got.Inputs); diff != "" {
		t.Errorf("inputs (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]catalog.Stock{"v1_p_1": {OnHand: number(4)}}, got.Stock); diff != "" {
		t.Errorf("stock (-want +got):\n%s", diff)
	}
	if got.Run != run.ID() || got.Dir != run.Staging() || len(got.Manifest.Entries) != 1 || len(got.Tables) != 12 {
		t.Errorf("staged %+v", got)
	}
}

// What is not there, or not what the run left, is told before anything is computed.
func TestReplayRefuses(t *testing.T) {
	_, state, run := ranIn(t, t.TempDir())
	whole := staged(t, state, run)
	copied := func(t *testing.T) ledger.Staged {
		t.Helper()
		made := whole
		made.Dir = filepath.Join(t.TempDir(), "staging")
		if err := os.CopyFS(made.Dir, os.DirFS(whole.Dir)); err != nil {
			t.Fatal(err)
		}
		return made
	}
	for name, test := range map[string]struct {
		spoil func(t *testing.T, s *ledger.Staged)
		want  string
	}{
		"no mirror": {func(t *testing.T, s *ledger.Staged) { remove(t, s.Dir, "faire/mirror_price.parquet") },
			"run 20260302T120000Z-0001 cannot be computed again: it left no staging/faire/mirror_price.parquet"},
		"no findings": {func(t *testing.T, s *ledger.Staged) { remove(t, s.Dir, "wms/feed_exception.parquet") },
			"run 20260302T120000Z-0001 cannot be computed again: it left no staging/wms/feed_exception.parquet"},
		"no item": {func(t *testing.T, s *ledger.Staged) { remove(t, s.Dir, "wms") }, "staging/wms/"},
		"damaged": {func(t *testing.T, s *ledger.Staged) {
			rewrite(t, filepath.Join(s.Dir, "wms/item.parquet"), func(d []byte) []byte { return d[:len(d)/2] })
		}, "replay run 20260302T120000Z-0001: staged item: "},
		"other rows": {func(_ *testing.T, s *ledger.Staged) {
			s.Manifest.Entries = slices.Clone(s.Manifest.Entries)
			s.Manifest.Entries[0].Rows = 8
		}, "replay run 20260302T120000Z-0001: staged item has 7 rows, the manifest says 8"},
		"no state": {func(_ *testing.T, s *ledger.Staged) {
			s.Tables = maps.Clone(s.Tables)
			s.Tables["product_state"] = "/nowhere/object"
		}, "replay run 20260302T120000Z-0001: restore product_state: "},
		"no source": {func(_ *testing.T, s *ledger.Staged) { s.Inputs.Config.Sources = nil }, "the configuration has no source"},
	} {
		t.Run(name, func(t *testing.T) {
			spoiled := copied(t)
			test.spoil(t, &spoiled)
			err := openIn(t, warehouse.Options{Dir: t.TempDir()}).Replay(t.Context(), spoiled)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Replay = %v, want %s", err, test.want)
			}
			var unstaged *ledger.UnstagedError
			if errors.As(err, &unstaged) != strings.Contains(test.want, "staging/") {
				t.Errorf("%T", err)
			}
		})
	}
	w := openIn(t, warehouse.Options{Dir: t.TempDir()})
	deliver(t, w, "wms", item(nil, "sku"), 1, [][]string{sku(1, "A")})
	if err := w.Replay(t.Context(), whole); err == nil {
		t.Error("a warehouse that was delivered to replays")
	}
	w = openIn(t, warehouse.Options{Dir: t.TempDir()})
	if err := w.Replay(t.Context(), whole); err != nil {
		t.Fatal(err)
	}
	if err := w.Replay(t.Context(), whole); err == nil {
		t.Error("Replay runs twice")
	}
	if err := w.Prepare(t.Context(), whole.Inputs); err == nil {
		t.Error("Prepare runs after Replay")
	}
}

func remove(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
}
