package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"fairesync/pipeline/config"
	"fairesync/pipeline/view"
)

func newDoctorCommand(a *app) *cobra.Command {
	var path, text, report string
	var probe bool
	var many manyOptions
	cmd := &cobra.Command{
		Use:   "doctor [--probe [SOURCE]]",
		Short: "Look whether everything a run needs is there, without changing anything",
		Long: "doctor looks at the configuration, the switches, the state folder, the lock, the secrets, the sources, Faire, the alias and\n" +
			"taxonomy files and the record, and says of each ok, warn or fail, with what to do. Of a source it reads the first page or\n" +
			"rows, of Faire the profile and the taxonomy list. It sends, records and creates nothing, and works while a run is under way.\n" +
			"It ends with 1 if something failed, and with 2 if the configuration cannot be used.\n" +
			"With --types it lists Faire's product types instead, whose ids taxonomy.csv wants.\n" +
			"With --probe it asks an ApparelMagic account instead, in seven steps that only read, what nobody has written down about its\n" +
			"interface, and writes what it found to probe-SOURCE-DATE.md, without any value of the account. A file is never replaced: where\n" +
			"it is there the report goes to the next free number and is compared with the newest before it. It ends with 1 if a step could\n" +
			"tell nothing.",
		Example: "  fairesync doctor -c luma.yaml\n  fairesync doctor -c luma.yaml --types sweater\n  fairesync doctor -c luma.yaml --json\n  fairesync doctor -c harbor.yaml --probe\n" +
			"  fairesync doctor -c brands --jobs 4",
		Args: func(cmd *cobra.Command, args []string) error {
			if probe && len(args) == 1 {
				return nil
			}
			return exactly()(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			file, list, err := many.members(path, changed(cmd, "types", "probe", "report"))
			if err != nil {
				return err
			}
			if list != nil {
				return a.doctors(cmd.Context(), many.jobs, path, list)
			}
			path = file
			switch {
			case probe && cmd.Flags().Changed("types"):
				return usage("ask for one after the other", "--types and --probe are two different things")
			case probe:
				return a.probeSource(cmd.Context(), path, strings.Join(args, ""), report)
			case cmd.Flags().Changed("report"):
				return usage("add --probe", "--report names where the report of a probe goes")
			}
			if cmd.Flags().Changed("types") {
				return a.types(cmd.Context(), path, text)
			}
			return a.doctor(cmd.Context(), path)
		},
	}
	cmd.Flags().StringVar(&text, "types", "", "list Faire's product types with `TEXT` in their name, and nothing else")
	cmd.Flags().BoolVar(&probe, "probe", false, "ask the ApparelMagic account of SOURCE, or of the first one, what its interface does")
	cmd.Flags().StringVar(&report, "report", "", "--probe: write the report to `FILE`")
	configFlag(cmd.Flags(), &path)
	many.addFlags(cmd.Flags())
	return cmd
}

// How a check of doctor ends.
const (
	checkOK   = "ok"
	checkWarn = "warn"
	checkFail = "fail"
)

// examined is one check of doctor.
type examined struct {
	Type   string `json:"type"` // check
	Check  string `json:"check"`
	Result string `json:"result"`
	Said   string `json:"said"`
	Hint   string `json:"hint,omitempty"`
	Brand  string `json:"brand,omitempty"`
}

// doctorSummary is the last line of doctor --json.
type doctorSummary struct {
	Type    string `json:"type"` // summary
	Command string `json:"command"`
	Brand   string `json:"brand"`
	OK      int    `json:"ok"`
	Warn    int    `json:"warn"`
	Fail    int    `json:"fail"`
	Exit    int    `json:"exit"`
}

// examination shows checks as they end and counts them.
type examination struct {
	out     io.Writer
	json    bool
	summary doctorSummary
	failed  error // of the writer
}

// doctor examines one brand and ends with the exit code.
func (a *app) doctor(ctx context.Context, path string) error {
	c, err := config.Load(path)
	_, err = a.examine(ctx, config.Member{Name: c.Brand, Path: path, Config: c, Err: err}, a.Stdout)
	return err
}

// examine writes what is to say of a brand; the error is its exit code, or one of the writer.
func (a *app) examine(ctx context.Context, m config.Member, out io.Writer) (doctorSummary, error) {
	x := &examination{out: out, json: a.json, summary: doctorSummary{Type: "summary", Command: "doctor", Brand: m.Name}}
	if m.Err != nil {
		x.fail("configuration", m.Err)
		x.summary.Exit = exitUsage
		return x.summary, x.end()
	}
	d := &doctor{app: a, examination: x, config: m.Config, path: m.Path}
	d.all(ctx)
	switch {
	case a.interrupted.Load():
		x.summary.Exit = exitInterrupted
	case x.summary.Fail > 0:
		x.summary.Exit = exitError
	}
	return x.summary, x.end()
}

func (x *examination) ok(check, said string, args ...any) {
	x.say(examined{Check: check, Result: checkOK, Said: fmt.Sprintf(said, args...)})
}

func (x *examination) warn(check, hint, said string, args ...any) {
	x.say(examined{Check: check, Result: checkWarn, Said: fmt.Sprintf(said, args...), Hint: hint})
}

// fail tells an error with its hints.
func (x *examination) fail(check string, err error) {
	x.say(examined{Check: check, Result: checkFail, Said: strings.ReplaceAll(err.Error(), "\n", "; "), Hint: strings.Join(view.Hints(err), "; ")})
}

func (x *examination) failing(check, hint, said string, args ...any) {
	x.say(examined{Check: check, Result: checkFail, Said: fmt.Sprintf(said, args...), Hint: hint})
}

func (x *examination) say(e examined) {
	switch e.Result {
	case checkOK:
		x.summary.OK++
	case checkWarn:
		x.summary.Warn++
	case checkFail:
		x.summary.Fail++
	}
	if x.json {
		e.Type, e.Brand = "check", x.summary.Brand
		x.write(e)
		return
	}
	text := fmt.Sprintf("%-5s %-16s %s\n", e.Result, e.Check, printable(e.Said))
	if e.Hint != "" {
		text += fmt.Sprintf("%-5s %-16s hint: %s\n", "", "", printable(e.Hint))
	}
	_, err := io.WriteString(x.out, text)
	x.failed = errors.Join(x.failed, err)
}

func (x *examination) write(line any) {
	x.failed = errors.Join(x.failed, jsonLine(x.out, line))
}

func jsonLine(out io.Writer, line any) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(line)
}

// end shows the summary and gives the exit code.
func (x *examination) end() error {
	s := x.summary
	if x.json {
		x.write(s)
	} else {
		_, err := fmt.Fprintf(x.out, "%d ok, %d to look at, %d failed\n", s.OK, s.Warn, s.Fail)
		x.failed = errors.Join(x.failed, err)
	}
	if x.failed != nil {
		return fmt.Errorf("show the checks: %w", x.failed)
	}
	return &ended{s.Exit}
}

// printable keeps foreign text on its line, and from steering a terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, text)
}
