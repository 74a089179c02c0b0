package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"fairesync/pipeline"
	"fairesync/pipeline/view"
)

func newUndoCommand(a *app) *cobra.Command {
	o := flowOptions{command: "undo"}
	var out string
	cmd := &cobra.Command{
		Use:   "undo RUN",
		Short: "Take back what a run sent, as far as Faire still holds it",
		Long: "undo puts the fields that a run sent back to what they were before, and takes down the products it made. It reads the products\n" +
			"again and leaves alone, and says so, what has changed on Faire since. What it took back is held from then on\n" +
			"(GUARD_UNDONE) until the source has another value or somebody releases it. Ceilings hold as in a run. With -o or\n" +
			"--dry-run it only plans; apply sends that plan.\n" + runHelp,
		Example: "  fairesync undo -c luma.yaml --dry-run last\n  fairesync undo -c luma.yaml -o back.plan.json 20261123T03 && fairesync apply -c luma.yaml back.plan.json",
		Args:    exactly("RUN"),
		RunE: action(func(ctx context.Context, args []string) error {
			if err := hasFolder(out); err != nil {
				return err
			}
			id, err := resolve(o.config, args[0])
			if err != nil {
				return err
			}
			o := o
			o.again = "undo " + id
			o.dryRun = o.dryRun || out != ""
			var lines func(view.View, pipeline.Outcome) error
			if o.dryRun {
				lines = func(v view.View, outcome pipeline.Outcome) error { return v.Plan(outcome.Plan, a.shown()) }
			}
			return a.flow(ctx, o, a.keeping(out, o.config, func(ctx context.Context, e pipeline.Edges) (pipeline.Outcome, error) {
				return pipeline.Undo(ctx, e, id, pipeline.Options{Command: o.command, Approvals: o.approvals, DryRun: o.dryRun, Budget: o.budget})
			}), lines)
		}),
	}
	o.addFlags(cmd.Flags(), "approve", "budget")
	outFlag(cmd.Flags(), &out)
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "show what would be sent, and send nothing")
	return cmd
}

// resolve gives the id of a run of the brand that a configuration names.
func resolve(path, asked string) (string, error) {
	r, err := openRecord(path)
	if err != nil {
		return "", err
	}
	id, err := r.resolveRun(asked)
	return id, errors.Join(err, r.Close())
}
