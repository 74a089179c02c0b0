package sandbox_test

import (
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/faire/sandbox"
)

// TestReadmeListsEverySwitch holds the table of the README against the switches and their defaults, and the comments of the fields
// against the table.
func TestReadmeListsEverySwitch(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("switches.go")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(readme), "\n## Switches\n")
	table, _, ended := strings.Cut(table, "\n## ")
	if !found || !ended {
		t.Fatal("README.md has no section Switches")
	}
	got := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\| `([^`]+)` \\| (none|§\\d+(?:\\.\\d)?|[TPVIB]\\d+) \\| ([DSG1](?:, [DSG1])?) \\| \\S").FindAllStringSubmatch(table, -1) {
		got[row[1]] = row[2]
	}
	want := map[string]string{}
	defaults := reflect.ValueOf(sandbox.DefaultSwitches())
	for i := range defaults.NumField() {
		value, err := json.Marshal(defaults.Field(i).Interface())
		if err != nil {
			t.Fatal(err)
		}
		want[defaults.Type().Field(i).Tag.Get("json")] = string(value)
		name := defaults.Type().Field(i).Name
		if !regexp.MustCompile(`(?s)// ` + name + ` [^\n]*(?:\n\t// [^\n]*)*default `).Match(source) {
			t.Errorf("the comment of %s does not give its default", name)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("README.md (-switches +readme):\n%s", diff)
	}
}

func TestSwitchesOverHTTP(t *testing.T) {
	f := start(t, sandbox.Options{})
	read := func(got answer) sandbox.Switches {
		t.Helper()
		var out sandbox.Switches
		if err := json.Unmarshal([]byte(got.text), &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	want := sandbox.DefaultSwitches()
	if diff := cmp.Diff(want, read(f.do("GET", ctrl+"/switches", nil))); diff != "" {
		t.Errorf("GET (-want +got):\n%s", diff)
	}
	want.HideDrafts, want.BatchCap = true, 7
	if diff := cmp.Diff(want, read(f.do("PUT", ctrl+"/switches", `{"hide_drafts":true,"batch_cap":7}`))); diff != "" {
		t.Errorf("PUT (-want +got):\n%s", diff)
	}
	want.PriceRatio = false
	if diff := cmp.Diff(want, read(f.do("PATCH", ctrl+"/switches", `{"price_ratio":false}`))); diff != "" {
		t.Errorf("PATCH (-want +got):\n%s", diff)
	}
	for body, message := range map[string]string{
		`{"images_patch":"maybe"}`:     `switch images_patch is "maybe", want one of replace, append`,
		`{"default_lifecycle":"GONE"}`: `switch default_lifecycle is "GONE", want one of DRAFT, PUBLISHED, UNPUBLISHED`,
		`{"create_status":202}`:        "switch create_status is 202, want 200 or 201",
		`{"delete_status":404}`:        "switch delete_status is 404, want 200 or 204",
		`{"short_description_max":0}`:  "switch short_description_max is 0, want at least 1",
		`{"batch_cap":-1}`:             "switches fresh_sku_requests, fresh_sku_seconds and batch_cap must not be negative",
		`{"price_ration":false}`:       `read body: json: unknown field "price_ration"`,
	} {
		f.do("PUT", ctrl+"/switches", body).is(400, message)
	}
	if diff := cmp.Diff(want, f.server.Switches()); diff != "" {
		t.Errorf("a refused PUT changed the switches:\n%s", diff)
	}
	if diff := cmp.Diff(sandbox.DefaultSwitches(), read(f.do("DELETE", ctrl+"/switches", nil))); diff != "" {
		t.Errorf("DELETE (-want +got):\n%s", diff)
	}
	got := f.do("POST", ctrl+"/switches", "{}")
	got.is(405, "Method Not Allowed")
	if got.header.Get("Allow") != "GET, PUT, DELETE, PATCH" {
		t.Errorf("Allow %q", got.header.Get("Allow"))
	}
	if got := f.do("POST", ctrl+"/state", "{}").header.Get("Allow"); got != "GET, PUT, DELETE" {
		t.Errorf("Allow of state %q", got)
	}
}

func TestNewPanicsOnSwitchesWithoutMeaning(t *testing.T) {
	defer func() {
		if got := recover(); got != `sandbox.New: switch explicit_null is "", want one of ignore, refuse` {
			t.Errorf("recovered %v", got)
		}
	}()
	sandbox.New(sandbox.Options{Switches: &sandbox.Switches{}})
}
