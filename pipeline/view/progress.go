package view

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// How often a step under way is shown again.
const (
	redrawEvery = 200 * time.Millisecond // on a terminal
	lineEvery   = 10 * time.Second       // in a log
)

// Progress shows how far a run is: on a terminal one line that is drawn again, otherwise plain lines. It belongs on stderr. It
// has no goroutine: it draws when it is told something, so it never outlives its step. It is safe for concurrent use. A nil
// Progress says nothing.
type Progress struct {
	mu      sync.Mutex
	w       io.Writer
	options Options
	now     func() time.Time

	step    string
	started time.Time
	drawn   time.Time
	done    int64
	total   int64
	onLine  bool // the cursor stands behind a drawn line
}

// NewProgress makes a progress that writes to w and asks now for the time.
func NewProgress(w io.Writer, options Options, now func() time.Time) *Progress {
	return &Progress{w: w, options: options, now: now}
}

// Step begins a step, ending the one before.
func (p *Progress) Step(name string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.finish()
	p.step, p.started, p.done, p.total = name, p.now(), 0, 0
	p.drawn = p.started
	if p.options.TTY {
		p.draw()
	} else {
		p.print(clean(name) + " …\n")
	}
}

// Total says how many the step will come to; without it there is no percentage and no time left. Called again, it adds.
func (p *Progress) Total(n int64) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total += n
}

// Add says that so many more are done.
func (p *Progress) Add(n int64) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.step == "" {
		return
	}
	p.done += n
	every := lineEvery
	if p.options.TTY {
		every = redrawEvery
	}
	if now := p.now(); now.Sub(p.drawn) >= every {
		p.drawn = now
		p.draw()
	}
}

// Done ends the step.
func (p *Progress) Done() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.finish()
}

// Write lets other lines (logs) through without spoiling the drawn one, which comes back with the next Add.
func (p *Progress) Write(data []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.onLine {
		p.print("\r" + ansi.EraseEntireLine)
		p.onLine = false
	}
	return p.w.Write(data)
}

// finish writes the step's last line.
func (p *Progress) finish() {
	if p.step == "" {
		return
	}
	took := p.now().Sub(p.started)
	line := clean(p.step)
	if p.done > 0 {
		line += ": " + number(p.done)
	}
	line += " in " + duration(took)
	if rate := perSecond(p.done, took); rate > 0 {
		line += fmt.Sprintf(" (%s/s)", number(rate))
	}
	p.step = ""
	if p.options.TTY {
		line = "\r" + ansi.EraseEntireLine + cut(line, p.options.Width)
	}
	p.onLine = false
	p.print(line + "\n")
}

// draw shows the step under way.
func (p *Progress) draw() {
	took := p.now().Sub(p.started)
	var parts []string
	switch {
	case p.total > 0:
		parts = append(parts, fmt.Sprintf("%d %%", min(100, p.done*100/p.total)), number(p.done)+" of "+number(p.total))
	case p.done > 0:
		parts = append(parts, number(p.done))
	}
	if rate := perSecond(p.done, took); rate > 0 {
		parts = append(parts, number(rate)+"/s")
	}
	if p.total > p.done && p.done > 0 && took > 0 {
		left := time.Duration(float64(took) / float64(p.done) * float64(p.total-p.done))
		parts = append(parts, left.Round(time.Second).String()+" left")
	}
	line := clean(p.step)
	if len(parts) > 0 {
		line += ": " + strings.Join(parts, ", ")
	} else {
		line += " …"
	}
	if !p.options.TTY {
		p.print(line + "\n")
		return
	}
	width := p.options.Width
	if width > 0 {
		width-- // a full last column would make some terminals wrap
	}
	p.print("\r" + ansi.EraseEntireLine + cut(line, width))
	p.onLine = true
}

// print drops the writer's error: progress that cannot be shown is no reason to stop.
func (p *Progress) print(text string) { _, _ = io.WriteString(p.w, text) }

// perSecond is the rate in whole things per second; 0 when too little time has gone by to say.
func perSecond(n int64, took time.Duration) int64 {
	if took < time.Second {
		return 0
	}
	return int64(float64(n) / took.Seconds())
}
