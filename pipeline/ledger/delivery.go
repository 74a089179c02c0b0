package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"

	"fairesync/pipeline/stage"
)

// DeliveriesName is the file, in the brand's folder, of what the sources delivered in earlier good runs. What it says is compared
// with the next deliveries; nothing is computed from it, so a brand without one only notices less.
const DeliveriesName = "deliveries.json"

// deliveriesFormat is the form of that file.
const deliveriesFormat = 1

// Deliveries are what is remembered, by stage.Delivery.Key.
type Deliveries map[string]stage.Delivered

type deliveriesDocument struct {
	Format  int        `json:"format"`
	Sources Deliveries `json:"sources"`
}

// DeliveriesError says that deliveries.json is there and cannot be used.
type DeliveriesError struct {
	Path string
	Err  error
}

func (e *DeliveriesError) Error() string {
	return fmt.Sprintf("what was delivered before is not known: %s cannot be read: %v", e.Path, e.Err)
}

// Unwrap is what is wrong with it.
func (e *DeliveriesError) Unwrap() error { return e.Err }

// Hint says what comes of it.
func (e *DeliveriesError) Hint() string {
	return "nothing to do: deliveries are compared again from the next good run on, which writes the file anew"
}

// ReadDeliveries reads what is remembered of the sources; nothing if no good run has written it yet. Where the file is there and
// cannot be read, the error is a *DeliveriesError and nothing is remembered either.
func (s *State) ReadDeliveries() (Deliveries, error) {
	data, err := s.root.ReadFile(DeliveriesName)
	if errors.Is(err, fs.ErrNotExist) {
		return Deliveries{}, nil
	}
	var document deliveriesDocument
	if err == nil {
		err = json.Unmarshal(data, &document)
	}
	if err == nil && document.Format != deliveriesFormat {
		err = fmt.Errorf("it is of format %d, this program reads %d", document.Format, deliveriesFormat)
	}
	if err != nil {
		return Deliveries{}, &DeliveriesError{Path: s.Path(DeliveriesName), Err: err}
	}
	if document.Sources == nil {
		document.Sources = Deliveries{}
	}
	return document.Sources, nil
}

// WriteDeliveries replaces what is remembered.
func (s *State) WriteDeliveries(deliveries Deliveries) error {
	return s.WriteJSON(DeliveriesName, deliveriesDocument{Format: deliveriesFormat, Sources: deliveries})
}

// Remember is what is remembered once a run that was delivered now has been recorded. Sources that delivered nothing keep what was
// known of them.
func (d Deliveries) Remember(now []stage.Delivery) Deliveries {
	made := maps.Clone(d)
	if made == nil {
		made = Deliveries{}
	}
	for _, delivery := range now {
		made[delivery.Key()] = d[delivery.Key()].Remember(delivery)
	}
	return made
}
