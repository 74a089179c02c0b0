package apparelmagic_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/source/apparelmagic"
	"fairesync/pipeline/source/apparelmagic/emulator"
	"fairesync/pipeline/source/sourcetest"
)

// pooled makes a pool that is closed when the test ends, and its folder.
func pooled(t testing.TB) (*apparelmagic.Pool, string) {
	t.Helper()
	dir := t.TempDir()
	pool, err := apparelmagic.NewPool(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pool.Close(); err != nil {
			t.Error(err)
		}
	})
	return pool, dir
}

func in(pool *apparelmagic.Pool, name string) func(*apparelmagic.Options) {
	return func(o *apparelmagic.Options) { o.Pool, o.Settings.Name = pool, name }
}

// TestPool: two brands of one account, one after the other and at the same time, cost the requests of one; each has all rows and pages.
func TestPool(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alone := serve(account(31), emulator.Switches{})
		single := extract(t, open(t, alone))
		for _, together := range []bool{false, true} {
			pool, _ := pooled(t)
			server := serve(account(31), emulator.Switches{})
			sinks := []*sourcetest.MemorySink{sourcetest.NewMemorySink(), sourcetest.NewMemorySink(), sourcetest.NewMemorySink()}
			var group sync.WaitGroup
			for i, sink := range sinks {
				run := func() {
					if err := open(t, server, in(pool, fmt.Sprintf("brand-%d", i))).Extract(t.Context(), sink); err != nil {
						t.Error(err)
					}
				}
				if together {
					group.Go(run)
				} else {
					run()
				}
			}
			group.Wait()
			if diff := cmp.Diff(alone.Effects(), server.Effects()); diff != "" {
				t.Errorf("together %v: requests (-one brand +three):\n%s", together, diff)
			}
			for i, sink := range sinks {
				if diff := cmp.Diff(single.Rows("item"), sink.Rows("item")); diff != "" {
					t.Errorf("together %v: rows of brand %d (-alone +shared):\n%s", together, i, diff)
				}
				if diff := cmp.Diff(single.Pages(), sink.Pages()); diff != "" {
					t.Errorf("together %v: pages of brand %d (-alone +shared):\n%s", together, i, diff)
				}
			}
		}
	})
}

// TestPoolOfOtherAccounts: another token, another address or other pages are other answers.
func TestPoolOfOtherAccounts(t *testing.T) {
	for name, change := range map[string]func(*apparelmagic.Options){
		"token":     func(o *apparelmagic.Options) { o.Token = "another-token" },
		"address":   func(o *apparelmagic.Options) { o.Settings.URL = "http://127.0.0.1:8792/api/json" },
		"page size": func(o *apparelmagic.Options) { o.Settings.PageSize = 20 },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				pool, _ := pooled(t)
				first := emulator.New(emulator.Options{Account: account(3)})
				extract(t, open(t, first, in(pool, "a")))
				second := emulator.New(emulator.Options{Account: account(6)})
				want := wanted(6)
				if diff := cmp.Diff(want, narrowed(extract(t, open(t, second, in(pool, "b"), change)).Rows("item"), want)); diff != "" {
					t.Errorf("rows (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestPoolPace: all who read an account keep to one pace, the slowest configured, and to two requests under way.
func TestPoolPace(t *testing.T) {
	for name, test := range map[string]struct {
		slowest float64
		takes   time.Duration
	}{"pace": {0.1, time.Second}, "under way": {100, 5 * time.Second}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				pool, _ := pooled(t)
				server := serve(account(30), emulator.Switches{})
				var mu sync.Mutex
				now, most := 0, 0
				count := func(by int) {
					mu.Lock()
					defer mu.Unlock()
					now += by
					most = max(most, now)
				}
				slow := transport(func(request *http.Request) (*http.Response, error) {
					count(1)
					defer count(-1)
					time.Sleep(test.takes)
					return server.RoundTripper().RoundTrip(request)
				})
				began := time.Now()
				var group sync.WaitGroup
				for i, perSecond := range []float64{100, test.slowest, 100} {
					source := open(t, server, in(pool, fmt.Sprintf("brand-%d", i)), func(o *apparelmagic.Options) {
						o.Transport, o.Settings.RequestsPerSecond, o.Settings.PageSize = slow, perSecond, 10+i // no answer is of use to another
					})
					group.Go(func() {
						if err := source.Extract(t.Context(), sourcetest.NewMemorySink()); err != nil {
							t.Error(err)
						}
					})
				}
				group.Wait()
				if most > 2 || test.slowest > 1 && most < 2 {
					t.Errorf("%d requests under way at a time", most)
				}
				requests := server.Effects().Total
				if took, least := time.Since(began), time.Duration(float64(requests-1)/test.slowest*float64(time.Second)); took < least {
					t.Errorf("%d requests in %s, faster than %s", requests, took, least)
				}
			})
		})
	}
}

// TestPoolFailures: a failure is told to those who wait for the same answer, under their own names, and to nobody later. Who gives up
// takes nobody with him.
func TestPoolFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pool, _ := pooled(t)
		server := serve(account(3), emulator.Switches{Faults: []emulator.Fault{{Endpoint: "inventory", Count: 1, Kind: emulator.FaultStatus, Status: 404}}})
		slow := func(o *apparelmagic.Options) {
			o.Transport = transport(func(request *http.Request) (*http.Response, error) {
				select {
				case <-time.After(time.Minute / 2):
					return server.RoundTripper().RoundTrip(request)
				case <-request.Context().Done():
					return nil, request.Context().Err()
				}
			})
		}
		together := func(contexts ...context.Context) []string {
			said := make([]string, len(contexts))
			var group sync.WaitGroup
			for i, ctx := range contexts {
				group.Go(func() {
					time.Sleep(time.Duration(i) * time.Second) // who comes first asks
					said[i] = message(open(t, server, in(pool, fmt.Sprintf("brand-%d", i)), slow).Extract(ctx, sourcetest.NewMemorySink()))
				})
			}
			group.Wait()
			return said
		}
		want := []string{"source brand-0: inventory answered 404: Not Found (invented)", "source brand-1: inventory answered 404: Not Found (invented)"}
		if diff := cmp.Diff(want, together(t.Context(), t.Context())); diff != "" {
			t.Errorf("both wait (-want +got):\n%s", diff)
		}
		if asked := server.Effects().Total; asked != 1 {
			t.Errorf("asked %d times, want once", asked)
		}
		leaving, leave := context.WithTimeout(t.Context(), 10*time.Second)
		defer leave()
		want = []string{"source brand-0: inventory: context deadline exceeded", "", "source brand-2: inventory: context deadline exceeded"}
		if diff := cmp.Diff(want, together(leaving, t.Context(), leaving)); diff != "" {
			t.Errorf("one gives up (-want +got):\n%s", diff)
		}
	})
}

// TestPoolFolder: what is shared lies in one folder, for this user alone, and goes with the pool. Without the folder nothing is shared.
func TestPoolFolder(t *testing.T) {
	if _, err := apparelmagic.NewPool(""); err == nil {
		t.Error("a pool without a folder")
	}
	pool, dir := pooled(t)
	server := serve(account(3), emulator.Switches{})
	fast := func(o *apparelmagic.Options) { o.Settings.RequestsPerSecond = 1000 }
	extract(t, open(t, server, in(pool, "a"), fast))
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Fatalf("%v, %v", entries, err)
	}
	if info, err := entries[0].Info(); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	files, err := os.ReadDir(dir + "/" + entries[0].Name())
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		if info, err := file.Info(); err != nil || info.Mode().Perm() != 0o600 || strings.Contains(file.Name(), "token") {
			t.Errorf("%s: %v, %v", file.Name(), info.Mode(), err)
		}
	}
	if err := errors.Join(pool.Close(), pool.Close()); err != nil {
		t.Error(err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("after the end: %v, %v", entries, err)
	}
	pool, _ = pooled(t)
	if err := pool.Close(); err != nil {
		t.Error(err)
	}
	before := server.Effects().Total
	for _, name := range []string{"a", "b"} {
		want := wanted(3)
		if diff := cmp.Diff(want, narrowed(extract(t, open(t, server, in(pool, name), fast)).Rows("item"), want)); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
	}
	if asked := server.Effects().Total - before; asked != 2*before {
		t.Errorf("%d requests, want %d", asked, 2*before)
	}
}
