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
		return Config{}, &Error{Path: path, Problem: "cannot be read: " + reason(err), Next: "check the path, or write a first configuration as the README shows"}
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
		return nil, &Error{Path: dir, Problem: "holds no .yaml file", Next: "write a first configuration as the README shows"}
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

func parse(name, absolute string, data []byte, secrets bool) (Config, error) {
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	d := newDocument(name, data)
	if !utf8.Valid(data) || len(data) > sizeLimit {
		return Config{}, &Error{Path: name, Problem: "is no text in UTF-8", Next: "save it as UTF-8"}
	}
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return Config{}, d.translate(err)
	}
	bodies := slices.DeleteFunc(slices.Clone(file.Docs), func(doc *ast.DocumentNode) bool {
		return doc.Body == nil || doc.Body.Type() == ast.NullType || doc.Body.Type() == ast.CommentType
	})
	switch {
	case len(bodies) == 0:
		return Config{}, &Error{Path: name, Problem: "is empty", Next: "write a first configuration as the README shows"}
	case len(bodies) > 1:
		return Config{}, d.fault(lineOf(bodies[1].Body), "holds more than one document", "keep one brand per file")
	}
	if _, ok := bodies[0].Body.(ast.MapNode); !ok {
		return Config{}, d.fault(lineOf(bodies[0].Body), "holds no keys", "begin with brand: NAME")
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
