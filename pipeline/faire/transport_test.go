package faire_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/faire"
)

func TestReadOnly(t *testing.T) {
	s := serve(t, says(200, productBody("p_1")))
	o := options(s.URL)
	o.ReadOnly = true
	c := connect(t, o)
	body := json.RawMessage(`{"idempotence_token":"x"}`)
	writes := map[string]func() error{
		"CreateProduct":      func() error { _, err := c.CreateProduct(t.Context(), body); return err },
		"UpdateProduct":      func() error { _, err := c.UpdateProduct(t.Context(), "p_1", body); return err },
		"CreateVariant":      func() error { _, err := c.CreateVariant(t.Context(), "p_1", body); return err },
		"UpdateVariant":      func() error { _, err := c.UpdateVariant(t.Context(), "p_1", "po_1", body); return err },
		"SetOptionSets":      func() error { _, err := c.SetOptionSets(t.Context(), "p_1", body); return err },
		"SetInventory":       func() error { _, err := c.SetInventory(t.Context(), body); return err },
		"SetPrices":          func() error { _, err := c.SetPrices(t.Context(), body); return err },
		"DeleteProductImage": func() error { return c.DeleteProductImage(t.Context(), "p_1", "i_1") },
		"DeleteVariantImage": func() error { return c.DeleteVariantImage(t.Context(), "p_1", "po_1", "i_1") },
	}
	for name, write := range writes {
		err := write()
		e := failure(t, err)
		if !errors.Is(err, faire.ErrReadOnly) || e.Code() != faire.CodeReadOnly || e.Unknown() || e.Definite() || e.Hint() == "" {
			t.Errorf("%s: %v, code %s, unknown %t", name, err, e.Code(), e.Unknown())
		}
	}
	if len(s.requests()) != 0 || c.Counts() != (faire.Counts{}) {
		t.Fatalf("a read-only client sent %v", s.requests())
	}
	if _, err := c.Product(t.Context(), "p_1"); err != nil {
		t.Errorf("reading: %v", err)
	}
}

// TestRedirects: never on a write; on a read only to the same scheme and host, so that the token does not leave.
func TestRedirects(t *testing.T) {
	elsewhere := serve(t, says(200, productBody("p_1")))
	to := func(address string, status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, address, status) }
	}
	read := func(ctx context.Context, c *faire.Client) error { _, err := c.Product(ctx, "p_1"); return err }
	write := func(ctx context.Context, c *faire.Client) error {
		_, err := c.UpdateProduct(ctx, "p_1", json.RawMessage(`{"name":"x"}`))
		return err
	}
	tests := map[string]struct {
		call     func(context.Context, *faire.Client) error
		answers  []http.HandlerFunc
		requests int
		ok       bool
	}{
		"read, same host":       {read, []http.HandlerFunc{to("/elsewhere", 301), says(200, productBody("p_1"))}, 2, true},
		"read, other host":      {read, []http.HandlerFunc{to(elsewhere.URL, 302)}, 1, false},
		"read, other scheme":    {read, []http.HandlerFunc{func(w http.ResponseWriter, r *http.Request) { to("https://"+r.Host+"/x", 302)(w, r) }}, 1, false},
		"read, for ever":        {read, []http.HandlerFunc{to("/again", 302)}, 6, false},
		"write, same host 301":  {write, []http.HandlerFunc{to("/elsewhere", 301), says(200, productBody("p_1"))}, 1, false},
		"write, same host 307":  {write, []http.HandlerFunc{to("/elsewhere", 307), says(200, productBody("p_1"))}, 1, false},
		"write, other host 308": {write, []http.HandlerFunc{to(elsewhere.URL, 308)}, 1, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := serve(t, test.answers...)
			err := test.call(t.Context(), connect(t, options(s.URL)))
			if test.ok != (err == nil) {
				t.Errorf("error %v", err)
			}
			if !test.ok {
				if e := failure(t, err); e.Code() != faire.CodeRedirected || e.Unknown() || e.Temporary() {
					t.Errorf("%v: code %s, unknown %t, temporary %t", e, e.Code(), e.Unknown(), e.Temporary())
				}
			}
			if len(s.requests()) != test.requests {
				t.Errorf("requests %v, want %d", s.requests(), test.requests)
			}
			for i, h := range s.headers {
				if h.Get("X-FAIRE-ACCESS-TOKEN") != token {
					t.Errorf("request %d went without token", i)
				}
			}
		})
	}
	if len(elsewhere.requests()) != 0 {
		t.Errorf("another host was called: %v", elsewhere.requests())
	}
}

func TestAnswerTooLarge(t *testing.T) {
	s := serve(t, says(200, productBody("p_1")+strings.Repeat(" ", 1000)))
	o := options(s.URL)
	o.MaxBody = 500
	c := connect(t, o)
	_, err := c.Product(t.Context(), "p_1")
	if e := failure(t, err); e.Code() != faire.CodeTooLarge || e.Unknown() || e.Temporary() {
		t.Errorf("%v: code %s", e, e.Code())
	}
	_, err = c.UpdateProduct(t.Context(), "p_1", json.RawMessage(`{}`))
	if e := failure(t, err); e.Code() != faire.CodeTooLarge || !e.Unknown() {
		t.Errorf("%v: code %s, unknown %t", e, e.Code(), e.Unknown())
	}
	if len(s.requests()) != 2 {
		t.Errorf("%d requests, want 2: asking again does not make it smaller", len(s.requests()))
	}
}

// TestRealNetwork goes through the transport New makes when none is given: TLS, a dropped connection, nobody there, a proxy.
func TestRealNetwork(t *testing.T) {
	drop := func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_ = conn.Close()
	}
	update := func(t *testing.T, o faire.Options) error {
		_, err := connect(t, o).UpdateProduct(t.Context(), "p_1", json.RawMessage(`{"name":"x"}`))
		return err
	}
	t.Run("dropped once", func(t *testing.T) {
		s := serve(t, drop, says(200, productBody("p_1")))
		if err := update(t, options(s.URL)); err != nil {
			t.Fatal(err)
		}
		want := request{Method: "PATCH", Path: "/external-api/v2/products/p_1", Body: `{"name":"x"}`}
		if diff := cmp.Diff([]request{want, want}, s.requests()); diff != "" {
			t.Errorf("the body is sent whole again (-want +got):\n%s", diff)
		}
	})
	t.Run("dropped always", func(t *testing.T) {
		s := serve(t, drop)
		e := failure(t, update(t, options(s.URL)))
		if e.Code() != faire.CodeNetwork || !e.Unknown() || e.Definite() || !e.Temporary() || e.Attempts != 5 || strings.Contains(e.Error(), s.URL) {
			t.Errorf("%v: code %s, unknown %t, attempts %d", e, e.Code(), e.Unknown(), e.Attempts)
		}
	})
	t.Run("broken off in the answer", func(t *testing.T) {
		cut := func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte(`{"id":`))
		}
		s := serve(t, cut, says(200, productBody("p_1")))
		if err := update(t, options(s.URL)); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("nobody there", func(t *testing.T) {
		s := httptest.NewServer(http.NotFoundHandler())
		s.Close()
		o := options(s.URL)
		c := connect(t, o)
		_, err := c.UpdateProduct(t.Context(), "p_1", json.RawMessage(`{}`))
		e := failure(t, err)
		if e.Code() != faire.CodeNetwork || e.Unknown() || e.Definite() || !e.Temporary() || e.Status != 0 {
			t.Errorf("%v: code %s, unknown %t", e, e.Code(), e.Unknown())
		}
		if got := c.Counts(); got.Writes != 0 {
			t.Errorf("counts %+v: nothing left this machine", got)
		}
	})
	t.Run("unknown certificate", func(t *testing.T) {
		s := httptest.NewUnstartedServer(http.NotFoundHandler())
		s.Config.ErrorLog = log.New(io.Discard, "", 0) // it would report the handshake we want to fail
		s.StartTLS()
		t.Cleanup(s.Close)
		e := failure(t, update(t, options(s.URL)))
		if e.Code() != faire.CodeNetwork || e.Unknown() || e.Attempts != 1 {
			t.Errorf("%v: code %s, unknown %t, attempts %d; want one attempt and nothing sent", e, e.Code(), e.Unknown(), e.Attempts)
		}
	})
	t.Run("proxy", func(t *testing.T) {
		proxy := serve(t, says(200, productBody("p_1")))
		o := options("http://localhost:1")
		o.Proxy = func(*http.Request) (*url.URL, error) { return url.Parse(proxy.URL) }
		if err := update(t, o); err != nil {
			t.Fatal(err)
		}
	})
}
