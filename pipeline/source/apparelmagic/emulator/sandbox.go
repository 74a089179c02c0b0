package emulator

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// stateLimit is the most a PUT may send, in bytes.
const stateLimit = 1 << 30

// serveSandbox answers /_sandbox/state, /_sandbox/switches and /_sandbox/effects; they need no token.
func (s *Server) serveSandbox(w http.ResponseWriter, r *http.Request, what string) {
	body := http.MaxBytesReader(w, r.Body, stateLimit)
	switch r.Method + " " + what {
	case "GET state":
		made(http.StatusOK, s.Account().filled()).send(w)
	case "PUT state":
		account, err := ReadAccount(body)
		if err != nil {
			refusal(http.StatusBadRequest, err.Error()).send(w)
			return
		}
		s.SetAccount(account)
		made(http.StatusOK, s.Account().filled()).send(w)
	case "GET switches":
		made(http.StatusOK, s.Switches()).send(w)
	case "PUT switches":
		switches, err := readSwitches(body)
		if err == nil {
			err = s.SetSwitches(switches)
		}
		if err != nil {
			refusal(http.StatusBadRequest, err.Error()).send(w)
			return
		}
		made(http.StatusOK, s.Switches()).send(w)
	case "GET effects":
		made(http.StatusOK, s.Effects()).send(w)
	default:
		refusal(http.StatusNotFound, "there are GET and PUT of /_sandbox/state and /_sandbox/switches, and GET of /_sandbox/effects").send(w)
	}
}

// filled gives lists without records as [], not null.
func (a Account) filled() Account {
	for _, list := range lists {
		if records := list.of(&a); *records == nil {
			*records = []Record{}
		}
	}
	return a
}

// RoundTripper answers requests from the server without a network, for tests, also under testing/synctest. A fault that closes
// the connection ends the body with io.ErrUnexpectedEOF, as net/http would.
func (s *Server) RoundTripper() http.RoundTripper { return roundTripper{s} }

type roundTripper struct{ server http.Handler }

func (t roundTripper) RoundTrip(request *http.Request) (response *http.Response, err error) {
	if err := request.Context().Err(); err != nil {
		return nil, err
	}
	answer := &memoryAnswer{header: http.Header{}}
	defer func() {
		var rest io.Reader = http.NoBody
		if thrown := recover(); thrown != nil {
			aborted, ok := thrown.(error)
			if !ok || !errors.Is(aborted, http.ErrAbortHandler) {
				response, err = nil, fmt.Errorf("the emulator failed: %v", thrown)
				return
			}
			rest = cutOff{}
		}
		response = &http.Response{
			StatusCode: answer.status, Status: http.StatusText(answer.status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
			Header: answer.header, ContentLength: -1, Request: request, Body: io.NopCloser(io.MultiReader(&answer.body, rest)),
		}
	}()
	served := request.Clone(request.Context())
	if served.Body == nil {
		served.Body = http.NoBody
	}
	t.server.ServeHTTP(answer, served)
	return response, nil
}

// memoryAnswer is a http.ResponseWriter that keeps what is written.
type memoryAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *memoryAnswer) Header() http.Header { return a.header }

func (a *memoryAnswer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *memoryAnswer) Write(data []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(data)
}

// cutOff is where a body broke off.
type cutOff struct{}

func (cutOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
