package transforms

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Relation is one .sql file: its header, its documented columns and its statement (design §3).
type Relation struct {
	Name    string
	Folder  string // NN_name; for reading only, the order comes from Reads
	About   string
	Grain   string
	Key     []string // columns that are unique together and never NULL
	Reads   []string // relations and inputs the statement reads, in the order of the header
	As      string   // table or view
	Columns []Column // of the outermost select, in order
	SQL     string   // one SELECT, without header and trailing semicolon; line n is line n of the file, for messages
	File    string   // path within the fs.FS it was loaded from
}

// Column is one output column of a relation and what it means.
type Column struct {
	Name    string
	Meaning string
}

// As values.
const (
	AsTable = "table"
	AsView  = "view"
)

// Set is all relations, in an order in which each comes after what it reads.
type Set struct {
	ordered []Relation
	byName  map[string]int
}

// Error is what is wrong with one relation file, as one sentence.
type Error struct {
	File    string
	Line    int // 0 when the whole file is meant
	Problem string
	Next    string // what to do
}

func (e *Error) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Problem)
	}
	return e.File + ": " + e.Problem
}

// Hint says what to do.
func (e *Error) Hint() string { return e.Next }

var (
	folderPattern = regexp.MustCompile(`^[0-9]{2}_[a-z][a-z0-9_]*$`)
	namePattern   = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

// Load reads every <relation>.sql of the folders NN_name of a file system. All that is wrong is told at once, joined: missing
// header lines, a name that is not the file's, duplicates, columns without a meaning, cycles. Each is an *Error.
func Load(fsys fs.FS) (Set, error) {
	files, err := relationFiles(fsys)
	if err != nil {
		return Set{}, err
	}
	var problems []error
	seen := map[string]string{}
	relations := make([]Relation, 0, len(files))
	for _, file := range files {
		text, err := fs.ReadFile(fsys, file)
		if err != nil {
			return Set{}, fmt.Errorf("read relation %s: %w", file, err)
		}
		relation, err := parseRelation(file, string(text))
		if err != nil {
			problems = append(problems, err)
			continue
		}
		if other, twice := seen[relation.Name]; twice {
			problems = append(problems, &Error{File: file, Line: 1,
				Problem: fmt.Sprintf("relation %s is already defined by %s", relation.Name, other),
				Next:    "rename or remove one of the two files"})
			continue
		}
		seen[relation.Name] = file
		relations = append(relations, relation)
	}
	if len(problems) > 0 {
		return Set{}, errors.Join(problems...)
	}
	return order(relations)
}

// relationFiles lists the .sql files in the order folder, name.
func relationFiles(fsys fs.FS) ([]string, error) {
	var files []string
	err := fs.WalkDir(fsys, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("walk relations: %w", err)
		}
		if entry.IsDir() || path.Ext(file) != ".sql" {
			return nil
		}
		if !folderPattern.MatchString(path.Dir(file)) {
			return &Error{File: file, Problem: "stands outside a folder NN_name, such as 10_clean",
				Next: "move it into the folder of its step"}
		}
		files = append(files, file)
		return nil
	})
	slices.Sort(files)
	return files, err
}

// order sorts by dependencies, then folder, then name: of all relations whose reads are met, the first by folder and name
// comes next.
func order(relations []Relation) (Set, error) {
	waiting := make(map[string]Relation, len(relations))
	for _, relation := range relations {
		waiting[relation.Name] = relation
	}
	set := Set{byName: map[string]int{}}
	for len(waiting) > 0 {
		next, found := Relation{}, false
		for _, relation := range relations { // already in the order folder, name
			if _, ok := waiting[relation.Name]; ok && ready(relation, waiting) {
				next, found = relation, true
				break
			}
		}
		if !found {
			return Set{}, cycle(waiting)
		}
		delete(waiting, next.Name)
		set.byName[next.Name] = len(set.ordered)
		set.ordered = append(set.ordered, next)
	}
	return set, nil
}

func ready(relation Relation, waiting map[string]Relation) bool {
	for _, name := range relation.Reads {
		if _, ok := waiting[name]; ok {
			return false
		}
	}
	return true
}

// cycle names one loop among relations of which each waits for another: follow the first waiting read until a name comes
// back.
func cycle(waiting map[string]Relation) error {
	at := slices.Min(slices.Collect(maps.Keys(waiting)))
	var trail []string
	for !slices.Contains(trail, at) {
		trail = append(trail, at)
		for _, name := range waiting[at].Reads {
			if _, ok := waiting[name]; ok {
				at = name
				break
			}
		}
	}
	loop := append(trail[slices.Index(trail, at):], at)
	return &Error{File: waiting[at].File, Line: 1,
		Problem: "relations read each other in a circle: " + strings.Join(loop, " reads "),
		Next:    "split one of them, so that what both need stands in a relation of its own"}
}

// Relations returns all relations, each after the ones it reads.
func (s Set) Relations() []Relation { return slices.Clone(s.ordered) }

// Lookup returns the relation of a name.
func (s Set) Lookup(name string) (Relation, bool) {
	at, ok := s.byName[name]
	if !ok {
		return Relation{}, false
	}
	return s.ordered[at], true
}

// Inputs returns the names that are read but defined by no file, sorted: the tables Go loads.
func (s Set) Inputs() []string {
	names := map[string]bool{}
	for _, relation := range s.ordered {
		for _, name := range relation.Reads {
			if _, defined := s.byName[name]; !defined {
				names[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// Readers returns the relations that read a relation or input, in the order of the set.
func (s Set) Readers(name string) []string {
	var readers []string
	for _, relation := range s.ordered {
		if slices.Contains(relation.Reads, name) {
			readers = append(readers, relation.Name)
		}
	}
	return readers
}
