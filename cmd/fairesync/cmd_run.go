package main

import (
	"context"
	"errors"
	"fmt"
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
		Example: "  fairesync run -c luma.yaml\n  fairesync run -c luma.yaml --approve first_link=14\n  fairesync run -c luma.yaml --json | tail -n 1",
		Args:    exactly(),
		RunE: a.action(func(ctx context.Context, _ []string) error {
			return a.flow(ctx, o, pipelineRun(o), func(v view.View, outcome pipeline.Outcome) error { return a.lines(v, outcome) })
		}),
	}
	o.addFlags(cmd.Flags(), "approve", "accept-rows", "full-walk")
	return cmd
}

// flowOptions are the flags of the commands that go through the pipeline.
type flowOptions struct {
	command    string
	config     string
	approvals  map[string]int
	acceptRows map[string]int64
	failOn     string
	fullWalk   bool
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
		}
	}
}

// check refuses values that no run could use.
func (o *flowOptions) check(c config.Config) error {
	if !slices.Contains([]string{"", string(check.Error), string(check.Warning), string(check.Info)}, o.failOn) {
		return usage("write error, warning or info", "--fail-on is %q", o.failOn)
	}
	for _, group := range sortedKeys(o.approvals) {
		if o.approvals[group] <= 0 {
			return usage("write the count the plan or the workbook shows, such as "+group+"=12", "--approve %s=%d approves nothing", group, o.approvals[group])
		}
	}
	var names []string
	for _, source := range c.Sources {
		names = append(names, source.Name)
	}
	for _, name := range sortedKeys(o.acceptRows) {
		if !slices.Contains(names, name) {
			return usage("the sources are "+strings.Join(names, ", "), "--accept-rows %s=%d names no source of %s", name, o.acceptRows[name], o.config)
		}
		if o.acceptRows[name] <= 0 {
			return usage("write the count the refusal shows", "--accept-rows %s=%d accepts nothing", name, o.acceptRows[name])
		}
	}
	return nil
}

// step is what a command does with the edges of a brand.
type step func(ctx context.Context, e pipeline.Edges) (pipeline.Outcome, error)

// pipelineRun is the step of run, plan and check.
func pipelineRun(o flowOptions) step {
	return nil
}

// flow opens the brand, does the step, shows what came of it and ends with the exit code.
func (a *app) flow(ctx context.Context, o flowOptions, do step, show func(view.View, pipeline.Outcome) error) error {
	return fmt.Errorf("%w", errors.ErrUnsupported)
}
