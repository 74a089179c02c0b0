package files_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/config"
	"fairesync/pipeline/source/sourcetest"
)

// chosen are the files a source reads of those in a folder, or its refusal.
func chosen(t *testing.T, pick, pattern string, names ...string) []string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(feed), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	source := open(t, config.Source{Path: filepath.Join(dir, pattern), Pick: pick})
	if err := source.Extract(t.Context(), sourcetest.NewMemorySink()); err != nil {
		return []string{err.Error()}
	}
	var read []string
	for _, in := range source.Inputs() {
		read = append(read, in.Name)
	}
	return read
}

func TestPickNewest(t *testing.T) {
	for _, c := range []struct {
		name  string
		files []string
		want  string
	}{
		{"digits alone", []string{"catalog_20261123.csv", "catalog_20261124.csv", "catalog_20251231.csv"}, "catalog_20261124.csv"},
		{"digits and time", []string{"catalog_20261123_0830.csv", "catalog_20261123_1730.csv", "catalog_202611240830.csv", "catalog_20261123T235959.csv"}, "catalog_202611240830.csv"},
		{"the same day", []string{"a_20261123.csv", "b_20261123.csv"}, "b_20261123.csv"},
		{"year first", []string{"2026-11-23.csv", "2026.11.24 full.csv", "2026_10_30_v9.csv"}, "2026.11.24 full.csv"},
		{"the name of the feed does not count", []string{"b_2026-11-23.csv", "z_2025-11-24.csv"}, "b_2026-11-23.csv"},
		{"other numbers", []string{"v2_20261123.csv", "v10_20261122.csv", "shop 12345678 2026-11-20.csv"}, "v2_20261123.csv"},
		{"month first", []string{"style_master_11-23-26.txt", "style_master_12-01-26.txt"}, "style_master_12-01-26.txt"},
		{"day first", []string{"master_23-11-2026.txt", "master_01-12-2026.txt"}, "master_01-12-2026.txt"},
		{"two orders of one length beside each other", []string{"m_23-11-2026.txt", "n_11-24-26.txt"}, "n_11-24-26.txt"},
		{"one meaning in every order", []string{"m_11-11-2026.txt", "m_10-10-2026.txt"}, "m_11-11-2026.txt"},
		{"one file", []string{"m_20261123.csv"}, "m_20261123.csv"},
		{"a date twice", []string{"20261123_catalog_20261123.csv"}, "20261123_catalog_20261123.csv"},

		{"day or month", []string{"m_11-12-26.csv"}, "source wms: pick cannot tell the date in the name of m_11-12-26.csv: it may be 2026-11-12 or 2026-12-11"},
		{"day or month of a long year", []string{"m_11-12-2026.csv", "m_10-12-2026.csv"}, "source wms: pick cannot tell the date in the name of m_10-12-2026.csv: it may be 2026-10-12 or 2026-12-10"},
		{"day or year", []string{"m_26-11-23.csv"}, "source wms: pick cannot tell the date in the name of m_26-11-23.csv: it may be 2023-11-26 or 2026-11-23"},
		{"no order for all", []string{"m_11-23-26.csv", "m_23-11-26.csv"}, "source wms: pick cannot read the dates of all names in one order: m_11-23-26.csv and m_23-11-26.csv write day and month differently"},
		{"no date", []string{"m_20261123.csv", "m.csv"}, "source wms: pick finds no date in the name of m.csv, and cannot tell whether it is the newest file"},
		{"no day of the calendar", []string{"m_20260230.csv"}, "source wms: pick finds no date in the name of m_20260230.csv, and cannot tell whether it is the newest file"},
		{"two dates", []string{"m_20261101_20261130.csv"}, "source wms: pick finds 2 dates in the name of m_20261101_20261130.csv"},
		{"year last without signs", []string{"m_11232026.csv"}, "source wms: pick finds no date in the name of m_11232026.csv, and cannot tell whether it is the newest file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff([]string{c.want}, chosen(t, "newest", "*", c.files...)); diff != "" {
				t.Fatalf("-want +got:\n%s", diff)
			}
		})
	}
	t.Run("a file by its name needs no date", func(t *testing.T) {
		if diff := cmp.Diff([]string{"m.csv"}, chosen(t, "newest", "m.csv", "m.csv", "n.csv")); diff != "" {
			t.Fatal(diff)
		}
	})
	t.Run("unknown", func(t *testing.T) {
		if diff := cmp.Diff([]string{`source wms: pick is "latest", not all or newest`}, chosen(t, "latest", "*", "m.csv")); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestUnfinished(t *testing.T) {
	unfinished := []string{".a.csv", "b.csv.tmp", "c.csv.PART", "d.partial", "e.filepart", "f.crdownload", "~$g.xlsx", "h.done", "i.trg"}
	if diff := cmp.Diff([]string{"a.csv"}, chosen(t, "", "*", append([]string{"a.csv"}, unfinished...)...)); diff != "" {
		t.Fatal(diff)
	}
	if diff := cmp.Diff([]string{`source wms: path finds no file for "*" but .a.csv, which is not complete or only a marker`}, chosen(t, "", "*", unfinished...)); diff != "" {
		t.Fatal(diff)
	}
	if diff := cmp.Diff([]string{"b.csv.tmp"}, chosen(t, "", "b.csv.tmp", unfinished...)); diff != "" {
		t.Fatal(diff)
	}
}
