package main

import (
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
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.oneOrMany(cmd.Context(), &o, changed(cmd, "accept-rows", "accept-older", "accept-columns"), func() error {
				return a.flow(cmd.Context(), o, o.run, func(v view.View, outcome pipeline.Outcome) error { return v.Exceptions(outcome.Exceptions, a.shown()) })
			})
		},
	}
	o.addFlags(cmd.Flags(), "jobs", "accept-rows", "accept-older", "accept-columns")
	return cmd
}
