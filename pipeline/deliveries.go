package pipeline

import (
	"fmt"
	"slices"

	"fairesync/pipeline/config"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/stage"
)

// itemTable is the table a source has its SKUs in.
const itemTable = "item"

// deliveries are what the sources deliver in this run, and what they delivered in earlier ones.
type deliveries struct {
	sinks  map[string]*stage.Watched // by source
	before ledger.Deliveries
	now    []stage.Delivery // in the order of the sources
}

// watchDeliveries opens a sink for every source and reads what was delivered before. A memory that cannot be read is none: the run
// goes on without it, and says so.
func (r *run) watchDeliveries() {
	var err error
	if r.deliveries.before, err = r.edges.State.ReadDeliveries(); err != nil {
		r.edges.Log.Warn("deliveries are not compared with earlier ones", "run", r.summary.Run, "error", err.Error())
	}
	r.deliveries.sinks = map[string]*stage.Watched{}
	for _, source := range r.edges.Sources {
		r.deliveries.sinks[source.Name] = stage.Watch(r.space.Sink(source.Name))
	}
}

// takeDeliveries notes what came, as far as the next run is compared with it.
func (r *run) takeDeliveries(entries []stage.Entry) {
	for _, source := range r.edges.Sources {
		at := slices.IndexFunc(entries, func(e stage.Entry) bool { return e.Source == source.Name && e.Table == itemTable })
		table, opened := r.deliveries.sinks[source.Name].Opened(itemTable)
		if at < 0 || !opened {
			continue
		}
		now := stage.Delivery{Source: source.Name, Part: r.options.Only, Run: r.summary.Run, At: r.summary.Started, Columns: stage.OwnColumns(table),
			Reads: stage.ReadColumns(table), Rows: entries[at].Rows, Digest: entries[at].Digest, Modified: entries[at].Modified.UTC()}
		if feed, ok := source.Source.(interface{ Inputs() []stage.File }); ok {
			now.Files = feed.Inputs()
		}
		r.deliveries.now = append(r.deliveries.now, now)
	}
}

// passDeliveries refuses what was delivered if it would take the catalogue back in time, or if its rows no longer mean what they did.
func (r *run) passDeliveries() []error {
	var refusals []error
	for _, now := range r.deliveries.now {
		past := r.deliveries.before[now.Key()]
		if !r.olderMay(now.Source) {
			refusals = append(refusals, stage.GateOlder(past, now))
		}
		if !slices.Contains(r.options.AcceptColumns, now.Source) {
			refusals = append(refusals, stage.GateColumns(past, now, now.Source != r.edges.Config.Sources[0].Name))
		}
	}
	return refusals
}

// olderMay says whether a source may deliver older files, this once or by its settings.
func (r *run) olderMay(name string) bool {
	return slices.Contains(r.options.AcceptOlder, name) ||
		slices.ContainsFunc(r.edges.Config.Sources, func(s config.Source) bool { return s.Name == name && s.OlderFiles == config.OlderWarn })
}

// compareDeliveries reports what is different about the deliveries. The findings are staged with those of the sources, so that a
// replay has them without knowing what was delivered before.
func (r *run) compareDeliveries() {
	for _, now := range r.deliveries.now {
		for _, found := range stage.Compare(r.deliveries.before[now.Key()], now) {
			r.deliveries.sinks[now.Source].Except(found)
		}
	}
}

// rememberDeliveries keeps what was delivered, once the run has been recorded.
func (r *run) rememberDeliveries() error {
	if len(r.deliveries.now) == 0 {
		return nil
	}
	if err := r.edges.State.WriteDeliveries(r.deliveries.before.Remember(r.deliveries.now)); err != nil {
		return fmt.Errorf("remember the deliveries: %w", err)
	}
	return nil
}
