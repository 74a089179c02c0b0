package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/faire/sandbox"
	"fairesync/pipeline/ledger"
)

// build makes the program as make build does, into a folder of the test.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fairesync")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

// seeded gives the seed of a test, which FAIRESYNC_TEST_SEED sets.
func seeded(t *testing.T) uint64 {
	t.Helper()
	seed := rand.Uint64()
	if text := os.Getenv("FAIRESYNC_TEST_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("FAIRESYNC_TEST_SEED=%d", seed)
	return seed
}

// ending is how a process ended.
type ending struct {
	code           int  // -1: by a signal
	killed         bool // by SIGKILL
	stdout, stderr string
}

// start starts a program in a folder and gives a function that waits for its end.
func start(ctx context.Context, dir string, command []string, env ...string) (*os.Process, func() (ending, error), error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "FAIRE_TOKEN=token-of-luma"), env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	return cmd.Process, func() (ending, error) {
		err := cmd.Wait()
		if failed := (*exec.ExitError)(nil); errors.As(err, &failed) {
			err = nil
		}
		status, _ := cmd.ProcessState.Sys().(syscall.WaitStatus)
		return ending{code: cmd.ProcessState.ExitCode(), killed: status.Signaled() && status.Signal() == syscall.SIGKILL,
			stdout: stdout.String(), stderr: stderr.String()}, err
	}, nil
}

// call runs a program in a folder to its end.
func call(t *testing.T, dir string, command []string, env ...string) ending {
	t.Helper()
	_, wait, err := start(t.Context(), dir, command, env...)
	if err != nil {
		t.Fatal(err)
	}
	e, err := wait()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// copyFolder copies a folder with everything in it, modes too.
func copyFolder(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		target := filepath.Join(to, strings.TrimPrefix(path, from))
		if entry.IsDir() {
			return os.MkdirAll(target, info.Mode().Perm())
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, data, info.Mode().Perm())
	})
	if err != nil {
		t.Fatal(err)
	}
}

// lively is a brand's folder and its Faire, and what both should come to.
type lively struct {
	program string
	dir     string // with fairesync.yaml, feed.csv and state
	box     *sandbox.Server
	want    catalogue // what Faire holds in the end
	next    []style   // the feed after this one
	wanted  catalogue // what Faire holds after that
}

// beginnings are what tests of the built program begin with: made once, copied by each of them.
type beginnings struct {
	program string
	dir     string        // the folder of a brand that is synced with the old feed
	state   sandbox.State // what Faire holds then
	old     catalogue     // the same
	new     catalogue     // what Faire holds after an undisturbed run with the new feed
	last    catalogue     // and after one with the last feed
	folder  string        // of the run with the new feed
	writes  int           // requests it wrote with
	journal int           // bytes of its journal
	took    time.Duration // how long it took
}

// begin syncs the brand with the old feed, and a copy of it with the new one, both undisturbed.
func begin(t *testing.T) beginnings {
	t.Helper()
	b := beginnings{program: build(t)}
	first := b.fresh(t, nil)
	first.succeed(t)
	b.dir, b.state = first.dir, first.box.State()
	b.old = catalogueOf(t, b.state)
	b.check(t, b.old, oldFeed())

	twin := b.changed(t, nil)
	began := time.Now()
	b.folder = filepath.Join(twin.brandFolder(), "runs", twin.succeed(t).Run)
	b.took = time.Since(began)
	b.new, b.writes = catalogueOf(t, twin.box.State()), twin.box.Effects().Writes
	b.check(t, b.new, newFeed())
	info, err := os.Stat(filepath.Join(b.folder, ledger.AttemptsName))
	if err != nil {
		t.Fatal(err)
	}
	b.journal = int(info.Size())
	twin.feed(t, lastFeed())
	twin.succeed(t)
	b.last = catalogueOf(t, twin.box.State())
	b.check(t, b.last, lastFeed())
	return b
}

// check makes sure that an undisturbed run did what the feed says, or its twins would prove nothing.
func (b beginnings) check(t *testing.T, got catalogue, feed []style) {
	t.Helper()
	for _, s := range feed {
		sizes := s.sizes
		if len(sizes) == 0 {
			sizes = []string{""}
		}
		first := s.sku(sizes[0])
		type facts struct{ Name, Image, Lifecycle, Stock, LastSKU, LastStock string }
		last := fmt.Sprint(first, " variants ", len(sizes)-1)
		want := facts{Name: s.name, Image: s.image, Lifecycle: "PUBLISHED", LastSKU: s.sku(sizes[len(sizes)-1]),
			Stock: fmt.Sprintf("%d QUANTITY, committed 0", s.units), LastStock: fmt.Sprintf("%d QUANTITY, committed 0", s.units+len(sizes)-1)}
		if s.inactive || s.image == "" {
			want.Lifecycle = "UNPUBLISHED"
		}
		if diff := cmp.Diff(want, facts{got[first+" name"], got[first+" images 0 original_url"], got[first+" lifecycle_state"], got["stock "+first],
			got[last+" sku"], got["stock "+want.LastSKU]}); diff != "" {
			t.Fatalf("%s is not on Faire as the feed has it (-want +got):\n%s", s.code, diff)
		}
	}
}

// fresh is the brand before its first run, with the old feed.
func (b beginnings) fresh(t *testing.T, around func(http.Handler) http.Handler) *lively {
	t.Helper()
	l := &lively{program: b.program, dir: t.TempDir(), box: newBox(), want: b.old, next: newFeed(), wanted: b.new}
	l.serve(t, oldFeed(), around)
	return l
}

// changed is a copy of the brand that was synced with the old feed, with the new one.
func (b beginnings) changed(t *testing.T, around func(http.Handler) http.Handler) *lively {
	t.Helper()
	l := &lively{program: b.program, dir: t.TempDir(), box: newBox(), want: b.new, next: lastFeed(), wanted: b.last}
	copyFolder(t, b.dir, l.dir)
	if err := l.box.SetState(b.state); err != nil {
		t.Fatal(err)
	}
	l.serve(t, newFeed(), around)
	return l
}

// serve puts the sandbox on a port, with something around it unless that is nil, and writes the brand's files.
func (l *lively) serve(t *testing.T, feed []style, around func(http.Handler) http.Handler) {
	t.Helper()
	if err := l.box.SetFaults(sandbox.Faults{LatencyMS: 10}); err != nil { // so that there is a between and an inside
		t.Fatal(err)
	}
	var handler http.Handler = l.box
	if around != nil {
		handler = around(l.box)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	writeBrand(t, l.dir, server.URL, feed)
}

// feed replaces the brand's feed.
func (l *lively) feed(t *testing.T, feed []style) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(l.dir, "feed.csv"), []byte(csv(feed)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// goesOn makes sure that the next change of the feed does what it does after an undisturbed run: what was sent and made is on record.
func (l *lively) goesOn(t *testing.T) {
	t.Helper()
	l.feed(t, l.next)
	l.succeed(t)
	l.want = l.wanted
	l.same(t)
}

// call runs a subcommand to its end.
func (l *lively) call(t *testing.T, args ...string) ending {
	t.Helper()
	return call(t, l.dir, append([]string{l.program}, args...))
}

// succeed runs the brand and gives the summary.
func (l *lively) succeed(t *testing.T) ledger.Summary {
	t.Helper()
	e := l.call(t, "run", "--json")
	if e.code != 0 {
		t.Fatalf("the run ends with %d: %s", e.code, e.stderr)
	}
	return summaryOf(t, e.stdout)
}

// same makes sure that Faire holds what it holds after an undisturbed run, and nothing twice.
func (l *lively) same(t *testing.T) {
	t.Helper()
	if diff := cmp.Diff(l.want, catalogueOf(t, l.box.State())); diff != "" {
		t.Errorf("Faire holds other things than after an undisturbed run (-want +got):\n%s", diff)
	}
	if effects := l.box.Effects(); len(effects.Duplicates) > 0 {
		t.Errorf("duplicates: %+v", effects.Duplicates)
	}
}

// quiet makes sure that a run has nothing to do.
func (l *lively) quiet(t *testing.T) {
	t.Helper()
	before := l.box.Effects().Writes
	s := l.succeed(t)
	type counts struct {
		Status                        string
		Rows                          int64
		Requests, Sent, Writes, Twice int
	}
	effects := l.box.Effects()
	got := counts{s.Status, s.Planned, s.Requests.Planned, s.Requests.Sent, effects.Writes - before, len(effects.Duplicates)}
	if diff := cmp.Diff(counts{Status: "done"}, got); diff != "" {
		t.Errorf("the next run has something to do (-want +got):\n%s", diff)
	}
}

// brandFolder is where the brand's state lies.
func (l *lively) brandFolder() string { return filepath.Join(l.dir, "state", "luma") }

// runFolders are the folders of the brand's runs, oldest first.
func (l *lively) runFolders() []string {
	var folders []string
	entries, err := os.ReadDir(filepath.Join(l.brandFolder(), "runs")) // sorted; not there before the first run
	for _, entry := range entries {
		if err == nil && entry.IsDir() {
			folders = append(folders, filepath.Join(l.brandFolder(), "runs", entry.Name()))
		}
	}
	return folders
}

// newRun is the folder of the run that is not among the old ones; none yet is no folder. Runs of one second do not sort by time.
func (l *lively) newRun(old []string) string {
	for _, folder := range l.runFolders() {
		if !slices.Contains(old, folder) {
			return folder
		}
	}
	return filepath.Join(l.brandFolder(), "none")
}

// history is the status of every run in the record, by id.
func (l *lively) history(t *testing.T) map[string]string {
	t.Helper()
	e := l.call(t, "history", "-n", "0", "--json")
	if e.code != 0 {
		t.Fatalf("history ends with %d: %s", e.code, e.stderr)
	}
	statuses := map[string]string{}
	for line := range strings.Lines(e.stdout) {
		var s ledger.Summary
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Fatalf("history says %q: %v", line, err)
		}
		if _, twice := statuses[s.Run]; twice {
			t.Errorf("history has run %s twice", s.Run)
		}
		statuses[s.Run] = s.Status
	}
	return statuses
}
