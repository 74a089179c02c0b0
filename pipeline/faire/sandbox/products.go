package sandbox

import (
	"errors"
	"net/http"
	"strings"

	"fairesync/pipeline/faire"
)

// shown is a product as an answer has it: computed fields filled, deleted variants as the switch says. It shares what is never
// changed in place with the store.
func (s *Server) shown(rec *record) Product {
	p := rec.Product
	p.Variants = make([]Variant, 0, len(rec.Variants))
	paused, live := 0, 0
	for i := range rec.Variants {
		v := rec.Variants[i]
		gone := !v.live() || !rec.live()
		if gone && !s.switches.ShowDeletedVariants {
			continue
		}
		v = s.shownVariant(rec, v)
		p.Variants = append(p.Variants, v)
		if !gone {
			live++
			if v.SaleState == salePaused {
				paused++
			}
		}
	}
	p.SaleState = saleOpen
	if live > 0 && paused == live {
		p.SaleState = salePaused
	}
	return p
}

// shownVariant fills the computed fields of a variant (rule P23).
func (s *Server) shownVariant(rec *record, v Variant) Variant {
	v.SaleState, v.AvailableQuantity = saleOpen, nil
	if held := s.store.stock[v.ID]; held.onHand != nil {
		available := *held.onHand - held.committed
		v.AvailableQuantity = &available
		if !rec.AllowSalesWhenOutOfStock && available < max(rec.MinimumOrderQuantity, rec.UnitMultiplier, 1) {
			v.SaleState = salePaused
		}
	}
	if until, ok := parseTime(v.BackorderedUntil); ok && s.store.now().Before(until) {
		v.SaleState = salePaused
	}
	return v
}

// find gives a product of any state, or the 404 of an unknown id.
func (s *Server) find(c *call) (*record, error) {
	if rec := s.store.products[c.vars["product_id"]]; rec != nil {
		return rec, nil
	}
	return nil, missing(c.vars["product_id"])
}

// findLive gives a product that can be written to (rule P21). patch says whether this is the PATCH of the product itself, the one
// write whose refusal was seen.
func (s *Server) findLive(c *call, patch bool) (*record, error) {
	rec, err := s.find(c)
	if err != nil {
		return nil, err
	}
	if !rec.live() && (patch || s.switches.DeletedRefusesAll) {
		return nil, missing(rec.ID)
	}
	return rec, nil
}

func (s *Server) getProduct(c *call) (reply, error) {
	rec, err := s.find(c)
	if err != nil {
		return reply{}, err
	}
	return reply{http.StatusOK, s.shown(rec)}, nil
}

func (s *Server) createProduct(c *call) (reply, error) {
	var body productBody
	if err := s.decode(c.body, &body); err != nil {
		return reply{}, err
	}
	token := body.IdempotenceToken.value
	if token == "" {
		return reply{}, invalid("idempotence_token", "idempotence_token is mandatory") // rule P1
	}
	if id, known := s.store.tokens[token]; known { // rule P2
		s.effects.Replayed++
		return reply{s.switches.CreateStatus, s.shown(s.store.products[id])}, nil
	}
	if failure := s.store.refused[token]; failure != nil && s.switches.RememberFailures {
		return reply{}, failure
	}
	p := Product{BrandID: s.store.brand.BrandID, LifecycleState: s.switches.DefaultLifecycle, IdempotenceToken: token}
	written, err := s.applyProduct(&p, &body, true)
	if err != nil {
		var failure *refusal
		if errors.As(err, &failure) {
			s.store.refused[token] = failure
		}
		return reply{}, err
	}
	p.ID = s.store.newID("p_")
	rec := s.commit(p, written)
	s.effects.created(rec)
	return reply{s.switches.CreateStatus, s.shown(rec)}, nil
}

func (s *Server) updateProduct(c *call) (reply, error) {
	rec, err := s.findLive(c, true)
	if err != nil {
		return reply{}, err
	}
	var body productBody
	if err := s.decode(c.body, &body); err != nil {
		return reply{}, err
	}
	p := rec.clone()
	written, err := s.applyProduct(&p, &body, false)
	if err != nil {
		return reply{}, err
	}
	next := s.commit(p, written)
	s.effects.CreatedVariants += len(written.made)
	s.effects.updated(next)
	return reply{http.StatusOK, s.shown(next)}, nil
}

func (s *Server) deleteProduct(c *call) (reply, error) {
	rec, err := s.findLive(c, false)
	if err != nil {
		return reply{}, err
	}
	if rec.live() { // rule P20
		p := rec.clone()
		p.LifecycleState = stateDeleted
		s.commit(p, written{})
		s.effects.Deleted++
	}
	return reply{s.switches.DeleteStatus, nil}, nil
}

// written says which variants, by position, a write made or changed, and the stock it set on them.
type written struct {
	made    map[int]bool
	changed map[int]bool
	stock   map[int]int64
}

// commit stores a changed product: new variants get their ids here, after every check has passed, so that a refused request
// uses up none and ids depend on what was accepted alone.
func (s *Server) commit(p Product, w written) *record {
	at := s.store.tick()
	if p.CreatedAt == "" {
		p.CreatedAt = formatTime(at)
	}
	for i := range p.Images {
		s.nameImage(&p.Images[i])
	}
	for i := range p.Variants {
		v := &p.Variants[i]
		if w.made[i] {
			v.ID, v.CreatedAt = s.store.newID("po_"), formatTime(at)
			s.startFresh(v.ID)
		}
		v.ProductID = p.ID
		if w.made[i] || w.changed[i] {
			v.UpdatedAt = formatTime(at)
		}
		for j := range v.Images {
			s.nameImage(&v.Images[j])
		}
		if count, sent := w.stock[i]; sent && s.switches.AvailableQuantityHonoured {
			held := s.store.stock[v.ID]
			onHand := count + held.committed
			held.onHand = &onHand
			s.store.stock[v.ID] = held
		}
	}
	fillLists(&p)
	s.store.commit(p, at)
	return s.store.products[p.ID]
}

// applyProduct puts the fields of a request into a product, exactly those that are present, and checks the outcome. The order is that
// of the rules' numbers as far as one does not need another.
func (s *Server) applyProduct(p *Product, b *productBody, isNew bool) (written, error) {
	if b.SaleState.given() {
		return written{}, invalid("sale_state", messageSaleStateProduct) // rule P9
	}
	was := p.LifecycleState
	s.copyFields(p, b)
	if err := s.applyPreorder(p, b); err != nil {
		return written{}, err
	}
	if err := s.checkLifecycle(was, p.LifecycleState, isNew); err != nil {
		return written{}, err
	}
	if err := s.checkTexts(p, b, isNew); err != nil {
		return written{}, err
	}
	if b.MadeInCountry.given() {
		code, err := s.country(b.MadeInCountry.value)
		if err != nil {
			return written{}, err
		}
		p.MadeInCountry = code
	}
	if err := s.applyTaxonomy(p, b); err != nil {
		return written{}, err
	}
	if b.Images.given() {
		images, err := s.mergeImages(p.Images, b.Images.value)
		if err != nil {
			return written{}, err
		}
		p.Images = images
	}
	// Rule P18: only a POST takes option sets; in a PATCH they are silently ignored.
	if isNew && b.VariantOptionSets.given() {
		if err := checkOptionSets(b.VariantOptionSets.value); err != nil {
			return written{}, err
		}
		p.VariantOptionSets = b.VariantOptionSets.value
	}
	w, err := s.applyVariants(p, b.Variants.value, isNew)
	if err != nil {
		return written{}, err
	}
	pack := isNew || b.UnitMultiplier.given() || b.MinimumOrderQuantity.given() || b.PerStyleMinimumOrder.given()
	if pack {
		if err := s.checkPack(p, b, isNew); err != nil {
			return written{}, err
		}
	}
	if err := s.checkImages(p, b.Images.given()); err != nil {
		return written{}, err
	}
	return w, s.checkWhole(p, isNew)
}

// copyFields copies the plain fields that are present.
func (s *Server) copyFields(p *Product, b *productBody) {
	if s.switches.TrimText {
		for _, text := range []*field[string]{&b.Name, &b.Description, &b.ShortDescription} {
			text.value = strings.TrimSpace(text.value)
		}
	}
	assign(&p.Name, b.Name)
	assign(&p.Description, b.Description)
	assign(&p.ShortDescription, b.ShortDescription)
	assign(&p.LifecycleState, b.LifecycleState)
	assign(&p.UnitMultiplier, b.UnitMultiplier)
	assign(&p.MinimumOrderQuantity, b.MinimumOrderQuantity)
	assign(&p.PerStyleMinimumOrder, b.PerStyleMinimumOrder)
	assign(&p.AllowSalesWhenOutOfStock, b.AllowSalesWhenOutOfStock)
}

// assign copies a field that is present.
func assign[T any](to *T, from field[T]) {
	if from.given() {
		*to = from.value
	}
}

// applyTaxonomy obeys the second half of P12: an unknown id is refused in any state, and the answer has the name.
func (s *Server) applyTaxonomy(p *Product, b *productBody) error {
	if !b.TaxonomyType.given() {
		return nil
	}
	id := b.TaxonomyType.value.ID.value
	name, known := s.store.types[id]
	if !known {
		return invalid("taxonomy_type", messageTaxonomyID, id)
	}
	p.TaxonomyType = &faire.WireType{ID: id, Name: name}
	return nil
}

// applyVariants obeys P19: an item with a known id changes that variant, one without makes a new one, the others stay.
func (s *Server) applyVariants(p *Product, bodies []variantBody, isNew bool) (written, error) {
	w := written{made: map[int]bool{}, changed: map[int]bool{}, stock: map[int]int64{}}
	before, optionsTouched, pricesTouched := len(p.Variants), false, false
	for i := range bodies {
		b := &bodies[i]
		position := -1
		if !isNew && b.ID.given() {
			if position = p.position(b.ID.value); position < 0 || !p.Variants[position].live() {
				return w, invalid("variants", messageVariantIDs)
			}
		} else if b.IdempotenceToken.value == "" {
			return w, invalid("idempotence_token", "idempotence_token is mandatory for variants") // rule P1
		} else if held := p.positionOfToken(b.IdempotenceToken.value); held >= before {
			return w, invalid("idempotence_token", "idempotence_token %s is used twice", b.IdempotenceToken.value)
		} else if held >= 0 {
			// The token of a variant is honoured like a product's (contract §11): what was made first stays as it is.
			continue
		}
		fresh := position < 0
		if fresh {
			position = len(p.Variants)
			p.Variants = append(p.Variants, Variant{LifecycleState: statePublished, IdempotenceToken: b.IdempotenceToken.value})
			w.made[position] = true
		} else {
			w.changed[position] = true
		}
		if err := s.applyVariant(&p.Variants[position], b, fresh); err != nil {
			return w, err
		}
		if b.AvailableQuantity.given() {
			w.stock[position] = b.AvailableQuantity.value
		}
		optionsTouched = optionsTouched || fresh || b.LifecycleState.given()
		pricesTouched = pricesTouched || fresh || b.Prices.given()
	}
	if before > 0 && len(p.liveVariants()) == 0 {
		return w, invalid("", messageLastVariant) // rule V11, reached by Switches.PatchDeleted
	}
	if optionsTouched {
		if err := checkOptions(p, w.made); err != nil {
			return w, err
		}
	}
	if pricesTouched {
		if err := checkGeographies(p); err != nil {
			return w, err
		}
	}
	return w, nil
}

// positionOfToken finds the variant that was made with a token; -1 if there is none.
func (p *Product) positionOfToken(token string) int {
	for i := range p.Variants {
		if token != "" && p.Variants[i].IdempotenceToken == token {
			return i
		}
	}
	return -1
}
