package config

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// document is a parsed file with the place of every key, for messages.
type document struct {
	path   string
	lines  []string
	places map[string]int       // key such as sources[0].url: line
	keys   map[position]string  // place of a key or value: the key
	owners map[string]*document // key: the file whose line that is, where defaults lie below the file; nil: this one
}

// position is the place of a token, both from 1.
type position struct{ line, column int }

func place(node ast.Node) position {
	if token := node.GetToken(); token != nil && token.Position != nil {
		return position{token.Position.Line, token.Position.Column}
	}
	return position{}
}

func newDocument(path string, data []byte) *document {
	lines := strings.Split(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n")
	return &document{path: path, lines: lines, places: map[string]int{}, keys: map[position]string{}}
}

// fault is an error at a line, with its excerpt.
func (d *document) fault(at int, problem, next string) *Error {
	e := &Error{Path: d.path, Line: at, Problem: problem, Next: next}
	var excerpt strings.Builder
	for n := max(at-1, 1); at > 0 && n <= min(at+1, len(d.lines)); n++ {
		mark := " "
		if n == at {
			mark = ">"
		}
		fmt.Fprintf(&excerpt, "%s %3d | %s\n", mark, n, masked(d.lines[n-1]))
	}
	e.Excerpt = excerpt.String()
	return e
}

// index notes where each key stands. Anchors, aliases and tags are refused: a configuration says each thing where it is meant.
func (d *document) index(key string, node ast.Node) error {
	if node == nil {
		return nil
	}
	d.keys[place(node)] = key
	switch node := node.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode, *ast.TagNode:
		return d.fault(lineOf(node), "uses an anchor, alias, merge or tag", "write the value out")
	case *ast.FloatNode:
		if wholeNumber.MatchString(key) { // the library would cut it off without a word
			return d.fault(lineOf(node), fmt.Sprintf("%s is %q, not a whole number", key, masked(node.GetToken().Value)), "correct the value")
		}
	case *ast.SequenceNode:
		for i, value := range node.Values {
			inner := sequenceKey(key, i)
			d.places[inner] = lineOf(value)
			if err := d.index(inner, value); err != nil {
				return err
			}
		}
	case ast.MapNode:
		for iterator := node.MapRange(); iterator.Next(); {
			name := iterator.Key()
			if name.IsMergeKey() {
				return d.fault(lineOf(name), "uses an anchor, alias, merge or tag", "write the value out")
			}
			inner := strings.TrimPrefix(key+"."+name.GetToken().Value, ".")
			d.places[inner] = lineOf(name)
			d.keys[place(name)] = inner
			if err := d.index(inner, iterator.Value()); err != nil {
				return err
			}
		}
	}
	return nil
}

// sequenceKey is the key of an entry of a list.
func sequenceKey(key string, i int) string { return fmt.Sprintf("%s[%d]", key, i) }

// translate puts an error of the YAML library into words for people.
func (d *document) translate(err error) error {
	if own, ok := errors.AsType[*nodeError](err); ok {
		return d.fault(own.at.line, d.keys[own.at]+" "+own.problem, own.next)
	}
	told, ok := errors.AsType[yaml.Error](err)
	if !ok || told.GetToken() == nil || told.GetToken().Position == nil {
		return &Error{Path: d.path, Problem: "is no YAML: " + masked(firstLine(err.Error())), Next: "compare it with docs/examples"}
	}
	token := told.GetToken()
	at := token.Position.Line
	key := d.keys[position{at, token.Position.Column}]
	if key == "" {
		key = token.Value
	}
	value := masked(key + ": " + token.Value)
	value = strings.TrimPrefix(value, key+": ")
	switch told := told.(type) {
	case *yaml.UnknownFieldError:
		next := "see docs/examples for the keys there are"
		if like := nearest(key[strings.LastIndex(key, ".")+1:]); like != "" {
			next = fmt.Sprintf("did you mean %s?", like)
		}
		return d.fault(at, fmt.Sprintf("unknown key %s in the line %q", key, strings.TrimSpace(masked(d.text(at)))), next)
	case *yaml.TypeError:
		return d.fault(at, fmt.Sprintf("%s is %q, not %s", key, value, wanted(told.DstType.Kind())), "correct the value")
	case *yaml.OverflowError:
		return d.fault(at, fmt.Sprintf("%s is %s, which is too large or below zero", key, value), "correct the value")
	case *yaml.UnexpectedNodeTypeError:
		kind := map[ast.NodeType]string{ast.MappingType: "a block of keys", ast.SequenceType: "a list"}[told.Expected]
		return d.fault(at, fmt.Sprintf("%s is not %s", key, cmp.Or(kind, "the kind of value it takes")), "see docs/examples for its shape")
	}
	if twice := stoodBefore.FindStringSubmatch(told.GetMessage()); twice != nil {
		return d.fault(at, fmt.Sprintf("key %s stands twice, first in line %s", twice[1], twice[2]), "remove one of them")
	}
	return d.fault(at, "is no YAML: "+masked(firstLine(told.GetMessage())), "look for a missing quote, colon or blank at this line")
}

func (d *document) text(at int) string {
	if at < 1 || at > len(d.lines) {
		return ""
	}
	return d.lines[at-1]
}

var (
	wholeNumber = regexp.MustCompile(`^sources\[[0-9]+\]\.page_size$|^faire\.pace\.(burst|in_flight|writes_per_run)$|^inventory\.(safety_stock|cap)$|^retention\.last$`)
	stoodBefore = regexp.MustCompile(`^mapping key "(.*)" already defined at \[([0-9]+):`)
	secretValue = regexp.MustCompile(`(?i)([\w-]*(?:token|secret|passw|credential|auth|key)[\w-]*["']?\s*[:=]\s*)\S.*`)
	opaqueWord  = regexp.MustCompile(`[A-Za-z0-9_+=-]{20,}`)
	userInfo    = regexp.MustCompile(`//[^/\s]*@`)
)

// masked hides what may be a secret: the value of a key that sounds like one, any long opaque word, user names of URLs.
// Excerpts end up in logs and terminals.
func masked(line string) string {
	line = secretValue.ReplaceAllString(line, "${1}…")
	line = userInfo.ReplaceAllString(line, "//…@")
	line = opaqueWord.ReplaceAllString(line, "…")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' {
			return -1
		}
		return r
	}, line)
}

func firstLine(text string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return first
}

// wanted names a kind of value.
func wanted(kind reflect.Kind) string {
	switch kind {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.String:
		return "a text"
	case reflect.Slice:
		return "a list"
	default:
		return "a block of keys"
	}
}

// nearest finds the known key a wrong one was meant to be: at most two letters off, and not half of it.
func nearest(wrong string) string {
	best, bestDistance := "", 3
	for _, key := range knownKeys(reflect.TypeFor[Config]()) {
		if d := distance(strings.ToLower(wrong), key); d < bestDistance && 2*d < len(key) {
			best, bestDistance = key, d
		}
	}
	return best
}

// knownKeys are all keys of a configuration, sorted.
func knownKeys(kind reflect.Type) []string {
	var keys []string
	switch kind.Kind() {
	case reflect.Struct:
		for i := range kind.NumField() {
			if key := kind.Field(i).Tag.Get("yaml"); key != "" && key != "-" {
				keys = append(append(keys, key), knownKeys(kind.Field(i).Type)...)
			}
		}
	case reflect.Slice:
		keys = knownKeys(kind.Elem())
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// distance counts the letters to insert, delete or replace (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
