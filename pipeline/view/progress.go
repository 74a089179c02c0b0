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
	silence     = 30 * time.Second       // in a log where nothing is done: something waits
)

// Progress shows how far a run is: on a terminal one line that is drawn again, otherwise plain lines. It belongs on stderr. It
// has no goroutine: it draws when it is told something, so it never outlives its step; Remind is for what takes long without a word. It is safe for concurrent use. A nil
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
	paced   string // the step whose things are requests that write, at a pace
	pace    Pace
	told    bool // how long this step takes has been said
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
	p.step, p.started, p.done, p.total, p.told = name, p.now(), 0, 0, false
	p.drawn = p.started
	if p.options.TTY {
		p.draw()
	} else {
		p.print(clean(name) + " …\n")
	}
}

// Paced says that the things of a step are requests that write, and how fast these may go: then Total says how long they take.
func (p *Progress) Paced(step string, pace Pace) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.paced, p.pace = step, pace
}

// isPaced says whether the step under way is the one whose pace is known.
func (p *Progress) isPaced() bool { return p.step != "" && p.step == p.paced }

// Total says how many the step will come to; without it there is no percentage and no time left. Called again, it adds.
func (p *Progress) Total(n int64) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total += n
	if !p.isPaced() || p.told {
		return
	}
	if sentence := p.pace.sentence(int(p.total)); sentence != "" {
		p.told = true
		p.clear()
		p.print(fmt.Sprintf("%s: %s, %s\n", clean(p.step), count(int(p.total), "request"), sentence))
	}
}

// Remind is for a clock to call, every second or so: on a terminal it draws anew, so that the time goes on, elsewhere it breaks a long
// silence.
func (p *Progress) Remind() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.step == "" {
		return
	}
	after := silence
	if p.options.TTY {
		after = time.Second
	}
	if now := p.now(); now.Sub(p.drawn) >= after {
		p.drawn = now
		p.draw()
	}
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
	p.clear()
	return p.w.Write(data)
}

// clear takes the drawn line away.
func (p *Progress) clear() {
	if p.onLine {
		p.print("\r" + ansi.EraseEntireLine)
		p.onLine = false
	}
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
	if rate := perSecond(p.done, took); rate != "" {
		line += fmt.Sprintf(" (%s/s)", rate)
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
	if rate := perSecond(p.done, took); rate != "" {
		parts = append(parts, rate+"/s")
	}
	if p.total > p.done && p.done > 0 && took > 0 {
		left := time.Duration(float64(took) / float64(p.done) * float64(p.total-p.done))
		if p.isPaced() { // the burst went at once; the rest will not
			left = max(left, Pace{PerSecond: p.pace.PerSecond}.Takes(int(p.total-p.done)))
		}
		parts = append(parts, left.Round(time.Second).String()+" left")
	}
	line := clean(p.step)
	if len(parts) > 0 {
		line += ": " + strings.Join(parts, ", ")
	} else {
		line += " …"
		if took >= lineEvery {
			line += " " + span(took) + " so far"
		}
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

// perSecond is the rate in things per second, for people; blank when too little time has gone by to say, or too little was done.
func perSecond(n int64, took time.Duration) string {
	if took < time.Second {
		return ""
	}
	rate := float64(n) / took.Seconds()
	switch {
	case rate >= 10:
		return number(int64(rate))
	case rate >= 0.05:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", rate), ".0")
	}
	return ""
}
