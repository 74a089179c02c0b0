package docs_test

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestLogs keeps docs/logs.md: the lines a program that reads logs may rely on, as the code writes them.
func TestLogs(t *testing.T) {
	lines := logLines(t)
	if len(lines) < 5 {
		t.Fatalf("only %d log lines were found: the code logs in another way than this test looks for", len(lines))
	}
	var out strings.Builder
	out.WriteString(logsHead)
	for _, line := range lines {
		fmt.Fprintf(&out, "| %s | %s | %s | `%s` |\n", line.level, line.message, "`"+strings.Join(line.keys, "` `")+"`", line.file)
	}
	generated(t, "logs.md", out.String())
}

const logsHead = `# Log lines

Every run writes ` + "`log.ndjson`" + ` in its folder: one JSON object a line, in the order things happened. ` + "`fairesync run --log json`" + ` writes the same lines to
stderr as they come, in place of the progress, for a collector. Keys are stable: a line keeps its message and its keys, new keys and new lines may be added.
Every line has these:

| Key | |
|---|---|
| ` + "`time`" + ` | UTC, RFC 3339 |
| ` + "`level`" + ` | DEBUG, INFO, WARN or ERROR |
| ` + "`msg`" + ` | one of the messages below |
| ` + "`brand`" + ` | the brand of the configuration |

Durations are in nanoseconds. No line holds a secret, an address with a token, or the value of a cell. What was sent to Faire is in ` + "`attempts.ndjson`" + `, what was found in
` + "`exceptions.ndjson`" + `; the log tells how the run went. This table is made from the code.

| Level | Message | Keys | Written by |
|---|---|---|---|
`

// logLine is one place the code logs at.
type logLine struct {
	level, message, file string
	keys                 []string
}

// logLines are all calls of a logger in the program: a method named after a level whose message is a literal.
func logLines(t *testing.T) []logLine {
	t.Helper()
	levels := []string{"Debug", "Info", "Warn", "Error"}
	var lines []logLine
	for _, dir := range []string{"pipeline", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				return err
			}
			relative, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(node ast.Node) bool {
				call, ok := node.(*ast.CallExpr)
				if !ok {
					return true
				}
				method, ok := call.Fun.(*ast.SelectorExpr)
				if ok && method.Sel.Name == "LogAttrs" {
					t.Errorf("%s: a log line is written with LogAttrs, which this test cannot read", relative)
				}
				if !ok || !slices.Contains(levels, strings.TrimSuffix(method.Sel.Name, "Context")) {
					return true
				}
				args := call.Args
				if strings.HasSuffix(method.Sel.Name, "Context") && len(args) > 0 {
					args = args[1:]
				}
				message, ok := literal(args, 0)
				if !ok {
					return true
				}
				line := logLine{level: strings.ToUpper(strings.TrimSuffix(method.Sel.Name, "Context")), message: message, file: filepath.ToSlash(relative)}
				for i := 1; i < len(args); i += 2 {
					key, ok := literal(args, i)
					if !ok {
						t.Errorf("%s: the log line %q has a key that is no literal", relative, message)
					}
					line.keys = append(line.keys, key)
				}
				lines = append(lines, line)
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	slices.SortFunc(lines, func(a, b logLine) int {
		return cmp.Or(slices.Index([]string{"ERROR", "WARN", "INFO", "DEBUG"}, a.level)-slices.Index([]string{"ERROR", "WARN", "INFO", "DEBUG"}, b.level),
			strings.Compare(a.message, b.message), strings.Compare(a.file, b.file))
	})
	return lines
}

func literal(args []ast.Expr, i int) (string, bool) {
	if i >= len(args) {
		return "", false
	}
	basic, ok := args[i].(*ast.BasicLit)
	if !ok || basic.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(basic.Value)
	return text, err == nil
}
