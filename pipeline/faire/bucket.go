package faire

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"sync"

	"golang.org/x/time/rate"
)

// How a bucket follows what Faire takes. No number is published and those reported differ by a factor of ten (contract §13), so the
// configured rate is a wish: a 429 halves it, and answers without one bring it back.
const (
	slowest  = 16  // a bucket never goes slower than this part of its full rate
	steps    = 8   // it climbs back by this part of its full rate,
	gentle   = 4   // but by no more than this part of the rate it is at, or it would jump over a low limit again and again
	goodRun  = 10  // after so many answers without a 429
	fallRate = 100 // requests per second that an unlimited bucket falls to
)

// bucket limits the reads or the writes per second. While it is slower than its full rate, none go at once after a pause: a burst
// is what a limit that was just met takes least.
type bucket struct {
	name  string
	full  rate.Limit // as configured; rate.Inf: none
	base  rate.Limit // what steps and floor are parts of: full, or where an unlimited bucket falls to
	burst int
	log   *slog.Logger

	mu      sync.Mutex
	limiter *rate.Limiter
	now     rate.Limit
	round   int // how often it was halved
	good    int // answers without a 429 in this round, since the last step
}

func newBucket(name string, perSecond float64, burst int, log *slog.Logger) *bucket {
	b := &bucket{name: name, full: rate.Limit(perSecond), base: rate.Limit(perSecond), burst: burst, log: log}
	if perSecond < 0 {
		b.full, b.base = rate.Inf, fallRate
	}
	b.now, b.limiter = b.full, rate.NewLimiter(b.full, burst)
	return b
}

// pass lets one request go, and is told the answer.
type pass struct {
	bucket *bucket
	round  int
}

// wait returns when a request may go, or with an error that wraps errNotSent.
func (b *bucket) wait(ctx context.Context) (pass, error) {
	b.mu.Lock()
	limiter := b.limiter
	b.mu.Unlock()
	if err := limiter.Wait(ctx); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return pass{}, notSent(err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return pass{bucket: b, round: b.round}, nil
}

// answered learns from an answer. Of requests sent before the last halving it learns nothing: they say that the former rate was too
// fast, which is known. An answer of 5xx says nothing of the rate.
func (p pass) answered(status int) {
	b := p.bucket
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case p.round != b.round:
	case status == http.StatusTooManyRequests:
		b.good = 0
		next := max(b.now/2, b.base/slowest)
		if b.now == rate.Inf {
			next = b.base
		}
		if next == b.now {
			return
		}
		b.round++
		b.set(next, "Faire answered 429")
	case status < 500 && b.now < b.full:
		if b.good++; b.good < goodRun {
			return
		}
		b.good = 0
		next := b.now + min(b.base/steps, b.now/gentle)
		if next >= b.base {
			next = b.full
		}
		b.set(next, strconv.Itoa(goodRun)+" answers without 429")
	}
}

// set changes the rate.
func (b *bucket) set(next rate.Limit, why string) {
	burst := 1
	if next == b.full {
		burst = b.burst
	}
	if b.now == rate.Inf || next == rate.Inf { // the library's own count of tokens does not survive either step
		b.limiter = rate.NewLimiter(next, burst)
	} else {
		b.limiter.SetLimit(next)
		b.limiter.SetBurst(burst)
	}
	b.now = next
	b.log.Info("faire pace", "bucket", b.name, "per_second", perSecond(next), "configured", perSecond(b.full), "why", why)
}

func perSecond(limit rate.Limit) string {
	if limit == rate.Inf {
		return "unlimited"
	}
	return strconv.FormatFloat(float64(limit), 'g', 4, 64)
}
