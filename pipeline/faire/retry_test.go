package faire_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/faire"
)

// try is one scripted answer of the retry tests: a status with an optional Retry-After, or an error.
type try struct {
	status int
	after  string
	date   string
	err    error
}

// script plays tries under fake time and notes when each came, in time since the start.
type script struct {
	tries  []try
	start  time.Time
	at     []time.Duration
	bodies []string
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	s.at = append(s.at, time.Since(s.start))
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		s.bodies = append(s.bodies, string(body))
	}
	now := s.tries[min(len(s.at), len(s.tries))-1]
	if now.err != nil {
		return nil, now.err
	}
	header := http.Header{}
	if now.after != "" {
		header.Set("Retry-After", now.after)
	}
	if now.date != "" {
		header.Set("Date", now.date)
	}
	return answer(now.status, header, productBody("p_1")), nil
}

func scripted(tries ...try) *script { return &script{tries: tries, start: time.Now()} }

// fake are options with the default waits, for use under fake time.
func fake(s http.RoundTripper) faire.Options {
	o := options("http://127.0.0.1:1")
	o.Retry, o.Transport = faire.Retry{}, s
	return o
}

var errReset = &net.OpError{Op: "read", Net: "tcp", Err: errors.New("connection reset by peer")}

// TestRetry: when attempts come, and what is known in the end. Waits are 0.5, 1, 2, 4 s times 1 (no jitter source).
func TestRetry(t *testing.T) {
	const ms = time.Millisecond
	refusedDial := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	tests := []struct {
		name     string
		tries    []try
		at       []time.Duration
		ok       bool
		code     string
		definite bool
		unknown  bool
	}{
		{"first time", []try{{status: 200}}, []time.Duration{0}, true, "", false, false},
		{"each passing status", []try{{status: 429}, {status: 500}, {status: 502}, {status: 503}, {status: 200}}, []time.Duration{0, 500 * ms, 1500 * ms, 3500 * ms, 7500 * ms}, true, "", false, false},
		{"gateway timeout, then network", []try{{status: 504}, {err: errReset}, {status: 200}}, []time.Duration{0, 500 * ms, 1500 * ms}, true, "", false, false},
		{"never better", []try{{status: 503}}, []time.Duration{0, 500 * ms, 1500 * ms, 3500 * ms, 7500 * ms}, false, "server", false, true},
		{"never reached", []try{{err: refusedDial}}, []time.Duration{0, 500 * ms, 1500 * ms, 3500 * ms, 7500 * ms}, false, "network", false, false},
		{"never answered", []try{{err: errReset}}, []time.Duration{0, 500 * ms, 1500 * ms, 3500 * ms, 7500 * ms}, false, "network", false, true},
		{"too many, always", []try{{status: 429}}, []time.Duration{0, 500 * ms, 1500 * ms, 3500 * ms, 7500 * ms}, false, "rate_limited", true, false},
		{"a plain no", []try{{status: 400}}, []time.Duration{0}, false, "refused", true, false},
		{"not implemented", []try{{status: 501}}, []time.Duration{0}, false, "server", false, true},
		{"a no after a doubt is no definite no", []try{{err: errReset}, {status: 400}}, []time.Duration{0, 500 * ms}, false, "refused", false, true},
		{"a no after too many is definite", []try{{status: 429}, {status: 400}}, []time.Duration{0, 500 * ms}, false, "refused", true, false},
		{"seconds", []try{{status: 429, after: "7"}, {status: 200}}, []time.Duration{0, 7250 * ms}, true, "", false, false},
		{"seconds with maintenance", []try{{status: 503, after: "20"}, {status: 200}}, []time.Duration{0, 20250 * ms}, true, "", false, false},
		{"date", []try{{status: 429, after: "Sat, 01 Jan 2000 00:00:09 GMT"}, {status: 200}}, []time.Duration{0, 9250 * ms}, true, "", false, false},
		{"date against the answer's own clock", []try{{status: 429, after: "Tue, 05 Mar 2024 10:00:04 GMT", date: "Tue, 05 Mar 2024 10:00:00 GMT"}, {status: 200}}, []time.Duration{0, 4250 * ms}, true, "", false, false},
		{"date gone by", []try{{status: 429, after: "Sat, 01 Jan 1999 00:00:09 GMT"}, {status: 200}}, []time.Duration{0, 500 * ms}, true, "", false, false},
		{"zero seconds", []try{{status: 429, after: "0"}, {status: 200}}, []time.Duration{0, 500 * ms}, true, "", false, false},
		{"nonsense", []try{{status: 429, after: "soon"}, {status: 200}}, []time.Duration{0, 500 * ms}, true, "", false, false},
		{"longer than we wait", []try{{status: 429, after: "3600"}}, []time.Duration{0}, false, "rate_limited", true, false},
		{"beyond all numbers", []try{{status: 429, after: "1e300"}}, []time.Duration{0}, false, "rate_limited", true, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scripted(test.tries...)
				o := fake(s)
				body := `{"idempotence_token":"fs1-a-1","name":"Tee"}`
				_, err := connect(t, o).CreateProduct(t.Context(), json.RawMessage(body))
				if diff := cmp.Diff(test.at, s.at); diff != "" {
					t.Errorf("attempts (-want +got):\n%s", diff)
				}
				for _, sent := range s.bodies {
					if sent != body {
						t.Errorf("sent %q", sent)
					}
				}
				if test.ok {
					if err != nil {
						t.Error(err)
					}
					return
				}
				e := failure(t, err)
				if e.Code() != test.code || e.Definite() != test.definite || e.Unknown() != test.unknown || e.Attempts != len(test.at) {
					t.Errorf("%v: code %s, definite %t, unknown %t, %d attempts", e, e.Code(), e.Definite(), e.Unknown(), e.Attempts)
				}
			})
		})
	}
}

func TestJitter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scripted(try{status: 503})
		o := fake(s)
		values := []float64{0, 0.999, 0.25, 0.5}
		next := 0
		o.Jitter = func() float64 { next++; return values[next-1] }
		_, err := connect(t, o).Product(t.Context(), "p_1")
		_ = failure(t, err)
		want := []time.Duration{0, 250 * time.Millisecond, 1749 * time.Millisecond, 3249 * time.Millisecond, 7249 * time.Millisecond}
		if diff := cmp.Diff(want, s.at); diff != "" {
			t.Errorf("attempts (-want +got):\n%s", diff)
		}
	})
}

// TestDeleteTwice: an image that a lost attempt deleted is gone, which is what was wanted.
func TestDeleteTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, fake(scripted(try{err: errReset}, try{status: 404})))
		if err := c.DeleteProductImage(t.Context(), "p_1", "i_1"); err != nil {
			t.Error(err)
		}
		c = connect(t, fake(scripted(try{status: 404})))
		if e := failure(t, c.DeleteProductImage(t.Context(), "p_1", "i_1")); e.Code() != faire.CodeNotFound || !e.Definite() {
			t.Errorf("%v: code %s", e, e.Code())
		}
	})
}

// hanging never answers; it ends with its request's context.
func hanging(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestAttemptTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		o := fake(tripper(hanging))
		o.Timeouts.Attempt = 10 * time.Second
		o.Retry.Attempts = 3
		_, err := connect(t, o).UpdateProduct(t.Context(), "p_1", json.RawMessage(`{}`))
		if e := failure(t, err); e.Code() != faire.CodeTimeout || !e.Temporary() || !e.Unknown() || e.Attempts != 3 {
			t.Errorf("%v: code %s, unknown %t", e, e.Code(), e.Unknown())
		}
		if took := time.Since(start); took != 31500*time.Millisecond {
			t.Errorf("took %s, want three attempts of 10 s and the waits between", took)
		}
	})
}

var errInterrupted = errors.New("second interrupt")

// TestCancel: while a write is under way its outcome is unknown; while waiting after a 429 it is not.
func TestCancel(t *testing.T) {
	tests := map[string]struct {
		transport http.RoundTripper
		unknown   bool
	}{
		"under way": {tripper(hanging), true},
		"waiting after a 429": {tripper(func(*http.Request) (*http.Response, error) {
			return answer(429, http.Header{"Retry-After": {"60"}}, ""), nil
		}), false},
		"waiting after a 503": {tripper(func(*http.Request) (*http.Response, error) {
			return answer(503, http.Header{"Retry-After": {"60"}}, ""), nil
		}), true},
		"waiting after a reset": {tripper(func(*http.Request) (*http.Response, error) { return nil, errReset }), true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(300*time.Millisecond, func() { cancel(errInterrupted) })
				start := time.Now()
				c := connect(t, fake(test.transport))
				_, err := c.UpdateProduct(ctx, "p_1", json.RawMessage(`{}`))
				e := failure(t, err)
				if e.Code() != faire.CodeCancelled || e.Unknown() != test.unknown || e.Temporary() || !errors.Is(err, context.Canceled) {
					t.Errorf("%v: code %s, unknown %t, temporary %t", e, e.Code(), e.Unknown(), e.Temporary())
				}
				if took := time.Since(start); took != 300*time.Millisecond {
					t.Errorf("took %s", took)
				}
				time.Sleep(2 * time.Minute) // the pause of the 429 runs out inside the bubble
			})
		})
	}
}

// TestPace: one bucket for reads and one for writes, each with its burst; a retry takes from the bucket too.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scripted(try{status: 200})
		o := fake(s)
		o.Pace = faire.Pace{WritesPerSecond: 0.5, ReadsPerSecond: 4, Burst: 2}
		c := connect(t, o)
		for range 4 {
			if _, err := c.UpdateProduct(t.Context(), "p_1", json.RawMessage(`{}`)); err != nil {
				t.Fatal(err)
			}
		}
		for range 3 {
			if _, err := c.Product(t.Context(), "p_1"); err != nil {
				t.Fatal(err)
			}
		}
		want := []time.Duration{0, 0, 2 * time.Second, 4 * time.Second, 4 * time.Second, 4 * time.Second, 4250 * time.Millisecond}
		if diff := cmp.Diff(want, s.at); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		s := scripted(try{status: 503}, try{status: 200})
		o := fake(s)
		o.Pace = faire.Pace{WritesPerSecond: 0.125, Burst: 1}
		if _, err := connect(t, o).UpdateProduct(t.Context(), "p_1", json.RawMessage(`{}`)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]time.Duration{0, 8 * time.Second}, s.at); diff != "" {
			t.Errorf("a retry waits for its turn (-want +got):\n%s", diff)
		}
	})
}

// TestPaceDeadline: a request that would have to wait beyond its deadline is not sent and says so.
func TestPaceDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scripted(try{status: 200})
		o := fake(s)
		o.Pace = faire.Pace{WritesPerSecond: 0.1, Burst: 1}
		c := connect(t, o)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if _, err := c.UpdateProduct(ctx, "p_1", json.RawMessage(`{}`)); err != nil {
			t.Fatal(err)
		}
		_, err := c.UpdateProduct(ctx, "p_1", json.RawMessage(`{}`))
		e := failure(t, err)
		if e.Code() != faire.CodeCancelled || e.Unknown() || !strings.Contains(e.Error(), "nothing was sent") || len(s.at) != 1 {
			t.Errorf("%v: code %s, unknown %t, %d sent", e, e.Code(), e.Unknown(), len(s.at))
		}
	})
}

// TestEverybodyPauses: a 429 with Retry-After keeps the other requests back too.
func TestEverybodyPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scripted(try{status: 429, after: "30"}, try{status: 200})
		c := connect(t, fake(s))
		done := make(chan error)
		go func() { _, err := c.Product(t.Context(), "p_1"); done <- err }()
		time.Sleep(time.Second)
		if _, err := c.Product(t.Context(), "p_1"); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff([]time.Duration{0, 30 * time.Second, 30250 * time.Millisecond}, s.at); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
}

func TestInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int64
		o := fake(tripper(func(*http.Request) (*http.Response, error) {
			if n := now.Add(1); n > most.Load() {
				most.Store(n)
			}
			time.Sleep(time.Second)
			now.Add(-1)
			return answer(200, nil, productBody("p_1")), nil
		}))
		o.Pace.InFlight = 3
		c := connect(t, o)
		done := make(chan error)
		for range 9 {
			go func() { _, err := c.Product(t.Context(), "p_1"); done <- err }()
		}
		for range 9 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if most.Load() != 3 {
			t.Errorf("%d requests at one time, want 3", most.Load())
		}
	})
}
