package main

import (
	"context"

	"github.com/spf13/cobra"

	"fairesync/pipeline"
	"fairesync/pipeline/view"
)

func newCheckCommand(a *app) *cobra.Command {
	o := flowOptions{command: "check"}
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Read the sources and show what is wrong with them, without Faire",
		Long: "check reads the sources, the alias file and the taxonomy rules and shows every exception that can be found without Faire,\n" +
			"which is not asked: no token is needed. It sends and records nothing, and runs with the gate off too.",
		Example: "  fairesync check -c luma.yaml\n  fairesync check -c luma.yaml --fail-on error",
		Args:    exactly(),
		RunE: action(func(ctx context.Context, _ []string) error {
			return a.flow(ctx, o, o.run, func(v view.View, outcome pipeline.Outcome) error { return v.Exceptions(outcome.Exceptions, a.shown()) })
		}),
	}
	o.addFlags(cmd.Flags(), "accept-rows")
	return cmd
}
