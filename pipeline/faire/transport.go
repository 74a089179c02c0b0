package faire

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

// chain is the road of every request, outermost first:
//
//	auth      who we are, for Faire's host only
//	agent     a User-Agent that Faire's edge lets through
//	readonly  refuses every method but GET, in a dry run
//	paced     requests in flight, rates of reads and writes
//	retrying  tries again what may be tried again, and reads the answer whole
//	base      the network, or a test's transport
func chain(o Options, host *url.URL, credentials http.Header) http.RoundTripper {
	pace := newPacer(o.Pace, o.Logger)
	next := o.Transport
	if next == nil {
		next = network(o)
	}
	next = &retrying{next: next, again: o.Retry, timeout: o.Timeouts.Attempt, limit: o.MaxBody, pace: pace, now: o.Now, jitter: serial(o.Jitter)}
	next = &paced{next: next, pace: pace, slots: make(chan struct{}, o.Pace.InFlight)}
	if o.ReadOnly {
		next = readOnly{next: next}
	}
	next = headers{next: next, set: http.Header{"User-Agent": {o.UserAgent}}}
	return headers{next: next, set: credentials, only: host}
}

// network is the transport that reaches Faire. Proxies are an option and never taken from the environment here.
func network(o Options) http.RoundTripper {
	dialer := &net.Dialer{Timeout: o.Timeouts.Connect, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:               o.Proxy,
		DialContext:         dialer.DialContext,
		TLSHandshakeTimeout: o.Timeouts.Connect,
		ForceAttemptHTTP2:   true,
		MaxIdleConns:        o.Pace.InFlight,
		MaxIdleConnsPerHost: o.Pace.InFlight,
		IdleConnTimeout:     90 * time.Second,
	}
}

// redirects follows none on a write, since a 301 would turn it into a GET and lose the body (contract §1.1), and on a GET only
// those that stay on the same scheme and host. The redirect itself is then the answer.
func redirects(req *http.Request, via []*http.Request) error {
	first := via[0]
	if first.Method != http.MethodGet || req.URL.Scheme != first.URL.Scheme || req.URL.Host != first.URL.Host || len(via) > 5 {
		return http.ErrUseLastResponse
	}
	return nil
}

// headers sets headers: the auth and the agent link of the chain. With only, a request to any other host goes without them, so
// that no credential can leave for a host it was not meant for.
type headers struct {
	next http.RoundTripper
	set  http.Header
	only *url.URL
}

func (h headers) RoundTrip(req *http.Request) (*http.Response, error) {
	if h.only != nil && (req.URL.Scheme != h.only.Scheme || req.URL.Host != h.only.Host) {
		return nil, unsendable(req, fmt.Errorf("host %s is not the configured one: %w", req.URL.Host, errNotSent))
	}
	out := req.Clone(req.Context()) // a RoundTripper may not change the request it is given
	for name, values := range h.set {
		out.Header[name] = values
	}
	return h.next.RoundTrip(out)
}

// readOnly refuses every method but GET before anything is sent.
type readOnly struct{ next http.RoundTripper }

func (r readOnly) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method != http.MethodGet {
		return nil, unsendable(req, ErrReadOnly)
	}
	return r.next.RoundTrip(req)
}

// unsendable closes the body of a request that is not sent, as a RoundTripper must.
func unsendable(req *http.Request, err error) error {
	if req.Body != nil {
		_ = req.Body.Close() // a reader in memory: there is nothing to lose
	}
	return err
}

// trip is what happened to one request on its way, for the error that may come of it.
type trip struct {
	attempts int           // attempts made
	left     bool          // an attempt left this machine, or may have
	doubt    bool          // an attempt ended so that the write may or may not have happened
	after    time.Duration // what Faire last asked us to wait
	tooMany  int           // attempts answered 429
	pass     pass          // of the attempt under way
}

type tripKey struct{}

func withTrip(ctx context.Context) (context.Context, *trip) {
	t := &trip{}
	return context.WithValue(ctx, tripKey{}, t), t
}

// tripOf returns the request's trip; one that nobody made gets one that nobody reads.
func tripOf(ctx context.Context) *trip {
	if t, ok := ctx.Value(tripKey{}).(*trip); ok {
		return t
	}
	return &trip{}
}
