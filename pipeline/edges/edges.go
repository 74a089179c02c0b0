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
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"fairesync/pipeline"
	"fairesync/pipeline/config"
	"fairesync/pipeline/faire"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/load"
	"fairesync/pipeline/source"
	"fairesync/pipeline/source/apparelmagic"
	"fairesync/pipeline/warehouse"
	"fairesync/sql"
	"fairesync/transforms"
)

// How much, in megabytes, the databases of the brands that run at a time keep in memory before they spill to disk: one has all of it,
// several a part each, but none less than it needs to work at all.
const (
	memoryOfAll  = 3000
	memoryOfEach = 512
)

// part is the memory and the threads of one database where so many brands run at a time; no threads: one per processor.
func part(atATime int) (memory string, threads int) {
	if atATime > 1 {
		threads = max(1, runtime.GOMAXPROCS(0)/atATime)
	}
	return fmt.Sprintf("%dMB", max(memoryOfEach, memoryOfAll/max(1, atATime))), threads
}

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
	Log       io.Writer         // where log lines go beside the run folder; nil: nowhere
	Transport http.RoundTripper // nil: the network
	Proxy     bool              // use the proxy of the environment
	Version   string
	FullWalk  bool // read the colourways of all styles, whatever is remembered of them
	// Shared is what the brands of one process that read the same ApparelMagic account share; nil: nothing.
	Shared  *apparelmagic.Pool
	AtATime int // brands that run at a time in this process and divide its memory and processors; 0: one

	supplement bool // the one source that is made adds to another
}

// Open makes the edges of one brand; close them when the run is over.
func Open(c config.Config, o Options) (pipeline.Edges, func() error, error) {
	set, err := transforms.Load(sql.Files)
	if err != nil {
		return pipeline.Edges{}, nil, err
	}
	target := &switchable{also: o.Log}
	logger := slog.New(slog.NewJSONHandler(target, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: fixedTime(o.Now)})).With("brand", c.Brand)
	e := pipeline.Edges{Config: c, Progress: o.Progress, Log: logger, LogTo: target.set, Reads: func() int { return 0 }, Now: o.Now, Random: o.Random, Workbook: workbook(o.Version)}
	remembered := &memories{readOnly: o.DryRun}
	off := !o.Offline && pipeline.SwitchedOff(c.Settings, o.Only) != nil // then nobody is called, and no secret is asked for
	if !off {
		if e.Sources, err = sources(c, o, logger, remembered); err != nil {
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
	remembered.state = e.State
	e.Book = warehouse.OpenBook(e.State.DatabasePath())
	e.Workspace = func(staging, scratch string) (pipeline.Workspace, error) {
		memory, threads := part(o.AtATime)
		w, err := warehouse.Open(context.Background(), warehouse.Options{Dir: staging, Scratch: scratch, Set: set, MemoryLimit: memory, Threads: threads})
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

func sources(c config.Config, o Options, logger *slog.Logger, remembered *memories) ([]pipeline.NamedSource, error) {
	var list []pipeline.NamedSource
	for i, s := range c.Sources {
		token, err := Secret(s.Token, o.Getenv, "sources["+s.Name+"].token")
		if err != nil {
			return nil, err
		}
		prices, warehouses := c.Prices, c.Inventory.Warehouses
		supplement := i > 0 || o.supplement
		if supplement {
			prices, warehouses = withoutColumns(prices), nil
		}
		one, err := source.New(source.Options{Settings: s, Prices: prices, Supplement: supplement, Warehouses: warehouses, Token: token, Transport: o.Transport, Now: o.Now, Jitter: o.Jitter, Logger: logger,
			Scratch: filepath.Join(c.State, c.Brand), Parquet: warehouse.ScanParquet, Memory: remembered.of(s.Name), FullWalk: o.FullWalk, Shared: o.Shared})
		if err != nil {
			return nil, err
		}
		list = append(list, pipeline.NamedSource{Name: s.Name, Source: one})
	}
	return list, nil
}

// withoutColumns are prices without the columns they name, which are those of the primary source.
func withoutColumns(prices []config.Price) []config.Price {
	list := make([]config.Price, len(prices))
	for i, price := range prices {
		list[i] = config.Price{Geography: price.Geography, Currency: price.Currency}
	}
	return list
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

// switchable is where log lines go; nowhere but to who listens in until the run folder is there.
type switchable struct {
	mu   sync.Mutex
	w    io.Writer
	also io.Writer // nil: nobody
}

func (s *switchable) set(w io.Writer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.w = w
}

func (s *switchable) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.also != nil {
		_, _ = s.also.Write(p) // who listens in is not told when it fails: the run folder's log is the one that counts
	}
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
