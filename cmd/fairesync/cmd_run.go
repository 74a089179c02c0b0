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
			"What a guard holds is not sent until --approve names its group and the count shown.",
		Example: "  fairesync run -c luma.yaml\n  fairesync run -c luma.yaml --approve first_link=14\n  fairesync run -c luma.yaml --only inventory\n  fairesync run -c luma.yaml --json | tail -n 1",
		Args:    exactly(),
		RunE: action(func(ctx context.Context, _ []string) error {
			return a.flow(ctx, o, o.run, nil)
		}),
	}
	o.addFlags(cmd.Flags(), "approve", "accept-rows", "full-walk", "only", "budget")
	return cmd
}

// flowOptions are the flags of the commands that go through the pipeline.
type flowOptions struct {
	command    string // run, plan, apply, check, undo or rebuild
	again      string // its command line without options, for hints; blank: run
	config     string
	approvals  map[string]int
	acceptRows map[string]int64
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
		case "approve":
			flags.StringToIntVar(&o.approvals, name, nil, "release what a guard holds, if it is still so many: `GROUP=COUNT` (repeatable)")
		case "accept-rows":
			flags.StringToInt64Var(&o.acceptRows, name, nil, "let a source pass with exactly so many rows: `SOURCE=N` (repeatable)")
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
func (o *flowOptions) check(c config.Config) error {
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
	return nil
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
		FullWalk: o.fullWalk, Only: o.only, Budget: o.budget, DryRun: o.dry(), Offline: o.offline()})
}

// flow opens the brand, does the step, shows what came of it and ends with its exit code. lines shows what stands above the
// summary for people; nil is nothing.
func (a *app) flow(ctx context.Context, o flowOptions, step func(context.Context, pipeline.Edges) (pipeline.Outcome, error),
	lines func(view.View, pipeline.Outcome) error) error {
	c, err := config.Load(o.config)
	if err != nil {
		return err
	}
	if err := o.check(c); err != nil {
		return err
	}
	e, done, err := edges.Open(c, edges.Options{DryRun: o.dry(), Offline: o.offline(), Only: o.only, Getenv: a.Getenv, Now: a.Now, Random: a.Random,
		Jitter: a.Jitter, Progress: a.progress(), Proxy: true, Version: version()})
	if err != nil {
		return notOpened(err)
	}
	var off error
	e.Conclude = func(outcome *pipeline.Outcome, err error) {
		if isAs[*pipeline.Off](err) {
			off = err
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
	outcome, err := step(ctx, e)
	err = errors.Join(err, done())
	if outcome.Summary.Run == "" { // it did not come to a run
		return err
	}
	code, told := a.verdict(o, outcome, err)
	if err := a.show(outcome, told, off, lines); err != nil {
		return fmt.Errorf("show the outcome: %w", err)
	}
	return &ended{code}
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
func (a *app) show(outcome pipeline.Outcome, told, off error, lines func(view.View, pipeline.Outcome) error) error {
	v := a.view()
	if a.json {
		err := errors.Join(v.Plan(outcome.Plan, 0), v.Exceptions(outcome.Exceptions, 0))
		if told != nil && off == nil {
			err = errors.Join(err, v.Error(told))
		}
		err = errors.Join(err, v.Outcome(outcome.Summary, nil))
		if told != nil && off == nil {
			a.tell(told)
		}
		return err
	}
	if off != nil {
		_, err := fmt.Fprintf(a.Stdout, "%s; nobody was called\nhint: %s\n", off, strings.Join(view.Hints(off), "; "))
		return err
	}
	if told != nil && outcome.Summary.Workbook == "" { // it ended before there was anything to show
		a.tell(told)
		return nil
	}
	if a.markdown {
		if _, err := io.WriteString(a.Stdout, view.PlanMarkdown(outcome.Plan)); err != nil {
			return err
		}
	} else if err := tables(v, outcome, lines); err != nil {
		return err
	}
	if told != nil {
		a.tell(told)
		return nil
	}
	if hint := outcome.Summary.Hint; hint != "" {
		_, err := fmt.Fprintln(a.Stderr, "hint: "+hint)
		return err
	}
	return nil
}

// tables shows an outcome to people.
func tables(v view.View, outcome pipeline.Outcome, lines func(view.View, pipeline.Outcome) error) error {
	if lines != nil {
		if err := lines(v, outcome); err != nil {
			return err
		}
	}
	if outcome.Summary.Command == "rebuild" { // it reads no row and sends nothing
		return nil
	}
	return v.Outcome(outcome.Summary, outcome.Exceptions)
}
