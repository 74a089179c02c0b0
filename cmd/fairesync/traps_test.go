package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/plan"
)

const (
	trapFolder   = "../../fixtures/traps"
	trapDocument = "../../docs/traps.md"
	trapCommand  = "$ fairesync check"
)

// TestTraps makes a brand of every folder of fixtures/traps, lets check say what it makes of its feed, and plan where something
// ought to be sent, and compares that with outcome.txt. What a person wrote there stands above the first command; -update rewrites the rest. Then it holds what the
// catalogue of traps states of each trap against what was printed. Faire is an empty sandbox, so a row that is fine is planned as new.
func TestTraps(t *testing.T) {
	folders := trapFolders(t)
	server := httptest.NewServer(newBox())
	t.Cleanup(server.Close)
	for _, folder := range folders {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			entries := trapsOf(folder)
			plans := slices.ContainsFunc(entries, func(t trap) bool { return t.sku != "" && t.outcome != quarantineRow && t.outcome != ignoreRow })
			ran := runTrap(t, filepath.Join(trapFolder, folder), server.URL, plans)
			path := filepath.Join(trapFolder, folder, "outcome.txt")
			data, err := os.ReadFile(path)
			if err != nil && !(*update && errors.Is(err, fs.ErrNotExist)) {
				t.Fatal(err)
			}
			words, _, _ := strings.Cut(string(data), trapCommand)
			got := words + ran.text
			if *update && got != string(data) {
				if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
				data = []byte(got)
			}
			if diff := cmp.Diff(string(data), got); diff != "" {
				t.Errorf("outcome.txt (-want +got):\n%s", diff)
			}
			if line, _, _ := strings.Cut(words, "\n"); len(strings.Fields(line)) < 4 {
				t.Errorf("outcome.txt begins with %q; its first line says in words what happens and why", line)
			}
			for _, trap := range entries {
				if got := ran.outcome(trap); got != trap.outcome {
					t.Errorf("%s: the outcome is %q, and the catalogue says %q", trap.name, got, trap.outcome)
				}
			}
		})
	}
}

// trapFolders lists the traps as group/trap.
func trapFolders(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(trapFolder, "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	var folders []string
	for _, path := range found {
		folder, err := filepath.Rel(trapFolder, path)
		if err != nil {
			t.Fatal(err)
		}
		folders = append(folders, filepath.ToSlash(folder))
	}
	return folders
}

// trapRun is what the commands said about a feed.
type trapRun struct {
	text     string
	refused  bool
	findings []trapFinding
	sent     []string // SKUs of variants that would be sent
}

// trapFinding is a row of the table check prints.
type trapFinding struct{ severity, sku, style, wanted, where string }

// runTrap runs check in a copy of a trap; and plan, if that is wanted and check has read the feed.
func runTrap(t *testing.T, folder, url string, plans bool) trapRun {
	t.Helper()
	dir := t.TempDir()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	path := ""
	for _, entry := range entries {
		data, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if name := trapFile(t, dir, entry.Name(), data); strings.HasPrefix(name, "feed.") {
			path = name
		}
	}
	taxonomy, err := os.ReadFile(filepath.Join(trapFolder, "taxonomy.csv"))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "taxonomy.csv"), taxonomy, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	config := trapConfig(t, folder, dir, path, url)

	var ran trapRun
	var text strings.Builder
	checked := newProgram()
	code := checked.run("check", "--quiet", "-c", config)
	fmt.Fprintf(&text, "%s; exit code %d\n%s%s", trapCommand, code, aboutTheFeed(checked.stdout.String(), dir), aboutTheFeed(checked.stderr.String(), dir))
	ran.refused = code != 0
	for line := range strings.Lines(checked.stdout.String()) {
		if cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); len(cells) == 8 && cells[0] != "severity" {
			ran.findings = append(ran.findings, trapFinding{cells[0], cells[2], cells[3], cells[6], cells[7]})
		}
	}
	if !ran.refused && plans {
		ran.sent = trapPlan(t, &text, config, dir)
	}
	ran.text = text.String()
	return ran
}

// trapRoutine is what nearly every row of every trap has; it would hide what a trap is about.
var trapRoutine = [][2]string{{"description", "Soft."}, {"short_description", "Soft."}, {"taxonomy", "tt_tee"}, {"unit_multiplier", "1"},
	{"lifecycle", "PUBLISHED"}, {"on_hand", "5"}}

// trapPlan runs plan, writes down one line a change, and gives the SKUs of the variants it would make.
func trapPlan(t *testing.T, text *strings.Builder, config, dir string) []string {
	t.Helper()
	planned, file := newProgram(), filepath.Join(dir, "plan.json")
	world := world{Args: []string{"plan", "--quiet", "-c", config, "-o", file}, Getenv: func(string) string { return "secret" },
		Stdout: &planned.stdout, Stderr: &planned.stderr, Now: time.Now, Jitter: func() float64 { return 0 },
		Random: strings.NewReader(strings.Repeat("plan", 16))} // check has a run of this second already
	if code := execute(world); code != 0 {
		t.Fatalf("plan ends with %d: %s", code, planned.stderr.String())
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var read struct{ Changes []plan.Change }
	if err := json.Unmarshal(data, &read); err != nil {
		t.Fatal(err)
	}
	text.WriteString("\n$ fairesync plan\n")
	var sent []string
	for _, change := range read.Changes {
		var words strings.Builder
		for _, field := range change.Fields {
			if !slices.Contains(trapRoutine, [2]string{field.Name, field.After}) {
				fmt.Fprintf(&words, " · %s %q", field.Name, shortened(field.After))
			}
		}
		for _, held := range change.HeldBy {
			fmt.Fprintf(&words, " · held by %s", held)
		}
		if words.Len() > 0 && (change.Kind != plan.KindInventory || len(change.HeldBy) == 0) {
			fmt.Fprintf(text, "%s %s%s\n", change.Kind, shortened(firstOf(change.SKU, change.Style)), words.String())
		}
		if change.Kind == plan.KindVariant && len(change.HeldBy) == 0 {
			sent = append(sent, change.SKU)
		}
	}
	return sent
}

func firstOf(sku, style string) string {
	if sku != "" {
		return sku
	}
	return style
}

func shortened(text string) string {
	if runes := []rune(text); len(runes) > 200 { // of a long one the begin shows enough
		return fmt.Sprintf("%s… and %d more", string(runes[:40]), len(runes)-40)
	}
	return text
}

// notTheFeed are the lines of a summary that say nothing of the feed, or say it again.
var notTheFeed = regexp.MustCompile(`(?m)^(what|run|requests|commonest|workbook)\t.*\n`)

func aboutTheFeed(printed, dir string) string {
	printed = strings.ReplaceAll(notTheFeed.ReplaceAllString(printed, ""), dir+string(filepath.Separator), "")
	for _, m := range masks {
		printed = m.pattern.ReplaceAllString(printed, m.with)
	}
	return printed
}

// trapConfig writes the configuration of a trap and gives its path.
func trapConfig(t *testing.T, folder, dir, feed, url string) string {
	t.Helper()
	read := func(path string, into any) {
		data, err := os.ReadFile(path)
		if err == nil {
			err = yaml.Unmarshal(data, into)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	var config, over map[string]any
	read(filepath.Join(trapFolder, "config.yaml"), &config)
	read(filepath.Join(folder, "config.yaml"), &over)
	source, isSource := config["sources"].([]any)[0].(map[string]any)
	faire, isFaire := config["faire"].(map[string]any)
	if !isSource || !isFaire {
		t.Fatalf("config.yaml of the traps has no source or no faire: %v", config)
	}
	source["path"], faire["url"] = feed, url+"/external-api/v2"
	for key, value := range over {
		if part, ok := value.(map[string]any); ok && key == "source" {
			maps.Copy(source, part)
		} else {
			config[key] = value
		}
	}
	data, err := yaml.Marshal(config)
	path := filepath.Join(dir, "fairesync.yaml")
	if err == nil {
		err = os.WriteFile(path, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// outcome says in one of the catalogue's words what became of a trap.
func (r trapRun) outcome(trap trap) string {
	if r.refused {
		return refuseFile
	}
	if trap.sku == "" && trap.row == "" { // the whole feed
		return map[bool]string{true: accept, false: "unsaid: something was found"}[len(r.findings) == 0]
	}
	worst := ""
	for _, severity := range []string{"info", "warning", "error"} {
		if slices.ContainsFunc(r.findings, func(f trapFinding) bool { return f.severity == severity && f.about(trap) }) {
			worst = severity
		}
	}
	sent := trap.sku != "" && slices.Contains(r.sent, trap.sku)
	switch {
	case sent && worst == "error":
		return leaveValueOut
	case sent && worst == "warning":
		return acceptWithWarning
	case sent:
		return accept
	case worst == "error":
		return quarantineRow
	case worst != "":
		return ignoreRow
	}
	return "unsaid: neither sent nor told"
}

// about says whether a finding is about the SKU or the row of a trap.
func (f trapFinding) about(trap trap) bool {
	if trap.sku != "" && (f.sku == trap.sku || f.sku == "" && f.style == trap.sku) {
		return true
	}
	return trap.row != "" && (f.where == trap.row || strings.HasPrefix(f.where, trap.row+" column ") || f.wanted == trap.row)
}

// TestTrapCatalogue: every trap of the catalogue has its fixture or scenario, every fixture is some trap's, and docs/traps.md
// lists them.
func TestTrapCatalogue(t *testing.T) {
	folders := trapFolders(t)
	shown := map[string]bool{}
	for _, trap := range traps {
		if trap.scenario != "" {
			if _, err := os.Stat(filepath.Join("../../fixtures", trap.scenario, "README.md")); err != nil {
				t.Errorf("%s: %v", trap.name, err)
			}
			continue
		}
		shown[trap.fixture] = true
		if !slices.Contains(folders, trap.fixture) {
			t.Errorf("%s has no fixture: fixtures/traps/%s is not there", trap.name, trap.fixture)
		}
	}
	for _, folder := range folders {
		if !shown[folder] {
			t.Errorf("fixtures/traps/%s is no trap of the catalogue", folder)
		}
	}
	got := trapMarkdown()
	if *update {
		if err := os.WriteFile(trapDocument, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(trapDocument)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("docs/traps.md (-want +got); go test ./cmd/fairesync -run TestTrapCatalogue -update writes it:\n%s", diff)
	}
}

func trapsOf(folder string) []trap {
	return slices.DeleteFunc(slices.Clone(traps), func(t trap) bool { return t.fixture != folder })
}

func trapMarkdown() []byte {
	var b bytes.Buffer
	b.WriteString(trapIntroduction)
	group := ""
	for _, trap := range traps {
		if trap.group != group {
			group = trap.group
			fmt.Fprintf(&b, "\n## %s\n\n| Trap | Outcome | Why | Shown by |\n|---|---|---|---|\n", group)
		}
		shown := "traps/" + trap.fixture
		if trap.scenario != "" {
			shown = trap.scenario
		}
		where := shortened(firstOf(trap.sku, trap.row))
		if where != "" {
			where = ", " + where
		}
		cells := []string{trap.name, trap.outcome, trap.why}
		for i, cell := range cells {
			cells[i] = strings.ReplaceAll(cell, "|", `\|`)
		}
		fmt.Fprintf(&b, "| %s | [%s](../fixtures/%s)%s |\n", strings.Join(cells, " | "), shown, shown, where)
	}
	return b.Bytes()
}
