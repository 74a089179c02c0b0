package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"fairesync/pipeline/config"
	"fairesync/pipeline/view"
)

// doctors examines the brands of a folder, each under its name, and ends with the worst of their exit codes.
func (a *app) doctors(ctx context.Context, jobs int, path string, list []config.Member) error {
	type examined struct {
		text    bytes.Buffer
		summary doctorSummary
	}
	total := view.Folder{Command: "doctor", Folder: path, Brands: len(list), Statuses: map[string]int{}}
	var failed error
	inTurn(jobs, list, func(m config.Member) *examined {
		e := &examined{summary: doctorSummary{Exit: exitInterrupted}}
		if ctx.Err() == nil {
			e.summary, _ = a.examine(ctx, m, &e.text) // a buffer takes everything; the exit code is in the summary
		} else if !a.json {
			e.text.WriteString("not started: the program was interrupted before\n")
		}
		return e
	}, func(m config.Member, e *examined) {
		total.Exit = worst([]int{total.Exit, e.summary.Exit})
		total.Statuses[doctorStatus(e.summary)]++
		text := e.text.Bytes()
		if !a.json {
			text = fmt.Appendf(nil, "%s (%s)\n%s\n", printable(m.Name), printable(m.Path), text)
		}
		_, err := a.Stdout.Write(text)
		failed = errors.Join(failed, err)
	})
	if a.json {
		failed = errors.Join(failed, view.NewJSON(a.Stdout).Folder(total))
	}
	if failed != nil {
		return fmt.Errorf("show the checks: %w", failed)
	}
	return &ended{total.Exit}
}

// doctorStatus sums an examination up in a word.
func doctorStatus(s doctorSummary) string {
	switch {
	case s.Exit == exitInterrupted:
		return "interrupted"
	case s.Fail > 0:
		return checkFail
	case s.Warn > 0:
		return checkWarn
	}
	return checkOK
}
