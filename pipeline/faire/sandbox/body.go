package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"fairesync/pipeline/faire"
)

// field is one member of a request body; it keeps apart "left out", "null" and "given", because a PATCH changes exactly the
// fields that are present (contract §10).
type field[T any] struct {
	set   bool
	null  bool
	value T
}

// UnmarshalJSON notes that the member was there, and reads it unless it is null.
func (f *field[T]) UnmarshalJSON(data []byte) error {
	f.set = true
	if string(data) == "null" {
		f.null = true
		return nil
	}
	return json.Unmarshal(data, &f.value)
}

// given reports whether the member was present with a value. Null counts as left out, unless Switches.ExplicitNull refuses it.
func (f field[T]) given() bool { return f.set && !f.null }

// productBody holds the members of a product that a request may send; every other member is ignored (rule T7).
type productBody struct {
	Name                     field[string]                `json:"name"`
	Description              field[string]                `json:"description"`
	ShortDescription         field[string]                `json:"short_description"`
	SaleState                field[json.RawMessage]       `json:"sale_state"`
	LifecycleState           field[string]                `json:"lifecycle_state"`
	IdempotenceToken         field[string]                `json:"idempotence_token"`
	UnitMultiplier           field[int64]                 `json:"unit_multiplier"`
	MinimumOrderQuantity     field[int64]                 `json:"minimum_order_quantity"`
	PerStyleMinimumOrder     field[int64]                 `json:"per_style_minimum_order_quantity"`
	AllowSalesWhenOutOfStock field[bool]                  `json:"allow_sales_when_out_of_stock"`
	Images                   field[[]imageBody]           `json:"images"`
	VariantOptionSets        field[[]faire.WireOptionSet] `json:"variant_option_sets"`
	Variants                 field[[]variantBody]         `json:"variants"`
	TaxonomyType             field[typeBody]              `json:"taxonomy_type"`
	Preorderable             field[bool]                  `json:"preorderable"`
	PreorderDetails          field[PreorderDetails]       `json:"preorder_details"`
	ProductAttributes        field[[]Attribute]           `json:"product_attributes"` // decoded for its type, then dropped
	MadeInCountry            field[string]                `json:"made_in_country"`
}

// variantBody is the same for a variant; the deprecated wholesale_price_cents and retail_price_cents are ignored.
type variantBody struct {
	ID                     field[string]                 `json:"id"`
	Name                   field[string]                 `json:"name"`
	SaleState              field[json.RawMessage]        `json:"sale_state"`
	LifecycleState         field[string]                 `json:"lifecycle_state"`
	IdempotenceToken       field[string]                 `json:"idempotence_token"`
	SKU                    field[string]                 `json:"sku"`
	GTIN                   field[string]                 `json:"gtin"`
	AvailableQuantity      field[int64]                  `json:"available_quantity"`
	BackorderedUntil       field[string]                 `json:"backordered_until"`
	TariffCode             field[string]                 `json:"tariff_code"`
	Images                 field[[]imageBody]            `json:"images"`
	Options                field[[]faire.WireOption]     `json:"options"`
	Prices                 field[[]faire.WirePrice]      `json:"prices"`
	Measurements           field[faire.WireMeasurements] `json:"measurements"`
	CaseMeasurements       field[faire.WireMeasurements] `json:"case_measurements"`
	OrderabilityType       field[string]                 `json:"orderability_type"`
	VariantPreorderDetails field[VariantPreorderDetails] `json:"variant_preorder_details"`
}

// imageBody is an image as it may be sent; width, height and original_url are read-only.
type imageBody struct {
	ID       field[string]   `json:"id"`
	URL      field[string]   `json:"url"`
	Sequence field[int64]    `json:"sequence"`
	Tags     field[[]string] `json:"tags"`
}

// typeBody is a taxonomy type as it may be sent: only the id counts (contract §8).
type typeBody struct {
	ID field[string] `json:"id"`
}

// optionSetsBody is the body and the answer's shape of PATCH …/variant-option-sets.
type optionSetsBody struct {
	VariantOptionSets field[[]faire.WireOptionSet] `json:"variant_option_sets"`
}

// decode reads a request body (rule T6): exactly one JSON object, every known member of the right type.
func (s *Server) decode(data []byte, into any) error {
	trimmed := bytes.TrimLeft(data, " \t\r\n")
	if len(trimmed) == 0 || trimmed[0] != '{' {
		return invalid("", "Request body must be a JSON object")
	}
	decoder := json.NewDecoder(bytes.NewReader(trimmed))
	if err := decoder.Decode(into); err != nil {
		return invalid("", "%s", jsonProblem(err))
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return invalid("", "Malformed JSON: more than one value")
	}
	if s.switches.ExplicitNull == NullRefuse {
		if name, found := findNull(trimmed); found {
			return invalid(name, "null is not allowed for %s", name)
		}
	}
	return nil
}

// jsonProblem words a decoding error; the text is a guess, the status is documented.
func jsonProblem(err error) string {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return fmt.Sprintf("Wrong JSON type: %s %s", wrong.Value, wrong.Field)
	}
	return "Malformed JSON: " + err.Error()
}

// findNull looks for a member whose value is null and gives its name.
func findNull(data []byte) (string, bool) {
	var value any
	if err := json.Unmarshal(data, &value); err != nil {
		return "", false
	}
	return nullIn(value)
}

func nullIn(value any) (string, bool) {
	switch value := value.(type) {
	case map[string]any:
		for _, name := range sortedKeys(value) {
			if value[name] == nil {
				return name, true
			}
			if inner, found := nullIn(value[name]); found {
				return inner, true
			}
		}
	case []any:
		for _, item := range value {
			if inner, found := nullIn(item); found {
				return inner, true
			}
		}
	}
	return "", false
}
