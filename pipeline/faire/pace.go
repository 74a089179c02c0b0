package faire

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// pacer holds the two buckets and the pause that a 429 puts on everybody. Its time is the runtime's: nothing it does is recorded.
type pacer struct {
	reads, writes *rate.Limiter

	mu   sync.Mutex
	gate chan struct{} // closed when the pause is over; nil: no pause
}

func newPacer(p Pace) *pacer {
	return &pacer{reads: limiter(p.ReadsPerSecond, p.Burst), writes: limiter(p.WritesPerSecond, p.Burst)}
}

func limiter(perSecond float64, burst int) *rate.Limiter {
	if perSecond < 0 {
		return rate.NewLimiter(rate.Inf, burst)
	}
	return rate.NewLimiter(rate.Limit(perSecond), burst)
}

// wait returns when a request of this method may go, or with an error that wraps errNotSent.
func (p *pacer) wait(ctx context.Context, method string) error {
	p.mu.Lock()
	gate := p.gate
	p.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return notSent(context.Cause(ctx))
		}
	}
	bucket := p.writes
	if method == http.MethodGet {
		bucket = p.reads
	}
	if err := bucket.Wait(ctx); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return notSent(err)
	}
	return nil
}

// pause keeps every request back for a while: when Faire says "too many", others would only be told the same.
func (p *pacer) pause(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.gate != nil {
		return // the first pause stands; whoever is refused after it asks for the next
	}
	gate := make(chan struct{})
	p.gate = gate
	time.AfterFunc(d, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.gate = nil
		close(gate)
	})
}

// paced is the link of the chain that limits requests in flight and per second. A slot is held until the answer is read whole.
type paced struct {
	next  http.RoundTripper
	pace  *pacer
	slots chan struct{}
}

func (p *paced) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, unsendable(req, notSent(context.Cause(ctx)))
	}
	defer func() { <-p.slots }()
	if err := p.pace.wait(ctx, req.Method); err != nil {
		return nil, unsendable(req, err)
	}
	return p.next.RoundTrip(req)
}

func notSent(err error) error { return fmt.Errorf("%w: %w", errNotSent, err) }
