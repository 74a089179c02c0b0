package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/ledger"
)

// TestKill kills the program, as it is built, wherever it can be killed, and starts it again until a run ends by itself. Then Faire
// holds what it holds after a run that nobody disturbed, nothing was made twice, and a next run has nothing to do.
//
// FAIRESYNC_TEST_KILLS is how often it is killed, FAIRESYNC_TEST_SEED where.
func TestKill(t *testing.T) {
	seed, total := seeded(t), 100
	if text := os.Getenv("FAIRESYNC_TEST_KILLS"); text != "" {
		var err error
		if total, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	b := begin(t)
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
				tallies[n] = b.hunt(t, random, deck)
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
func (b beginnings) hunt(t *testing.T, random *rand.Rand, deck []kind) tally {
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
				p, most = b.draw(random, deck[0], max(b.writes-h.box.Effects().Writes, 1)), most-1
			}
			story = append(story, fmt.Sprintf("%s %d", p.kind, p.at))
			e := h.run(t, p, "run")
			if e.killed {
				deck, missed = deck[1:], 0
				continue
			}
			if e.code != 0 {
				t.Fatalf("%s: the run ends with %d: %s", strings.Join(story, ", "), e.code, e.stderr)
			}
			break
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
