package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"fairesync/pipeline/faire"
)

const (
	apiBase     = "/external-api/v2"
	oauthBase   = "/api/external-api-oauth2"
	controlBase = "/_sandbox"
	// bodyMax bounds a request to the API; Faire's own limit is not known (contract §13).
	bodyMax = 64 << 20
)

// Options say what a Server is made of; every zero value has a default.
type Options struct {
	// Token is the one brand token (or OAuth access token) that is accepted; empty accepts any that is not empty.
	Token string
	// Application is the one application, id:secret, whose credentials are accepted beside an OAuth access token; empty accepts any.
	Application string
	// Brand is the answer of GET /brands/profile; a blank field gets its default: b_sandbox001, Sandbox Brand, USD, en-US.
	Brand faire.WireProfile
	// Now is the clock; nil is a clock that stands at 2026-01-01T00:00:00Z, so that only writes move time on, by a millisecond each.
	Now func() time.Time
	// Seed picks the series of ids; the same seed and the same requests give the same ids.
	Seed uint64
	// Types is the taxonomy list of GET /products/types; nil is the made-up list of Types().
	Types []faire.WireType
	// Switches are the guessed and disputed rules; nil is DefaultSwitches(). They must pass Switches.Validate.
	Switches *Switches
	// Sleep waits for the latency of Faults; nil waits by a timer and ends early with the request's context.
	Sleep func(context.Context, time.Duration)
}

// Server is a Faire that forgets nothing until it is told to. It is an http.Handler and may be used by many goroutines.
type Server struct {
	token       string
	application string
	sleep       func(context.Context, time.Duration)
	routes      []route

	mu       sync.Mutex
	store    *store
	types    []faire.WireType // as listed
	custom   bool             // types were given by a State, which then shows them
	switches Switches
	faults   faults
	effects  effects
	grants   map[string][]string // OAuth access token → scopes
}

// New makes a sandbox with an empty catalogue. It panics when Options.Switches do not pass Switches.Validate; a caller that has them
// from outside validates them first, or uses SetSwitches.
func New(options Options) *Server {
	switches := DefaultSwitches()
	if options.Switches != nil {
		switches = options.Switches.clone()
	}
	if err := switches.Validate(); err != nil {
		panic("sandbox.New: " + err.Error())
	}
	now := options.Now
	if now == nil {
		start := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
		now = func() time.Time { return start }
	}
	s := &Server{
		token: options.Token, application: options.Application, sleep: options.Sleep, switches: switches, routes: routes(),
		store: newStore(withDefaults(options.Brand), options.Seed, now), grants: map[string][]string{},
	}
	if s.sleep == nil {
		s.sleep = sleepByTimer
	}
	types := options.Types
	if types == nil {
		types = Types()
	}
	s.setTypes(types)
	s.effects.reset()
	return s
}

func withDefaults(brand faire.WireProfile) faire.WireProfile {
	fill := func(text *string, value string) {
		if *text == "" {
			*text = value
		}
	}
	fill(&brand.BrandID, "b_sandbox001")
	fill(&brand.Name, "Sandbox Brand")
	fill(&brand.Currency, "USD")
	fill(&brand.Locale, "en-US")
	return brand
}

func sleepByTimer(ctx context.Context, wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// call is one request to the API, after routing.
type call struct {
	method  string
	pattern string
	vars    map[string]string
	query   url.Values
	header  http.Header
	body    []byte
}

// reply is what a handler answers; body nil is an empty body.
type reply struct {
	status int
	body   any
}

// route is one method of one path. Paths are relative to apiBase, {name} stands for one segment.
type route struct {
	method  string
	pattern string
	scope   string
	handle  func(*Server, *call) (reply, error)
}

// routes lists every endpoint that is served. Where two patterns fit a path, the earlier one is meant.
func routes() []route {
	const product, variant = "/products/{product_id}", "/products/{product_id}/variants/{variant_id}"
	return []route{
		{"GET", "/brands/profile", scopeReadBrand, (*Server).getProfile},
		{"GET", "/products/types", scopeReadProducts, (*Server).getTypes},
		{"GET", "/products", scopeReadProducts, (*Server).listProducts},
		{"POST", "/products", scopeWriteProducts, (*Server).createProduct},
		{"GET", product, scopeReadProducts, (*Server).getProduct},
		{"PATCH", product, scopeWriteProducts, (*Server).updateProduct},
		{"DELETE", product, scopeWriteProducts, (*Server).deleteProduct},
		{"DELETE", product + "/images/{image_id}", scopeWriteProducts, (*Server).deleteProductImage},
		{"PATCH", product + "/variant-option-sets", scopeWriteProducts, (*Server).replaceOptionSets},
		{"POST", product + "/variants", scopeWriteProducts, (*Server).createVariant},
		{"PATCH", variant, scopeWriteProducts, (*Server).updateVariant},
		{"DELETE", variant, scopeWriteProducts, (*Server).deleteVariant},
		{"DELETE", variant + "/images/{image_id}", scopeWriteProducts, (*Server).deleteVariantImage},
		{"GET", "/product-inventory/by-skus", scopeReadInventories, inventoryGetter(bySKU)},
		{"PATCH", "/product-inventory/by-skus", scopeWriteInventories, inventorySetter(bySKU)},
		{"GET", "/product-inventory/by-product-variant-ids", scopeReadInventories, inventoryGetter(byVariantID)},
		{"PATCH", "/product-inventory/by-product-variant-ids", scopeWriteInventories, inventorySetter(byVariantID)},
		{"PATCH", "/product-prices/by-skus", scopeWriteProducts, priceSetter(bySKU)},
		{"PATCH", "/product-prices/by-product-variant-ids", scopeWriteProducts, priceSetter(byVariantID)},
	}
}

// ServeHTTP answers as Faire would. A fault that drops the connection panics with http.ErrAbortHandler, as net/http wants it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	switch {
	case strings.HasPrefix(path, controlBase+"/"):
		s.serveControl(w, r)
	case strings.HasPrefix(path, apiBase+"/"):
		s.serveAPI(w, r)
	case strings.HasPrefix(path, oauthBase+"/"):
		s.serveOAuth(w, r)
	default:
		writeError(w, missing(path))
	}
}

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	matched, vars, allowed := s.match(r)
	write := r.Method != http.MethodGet && r.Method != http.MethodHead
	body, broken := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyMax))
	s.mu.Lock()
	now := s.store.now()
	s.effects.request(r.Method, matched.pattern, write)
	arrival := s.effects.arrived(r, matched.pattern, body, now)
	fault := s.faults.next(write, now)
	arrival.Fault = fault.kind
	switches := s.switches
	s.mu.Unlock()
	seen := &statusWriter{ResponseWriter: w, told: func(status int) {
		s.mu.Lock()
		defer s.mu.Unlock()
		arrival.Status = status
	}}

	if fault.latency > 0 {
		s.sleep(r.Context(), fault.latency)
	}
	if fault.kind == FaultReset {
		panic(http.ErrAbortHandler)
	}
	if atTheEdge(seen, r, switches) {
		return
	}
	if fault.status != 0 && fault.kind != Fault500After {
		fault.answer(seen)
		return
	}
	if broken != nil {
		writeError(seen, invalid("", "Request body could not be read"))
		return
	}
	c := &call{method: r.Method, pattern: matched.pattern, vars: vars, query: r.URL.Query(), header: r.Header, body: body}
	result, err := s.perform(matched, allowed, c, r.URL.Path, arrival)
	switch {
	case fault.kind == FaultLost:
		panic(http.ErrAbortHandler)
	case fault.kind == Fault500After:
		fault.answer(seen)
	case err != nil:
		if len(allowed) > 0 && matched.handle == nil {
			w.Header().Set("Allow", strings.Join(allowed, ", "))
		}
		writeError(seen, err)
	default:
		writeJSON(seen, result.status, result.body)
	}
}

// answer is what a fault says in place of the real answer.
func (f fault) answer(w http.ResponseWriter) {
	if f.kind == Fault403 {
		edgePage(w)
		return
	}
	if f.retryAfter != "" {
		w.Header().Set("Retry-After", f.retryAfter)
	}
	writeError(w, &refusal{status: f.status, message: http.StatusText(f.status)})
}

// perform decides on a request and carries it out, under the lock.
func (s *Server) perform(matched route, allowed []string, c *call, path string, arrival *Arrival) (reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	result, err := s.decide(matched, allowed, c, path)
	arrival.Done = err == nil
	var refused *refusal
	if errors.As(err, &refused) {
		s.effects.refuse(c.method, strings.TrimPrefix(path, apiBase), refused)
	}
	return result, err
}

func (s *Server) decide(matched route, allowed []string, c *call, path string) (reply, error) {
	scopes, err := s.authenticate(c.header)
	if err != nil {
		return reply{}, err
	}
	if matched.handle == nil { // rule T4
		if len(allowed) > 0 {
			return reply{}, &refusal{status: http.StatusMethodNotAllowed, message: "Method Not Allowed"}
		}
		return reply{}, missing(path)
	}
	if err := s.checkScope(scopes, matched.scope); err != nil {
		return reply{}, err
	}
	return matched.handle(s, c)
}

// match finds the route of a request. Without one it gives the methods the path does know, if it knows the path at all.
func (s *Server) match(r *http.Request) (route, map[string]string, []string) {
	segments := strings.Split(strings.TrimPrefix(r.URL.EscapedPath(), apiBase), "/")
	pattern, allowed := "", []string(nil)
	for _, candidate := range s.routes {
		vars, fits := fit(strings.Split(candidate.pattern, "/"), segments)
		if !fits || pattern != "" && candidate.pattern != pattern {
			continue
		}
		pattern = candidate.pattern
		if candidate.method == r.Method {
			return candidate, vars, nil
		}
		allowed = append(allowed, candidate.method)
	}
	return route{pattern: pattern}, nil, allowed
}

func fit(pattern, segments []string) (map[string]string, bool) {
	if len(pattern) != len(segments) {
		return nil, false
	}
	vars := map[string]string{}
	for i, part := range pattern {
		segment, err := url.PathUnescape(segments[i])
		switch {
		case err != nil:
			return nil, false
		case strings.HasPrefix(part, "{") && segment != "":
			vars[strings.Trim(part, "{}")] = segment
		case part != segment:
			return nil, false
		}
	}
	return vars, true
}

// atTheEdge answers for what stands in front of Faire: the bare host's redirect (rule T10) and the bot page (rule T9).
func atTheEdge(w http.ResponseWriter, r *http.Request, switches Switches) bool {
	if switches.RedirectBareHost && !strings.HasPrefix(r.Host, "www.") {
		target := url.URL{Scheme: "https", Host: "www." + r.Host, Path: r.URL.Path, RawQuery: r.URL.RawQuery}
		w.Header().Set("Location", target.String())
		w.WriteHeader(http.StatusMovedPermanently)
		return true
	}
	if switches.EdgeBlocks && libraryAgent(r.UserAgent()) {
		edgePage(w)
		return true
	}
	return false
}

// edgePage is the page that Faire's edge answers to what it takes for a bot.
func edgePage(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	w.Header().Set("Cf-Mitigated", "challenge")
	w.WriteHeader(http.StatusForbidden)
	// The client may be gone; there is nobody to tell.
	_, _ = io.WriteString(w, "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>\n")
}

// libraryAgent reports whether a User-Agent is empty or one that an HTTP library sends of itself.
func libraryAgent(agent string) bool {
	agent = strings.ToLower(agent)
	for _, library := range []string{"go-http-client", "python-requests", "python-urllib", "curl/", "wget/", "okhttp", "axios", "node-fetch", "java/"} {
		if strings.HasPrefix(agent, library) {
			return true
		}
	}
	return agent == ""
}

func writeError(w http.ResponseWriter, err error) {
	var refused *refusal
	if !errors.As(err, &refused) {
		refused = &refusal{status: http.StatusInternalServerError, message: err.Error()}
	}
	writeJSON(w, refused.status, refused.body())
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	if body == nil {
		w.WriteHeader(status)
		return
	}
	data, err := encode(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// The client may be gone; there is nobody to tell.
	_, _ = w.Write(data)
}

// encode writes JSON without turning & into an escape, so that URLs stay readable.
func encode(body any) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		return nil, fmt.Errorf("encode answer: %w", err)
	}
	return buffer.Bytes(), nil
}

func (s *Server) getProfile(*call) (reply, error) {
	return reply{http.StatusOK, s.store.brand}, nil
}

func (s *Server) getTypes(*call) (reply, error) {
	return reply{http.StatusOK, faire.WireTypes{TaxonomyTypes: s.types}}, nil
}

// setTypes replaces the taxonomy list.
func (s *Server) setTypes(types []faire.WireType) {
	names := make(map[string]string, len(types))
	for _, entry := range types {
		names[entry.ID] = entry.Name
	}
	s.types, s.store.types = types, names
}
