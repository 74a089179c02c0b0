package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"fairesync/pipeline/view"
)

func newPlanShowCommand(a *app) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "show FILE",
		Short: "Show a plan that plan -o wrote, or the plan.json of a run",
		Long: "show tells what a plan file would change: fields before and after, reasons, and what holds a change. It needs no\n" +
			"configuration and calls nobody. A plan of another version, or one that was edited, is refused.",
		Example: "  fairesync plan show monday.plan.json\n  fairesync plan show --format markdown monday.plan.json | gh pr comment --body-file -",
		Args:    exactly("FILE"),
		RunE: action(func(_ context.Context, args []string) error {
			if err := a.setFormat(format); err != nil {
				return err
			}
			p, err := readPlan(args[0])
			if err != nil {
				return err
			}
			if a.markdown {
				_, err = io.WriteString(a.Stdout, view.PlanMarkdown(p))
			} else {
				err = a.view().Saved(p, a.shown())
			}
			if err != nil {
				return fmt.Errorf("show the plan: %w", err)
			}
			return nil
		}),
	}
	formatFlag(cmd.Flags(), &format)
	return cmd
}

// formatFlag adds the flag that says how a plan is shown.
func formatFlag(flags *pflag.FlagSet, format *string) {
	flags.StringVar(format, "format", "", "show the plan as `FORMAT` text (the default), markdown for a pull request or a chat, or json")
}

// setFormat takes the value of --format; --json is another way to write --format json.
func (a *app) setFormat(format string) error {
	switch format {
	case "":
		return nil
	case "text", "markdown":
		if a.json {
			return usage("leave one of them out", "--json and --format %s ask for two renderings", format)
		}
		a.markdown = format == "markdown"
		return nil
	case "json":
		a.json = true
		return nil
	}
	return usage("write text, markdown or json", "--format is %q", format)
}
