package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fairesync/pipeline/faire"
)

// State is all that the sandbox knows of a brand, in Faire's own shape. Products are sorted by id; variants and images keep their
// order, which is the order shown.
type State struct {
	Brand       faire.WireProfile              `json:"brand"`
	Products    []Product                      `json:"products"`
	Inventories map[string]faire.WireInventory `json:"inventories"` // by variant id; only variants whose stock was ever set
	// TaxonomyTypes is shown only when a State has set it: the default list is long and never changes.
	TaxonomyTypes []faire.WireType `json:"taxonomy_types,omitempty"`
}

// State gives the whole state. Setting it on another server, or on this one, gives the same state again.
func (s *Server) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := State{Brand: s.store.brand, Products: make([]Product, 0, len(s.store.products)), Inventories: map[string]faire.WireInventory{}}
	for _, id := range sortedKeys(s.store.products) {
		out.Products = append(out.Products, s.full(s.store.products[id]))
	}
	for id := range s.store.stock {
		out.Inventories[id] = s.inventory(id)
	}
	if s.custom {
		out.TaxonomyTypes = slices.Clone(s.types)
	}
	return out
}

// full is a product with every variant and its computed fields, sharing nothing with the store.
func (s *Server) full(rec *record) Product {
	p := rec.clone()
	p.SaleState = s.shown(rec).SaleState
	for i := range p.Variants {
		p.Variants[i] = s.shownVariant(rec, p.Variants[i])
	}
	return p
}

// SetState replaces everything. What a product, variant or image lacks is filled in: ids, brand and product ids, timestamps (one moment
// for all), unit_multiplier 1, lifecycle_state PUBLISHED, the taxonomy name. sale_state is computed anew, and available_quantity sets
// the stock of a variant that has no entry in Inventories. A blank brand field keeps its value, nil TaxonomyTypes keep the list. Nothing is held to
// the rules of the API: this is how a test says what is on Faire, however odd. The error names an id given twice, a timestamp that
// cannot be read, or an inventory without its variant; then nothing has changed.
func (s *Server) SetState(state State) error {
	if err := checkState(state); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.store.clear()
	fillBlank(&s.store.brand.BrandID, state.Brand.BrandID)
	fillBlank(&s.store.brand.Name, state.Brand.Name)
	fillBlank(&s.store.brand.Currency, state.Brand.Currency)
	fillBlank(&s.store.brand.Locale, state.Brand.Locale)
	if state.TaxonomyTypes != nil {
		s.setTypes(slices.Clone(state.TaxonomyTypes))
		s.custom = true
	}
	for i := range state.Products {
		s.claimIDs(&state.Products[i])
	}
	at := s.store.now().UTC().Truncate(time.Millisecond)
	for i := range state.Products {
		p := state.Products[i].clone()
		s.normalise(&p, at)
		updated, _ := parseTime(p.UpdatedAt) // normalise has written it
		s.store.put(p, updated)
		if updated.After(s.store.last) {
			s.store.last = updated
		}
	}
	s.store.sortOrder()
	for id, inventory := range state.Inventories {
		s.setInventory(id, inventory)
	}
	return nil
}

func fillBlank(to *string, from string) {
	if from != "" {
		*to = from
	}
}

// checkState finds what would make a state ambiguous.
func checkState(state State) error {
	seen := map[string]bool{}
	claim := func(kind, id string) error {
		if id != "" && seen[id] {
			return fmt.Errorf("state: %s id %s is given twice", kind, id)
		}
		seen[id] = true
		return nil
	}
	for i := range state.Products {
		p := &state.Products[i]
		if err := claim("product", p.ID); err != nil {
			return err
		}
		if err := checkTimes("product", p.ID, p.CreatedAt, p.UpdatedAt); err != nil {
			return err
		}
		for j := range p.Variants {
			v := &p.Variants[j]
			if err := claim("variant", v.ID); err != nil {
				return err
			}
			if err := checkTimes("variant", v.ID, v.CreatedAt, v.UpdatedAt); err != nil {
				return err
			}
		}
	}
	for _, id := range sortedKeys(state.Inventories) {
		if !seen[id] || id == "" {
			return fmt.Errorf("state: inventories names variant %q, which no product has", id)
		}
	}
	for _, entry := range state.TaxonomyTypes {
		if entry.ID == "" {
			return fmt.Errorf("state: taxonomy type %q has no id", entry.Name)
		}
		if err := claim("taxonomy type", entry.ID); err != nil {
			return err
		}
	}
	return nil
}

func checkTimes(kind, id string, times ...string) error {
	for _, text := range times {
		if _, ok := parseTime(text); text != "" && !ok {
			return fmt.Errorf("state: %s %s has the timestamp %q, which cannot be read", kind, id, text)
		}
	}
	return nil
}

// claimIDs keeps the ids of a product from being given again.
func (s *Server) claimIDs(p *Product) {
	s.store.used[p.ID] = true
	for _, image := range p.Images {
		s.store.used[image.ID] = true
	}
	for i := range p.Variants {
		s.store.used[p.Variants[i].ID] = true
		for _, image := range p.Variants[i].Images {
			s.store.used[image.ID] = true
		}
	}
}

// normalise fills what a product from outside the API lacks.
func (s *Server) normalise(p *Product, at time.Time) {
	if p.ID == "" {
		p.ID = s.store.newID("p_")
	}
	if p.BrandID == "" {
		p.BrandID = s.store.brand.BrandID
	}
	if p.LifecycleState == "" {
		p.LifecycleState = statePublished
	}
	p.UnitMultiplier = max(p.UnitMultiplier, 1)
	p.SaleState = ""
	normaliseTimes(&p.CreatedAt, &p.UpdatedAt, at)
	if p.TaxonomyType != nil && p.TaxonomyType.Name == "" {
		p.TaxonomyType.Name = s.store.types[p.TaxonomyType.ID]
	}
	s.normaliseImages(p.Images)
	for i := range p.Variants {
		v := &p.Variants[i]
		if v.ID == "" {
			v.ID = s.store.newID("po_")
		}
		if v.LifecycleState == "" {
			v.LifecycleState = statePublished
		}
		v.ProductID, v.SaleState = p.ID, ""
		normaliseTimes(&v.CreatedAt, &v.UpdatedAt, at)
		s.normaliseImages(v.Images)
		if v.AvailableQuantity != nil {
			s.makeAvailable(v.ID, *v.AvailableQuantity)
			v.AvailableQuantity = nil
		}
	}
	fillLists(p)
}

// normaliseTimes writes both times as Faire does; a missing one is the moment given.
func normaliseTimes(created, updated *string, at time.Time) {
	for _, text := range []*string{created, updated} {
		held, ok := parseTime(*text)
		if !ok {
			held = at
		}
		*text = formatTime(held)
	}
}

func (s *Server) normaliseImages(images []faire.WireImage) {
	for i := range images {
		image := &images[i]
		s.nameImage(image)
		switch {
		case image.OriginalURL == "" && image.URL == "":
		case image.OriginalURL == "":
			image.OriginalURL = image.URL
			if !strings.HasPrefix(image.URL, "https://cdn.faire.com/") {
				image.URL = hostedURL(image.OriginalURL)
			}
		case image.URL == "":
			image.URL = hostedURL(image.OriginalURL)
		}
		if image.Width == 0 || image.Height == 0 {
			image.Width, image.Height = imageSide, imageSide
		}
		if image.Sequence == nil {
			image.Sequence = new(int64(i))
		}
	}
}

// fillLists turns missing lists into empty ones: Faire answers with lists, not with null.
func fillLists(p *Product) {
	p.Images, p.VariantOptionSets, p.Variants = orEmpty(p.Images), orEmpty(p.VariantOptionSets), orEmpty(p.Variants)
	for i := range p.VariantOptionSets {
		p.VariantOptionSets[i].Values = orEmpty(p.VariantOptionSets[i].Values)
	}
	for i := range p.Variants {
		v := &p.Variants[i]
		v.Images, v.Options, v.Prices = orEmpty(v.Images), orEmpty(v.Options), orEmpty(v.Prices)
	}
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// setInventory stores a variant's stock; what is available follows from the other two figures.
func (s *Server) setInventory(id string, inventory faire.WireInventory) {
	held := stock{committed: inventory.Committed.Quantity}
	if inventory.OnHand.Type != typeUntracked {
		held.onHand = &inventory.OnHand.Quantity
	}
	s.store.stock[id] = held
}

// makeAvailable sets what is on hand so that so many units are available.
func (s *Server) makeAvailable(id string, available int64) {
	held := s.store.stock[id]
	held.onHand = new(available + held.committed)
	s.store.stock[id] = held
}
