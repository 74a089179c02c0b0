package ledger

import (
	"fairesync/pipeline/check"
	"fairesync/pipeline/load"
)

// ToldName is the file of what Faire's answers told a run.
const ToldName = "outcomes.json"

// Told is what a run learned while and after it sent: no replay can ask Faire again.
type Told struct {
	Outcomes   []load.Outcome    `json:"outcomes"`   // without the products Faire answered
	Exceptions []check.Exception `json:"exceptions"` // found after the load
}

// WriteTold makes or replaces outcomes.json.
func (r *Run) WriteTold(told Told) error { return r.WriteJSON(ToldName, told) }

// ReadTold reads outcomes.json; fs.ErrNotExist if the run sent nothing, or died before it wrote it.
func (r *Run) ReadTold() (Told, error) {
	var told Told
	err := r.ReadJSON(ToldName, &told)
	return told, err
}
