package sandbox

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
)

// Faults are what goes wrong on purpose with requests to the API, until they are replaced. Every nth request counts from when the faults
// were set; 0 switches a fault off.
type Faults struct {
	// RatePerSecond and Burst are a token bucket by Options.Now (rule T8): 429 with Retry-After when it is empty. Burst 0 means 1.
	RatePerSecond float64 `json:"rate_per_second"`
	Burst         int     `json:"burst"`
	// EveryNth answers every nth request with a status instead of doing it.
	EveryNth EveryNth `json:"every_nth"`
	// ResetEveryNth drops the connection of every nth request before doing it.
	ResetEveryNth int `json:"reset_every_nth"`
	// LoseAnswerEveryNth does every nth write and then drops the connection: the client cannot know the outcome.
	LoseAnswerEveryNth int `json:"lose_answer_every_nth"`
	// LatencyMS delays every request, in milliseconds.
	LatencyMS int `json:"latency_ms"`
	// Random mixes them by chance, on requests that the faults above leave alone.
	Random Random `json:"random"`
	// Limit ends EveryNth, ResetEveryNth, LoseAnswerEveryNth and Random after so many hits in all; 0 means never.
	Limit int `json:"limit"`
}

// EveryNth is an answer in place of the real one.
type EveryNth struct {
	N          int    `json:"n"`
	Status     int    `json:"status"`      // 429, 500 or 503, or 403 for the page of the edge
	RetryAfter string `json:"retry_after"` // the header's value; empty sends none
	WritesOnly bool   `json:"writes_only"` // count and hit only requests that are not GET
}

// Validate reports the first value that has no meaning.
func (f Faults) Validate() error {
	if f.EveryNth.N > 0 && !slices.Contains([]int{403, 429, 500, 503}, f.EveryNth.Status) {
		return fmt.Errorf("fault every_nth.status is %d, want 403, 429, 500 or 503", f.EveryNth.Status)
	}
	if f.RatePerSecond < 0 || min(f.Burst, f.EveryNth.N, f.ResetEveryNth, f.LoseAnswerEveryNth, f.LatencyMS, f.Limit) < 0 {
		return fmt.Errorf("faults must not be negative")
	}
	return f.Random.validate()
}

// Faults are the faults in force.
func (s *Server) Faults() Faults {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults.clone()
}

// SetFaults replaces the faults and begins their counts anew; the zero value ends them all.
func (s *Server) SetFaults(wanted Faults) error {
	if err := wanted.Validate(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = faults{Faults: wanted.clone(), tokens: float64(max(wanted.Burst, 1))}
	return nil
}

func (f Faults) clone() Faults {
	f.Random = f.Random.clone()
	return f
}

// faults keeps the counts; the server's lock guards it.
type faults struct {
	Faults
	requests, writes, answers int // answers counts what EveryNth counts
	hits                      int
	tokens                    float64
	filled                    time.Time // when tokens was right
}

// fault is what happens to one request.
type fault struct {
	kind       string // in the words of Random.Chances; empty: none
	latency    time.Duration
	status     int // in place of the answer; the request is not done, but by 500_after
	retryAfter string
}

// next decides what happens to the request that arrived now.
func (f *faults) next(write bool, now time.Time) fault {
	out := fault{latency: time.Duration(f.LatencyMS) * time.Millisecond}
	f.requests++
	if write {
		f.writes++
	}
	if write || !f.EveryNth.WritesOnly {
		f.answers++
	}
	if retry, limited := f.limited(now); limited {
		out.kind, out.status, out.retryAfter = Fault429Wait, 429, retry
		return out
	}
	if f.Limit > 0 && f.hits >= f.Limit {
		return out
	}
	switch {
	case nth(f.requests, f.ResetEveryNth):
		out.kind = FaultReset
	case (write || !f.EveryNth.WritesOnly) && nth(f.answers, f.EveryNth.N):
		out.kind = map[int]string{403: Fault403, 429: Fault429, 500: Fault500, 503: Fault503}[f.EveryNth.Status]
		if out.retryAfter = f.EveryNth.RetryAfter; out.retryAfter != "" && out.kind == Fault429 {
			out.kind = Fault429Wait
		}
	case write && nth(f.writes, f.LoseAnswerEveryNth):
		out.kind = FaultLost
	case f.Random.WritesOnly && write:
		out.kind = f.Random.draw(f.writes)
	case !f.Random.WritesOnly:
		out.kind = f.Random.draw(f.requests)
	}
	if out.kind == "" {
		return out
	}
	f.hits++
	switch out.kind {
	case Fault403:
		out.status = 403
	case Fault429:
		out.status = 429
	case Fault429Wait:
		out.status, out.retryAfter = 429, cmp.Or(out.retryAfter, f.Random.RetryAfter, "1")
	case Fault500, Fault500After:
		out.status = 500
	case Fault503:
		out.status = 503
	case FaultSlow:
		out.latency += time.Duration(f.Random.SlowMS) * time.Millisecond
	}
	return out
}

func nth(count, n int) bool { return n > 0 && count%n == 0 }

// limited takes a token from the bucket, or says in how many whole seconds there will be one.
func (f *faults) limited(now time.Time) (string, bool) {
	if f.RatePerSecond <= 0 {
		return "", false
	}
	if !f.filled.IsZero() && now.After(f.filled) {
		f.tokens = min(f.tokens+now.Sub(f.filled).Seconds()*f.RatePerSecond, float64(max(f.Burst, 1)))
	}
	f.filled = now
	if f.tokens >= 1 {
		f.tokens--
		return "", false
	}
	wait := math.Ceil((1 - f.tokens) / f.RatePerSecond)
	return strconv.Itoa(max(int(wait), 1)), true
}
