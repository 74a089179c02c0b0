package sandbox

import (
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
)

// The scopes of catalogue work (contract §1.4). That the price endpoints want WRITE_PRODUCTS is a guess.
const (
	scopeReadProducts     = "READ_PRODUCTS"
	scopeWriteProducts    = "WRITE_PRODUCTS"
	scopeReadBrand        = "READ_BRAND"
	scopeReadInventories  = "READ_INVENTORIES"
	scopeWriteInventories = "WRITE_INVENTORIES"
)

// knownScope reports whether Faire knows a scope (contract §1.4).
func knownScope(scope string) bool {
	return slices.Contains([]string{
		scopeReadProducts, scopeWriteProducts, scopeReadBrand, scopeReadInventories, scopeWriteInventories,
		"READ_ORDERS", "WRITE_ORDERS", "READ_RETAILER", "READ_SHIPMENTS", "READ_REVIEWS",
	}, scope)
}

// authenticate obeys T2 and T3: a brand token, or both OAuth headers. It gives the scopes of the token; nil means all.
func (s *Server) authenticate(header http.Header) ([]string, error) {
	if token := header.Get("X-Faire-Access-Token"); token != "" {
		// An application id is not a token (contract §1.2).
		if strings.HasPrefix(token, "apa_") || !s.accepts(token) || !s.switches.BrandTokens {
			return nil, unauthorized()
		}
		return s.switches.Scopes, nil
	}
	access, credentials := header.Get("X-Faire-Oauth-Access-Token"), header.Get("X-Faire-App-Credentials")
	if access == "" || credentials == "" {
		return nil, unauthorized()
	}
	if s.switches.CheckAppCredentials && !appCredentials(credentials) || s.application != "" && !equal(credentials, base64.StdEncoding.EncodeToString([]byte(s.application))) {
		return nil, s.wrongCredential("Invalid application credentials")
	}
	if scopes, issued := s.grants[access]; issued {
		return scopes, nil
	}
	if !s.accepts(access) {
		return nil, s.wrongCredential("Invalid OAuth access token")
	}
	return s.switches.Scopes, nil
}

// wrongCredential is a 401 that says which of two headers is wrong, if Switches.NamesCredential says so.
func (s *Server) wrongCredential(message string) error {
	if s.switches.NamesCredential {
		return &refusal{status: http.StatusUnauthorized, message: message}
	}
	return unauthorized()
}

// accepts compares in constant time; with no token fixed, any will do.
func (s *Server) accepts(token string) bool {
	return s.token == "" || equal(token, s.token)
}

func equal(given, wanted string) bool {
	return subtle.ConstantTimeCompare([]byte(given), []byte(wanted)) == 1
}

// appCredentials reports whether text is base64 of id:secret, neither of them empty (rule T3).
func appCredentials(text string) bool {
	plain, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return false
	}
	id, secret, found := strings.Cut(string(plain), ":")
	return found && id != "" && secret != ""
}

// checkScope obeys T5.
func (s *Server) checkScope(scopes []string, wanted string) error {
	if !s.switches.CheckScopes || scopes == nil || slices.Contains(scopes, wanted) {
		return nil
	}
	return &refusal{status: http.StatusForbidden, message: "Missing scope " + wanted}
}

// oauthBody holds the members of the token and revoke requests (contract §1.3).
type oauthBody struct {
	ApplicationToken  string   `json:"application_token"`
	ApplicationSecret string   `json:"application_secret"`
	RedirectURL       string   `json:"redirect_url"`
	Scope             []string `json:"scope"`
	GrantType         string   `json:"grant_type"`
	AuthorizationCode string   `json:"authorization_code"`
	AccessToken       string   `json:"access_token_o_auth"`
}

// serveOAuth is the token and the revoke endpoint (rule T1). There is no page where a user agrees, so any authorization code will do.
func (s *Server) serveOAuth(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, oauthBase)
	if path != "/token" && path != "/revoke" {
		writeError(w, missing(r.URL.Path))
		return
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		writeError(w, &refusal{status: http.StatusMethodNotAllowed, message: "Method Not Allowed"})
		return
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyMax))
	if err != nil {
		writeError(w, invalid("", "Request body could not be read"))
		return
	}
	var body oauthBody
	if err := json.Unmarshal(data, &body); err != nil {
		writeError(w, invalid("", "%s", jsonProblem(err)))
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	answer, err := s.grant, error(nil)
	if path == "/revoke" {
		answer = s.revoke
	}
	result, err := answer(body)
	if err != nil {
		writeError(w, err)
		return
	}
	writeJSON(w, http.StatusOK, result)
}

func (s *Server) grant(body oauthBody) (map[string]string, error) {
	if body.ApplicationToken == "" || body.ApplicationSecret == "" || body.RedirectURL == "" || body.AuthorizationCode == "" {
		return nil, invalid("", "application_token, application_secret, redirect_url and authorization_code are mandatory")
	}
	if body.GrantType != "AUTHORIZATION_CODE" {
		return nil, invalid("grant_type", "grant_type %q is not valid", body.GrantType)
	}
	for _, scope := range body.Scope {
		if !knownScope(scope) {
			return nil, invalid("scope", "scope.contains(null)")
		}
	}
	if len(s.grants) > 0 {
		return nil, invalid("", "Application is already installed via an active OAuth access token")
	}
	token := s.store.newID("oat_")
	s.grants[token] = append([]string{}, body.Scope...)
	return map[string]string{"access_token": token, "token_type": "BEARER"}, nil
}

func (s *Server) revoke(body oauthBody) (map[string]string, error) {
	if _, issued := s.grants[body.AccessToken]; !issued {
		return nil, unauthorized()
	}
	delete(s.grants, body.AccessToken)
	return map[string]string{"success": "true"}, nil
}
