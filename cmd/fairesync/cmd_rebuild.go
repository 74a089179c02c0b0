package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"fairesync/pipeline"
	"fairesync/pipeline/view"
)

func newRebuildCommand(a *app) *cobra.Command {
	o := flowOptions{command: "rebuild", dryRun: true} // it reads Faire and may not write to it
	cmd := &cobra.Command{
		Use:   "rebuild",
		Short: "Make the brand's database anew, from the newest checkpoint and Faire",
		Long: "rebuild makes brand.duckdb anew when it is lost or damaged: links, what was sent and held, and the history come from the\n" +
			"checkpoint that every run leaves; the next run reads all of Faire. Without a checkpoint every product is met for the first\n" +
			"time again. The file that was there is moved aside. Nothing is sent.",
		Example: "  fairesync rebuild -c luma.yaml && fairesync plan -c luma.yaml",
		Args:    exactly(),
		RunE: action(func(ctx context.Context, _ []string) error {
			told := ""
			return a.flow(ctx, o, func(ctx context.Context, e pipeline.Edges) (pipeline.Outcome, error) {
				var err error
				if told, err = rebuiltFrom(e); err != nil {
					return pipeline.Outcome{}, err
				}
				return pipeline.Rebuild(ctx, e)
			}, func(view.View, pipeline.Outcome) error {
				_, err := fmt.Fprintf(a.Stdout, "%s\n", told)
				return err
			})
		}),
	}
	configFlag(cmd.Flags(), &o.config)
	return cmd
}

// rebuiltFrom says what a rebuild starts from.
func rebuiltFrom(e pipeline.Edges) (string, error) {
	checkpoint, err := e.State.ReadCheckpoint()
	if errors.Is(err, fs.ErrNotExist) {
		return "brand.duckdb was made anew; there was no checkpoint, so every product is met for the first time again", nil
	}
	return fmt.Sprintf("brand.duckdb was made anew from the checkpoint of run %s; the next run reads all of Faire", checkpoint.Run), err
}
