package ledger

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
)

// folder is a directory of the record. Files appear in it whole or not at all: they are written under a temporary name, synced,
// renamed, and the folder is synced after that.
type folder struct {
	root *os.Root
	dir  string
}

// temporary is what an unfinished file's name ends with; a crash may leave one behind, which the next write of it replaces.
const temporary = ".tmp"

// Dir is the folder's path.
func (f folder) Dir() string { return f.dir }

// Path is the path of a file in the folder; name uses slashes.
func (f folder) Path(name string) string { return filepath.Join(f.dir, filepath.FromSlash(name)) }

// Close lets the folder go.
func (f folder) Close() error { return f.root.Close() }

// Open opens a file of the folder for reading.
func (f folder) Open(name string) (*os.File, error) { return f.root.Open(name) }

// Write makes or replaces a file. If write fails, the file is what it was before.
func (f folder) Write(name string, write func(io.Writer) error) error {
	return f.replace(name, func(unfinished string) error {
		file, err := f.root.OpenFile(unfinished, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
		if err != nil {
			return err
		}
		buffer := bufio.NewWriterSize(file, 1<<16)
		if err := write(buffer); err != nil {
			return errors.Join(err, file.Close())
		}
		if err := buffer.Flush(); err != nil {
			return errors.Join(err, file.Close())
		}
		return file.Close()
	})
}

// Replace is Write for a writer that wants a path (DuckDB's COPY): it writes a file at the path it is given, which is then
// synced and renamed to name.
func (f folder) Replace(name string, write func(path string) error) error {
	return f.replace(name, func(unfinished string) error {
		if err := write(f.Path(unfinished)); err != nil {
			return err
		}
		return f.root.Chmod(unfinished, 0o600)
	})
}

func (f folder) replace(name string, write func(unfinished string) error) error {
	unfinished := name + temporary
	if parent := path.Dir(name); parent != "." {
		if err := f.root.MkdirAll(parent, 0o700); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	if err := write(unfinished); err != nil {
		_ = f.root.Remove(unfinished) // the first error is the one to tell
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := f.sync(unfinished); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := f.root.Rename(unfinished, name); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := f.sync(path.Dir(name)); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// sync makes a file, or the names in a folder, survive a power cut.
func (f folder) sync(name string) error {
	file, err := f.root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// WriteJSON makes or replaces a file of one indented JSON value.
func (f folder) WriteJSON(name string, value any) error {
	return f.Write(name, func(w io.Writer) error {
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(value)
	})
}

// ReadJSON reads a file of one JSON value; fs.ErrNotExist if there is none.
func (f folder) ReadJSON(name string, value any) error {
	data, err := f.root.ReadFile(name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, value); err != nil {
		return fmt.Errorf("%s cannot be read: %w", f.Path(name), err)
	}
	return nil
}
