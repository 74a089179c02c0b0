package refuse

import (
	"errors"
	"fmt"
	"slices"

	"fairesync/pipeline/catalog"
)

// NoProductImage: a PUBLISHED product needs an image of its own, variant images do not count; code
// PUBLISHED_PRODUCT_NEEDS_AT_LEAST_ONE_IMAGE. Contract §7; documented, the code seen once, live.
func NoProductImage(p catalog.Product) error {
	if published(p) && len(p.Images) == 0 {
		return errors.New("a published product needs at least one image of its own")
	}
	return nil
}

// TwoHeroes: one product image at most is tagged Hero. Contract §6; seen once, live.
func TwoHeroes(p catalog.Product) error {
	heroes := 0
	for _, image := range p.Images {
		if slices.Contains(image.Tags, "Hero") {
			heroes++
		}
	}
	if heroes > 1 {
		return fmt.Errorf("%d images are tagged Hero, one may be", heroes)
	}
	return nil
}

// ImageWithoutURL: an image is given by address, or by id if Faire has it. Contract §17 I2; guessed.
func ImageWithoutURL(p catalog.Product) error { return withoutURL(p.Images) }

// VariantImageWithoutURL: as ImageWithoutURL, for a variant's images.
func VariantImageWithoutURL(v catalog.Variant) error { return withoutURL(v.Images) }

func withoutURL(images []catalog.Image) error {
	for i, image := range images {
		if image.ID == "" && image.OriginalURL == "" && image.URL == "" {
			return fmt.Errorf("image %d has no address", i+1)
		}
	}
	return nil
}
