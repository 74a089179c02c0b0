package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

func newExplainCommand(a *app) *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "explain SKU",
		Short: "Tell all that is recorded of a SKU: on Faire or not, why, what was found, planned and answered",
		Long: "explain tells of one SKU whether it is on Faire, what the last run found wrong with it, what its plan has about it and what\n" +
			"holds that, what Faire answered, and which runs sent something about it before. It answers from the record, calls nobody\n" +
			"and works while a run is under way. A SKU may also be a style or an id of Faire; * and ? stand for any text and any character.",
		Example: "  fairesync explain -c luma.yaml TP-200-S",
		Args:    exactly("SKU"),
		RunE: action(func(ctx context.Context, args []string) error {
			r, err := openRecord(path)
			if err != nil {
				return err
			}
			return errors.Join(a.explain(ctx, r, args[0]), r.Close())
		}),
	}
	configFlag(cmd.Flags(), &path)
	return cmd
}

func (a *app) explain(ctx context.Context, r *record, asked string) error {
	list, err := r.explanations(ctx, asked)
	if err != nil {
		return err
	}
	if err := a.view().Explain(list, a.shown()); err != nil {
		return fmt.Errorf("show the explanation: %w", err)
	}
	return nil
}
