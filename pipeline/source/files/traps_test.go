package files_test

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/check"
	"fairesync/pipeline/config"
	"fairesync/pipeline/source/files"
	"fairesync/pipeline/source/sourcetest"
	"fairesync/pipeline/stage"
)

var update = flag.Bool("update", false, "rewrite the want.txt of testdata/traps")

// trapSettings is source.yaml of a trap.
type trapSettings struct {
	Path      string              `yaml:"path"`
	Sheet     string              `yaml:"sheet"`
	Delimiter string              `yaml:"delimiter"`
	Layout    string              `yaml:"layout"`
	Variants  string              `yaml:"variants"`
	ImageBase string              `yaml:"image_base"`
	Mapping   map[string][]string `yaml:"mapping"`
	Prices    []config.Price      `yaml:"prices"`
}

// TestTraps walks the trap catalogue (wms/contract §4.4): one folder each, with the feed, source.yaml where settings are needed,
// and want.txt, the outcome: refused with this sentence, or delivered with these rows and findings.
func TestTraps(t *testing.T) {
	folders, err := filepath.Glob("testdata/traps/*")
	if err != nil {
		t.Fatal(err)
	}
	if len(folders) < 40 {
		t.Fatalf("testdata/traps holds %d traps; were they checked out?", len(folders))
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			got := outcome(t, trapSource(t, folder))
			path := filepath.Join(folder, "want.txt")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Fatalf("-want +got:\n%s", diff)
			}
		})
	}
}

// trapSource makes the source of a trap. A workbook is described in feed.xlsx.yaml and made here.
func trapSource(t *testing.T, folder string) *files.Source {
	t.Helper()
	var settings trapSettings
	if data, err := os.ReadFile(filepath.Join(folder, "source.yaml")); err == nil {
		if err := yaml.UnmarshalWithOptions(data, &settings, yaml.Strict()); err != nil {
			t.Fatal(err)
		}
	} else if !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	path := filepath.Join(folder, settings.Path)
	if described, err := os.ReadFile(filepath.Join(folder, "feed.xlsx.yaml")); err == nil {
		var b book
		if err := yaml.UnmarshalWithOptions(described, &b, yaml.Strict()); err != nil {
			t.Fatal(err)
		}
		path = write(t, "feed.xlsx", string(workbook(t, b)))
	} else if settings.Path == "" {
		found, err := filepath.Glob(filepath.Join(folder, "feed.*"))
		if err != nil || len(found) != 1 {
			t.Fatalf("%d feeds (%v)", len(found), err)
		}
		path = found[0]
	}
	mapping := map[string]config.Columns{}
	for field, columns := range settings.Mapping {
		mapping[field] = columns
	}
	return open(t, config.Source{Path: path, Sheet: settings.Sheet, Delimiter: settings.Delimiter, Layout: settings.Layout,
		Variants: settings.Variants, ImageBase: settings.ImageBase, Mapping: mapping}, settings.Prices...)
}

// outcome renders what a source delivers, or why it refuses.
func outcome(t *testing.T, source *files.Source) string {
	t.Helper()
	sink := sourcetest.NewMemorySink()
	var b strings.Builder
	if err := source.Extract(t.Context(), sink); err != nil {
		fmt.Fprintf(&b, "refuse: %s\n", err)
		var hinted interface{ Hint() string }
		if !errors.As(err, &hinted) || hinted.Hint() == "" {
			t.Fatalf("the refusal %q has no hint", err)
		}
		fmt.Fprintf(&b, "hint: %s\n", hinted.Hint())
		if sink.Closed("item") {
			t.Fatal("a refused feed was delivered")
		}
		return b.String()
	}
	table, _ := sink.Described("item")
	verdict := "accept"
	for _, e := range sink.Exceptions() {
		if e.Severity == check.Warning && verdict == "accept" {
			verdict = "warn"
		}
		if e.Severity == check.Error {
			verdict = "quarantine"
		}
	}
	fmt.Fprintln(&b, verdict)
	for _, e := range sink.Exceptions() {
		fmt.Fprintf(&b, "%s %s row %d column %q field %q sku %q entity %q found %q wanted %q\n",
			e.Code, e.Severity, e.Row, e.Column, e.Field, e.SKU, e.EntityKey, e.Found, e.Wanted)
	}
	for _, field := range slices.Sorted(maps.Keys(table.Fields)) {
		if entries := table.Fields[field]; !slices.Equal(entries, []string{"_" + field}) {
			fmt.Fprintf(&b, "field %s = %s\n", field, strings.Join(entries, " | "))
		}
	}
	for _, cells := range sink.Rows("item") {
		fmt.Fprintf(&b, "row %s %s %s", cells[stage.ColumnFile], cells[stage.ColumnRow], cells[stage.ColumnKind])
		for _, column := range table.Columns {
			switch column {
			case stage.ColumnFile, stage.ColumnRow, stage.ColumnKind:
			default:
				if cells[column] != "" {
					fmt.Fprintf(&b, " · %s %q", column, cells[column])
				}
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}
