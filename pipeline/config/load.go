package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Error is what is wrong with a configuration file, as one sentence that names key and value.
type Error struct {
	Path    string // as the caller named the file
	Line    int    // 0 when the whole file is meant
	Problem string
	Excerpt string // the lines round Line, values of secret keys masked; may be empty
	Next    string // what to do
}

func (e *Error) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("%s:%d: %s", e.Path, e.Line, e.Problem)
	}
	return e.Path + ": " + e.Problem
}

// Hint says what to do.
func (e *Error) Hint() string { return e.Next }

// sizeLimit is far above any configuration, and below what a wrong file (a feed, an archive) would cost to parse.
const sizeLimit = 1 << 20

// Load reads the configuration of one brand, fills defaults, makes paths absolute against the file's folder and checks it.
// What is wrong is told at once, joined; each is an *Error.
func Load(path string) (Config, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return Config{}, &Error{Path: path, Problem: "its folder cannot be found: " + err.Error(), Next: "give the full path"}
	}
	info, err := os.Stat(absolute)
	if err == nil && info.IsDir() {
		return Config{}, &Error{Path: path, Problem: "is a folder, not a file", Next: "name one file of it"}
	}
	if err == nil && info.Size() > sizeLimit {
		return Config{}, &Error{Path: path, Problem: "is larger than 1 MB and cannot be a configuration", Next: "check the path"}
	}
	data, err := os.ReadFile(absolute)
	if err != nil {
		return Config{}, &Error{Path: path, Problem: "cannot be read: " + reason(err), Next: "check the path, or write a first configuration with fairesync init"}
	}
	return parse(path, absolute, data, true)
}

// LoadFolder reads every .yaml and .yml file of a folder, in the order of their names. Two files of the same brand are an
// error: they would share links and a lock.
func LoadFolder(dir string) ([]Config, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, &Error{Path: dir, Problem: "cannot be read: " + reason(err), Next: "check the path"}
	}
	var list []Config
	var problems []error
	seen := map[string]string{}
	for _, entry := range entries { // sorted by name
		extension := filepath.Ext(entry.Name())
		if entry.IsDir() || strings.HasPrefix(entry.Name(), ".") || extension != ".yaml" && extension != ".yml" {
			continue
		}
		path := filepath.Join(dir, entry.Name())
		config, err := Load(path)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		if other, twice := seen[config.Brand]; twice {
			problems = append(problems, &Error{Path: path, Problem: fmt.Sprintf("brand %q is already configured by %s", config.Brand, other),
				Next: "keep one file per brand"})
			continue
		}
		seen[config.Brand] = entry.Name()
		list = append(list, config)
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	if len(list) == 0 {
		return nil, &Error{Path: dir, Problem: "holds no .yaml file", Next: "write a first configuration with fairesync init"}
	}
	return list, nil
}

// Parse is Load for bytes: name is the path they came from, which relative paths are resolved against.
func Parse(name string, data []byte) (Config, error) { return parse(name, name, data, true) }

// Recorded reads back what WithoutSecrets wrote. It asks for no secrets.
func Recorded(name string, data []byte) (Config, error) { return parse(name, name, data, false) }

func reason(err error) string {
	if pathError, ok := errors.AsType[*os.PathError](err); ok {
		return pathError.Err.Error()
	}
	return err.Error()
}

// document is a parsed file with the place of every key, for messages.
type document struct {
	path   string
	lines  []string
	places map[string]int    // key such as sources[0].url: line
	keys   map[position]string // of keys and of values
}

type position struct{ line, column int }

func parse(name, absolute string, data []byte, secrets bool) (Config, error) {
	d := &document{path: name, lines: strings.Split(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n"), places: map[string]int{}, keys: map[position]string{}}
	if !utf8.Valid(data) || len(data) > sizeLimit {
		return Config{}, &Error{Path: name, Problem: "is no text in UTF-8", Next: "save it as UTF-8"}
	}
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return Config{}, d.translate(err)
	}
	bodies := slices.DeleteFunc(slices.Clone(file.Docs), func(doc *ast.DocumentNode) bool { return doc.Body == nil || doc.Body.Type() == ast.NullType || doc.Body.Type() == ast.CommentType })
	switch {
	case len(bodies) == 0:
		return Config{}, &Error{Path: name, Problem: "is empty", Next: "write a first configuration with fairesync init"}
	case len(bodies) > 1:
		return Config{}, d.fault(line(bodies[1].Body), "holds more than one document", "keep one brand per file")
	}
	if _, ok := bodies[0].Body.(ast.MapNode); !ok {
		return Config{}, d.fault(line(bodies[0].Body), "holds no keys", "begin with brand: NAME")
	}
	if err := d.index("", bodies[0].Body); err != nil {
		return Config{}, err
	}
	var config Config
	if err := yaml.NodeToValue(bodies[0].Body, &config, yaml.Strict()); err != nil {
		return Config{}, d.translate(err)
	}
	config.Path = absolute
	config.fill()
	config.resolve(filepath.Dir(absolute))
	if problems := config.validate(d, secrets); len(problems) > 0 {
		return Config{}, errors.Join(problems...)
	}
	return config, nil
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
	if token := node.GetToken(); token != nil && token.Position != nil {
		d.keys[position{token.Position.Line, token.Position.Column}] = key
	}
	switch node := node.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode, *ast.TagNode:
		return d.fault(line(node), "uses an anchor, alias, merge or tag", "write the value out")
	case *ast.SequenceNode:
		for i, value := range node.Values {
			inner := fmt.Sprintf("%s[%d]", key, i)
			d.places[inner] = line(value)
			if err := d.index(inner, value); err != nil {
				return err
			}
		}
	case ast.MapNode:
		for iterator := node.MapRange(); iterator.Next(); {
			name := iterator.Key()
			if name.IsMergeKey() {
				return d.fault(line(name), "uses an anchor, alias, merge or tag", "write the value out")
			}
			inner := strings.TrimPrefix(key+"."+name.GetToken().Value, ".")
			d.places[inner] = line(name)
			d.keys[position{name.GetToken().Position.Line, name.GetToken().Position.Column}] = inner
			if err := d.index(inner, iterator.Value()); err != nil {
				return err
			}
		}
	}
	return nil
}

// translate puts an error of the YAML library into words for people.
func (d *document) translate(err error) error {
	if own, ok := errors.AsType[*Error](err); ok {
		key := "the value"
		for name, at := range d.places { // the longest key of that line is the one
			if at == own.Line && (len(name) > len(key) || len(name) == len(key) && name < key || key == "the value") {
				key = name
			}
		}
		return d.fault(own.Line, strings.Replace(own.Problem, "%s", key, 1), own.Next)
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
	case *yaml.DuplicateKeyError:
		return d.fault(at, fmt.Sprintf("key %s stands twice", key), "remove one of them")
	case *yaml.TypeError:
		return d.fault(at, fmt.Sprintf("%s is %q, not %s", key, value, wanted(told.DstType.Kind())), "correct the value")
	case *yaml.OverflowError:
		return d.fault(at, fmt.Sprintf("%s is %s, which is too large or below zero", key, value), "correct the value")
	case *yaml.UnexpectedNodeTypeError:
		kind := map[ast.NodeType]string{ast.MappingType: "a block of keys", ast.SequenceType: "a list"}[told.Expected]
		return d.fault(at, fmt.Sprintf("%s is not %s", key, cmpOr(kind, "the kind of value it takes")), "see docs/examples for its shape")
	}
	return d.fault(at, "is no YAML: "+masked(firstLine(told.GetMessage())), "look for a missing quote, colon or blank at this line")
}

func (d *document) text(at int) string {
	if at < 1 || at > len(d.lines) {
		return ""
	}
	return d.lines[at-1]
}
