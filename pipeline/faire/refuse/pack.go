package refuse

import (
	"errors"
	"fmt"
	"strings"

	"fairesync/pipeline/catalog"
)

// UnitMultiplierMissing: the case size is at least MinUnitMultiplier; 400 "unit multiplier is mandatory…". Contract §4; several
// clients.
func UnitMultiplierMissing(p catalog.Product) error {
	if p.UnitMultiplier < MinUnitMultiplier {
		return fmt.Errorf("the case size is %d, at least %d is needed", p.UnitMultiplier, MinUnitMultiplier)
	}
	return nil
}

// MinimumOrderUneven: the minimum order counts units and is a multiple of the case size. Contract §4; the rule is documented, that
// the API refuses is guessed.
func MinimumOrderUneven(p catalog.Product) error {
	if p.MinimumOrder < 0 {
		return fmt.Errorf("the minimum order is %d", p.MinimumOrder)
	}
	if p.UnitMultiplier >= MinUnitMultiplier && p.MinimumOrder%p.UnitMultiplier != 0 {
		return fmt.Errorf("the minimum order of %d units is no multiple of the case size %d", p.MinimumOrder, p.UnitMultiplier)
	}
	return nil
}

// TaxonomyMissing: a PUBLISHED product has a taxonomy type. Contract §7; several clients, one against. For drafts sources
// disagree, so they pass.
func TaxonomyMissing(p catalog.Product) error {
	if published(p) && p.TaxonomyID == "" {
		return errors.New("a published product needs a taxonomy type")
	}
	return nil
}

// TaxonomyMalformed: an id that is none is refused with "Taxonomy type id … is not valid", in drafts too. Whether a well-formed id
// is on Faire's list is the taxonomy relation's business. Contract §8; seen once, live.
func TaxonomyMalformed(p catalog.Product) error {
	if p.TaxonomyID != "" && (!strings.HasPrefix(p.TaxonomyID, "tt_") || p.TaxonomyID == "tt_") {
		return fmt.Errorf("%q is no taxonomy type id (tt_…)", p.TaxonomyID)
	}
	return nil
}
