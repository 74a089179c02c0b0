package transforms

import (
	"fmt"
	"slices"
	"strings"
)

// statement is the SQL of a relation, checked for its outer shape.
type statement struct {
	text    string
	columns []Column
}

// parseStatement checks that the text is one SELECT (or WITH … SELECT) and reads name and meaning of each output column from
// the outermost select list. It knows no more SQL than that needs: where strings, comments and brackets end.
func parseStatement(file, text string) (statement, error) {
	fail := func(line int, next, problem string, args ...any) (statement, error) {
		return statement{}, &Error{File: file, Line: line, Problem: fmt.Sprintf(problem, args...), Next: next}
	}
	tokens, bad := scan(text)
	if bad != nil {
		return fail(bad.line, "close it", "%s is never closed", bad.text)
	}
	code := slices.DeleteFunc(slices.Clone(tokens), func(t token) bool { return t.kind == comment })
	if n := len(code); n > 0 && code[n-1].is(";") {
		text = text[:code[n-1].start] + text[code[n-1].end:]
		code = code[:n-1]
	}
	if len(code) == 0 {
		return fail(0, "write a SELECT below the header", "there is no statement below the header")
	}
	if first := code[0]; !first.word("select") && !first.word("with") {
		return fail(first.line, "a relation is one SELECT or WITH … SELECT", "the statement begins with %q", first.text)
	}
	for _, t := range code {
		if t.is(";") {
			return fail(t.line, "put the second statement into a relation of its own", "there is more than one statement")
		}
	}
	begin := slices.IndexFunc(code, func(t token) bool { return t.depth == 0 && t.word("select") })
	if begin < 0 {
		return fail(code[0].line, "a relation is one SELECT or WITH … SELECT", "there is no final SELECT outside brackets")
	}
	items, err := selectList(code, begin+1)
	if err != nil {
		err.File = file
		return statement{}, err
	}
	meanings := trailing(tokens)
	columns := make([]Column, 0, len(items))
	for i, item := range items {
		last := item[len(item)-1]
		name := columnName(item)
		if name == "" {
			return fail(last.line, "name every output column, with AS where it is an expression",
				"output column %d, %s, has no name", i+1, strings.TrimSpace(text[item[0].start:last.end]))
		}
		if slices.ContainsFunc(columns, func(c Column) bool { return c.Name == name }) {
			return fail(last.line, "rename one of them", "output column %s stands twice in the final select", name)
		}
		meaning := meanings[last.line]
		if i+1 < len(items) && items[i+1][0].line == last.line {
			meaning = "" // the comment at the end of the line belongs to the next column
		}
		if meaning == "" {
			return fail(last.line, "end the column's line with -- and what it means", "output column %s has no meaning", name)
		}
		columns = append(columns, Column{Name: name, Meaning: meaning})
	}
	return statement{text: strings.TrimRight(text, " \t\n"), columns: columns}, nil
}

// clauses are the words that end a select list at depth 0.
var clauses = []string{"from", "where", "group", "having", "window", "qualify", "order", "limit", "offset", "union", "intersect", "except"}

// selectList splits the tokens after SELECT into its items.
func selectList(code []token, at int) ([][]token, *Error) {
	if at < len(code) && (code[at].word("distinct") || code[at].word("all")) {
		at++
		if at+1 < len(code) && code[at].word("on") && code[at+1].is("(") { // DISTINCT ON (…)
			for at++; at < len(code) && (code[at].depth > 0 || code[at].is("(")); at++ {
			}
		}
	}
	var items [][]token
	var item []token
	line := code[at-1].line
	for ; at < len(code); at++ {
		t := code[at]
		if t.depth == 0 && t.is(",") {
			if len(item) > 0 {
				items = append(items, item)
			}
			item = nil
			continue
		}
		// "a IS DISTINCT FROM b" is no clause.
		if t.depth == 0 && slices.ContainsFunc(clauses, t.word) && !(t.word("from") && code[at-1].word("distinct")) {
			break
		}
		item = append(item, t)
	}
	if len(item) > 0 {
		items = append(items, item)
	}
	if len(items) == 0 {
		return nil, &Error{Line: line, Problem: "the final SELECT has no columns", Next: "name every output column"}
	}
	return items, nil
}

// columnName is the name an item of a select list goes by: what stands after AS, else the last part of a plain reference.
// Star and unnamed expressions have none.
func columnName(item []token) string {
	n := len(item)
	last := item[n-1]
	if last.kind != identifier && last.kind != quoted {
		return ""
	}
	plain := n == 1 || n >= 2 && item[n-2].word("as")
	if !plain && n%2 == 1 { // a.b.c
		plain = true
		for i := range n {
			if i%2 == 0 && item[i].kind != identifier && item[i].kind != quoted || i%2 == 1 && !item[i].is(".") {
				plain = false
			}
		}
	}
	if !plain {
		return ""
	}
	if last.kind == quoted {
		return strings.ReplaceAll(last.text[1:len(last.text)-1], `""`, `"`)
	}
	return strings.ToLower(last.text)
}

// trailing maps a line to the text of the line comment that ends it.
func trailing(tokens []token) map[int]string {
	found := map[int]string{}
	for _, t := range tokens {
		if t.kind == comment && strings.HasPrefix(t.text, "--") {
			found[t.line] = strings.TrimSpace(strings.TrimLeft(t.text, "-"))
		}
	}
	return found
}
