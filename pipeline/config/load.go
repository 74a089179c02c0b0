package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
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

// Load reads the configuration of one brand over the defaults of its folder, fills what neither says, makes paths absolute against the
// folder and checks it. What is wrong is told at once, joined; each is an *Error.
func Load(path string) (Config, error) {
	if isDefaults(path) {
		return Config{}, &Error{Path: path, Problem: "holds what the brands of its folder have in common and is no brand's configuration",
			Next: "name a brand's file, or the folder"}
	}
	below, err := readDefaults(filepath.Join(filepath.Dir(path), DefaultsName))
	if err != nil {
		return Config{}, err
	}
	return load(path, below)
}

func load(path string, below *defaults) (Config, error) {
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
		return Config{}, &Error{Path: path, Problem: "cannot be read: " + reason(err), Next: "check the path, or write a first configuration as the README shows"}
	}
	return parse(path, absolute, data, below, true)
}

// Member is one brand of a folder.
type Member struct {
	Name   string // the brand; where the file cannot be used, the file's name without its ending
	Path   string // of the file, as the caller named the folder
	Config Config
	Err    error // why the file cannot be used; an *Error, or several joined
}

// LoadFolder reads every .yaml and .yml file of a folder, in the order of their names, over the folder's defaults. A file that cannot be
// used spoils no other. Files of the same brand cannot be used, all of them: they would share links and a lock, and which one is meant
// nobody knows. The error is one of the folder or its defaults.
func LoadFolder(dir string) ([]Member, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, &Error{Path: dir, Problem: "cannot be read: " + reason(err), Next: "check the path"}
	}
	below, err := readDefaults(filepath.Join(dir, DefaultsName))
	if err != nil {
		return nil, err
	}
	var list []Member
	files := map[string][]string{}  // of a brand
	for _, entry := range entries { // sorted by name
		extension := filepath.Ext(entry.Name())
		if entry.IsDir() || strings.HasPrefix(entry.Name(), ".") || isDefaults(entry.Name()) || extension != ".yaml" && extension != ".yml" {
			continue
		}
		m := Member{Name: strings.TrimSuffix(entry.Name(), extension), Path: filepath.Join(dir, entry.Name())}
		if m.Config, m.Err = load(m.Path, below); m.Err == nil {
			m.Name = m.Config.Brand
			files[m.Name] = append(files[m.Name], entry.Name())
		}
		list = append(list, m)
	}
	if len(list) == 0 {
		return nil, &Error{Path: dir, Problem: "holds no .yaml file of a brand", Next: "write a first configuration as the README shows"}
	}
	for i := range list {
		m := &list[i]
		if m.Err != nil || len(files[m.Name]) == 1 {
			continue
		}
		others := slices.DeleteFunc(slices.Clone(files[m.Name]), func(name string) bool { return name == filepath.Base(m.Path) })
		m.Err = &Error{Path: m.Path, Problem: fmt.Sprintf("brand %q is configured by %s too", m.Name, strings.Join(others, ", ")), Next: "keep one file per brand"}
	}
	return list, nil
}

// Parse is Load for bytes, without defaults: name is the path they came from, which relative paths are resolved against.
func Parse(name string, data []byte) (Config, error) { return parse(name, name, data, nil, true) }

// Recorded reads back what WithoutSecrets wrote. It asks for no secrets.
func Recorded(name string, data []byte) (Config, error) {
	return parse(name, name, data, nil, false)
}

func reason(err error) string {
	if pathError, ok := errors.AsType[*os.PathError](err); ok {
		return pathError.Err.Error()
	}
	return err.Error()
}

// isEmpty is what is wrong with a file that says nothing.
const isEmpty = "is empty"

// readDocument parses a file of one block of keys.
func readDocument(name string, data []byte) (*document, ast.Node, error) {
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	d := newDocument(name, data)
	if !utf8.Valid(data) || len(data) > sizeLimit {
		return nil, nil, &Error{Path: name, Problem: "is no text in UTF-8", Next: "save it as UTF-8"}
	}
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, nil, d.translate(err)
	}
	bodies := slices.DeleteFunc(slices.Clone(file.Docs), func(doc *ast.DocumentNode) bool {
		return doc.Body == nil || doc.Body.Type() == ast.NullType || doc.Body.Type() == ast.CommentType
	})
	switch {
	case len(bodies) == 0:
		return nil, nil, &Error{Path: name, Problem: isEmpty, Next: "write a first configuration as the README shows"}
	case len(bodies) > 1:
		return nil, nil, d.fault(lineOf(bodies[1].Body), "holds more than one document", "keep one brand per file")
	}
	if _, ok := bodies[0].Body.(ast.MapNode); !ok {
		next := "begin with brand: NAME"
		if isDefaults(name) {
			next = "begin with a key that brands have in common, such as settings:"
		}
		return nil, nil, d.fault(lineOf(bodies[0].Body), "holds no keys", next)
	}
	return d, bodies[0].Body, d.index("", bodies[0].Body)
}

func parse(name, absolute string, data []byte, below *defaults, secrets bool) (Config, error) {
	d, body, err := readDocument(name, data)
	if err != nil {
		return Config{}, err
	}
	var config Config
	if err := yaml.NodeToValue(body, &config, yaml.Strict()); err != nil {
		return Config{}, d.translate(err)
	}
	if below != nil {
		config = Config{}
		if err := yaml.NodeToValue(below.under(d, body), &config, yaml.Strict()); err != nil {
			return Config{}, d.translate(err)
		}
	}
	config.Path = absolute
	config.fill()
	config.resolve(filepath.Dir(absolute))
	if problems := config.validate(d, secrets); len(problems) > 0 {
		return Config{}, errors.Join(problems...)
	}
	return config, nil
}
