package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"fairesync/pipeline/ledger"
)

// runHelp says how a run is named.
const runHelp = "A RUN is the id of a run, the beginning of one, or the word last or previous, for the newest two that have ended."

func newDiffCommand(a *app) *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "diff RUN RUN",
		Short: "Tell what changed from one run to another: rows, settings, exceptions, changes",
		Long: "diff compares what two runs left in their folders: what they read, sent and held, the settings they ran with, the exceptions\n" +
			"that appeared, were resolved or are still there, and the changes that only one of them planned or held. It calls nobody.\n" + runHelp,
		Example: "  fairesync diff -c luma.yaml previous last\n  fairesync diff -c luma.yaml 20261123T03 20261123T04",
		Args:    exactly("the first RUN", "the second RUN"),
		RunE: action(func(_ context.Context, args []string) error {
			r, err := openRecord(path)
			if err != nil {
				return err
			}
			return errors.Join(a.diff(r, args), r.Close())
		}),
	}
	configFlag(cmd.Flags(), &path)
	return cmd
}

func (a *app) diff(r *record, runs []string) error {
	recorded := make([]ledger.Recorded, len(runs))
	for i, asked := range runs {
		id, err := r.resolveRun(asked)
		if err != nil {
			return err
		}
		if recorded[i], err = r.Recorded(id); err != nil {
			return err
		}
	}
	if err := a.view().Difference(ledger.Diff(recorded[0], recorded[1]), a.shown()); err != nil {
		return fmt.Errorf("show the difference: %w", err)
	}
	return nil
}
