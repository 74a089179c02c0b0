package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/ledger"
	"fairesync/pipeline/load"
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
	tear bool // journalling: tear the end of the journal, as a power cut would
}

// draw picks a point, early ones more often than late ones: there is less to do after each kill.
func (b beginnings) draw(random *rand.Rand, of kind, journal int) point {
	p, early := point{kind: of}, random.Float64()
	if random.IntN(4) > 0 {
		early *= random.Float64() * random.Float64()
	}
	switch of {
	case beforeWrite, afterWrite:
		p.at = 1 + int(early*float64(b.writes))
	case journalling:
		p.at, p.tear = 1+int(early*float64(journal)), random.IntN(2) == 0
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

// run runs a subcommand and kills it at a point. A process that was killed has the exit code -1; another has ended by itself.
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
		h.lurk(v, func() bool { return h.journalled()-before >= p.at })
	case replacing:
		h.lurk(v, func() bool { return h.unfinished(old, seen) >= p.at })
	case sometime:
		timer := time.After(time.Duration(p.at))
		h.lurk(v, func() bool {
			select {
			case <-timer:
				return true
			default:
				return false
			}
		})
	}
	<-v.dead
	if err != nil {
		t.Fatal(err)
	}
	for h.busy() { // Faire does what it has received, whoever sent it, before anybody asks again
		time.Sleep(time.Millisecond)
	}
	if e.code == -1 {
		h.kills[p.kind]++
		if p.tear {
			h.tear(t)
		}
	}
	return e
}

// busy says whether writes are still being done.
func (h *hunted) busy() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.flying > 0
}

// lurk waits until it is time to kill the process, and does.
func (h *hunted) lurk(v *victim, now func() bool) {
	for {
		select {
		case <-v.dead:
			return
		case <-time.After(100 * time.Microsecond):
		}
		if now() {
			v.kill()
			return
		}
	}
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
	places := []string{h.brandFolder(), filepath.Join(h.brandFolder(), "objects")}
	for _, folder := range h.runFolders() {
		if !slices.Contains(old, folder) {
			places = append(places, folder)
		}
	}
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

// tear cuts the last line of the newest journal in half, if it says how a request ended: a line that the disk did not keep in time.
func (h *hunted) tear(t *testing.T) {
	t.Helper()
	path := filepath.Join(slices.Max(h.runFolders()), ledger.AttemptsName)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	last := bytes.LastIndexByte(bytes.TrimSuffix(data, []byte("\n")), '\n') + 1
	var attempt load.Attempt
	if json.Unmarshal(data[last:], &attempt) != nil || attempt.Phase != ledger.PhaseEnd {
		return
	}
	if err := os.WriteFile(path, data[:last+(len(data)-last)/2], 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestKill kills the program, as it is built, wherever it can be killed, and starts it again until a run ends by itself. Then Faire
// holds what it holds after a run that nobody disturbed, nothing was made twice, and a next run has nothing to do.
//
// FAIRESYNC_TEST_KILLS is how often it is killed, FAIRESYNC_TEST_SEED where.
func TestKill(t *testing.T) {
	seed, total := seeded(t), 110
	if text := os.Getenv("FAIRESYNC_TEST_KILLS"); text != "" {
		var err error
		if total, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	b := begin(t)
	info, err := os.Stat(filepath.Join(b.folder, ledger.AttemptsName))
	if err != nil {
		t.Fatal(err)
	}
	const lines = 2
	tallies := make([]tally, lines)
	t.Run("trials", func(t *testing.T) {
		for n := range lines {
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				t.Parallel()
				random := rand.New(rand.NewPCG(seed, uint64(n)))
				var deck []kind
				for i := n; i < total; i += lines {
					deck = append(deck, kinds[i%len(kinds)])
				}
				random.Shuffle(len(deck), func(i, j int) { deck[i], deck[j] = deck[j], deck[i] })
				tallies[n] = b.hunt(t, random, deck, int(info.Size()))
			})
		}
	})
	t.Run("undo", b.killedUndo)
	t.Run("apply", b.killedApply)
	sum := tally{kills: map[kind]int{}, settled: map[string]int{}}
	for _, one := range tallies {
		sum.add(one)
	}
	t.Logf("%d trials, killed %v, settled %v, undisturbed %v", sum.trials, sum.kills, sum.settled, b.took)
	for _, k := range kinds {
		if sum.kills[k] < total/len(kinds) {
			t.Errorf("killed %s %d times, not %d", k, sum.kills[k], total/len(kinds))
		}
	}
	if sum.settled["create_product applied"] == 0 || len(sum.settled) < 2 {
		t.Errorf("what was open was settled as %v", sum.settled)
	}
}

// tally is what trials came to.
type tally struct {
	trials  int
	kills   map[kind]int
	settled map[string]int // by operation and what became of it
}

func (s *tally) add(one tally) {
	s.trials += one.trials
	for k, n := range one.kills {
		s.kills[k] += n
	}
	for what, n := range one.settled {
		s.settled[what] += n
	}
}

// hunt plays trials until every kill of the deck has hit.
func (b beginnings) hunt(t *testing.T, random *rand.Rand, deck []kind, journal int) tally {
	sum := tally{kills: map[kind]int{}, settled: map[string]int{}}
	for missed := 0; len(deck) > 0 && !t.Failed(); missed++ {
		if missed > 20 {
			t.Fatalf("a kill %s does not hit", deck[0])
		}
		h := &hunted{kills: map[kind]int{}}
		var story []string
		if sum.trials++; sum.trials%4 == 0 { // one trial in four begins with nothing
			h.lively = b.fresh(t, h.around)
			story = append(story, "first run")
		} else {
			h.lively = b.changed(t, h.around)
		}
		for most := 6 + random.IntN(5); ; {
			p := point{}
			if len(deck) > 0 && most > 0 {
				p, most = b.draw(random, deck[0], journal), most-1
			}
			story = append(story, fmt.Sprintf("%s %d", p.kind, p.at))
			if e := h.run(t, p, "run"); e.code == 0 {
				break
			} else if e.code != -1 {
				t.Fatalf("%s: the run ends with %d: %s", strings.Join(story, ", "), e.code, e.stderr)
			}
			deck, missed = deck[1:], 0
		}
		sum.add(tally{kills: h.kills, settled: h.settled(t)})
		h.buried(t)
		h.same(t)
		h.quiet(t)
		if e := h.call(t, "status", "OLD-0*"); e.code != 0 || e.stderr != "" || strings.Count(e.stdout, "OLD-0") < 10 {
			t.Errorf("status ends with %d: %s%s", e.code, e.stdout, e.stderr)
		}
		if sum.trials%2 == 0 {
			h.goesOn(t)
		}
		if t.Failed() {
			t.Logf("trial %d: %s", sum.trials, strings.Join(story, ", "))
		}
	}
	return sum
}

// settled counts what runs found out about requests that others had left open.
func (h *hunted) settled(t *testing.T) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, folder := range h.runFolders() {
		file, err := os.Open(filepath.Join(folder, ledger.AttemptsName))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		attempts, err := ledger.ReadAttempts(file)
		if err = errors.Join(err, file.Close()); err != nil {
			t.Fatal(err)
		}
		if open := ledger.OpenAttempts(attempts); len(open) > 0 {
			t.Errorf("%s is left open: %+v", folder, open)
		}
		for _, a := range attempts {
			if a.Phase == ledger.PhaseSettled {
				counts[a.Operation+" "+string(a.Status)]++
			}
		}
	}
	return counts
}

// buried makes sure that the record knows of every run, that those that died and had sent something have the summary they could not
// write, and that nothing lies about half written where a run would find it.
func (h *hunted) buried(t *testing.T) {
	t.Helper()
	want := map[string]string{}
	for _, folder := range h.runFolders() {
		id := filepath.Base(folder)
		data, err := os.ReadFile(filepath.Join(folder, ledger.SummaryName))
		if errors.Is(err, fs.ErrNotExist) {
			want[id] = ledger.StatusDied
			if info, err := os.Stat(filepath.Join(folder, ledger.AttemptsName)); err == nil && info.Size() > 0 {
				t.Errorf("run %s wrote to Faire and has no summary", id)
			}
			continue
		}
		var s ledger.Summary
		if err = errors.Join(err, json.Unmarshal(data, &s)); err != nil {
			t.Fatal(err)
		}
		if s.Status != "done" && s.Status != ledger.StatusDied {
			t.Errorf("run %s is %s: %s", id, s.Status, s.Error)
		}
		want[id] = s.Status
	}
	if diff := cmp.Diff(want, h.history(t)); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	for _, place := range []string{h.brandFolder(), filepath.Join(h.brandFolder(), "objects")} {
		entries, err := os.ReadDir(place)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			if isUnfinished(entry.Name()) {
				t.Errorf("%s is left in %s", entry.Name(), place)
			}
		}
	}
}
