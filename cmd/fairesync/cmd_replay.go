package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"fairesync/pipeline"
	"fairesync/pipeline/config"
	"fairesync/pipeline/edges"
)

func newReplayCommand(a *app) *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "replay RUN",
		Short: "Compute a run's plan and workbook again, offline, and compare them byte for byte",
		Long: "replay computes plan and workbook of a run again, from nothing but what it left in its folder, and compares them with the files\n" +
			"it wrote. It calls nobody, asks for no secret and leaves nothing behind. It ends with 1 if they differ: then this program\n" +
			"is another one than the run's, or a file was touched.\n" + runHelp,
		Example: "  fairesync replay -c luma.yaml last",
		Args:    exactly("RUN"),
		RunE: action(func(ctx context.Context, args []string) error {
			id, err := resolve(path, args[0])
			if err != nil {
				return err
			}
			return a.replay(ctx, path, id)
		}),
	}
	configFlag(cmd.Flags(), &path)
	return cmd
}

func (a *app) replay(ctx context.Context, path, id string) error {
	c, err := config.Load(path)
	if err != nil {
		return err
	}
	c.Sources = nil // what they delivered is in the run folder; opened, they would ask for their secrets
	e, done, err := edges.Open(c, edges.Options{Offline: true, DryRun: true, Getenv: a.Getenv, Now: a.Now, Random: a.Random,
		Jitter: a.Jitter, Progress: a.progress(), Version: version()})
	if err != nil {
		return notOpened(err)
	}
	replayed, err := pipeline.Replay(ctx, e, id)
	if err = errors.Join(err, done()); err != nil {
		return err
	}
	if a.json {
		encoder := json.NewEncoder(a.Stdout)
		encoder.SetEscapeHTML(false)
		err = encoder.Encode(struct {
			Type string `json:"type"`
			pipeline.Replayed
		}{"replay", replayed})
	} else if replayed.Same() {
		_, err = fmt.Fprintf(a.Stdout, "run %s computed again gives the same plan and the same workbook, byte for byte\n", id)
	}
	if err != nil {
		return fmt.Errorf("show the comparison: %w", err)
	}
	if !replayed.Same() {
		return &otherwiseError{run: id, differs: strings.Trim(replayed.PlanDiffers+"; "+replayed.WorkbookDiffers, "; ")}
	}
	return nil
}

// otherwiseError is a run that gives something else when it is computed again.
type otherwiseError struct{ run, differs string }

func (e *otherwiseError) Error() string {
	return fmt.Sprintf("run %s computed again gives something else: %s", e.run, e.differs)
}

// Hint says what to do.
func (e *otherwiseError) Hint() string {
	return "replay it with the program that made it (the workbook's hidden sheet names its version); if it is that one, a file of the run folder was touched"
}
