package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"fairesync/pipeline/check"
	"fairesync/pipeline/view"
)

func newCodesCommand(a *app) *cobra.Command {
	var markdown bool
	cmd := &cobra.Command{
		Use:     "codes",
		Short:   "List the exception codes: severity, what each holds, what to do",
		Example: "  fairesync codes\n  fairesync codes --markdown >docs/exceptions.md",
		Args:    exactly(),
		RunE: action(func(context.Context, []string) error {
			if markdown {
				_, err := io.WriteString(a.Stdout, view.CodesMarkdown(check.Codes()))
				return err
			}
			return a.view().Codes(check.Codes())
		}),
	}
	cmd.Flags().BoolVar(&markdown, "markdown", false, "write docs/exceptions.md")
	return cmd
}
