package apparelmagic_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/source/apparelmagic"
	"fairesync/pipeline/source/apparelmagic/emulator"
	"fairesync/pipeline/source/sourcetest"
)

// TestDecisionTable goes through the rows of contract §1.3 with a failure of the first requests for inventory.
func TestDecisionTable(t *testing.T) {
	status := func(status, count int) emulator.Fault {
		return emulator.Fault{Endpoint: "inventory", Count: count, Kind: emulator.FaultStatus, Status: status}
	}
	busy := func(count int, after string) emulator.Fault {
		return emulator.Fault{Endpoint: "inventory", Count: count, Kind: emulator.FaultStatus, Status: 429, RetryAfter: after}
	}
	kind := func(kind string, count int) emulator.Fault {
		return emulator.Fault{Endpoint: "inventory", Count: count, Kind: kind}
	}
	// A catalogue of three SKUs takes three requests for inventory: the page, the empty page, and the edge of the first. All
	// requests but the first wait for their turn: eleven of them at four a second are 2.5 s.
	const pace = 2500 * time.Millisecond
	for _, test := range []struct {
		name  string
		fault emulator.Fault
		asked int    // for inventory
		says  string // blank: the walk is whole
		hint  string
		took  time.Duration
	}{
		{name: "200", fault: emulator.Fault{Endpoint: "none", Kind: emulator.FaultHTML}, asked: 3, took: pace},
		{name: "200 with errors", fault: kind(emulator.FaultErrors, 1), asked: 1,
			says: "source wms: inventory answered with an error: Something went wrong (invented)", hint: "run again later"},
		{name: "200 without JSON once", fault: kind(emulator.FaultHTML, 1), asked: 4, took: pace + time.Second},
		{name: "200 without JSON twice", fault: kind(emulator.FaultHTML, 2), asked: 2, took: time.Second,
			says: "source wms: inventory answered 200 with something that is no page of records: an HTML page (asked 2 times)", hint: "maintenance"},
		{name: "200 cut off once", fault: kind(emulator.FaultTruncated, 1), asked: 4, took: pace + time.Second},
		{name: "400", fault: status(400, 1), asked: 1, says: "source wms: inventory answered 400: Bad Request (invented)", hint: "sources[].url"},
		{name: "404", fault: status(404, 1), asked: 1, says: "source wms: inventory answered 404: Not Found (invented)", hint: "sources[].url"},
		{name: "422", fault: status(422, 1), asked: 1, says: "source wms: inventory answered 422: Unprocessable Entity (invented)", hint: "sources[].url"},
		{name: "401", fault: status(401, 1), asked: 1, says: "source wms: inventory answered 401: the token is not accepted", hint: "Settings, API, Tokens"},
		{name: "403", fault: status(403, 1), asked: 1, says: "source wms: inventory answered 403: the token is not accepted", hint: "Settings, API, Tokens"},
		{name: "429 once", fault: busy(1, ""), asked: 4, took: pace + time.Second},
		{name: "429 with seconds", fault: busy(2, "7"), asked: 5, took: pace + 14*time.Second},
		{name: "429 with a date", fault: busy(1, noon().Add(30*time.Second).Format(http.TimeFormat)), asked: 4, took: pace + 30*time.Second},
		{name: "429 with nonsense", fault: busy(1, "soon"), asked: 4, took: pace + time.Second},
		{name: "429 for hours", fault: busy(1, "7200"), asked: 1,
			says: "source wms: inventory answered 429: too many requests: Too Many Requests (invented) and asks to wait 2h0m0s", hint: "requests_per_second"},
		{name: "429 for ever", fault: busy(0, ""), asked: 5, took: 15 * time.Second,
			says: "source wms: inventory answered 429: too many requests: Too Many Requests (invented) (asked 5 times)", hint: "requests_per_second"},
		{name: "500 four times", fault: status(500, 4), asked: 7, took: pace + 15*time.Second},
		{name: "503 for ever", fault: status(503, 0), asked: 5, took: 15 * time.Second,
			says: "source wms: inventory answered 503: Service Unavailable (invented) (asked 5 times)", hint: "run again later"},
		{name: "408", fault: status(408, 1), asked: 4, took: pace + time.Second},
		{name: "cut off in the body", fault: kind(emulator.FaultDisconnect, 2), asked: 5, took: pace + 3*time.Second},
		{name: "cut off for ever", fault: kind(emulator.FaultDisconnect, 0), asked: 5, took: 15 * time.Second,
			says: "source wms: inventory broke off in the middle of a page: the connection was closed early (asked 5 times)", hint: "run again later"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := serve(account(3), emulator.Switches{Faults: []emulator.Fault{test.fault}})
				began := time.Now()
				err := open(t, server).Extract(t.Context(), sourcetest.NewMemorySink())
				took := time.Since(began)
				if diff := cmp.Diff(test.says, message(err)); diff != "" {
					t.Errorf("error (-want +got):\n%s", diff)
				}
				if hint := hint(err); !strings.Contains(hint, test.hint) {
					t.Errorf("hint %q does not say %q", hint, test.hint)
				}
				if asked := server.Effects().Requests["inventory"]; asked != test.asked {
					t.Errorf("asked %d times for inventory, want %d", asked, test.asked)
				}
				if took != test.took {
					t.Errorf("took %s, want %s", took, test.took)
				}
			})
		})
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func hint(err error) string {
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		return hinted.Hint()
	}
	return ""
}

// TestJitterLengthensWaits: with the greatest jitter each wait is a quarter longer.
func TestJitterLengthensWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := serve(account(1), emulator.Switches{Faults: []emulator.Fault{{Kind: emulator.FaultStatus, Status: 500}}})
		source := open(t, server, func(o *apparelmagic.Options) { o.Jitter = func() float64 { return 1 } })
		began := time.Now()
		if err := source.Extract(t.Context(), sourcetest.NewMemorySink()); err == nil {
			t.Fatal("no error")
		}
		if took, want := time.Since(began), 18750*time.Millisecond; took != want {
			t.Errorf("took %s, want %s", took, want)
		}
	})
}

// TestTransportFailures: timeouts, resets and bodies that are no records, which the emulator cannot make.
func TestTransportFailures(t *testing.T) {
	answer := func(status int, body string) func(*http.Request) (*http.Response, error) {
		return func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: status, Header: http.Header{"Location": {"https://elsewhere.test/"}}, Body: io.NopCloser(strings.NewReader(body))}, nil
		}
	}
	for _, test := range []struct {
		name  string
		first func(*http.Request) (*http.Response, error) // what happens to the first request
		asked int                                         // in total; 0: do not count
		says  string
	}{
		{name: "reset", first: func(r *http.Request) (*http.Response, error) {
			return nil, &net.OpError{Op: "read", Net: "tcp", Err: errors.New("connection reset by peer")}
		}},
		{name: "silence", first: func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}},
		{name: "redirect", first: answer(http.StatusFound, ""), asked: 1, says: "source wms: inventory answered 302"},
		{name: "null response", first: answer(200, `{"response":null,"meta":{"errors":[]}}`)},
		{name: "no response", first: answer(200, `{"message":"welcome"}`)},
		{name: "response of texts", first: answer(200, `{"response":["a"],"meta":[]}`)},
		{name: "null record", first: answer(200, `{"response":[null]}`)},
		{name: "a list", first: answer(200, `[]`)},
		{name: "nothing", first: answer(200, "")},
		{name: "errors as text", first: answer(200, `{"response":[],"meta":{"errors":"no such list"}}`), asked: 1,
			says: "source wms: inventory answered with an error: no such list"},
		{name: "errors as object", first: answer(200, `{"response":[],"meta":{"errors":{"1":"b","0":"a\nline"}}}`), asked: 1,
			says: "source wms: inventory answered with an error: a line; b"},
		{name: "no id", first: answer(200, `{"response":[{"product_id":"1"}]}`), asked: 1,
			says: "source wms: inventory has a record without sku_id"},
		{name: "odd id", first: answer(200, `{"response":[{"sku_id":"12a"}]}`), asked: 1,
			says: `source wms: inventory has a record whose sku_id is wrong: "12a" is no id`},
		{name: "falling ids", first: answer(200, `{"response":[{"sku_id":"12"},{"sku_id":"9"}]}`), asked: 1,
			says: "source wms: inventory is out of order: id 9 comes after id 12"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := serve(account(3), emulator.Switches{})
				asked := 0
				source := open(t, server, func(o *apparelmagic.Options) {
					o.Transport = transport(func(request *http.Request) (*http.Response, error) {
						if asked++; asked == 1 {
							return test.first(request)
						}
						return server.RoundTripper().RoundTrip(request)
					})
				})
				sink := sourcetest.NewMemorySink()
				err := source.Extract(t.Context(), sink)
				if diff := cmp.Diff(test.says, message(err)); diff != "" {
					t.Errorf("error (-want +got):\n%s", diff)
				}
				if test.asked > 0 && asked != test.asked {
					t.Errorf("asked %d times, want %d", asked, test.asked)
				}
				if test.says == "" && len(sink.Rows("item")) != 3 {
					t.Errorf("%d rows, want 3", len(sink.Rows("item")))
				}
			})
		})
	}
}

// TestNoSecretIsTold: neither messages nor logs repeat the token, although net/http and the server do.
func TestNoSecretIsTold(t *testing.T) {
	for name, answer := range map[string]func(*http.Request) (*http.Response, error){
		"in an error": func(r *http.Request) (*http.Response, error) {
			return nil, fmt.Errorf("proxy: cannot reach %s", r.URL)
		},
		"in meta.errors": func(r *http.Request) (*http.Response, error) {
			body := fmt.Sprintf(`{"response":[],"meta":{"errors":[%q]}}`, "unknown token "+r.URL.Query().Get("token"))
			return &http.Response{StatusCode: 429, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				source := open(t, serve(account(1), emulator.Switches{}), func(o *apparelmagic.Options) {
					o.Transport = transport(answer)
					o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
				})
				err := source.Extract(t.Context(), sourcetest.NewMemorySink())
				if err == nil || log.Len() == 0 {
					t.Fatalf("error %v, log %q: nothing to look at", err, log.String())
				}
				for _, form := range []string{token, url.QueryEscape(token), url.PathEscape(token)} {
					for told := err; told != nil; told = errors.Unwrap(told) {
						if strings.Contains(told.Error(), form) {
							t.Error("the error names the token")
						}
					}
					if strings.Contains(log.String(), form) {
						t.Error("the log names the token")
					}
				}
			})
		})
	}
}

// TestRequests: what every request bears (contract §1.1, §1.2), and how many are under way at a time.
func TestRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := serve(account(60), emulator.Switches{UserAgent: true})
		flying, most := make(chan struct{}, 100), new(atomic.Int64)
		source := open(t, server, func(o *apparelmagic.Options) {
			o.Settings.RequestsPerSecond = 1000
			o.Transport = transport(func(request *http.Request) (*http.Response, error) {
				flying <- struct{}{}
				defer func() { <-flying }()
				time.Sleep(time.Second)
				if under := int64(len(flying)); under > most.Load() {
					most.Store(under)
				}
				query := request.URL.Query()
				if query.Get("time") != "1795435200" || query.Get("token") != token || request.Header.Get("User-Agent") == "" {
					t.Errorf("time %q, User-Agent %q, or another token", query.Get("time"), request.Header.Get("User-Agent"))
				}
				if request.Method != http.MethodGet || !strings.HasPrefix(request.URL.Path, "/api/json/") {
					t.Errorf("%s %s", request.Method, request.URL.Path)
				}
				return server.RoundTripper().RoundTrip(request)
			})
		})
		extract(t, source)
		if most.Load() != 2 {
			t.Errorf("%d requests under way at a time, want 2", most.Load())
		}
	})
}

// TestCancelledWhileWaiting: a cancelled run does not sit out a Retry-After.
func TestCancelledWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fault := emulator.Fault{Endpoint: "inventory", Kind: emulator.FaultStatus, Status: 429, RetryAfter: "240"}
		source := open(t, serve(account(3), emulator.Switches{Faults: []emulator.Fault{fault}}))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, cancel)
		began := time.Now()
		err := source.Extract(ctx, sourcetest.NewMemorySink())
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v does not wrap context.Canceled", err)
		}
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("took %s, want 3s", took)
		}
	})
}
