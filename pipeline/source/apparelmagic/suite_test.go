package apparelmagic_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"fairesync/pipeline/source/apparelmagic"
	"fairesync/pipeline/source/apparelmagic/emulator"
	"fairesync/pipeline/source/sourcetest"
)

// TestSource runs the suite on the account most clients describe, and on the contradicting one (contract §1.4).
func TestSource(t *testing.T) {
	for name, switches := range map[string]emulator.Switches{
		"cursor":        {},
		"filter only":   {LastID: "ignored", PageSizeNeedsFilter: true, OmitLastID: true},
		"filter stated": {LastID: "refused", TotalRecords: true},
		"numbers":       {Numbers: true, EmptyLists: "null"},
	} {
		t.Run(name, func(t *testing.T) { sourcetest.Run(t, suite(switches)) })
	}
}

func suite(switches emulator.Switches) sourcetest.Suite {
	broken := func(name, says string, faults ...emulator.Fault) sourcetest.Break {
		return sourcetest.Break{Name: name, Says: says, New: func(t testing.TB) sourcetest.Source {
			changed := switches
			changed.Faults = faults
			return open(t, serve(account(30), changed))
		}}
	}
	return sourcetest.Suite{
		Bubble: true,
		New: func(t testing.TB, size int) sourcetest.Source {
			return open(t, serve(account(size), switches))
		},
		Sizes: []int{1, 9, 10, 11, 20, 30, 31},
		Want:  wanted,
		Breaks: []sourcetest.Break{
			broken("server", "answered 503", emulator.Fault{Endpoint: "inventory", First: 2, Kind: emulator.FaultStatus, Status: 503}),
			broken("token revoked", "token is not accepted", emulator.Fault{Endpoint: "products", Kind: emulator.FaultStatus, Status: 401}),
			broken("errors", "answered with an error", emulator.Fault{Endpoint: "inventory", First: 2, Kind: emulator.FaultErrors}),
			broken("maintenance", "HTML page", emulator.Fault{Endpoint: "product_attributes", First: 2, Kind: emulator.FaultHTML}),
			broken("cut off", "connection was closed", emulator.Fault{Endpoint: "products", First: 2, Kind: emulator.FaultDisconnect}),
			broken("half a page", "cut off or broken", emulator.Fault{Endpoint: "size_ranges", Kind: emulator.FaultTruncated}),
			broken("busy", "too many requests", emulator.Fault{Endpoint: "divisions", Kind: emulator.FaultStatus, Status: 429}),
			broken("gone", "answered 404", emulator.Fault{Endpoint: "inventory", Kind: emulator.FaultStatus, Status: 404}),
		},
		Hang: func(t testing.TB) (sourcetest.Source, <-chan struct{}) {
			server := serve(account(30), switches)
			hanging := make(chan struct{})
			var once sync.Once
			return open(t, server, func(o *apparelmagic.Options) {
				o.Transport = transport(func(request *http.Request) (*http.Response, error) {
					if !strings.HasSuffix(request.URL.Path, "/product_attributes") {
						return server.RoundTripper().RoundTrip(request)
					}
					once.Do(func() { close(hanging) })
					<-request.Context().Done()
					return nil, request.Context().Err()
				})
			}), hanging
		},
		Secrets: []string{token, url.QueryEscape(token), url.PathEscape(token)},
	}
}
