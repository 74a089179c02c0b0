// Package source is the list of the sources there are. Each lives in a package of its own below.
package source

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"fairesync/pipeline/config"
	"fairesync/pipeline/source/apparelmagic"
	"fairesync/pipeline/source/files"
	"fairesync/pipeline/stage"
)

// Source is what every one of them does.
type Source interface {
	Capabilities() stage.Capabilities
	Extract(ctx context.Context, sink stage.Sink) error
}

// Options are what any of them may need.
type Options struct {
	Settings   config.Source
	Prices     []config.Price // those of a supplement name no columns
	Supplement bool           // the source adds to the primary one
	Warehouses []string       // of the primary source: those whose quantities count; none: all
	Token      string
	Transport  http.RoundTripper // nil: the network
	Now        func() time.Time
	Jitter     func() float64
	Logger     *slog.Logger
	// Scratch and Parquet serve file feeds (files.Options): a folder to unpack in, and what opens a Parquet file.
	Scratch  string
	Parquet  func(ctx context.Context, path, scratch string, limit int64) (stage.Scan, error)
	Memory   apparelmagic.Memory // what a source may keep from run to run; nil: nothing
	FullWalk bool                // ask for everything, whatever the memory holds
	Shared   *apparelmagic.Pool  // shared with other brands of the process; nil: nothing
}

// Kinds names the sources there are, for messages and documentation.
var Kinds = []string{"apparelmagic", "files"}

// New makes the source of the configured kind. It opens and calls nothing.
func New(o Options) (Source, error) {
	switch o.Settings.Kind {
	case "apparelmagic":
		return apparelmagic.New(apparelmagic.Options{Settings: o.Settings, Prices: o.Prices, Warehouses: o.Warehouses, Token: o.Token, Transport: o.Transport, Now: o.Now,
			Jitter: o.Jitter, Logger: o.Logger, Memory: o.Memory, AllAnew: o.FullWalk, Pool: o.Shared})
	case "files":
		return files.New(files.Options{Settings: o.Settings, Prices: o.Prices, Supplement: o.Supplement, Scratch: o.Scratch, Parquet: o.Parquet, Logger: o.Logger})
	}
	return nil, fmt.Errorf("source %s: there is no source of kind %q", o.Settings.Name, o.Settings.Kind)
}
