package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"fairesync/pipeline/check"
	"fairesync/pipeline/plan"
)

// Recorded is what a run's folder tells of it.
type Recorded struct {
	Summary    Summary // of a run that died: id, brand, start and the status died
	Plan       plan.Plan
	Exceptions []check.Exception
	Config     map[string]string // every setting that was on, by its path; nil where it was not recorded
}

// StatusDied is the status of a run that ended without a word: it was killed, or its machine went down.
const StatusDied = "died"

// Recorded reads the folder of a run. What the run did not come to is left blank.
func (s *State) Recorded(id string) (Recorded, error) {
	run, err := s.OpenRun(id)
	if err != nil {
		return Recorded{}, err
	}
	defer run.Close() //nolint:errcheck // read only
	var r Recorded
	if r.Summary, err = run.ReadSummary(); errors.Is(err, fs.ErrNotExist) {
		started, _ := ParseRunID(id) // OpenRun has read it
		r.Summary = Summary{Type: "summary", Run: id, Brand: s.brand, Started: started, Status: StatusDied}
	} else if err != nil {
		return Recorded{}, err
	}
	if r.Exceptions, err = run.ReadExceptions(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Recorded{}, fmt.Errorf("run %s: %w", id, err)
	}
	if r.Plan, err = run.readPlan(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Recorded{}, fmt.Errorf("run %s: %w", id, err)
	}
	r.Config = s.recordedSettings(run)
	return r, nil
}

// recordedSettings are the settings a run was made with; nil if its inputs are not there any more, or were kept in another form:
// what cannot be compared is no difference.
func (s *State) recordedSettings(run *Run) map[string]string {
	var list InputList
	if run.ReadJSON(InputsName, &list) != nil {
		return nil
	}
	for _, object := range list.Objects {
		var document inputsDocument
		if object.Name == inputsObject && s.checkObject(object) == nil && s.ReadJSON(path.Join(objectsName, object.SHA256), &document) == nil {
			return settings(document.Config)
		}
	}
	return nil
}

func (r *Run) readPlan() (plan.Plan, error) {
	file, err := r.Open(PlanName)
	if err != nil {
		return plan.Plan{}, err
	}
	defer file.Close() //nolint:errcheck // read only
	return plan.Read(file)
}

// settings makes one entry of each scalar of a JSON value, by its path: sources[0].mapping.sku[1].
func settings(data []byte) map[string]string {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return nil
	}
	found := map[string]string{}
	var walk func(path string, value any)
	walk = func(path string, value any) {
		switch value := value.(type) {
		case map[string]any:
			for key, inner := range value {
				walk(strings.TrimPrefix(path+"."+key, "."), inner)
			}
		case []any:
			for i, inner := range value {
				walk(fmt.Sprintf("%s[%d]", path, i), inner)
			}
		default:
			found[path] = fmt.Sprint(value)
		}
	}
	walk("", value)
	return found
}

// Difference is what changed between two runs.
type Difference struct {
	Before, After Summary
	Settings      []SettingDifference   // sorted by path
	Compared      bool                  // the settings of both runs are known
	Exceptions    []ExceptionDifference // in the order of exceptions
	Changes       []ChangeDifference    // in the order of plans
	SameChanges   int                   // planned in both, or held by the same codes
}

// SettingDifference is a setting that was changed; blank is unset.
type SettingDifference struct {
	Path   string `json:"path"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// What became of an exception from one run to another.
const (
	Appeared = "appeared"
	Resolved = "resolved"
	Moved    = "moved" // it is still there, with other values
	Still    = "still"
)

// ExceptionDifference is an exception of either run.
type ExceptionDifference struct {
	What      string          `json:"what"` // appeared, resolved, moved or still
	Exception check.Exception `json:"exception"`
}

// What a run made of a change; blank if it did not want it.
const (
	ChangePlanned = "planned"
	ChangeHeld    = "held"
)

// ChangeDifference is a change that one run planned or held and the other did not, or not so.
type ChangeDifference struct {
	Before    string      `json:"before"` // planned, held or blank
	After     string      `json:"after"`
	WasHeldBy []string    `json:"was_held_by,omitempty"` // before
	Change    plan.Change `json:"change"`                // as the later of the runs that have it wrote it
}

// Diff tells what changed from one run to another. It looks at nothing but what was read of them.
func Diff(before, after Recorded) Difference {
	d := Difference{Before: before.Summary, After: after.Summary, Compared: before.Config != nil && after.Config != nil}
	if d.Compared {
		d.Settings = diffSettings(before.Config, after.Config)
	}
	d.Exceptions = diffExceptions(before.Exceptions, after.Exceptions)
	d.Changes, d.SameChanges = diffChanges(before.Plan.Changes, after.Plan.Changes)
	return d
}

func diffSettings(before, after map[string]string) []SettingDifference {
	var list []SettingDifference
	paths := maps.Clone(before)
	maps.Copy(paths, after)
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		if before[path] != after[path] {
			list = append(list, SettingDifference{Path: path, Before: before[path], After: after[path]})
		}
	}
	return list
}

// diffExceptions goes by their ids, which survive a change of values.
func diffExceptions(before, after []check.Exception) []ExceptionDifference {
	was, is := map[string]check.Exception{}, map[string]check.Exception{}
	for _, e := range before {
		was[e.ID] = e
	}
	for _, e := range after {
		is[e.ID] = e
	}
	all := maps.Clone(was)
	maps.Copy(all, is)
	merged := slices.SortedFunc(maps.Values(all), func(a, b check.Exception) int { return strings.Compare(a.ID, b.ID) })
	check.Sort(merged)
	var list []ExceptionDifference
	for _, e := range merged {
		earlier, there := was[e.ID]
		_, stays := is[e.ID]
		what := Still
		switch {
		case !there:
			what = Appeared
		case !stays:
			what = Resolved
		case earlier.Fingerprint != e.Fingerprint:
			what = Moved
		}
		list = append(list, ExceptionDifference{What: what, Exception: e})
	}
	return list
}

// identity is what makes changes of two runs the same: what they do to what, with the same values.
func identity(c plan.Change) string {
	parts := []string{string(c.Kind), string(c.Action), c.Key, c.VariantKey}
	for _, f := range c.Fields {
		parts = append(parts, f.Name, f.Before, f.After)
	}
	return strings.Join(parts, "\x00")
}

func diffChanges(before, after []plan.Change) (list []ChangeDifference, same int) {
	all := map[string]*ChangeDifference{}
	at := func(c plan.Change) *ChangeDifference {
		id := identity(c)
		if all[id] == nil {
			all[id] = &ChangeDifference{}
		}
		all[id].Change = c
		return all[id]
	}
	for _, c := range before {
		d := at(c)
		d.Before, d.WasHeldBy = madeOf(c), c.HeldBy
	}
	for _, c := range after {
		at(c).After = madeOf(c)
	}
	order := func(id string) string { // of plans: by key, variant key, kind, field
		c := all[id].Change
		return strings.Join([]string{c.Key, c.VariantKey, string(c.Kind), id}, "\x00")
	}
	for _, id := range slices.SortedFunc(maps.Keys(all), func(a, b string) int { return strings.Compare(order(a), order(b)) }) {
		if d := all[id]; d.Before == d.After && slices.Equal(d.WasHeldBy, d.Change.HeldBy) {
			same++
		} else {
			list = append(list, *d)
		}
	}
	return list, same
}

func madeOf(c plan.Change) string {
	if c.Held() {
		return ChangeHeld
	}
	return ChangePlanned
}
