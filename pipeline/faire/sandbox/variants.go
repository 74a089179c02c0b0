package sandbox

import (
	"net/http"
	"slices"
	"time"

	"fairesync/pipeline/faire"
)

// applyVariant puts the fields of a request into one variant and checks what the variant alone can be checked for. Options and
// geographies also depend on the other variants; applyVariants and updateVariant check those.
func (s *Server) applyVariant(v *Variant, b *variantBody, isNew bool) error {
	if b.SaleState.given() && s.switches.VariantSaleState {
		return invalid("sale_state", messageSaleStateVariant) // rule V13
	}
	if b.Options.given() {
		if !isNew && !sameOptions(v.Options, b.Options.value) {
			return invalid("options", messageOptionsFixed) // rule V1
		}
		if isNew {
			v.Options = b.Options.value
		}
	}
	if b.LifecycleState.given() {
		if err := s.checkLifecycle(v.LifecycleState, b.LifecycleState.value, isNew); err != nil {
			return err
		}
	}
	if err := s.checkVariantFields(b); err != nil {
		return err
	}
	assign(&v.Name, b.Name)
	assign(&v.LifecycleState, b.LifecycleState)
	assign(&v.SKU, b.SKU) // rule P22: a SKU that another variant has is accepted
	assign(&v.GTIN, b.GTIN)
	assign(&v.BackorderedUntil, b.BackorderedUntil)
	assign(&v.TariffCode, b.TariffCode)
	assign(&v.OrderabilityType, b.OrderabilityType)
	if b.Measurements.given() {
		v.Measurements = s.rounded(b.Measurements.value)
	}
	if b.CaseMeasurements.given() {
		v.CaseMeasurements = s.rounded(b.CaseMeasurements.value)
	}
	if b.VariantPreorderDetails.given() {
		details := &b.VariantPreorderDetails.value
		if err := s.datesOf("variant_preorder_details", &details.ExpectedShipDate, &details.ExpectedShipWindowEndDate); err != nil {
			return err
		}
		v.VariantPreorderDetails = details
	}
	if v.OrderabilityType != "PREORDER" {
		v.VariantPreorderDetails = nil // contract §5: null if IMMEDIATE
	}
	if b.Prices.given() {
		if err := s.checkPrices(b.Prices.value); err != nil {
			return err
		}
		v.Prices = b.Prices.value
	}
	if b.Images.given() {
		images, err := s.mergeImages(v.Images, b.Images.value)
		if err != nil {
			return err
		}
		v.Images = images
	}
	return nil
}

func (s *Server) createVariant(c *call) (reply, error) {
	rec, err := s.findLive(c, false)
	if err != nil {
		return reply{}, err
	}
	var body variantBody
	if err := s.decode(c.body, &body); err != nil {
		return reply{}, err
	}
	if held := rec.positionOfToken(body.IdempotenceToken.value); held >= 0 { // rule P2, for variants
		s.effects.Replayed++
		return reply{s.switches.CreateStatus, s.shownVariant(rec, rec.Variants[held])}, nil
	}
	body.ID = field[string]{} // read-only on POST: ignored, not looked up
	p := rec.clone()
	w, err := s.applyVariants(&p, []variantBody{body}, false)
	if err != nil {
		return reply{}, err
	}
	if err := s.checkWhole(&p, false); err != nil {
		return reply{}, err
	}
	next := s.commit(p, w)
	s.effects.CreatedVariants++
	return reply{s.switches.CreateStatus, s.shownVariant(next, next.Variants[len(next.Variants)-1])}, nil
}

// findVariant gives a variant that can be written to and its product (rule V12).
func (s *Server) findVariant(c *call) (*record, int, error) {
	rec, err := s.findLive(c, false)
	if err != nil {
		return nil, 0, err
	}
	position := rec.position(c.vars["variant_id"])
	if position < 0 || !rec.Variants[position].live() {
		return nil, 0, missing(c.vars["variant_id"])
	}
	return rec, position, nil
}

func (s *Server) updateVariant(c *call) (reply, error) {
	rec, position, err := s.findVariant(c)
	if err != nil {
		return reply{}, err
	}
	var body variantBody
	if err := s.decode(c.body, &body); err != nil {
		return reply{}, err
	}
	p := rec.clone()
	held := p.Variants[position].Prices
	if body.Prices.given() && len(held) > 0 && !slices.Equal(geographies(held), geographies(body.Prices.value)) {
		return reply{}, invalid("prices", messageGeographiesVariant) // rule V9
	}
	body.ID = field[string]{set: true, value: p.Variants[position].ID}
	w, err := s.applyVariants(&p, []variantBody{body}, false)
	if err != nil {
		return reply{}, err
	}
	if s.switches.VariantPricePatch == PricesIgnore {
		p.Variants[position].Prices = held
	}
	if err := s.checkWhole(&p, false); err != nil {
		return reply{}, err
	}
	next := s.commit(p, w)
	s.effects.updated(next)
	return reply{http.StatusOK, s.shownVariant(next, next.Variants[position])}, nil
}

func (s *Server) deleteVariant(c *call) (reply, error) {
	rec, position, err := s.findVariant(c)
	if err != nil {
		return reply{}, err
	}
	if len(rec.liveVariants()) == 1 {
		return reply{}, invalid("", messageLastVariant) // rule V11
	}
	p := rec.clone()
	p.Variants[position].LifecycleState = stateDeleted
	delete(s.store.stock, p.Variants[position].ID)
	s.commit(p, written{changed: map[int]bool{position: true}})
	s.effects.DeletedVariants++
	return reply{s.switches.DeleteStatus, nil}, nil
}

// sameOptions compares two sets of options; their order means nothing.
func sameOptions(a, b []faire.WireOption) bool {
	return slices.Equal(sortedOptions(a), sortedOptions(b))
}

// startFresh begins the time in which the inventory endpoints do not know a new variant (rule B8).
func (s *Server) startFresh(id string) {
	if s.switches.FreshSKURequests == 0 && s.switches.FreshSKUSeconds == 0 {
		return
	}
	s.store.fresh[id] = fresh{
		requests: s.switches.FreshSKURequests,
		until:    s.store.now().Add(time.Duration(s.switches.FreshSKUSeconds * float64(time.Second))),
	}
}
