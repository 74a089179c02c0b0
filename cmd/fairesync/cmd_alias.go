package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"fairesync/pipeline/config"
	"fairesync/pipeline/review"
	"fairesync/pipeline/view"
	"fairesync/pipeline/warehouse"
	"fairesync/transforms"
)

func newAliasCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "alias",
		Short: "Take in, give out and suggest aliases: which SKU of ours a variant on Faire is",
		Long: "An alias says that a SKU on Faire and a SKU in the WMS are one. alias suggest lists those that are wanted, alias import takes\n" +
			"a CSV in as decisions, alias export writes those in force. The next run obeys them.",
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newAliasImportCommand(a), newAliasExportCommand(a), newAliasSuggestCommand(a))
	return cmd
}

// aliasImportOptions are the flags of alias import.
type aliasImportOptions struct {
	config, reviewer string
	dryRun, remove   bool
}

func newAliasImportCommand(a *app) *cobra.Command {
	var o aliasImportOptions
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Take the aliases of a CSV in as decisions, row by row",
		Long: "import reads a CSV with the columns alias_name, alias_value (the SKU on Faire) and wms_sku; further columns are comments. Each row is\n" +
			"held against the others, the decisions in force and the SKUs the last run saw. Sound rows become decisions that the next run\n" +
			"obeys; the rest is named with the reason: circles, a value for two SKUs, two values for a SKU, a value that is another\n" +
			"row's SKU, a SKU the WMS does not have. If a row was refused the command ends with 1, after the sound ones were taken.",
		Example: "  fairesync alias import -c luma.yaml --dry-run aliases.csv\n  fairesync alias import -c luma.yaml --reviewer Ann aliases.csv\n" +
			"  fairesync alias import -c luma.yaml --remove wrong.csv",
		Args: exactly("FILE"),
		RunE: action(func(ctx context.Context, args []string) error {
			c, r, err := openConfigured(o.config)
			if err != nil {
				return err
			}
			return errors.Join(a.importAliases(ctx, c, r, args[0], o), r.Close())
		}),
	}
	flags := cmd.Flags()
	configFlag(flags, &o.config)
	flags.StringVar(&o.reviewer, "reviewer", "", "`NAME` of who decided; it is kept with every decision")
	flags.BoolVar(&o.dryRun, "dry-run", false, "say what would become of each row, and change nothing")
	flags.BoolVar(&o.remove, "remove", false, "withdraw the aliases the file lists; alias_value may be blank")
	return cmd
}

// openConfigured opens the folder of the brand of a configuration, and gives the configuration too.
func openConfigured(path string) (config.Config, *record, error) {
	c, err := config.Load(path)
	if err != nil {
		return c, nil, err
	}
	r, err := openRecordOf(c, path)
	return c, r, err
}

func (a *app) importAliases(ctx context.Context, c config.Config, r *record, path string, o aliasImportOptions) error {
	rows, digest, err := readAliasFile(path)
	if err != nil {
		return err
	}
	facts := review.AliasFacts{Name: c.Alias.Name, Mangled: transformed("looks_mangled").says, File: filepath.Base(path), Digest: digest, Reviewer: o.reviewer, At: a.Now()}
	if facts.SKUs, err = knownSKUs(ctx, r); err != nil {
		return err
	}
	var judged []review.Judged
	take := func(all []review.Decision) ([]review.Decision, error) {
		facts.Decisions = review.InForce(all)
		if o.remove {
			judged = review.JudgeRemovals(rows, facts)
		} else {
			judged = review.JudgeAliases(rows, facts)
		}
		var taken []review.Decision
		for _, j := range judged {
			taken = append(taken, j.Decisions...)
		}
		return taken, nil
	}
	if o.dryRun {
		all, err := r.ReadDecisions()
		if err != nil {
			return err
		}
		if _, err := take(all); err != nil {
			return err
		}
	} else if err := r.Decide(take); err != nil {
		return err
	}
	summary := view.AliasImport{File: facts.File, Rows: len(judged), Removed: o.remove, DryRun: o.dryRun, Verdicts: map[review.Verdict]int{}}
	for _, verdict := range review.Verdicts {
		summary.Verdicts[verdict] = 0
	}
	for _, j := range judged {
		summary.Verdicts[j.Verdict]++
	}
	if err := a.view().AliasImport(judged, summary); err != nil {
		return fmt.Errorf("show the import: %w", err)
	}
	if refused := summary.Refused(); refused > 0 {
		return &aliasRefusedError{file: facts.File, refused: refused, rows: summary.Rows, dry: o.dryRun}
	}
	return nil
}

// aliasRefusedError says that rows of an alias file were not taken.
type aliasRefusedError struct {
	file          string
	refused, rows int
	dry           bool
}

func (e *aliasRefusedError) Error() string {
	if e.dry {
		return fmt.Sprintf("%s: %d of %d rows would not be taken", e.file, e.refused, e.rows)
	}
	return fmt.Sprintf("%s: %d of %d rows were not taken", e.file, e.refused, e.rows)
}

// Hint says what to do.
func (e *aliasRefusedError) Hint() string {
	return "mend the rows listed and import the file again; rows that were taken before are known and change nothing"
}

// readAliasFile reads an alias CSV with its cells as the relations clean them, and its digest.
func readAliasFile(path string) ([]review.AliasRow, string, error) {
	data, err := os.ReadFile(path) //nolint:gosec // the file the user names
	if err != nil {
		return nil, "", usage("check the path", "%s cannot be opened: %v", filepath.Base(path), errors.Unwrap(err))
	}
	lines, err := config.ReadAliases(path)
	if err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256(data)
	return aliasRows(lines), hex.EncodeToString(sum[:8]), nil
}

// aliasRows are lines of an alias file with clean cells, without the apostrophes of alias export.
func aliasRows(lines []config.AliasRow) []review.AliasRow {
	clean := transformed("clean_key")
	rows := make([]review.AliasRow, len(lines))
	for i, line := range lines {
		cell := func(text string) string { return clean.text(review.UnguardCell(text)) }
		rows[i] = review.AliasRow{Name: cell(line.Name), Value: cell(line.Value), SKU: cell(line.SKU), Row: int(line.Row)}
	}
	return rows
}

// transformed is a function of one text that the relations call, so that commands read cells as they do.
type transformed string

func (name transformed) call(text string) any {
	for _, function := range transforms.Functions() {
		if function.Name != string(name) {
			continue
		}
		value, err := function.Call([]any{text})
		if err != nil {
			panic(err) // one text is what it takes
		}
		return value
	}
	panic("there is no function " + string(name)) // names stand in this file
}

func (name transformed) text(text string) string {
	value, _ := name.call(text).(string) // NULL is blank
	return value
}

func (name transformed) says(text string) bool {
	value, _ := name.call(text).(bool)
	return value
}

// knownSKUs are the SKUs the last run saw in the WMS; nil if no run left a status.
func knownSKUs(ctx context.Context, r *record) (map[string]bool, error) {
	rows, err := warehouse.ReadStatus(ctx, r.StatusPath(), "")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, row := range rows {
		known[row.SKU] = true
	}
	return known, nil
}

func newAliasExportCommand(a *app) *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the aliases in force as CSV, those of decisions and those of the alias file",
		Long: "export writes alias_name, alias_value, wms_sku, origin and note. Of a SKU with a decision the row of the alias file is left out, since\n" +
			"the decision goes before it. A cell that a spreadsheet would take for a formula begins with an apostrophe, which alias\n" +
			"import takes off again.",
		Example: "  fairesync alias export -c luma.yaml >aliases.csv",
		Args:    exactly(),
		RunE: action(func(context.Context, []string) error {
			c, r, err := openConfigured(path)
			if err != nil {
				return err
			}
			return errors.Join(a.exportAliases(c, r), r.Close())
		}),
	}
	configFlag(cmd.Flags(), &path)
	return cmd
}

func (a *app) exportAliases(c config.Config, r *record) error {
	all, err := r.ReadDecisions()
	if err != nil {
		return err
	}
	var rows []review.AliasRow
	if c.Alias.File != "" {
		lines, err := config.ReadAliases(c.Alias.File)
		if err != nil {
			return err
		}
		rows = aliasRows(lines)
	}
	standing := review.StandingAliases(rows, review.AliasFacts{Name: c.Alias.Name, Decisions: review.InForce(all)})
	return review.WriteAliases(a.Stdout, c.Alias.Name, standing)
}

func newAliasSuggestCommand(a *app) *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "suggest",
		Short: "List what the last run asks about aliases, with the nearest candidates, score and reason",
		Long: "suggest lists the variants on Faire that nothing matches and the SKUs that want an alias, each with up to three candidates, the\n" +
			"best first. What a decision has answered since is left out. Nothing is matched by a suggestion: answer in the workbook, or\n" +
			"put the pairs that are right into a CSV and take it in with alias import.",
		Example: "  fairesync alias suggest -c luma.yaml\n  fairesync alias suggest -c luma.yaml --json",
		Args:    exactly(),
		RunE: action(func(context.Context, []string) error {
			r, err := openRecord(path)
			if err != nil {
				return err
			}
			return errors.Join(a.suggestAliases(r), r.Close())
		}),
	}
	configFlag(cmd.Flags(), &path)
	return cmd
}

func (a *app) suggestAliases(r *record) error {
	questions, err := r.lastQuestions()
	if err != nil {
		return err
	}
	all, err := r.ReadDecisions()
	if err != nil {
		return err
	}
	if err := a.view().AliasQuestions(review.OpenAliases(questions, review.InForce(all)), a.shown()); err != nil {
		return fmt.Errorf("show the questions: %w", err)
	}
	return nil
}

// lastQuestions are what the newest run asks that left questions.
func (r *record) lastQuestions() ([]review.Question, error) {
	ended, err := r.ended()
	if err != nil {
		return nil, err
	}
	for _, s := range ended {
		questions, err := r.questionsOf(s.Run)
		if !errors.Is(err, fs.ErrNotExist) {
			return questions, err
		}
	}
	if len(ended) == 0 {
		return nil, r.noRun()
	}
	return nil, &noQuestionsError{brand: r.brand, config: r.config}
}

func (r *record) questionsOf(id string) ([]review.Question, error) {
	run, err := r.OpenRun(id)
	if err != nil {
		return nil, err
	}
	questions, err := run.ReadQuestions()
	return questions, errors.Join(err, run.Close())
}

// noQuestionsError says that no run whose folder is there has said what it asks.
type noQuestionsError struct{ brand, config string }

func (e *noQuestionsError) Error() string {
	return "no run of brand " + e.brand + " that is kept has left its questions"
}

// Hint says what to do.
func (e *noQuestionsError) Hint() string { return "fairesync plan -c " + e.config }
