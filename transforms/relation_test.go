package transforms_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"fairesync/transforms"

	"github.com/google/go-cmp/cmp"
)

// files makes a file system of relation files.
func files(texts map[string]string) fs.FS {
	fsys := fstest.MapFS{}
	for name, text := range texts {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

// relation writes a small file; reads is a comma list.
func relation(name, reads string) string {
	return "-- relation: " + name + "\n-- about:    About " + name + ".\n-- grain:    one row per id\n-- key:      id\n-- reads:    " + reads +
		"\n-- as:       table\nSELECT id -- what it is\nFROM t\n"
}

const rich = `-- relation: rich
-- about:    Everything a file may hold: a text that goes on
--           on a second line.
-- grain:    one row per variant_key
--           and geography
-- key:      variant_key, geography
-- reads:    base, clean_price,
--           setting
-- as:       view

-- A comment that is none of the header.
WITH a AS (
  SELECT x, y FROM base -- not a column
), b AS (SELECT * FROM a ORDER BY 1)
SELECT DISTINCT ON (v.key, geo)
  v.key AS variant_key,                  -- our key
  "geography",                           -- where
  b.Name,                                -- unquoted names are lower case
  CASE WHEN a IS DISTINCT FROM b THEN 'x, -- y' ELSE $$it's$$ END AS odd, -- strings hide commas and comments
  /* block,
     comment */ coalesce(
    a, -- inner comments are not meanings
    b
  ) AS several_lines,                    -- the last line counts
  a IS DISTINCT FROM b AS differs,       -- FROM that is no clause
  {'k': [1, 2]} AS nested,               -- brackets of all kinds
  count(*) FILTER (WHERE x) OVER (PARTITION BY y) AS windowed, -- inner FROM and WHERE
  extract(year FROM d) AS year,          --- dashes are not part of it
  "as ""quoted""",                       -- quotes doubled
  last.one                               -- no comma after it
FROM b
UNION ALL
SELECT 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
ORDER BY 1;
`

func TestLoad(t *testing.T) {
	set, err := transforms.Load(files(map[string]string{
		"20_match/rich.sql":  rich,
		"10_clean/base.sql":  strings.ReplaceAll(relation("base", "-"), "\n", "\r\n"),
		"10_clean/notes.txt": "not SQL",
		"embed.go":           "package sql",
	}))
	if err != nil {
		t.Fatal(err)
	}
	got, ok := set.Lookup("rich")
	if !ok {
		t.Fatal("rich is not there")
	}
	statement := got.SQL
	got.SQL = ""
	want := transforms.Relation{
		Name: "rich", Folder: "20_match", About: "Everything a file may hold: a text that goes on on a second line.",
		Grain: "one row per variant_key and geography", Key: []string{"variant_key", "geography"}, Reads: []string{"base", "clean_price", "setting"},
		As: transforms.AsView, File: "20_match/rich.sql",
		Columns: []transforms.Column{
			{Name: "variant_key", Meaning: "our key"},
			{Name: "geography", Meaning: "where"},
			{Name: "name", Meaning: "unquoted names are lower case"},
			{Name: "odd", Meaning: "strings hide commas and comments"},
			{Name: "several_lines", Meaning: "the last line counts"},
			{Name: "differs", Meaning: "FROM that is no clause"},
			{Name: "nested", Meaning: "brackets of all kinds"},
			{Name: "windowed", Meaning: "inner FROM and WHERE"},
			{Name: "year", Meaning: "dashes are not part of it"},
			{Name: `as "quoted"`, Meaning: "quotes doubled"},
			{Name: "one", Meaning: "no comma after it"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rich (-want +got):\n%s", diff)
	}
	if strings.Count(statement, "\n") != strings.Count(rich, "\n")-1 || strings.HasSuffix(statement, ";") || !strings.HasPrefix(strings.TrimLeft(statement, "\n"), "-- A comment") {
		t.Errorf("the statement does not keep the lines of the file without header and semicolon:\n%s", statement)
	}
	if diff := cmp.Diff([]string{"clean_price", "setting"}, set.Inputs()); diff != "" {
		t.Errorf("inputs (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"rich"}, set.Readers("base")); diff != "" {
		t.Errorf("readers of base (-want +got):\n%s", diff)
	}
	if base, _ := set.Lookup("base"); base.Reads != nil || base.As != transforms.AsTable {
		t.Errorf("base reads %v as %s", base.Reads, base.As)
	}
	if _, ok := set.Lookup("nothing"); ok {
		t.Error("nothing is there")
	}
}

func TestRelationsComeAfterWhatTheyRead(t *testing.T) {
	set, err := transforms.Load(files(map[string]string{
		"10_a/zebra.sql":  relation("zebra", ""),
		"10_a/early.sql":  relation("early", "late, input"),
		"20_b/apple.sql":  relation("apple", "zebra"),
		"20_b/middle.sql": relation("middle", "early"),
		"30_c/late.sql":   relation("late", "zebra"),
	}))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, relation := range set.Relations() {
		got = append(got, relation.Name)
	}
	if diff := cmp.Diff([]string{"zebra", "apple", "late", "early", "middle"}, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestLoadSaysWhatIsWrong(t *testing.T) {
	good := relation("r", "-")
	replace := func(old, new string) string { return strings.Replace(good, old, new, 1) }
	for name, c := range map[string]struct {
		file, text, want string
	}{
		"missing lines":     {"10_a/r.sql", "-- relation: r\n-- key: id\nSELECT 1", "10_a/r.sql:3: the header lacks -- about:, -- grain:, -- reads:, -- as:"},
		"no header":         {"10_a/r.sql", "SELECT 1 AS id -- x", "10_a/r.sql:1: the header lacks -- relation:, -- about:, -- grain:, -- key:, -- reads:, -- as:"},
		"twice":             {"10_a/r.sql", "-- relation: r\n-- relation: r\n", "10_a/r.sql:2: header line -- relation: stands here and in line 1"},
		"other name":        {"10_a/other.sql", good, `10_a/other.sql:1: the header names the relation "r", the file is named "other"`},
		"bad name":          {"10_a/R.sql", replace("relation: r", "relation: R"), `10_a/R.sql:1: relation name "R" is not lower case letters, digits and underscores`},
		"empty about":       {"10_a/r.sql", replace("About r.", ""), "10_a/r.sql:2: the header line -- about: is empty"},
		"empty key":         {"10_a/r.sql", replace("key:      id", "key:"), "10_a/r.sql:4: the header line -- key: is empty"},
		"as":                {"10_a/r.sql", replace("table", "index"), `10_a/r.sql:6: as is "index", not table or view`},
		"reads no name":     {"10_a/r.sql", replace("reads:    -", "reads: a b, c"), `10_a/r.sql:5: reads has "a b", which is no name`},
		"reads twice":       {"10_a/r.sql", replace("reads:    -", "reads: a, a"), `10_a/r.sql:5: reads names "a" twice`},
		"key no column":     {"10_a/r.sql", replace("key:      id", "key: sku"), `10_a/r.sql:4: key column "sku" is no output column`},
		"outside":           {"r.sql", good, "r.sql: stands outside a folder NN_name, such as 10_clean"},
		"deep":              {"10_a/b/r.sql", good, "10_a/b/r.sql: stands outside a folder NN_name, such as 10_clean"},
		"no statement":      {"10_a/r.sql", good[:strings.Index(good, "SELECT")], "10_a/r.sql: there is no statement below the header"},
		"other statement":   {"10_a/r.sql", replace("SELECT id", "CREATE TABLE x AS SELECT id"), `10_a/r.sql:7: the statement begins with "CREATE"`},
		"two statements":    {"10_a/r.sql", good + ";\nSELECT 2", "10_a/r.sql:9: there is more than one statement"},
		"open string":       {"10_a/r.sql", good + "WHERE x = 'a", "10_a/r.sql:9: a string is never closed"},
		"open identifier":   {"10_a/r.sql", good + `WHERE "x`, "10_a/r.sql:9: a quoted identifier is never closed"},
		"open comment":      {"10_a/r.sql", good + "/* x", "10_a/r.sql:9: a comment is never closed"},
		"open bracket":      {"10_a/r.sql", good + "WHERE (x", "10_a/r.sql:9: bracket ( is never closed"},
		"no meaning":        {"10_a/r.sql", replace(" -- what it is", ""), "10_a/r.sql:7: output column id has no meaning"},
		"two on a line":     {"10_a/r.sql", replace("SELECT id", "SELECT id, sku"), "10_a/r.sql:7: output column id has no meaning"},
		"star":              {"10_a/r.sql", replace("SELECT id", "SELECT *"), "10_a/r.sql:7: output column 1, *, has no name"},
		"star of a table":   {"10_a/r.sql", replace("SELECT id", "SELECT t.*"), "10_a/r.sql:7: output column 1, t.*, has no name"},
		"unnamed":           {"10_a/r.sql", replace("SELECT id", "SELECT lower(id)"), "10_a/r.sql:7: output column 1, lower(id), has no name"},
		"name without AS":   {"10_a/r.sql", replace("SELECT id", "SELECT lower(id) id"), "10_a/r.sql:7: output column 1, lower(id) id, has no name"},
		"column twice":      {"10_a/r.sql", replace("SELECT id", "SELECT id, -- a\nx AS ID"), "10_a/r.sql:8: output column id stands twice in the final select"},
		"no columns":        {"10_a/r.sql", replace("id -- what it is\n", ""), "10_a/r.sql:7: the final SELECT has no columns"},
		"select in bracket": {"10_a/r.sql", replace("SELECT id", "WITH x AS (SELECT 1) VALUES (1)"), "10_a/r.sql:7: there is no final SELECT outside brackets"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := transforms.Load(files(map[string]string{c.file: c.text}))
			if err == nil {
				t.Fatalf("no error, want %s", c.want)
			}
			if diff := cmp.Diff(c.want, err.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if told, ok := errors.AsType[*transforms.Error](err); !ok || told.Hint() == "" {
				t.Errorf("%T has no hint", err)
			}
		})
	}
}

func TestLoadTellsEverythingAtOnce(t *testing.T) {
	_, err := transforms.Load(files(map[string]string{
		"10_a/a.sql": relation("wrong", "-"),
		"10_a/b.sql": relation("b", "-"),
		"20_b/b.sql": relation("b", "-"),
	}))
	want := "10_a/a.sql:1: the header names the relation \"wrong\", the file is named \"a\"\n20_b/b.sql:1: relation b is already defined by 10_a/b.sql"
	if err == nil || err.Error() != want {
		t.Errorf("error:\n%v\nwant:\n%s", err, want)
	}
}

func TestLoadNamesACircle(t *testing.T) {
	for want, texts := range map[string]map[string]string{
		"20_d/d.sql:1: relations read each other in a circle: d reads b reads c reads d": {
			"10_a/a.sql": relation("a", "d"), "10_a/b.sql": relation("b", "e, c"), "10_a/c.sql": relation("c", "d"), "20_d/d.sql": relation("d", "b"),
			"10_a/e.sql": relation("e", "-"),
		},
		"10_a/self.sql:1: relations read each other in a circle: self reads self": {"10_a/self.sql": relation("self", "self")},
	} {
		_, err := transforms.Load(files(texts))
		if err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

func TestMarkdown(t *testing.T) {
	set, err := transforms.Load(files(map[string]string{
		"10_a/first.sql":  relation("first", "item"),
		"20_b/second.sql": strings.Replace(relation("second", "first, item"), "what it is", "a | b", 1),
	}))
	if err != nil {
		t.Fatal(err)
	}
	got := transforms.Markdown(set, map[string]string{"item": "Rows of the sources."})
	relations, functions, _ := strings.Cut(got, "\n## Functions\n")
	want := "# Relations\n\n" +
		"Generated from the headers of sql/ and the functions of transforms/; do not edit. Within a folder, relations\n" +
		"stand in the order they run in.\n\n" +
		"## Loaded by Go\n\n| Table | Meaning | Read by |\n|---|---|---|\n" +
		"| `item` | Rows of the sources. | [first](#first), [second](#second) |\n" +
		"\n## 10_a\n\n### first\n\nAbout first.\n\n" +
		"- Grain: one row per id\n- Key: `id`\n- Reads: `item`\n- Read by: [second](#second)\n- Kept as: table\n- File: sql/10_a/first.sql\n\n" +
		"| Column | Meaning |\n|---|---|\n| `id` | what it is |\n" +
		"\n## 20_b\n\n### second\n\nAbout second.\n\n" +
		"- Grain: one row per id\n- Key: `id`\n- Reads: [first](#first), `item`\n- Read by: nothing\n- Kept as: table\n- File: sql/20_b/second.sql\n\n" +
		"| Column | Meaning |\n|---|---|\n| `id` | a \\| b |\n"
	if diff := cmp.Diff(want, relations); diff != "" {
		t.Errorf("relations (-want +got):\n%s", diff)
	}
	for _, function := range transforms.Functions() {
		if !strings.Contains(functions, "| `"+function.Name+"(") {
			t.Errorf("%s is not described", function.Name)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(rich)
	f.Add(relation("rich", "a"))
	f.Add("-- relation: rich\n-- about: x\n-- grain: x\n-- key: a\n-- reads:\n-- as: view\nSELECT DISTINCT ON (a")
	f.Fuzz(func(t *testing.T, text string) {
		set, err := transforms.Load(files(map[string]string{"10_a/rich.sql": text}))
		if err != nil {
			if _, ok := errors.AsType[*transforms.Error](err); !ok {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		rich, ok := set.Lookup("rich")
		if !ok || len(rich.Columns) == 0 || len(rich.Key) == 0 || rich.About == "" {
			t.Fatalf("accepted %q as %+v", text, rich)
		}
	})
}
