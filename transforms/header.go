package transforms

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// headerNames are the lines every relation file opens with.
var headerNames = []string{"relation", "about", "grain", "key", "reads", "as"}

var (
	headerLine       = regexp.MustCompile(`^-- ?([a-z]+):(.*)$`)
	continuationLine = regexp.MustCompile(`^--\s{3,}(\S.*)$`)
)

// parseRelation reads one file.
func parseRelation(file, text string) (Relation, error) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	lines := strings.Split(text, "\n")
	header, length, err := parseHeader(file, lines)
	if err != nil {
		return Relation{}, err
	}
	relation := Relation{
		Name: header["relation"].text, About: header["about"].text, Grain: header["grain"].text, As: header["as"].text,
		Folder: path.Dir(file), File: file,
	}
	fail := func(line int, next, problem string, args ...any) (Relation, error) {
		return Relation{}, &Error{File: file, Line: line, Problem: fmt.Sprintf(problem, args...), Next: next}
	}
	if want := strings.TrimSuffix(path.Base(file), ".sql"); relation.Name != want {
		return fail(header["relation"].line, "make the name and the file name equal",
			"the header names the relation %q, the file is named %q", relation.Name, want)
	}
	if !namePattern.MatchString(relation.Name) {
		return fail(header["relation"].line, "rename the file and the relation",
			"relation name %q is not lower case letters, digits and underscores", relation.Name)
	}
	for _, name := range []string{"about", "grain", "key"} {
		if header[name].text == "" {
			return fail(header[name].line, "fill it in", "the header line -- %s: is empty", name)
		}
	}
	if relation.As != AsTable && relation.As != AsView {
		return fail(header["as"].line, "write -- as: table or -- as: view", "as is %q, not table or view", relation.As)
	}
	if relation.Key, err = names(file, "key", header["key"]); err != nil {
		return Relation{}, err
	}
	if relation.Reads, err = names(file, "reads", header["reads"]); err != nil {
		return Relation{}, err
	}
	// Blank lines stand for the header, so that a line number of the engine is a line number of the file.
	body := strings.Repeat("\n", length) + strings.Join(lines[length:], "\n")
	statement, err := parseStatement(file, body)
	if err != nil {
		return Relation{}, err
	}
	relation.SQL, relation.Columns = statement.text, statement.columns
	for _, key := range relation.Key {
		if !slices.ContainsFunc(relation.Columns, func(c Column) bool { return c.Name == key }) {
			return fail(header["key"].line, "name columns of the final select", "key column %q is no output column", key)
		}
	}
	return relation, nil
}

// entry is the value of one header line and where it stands.
type entry struct {
	text string
	line int
}

// parseHeader reads the comment lines a file opens with. A value may go on in comment lines that are indented further. It
// returns the entries and how many lines they take.
func parseHeader(file string, lines []string) (map[string]entry, int, error) {
	entries := map[string]entry{}
	last, length := "", 0
	for i, line := range lines {
		if match := headerLine.FindStringSubmatch(line); match != nil && slices.Contains(headerNames, match[1]) {
			last = match[1]
			if first, twice := entries[last]; twice {
				return nil, 0, &Error{File: file, Line: i + 1, Problem: fmt.Sprintf("header line -- %s: stands here and in line %d", last, first.line),
					Next: "remove one of them"}
			}
			entries[last] = entry{text: strings.TrimSpace(match[2]), line: i + 1}
		} else if match := continuationLine.FindStringSubmatch(line); match != nil && last != "" {
			was := entries[last]
			was.text = strings.TrimSpace(was.text + " " + strings.TrimSpace(match[1]))
			entries[last] = was
		} else {
			break
		}
		length = i + 1
	}
	var missing []string
	for _, name := range headerNames {
		if _, ok := entries[name]; !ok {
			missing = append(missing, "-- "+name+":")
		}
	}
	if len(missing) > 0 {
		return nil, 0, &Error{File: file, Line: length + 1, Problem: "the header lacks " + strings.Join(missing, ", "),
			Next: "open the file with the lines -- " + strings.Join(headerNames, ":, -- ") + ":, one after the other"}
	}
	return entries, length, nil
}

// names splits a comma list of identifiers; "-" is an empty list.
func names(file, header string, list entry) ([]string, error) {
	if list.text == "" || list.text == "-" {
		return nil, nil
	}
	var found []string
	for part := range strings.SplitSeq(list.text, ",") {
		name := strings.TrimSpace(part)
		switch {
		case !namePattern.MatchString(name):
			return nil, &Error{File: file, Line: list.line, Problem: fmt.Sprintf("%s has %q, which is no name", header, name),
				Next: "write a comma-separated list of names in lower case"}
		case slices.Contains(found, name):
			return nil, &Error{File: file, Line: list.line, Problem: fmt.Sprintf("%s names %q twice", header, name),
				Next: "remove one of them"}
		}
		found = append(found, name)
	}
	return found, nil
}
