package main

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/sys/unix"

	"fairesync/pipeline/ledger"
)

// TestDiskFullMidway: the disk is full while requests are sent. What is not in the journal is not sent, and what was sent is found by
// the next run.
func TestDiskFullMidway(t *testing.T) {
	b := begin(t)
	for _, test := range []struct {
		name string
		at   int32 // the write that finds the disk full
		left int64 // bytes that still fit into the journal then
	}{
		{"at the first request", 1, 0},
		{"in the middle of a line", 12, 90},
		{"later", 33, 700},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var l *lively
			var pid atomic.Int32
			var mu sync.Mutex
			writes := int32(0)
			l = b.changed(t, func(box http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.Method != http.MethodGet && pid.Load() > 0 {
						mu.Lock()
						if writes++; writes == test.at {
							size := uint64(sizeOf(t, filepath.Join(slices.Max(l.runFolders()), ledger.AttemptsName)) + test.left)
							if err := unix.Prlimit(int(pid.Load()), unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: size, Max: size}, nil); err != nil {
								t.Error(err)
							}
						}
						mu.Unlock()
					}
					box.ServeHTTP(w, r)
				})
			})
			process, wait, err := start(t.Context(), l.dir, []string{l.program, "run", "--quiet"})
			if err != nil {
				t.Fatal(err)
			}
			pid.Store(int32(process.Pid))
			e, err := wait()
			pid.Store(0)
			if err != nil {
				t.Fatal(err)
			}
			told(t, e, "journal", "file too large")
			l.journalled(t)
			l.readable(t)
			l.succeed(t)
			l.arrived(t)
			l.goesOn(t)
		})
	}
}

func sizeOf(t *testing.T, path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		t.Error(err)
		return 0
	}
	return info.Size()
}

// journalled makes sure that the newest run sent nothing that is not in its journal, and not everything it had to send.
func (l *lively) journalled(t *testing.T) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(slices.Max(l.runFolders()), ledger.AttemptsName))
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
	if sent := l.box.Effects().Writes; sent > begun || sent == 0 {
		t.Errorf("%d requests were sent, %d are in the journal", sent, begun)
	}
}

// bound is set in the environment of a process of this test binary that becomes the program, bound by the modes of files, as root is
// not.
const bound = "FAIRESYNC_TEST_BOUND"

// TestStateReadOnly: the state may be read and not written.
func TestStateReadOnly(t *testing.T) {
	if os.Getenv(bound) != "" {
		if os.Geteuid() == 0 {
			runtime.LockOSThread() // what is dropped, this thread drops
			if err := unix.Prctl(unix.PR_CAPBSET_DROP, unix.CAP_DAC_OVERRIDE, 0, 0, 0); err != nil {
				t.Fatal(err)
			}
		}
		become(t, bound)
	}
	b := begin(t)
	for _, test := range []struct {
		name   string
		fresh  bool
		closed func(l *lively) []string // what may not be written
		says   string
	}{
		{"the folder of states", true, func(l *lively) []string { return []string{filepath.Join(l.dir, "state")} }, "state"},
		{"the brand's folder", false, func(l *lively) []string { return []string{l.brandFolder()} }, "lock.json"},
		{"the folder of runs", false, func(l *lively) []string { return []string{filepath.Join(l.brandFolder(), "runs")} }, "run folder"},
		{"the folder of objects", false, func(l *lively) []string { return []string{filepath.Join(l.brandFolder(), "objects")} }, "objects"},
		{"the database", false, func(l *lively) []string { return []string{filepath.Join(l.brandFolder(), "brand.duckdb")} }, "brand.duckdb"},
		{"everything", false, func(l *lively) []string { return everything(t, l.brandFolder()) }, "lock"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := b.changed(t, nil)
			if test.fresh {
				l = b.fresh(t, nil)
				if err := os.Mkdir(filepath.Join(l.dir, "state"), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			open := closed(t, test.closed(l))
			told(t, l.reborn(t, "TestStateReadOnly", bound, "1", "run", "--quiet"), test.says, "permission denied")
			if effects := l.box.Effects(); effects.Writes > 0 {
				t.Errorf("%d requests were sent", effects.Writes)
			}
			if !test.fresh { // what only reads goes on
				for _, command := range []string{"status", "history"} {
					if e := l.reborn(t, "TestStateReadOnly", bound, "1", command); e.code != 0 || !strings.Contains(e.stdout, "done") {
						t.Errorf("%s ends with %d: %s%s", command, e.code, e.stdout, e.stderr)
					}
				}
			}
			open()
			l.succeed(t)
			l.arrived(t)
		})
	}
}

// closed takes the right to write away and gives a function that gives it back.
func closed(t *testing.T, paths []string) (open func()) {
	t.Helper()
	modes := map[string]os.FileMode{}
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		modes[path] = info.Mode().Perm()
		if err := os.Chmod(path, modes[path]&^0o222); err != nil {
			t.Fatal(err)
		}
	}
	open = func() {
		for path, mode := range modes {
			if err := os.Chmod(path, mode); err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Error(err)
			}
		}
	}
	t.Cleanup(open)
	return open
}

// everything is a folder with all that is in it.
func everything(t *testing.T, folder string) []string {
	t.Helper()
	var paths []string
	err := filepath.WalkDir(folder, func(path string, _ os.DirEntry, err error) error {
		paths = append(paths, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

