package faire_test

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"fairesync/pipeline/faire"
	"fairesync/pipeline/faire/sandbox"
)

// TestOAuthAlone speaks to a Faire that takes applications only, and wants to hear which of the two credentials is wrong where Faire says so.
func TestOAuthAlone(t *testing.T) {
	right := faire.OAuth{ApplicationID: "apa_luma", ApplicationSecret: "application-secret", AccessToken: "oauth-access-token"}
	for name, test := range map[string]struct {
		change func(*faire.Options)
		silent bool   // Faire does not say which
		hint   string // blank: it works
	}{
		"right":                    {change: func(*faire.Options) {}},
		"wrong access token":       {change: func(o *faire.Options) { o.OAuth.AccessToken = "another-access-token" }, hint: "check faire.oauth.access_token:"},
		"wrong application secret": {change: func(o *faire.Options) { o.OAuth.ApplicationSecret = "another-secret" }, hint: "check faire.oauth.application_id and faire.oauth.application_secret:"},
		"wrong, nobody says what":  {change: func(o *faire.Options) { o.OAuth.AccessToken = "another-access-token" }, silent: true, hint: "check faire.oauth: Faire does not say"},
		"a brand token":            {change: func(o *faire.Options) { o.OAuth, o.Token = faire.OAuth{}, "oauth-access-token" }, hint: "check faire.token:"},
	} {
		t.Run(name, func(t *testing.T) {
			switches := sandbox.DefaultSwitches()
			switches.BrandTokens, switches.NamesCredential = false, !test.silent
			server := httptest.NewServer(sandbox.New(sandbox.Options{Token: "oauth-access-token", Application: "apa_luma:application-secret", Switches: &switches}))
			defer server.Close()
			options := faire.Options{BaseURL: server.URL + "/external-api/v2", OAuth: right, Now: time.Now}
			test.change(&options)
			client, err := faire.New(options)
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			_, err = client.Profile(t.Context())
			var refused *faire.Error
			switch {
			case test.hint == "" && err != nil:
				t.Errorf("Profile = %v", err)
			case test.hint == "":
			case !errors.As(err, &refused) || refused.Code() != faire.CodeUnauthorized || !strings.HasPrefix(refused.Hint(), test.hint):
				t.Errorf("Profile = %v, want the hint %q", err, test.hint)
			case strings.Contains(err.Error()+refused.Hint(), "another-"):
				t.Errorf("a secret is shown: %v", err)
			}
		})
	}
}
