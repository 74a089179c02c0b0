package refuse

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"fairesync/pipeline/catalog"
)

// NameMissing: a product needs a name. Contract §4; several clients.
func NameMissing(p catalog.Product) error {
	if strings.TrimSpace(p.Name) == "" {
		return errors.New("the name is blank")
	}
	return nil
}

// DescriptionTooLong: at most MaxDescription characters. Contract §4; documented.
func DescriptionTooLong(p catalog.Product) error {
	return tooLong("description", p.Description, MaxDescription)
}

// ShortDescriptionTooLong: at most MaxShortDescription characters. Contract §4; several clients against a live account, although
// Faire's document says 255.
func ShortDescriptionTooLong(p catalog.Product) error {
	return tooLong("short description", p.ShortDescription, MaxShortDescription)
}

func tooLong(what, text string, most int) error {
	if n := utf8.RuneCountInString(text); n > most {
		return fmt.Errorf("the %s has %d characters, %d are allowed", what, n, most)
	}
	return nil
}

// TokenMissing: a create bears an idempotence token. Contract §11; documented, and 400 without it seen once.
func TokenMissing(p catalog.Product) error {
	if p.Token == "" {
		return errors.New("the product has no idempotence token")
	}
	return nil
}

// VariantTokenMissing: so does each new variant. Contract §11; documented, and 400 without it seen once.
func VariantTokenMissing(v catalog.Variant) error {
	if v.Token == "" && v.FaireID == "" {
		return errors.New("the variant has no idempotence token")
	}
	return nil
}

// LifecycleUnknown: a product is created as DRAFT, PUBLISHED or UNPUBLISHED; no other state exists, and DELETED is reached by
// deleting. Contract §7; documented. Blank is left to Faire.
func LifecycleUnknown(p catalog.Product) error {
	switch p.Lifecycle {
	case "", catalog.Draft, catalog.Published, catalog.Unpublished:
		return nil
	}
	return fmt.Errorf("a product cannot be created in the state %q", p.Lifecycle)
}
