package sandbox

import (
	"slices"
	"strings"
	"unicode/utf8"

	"fairesync/pipeline/faire"
)

// The maximum lengths of a description (rule P8), in characters.
const (
	descriptionMax       = 65535
	descriptionMaxStrict = 1000
)

// checkLifecycle obeys P10 and the moves of contract §7.
func (s *Server) checkLifecycle(was, is string, isNew bool) error {
	switch is {
	case stateDraft, statePublished, stateUnpublished:
		if !isNew && was == statePublished && is == stateDraft && !s.switches.PublishedToDraft {
			return invalid("lifecycle_state", "A published product cannot become a draft")
		}
		return nil
	case stateDeleted:
		if !isNew && s.switches.PatchDeleted == DeletedDelete {
			return nil
		}
		return invalid("lifecycle_state", "lifecycle_state DELETED cannot be set, use DELETE")
	}
	return invalid("lifecycle_state", "Unknown lifecycle_state %q", is)
}

// checkTexts obeys P3, P7 and P8 for the texts a request has.
func (s *Server) checkTexts(p *Product, b *productBody, isNew bool) error {
	if (isNew || b.Name.given()) && strings.TrimSpace(p.Name) == "" {
		return invalid("name", "name is mandatory")
	}
	if b.ShortDescription.given() && utf8.RuneCountInString(p.ShortDescription) > s.switches.ShortDescriptionMax {
		return invalid("short_description", "short_description must have at most %d characters", s.switches.ShortDescriptionMax)
	}
	longest := descriptionMax
	if s.switches.StrictDescription {
		longest = descriptionMaxStrict
	}
	if b.Description.given() && utf8.RuneCountInString(p.Description) > longest {
		return invalid("description", "description must have at most %d characters", longest)
	}
	return nil
}

// checkPack obeys P4 to P6.
func (s *Server) checkPack(p *Product, b *productBody, isNew bool) error {
	if (isNew || b.UnitMultiplier.given()) && p.UnitMultiplier < 1 {
		return invalid("unit_multiplier", messageUnitMultiplier)
	}
	if s.switches.CheckOrderMultiple && p.UnitMultiplier > 0 && p.MinimumOrderQuantity%p.UnitMultiplier != 0 {
		return invalid("minimum_order_quantity", "minimum_order_quantity must be a multiple of unit_multiplier")
	}
	if p.PerStyleMinimumOrder <= 0 {
		return nil
	}
	sized := slices.ContainsFunc(p.VariantOptionSets, func(set faire.WireOptionSet) bool { return set.Name == "Size" })
	if !sized {
		return invalid("per_style_minimum_order_quantity", "A product without a Size option cannot have a per style minimum")
	}
	if p.UnitMultiplier != 1 || p.MinimumOrderQuantity != 0 {
		return invalid("per_style_minimum_order_quantity", "A per style minimum needs unit_multiplier 1 and minimum_order_quantity 0")
	}
	return nil
}

// checkWhole obeys P12 to P14: what a product as a whole must have. Drafts are checked less strictly, since Faire's own plugin falls
// back to DRAFT after a 400.
func (s *Server) checkWhole(p *Product, isNew bool) error {
	live := p.liveVariants()
	if isNew && len(live) == 0 && s.switches.NeedsVariants {
		return invalid("variants", "A product needs at least one variant") // rule P14
	}
	published := p.LifecycleState == statePublished
	needsType := s.switches.DraftNeedsTaxonomy || published && s.switches.PublishedNeedsTaxonomy
	if p.TaxonomyType == nil && needsType {
		return invalid("taxonomy_type", "taxonomy_type is mandatory") // rule P12
	}
	if !published {
		return nil
	}
	if len(live) == 0 {
		return invalid("variants", "A published product needs at least one variant") // rule P13
	}
	for _, v := range live {
		if len(v.Prices) == 0 {
			return invalid("prices", "Every variant of a published product needs prices") // rule P13
		}
	}
	return nil
}

// checkVariantFields obeys V2, V3 and the enumerations of a variant (rule T6).
func (s *Server) checkVariantFields(b *variantBody) error {
	if b.GTIN.given() && !validGTIN(b.GTIN.value) {
		return invalid("gtin", "GTIN %s is not valid", b.GTIN.value)
	}
	if b.OrderabilityType.given() && b.OrderabilityType.value != "IMMEDIATE" && b.OrderabilityType.value != "PREORDER" {
		return invalid("orderability_type", "Unknown orderability_type %q", b.OrderabilityType.value)
	}
	for _, m := range []field[faire.WireMeasurements]{b.Measurements, b.CaseMeasurements} {
		if m.given() {
			if err := s.checkMeasurements(m.value); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkMeasurements obeys V3.
func (s *Server) checkMeasurements(m faire.WireMeasurements) error {
	if m.MassUnit != "" && !slices.Contains([]string{"GRAMS", "KILOGRAMS", "OUNCES", "POUNDS"}, m.MassUnit) {
		return invalid("mass_unit", "Unknown mass_unit %q", m.MassUnit)
	}
	lengths := []string{"CENTIMETERS", "INCHES", "FEET", "MILLIMETERS", "METERS", "YARDS"}
	if m.DistanceUnit != "" && !slices.Contains(lengths, m.DistanceUnit) {
		return invalid("distance_unit", "Unknown distance_unit %q", m.DistanceUnit)
	}
	if !s.switches.MeasurementPairs {
		return nil
	}
	if (m.MassUnit != "") != (m.Weight != nil) {
		return invalid("mass_unit", "mass_unit must be set if and only if weight is set")
	}
	if (m.DistanceUnit != "") != (m.Length != nil || m.Width != nil || m.Height != nil) {
		return invalid("distance_unit", "distance_unit must be set if and only if length, width or height is set")
	}
	return nil
}

// validGTIN obeys V2: 8, 12, 13 or 14 digits, the last of them the GS1 check digit.
func validGTIN(text string) bool {
	if !slices.Contains([]int{8, 12, 13, 14}, len(text)) {
		return false
	}
	sum := 0
	for i := range len(text) {
		digit := int(text[i]) - '0'
		if digit < 0 || digit > 9 {
			return false
		}
		if (len(text)-i)%2 == 0 {
			digit *= 3
		}
		sum += digit
	}
	return sum%10 == 0
}
