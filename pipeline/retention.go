package pipeline

import (
	"cmp"
	"time"

	"fairesync/pipeline/ledger"
)

// sweep removes the run folders that the retention no longer keeps, and the objects nothing names any more. It comes after all
// else, and only after a run that went well: what is kept longer than it need be harms nobody, so what cannot be removed is
// logged and fails nothing.
func (r *run) sweep() {
	if err := r.removeOld(); err != nil {
		r.edges.Log.Warn("old runs are kept", "run", r.summary.Run, "error", err.Error())
	}
}

func (r *run) removeOld() error {
	folders, err := r.edges.State.Folders()
	if err != nil {
		return err
	}
	configured, usual := r.edges.Config.Retention, ledger.DefaultRetention()
	keep := ledger.Retention{Keep: cmp.Or(time.Duration(configured.Keep), usual.Keep), Last: cmp.Or(configured.Last, usual.Last)}
	old := keep.Removable(folders, r.summary.Started)
	if len(old) == 0 {
		return nil
	}
	for _, id := range old {
		if err := r.edges.State.Remove(id); err != nil {
			return err
		}
	}
	objects, err := r.edges.State.SweepObjects(r.summary.Started)
	if err != nil {
		return err
	}
	r.edges.Log.Info("old runs removed", "run", r.summary.Run, "folders", len(old), "objects", objects)
	return nil
}
