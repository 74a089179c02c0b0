package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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
	return "make the folder of metrics: and let this user write to it; the run itself is done and recorded"
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
	if err := replaceFile(path, []byte(view.Metrics(s, lastGood))); err != nil {
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

func replaceFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".fairesync-*")
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err = errors.Join(err, file.Chmod(0o644), file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}
