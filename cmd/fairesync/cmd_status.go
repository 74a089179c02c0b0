package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/spf13/cobra"

	"fairesync/pipeline/ledger"
	"fairesync/pipeline/warehouse"
)

func newStatusCommand(a *app) *cobra.Command {
	var path string
	var many manyOptions
	cmd := &cobra.Command{
		Use:   "status [SKU…]",
		Short: "Say of each SKU whether it is on Faire, since when, and if not, why",
		Long: "status answers from the record of the last run; it calls nobody and works while a run is under way. A SKU may also be a\n" +
			"style or an id of Faire; * and ? stand for any text and any character. Without SKUs it shows the last runs and the\n" +
			"SKUs that are held; of a folder, one line per brand: the last run, and when one last did what it could.",
		Example: "  fairesync status -c luma.yaml\n  fairesync status -c luma.yaml TP-200-S 'WS08*'\n  fairesync status -c brands",
		RunE: action(func(ctx context.Context, args []string) error {
			file, list, err := many.members(path, args)
			if err != nil {
				return err
			}
			if list != nil {
				return a.folderStatus(many.jobs, path, list)
			}
			r, err := openRecord(file)
			if err != nil {
				return err
			}
			return errors.Join(a.status(ctx, r, args), r.Close())
		}),
	}
	configFlag(cmd.Flags(), &path)
	many.addFlags(cmd.Flags())
	return cmd
}

// unknownError is what status was asked for and does not find.
type unknownError struct{ asked string }

func (e *unknownError) Error() string {
	return fmt.Sprintf("%q is no SKU, style or Faire id that the last run saw", e.asked)
}

// Hint says what to do.
func (e *unknownError) Hint() string {
	return "case does not matter; * stands for any text, as in 'WS08*'"
}

func (a *app) status(ctx context.Context, r *record, skus []string) error {
	if len(skus) == 0 {
		return a.overview(ctx, r)
	}
	var rows []ledger.StatusRow
	var unknown []error
	for _, asked := range skus {
		found, err := warehouse.ReadStatus(ctx, r.StatusPath(), asked)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return r.noRun()
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
func (a *app) overview(ctx context.Context, r *record) error {
	if err := a.history(r, lastRuns); err != nil {
		return err
	}
	rows, err := warehouse.ReadStatus(ctx, r.StatusPath(), "")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	held := slices.DeleteFunc(rows, func(row ledger.StatusRow) bool { return row.State != "held" })
	if len(held) == 0 {
		return nil
	}
	more := 0
	if limit := a.shown(); limit > 0 && len(held) > limit {
		held, more = held[:limit], len(held)-limit
	}
	err = nil
	if !a.json {
		_, err = fmt.Fprintln(a.Stdout)
	}
	if err = errors.Join(err, a.view().Status(held)); err != nil {
		return fmt.Errorf("show the status: %w", err)
	}
	if more > 0 {
		_, err = fmt.Fprintf(a.Stdout, "… and %d more; all of them are in %s\n", more, r.LatestWorkbook())
	}
	return err
}
