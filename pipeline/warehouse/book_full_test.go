package warehouse_test

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"fairesync/pipeline/ledger"
	"fairesync/pipeline/warehouse"
)

// The environment of a process that records once while no file can grow beyond a size.
const (
	fullChild = "FAIRESYNC_TEST_RECORD_ON_A_FULL_DISK"
	fullLimit = "FAIRESYNC_TEST_FILE_SIZE_LIMIT"
)

// A disk that is full says so, leaves the state of before or the state of after, and the next run works.
func TestRecordOnAFullDisk(t *testing.T) {
	if root := os.Getenv(fullChild); root != "" {
		recordWithin(t, root)
		return
	}
	state, err := ledger.OpenState(t.TempDir(), "luma")
	if err != nil {
		t.Fatal(err)
	}
	defer state.Close()
	root := strings.TrimSuffix(state.Dir(), "/luma")
	book := warehouse.OpenBook(state.DatabasePath())
	if err := book.Record(t.Context(), numberedRecord(1, 400)); err != nil {
		t.Fatal(err)
	}
	last, refused, done := 1, 0, 0
	for _, limit := range []int{0, 5_000, 50_000, 300_000, 600_000, 2_000_000, 1 << 30} {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestRecordOnAFullDisk$")
		child.Env = append(os.Environ(), fullChild+"="+root, fullLimit+"="+strconv.Itoa(limit))
		out, err := child.Output()
		if err != nil {
			t.Fatalf("with %d bytes the process ended with %v: %s", limit, err, out)
		}
		acknowledged := last
		if strings.Contains(string(out), "recorded\n") {
			done++
			acknowledged++
		} else if refused++; !strings.Contains(string(out), "refused: record: ") || !strings.Contains(string(out), "File too large") {
			t.Fatalf("with %d bytes the process says %q", limit, out)
		}
		memory, err := book.Open(t.Context(), state.ObjectsDir())
		if err != nil {
			t.Fatalf("after a disk of %d bytes: %v; the process said %s", limit, err, out)
		}
		if last = recordOf(t, memory); last != acknowledged {
			t.Errorf("after a disk of %d bytes the file holds record %d, want %d; the process said %s", limit, last, acknowledged, out)
		}
		if err := book.Record(t.Context(), numberedRecord(last+1, 400)); err != nil {
			t.Fatalf("after a disk of %d bytes: %v", limit, err)
		}
		last++
	}
	if refused < 3 || done < 1 {
		t.Errorf("%d disks were too small and %d large enough: the limits do not fit any more", refused, done)
	}
}

// recordWithin is the child.
func recordWithin(t *testing.T, root string) {
	limit, err := strconv.ParseUint(os.Getenv(fullLimit), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	state, err := ledger.OpenState(root, "luma")
	if err != nil {
		t.Fatal(err)
	}
	book := warehouse.OpenBook(state.DatabasePath())
	memory, err := book.Open(t.Context(), state.ObjectsDir())
	if err != nil {
		t.Fatal(err)
	}
	next := numberedRecord(recordOf(t, memory)+1, 400)
	signal.Ignore(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
		t.Fatal(err)
	}
	if err := book.Record(t.Context(), next); err != nil {
		fmt.Println("refused:", err)
		return
	}
	fmt.Println("recorded")
	checkpoint, err := book.Checkpoint(t.Context(), state.ObjectsDir())
	if err == nil {
		err = state.WriteCheckpoint(checkpoint)
	}
	if err != nil {
		fmt.Println("no checkpoint:", err)
	}
}
