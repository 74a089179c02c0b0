package ledger

import (
	"errors"
	"fmt"
	"io/fs"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/stage"
)

// Staged is what a run left that it can be computed again from, offline: its staging folder, and what its inputs.json names.
type Staged struct {
	Run      string
	Dir      string // the staging folder
	Manifest stage.Manifest
	Inputs   Inputs
	Tables   map[string]string        // state table: path of its object
	Stock    map[string]catalog.Stock // by variant id: stock the run asked Faire for while it planned; nil if it did not
}

// UnstagedError says that a run did not leave what it could be computed again from.
type UnstagedError struct {
	Run   string
	Lacks string // file within the run folder
}

func (e *UnstagedError) Error() string {
	return fmt.Sprintf("run %s cannot be computed again: it left no %s", e.Run, e.Lacks)
}

// Hint says which runs can.
func (e *UnstagedError) Hint() string {
	return "name a run or a plan that came as far as its plan (fairesync history lists them); an apply computes nothing, and a run that failed early staged nothing"
}

// ReadStaged reads what a run left. Every object is compared with its SHA-256.
func (s *State) ReadStaged(run *Run) (Staged, error) {
	staged := Staged{Run: run.ID(), Dir: run.Staging(), Tables: map[string]string{}}
	lacking := func(name string, err error) error {
		var object *ObjectError // one that is gone is no missing file of the run
		if errors.Is(err, fs.ErrNotExist) && !errors.As(err, &object) {
			return &UnstagedError{Run: run.ID(), Lacks: name}
		}
		return err
	}
	var err error
	if staged.Manifest, err = run.ReadManifest(); err != nil {
		return staged, lacking(ManifestName, err)
	}
	list, inputs, err := s.ReadInputs(run)
	if err != nil {
		return staged, lacking(InputsName, err)
	}
	staged.Inputs = inputs
	for _, object := range list.Objects {
		if object.Name != inputsObject {
			staged.Tables[object.Name] = s.ObjectPath(object.SHA256)
		}
	}
	if staged.Stock, err = run.ReadStock(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return staged, err
	}
	return staged, nil
}

// WriteStock makes or replaces stock.json: stock that the run asked Faire for while it planned, by variant id.
func (r *Run) WriteStock(stock map[string]catalog.Stock) error { return r.WriteJSON(StockName, stock) }

// ReadStock reads stock.json; fs.ErrNotExist if the run asked for none.
func (r *Run) ReadStock() (map[string]catalog.Stock, error) {
	var stock map[string]catalog.Stock
	err := r.ReadJSON(StockName, &stock)
	return stock, err
}
