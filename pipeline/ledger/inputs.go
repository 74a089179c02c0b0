package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/config"
	"fairesync/pipeline/review"
)

// InputList is inputs.json: everything beside its own folder that a run was computed from.
type InputList struct {
	Run     string    `json:"run"`
	Now     time.Time `json:"now"`
	Digest  string    `json:"digest"`  // of the objects' names and SHA-256s: equal digests, equal inputs but for the clock
	Objects []Object  `json:"objects"` // sorted by name
}

// inputsObject is the name of the object that holds Inputs.
const inputsObject = "inputs"

// inputsFormat is the form of that object. It moves with what is kept in it.
const inputsFormat = 2

// inputsDocument is Inputs as they are stored: no secret, nor where one is found, and no path of this machine, so that equal
// inputs are one object wherever they lie.
type inputsDocument struct {
	Format     int                   `json:"format"`
	Brand      string                `json:"brand"`
	Account    catalog.Brand         `json:"account"`
	Config     json.RawMessage       `json:"config"`
	ConfigName string                `json:"config_name"`
	Types      []catalog.Type        `json:"types"`
	Aliases    []config.AliasRow     `json:"aliases"`
	Rules      []config.TaxonomyRule `json:"rules"`
	Decisions  []review.Decision     `json:"decisions,omitempty"`
	Approvals  map[string]int        `json:"approvals"`
	Only       string                `json:"only"`
}

func newInputsDocument(in Inputs) inputsDocument {
	name := in.Config.Path
	if name != "" {
		name = filepath.Base(name)
	}
	return inputsDocument{Format: inputsFormat, Brand: in.Brand, Account: in.Account, Config: in.Config.WithoutSecrets(), ConfigName: name,
		Types: in.Types, Aliases: in.Aliases, Rules: in.Rules, Decisions: in.Decisions, Approvals: in.Approvals, Only: in.Only}
}

func (d inputsDocument) inputs(now time.Time) (Inputs, error) {
	if d.Format != inputsFormat {
		return Inputs{}, fmt.Errorf("inputs were kept in format %d, this program reads %d", d.Format, inputsFormat)
	}
	recorded, err := config.Recorded(d.ConfigName, d.Config)
	if err != nil {
		return Inputs{}, fmt.Errorf("recorded configuration: %w", err)
	}
	return Inputs{Brand: d.Brand, Account: d.Account, Config: recorded, Types: d.Types, Aliases: d.Aliases, Rules: d.Rules, Decisions: d.Decisions,
		Approvals: d.Approvals, Only: d.Only, Now: now}, nil
}

// WriteInputs stores inputs as an object and writes the run's inputs.json, which names it and the tables of memory. Every path
// in tables must be one that KeepObject or ObjectPath returned.
func (s *State) WriteInputs(run *Run, inputs Inputs, tables map[string]string) (InputList, error) {
	list := InputList{Run: run.ID(), Now: inputs.Now.UTC()}
	data, err := json.Marshal(newInputsDocument(inputs)) // the time stands in the list, so that equal inputs are one object
	if err != nil {
		return list, fmt.Errorf("inputs: %w", err)
	}
	sum, err := s.PutObject(data)
	if err != nil {
		return list, fmt.Errorf("inputs: %w", err)
	}
	list.Objects = append(list.Objects, Object{Name: inputsObject, SHA256: sum, Bytes: int64(len(data))})
	for name, file := range tables {
		base := path.Base(file)
		info, err := s.root.Stat(path.Join(objectsName, base))
		if err != nil || !objectForm.MatchString(base) {
			return list, fmt.Errorf("inputs: table %s is in %s, which is no object", name, file)
		}
		list.Objects = append(list.Objects, Object{Name: name, SHA256: base, Bytes: info.Size()})
	}
	slices.SortFunc(list.Objects, func(a, b Object) int { return strings.Compare(a.Name, b.Name) })
	list.Digest = list.digest()
	return list, run.WriteJSON(InputsName, list)
}

// digest sums up the objects.
func (l InputList) digest() string {
	var text bytes.Buffer
	for _, object := range l.Objects {
		fmt.Fprintf(&text, "%s %s\n", object.SHA256, object.Name)
	}
	digest := sha256.Sum256(text.Bytes())
	return hex.EncodeToString(digest[:])
}

// ReadInputs reads a run's inputs.json and the inputs it names. Every object is compared with its SHA-256, the list with its
// digest.
func (s *State) ReadInputs(run *Run) (InputList, Inputs, error) {
	var list InputList
	if err := run.ReadJSON(InputsName, &list); err != nil {
		return list, Inputs{}, err
	}
	if list.Digest != list.digest() {
		return list, Inputs{}, fmt.Errorf("%s was changed: its digest does not fit its objects", run.Path(InputsName))
	}
	for _, object := range list.Objects {
		if err := s.checkObject(object); err != nil {
			return list, Inputs{}, err
		}
	}
	for _, object := range list.Objects {
		if object.Name != inputsObject {
			continue
		}
		var document inputsDocument
		if err := s.ReadJSON(path.Join(objectsName, object.SHA256), &document); err != nil {
			return list, Inputs{}, err
		}
		inputs, err := document.inputs(list.Now)
		return list, inputs, err
	}
	return list, Inputs{}, fmt.Errorf("%s names no inputs", run.Path(InputsName))
}
