package main

import (
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// fileSize is set in the environment of a process of this test binary that becomes the program, with no file larger than so many bytes:
// our own writes meet that as they meet a full disk, and so do those of the database.
const fileSize = "FAIRESYNC_TEST_FILE_SIZE"

// become replaces this process by the command line that follows the test's own flags.
func become(t *testing.T, variable string) {
	env := slices.DeleteFunc(os.Environ(), func(entry string) bool { return strings.HasPrefix(entry, variable+"=") })
	t.Fatal(syscall.Exec(flag.Arg(0), flag.Args(), env)) // it comes back only if it fails
}

// reborn runs the program as a process of this test binary that becomes it, by the test of this name. TMPDIR is of the test: what the
// process had there before it became the program, nobody removes.
func (l *lively) reborn(t *testing.T, test, variable, value string, args ...string) ending {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := append([]string{self, "-test.run=^" + test + "$", "--", l.program}, args...)
	return call(t, l.dir, command, variable+"="+value, "TMPDIR="+t.TempDir())
}

// told makes sure that a run ended as one must that cannot write: with exit code 1, in sentences for people that name the trouble, and
// with what helps.
func told(t *testing.T, e ending, trouble ...string) {
	t.Helper()
	t.Logf("exit code %d: %s", e.code, e.stderr)
	if e.code != 1 {
		t.Errorf("exit code %d", e.code)
	}
	first, rest, _ := strings.Cut(e.stderr, "\n")
	for _, words := range append(trouble, "error: ") {
		if !strings.Contains(strings.ToLower(first), strings.ToLower(words)) {
			t.Errorf("the error does not say %q: %s", words, e.stderr)
		}
	}
	if !strings.Contains(rest, "hint: ") {
		t.Errorf("nothing says what to do: %s", e.stderr)
	}
	for line := range strings.Lines(e.stderr) {
		if !strings.HasPrefix(line, "error: ") && !strings.HasPrefix(line, "hint: ") {
			t.Errorf("no sentence for people: %s", line)
		}
	}
}

// TestDiskFull fills the disk at many places: whatever cannot be written, the run says so, and the next one that can write ends where
// it would have ended.
func TestDiskFull(t *testing.T) {
	if limit := os.Getenv(fileSize); limit != "" {
		size, err := strconv.ParseUint(limit, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: size}); err != nil {
			t.Fatal(err)
		}
		become(t, fileSize)
	}
	b := begin(t)
	for _, test := range []struct {
		name  string
		fresh bool
		limit int64
		says  string // what cannot be written
	}{
		{"the lock's information", false, 0, "lock.json"},
		{"the index of runs", false, 1 << 10, "feed.csv"}, // and the feed's copy before it
		{"the copy of the feed", false, 8 << 10, "feed.csv"},
		{"the plan", false, 64 << 10, "plan.json"},
		{"the record", false, largest(t, b.folder) + 4<<10, "brand.duckdb"},
		{"a new database", true, 8 << 10, "brand.duckdb"},
		{"the tables of a new database", true, 64 << 10, "brand.duckdb"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := b.changed
			if test.fresh {
				l = b.fresh
			}
			brand := l(t, nil)
			told(t, brand.reborn(t, "TestDiskFull", fileSize, strconv.FormatInt(test.limit, 10), "run", "--quiet"), test.says, "file too large")
			brand.readable(t)
			brand.succeed(t)
			brand.arrived(t)
			brand.goesOn(t)
		})
	}
}

// readable makes sure that the record can be read after a run that could not write.
func (l *lively) readable(t *testing.T) {
	t.Helper()
	for id, status := range l.history(t) {
		if !slices.Contains([]string{"done", "failed", "died"}, status) {
			t.Errorf("run %s is %s", id, status)
		}
	}
}

// largest is the size of the largest file of a run folder.
func largest(t *testing.T, folder string) int64 {
	t.Helper()
	size := int64(0)
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			t.Fatal(err)
		}
		if !entry.IsDir() {
			size = max(size, info.Size())
		}
	}
	return size
}

// TestStateIsAFile: the state's path is taken by something that is no folder.
func TestStateIsAFile(t *testing.T) {
	b := beginnings{program: build(t)}
	l := b.fresh(t, nil)
	taken := filepath.Join(l.dir, "state")
	if err := os.WriteFile(taken, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	told(t, l.call(t, "run", "--quiet"), taken, "not a directory")
	if effects := l.box.Effects(); effects.Reads+effects.Writes > 0 {
		t.Errorf("Faire was asked all the same: %+v", effects)
	}
	if err := os.Remove(taken); err != nil {
		t.Fatal(err)
	}
	l.succeed(t)
}

// TestJournalCannotBeOpened: nothing is sent that cannot be journalled.
func TestJournalCannotBeOpened(t *testing.T) {
	b := beginnings{program: build(t)}
	var l *lively
	var once sync.Once
	taken := ""
	l = b.fresh(t, func(box http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			once.Do(func() { // the run folder is there now, the journal is not
				taken = filepath.Join(slices.Max(l.runFolders()), "attempts.ndjson")
				if err := os.Mkdir(taken, 0o700); err != nil {
					t.Error(err)
				}
			})
			box.ServeHTTP(w, r)
		})
	})
	told(t, l.call(t, "run", "--quiet"), "journal", taken)
	if effects := l.box.Effects(); effects.Writes > 0 {
		t.Errorf("%d requests were sent without a journal", effects.Writes)
	}
	if err := os.Remove(taken); err != nil {
		t.Fatal(err)
	}
	l.succeed(t)
}
