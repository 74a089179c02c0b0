package ledger_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/ledger"
)

const lockHelper = "LEDGER_TEST_LOCK"

// TestMain lets the test binary play the other process: it takes the lock, says so and waits to be killed.
func TestMain(m *testing.M) {
	root := os.Getenv(lockHelper)
	if root == "" {
		os.Exit(m.Run())
	}
	state, err := ledger.OpenState(root, "luma")
	if err == nil {
		_, err = state.Lock(ledger.Holder{Run: "20261123T120000Z-00aa", Command: "run", Host: "wms1", PID: os.Getpid(), Started: noon})
	}
	fmt.Println("lock:", err)
	_, _ = bufio.NewReader(os.Stdin).ReadByte()
	os.Exit(1)
}

func TestLockExcludesAndIsReleased(t *testing.T) {
	state := openState(t)
	holder := ledger.Holder{Run: "20261123T120000Z-00aa", Command: "run", Started: noon}
	lock, err := state.Lock(holder)
	if err != nil {
		t.Fatal(err)
	}
	_, err = state.Lock(ledger.Holder{Run: "20261123T120000Z-00bb"})
	var busy *ledger.BusyError
	if !errors.As(err, &busy) {
		t.Fatalf("second lock: %v, want a BusyError", err)
	}
	if diff := cmp.Diff(&ledger.BusyError{Brand: "luma", Holder: holder}, busy); diff != "" {
		t.Errorf("busy (-want +got):\n%s", diff)
	}
	if want := "brand luma is being synced by run 20261123T120000Z-00aa (run) since 2026-11-23T12:00:00Z"; busy.Error() != want {
		t.Errorf("message %q, want %q", busy.Error(), want)
	}
	if busy.Hint() == "" {
		t.Error("no hint")
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := state.Lock(holder)
	if err != nil {
		t.Fatalf("lock after release: %v", err)
	}
	if err := again.Release(); err != nil {
		t.Error(err)
	}
}

func TestLockWithoutInformation(t *testing.T) {
	state := openState(t)
	lock, err := state.Lock(ledger.Holder{Run: "20261123T120000Z-00aa"})
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Release() //nolint:errcheck // lock.json is gone by then, which is no error
	if err := os.WriteFile(state.Path("lock.json"), []byte(`{"run":`), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = state.Lock(ledger.Holder{})
	if want := "brand luma is being synced by another run"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %q", err, want)
	}
}

func TestLockDiesWithItsProcess(t *testing.T) {
	root := t.TempDir()
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), lockHelper+"="+root)
	stdin, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	stdout, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil || strings.TrimSpace(line) != "lock: <nil>" {
		t.Fatalf("other process: %q, %v", line, err)
	}
	state, err := ledger.OpenState(root, "luma")
	if err != nil {
		t.Fatal(err)
	}
	defer state.Close()
	_, err = state.Lock(ledger.Holder{Run: "20261123T120000Z-00bb"})
	var busy *ledger.BusyError
	if !errors.As(err, &busy) || busy.Holder.PID != other.Process.Pid || !strings.Contains(busy.Error(), "on wms1 since") {
		t.Errorf("while the other process lives: %v", err)
	}
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.Wait() // killed, on purpose
	lock, err := state.Lock(ledger.Holder{Run: "20261123T120000Z-00bb"})
	if err != nil {
		t.Fatalf("after the other process was killed: %v", err)
	}
	if err := lock.Release(); err != nil {
		t.Error(err)
	}
}
