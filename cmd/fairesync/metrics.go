package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fairesync/pipeline/config"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/view"
)

// measured are the commands whose outcome is a metric: those a schedule runs. A person's plan or check must not hide them.
var measured = []string{"run", "apply"}

// metricsError is a metrics file that could not be written: whoever watches it would see an old run.
type metricsError struct {
	path string
	err  error
}

func (e *metricsError) Error() string {
	return fmt.Sprintf("the metrics file %s cannot be written: %v", e.path, e.err)
}
func (e *metricsError) Unwrap() error { return e.err }

// Hint says what to do.
func (e *metricsError) Hint() string {
	return "make the folder of metrics: and let this user write to it; what the run did is in fairesync history"
}

// writeMetrics writes fairesync_BRAND.prom into the configured folder, under another name first: a collector never reads half of it.
// Anyone may read it, since collectors are other users.
func writeMetrics(c config.Config, s ledger.Summary) error {
	if c.Metrics == "" || !slices.Contains(measured, s.Command) {
		return nil
	}
	path := filepath.Join(c.Metrics, "fairesync_"+c.Brand+".prom")
	lastGood, err := lastGoodEnd(c)
	if err != nil {
		return &metricsError{path, err}
	}
	err = os.MkdirAll(c.Metrics, 0o755) //nolint:gosec // as the file
	if err == nil {
		err = replaceFile(path, 0o644, strings.NewReader(view.Metrics(s, lastGood)))
	}
	if err != nil {
		return &metricsError{path, err}
	}
	return nil
}

// lastGoodEnd is when the newest good run ended; zero if there is none.
func lastGoodEnd(c config.Config) (end time.Time, err error) {
	state, err := ledger.OpenState(c.State, c.Brand)
	if err != nil {
		return time.Time{}, err
	}
	defer func() { err = errors.Join(err, state.Close()) }()
	good, _, err := state.LastGood()
	return good.Ended, err
}

// replaceFile writes a file whole or not at all, under another name first.
func replaceFile(path string, mode os.FileMode, from io.Reader) error {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	_, err = io.Copy(file, from)
	if err = errors.Join(err, file.Chmod(mode), file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}
