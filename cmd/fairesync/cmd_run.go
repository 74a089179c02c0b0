package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"fairesync/pipeline"
	"fairesync/pipeline/check"
	"fairesync/pipeline/config"
	"fairesync/pipeline/edges"
	"fairesync/pipeline/view"
)

func newRunCommand(a *app) *cobra.Command {
	o := flowOptions{command: "run"}
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Read, compare, report and send: everything, once",
		Long: "run reads the sources and Faire, plans, writes the workbook, sends what the plan holds and records the outcome.\n" +
			"What a guard holds is not sent until --approve names its group and the count shown.\n" +
			"Of a folder every .yaml file is a brand, over what defaults.yaml says for all: one line each in the order of the files, --jobs\n" +
			"of them at a time. What is wrong with one is told of that one, and the exit code is the worst of all.",
		Example: "  fairesync run -c luma.yaml\n  fairesync run -c luma.yaml --approve first_link=14\n  fairesync run -c luma.yaml --only inventory\n" +
			"  fairesync run -c luma.yaml --json | tail -n 1\n  fairesync run -c brands --jobs 4\n  fairesync run -c brands --brand luma --approve first_link=14",
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.oneOrMany(cmd.Context(), &o, changed(cmd, "approve", "accept-rows", "accept-older", "accept-columns"), func() error { return a.flow(cmd.Context(), o, o.run, nil) })
		},
	}
	o.addFlags(cmd.Flags(), "jobs", "approve", "accept-rows", "accept-older", "accept-columns", "full-walk", "only", "budget")
	return cmd
}

// flowOptions are the flags of the commands that go through the pipeline.
type flowOptions struct {
	command    string // run, plan, apply, check, undo or rebuild
	again      string // its command line without options, for hints; blank: run
	config     string
	many       manyOptions
	approvals  map[string]int
	acceptRows map[string]int64
	accept     accepted // --accept-older and --accept-columns
	failOn     string
	fullWalk   bool
	only       string
	budget     int
	dryRun     bool // undo: nothing is sent
	exitCode   bool // plan: pending changes are exitPending
}

// addFlags adds --config, --fail-on and those that are named.
func (o *flowOptions) addFlags(flags *pflag.FlagSet, names ...string) {
	configFlag(flags, &o.config)
	flags.StringVar(&o.failOn, "fail-on", "", "exit 3 at exceptions of `SEVERITY` error, warning or info, or worse")
	for _, name := range names {
		switch name {
		case "jobs":
			o.many.addFlags(flags)
			continue
		case "approve":
			flags.StringToIntVar(&o.approvals, name, nil, "release what a guard holds, if it is still so many: `GROUP=COUNT` (repeatable)")
		case "accept-rows":
			flags.StringToInt64Var(&o.acceptRows, name, nil, "let a source pass with exactly so many rows: `SOURCE=N` (repeatable)")
		case "accept-older", "accept-columns":
			o.accept.addFlag(flags, name)
		case "full-walk":
			flags.BoolVar(&o.fullWalk, name, false, "read all of Faire's products, not only those that changed")
		case "only":
			flags.StringVar(&o.only, name, "", "do only a `PART`: inventory sends quantities on hand and nothing else, and needs the two inventory switches alone")
		case "budget":
			flags.IntVar(&o.budget, name, 0, "send at most `N` requests that write, what matters most first; the rest goes with the next run (default: faire.pace.writes_per_run)")
		}
		flags.Lookup(name).DefValue = "" // pflag would show an empty map as []
	}
}

// check refuses values that no run could use.
func (o *flowOptions) check() error {
	if !slices.Contains([]string{"", string(check.Error), string(check.Warning), string(check.Info)}, o.failOn) {
		return usage("write error, warning or info", "--fail-on is %q", o.failOn)
	}
	if o.only != "" && o.only != "inventory" {
		return usage("write inventory, or leave it out to do everything", "--only is %q", o.only)
	}
	if o.budget < 0 {
		return usage("write how many requests may be sent", "--budget %d allows nothing", o.budget)
	}
	for _, group := range sortedKeys(o.approvals) {
		if o.approvals[group] <= 0 {
			return usage("write the count that the plan shows", "--approve %s=%d approves nothing", group, o.approvals[group])
		}
	}
	return nil
}

// checkSources refuses names of sources that the brand does not have.
func (o *flowOptions) checkSources(c config.Config) error {
	var names []string
	for _, source := range c.Sources {
		names = append(names, source.Name)
	}
	for _, name := range sortedKeys(o.acceptRows) {
		if !slices.Contains(names, name) {
			return usage("its sources are "+strings.Join(names, ", "), "--accept-rows %s=%d names no source of brand %s", name, o.acceptRows[name], c.Brand)
		}
		if o.acceptRows[name] <= 0 {
			return usage("write the count that the refusal shows", "--accept-rows %s=%d accepts nothing", name, o.acceptRows[name])
		}
	}
	return o.accept.check(names, c.Brand)
}

// dry says whether the command may neither send nor record.
func (o *flowOptions) dry() bool { return o.command == "plan" || o.command == "check" || o.dryRun }

// retry is the command line that does what this one did, without options but --config.
func (o *flowOptions) retry() string {
	return "fairesync " + cmp.Or(o.again, o.command) + " -c " + o.config
}

// release is the command line that sends what is held.
func (o *flowOptions) release() string {
	return "fairesync " + cmp.Or(o.again, "run") + " -c " + o.config
}

// offline says whether Faire is not asked at all.
func (o *flowOptions) offline() bool { return o.command == "check" }

// run is the pipeline with these flags.
func (o *flowOptions) run(ctx context.Context, e pipeline.Edges) (pipeline.Outcome, error) {
	return pipeline.Run(ctx, e, pipeline.Options{Command: o.command, Approvals: o.approvals, AcceptRows: o.acceptRows,
		AcceptOlder: o.accept.older, AcceptColumns: o.accept.columns,
		FullWalk: o.fullWalk, Only: o.only, Budget: o.budget, DryRun: o.dry(), Offline: o.offline()})
}

// result is what came of a brand.
type result struct {
	outcome pipeline.Outcome // zero if it did not come to a run
	err     error            // what to tell beside the summary, or why it did not come to a run
	off     error            // the gate is off
	code    int
	pace    view.Pace
}

// ran says whether it came to a run.
func (r result) ran() bool { return r.outcome.Summary.Run != "" }

// brand is one brand's way through the pipeline, by itself or as one of a folder. It shows nothing but progress.
func (a *app) brand(ctx context.Context, o flowOptions, c config.Config, with shared, progress *view.Progress, step flowStep) result {
	r := result{pace: view.Pace{PerSecond: c.Faire.Pace.WritesPerSecond, Burst: c.Faire.Pace.Burst, Budget: cmp.Or(o.budget, c.Faire.Pace.WritesPerRun)}}
	progress.Paced("load", r.pace)
	defer a.remind(progress)()
	e, done, err := edges.Open(c, edges.Options{DryRun: o.dry(), Offline: o.offline(), Only: o.only, Getenv: a.Getenv, Now: a.Now, Random: a.Random,
		Jitter: a.Jitter, Progress: progress, Proxy: true, Version: version(), FullWalk: o.fullWalk, Shared: with.magic,
		AtATime: with.atATime, Log: a.logLines()})
	if err != nil {
		r.err = notOpened(err)
		r.code = worst(codesOf(r.err))
		return r
	}
	e.Conclude = func(outcome *pipeline.Outcome, err error) {
		if isAs[*pipeline.Off](err) {
			r.off = err
		}
		if a.interrupted.Load() {
			outcome.Summary.Status = "interrupted"
		}
		code, told := a.verdict(o, *outcome, err)
		outcome.Summary.Exit = code
		outcome.Summary.Hint = release(*outcome, o.release())
		if hints := view.Hints(onDisk(told)); len(hints) > 0 {
			outcome.Summary.Hint = hints[0]
		}
	}
	r.outcome, err = step(ctx, e)
	r.err = errors.Join(err, done())
	if !r.ran() {
		r.code = worst(codesOf(r.err))
		return r
	}
	r.err = errors.Join(r.err, writeMetrics(c, r.outcome.Summary))
	r.code, r.err = a.verdict(o, r.outcome, r.err)
	return r
}

// flow takes one brand through the pipeline, shows what came of it and ends with its exit code. lines shows what stands above the summary
// for people; nil is nothing.
func (a *app) flow(ctx context.Context, o flowOptions, step flowStep, lines func(view.View, pipeline.Outcome) error) error {
	c, err := config.Load(o.config)
	if err != nil {
		return err
	}
	if err := errors.Join(o.check(), o.checkSources(c)); err != nil {
		return err
	}
	r := a.brand(ctx, o, c, shared{}, a.progress(), step)
	if !r.ran() {
		return r.err
	}
	if err := a.show(r, lines); err != nil {
		return fmt.Errorf("show the outcome: %w", err)
	}
	return &ended{r.code}
}

// verdict is what to tell of an outcome beside its summary, and the exit code.
func (a *app) verdict(o flowOptions, outcome pipeline.Outcome, err error) (code int, told error) {
	if a.interrupted.Load() {
		err = interruptedBy(err, outcome.Summary)
	}
	told = errors.Join(append([]error{err}, approvalErrors(outcome, o.approvals, o.retry())...)...)
	codes := codesOf(told)
	if outcome.Guarded() {
		codes = append(codes, exitHeld)
	}
	if failOn(check.Severity(o.failOn), outcome.Summary.Exceptions) {
		codes = append(codes, exitExceptions)
	}
	if o.exitCode && outcome.Plan.Applyable {
		codes = append(codes, exitPending)
	}
	return worst(codes), told
}

// show writes an outcome. The summary is the last line of JSON; to people, an error is the last.
func (a *app) show(r result, lines func(view.View, pipeline.Outcome) error) error {
	if a.json {
		v := view.NewJSON(a.Stdout)
		err := errors.Join(v.Plan(r.outcome.Plan, 0), v.Exceptions(r.outcome.Exceptions, 0))
		if r.err != nil && r.off == nil {
			err = errors.Join(err, v.Error(r.err))
		}
		err = errors.Join(err, v.Outcome(r.outcome.Summary, nil))
		if r.err != nil && r.off == nil {
			a.tell(r.err)
		}
		return err
	}
	if r.off != nil {
		_, err := io.WriteString(a.Stdout, offWords(r.off))
		return err
	}
	if r.err != nil && r.outcome.Summary.Workbook == "" { // it ended before there was anything to show
		a.tell(r.err)
		return nil
	}
	if a.markdown {
		if _, err := io.WriteString(a.Stdout, view.PlanMarkdown(r.outcome.Plan)); err != nil {
			return err
		}
	} else if err := r.tables(view.NewHuman(a.Stdout, a.screen(a.Stdout)), lines); err != nil {
		return err
	}
	switch hint := r.outcome.Summary.Hint; {
	case r.err != nil:
		a.tell(r.err)
	case hint != "":
		a.note(r.outcome.Summary.Brand, "hint: "+hint)
	}
	return nil
}

// offWords say that the gate is off, and what turns it on.
func offWords(off error) string {
	return fmt.Sprintf("%s; nobody was called\nhint: %s\n", off, strings.Join(view.Hints(off), "; "))
}

// tables shows an outcome to people.
func (r result) tables(v *view.Human, lines func(view.View, pipeline.Outcome) error) error {
	if lines != nil {
		if err := lines(v, r.outcome); err != nil {
			return err
		}
	}
	if r.outcome.Summary.Command == "rebuild" { // it reads no row and sends nothing
		return nil
	}
	if err := v.Outcome(r.outcome.Summary, r.outcome.Exceptions); err != nil || r.outcome.Summary.Status != "planned" {
		return err
	}
	requests := 0
	for _, request := range r.outcome.Plan.Requests {
		if request.FallbackOf == "" {
			requests++
		}
	}
	return v.Takes(requests, r.pace)
}
