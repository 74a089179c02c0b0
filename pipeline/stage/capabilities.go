package stage

// Capabilities say what a source can and cannot deliver (wms/contract §0, §5). The flow decides by the first four; the others tell
// people what to expect and are the columns of docs/sources/README.md.
type Capabilities struct {
	ProductDetail bool     // names, descriptions, prices, images: without it a source alone cannot feed Faire (seed)
	Missing       []string // fields it never has, for the message
	StableSKUID   bool     // a changed SKU with the same id is a rename, not a new product
	Inventory     bool

	Incremental  bool // it can be asked for what changed alone; false: all of it is read each time
	TellsDeleted bool // it says what was deleted; false: gone is what a complete walk does not show
	Wholesale    Origin
	Retail       Origin
	Images       Origin
	Variants     Origin // which SKUs are one product
	Alias        Origin // other names of a SKU
	Times        string // zone of its times, for people; blank: it has none that count
}

// Origin is where a thing comes from in a source.
type Origin string

// Origins.
const (
	Native Origin = "native" // the source has a place for it, which is read without being told
	Mapped Origin = "mapped" // read from the column that is configured, or that is known by its header
	None   Origin = "none"
)
