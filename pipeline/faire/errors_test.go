package faire_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/faire"
)

// failure returns the *faire.Error of an error, which must be there.
func failure(t *testing.T, err error) *faire.Error {
	t.Helper()
	var e *faire.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v (%T), want a *faire.Error", err, err)
	}
	if strings.Contains(e.Error()+e.Hint()+e.Message+e.Localized, token) {
		t.Fatalf("the error holds the token: %v", e)
	}
	return e
}

// answered sends one update and returns the error of this answer.
func answered(t *testing.T, status int, header http.Header, body string) *faire.Error {
	t.Helper()
	o := options("http://127.0.0.1:1")
	o.Retry.Attempts = 1
	o.Transport = tripper(func(*http.Request) (*http.Response, error) { return answer(status, header, body), nil })
	_, err := connect(t, o).UpdateProduct(t.Context(), "p_1", json.RawMessage(`{"name":"x"}`))
	return failure(t, err)
}

// tripper is a transport made of a function.
type tripper func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answer(status int, header http.Header, body string) *http.Response {
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body))}
}

// TestCodes has one line for every trigger of contract §12.3 that concerns a catalogue, and for every status of §12.1.
func TestCodes(t *testing.T) {
	message := func(text string) string {
		body, err := json.Marshal(faire.WireError{StatusCode: 400, StatusType: "Bad Request", Message: text})
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	tests := []struct {
		status        int
		header        http.Header
		body          string
		code, subject string
		temporary     bool
		definite      bool
		unknown       bool
	}{
		{status: 400, body: message("Taxonomy type id tt_nope is not valid"), code: "taxonomy_invalid", subject: "tt_nope", definite: true},
		{status: 400, body: message("Color:Marron is not one of the values for Color"), code: "option_value_unknown", subject: "Color:Marron", definite: true},
		{status: 400, body: message("Product variant options cannot be changed."), code: "options_fixed", subject: "p_1", definite: true},
		{status: 400, body: message("Duplicate variants with same options"), code: "duplicate_options", subject: "p_1", definite: true},
		{status: 400, body: message("Invalid product variant IDs"), code: "variant_unknown", subject: "p_1", definite: true},
		{status: 400, body: message("A product with multiple variants must have options"), code: "options_missing", subject: "p_1", definite: true},
		{status: 400, body: message("All variants must have consistent prices for different countries"), code: "price_geographies_differ", subject: "p_1", definite: true},
		{status: 400, body: message("You cannot change the currencies or geographic regions for a single variant's prices"), code: "price_geographies_fixed", subject: "p_1", definite: true},
		{status: 400, body: message("Cannot delete variant: PRODUCT_NEEDS_AT_LEAST_ONE_OPTION"), code: "last_variant", subject: "p_1", definite: true},
		{status: 400, body: message("product field 'sale_state' is read-only"), code: "sale_state_read_only", subject: "p_1", definite: true},
		{status: 400, body: message("PUBLISHED_PRODUCT_NEEDS_AT_LEAST_ONE_IMAGE"), code: "image_missing", subject: "p_1", definite: true},
		{status: 400, body: message("Attempted to update image [i_1] with 2 main images"), code: "two_heroes", subject: "p_1", definite: true},
		{status: 400, body: message("A per style minimum needs unit_multiplier 1 and minimum_order_quantity 0"), code: "per_style_minimum", subject: "p_1", definite: true},
		{status: 400, body: message("unit multiplier is mandatory for products"), code: "unit_multiplier", subject: "p_1", definite: true},
		{status: 400, body: message("limit must be within [10, 250]"), code: "limit", subject: "p_1", definite: true},
		{status: 400, body: message("Skus match multiple product variations: TEE 1"), code: "sku_ambiguous", subject: "TEE 1", definite: true},
		{status: 400, body: message("idempotence_token is required"), code: "token_missing", subject: "p_1", definite: true},
		{status: 400, body: message("short_description must have at most 75 characters"), code: "short_description", subject: "p_1", definite: true},
		{status: 400, body: message("gtin 123 is invalid"), code: "gtin", subject: "p_1", definite: true},
		{status: 400, body: message("retail price must be between 1.25 and 10 times the wholesale price"), code: "ratio", subject: "p_1", definite: true},
		// French words decide nothing; the name of the field does, in any language.
		{status: 400, body: message("Tentative de mise à jour de l'image avec 2 images principales"), code: "refused", subject: "p_1", definite: true},
		{status: 400, body: `{"message":"","localized_message":"PUBLISHED_PRODUCT_NEEDS_AT_LEAST_ONE_IMAGE"}`, code: "refused", subject: "p_1", definite: true},
		{status: 400, body: `{"message":"Valeur invalide","field":"variants[0].gtin","entity_tokens":["po_7"]}`, code: "gtin", subject: "po_7", definite: true},
		{status: 422, body: message("whatever"), code: "refused", subject: "p_1", definite: true},

		{status: 401, body: `{"status_code":401,"status_type":"Unauthorized","message":"Unauthorized"}`, code: "unauthorized", subject: "p_1", definite: true},
		{status: 403, body: `{"status_code":403,"message":"scope"}`, code: "forbidden", subject: "p_1", definite: true},
		{status: 403, body: ``, code: "forbidden", subject: "p_1", definite: true},
		{status: 403, body: "<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>", code: "blocked_at_edge", subject: "p_1", definite: true},
		{status: 403, body: `{}`, header: http.Header{"Cf-Mitigated": {"challenge"}}, code: "blocked_at_edge", subject: "p_1", definite: true},
		{status: 404, body: `{"status_code":404,"status_type":"Not Found","message":"p_9t2phgs4kt","entity_tokens":[]}`, code: "not_found", subject: "p_9t2phgs4kt", definite: true},
		{status: 404, body: message("TEE BLUE"), code: "not_found", subject: "TEE BLUE", definite: true},
		{status: 404, body: `{"status_type":"Not Found","message":"Not Found"}`, code: "not_found", subject: "p_1", definite: true},
		{status: 404, body: "<html>", code: "not_found", subject: "p_1", definite: true},
		{status: 405, body: `not json`, code: "method_not_allowed", subject: "p_1", definite: true},
		{status: 408, body: ``, code: "server", subject: "p_1", temporary: true, unknown: true},
		{status: 429, body: `<html>`, code: "rate_limited", subject: "p_1", temporary: true, definite: true},
		{status: 500, body: `[1,2]`, code: "server", subject: "p_1", temporary: true, unknown: true},
		{status: 501, body: ``, code: "server", subject: "p_1", unknown: true},
		{status: 503, body: "\xff\xfe", code: "server", subject: "p_1", temporary: true, unknown: true},
		{status: 301, header: http.Header{"Location": {"https://www.faire.com/x"}}, code: "redirected", subject: "p_1"},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%d %s", test.status, test.body), func(t *testing.T) {
			e := answered(t, test.status, test.header, test.body)
			got, want := test, test
			got.code, got.subject, got.temporary, got.definite, got.unknown = e.Code(), e.Subject(), e.Temporary(), e.Definite(), e.Unknown()
			if got.code != want.code || got.subject != want.subject || got.temporary != want.temporary || got.definite != want.definite || got.unknown != want.unknown {
				t.Errorf("got code %q subject %q temporary %t definite %t unknown %t\nwant code %q subject %q temporary %t definite %t unknown %t\nof %v",
					got.code, got.subject, got.temporary, got.definite, got.unknown, want.code, want.subject, want.temporary, want.definite, want.unknown, e)
			}
			if e.Status != test.status {
				t.Errorf("status %d", e.Status)
			}
		})
	}
}

func TestErrorSentences(t *testing.T) {
	tests := []struct {
		status           int
		header           http.Header
		body, want, hint string
	}{
		{
			status: 400, body: `{"message":"Taxonomy type id tt_x\n is not valid","localized_message":"Le type est faux"}`,
			want: "PATCH /products/{product_id} (p_1): Faire answered 400 Bad Request: Taxonomy type id tt_x is not valid",
			hint: "choose a type of Faire's present list in the taxonomy rules",
		},
		{
			status: 400, body: `{"localized_message":"Le type est faux\u001b[31m"}`,
			want: "PATCH /products/{product_id} (p_1): Faire answered 400 Bad Request: Le type est faux [31m",
		},
		{
			status: 403, body: "<html><title>Just a moment&hellip;</title>",
			want: "PATCH /products/{product_id} (p_1): refused with status 403 before it reached Faire: a web page, “Just a moment…”",
			hint: "Faire's front door took this program for a robot: wait, try from another network, or ask Faire's support to let it through",
		},
		{
			status: 429, header: http.Header{"Retry-After": {"7"}},
			want: "PATCH /products/{product_id} (p_1): Faire answered 429 Too Many Requests",
			hint: "Faire asks to wait 7s; run again after that, or lower faire.pace",
		},
		{
			status: 302, header: http.Header{"Location": {"https://www.faire.com/external-api/v2/products/p_1?x=y"}},
			want: "PATCH /products/{product_id} (p_1): Faire answered 302 Found: redirected to www.faire.com",
			hint: "check faire.url: it must be https://www.faire.com/external-api/v2, with www",
		},
		{
			status: 401, body: `{"message":"wrong token ` + token + `"}`,
			want: "PATCH /products/{product_id} (p_1): Faire answered 401 Unauthorized: wrong token [secret]",
			hint: "check faire.token: make a new one in Faire's Brand Portal under Settings, Integrations; an application id (apa_…) is no token",
		},
	}
	for _, test := range tests {
		e := answered(t, test.status, test.header, test.body)
		if diff := cmp.Diff([]string{test.want, test.hint}, []string{e.Error(), e.Hint()}); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// TestSecretsStayInside echoes the token in every place an answer or error has, and looks at all that comes out.
func TestSecretsStayInside(t *testing.T) {
	var logged bytes.Buffer
	long := strings.Repeat("x", 480) // a cut at 500 characters must not leave half of the token
	answers := []func() (*http.Response, error){
		func() (*http.Response, error) {
			return answer(400, nil, `{"message":"`+long+token+`","localized_message":"`+token+`","field":"`+token+`","entity_tokens":["`+token+`"],"status_type":"`+token+`"}`), nil
		},
		func() (*http.Response, error) { return answer(403, nil, "<html><title>"+token+"</title>"), nil },
		func() (*http.Response, error) { return answer(418, nil, long+token), nil },
		func() (*http.Response, error) {
			return answer(302, http.Header{"Location": {"https://" + token + ".example/"}}, ""), nil
		},
		func() (*http.Response, error) { return answer(200, nil, `{"id":"`+token+`"}`), nil },
		func() (*http.Response, error) { return answer(200, nil, `{"id":"p_1","updated_at":"`+token+`"}`), nil },
		func() (*http.Response, error) { return nil, fmt.Errorf("malformed HTTP response %q", token) },
	}
	for i, next := range answers {
		o := options("http://127.0.0.1:1")
		o.Retry.Attempts = 1
		o.Logger = slog.New(slog.NewJSONHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
		o.Transport = tripper(func(*http.Request) (*http.Response, error) { return next() })
		c := connect(t, o)
		_, err := c.UpdateProduct(t.Context(), "p_1", json.RawMessage(`{}`))
		e := failure(t, err)
		for unwrapped := error(e); unwrapped != nil; unwrapped = errors.Unwrap(unwrapped) {
			if strings.Contains(unwrapped.Error(), token[:12]) {
				t.Errorf("answer %d: the error holds the token: %v", i, unwrapped)
			}
		}
		for _, text := range []string{fmt.Sprintf("%+v %#v", e.Entities, e), e.Subject(), e.Field, c.String(), fmt.Sprintf("%v %+v %#v %s %q %x %d", o, o, o, o.Token, o.Token, o.Token, o.Token)} {
			if strings.Contains(text, token[:12]) {
				t.Errorf("answer %d: %s holds the token", i, text)
			}
		}
	}
	if strings.Contains(logged.String(), token[:12]) {
		t.Errorf("the log holds the token:\n%s", logged.String())
	}
	marshalled, err := json.Marshal(faire.OAuth{ApplicationSecret: token, AccessToken: token})
	if err != nil || strings.Contains(string(marshalled), token) {
		t.Errorf("marshalled %s, %v", marshalled, err)
	}
}

func TestLog(t *testing.T) {
	var logged bytes.Buffer
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	o := options("http://127.0.0.1:1")
	o.Now = func() time.Time { now = now.Add(time.Second); return now }
	o.Logger = slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}}))
	o.Transport = tripper(func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodGet {
			return answer(200, nil, productBody("p_1")), nil
		}
		return answer(404, nil, `{"message":"p_1"}`), nil
	})
	c := connect(t, o)
	if _, err := c.Product(t.Context(), "p_1"); err != nil {
		t.Fatal(err)
	}
	_ = failure(t, c.DeleteProductImage(t.Context(), "p_1", "i_1"))
	want := `level=DEBUG msg="faire request" method=GET path=/products/{product_id} status=200 duration=1s attempts=1 error=""
level=DEBUG msg="faire request" method=DELETE path=/products/{product_id}/images/{image_id} status=404 duration=1s attempts=1 error="DELETE /products/{product_id}/images/{image_id} (p_1, i_1): Faire answered 404 Not Found: p_1"
`
	if diff := cmp.Diff(want, logged.String()); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
}

// FuzzErrorBody: whatever Faire or its edge answers, the error is one clean line, and never says that a write with a 5xx is settled.
func FuzzErrorBody(f *testing.F) {
	for _, body := range []string{
		"", "null", "[]", `"text"`, "{", `{"message":null,"entity_tokens":null}`, `{"message":{"a":1},"entity_tokens":[1,"x",null]}`,
		`{"status_code":"404","status_type":"Not Found","message":"p_9t2phgs4kt","entity_tokens":[]}`, "<html><title>\x00a\nb</title>",
		"<!-- x --><!doctype html>", "\xff\xfe", `{"message":"` + token + `"}`, `{"message":"Skus match multiple product variations: "}`,
	} {
		for _, status := range []int{302, 400, 403, 404, 429, 503} {
			f.Add(status, []byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		if status < 300 || status > 599 {
			return
		}
		e := answered(t, status, nil, string(body))
		for _, text := range []string{e.Error(), e.Subject(), e.Said(), e.Field} {
			if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) || utf8.RuneCountInString(text) > 700 {
				t.Errorf("unclean: %q", text)
			}
		}
		if e.Code() == "" || e.Definite() == (e.Unknown() || status < 400) {
			t.Errorf("status %d: code %q, definite %t, unknown %t", status, e.Code(), e.Definite(), e.Unknown())
		}
	})
}

func TestCancelledBeforeSending(t *testing.T) {
	s := serve(t, says(200, "{}"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := connect(t, options(s.URL))
	_, err := c.UpdateProduct(ctx, "p_1", json.RawMessage(`{}`))
	e := failure(t, err)
	if e.Code() != faire.CodeCancelled || e.Unknown() || e.Definite() || e.Temporary() || !errors.Is(err, context.Canceled) {
		t.Errorf("%v: code %s, unknown %t", e, e.Code(), e.Unknown())
	}
	if len(s.requests()) != 0 || c.Counts() != (faire.Counts{}) {
		t.Errorf("sent %v", s.requests())
	}
}
