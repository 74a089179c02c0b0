package faire

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// ErrReadOnly says that a write was refused by this client, before anything was sent, because it was made with Options.ReadOnly.
var ErrReadOnly = errors.New("this run may only read from Faire")

// ErrCursorLoop and ErrTooManyPages say why a walk was given up: Faire handed out a cursor it had given before, or no end came
// within Options.MaxPages.
var (
	ErrCursorLoop   = errors.New("Faire repeated a cursor")
	ErrTooManyPages = errors.New("Faire's list does not end")
)

var (
	errNotSent  = errors.New("nothing was sent")
	errTooLarge = errors.New("Faire's answer is too large")
)

// Error is a request that did not end well. A write ended in one of three ways: Definite (Faire said no and did nothing), Unknown
// (it may or may not have happened), or neither (it never reached Faire: nothing was sent, or a redirect was the answer).
type Error struct {
	Status    int    // of the last answer; 0: there was none
	Method    string // GET, POST, PATCH, DELETE
	Path      string // with {placeholders}, as contract §2 writes it; never with a query
	Message   string // Faire's, cleaned of control characters; of a 404 the bare id or SKU (contract §12.2)
	Localized string // the same in the brand's language; for people, never to decide by
	Field     string // the field Faire names, if any
	Entities  []string
	Attempts  int           // made in all
	After     time.Duration // what Faire asked us to wait; 0: it did not say

	code    string
	subject string
	ids     []string
	unknown bool
	passing bool
	oauth   bool // it went with the pair of OAuth headers
	cause   error
}

// Error is one sentence with method, path, ids, status and Faire's words. It holds no secret and no query.
func (e *Error) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s", e.Method, e.Path)
	if len(e.ids) > 0 {
		fmt.Fprintf(&text, " (%s)", strings.Join(e.ids, ", "))
	}
	switch {
	case e.code == CodeMalformed || e.code == CodeNotJSON || e.code == CodeTooLarge:
		text.WriteString(": Faire's answer cannot be used")
	case e.code == CodeBlockedAtEdge:
		fmt.Fprintf(&text, ": refused with status %d before it reached Faire", e.Status)
	case e.Status != 0:
		fmt.Fprintf(&text, ": Faire answered %d", e.Status)
		if name := http.StatusText(e.Status); name != "" {
			text.WriteString(" " + name)
		}
	case errors.Is(e.cause, errNotSent): // says so itself
	case e.code == CodeReadOnly || e.code == CodeInvalidRequest:
		text.WriteString(": not sent")
	default:
		text.WriteString(": no answer from Faire")
	}
	if said := e.Said(); said != "" {
		text.WriteString(": " + said)
	}
	if e.cause != nil {
		text.WriteString(": " + tidy(e.cause.Error()))
	}
	if e.Attempts > 1 {
		fmt.Fprintf(&text, " (after %d attempts)", e.Attempts)
	}
	return text.String()
}

// Unwrap returns what lies beneath: a context's error, ErrReadOnly, a network error; nil after an answer.
func (e *Error) Unwrap() error { return e.cause }

// Said is Faire's own words for people: the message, else the localised one; blank if it said nothing.
func (e *Error) Said() string {
	if e.Message != "" {
		return e.Message
	}
	return e.Localized
}

// Code is a stable small string of the register in codes.go, found by status and message pattern, never by localised text.
func (e *Error) Code() string { return e.code }

// Subject is what the refusal is about: the id or SKU of a 404, the taxonomy id, the "Color:Marron" or the SKU a message names, the
// entity Faire names, else the last id of the path; blank if none of these is there.
func (e *Error) Subject() string { return e.subject }

// Temporary says that the same request may work later: 408, 429, most 5xx, network errors and timeouts, but not an interrupt.
func (e *Error) Temporary() bool { return e.passing }

// Definite says that Faire refused with a 4xx and the write did not happen, in none of its attempts. It is false when an earlier
// attempt ended without a clear answer.
func (e *Error) Definite() bool {
	return e.Status >= 400 && e.Status < 500 && e.Status != http.StatusRequestTimeout && !e.unknown
}

// Unknown says that a write may or may not have happened: it broke off after it was sent, was answered with 5xx or with something
// unreadable. It is settled by replaying the identical request, then reading (design §5). Always false for reads.
func (e *Error) Unknown() bool { return e.unknown }

// Hint says what to do; it may be empty.
func (e *Error) Hint() string {
	if e.code == CodeRateLimited && e.After > 0 {
		return fmt.Sprintf("Faire asks to wait %s; run again after that, or lower faire.pace", e.After.Round(time.Second))
	}
	if e.code == CodeUnauthorized && e.oauth {
		return oauthHint(e.Said())
	}
	return hint(e.code)
}

// oauthHint says which of the two OAuth credentials is wrong, where Faire's words tell; how it words a 401 is not public.
func oauthHint(said string) string {
	application, access := aboutApplication.MatchString(said), aboutAccessToken.MatchString(said)
	switch {
	case application && !access:
		return "check faire.oauth.application_id and faire.oauth.application_secret: they are those of the application the access token was made for"
	case access && !application:
		return "check faire.oauth.access_token: it may have been revoked; connect the application to the brand again"
	}
	return "check faire.oauth: Faire does not say whether application_id and application_secret are wrong, or access_token, or whether they belong together"
}

var (
	aboutApplication = regexp.MustCompile(`(?i)\bapp(?:lication)?[ _-]?(?:credentials?|id|secret)\b|X-FAIRE-APP-CREDENTIALS`)
	aboutAccessToken = regexp.MustCompile(`(?i)\baccess[ _-]?token\b|X-FAIRE-OAUTH-ACCESS-TOKEN`)
)

// failed makes the error of a request that got no answer.
func (c *Client) failed(ctx context.Context, q call, t *trip, err error) *Error {
	if ended := ctx.Err(); ended != nil && !errors.Is(err, ended) {
		err = fmt.Errorf("%w: %w", ended, err) // a cause somebody set: errors.Is with context.Canceled must still hold
	}
	e := &Error{Method: q.method, Path: q.path, ids: q.ids, Attempts: t.attempts, unknown: q.write() && t.doubt, cause: c.safe(err)}
	e.subject = last(q.ids)
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, ErrReadOnly):
		e.code = CodeReadOnly
	case errors.Is(err, errTooLarge):
		e.code = CodeTooLarge
	case ctx.Err() != nil, t.attempts == 0:
		e.code = CodeCancelled
	case errors.As(err, &timeout) && timeout.Timeout():
		e.code, e.passing = CodeTimeout, true
	default:
		e.code, e.passing = CodeNetwork, true
	}
	return e
}

// refused makes the error of an answer that is not 2xx.
func (c *Client) refused(q call, t *trip, status int, h http.Header, body []byte) *Error {
	e := &Error{Status: status, oauth: c.oauth, Method: q.method, Path: q.path, ids: q.ids, Attempts: t.attempts, After: t.after, unknown: q.write() && t.doubt}
	said := decodeError(body, c.redact)
	if status < 400 { // the page that comes with a redirect says nothing; where it points to does
		said.message = "redirected"
		if to, err := url.Parse(h.Get("Location")); err == nil && to.Host != "" {
			said.message = tidy(c.redact.clean("redirected to " + to.Host))
		}
	}
	e.Message, e.Localized, e.Field, e.Entities = said.message, said.localized, said.field, said.entities
	e.code, e.subject = classify(status, blocked(status, h, said), said)
	if e.subject == "" {
		e.subject = last(q.ids)
	}
	e.passing = status == http.StatusRequestTimeout || passing(status) ||
		status > 500 && status != http.StatusNotImplemented && status != http.StatusHTTPVersionNotSupported
	return e
}

// blocked tells the edge's refusal from Faire's: a challenge header, or an HTML page with 403 (contract §1.1).
func blocked(status int, h http.Header, said said) bool {
	return h.Get("Cf-Mitigated") != "" || status == http.StatusForbidden && said.html
}

func last(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return ids[len(ids)-1]
}
