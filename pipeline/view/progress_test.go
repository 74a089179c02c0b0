package view_test

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/view"
)

// clock is a time that moves when told.
type clock struct{ at time.Time }

func (c *clock) now() time.Time       { return c.at }
func (c *clock) tick(d time.Duration) { c.at = c.at.Add(d) }

func walk(p *view.Progress, c *clock) {
	p.Step("extract")
	c.tick(500 * time.Millisecond)
	p.Add(10)
	p.Total(1000)
	p.Total(1000)
	c.tick(1500 * time.Millisecond)
	p.Add(490)
	c.tick(100 * time.Millisecond)
	p.Add(1) // too soon to draw again
	c.tick(10 * time.Second)
	p.Add(999)
	fmt.Fprintln(p, "a log line")
	c.tick(10 * time.Second)
	p.Add(500)
	p.Step("plan\x1b[2J") // ends extract
	c.tick(20 * time.Millisecond)
	p.Done()
	p.Done() // nothing under way: nothing said
	p.Add(3)
}

func TestProgressLines(t *testing.T) {
	var got bytes.Buffer
	c := &clock{at: noon}
	walk(view.NewProgress(&got, view.Options{}, c.now), c)
	want := `extract …
extract: 75 %, 1,500 of 2,000, 123/s, 4s left
a log line
extract: 100 %, 2,000 of 2,000, 90/s
extract: 2,000 in 22.1s (90/s)
plan[2J …
plan[2J in 20ms
`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestProgressOnATerminal(t *testing.T) {
	var got bytes.Buffer
	c := &clock{at: noon}
	walk(view.NewProgress(&got, view.Options{TTY: true, Width: 31}, c.now), c)
	want := []string{
		"", "extract …",
		"extract: 10",
		"extract: 25 %, 500 of 2,000, …",
		"extract: 75 %, 1,500 of 2,000…",
		"a log line\n",
		"extract: 100 %, 2,000 of 2,00…",
		"extract: 2,000 in 22.1s (90/s)\n",
		"plan[2J …",
		"plan[2J in 20ms\n",
	}
	if diff := cmp.Diff(want, strings.Split(got.String(), "\r\x1b[2K")); diff != "" {
		t.Errorf("drawings (-want +got):\n%s", diff)
	}
}

func TestNoProgress(t *testing.T) {
	var p *view.Progress
	p.Step("extract")
	p.Total(1)
	p.Add(1)
	p.Done()
}

func TestProgressFromManyGoroutines(t *testing.T) {
	var got bytes.Buffer
	p := view.NewProgress(&got, view.Options{}, func() time.Time { return noon })
	p.Step("load")
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 100 {
				p.Add(1)
			}
		})
	}
	group.Wait()
	p.Done()
	if want := "load …\nload: 800 in 0s\n"; got.String() != want {
		t.Errorf("got %q, want %q", got.String(), want)
	}
}
