package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/check"
	"fairesync/transforms"
)

// parse reads one Go file; mode says how much of it.
func parse(t *testing.T, name string, mode parser.Mode) *ast.File {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, name), nil, mode)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func isTest(name string) bool { return strings.HasSuffix(name, "_test.go") }

// packageComments are the package doc comments by folder; a package without one has an empty list.
func packageComments(t *testing.T) map[string][]string {
	t.Helper()
	comments := map[string][]string{}
	for _, name := range files(t, ".go") {
		if isTest(name) || strings.Contains(name, "testdata/") {
			continue
		}
		folder := path.Dir(name)
		if comments[folder] == nil {
			comments[folder] = []string{}
		}
		if doc := parse(t, name, parser.PackageClauseOnly|parser.ParseComments).Doc; doc != nil {
			comments[folder] = append(comments[folder], doc.Text())
		}
	}
	return comments
}

func TestEveryPackageHasOneComment(t *testing.T) {
	for folder, comments := range packageComments(t) {
		if len(comments) != 1 {
			t.Errorf("package %s has %d doc comments, want one, in doc.go or in its main file", folder, len(comments))
		}
	}
}

// TestLengths: a file that has grown past what one reads in one go is split by subject. run.go tells the whole run.
func TestLengths(t *testing.T) {
	const most, mostOfRun = 450, 199
	for _, name := range files(t, ".go") {
		if isTest(name) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		limit := most
		if name == "pipeline/run.go" {
			limit = mostOfRun
		}
		if lines := strings.Count(string(text), "\n"); lines > limit {
			t.Errorf("%s has %d lines, at most %d are wanted", name, lines, limit)
		}
	}
}

// TestOnlyTheWarehouseTouchesTheDatabase says what the linter says (docs/architecture.md), for those who run only the tests.
func TestOnlyTheWarehouseTouchesTheDatabase(t *testing.T) {
	for name, imports := range imported(t) {
		for _, one := range imports {
			driver := strings.HasPrefix(one, "github.com/marcboeker/go-duckdb") || strings.HasPrefix(one, "github.com/apache/arrow/")
			if driver && !isTest(name) && path.Dir(name) != "pipeline/warehouse" {
				t.Errorf("%s imports %s; only pipeline/warehouse does", name, one)
			}
		}
	}
}

// imported are the import paths of every Go file.
func imported(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	for _, name := range files(t, ".go") {
		for _, spec := range parse(t, name, parser.ImportsOnly).Imports {
			found[name] = append(found[name], strings.Trim(spec.Path.Value, `"`))
		}
	}
	return found
}

// groups of codes (docs/exceptions.md).
var groups = []string{"FEED", "KEY", "ALIAS", "MATCH", "TEXT", "PRICE", "IMAGE", "OPTION", "TAXONOMY", "CODE", "STOCK", "LIFECYCLE", "PLAN", "GUARD", "DRIFT", "DECISION", "FAIRE"}

func TestCodes(t *testing.T) {
	form := regexp.MustCompile(`^(` + strings.Join(groups, "|") + `)(_[A-Z0-9]+)+$`)
	seen := map[string]bool{}
	for _, code := range check.Codes() {
		if !form.MatchString(code.Name) {
			t.Errorf("code %s is not upper snake case with one of the groups %s in front", code.Name, strings.Join(groups, ", "))
		}
		if seen[code.Name] {
			t.Errorf("code %s stands twice in the register", code.Name)
		}
		seen[code.Name] = true
		if code.Title == "" || strings.HasSuffix(code.Title, ".") {
			t.Errorf("the title of %s is %q; want a few words without a full stop", code.Name, code.Title)
		}
		if !strings.HasSuffix(code.Hint, ".") {
			t.Errorf("the hint of %s is %q; want sentences, each with a full stop", code.Name, code.Hint)
		}
		if holds := code.Holds != check.HoldsNothing; holds != (code.Severity == check.Error) {
			t.Errorf("%s is of severity %s and holds %s; errors hold something, others nothing", code.Name, code.Severity, code.Holds)
		}
	}
}

// TestEveryCodeIsUsed: a code that nothing reports any more stays in the register (codes are stable for ever) but then belongs on a
// list of retired ones, which there is no need for yet.
func TestEveryCodeIsUsed(t *testing.T) {
	var all strings.Builder
	for _, name := range slices.Concat(files(t, ".go"), files(t, ".sql")) {
		if isTest(name) || name == "pipeline/check/codes.go" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	text := all.String()
	for _, code := range check.Codes() {
		if !strings.Contains(text, `"`+code.Name+`"`) && !strings.Contains(text, "'"+code.Name+"'") {
			t.Errorf("nothing reports %s", code.Name)
		}
	}
}

// TestCodesInDocuments: a code that a document names is one of the register.
func TestCodesInDocuments(t *testing.T) {
	others := []string{"FAIRE_ACCESS_TOKEN", "FAIRE_URL"} // variables
	word := regexp.MustCompile(`\b(?:` + strings.Join(groups, "|") + `)_[A-Z0-9_]+\b`)
	for name, text := range documents(t) {
		for _, found := range word.FindAllString(text, -1) {
			if _, known := check.Lookup(found); !known && !slices.Contains(others, found) {
				t.Errorf("%s names the code %s, which the register does not have", name, found)
			}
		}
	}
}

// TestChecks: the relations of 40_check have the same columns in the same order, with the same meanings, so that they can be put
// together into one, and report only codes the register has.
func TestChecks(t *testing.T) {
	var first *transforms.Relation
	for _, relation := range relations(t).Relations() {
		if relation.Folder != "40_check" {
			continue
		}
		if first == nil {
			first = &relation
		}
		if diff := cmp.Diff(first.Columns, relation.Columns); diff != "" {
			t.Errorf("%s and %s have different columns (-%s +%s):\n%s", first.Name, relation.Name, first.Name, relation.Name, diff)
		}
	}
	if first == nil {
		t.Error("sql/40_check has no relations")
	}
	literal := regexp.MustCompile(`'([A-Z]+(?:_[A-Z0-9]+)+)'`)
	for _, relation := range relations(t).Relations() {
		for _, match := range literal.FindAllStringSubmatch(relation.SQL, -1) {
			group, _, _ := strings.Cut(match[1], "_")
			if _, known := check.Lookup(match[1]); !known && (relation.Folder == "40_check" || slices.Contains(groups, group)) {
				t.Errorf("sql/%s has %s, which check.Codes does not", relation.File, match[0])
			}
		}
	}
}

// readByGo are the relations package warehouse and package edges read.
var readByGo = []string{"candidate", "census", "current_document", "desired_document", "decided_field", "exception", "lineage", "price_point", "question", "row_account", "taxonomy_coverage",
	"unknown_rule"}

// TestEveryRelationIsRead: a relation nobody reads is work for nothing. Those of 40_check are read as finding.
func TestEveryRelationIsRead(t *testing.T) {
	set := relations(t)
	for _, relation := range set.Relations() {
		if relation.Folder != "40_check" && len(set.Readers(relation.Name)) == 0 && !slices.Contains(readByGo, relation.Name) {
			t.Errorf("nothing reads sql/%s", relation.File)
		}
	}
	for _, name := range readByGo {
		if _, ok := set.Lookup(name); !ok {
			t.Errorf("Go reads %s, which no file of sql/ makes", name)
		}
	}
}

// requirements are the modules of go.mod: path to whether it is marked indirect.
func requirements(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`^(?:require )?\s*([^\s()]+\.[^\s()]+) v\S+( // indirect)?$`)
	found := map[string]bool{}
	for one := range strings.Lines(string(text)) {
		if match := line.FindStringSubmatch(strings.TrimSuffix(one, "\n")); match != nil {
			found[match[1]] = match[2] != ""
		}
	}
	return found
}

// TestDependencies: go.mod marks as direct what the project imports, and docs/dependencies.md gives the reason for each and for
// nothing else.
func TestDependencies(t *testing.T) {
	required := requirements(t)
	wanted := map[string]bool{}
	for name, imports := range imported(t) {
		for _, one := range imports {
			if first, _, _ := strings.Cut(one, "/"); !strings.Contains(first, ".") {
				continue // the standard library, or ours
			}
			module := one
			for module != "." {
				if _, ok := required[module]; ok {
					break
				}
				module = path.Dir(module)
			}
			if module == "." {
				t.Errorf("%s imports %s, which go.mod does not require", name, one)
				continue
			}
			wanted[module] = true
		}
	}
	modules := slices.Sorted(maps.Keys(wanted))
	direct := []string{}
	for module, indirect := range required {
		if !indirect {
			direct = append(direct, module)
		}
	}
	slices.Sort(direct)
	if diff := cmp.Diff(modules, direct); diff != "" {
		t.Errorf("go.mod does not mark as direct what is imported; run go mod tidy (-imported +go.mod):\n%s", diff)
	}
	page, err := os.ReadFile("dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	described := []string{}
	for _, match := range regexp.MustCompile("(?m)^### `([^`]+)`").FindAllStringSubmatch(string(page), -1) {
		described = append(described, match[1])
	}
	slices.Sort(described)
	if diff := cmp.Diff(modules, described); diff != "" {
		t.Errorf("docs/dependencies.md has other headings than the project has dependencies (-imported +described):\n%s", diff)
	}
}
