package sandbox

import (
	"math"
	"time"

	"fairesync/pipeline/faire"
)

// applyPreorder obeys contract §4: a preorderable product has details, any other has none.
func (s *Server) applyPreorder(p *Product, b *productBody) error {
	assign(&p.Preorderable, b.Preorderable)
	if b.PreorderDetails.given() {
		details := &b.PreorderDetails.value
		if err := s.datesOf("preorder_details", &details.OrderByDate, &details.ExpectedShipDate, &details.ExpectedShipWindowEndDate); err != nil {
			return err
		}
		p.PreorderDetails = details
	}
	if !p.Preorderable {
		p.PreorderDetails = nil
	}
	touched := b.Preorderable.given() || b.PreorderDetails.given()
	if touched && p.Preorderable && p.PreorderDetails == nil && s.switches.PreorderNeedsDetails {
		return invalid("preorder_details", "preorder_details is mandatory for a preorderable product")
	}
	return nil
}

// datesOf checks the dates of a preorder and writes them as Switches.PreorderDates says. Faire's own examples are bare days.
func (s *Server) datesOf(field string, dates ...*string) error {
	for _, date := range dates {
		if *date == "" {
			continue
		}
		at, ok := parseTime(*date)
		if day, err := time.Parse(time.DateOnly, *date); !ok && err == nil {
			at, ok = day, true
		}
		if !ok {
			return invalid(field, "%q is not a date", *date)
		}
		switch s.switches.PreorderDates {
		case DatesAsDays:
			*date = at.Format(time.DateOnly)
		case DatesAsMoments:
			*date = at.Format(time.RFC3339)
		case DatesBasic:
			*date = at.Format("20060102T150405.000Z")
		}
	}
	return nil
}

// rounded is a set of measures as Switches.MeasureDecimals has them stored.
func (s *Server) rounded(m faire.WireMeasurements) *faire.WireMeasurements {
	out := cloneMeasurements(&m)
	if s.switches.MeasureDecimals < 0 {
		return out
	}
	scale := math.Pow10(s.switches.MeasureDecimals)
	for _, figure := range []*float64{out.Weight, out.Length, out.Width, out.Height} {
		if figure != nil {
			*figure = math.Round(*figure*scale) / scale
		}
	}
	return out
}
