package refuse

// The limits of Faire's API, in one place. Sections are of contract.md.
const (
	MaxDescription      = 65_535 // characters; documented (§4)
	MaxShortDescription = 75     // characters; several clients, live; the document says 255 (§15)

	MinUnitMultiplier = 1 // units per case; several clients (§4)

	// Retail is RatioLowRetail/RatioLowWholesale (1.25) to RatioHigh times wholesale, both ends allowed: the seed's rule (§5.1).
	RatioLowRetail    = 5
	RatioLowWholesale = 4
	RatioHigh         = 10

	PageLimitMin = 10  // products per page; several clients (§3)
	PageLimitMax = 250 // several clients (§3)

	InventoryIDsPerRead = 40  // ids in one address; works in public code, for its length (§9.4)
	BatchSize           = 100 // entries of an inventory or price PATCH; no maximum is known (§9.4)
)
