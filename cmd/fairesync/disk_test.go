//go:build linux

package main

import (
	"bytes"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"fairesync/pipeline/ledger"
)

// These tests are of Linux alone: there a limit can be set to a program that runs, and root can be bound by the modes of files.

// What a process of this test binary is bound by when it becomes the program: no file larger than so many bytes, which our own writes
// meet as they meet a full disk, and so do those of the database; or the modes of files, which do not bind root of themselves.
const (
	fileSize = "FAIRESYNC_TEST_FILE_SIZE"
	modes    = "FAIRESYNC_TEST_MODES"
)

// TestDisk: the disk is full, or the state cannot be written for another reason. Whatever it is, the run says so in a sentence with what
// helps, sends nothing that it cannot write down, and the next run that can write ends where this one would have.
func TestDisk(t *testing.T) {
	bind(t)
	b := begin(t)
	t.Run("full", b.full)
	t.Run("full midway", b.fullMidway)
	t.Run("read only", b.readOnly)
	t.Run("taken", b.taken)
}

// bind makes a process that was started by bound what it was started for; in others it does nothing.
func bind(t *testing.T) {
	limit, limited := os.LookupEnv(fileSize)
	_, strict := os.LookupEnv(modes)
	switch {
	case limited:
		size, err := strconv.ParseUint(limit, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: size, Max: size}); err != nil {
			t.Fatal(err)
		}
	case strict && os.Geteuid() == 0:
		runtime.LockOSThread() // what is dropped, this thread drops
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, unix.CAP_DAC_OVERRIDE, 0, 0, 0); err != nil {
			t.Fatal(err)
		}
	case !strict:
		return
	}
	t.Fatal(unix.Exec(flag.Arg(0), flag.Args(), os.Environ())) // it comes back only if it fails
}

// bound runs a subcommand as a process of this test binary that becomes the program. TMPDIR is of the test: what the process had there
// before it became the program, nobody removes.
func (l *lively) bound(t *testing.T, variable, value string, args ...string) ending {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := append([]string{self, "-test.run=^TestDisk$", "--", l.program}, args...)
	return call(t, l.dir, command, variable+"="+value, "TMPDIR="+t.TempDir())
}

// complains makes sure that a run ended as one must that cannot write: with exit code 1, in sentences for people, the first of which
// names the trouble, and with what helps.
func (e ending) complains(t *testing.T, trouble ...string) {
	t.Helper()
	t.Logf("exit code %d: %s", e.code, e.stderr)
	if e.code != 1 {
		t.Errorf("exit code %d", e.code)
	}
	first, _, _ := strings.Cut(e.stderr, "\n")
	for _, words := range trouble {
		if !strings.Contains(strings.ToLower(first), strings.ToLower(words)) {
			t.Errorf("the error does not say %q: %s", words, first)
		}
	}
	if !strings.Contains(e.stderr, "\nhint: ") {
		t.Errorf("nothing says what to do: %s", e.stderr)
	}
	for line := range strings.Lines(e.stderr) {
		if !strings.HasPrefix(line, "error: ") && !strings.HasPrefix(line, "hint: ") {
			t.Errorf("no sentence for people: %s", line)
		}
	}
}

// recovers makes sure that nothing is damaged, and that the next run ends where an undisturbed one would have. Where requests were sent,
// the run after that must do so too.
func (l *lively) recovers(t *testing.T) {
	t.Helper()
	runs := map[string]string{}
	if len(l.runFolders()) > 0 {
		runs = l.history(t)
	}
	for id, status := range runs {
		if !slices.Contains([]string{"done", "failed", ledger.StatusDied}, status) {
			t.Errorf("run %s is %s", id, status)
		}
	}
	sent := l.box.Effects().Writes > 0
	l.succeed(t)
	l.same(t)
	if sent {
		l.quiet(t)
		l.goesOn(t)
	}
}

// full: files cannot grow beyond a limit.
func (b beginnings) full(t *testing.T) {
	for _, test := range []struct {
		name  string
		begin func(*testing.T, func(http.Handler) http.Handler) *lively
		limit int64
		says  string // what cannot be written
	}{
		{"who holds the lock", b.changed, 0, "lock.json"},
		{"the copy of the feed, the index of runs", b.changed, 1 << 10, "feed.csv"},
		{"the copy of the feed", b.changed, 8 << 10, "feed.csv"},
		{"the plan", b.changed, 64 << 10, "plan.json"},
		{"the record", b.changed, largest(t, b.folder) + 4<<10, "brand.duckdb"},
		{"a new database", b.fresh, 8 << 10, "brand.duckdb"},
		{"the tables of a new database", b.fresh, 64 << 10, "brand.duckdb"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := test.begin(t, nil)
			l.bound(t, fileSize, strconv.FormatInt(test.limit, 10), "run", "--quiet").complains(t, test.says, "file too large")
			l.recovers(t)
		})
	}
}

// largest is the size of the largest file of a run folder.
func largest(t *testing.T, folder string) int64 {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	size := int64(0)
	for _, entry := range entries {
		if !entry.IsDir() {
			size = max(size, sizeOf(t, filepath.Join(folder, entry.Name())))
		}
	}
	return size
}

func sizeOf(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Error(err)
		return 0
	}
	return info.Size()
}

// fullMidway: the disk is full when so many requests have been sent. What cannot be journalled is not sent.
func (b beginnings) fullMidway(t *testing.T) {
	for _, test := range []struct {
		name string
		at   int   // the request that finds the disk full
		left int64 // bytes that still fit into the journal
	}{
		{"at the first request", 1, 0},
		{"in the middle of a line", 12, 90},
		{"some lines later", 33, 700},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var l *lively
			var old []string
			var mu sync.Mutex
			var process *os.Process
			writes := 0
			l = b.changed(t, func(box http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					mu.Lock()
					if r.Method != http.MethodGet {
						writes++
					}
					if writes == test.at && r.Method != http.MethodGet {
						size := uint64(sizeOf(t, filepath.Join(l.newRun(old), ledger.AttemptsName)) + test.left)
						if err := unix.Prlimit(process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: size, Max: size}, nil); err != nil {
							t.Error(err)
						}
					}
					mu.Unlock()
					box.ServeHTTP(w, r)
				})
			})
			mu.Lock() // no request is looked at before the process is known
			old = l.runFolders()
			started, wait, err := start(t.Context(), l.dir, []string{l.program, "run", "--quiet"})
			process = started
			mu.Unlock()
			if err != nil {
				t.Fatal(err)
			}
			e, err := wait()
			if err != nil {
				t.Fatal(err)
			}
			e.complains(t, "journal", ledger.AttemptsName, "file too large")
			data, err := os.ReadFile(filepath.Join(l.newRun(old), ledger.AttemptsName))
			if err != nil {
				t.Fatal(err)
			}
			attempts, err := ledger.ReadAttempts(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			begun := 0
			for _, a := range attempts {
				if a.Phase == ledger.PhaseBegin {
					begun++
				}
			}
			if sent := l.box.Effects().Writes; sent != begun || sent < test.at || sent >= b.writes {
				t.Errorf("%d requests were sent, %d are in the journal", sent, begun)
			}
			l.recovers(t)
		})
	}
}

// readOnly: a part of the state may be read and not written.
func (b beginnings) readOnly(t *testing.T) {
	for _, test := range []struct {
		name, path string // below the folder of states
		fresh      bool
		says       string
	}{
		{"the folder of states", "", true, "state"},
		{"the brand's folder", "luma", false, "lock.json"},
		{"the folder of runs", "luma/runs", false, "run"},
		{"the folder of objects", "luma/objects", false, "objects"},
		{"the database", "luma/brand.duckdb", false, "brand.duckdb"},
		{"the lock", "luma/lock", false, "lock"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			begin := b.changed
			if test.fresh {
				begin = b.fresh
			}
			l := begin(t, nil)
			path := filepath.Join(l.dir, "state", filepath.FromSlash(test.path))
			if test.fresh {
				if err := os.Mkdir(path, 0o700); err != nil {
					t.Fatal(err)
				}
			}
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, info.Mode().Perm()&^0o222); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.Chmod(path, info.Mode().Perm()) }) // or the test's folder could not be removed
			l.bound(t, modes, "bind", "run", "--quiet").complains(t, test.says, "permission denied")
			if effects := l.box.Effects(); effects.Writes > 0 {
				t.Errorf("%d requests were sent", effects.Writes)
			}
			if !test.fresh { // what only reads works
				for _, command := range []string{"status", "history"} {
					if e := l.bound(t, modes, "bind", command); e.code != 0 || !strings.Contains(e.stdout, "done") {
						t.Errorf("%s ends with %d: %s%s", command, e.code, e.stdout, e.stderr)
					}
				}
			}
			if err := os.Chmod(path, info.Mode().Perm()); err != nil {
				t.Fatal(err)
			}
			l.recovers(t)
		})
	}
}

// taken: where a file or folder of the state should be, there is something else.
func (b beginnings) taken(t *testing.T) {
	t.Run("the folder of states", func(t *testing.T) {
		t.Parallel()
		l := b.fresh(t, nil)
		path := filepath.Join(l.dir, "state")
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		l.call(t, "run", "--quiet").complains(t, path, "not a directory")
		if effects := l.box.Effects(); effects.Reads+effects.Writes > 0 {
			t.Errorf("Faire was asked all the same: %+v", effects)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		l.succeed(t)
		l.same(t)
	})
	t.Run("the journal", func(t *testing.T) {
		t.Parallel()
		var mu sync.Mutex
		var l *lively
		var old []string
		path := ""
		l = b.changed(t, func(box http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				if path == "" { // the run folder is there now, the journal is not
					path = filepath.Join(l.newRun(old), ledger.AttemptsName)
					if err := os.Mkdir(path, 0o700); err != nil {
						t.Error(err)
					}
				}
				mu.Unlock()
				box.ServeHTTP(w, r)
			})
		})
		mu.Lock()
		old = l.runFolders()
		mu.Unlock()
		l.call(t, "run", "--quiet").complains(t, "journal", "is a directory")
		if effects := l.box.Effects(); effects.Writes > 0 {
			t.Errorf("%d requests were sent without a journal", effects.Writes)
		}
		mu.Lock()
		err := os.Remove(path)
		mu.Unlock()
		if err != nil {
			t.Fatal(err)
		}
		l.recovers(t)
	})
}
