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

	// Precedence says per field (wholesale and retail stand for all geographies) which sources are asked, best first; a source that is
	// not listed is not asked. Default: the sources in their order. The first whose value is not blank counts.
	Precedence map[string]Names `yaml:"precedence"`

	Policy       string            `yaml:"policy"`        // full (default), create-only, prices-only, stock-only: what may be sent at all
	FirstLink    string            `yaml:"first_link"`    // hold (default), ours, theirs
	WhenGone     string            `yaml:"when_gone"`     // keep (default), stop_selling, unpublish
	WhenInactive string            `yaml:"when_inactive"` // stop_selling (default), keep, unpublish
	Fields       map[string]string `yaml:"fields"`        // field: ours, theirs, create_only or exclude; the standing policy (design §4.2)

	Metrics   string    `yaml:"metrics"` // folder for fairesync_BRAND.prom, made anew by every run; blank: none
	Retention Retention `yaml:"retention"`

	Path string `yaml:"-"` // the file it was read from
}

// Retention says which run folders are kept: the young ones, so many of the newest, and always those that wrote to Faire.
type Retention struct {
	Keep Duration `yaml:"keep"` // default 336h, 14 days
	Last int      `yaml:"last"` // default 10
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
	Join    string              `yaml:"join"` // of a source after the first: sku (default) or style, what its rows are about

	// apparelmagic
	URL               string  `yaml:"url"`
	Token             Secret  `yaml:"token"`
	PageSize          int     `yaml:"page_size"`           // default 1000
	RequestsPerSecond float64 `yaml:"requests_per_second"` // default 4
	// Colourways is all (default) or changed: only those of styles that are new or whose last_modified_time moved, the rest from memory.
	// That an edit of a colourway moves its style's time is guessed (wms/contract §1.5), hence ColourwaysEvery.
	Colourways      string   `yaml:"colourways"`
	ColourwaysEvery Duration `yaml:"colourways_every"` // colourways: changed: how often all are read nevertheless; default 24h

	// files
	Path      string `yaml:"path"`       // file or glob
	Sheet     string `yaml:"sheet"`      // XLSX; default the first visible one
	Delimiter string `yaml:"delimiter"`  // default: found from the header
	Layout    string `yaml:"layout"`     // rows (default), continuation (Shopify), parents (Magento)
	Variants  string `yaml:"variants"`   // layout parents: the column in which a parent row lists its variants; layout rows of JSON: the member
	ImageBase string `yaml:"image_base"` // put before image paths without a host
	Decimal   string `yaml:"decimal"`    // "." (default) or ","
	Encoding  string `yaml:"encoding"`   // of text: utf-8, utf-16 or windows-1252; default: found from the bytes
	Pick      string `yaml:"pick"`       // which files of a pattern: all (default), or newest by the date in the name
	Member    string `yaml:"member"`     // of a zip archive with several files: the feed's name, or a pattern
	Records   string `yaml:"records"`    // JSON: the list of records, as data.items; default: the only list of objects
	// MaxUnpackedMB is how large an archive or workbook may be unpacked, in MiB; 0 (default): 4096.
	MaxUnpackedMB int64 `yaml:"max_unpacked_mb"`
	// OlderFiles says what becomes of files that are older than those of the last good run: refuse (default) or warn.
	OlderFiles string `yaml:"older_files"`
}

// OlderWarn is older_files of a feed that may come back to what it was.
const OlderWarn = "warn"

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
