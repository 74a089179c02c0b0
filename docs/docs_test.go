package docs_test

import (
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/check"
	"fairesync/pipeline/config"
	"fairesync/pipeline/faire/sandbox"
	"fairesync/pipeline/view"
	"fairesync/sql"
	"fairesync/transforms"
)

var update = flag.Bool("update", false, "write docs/exceptions.md and docs/relations.md anew")

// root is the project's folder, seen from this package's.
const root = ".."

func TestExceptions(t *testing.T) {
	generated(t, "exceptions.md", view.CodesMarkdown(check.Codes()))
}

func TestRelations(t *testing.T) {
	set := relations(t)
	described := slices.Sorted(maps.Keys(transforms.InputTables()))
	if diff := cmp.Diff(set.Inputs(), described); diff != "" {
		t.Errorf("transforms.InputTables describes other tables than the relations read beside each other (-read +described):\n%s", diff)
	}
	generated(t, "relations.md", transforms.Markdown(set, transforms.InputTables()))
}

func relations(t *testing.T) transforms.Set {
	t.Helper()
	set, err := transforms.Load(sql.Files)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func generated(t *testing.T, name, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil { //nolint:gosec // a document, for everyone to read
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) == want {
		return
	}
	wanted, found := strings.Split(want, "\n"), strings.Split(string(got), "\n")
	at := 0
	for at < min(len(wanted), len(found)) && wanted[at] == found[at] {
		at++
	}
	line := func(list []string) string { return strings.Join(list[min(at, len(list)):min(at+1, len(list))], "") }
	t.Errorf("docs/%s is not what the project says now; write it anew with make docs. Line %d\n  is     %q\n  not    %q", name, at+1, line(found), line(wanted))
}

var (
	fence      = regexp.MustCompile("(?ms)^[ ]*```.*?^[ ]*```[ ]*$")
	codeSpan   = regexp.MustCompile("`[^`\n]+`")
	link       = regexp.MustCompile(`\[[^\]]*\]\(([^)\s]+)\)`)
	heading    = regexp.MustCompile(`(?m)^#{1,6} (.+)$`)
	pathInText = regexp.MustCompile(`^(pipeline|transforms|sql|cmd|fixtures|docs)/[A-Za-z0-9_./*-]*$`)
)

// documents are the Markdown files of the project, by path from its folder.
func documents(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, name := range files(t, ".md") {
		if slices.Contains(strings.Split(name, "/"), "testdata") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		found[name] = string(text)
	}
	return found
}

// files are the files whose names end so, as paths from the project's folder. Folders that are no part of the project (.git, bin,
// state) are passed over.
func files(t *testing.T, extension string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		if entry.IsDir() && slices.Contains([]string{".git", "bin", "state", "demo"}, name) {
			return filepath.SkipDir
		}
		if !entry.IsDir() && strings.HasSuffix(name, extension) {
			names = append(names, filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestLinks: a link leads to a file of the project, and to a heading of it where it names one.
func TestLinks(t *testing.T) {
	all := documents(t)
	headings := map[string][]string{}
	for name, text := range all {
		headings[name] = anchors(text)
	}
	for name, text := range all {
		plain := codeSpan.ReplaceAllString(fence.ReplaceAllString(text, ""), "")
		for _, match := range link.FindAllStringSubmatch(plain, -1) {
			if strings.Contains(match[1], "://") || strings.HasPrefix(match[1], "mailto:") {
				continue
			}
			target, anchor, _ := strings.Cut(match[1], "#")
			aim := name
			if target != "" {
				aim = path.Join(path.Dir(name), target)
			}
			if _, err := os.Stat(filepath.Join(root, aim)); err != nil {
				t.Errorf("%s links to %s, which is not there", name, match[1])
			} else if anchor != "" && !slices.Contains(headings[aim], anchor) {
				t.Errorf("%s links to %s, but %s has no such heading", name, match[1], aim)
			}
		}
	}
}

// anchors are the names Markdown viewers give to headings: lower case, blanks as hyphens, other punctuation dropped.
func anchors(text string) []string {
	var found []string
	for _, match := range heading.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		found = append(found, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, strings.TrimSpace(match[1])))
	}
	return found
}

// TestPathsInText: a path of the project that a document names in a code span is there. Paths with <placeholders> are not looked
// for; * stands for any name.
func TestPathsInText(t *testing.T) {
	for name, text := range documents(t) {
		for _, span := range codeSpan.FindAllString(fence.ReplaceAllString(text, ""), -1) {
			span = strings.Trim(span, "`")
			if !pathInText.MatchString(span) {
				continue
			}
			if found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(span))); err != nil || len(found) == 0 {
				t.Errorf("%s names %s, which is not there", name, span)
			}
		}
	}
}

// TestGlossary: where the glossary says that a package defines a word, the package's doc comment has the glossary's own sentence.
func TestGlossary(t *testing.T) {
	text, err := os.ReadFile("glossary.md")
	if err != nil {
		t.Fatal(err)
	}
	comments := packageComments(t)
	var words []string
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 3 || strings.HasPrefix(cells[0], "---") || strings.TrimSpace(cells[0]) == "Word" {
			continue
		}
		word, meaning, defined := strings.TrimSpace(cells[0]), strings.TrimSpace(cells[1]), strings.Trim(strings.TrimSpace(cells[2]), "`")
		if slices.Contains(words, strings.ToLower(word)) {
			t.Errorf("the glossary has %q twice", word)
		}
		words = append(words, strings.ToLower(word))
		if defined == "" {
			continue
		}
		comment := strings.Join(strings.Fields(strings.Join(comments[defined], "\n")), " ")
		if comment == "" {
			t.Errorf("the glossary says that %q is defined in %s, which is no package", word, defined)
		} else if !strings.Contains(comment, meaning) {
			t.Errorf("the doc comment of %s lacks the glossary's sentence for %q: %s", defined, word, meaning)
		}
	}
	if len(words) < 30 {
		t.Errorf("the glossary has %d words; did its table change its shape?", len(words))
	}
}

// TestSwitches: docs/faire.md names every switch of the sandbox, so that no guess is forgotten, and no other.
func TestSwitches(t *testing.T) {
	text, err := os.ReadFile("faire.md")
	if err != nil {
		t.Fatal(err)
	}
	switches := reflect.TypeFor[sandbox.Switches]()
	for i := range switches.NumField() {
		if name := switches.Field(i).Tag.Get("json"); !strings.Contains(string(text), "`"+name+"`") {
			t.Errorf("docs/faire.md does not say what the switch %s stands for", name)
		}
	}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 4 || strings.Contains(cells[3], "fault") {
			continue
		}
		for _, span := range codeSpan.FindAllString(cells[3], -1) {
			name := strings.Trim(span, "`")
			known := false
			for i := range switches.NumField() {
				known = known || switches.Field(i).Tag.Get("json") == name
			}
			if !known {
				t.Errorf("docs/faire.md names the switch %s, which the sandbox does not have", name)
			}
		}
	}
}

// TestConfigurations: every configuration the documents show is one the program takes.
func TestConfigurations(t *testing.T) {
	whole := map[string]string{}
	for _, name := range files(t, ".yaml") {
		if strings.HasPrefix(name, "docs/") {
			text, err := os.ReadFile(filepath.Join(root, name))
			if err != nil {
				t.Fatal(err)
			}
			whole[name] = string(text)
		}
	}
	block := regexp.MustCompile("(?ms)^```yaml\\n(brand:.*?)^```$") // others are parts of one
	for name, text := range documents(t) {
		for i, match := range block.FindAllStringSubmatch(text, -1) {
			whole[fmt.Sprintf("%s, configuration %d", name, i+1)] = match[1]
		}
	}
	if len(whole) < 4 {
		t.Errorf("only %d configurations were found", len(whole))
	}
	for name, text := range whole {
		if _, err := config.Parse(name, []byte(text)); err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
}
