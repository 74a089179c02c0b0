package faire

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// retrying is the link of the chain that tries again. GET, PATCH and DELETE may be repeated because they are absolute; a POST
// only because its body carries an idempotence token, by which Faire knows it again (contract §11), and the client sends none
// without. An answer is read whole here, so that one that breaks off halfway is tried again as well.
type retrying struct {
	next    http.RoundTripper
	again   Retry
	timeout time.Duration // of one attempt
	limit   int64         // bytes of an answer
	pace    *pacer
	now     func() time.Time
	jitter  func() float64
}

// RoundTrip returns the last answer, whatever its status, or the last error.
func (r *retrying) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		defer func() { _ = req.Body.Close() }() // attempts read copies; this one is in memory
	}
	ctx, t := req.Context(), tripOf(req.Context())
	tries := uint(r.again.Attempts)
	if req.Body != nil && req.Body != http.NoBody && req.GetBody == nil {
		tries = 1 // a body that cannot be read twice cannot be sent twice
	}
	first := true
	resp, err := backoff.Retry(ctx, func() (*http.Response, error) {
		if !first {
			pass, err := r.pace.wait(ctx, req.Method)
			if err != nil {
				return nil, backoff.Permanent(err)
			}
			t.pass = pass
		}
		first = false
		return r.attempt(req, t)
	}, backoff.WithBackOff(r.waits()), backoff.WithMaxTries(tries), backoff.WithMaxElapsedTime(r.again.Total))

	var refused *refusedForNow
	if errors.As(err, &refused) {
		return resp, nil // the answer explains itself better than "tries used up"
	}
	if err != nil {
		return nil, err
	}
	return resp, nil
}

// refusedForNow marks an answer that is worth another try.
type refusedForNow struct {
	status int
	after  *backoff.RetryAfterError // nil: Faire did not say how long
}

func (e *refusedForNow) Error() string { return fmt.Sprintf("status %d", e.status) }

func (e *refusedForNow) Unwrap() error {
	if e.after == nil {
		return nil
	}
	return e.after
}

// attempt sends the request once. Its error says by backoff.Permanent that trying again is useless.
func (r *retrying) attempt(req *http.Request, t *trip) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), r.timeout)
	defer cancel()
	out := req.Clone(ctx)
	if req.GetBody != nil {
		body, err := req.GetBody()
		if err != nil {
			return nil, backoff.Permanent(notSent(err))
		}
		out.Body = body
	}
	t.attempts++
	resp, err := r.next.RoundTrip(out)
	if err != nil {
		return nil, r.broken(req, t, err)
	}
	defer func() { _ = resp.Body.Close() }() // everything wanted of it has been read
	body, err := io.ReadAll(io.LimitReader(resp.Body, r.limit+1))
	if err != nil {
		return nil, r.broken(req, t, fmt.Errorf("the answer broke off: %w", err))
	}
	t.left = true
	if int64(len(body)) > r.limit {
		t.doubt = true
		return nil, backoff.Permanent(fmt.Errorf("%w: more than %d bytes", errTooLarge, r.limit))
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.ContentLength = int64(len(body))
	t.after = 0
	t.pass.answered(resp.StatusCode)
	if resp.StatusCode == http.StatusTooManyRequests {
		t.tooMany++
	}
	if resp.StatusCode >= 500 || resp.StatusCode == http.StatusRequestTimeout {
		t.doubt = true
	}
	if !passing(resp.StatusCode) {
		return resp, nil
	}
	again := &refusedForNow{status: resp.StatusCode}
	if wait := r.retryAfter(resp.Header); wait > 0 {
		t.after = wait
		if resp.StatusCode == http.StatusTooManyRequests && wait <= r.again.Total {
			r.pace.pause(wait)
		}
		again.after = &backoff.RetryAfterError{Duration: wait + time.Duration(r.jitter()*float64(r.again.First))}
	}
	return resp, again
}

// passing are the statuses that a later attempt may not meet (contract §13).
func passing(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// broken notes a network error on the trip and says whether another attempt makes sense.
func (r *retrying) broken(req *http.Request, t *trip, err error) error {
	if !beforeSending(err) {
		t.left, t.doubt = true, true
	}
	if cause := context.Cause(req.Context()); cause != nil {
		return backoff.Permanent(cause)
	}
	var certificate *tls.CertificateVerificationError
	if errors.As(err, &certificate) {
		return backoff.Permanent(err)
	}
	return err
}

// beforeSending knows the errors after which certainly no byte of the request was sent.
func beforeSending(err error) bool {
	if errors.Is(err, errNotSent) {
		return true
	}
	var certificate *tls.CertificateVerificationError
	var name *net.DNSError
	if errors.As(err, &certificate) || errors.As(err, &name) {
		return true
	}
	var op *net.OpError
	return errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect")
}

// retryAfter reads the header as seconds or as a date; 0 if it is missing, unreadable or past. A date is compared with the
// answer's own Date where there is one, so that a wrong clock here does no harm.
func (r *retrying) retryAfter(h http.Header) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if value == "" {
		return 0
	}
	const most = 24 * time.Hour // beyond it only the number would overflow
	if seconds, err := strconv.ParseFloat(value, 64); err == nil {
		if !(seconds > 0) {
			return 0
		}
		return time.Duration(min(seconds, most.Seconds()) * float64(time.Second))
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	now := r.now()
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	return min(max(at.Sub(now), 0), most)
}

// waits is the exponential schedule with our own jitter; the library's would read a random source that nobody injected.
func (r *retrying) waits() backoff.BackOff {
	return &spread{jitter: r.jitter, steps: backoff.ExponentialBackOff{
		InitialInterval: r.again.First, Multiplier: 2, MaxInterval: r.again.Longest, RandomizationFactor: 0}}
}

type spread struct {
	steps  backoff.ExponentialBackOff
	jitter func() float64
}

// Reset implements backoff.BackOff.
func (s *spread) Reset() { s.steps.Reset() }

// NextBackOff returns the next step, times 0.5 to 1.5.
func (s *spread) NextBackOff() time.Duration {
	step := s.steps.NextBackOff()
	return step/2 + time.Duration(s.jitter()*float64(step))
}

// serial lets several requests share one random source, which is seldom safe for that.
func serial(source func() float64) func() float64 {
	var mu sync.Mutex
	return func() float64 {
		mu.Lock()
		defer mu.Unlock()
		return source()
	}
}
