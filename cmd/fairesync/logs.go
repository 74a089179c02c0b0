package main

import (
	"fmt"
	"io"
	"log/slog"
	"strings"

	"fairesync/pipeline/view"
)

// Formats of --log.
const (
	logsText = "text"
	logsJSON = "json"
)

func (a *app) checkLogs() error {
	if a.logs != logsText && a.logs != logsJSON {
		return usage("write text or json", "--log is %q", a.logs)
	}
	return nil
}

// logLines is where the lines of a run's log go beside its folder; nil: nowhere.
func (a *app) logLines() io.Writer {
	if a.logs == logsJSON {
		return a.Stderr
	}
	return nil
}

// logger writes lines like those of a run, about what happens round it. A blank brand is none in particular.
func (a *app) logger(brand string) *slog.Logger {
	logger := slog.New(slog.NewJSONHandler(a.Stderr, &slog.HandlerOptions{ReplaceAttr: func(groups []string, attribute slog.Attr) slog.Attr {
		if len(groups) == 0 && attribute.Key == slog.TimeKey {
			return slog.Time(slog.TimeKey, a.Now().UTC())
		}
		return attribute
	}}))
	if brand != "" {
		logger = logger.With("brand", brand)
	}
	return logger
}

// logError is an error as a line of the log.
func (a *app) logError(brand string, err error) {
	err = onDisk(err)
	a.logger(brand).Error("failed", "error", err.Error(), "hint", strings.Join(view.Hints(err), "; "))
}

// logOf is what tellOf says, as lines of the log.
func (a *app) logOf(brand string, r brandResult) {
	switch hint := r.row.Hint; {
	case r.told != nil && r.off == nil:
		a.logError(brand, r.told)
	case r.row.Status == view.StatusNotStarted:
		a.note(brand, "not started: the program was interrupted before")
	case hint != "":
		a.note(brand, "hint: "+hint)
	}
}

// note says a sentence on stderr that is no error.
func (a *app) note(brand, sentence string) {
	if a.logs == logsJSON {
		a.logger(brand).Info("note", "note", sentence)
		return
	}
	// What cannot be shown to a closed terminal is no reason to stop.
	_, _ = fmt.Fprintln(a.Stderr, sentence)
}
