package ledger

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"sync"
)

// lines is a file of one JSON value per line that is appended to. Each line is synced before Append returns, so what was
// acknowledged survives a power cut. It is safe for concurrent use.
type lines struct {
	mu   sync.Mutex
	file *os.File
	torn bool // the last write failed: what it left must go before the next
}

// openLines opens the file for appending. A last line that a crash tore was never acknowledged and is cut off, so that the next
// one does not run into it.
func openLines(f folder, name string) (*lines, error) {
	file, err := f.root.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := mendTail(file); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", f.Path(name), err), file.Close())
	}
	if err := f.sync(path.Dir(name)); err != nil { // the file's own name must survive too
		return nil, errors.Join(err, file.Close())
	}
	return &lines{file: file}, nil
}

// mendTail leaves the file ending in a line break, the offset at its end.
func mendTail(file *os.File) error {
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	var tail []byte
	for start := size; start > 0; {
		step := min(start, 4096)
		start -= step
		chunk := make([]byte, step)
		if _, err := file.ReadAt(chunk, start); err != nil {
			return err
		}
		tail = append(chunk, tail...)
		if at := bytes.LastIndexByte(tail, '\n'); at >= 0 {
			tail = tail[at+1:]
			break
		}
	}
	switch {
	case len(tail) == 0:
		return nil
	case json.Valid(tail): // only its line break is missing
		_, err = file.Write([]byte{'\n'})
		return err
	}
	if err := file.Truncate(size - int64(len(tail))); err != nil {
		return err
	}
	_, err = file.Seek(0, io.SeekEnd)
	return err
}

// append writes one line and syncs it.
func (l *lines) append(value any) error {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.torn {
		if err := mendTail(l.file); err != nil {
			return err
		}
		l.torn = false
	}
	if _, err := l.file.Write(line.Bytes()); err != nil { // a full disk, say: part of the line may be there
		l.torn = true
		return err
	}
	return l.file.Sync()
}

func (l *lines) close() error { return l.file.Close() }

// readLines reads one value per line. A last line that cannot be read and has no line break is one that a crash tore and is
// left out; any other line that cannot be read is an error that names it.
func readLines[T any](r io.Reader, name string) ([]T, error) {
	reader := bufio.NewReaderSize(r, 1<<16)
	var list []T
	for number := 1; ; number++ {
		line, err := reader.ReadBytes('\n')
		torn := errors.Is(err, io.EOF)
		if err != nil && !torn {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if len(bytes.TrimSpace(line)) > 0 {
			var value T
			problem := json.Unmarshal(line, &value)
			switch {
			case problem == nil:
				list = append(list, value)
			case !torn:
				return nil, fmt.Errorf("%s line %d: %w", name, number, problem)
			}
		}
		if torn {
			return list, nil
		}
	}
}
