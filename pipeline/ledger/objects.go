package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
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

// isObject says whether there is an object of this SHA-256. It is not read.
func (s *State) isObject(sum string) error {
	if !objectForm.MatchString(sum) {
		return fmt.Errorf("%q is no SHA-256", sum)
	}
	_, err := s.root.Stat(path.Join(objectsName, sum))
	return err
}

// ObjectError says that an object is not what its name says, or is gone.
type ObjectError struct {
	Name string // what it is: inputs, or the table it holds
	Path string
	Err  error // nil: its bytes are others
}

func (e *ObjectError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("object %s (%s) cannot be read: %v", e.Path, e.Name, e.Err)
	}
	return fmt.Sprintf("object %s (%s) is damaged: its bytes do not give the SHA-256 it is named by", e.Path, e.Name)
}

// Unwrap is why it cannot be read.
func (e *ObjectError) Unwrap() error { return e.Err }

// Hint says what to do.
func (e *ObjectError) Hint() string { return "put the file back from a backup of the state folder" }

// checkObject compares an object with its name.
func (s *State) checkObject(object Object) error {
	failed := &ObjectError{Name: object.Name, Path: s.ObjectPath(object.SHA256)}
	if failed.Err = s.isObject(object.SHA256); failed.Err != nil {
		return failed
	}
	sum, _, err := s.sum(path.Join(objectsName, object.SHA256))
	if failed.Err = err; err != nil || sum != object.SHA256 {
		return failed
	}
	return nil
}

// SweepObjects removes the objects that neither a run folder nor the checkpoint names any more and that were last written before
// the given time, and returns how many went. The time spares what a run that has not written its inputs.json yet has just stored.
func (s *State) SweepObjects(before time.Time) (int, error) {
	folders, err := s.Folders()
	if err != nil {
		return 0, err
	}
	named := map[string]bool{}
	checkpoint, err := s.ReadCheckpoint()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err // as below
	}
	for _, sum := range checkpoint.Objects {
		named[sum] = true
	}
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
