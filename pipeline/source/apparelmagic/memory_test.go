package apparelmagic_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/config"
	"fairesync/pipeline/source/apparelmagic"
	"fairesync/pipeline/source/apparelmagic/emulator"
	"fairesync/pipeline/source/sourcetest"
)

// keeper is a memory of a test.
type keeper struct {
	data   []byte
	err    error
	loads  int
	stores int
}

func (k *keeper) Load() ([]byte, error) {
	k.loads++
	return k.data, k.err
}

func (k *keeper) Store(data []byte) error {
	k.stores++
	if k.err == nil {
		k.data = bytes.Clone(data)
	}
	return k.err
}

// dated is an account of styles with three SKUs each, whose products have a time.
func dated(styles int, modified string) emulator.Account {
	made := account(3 * styles)
	for _, product := range made.Products {
		product["last_modified_time"] = modified
	}
	return made
}

// changed sets colourways: changed, with a memory and a clock.
func changed(memory apparelmagic.Memory, now time.Time) func(*apparelmagic.Options) {
	return func(o *apparelmagic.Options) {
		o.Settings.Colourways, o.Memory = config.ColourwaysChanged, memory
		o.Now = func() time.Time { return now }
	}
}

// asked runs an extraction and counts its requests for colourways.
func asked(t *testing.T, server *emulator.Server, change ...func(*apparelmagic.Options)) (int, *sourcetest.MemorySink) {
	t.Helper()
	before := server.Effects().Requests["product_attributes"]
	sink := extract(t, open(t, server, change...))
	return server.Effects().Requests["product_attributes"] - before, sink
}

// TestColourwaysThatChanged: styles whose time stands still are not asked for again, one that is edited or new is, and one that is gone
// is forgotten. Each style asked for costs two requests: its page and the end.
func TestColourwaysThatChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		held, memory := dated(30, "2026-10-28 09:01:44"), &keeper{}
		server := serve(held, emulator.Switches{})
		now := noon()
		step := func(what string, requests int, want []map[string]string) {
			t.Helper()
			now = now.Add(time.Hour)
			got, sink := asked(t, server, changed(memory, now))
			if got != requests {
				t.Errorf("%s: %d requests for colourways, want %d", what, got, requests)
			}
			if diff := cmp.Diff(want, narrowed(sink.Rows("item"), want)); diff != "" {
				t.Errorf("%s: rows (-want +got):\n%s", what, diff)
			}
		}
		want := wanted(90)
		step("first", 60, want)
		step("unchanged", 0, want)

		// Style 99 gets another picture, and its time moves.
		held.Products[1]["last_modified_time"] = "2026-11-23 12:30:00"
		held.ProductAttributes[1]["images"] = []any{map[string]any{"img": "https://files.example.test/new.jpg"}}
		server.SetAccount(held)
		for i := 3; i < 6; i++ {
			want[i]["_images"] = "https://files.example.test/new.jpg"
		}
		step("edited", 2, want)
		step("after the edit", 0, want)

		// Style 100 is gone, style 128 is new.
		held = dated(31, "2026-10-28 09:01:44")
		held.Products[1]["last_modified_time"] = "2026-11-23 12:30:00"
		held.ProductAttributes[1]["images"] = []any{map[string]any{"img": "https://files.example.test/new.jpg"}}
		held.Products, held.Inventory = slices.Delete(held.Products, 2, 3), slices.Delete(held.Inventory, 6, 9)
		server.SetAccount(held)
		want = wanted(93)
		for i := 3; i < 6; i++ {
			want[i]["_images"] = "https://files.example.test/new.jpg"
		}
		want = slices.Delete(want, 6, 9)
		for i := 6; i < len(want); i++ {
			delete(want[i], "_row")
		}
		step("one gone, one new", 2, want)
		var kept struct {
			Styles map[string]any `json:"styles"`
		}
		if err := json.Unmarshal(memory.data, &kept); err != nil {
			t.Fatal(err)
		}
		if names := slices.Sorted(maps.Keys(kept.Styles)); len(names) != 30 || slices.Contains(names, "100") || !slices.Contains(names, "128") {
			t.Errorf("remembered: %v", names)
		}
		step("nothing again", 0, want)
	})
}

// TestAllColourwaysWhenDue: what an edit did not show in the style's time is seen after colourways_every, counted from when all were read.
func TestAllColourwaysWhenDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		held, memory := dated(4, "2026-10-28 09:01:44"), &keeper{}
		server := serve(held, emulator.Switches{})
		var got []int
		for _, hours := range []time.Duration{0, 5, 9, 10, 20, 19} {
			if hours == 5 {
				held.ProductAttributes[0]["images"] = []any{}
				held.Products[1]["last_modified_time"] = "2026-11-01 00:00:00"
				server.SetAccount(held)
			}
			requests, sink := asked(t, server, changed(memory, noon().Add(hours*time.Hour)), func(o *apparelmagic.Options) {
				o.Settings.ColourwaysEvery = config.Duration(10 * time.Hour)
			})
			got = append(got, requests)
			if blank := sink.Rows("item")[0]["_images"] == ""; blank != (hours >= 10) {
				t.Errorf("after %d hours: the picture that went without a new time is gone: %v", hours, blank)
			}
		}
		// At the end the clock was put back: nobody knows how old the memory is.
		if diff := cmp.Diff([]int{8, 2, 0, 8, 8, 8}, got); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
		if requests, _ := asked(t, server, changed(memory, noon().Add(20*time.Hour)), func(o *apparelmagic.Options) { o.AllAnew = true }); requests != 8 {
			t.Errorf("asked anew: %d requests, want 8", requests)
		}
	})
}

// TestTimesThatSayNothing: a time that is blank, unreadable or too coarse to show an edit counts as changed.
func TestTimesThatSayNothing(t *testing.T) {
	for modified, again := range map[string]int{
		"2026-10-28 09:01:44": 0, "2026-10-28T09:01:44Z": 0, "2026-10-28T09:01:44.5+02:00": 0, "2026-10-28T09:01:44": 0, "10/28/2026 09:01:44": 0,
		"10/28/2026 9:01:44 AM": 0, "1793178104": 0, "1793178104000": 0,
		// noon() is 2026-11-23 12:00 UTC
		"2026-11-22": 2, "11/22/2026": 2, "2026-11-21": 0, "11/21/2026": 0, "2026-11-23 09:01": 2, "10/28/2026 9:01 AM": 0,
		"": 2, "soon": 2, "0000-00-00 00:00:00": 2, "28.10.2026": 2, "0": 2, "44123": 2,
	} {
		synctest.Test(t, func(t *testing.T) {
			memory := &keeper{}
			server := serve(dated(1, modified), emulator.Switches{})
			asked(t, server, changed(memory, noon()))
			if got, _ := asked(t, server, changed(memory, noon().Add(time.Hour))); got != again {
				t.Errorf("%q: %d requests, want %d", modified, got, again)
			}
		})
	}
}

// TestMemoriesThatAreOfNoUse: whatever the memory holds, the rows are right; what cannot be used is told and replaced.
func TestMemoriesThatAreOfNoUse(t *testing.T) {
	good := ""
	synctest.Test(t, func(t *testing.T) {
		memory := &keeper{}
		asked(t, serve(dated(2, "2026-10-28 09:01:44"), emulator.Switches{}), changed(memory, noon()))
		good = string(memory.data)
	})
	for name, test := range map[string]struct {
		data     string
		err      error
		requests int
		told     string
		kept     bool // the store works
	}{
		"none":              {"", nil, 4, "", true},
		"good":              {good, nil, 0, "", true},
		"cut off":           {good[:len(good)/2], nil, 4, "cannot be used", true},
		"no JSON":           {"<html>", nil, 4, "cannot be used", true},
		"two":               {good + good, nil, 4, "cannot be used", true},
		"null":              {"null", nil, 4, "cannot be used", true},
		"another format":    {strings.Replace(good, `"format":1`, `"format":2`, 1), nil, 4, "format 2, not 1", true},
		"unknown members":   {strings.Replace(good, `"format":1`, `"format":1,"more":1`, 1), nil, 4, "cannot be used", true},
		"colourway no id":   {strings.Replace(good, `"id":500`, `"id":0`, 1), nil, 4, "without id or fields", true},
		"colourway no row":  {strings.Replace(good, `"row":{`, `"row":null,"row":null,"x":{`, 1), nil, 4, "cannot be used", true},
		"another account":   {strings.Replace(good, "127.0.0.1", "127.0.0.2", 1), nil, 4, "of another account", true},
		"disk out of order": {"", errors.New("input/output error"), 4, "is not remembered", false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				memory := &keeper{data: []byte(test.data), err: test.err}
				var log bytes.Buffer
				requests, sink := asked(t, serve(dated(2, "2026-10-28 09:01:44"), emulator.Switches{}), changed(memory, noon()), func(o *apparelmagic.Options) {
					o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelInfo}))
				})
				want := wanted(6)
				if diff := cmp.Diff(want, narrowed(sink.Rows("item"), want)); diff != "" {
					t.Errorf("rows (-want +got):\n%s", diff)
				}
				if requests != test.requests {
					t.Errorf("%d requests, want %d", requests, test.requests)
				}
				if !strings.Contains(log.String(), test.told) || test.told == "" && log.Len() > 0 {
					t.Errorf("logged %q, want %q", log.String(), test.told)
				}
				if test.kept && string(memory.data) != good {
					t.Errorf("stored\n%s\nwant\n%s", memory.data, good)
				}
			})
		})
	}
}

// TestMemoryIsLeftAlone: with colourways: all there is nothing to remember, and an extraction that fails or is not delivered stores nothing.
func TestMemoryIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := &keeper{}
		server := serve(dated(2, "2026-10-28 09:01:44"), emulator.Switches{})
		all := func(o *apparelmagic.Options) { o.Memory = memory }
		for range 2 {
			if requests, _ := asked(t, server, all); requests != 4 {
				t.Errorf("%d requests, want 4", requests)
			}
		}
		if memory.loads+memory.stores > 0 {
			t.Errorf("colourways: all read the memory %d times and wrote it %d times", memory.loads, memory.stores)
		}
		sink := sourcetest.NewMemorySink()
		sink.Before = func(event sourcetest.Event) error {
			if event.Op == sourcetest.OpClose {
				return errors.New("disk full")
			}
			return nil
		}
		if err := open(t, server, changed(memory, noon())).Extract(t.Context(), sink); err == nil || memory.stores > 0 {
			t.Errorf("not delivered (%v), but stored %d times", err, memory.stores)
		}
		if requests, _ := asked(t, server, changed(nil, noon())); requests != 4 {
			t.Errorf("without a memory: %d requests, want 4", requests)
		}
	})
}

// TestMemoryWhereTheFilterIsIgnored: one style that changed brings the whole list, which counts as all of them read.
func TestMemoryWhereTheFilterIsIgnored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		held, memory := dated(20, "2026-10-28 09:01:44"), &keeper{}
		server := serve(held, emulator.Switches{IgnoreFilters: "bare"})
		var got []int
		for hour := range 5 {
			switch hour {
			case 2: // the picture of one style changes without, another one with a new time
				held.ProductAttributes[0]["images"] = []any{}
				held.Products[7]["last_modified_time"] = "2026-11-23 13:30:00"
				server.SetAccount(held)
			}
			requests, sink := asked(t, server, changed(memory, noon().Add(time.Duration(hour)*time.Hour)))
			got = append(got, requests)
			if blank := sink.Rows("item")[0]["_images"] == ""; blank != (hour >= 2) {
				t.Errorf("hour %d: picture gone: %v", hour, blank)
			}
		}
		if diff := cmp.Diff([]int{3, 0, 3, 0, 0}, got); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
}
