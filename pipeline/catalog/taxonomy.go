package catalog

// TypeQuestion is what a person would decide the Faire types of some products by, and how it stands: one row of the relation
// taxonomy_coverage and of the workbook's sheet Taxonomy. It is for reading; nothing is decided by it.
type TypeQuestion struct {
	Scope       string   `json:"scope"` // category, type or product: the scope a rule for it has
	Text        string   `json:"text"`  // a category path, a type or a name, as the source has it
	Products    int64    `json:"products"`
	Mapped      int64    `json:"mapped"` // products of these with a type
	Live        int64    `json:"live"`   // products of these that are published on Faire
	Types       []string `json:"types,omitempty"`
	ChosenBy    []string `json:"chosen_by,omitempty"`   // the rules or the name that chose
	Suggestions []string `json:"suggestions,omitempty"` // nearest types, best first; none where all are mapped
}

// PricePoint is how many variants have the same pair of prices, in minor units of one geography's currency: for the chart of the
// workbook, never to decide by.
type PricePoint struct {
	Geography string `json:"geography"`
	Wholesale Money  `json:"wholesale"`
	Retail    Money  `json:"retail"`
	Variants  int64  `json:"variants"`
}
