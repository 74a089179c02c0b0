package ledger_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/config"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/stage"
)

func TestIndex(t *testing.T) {
	state := openState(t)
	if runs, err := state.Runs(); err != nil || runs != nil {
		t.Errorf("before the first run: %v, %v", runs, err)
	}
	if _, ok, err := state.LastGood(); ok || err != nil {
		t.Errorf("last good before the first run: %v, %v", ok, err)
	}
	summary := func(id, command, status string) ledger.Summary {
		return ledger.Summary{Type: "summary", Run: id, Command: command, Brand: "luma", Started: noon, Status: status}
	}
	list := []ledger.Summary{
		summary("20261123T120000Z-0001", "run", "done"),
		summary("20261123T130000Z-0002", "run", "held"),
		summary("20261123T140000Z-0003", "run", "partly"),
		summary("20261123T150000Z-0004", "plan", "planned"),
		summary("20261123T160000Z-0005", "run", "off"),
	}
	for _, s := range list {
		if err := state.AppendRun(s); err != nil {
			t.Fatal(err)
		}
	}
	file, err := os.OpenFile(state.Path("runs/index.ndjson"), os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString(`{"type":"summary","run":"2026`); err != nil { // a crash tore the line
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	check := func(want []ledger.Summary, last, good string) {
		t.Helper()
		runs, err := state.Runs()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, runs); diff != "" {
			t.Errorf("runs (-want +got):\n%s", diff)
		}
		gotLast, ok1, err1 := state.Last()
		gotGood, ok2, err2 := state.LastGood()
		if !ok1 || !ok2 || errors.Join(err1, err2) != nil || gotLast.Run != last || gotGood.Run != good {
			t.Errorf("last %s, good %s; want %s, %s", gotLast.Run, gotGood.Run, last, good)
		}
	}
	check(list, "20261123T160000Z-0005", "20261123T130000Z-0002")
	applied := summary("20261123T150000Z-0004", "apply", "done")
	if err := state.AppendRun(applied); err != nil {
		t.Fatal(err)
	}
	list[3] = applied
	check(list, "20261123T160000Z-0005", "20261123T150000Z-0004")
}

func TestRetentionPicks(t *testing.T) {
	day := func(n int) time.Time { return noon.AddDate(0, 0, -n) }
	var folders []ledger.Folder
	for n := 0; n < 40; n += 2 {
		folders = append(folders, ledger.Folder{ID: "run-" + day(n).Format("0102"), Started: day(n), Wrote: n == 30})
	}
	got := ledger.DefaultRetention().Removable(folders, noon)
	want := []string{"run-1016", "run-1018", "run-1020", "run-1022", "run-1026", "run-1028", "run-1030", "run-1101", "run-1103"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("default (-want +got):\n%s", diff)
	}
	if folders[0].Started != noon {
		t.Error("the caller's list was sorted")
	}
	got = ledger.Retention{Keep: 35 * 24 * time.Hour, Last: 1}.Removable(folders, noon)
	if diff := cmp.Diff([]string{"run-1016", "run-1018"}, got); diff != "" {
		t.Errorf("35 days (-want +got):\n%s", diff)
	}
	if got := (ledger.Retention{Last: 99}).Removable(folders, noon); got != nil {
		t.Errorf("the last 99 of 20: %v may go", got)
	}
}

func TestFoldersAndRemove(t *testing.T) {
	state := openState(t)
	newRun(t, state, "20261123T120000Z-0001")
	wrote := newRun(t, state, "20261122T120000Z-0002")
	journal, err := wrote.Journal()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(journal.Begin(begin("r0001")), journal.Close()); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(state.Path("runs/lost+found"), 0o700); err != nil {
		t.Fatal(err)
	}
	folders, err := state.Folders()
	if err != nil {
		t.Fatal(err)
	}
	want := []ledger.Folder{
		{ID: "20261122T120000Z-0002", Started: noon.AddDate(0, 0, -1), Wrote: true},
		{ID: "20261123T120000Z-0001", Started: noon},
	}
	if diff := cmp.Diff(want, folders); diff != "" {
		t.Errorf("folders (-want +got):\n%s", diff)
	}
	if err := state.Remove("lost+found"); !errors.Is(err, ledger.ErrRunID) {
		t.Errorf("Remove of no run: %v", err)
	}
	if err := state.Remove("20261123T120000Z-0001"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(state.Path("runs/20261123T120000Z-0001")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("removed run: %v", err)
	}
}

func TestInputsRoundTrip(t *testing.T) {
	state := openState(t)
	run := newRun(t, state, "20261123T120000Z-0001")
	parquet := filepath.Join(run.Staging(), "sent.parquet")
	if err := os.WriteFile(parquet, []byte("PAR1"), 0o644); err != nil {
		t.Fatal(err)
	}
	kept, err := state.KeepObject(parquet)
	if err != nil {
		t.Fatal(err)
	}
	inputs := ledger.Inputs{
		Brand:     "luma",
		Account:   catalog.Brand{ID: "b_1", Currency: "USD"},
		Config:    settings(t, "/brands/luma/luma.yaml"),
		Types:     []catalog.Type{{ID: "tt_1", Name: "Mug"}},
		Aliases:   []config.AliasRow{{Name: "merchantSKU", Value: "F-1", SKU: "A", Row: 2}},
		Rules:     []config.TaxonomyRule{{Scope: "category", Pattern: "*", TypeID: "tt_1", Row: 2}},
		Approvals: map[string]int{"first_link": 2},
		Only:      "inventory",
		Now:       noon,
	}
	list, err := state.WriteInputs(run, inputs, map[string]string{"sent_value": kept})
	if err != nil {
		t.Fatal(err)
	}
	gotList, gotInputs, err := state.ReadInputs(run)
	if err != nil {
		t.Fatal(err)
	}
	want := inputs // nothing of secrets, and paths as from the folder of the configuration
	want.Config = settings(t, "luma.yaml")
	want.Config.Faire.Token = config.Secret{}
	if diff := cmp.Diff([]any{list, want}, []any{gotList, gotInputs}); diff != "" {
		t.Errorf("inputs (-want +got):\n%s", diff)
	}
	if got := read(t, state.ObjectPath(list.Objects[0].SHA256)); strings.Contains(got, "FAIRE_ACCESS_TOKEN") || strings.Contains(got, "/brands") {
		t.Errorf("the inputs tell where a secret or a folder is: %s", got)
	}
	if len(list.Objects) != 2 || list.Objects[1].Name != "sent_value" || state.ObjectPath(list.Objects[1].SHA256) != kept {
		t.Errorf("objects: %+v", list.Objects)
	}
	later := inputs // on another machine, too
	later.Now = noon.Add(time.Hour)
	later.Config = settings(t, "/srv/fairesync/luma.yaml")
	again, err := state.WriteInputs(newRun(t, state, "20261123T130000Z-0002"), later, map[string]string{"sent_value": kept})
	if err != nil || again.Digest != list.Digest {
		t.Errorf("equal inputs an hour later: digest %s, %v; want %s", again.Digest, err, list.Digest)
	}
	if _, err := state.WriteInputs(run, inputs, map[string]string{"sent_value": parquet}); err == nil || !strings.Contains(err.Error(), "sent_value") {
		t.Errorf("a table that is no object: %v", err)
	}
	if _, err := state.KeepObject(filepath.Join(t.TempDir(), "x")); err == nil {
		t.Error("a file outside the brand's folder was kept")
	}
}

// settings is a configuration that was read from a path.
func settings(t *testing.T, path string) config.Config {
	t.Helper()
	parsed, err := config.Parse(path, []byte(`
brand: luma
sources: [{name: feed, kind: files, path: drop/feed.csv, mapping: {sku: [code]}}]
prices: [{geography: USA, currency: USD, wholesale: price}]
faire: {token: {env: FAIRE_ACCESS_TOKEN}}
alias: {name: merchantSKU, file: lists/aliases.csv}
`))
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// What was changed since the run is not computed from.
func TestReadInputsRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(t *testing.T, state *ledger.State, run *ledger.Run, list ledger.InputList)
		want  string
	}{
		"no inputs": {func(t *testing.T, _ *ledger.State, run *ledger.Run, _ ledger.InputList) {
			if err := os.Remove(run.Path(ledger.InputsName)); err != nil {
				t.Fatal(err)
			}
		}, "run 20261123T120000Z-0001 cannot be computed again: it left no inputs.json"},
		"object changed": {func(t *testing.T, state *ledger.State, _ *ledger.Run, list ledger.InputList) {
			overwrite(t, state.ObjectPath(list.Objects[1].SHA256), "PAR2")
		}, "(sent_value) is damaged"},
		"object gone": {func(t *testing.T, state *ledger.State, _ *ledger.Run, list ledger.InputList) {
			if err := os.Remove(state.ObjectPath(list.Objects[0].SHA256)); err != nil {
				t.Fatal(err)
			}
		}, "(inputs) cannot be read"},
		"list changed": {func(t *testing.T, _ *ledger.State, run *ledger.Run, list ledger.InputList) {
			overwrite(t, run.Path(ledger.InputsName), strings.Replace(read(t, run.Path(ledger.InputsName)), "sent_value", "held_value", 1))
		}, "its digest does not fit its objects"},
		"path in the list": {func(t *testing.T, _ *ledger.State, run *ledger.Run, list ledger.InputList) {
			list.Objects = list.Objects[:1]
			list.Objects[0].SHA256 = "../brand.duckdb"
			list.Digest = digestOf(list)
			if err := run.WriteJSON(ledger.InputsName, list); err != nil {
				t.Fatal(err)
			}
		}, "is no SHA-256"},
		"of an earlier program": {func(t *testing.T, state *ledger.State, run *ledger.Run, list ledger.InputList) {
			sum, err := state.PutObject([]byte(`{"Brand":"luma","Config":{}}`))
			if err != nil {
				t.Fatal(err)
			}
			list.Objects = list.Objects[:1]
			list.Objects[0].SHA256 = sum
			list.Digest = digestOf(list)
			if err := run.WriteJSON(ledger.InputsName, list); err != nil {
				t.Fatal(err)
			}
		}, "inputs were kept in format 0, this program reads 2"},
	} {
		t.Run(name, func(t *testing.T) {
			state := openState(t)
			run := newRun(t, state, "20261123T120000Z-0001")
			sum, err := state.PutObject([]byte("PAR1"))
			if err != nil {
				t.Fatal(err)
			}
			list, err := state.WriteInputs(run, ledger.Inputs{Brand: "luma", Config: settings(t, "luma.yaml"), Now: noon},
				map[string]string{"sent_value": state.ObjectPath(sum)})
			if err := errors.Join(err, run.WriteManifest(stage.Manifest{Run: run.ID(), Started: noon})); err != nil {
				t.Fatal(err)
			}
			whole, err := state.ReadStaged(run)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(map[string]string{"sent_value": state.ObjectPath(sum)}, whole.Tables); diff != "" {
				t.Errorf("tables (-want +got):\n%s", diff)
			}
			test.spoil(t, state, run, list)
			if _, err := state.ReadStaged(run); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("ReadStaged = %v, want %s", err, test.want)
			}
		})
	}
}

func overwrite(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// digestOf is what inputs.json says of its objects.
func digestOf(list ledger.InputList) string {
	var text strings.Builder
	for _, object := range list.Objects {
		text.WriteString(object.SHA256 + " " + object.Name + "\n")
	}
	return fmt.Sprintf("%x", sha256.Sum256([]byte(text.String())))
}

func TestSweepObjects(t *testing.T) {
	state := openState(t)
	run := newRun(t, state, "20261123T120000Z-0001")
	if _, err := state.WriteInputs(run, ledger.Inputs{Brand: "luma", Config: settings(t, "luma.yaml"), Now: noon}, nil); err != nil {
		t.Fatal(err)
	}
	old, err1 := state.PutObject([]byte("of a run that is gone"))
	fresh, err2 := state.PutObject([]byte("of a run that has not named it yet"))
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	restorable, err := state.PutObject([]byte("of the checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	if err := state.WriteCheckpoint(ledger.Checkpoint{Layout: 1, Run: "20261101T120000Z-0001", Objects: map[string]string{"product_state": restorable}}); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(state.ObjectsDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		when := noon.AddDate(0, 0, -2)
		if entry.Name() == fresh {
			when = noon
		}
		if err := os.Chtimes(state.ObjectPath(entry.Name()), when, when); err != nil {
			t.Fatal(err)
		}
	}
	removed, err := state.SweepObjects(noon.AddDate(0, 0, -1))
	if err != nil || removed != 1 {
		t.Errorf("swept %d, %v; want 1", removed, err)
	}
	if _, err := os.Stat(state.ObjectPath(old)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("unnamed object: %v", err)
	}
	if _, _, err := state.ReadInputs(run); err != nil {
		t.Errorf("a named object went: %v", err)
	}
	if _, err := os.Stat(state.ObjectPath(restorable)); err != nil {
		t.Errorf("an object of the checkpoint went: %v", err)
	}
	if err := state.Remove(run.ID()); err != nil {
		t.Fatal(err)
	}
	if removed, err := state.SweepObjects(noon.AddDate(0, 0, -1)); err != nil || removed != 1 {
		t.Errorf("after its run went: swept %d, %v; want 1", removed, err)
	}
	overwrite(t, state.Path(ledger.CheckpointName), "{")
	if removed, err := state.SweepObjects(noon.AddDate(0, 0, 1)); err == nil || removed != 0 {
		t.Errorf("with a checkpoint that cannot be read: swept %d, %v", removed, err)
	}
}
