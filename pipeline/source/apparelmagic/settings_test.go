package apparelmagic_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"fairesync/pipeline/config"
	"fairesync/pipeline/source/apparelmagic"
	"fairesync/pipeline/source/apparelmagic/emulator"
	"fairesync/pipeline/source/sourcetest"
)

func TestSettings(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*apparelmagic.Options)
		says   string
	}{
		"no token":   {func(o *apparelmagic.Options) { o.Token = " " }, "source wms: there is no token"},
		"no clock":   {func(o *apparelmagic.Options) { o.Now = nil }, "source wms: no clock was given"},
		"small page": {func(o *apparelmagic.Options) { o.Settings.PageSize = 9 }, "source wms: page_size is 9; ApparelMagic takes 10 to 1000"},
		"large page": {func(o *apparelmagic.Options) { o.Settings.PageSize = 1001 }, "source wms: page_size is 1001; ApparelMagic takes 10 to 1000"},
		"pace":       {func(o *apparelmagic.Options) { o.Settings.RequestsPerSecond = -1 }, "source wms: requests_per_second is below zero"},
		"colourways": {func(o *apparelmagic.Options) { o.Settings.Colourways = "new" }, `source wms: colourways is "new"`},
		"every": {func(o *apparelmagic.Options) { o.Settings.Colourways, o.Settings.ColourwaysEvery = "changed", -1 },
			"source wms: colourways_every is below zero"},
		"no url":       {func(o *apparelmagic.Options) { o.Settings.URL = "" }, "source wms: url is no address"},
		"account only": {func(o *apparelmagic.Options) { o.Settings.URL = "luma" }, "source wms: url is no address"},
		"http":         {func(o *apparelmagic.Options) { o.Settings.URL = "http://luma.app.apparelmagic.com/api/json" }, "source wms: url is http; only https is allowed except on 127.0.0.1 and localhost"},
		"ftp":          {func(o *apparelmagic.Options) { o.Settings.URL = "ftp://luma.example/" }, "source wms: url does not begin with https://"},
		"query": {func(o *apparelmagic.Options) { o.Settings.URL = "https://luma.example/api/json?token=secret" },
			"source wms: url has a user name, a query or a fragment; it must have none"},
		"user": {func(o *apparelmagic.Options) { o.Settings.URL = "https://me:secret@luma.example/" },
			"source wms: url has a user name, a query or a fragment; it must have none"},
	} {
		t.Run(name, func(t *testing.T) {
			options := apparelmagic.Options{
				Settings: config.Source{Name: "wms", URL: "https://luma.app.apparelmagic.com/api/json"}, Token: token, Now: noon,
			}
			test.change(&options)
			_, err := apparelmagic.New(options)
			if message(err) != test.says {
				t.Errorf("error %v, want %s", err, test.says)
			}
			if name != "no clock" && hint(err) == "" {
				t.Error("no hint")
			}
		})
	}
}

// TestAddresses: the path of the JSON API is filled in, other prefixes are kept (contract §1.1).
func TestAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"https://luma.app.apparelmagic.com":           "https://luma.app.apparelmagic.com/api/json/inventory",
		"https://luma.app.apparelmagic.com/":          "https://luma.app.apparelmagic.com/api/json/inventory",
		"https://luma.app.apparelmagic.com/api/json/": "https://luma.app.apparelmagic.com/api/json/inventory",
		"https://luma.app.apparelmagic.com/api":       "https://luma.app.apparelmagic.com/api/inventory",
		"http://127.0.0.1:8791/api/json":              "http://127.0.0.1:8791/api/json/inventory",
		"http://localhost:8791":                       "http://localhost:8791/api/json/inventory",
		"http://[::1]:8791/api/json/v1":               "http://[::1]:8791/api/json/v1/inventory",
	} {
		synctest.Test(t, func(t *testing.T) {
			got := ""
			source := open(t, serve(emulator.Account{}, emulator.Switches{}), func(o *apparelmagic.Options) {
				o.Settings.URL, o.Settings.PageSize = address, 0
				o.Transport = transport(func(request *http.Request) (*http.Response, error) {
					got = request.URL.Scheme + "://" + request.URL.Host + request.URL.Path
					if size := request.URL.Query().Get("pagination[page_size]"); size != "1000" {
						t.Errorf("page size %q, want 1000", size)
					}
					return &http.Response{StatusCode: 404, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(""))}, nil
				})
			})
			if err := source.Extract(t.Context(), sourcetest.NewMemorySink()); err == nil || got != want {
				t.Errorf("%s: asked %s (%v), want %s", address, got, err, want)
			}
		})
	}
}
