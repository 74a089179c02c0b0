package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

func newExplainCommand(a *app) *cobra.Command {
	var path string
	var recorded bool
	cmd := &cobra.Command{
		Use:   "explain SKU",
		Short: "Tell all that is recorded of a SKU: on Faire or not, why, what was found, planned and answered",
		Long: "explain tells of one SKU whether it is on Faire; how the last run made of its source row what it wants on Faire, step by step:\n" +
			"cleaning, alias, match, type, prices, rules; which decisions concern it; what was found wrong with it, since when, and who\n" +
			"looks after that; what the plan has about it and what holds that; what Faire answered, and which runs sent something about it\n" +
			"before. For the steps it runs the relations of that run again, offline, which takes as long as the run's transform;\n" +
			"--recorded leaves them out. It calls nobody and works while a run is under way. A SKU may also be a style or an id of Faire;\n" +
			"* and ? stand for any text and any character.",
		Example: "  fairesync explain -c luma.yaml TP-200-S",
		Args:    exactly("SKU"),
		RunE: action(func(ctx context.Context, args []string) error {
			r, err := openRecord(path)
			if err != nil {
				return err
			}
			return errors.Join(a.explain(ctx, r, args[0], recorded), r.Close())
		}),
	}
	configFlag(cmd.Flags(), &path)
	cmd.Flags().BoolVar(&recorded, "recorded", false, "only what is on record: run no relation again")
	return cmd
}

func (a *app) explain(ctx context.Context, r *record, asked string, recorded bool) error {
	list, err := r.explanations(ctx, asked)
	if err != nil {
		return err
	}
	if !recorded {
		if err := a.lineage(ctx, r, list); err != nil {
			return err
		}
	}
	if err := a.view().Explain(list, a.shown()); err != nil {
		return fmt.Errorf("show the explanation: %w", err)
	}
	return nil
}
