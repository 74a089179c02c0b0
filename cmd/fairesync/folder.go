package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"fairesync/pipeline/config"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/source/apparelmagic"
	"fairesync/pipeline/view"
)

// A folder of brands: --config names it, --brand chooses from it, --jobs says how many go at a time. Each brand has its own lock, state
// and log, and what goes wrong with one is told of that one.

// manyOptions are the flags of the commands that take a folder of brands.
type manyOptions struct {
	jobs   int
	brands []string
}

func (m *manyOptions) addFlags(flags *pflag.FlagSet) {
	flags.Lookup("config").Usage = "the brand's configuration `FILE`, or a folder of them"
	flags.IntVar(&m.jobs, "jobs", 1, "of a folder, `N` brands at a time")
	flags.StringArrayVar(&m.brands, "brand", nil, "of a folder, only brand `NAME` (repeatable); one alone is as if -c named its file")
	flags.Lookup("brand").DefValue = "" // pflag would show an empty list as []
}

// changed are those of the named flags that were given.
func changed(cmd *cobra.Command, names ...string) []string {
	var given []string
	for _, name := range names {
		if cmd.Flags().Changed(name) {
			given = append(given, "--"+name)
		}
	}
	return given
}

// members resolves what --config names: the file of one brand, or the brands of a folder. forOne are arguments that were given and
// concern one brand: with several they are refused.
func (m *manyOptions) members(path string, forOne []string) (file string, list []config.Member, err error) {
	if m.jobs < 1 {
		return "", nil, usage("write how many brands may go at a time", "--jobs is %d", m.jobs)
	}
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		if len(m.brands) > 0 {
			return "", nil, usage("leave --brand out, or name the folder", "--brand chooses from a folder, and %s is none", path)
		}
		return path, nil, nil
	}
	if list, err = config.LoadFolder(path); err != nil {
		return "", nil, err
	}
	if list, err = m.chosen(path, list); err != nil {
		return "", nil, err
	}
	if len(m.brands) == 1 && len(list) == 1 {
		return list[0].Path, nil, list[0].Err
	}
	if len(forOne) > 0 {
		return "", nil, usage("choose the brand: add --brand NAME", "%s concerns one brand, and %s is a folder of brands", forOne[0], path)
	}
	return "", list, nil
}

// chosen are the brands that --brand names; all, if it names none.
func (m *manyOptions) chosen(path string, list []config.Member) ([]config.Member, error) {
	if len(m.brands) == 0 {
		return list, nil
	}
	var names []string
	for _, one := range list {
		names = append(names, one.Name)
	}
	for _, name := range m.brands {
		if !slices.Contains(names, name) {
			return nil, usage("its brands are "+strings.Join(slices.Compact(names), ", "), "%s has no brand %s", path, name)
		}
	}
	return slices.DeleteFunc(list, func(one config.Member) bool { return !slices.Contains(m.brands, one.Name) }), nil
}

// inTurn does something for every one of a list, so many at a time, and hands over what came of each in the order of the list, as soon as
// all before it are there.
func inTurn[T, R any](atATime int, list []T, do func(T) R, take func(T, R)) {
	results := make([]chan R, len(list))
	for i := range results {
		results[i] = make(chan R, 1)
	}
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(atATime, len(list)) {
		workers.Go(func() {
			for i := range next {
				results[i] <- do(list[i])
			}
		})
	}
	workers.Go(func() {
		defer close(next)
		for i := range list {
			next <- i
		}
	})
	for i, one := range list {
		take(one, <-results[i])
	}
	workers.Wait()
}

// shared is what brands that run in one process have in common: made before the first of a folder, closed after the last. A brand by
// itself has the zero value.
type shared struct {
	atATime int                // brands
	magic   *apparelmagic.Pool // nil: no two brands read ApparelMagic
}

// share makes what the brands of a folder have in common, and gives a function that closes it.
func share(jobs int, list []config.Member) (shared, func() error, error) {
	with, readers := shared{atATime: min(jobs, len(list))}, 0
	for _, m := range list {
		if slices.ContainsFunc(m.Config.Sources, func(s config.Source) bool { return s.Kind == config.KindApparelMagic }) {
			readers++
		}
	}
	if readers < 2 {
		return with, func() error { return nil }, nil
	}
	pool, err := apparelmagic.NewPool(os.TempDir())
	if err != nil {
		return with, nil, err
	}
	with.magic = pool
	return with, pool.Close, nil
}

// oneOrMany does a command for the one brand that --config and --brand name, or for the brands of a folder.
func (a *app) oneOrMany(ctx context.Context, o *flowOptions, forOne []string, one func() error) error {
	file, list, err := o.many.members(o.config, forOne)
	if err != nil {
		return err
	}
	if list == nil {
		o.config = file
		return one()
	}
	return a.folder(ctx, *o, list)
}

// folder takes the brands of a folder through the pipeline, one line each, and ends with the worst of their exit codes.
func (a *app) folder(ctx context.Context, o flowOptions, list []config.Member) error {
	if err := o.check(); err != nil {
		return err
	}
	started, v := a.Now(), a.view()
	with, closeShared, err := share(o.many.jobs, list)
	if err != nil {
		return err
	}
	total := view.Folder{Command: o.command, Folder: o.config, Brands: len(list), Statuses: map[string]int{}}
	var failed error
	inTurn(o.many.jobs, list, func(m config.Member) brandResult { return a.member(ctx, o, m, with) }, func(m config.Member, r brandResult) {
		total.Statuses[r.row.Status]++
		total.Exit = worst([]int{total.Exit, r.row.Exit})
		failed = errors.Join(failed, v.Brand(r.row))
		a.tellOf(m.Name, r)
	})
	total.MS = a.Now().Sub(started).Milliseconds()
	if err := closeShared(); err != nil { // what came of the brands stands; somebody has to look at the disk all the same
		a.tell(err)
		total.Exit = worst([]int{total.Exit, exitError})
	}
	if failed = errors.Join(failed, v.Folder(total)); failed != nil {
		return fmt.Errorf("show the outcome: %w", failed)
	}
	return &ended{total.Exit}
}

// brandResult is what came of one brand of a folder: its line, and what to tell beside it.
type brandResult struct {
	row       view.Brand
	told, off error
}

// member is one brand's turn.
func (a *app) member(ctx context.Context, o flowOptions, m config.Member, with shared) brandResult {
	now := a.Now().UTC()
	row := view.Brand{Config: m.Path, Summary: ledger.Summary{Command: o.command, Brand: m.Name, Started: now, Ended: now}}
	if ctx.Err() != nil {
		row.Status, row.Exit = view.StatusNotStarted, exitInterrupted
		return brandResult{row: row}
	}
	o.config = m.Path
	r := result{err: m.Err, code: exitUsage}
	if m.Err == nil {
		r = a.brand(ctx, o, m.Config, with, a.progressOfOne(m.Name), o.run)
	}
	if r.ran() {
		row.Summary = r.outcome.Summary
		row.Exit = r.code
		return brandResult{row: row, told: r.err, off: r.off}
	}
	row.Status, row.Exit, row.Error = "failed", r.code, r.err.Error()
	if r.code == exitBusy {
		row.Status = "busy"
	}
	if hints := view.Hints(onDisk(r.err)); len(hints) > 0 {
		row.Hint = hints[0]
	}
	return brandResult{row: row, told: r.err}
}

// tellOf says on stderr what there is to say of a brand beside its line.
func (a *app) tellOf(name string, r brandResult) {
	if a.logs == logsJSON {
		a.logOf(name, r)
		return
	}
	w := prefixed{a.Stderr, name + ": "}
	text := ""
	switch hint := r.row.Hint; {
	case r.off != nil:
		text = offWords(r.off)
	case r.told != nil:
		// There is nowhere left to say that this failed.
		_ = view.NewHuman(w, a.screen(a.Stderr)).Error(onDisk(r.told))
	case r.row.Status == view.StatusNotStarted:
		text = "not started: the program was interrupted before\n"
	case hint != "":
		text = "hint: " + hint + "\n"
	}
	if text != "" {
		_, _ = io.WriteString(w, text) // as above
	}
}

// prefixed writes lines that say whose they are. It is given whole lines, and passes on what it is given at once, so that lines of others
// do not come between.
type prefixed struct {
	w      io.Writer
	prefix string
}

func (p prefixed) Write(data []byte) (int, error) {
	var out bytes.Buffer
	for line := range bytes.Lines(data) {
		out.WriteString(p.prefix)
		out.Write(line)
	}
	if _, err := p.w.Write(out.Bytes()); err != nil {
		return 0, err
	}
	return len(data), nil
}

// progressOfOne is the progress of one brand of several: lines that name it, on a terminal too, since several cannot draw on one line.
func (a *app) progressOfOne(name string) *view.Progress {
	if a.quiet || a.logs == logsJSON {
		return nil
	}
	return view.NewProgress(prefixed{a.Stderr, name + ": "}, view.Options{}, a.Now)
}

// remind lets a progress look at the clock now and then, until the function it gives is called.
func (a *app) remind(progress *view.Progress) (stop func()) {
	if progress == nil {
		return func() {}
	}
	ticker, done := time.NewTicker(time.Second), make(chan struct{})
	var looking sync.WaitGroup
	looking.Go(func() {
		for {
			select {
			case <-ticker.C:
				progress.Remind()
			case <-done:
				return
			}
		}
	})
	return func() { ticker.Stop(); close(done); looking.Wait() }
}
