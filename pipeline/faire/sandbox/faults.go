package sandbox

import (
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
	// Limit ends EveryNth, ResetEveryNth and LoseAnswerEveryNth after so many hits in all; 0 means never.
	Limit int `json:"limit"`
}

// EveryNth is an answer in place of the real one.
type EveryNth struct {
	N          int    `json:"n"`
	Status     int    `json:"status"`      // 429, 500 or 503
	RetryAfter string `json:"retry_after"` // the header's value; empty sends none
	WritesOnly bool   `json:"writes_only"` // count and hit only requests that are not GET
}

// Validate reports the first value that has no meaning.
func (f Faults) Validate() error {
	if f.EveryNth.N > 0 && !slices.Contains([]int{429, 500, 503}, f.EveryNth.Status) {
		return fmt.Errorf("fault every_nth.status is %d, want 429, 500 or 503", f.EveryNth.Status)
	}
	if f.RatePerSecond < 0 || min(f.Burst, f.EveryNth.N, f.ResetEveryNth, f.LoseAnswerEveryNth, f.LatencyMS, f.Limit) < 0 {
		return fmt.Errorf("faults must not be negative")
	}
	return nil
}

// Faults are the faults in force.
func (s *Server) Faults() Faults {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults.Faults
}

// SetFaults replaces the faults and begins their counts anew; the zero value ends them all.
func (s *Server) SetFaults(wanted Faults) error {
	if err := wanted.Validate(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = faults{Faults: wanted, tokens: float64(max(wanted.Burst, 1))}
	return nil
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
	latency    time.Duration
	status     int
	retryAfter string
	reset      bool
	loseAnswer bool
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
		out.status, out.retryAfter = 429, retry
		return out
	}
	if f.Limit > 0 && f.hits >= f.Limit {
		return out
	}
	switch {
	case nth(f.requests, f.ResetEveryNth):
		out.reset = true
	case (write || !f.EveryNth.WritesOnly) && nth(f.answers, f.EveryNth.N):
		out.status, out.retryAfter = f.EveryNth.Status, f.EveryNth.RetryAfter
	case write && nth(f.writes, f.LoseAnswerEveryNth):
		out.loseAnswer = true
	default:
		return out
	}
	f.hits++
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
