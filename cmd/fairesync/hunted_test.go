package main

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fairesync/pipeline/ledger"
)

// kind is where a process is killed.
type kind string

const (
	beforeWrite kind = "before a write" // Faire has received the request and has not done it
	afterWrite  kind = "after a write"  // Faire has done it and has not answered
	journalling kind = "journalling"    // the journals have grown to a size
	replacing   kind = "replacing"      // a file is there under its unfinished name
	sometime    kind = "sometime"       // at any time
)

var kinds = []kind{beforeWrite, afterWrite, journalling, replacing, sometime}

// point is when a process is killed: at the nth write, at so many bytes of journal, at the nth unfinished file, after so long.
type point struct {
	kind kind
	at   int
	tear bool // journalling: leave half a line at the end of the journal, as a power cut would
}

// draw picks a point for a run that has about so many writes to do, early ones more often than late ones: there is less left after
// each kill.
func (b beginnings) draw(random *rand.Rand, of kind, writes int) point {
	p, early := point{kind: of}, random.Float64()
	if random.IntN(4) > 0 {
		early *= random.Float64() * random.Float64()
	}
	switch of {
	case beforeWrite, afterWrite:
		p.at = 1 + int(early*float64(writes))
	case journalling:
		p.at, p.tear = 1+int(early*float64(writes*b.journal/b.writes)), random.IntN(2) == 0
	case replacing:
		p.at = 1 + random.IntN(12)
	case sometime:
		p.at = random.IntN(int(b.took))
	}
	return p
}

// hunted is a brand whose runs are killed.
type hunted struct {
	*lively
	kills map[kind]int
	run1  string // the run to undo

	mu     sync.Mutex
	point  point
	writes int // received since the process began
	flying int // writes that are being done
	victim *victim
}

// victim is a process that is to be killed.
type victim struct {
	process *os.Process
	dead    chan struct{} // closed when it has ended
}

// kill ends the process and returns when it has ended. One that has ended by itself is left in peace.
func (v *victim) kill() {
	_ = v.process.Kill() // the exit status tells whether it was in time
	<-v.dead
}

// lurk looks every so often whether it is time to kill the process, and does.
func (v *victim) lurk(every time.Duration, now func() bool) {
	for {
		select {
		case <-v.dead:
			return
		case <-time.After(every):
		}
		if now() {
			v.kill()
			return
		}
	}
}

// around kills the process before or after a write.
func (h *hunted) around(box http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			box.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler) // it died while it sent this
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		h.mu.Lock()
		h.writes++
		h.flying++
		defer func() {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.flying--
		}()
		hit, v := h.writes == h.point.at, h.victim
		on := h.point.kind
		h.mu.Unlock()
		switch {
		case hit && on == beforeWrite:
			v.kill()
			panic(http.ErrAbortHandler)
		case hit && on == afterWrite:
			box.ServeHTTP(httptest.NewRecorder(), r)
			v.kill()
			panic(http.ErrAbortHandler)
		}
		box.ServeHTTP(w, r)
	})
}

// run runs a subcommand and kills it at a point, unless it ends by itself before; one without a kind never comes.
func (h *hunted) run(t *testing.T, p point, args ...string) ending {
	t.Helper()
	old, before := h.runFolders(), h.journalled()
	h.mu.Lock() // no request is looked at before the process is known
	process, wait, err := start(t.Context(), h.dir, append([]string{h.program, "--json"}, args...))
	if err != nil {
		h.mu.Unlock()
		t.Fatal(err)
	}
	v := &victim{process: process, dead: make(chan struct{})}
	h.point, h.writes, h.victim = p, 0, v
	h.mu.Unlock()
	var e ending
	go func() {
		e, err = wait()
		close(v.dead)
	}()
	seen := map[string]bool{}
	switch p.kind {
	case journalling:
		v.lurk(time.Millisecond, func() bool { return h.journalled()-before >= p.at })
	case replacing:
		v.lurk(100*time.Microsecond, func() bool { return h.unfinished(old, seen) >= p.at })
	case sometime:
		v.lurk(time.Duration(p.at), func() bool { return true })
	}
	<-v.dead
	if err != nil {
		t.Fatal(err)
	}
	for h.busy() { // Faire does what it has received, whoever sent it, before anybody asks again
		time.Sleep(time.Millisecond)
	}
	if e.killed {
		h.kills[p.kind]++
		if p.tear {
			h.tear(t, h.newRun(old))
		}
		h.answers(t)
	}
	return e
}

// answers makes sure that what only reads works, whatever died when. Before the first run has ended there is nothing to tell.
func (h *hunted) answers(t *testing.T) {
	t.Helper()
	for _, args := range [][]string{{"status", "OLD-0*"}, {"history"}} {
		e := h.call(t, args...)
		if e.code != 0 && !strings.Contains(e.stderr, "has not been synced yet") || e.code == 0 && e.stdout == "" {
			t.Errorf("fairesync %s ends with %d: %s%s", strings.Join(args, " "), e.code, e.stdout, e.stderr)
		}
	}
}

// busy says whether writes are still being done.
func (h *hunted) busy() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.flying > 0
}

// journalled is how many bytes all journals have: a run writes into those of the runs it settles, too.
func (h *hunted) journalled() int {
	total := 0
	for _, folder := range h.runFolders() {
		if info, err := os.Stat(filepath.Join(folder, ledger.AttemptsName)); err == nil {
			total += int(info.Size())
		}
	}
	return total
}

// unfinished is how many files of the brand and of the run under way have been seen under an unfinished name.
func (h *hunted) unfinished(old []string, seen map[string]bool) int {
	places := []string{h.brandFolder(), filepath.Join(h.brandFolder(), "objects"), h.newRun(old)}
	for _, place := range places {
		entries, err := os.ReadDir(place)
		for _, entry := range entries {
			if err == nil && isUnfinished(entry.Name()) {
				seen[filepath.Join(place, entry.Name())] = true
			}
		}
	}
	return len(seen)
}

func isUnfinished(name string) bool {
	return strings.HasSuffix(name, ".tmp") || strings.HasPrefix(name, ".new-")
}

// tear adds half a line to a run's journal, as one that the disk got only a part of.
func (h *hunted) tear(t *testing.T, run string) {
	t.Helper()
	path := filepath.Join(run, ledger.AttemptsName)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	last := data[bytes.LastIndexByte(bytes.TrimSuffix(data, []byte("\n")), '\n')+1:]
	if err := os.WriteFile(path, append(data, last[:len(last)/2]...), 0o600); err != nil {
		t.Fatal(err)
	}
}
