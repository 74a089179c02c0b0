package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

var objectForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Object is a file of objects/, named by the SHA-256 of its bytes.
type Object struct {
	Name   string `json:"name"` // what it is: inputs, or the table it holds
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

// InputList is inputs.json: everything beside its own folder that a run was computed from.
type InputList struct {
	Run     string    `json:"run"`
	Now     time.Time `json:"now"`
	Digest  string    `json:"digest"`  // of the objects' names and SHA-256s: equal digests, equal inputs but for the clock
	Objects []Object  `json:"objects"` // sorted by name
}

// ObjectsDir is the path of the folder of objects.
func (s *State) ObjectsDir() string { return s.Path(objectsName) }

// ObjectPath is the path of the object with this SHA-256.
func (s *State) ObjectPath(sum string) string { return s.Path(path.Join(objectsName, sum)) }

// PutObject stores bytes under their SHA-256 and returns it. What is there already is left as it is.
func (s *State) PutObject(data []byte) (string, error) {
	digest := sha256.Sum256(data)
	sum := hex.EncodeToString(digest[:])
	name := path.Join(objectsName, sum)
	if _, err := s.root.Stat(name); err == nil {
		return sum, nil
	}
	return sum, s.Write(name, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// KeepObject stores a file that lies below the brand's folder (one that DuckDB wrote, say) under its SHA-256 and returns its
// new path. The file is moved, not copied.
func (s *State) KeepObject(file string) (string, error) {
	name, ok := strings.CutPrefix(file, s.dir+string(os.PathSeparator))
	if !ok {
		return "", fmt.Errorf("object %s does not lie in %s", file, s.dir)
	}
	sum, _, err := s.sum(name)
	if err != nil {
		return "", fmt.Errorf("object %s: %w", file, err)
	}
	if err := s.sync(name); err != nil {
		return "", fmt.Errorf("object %s: %w", file, err)
	}
	if err := errors.Join(s.root.Chmod(name, 0o600), s.root.Rename(name, path.Join(objectsName, sum))); err != nil {
		return "", fmt.Errorf("object %s: %w", file, err)
	}
	return s.ObjectPath(sum), s.sync(objectsName)
}

// sum digests a file of the brand's folder.
func (s *State) sum(name string) (sum string, size int64, err error) {
	file, err := s.Open(name)
	if err != nil {
		return "", 0, err
	}
	defer file.Close() //nolint:errcheck // read only
	hash := sha256.New()
	size, err = io.Copy(hash, file)
	return hex.EncodeToString(hash.Sum(nil)), size, err
}

// WriteInputs stores inputs as an object and writes the run's inputs.json, which names it and the tables of memory. Every path
// in tables must be one that KeepObject or ObjectPath returned.
func (s *State) WriteInputs(run *Run, inputs Inputs, tables map[string]string) (InputList, error) {
	list := InputList{Run: run.ID(), Now: inputs.Now.UTC()}
	inputs.Now = time.Time{} // stands in the list, so that equal inputs are one object
	data, err := json.Marshal(inputs)
	if err != nil {
		return list, fmt.Errorf("inputs: %w", err)
	}
	sum, err := s.PutObject(data)
	if err != nil {
		return list, fmt.Errorf("inputs: %w", err)
	}
	list.Objects = append(list.Objects, Object{Name: "inputs", SHA256: sum, Bytes: int64(len(data))})
	for name, file := range tables {
		base := path.Base(file)
		info, err := s.root.Stat(path.Join(objectsName, base))
		if err != nil || !objectForm.MatchString(base) {
			return list, fmt.Errorf("inputs: table %s is in %s, which is no object", name, file)
		}
		list.Objects = append(list.Objects, Object{Name: name, SHA256: base, Bytes: info.Size()})
	}
	slices.SortFunc(list.Objects, func(a, b Object) int { return strings.Compare(a.Name, b.Name) })
	var text bytes.Buffer
	for _, object := range list.Objects {
		fmt.Fprintf(&text, "%s %s\n", object.SHA256, object.Name)
	}
	digest := sha256.Sum256(text.Bytes())
	list.Digest = hex.EncodeToString(digest[:])
	return list, run.WriteJSON(InputsName, list)
}

// ReadInputs reads a run's inputs.json and the inputs it names.
func (s *State) ReadInputs(run *Run) (InputList, Inputs, error) {
	var list InputList
	var inputs Inputs
	if err := run.ReadJSON(InputsName, &list); err != nil {
		return list, inputs, err
	}
	for _, object := range list.Objects {
		if object.Name != "inputs" {
			continue
		}
		if err := s.ReadJSON(path.Join(objectsName, object.SHA256), &inputs); err != nil {
			return list, inputs, err
		}
		inputs.Now = list.Now
		return list, inputs, nil
	}
	return list, inputs, fmt.Errorf("%s names no inputs", run.Path(InputsName))
}

// SweepObjects removes the objects that no run folder names any more and that were last written before the given time, and
// returns how many went. The time spares what a run that has not written its inputs.json yet has just stored.
func (s *State) SweepObjects(before time.Time) (int, error) {
	folders, err := s.Folders()
	if err != nil {
		return 0, err
	}
	named := map[string]bool{}
	for _, f := range folders {
		var list InputList
		err := s.ReadJSON(path.Join(runsName, f.ID, InputsName), &list)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return 0, err // what cannot be read may name anything: remove nothing
		}
		for _, object := range list.Objects {
			named[object.SHA256] = true
		}
	}
	entries, err := fs.ReadDir(s.root.FS(), objectsName)
	if err != nil {
		return 0, fmt.Errorf("objects: %w", err)
	}
	removed := 0
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			return removed, fmt.Errorf("objects: %w", err)
		}
		if named[entry.Name()] || !info.ModTime().Before(before) {
			continue
		}
		if err := s.root.Remove(path.Join(objectsName, entry.Name())); err != nil {
			return removed, fmt.Errorf("objects: %w", err)
		}
		removed++
	}
	return removed, nil
}
