package ledger_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/check"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/stage"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func openState(t *testing.T) *ledger.State {
	t.Helper()
	state, err := ledger.OpenState(filepath.Join(t.TempDir(), "state"), "luma")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = state.Close() })
	return state
}

func newRun(t *testing.T, state *ledger.State, id string) *ledger.Run {
	t.Helper()
	run, err := state.NewRun(id)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = run.Close() })
	return run
}

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestStateLayoutAndModes(t *testing.T) {
	root := filepath.Join(t.TempDir(), "deep", "state")
	state, err := ledger.OpenState(root, "luma")
	if err != nil {
		t.Fatal(err)
	}
	defer state.Close()
	run := newRun(t, state, "20261123T120000Z-0001")
	if err := run.Write("plan.json", text("{}")); err != nil {
		t.Fatal(err)
	}
	if err := state.PublishWorkbook(run, "plan.json"); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		got[name] = info.Mode().String()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		".":                               "drwx------",
		"luma":                            "drwx------",
		"luma/latest.xlsx":                "-rw-------",
		"luma/objects":                    "drwx------",
		"luma/runs":                       "drwx------",
		"luma/runs/20261123T120000Z-0001": "drwx------",
		"luma/runs/20261123T120000Z-0001/plan.json": "-rw-------",
		"luma/runs/20261123T120000Z-0001/staging":   "drwx------",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("state folder (-want +got):\n%s", diff)
	}
	paths := []string{state.Brand(), state.DatabasePath(), state.StatusPath(), state.LatestWorkbook(), state.ObjectsDir(), run.ID(), run.Dir(), run.Staging()}
	brand := filepath.Join(root, "luma")
	wantPaths := []string{"luma", brand + "/brand.duckdb", brand + "/status.parquet", brand + "/latest.xlsx", brand + "/objects",
		"20261123T120000Z-0001", brand + "/runs/20261123T120000Z-0001", brand + "/runs/20261123T120000Z-0001/staging"}
	if diff := cmp.Diff(wantPaths, paths); diff != "" {
		t.Errorf("paths (-want +got):\n%s", diff)
	}
}

func TestStateRefusesNames(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"", "..", "Luma", "a/b", "-a", strings.Repeat("a", 64), "a b", "a\x00"} {
		_, err := ledger.OpenState(root, name)
		var refused *ledger.NameError
		if !errors.As(err, &refused) || refused.Hint() == "" {
			t.Errorf("OpenState(%q) = %v, want a NameError with a hint", name, err)
		}
	}
}

func TestStateStaysInItsFolder(t *testing.T) {
	root := t.TempDir()
	outside := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(root, "luma")); err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.OpenState(root, "luma"); err == nil {
		t.Error("a brand folder that is a link out of the state folder was opened")
	}
	state := openState(t)
	run := newRun(t, state, "20261123T120000Z-0001")
	if err := run.Write("../../brand.duckdb", text("x")); err == nil {
		t.Error("a run wrote outside its folder")
	}
	if err := os.Symlink(outside, filepath.Join(run.Dir(), "link")); err != nil {
		t.Fatal(err)
	}
	if err := run.Write("link/file", text("x")); err == nil {
		t.Error("a run wrote through a link that leads out")
	}
	if _, err := os.Stat(filepath.Join(outside, "file")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("file outside: %v", err)
	}
}

func TestWriteIsAllOrNothing(t *testing.T) {
	run := newRun(t, openState(t), "20261123T120000Z-0001")
	if err := run.Write("staging/wms/item.txt", text("first")); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("disk full")
	err := run.Write("staging/wms/item.txt", func(w io.Writer) error {
		_, _ = io.WriteString(w, "half")
		return broken
	})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "staging/wms/item.txt") {
		t.Errorf("error = %v, want the cause and the name", err)
	}
	err = run.Replace("staging/wms/item.txt", func(path string) error {
		return errors.Join(os.WriteFile(path, []byte("half"), 0o600), broken)
	})
	if !errors.Is(err, broken) {
		t.Errorf("error = %v, want the cause", err)
	}
	if got := read(t, run.Path("staging/wms/item.txt")); got != "first" {
		t.Errorf("after two failed writes the file holds %q", got)
	}
	if err := run.Replace("staging/wms/item.txt", func(path string) error { return os.WriteFile(path, []byte("second"), 0o644) }); err != nil {
		t.Fatal(err)
	}
	if got := read(t, run.Path("staging/wms/item.txt")); got != "second" {
		t.Errorf("after Replace the file holds %q", got)
	}
	entries, err := os.ReadDir(filepath.Join(run.Staging(), "wms"))
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 {
		t.Errorf("%d files in the folder, want the one; unfinished ones must go", len(entries))
	}
	info, err := entries[0].Info()
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
}

func TestLatestWorkbookIsACopy(t *testing.T) {
	state := openState(t)
	run := newRun(t, state, "20261123T120000Z-0001")
	if err := run.Write(ledger.WorkbookName, text("book")); err != nil {
		t.Fatal(err)
	}
	if err := state.PublishWorkbook(run, ledger.WorkbookName); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(state.LatestWorkbook(), []byte("edited"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := read(t, run.Path(ledger.WorkbookName)); got != "book" {
		t.Errorf("the run's workbook became %q when the latest was edited", got)
	}
}

func TestRunDocuments(t *testing.T) {
	run := newRun(t, openState(t), "20261123T120000Z-0001")
	if _, err := run.ReadSummary(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("ReadSummary before it was written: %v", err)
	}
	summary := ledger.Summary{Type: "summary", Run: run.ID(), Brand: "luma", Started: noon, Status: "done", MS: map[string]int64{"plan": 3}}
	manifest := stage.Manifest{Run: run.ID(), Started: noon, Entries: []stage.Entry{{Source: "wms", Table: "item", Rows: 2, Complete: true}}}
	exceptions := []check.Exception{{ID: "x1", Code: "KEY_SKU_MISSING", Severity: check.Error, Found: "<&>\n"}, {ID: "x2", Code: "IMAGE_MISSING"}}
	if err := errors.Join(run.WriteSummary(summary), run.WriteManifest(manifest), run.WriteExceptions(exceptions)); err != nil {
		t.Fatal(err)
	}
	gotSummary, err1 := run.ReadSummary()
	gotManifest, err2 := run.ReadManifest()
	gotExceptions, err3 := run.ReadExceptions()
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{summary, manifest, exceptions}, []any{gotSummary, gotManifest, gotExceptions}); diff != "" {
		t.Errorf("documents (-want +got):\n%s", diff)
	}
	if got := read(t, run.Path(ledger.ExceptionsName)); !strings.Contains(got, `"<&>\n"`) {
		t.Errorf("exceptions.ndjson escapes what people read: %s", got)
	}
}

func TestRunIDs(t *testing.T) {
	id := ledger.RunID(time.Date(2026, 11, 23, 16, 18, 36, 5, time.FixedZone("CET", 3600)), strings.NewReader("\x4f\x2a"))
	if id != "20261123T151836Z-4f2a" {
		t.Errorf("RunID = %q", id)
	}
	started, err := ledger.ParseRunID(id)
	if want := time.Date(2026, 11, 23, 15, 18, 36, 0, time.UTC); err != nil || !started.Equal(want) {
		t.Errorf("ParseRunID = %v, %v; want %v", started, err, want)
	}
	for _, text := range []string{"", "latest", "20261123T151836Z", "20261123T151836Z-4F2A", "20261323T151836Z-4f2a", "20261123T151836Z-4f2a/..", "../20261123T151836Z-4f2a"} {
		if _, err := ledger.ParseRunID(text); !errors.Is(err, ledger.ErrRunID) {
			t.Errorf("ParseRunID(%q) = %v, want ErrRunID", text, err)
		}
	}
	state := openState(t)
	newRun(t, state, id)
	if _, err := state.NewRun(id); !errors.Is(err, fs.ErrExist) {
		t.Errorf("NewRun of a taken id: %v", err)
	}
	if _, err := state.NewRun("x"); !errors.Is(err, ledger.ErrRunID) {
		t.Errorf("NewRun of no id: %v", err)
	}
	if _, err := state.OpenRun("20261123T151836Z-0000"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("OpenRun of a missing run: %v", err)
	}
	again, err := state.OpenRun(id)
	if err != nil || again.ID() != id {
		t.Fatalf("OpenRun: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}
