package faire

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Client speaks to one brand's account on Faire. It is safe for concurrent use.
type Client struct {
	base     string // without a slash at its end
	http     *http.Client
	now      func() time.Time
	log      *slog.Logger
	redact   redactor
	maxPages int
	oauth    bool // the pair of OAuth headers is sent, not a brand token

	mu     sync.Mutex
	counts Counts
}

// Counts says what was asked of Faire so far. Writes is OK plus Refused plus Unknown.
type Counts struct {
	Reads   int // GET requests that left
	Writes  int // other requests that left; a request tried three times counts once
	OK      int // writes Faire answered with 2xx
	Refused int // writes of which Faire definitely did nothing
	Unknown int // writes that may or may not have happened
	Retries int // attempts beyond the first, of reads and writes

	Throttled int // attempts Faire answered with 429, of reads and writes
}

// New checks the options and returns a client; it calls nobody. Its errors are *OptionError.
func New(o Options) (*Client, error) {
	base, err := o.base()
	if err != nil {
		return nil, err
	}
	credentials, secrets, err := o.credentials()
	if err != nil {
		return nil, err
	}
	if o.Now == nil {
		return nil, &OptionError{Option: "Now", Why: "is missing"}
	}
	if !printable(strings.ReplaceAll(o.UserAgent, " ", "")) {
		return nil, &OptionError{Option: "UserAgent", Why: "holds a character no header can carry"}
	}
	o = o.withDefaults()
	return &Client{
		base:     base.String(),
		http:     &http.Client{Transport: chain(o, base, credentials), CheckRedirect: redirects},
		now:      o.Now,
		log:      o.Logger,
		redact:   newRedactor(secrets...),
		maxPages: o.MaxPages,
		oauth:    o.Token == "",
	}, nil
}

// Close lets go of idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Counts returns what was asked of Faire so far.
func (c *Client) Counts() Counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.counts
}

// call is one request. The ids fill the path's {placeholders} in turn; log and errors show the path only as it stands here.
type call struct {
	method string
	path   string
	ids    []string
	query  url.Values
	body   []byte // JSON; nil for GET and DELETE
}

func (q call) write() bool { return q.method != http.MethodGet }

// expanded is the path with its ids.
func (q call) expanded() string {
	var out strings.Builder
	rest, ids := q.path, q.ids
	for {
		before, after, found := strings.Cut(rest, "{")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		_, after, _ = strings.Cut(after, "}")
		out.WriteString(url.PathEscape(ids[0]))
		rest, ids = after, ids[1:]
	}
}

// reply is a 2xx answer.
type reply struct {
	status   int
	body     []byte
	attempts int
}

// do sends a request through the chain and returns a 2xx answer. Every other end is an *Error.
func (c *Client) do(ctx context.Context, q call) (reply, error) {
	ctx, t := withTrip(ctx)
	address := c.base + q.expanded()
	if len(q.query) > 0 {
		address += "?" + q.query.Encode()
	}
	var body io.Reader
	if q.body != nil {
		body = bytes.NewReader(q.body)
	}
	req, err := http.NewRequestWithContext(ctx, q.method, address, body)
	if err != nil {
		return reply{}, c.unsent(q, err)
	}
	req.Header.Set("Accept", "application/json")
	if q.body != nil { // left off on GET and DELETE: Faire has answered 415 to it (contract §1.1)
		req.Header.Set("Content-Type", "application/json")
	}

	began := c.now()
	status, answer, err := c.send(q, t, req)
	took := c.now().Sub(began)
	c.count(q, t, err)
	failed := ""
	if err != nil {
		failed = err.Error()
	}
	c.log.DebugContext(ctx, "faire request", "method", q.method, "path", q.path, "status", status, "duration", took, "attempts", t.attempts, "error", failed)
	return reply{status: status, body: answer, attempts: t.attempts}, err
}

// send returns the status (0: no answer) and, of a 2xx, the body.
func (c *Client) send(q call, t *trip, req *http.Request) (int, []byte, error) {
	resp, err := c.http.Do(req)
	if err != nil {
		var withURL *url.Error // its text repeats the address, ids and cursor included
		if errors.As(err, &withURL) {
			err = withURL.Err
		}
		return 0, nil, c.failed(req.Context(), q, t, err)
	}
	defer func() { _ = resp.Body.Close() }() // in memory: retrying has read it
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return resp.StatusCode, nil, c.failed(req.Context(), q, t, err)
	}
	if resp.StatusCode/100 == 2 {
		return resp.StatusCode, answer, nil
	}
	refused := c.refused(q, t, resp.StatusCode, resp.Header, answer)
	if q.method == http.MethodDelete && refused.Status == http.StatusNotFound && refused.unknown {
		return resp.StatusCode, nil, nil // an earlier attempt got through although its answer did not
	}
	return resp.StatusCode, nil, refused
}

// count books one finished request.
func (c *Client) count(q call, t *trip, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts.Retries += max(t.attempts-1, 0)
	c.counts.Throttled += t.tooMany
	if !t.left {
		return
	}
	if !q.write() {
		c.counts.Reads++
		return
	}
	c.counts.Writes++
	var failure *Error
	switch {
	case err == nil:
		c.counts.OK++
	case errors.As(err, &failure) && failure.unknown:
		c.counts.Unknown++
	default:
		c.counts.Refused++
	}
}

// stray makes the error of a 2xx answer that cannot be used: it is not what Faire documents. Of a write it leaves the outcome
// unknown, since 2xx says that something happened and the body does not say what.
func (c *Client) stray(q call, answer reply, why error) *Error {
	e := &Error{Status: answer.status, Attempts: answer.attempts, Method: q.method, Path: q.path, ids: q.ids, subject: last(q.ids),
		code: CodeMalformed, unknown: q.write(), cause: c.safe(why)}
	if page, ok := htmlTitle(answer.body, c.redact); ok {
		e.code, e.Message, e.cause = CodeNotJSON, page, nil
	}
	return e
}

// unsent makes the error of a request that is wrong before it is sent.
func (c *Client) unsent(q call, why error) *Error {
	return &Error{Method: q.method, Path: q.path, code: CodeInvalidRequest, cause: c.safe(why)}
}

// safe returns the error, or a copy of its text if that held a secret.
func (c *Client) safe(err error) error {
	text := err.Error()
	if clean := c.redact.clean(text); clean != text {
		return errors.New(clean)
	}
	return err
}

// String says which Faire this is, without credentials.
func (c *Client) String() string { return fmt.Sprintf("Faire at %s", c.base) }
