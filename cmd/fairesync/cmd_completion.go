package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newCompletionCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "completion bash|zsh|fish",
		Short: "Write the script that lets a shell complete fairesync's commands and flags",
		Long:  "completion writes a script for the shell that is named to stdout. The shell reads it when it starts.",
		Example: "  fairesync completion bash > /etc/bash_completion.d/fairesync        # or: source <(fairesync completion bash)\n" +
			"  fairesync completion zsh > \"${fpath[1]}/_fairesync\"\n" +
			"  fairesync completion fish > ~/.config/fish/completions/fairesync.fish",
		ValidArgs: []string{"bash", "zsh", "fish"},
		Args:      exactly("bash, zsh or fish"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			switch root := cmd.Root(); args[0] {
			case "bash":
				err = root.GenBashCompletionV2(a.Stdout, true)
			case "zsh":
				err = root.GenZshCompletion(a.Stdout)
			case "fish":
				err = root.GenFishCompletion(a.Stdout, true)
			default:
				return usage("write bash, zsh or fish", "there is no completion for the shell %q", args[0])
			}
			if err != nil {
				return fmt.Errorf("write the script: %w", err)
			}
			return nil
		},
	}
}
