package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"fairesync/pipeline/view"
)

// world is everything the program takes from outside.
type world struct {
	Args           []string
	Getenv         func(string) string
	Stdout, Stderr io.Writer
	Now            func() time.Time
	Random         io.Reader      // safe for concurrent use
	Jitter         func() float64 // 0 to 1
	Interrupts     <-chan os.Signal
	Leave          func(code int) // ends the process at once
}

// app is the world and the flags every command has.
type app struct {
	world
	json, noColor, quiet bool
	markdown             bool   // plan --format markdown
	logs                 string // --log: text or json
	interrupted          atomic.Bool
}

// execute runs one command line and gives its exit code.
func execute(w world) int {
	a := &app{world: w}
	ctx, stop := a.interruptible()
	defer stop()
	root := newRootCommand(a)
	root.SetArgs(w.Args)
	root.SetOut(w.Stdout)
	root.SetErr(w.Stderr)
	err := root.ExecuteContext(ctx)
	code := worst(codesOf(err))
	if err != nil && !isAs[*ended](err) {
		if a.json {
			err = errors.Join(err, view.NewJSON(w.Stdout).Error(err))
		}
		a.tell(err)
	}
	return code
}

// interruptible gives a context that the first interrupt ends; the second ends the process.
func (a *app) interruptible() (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-done:
				return
			case <-a.Interrupts:
				if a.interrupted.Swap(true) {
					a.Leave(exitInterrupted)
					return
				}
				cancel()
				a.note("", "interrupted: finishing what is in flight; interrupt again to leave at once")
			}
		}
	}()
	return ctx, func() { close(done); cancel() }
}

// newRootCommand is the list of the commands there are.
func newRootCommand(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "fairesync",
		Short: "Keep a brand's catalogue on Faire equal to its WMS or OMS",
		Long: "fairesync reads a brand's catalogue from its WMS or OMS, works out what Faire ought to hold, compares that with what\n" +
			"Faire does hold, and changes only what differs. What it would not do, and why, is in a workbook.",
		Version:       version(),
		SilenceErrors: true, SilenceUsage: true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true}, // newCompletionCommand is ours
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			next := "see fairesync --help"
			if like := cmd.SuggestionsFor(args[0]); len(like) > 0 {
				next = "did you mean fairesync " + strings.Join(like, " or fairesync ") + "?"
			}
			return usage(next, "there is no command %q", args[0])
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SuggestionsMinimumDistance = 2
	root.AddCommand(
		newRunCommand(a),
		newPlanCommand(a),
		newApplyCommand(a),
		newUndoCommand(a),
		newCheckCommand(a),
		newAliasCommand(a),
		newStatusCommand(a),
		newExplainCommand(a),
		newReviewCommand(a),
		newHistoryCommand(a),
		newDiffCommand(a),
		newReplayCommand(a),
		newRebuildCommand(a),
		newCodesCommand(a),
		newRelationsCommand(a),
		newSandboxCommand(a),
		newInitCommand(a),
		newDoctorCommand(a),
		newCompletionCommand(a),
	)
	root.SetHelpTemplate(root.HelpTemplate() + exitHelp)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &usageError{err, "see " + cmd.CommandPath() + " --help"}
	})
	flags := root.PersistentFlags()
	flags.BoolVar(&a.json, "json", false, "one JSON object per line on stdout")
	flags.BoolVar(&a.noColor, "no-color", false, "no colour, whatever the terminal can do")
	flags.StringVar(&a.logs, "log", logsText, "what stderr gets: `FORMAT` text is progress and messages, json the lines of the run's log")
	root.PersistentPreRunE = func(*cobra.Command, []string) error { return a.checkLogs() }
	flags.BoolVarP(&a.quiet, "quiet", "q", false, "no progress on stderr")
	return root
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return cmp.Or(info.Main.Version, "(devel)")
	}
	return "(devel)"
}

// action makes a command's function of one that takes context and arguments.
func action(run func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error { return run(cmd.Context(), args) }
}

// exactly wants as many arguments as are named.
func exactly(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return usage("see "+cmd.CommandPath()+" --help", "%s is missing", names[len(args)])
		case len(args) > len(names):
			return usage("see "+cmd.CommandPath()+" --help", "%q is one argument too many", args[len(names)])
		}
		return nil
	}
}

// view is how results are shown on stdout.
func (a *app) view() view.View {
	if a.json {
		return view.NewJSON(a.Stdout)
	}
	return view.NewHuman(a.Stdout, a.screen(a.Stdout))
}

// tell shows an error on stderr, for people.
func (a *app) tell(err error) {
	if a.logs == logsJSON {
		a.logError("", err)
		return
	}
	// There is nowhere left to say that this failed.
	_ = view.NewHuman(a.Stderr, a.screen(a.Stderr)).Error(onDisk(err))
}

// progress is where a run says how far it is; nil with --quiet, which says nothing.
func (a *app) progress() *view.Progress {
	if a.quiet || a.logs == logsJSON {
		return nil
	}
	return view.NewProgress(a.Stderr, a.screen(a.Stderr), a.Now)
}

// screen says what a writer can show: a terminal tables and colours (unless NO_COLOR, TERM=dumb or --no-color), others plain text.
func (a *app) screen(w io.Writer) view.Options {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return view.Options{}
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		width = 0
	}
	return view.Options{TTY: true, Width: width, Color: !a.noColor && a.Getenv("NO_COLOR") == "" && a.Getenv("TERM") != "dumb"}
}

// shown is how many rows of a long list go to a terminal; a file or pipe gets all (0).
func (a *app) shown() int {
	if a.screen(a.Stdout).TTY {
		return 30
	}
	return 0
}

// configFlag adds the flag that names the brand.
func configFlag(flags *pflag.FlagSet, path *string) {
	flags.StringVarP(path, "config", "c", "fairesync.yaml", "the brand's configuration `FILE`")
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
