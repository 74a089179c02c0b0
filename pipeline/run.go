package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/check"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/load"
	"fairesync/pipeline/plan"
	"fairesync/pipeline/review"
)

// Outcome is what a run leaves for the one who asked for it.
type Outcome struct {
	Summary    ledger.Summary
	Plan       plan.Plan
	Exceptions []check.Exception
	Unmatched  map[string]int // approvals that did not fit, with the count held now
}

// Guarded says whether a ceiling or guard holds something, which an approval could release.
func (o Outcome) Guarded() bool { return guarded(o.Plan) }

// Run is one run of one brand:
//
//  1. open       lock the brand, make the run folder              run.go, ledger
//  2. gate       the four switches, what the sources can          gate.go
//     settle     what earlier runs left open                   settle.go
//  3. extract    sources and Faire, in parallel                   extract.go
//  4. stage      gates on the manifest, Parquet, doors closed     extract.go
//  5. transform  the relations of sql/, in the order they read    sql/, warehouse
//  6. compare    the products whose sides differ                  decide.go, sql/60_compare
//  7. plan       what each difference means; plan.json            decide.go, plan
//  8. report     the workbook, before anything is sent            report.go
//  9. load       only the plan's requests, journalled             send.go, load
//  10. record     links, sent and held values, history             record.go
func Run(ctx context.Context, edges Edges, options Options) (Outcome, error) {
	r, err := open(edges, options)
	if err != nil {
		return Outcome{}, err
	}
	err = r.steps(ctx)
	return r.close(err)
}

func (r *run) steps(ctx context.Context) error {
	if off := gate(r.edges.Config.Settings, r.options); off != nil {
		return off
	}
	if err := r.capable(); err != nil {
		return err
	}
	if !r.options.DryRun {
		if err := r.settle(ctx); err != nil {
			return err
		}
	}
	r.step("extract")
	if err := r.extract(ctx); err != nil {
		return err
	}
	r.step("transform")
	if err := r.transform(ctx); err != nil {
		return err
	}
	r.step("plan")
	if err := r.plan(ctx); err != nil {
		return err
	}
	r.step("report")
	if err := r.report(); err != nil {
		return err
	}
	if r.options.DryRun {
		return nil
	}
	r.step("load")
	loadErr := r.load(ctx)
	r.step("record")
	return errors.Join(loadErr, r.record(context.WithoutCancel(ctx)))
}

// run is one run while it goes on.
type run struct {
	edges   Edges
	options Options
	folder  *ledger.Run
	lock    *ledger.Lock
	log     *os.File // log.ndjson of the run folder
	space   Workspace
	memory  ledger.Memory
	inputs  ledger.Inputs

	deliveries deliveries // what the sources deliver, now and before

	digests map[string]string // current side's digest, by Faire product id
	blocks  map[string][]plan.Block
	input   plan.Input
	result  plan.Result

	exceptions []check.Exception
	types      []catalog.TypeQuestion
	asked      review.Asked
	askedAll   bool // asked holds all there is to ask
	outcomes   []load.Outcome
	stock      map[string]catalog.Stock   // by variant id, as Faire told before the plan
	now        map[string]catalog.Product // read back after the last write; nil: not yet
	released   map[string]bool            // ids of products that the plan of an apply releases
	resent     int                        // creates of earlier runs that were sent again to settle them
	fullWalk   bool
	faireTime  time.Time // newest updated_at seen on Faire: its clock, not ours, bounds the next walk
	summary    ledger.Summary
	steppedAt  int64
	stepName   string
}

// open locks the brand and makes the run folder. A second run of the same brand ends here.
func open(edges Edges, options Options) (*run, error) {
	started := edges.Now().UTC()
	r := &run{edges: edges, options: options, digests: map[string]string{}, blocks: map[string][]plan.Block{}, released: map[string]bool{}}
	id := ledger.RunID(started, edges.Random)
	holder := ledger.Holder{Run: id, Command: options.Command, Started: started}
	lock, err := edges.State.Lock(holder)
	if err != nil {
		return nil, fmt.Errorf("open run: %w", err)
	}
	r.lock = lock
	if r.folder, err = edges.State.NewRun(id); err != nil {
		return nil, errors.Join(fmt.Errorf("open run: %w", err), lock.Release())
	}
	if err = r.folder.WriteHolder(holder); err != nil {
		return nil, errors.Join(fmt.Errorf("open run: %w", err), lock.Release())
	}
	if r.log, err = r.folder.Append(ledger.LogName); err != nil {
		return nil, errors.Join(fmt.Errorf("open run: %w", err), lock.Release())
	}
	edges.LogTo(r.log)
	r.summary = ledger.Summary{Type: "summary", Run: id, Command: options.Command, Brand: edges.Config.Brand, Started: started,
		Exceptions: map[check.Severity]int{}, Changes: map[plan.Kind]map[plan.Action]int{}, HeldBy: map[string]int{},
		Sources: map[string]int64{}, MS: map[string]int64{}}
	return r, nil
}

// step ends the step before and begins the next, for the progress and the summary's milliseconds.
func (r *run) step(name string) {
	now := r.edges.Now().UnixMilli()
	if r.stepName != "" {
		r.summary.MS[r.stepName] = now - r.steppedAt
	}
	r.stepName, r.steppedAt = name, now
	if name != "" {
		r.edges.Progress.Step(name)
		r.edges.Log.Info("step", "run", r.summary.Run, "step", name)
	}
}

// close writes the summary, releases the lock and gives the outcome. The error is the run's own.
func (r *run) close(err error) (Outcome, error) {
	r.step("")
	r.edges.Progress.Done()
	r.conclude(err)
	r.edges.Log.Info("ended", "run", r.summary.Run, "command", r.summary.Command, "status", r.summary.Status, "error", r.summary.Error,
		"unchanged", r.summary.Unchanged, "planned", r.summary.Planned, "held", r.summary.Held, "ignored", r.summary.Ignored,
		"sent", r.summary.Requests.Sent, "refused", r.summary.Requests.Refused)
	if err == nil && !r.options.DryRun {
		r.sweep()
	}
	r.edges.LogTo(nil)
	outcome := Outcome{Summary: r.summary, Plan: r.result.Plan, Exceptions: r.exceptions, Unmatched: r.result.Unmatched}
	if r.edges.Conclude != nil {
		r.edges.Conclude(&outcome, err)
	}
	closing := []error{err}
	if r.space != nil {
		closing = append(closing, r.space.Close())
	}
	closing = append(closing, r.folder.WriteSummary(outcome.Summary), r.log.Close(), r.edges.State.AppendRun(outcome.Summary), r.folder.Close(), r.lock.Release())
	err = errors.Join(closing...)
	var off *Off
	if errors.As(err, &off) {
		err = nil
	}
	return outcome, err
}
