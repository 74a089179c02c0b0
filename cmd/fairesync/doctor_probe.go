package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"fairesync/pipeline/config"
	"fairesync/pipeline/edges"
	"fairesync/pipeline/source/apparelmagic"
)

// probeLine is one step of doctor --probe --json.
type probeLine struct {
	Type string `json:"type"` // probe
	apparelmagic.Finding
}

// probeSummary is the last line of doctor --probe --json.
type probeSummary struct {
	Type     string `json:"type"` // summary
	Command  string `json:"command"`
	Brand    string `json:"brand"`
	Source   string `json:"source"`
	Report   string `json:"report"`
	Compared string `json:"compared,omitempty"` // the earlier report
	Failed   int    `json:"failed"`
	Exit     int    `json:"exit"`
}

// probeSource asks a source of kind apparelmagic what its interface does, and writes a report. name is blank for the first there is,
// file for probe-SOURCE-DATE.md.
func (a *app) probeSource(ctx context.Context, path, name, file string) error {
	c, err := config.Load(path)
	if err != nil {
		return err
	}
	at, err := probed(c, name)
	if err != nil {
		return err
	}
	name = c.Sources[at].Name
	target, before, err := reportFiles(name, file, a.Now().UTC().Format("2006-01-02"))
	if err != nil {
		return err
	}
	var earlier *apparelmagic.Earlier
	if before != "" {
		if earlier, err = readReport(before); err != nil {
			return err
		}
	}
	one, err := edges.OneSource(c, at, edges.Options{DryRun: true, Getenv: a.Getenv, Now: a.Now, Random: a.Random, Jitter: a.Jitter, Proxy: true, Version: version()})
	if err != nil {
		return notOpened(err)
	}
	source, ok := one.Source.(*apparelmagic.Source)
	if !ok {
		return usage("name a source of kind apparelmagic", "source %s cannot be probed", name)
	}
	report, err := apparelmagic.Probe(ctx, source, earlier)
	if err != nil && a.interrupted.Load() {
		return &ended{exitInterrupted}
	}
	if err != nil {
		return err
	}
	if err := writeReport(target, report); err != nil {
		return err
	}
	summary := probeSummary{Type: "summary", Command: "doctor", Brand: c.Brand, Source: name, Report: target, Compared: before, Failed: report.Failed()}
	if summary.Failed > 0 {
		summary.Exit = exitError
	}
	if err := a.showProbe(report, summary); err != nil {
		return fmt.Errorf("show the probe: %w", err)
	}
	return &ended{summary.Exit}
}

// probed finds the source to probe.
func probed(c config.Config, name string) (int, error) {
	var able []string
	for _, s := range c.Sources {
		if s.Kind == config.KindApparelMagic {
			able = append(able, s.Name)
		}
	}
	next := "this configuration has none; fairesync doctor looks at the first rows of a feed"
	if len(able) > 0 {
		next = "write fairesync doctor --probe " + strings.Join(able, " or ")
	}
	at := slices.IndexFunc(c.Sources, func(s config.Source) bool { return s.Name == name || name == "" && s.Kind == config.KindApparelMagic })
	switch {
	case at < 0 && name == "":
		return 0, usage(next, "--probe is for sources of kind apparelmagic")
	case at < 0:
		return 0, usage(next, "there is no source %q", name)
	case c.Sources[at].Kind != config.KindApparelMagic:
		return 0, usage(next, "source %s is of kind %s; --probe is for sources of kind apparelmagic", name, c.Sources[at].Kind)
	}
	return at, nil
}

// reportFiles says where a report goes, and which one it is compared with: the newest there is. No file is ever replaced: where FILE.md
// is there the next is FILE-2.md.
func reportFiles(source, file, today string) (target, before string, err error) {
	if file == "" {
		pattern := "probe-" + source + "-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9].md"
		file = "probe-" + source + "-" + today + ".md"
		names, err := filepath.Glob(pattern)
		if err != nil {
			return "", "", err
		}
		if len(names) > 0 {
			before = slices.Max(names)
		}
	} else if _, err := os.Stat(file); err == nil {
		before = file
	}
	if info, err := os.Stat(filepath.Dir(file)); err != nil || !info.IsDir() {
		return "", "", usage("name a file in a folder that is there", "--report: there is no folder %s", filepath.Dir(file))
	}
	extension := filepath.Ext(file)
	stem := strings.TrimSuffix(file, extension)
	before = newestOf(before)
	for number := 1; ; number++ {
		target = numbered(stem, extension, number)
		if _, err := os.Lstat(target); errors.Is(err, fs.ErrNotExist) {
			return target, before, nil
		} else if err != nil {
			return "", "", &usageError{fmt.Errorf("--report: %w", err), "name a file in a folder that can be written"}
		}
	}
}

// newestOf is the last of the numbered successors of a report.
func newestOf(file string) string {
	if file == "" {
		return ""
	}
	extension := filepath.Ext(file)
	stem := strings.TrimSuffix(file, extension)
	for number := 2; ; number++ {
		next := numbered(stem, extension, number)
		if _, err := os.Stat(next); err != nil {
			return file
		}
		file = next
	}
}

func numbered(stem, extension string, number int) string {
	if number == 1 {
		return stem + extension
	}
	return stem + "-" + strconv.Itoa(number) + extension
}

// readReport reads an earlier report.
func readReport(path string) (*apparelmagic.Earlier, error) {
	data, err := os.ReadFile(path)
	if err == nil {
		var earlier *apparelmagic.Earlier
		if earlier, err = apparelmagic.ReadReport(data); err == nil {
			return earlier, nil
		}
		err = fmt.Errorf("%s %w", path, err)
	}
	return nil, &usageError{err, "name another file with --report; nothing is replaced and nothing was asked"}
}

// writeReport makes a file that was not there.
func writeReport(path string, report apparelmagic.Report) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	if err := errors.Join(report.Write(file), file.Close()); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// showProbe shows what was found.
func (a *app) showProbe(report apparelmagic.Report, summary probeSummary) error {
	if a.json {
		for _, found := range report.Findings {
			if err := jsonLine(a.Stdout, probeLine{"probe", found}); err != nil {
				return err
			}
		}
		return jsonLine(a.Stdout, summary)
	}
	var out strings.Builder
	for _, found := range report.Findings {
		fmt.Fprintf(&out, "%d  %s\n", found.Step, found.Name)
		for _, came := range found.Came {
			fmt.Fprintf(&out, "   came:    %s\n", printable(came))
		}
		fmt.Fprintf(&out, "   verdict: %s\n   follows: %s\n", printable(found.Verdict), printable(found.Follows))
		if found.Screen != "" {
			fmt.Fprintf(&out, "   %s\n", printable(found.Screen))
		}
	}
	fmt.Fprintf(&out, "report: %s", summary.Report)
	if summary.Compared != "" {
		fmt.Fprintf(&out, ", compared with %s", summary.Compared)
	}
	fmt.Fprintf(&out, "\n%d of %d steps could tell nothing\n", summary.Failed, len(report.Findings))
	_, err := fmt.Fprint(a.Stdout, out.String())
	return err
}
