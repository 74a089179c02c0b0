package sandbox

import (
	"fmt"
	"net/http"

	"fairesync/pipeline/faire"
)

// refusal is an answer other than success, in the shape of contract §12.2.
type refusal struct {
	status    int
	message   string
	localized string // the text in the brand's language, where one was ever seen
	field     string
}

// Error is the message Faire would give.
func (r *refusal) Error() string { return fmt.Sprintf("%d %s", r.status, r.message) }

func (r *refusal) body() faire.WireError {
	return faire.WireError{
		StatusCode: r.status, StatusType: http.StatusText(r.status), Message: r.message,
		LocalizedMessage: r.localized, Field: r.field, EntityTokens: []string{},
	}
}

// The messages that were seen on Faire itself, word for word (contract §12.3). Where the source cut the text, it ends where the
// source cut it.
const (
	messageUnitMultiplier     = "unit multiplier is mandatory"
	messageSaleStateProduct   = "product field 'sale_state' is read-only"
	messageSaleStateVariant   = "variant field 'sale_state' is read-only" // guessed by analogy (rule V13)
	messageNeedsImage         = "PUBLISHED_PRODUCT_NEEDS_AT_LEAST_ONE_IMAGE"
	messageTaxonomyID         = "Taxonomy type id %s is not valid"
	messageNeedsOptions       = "A product with multiple variants must have options"
	messageOptionValue        = "%s:%s is not one of the values for %s"
	messageDuplicateOptions   = "Duplicate variants with same options"
	messageVariantIDs         = "Invalid product variant IDs"
	messageOptionsFixed       = "Product variant options cannot be changed."
	messageGeographies        = "All variants must have consistent prices for different countries"
	messageGeographiesVariant = "You cannot change the currencies or geographic regions for a single variant's prices."
	messageLastVariant        = "Cannot delete variant: PRODUCT_NEEDS_AT_LEAST_ONE_OPTION"
	messageLimit              = "limit must be within [10, 250]"
	messageManySKUs           = "Skus match multiple product variations: %s"
)

// invalid is a 400 about one field; field may be empty.
func invalid(field, format string, args ...any) error {
	return &refusal{status: http.StatusBadRequest, message: fmt.Sprintf(format, args...), field: field}
}

// missing is a 404 whose message is the bare id or SKU that was not found.
func missing(key string) error {
	return &refusal{status: http.StatusNotFound, message: key}
}

// unauthorized is a 401; its body is a guess (rule T2).
func unauthorized() error {
	return &refusal{status: http.StatusUnauthorized, message: "Unauthorized"}
}
