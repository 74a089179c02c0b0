package pipeline

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/config"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/review"
	"fairesync/pipeline/stage"
)

// extract reads the sources and Faire in parallel, applies the gates on what came, stages it and closes the doors.
func (r *run) extract(ctx context.Context) error {
	r.inputs = ledger.Inputs{Brand: r.edges.Config.Brand, Config: r.edges.Config, Approvals: r.options.Approvals, Only: r.options.Only,
		Now: r.summary.Started}
	if err := r.readTables(); err != nil {
		return err
	}
	var err error
	if r.space, err = r.edges.Workspace(r.folder.Staging(), r.folder.Dir()); err != nil {
		return fmt.Errorf("open the run's database: %w", err)
	}
	if r.memory, err = r.edges.Book.Open(ctx, r.edges.State.ObjectsDir()); err != nil {
		return fmt.Errorf("open the brand's state: %w", err)
	}
	r.fullWalk = !r.options.Offline && (r.options.FullWalk || r.memory.MirrorUntil.IsZero() || r.summary.Started.Sub(r.memory.LastFullWalk) >= fullWalkEvery)
	if r.fullWalk { // what a whole walk does not show is not there: nothing of the old mirror is laid under it
		r.memory = r.memory.WithoutMirror()
	}
	if err := r.space.Restore(ctx, r.memory); err != nil {
		return fmt.Errorf("open the brand's state: %w", err)
	}
	r.watchDeliveries()
	group, within := errgroup.WithContext(ctx)
	for _, source := range r.edges.Sources {
		group.Go(func() error {
			if err := source.Source.Extract(within, r.deliveries.sinks[source.Name]); err != nil {
				return named(source.Name, err)
			}
			return nil
		})
	}
	if !r.options.Offline {
		group.Go(func() error { return r.readFaire(within) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	manifest := stage.Manifest{Run: r.summary.Run, Started: r.summary.Started, Entries: r.entries()}
	r.takeDeliveries(manifest.Entries)
	if err := r.passGates(manifest); err != nil {
		return errors.Join(err, r.folder.WriteManifest(manifest))
	}
	if err := r.folder.WriteManifest(manifest); err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	r.compareDeliveries()
	if err := r.space.Prepare(ctx, r.inputs); err != nil {
		return fmt.Errorf("stage: %w", err)
	}
	if _, err := r.edges.State.WriteInputs(r.folder, r.inputs, r.memory.Objects); err != nil {
		return fmt.Errorf("write the inputs: %w", err)
	}
	return nil
}

// named says which source an error is of, unless it says so itself.
func named(source string, err error) error {
	if prefix := "source " + source + ": "; !strings.HasPrefix(err.Error(), prefix) {
		return fmt.Errorf("%s%w", prefix, err)
	}
	return err
}

// readTables reads what people laid down: decisions, the alias file and the taxonomy rules.
func (r *run) readTables() error {
	decided, err := r.edges.State.ReadDecisions()
	if err != nil {
		return err
	}
	r.inputs.Decisions = review.InForce(decided)
	if path := r.edges.Config.Alias.File; path != "" {
		if r.inputs.Aliases, err = config.ReadAliases(path); err != nil {
			return err
		}
	}
	if path := r.edges.Config.Taxonomy.Rules; path != "" {
		if r.inputs.Rules, err = config.ReadTaxonomyRules(path); err != nil {
			return err
		}
	}
	return nil
}

// entries are the delivered tables, with when the source says its data is of, where it says so.
func (r *run) entries() []stage.Entry {
	modified := map[string]time.Time{}
	for _, source := range r.edges.Sources {
		if dated, ok := source.Source.(interface{ Modified() time.Time }); ok {
			modified[source.Name] = dated.Modified()
		}
	}
	entries := r.space.Entries()
	for i := range entries {
		entries[i].Modified = modified[entries[i].Source]
	}
	return entries
}

// passGates counts what came and refuses what no run should act on.
func (r *run) passGates(manifest stage.Manifest) error {
	limits := map[string]time.Duration{}
	for _, s := range r.edges.Config.Sources {
		limits[s.Name] = time.Duration(s.MaxAge)
	}
	var refusals []error
	for _, entry := range manifest.Entries {
		r.summary.Sources[entry.Source] += entry.Rows
		refusals = append(refusals, stage.Gate(entry, r.memory.GoodRows[entry.Source], r.options.AcceptRows[entry.Source], limits[entry.Source], r.summary.Started))
	}
	return errors.Join(append(refusals, r.passDeliveries()...)...)
}

// readFaire reads the brand, its taxonomy list and its products: all of them at first or when due, else what changed.
func (r *run) readFaire(ctx context.Context) error {
	account, err := r.edges.Faire.Profile(ctx)
	if err != nil {
		return fmt.Errorf("read the brand's profile on Faire: %w", err)
	}
	if err := r.sameAccount(account); err != nil {
		return err
	}
	r.inputs.Account = account
	if r.inputs.Types, err = r.edges.Faire.Types(ctx); err != nil {
		return fmt.Errorf("read Faire's taxonomy types: %w", err)
	}
	r.faireTime = r.memory.MirrorUntil
	var since time.Time // zero: all products
	if !r.fullWalk {
		since = r.faireTime.Add(-overlap)
	}
	mirror, err := r.space.Mirror(ctx)
	if err != nil {
		return fmt.Errorf("stage the products on Faire: %w", err)
	}
	if err := r.walk(ctx, since, "products", func(products []catalog.Product) error {
		for _, p := range products {
			if p.UpdatedAt.After(r.faireTime) {
				r.faireTime = p.UpdatedAt
			}
		}
		return mirror.Append(ctx, products)
	}); err != nil {
		return err
	}
	if _, err := mirror.Close(); err != nil {
		return fmt.Errorf("stage the products on Faire: %w", err)
	}
	return nil
}

// walk keeps every page as it came and hands over its products.
func (r *run) walk(ctx context.Context, since time.Time, name string, take func([]catalog.Product) error) error {
	sink, page := r.space.Sink("faire"), 0
	err := r.edges.Faire.Walk(ctx, since, true, func(raw []byte, products []catalog.Product) error {
		page++
		file, err := sink.Page(fmt.Sprintf("%s-%05d.json", name, page))
		if err != nil {
			return err
		}
		if _, err := file.Write(raw); err != nil {
			return errors.Join(err, file.Close())
		}
		return errors.Join(file.Close(), take(products))
	})
	if err != nil {
		return fmt.Errorf("read the products on Faire: %w", err)
	}
	return nil
}

// sameAccount binds the state to one Faire account: another brand id, or a currency that prices[] does not manage, ends the run
// before any write (design §2.3).
func (r *run) sameAccount(account catalog.Brand) error {
	if known := r.memory.Brand; known.ID != "" && known.ID != account.ID {
		return &UsageError{
			Why:  fmt.Sprintf("the token is of Faire brand %s (%s), but this state belongs to %s (%s)", account.ID, account.Name, known.ID, known.Name),
			Next: "use the right token, or another brand name and state folder for the other account",
		}
	}
	prices := r.edges.Config.Prices
	currencies := make([]string, 0, len(prices))
	for _, p := range prices {
		if p.Currency == account.Currency {
			return nil
		}
		currencies = append(currencies, p.Currency)
	}
	return &UsageError{
		Why:  fmt.Sprintf("the brand's currency on Faire is %s, but prices[] manages %s", account.Currency, strings.Join(currencies, ", ")),
		Next: "add a geography of that currency to prices: in the configuration",
	}
}
