package apparelmagic

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// class is what an answer means for the walk: the rows of the decision table (contract §1.3).
type class int

const (
	classCredential class = iota // 401, 403: stop the run
	classPermanent               // 400, 404, 422 and what the table does not name: this call will never work
	classRefused                 // 200 with meta.errors: this call failed, its rows are no page
	classNoPage                  // 200 that is no JSON, or JSON without records: retried once
	classBusy                    // 429
	classServer                  // 5xx
	classNetwork                 // timeout, reset, body cut short
)

// Error is an answer of ApparelMagic that ends the extraction. It never carries the token or the address.
type Error struct {
	Source   string // name of the source
	Endpoint string // products, inventory, …
	Status   int    // HTTP status; 0 when there was no answer
	Message  string // what was wrong, as a sentence without its subject

	class class
	wait  time.Duration // what Retry-After asked for; 0: nothing
	cause error         // context.Canceled, context.DeadlineExceeded or backoff's wish; nothing that could name a URL
}

func (e *Error) Error() string {
	return fmt.Sprintf("source %s: %s %s", e.Source, e.Endpoint, e.Message)
}

func (e *Error) Unwrap() error { return e.cause }

// Hint says what to do about it.
func (e *Error) Hint() string {
	switch e.class {
	case classCredential:
		return "make a token in ApparelMagic under Settings, API, Tokens, and put it where sources[].token of the configuration points"
	case classPermanent:
		return "check sources[].url of the configuration: it ends in /api/json and names your account"
	case classNoPage:
		return "ApparelMagic may be under maintenance, or sources[].url leads elsewhere; nothing was changed, run again later"
	case classBusy:
		return "lower sources[].requests_per_second, or run at another time; nothing was changed"
	default:
		return "nothing was changed; run again later"
	}
}

// retryable wraps an error for backoff: permanent ones end the retries, a 429 that names a time waits for that long.
func (e *Error) retryable(pages int) error {
	switch e.class {
	case classCredential, classPermanent, classRefused:
		return backoff.Permanent(e)
	case classNoPage:
		if pages > 1 {
			return backoff.Permanent(e)
		}
		return e
	case classBusy:
		if e.wait > longestWait {
			e.Message += fmt.Sprintf(" and asks to wait %s", e.wait)
			return backoff.Permanent(e)
		}
		if e.wait > 0 {
			waiting := *e
			waiting.cause = &backoff.RetryAfterError{Duration: e.wait}
			return &waiting
		}
	}
	return e
}

// fallsBack says whether a page asked for by cursor may be asked for by filter instead: some accounts answer a cursor with an
// error (contract §1.4, the contradiction).
func fallsBack(err error) bool {
	var answer *Error
	return errors.As(err, &answer) && (answer.class == classPermanent || answer.class == classRefused)
}

// SettingError is a setting that cannot work.
type SettingError struct{ what, next string }

func (e *SettingError) Error() string { return e.what }

// Hint says what to write instead.
func (e *SettingError) Hint() string { return e.next }

// sentinel keeps of a foreign error only what callers ask for; its text could hold the address, and with it the token.
func sentinel(err error) error {
	for _, known := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, known) {
			return known
		}
	}
	return nil
}

// redact takes the token out of a text from elsewhere, in every form it travels in.
func redact(text, token string) string {
	for _, form := range []string{token, url.QueryEscape(token), url.PathEscape(token)} {
		text = strings.ReplaceAll(text, form, "[token]")
	}
	return text
}

// plain makes a foreign text fit for a message: one line, no control characters, not too long.
func plain(text string) string {
	const most = 300
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f }), " ")
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
