package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"fairesync/pipeline"
	"fairesync/pipeline/view"
)

func newPlanCommand(a *app) *cobra.Command {
	o := flowOptions{command: "plan"}
	var out, format string
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Read and compare, and show what run would send",
		Long: "plan reads the sources and Faire and shows what run would send, and what it would hold. It sends and records nothing.\n" +
			"With -o the plan goes to a file, which apply sends: that plan and nothing else.",
		Example: "  fairesync plan -c luma.yaml\n  fairesync plan -c luma.yaml --format markdown >plan.md\n  fairesync plan -c luma.yaml -o monday.plan.json && fairesync apply -c luma.yaml monday.plan.json",
		Args:    exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.setFormat(format); err != nil {
				return err
			}
			if err := hasFolder(out); err != nil {
				return err
			}
			return a.oneOrMany(cmd.Context(), &o, changed(cmd, "approve", "accept-rows", "accept-older", "accept-columns", "out", "format"), func() error {
				return a.flow(cmd.Context(), o, a.keeping(out, o.config, o.run), func(v view.View, outcome pipeline.Outcome) error { return v.Plan(outcome.Plan, a.shown()) })
			})
		},
	}
	o.addFlags(cmd.Flags(), "jobs", "approve", "accept-rows", "accept-older", "accept-columns", "full-walk", "only")
	formatFlag(cmd.Flags(), &format)
	cmd.AddCommand(newPlanShowCommand(a))
	outFlag(cmd.Flags(), &out)
	cmd.Flags().BoolVar(&o.exitCode, "exit-code", false, "exit 7 if changes are pending")
	return cmd
}

// outFlag adds the flag that says where a plan is kept.
func outFlag(flags *pflag.FlagSet, out *string) {
	flags.StringVarP(out, "out", "o", "", "write the plan to `FILE` too, for apply")
}

// hasFolder refuses a file whose folder is not there, before anything is done. Blank is no file.
func hasFolder(out string) error {
	if info, err := os.Stat(filepath.Dir(out)); out != "" && (err != nil || !info.IsDir()) {
		return usage("make the folder first", "--out %s: its folder is not there", out)
	}
	return nil
}

// flowStep is a way through the pipeline.
type flowStep = func(context.Context, pipeline.Edges) (pipeline.Outcome, error)

// keeping copies the plan that a step made to out, unless that is blank.
func (a *app) keeping(out, config string, step flowStep) flowStep {
	return func(ctx context.Context, e pipeline.Edges) (pipeline.Outcome, error) {
		outcome, err := step(ctx, e)
		if err == nil && out != "" && outcome.Summary.Plan != "" {
			err = a.keepPlan(outcome.Summary.Plan, out, config)
		}
		return outcome, err
	}
}

// keepPlan copies a plan to where it was asked for, whole or not at all.
func (a *app) keepPlan(from, to, config string) error {
	source, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("copy the plan: %w", err)
	}
	defer source.Close() //nolint:errcheck // read only
	if err := replaceFile(to, 0o600, source); err != nil {
		return fmt.Errorf("copy the plan: %w", err)
	}
	if !a.quiet {
		_, err = fmt.Fprintf(a.Stderr, "plan written to %s; send it with fairesync apply -c %s %s\n", to, config, to)
	}
	return err
}
