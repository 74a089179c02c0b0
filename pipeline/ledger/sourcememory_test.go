package ledger_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/ledger"
)

// TestSourceMemory: each source has a file of its own, which is replaced as a whole and is for this user alone.
func TestSourceMemory(t *testing.T) {
	root := t.TempDir()
	state, err := ledger.OpenState(root, "luma")
	if err != nil {
		t.Fatal(err)
	}
	defer state.Close() //nolint:errcheck // a test
	if data, err := state.SourceMemory("wms").Load(); err != nil || data != nil {
		t.Errorf("before anything was stored: %q, %v", data, err)
	}
	for _, text := range []string{"first and longer", "second"} {
		if err := state.SourceMemory("wms").Store([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := state.SourceMemory("other").Store([]byte("third")); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, source := range []string{"wms", "other"} {
		data, err := state.SourceMemory(source).Load()
		if err != nil {
			t.Error(err)
		}
		got[source] = string(data)
	}
	if diff := cmp.Diff(map[string]string{"wms": "second", "other": "third"}, got); diff != "" {
		t.Errorf("memories (-want +got):\n%s", diff)
	}
	folder := filepath.Join(root, "luma", "memory")
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if info, err := entry.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", entry.Name(), info.Mode(), err)
		}
	}
	if len(entries) != 2 {
		t.Errorf("%d files", len(entries))
	}
}

// TestSourceMemoryStaysInTheFolder: neither a name nor a link leads out of the brand's folder.
func TestSourceMemoryStaysInTheFolder(t *testing.T) {
	root := t.TempDir()
	state, err := ledger.OpenState(root, "luma")
	if err != nil {
		t.Fatal(err)
	}
	defer state.Close() //nolint:errcheck // a test
	for _, name := range []string{"../x", "", "a/b", "A"} {
		if err := state.SourceMemory(name).Store([]byte("x")); err == nil {
			t.Errorf("name %q was taken", name)
		}
		if _, err := state.SourceMemory(name).Load(); err == nil {
			t.Errorf("name %q was read", name)
		}
	}
	outside := filepath.Join(t.TempDir(), "outside")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(root, "luma", "memory"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(root, "luma", "memory", "wms.json")); err != nil {
		t.Fatal(err)
	}
	if data, err := state.SourceMemory("wms").Load(); err == nil {
		t.Errorf("read %q through a link", data)
	}
}
