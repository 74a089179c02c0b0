package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fairesync/pipeline/config"
)

// TestInitLoads: what init writes is a configuration, and says nothing that was not answered.
func TestInitLoads(t *testing.T) {
	for _, test := range []struct {
		name string
		o    initAnswers
		look feedLook
		want config.Source
	}{
		{"files", initAnswers{brand: "luma", source: "files", feed: "drop/*.csv"}, feedLook{},
			config.Source{Name: "wms", Kind: "files", Path: "drop/*.csv"}},
		{"files, odd names", initAnswers{brand: "null", source: "files", feed: `a "b": #c.csv`, geography: "CAN"}, feedLook{quantity: `on: "hand" #1`},
			config.Source{Name: "wms", Kind: "files", Path: `a "b": #c.csv`}},
		{"apparelmagic", initAnswers{brand: "harbor", source: "apparelmagic", url: "https://harbor.app.apparelmagic.com/api/json"}, feedLook{},
			config.Source{Name: "wms", Kind: "apparelmagic", URL: "https://harbor.app.apparelmagic.com/api/json", Token: config.Secret{Env: "APPARELMAGIC_TOKEN"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := test.o.check(); err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			path := filepath.Join(dir, initConfig)
			if err := os.WriteFile(path, []byte(test.o.config(test.look)), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := config.Load(path)
			if err != nil {
				t.Fatal(err)
			}
			if got.Brand != test.o.brand || got.Settings != (config.Settings{}) || got.Faire.Token.Env != "FAIRE_ACCESS_TOKEN" ||
				got.State != filepath.Join(dir, "state") || got.Taxonomy.Rules != filepath.Join(dir, initTaxonomy) || len(got.Inventory.Columns) > 0 {
				t.Errorf("it loads as %+v", got)
			}
			if price := got.Prices[0]; price.Geography != test.o.geography || price.Currency != test.o.currency {
				t.Errorf("prices: %+v", got.Prices)
			}
			source := got.Sources[0]
			want := test.want
			if want.Path != "" {
				want.Path = filepath.Join(dir, want.Path)
			}
			want.PageSize, want.RequestsPerSecond, want.Layout, want.Decimal = source.PageSize, source.RequestsPerSecond, source.Layout, source.Decimal
			want.Colourways = source.Colourways
			if diff := cmp.Diff(want, source); diff != "" {
				t.Errorf("source (-want +got):\n%s", diff)
			}
		})
	}
}

// TestInitComments: every line init comments out is right when the # is taken off, and every key of a configuration stands in it.
func TestInitComments(t *testing.T) {
	for _, o := range []initAnswers{
		{brand: "luma", source: "files", feed: "feed.csv"}, {brand: "luma", source: "apparelmagic", url: "https://x.app.apparelmagic.com/api/json"},
	} {
		if err := o.check(); err != nil {
			t.Fatal(err)
		}
		text := o.config(feedLook{})
		lines := strings.Split(text, "\n")
		for i, line := range lines {
			key, _, isKey := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "# "), ":")
			if !strings.HasPrefix(strings.TrimSpace(line), "# ") || !isKey || strings.ContainsAny(key, " ") || key == "scope" {
				continue
			}
			on := append([]string(nil), lines...)
			on[i] = strings.Replace(line, "# ", "", 1)
			whole := strings.Join(on, "\n")
			switch key {
			case "oauth":
				whole = strings.Replace(whole, "  token: {env: FAIRE_ACCESS_TOKEN}", "", 1)
			case "round": // it says where it belongs, not that it stands alone
				continue
			}
			_, err := config.Parse(filepath.Join(t.TempDir(), initConfig), []byte(whole))
			if key == "variants" && err != nil && strings.Contains(err.Error(), "layout") {
				continue // it wants another layout, as it says
			}
			if err != nil {
				t.Errorf("%s: with %q: %v", o.source, on[i], err)
			}
		}
		for _, key := range yamlKeys(reflect.TypeFor[config.Config]()) {
			if !strings.Contains(text, key+":") && !strings.Contains(text, key+" ") && o.source == "files" && key != "url" && key != "page_size" && key != "requests_per_second" {
				t.Errorf("key %s is not mentioned", key)
			}
		}
	}
}

func yamlKeys(kind reflect.Type) []string {
	var keys []string
	for i := range kind.NumField() {
		if key := kind.Field(i).Tag.Get("yaml"); key != "" && key != "-" {
			keys = append(keys, key)
		}
	}
	return keys
}

// TestYAMLScalar: any text comes back as it was.
func TestYAMLScalar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.StringMatching(`[ -~]{1,20}`), rapid.SampledFrom([]string{"true", "Null", "1", "a: b", "*.csv", "- x", "é #1", ".5"})).Draw(t, "text")
		if text = strings.TrimSpace(text); text == "" {
			return
		}
		o := initAnswers{brand: "luma", source: "files", feed: "feed.csv", geography: "USA", currency: "USD", tokenEnv: "T"}
		whole := strings.Replace(o.config(feedLook{quantity: text}), "# inventory:", "inventory:", 1)
		c, err := config.Parse("config.yaml", []byte(whole))
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if diff := cmp.Diff(config.Columns{text}, c.Inventory.Columns); diff != "" {
			t.Fatalf("%q (-want +got):\n%s", text, diff)
		}
	})
}

// TestInitAsks: on a terminal what no flag says is asked, and an empty line takes what is proposed.
func TestInitAsks(t *testing.T) {
	for _, test := range []struct {
		name, typed, want string
		o                 initAnswers
		asked             []string
		got               initAnswers
	}{
		{name: "files", typed: "\n\n\nfeed.csv\nCAN\n\n\n", asked: []string{"Name of the brand", "[summer-co]", "[files]", "[CAD]", "[FAIRE_ACCESS_TOKEN]"},
			got: initAnswers{brand: "summer-co", source: "files", feed: "feed.csv", geography: "CAN", currency: "CAD", tokenEnv: "FAIRE_ACCESS_TOKEN"}},
		{name: "apparelmagic", typed: "harbor\nhttps://h.example/api/json\n\nUSA\nUSD\nT", o: initAnswers{source: "apparelmagic"}, asked: []string{"Address of the account"},
			got: initAnswers{brand: "harbor", source: "apparelmagic", url: "https://h.example/api/json", sourceTokenEnv: "APPARELMAGIC_TOKEN", geography: "USA", currency: "USD", tokenEnv: "T"}},
		{name: "closed", typed: "luma\n", o: initAnswers{source: "files"}, want: "the terminal was closed before everything was answered"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			err := newPrompter(strings.NewReader(test.typed), &out).complete(t.Context(), &test.o, filepath.Join("x", "Summer Co"))
			if test.want != "" {
				if err == nil || err.Error() != test.want || worst(codesOf(err)) != exitUsage {
					t.Fatalf("error: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.got, test.o, cmp.AllowUnexported(initAnswers{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, text := range test.asked {
				if !strings.Contains(out.String(), text) {
					t.Errorf("%q was not asked: %s", text, out.String())
				}
			}
		})
	}
}

// TestInitIsInterrupted: a question does not keep the program.
func TestInitIsInterrupted(t *testing.T) {
	p := newProgram()
	in, typing := io.Pipe()
	defer typing.Close() //nolint:errcheck // a pipe
	asked := make(chan struct{})
	p.stderr.saw = map[string]chan struct{}{"Name of the brand": asked}
	a := &app{world: world{Stdout: &p.stdout, Stderr: &p.stderr, Now: time.Now, Interrupts: p.interrupts, Leave: func(code int) { p.left <- code }}}
	ctx, stop := a.interruptible()
	defer stop()
	go func() {
		<-asked
		p.interrupts <- os.Interrupt
	}()
	dir := t.TempDir()
	err := a.initialise(ctx, dir, initAnswers{}, newPrompter(in, a.Stderr))
	if said := (*ended)(nil); !errors.As(err, &said) || said.code != exitInterrupted {
		t.Errorf("error %v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("it left %v: %v", entries, err)
	}
}
