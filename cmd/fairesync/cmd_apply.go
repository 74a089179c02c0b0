package main

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"fairesync/pipeline"
	"fairesync/pipeline/plan"
)

func newApplyCommand(a *app) *cobra.Command {
	o := flowOptions{command: "apply"}
	cmd := &cobra.Command{
		Use:   "apply PLAN",
		Short: "Send a plan that plan -o wrote, and nothing else",
		Long: "apply sends the requests of a plan file and no others. It refuses a plan of another brand or version, one that was\n" +
			"edited, and one whose products changed on Faire since it was made: these are named.",
		Example: "  fairesync apply -c luma.yaml monday.plan.json",
		Args:    exactly("PLAN"),
		RunE: action(func(ctx context.Context, args []string) error {
			p, err := readPlan(args[0])
			if err != nil {
				return err
			}
			o := o
			o.only = pipeline.PartOf(p)
			return a.flow(ctx, o, func(ctx context.Context, e pipeline.Edges) (pipeline.Outcome, error) {
				return pipeline.Apply(ctx, e, p)
			}, nil)
		}),
	}
	o.addFlags(cmd.Flags())
	return cmd
}

// readPlan reads a plan file and refuses one that cannot be applied.
func readPlan(path string) (plan.Plan, error) {
	file, err := os.Open(path)
	if err != nil {
		if pathError, ok := errors.AsType[*fs.PathError](err); ok {
			err = pathError.Err
		}
		return plan.Plan{}, usage("make one with fairesync plan -o FILE", "plan %s cannot be read: %w", path, err)
	}
	defer file.Close() //nolint:errcheck // read only
	return plan.Read(file)
}
