package plan

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"fairesync/pipeline/catalog"
)

// Families of fields that travel in an object of their own, which is always sent whole: what Faire holds with our values laid over.
// Whether Faire replaces such an object or merges it is not known (contract §10); whole, it makes no difference.
const (
	fieldMeasurements = "measurements"
	fieldPreorder     = "preorder"
)

const (
	fieldWeight       = "measurements[weight]"
	fieldDimensions   = "measurements[dimensions]"
	fieldPreorderable = "preorder[preorderable]"
	fieldOrderBy      = "preorder[order_by_date]"
	fieldKeepActive   = "preorder[keep_active_past_order_by_date]"
	fieldShipFrom     = "preorder[expected_ship_date]"
	fieldShipUntil    = "preorder[expected_ship_window_end_date]"
	fieldOrderability = "preorder[orderability_type]"
)

// preorderFields are the fields of a preorder, which go together or not at all.
var preorderFields = []string{fieldPreorderable, fieldOrderability, fieldOrderBy, fieldKeepActive, fieldShipFrom, fieldShipUntil}

// detailProductFields and detailVariantFields have no wire of their own: detailBody sends them.
var (
	detailProductFields = []textField[catalog.Product]{
		{fieldPreorderable, func(p *catalog.Product) string { return yesNo(p.Preorder.Preorderable) }, nil},
		{fieldOrderBy, func(p *catalog.Product) string { return p.Preorder.OrderBy }, nil},
		{fieldKeepActive, func(p *catalog.Product) string { return yesNo(p.Preorder.KeepActive) }, nil},
		{fieldShipFrom, func(p *catalog.Product) string { return p.Preorder.ShipFrom }, nil},
		{fieldShipUntil, func(p *catalog.Product) string { return p.Preorder.ShipUntil }, nil},
	}
	detailVariantFields = []textField[catalog.Variant]{
		{fieldWeight, func(v *catalog.Variant) string { return v.Measurements.Mass() }, nil},
		{fieldDimensions, func(v *catalog.Variant) string { return v.Measurements.Dimensions() }, nil},
		{fieldOrderability, func(v *catalog.Variant) string { return v.Preorder.Orderability }, nil},
		{fieldShipFrom, func(v *catalog.Variant) string { return v.Preorder.ShipFrom }, nil},
		{fieldShipUntil, func(v *catalog.Variant) string { return v.Preorder.ShipUntil }, nil},
	}
)

func yesNo(value *bool) string {
	if value == nil {
		return ""
	}
	return strconv.FormatBool(*value)
}

// blankMeans is what a field that Faire does not show comes to.
var blankMeans = map[string]string{fieldPreorderable: "false", fieldKeepActive: "false", fieldOrderability: catalog.Immediate}

// alike says whether two values of a field are the same thing, though they may be written differently.
func alike(field, a, b string) bool {
	switch {
	case a == b:
		return true
	case field == "gtin":
		return sameBarcode(a, b)
	case family(field) == fieldMeasurements:
		return catalog.SameMeasure(a, b)
	}
	return cmp.Or(a, blankMeans[field]) == cmp.Or(b, blankMeans[field])
}

// madeOf says whether a value that Faire shows after a write is what it made of the one it was sent: a measure that it rounds by no more
// than a hundredth, a day that it moves into another time zone.
func madeOf(field, sent, held string) bool {
	switch family(field) {
	case fieldMeasurements:
		return catalog.Near(sent, held, "0.01")
	case fieldPreorder:
		from, err := time.Parse(time.DateOnly, sent)
		to, heldErr := time.Parse(time.DateOnly, held)
		return err == nil && heldErr == nil && to.Sub(from).Abs() <= 24*time.Hour
	}
	return false
}

// overHeld is a variant with the measures that the source does not tell taken from Faire, so that they can be compared and sent whole.
func overHeld(v, there *catalog.Variant) *catalog.Variant {
	whole := *v
	whole.Measurements = v.Measurements.Over(there.Measurements)
	return &whole
}

// preorderHolds are the codes that hold a preorder. A product that ought to be ordered ahead must not go up as one for immediate
// sale, nor must a variant of it.
func (w *work) preorderHolds() []string {
	if w.rules.excludes(fieldPreorder) {
		return nil
	}
	var codes []string
	for _, block := range w.pair.Blocks {
		if block.VariantKey == "" && family(block.Field) == fieldPreorder {
			codes = append(codes, block.Code)
		}
	}
	return codes
}

// preorderUndone says whether the preorder that a field is part of was undone: its dates wait with it. What says that it is one stands
// before them, so that its mark is gone by now if the source has changed its mind.
func (w *work) preorderUndone(variantID, field string) bool {
	if family(field) != fieldPreorder {
		return false
	}
	if variantID == "" {
		_, undone := w.state.Undone[fieldPreorderable]
		return undone
	}
	_, undone := w.state.Variants[variantID].Undone[fieldOrderability]
	return undone
}

// productBody is what a body says of a product's own fields. held is the product on Faire, nil for a create.
func productBody(held *catalog.Product, fields []Field) map[string]any {
	body := fieldBody(productFields, fields)
	details := map[string]any{}
	whole := catalog.Preorder{}
	if held != nil {
		whole = held.Preorder
	}
	touched := false
	for _, f := range fields {
		touched = touched || family(f.Name) == fieldPreorder
		switch f.Name {
		case fieldPreorderable:
			whole.Preorderable = new(f.After == "true")
		case fieldOrderBy:
			whole.OrderBy = f.After
		case fieldKeepActive:
			whole.KeepActive = new(f.After == "true")
		case fieldShipFrom:
			whole.ShipFrom = f.After
		case fieldShipUntil:
			whole.ShipUntil = f.After
		}
	}
	if !touched {
		return body
	}
	body["preorderable"] = whole.Preorderable != nil && *whole.Preorderable
	if body["preorderable"] == false {
		return body // its details are null on Faire then
	}
	setDay(details, "order_by_date", whole.OrderBy)
	setDay(details, "expected_ship_date", whole.ShipFrom)
	setDay(details, "expected_ship_window_end_date", whole.ShipUntil)
	if whole.KeepActive != nil {
		details["keep_active_past_order_by_date"] = *whole.KeepActive
	}
	body["preorder_details"] = details
	return body
}

// variantFieldBody is the same of a variant.
func variantFieldBody(held *catalog.Variant, fields []Field) map[string]any {
	body := fieldBody(variantFields, fields)
	var measured, ahead bool
	measures, preorder := catalog.Measurements{}, catalog.VariantPreorder{}
	if held != nil {
		measures, preorder = held.Measurements, held.Preorder
	}
	for _, f := range fields {
		measured = measured || family(f.Name) == fieldMeasurements
		ahead = ahead || family(f.Name) == fieldPreorder
		switch f.Name {
		case fieldWeight:
			measures = measures.WithMass(f.After)
		case fieldDimensions:
			measures = measures.WithDimensions(f.After)
		case fieldOrderability:
			preorder.Orderability = f.After
		case fieldShipFrom:
			preorder.ShipFrom = f.After
		case fieldShipUntil:
			preorder.ShipUntil = f.After
		}
	}
	if measured {
		body["measurements"] = measuresBody(measures)
	}
	if !ahead {
		return body
	}
	body["orderability_type"] = cmp.Or(preorder.Orderability, catalog.Immediate)
	if body["orderability_type"] != catalog.Ahead {
		return body
	}
	details := map[string]any{}
	setDay(details, "expected_ship_date", preorder.ShipFrom)
	setDay(details, "expected_ship_window_end_date", preorder.ShipUntil)
	if preorder.StopSellingAt != 0 {
		details["stop_selling_at"] = preorder.StopSellingAt
	}
	body["variant_preorder_details"] = details
	return body
}

// measuresBody sends figures as they are written, not as floats, and a unit if and only if a figure of it is there (contract §5).
func measuresBody(m catalog.Measurements) map[string]any {
	body := map[string]any{}
	set := func(unit string, of string, figures map[string]string) {
		for name, figure := range figures {
			if figure != "" {
				body[name], body[unit] = json.Number(figure), of
			}
		}
	}
	set("mass_unit", m.MassUnit, map[string]string{"weight": m.Weight})
	set("distance_unit", m.DistanceUnit, map[string]string{"length": m.Length, "width": m.Width, "height": m.Height})
	return body
}

// setDay writes a day as the moment it begins in UTC, the form contract §2 says to send.
func setDay(body map[string]any, name, day string) {
	if day != "" {
		body[name] = day + "T00:00:00.000Z"
	}
}

// endsWith says whether a field of a preorder goes when the preorder that a plan made is taken back.
func endsWith(in UndoInput, change Change, f Field) bool {
	if family(f.Name) != fieldPreorder || f.Before != "" || blankMeans[f.Name] != "" {
		return false
	}
	return slices.ContainsFunc(in.Plan.Changes, func(c Change) bool {
		return c.ProductID == change.ProductID && c.VariantID == change.VariantID && in.Sent[c.ID] && slices.ContainsFunc(c.Fields, func(other Field) bool {
			return strings.HasPrefix(other.Name, fieldPreorder) && cmp.Or(other.Before, blankMeans[other.Name]) == blankMeans[other.Name] && other.After != other.Before &&
				(other.Name == fieldPreorderable || other.Name == fieldOrderability)
		})
	})
}
