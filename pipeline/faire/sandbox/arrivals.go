package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// Arrival is one request to the API: when it came and what became of it. In their order they show how many writes a second came,
// what came twice, and what was still under way when something else began.
type Arrival struct {
	At      time.Time `json:"at"` // by Options.Now
	Method  string    `json:"method"`
	Path    string    `json:"path"`    // relative to /external-api/v2, ids as they are, without the query
	Pattern string    `json:"pattern"` // as in Effects.Requests; empty for an unknown path
	Token   string    `json:"token"`   // idempotence_token of the body, of a product or of a variant alone
	Body    string    `json:"body"`    // first 16 hex digits of the SHA-256 of the body; empty without one
	Status  int       `json:"status"`  // of the answer; 0: the connection was dropped, or the answer is not out yet
	Done    bool      `json:"done"`    // carried out, whether or not the answer got out
	Fault   string    `json:"fault"`   // what went wrong on purpose, in the words of Random.Chances
}

// arrived notes a request; what becomes of it is filled in later. The lock is held.
func (e *effects) arrived(r *http.Request, pattern string, body []byte, now time.Time) *Arrival {
	a := &Arrival{At: now.UTC(), Method: r.Method, Path: strings.TrimPrefix(r.URL.Path, apiBase), Pattern: pattern}
	if len(body) > 0 {
		sum := sha256.Sum256(body)
		a.Body = hex.EncodeToString(sum[:8])
		var tokened struct {
			Token string `json:"idempotence_token"`
		}
		if json.Unmarshal(body, &tokened) == nil { // what is no such object has no token
			a.Token = tokened.Token
		}
	}
	e.arrivals = append(e.arrivals, a)
	return a
}

// Arrivals lists the requests to the API since the server began or the effects were reset, in the order they came.
func (s *Server) Arrivals() []Arrival {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Arrival, 0, len(s.effects.arrivals))
	for _, a := range s.effects.arrivals {
		list = append(list, *a)
	}
	return list
}

// statusWriter tells the status of an answer before it leaves, so that whoever has the answer finds it noted.
type statusWriter struct {
	http.ResponseWriter
	told func(status int)
}

// WriteHeader implements http.ResponseWriter.
func (w *statusWriter) WriteHeader(status int) {
	w.told(status)
	w.ResponseWriter.WriteHeader(status)
}
