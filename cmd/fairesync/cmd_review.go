package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	answers "fairesync/pipeline/report"
	"fairesync/pipeline/review"
	"fairesync/pipeline/view"
)

func newReviewCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "review",
		Short: "Take in what people answered in the workbook, and show what is decided",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return usage("see "+cmd.CommandPath()+" --help", "there is no command %q", cmd.CommandPath()+" "+args[0])
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newReviewImportCommand(a), newReviewListCommand(a), newReviewExportCommand(a), newReviewApplyCommand(a))
	return cmd
}

// reviewOptions are the flags of the commands that take something in.
type reviewOptions struct {
	config, report string
	dryRun, force  bool
}

func (o *reviewOptions) addFlags(flags *pflag.FlagSet) {
	configFlag(flags, &o.config)
	flags.BoolVar(&o.dryRun, "dry-run", false, "say what would become of every answer, and lay down nothing")
}

func newReviewImportCommand(a *app) *cobra.Command {
	var o reviewOptions
	cmd := &cobra.Command{
		Use:   "import WORKBOOK",
		Short: "Take in the answers of a workbook",
		Long: "import reads an answered workbook, holds every answer against what the newest run asks, and lays down decisions, which the next\n" +
			"run obeys. Each row counts for itself: what is sound is taken, and the rest is told with sheet and row. Importing a file twice\n" +
			"changes nothing. Sheets may be renamed and sorted, and the file saved by any spreadsheet program; the columns Key and\n" +
			"Fingerprint are what an answer is known by. It exits 1 if an answer was refused. It works while a run is under way.",
		Example: "  fairesync review import -c luma.yaml --dry-run answered.xlsx\n  fairesync review import -c luma.yaml --report told.xlsx answered.xlsx",
		Args:    exactly("WORKBOOK"),
		RunE: action(func(ctx context.Context, args []string) error {
			return a.withRecord(o.config, func(r *record) error { return a.reviewImport(ctx, r, args[0], o) })
		}),
	}
	o.addFlags(cmd.Flags())
	cmd.Flags().StringVar(&o.report, "report", "", "write a copy of the workbook to `FILE` that says beside each answer what became of it")
	cmd.Flags().BoolVar(&o.force, "force", false, "let --report replace a file that is there")
	return cmd
}

func newReviewApplyCommand(a *app) *cobra.Command {
	var o reviewOptions
	cmd := &cobra.Command{
		Use:   "apply-csv FILE",
		Short: "Take in decisions from a CSV that review export wrote",
		Long: "apply-csv lays down the decisions of a CSV as review export writes it, edited or not: a line that stands already changes nothing, a\n" +
			"line with another action or value takes the place of what stood, and a line without a time is of now. A decision that is missing\n" +
			"from the file stays: to end it, write withdraw as its action. It exits 1 if a line was refused.",
		Example: "  fairesync review apply-csv -c luma.yaml --dry-run decisions.csv",
		Args:    exactly("FILE"),
		RunE: action(func(ctx context.Context, args []string) error {
			return a.withRecord(o.config, func(r *record) error { return a.reviewApply(ctx, r, args[0], o) })
		}),
	}
	o.addFlags(cmd.Flags())
	return cmd
}

func newReviewListCommand(a *app) *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "Show the decisions in force",
		Example: "  fairesync review list -c luma.yaml",
		Args:    exactly(),
		RunE: action(func(context.Context, []string) error {
			return a.withRecord(path, func(r *record) error {
				decided, err := r.ReadDecisions()
				if err != nil {
					return err
				}
				if err := a.view().Decisions(review.InForce(decided), a.shown()); err != nil {
					return fmt.Errorf("show the decisions: %w", err)
				}
				return nil
			})
		}),
	}
	configFlag(cmd.Flags(), &path)
	return cmd
}

func newReviewExportCommand(a *app) *cobra.Command {
	var path, out string
	var all bool
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the decisions in force as CSV, for code review",
		Long: "export writes one line for each decision in force, sorted, so that versions of the file can be compared. apply-csv takes it in again.\n" +
			"A cell that a spreadsheet would take for a formula has an apostrophe before it, which apply-csv takes off.",
		Example: "  fairesync review export -c luma.yaml -o decisions.csv",
		Args:    exactly(),
		RunE: action(func(context.Context, []string) error {
			if err := hasFolder(out); err != nil {
				return err
			}
			return a.withRecord(path, func(r *record) error { return a.reviewExport(r, out, all) })
		}),
	}
	configFlag(cmd.Flags(), &path)
	cmd.Flags().StringVarP(&out, "out", "o", "", "write to `FILE`, not to stdout")
	cmd.Flags().BoolVar(&all, "all", false, "every decision that was ever taken, not only those in force")
	return cmd
}

// withRecord opens the folder of a brand for what act does.
func (a *app) withRecord(path string, act func(*record) error) error {
	r, err := openRecord(path)
	if err != nil {
		return err
	}
	return errors.Join(act(r), r.Close())
}

func (a *app) reviewImport(ctx context.Context, r *record, path string, o reviewOptions) error {
	if err := o.checkReport(path); err != nil {
		return err
	}
	asked, err := r.newestAsked()
	if err != nil {
		return err
	}
	book, err := answers.ReadAnswers(path)
	if err != nil {
		return err
	}
	then, err := r.workbookRun(path, book, asked)
	if err != nil {
		return err
	}
	known, err := r.vocabulary(ctx, asked)
	if err != nil {
		return err
	}
	shown := view.Review{File: path, Run: book.Run, Newest: asked.run, DryRun: o.dryRun, Notices: book.Notices}
	now := a.Now()
	shown.Judged, err = r.judge(o.dryRun, func(decided []review.Decision) []review.Judged {
		return review.Judge(book, then, asked.record, known, decided, now)
	})
	if err != nil {
		return err
	}
	var reported error
	if o.report != "" {
		reported = writeTold(o.report, path, shown.Judged)
	}
	return errors.Join(a.reviewed(shown), reported)
}

func (a *app) reviewApply(ctx context.Context, r *record, path string, o reviewOptions) error {
	asked, err := r.newestAsked()
	if err != nil {
		return err
	}
	lines, digest, err := readDecisionsCSV(path)
	if err != nil {
		return err
	}
	known, err := r.vocabulary(ctx, asked)
	if err != nil {
		return err
	}
	shown := view.Review{File: path, Newest: asked.run, DryRun: o.dryRun}
	now := a.Now()
	shown.Judged, err = r.judge(o.dryRun, func(decided []review.Decision) []review.Judged {
		return review.JudgeLines(lines, baseName(path), digest, asked.record, known, decided, now)
	})
	if err != nil {
		return err
	}
	return a.reviewed(shown)
}

// reviewed shows what became of answers; any that was refused is exit code 1.
func (a *app) reviewed(shown view.Review) error {
	if err := a.view().Review(shown, a.shown()); err != nil {
		return fmt.Errorf("show what became of the answers: %w", err)
	}
	for _, j := range shown.Judged {
		if j.Verdict.Refused() {
			return &ended{exitError}
		}
	}
	return nil
}

func (a *app) reviewExport(r *record, out string, all bool) error {
	decided, err := r.ReadDecisions()
	if err != nil {
		return err
	}
	if !all {
		decided = review.InForce(decided)
	}
	if out == "" {
		err = review.WriteCSV(a.Stdout, decided)
	} else {
		err = replaceBy(out, func(w io.Writer) error { return review.WriteCSV(w, decided) })
	}
	if err != nil {
		return fmt.Errorf("write the decisions: %w", err)
	}
	return nil
}

// checkReport refuses, before anything is taken in, a copy that could not be written.
func (o reviewOptions) checkReport(workbook string) error {
	if o.report == "" {
		return nil
	}
	if err := hasFolder(o.report); err != nil {
		return usage("make the folder first", "--report %s: its folder is not there", o.report)
	}
	there, err := os.Stat(o.report)
	if err != nil {
		return nil //nolint:nilerr // it is not there, as it should be; whoever cannot look cannot write either, and is told so
	}
	if same, err := os.Stat(workbook); err == nil && os.SameFile(there, same) {
		return usage("name another file", "--report %s is the answered workbook itself", o.report)
	}
	if !o.force {
		return usage("name another file, or add --force to replace it", "--report %s is there already", o.report)
	}
	return nil
}

// writeTold writes the copy of a workbook that tells what became of its answers.
func writeTold(out, workbook string, judged []review.Judged) error {
	if err := replaceBy(out, func(w io.Writer) error { return answers.WriteResults(w, workbook, judged) }); err != nil {
		return fmt.Errorf("write --report %s: %w", out, err)
	}
	return nil
}

// replaceBy makes or replaces a file with what write writes, whole or not at all.
func replaceBy(path string, write func(io.Writer) error) error {
	from, to := io.Pipe()
	go func() { to.CloseWithError(write(to)) }()
	return errors.Join(replaceFile(path, 0o600, from), from.Close())
}
