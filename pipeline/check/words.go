package check

// Words says what is kept from being sent, for tables and pages; an unknown value is its own words.
func (h Holds) Words() string {
	switch h {
	case HoldsNothing:
		return "nothing"
	case HoldsField:
		return "the field; the product's others go"
	case HoldsVariant:
		return "the variant; the product's others go"
	case HoldsProduct:
		return "the product"
	case HoldsGrouping:
		return "product fields, new variants and lifecycle; prices, stock and barcodes go"
	case HoldsRow:
		return "the row: it never became a variant"
	case HoldsRun:
		return "everything: the run ends"
	}
	return string(h)
}
