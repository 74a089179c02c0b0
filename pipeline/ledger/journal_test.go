package ledger_test

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/ledger"
	"fairesync/pipeline/load"
)

func begin(request string) load.Attempt {
	return load.Attempt{Time: noon, Phase: "begin", Request: request, Operation: "update_product"}
}

func end(request string, status load.Status) load.Attempt {
	return load.Attempt{Time: noon, Phase: "end", Request: request, Operation: "update_product", Status: status}
}

func settled(request string, status load.Status) load.Attempt {
	attempt := end(request, status)
	attempt.Phase = "settled"
	return attempt
}

func try(number int, attempt load.Attempt) load.Attempt {
	attempt.Try = number
	return attempt
}

func readAttempts(t *testing.T, run *ledger.Run) []load.Attempt {
	t.Helper()
	file, err := run.Open(ledger.AttemptsName)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	attempts, err := ledger.ReadAttempts(file)
	if err != nil {
		t.Fatal(err)
	}
	return attempts
}

func TestJournalKeepsAttempts(t *testing.T) {
	run := newRun(t, openState(t), "20261123T120000Z-0001")
	journal, err := run.Journal()
	if err != nil {
		t.Fatal(err)
	}
	first := begin("r0001")
	first.Phase = "" // the journal knows
	err = errors.Join(journal.Begin(first), journal.End(end("r0001", load.Applied)), journal.Begin(begin("r0002")), journal.Close())
	if err != nil {
		t.Fatal(err)
	}
	want := []load.Attempt{begin("r0001"), end("r0001", load.Applied), begin("r0002")}
	if diff := cmp.Diff(want, readAttempts(t, run)); diff != "" {
		t.Errorf("attempts (-want +got):\n%s", diff)
	}
	if err := journal.Begin(begin("r0003")); err == nil || !strings.Contains(err.Error(), "r0003") {
		t.Errorf("Begin on a closed journal: %v, want an error that names the request", err)
	}
}

func TestJournalFromManyGoroutines(t *testing.T) {
	run := newRun(t, openState(t), "20261123T120000Z-0001")
	journal, err := run.Journal()
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			name := fmt.Sprintf("r%04d", i)
			if err := errors.Join(journal.Begin(begin(name)), journal.End(end(name, load.Applied))); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if err := journal.Close(); err != nil {
		t.Fatal(err)
	}
	attempts := readAttempts(t, run)
	if len(attempts) != 16 || len(ledger.OpenAttempts(attempts)) != 0 {
		t.Errorf("%d attempts, %d open; want 16, 0", len(attempts), len(ledger.OpenAttempts(attempts)))
	}
}

func TestJournalAfterACrash(t *testing.T) {
	line := `{"time":"2026-11-23T12:00:00Z","phase":"begin","request":"r0001","operation":"update_product"}`
	long := `{"message":"` + strings.Repeat("x", 9000)
	tests := map[string]struct {
		held       string
		read, then []load.Attempt
	}{
		"whole":         {line + "\n", []load.Attempt{begin("r0001")}, []load.Attempt{begin("r0001"), begin("r0009")}},
		"torn":          {line + "\n" + line[:40], []load.Attempt{begin("r0001")}, []load.Attempt{begin("r0001"), begin("r0009")}},
		"torn, long":    {line + "\n" + long, []load.Attempt{begin("r0001")}, []load.Attempt{begin("r0001"), begin("r0009")}},
		"torn, first":   {line[:40], nil, []load.Attempt{begin("r0009")}},
		"no line break": {line, []load.Attempt{begin("r0001")}, []load.Attempt{begin("r0001"), begin("r0009")}},
		"empty":         {"", nil, []load.Attempt{begin("r0009")}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			run := newRun(t, openState(t), "20261123T120000Z-0001")
			if err := os.WriteFile(run.Path(ledger.AttemptsName), []byte(test.held), 0o600); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.read, readAttempts(t, run)); diff != "" {
				t.Errorf("read (-want +got):\n%s", diff)
			}
			journal, err := run.Journal()
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(journal.Begin(begin("r0009")), journal.Close()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.then, readAttempts(t, run)); diff != "" {
				t.Errorf("after one more (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadAttemptsNamesABadLine(t *testing.T) {
	_, err := ledger.ReadAttempts(strings.NewReader("{}\n{\"time\":\n{}\n"))
	if err == nil || !strings.Contains(err.Error(), "attempts.ndjson line 2") {
		t.Errorf("error %v, want one that names line 2", err)
	}
}

func TestOpenAttempts(t *testing.T) {
	attempts := []load.Attempt{
		begin("r0001"), end("r0001", load.Applied),
		begin("r0002"), end("r0002", load.Unknown),
		begin("r0003"),
		begin("r0004"), end("r0004", load.Unknown), begin("r0004"), end("r0004", load.Refused),
		begin("r0005"), begin("r0005"),
		begin("r0006"), settled("r0006", load.Applied),
		begin("r0007"), end("r0007", load.Unknown), settled("r0007", load.NotTried),
		begin("r0008"), settled("r0008", load.Refused), begin("r0008"),
		begin("r0009"), try(2, begin("r0009")), end("r0009", load.Unknown), settled("r0009", load.Applied),
		begin("r0010"), try(2, begin("r0010")), try(2, settled("r0010", load.Applied)),
	}
	want := []load.Attempt{begin("r0002"), begin("r0003"), begin("r0005"), begin("r0008"), try(2, begin("r0009")), begin("r0010")}
	if diff := cmp.Diff(want, ledger.OpenAttempts(attempts)); diff != "" {
		t.Errorf("open attempts (-want +got):\n%s", diff)
	}
}

func TestSettle(t *testing.T) {
	run := newRun(t, openState(t), "20261123T120000Z-0001")
	journal, err := run.Journal()
	if err != nil {
		t.Fatal(err)
	}
	found := begin("r0001") // the phase is the journal's to say
	for _, status := range []load.Status{"", load.Unknown, load.Partly, load.CarriedOver} {
		found.Status = status
		if err := journal.Settle(found); err == nil || !strings.Contains(err.Error(), "r0001") {
			t.Errorf("settled as %q: %v", status, err)
		}
	}
	found.Status = load.NotTried
	if err := errors.Join(journal.Begin(begin("r0001")), journal.Settle(found), journal.Close()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]load.Attempt{begin("r0001"), settled("r0001", load.NotTried)}, readAttempts(t, run)); diff != "" {
		t.Errorf("attempts (-want +got):\n%s", diff)
	}
}

// A line that the disk had no room for leaves nothing behind, and the next one is whole.
func TestJournalOnAFullDisk(t *testing.T) {
	run := newRun(t, openState(t), "20261123T120000Z-0001")
	journal, err := run.Journal()
	if err != nil {
		t.Fatal(err)
	}
	if err := journal.Begin(begin("r0001")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(run.Path(ledger.AttemptsName))
	if err != nil {
		t.Fatal(err)
	}
	limit(t, uint64(info.Size())+20, func() {
		err := journal.Begin(begin("r0002"))
		if !errors.Is(err, syscall.EFBIG) || !strings.Contains(err.Error(), "r0002") {
			t.Errorf("Begin = %v", err)
		}
	})
	if torn := read(t, run.Path(ledger.AttemptsName)); len(torn) != int(info.Size())+20 {
		t.Fatalf("the disk took %d bytes, the test wants a part of the line", len(torn))
	}
	if err := errors.Join(journal.End(end("r0001", load.Applied)), journal.Close()); err != nil {
		t.Fatal(err)
	}
	want := []load.Attempt{begin("r0001"), end("r0001", load.Applied)}
	if diff := cmp.Diff(want, readAttempts(t, run)); diff != "" {
		t.Errorf("attempts (-want +got):\n%s", diff)
	}
}

// limit runs work while no file can be written beyond so many bytes.
func limit(t *testing.T, size uint64, work func()) {
	t.Helper()
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: old.Max}); err != nil {
		t.Fatal(err)
	}
	work()
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
}

func FuzzReadAttempts(f *testing.F) {
	f.Add([]byte("{\"request\":\"r0001\"}\n{\"request\""))
	f.Add([]byte("\n\n[]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		attempts, err := ledger.ReadAttempts(strings.NewReader(string(data)))
		if err == nil && len(ledger.OpenAttempts(attempts)) > len(attempts) {
			t.Errorf("more open attempts than attempts: %q", data)
		}
	})
}
