package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

func newHistoryCommand(a *app) *cobra.Command {
	var path string
	var most int
	cmd := &cobra.Command{
		Use:   "history",
		Short: "List the last runs: when, how long, what they read, sent and held",
		Long: "history lists the last runs, newest first. It answers from the record, calls nobody and works while a run is under way:\n" +
			"that one stands first, with the status running. A run that was killed, or whose machine went down, has the status died.",
		Example: "  fairesync history -c luma.yaml\n  fairesync history -c luma.yaml -n 0 --json",
		Args:    exactly(),
		RunE: action(func(context.Context, []string) error {
			if most < 0 {
				return usage("write how many runs to show, or 0 for all", "-n is %d", most)
			}
			r, err := openRecord(path)
			if err != nil {
				return err
			}
			return errors.Join(a.history(r, most), r.Close())
		}),
	}
	configFlag(cmd.Flags(), &path)
	cmd.Flags().IntVarP(&most, "number", "n", 20, "show the last `N` runs; 0 is all")
	return cmd
}

// history shows so many runs (0: all), the one that is under way first.
func (a *app) history(r *record, most int) error {
	runs, err := r.runs()
	if err != nil {
		return err
	}
	if len(runs) == 0 {
		return r.noRun()
	}
	if most > 0 {
		runs = runs[:min(most, len(runs))]
	}
	said := ""
	if runs[0].Status == running && !a.json {
		said = r.progressOf(runs[0])
		runs[0].Ended = a.Now() // so far
	}
	if err := a.view().History(runs); err != nil {
		return fmt.Errorf("show the runs: %w", err)
	}
	if said != "" && !a.quiet {
		_, err = fmt.Fprintln(a.Stderr, said)
	}
	return err
}
