package warehouse_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/warehouse"
)

// TestLook: looking at the file changes no byte and leaves no other file, and tells a damaged one.
func TestLook(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "brand.duckdb")
	book := warehouse.OpenBook(path)
	account := catalog.Brand{ID: "b_1", Name: "Luma", Currency: "USD", Locale: "en_US"}
	if _, err := book.Open(t.Context(), filepath.Join(dir, "objects")); err != nil {
		t.Fatal(err)
	}
	if err := book.Record(t.Context(), ledger.Record{Run: "20261123T030000Z-00aa", Account: account}); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	brand, products, err := book.Look(t.Context())
	if err != nil || products != 0 {
		t.Fatalf("%d products, error %v", products, err)
	}
	if diff := cmp.Diff(account, brand); diff != "" {
		t.Errorf("account (-want +got):\n%s", diff)
	}
	after, err := os.ReadFile(path)
	if err != nil || !cmp.Equal(before, after) {
		t.Errorf("the file is not what it was, error %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("it left %v, error %v", entries, err)
	}
	if err := os.WriteFile(path, []byte("sku,name\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := book.Look(t.Context()); !errors.As(err, new(*warehouse.DamagedError)) {
		t.Errorf("a damaged file: %v", err)
	}
	if _, _, err := warehouse.OpenBook(filepath.Join(dir, "none.duckdb")).Look(t.Context()); err == nil {
		t.Error("a file that is not there was looked at")
	}
	if _, err := os.Stat(filepath.Join(dir, "none.duckdb")); err == nil {
		t.Error("a file was made")
	}
}
