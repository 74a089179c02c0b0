package faire

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// pacer holds the two buckets and the pause that a 429 puts on everybody. Its time is the runtime's: nothing it does is recorded.
type pacer struct {
	reads, writes *bucket

	mu   sync.Mutex
	gate chan struct{} // closed when the pause is over; nil: no pause
}

func newPacer(p Pace, log *slog.Logger) *pacer {
	return &pacer{reads: newBucket("reads", p.ReadsPerSecond, p.Burst, log), writes: newBucket("writes", p.WritesPerSecond, p.Burst, log)}
}

// wait returns when a request of this method may go, or with an error that wraps errNotSent. The answer is told to the pass.
func (p *pacer) wait(ctx context.Context, method string) (pass, error) {
	p.mu.Lock()
	gate := p.gate
	p.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return pass{}, notSent(context.Cause(ctx))
		}
	}
	if method == http.MethodGet {
		return p.reads.wait(ctx)
	}
	return p.writes.wait(ctx)
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
	pass, err := p.pace.wait(ctx, req.Method)
	if err != nil {
		return nil, unsendable(req, err)
	}
	tripOf(ctx).pass = pass
	return p.next.RoundTrip(req)
}

func notSent(err error) error { return fmt.Errorf("%w: %w", errNotSent, err) }
