// Package openapi holds requests to Faire against a description of its API in OpenAPI 3.0, for tests: Faire's own where it is at
// hand, else the sandbox's. Both describe no more than they name, so it is stricter than OpenAPI asks: a member or a query parameter
// that the description does not know is a slip of ours that Faire would silently ignore.
package openapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
)

// Base is where the API lies, on Faire and in the sandbox. Requests elsewhere are not looked at.
const Base = "/external-api/v2"

// Document is a description of the API.
type Document struct {
	name   string
	router routers.Router
}

// Load reads a description. The error wraps fs.ErrNotExist where there is none.
func Load(file string) (*Document, error) {
	loader := openapi3.NewLoader()
	document, err := loader.LoadFromFile(file)
	if err != nil {
		return nil, fmt.Errorf("description of the API: %w", err)
	}
	closed := map[*openapi3.Schema]bool{}
	for _, path := range document.Paths.Map() {
		for _, operation := range path.Operations() {
			if operation.RequestBody == nil || operation.RequestBody.Value == nil {
				continue
			}
			for _, media := range operation.RequestBody.Value.Content {
				closeSchema(media.Schema, closed)
			}
		}
	}
	document.Servers = openapi3.Servers{{URL: Base}}
	router, err := legacy.NewRouter(document)
	if err != nil {
		return nil, fmt.Errorf("description of the API %s: %w", file, err)
	}
	return &Document{name: file, router: router}, nil
}

// closeSchema forbids the members that a schema does not name, in every object below it.
func closeSchema(ref *openapi3.SchemaRef, closed map[*openapi3.Schema]bool) {
	if ref == nil || ref.Value == nil || closed[ref.Value] {
		return
	}
	schema := ref.Value
	closed[schema] = true
	gather(schema)
	if len(schema.Properties) > 0 && schema.AdditionalProperties.Schema == nil {
		schema.AdditionalProperties.Has = new(bool)
	}
	for _, property := range schema.Properties {
		closeSchema(property, closed)
	}
	closeSchema(schema.Items, closed)
	closeSchema(schema.AdditionalProperties.Schema, closed)
	for _, part := range slices.Concat(schema.AnyOf, schema.OneOf) {
		closeSchema(part, closed)
	}
}

// gather gives a schema that is put together of several (allOf) the properties of all of them, so that it can be closed as a whole.
// The parts stay open here, as each knows its own alone.
func gather(schema *openapi3.Schema) {
	for i, part := range schema.AllOf {
		if part.Value == nil {
			continue
		}
		open := *part.Value
		gather(&open)
		open.AdditionalProperties = openapi3.AdditionalProperties{Schema: open.AdditionalProperties.Schema}
		schema.AllOf[i] = &openapi3.SchemaRef{Value: &open}
		for name, property := range open.Properties {
			if schema.Properties[name] == nil {
				schema.Properties = maps.Clone(schema.Properties)
				if schema.Properties == nil {
					schema.Properties = openapi3.Schemas{}
				}
				schema.Properties[name] = property
			}
		}
	}
}

// Check says which operation a request is, as "PATCH /products/{product_id}", and what is wrong with it.
func (d *Document) Check(r *http.Request, body []byte) (operation string, violations []string) {
	r = r.Clone(context.WithoutCancel(r.Context()))
	r.URL.Scheme, r.URL.Host = "", "" // the path is described, whoever serves it
	r.Body = io.NopCloser(bytes.NewReader(body))
	route, vars, err := d.router.FindRoute(r)
	if err != nil {
		return "", []string{fmt.Sprintf("%s %s: %v", r.Method, r.URL.Path, err)}
	}
	operation = r.Method + " " + strings.TrimPrefix(route.Path, Base)
	wrong := func(format string, args ...any) {
		violations = append(violations, operation+": "+fmt.Sprintf(format, args...))
	}
	query := r.URL.Query()
	for name := range query {
		if route.Operation.Parameters.GetByInAndName(openapi3.ParameterInQuery, name) == nil {
			wrong("the query parameter %q is not described", name)
		}
	}
	if len(body) > 0 && route.Operation.RequestBody == nil {
		wrong("no body is described, this has one of %d bytes", len(body))
	}
	input := &openapi3filter.RequestValidationInput{Request: r, PathParams: vars, QueryParams: query, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, MultiError: true}}
	var list openapi3.MultiError
	if err := openapi3filter.ValidateRequest(r.Context(), input); errors.As(err, &list) {
		for _, one := range list {
			wrong("%s", oneLine(one))
		}
	} else if err != nil {
		wrong("%s", oneLine(err))
	}
	slices.Sort(violations)
	return operation, violations
}

// oneLine is an error without the schema and the value that the library prints below it.
func oneLine(err error) string {
	var in *openapi3.SchemaError
	if errors.As(err, &in) {
		for below := in; errors.As(in.Origin, &below); { // the part of a schema that does not match says more
			in = below
		}
		return fmt.Sprintf("%s: %s", strings.Join(in.JSONPointer(), "."), in.Reason)
	}
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// Watcher is a handler that holds every request to the API against descriptions before it hands it on. It may be used by many
// goroutines.
type Watcher struct {
	next      http.Handler
	documents []*Document

	mu         sync.Mutex
	operations map[string]int
	violations []string
}

// Watch stands before a handler, the sandbox as a rule.
func Watch(next http.Handler, documents ...*Document) *Watcher {
	return &Watcher{next: next, documents: documents, operations: map[string]int{}}
}

// ServeHTTP implements http.Handler.
func (w *Watcher) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, Base+"/") {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler) // the client broke off
		}
		w.look(r, body)
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	w.next.ServeHTTP(out, r)
}

func (w *Watcher) look(r *http.Request, body []byte) {
	for i, d := range w.documents {
		operation, violations := d.Check(r, body)
		w.mu.Lock()
		if i == 0 && operation != "" {
			w.operations[operation]++
		}
		for _, text := range violations {
			w.violations = append(w.violations, d.name+": "+text)
		}
		w.mu.Unlock()
	}
}

// Operations counts the requests by what the first description calls them.
func (w *Watcher) Operations() map[string]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	counts := make(map[string]int, len(w.operations))
	for operation, n := range w.operations {
		counts[operation] = n
	}
	return counts
}

// Violations are what was wrong with the requests so far, sorted.
func (w *Watcher) Violations() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Sorted(slices.Values(w.violations))
}
