package view

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Pace is how fast requests that write may go, for saying how long they take.
type Pace struct {
	PerSecond float64
	Burst     int // so many go at once
	Budget    int // of one run; 0: none
}

// Takes is how long so many requests take, as far as the pace decides it: Faire's answers and what it asks to wait come on top.
func (p Pace) Takes(requests int) time.Duration {
	if p.Budget > 0 {
		requests = min(requests, p.Budget)
	}
	if p.PerSecond <= 0 || requests <= p.Burst {
		return 0
	}
	return time.Duration(float64(requests-p.Burst) / p.PerSecond * float64(time.Second))
}

// sentence says how long so many requests take; blank for less than a second.
func (p Pace) sentence(requests int) string {
	takes := p.Takes(requests)
	if takes < time.Second {
		return ""
	}
	text := fmt.Sprintf("about %s at %s a second", span(takes), strconv.FormatFloat(p.PerSecond, 'g', 4, 64))
	if p.Budget > 0 && p.Budget < requests {
		text += fmt.Sprintf(" for the first %s, which is the budget of a run", number(int64(p.Budget)))
	}
	return text
}

// span writes a time span in the two greatest units it has: 2 m 42 s, 1 h 5 m.
func span(d time.Duration) string {
	d = d.Round(time.Second)
	units := []struct {
		name string
		unit time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}}
	var parts []string
	for _, u := range units {
		n := d / u.unit
		d -= n * u.unit
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, u.name))
		} else if len(parts) > 0 {
			break
		}
		if len(parts) == 2 {
			break
		}
	}
	if len(parts) == 0 {
		return "0 s"
	}
	return strings.Join(parts, " ")
}
