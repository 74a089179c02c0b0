package emulator_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/source/apparelmagic/emulator"
)

// TestRoutesThatAreThere (12): an account may know only one of the two addresses; a slash at the end never matters.
func TestRoutesThatAreThere(t *testing.T) {
	for routes, want := range map[string]string{"": "200 200 200 200", "all": "200 200 200 200", "json": "200 200 404 404", "plain": "404 404 200 200"} {
		server := emulator.New(emulator.Options{Token: "right", Account: held(1), Switches: emulator.Switches{Routes: routes}})
		var got []string
		for _, path := range []string{"/api/json/inventory", "/api/json/inventory/", "/api/inventory", "/api/inventory/"} {
			status, _, _ := ask(t, server, path, nil)
			got = append(got, fmt.Sprint(status))
		}
		if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
			t.Errorf("routes %q (-want +got):\n%s", routes, diff)
		}
	}
}

// TestHowATokenIsRefused (6): as a page of the web server or as an envelope.
func TestHowATokenIsRefused(t *testing.T) {
	for unauthorized, want := range map[string]string{"": "text/html; charset=iso-8859-1", "html": "text/html; charset=iso-8859-1", "json": "application/json; charset=utf-8"} {
		server := emulator.New(emulator.Options{Token: "other", Switches: emulator.Switches{Unauthorized: unauthorized}})
		status, body, header := ask(t, server, "/api/json/inventory", nil)
		if got := header.Get("Content-Type"); status != 401 || got != want || strings.Contains(body, "<html>") != strings.Contains(want, "html") {
			t.Errorf("%q: %d %s %s", unauthorized, status, got, body)
		}
	}
}

// TestScript (11): what is scripted happens once, just before its request, and stays.
func TestScript(t *testing.T) {
	switches := emulator.Switches{Warehouses: 2, Script: []emulator.Change{
		{Endpoint: "inventory", Before: 2, Set: map[string][]emulator.Record{"inventory": {{"sku_id": "3", "attr_2": "Green"}, {"sku_id": "9", "attr_2": "New"}}},
			Delete: map[string][]string{"inventory": {"1"}, "divisions": {"02"}}},
		{Before: 4, Delete: map[string][]string{"inventory": {"9", "4711"}}},
	}}
	server := emulator.New(emulator.Options{Token: "right", Account: held(4)})
	if err := server.SetSwitches(switches); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, list := range []string{"inventory", "inventory", "divisions", "inventory"} {
		_, body, _ := ask(t, server, "/api/json/"+list, nil)
		var page struct {
			Response []map[string]string `json:"response"`
		}
		if err := json.Unmarshal([]byte(body), &page); err != nil {
			t.Fatal(err)
		}
		rows := []string{}
		for _, row := range page.Response {
			rows = append(rows, row["sku_id"]+row["attr_2"])
		}
		got = append(got, strings.Join(rows, " "))
	}
	want := []string{
		"1Blue 1Blue 2Red 2Red 3Blue 3Blue 4Red 4Red",
		"2Red 2Red 3Green 3Green 4Red 4Red 9New 9New",
		"",
		"2Red 2Red 3Green 3Green 4Red 4Red",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	for name, wrong := range map[string]emulator.Change{
		"no request":   {Set: map[string][]emulator.Record{"inventory": {{"sku_id": "1"}}}},
		"nothing":      {Before: 1},
		"unknown list": {Before: 1, Delete: map[string][]string{"customers": {"1"}}},
		"unknown wait": {Before: 1, Endpoint: "customers", Delete: map[string][]string{"inventory": {"1"}}},
		"no id":        {Before: 1, Set: map[string][]emulator.Record{"inventory": {{"attr_2": "Blue"}}}},
	} {
		if err := server.SetSwitches(emulator.Switches{Script: []emulator.Change{wrong}}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestTimes (16): the format of times, and what a filter on them does.
func TestTimes(t *testing.T) {
	account := emulator.Account{Products: []emulator.Record{
		{"product_id": "1", "last_modified_time": "2026-10-28 09:01:44"},
		{"product_id": "2", "last_modified_time": "2026-11-02 18:30:00"},
		{"product_id": "3", "last_modified_time": "soon"},
	}}
	for format, want := range map[string]string{
		"": "2026-10-28 09:01:44", "datetime": "2026-10-28 09:01:44", "iso": "2026-10-28T09:01:44Z", "us": "10/28/2026 09:01:44",
		"us_date": "10/28/2026", "unix": "1793178104", "unreadable": "the 301. day",
	} {
		server := emulator.New(emulator.Options{Token: "right", Account: account, Switches: emulator.Switches{TimeFormat: format}})
		if _, body, _ := ask(t, server, "/api/json/products", nil); !strings.Contains(body, `"last_modified_time":"`+want+`"`) || !strings.Contains(body, `"soon"`) {
			t.Errorf("%q: %s", format, body)
		}
	}
	for name, test := range map[string]struct {
		filter, value string
		rows          int
	}{
		"honoured, a day":          {"", "2026-11-01", 1},
		"honoured, another format": {"honoured", "10/01/2026", 2},
		"honoured, years ahead":    {"honoured", "2036-11-23", 0},
		"honoured, no time":        {"honoured", "tomorrow", 0},
		"ignored":                  {"ignored", "2036-11-23", 3},
		"refused":                  {"refused", "2026-11-01", -1},
	} {
		server := emulator.New(emulator.Options{Token: "right", Account: account, Switches: emulator.Switches{ModifiedFilter: test.filter}})
		_, body, _ := ask(t, server, "/api/json/products", filter("last_modified_time", ">=", test.value, "AND"))
		var page struct {
			Response []map[string]string `json:"response"`
			Meta     struct {
				Errors []string `json:"errors"`
			} `json:"meta"`
		}
		if err := json.Unmarshal([]byte(body), &page); err != nil {
			t.Fatal(err)
		}
		rows := len(page.Response)
		if len(page.Meta.Errors) > 0 {
			rows = -1
		}
		if rows != test.rows {
			t.Errorf("%s: %d rows, want %d", name, rows, test.rows)
		}
	}
}

// TestGzip (17): only for clients that take it, and also around an answer that breaks off.
func TestGzip(t *testing.T) {
	server := emulator.New(emulator.Options{Account: held(20), Switches: emulator.Switches{Gzip: true}})
	listening := httptest.NewServer(server)
	defer listening.Close()
	get := func(accept string) (string, string, error) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, listening.URL+"/api/json/inventory?time=1&token=x", nil)
		if err != nil {
			t.Fatal(err)
		}
		if accept != "" {
			request.Header.Set("Accept-Encoding", accept) // then net/http unpacks nothing by itself
		}
		response, err := listening.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if err := response.Body.Close(); err != nil {
			t.Error(err)
		}
		return response.Header.Get("Content-Encoding"), string(body), err
	}
	if encoding, body, err := get("gzip"); err != nil || encoding != "gzip" || strings.Contains(body, "sku_id") {
		t.Errorf("asked for: %q, %d bytes, %v", encoding, len(body), err)
	}
	if encoding, body, err := get("identity"); err != nil || encoding != "" || !strings.Contains(body, "sku_id") {
		t.Errorf("not asked for: %q, %d bytes, %v", encoding, len(body), err)
	}
	if _, body, err := get(""); err != nil || !strings.Contains(body, "sku_id") {
		t.Errorf("unpacked: %d bytes, %v", len(body), err)
	}
	if err := server.SetSwitches(emulator.Switches{Gzip: true, Faults: []emulator.Fault{{Kind: emulator.FaultDisconnect}}}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := get(""); err == nil {
		t.Error("half an answer was taken for a whole one")
	}
}
