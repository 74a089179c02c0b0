package config_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"fairesync/pipeline/config"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// member is what LoadFolder says of a file, in short.
type member struct{ Name, File, Brand, Err string }

func members(t *testing.T, dir string) []member {
	t.Helper()
	list, err := config.LoadFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []member
	for _, m := range list {
		short := member{Name: m.Name, File: filepath.Base(m.Path), Brand: m.Config.Brand}
		if m.Err != nil {
			short.Err = strings.ReplaceAll(m.Err.Error(), dir, "DIR")
		}
		got = append(got, short)
	}
	return got
}

func TestLoadFolder(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "b.yaml", strings.Replace(full, "brand: luma", "brand: zeta", 1))
	write(t, dir, "a.yml", strings.Replace(full, "brand: luma", "brand: omega", 1))
	for _, name := range []string{".hidden.yaml", "notes.txt", "aliases.csv"} {
		write(t, dir, name, "junk")
	}
	if diff := cmp.Diff([]member{{"omega", "a.yml", "omega", ""}, {"zeta", "b.yaml", "zeta", ""}}, members(t, dir)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	write(t, dir, "c.yaml", strings.Replace(full, "brand: luma", "brand: omega", 1))
	write(t, dir, "d.yaml", "brnd: x\n")
	want := []member{
		{"omega", "a.yml", "omega", `DIR/a.yml: brand "omega" is configured by c.yaml too`},
		{"zeta", "b.yaml", "zeta", ""},
		{"omega", "c.yaml", "omega", `DIR/c.yaml: brand "omega" is configured by a.yml too`},
		{"d", "d.yaml", "", `DIR/d.yaml:1: unknown key brnd in the line "brnd: x"`},
	}
	if diff := cmp.Diff(want, members(t, dir)); diff != "" {
		t.Errorf("a broken file, and one brand twice (-want +got):\n%s", diff)
	}
	empty := t.TempDir()
	write(t, empty, "defaults.yaml", "state: state\n")
	for path, want := range map[string]string{empty: "holds no .yaml file of a brand", filepath.Join(empty, "no"): "cannot be read: no such file or directory"} {
		if _, err := config.LoadFolder(path); err == nil || err.Error() != path+": "+want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// shared are defaults that say all kinds of things, and ofBrand is a brand that says other things of each kind.
const (
	shared = `state: /var/lib/fairesync
settings:
  merchant: {inventory_sync: true, product_sync: true}
  cart: {inventory_sync: true, product_sync: true}
sources:
  - name: wms
    kind: files
    path: feed.csv
    mapping: {sku: [Code, SKU], name: Title}
    exclude: {season: [SAMPLES]}
  - {name: prices, kind: files, path: /srv/prices.csv}
prices: [{geography: USA, round: half_up}]
faire:
  url: http://127.0.0.1:8790/external-api/v2
  token: {env: FAIRE_TOKEN}
  pace: {writes_per_second: 2, burst: 9}
alias: {name: merchantSKU, file: aliases.csv, skip_without_alias: true}
taxonomy: {rules: taxonomy.csv, unmapped: unpublished}
fields: {name: ours, price: theirs}
when_gone: stop_selling
`
	ofBrand = `brand: luma
settings: {cart: {product_sync: false}}
sources:
  - {name: prices}
  - {name: own, kind: files, path: own.csv}
  - {name: wms, path: luma.csv, mapping: {name: Name}, exclude: }
prices: [{geography: CAN}]
faire: {token: {file: luma.token}, pace: {burst: 3}}
alias: {skip_without_alias: false}
taxonomy:
fields: {price: ours}
`
)

// TestFolderDefaults: blocks are merged, what else the brand says stands, sources go by name, a key without a value takes the
// default away.
func TestFolderDefaults(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "defaults.yaml", shared)
	path := write(t, dir, "luma.yaml", ofBrand)
	got, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	want, err := config.Parse(path, []byte(`brand: luma
state: /var/lib/fairesync
settings:
  merchant: {inventory_sync: true, product_sync: true}
  cart: {inventory_sync: true}
sources:
  - {name: prices, kind: files, path: /srv/prices.csv}
  - {name: own, kind: files, path: own.csv}
  - {name: wms, kind: files, path: luma.csv, mapping: {sku: [Code, SKU], name: Name}}
prices: [{geography: CAN}]
faire:
  url: http://127.0.0.1:8790/external-api/v2
  token: {file: luma.token}
  pace: {writes_per_second: 2, burst: 3}
alias: {name: merchantSKU, file: aliases.csv}
fields: {name: ours, price: ours}
when_gone: stop_selling
`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	recorded, err := config.Recorded(path, got.WithoutSecrets())
	if err != nil {
		t.Fatal(err)
	}
	want.Faire.Token = config.Secret{}
	if diff := cmp.Diff(want, recorded); diff != "" {
		t.Errorf("what is recorded is not what was merged (-want +got):\n%s", diff)
	}
	folder, err := config.LoadFolder(dir)
	if err != nil || len(folder) != 1 {
		t.Fatalf("%d brands: %v", len(folder), err)
	}
	if diff := cmp.Diff(config.Member{Name: "luma", Path: path, Config: got}, folder[0]); diff != "" {
		t.Errorf("the folder says other things than the file (-want +got):\n%s", diff)
	}
	if _, err := config.Load(filepath.Join(dir, "defaults.yaml")); err == nil || !strings.Contains(err.Error(), "is no brand's configuration") {
		t.Errorf("the defaults as a brand: %v", err)
	}
}

// TestDefaultTakenAway: a brand with credentials of another kind takes the default token away, by a key without a value.
func TestDefaultTakenAway(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "defaults.yaml", "faire: {token: {env: FAIRE_TOKEN}}\n")
	const brand, oauth = "brand: luma\nsources: [{name: feed, kind: files, path: feed.csv}]\n", "oauth: {application_id: apa_1, application_secret: {env: A}, access_token: {env: B}}"
	got, err := config.Load(write(t, dir, "luma.yaml", brand+"faire: {token: , "+oauth+"}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got.Faire.Token != (config.Secret{}) || got.Faire.OAuth.ApplicationID != "apa_1" {
		t.Errorf("%+v", got.Faire)
	}
	if _, err := config.Load(write(t, dir, "luma.yaml", brand+"faire: {"+oauth+"}\n")); err == nil || !strings.HasSuffix(err.Error(), "luma.yaml:3: faire.oauth is given beside faire.token") {
		t.Errorf("with both: %v", err)
	}
}

// TestRefusalsOfDefaults: what is wrong is told of the file it stands in.
func TestRefusalsOfDefaults(t *testing.T) {
	const brand = "brand: luma\nsources: [{name: feed, kind: files, path: feed.csv}]\n"
	for _, test := range []struct{ name, defaults, brand, want string }{
		{"unknown key", "state: x\nwhen_goen: keep\n", brand, `defaults.yaml:2: unknown key when_goen in the line "when_goen: keep"`},
		{"a brand", "state: x\nbrand: luma\n", brand, `defaults.yaml:2: names a brand, but stands for all brands of the folder`},
		{"no keys", "luma\n", brand, `defaults.yaml:1: holds no keys`},
		{"no kind of value", "faire:\n  pace: {burst: many}\n", brand, `defaults.yaml:2: faire.pace.burst is "many", not a whole number`},
		{"no YAML", "faire: [\n", brand, `defaults.yaml:1: is no YAML: sequence end token ']' not found`},
		{"an anchor", "state: &x y\n", brand, `defaults.yaml:1: uses an anchor, alias, merge or tag`},
		{"a wrong value", "# all brands\n\nwhen_gone: delete\n", brand, `defaults.yaml:3: when_gone is "delete", not keep, stop_selling or unpublish`},
		{"a wrong value below", "faire:\n  pace:\n    burst: 0\n    in_flight: 2000\n", brand + "faire: {pace: {burst: 3}}\n",
			`defaults.yaml:4: faire.pace.in_flight is 2000, not 1 to 1000`},
		{"a wrong value of a source", "sources:\n- name: feed\n  kind: files\n  path: x.csv\n  decimal: ;\n", "brand: luma\nsources: [{name: feed}]\n",
			`defaults.yaml:5: sources[0].decimal is ";", not . or ,`},
		{"a wrong value in the brand", "# all\n\n\nwhen_gone: keep\n", brand + "when_gone: delete\n", `luma.yaml:3: when_gone is "delete", not keep, stop_selling or unpublish`},
		{"missing in both", "sources:\n- name: feed\n  kind: files\n", "brand: luma\n\nsources: [{name: feed}]\n", `luma.yaml:3: sources[0].path is missing`},
		{"no brand", "state: x\n", "sources: [{name: feed, kind: files, path: feed.csv}]\n", `luma.yaml: brand is missing`},
		{"an unknown key in the brand", "state: x\n", brand + "when_goen: x\n", `luma.yaml:3: unknown key when_goen in the line "when_goen: x"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "defaults.yaml", test.defaults)
			_, err := config.Load(write(t, dir, "luma.yaml", test.brand))
			if err == nil {
				t.Fatal("accepted")
			}
			if diff := cmp.Diff(test.want, strings.ReplaceAll(err.Error(), dir+string(filepath.Separator), "")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestNothingMerged: defaults that say nothing change nothing, and neither does a brand that repeats them or that says all they say.
func TestNothingMerged(t *testing.T) {
	for name, defaults := range map[string]string{"empty": "", "comments": "# nothing yet\n", "the brand's own": strings.TrimPrefix(full, "brand: luma\n"),
		"others, all overruled": strings.NewReplacer("brand: luma\n", "", "true", "false", "stock-only", "full", "9", "8", "page_size: 200", "page_size: 100").Replace(full)} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "defaults.yaml", defaults)
			got, err := config.Load(write(t, dir, "luma.yaml", full))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(fullConfig(dir), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// setting is a key somewhere in a configuration, with two values of it.
type setting struct{ block, key, one, other string }

var settings = []setting{
	{"", "first_link", "ours", "theirs"}, {"", "when_gone", "keep", "unpublish"}, {"", "policy", "full", "create-only"}, {"", "state", "a", "b"},
	{"faire.pace", "burst", "2", "3"}, {"faire.pace", "in_flight", "5", "6"}, {"faire.pace", "writes_per_second", "0.5", "7"},
	{"faire", "url", "https://one.example/v2", "https://two.example/v2"}, {"faire", "token", "{env: ONE}", "{file: two}"},
	{"settings.cart", "product_sync", "true", "false"}, {"settings.merchant", "inventory_sync", "true", "false"},
	{"fields", "name", "ours", "theirs"}, {"fields", "price", "ours", "theirs"}, {"images", "ignore_query", "[v]", "[w, x]"},
	{"inventory", "column", "Qty", "[A, B]"}, {"inventory", "safety_stock", "2", "3"}, {"taxonomy", "unmapped", "hold", "unpublished"},
}

// document writes chosen settings as YAML, in blocks.
func document(chosen map[int]string) string {
	tree := map[string]any{}
	for i, value := range chosen {
		at := tree
		if settings[i].block != "" {
			for part := range strings.SplitSeq(settings[i].block, ".") {
				if at[part] == nil {
					at[part] = map[string]any{}
				}
				at = at[part].(map[string]any)
			}
		}
		at[settings[i].key] = value
	}
	var out bytes.Buffer
	var emit func(indent string, block map[string]any)
	emit = func(indent string, block map[string]any) {
		for key, value := range block {
			if inner, ok := value.(map[string]any); ok {
				out.WriteString(indent + key + ":\n")
				emit(indent+"  ", inner)
				continue
			}
			out.WriteString(indent + key + ": " + value.(string) + "\n")
		}
	}
	emit("", tree)
	return out.String()
}

// TestBrandWins: whatever stands in the defaults and in the brand, the result is the file that has every key of either, and of those in
// both the brand's.
func TestBrandWins(t *testing.T) {
	const brand = "brand: luma\nsources: [{name: feed, kind: files, path: feed.csv}]\n"
	dir := t.TempDir()
	rapid.Check(t, func(r *rapid.T) {
		below, above, both := map[int]string{}, map[int]string{}, map[int]string{}
		for i, s := range settings {
			draw := func(into map[int]string, where string) {
				if value := rapid.SampledFrom([]string{"", s.one, s.other}).Draw(r, where+" "+s.key); value != "" {
					into[i], both[i] = value, value
				}
			}
			draw(below, "defaults")
			draw(above, "brand")
		}
		write(t, dir, "defaults.yaml", document(below))
		path := write(t, dir, "luma.yaml", brand+document(above))
		got, err := config.Load(path)
		if err != nil {
			r.Fatal(err)
		}
		want, err := config.Parse(path, []byte(brand+document(both)))
		if err != nil {
			r.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			r.Fatalf("(-want +got):\n%s", diff)
		}
	})
}
