package faire_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/faire"
)

// changes hears of every change of pace, as "writes 4 of 8: why".
type changes struct {
	slog.Handler
	mu   sync.Mutex
	list []string
}

func (c *changes) Enabled(context.Context, slog.Level) bool { return true }

func (c *changes) Handle(_ context.Context, r slog.Record) error {
	if r.Message != "faire pace" {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	said := map[string]string{}
	r.Attrs(func(a slog.Attr) bool { said[a.Key] = a.Value.String(); return true })
	c.list = append(c.list, fmt.Sprintf("%s %s %s of %s: %s", r.Level, said["bucket"], said["per_second"], said["configured"], said["why"]))
	return nil
}

func (c *changes) heard() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.list)
}

// play sends one request after the other, each tried once; a letter stands for each: w a write and r a read that go well, W and R
// ones that are answered 429, e a write answered 500.
func play(t *testing.T, pace faire.Pace, letters string) ([]string, faire.Counts) {
	t.Helper()
	var heard changes
	status := 0
	o := fake(tripper(func(*http.Request) (*http.Response, error) { return answer(status, nil, productBody("p_1")), nil }))
	o.Pace, o.Retry.Attempts, o.Logger = pace, 1, slog.New(&heard)
	c := connect(t, o)
	for _, letter := range letters {
		status = map[rune]int{'W': 429, 'R': 429, 'e': 500}[letter]
		status = max(status, 200)
		var err error
		if strings.ContainsRune("rR", letter) {
			_, err = c.Product(t.Context(), "p_1")
		} else {
			_, err = c.UpdateProduct(t.Context(), "p_1", json.RawMessage(`{}`))
		}
		if (err == nil) != (status == 200) {
			t.Fatal(err)
		}
	}
	return heard.heard(), c.Counts()
}

// TestPaceFollowsFaire: a 429 halves the rate of its bucket, down to a floor; answers without one bring it back in steps.
func TestPaceFollowsFaire(t *testing.T) {
	const halved, climbed = ": Faire answered 429", ": 10 answers without 429"
	ten := strings.Repeat("w", 10)
	for _, test := range []struct {
		name    string
		writes  float64
		letters string
		want    []string // of the writes where nothing else is said
	}{
		{"no 429", 8, ten + ten, nil},
		{"one 429", 8, "W", []string{"4 of 8" + halved}},
		{"down to a sixteenth", 8, "WWWWWW", []string{"4 of 8" + halved, "2 of 8" + halved, "1 of 8" + halved, "0.5 of 8" + halved}},
		{"and up again", 8, "W" + ten + ten + ten + ten + ten,
			[]string{"4 of 8" + halved, "5 of 8" + climbed, "6 of 8" + climbed, "7 of 8" + climbed, "8 of 8" + climbed}},
		{"slowly from the bottom", 8, "WWWW" + ten + ten,
			[]string{"4 of 8" + halved, "2 of 8" + halved, "1 of 8" + halved, "0.5 of 8" + halved, "0.625 of 8" + climbed, "0.7812 of 8" + climbed}},
		{"nine are not ten", 8, "W" + ten[:9], []string{"4 of 8" + halved}},
		{"a 429 begins the ten anew", 8, "W" + ten[:9] + "W" + ten[:9], []string{"4 of 8" + halved, "2 of 8" + halved}},
		{"even at the floor", 8, "WWWW" + ten[:9] + "W" + ten[:9], []string{"4 of 8" + halved, "2 of 8" + halved, "1 of 8" + halved, "0.5 of 8" + halved}},
		{"a 500 is none of the ten", 8, "W" + ten[:9] + "eeee", []string{"4 of 8" + halved}},
		{"and does not begin them anew", 8, "W" + ten[:9] + "eeee" + "w", []string{"4 of 8" + halved, "5 of 8" + climbed}},
		{"unlimited falls to a rate", -1, "W", []string{"100 of unlimited" + halved}},
		{"and further", -1, "WWWWWWW", []string{"100 of unlimited" + halved, "50 of unlimited" + halved, "25 of unlimited" + halved,
			"12.5 of unlimited" + halved, "6.25 of unlimited" + halved}},
		{"and becomes unlimited again", -1, "WW" + ten + ten + ten + ten + "W", []string{"100 of unlimited" + halved, "50 of unlimited" + halved,
			"62.5 of unlimited" + climbed, "75 of unlimited" + climbed, "87.5 of unlimited" + climbed, "unlimited of unlimited" + climbed,
			"100 of unlimited" + halved}},
		{"reads are slowed alone", 8, "R" + ten + strings.ToLower("RRRRRRRRRR"), []string{"reads 2 of 4" + halved, "reads 2.5 of 4" + climbed}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got, counts := play(t, faire.Pace{WritesPerSecond: test.writes, ReadsPerSecond: 4}, test.letters)
				var want []string
				for _, line := range test.want {
					if !strings.HasPrefix(line, "reads") {
						line = "writes " + line
					}
					want = append(want, "INFO "+line)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("changes of pace (-want +got):\n%s", diff)
				}
				if refused := strings.Count(test.letters, "W") + strings.Count(test.letters, "R"); counts.Throttled != refused {
					t.Errorf("%d answers of 429 counted, want %d", counts.Throttled, refused)
				}
			})
		})
	}
}

// TestPaceOnceARound: the requests that were under way when the rate was halved do not halve it again, nor bring it back.
func TestPaceOnceARound(t *testing.T) {
	for _, status := range []int{429, 200} {
		synctest.Test(t, func(t *testing.T) {
			var heard changes
			var mu sync.Mutex
			sent := 0
			o := fake(tripper(func(*http.Request) (*http.Response, error) {
				mu.Lock()
				sent++
				n := sent
				mu.Unlock()
				if n == 1 {
					time.Sleep(time.Second / 2)
					return answer(429, nil, ""), nil
				}
				time.Sleep(time.Second)
				return answer(status, nil, productBody("p_1")), nil
			}))
			o.Pace = faire.Pace{WritesPerSecond: 100, Burst: 16, InFlight: 16}
			o.Retry.Attempts, o.Logger = 1, slog.New(&heard)
			c := connect(t, o)
			var done sync.WaitGroup
			for range 16 {
				done.Go(func() { _, _ = c.UpdateProduct(t.Context(), "p_1", json.RawMessage(`{}`)) }) // the pace is what is looked at
			}
			done.Wait()
			if diff := cmp.Diff([]string{"INFO writes 50 of 100: Faire answered 429"}, heard.heard()); diff != "" {
				t.Errorf("the others answered %d (-want +got):\n%s", status, diff)
			}
		})
	}
}

// TestPaceSpacing: requests after a 429 come one by one at the lower rate, without a burst, and at full rate once it is back.
func TestPaceSpacing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var at []time.Duration
		o := fake(tripper(func(*http.Request) (*http.Response, error) {
			at = append(at, time.Since(start))
			status := 200
			if len(at) == 3 {
				status = 429
			}
			return answer(status, nil, productBody("p_1")), nil
		}))
		o.Pace, o.Retry.Attempts = faire.Pace{WritesPerSecond: 2, Burst: 3}, 1
		c := connect(t, o)
		for i := range 48 {
			if i == 3 || i == 44 {
				time.Sleep(time.Minute) // a full bucket, if it were one
			}
			_, _ = c.UpdateProduct(t.Context(), "p_1", json.RawMessage(`{}`)) // one is refused
		}
		const s = time.Second
		if diff := cmp.Diff([]time.Duration{0, 0, 0, 60 * s, 61 * s, 62 * s, 63 * s}, at[:7]); diff != "" {
			t.Errorf("after the 429 (-want +got):\n%s", diff)
		}
		if full := at[44]; at[45] != full || at[46] != full || at[47] != full+s/2 {
			t.Errorf("back at full rate, requests came at %s, %s, %s and %s", full, at[45], at[46], at[47])
		}
	})
}

// TestPaceOfUnlimited: an unlimited bucket that fell does limit.
func TestPaceOfUnlimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scripted(try{status: 429}, try{status: 200})
		o := fake(s)
		o.Retry.Attempts = 1
		c := connect(t, o)
		for range 4 {
			_, _ = c.UpdateProduct(t.Context(), "p_1", json.RawMessage(`{}`)) // the first is refused
		}
		const ms = time.Millisecond
		if diff := cmp.Diff([]time.Duration{0, 0, 10 * ms, 20 * ms}, s.at); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
}

// TestPaceOfRetries: a request that is tried again and refused again halves the rate again.
func TestPaceOfRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var heard changes
		o := fake(scripted(try{status: 429}, try{status: 429}, try{status: 200}))
		o.Pace, o.Logger = faire.Pace{WritesPerSecond: 8}, slog.New(&heard)
		if _, err := connect(t, o).UpdateProduct(t.Context(), "p_1", json.RawMessage(`{}`)); err != nil {
			t.Fatal(err)
		}
		want := []string{"INFO writes 4 of 8: Faire answered 429", "INFO writes 2 of 8: Faire answered 429"}
		if diff := cmp.Diff(want, heard.heard()); diff != "" {
			t.Errorf("changes of pace (-want +got):\n%s", diff)
		}
	})
}

// TestPaceFindsTheLimit: against a Faire that takes far less than is configured, the load goes through and is seldom refused.
func TestPaceFindsTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		tokens, filled := 1.0, time.Now()
		start := time.Now()
		o := fake(tripper(func(*http.Request) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			tokens, filled = min(tokens+time.Since(filled).Seconds()*2, 1), time.Now() // 2 a second, no burst
			if tokens < 1 {
				return answer(429, nil, ""), nil
			}
			tokens--
			return answer(200, nil, productBody("p_1")), nil
		}))
		o.Pace = faire.Pace{WritesPerSecond: 20}
		c := connect(t, o)
		var done sync.WaitGroup
		failed := make(chan error, 200)
		work := make(chan int)
		for range 4 {
			done.Go(func() {
				for range work {
					if _, err := c.UpdateProduct(t.Context(), "p_1", json.RawMessage(`{}`)); err != nil {
						failed <- err
					}
				}
			})
		}
		for i := range 200 {
			work <- i
		}
		close(work)
		done.Wait()
		close(failed)
		for err := range failed {
			t.Error(err)
		}
		got := c.Counts()
		t.Logf("200 writes took %s, %d answers of 429", time.Since(start), got.Throttled)
		if got.Throttled > 40 || got.Throttled == 0 || got.OK != 200 {
			t.Errorf("%+v: more than one in five was refused, or none", got)
		}
		if took := time.Since(start); took > 4*time.Minute {
			t.Errorf("200 writes at 2 a second took %s", took)
		}
	})
}
