package transforms

import (
	"fmt"
	"slices"
	"strings"
)

// Markdown writes docs/relations.md: what Go loads (inputs: name and meaning), every relation by folder, and the
// functions offered to SQL. Equal sets give equal bytes.
func Markdown(set Set, inputs map[string]string) string {
	var b strings.Builder
	b.WriteString("# Relations\n\n")
	b.WriteString("Generated from the headers of sql/ and the functions of transforms/; do not edit. Within a folder, relations\nstand in the order they run in.\n\n")
	b.WriteString("## Loaded by Go\n\n| Table | Meaning | Read by |\n|---|---|---|\n")
	for _, name := range set.Inputs() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", name, cell(inputs[name]), links(set, set.Readers(name)))
	}
	folder := ""
	for i, relation := range byFolder(set) {
		if i == 0 || relation.Folder != folder {
			folder = relation.Folder
			fmt.Fprintf(&b, "\n## %s\n", folder)
		}
		describe(&b, set, relation)
	}
	b.WriteString("\n## Functions\n\n| Function | Result | Meaning |\n|---|---|---|\n")
	for _, function := range Functions() {
		arguments := make([]string, len(function.Arguments))
		for i, argument := range function.Arguments {
			arguments[i] = argument.String()
		}
		fmt.Fprintf(&b, "| `%s(%s)` | %s | %s |\n", function.Name, strings.Join(arguments, ", "), function.Result, cell(function.About))
	}
	return b.String()
}

// byFolder sorts relations by folder and keeps the order they run in within one.
func byFolder(set Set) []Relation {
	list := set.Relations()
	slices.SortStableFunc(list, func(a, b Relation) int { return strings.Compare(a.Folder, b.Folder) })
	return list
}

func describe(b *strings.Builder, set Set, relation Relation) {
	fmt.Fprintf(b, "\n### %s\n\n%s\n\n", relation.Name, relation.About)
	fmt.Fprintf(b, "- Grain: %s\n- Key: `%s`\n- Reads: %s\n- Read by: %s\n- Kept as: %s\n- File: sql/%s\n\n",
		relation.Grain, strings.Join(relation.Key, "`, `"), links(set, relation.Reads), links(set, set.Readers(relation.Name)),
		relation.As, relation.File)
	b.WriteString("| Column | Meaning |\n|---|---|\n")
	for _, column := range relation.Columns {
		fmt.Fprintf(b, "| `%s` | %s |\n", column.Name, cell(column.Meaning))
	}
}

// links names relations, linked where the document describes them.
func links(set Set, names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = "`" + name + "`"
		if _, ok := set.Lookup(name); ok {
			parts[i] = "[" + name + "](#" + name + ")"
		}
	}
	return strings.Join(parts, ", ")
}

// cell keeps a text from breaking out of its table cell.
func cell(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", "\\|")
}
