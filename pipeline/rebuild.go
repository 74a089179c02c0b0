package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"fairesync/pipeline/ledger"
)

// Rebuild makes the brand's database anew of the newest checkpoint and of Faire (design §6): links, recorded values, types and
// history come from the checkpoint; what Faire holds is not restored, the next run reads all of it. Without a checkpoint every
// product is in first-link state. The database there was is moved aside.
func Rebuild(ctx context.Context, edges Edges) (Outcome, error) {
	r, err := open(edges, Options{Command: "rebuild"})
	if err != nil {
		return Outcome{}, err
	}
	return r.close(r.rebuild(ctx))
}

func (r *run) rebuild(ctx context.Context) error {
	r.step("rebuild")
	state := r.edges.State
	var newest *ledger.Checkpoint
	checkpoint, err := state.ReadCheckpoint()
	switch {
	case err == nil:
		newest = &checkpoint
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("rebuild: %w", err)
	}
	account, err := r.edges.Faire.Profile(ctx)
	if err != nil {
		return fmt.Errorf("read the brand's profile on Faire: %w", err)
	}
	r.inputs.Account = account
	if newest != nil {
		r.memory.Brand = newest.Brand
		if err := r.sameAccount(account); err != nil {
			return err
		}
	}
	if err := r.edges.Book.Rebuild(ctx, newest, state.ObjectsDir()); err != nil {
		return fmt.Errorf("rebuild: %w", err)
	}
	// Recorded once more, so that the account is bound although nothing was restored.
	return r.keep(ctx, ledger.Record{Run: r.summary.Run, Now: r.summary.Started, Account: account})
}
