package faire_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fairesync/pipeline/faire"
)

func TestNew(t *testing.T) {
	good := faire.OAuth{ApplicationID: "apa_1", ApplicationSecret: "s", AccessToken: "t"}
	tests := []struct {
		name   string
		change func(*faire.Options)
		option string // blank: New takes it
	}{
		{"https", func(o *faire.Options) { o.BaseURL = "https://www.faire.com/external-api/v2" }, ""},
		{"a slash at the end", func(o *faire.Options) { o.BaseURL = "https://www.faire.com/external-api/v2/" }, ""},
		{"staging", func(o *faire.Options) { o.BaseURL = "https://www.faire-stage.com/external-api/v2" }, ""},
		{"http on 127.0.0.1", func(o *faire.Options) { o.BaseURL = "http://127.0.0.1:8790/external-api/v2" }, ""},
		{"http on localhost", func(o *faire.Options) { o.BaseURL = "http://localhost:8790/external-api/v2" }, ""},
		{"http on ::1", func(o *faire.Options) { o.BaseURL = "http://[::1]:8790/external-api/v2" }, ""},
		{"oauth", func(o *faire.Options) { o.Token, o.OAuth = "", good }, ""},
		{"http on a host", func(o *faire.Options) { o.BaseURL = "http://www.faire.com/external-api/v2" }, "BaseURL"},
		{"http on a host like loopback", func(o *faire.Options) { o.BaseURL = "http://127.0.0.1.example.com/" }, "BaseURL"},
		{"bare host", func(o *faire.Options) { o.BaseURL = "https://faire.com/external-api/v2" }, "BaseURL"},
		{"bare host in disguise", func(o *faire.Options) { o.BaseURL = "https://FAIRE.com.:443/external-api/v2" }, "BaseURL"},
		{"user name", func(o *faire.Options) { o.BaseURL = "https://me:" + token + "@www.faire.com/external-api/v2" }, "BaseURL"},
		{"unreadable with password", func(o *faire.Options) { o.BaseURL = "https://me:" + token + "@www.faire.com:x/external-api/v2" }, "BaseURL"},
		{"query", func(o *faire.Options) { o.BaseURL += "?token=" + token }, "BaseURL"},
		{"no scheme", func(o *faire.Options) { o.BaseURL = "www.faire.com/external-api/v2" }, "BaseURL"},
		{"other scheme", func(o *faire.Options) { o.BaseURL = "ftp://www.faire.com/external-api/v2" }, "BaseURL"},
		{"blank", func(o *faire.Options) { o.BaseURL = "" }, "BaseURL"},
		{"no credentials", func(o *faire.Options) { o.Token = "" }, "Token"},
		{"both credentials", func(o *faire.Options) { o.OAuth = good }, "Token"},
		{"application id for a token", func(o *faire.Options) { o.Token = "apa_0123456789" }, "Token"},
		{"token with line break", func(o *faire.Options) { o.Token = token + "\n" }, "Token"},
		{"half of oauth", func(o *faire.Options) { o.Token, o.OAuth = "", faire.OAuth{ApplicationID: "apa_1"} }, "OAuth"},
		{"colon in the application id", func(o *faire.Options) {
			o.Token, o.OAuth = "", faire.OAuth{ApplicationID: "a:b", ApplicationSecret: "s", AccessToken: "t"}
		}, "OAuth.ApplicationID"},
		{"oauth with blank", func(o *faire.Options) {
			o.Token, o.OAuth = "", faire.OAuth{ApplicationID: "a", ApplicationSecret: "s s", AccessToken: "t"}
		}, "OAuth"},
		{"no clock", func(o *faire.Options) { o.Now = nil }, "Now"},
		{"agent with line break", func(o *faire.Options) { o.UserAgent = "a\r\nX: y" }, "UserAgent"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := faire.Options{BaseURL: "https://www.faire.com/external-api/v2", Token: token, Now: time.Now}
			test.change(&o)
			_, err := faire.New(o)
			if test.option == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			var refused *faire.OptionError
			if !errors.As(err, &refused) || refused.Option != test.option {
				t.Fatalf("error %v, want one about %s", err, test.option)
			}
			if strings.Contains(err.Error()+refused.Hint(), token) {
				t.Errorf("the error holds the secret: %v", err)
			}
		})
	}
	_, err := faire.New(faire.Options{BaseURL: "https://faire.com/x", Token: token, Now: time.Now})
	var hinted interface{ Hint() string }
	if !errors.As(err, &hinted) || !strings.Contains(hinted.Hint(), "www.faire.com") {
		t.Errorf("bare host: %v; want a hint that names www.faire.com", err)
	}
}
