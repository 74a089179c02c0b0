package ledger

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// memoryName is the folder of the files that sources keep from run to run.
const memoryName = "memory"

// memoryLimit is far above what a source remembers. A larger file was not written by one.
const memoryLimit = 256 << 20

// SourceMemory is the file in which one source of a brand keeps what spares it requests in the next run. It is a cache, no part of the
// record: a run without it, or with an old one, only asks more.
type SourceMemory struct {
	state *State
	file  string
	err   error
}

// SourceMemory is the memory of a source, by its name in the configuration.
func (s *State) SourceMemory(source string) SourceMemory {
	if !brandName.MatchString(source) {
		return SourceMemory{err: fmt.Errorf("source name %q cannot be the name of a file", source)}
	}
	return SourceMemory{state: s, file: memoryName + "/" + source + ".json"}
}

// Load gives what was stored last; nothing, without an error, if nothing was.
func (m SourceMemory) Load() ([]byte, error) {
	if m.err != nil {
		return nil, m.err
	}
	file, err := m.state.Open(m.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", m.file, err)
	}
	defer file.Close() //nolint:errcheck // read only
	data, err := io.ReadAll(io.LimitReader(file, memoryLimit+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", m.file, err)
	case len(data) > memoryLimit:
		return nil, fmt.Errorf("read %s: it has more than %d MB", m.file, memoryLimit>>20)
	}
	return data, nil
}

// Store replaces it, whole or not at all.
func (m SourceMemory) Store(data []byte) error {
	if m.err != nil {
		return m.err
	}
	return m.state.Write(m.file, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}
