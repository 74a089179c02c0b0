package apparelmagic

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"fairesync/pipeline/config"
)

// Memory is where a source keeps from one extraction to the next what colourways it was shown. It is a cache: whatever is lost or
// damaged is read again.
type Memory interface {
	// Load gives what was stored last; nothing, without an error, if nothing was.
	Load() ([]byte, error)
	// Store replaces it, whole or not at all.
	Store(data []byte) error
}

// memoryFormat goes up when what is remembered changes its meaning.
const memoryFormat = 1

// memory is what a source remembers.
type memory struct {
	Format  int              `json:"format"`
	Account string           `json:"account"` // address; that of another account says nothing about this one
	All     time.Time        `json:"all"`     // when all colourways were read
	Styles  map[string]style `json:"styles"`  // by product_id
}

// style is what was read of one.
type style struct {
	Modified   string       `json:"modified"` // last_modified_time of the product before its colourways were read, as it came
	Read       time.Time    `json:"read"`
	Colourways []remembered `json:"colourways,omitempty"`
}

// remembered is a colourway: the fields that matter, as they came.
type remembered struct {
	ID  uint64 `json:"id"`
	Row record `json:"row"`
}

// colourwayFields are the fields a colourway is remembered with.
var colourwayFields = slices.Concat([]string{"product_id", "images"}, colourNames)

// only keeps some fields of a record.
func (r record) only(names []string) record {
	kept := record{}
	for _, name := range names {
		if value, ok := r[name]; ok {
			kept[name] = value
		}
	}
	return kept
}

// recall reads the memory; nil unless colourways: changed. One that cannot be used, or that is due to be made anew, answers for no
// style.
func (s *Source) recall(ctx context.Context, now time.Time) *memory {
	if s.options.Settings.Colourways != config.ColourwaysChanged {
		return nil
	}
	empty := &memory{Account: s.client.base.String()}
	if s.options.Memory == nil {
		return empty
	}
	log := s.options.Logger.With("source", s.Name())
	data, err := s.options.Memory.Load()
	if err == nil && len(data) == 0 {
		return empty
	}
	var known *memory
	if err == nil {
		known, err = parseMemory(data)
	}
	switch {
	case err != nil:
		log.WarnContext(ctx, "what was remembered of colourways cannot be used; all are read again", "why", err.Error())
		return empty
	case known.Account != empty.Account:
		log.InfoContext(ctx, "what was remembered of colourways is of another account; all are read again")
		return empty
	}
	age := now.Sub(known.All)
	if s.options.AllAnew || age < 0 || age >= time.Duration(s.options.Settings.ColourwaysEvery) {
		log.InfoContext(ctx, "all colourways are read again", "last", known.All)
		return empty
	}
	return known
}

// parseMemory reads a memory and refuses anything that was not written by this program.
func parseMemory(data []byte) (*memory, error) {
	var known memory
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&known); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("text after its end")
	}
	if known.Format != memoryFormat {
		return nil, fmt.Errorf("format %d, not %d", known.Format, memoryFormat)
	}
	for _, name := range slices.Sorted(maps.Keys(known.Styles)) {
		for _, one := range known.Styles[name].Colourways {
			if one.ID == 0 || one.Row == nil {
				return nil, fmt.Errorf("style %s has a colourway without id or fields", name)
			}
		}
	}
	return &known, nil
}

// answers says whether a style's colourways need not be asked for: they were read, and the style's time is the one it had then.
func (m *memory) answers(name, modified string) bool {
	if m == nil {
		return false
	}
	known, there := m.Styles[name]
	return there && known.Modified == modified && tells(modified, known.Read)
}

// remember stores what was learned. A memory that cannot be stored costs requests, not the run.
func (s *Source) remember(ctx context.Context, learned *memory) {
	if learned == nil {
		return
	}
	data, err := json.Marshal(learned)
	if err == nil {
		err = s.options.Memory.Store(append(data, '\n'))
	}
	if err != nil {
		s.options.Logger.WarnContext(ctx, "what was read of colourways is not remembered", "source", s.Name(), "why", err.Error())
	}
}

// Formats of last_modified_time (contract §1.5: which one accounts use is not known). The coarse ones leave room for an edit
// that does not show.
var (
	fineTimes   = []string{time.DateTime, time.RFC3339, "2006-01-02T15:04:05", "01/02/2006 15:04:05", "01/02/2006 3:04:05 PM"}
	coarseTimes = []string{time.DateOnly, "2006-01-02 15:04", "01/02/2006", "01/02/2006 15:04", "01/02/2006 3:04 PM", "1/2/2006"}
)

// settled is how long after a coarse time no zone is left in which it could still be the same day.
const settled = 48 * time.Hour

// tells says whether a time, as it was when something was read, must be another one after an edit. It is not for blank and unreadable
// times, nor for a day without a time of day that may not have been over when the reading was done.
func tells(text string, read time.Time) bool {
	text = strings.TrimSpace(text)
	for _, layout := range fineTimes {
		if _, err := time.Parse(layout, text); err == nil {
			return true
		}
	}
	for _, layout := range coarseTimes {
		if at, err := time.Parse(layout, text); err == nil {
			return read.Sub(at) >= settled
		}
	}
	_, err := number(text)
	return err == nil && len(text) >= 9 // Unix seconds, or their fractions
}
