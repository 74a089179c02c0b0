package warehouse_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/plan"
	"fairesync/pipeline/stage"
	"fairesync/pipeline/warehouse"
)

// kept is a brand's folder with a state of two records and a checkpoint of it.
type kept struct {
	state      *ledger.State
	book       *warehouse.Book
	memory     ledger.Memory
	checkpoint ledger.Checkpoint
}

func keep(t *testing.T) kept {
	t.Helper()
	state, err := ledger.OpenState(t.TempDir(), "luma")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = state.Close() })
	k := kept{state: state, book: warehouse.OpenBook(state.DatabasePath())}
	for n := range 2 {
		record := numberedRecord(n+1, 5)
		record.FullWalk, record.MirrorDir = true, stagedMirror(t)
		record.Manifest.Entries = []stage.Entry{{Source: "wms", Table: "item", Rows: 120, Complete: true}}
		if err := k.book.Record(t.Context(), record); err != nil {
			t.Fatal(err)
		}
	}
	if k.checkpoint, err = k.book.Checkpoint(t.Context(), state.ObjectsDir()); err != nil {
		t.Fatal(err)
	}
	if err := state.WriteCheckpoint(k.checkpoint); err != nil {
		t.Fatal(err)
	}
	if k.memory, err = k.book.Open(t.Context(), state.ObjectsDir()); err != nil {
		t.Fatal(err)
	}
	return k
}

// stagedMirror is the folder of a merged mirror with one product.
func stagedMirror(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	walk := openIn(t, warehouse.Options{Dir: dir})
	mirror(t.Context(), t, walk, shirt("p_1", "Kept", noon))
	prepare(t, walk, inputs(nil))
	return filepath.Join(dir, "faire")
}

// files are the names in the brand's folder that begin like the database's, with their contents.
func (k kept) files(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(k.state.DatabasePath() + "*")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		found[filepath.Base(path)] = string(data)
	}
	return found
}

func (k kept) write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(k.state.Path(name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestCheckpointIsTheStateASecondTime(t *testing.T) {
	k := keep(t)
	want := ledger.Checkpoint{Layout: 4, Brand: catalog.Brand{ID: "b_1", Name: "2"}, MirrorUntil: noon, LastFullWalk: noon.Add(2 * time.Hour),
		GoodRows: map[string]int64{"wms": 120}, Run: "r2", Recorded: noon.Add(2 * time.Hour), Objects: map[string]string{}}
	for table, path := range k.memory.Objects {
		want.Objects[table] = filepath.Base(path)
	}
	if diff := cmp.Diff(want, k.checkpoint); diff != "" {
		t.Errorf("checkpoint (-want +got):\n%s", diff)
	}
	read, err := k.state.ReadCheckpoint()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(k.checkpoint, read); diff != "" {
		t.Errorf("read back (-written +read):\n%s", diff)
	}
}

// A record is followed by a checkpoint and the next run's Open: each changed table is written once, the others not at all.
func TestNothingIsExportedTwice(t *testing.T) {
	k := keep(t)
	if err := k.book.Record(t.Context(), ledger.Record{Run: "r3", Now: noon, Generations: map[string]int{"wms:a": 9}}); err != nil {
		t.Fatal(err)
	}
	before := k.objects(t, k.checkpoint.Objects)
	checkpoint, err := k.book.Checkpoint(t.Context(), k.state.ObjectsDir())
	if err != nil {
		t.Fatal(err)
	}
	var changed []string
	for table, sum := range checkpoint.Objects {
		if sum != k.checkpoint.Objects[table] {
			changed = append(changed, table)
		}
	}
	if diff := cmp.Diff([]string{"token_generation"}, changed); diff != "" {
		t.Errorf("tables that changed (-want +got):\n%s", diff)
	}
	written := k.objects(t, checkpoint.Objects)
	if _, err := k.book.Open(t.Context(), k.state.ObjectsDir()); err != nil {
		t.Fatal(err)
	}
	if _, err := k.book.Checkpoint(t.Context(), k.state.ObjectsDir()); err != nil {
		t.Fatal(err)
	}
	after := k.objects(t, checkpoint.Objects)
	for table := range checkpoint.Objects {
		if table != "token_generation" && !os.SameFile(before[table], written[table]) {
			t.Errorf("%s did not change and was written by the checkpoint", table)
		}
		if !os.SameFile(written[table], after[table]) {
			t.Errorf("%s was written again", table)
		}
	}
}

// objects are the files of a checkpoint. One that is written again is another file of the same name.
func (k kept) objects(t *testing.T, sums map[string]string) map[string]os.FileInfo {
	t.Helper()
	found := map[string]os.FileInfo{}
	for table, sum := range sums {
		info, err := os.Stat(k.state.ObjectPath(sum))
		if err != nil {
			t.Fatal(err)
		}
		found[table] = info
	}
	return found
}

// Whatever happened to the file, Open says that it is damaged and what to do, and Rebuild gives back all but the mirror.
func TestRebuild(t *testing.T) {
	for name, damage := range map[string]func(t *testing.T, path string){
		"not damaged": nil,
		"no database": func(t *testing.T, path string) {
			rewrite(t, path, func([]byte) []byte { return []byte("it was a database") })
		},
		"empty":                  func(t *testing.T, path string) { rewrite(t, path, func([]byte) []byte { return nil }) },
		"cut in its headers":     func(t *testing.T, path string) { rewrite(t, path, func(d []byte) []byte { return d[:5000] }) },
		"cut in its first block": func(t *testing.T, path string) { rewrite(t, path, func(d []byte) []byte { return d[:20_000] }) },
		"overwritten": func(t *testing.T, path string) {
			rewrite(t, path, func(d []byte) []byte {
				for i := 4096; i < len(d); i += 1000 {
					d[i] ^= 0xff
				}
				return d
			})
		},
		"another's": func(t *testing.T, path string) {
			if err := errors.Join(os.Remove(path), warehouse.ExecFile(t.Context(), path, "CREATE TABLE x (a INTEGER)")); err != nil {
				t.Fatal(err)
			}
		},
		"gone": func(t *testing.T, path string) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			k := keep(t)
			wal := ""
			if damage != nil {
				damage(t, k.state.DatabasePath())
				_, openErr := k.book.Open(t.Context(), k.state.ObjectsDir())
				recordErr := k.book.Record(t.Context(), numberedRecord(3, 5))
				for _, err := range []error{openErr, recordErr} {
					var damaged *warehouse.DamagedError
					if !errors.As(err, &damaged) || !strings.Contains(damaged.Hint(), "rebuild") || damaged.Path != k.state.DatabasePath() {
						t.Errorf("on a damaged file: %v", err)
					}
				}
				wal = "log of the damaged file"
				k.write(t, "brand.duckdb.wal", wal)
			}
			k.write(t, "brand.duckdb.new", "of a rebuild that was killed")
			k.write(t, "brand.duckdb.old", "of the rebuild before")
			before := k.files(t)

			if err := k.book.Rebuild(t.Context(), &k.checkpoint, k.state.ObjectsDir()); err != nil {
				t.Fatal(err)
			}
			after := k.files(t)
			want := []string{"brand.duckdb", "brand.duckdb.old"}
			old, there := before["brand.duckdb"]
			if !there {
				old = before["brand.duckdb.old"]
			}
			if wal != "" {
				want = append(want, "brand.duckdb.old.wal")
			}
			if diff := cmp.Diff(want, slices.Sorted(maps.Keys(after))); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
			if after["brand.duckdb.old"] != old || after["brand.duckdb.old.wal"] != wal {
				t.Error("the old file is not kept as it was")
			}
			info, err := os.Stat(k.state.DatabasePath())
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%v, %v", info.Mode(), err)
			}
			k.compareRebuilt(t)
		})
	}
}

// compareRebuilt compares the state with the checkpoint: all of it is there but the mirror, and nothing is written again.
func (k kept) compareRebuilt(t *testing.T) {
	t.Helper()
	var stateTables []string
	for table := range k.checkpoint.Objects {
		if !strings.HasPrefix(table, "mirror_") {
			stateTables = append(stateTables, table)
		}
	}
	sums := map[string]string{}
	for _, table := range stateTables {
		sums[table] = k.checkpoint.Objects[table]
	}
	before := k.objects(t, sums)
	memory, err := k.book.Open(t.Context(), k.state.ObjectsDir())
	if err != nil {
		t.Fatal(err)
	}
	for table, info := range k.objects(t, sums) {
		if !os.SameFile(before[table], info) {
			t.Errorf("%s was exported again", table)
		}
	}
	paths := memory.Objects
	memory.Objects = nil
	want := ledger.Memory{Brand: k.checkpoint.Brand, GoodRows: k.checkpoint.GoodRows}
	if diff := cmp.Diff(want, memory); diff != "" {
		t.Errorf("memory (-want +got):\n%s", diff)
	}
	got := map[string]string{}
	for _, table := range stateTables {
		got[table] = filepath.Base(paths[table])
	}
	if diff := cmp.Diff(sums, got); diff != "" {
		t.Errorf("objects (-want +got):\n%s", diff)
	}
	was, is := restored(t, k.memory.Objects), restored(t, paths)
	for _, table := range stateTables {
		if diff := cmp.Diff(read(t, was, table), read(t, is, table)); diff != "" {
			t.Errorf("%s (-before +rebuilt):\n%s", table, diff)
		}
	}
	if got := read(t, is, "mirror_product"); got != nil {
		t.Errorf("mirror %v", got)
	}
	checkpoint, err := k.book.Checkpoint(t.Context(), k.state.ObjectsDir())
	if err != nil || checkpoint.Run != k.checkpoint.Run || !checkpoint.Recorded.Equal(k.checkpoint.Recorded) {
		t.Errorf("the checkpoint of it is %+v, %v", checkpoint, err)
	}
}

func rewrite(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestRebuildWithoutCheckpoint(t *testing.T) {
	k := keep(t)
	if err := k.book.Rebuild(t.Context(), nil, k.state.ObjectsDir()); err != nil {
		t.Fatal(err)
	}
	memory, err := k.book.Open(t.Context(), k.state.ObjectsDir())
	if err != nil {
		t.Fatal(err)
	}
	w := restored(t, memory.Objects)
	for table := range memory.Objects {
		if rows := read(t, w, table); rows != nil {
			t.Errorf("%s holds %v", table, rows)
		}
	}
	memory.Objects = nil
	if diff := cmp.Diff(ledger.Memory{GoodRows: map[string]int64{}}, memory); diff != "" {
		t.Errorf("memory (-want +got):\n%s", diff)
	}
	if err := k.book.Record(t.Context(), numberedRecord(1, 5)); err != nil {
		t.Error(err)
	}
}

// What cannot be restored whole is not restored: the file stays as it was, and nothing is left beside it.
func TestRebuildThatFails(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(t *testing.T, k *kept)
		want  string
	}{
		"object damaged": {func(t *testing.T, k *kept) {
			rewrite(t, k.state.ObjectPath(k.checkpoint.Objects["product_state"]), func(d []byte) []byte { d[len(d)/2] ^= 1; return d })
		}, "table product_state: object"},
		"object gone": {func(t *testing.T, k *kept) {
			if err := os.Remove(k.state.ObjectPath(k.checkpoint.Objects["variant_state"])); err != nil {
				t.Fatal(err)
			}
		}, "table variant_state: object"},
		"another table": {func(_ *testing.T, k *kept) {
			k.checkpoint.Objects["product_state"] = k.checkpoint.Objects["token_generation"]
		},
			"table product_state:"},
		"another layout": {func(_ *testing.T, k *kept) { k.checkpoint.Layout = 7 }, "the checkpoint has layout 7"},
	} {
		t.Run(name, func(t *testing.T) {
			k := keep(t)
			test.spoil(t, &k)
			before := k.files(t)
			err := k.book.Rebuild(t.Context(), &k.checkpoint, k.state.ObjectsDir())
			var hinted interface{ Hint() string }
			if err == nil || !strings.Contains(err.Error(), test.want) || !errors.As(err, &hinted) || hinted.Hint() == "" {
				t.Errorf("Rebuild = %v, want %q and a hint", err, test.want)
			}
			if diff := cmp.Diff(before, k.files(t)); diff != "" {
				t.Errorf("files changed: %s", diff)
			}
		})
	}
}

// A checkpoint of an earlier layout is restored: of the tables it restores none has changed since.
func TestRebuildFromAnEarlierLayout(t *testing.T) {
	k := keep(t)
	k.checkpoint.Layout = 2
	if err := k.book.Rebuild(t.Context(), &k.checkpoint, k.state.ObjectsDir()); err != nil {
		t.Fatal(err)
	}
	k.compareRebuilt(t)
}

// A rebuild that was killed after it had kept the old file is made again, and keeps the same.
func TestRebuildAfterAKilledOne(t *testing.T) {
	k := keep(t)
	before := k.files(t)["brand.duckdb"]
	path := k.state.DatabasePath()
	if err := os.Link(path, path+".old"); err != nil {
		t.Fatal(err)
	}
	k.write(t, "brand.duckdb.old.wal", "log")
	if err := k.book.Rebuild(t.Context(), &k.checkpoint, k.state.ObjectsDir()); err != nil {
		t.Fatal(err)
	}
	after := k.files(t)
	if after["brand.duckdb.old"] != before || after["brand.duckdb.old.wal"] != "log" || after["brand.duckdb"] == before {
		t.Error("the old file or its log is not kept")
	}
	k.compareRebuilt(t)
}

// A file that a first run had only begun is not taken for the state.
func TestBookIsBegunWhole(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "brand.duckdb")
	for _, left := range []string{path + ".new", path + ".new.wal", path + ".wal"} {
		if err := os.WriteFile(left, []byte("of a run that was killed"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	book := warehouse.OpenBook(path)
	if err := book.Record(t.Context(), numberedRecord(1, 5)); err != nil {
		t.Fatal(err)
	}
	memory, err := book.Open(t.Context(), filepath.Join(dir, "objects"))
	if err != nil || recordOf(t, memory) != 1 {
		t.Errorf("%+v, %v", memory, err)
	}
	if _, err := os.Stat(path + ".new"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("left over: %v", err)
	}
}

// Stock that was read or answered after the walk beats what the walk and the products read back say of it.
func TestRecordedStock(t *testing.T) {
	dir := t.TempDir()
	book := warehouse.OpenBook(filepath.Join(dir, "brand.duckdb"))
	first, second := shirt("p_1", "First", noon), shirt("p_2", "Second", noon)
	one := ledger.Record{Run: "r1", Now: noon, Refreshed: []catalog.Product{first, second},
		Stock: map[string]catalog.Stock{"v1_p_2": {OnHand: number(9), Committed: 2, Available: number(7)}}}
	if err := book.Record(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	before, err := book.Open(t.Context(), filepath.Join(dir, "objects"))
	if err != nil {
		t.Fatal(err)
	}
	two := ledger.Record{Run: "r2", Now: noon, Stock: map[string]catalog.Stock{"v2_p_1": {OnHand: number(-1), Committed: 2, Available: number(-3)},
		"v1_p_1": {}, "po_elsewhere": {Available: number(5)}}}
	if err := book.Record(t.Context(), two); err != nil {
		t.Fatal(err)
	}
	after, err := book.Open(t.Context(), filepath.Join(dir, "objects"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]map[string]string{
		"r1": {"v1_p_1": "0 of", "v2_p_1": "of", "v1_p_2": "7 of 9", "v2_p_2": "of"},
		"r2": {"v1_p_1": "of", "v2_p_1": "-3 of -1", "v1_p_2": "7 of 9", "v2_p_2": "of"},
	}
	got := map[string]map[string]string{}
	others := map[string][][]map[string]string{}
	for run, memory := range map[string]ledger.Memory{"r1": before, "r2": after} {
		w := restored(t, memory.Objects)
		got[run] = map[string]string{}
		for _, row := range read(t, w, "mirror_variant") {
			got[run][row["variant_id"]] = strings.TrimSpace(row["available"] + " of " + row["on_hand"])
			delete(row, "available")
			delete(row, "on_hand")
			others[run] = append(others[run], []map[string]string{row})
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("available (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(others["r1"], others["r2"]); diff != "" {
		t.Errorf("the other columns (-before +after):\n%s", diff)
	}
	for table := range before.Objects {
		if same := before.Objects[table] == after.Objects[table]; same != (table != "mirror_variant") {
			t.Errorf("%s: same object %t", table, same)
		}
	}
}

// What was undone is remembered with the rest of the state.
func TestStateDocumentRoundTrip(t *testing.T) {
	want := state("wms:a", "p_1", "v1", "v2")
	want.Undone = map[string]string{"name": "Tee \u2028 \"new\"", "lifecycle": ""}
	variant := want.Variants["v2"]
	variant.Undone = map[string]string{"price[USA].wholesale": "12.50"}
	want.Variants["v2"] = variant
	w := restored(t, recorded(t, ledger.Record{Run: "r1", Now: noon, States: map[string]plan.State{"p_1": want}}))
	var got plan.State
	if err := json.Unmarshal([]byte(read(t, w, "product_state")[0]["document"]), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("state (-want +got):\n%s", diff)
	}
}
