// Package edges puts the parts together: sources, Faire's client, the warehouse, the workbook. It is the only place that names
// them all, so that the command line and the fixtures run the same program.
package edges

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"fairesync/pipeline"
	"fairesync/pipeline/config"
	"fairesync/pipeline/faire"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/load"
	"fairesync/pipeline/source"
	"fairesync/pipeline/warehouse"
	"fairesync/sql"
	"fairesync/transforms"
)

// memoryLimit is how much the run's database keeps in memory before it spills to disk.
const memoryLimit = "3GB"

// Options are what the program takes from outside.
type Options struct {
	DryRun    bool                // Faire's client refuses every method but GET
	Offline   bool                // Faire is not asked at all
	Only      string              // as in pipeline.Options
	Getenv    func(string) string // for secrets
	Now       func() time.Time
	Random    io.Reader
	Jitter    func() float64
	Progress  pipeline.Progress
	Transport http.RoundTripper // nil: the network
	Proxy     bool              // use the proxy of the environment
	Version   string
}

// Open makes the edges of one brand; close them when the run is over.
func Open(c config.Config, o Options) (pipeline.Edges, func() error, error) {
	set, err := transforms.Load(sql.Files)
	if err != nil {
		return pipeline.Edges{}, nil, err
	}
	target := &switchable{}
	logger := slog.New(slog.NewJSONHandler(target, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: fixedTime(o.Now)}))
	e := pipeline.Edges{Config: c, Progress: o.Progress, Log: logger, LogTo: target.set, Reads: func() int { return 0 }, Now: o.Now, Random: o.Random, Workbook: workbook(o.Version)}
	off := !o.Offline && pipeline.SwitchedOff(c.Settings, o.Only) != nil // then nobody is called, and no secret is asked for
	if !off {
		if e.Sources, err = sources(c, o, logger); err != nil {
			return pipeline.Edges{}, nil, err
		}
	}
	closing := []func() error{}
	if !o.Offline && !off {
		client, err := faireClient(c, o, logger)
		if err != nil {
			return pipeline.Edges{}, nil, err
		}
		e.Faire = reader{client}
		e.Reads = func() int { return client.Counts().Reads }
		closing = append(closing, func() error { client.Close(); return nil })
		if !o.DryRun {
			e.Writer = writer{client}
		}
	}
	if e.State, err = ledger.OpenState(c.State, c.Brand); err != nil {
		return pipeline.Edges{}, nil, err
	}
	closing = append(closing, e.State.Close)
	e.Book = warehouse.OpenBook(e.State.DatabasePath())
	e.Workspace = func(staging, scratch string) (pipeline.Workspace, error) {
		w, err := warehouse.Open(context.Background(), warehouse.Options{Dir: staging, Scratch: scratch, Set: set, MemoryLimit: memoryLimit})
		if err != nil {
			return nil, err
		}
		return workspace{w}, nil
	}
	return e, func() error {
		var list []error
		for _, f := range closing {
			list = append(list, f())
		}
		return errors.Join(list...)
	}, nil
}

func sources(c config.Config, o Options, logger *slog.Logger) ([]pipeline.NamedSource, error) {
	var list []pipeline.NamedSource
	for i, s := range c.Sources {
		token, err := Secret(s.Token, o.Getenv, "sources["+s.Name+"].token")
		if err != nil {
			return nil, err
		}
		prices, warehouses := c.Prices, c.Inventory.Warehouses
		if i > 0 {
			prices, warehouses = nil, nil
		}
		one, err := source.New(source.Options{Settings: s, Prices: prices, Warehouses: warehouses, Token: token, Transport: o.Transport, Now: o.Now, Jitter: o.Jitter, Logger: logger})
		if err != nil {
			return nil, err
		}
		list = append(list, pipeline.NamedSource{Name: s.Name, Source: one})
	}
	return list, nil
}

func faireClient(c config.Config, o Options, logger *slog.Logger) (*faire.Client, error) {
	token, err := Secret(c.Faire.Token, o.Getenv, "faire.token")
	if err != nil {
		return nil, err
	}
	secret, err := Secret(c.Faire.OAuth.ApplicationSecret, o.Getenv, "faire.oauth.application_secret")
	if err != nil {
		return nil, err
	}
	access, err := Secret(c.Faire.OAuth.AccessToken, o.Getenv, "faire.oauth.access_token")
	if err != nil {
		return nil, err
	}
	options := faire.Options{BaseURL: c.Faire.URL, Token: faire.Secret(token),
		OAuth: faire.OAuth{ApplicationID: c.Faire.OAuth.ApplicationID, ApplicationSecret: faire.Secret(secret), AccessToken: faire.Secret(access)}, ReadOnly: o.DryRun, Now: o.Now, Jitter: o.Jitter, Logger: logger,
		Pace: faire.Pace{WritesPerSecond: c.Faire.Pace.WritesPerSecond, Burst: c.Faire.Pace.Burst, ReadsPerSecond: c.Faire.Pace.ReadsPerSecond,
			InFlight: c.Faire.Pace.InFlight}, Transport: o.Transport}
	if o.Proxy {
		options.Proxy = http.ProxyFromEnvironment
	}
	return faire.New(options)
}

// Secret resolves where a secret is said to be. name is the configuration key, for the message.
func Secret(s config.Secret, getenv func(string) string, name string) (string, error) {
	switch {
	case s.Env != "":
		if value := strings.TrimSpace(getenv(s.Env)); value != "" {
			return value, nil
		}
		return "", &pipeline.UsageError{Why: fmt.Sprintf("%s: the environment variable %s is not set", name, s.Env), Next: "export " + s.Env + "=…"}
	case s.File != "":
		data, err := os.ReadFile(s.File)
		if err != nil {
			return "", &pipeline.UsageError{Why: fmt.Sprintf("%s: the file %s cannot be read", name, s.File), Next: "check the path and that only you can read it"}
		}
		return strings.TrimSpace(string(data)), nil
	}
	return "", nil
}

// switchable is where log lines go; nowhere until the run folder is there.
type switchable struct {
	mu sync.Mutex
	w  io.Writer
}

func (s *switchable) set(w io.Writer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.w = w
}

func (s *switchable) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.w == nil {
		return len(p), nil
	}
	return s.w.Write(p)
}

// fixedTime puts the run's clock into log lines.
func fixedTime(now func() time.Time) func([]string, slog.Attr) slog.Attr {
	return func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && a.Key == slog.TimeKey {
			return slog.Time(slog.TimeKey, now().UTC())
		}
		return a
	}
}

var _ load.Writer = writer{}
