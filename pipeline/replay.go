package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"fairesync/pipeline/check"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/plan"
)

// Replayed says whether a run computed again, offline, from what it left gives the same.
type Replayed struct {
	Run      string `json:"run"`
	Plan     bool   `json:"plan"`     // plan.json is the same byte for byte
	Workbook bool   `json:"workbook"` // exceptions.xlsx is the same byte for byte
	// Differs says, for people, where they part; blank if they do not.
	PlanDiffers     string `json:"plan_differs,omitempty"`
	WorkbookDiffers string `json:"workbook_differs,omitempty"`
}

// Same says whether nothing differs.
func (r Replayed) Same() bool { return r.Plan && r.Workbook }

// Replay computes plan and workbook of a run again, from its folder and the objects that names, and compares them byte for byte. It
// calls nobody, takes no lock and leaves nothing behind.
func Replay(ctx context.Context, edges Edges, run string) (replayed Replayed, err error) {
	replayed.Run = run
	folder, err := edges.State.OpenRun(run)
	if err != nil {
		return replayed, fmt.Errorf("replay: %w", err)
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	staged, err := edges.State.ReadStaged(folder)
	if err != nil {
		return replayed, fmt.Errorf("replay: %w", err)
	}
	before, err := readSent(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return replayed, &ledger.UnstagedError{Run: run, Lacks: ledger.PlanName}
	}
	if err != nil {
		return replayed, fmt.Errorf("replay: %w", err)
	}
	scratch, err := os.MkdirTemp(edges.State.Dir(), ".replay-")
	if err != nil {
		return replayed, fmt.Errorf("replay: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	r := again(edges, folder, staged, before)
	if r.space, err = edges.Workspace(scratch, scratch); err != nil {
		return replayed, fmt.Errorf("replay: %w", err)
	}
	defer func() { err = errors.Join(err, r.space.Close()) }()
	if err := r.recompute(ctx, staged); err != nil {
		return replayed, fmt.Errorf("replay run %s: %w", run, err)
	}
	return replayed, r.compareFiles(folder, &replayed)
}

// Lineage runs the relations of a run again, offline, and says step by step how the rows with one of these SKUs came to be what it wanted on
// Faire. It calls nobody, takes no lock and leaves nothing behind.
func Lineage(ctx context.Context, edges Edges, run string, skus []string) (steps []ledger.Step, err error) {
	folder, err := edges.State.OpenRun(run)
	if err != nil {
		return nil, fmt.Errorf("lineage: %w", err)
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	staged, err := edges.State.ReadStaged(folder)
	if err != nil {
		return nil, fmt.Errorf("lineage: %w", err)
	}
	scratch, err := os.MkdirTemp(edges.State.Dir(), ".replay-")
	if err != nil {
		return nil, fmt.Errorf("lineage: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	space, err := edges.Workspace(scratch, scratch)
	if err != nil {
		return nil, fmt.Errorf("lineage: %w", err)
	}
	defer func() { err = errors.Join(err, space.Close()) }()
	if err := space.Replay(ctx, staged); err != nil {
		return nil, err
	}
	if err := space.Transform(ctx); err != nil {
		return nil, err
	}
	return space.Lineage(ctx, skus)
}

// again is a run in the place of the one before: its clock, its options, its configuration.
func again(edges Edges, folder *ledger.Run, staged ledger.Staged, before plan.Plan) *run {
	edges.Config = staged.Inputs.Config
	command := "run"
	if summary, err := folder.ReadSummary(); err == nil { // a run that died wrote none
		command = summary.Command
	}
	r := &run{edges: edges, digests: map[string]string{}, blocks: map[string][]plan.Block{}, inputs: staged.Inputs, stock: staged.Stock,
		options: Options{Command: command, Approvals: staged.Inputs.Approvals, Only: staged.Inputs.Only}}
	r.summary = ledger.Summary{Type: "summary", Run: folder.ID(), Command: command, Brand: staged.Inputs.Brand, Started: before.Created.UTC(),
		Exceptions: map[check.Severity]int{}, Changes: map[plan.Kind]map[plan.Action]int{}, HeldBy: map[string]int{}, Sources: map[string]int64{}, MS: map[string]int64{}}
	for _, entry := range staged.Manifest.Entries {
		r.summary.Sources[entry.Source] += entry.Rows
	}
	return r
}

// recompute is transform to plan, without Faire.
func (r *run) recompute(ctx context.Context, staged ledger.Staged) error {
	if err := r.space.Replay(ctx, staged); err != nil {
		return err
	}
	if err := r.transform(ctx); err != nil {
		return err
	}
	if err := r.compare(ctx); err != nil {
		return err
	}
	r.knowStock(r.stockToRead())
	return r.decide(ctx)
}

// compareFiles writes plan and workbook to memory and compares them with the files.
func (r *run) compareFiles(folder *ledger.Run, replayed *Replayed) error {
	var planned, reported bytes.Buffer
	var err error
	if r.result.Plan.Digest, err = plan.Write(&planned, r.result.Plan); err != nil {
		return fmt.Errorf("write the plan: %w", err)
	}
	told, err := folder.ReadTold()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read the outcomes: %w", err)
	}
	r.outcomes = told.Outcomes
	r.exceptions = append(r.exceptions, told.Exceptions...)
	check.Sort(r.exceptions)
	r.asked.Resolved = slices.DeleteFunc(r.asked.Resolved, func(e check.Exception) bool { // found again after the load
		return slices.ContainsFunc(told.Exceptions, func(t check.Exception) bool { return t.ID == e.ID })
	})
	r.count()
	if err := r.edges.Workbook(&reported, r.reported()); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	if replayed.PlanDiffers, err = differs(folder, ledger.PlanName, planned.Bytes()); err != nil {
		return err
	}
	if replayed.WorkbookDiffers, err = differs(folder, ledger.WorkbookName, reported.Bytes()); err != nil {
		return err
	}
	replayed.Plan, replayed.Workbook = replayed.PlanDiffers == "", replayed.WorkbookDiffers == ""
	return nil
}

// differs says where a file of a run folder parts from what was computed now; blank if it does not.
func differs(folder *ledger.Run, name string, now []byte) (string, error) {
	file, err := folder.Open(name)
	if err != nil {
		return "", fmt.Errorf("replay: %w", err)
	}
	defer file.Close() //nolint:errcheck // read only
	before, err := io.ReadAll(file)
	if err != nil {
		return "", fmt.Errorf("replay: %w", err)
	}
	if bytes.Equal(before, now) {
		return "", nil
	}
	if name != ledger.PlanName {
		return fmt.Sprintf("%s has %d bytes, computed again %d", name, len(before), len(now)), nil
	}
	was, is := bytes.Split(before, []byte("\n")), bytes.Split(now, []byte("\n"))
	for i := range min(len(was), len(is)) {
		if !bytes.Equal(was[i], is[i]) {
			return fmt.Sprintf("%s parts in line %d: was %s, is %s", name, i+1, short(was[i]), short(is[i])), nil
		}
	}
	return fmt.Sprintf("%s has %d lines, computed again %d", name, len(was), len(is)), nil
}

func short(line []byte) string {
	const most = 200
	if len(line) > most {
		return string(line[:most]) + "…"
	}
	return string(line)
}
