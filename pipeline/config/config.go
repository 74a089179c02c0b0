package config

import "time"

// Config is one brand's configuration, with defaults filled in. Paths are relative to the file's folder and made absolute by
// Load.
type Config struct {
	Brand     string    `yaml:"brand"`
	State     string    `yaml:"state"` // folder
	Settings  Settings  `yaml:"settings"`
	Sources   []Source  `yaml:"sources"`
	Prices    []Price   `yaml:"prices"`
	Faire     Faire     `yaml:"faire"`
	Alias     Alias     `yaml:"alias"`
	Taxonomy  Taxonomy  `yaml:"taxonomy"`
	Images    Images    `yaml:"images"`
	Inventory Inventory `yaml:"inventory"`

	Policy       string            `yaml:"policy"`        // full (default), create-only, prices-only, stock-only: what may be sent at all
	FirstLink    string            `yaml:"first_link"`    // hold (default), ours, theirs
	WhenGone     string            `yaml:"when_gone"`     // keep (default), stop_selling, unpublish
	WhenInactive string            `yaml:"when_inactive"` // stop_selling (default), keep, unpublish
	Fields       map[string]string `yaml:"fields"`        // field: ours, theirs, create_only or exclude; the standing policy (design §4.2)

	Path string `yaml:"-"` // the file it was read from
}

// Settings are the four switches of the gate (seed); all default to false.
type Settings struct {
	Merchant Switches `yaml:"merchant"`
	Cart     Switches `yaml:"cart"`
}

// Switches are the two of one side.
type Switches struct {
	InventorySync bool `yaml:"inventory_sync"`
	ProductSync   bool `yaml:"product_sync"`
}

// Source is one WMS, OMS or file feed. The first is primary.
type Source struct {
	Name    string              `yaml:"name"`
	Kind    string              `yaml:"kind"` // apparelmagic or files
	Mapping map[string]Columns  `yaml:"mapping"`
	Include map[string][]string `yaml:"include"` // column: values kept
	Exclude map[string][]string `yaml:"exclude"` // column: values dropped
	MaxAge  Duration            `yaml:"max_age"`

	// apparelmagic
	URL               string  `yaml:"url"`
	Token             Secret  `yaml:"token"`
	PageSize          int     `yaml:"page_size"`           // default 1000
	RequestsPerSecond float64 `yaml:"requests_per_second"` // default 4

	// files
	Path      string `yaml:"path"`       // file or glob
	Sheet     string `yaml:"sheet"`      // XLSX; default the first visible one
	Delimiter string `yaml:"delimiter"`  // default: found from the header
	Layout    string `yaml:"layout"`     // rows (default), continuation (Shopify), parents (Magento)
	Variants  string `yaml:"variants"`   // layout parents: the column in which a parent row lists its variants
	ImageBase string `yaml:"image_base"` // put before image paths without a host
	Decimal   string `yaml:"decimal"`    // "." (default) or ","
}

// Columns is a column, an expression, or a list of them of which the first that is not blank wins.
type Columns []string

// Names is a name, or a list of them, kept as written: 010 is not the number 8.
type Names []string

// Secret is where a secret is found: an environment variable or a file. Exactly one is set.
type Secret struct {
	Env  string `yaml:"env"`
	File string `yaml:"file"`
}

// Price is one geography Faire is to be given prices for.
type Price struct {
	Geography string `yaml:"geography"` // USA, CAN, GBR, AUS, EUROPEAN_UNION
	Currency  string `yaml:"currency"`  // USD, CAD, GBP, AUD, EUR
	Wholesale string `yaml:"wholesale"` // column or expression of the primary source
	Retail    string `yaml:"retail"`
	Round     string `yaml:"round"` // half_up, or blank: an amount of broken cents is an exception
}

// Faire is the connection to Faire.
type Faire struct {
	URL   string `yaml:"url"`   // default https://www.faire.com/external-api/v2
	Token Secret `yaml:"token"` // brand token (contract §1.2); at most one of token and oauth is set
	OAuth OAuth  `yaml:"oauth"`
	Pace  Pace   `yaml:"pace"`
}

// OAuth are the credentials of an application (contract §1.3): all three or none.
type OAuth struct {
	ApplicationID     string `yaml:"application_id"` // apa_…
	ApplicationSecret Secret `yaml:"application_secret"`
	AccessToken       Secret `yaml:"access_token"`
}

// Pace limits requests per token; Faire publishes no number (contract §13), so the defaults are guessed to be safe.
type Pace struct {
	WritesPerSecond float64 `yaml:"writes_per_second"` // default 1
	Burst           int     `yaml:"burst"`             // default 5
	ReadsPerSecond  float64 `yaml:"reads_per_second"`  // default 4
	InFlight        int     `yaml:"in_flight"`         // default 4
	WritesPerRun    int     `yaml:"writes_per_run"`    // budget of one run; what is left goes with the next. 0 (default): no limit
}

// Alias picks the alias name whose values Faire knows our SKUs by.
type Alias struct {
	Name             string `yaml:"name"`
	File             string `yaml:"file"` // CSV: alias_name, alias_value, wms_sku
	SkipWithoutAlias bool   `yaml:"skip_without_alias"`
}

// Taxonomy says where the rules are and what becomes of a product no rule maps.
type Taxonomy struct {
	Rules    string `yaml:"rules"`    // CSV: scope, pattern, type_id
	Unmapped string `yaml:"unmapped"` // hold (default) or unpublished
}

// Images says which query parameters do not belong to an image's identity.
type Images struct {
	IgnoreQuery []string `yaml:"ignore_query"`
}

// Inventory says where quantities come from and what they mean (design §7).
type Inventory struct {
	Columns       Columns `yaml:"column"`         // a column, or several that are added up
	Means         string  `yaml:"means"`          // available (default): on hand on Faire = value + committed; on_hand: the value
	Warehouse     string  `yaml:"warehouse"`      // column naming the warehouse, where a source has one row per SKU and warehouse
	Warehouses    Names   `yaml:"warehouses"`     // those whose quantities are added up; empty: all
	SafetyStock   int64   `yaml:"safety_stock"`   // units kept back of each SKU
	Cap           int64   `yaml:"cap"`            // most units of a SKU that Faire is shown; 0: no cap
	StartTracking string  `yaml:"start_tracking"` // created (default): variants Faire does not track and we did not make stay so; all
}

// Duration is a time.Duration written as 36h or 90m.
type Duration time.Duration
