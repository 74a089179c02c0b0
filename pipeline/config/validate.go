package config

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"net/netip"
	"net/url"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Kinds of sources.
const (
	KindApparelMagic = "apparelmagic"
	KindFiles        = "files"
)

// What sources[].colourways may be, and how often all are read with changed.
const (
	ColourwaysAll          = "all"
	ColourwaysChanged      = "changed"
	DefaultColourwaysEvery = Duration(24 * time.Hour)
)

// defaultFaire is Faire itself (contract §1.1); the bare host without www loses the bodies of writes.
const defaultFaire = "https://www.faire.com/external-api/v2"

// currencies by the geographies Faire takes prices for (contract §5.1).
var currencies = map[string]string{"USA": "USD", "CAN": "CAD", "GBR": "GBP", "AUS": "AUD", "EUROPEAN_UNION": "EUR"}

// PolicyFields are the keys fields may have.
var PolicyFields = []string{"name", "description", "short_description", "taxonomy", "images", "lifecycle", "unit_multiplier",
	"minimum_order_quantity", "made_in_country", "preorder", "sku", "gtin", "tariff_code", "measurements", "price", "on_hand"}

var (
	namePattern     = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)
	variablePattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// fill puts defaults where nothing is configured.
func (c *Config) fill() {
	c.State = cmp.Or(c.State, "state")
	for i := range c.Sources {
		source := &c.Sources[i]
		switch source.Kind {
		case KindApparelMagic:
			source.PageSize = cmp.Or(source.PageSize, 1000)
			source.RequestsPerSecond = cmp.Or(source.RequestsPerSecond, 4)
			source.Colourways = cmp.Or(source.Colourways, ColourwaysAll)
			if source.Colourways == ColourwaysChanged {
				source.ColourwaysEvery = cmp.Or(source.ColourwaysEvery, DefaultColourwaysEvery)
			}
		case KindFiles:
			source.Layout, source.Decimal = cmp.Or(source.Layout, "rows"), cmp.Or(source.Decimal, ".")
		}
	}
	c.fillPrices()
	c.fillSupplements()
	c.Faire.URL = cmp.Or(c.Faire.URL, defaultFaire)
	c.Faire.Pace.WritesPerSecond = cmp.Or(c.Faire.Pace.WritesPerSecond, 1)
	c.Faire.Pace.Burst = cmp.Or(c.Faire.Pace.Burst, 5)
	c.Faire.Pace.ReadsPerSecond = cmp.Or(c.Faire.Pace.ReadsPerSecond, 4)
	c.Faire.Pace.InFlight = cmp.Or(c.Faire.Pace.InFlight, 4)
	c.Taxonomy.Unmapped = cmp.Or(c.Taxonomy.Unmapped, "hold")
	c.Inventory.Means = cmp.Or(c.Inventory.Means, "available")
	c.Inventory.StartTracking = cmp.Or(c.Inventory.StartTracking, "created")
	c.Policy = cmp.Or(c.Policy, "full")
	c.FirstLink = cmp.Or(c.FirstLink, "hold")
	c.WhenGone = cmp.Or(c.WhenGone, "keep")
	c.WhenInactive = cmp.Or(c.WhenInactive, "stop_selling")
}

// fillPrices: without prices[] it is dollars in the USA. ApparelMagic names its prices (wms/contract §1.8); a file feed's columns are
// found by its source, by their headers.
func (c *Config) fillPrices() {
	apparelMagic := len(c.Sources) > 0 && c.Sources[0].Kind == KindApparelMagic
	if len(c.Prices) == 0 {
		c.Prices = []Price{{Geography: "USA"}}
	}
	for i := range c.Prices {
		price := &c.Prices[i]
		price.Currency = cmp.Or(price.Currency, currencies[price.Geography])
		if apparelMagic && price.Geography == "USA" {
			price.Wholesale, price.Retail = cmp.Or(price.Wholesale, "price"), cmp.Or(price.Retail, "retail_price")
		}
	}
}

// paths are all paths of a configuration.
func (c *Config) paths() []*string {
	list := []*string{&c.State, &c.Metrics, &c.Alias.File, &c.Taxonomy.Rules, &c.Faire.Token.File, &c.Faire.OAuth.ApplicationSecret.File, &c.Faire.OAuth.AccessToken.File}
	for i := range c.Sources {
		list = append(list, &c.Sources[i].Path, &c.Sources[i].Token.File)
	}
	return list
}

// resolve makes paths absolute against a folder.
func (c *Config) resolve(dir string) {
	for _, path := range c.paths() {
		if *path != "" && !filepath.IsAbs(*path) {
			*path = filepath.Join(dir, filepath.FromSlash(*path))
		}
	}
}

// validator collects what is wrong, with the line of the key.
type validator struct {
	document *document
	secrets  bool
	problems []error
}

// validate checks everything a file alone can tell. Columns are checked against the feed by its source.
func (c *Config) validate(d *document, secrets bool) []error {
	v := &validator{document: d, secrets: secrets}
	v.name("brand", c.Brand)
	v.sources(c)
	v.supplements(c)
	v.prices(c)
	v.precedence(c)
	v.faire(c.Faire)
	v.text("alias.name", c.Alias.Name)
	if c.Alias.Name == "" && c.Alias.File != "" {
		v.fail("alias.file", "names no alias name to look for in it", "add alias.name, such as merchantSKU")
	}
	if c.Alias.Name == "" && c.Alias.SkipWithoutAlias {
		v.fail("alias.skip_without_alias", "is true, but alias.name is missing: every SKU would be left out", "add alias.name, such as merchantSKU")
	}
	v.choice("taxonomy.unmapped", c.Taxonomy.Unmapped, "hold", "unpublished")
	for i, name := range c.Images.IgnoreQuery {
		if name == "" || strings.ContainsAny(name, ", \t&=?#") {
			v.fail(fmt.Sprintf("images.ignore_query[%d]", i), fmt.Sprintf("is %q, not the name of a query parameter", name), "write names only, such as v or X-Amz-*")
		}
	}
	v.inventory(c)
	if c.Retention.Keep < 0 || c.Retention.Last < 0 {
		v.fail("retention", "is below zero", "write for example {keep: 336h, last: 10}")
	}
	v.choice("policy", c.Policy, "full", "create-only", "prices-only", "stock-only")
	v.choice("first_link", c.FirstLink, "hold", "ours", "theirs")
	v.choice("when_gone", c.WhenGone, "keep", "stop_selling", "unpublish")
	v.choice("when_inactive", c.WhenInactive, "stop_selling", "keep", "unpublish")
	for _, field := range slices.Sorted(maps.Keys(c.Fields)) {
		if !slices.Contains(PolicyFields, field) {
			v.fail("fields."+field, "is no field with a policy", "the fields are "+strings.Join(PolicyFields, ", "))
			continue
		}
		v.policy(field, c.Fields[field])
	}
	return v.problems
}

// policy checks the standing policy of a field. What Faire must have on every create, or what decides whether a product is
// published, cannot be excluded.
func (v *validator) policy(field, value string) {
	v.choice("fields."+field, value, "ours", "theirs", "create_only", "exclude")
	if value == "exclude" && slices.Contains([]string{"name", "sku", "price", "taxonomy", "images", "unit_multiplier"}, field) {
		v.fail("fields."+field, "is excluded, but no product can be created without it", "write theirs to leave it alone on existing products, or create_only")
	}
}

// fail notes a problem at the line of a key; a key that is missing is looked for where its block begins.
func (v *validator) fail(key, problem, next string) {
	at, in := 0, v.document
	for block := key; block != "" && at == 0; block = block[:max(strings.LastIndexAny(block, ".["), 0)] {
		at = v.document.places[block]
		in = cmp.Or(v.document.owners[block], v.document)
	}
	v.problems = append(v.problems, in.fault(at, key+" "+problem, next))
}

func (v *validator) name(key, value string) {
	switch {
	case value == "":
		v.fail(key, "is missing", "add "+key[strings.LastIndex(key, ".")+1:]+": NAME")
	case !namePattern.MatchString(value):
		v.fail(key, fmt.Sprintf("is %q, not lower case letters, digits, - and _ (at most 63)", value), "it names a folder; write it as in luma or luma-eu")
	}
}

func (v *validator) choice(key, value string, choices ...string) {
	if !slices.Contains(choices, value) {
		v.fail(key, fmt.Sprintf("is %q, not %s", value, list(choices)), "write one of "+strings.Join(choices, ", "))
	}
}

// text refuses what an editor left behind unseen.
func (v *validator) text(key, value string) {
	if value != strings.TrimSpace(value) || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' }) {
		v.fail(key, fmt.Sprintf("is %q, with blanks at an end or control characters", value), "remove them")
	}
}

func list(choices []string) string {
	if len(choices) < 2 {
		return strings.Join(choices, "")
	}
	return strings.Join(choices[:len(choices)-1], ", ") + " or " + choices[len(choices)-1]
}

func (v *validator) sources(c *Config) {
	if len(c.Sources) == 0 {
		v.fail("sources", "names no source", "add at least one: sources: [{name: wms, kind: apparelmagic, …}]")
	}
	seen := map[string]int{}
	for i, source := range c.Sources {
		key := fmt.Sprintf("sources[%d]", i)
		v.name(key+".name", source.Name)
		if first, twice := seen[source.Name]; twice && source.Name != "" {
			v.fail(key+".name", fmt.Sprintf("is %q, as is sources[%d].name", source.Name, first), "give each source a name of its own")
		}
		if source.Name == "faire" {
			v.fail(key+".name", `is "faire", which stands for Faire itself in staging and reports`, "name it after the system it is")
		}
		seen[source.Name] = i
		switch source.Kind {
		case KindApparelMagic:
			v.apparelMagic(key, source)
		case KindFiles:
			v.files(key, source)
		case "":
			v.fail(key+".kind", "is missing", "write kind: apparelmagic or kind: files")
		default:
			v.choice(key+".kind", source.Kind, KindApparelMagic, KindFiles)
		}
		if source.MaxAge < 0 {
			v.fail(key+".max_age", fmt.Sprintf("is %s, below zero", source.MaxAge), "leave it out to turn it off")
		}
		for _, field := range slices.Sorted(maps.Keys(source.Mapping)) {
			if slices.Contains(source.Mapping[field], "") || len(source.Mapping[field]) == 0 {
				v.fail(key+".mapping."+field, "names no column", "name a column or an expression, or leave the field out")
			}
		}
		v.filter(key+".include", source.Include)
		v.filter(key+".exclude", source.Exclude)
	}
}

func (v *validator) filter(key string, filter map[string][]string) {
	for _, column := range slices.Sorted(maps.Keys(filter)) {
		if len(filter[column]) == 0 {
			v.fail(key+"."+column, "lists no values", "write a list of values, or leave the column out")
		}
	}
}

// foreign refuses keys that mean nothing for a source's kind.
func (v *validator) foreign(key, kind string, set map[string]bool) {
	for _, name := range slices.Sorted(maps.Keys(set)) {
		if set[name] {
			v.fail(key+"."+name, "means nothing for kind "+kind, "remove it")
		}
	}
}

func (v *validator) apparelMagic(key string, s Source) {
	v.foreign(key, s.Kind, map[string]bool{"path": s.Path != "", "sheet": s.Sheet != "", "delimiter": s.Delimiter != "", "layout": s.Layout != "",
		"variants": s.Variants != "", "image_base": s.ImageBase != "", "decimal": s.Decimal != "",
		"older_files": s.OlderFiles != "",
		"encoding":    s.Encoding != "", "pick": s.Pick != "", "member": s.Member != "", "records": s.Records != "", "max_unpacked_mb": s.MaxUnpackedMB != 0})
	if s.URL == "" {
		v.fail(key+".url", "is missing", "write https://ACCOUNT.app.apparelmagic.com/api/json")
	} else {
		v.url(key+".url", s.URL)
	}
	v.secret(key+".token", s.Token, true)
	if s.PageSize < 10 || s.PageSize > 1000 {
		v.fail(key+".page_size", fmt.Sprintf("is %d, not 10 to 1000", s.PageSize), "leave it out for 1000")
	}
	v.rate(key+".requests_per_second", s.RequestsPerSecond)
	v.choice(key+".colourways", s.Colourways, ColourwaysAll, ColourwaysChanged)
	switch {
	case s.ColourwaysEvery < 0:
		v.fail(key+".colourways_every", fmt.Sprintf("is %s, below zero", s.ColourwaysEvery), "leave it out for 24h")
	case s.ColourwaysEvery != 0 && s.Colourways == ColourwaysAll:
		v.fail(key+".colourways_every", "means nothing for colourways all, which reads them in every run", "write colourways: changed, or remove it")
	}
}

func (v *validator) files(key string, s Source) {
	v.foreign(key, s.Kind, map[string]bool{"url": s.URL != "", "token": s.Token != Secret{}, "page_size": s.PageSize != 0, "requests_per_second": s.RequestsPerSecond != 0,
		"colourways": s.Colourways != "", "colourways_every": s.ColourwaysEvery != 0})
	if s.Path == "" {
		v.fail(key+".path", "is missing", "name the feed: path: feed.csv, or a pattern: path: drop/*.csv")
	} else if _, err := filepath.Match(s.Path, ""); err != nil {
		v.fail(key+".path", fmt.Sprintf("is %q, a pattern with an open bracket", s.Path), "close the bracket, or write \\[ for the character itself")
	}
	v.choice(key+".layout", s.Layout, "rows", "continuation", "parents")
	if s.Layout == "continuation" && s.Variants != "" {
		v.fail(key+".variants", fmt.Sprintf("means nothing for layout %s", s.Layout), "write layout: parents, or remove it")
	}
	v.choice(key+".encoding", cmp.Or(s.Encoding, "utf-8"), "utf-8", "utf-16", "windows-1252")
	v.choice(key+".pick", cmp.Or(s.Pick, "all"), "all", "newest")
	if _, err := path.Match(s.Member, ""); err != nil {
		v.fail(key+".member", fmt.Sprintf("is %q, a pattern with an open bracket", s.Member), "close the bracket, or write \\[ for the character itself")
	}
	if s.MaxUnpackedMB < 0 || s.MaxUnpackedMB > 1<<20 {
		v.fail(key+".max_unpacked_mb", fmt.Sprintf("is %d, not 1 to %d", s.MaxUnpackedMB, 1<<20), "leave it out for 4096")
	}
	v.choice(key+".decimal", s.Decimal, ".", ",")
	v.choice(key+".older_files", cmp.Or(s.OlderFiles, "refuse"), "refuse", OlderWarn)
	if s.ImageBase != "" {
		v.url(key+".image_base", s.ImageBase)
	}
}

func (v *validator) prices(c *Config) {
	geographies := slices.Sorted(maps.Keys(currencies))
	seen := map[string]int{}
	for i, price := range c.Prices {
		key := fmt.Sprintf("prices[%d]", i)
		if price.Geography == "" {
			v.fail(key+".geography", "is missing", "write one of "+strings.Join(geographies, ", "))
			continue
		}
		if v.choice(key+".geography", price.Geography, geographies...); currencies[price.Geography] == "" {
			continue
		}
		if first, twice := seen[price.Geography]; twice {
			v.fail(key+".geography", fmt.Sprintf("is %s, as is prices[%d].geography", price.Geography, first), "keep one entry per geography")
		}
		seen[price.Geography] = i
		if want := currencies[price.Geography]; price.Currency != want {
			v.fail(key+".currency", fmt.Sprintf("is %q; Faire takes %s for %s", price.Currency, want, price.Geography), "write "+want)
		}
		if price.Round != "" && price.Round != "half_up" {
			v.fail(key+".round", fmt.Sprintf("is %q, not half_up or blank", price.Round), "write half_up, or leave it out to have broken cents reported")
		}
		if len(c.Sources) != 1 || c.Sources[0].Kind != KindApparelMagic {
			continue // a file feed's price columns are found by their headers, and a supplement may have the price
		}
		for _, part := range []struct{ name, value string }{{"wholesale", price.Wholesale}, {"retail", price.Retail}} {
			if mapped := c.Sources[0].Mapping[fmt.Sprintf("price[%s].%s", price.Geography, part.name)]; part.value == "" && len(mapped) == 0 {
				v.fail(key+"."+part.name, "is missing", "name the column or expression, such as retail_price * 0.5")
			}
		}
	}
}

func (v *validator) faire(f Faire) {
	v.url("faire.url", f.URL)
	if host, err := url.Parse(f.URL); err == nil && strings.EqualFold(strings.TrimSuffix(host.Hostname(), "."), "faire.com") {
		v.fail("faire.url", "names faire.com without www, which loses the bodies of writes", "write "+defaultFaire)
	}
	oauth := f.OAuth != OAuth{}
	if f.Token != (Secret{}) && oauth {
		v.fail("faire.oauth", "is given beside faire.token", "keep one of them")
	}
	v.secret("faire.token", f.Token, false)
	if oauth {
		if f.OAuth.ApplicationID == "" {
			v.fail("faire.oauth.application_id", "is missing", "add the id that begins with apa_")
		}
		v.secret("faire.oauth.application_secret", f.OAuth.ApplicationSecret, true)
		v.secret("faire.oauth.access_token", f.OAuth.AccessToken, true)
	}
	v.rate("faire.pace.writes_per_second", f.Pace.WritesPerSecond)
	v.rate("faire.pace.reads_per_second", f.Pace.ReadsPerSecond)
	for _, count := range []struct {
		key   string
		value int
	}{{"faire.pace.burst", f.Pace.Burst}, {"faire.pace.in_flight", f.Pace.InFlight}} {
		if count.value < 1 || count.value > 1000 {
			v.fail(count.key, fmt.Sprintf("is %d, not 1 to 1000", count.value), "leave it out for the default")
		}
	}
	if f.Pace.WritesPerRun < 0 {
		v.fail("faire.pace.writes_per_run", fmt.Sprintf("is %d, below zero", f.Pace.WritesPerRun), "write a number of requests, or leave it out for no limit")
	}
}

func (v *validator) rate(key string, value float64) {
	if math.IsNaN(value) || value <= 0 || value > 1000 {
		v.fail(key, fmt.Sprintf("is %v, not above 0 and up to 1000", value), "leave it out for the default")
	}
}

// secret wants exactly one of env and file, or nothing where it is not needed.
func (v *validator) secret(key string, s Secret, needed bool) {
	const next = "write {env: NAME} for an environment variable or {file: PATH}"
	switch {
	case s.Env != "" && s.File != "":
		v.fail(key, "names both env and file", "keep one of them")
	case s == Secret{} && (needed || v.document.places[key] > 0) && v.secrets:
		v.fail(key, "names neither env nor file", next)
	case s.Env != "" && !variablePattern.MatchString(s.Env): // perhaps the secret itself, so it is not repeated
		v.fail(key+".env", "is not the name of an environment variable", next)
	}
}

// url wants https on any host or http on this machine. The text is repeated only where it cannot hold a secret.
func (v *validator) url(key, text string) {
	parsed, err := url.Parse(text)
	switch {
	case err != nil || parsed.Opaque != "" || parsed.Host == "" && parsed.Scheme != "":
		v.fail(key, "is no web address", "write https://HOST/PATH")
	case parsed.User != nil:
		v.fail(key, "holds a user name", "take the part before @ out; secrets have keys of their own")
	case parsed.RawQuery != "" || parsed.ForceQuery || parsed.Fragment != "":
		v.fail(key, "holds a query or fragment", "keep scheme, host and path")
	case parsed.Scheme == "http" && !loopback(parsed.Hostname()):
		v.fail(key, fmt.Sprintf("is plain http on %s", parsed.Host), "use https; http is for a sandbox on this machine only")
	case parsed.Scheme != "http" && parsed.Scheme != "https":
		v.fail(key, "begins with neither https:// nor http://", "write https://HOST/PATH")
	}
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}
