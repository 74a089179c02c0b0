package faire

import (
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// DefaultUserAgent is sent when Options.UserAgent is blank. Faire's edge refuses the names HTTP libraries send (contract §1.1).
const DefaultUserAgent = "fairesync/1.0 (catalogue sync for Faire brands)"

// Options says which Faire, as whom, and how fast. Zero values take the defaults named at the fields, except BaseURL, one of the
// two credentials and Now, which must be given.
type Options struct {
	BaseURL   string // https on any host, http on a loopback host only; with the path, such as …/external-api/v2
	Token     Secret // brand token (contract §1.2); exactly one of Token and OAuth is set
	OAuth     OAuth  // application credentials with an access token (contract §1.3)
	UserAgent string // default DefaultUserAgent

	ReadOnly bool // every method but GET is refused before anything is sent: a dry run cannot write
	Pace     Pace
	Retry    Retry
	Timeouts Timeouts
	MaxPages int   // pages after which a walk is given up as endless; default 20,000
	MaxBody  int64 // bytes of an answer; default 256 MiB

	Now       func() time.Time                      // for dates in Retry-After and durations in the log; required
	Jitter    func() float64                        // in [0, 1), spreads retries; calls are serialised; nil: no spread
	Logger    *slog.Logger                          // one debug line per request, one info line per change of pace; nil: none
	Proxy     func(*http.Request) (*url.URL, error) // nil: no proxy; not used with Transport
	Transport http.RoundTripper                     // for tests; nil: the network
}

// OAuth is the pair of headers of contract §1.3.
type OAuth struct {
	ApplicationID     string // apa_…
	ApplicationSecret Secret
	AccessToken       Secret
}

// Pace limits requests. Faire publishes no number (contract §13), so the defaults are guessed to be safe. Reads and writes have
// buckets of their own; a negative rate means no limit. Every attempt counts, retries too. A 429 halves the rate of its bucket, down
// to a sixteenth, or takes an unlimited one down to 100 a second; every ten answers without one give some of it back.
type Pace struct {
	WritesPerSecond float64 // default 1
	Burst           int     // requests that may go at once after a pause, in each bucket; default 5
	ReadsPerSecond  float64 // default 4
	InFlight        int     // requests under way at one time; default 4
}

// Retry says how often and how long a request is tried: after 429, 500, 502, 503, 504 and network errors. Waits double from First
// to Longest, each between half and one and a half times that by Jitter; a Retry-After of Faire's goes before them.
type Retry struct {
	Attempts int           // in all, the first one included; default 5
	First    time.Duration // default 500 ms
	Longest  time.Duration // default 30 s
	Total    time.Duration // no attempt begins later than this after the first; default 3 min
}

// Timeouts bound waiting.
type Timeouts struct {
	Connect time.Duration // default 15 s
	Attempt time.Duration // one attempt, from connecting to the last byte of the answer; default 60 s
}

// OptionError says which option New refuses, and why. It never holds the option's value when that could be a secret.
type OptionError struct {
	Option string // field of Options
	Why    string
	Next   string // what to do; may be empty
}

// Error is one sentence.
func (e *OptionError) Error() string {
	return fmt.Sprintf("the connection to Faire is not usable: %s %s", e.Option, e.Why)
}

// Hint says what to do.
func (e *OptionError) Hint() string { return e.Next }

// withDefaults fills in what is zero.
func (o Options) withDefaults() Options {
	o.UserAgent = or(o.UserAgent, DefaultUserAgent)
	o.Pace.WritesPerSecond = or(o.Pace.WritesPerSecond, 1)
	o.Pace.Burst = or(max(o.Pace.Burst, 0), 5)
	o.Pace.ReadsPerSecond = or(o.Pace.ReadsPerSecond, 4)
	o.Pace.InFlight = or(max(o.Pace.InFlight, 0), 4)
	o.Retry.Attempts = or(max(o.Retry.Attempts, 0), 5)
	o.Retry.First = or(max(o.Retry.First, 0), 500*time.Millisecond)
	o.Retry.Longest = or(max(o.Retry.Longest, 0), 30*time.Second)
	o.Retry.Total = or(max(o.Retry.Total, 0), 3*time.Minute)
	o.Timeouts.Connect = or(max(o.Timeouts.Connect, 0), 15*time.Second)
	o.Timeouts.Attempt = or(max(o.Timeouts.Attempt, 0), time.Minute)
	o.MaxPages = or(max(o.MaxPages, 0), 20_000)
	o.MaxBody = or(max(o.MaxBody, 0), 256<<20)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Jitter == nil {
		o.Jitter = func() float64 { return 0.5 }
	}
	return o
}

func or[T comparable](value, otherwise T) T {
	var zero T
	if value == zero {
		return otherwise
	}
	return value
}

// base checks BaseURL and returns it without a slash at its end.
func (o Options) base() (*url.URL, error) {
	refuse := func(why, next string) (*url.URL, error) {
		return nil, &OptionError{Option: "BaseURL", Why: why, Next: next}
	}
	const example = "set faire.url to https://www.faire.com/external-api/v2"
	u, err := url.Parse(o.BaseURL)
	if err != nil || u.Host == "" || u.Opaque != "" {
		return refuse("is no web address", example) // the text may hold a password, so it is not quoted
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	switch {
	case u.User != nil:
		return refuse("holds a user name", "take the part before @ out of faire.url; credentials go into faire.token")
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return refuse("holds a query or fragment", example)
	case u.Scheme != "https" && u.Scheme != "http":
		return refuse("begins with neither https nor http", example)
	case u.Scheme == "http" && !loopback(host):
		return refuse("is plain http on a host that is not this machine", "use https; http is for a sandbox on 127.0.0.1 only")
	case host == "faire.com":
		return refuse("names faire.com without www, which answers writes with a redirect that loses their body",
			"use www.faire.com: https://www.faire.com/external-api/v2")
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: strings.TrimRight(u.Path, "/")}, nil
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// credentials returns the headers that prove who we are, and every text in them that must never be printed.
func (o Options) credentials() (http.Header, []string, error) {
	refuse := func(option, why, next string) (http.Header, []string, error) {
		return nil, nil, &OptionError{Option: option, Why: why, Next: next}
	}
	const portal = "make a token in Faire's Brand Portal under Settings, Integrations, and name its variable or file in faire.token"
	oauth := o.OAuth != (OAuth{})
	switch {
	case o.Token != "" && oauth:
		return refuse("Token", "and OAuth are both set", "keep one of faire.token and faire.oauth")
	case o.Token == "" && !oauth:
		return refuse("Token", "is blank", portal)
	case strings.HasPrefix(string(o.Token), "apa_"):
		return refuse("Token", "is an application id (apa_…), which Faire does not take for a token", portal)
	case !printable(string(o.Token)):
		return refuse("Token", "holds a blank or a character no header can carry", portal)
	case o.Token != "":
		return http.Header{"X-Faire-Access-Token": {string(o.Token)}}, []string{string(o.Token)}, nil
	}
	a := o.OAuth
	switch {
	case a.ApplicationID == "" || a.ApplicationSecret == "" || a.AccessToken == "":
		return refuse("OAuth", "lacks one of application id, application secret and access token", "give all three under faire.oauth")
	case strings.Contains(a.ApplicationID, ":"):
		return refuse("OAuth.ApplicationID", "holds a colon", "copy the application id (apa_…) as Faire shows it")
	case !printable(a.ApplicationID), !printable(string(a.ApplicationSecret)), !printable(string(a.AccessToken)):
		return refuse("OAuth", "holds a blank or a character no header can carry", "copy the three values as Faire shows them")
	}
	pair := base64.StdEncoding.EncodeToString([]byte(a.ApplicationID + ":" + string(a.ApplicationSecret)))
	return http.Header{"X-Faire-App-Credentials": {pair}, "X-Faire-Oauth-Access-Token": {string(a.AccessToken)}},
		[]string{pair, string(a.ApplicationSecret), string(a.AccessToken)}, nil
}

func printable(text string) bool {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}
