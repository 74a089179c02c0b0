package main

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestOldRunsGo: of runs on many days those are kept that wrote, the young and the newest; the metrics tell of the last.
func TestOldRunsGo(t *testing.T) {
	box := httptest.NewServer(newBox())
	t.Cleanup(box.Close)
	config := brand(t, box.URL)
	dir := filepath.Dir(config)
	file, err := os.OpenFile(config, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString("retention: {keep: 48h, last: 2}\nmetrics: measured\n"); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 11, 1, 3, 0, 0, 0, time.UTC)
	step := func(command string) {
		t.Helper()
		p := newProgram()
		var asked atomic.Int64
		p.now = func() time.Time { return day.Add(time.Duration(asked.Add(1)) * time.Second) }
		if code := p.run(command, "-c", config, "-q"); code != 0 {
			t.Fatalf("%s on %s: exit code %d: %s", command, day, code, p.stderr.String())
		}
		day = day.AddDate(0, 0, 1)
	}
	runs := func() (days []string) {
		t.Helper()
		entries, err := os.ReadDir(filepath.Join(dir, "state", "luma", "runs"))
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			if entry.IsDir() {
				days = append(days, entry.Name()[:8])
			}
		}
		return days
	}
	step("run") // it creates everything, and is kept for ever
	step("plan")
	step("run")
	step("run")
	if diff := cmp.Diff([]string{"20261101", "20261102", "20261103", "20261104"}, runs()); diff != "" {
		t.Errorf("young runs (-want +got):\n%s", diff)
	}
	day = day.AddDate(0, 0, 10)
	step("plan") // removes nothing
	if got := len(runs()); got != 5 {
		t.Errorf("a plan left %d run folders, not 5", got)
	}
	step("run")
	if diff := cmp.Diff([]string{"20261101", "20261115", "20261116"}, runs()); diff != "" {
		t.Errorf("after the retention (-want +got):\n%s", diff)
	}
	for _, run := range []string{"20261101", "20261116"} { // what is kept can still be replayed: its objects are there
		matches, err := filepath.Glob(filepath.Join(dir, "state", "luma", "runs", run+"*"))
		if err != nil || len(matches) != 1 {
			t.Fatalf("run %s: %v, %v", run, matches, err)
		}
		p := newProgram()
		if code := p.run("replay", filepath.Base(matches[0]), "-c", config, "-q"); code != 0 {
			t.Errorf("replay of %s: exit code %d: %s", run, code, p.stderr.String())
		}
	}
	step("run")
	data, err := os.ReadFile(filepath.Join(dir, "measured", "fairesync_luma.prom"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{`fairesync_run_exit_code{brand="luma",status="done"} 0`, `fairesync_requests{brand="luma",kind="sent"} 0`} {
		if !strings.Contains(string(data), line+"\n") {
			t.Errorf("the metrics lack %s:\n%s", line, data)
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "measured", "fairesync_luma.prom")); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("mode %v, %v; a collector is another user", info.Mode(), err)
	}
}

// TestLogLines: with --log json everything on stderr is a line of JSON that names level, message and time.
func TestLogLines(t *testing.T) {
	box := httptest.NewServer(newBox())
	t.Cleanup(box.Close)
	p := newProgram()
	if code := p.run("run", "-c", brand(t, box.URL), "--log", "json"); code != 0 {
		t.Fatalf("exit code %d: %s", code, p.stderr.String())
	}
	if code := p.run("run", "-c", "nowhere.yaml", "--log", "json"); code != exitUsage {
		t.Errorf("exit code %d", code)
	}
	var messages []string
	for line := range strings.Lines(p.stderr.String()) {
		var entry struct {
			Time, Level, Msg string
			Brand            string
		}
		if err := json.Unmarshal([]byte(line), &entry); err != nil || entry.Time == "" || entry.Level == "" {
			t.Fatalf("%q is no line of a log: %v", line, err)
		}
		if entry.Level != "DEBUG" && (len(messages) == 0 || messages[len(messages)-1] != entry.Msg+" "+entry.Brand) {
			messages = append(messages, entry.Msg+" "+entry.Brand)
		}
	}
	if diff := cmp.Diff([]string{"step luma", "ended luma", "failed "}, messages); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}
