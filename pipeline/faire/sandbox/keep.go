package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// keptAtOnce is the size of the file, in bytes, up to which every request that changed something is answered only after the file was
// written. A larger one is written by Keep.
const keptAtOnce = 4 << 20

// Keeper is a Server whose state outlives the process, in a file of the shape of /_sandbox/state. Switches, faults, effects, OAuth
// grants and how fresh a variant is begin anew with every process.
type Keeper struct {
	server *Server
	path   string

	mu    sync.Mutex
	saved []byte // what the file holds
	dirty bool   // something may have changed since
}

// NewKeeper brings the state of the file into the server and keeps it there from then on. found says whether there was one; where there
// is none, it is made by the first change or by Save.
func NewKeeper(server *Server, path string) (keeper *Keeper, found bool, err error) {
	keeper = &Keeper{server: server, path: path}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return keeper, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	state, err := ReadState(data)
	if err == nil {
		err = server.SetState(state)
	}
	if err != nil {
		return nil, false, err
	}
	keeper.saved = data
	return keeper, true, nil
}

// ReadState reads a state as /_sandbox/state gives it. A member it does not know is an error.
func ReadState(data []byte) (State, error) {
	var state State
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&state); err != nil {
		return State{}, fmt.Errorf("state: %w", err)
	}
	return state, nil
}

// ServeHTTP answers as the server does. While the file is small, what a request changed is on disk before the first byte of the answer
// leaves, so that nothing that was answered is lost however the process ends; if it cannot be written, the answer is a 500.
func (k *Keeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet || r.Method == http.MethodHead || strings.HasPrefix(r.URL.Path, oauthBase+"/") { // grants are not kept
		k.server.ServeHTTP(w, r)
		return
	}
	kept := &keptWriter{ResponseWriter: w, keep: k.changed}
	defer func() {
		if !kept.begun { // an empty answer, or a connection that a fault drops after the write
			kept.failed(k.changed())
		}
	}()
	k.server.ServeHTTP(kept, r)
}

// changed notes that something may have changed, and writes the file at once if that is quick.
func (k *Keeper) changed() error {
	k.mu.Lock()
	k.dirty = true
	small := len(k.saved) <= keptAtOnce
	k.mu.Unlock()
	if small {
		return k.Save()
	}
	return nil
}

// Save writes the file if it is not what the server holds: a new one beside it, renamed into its place when it is on disk.
func (k *Keeper) Save() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.dirty && k.saved != nil {
		return nil
	}
	k.dirty = false // a change from here on is seen by State, or notes itself again
	data, err := json.MarshalIndent(k.server.State(), "", "  ")
	if err == nil && !bytes.Equal(data, k.saved) {
		err = replace(k.path, data)
	}
	if err != nil {
		k.dirty = true
		return fmt.Errorf("keep the state of the sandbox: %w", err)
	}
	k.saved = data
	return nil
}

func replace(path string, data []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-")
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

// Keep writes the file at every tick in which something changed, until the context ends; it is what a file too large to be written with
// every request is kept by. Its errors go to failed; the next tick tries again.
func (k *Keeper) Keep(ctx context.Context, ticks <-chan time.Time, failed func(error)) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks:
			if err := k.Save(); err != nil {
				failed(err)
			}
		}
	}
}

// keptWriter keeps the state before the first byte of an answer.
type keptWriter struct {
	http.ResponseWriter
	keep   func() error
	begun  bool
	broken bool
}

// WriteHeader keeps the state and passes the status on.
func (w *keptWriter) WriteHeader(status int) {
	if w.begun {
		return
	}
	if w.begun = true; !w.failed(w.keep()) {
		w.ResponseWriter.WriteHeader(status)
	}
}

// failed answers that the state could not be kept, if so.
func (w *keptWriter) failed(err error) bool {
	if err != nil {
		w.broken = true
		writeError(w.ResponseWriter, &refusal{status: http.StatusInternalServerError, message: err.Error()})
	}
	return w.broken
}

// Write passes the body on, unless it has been answered otherwise.
func (w *keptWriter) Write(data []byte) (int, error) {
	if !w.begun {
		w.WriteHeader(http.StatusOK)
	}
	if w.broken {
		return len(data), nil
	}
	return w.ResponseWriter.Write(data)
}
