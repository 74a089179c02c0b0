package sandbox_test

import (
	"context"
	"math"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/faire/sandbox"
)

// TestRandomKinds: each kind does what it says, and the request is done or not.
func TestRandomKinds(t *testing.T) {
	for kind, want := range map[string]struct {
		status     int // 0: the connection is dropped
		done       bool
		retryAfter string
		waits      time.Duration
	}{
		sandbox.Fault429: {429, false, "", 0}, sandbox.Fault429Wait: {429, false, "0.5", 0},
		sandbox.Fault500: {500, false, "", 0}, sandbox.Fault503: {503, false, "", 0}, sandbox.Fault500After: {500, true, "", 0},
		sandbox.Fault403: {403, false, "", 0}, sandbox.FaultReset: {0, false, "", 0}, sandbox.FaultLost: {0, true, "", 0},
		sandbox.FaultSlow: {200, true, "", 70 * time.Millisecond},
	} {
		t.Run(kind, func(t *testing.T) {
			var waited time.Duration
			f := start(t, sandbox.Options{Sleep: func(_ context.Context, wait time.Duration) { waited += wait }})
			p := f.create("a")
			err := f.server.SetFaults(sandbox.Faults{Limit: 1, Random: sandbox.Random{
				Chances: map[string]float64{kind: 1}, RetryAfter: "0.5", SlowMS: 70, WritesOnly: true}})
			if err != nil {
				t.Fatal(err)
			}
			f.ok("GET", pathOf(p), nil) // reads are left alone
			var got answer
			if want.status == 0 {
				f.dropped("PATCH", pathOf(p), `{"name":"N"}`)
			} else {
				got = f.do("PATCH", pathOf(p), `{"name":"N"}`)
			}
			if got.status != want.status || got.header.Get("Retry-After") != want.retryAfter || waited != want.waits {
				t.Errorf("got %d %s, Retry-After %q, after %s", got.status, got.text, got.header.Get("Retry-After"), waited)
			}
			if page := got.header.Get("Cf-Mitigated") != ""; page != (kind == sandbox.Fault403) {
				t.Errorf("the page of the edge: %v", page)
			}
			if done := text(f.ok("GET", pathOf(p), nil), "name") == "N"; done != want.done {
				t.Errorf("done %v, want %v", done, want.done)
			}
			arrivals := f.server.Arrivals()
			if a := arrivals[len(arrivals)-2]; a.Fault != kind || a.Done != want.done || a.Status != want.status {
				t.Errorf("noted as %+v", a)
			}
			f.ok("PATCH", pathOf(p), `{"name":"M"}`) // the limit is reached
		})
	}
}

// TestRandomDraws: the same seed gives the same faults, another gives others, and as many of each as its chance says.
func TestRandomDraws(t *testing.T) {
	const n = 4000
	chances := map[string]float64{sandbox.Fault429: 0.1, sandbox.Fault503: 0.25, sandbox.Fault403: 0.05}
	draws := func(seed uint64, methods ...string) []string {
		f := start(t, sandbox.Options{})
		if err := f.server.SetFaults(sandbox.Faults{Random: sandbox.Random{Seed: seed, Chances: chances}}); err != nil {
			t.Fatal(err)
		}
		var list []string
		for i := range n {
			f.server.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(methods[i%len(methods)], api+"/brands/profile", nil))
		}
		for _, a := range f.server.Arrivals() {
			list = append(list, a.Fault)
		}
		return list
	}
	one, same, other := draws(1, "GET"), draws(1, "POST", "GET", "GET"), draws(2, "GET")
	if diff := cmp.Diff(one, same); diff != "" {
		t.Errorf("the same seed:\n%s", diff)
	}
	if cmp.Equal(one, other) {
		t.Error("another seed has the same faults")
	}
	counts := map[string]float64{}
	for _, kind := range one {
		counts[kind]++
	}
	for kind, chance := range map[string]float64{sandbox.Fault429: 0.1, sandbox.Fault503: 0.25, sandbox.Fault403: 0.05, "": 0.6} {
		if math.Abs(counts[kind]/n-chance) > 0.02 {
			t.Errorf("kind %q: %g of %d, want about %g", kind, counts[kind], n, chance*n)
		}
	}
}

// TestRandomIsKeptApart: what a caller holds is not what the server uses, and what has no meaning is refused.
func TestRandomIsKeptApart(t *testing.T) {
	f := start(t, sandbox.Options{})
	wanted := sandbox.Faults{Random: sandbox.Random{Seed: 7, Chances: map[string]float64{sandbox.Fault500: 1}}}
	if err := f.server.SetFaults(wanted); err != nil {
		t.Fatal(err)
	}
	delete(wanted.Random.Chances, sandbox.Fault500)
	delete(f.server.Faults().Random.Chances, sandbox.Fault500)
	f.refused("GET", "/brands/profile", nil, 500, "Internal Server Error")
	f.ok("PATCH", ctrl+"/faults", `{"random":{"chances":{"slow":0}}}`)
	want := sandbox.Faults{Random: sandbox.Random{Seed: 7, Chances: map[string]float64{sandbox.Fault500: 1, sandbox.FaultSlow: 0}}}
	if diff := cmp.Diff(want, f.server.Faults()); diff != "" {
		t.Errorf("after PATCH (-want +got):\n%s", diff)
	}
	for body, message := range map[string]string{
		`{"random":{"chances":{"404":1}}}`:              `fault random.chances has "404", want some of 429, 429_retry_after, 500, 503, 500_after, 403_html, reset, lose_answer, slow`,
		`{"random":{"chances":{"slow":-1}}}`:            "fault random.chances.slow is -1, want 0 to 1",
		`{"random":{"chances":{"slow":0.6,"429":0.5}}}`: "faults random.chances add up to 1.1, want at most 1",
		`{"random":{"slow_ms":-1}}`:                     "faults must not be negative",
	} {
		f.do("PUT", ctrl+"/faults", body).is(400, message)
	}
	f.refused("GET", "/brands/profile", nil, 500, "Internal Server Error")
}

// TestSlowIsDoneAllTheSame: a client that gives up while it waits cannot know that its request is done.
func TestSlowIsDoneAllTheSame(t *testing.T) {
	f := start(t, sandbox.Options{})
	p := f.create("a")
	if err := f.server.SetFaults(sandbox.Faults{Limit: 1, Random: sandbox.Random{Chances: map[string]float64{sandbox.FaultSlow: 1}, SlowMS: 3_600_000}}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	request := httptest.NewRequestWithContext(ctx, "PATCH", api+pathOf(p), strings.NewReader(`{"name":"N"}`))
	request.Header.Set("X-FAIRE-ACCESS-TOKEN", "token")
	f.server.ServeHTTP(httptest.NewRecorder(), request)
	if got := text(f.ok("GET", pathOf(p), nil), "name"); got != "N" {
		t.Errorf("the name is %q", got)
	}
}
