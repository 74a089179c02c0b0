package apparelmagic

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
)

const (
	tries       = 5                // the first request and waits of 1, 2, 4 and 8 s (contract §1.6)
	firstWait   = time.Second      // doubled each time
	longestWait = 5 * time.Minute  // a Retry-After beyond this ends the run instead
	timeout     = 60 * time.Second // for one request with its body
	inFlight    = 2                // requests at a time (contract §1.6)
	bodyLimit   = 256 << 20        // bytes; a page of 1000 products is some MB
	hidable     = 8                // a shorter token is not searched for in pages: it would match by chance
)

// client asks for pages: it paces, retries, and turns every answer into a page or an *Error.
type client struct {
	source  string // name, for messages
	base    *url.URL
	token   string
	http    *http.Client
	account *account
	now     func() time.Time
	jitter  func() float64
	log     *slog.Logger
}

func newClient(base *url.URL, options Options) *client {
	transport := options.Transport
	if transport == nil {
		transport = http.DefaultTransport
	}
	perSecond := options.Settings.RequestsPerSecond
	if perSecond == 0 {
		perSecond = defaultRate
	}
	return &client{
		source: options.Settings.Name,
		base:   base,
		token:  options.Token,
		http: &http.Client{
			Transport: transport,
			// A redirect would carry the token, which is part of the address, to where nobody meant it to go.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		account: options.Pool.account(base, options.Token, perSecond),
		now:     options.Now,
		jitter:  options.Jitter,
		log:     options.Logger,
	}
}

// page gives one page: asked for, or what another source of the same pool was answered.
func (c *client) page(ctx context.Context, endpoint string, query url.Values) (page, error) {
	got, err := c.account.shared(ctx, endpoint+"?"+query.Encode(), func() (page, error) { return c.ask(ctx, endpoint, query) })
	if failure, ok := err.(*Error); ok && failure.Source != c.source { //nolint:errorlint // the very failure another source was told
		own := *failure
		own.Source = c.source
		return page{}, &own
	}
	if err != nil && errors.Is(err, ctx.Err()) {
		return page{}, fmt.Errorf("source %s: %s: %w", c.source, endpoint, ctx.Err())
	}
	return got, err
}

// ask asks for one page until it has it, or until the decision table (contract §1.3) says to stop.
func (c *client) ask(ctx context.Context, endpoint string, query url.Values) (page, error) {
	asked, withoutPage := 0, 0
	answer, err := backoff.Retry(ctx, func() (page, error) {
		asked++
		got, err := c.once(ctx, endpoint, query)
		var failure *Error
		switch {
		case err == nil:
			return got, nil
		case !errors.As(err, &failure): // no turn before the deadline
			return page{}, backoff.Permanent(err)
		case failure.class == classNoPage:
			withoutPage++
		}
		return page{}, failure.retryable(withoutPage)
	},
		backoff.WithBackOff(&schedule{jitter: c.jitter}),
		backoff.WithMaxTries(tries),
		backoff.WithMaxElapsedTime(0),
		backoff.WithNotify(func(err error, wait time.Duration) {
			c.log.WarnContext(ctx, "asking again", "source", c.source, "endpoint", endpoint, "why", err.Error(), "wait", wait)
		}))
	if err == nil {
		return answer, nil
	}
	if ctx.Err() != nil {
		return page{}, fmt.Errorf("source %s: %s: %w", c.source, endpoint, ctx.Err())
	}
	var failure *Error
	if !errors.As(err, &failure) {
		return page{}, fmt.Errorf("source %s: %s: %w", c.source, endpoint, err) // the deadline leaves no time for a turn
	}
	counted := *failure
	if asked > 1 {
		counted.Message += fmt.Sprintf(" (asked %d times)", asked)
	}
	return page{}, &counted
}

// once sends one request and judges the answer. An error that is no *Error is that of a turn which did not come.
func (c *client) once(ctx context.Context, endpoint string, query url.Values) (page, error) {
	fail := func(class class, status int, message string, args ...any) (page, error) {
		return page{}, &Error{Source: c.source, Endpoint: endpoint, Status: status, Message: fmt.Sprintf(message, args...), class: class}
	}
	answered, err := c.send(ctx, endpoint, query, c.token)
	if err != nil {
		return page{}, err
	}
	status, body := answered.status, answered.body
	if class, bad := classify(status); bad {
		return page{}, &Error{Source: c.source, Endpoint: endpoint, Status: status, class: class, wait: answered.wait,
			Message: fmt.Sprintf("answered %d%s%s", status, meaning(class), c.told(body))}
	}
	if answered.broke != nil {
		return page{}, answered.broke
	}
	if len(body) > bodyLimit {
		return fail(classPermanent, status, "answered with more than %d MB; lower sources[].page_size", bodyLimit>>20)
	}
	if len(c.token) >= hidable {
		body = bytes.ReplaceAll(body, []byte(c.token), []byte("[token]"))
	}
	got, err := parsePage(body)
	var refused *refusal
	switch {
	case errors.As(err, &refused):
		return fail(classRefused, status, "answered with an error: %s", c.foreign(refused.Error()))
	case err != nil:
		return fail(classNoPage, status, "answered 200 with something that is no page of records: %s", err)
	}
	return got, nil
}

// answered is what came back, whatever it was.
type answered struct {
	status      int
	contentType string
	wait        time.Duration // what Retry-After asked for
	body        []byte        // as far as it came
	broke       *Error        // the body broke off; nil: it is whole
}

// send waits for its turn and sends one request. The token and the time travel in the query (contract §1.2); nothing here prints a
// URL.
func (c *client) send(ctx context.Context, endpoint string, query url.Values, token string) (answered, error) {
	done, err := c.account.turn(ctx)
	if err != nil {
		return answered{}, err
	}
	defer done()
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	fail := func(class class, status int, cause error, message string, args ...any) *Error {
		return &Error{Source: c.source, Endpoint: endpoint, Status: status, Message: fmt.Sprintf(message, args...), class: class, cause: sentinel(cause)}
	}
	values := url.Values{"time": {strconv.FormatInt(c.now().Unix(), 10)}, "token": {token}}
	for name, list := range query {
		values[name] = list
	}
	address := c.base.JoinPath(endpoint)
	address.RawQuery = values.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return answered{}, fail(classPermanent, 0, nil, "cannot be asked for: the address is not usable")
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "fairesync") // one client reports that requests without are refused (contract §1.1)
	response, err := c.http.Do(request)
	if err != nil {
		return answered{}, fail(classNetwork, 0, err, "could not be read: %s", c.reason(err))
	}
	defer func() { _ = response.Body.Close() }()
	made := answered{status: response.StatusCode, contentType: response.Header.Get("Content-Type"), wait: retryAfter(response.Header.Get("Retry-After"), c.now())}
	made.body, err = io.ReadAll(io.LimitReader(response.Body, bodyLimit+1))
	if err != nil {
		made.broke = fail(classNetwork, response.StatusCode, err, "broke off in the middle of a page: %s", c.reason(err))
	}
	return made, nil
}

// classify gives the row of the decision table for a status; a 200 is not bad by itself.
func classify(status int) (class, bool) {
	switch {
	case status == http.StatusOK:
		return 0, false
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return classCredential, true
	case status == http.StatusTooManyRequests:
		return classBusy, true
	case status == http.StatusRequestTimeout || status >= 500:
		return classServer, true
	default:
		return classPermanent, true
	}
}

func meaning(class class) string {
	switch class {
	case classCredential:
		return ": the token is not accepted"
	case classBusy:
		return ": too many requests"
	default:
		return ""
	}
}

// told is what the server says about a failure: meta.errors when there are any. HTML is not shown to people.
func (c *client) told(body []byte) string {
	var refused *refusal
	if _, err := parsePage(body); errors.As(err, &refused) {
		return ": " + c.foreign(refused.Error())
	}
	return ""
}

// reason says why there was no answer, without the address that net/http puts in front.
func (c *client) reason(err error) string {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("no whole answer in %s", timeout)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was closed early"
	}
	return c.foreign(err.Error())
}

// foreign makes a text from elsewhere fit for a message.
func (c *client) foreign(text string) string { return plain(redact(text, c.token)) }

// retryAfter reads the header in both of its forms; 0 when it is absent, past or unreadable.
func retryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	if seconds, err := strconv.ParseUint(header, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}

// schedule waits 1, 2, 4, 8 s, each up to a quarter longer (contract §1.6).
type schedule struct {
	jitter func() float64
	wait   time.Duration
}

// NextBackOff is the wait before the next try.
func (s *schedule) NextBackOff() time.Duration {
	if s.wait == 0 {
		s.wait = firstWait
	} else {
		s.wait *= 2
	}
	return s.wait + time.Duration(s.jitter()*float64(s.wait)/4)
}

// Reset starts again at one second.
func (s *schedule) Reset() { s.wait = 0 }
