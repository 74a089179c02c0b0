package sandbox

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The kinds of Random.Chances, and the words of Arrival.Fault.
const (
	Fault429      = "429"             // too many requests, without Retry-After
	Fault429Wait  = "429_retry_after" // with it
	Fault500      = "500"
	Fault503      = "503"
	Fault500After = "500_after"   // the request is done, and then answered 500
	Fault403      = "403_html"    // the page of the edge
	FaultReset    = "reset"       // the connection is dropped, the request is not done
	FaultLost     = "lose_answer" // the request is done, and then the connection is dropped
	FaultSlow     = "slow"        // the answer waits Random.SlowMS; a client that gives up meanwhile has its request done all the same
)

func kinds() []string {
	return []string{Fault429, Fault429Wait, Fault500, Fault503, Fault500After, Fault403, FaultReset, FaultLost, FaultSlow}
}

// Random draws for every request what goes wrong with it, if anything. The nth request (or the nth write) since the faults were set
// gets the nth draw of the seed: the same seed and the same order of requests meet the same faults.
type Random struct {
	Seed       uint64             `json:"seed"`
	Chances    map[string]float64 `json:"chances"`     // by kind, from 0 to 1; together at most 1
	RetryAfter string             `json:"retry_after"` // the header's value of 429_retry_after; empty stands for 1
	SlowMS     int                `json:"slow_ms"`     // how long slow answers wait, in milliseconds
	WritesOnly bool               `json:"writes_only"` // count and hit only requests that are not GET
}

func (r Random) validate() error {
	sum := 0.0
	for _, kind := range sortedKeys(r.Chances) {
		if !slices.Contains(kinds(), kind) {
			return fmt.Errorf("fault random.chances has %q, want some of %s", kind, strings.Join(kinds(), ", "))
		}
		if chance := r.Chances[kind]; !(chance >= 0) {
			return fmt.Errorf("fault random.chances.%s is %g, want 0 to 1", kind, chance)
		}
		sum += r.Chances[kind]
	}
	if sum > 1+1e-9 {
		return fmt.Errorf("faults random.chances add up to %g, want at most 1", sum)
	}
	if r.SlowMS < 0 {
		return fmt.Errorf("faults must not be negative")
	}
	return nil
}

// draw is the nth draw: a kind, or nothing.
func (r Random) draw(n int) string {
	left := float64(mix(mix(r.Seed)^uint64(n))>>11) / (1 << 53)
	for _, kind := range sortedKeys(r.Chances) {
		if left -= r.Chances[kind]; left < 0 {
			return kind
		}
	}
	return ""
}

func (r Random) clone() Random {
	r.Chances = maps.Clone(r.Chances)
	return r
}
