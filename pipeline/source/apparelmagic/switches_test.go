package apparelmagic_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fairesync/pipeline/source/apparelmagic"
	"fairesync/pipeline/source/apparelmagic/emulator"
	"fairesync/pipeline/source/sourcetest"
)

// TestEverySwitch: the right rows under every behaviour of contract §1.13, by its number there; 4 has no switch, for the emulator never
// honours page_number and order, nor has 9 one that could bring rows but the passing failures here.
func TestEverySwitch(t *testing.T) {
	faults := func(list ...emulator.Fault) emulator.Switches { return emulator.Switches{Faults: list} }
	for name, switches := range map[string]emulator.Switches{
		"1 honoured": {LastID: "honoured"}, "1 ignored": {LastID: "ignored"}, "1 refused": {LastID: "refused"},
		"2 omitted": {OmitLastID: true}, "2 omitted, filter": {OmitLastID: true, LastID: "ignored"},
		"3 clamped": {MaxPageSize: 10}, "3 larger minimum": {MinPageSize: 20, DefaultPageSize: 50},
		"5 structured": {IgnoreFilters: "structured"}, "5 bare": {IgnoreFilters: "bare"}, "5 all": {IgnoreFilters: "all"},
		"6 json":   {Unauthorized: "json"},
		"7 passes": faults(emulator.Fault{Endpoint: "inventory", First: 2, Count: 1, Kind: emulator.FaultHTML}),
		"8 busy": faults(emulator.Fault{Endpoint: "inventory", First: 2, Count: 2, Kind: emulator.FaultStatus, Status: 429},
			emulator.Fault{Endpoint: "products", Count: 1, Kind: emulator.FaultStatus, Status: 429}),
		"8 busy until": faults(emulator.Fault{Endpoint: "inventory", First: 2, Count: 2, Kind: emulator.FaultStatus, Status: 429, RetryAfter: "7"},
			emulator.Fault{Endpoint: "products", Count: 1, Kind: emulator.FaultStatus, Status: 429, RetryAfter: "Mon, 23 Nov 2026 12:00:30 GMT"}),
		"9 server": faults(emulator.Fault{Endpoint: "inventory", First: 2, Count: 2, Kind: emulator.FaultStatus, Status: 503}),
		"9 cut":    faults(emulator.Fault{Endpoint: "product_attributes", First: 2, Count: 2, Kind: emulator.FaultDisconnect}),
		"11 others": {Script: []emulator.Change{
			{Endpoint: "inventory", Before: 3, Set: map[string][]emulator.Record{"divisions": {{"division_id": "7", "name": "Men"}}}},
			{Endpoint: "products", Before: 1, Delete: map[string][]string{"divisions": {"7"}}}}},
		"12 json":    {Routes: "json"},
		"13 numbers": {Numbers: true},
		"14 null":    {EmptyLists: "null", Tags: "strings"}, "14 absent": {EmptyLists: "absent", Tags: "joined"},
		"15 agent":   {UserAgent: true},
		"16 ignored": {ModifiedFilter: "ignored", TimeFormat: "unix"}, "16 refused": {ModifiedFilter: "refused", TimeFormat: "unreadable"},
		"17 gzip, not asked for": {Gzip: true},
		"18 size needs filter":   {PageSizeNeedsFilter: true, DefaultPageSize: 13},
		"18 as reported":         {PageSizeNeedsFilter: true, LastID: "ignored", DefaultPageSize: 13, OmitLastID: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				page := func(o *apparelmagic.Options) { o.Settings.PageSize = max(10, switches.MinPageSize) }
				want := wanted(31)
				if diff := cmp.Diff(want, narrowed(extract(t, open(t, served(t, dated(11, "2026-10-28 09:01:44"), 31, switches), page)).Rows("item"), want)); diff != "" {
					t.Errorf("rows (-want +got):\n%s", diff)
				}
			})
		})
	}
	t.Run("10 warehouses", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			for _, ids := range []bool{false, true} {
				if err := walkAccount(t, account(31), emulator.Switches{Warehouses: 3, WarehouseIDs: ids}, 10, whole); err != nil {
					t.Error(err)
				}
			}
		})
	})
}

// served makes an emulator of an account cut down to so many SKUs; switches that no emulator would take fail the test.
func served(t *testing.T, held emulator.Account, skus int, switches emulator.Switches) *emulator.Server {
	t.Helper()
	held.Inventory = held.Inventory[:skus]
	server := serve(held, emulator.Switches{})
	if err := server.SetSwitches(switches); err != nil {
		t.Fatal(err)
	}
	return server
}

// TestRoutesAndCompression (12, 17): over a network, by either address, with answers packed and not.
func TestRoutesAndCompression(t *testing.T) {
	for _, path := range []string{"/api/json", "/api", "/api/json/", "/api/"} {
		for _, packed := range []bool{false, true} {
			var mu sync.Mutex
			encodings := map[string]int{}
			server := serve(account(31), emulator.Switches{Gzip: packed})
			listening := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				server.ServeHTTP(w, r)
				mu.Lock()
				defer mu.Unlock()
				encodings[w.Header().Get("Content-Encoding")]++
			}))
			source := open(t, server, func(o *apparelmagic.Options) {
				o.Settings.URL, o.Settings.RequestsPerSecond, o.Transport = listening.URL+path, 1000, nil
			})
			want := wanted(31)
			if diff := cmp.Diff(want, narrowed(extract(t, source).Rows("item"), want)); diff != "" {
				t.Errorf("%s: rows (-want +got):\n%s", path, diff)
			}
			listening.Close()
			wantPacked := map[bool]string{true: "gzip", false: ""}[packed]
			if len(encodings) != 1 || encodings[wantPacked] == 0 {
				t.Errorf("%s: encodings %v, want %q", path, encodings, wantPacked)
			}
		}
	}
}

// TestAnyScript (11): whatever is made, edited and deleted between the pages of a walk, each SKU that was there all the time is delivered
// once, and each that came or went at most once.
func TestAnyScript(t *testing.T) {
	rapid.Check(t, func(at *rapid.T) {
		skus := rapid.IntRange(3, 60).Draw(at, "skus")
		held := account(skus)
		style := held.Inventory[0]["product_id"]
		always, ever := map[string]bool{}, map[string]bool{}
		for _, row := range held.Inventory {
			id := fmt.Sprint(row["sku_id"])
			always[id], ever[id] = true, true
		}
		next := 995 + skus // ids only rise: a record that is made comes last
		var script []emulator.Change
		times := rapid.SliceOfN(rapid.IntRange(1, 12), 0, 6).Draw(at, "before")
		slices.Sort(times) // in the order of their ids
		for _, before := range times {
			change := emulator.Change{Endpoint: "inventory", Before: before, Set: map[string][]emulator.Record{}, Delete: map[string][]string{}}
			id := strconv.Itoa(rapid.IntRange(995, 994+skus).Draw(at, "sku"))
			switch rapid.SampledFrom([]string{"made", "edited", "deleted"}).Draw(at, "what") {
			case "made":
				ever[strconv.Itoa(next)] = true
				change.Set["inventory"] = []emulator.Record{{"sku_id": strconv.Itoa(next), "product_id": style, "size": "XL"}}
				next++
			case "edited":
				change.Set["inventory"] = []emulator.Record{{"sku_id": id, "product_id": style, "qty_avail_sell": "1"}}
			case "deleted":
				delete(always, id)
				change.Delete["inventory"] = []string{id}
			}
			script = append(script, change)
		}
		for _, change := range script { // made again by an edit after it was deleted
			for _, row := range change.Set["inventory"] {
				ever[fmt.Sprint(row["sku_id"])] = true
			}
		}
		switches := emulator.Switches{LastID: rapid.SampledFrom([]string{"honoured", "ignored", "refused"}).Draw(at, "last_id"), Script: script}
		var err error
		got := map[string]int{}
		synctest.Test(t, func(t *testing.T) {
			sink := sourcetest.NewMemorySink()
			if err = open(t, served(t, held, skus, switches)).Extract(t.Context(), sink); err != nil {
				return
			}
			for _, row := range sink.Rows("item") {
				got[row["_sku_id"]]++
			}
		})
		if err != nil {
			if revived(script) {
				return // an id that comes back below the last one read is out of order, and told
			}
			at.Fatal(err)
		}
		for _, id := range slices.Sorted(maps.Keys(got)) {
			if got[id] != 1 || !ever[id] {
				at.Fatalf("SKU %s came %d times, was it ever there: %v", id, got[id], ever[id])
			}
		}
		for _, id := range slices.Sorted(maps.Keys(always)) {
			if got[id] == 0 {
				at.Fatalf("SKU %s was there all the time and is missing", id)
			}
		}
	})
}

// revived says whether a script may bring a deleted record back, as no account does.
func revived(script []emulator.Change) bool {
	for _, gone := range script {
		for _, id := range gone.Delete["inventory"] {
			for _, set := range script {
				if slices.ContainsFunc(set.Set["inventory"], func(row emulator.Record) bool { return row["sku_id"] == id }) {
					return true
				}
			}
		}
	}
	return false
}
