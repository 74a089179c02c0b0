package view_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/ledger"
	"fairesync/pipeline/view"
)

func sampleBrands() []view.Brand {
	refused := ledger.Summary{Command: "run", Brand: "harbor", Status: "failed", Exit: 2, Error: "brands/harbor.yaml:3: unknown key stat", Hint: "did you mean state?"}
	return []view.Brand{
		{Summary: refused, Config: "brands/harbor.yaml"}, {Summary: sampleSummary(), Config: "brands/luma.yaml"},
		{Summary: ledger.Summary{Command: "run", Brand: "zeta\x1b[2J", Status: view.StatusNotStarted, Exit: 130}, Config: "brands/zeta.yaml"},
	}
}

func sampleStandings() []view.Standing {
	last := sampleSummary()
	return []view.Standing{
		{Brand: "harbor", Config: "brands/harbor.yaml", Status: view.StatusNever, Next: "fairesync run -c brands/harbor.yaml"},
		{Brand: "luma", Config: "brands/luma.yaml", Status: last.Status, Last: &last, Success: noon.AddDate(0, 0, -2), Next: "look at the workbook"},
		{Brand: "omega", Config: "brands/omega.yaml", Status: "running", Last: &ledger.Summary{Run: "20261123T130000Z-0b0b", Command: "run", Started: noon, Status: "running"}},
		{Brand: "zeta", Config: "brands/zeta.yaml", Status: view.StatusUnusable},
	}
}

// TestBrands shows a folder of brands in every way.
func TestBrands(t *testing.T) {
	for way, open := range map[string]func(*bytes.Buffer) view.View{
		"tty":  func(b *bytes.Buffer) view.View { return view.NewHuman(b, view.Options{TTY: true, Width: 100}) },
		"pipe": func(b *bytes.Buffer) view.View { return view.NewHuman(b, view.Options{}) },
		"json": func(b *bytes.Buffer) view.View { return view.NewJSON(b) },
	} {
		t.Run(way, func(t *testing.T) {
			var got bytes.Buffer
			v := open(&got)
			lines := 0
			for _, one := range sampleBrands() {
				if err := v.Brand(one); err != nil {
					t.Fatal(err)
				}
				if now := strings.Count(got.String(), "\n"); way != "tty" && now <= lines { // a pipe has it at once
					t.Errorf("brand %s has not been written yet", one.Brand)
				} else {
					lines = now
				}
			}
			err := errors.Join(v.Folder(view.Folder{Command: "run", Folder: "brands", Brands: 3, Statuses: map[string]int{"failed": 1, "held": 1, "not_started": 1}, Exit: 130, MS: 1200}),
				v.Standings(sampleStandings()), v.Standings(nil))
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "brands-"+way+".txt", got.String())
		})
	}
	for name, v := range map[string]view.View{"human": view.NewHuman(brokenPipe{}, view.Options{}), "json": view.NewJSON(brokenPipe{})} {
		for thing, err := range map[string]error{"brand": v.Brand(view.Brand{}), "standings": v.Standings(sampleStandings())} {
			if !errors.Is(err, os.ErrClosed) {
				t.Errorf("%s %s: error %v, want the writer's", name, thing, err)
			}
		}
	}
}

// TestTakes: how long the requests of a plan take is said where it is worth a word.
func TestTakes(t *testing.T) {
	slow := view.Pace{PerSecond: 1, Burst: 5}
	for _, test := range []struct {
		requests int
		pace     view.Pace
		want     string
	}{
		{167, slow, "sending this takes about 2 m 42 s at 1 a second\n"},
		{5, slow, ""}, {0, slow, ""}, {6, slow, "sending this takes about 1 s at 1 a second\n"},
		{1500, view.Pace{PerSecond: 1000, Burst: 1000}, ""},
		{3605, slow, "sending this takes about 1 h at 1 a second\n"},
		{10, view.Pace{PerSecond: 0.25, Burst: 1}, "sending this takes about 36 s at 0.25 a second\n"},
		{200_000, slow, "sending this takes about 2 d 7 h at 1 a second\n"},
		{167, view.Pace{PerSecond: 1, Burst: 5, Budget: 100}, "sending this takes about 1 m 35 s at 1 a second for the first 100, which is the budget of a run\n"},
		{50, view.Pace{PerSecond: 1, Burst: 5, Budget: 100}, "sending this takes about 45 s at 1 a second\n"},
	} {
		var got, piped bytes.Buffer
		err := errors.Join(view.NewHuman(&got, view.Options{TTY: true}).Takes(test.requests, test.pace), view.NewHuman(&piped, view.Options{}).Takes(test.requests, test.pace))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, got.String()); diff != "" {
			t.Errorf("%d requests (-want +got):\n%s", test.requests, diff)
		}
		if diff := cmp.Diff(strings.Replace(test.want, "sending this takes ", "sending\t", 1), piped.String()); diff != "" {
			t.Errorf("%d requests in a pipe (-want +got):\n%s", test.requests, diff)
		}
	}
}

// slowLoad is a load of 167 requests at one a second, as the flow tells it, with a clock that looks every second. Five go at once, then one
// a second, and after a while Faire does not answer for three quarters of a minute.
func slowLoad(p *view.Progress, c *clock) {
	p.Paced("load", view.Pace{PerSecond: 1, Burst: 5})
	p.Step("extract")
	p.Total(1000) // not of requests
	p.Step("load")
	p.Total(167)
	p.Total(1) // a request more: what was said is not said again
	p.Add(5)
	wait := func(seconds int) {
		for range seconds {
			c.tick(time.Second)
			p.Remind()
		}
	}
	for range 12 {
		wait(1)
		p.Add(1)
	}
	wait(45)
	p.Add(1)
	p.Done()
	wait(60) // it is over
}

func TestPacedProgress(t *testing.T) {
	var got bytes.Buffer
	c := &clock{at: noon}
	slowLoad(view.NewProgress(&got, view.Options{}, c.now), c)
	want := `extract …
extract in 0s
load …
load: 167 requests, about 2 m 42 s at 1 a second
load: 8 %, 15 of 168, 1.5/s, 2m33s left
load: 10 %, 17 of 168, 0.4/s, 5m55s left
load: 10 %, 18 of 168, 0.3/s, 7m55s left
load: 18 in 57s (0.3/s)
`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestPacedProgressOnATerminal(t *testing.T) {
	var got bytes.Buffer
	c := &clock{at: noon}
	p := view.NewProgress(&got, view.Options{TTY: true, Width: 80}, c.now)
	p.Paced("load", view.Pace{PerSecond: 1, Burst: 5})
	p.Step("load")
	p.Total(167)
	p.Add(5)
	c.tick(time.Second)
	p.Remind()
	c.tick(500 * time.Millisecond)
	p.Remind() // too soon
	c.tick(11 * time.Second)
	p.Remind()
	p.Step("record")
	c.tick(12 * time.Second)
	p.Remind()
	p.Done()
	want := []string{
		"", "load …", "load: 167 requests, about 2 m 42 s at 1 a second\n",
		"load: 2 %, 5 of 167, 5/s, 2m42s left",
		"load: 2 %, 5 of 167, 0.4/s, 6m45s left",
		"load: 5 in 12.5s (0.4/s)\n",
		"record …", "record … 12 s so far", "record in 12s\n",
	}
	if diff := cmp.Diff(want, strings.Split(got.String(), "\r\x1b[2K")); diff != "" {
		t.Errorf("drawings (-want +got):\n%s", diff)
	}
	var nothing *view.Progress
	nothing.Paced("load", view.Pace{})
	nothing.Remind()
}
