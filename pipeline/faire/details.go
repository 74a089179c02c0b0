package faire

import (
	"encoding/json"
	"strconv"
	"time"

	"fairesync/pipeline/catalog"
)

// What stands here is read leniently: a measure or a date of Faire's that cannot be read counts as not told, and spoils neither the
// product nor the walk.

// figure is a number of JSON as plain decimal text, never a float; blank for anything else. 0 is no measure.
type figure string

// UnmarshalJSON implements json.Unmarshaler.
func (f *figure) UnmarshalJSON(raw []byte) error {
	text := string(raw)
	if unquoted, err := strconv.Unquote(text); err == nil {
		text = unquoted
	}
	if plain, ok := catalog.Decimal(text); ok && plain != "0" {
		*f = figure(plain)
	}
	return nil
}

// word is a text; blank for anything else.
type word string

// UnmarshalJSON implements json.Unmarshaler.
func (w *word) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		*w = word(text)
	}
	return nil
}

// day is the day of a timestamp in UTC, in any of the forms Faire writes; blank for anything else.
type day string

// UnmarshalJSON implements json.Unmarshaler.
func (d *day) UnmarshalJSON(raw []byte) error {
	var at timestamp
	if err := at.UnmarshalJSON(raw); err == nil && !at.IsZero() {
		*d = day(at.Format(time.DateOnly))
	}
	return nil
}

// lenient decodes an object; what it cannot decode is left empty.
func lenient[T any](raw json.RawMessage) T {
	var value T
	if len(raw) > 0 && json.Unmarshal(raw, &value) != nil {
		var zero T
		return zero
	}
	return value
}

func measurements(raw json.RawMessage) catalog.Measurements {
	wire := lenient[struct {
		Mass     word   `json:"mass_unit"`
		Distance word   `json:"distance_unit"`
		Weight   figure `json:"weight"`
		Length   figure `json:"length"`
		Width    figure `json:"width"`
		Height   figure `json:"height"`
	}](raw)
	m := catalog.Measurements{}
	if wire.Weight != "" {
		m.Weight, m.MassUnit = string(wire.Weight), string(wire.Mass)
	}
	if wire.Length+wire.Width+wire.Height != "" {
		m.Length, m.Width, m.Height, m.DistanceUnit = string(wire.Length), string(wire.Width), string(wire.Height), string(wire.Distance)
	}
	return m
}

func preorder(preorderable *bool, raw json.RawMessage) catalog.Preorder {
	wire := lenient[struct {
		OrderBy    day   `json:"order_by_date"`
		KeepActive *bool `json:"keep_active_past_order_by_date"`
		ShipFrom   day   `json:"expected_ship_date"`
		ShipUntil  day   `json:"expected_ship_window_end_date"`
	}](raw)
	return catalog.Preorder{Preorderable: preorderable, OrderBy: string(wire.OrderBy), KeepActive: wire.KeepActive,
		ShipFrom: string(wire.ShipFrom), ShipUntil: string(wire.ShipUntil)}
}

func variantPreorder(orderability string, raw json.RawMessage) catalog.VariantPreorder {
	wire := lenient[struct {
		ShipFrom      day       `json:"expected_ship_date"`
		ShipUntil     day       `json:"expected_ship_window_end_date"`
		StopSellingAt timestamp `json:"stop_selling_at"`
	}](raw)
	v := catalog.VariantPreorder{Orderability: orderability, ShipFrom: string(wire.ShipFrom), ShipUntil: string(wire.ShipUntil)}
	if !wire.StopSellingAt.IsZero() {
		v.StopSellingAt = wire.StopSellingAt.UnixMilli()
	}
	return v
}
