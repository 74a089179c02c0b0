package load_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/faire"
	"fairesync/pipeline/faire/sandbox"
	"fairesync/pipeline/load"
	"fairesync/pipeline/plan"
)

// wired is a sandbox that is reached without a network, so that its latency takes no time. It counts the requests under way.
type wired struct {
	server *sandbox.Server
	mu     sync.Mutex
	flying int
	most   int
}

// RoundTrip implements http.RoundTripper.
func (w *wired) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.flying++
	w.most = max(w.most, w.flying)
	w.mu.Unlock()
	recorder := httptest.NewRecorder()
	w.server.ServeHTTP(recorder, r)
	w.mu.Lock()
	w.flying--
	w.mu.Unlock()
	return recorder.Result(), nil
}

// client gives Faire's client the shape the load asks for.
type client struct{ *faire.Client }

func (c client) SetOptions(ctx context.Context, id string, body json.RawMessage) error {
	_, err := c.SetOptionSets(ctx, id, body)
	return err
}

func (c client) SetStock(ctx context.Context, body json.RawMessage) (map[string]catalog.Stock, error) {
	return c.SetInventory(ctx, body)
}

func (c client) SetPrices(ctx context.Context, body json.RawMessage) error {
	_, err := c.Client.SetPrices(ctx, body)
	return err
}

// TestSlots: the load's requests in flight and those the client allows do not stand in each other's way, also while Faire answers
// 429: everything is sent, as many at once as the lower of the two says.
func TestSlots(t *testing.T) {
	for _, test := range []struct {
		name               string
		parallel, inFlight int
		faults             sandbox.Faults
		most               int
		takes              time.Duration // 24 requests of a second each
	}{
		{"equal", 4, 4, sandbox.Faults{LatencyMS: 1000}, 4, 6 * time.Second},
		{"the client allows fewer", 4, 2, sandbox.Faults{LatencyMS: 1000}, 2, 12 * time.Second},
		{"the load asks for fewer", 2, 4, sandbox.Faults{LatencyMS: 1000}, 2, 12 * time.Second},
		{"every third 429", 4, 4, sandbox.Faults{LatencyMS: 1000, EveryNth: sandbox.EveryNth{N: 3, Status: 429}}, 4, 0},
		{"every third 429 with Retry-After", 4, 4, sandbox.Faults{LatencyMS: 1000, EveryNth: sandbox.EveryNth{N: 3, Status: 429, RetryAfter: "2"}}, 4, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var state sandbox.State
				var s script
				for i := range 24 {
					id := fmt.Sprintf("p_%d", i)
					state.Products = append(state.Products, sandbox.Product{ID: id, Name: "Tee", LifecycleState: "DRAFT"})
					s.product(plan.UpdateProduct, "wms:"+id, id, nil)
				}
				w := &wired{server: sandbox.New(sandbox.Options{})}
				if err := w.server.SetState(state); err != nil {
					t.Fatal(err)
				}
				if err := w.server.SetFaults(test.faults); err != nil {
					t.Fatal(err)
				}
				c, err := faire.New(faire.Options{BaseURL: "http://127.0.0.1:1/external-api/v2", Token: "x", Now: time.Now, Transport: w,
					Retry: faire.Retry{Attempts: 100, Total: time.Hour}, // so that none is hit until it is given up
					Pace:  faire.Pace{WritesPerSecond: -1, ReadsPerSecond: -1, InFlight: test.inFlight}})
				if err != nil {
					t.Fatal(err)
				}
				f := &fake{}
				options := f.options()
				options.Parallel = test.parallel
				start := time.Now()
				if _, err := load.Run(t.Context(), s.requests, client{c}, options); err != nil {
					t.Error(err)
				}
				if took := time.Since(start); test.takes > 0 && took != test.takes {
					t.Errorf("took %s, want %s", took, test.takes)
				}
				if diff := cmp.Diff(test.most, w.most); diff != "" {
					t.Errorf("requests at once (-want +got):\n%s", diff)
				}
				counts := c.Counts()
				want := faire.Counts{Writes: 24, OK: 24, Retries: counts.Throttled, Throttled: counts.Throttled}
				if diff := cmp.Diff(want, counts); diff != "" || (test.faults.EveryNth.N > 0) != (counts.Throttled > 0) {
					t.Errorf("%d answers of 429 (-want +got):\n%s", counts.Throttled, diff)
				}
			})
		})
	}
}
