package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"fairesync/pipeline/config"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/warehouse"
)

func newStatusCommand(a *app) *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "status [SKU…]",
		Short: "Say of each SKU whether it is on Faire, since when, and if not, why",
		Long: "status answers from the record of the last run; it calls nobody and works while a run is under way. A SKU may also be a\n" +
			"style or an id of Faire; * and ? stand for any text and any character. Without SKUs it shows the last runs and the\n" +
			"SKUs that are held.",
		Example: "  fairesync status -c luma.yaml\n  fairesync status -c luma.yaml TP-200-S 'WS08*'",
		RunE: action(func(ctx context.Context, args []string) error {
			c, err := config.Load(path)
			if err != nil {
				return err
			}
			return a.status(ctx, c, &noRunError{brand: c.Brand, config: path}, args)
		}),
	}
	configFlag(cmd.Flags(), &path)
	return cmd
}

// noRunError says that there is nothing to answer from.
type noRunError struct{ brand, config string }

func (e *noRunError) Error() string { return "brand " + e.brand + " has not been synced yet" }

// Hint says what to do.
func (e *noRunError) Hint() string { return "fairesync run -c " + e.config }

// unknownError is what status was asked for and does not find.
type unknownError struct{ asked string }

func (e *unknownError) Error() string {
	return fmt.Sprintf("%q is no SKU, style or Faire id that the last run saw", e.asked)
}

// Hint says what to do.
func (e *unknownError) Hint() string {
	return "case does not matter; * stands for any text, as in 'WS08*'"
}

func (a *app) status(ctx context.Context, c config.Config, missing error, skus []string) error {
	if _, err := os.Stat(filepath.Join(c.State, c.Brand)); errors.Is(err, fs.ErrNotExist) { // asking makes no folder
		return missing
	}
	state, err := ledger.OpenState(c.State, c.Brand)
	if err != nil {
		return err
	}
	defer state.Close() //nolint:errcheck // only read
	if len(skus) == 0 {
		return a.overview(ctx, state, missing)
	}
	var rows []ledger.StatusRow
	var unknown []error
	for _, asked := range skus {
		found, err := warehouse.ReadStatus(ctx, state.StatusPath(), asked)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return missing
		case err != nil:
			return err
		case len(found) == 0:
			unknown = append(unknown, &unknownError{asked})
		}
		for _, row := range found {
			if !slices.Contains(rows, row) {
				rows = append(rows, row)
			}
		}
	}
	if len(rows) > 0 {
		if err := a.view().Status(rows); err != nil {
			return fmt.Errorf("show the status: %w", err)
		}
	}
	return errors.Join(unknown...)
}

// lastRuns is how many runs the overview shows.
const lastRuns = 5

// overview shows the last runs, newest first, and the SKUs that are held.
func (a *app) overview(ctx context.Context, state *ledger.State, missing error) error {
	runs, err := state.Runs()
	if err != nil {
		return err
	}
	slices.Reverse(runs)
	if len(runs) == 0 {
		return missing
	}
	rows, err := warehouse.ReadStatus(ctx, state.StatusPath(), "")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	held := slices.DeleteFunc(rows, func(row ledger.StatusRow) bool { return row.State != "held" })
	more := 0
	if limit := a.shown(); limit > 0 && len(held) > limit {
		held, more = held[:limit], len(held)-limit
	}
	v := a.view()
	if err := v.History(runs[:min(lastRuns, len(runs))]); err != nil {
		return fmt.Errorf("show the status: %w", err)
	}
	if len(held) > 0 {
		if !a.json {
			_, err = fmt.Fprintln(a.Stdout)
		}
		if err = errors.Join(err, v.Status(held)); err != nil {
			return fmt.Errorf("show the status: %w", err)
		}
	}
	if more > 0 {
		_, err = fmt.Fprintf(a.Stdout, "… and %d more; all of them are in %s\n", more, state.LatestWorkbook())
	}
	return err
}
