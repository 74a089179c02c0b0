package apparelmagic

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"fairesync/pipeline/config"
	"fairesync/pipeline/stage"
)

// Limits and defaults (contract §1.4, §1.6).
const (
	defaultPage    = 1000
	smallestPage   = 10
	largestPage    = 1000
	defaultRate    = 4 // requests a second
	defaultCeiling = 20_000
	defaultPath    = "/api/json"
)

// Options are what a Source needs.
type Options struct {
	Settings   config.Source     // name, url, page size, requests per second and mapping are read
	Prices     []config.Price    // of the primary source; price groups they name are looked for
	Warehouses []string          // ids of the warehouses whose quantities are added up; none: all
	Token      string            // the account's API token; travels in the query of every request
	Transport  http.RoundTripper // nil: http.DefaultTransport
	Now        func() time.Time  // for the time parameter and for Retry-After dates
	Jitter     func() float64    // 0 to 1, lengthens waits between tries; nil: waits are exact
	Logger     *slog.Logger      // nil: nothing is logged
	Memory     Memory            // of colourways, for colourways: changed; nil: there is none, and all are read
	AllAnew    bool              // read all colourways, whatever the memory holds
	Pool       *Pool             // what sources of the same account share; nil: alone
	MaxPages   int               // of one list, beyond which the walk gives up; 0: 20,000
}

// Source is one ApparelMagic account.
type Source struct {
	options Options
	client  *client
}

// New checks the settings and makes a source; it sends no request. An error has a Hint.
func New(options Options) (*Source, error) {
	if options.Now == nil {
		return nil, fmt.Errorf("source %s: no clock was given", options.Settings.Name)
	}
	if options.Jitter == nil {
		options.Jitter = func() float64 { return 0 }
	}
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	if options.MaxPages == 0 {
		options.MaxPages = defaultCeiling
	}
	refuse := func(next, what string, args ...any) (*Source, error) {
		return nil, &SettingError{what: fmt.Sprintf("source %s: ", options.Settings.Name) + fmt.Sprintf(what, args...), next: next}
	}
	if strings.TrimSpace(options.Token) == "" {
		return refuse("set sources[].token to the environment variable or file that holds it", "there is no token")
	}
	size := &options.Settings.PageSize
	if *size == 0 {
		*size = defaultPage
	}
	if *size < smallestPage || *size > largestPage {
		return refuse("leave sources[].page_size out, or set it to 1000", "page_size is %d; ApparelMagic takes %d to %d", *size, smallestPage, largestPage)
	}
	if options.Settings.RequestsPerSecond < 0 {
		return refuse("leave sources[].requests_per_second out, or set it to 4", "requests_per_second is below zero")
	}
	every := &options.Settings.ColourwaysEvery
	switch options.Settings.Colourways {
	case "", config.ColourwaysAll:
	case config.ColourwaysChanged:
		if *every == 0 {
			*every = config.DefaultColourwaysEvery
		}
	default:
		return refuse("write all or changed", "colourways is %q", options.Settings.Colourways)
	}
	if *every < 0 {
		return refuse("leave sources[].colourways_every out, or set it to 24h", "colourways_every is below zero")
	}
	base, err := parseURL(options.Settings.URL)
	if err != nil {
		return refuse("write sources[].url as https://ACCOUNT.app.apparelmagic.com/api/json", "url %v", err)
	}
	return &Source{options: options, client: newClient(base, options)}, nil
}

// parseURL reads sources[].url: https on any host, http on loopback only, without user, query or fragment. The path of the
// JSON API is filled in where only the host is given. Errors never repeat the text: people paste addresses with tokens.
func parseURL(text string) (*url.URL, error) {
	base, err := url.Parse(strings.TrimSpace(text))
	switch {
	case err != nil || base.Host == "" || base.Hostname() == "":
		return nil, fmt.Errorf("is no address")
	case base.User != nil || base.RawQuery != "" || base.Fragment != "":
		return nil, fmt.Errorf("has a user name, a query or a fragment; it must have none")
	case base.Scheme == "http" && !loopback(base.Hostname()):
		return nil, fmt.Errorf("is http; only https is allowed except on 127.0.0.1 and localhost")
	case base.Scheme != "https" && base.Scheme != "http":
		return nil, fmt.Errorf("does not begin with https://")
	}
	if base.Path = strings.TrimRight(base.Path, "/"); base.Path == "" {
		base.Path = defaultPath
	}
	base.RawPath = ""
	return base, nil
}

// Name is the source's name in the configuration.
func (s *Source) Name() string { return s.options.Settings.Name }

// Capabilities are what ApparelMagic has (contract §0). It is the one system the seed names as verified for product detail.
func (s *Source) Capabilities() stage.Capabilities {
	return stage.Capabilities{
		ProductDetail: true,
		Missing:       []string{"short_description", "unit_multiplier", "minimum_order_quantity"},
		StableSKUID:   true,
		Inventory:     true,
		Wholesale:     stage.Native, Retail: stage.Native, Images: stage.Native, Variants: stage.Native, Alias: stage.Mapped,
		Times: "the account's, which is not told (guessed)",
	}
}

// Extract reads the whole catalogue and delivers it as table item. When it returns an error the table was not closed.
//
// SKU rows are read before products, so that a style made in between has its product; colourways come last, for the styles that
// have SKUs to sell.
func (s *Source) Extract(ctx context.Context, sink stage.Sink) error {
	data := newCatalogue(s.options.Warehouses)
	pages := newPager(sink)
	for _, list := range []struct {
		of   endpoint
		take func(uint64, record) error
	}{
		{inventory, data.takeSKU},
		{products, data.takeProduct},
		{sizeRanges, data.takeSizeRange},
		{divisions, data.takeDivision},
	} {
		if err := s.walk(ctx, list.of, nil, pages.keep(s.client.page), list.take); err != nil {
			return err
		}
	}
	if err := s.verifyGroups(data); err != nil {
		return err
	}
	data.group()
	if len(data.skus) > 0 { // an empty account is the gate's to judge
		for _, finding := range data.stock.findings(s.Name()) {
			sink.Except(finding)
		}
	}
	learned, err := s.colourways(ctx, data, pages)
	if err != nil {
		return err
	}
	if err := s.deliver(ctx, data, sink); err != nil {
		return err
	}
	s.remember(ctx, learned)
	return nil
}

type fetch = func(context.Context, string, url.Values) (page, error)

// walk reads one list.
func (s *Source) walk(ctx context.Context, of endpoint, fixed url.Values, fetch fetch, take func(uint64, record) error) error {
	walk := &walk{
		source: s.Name(), of: of, fixed: fixed, size: s.options.Settings.PageSize, ceiling: s.options.MaxPages, fetch: fetch, take: take,
	}
	log := s.options.Logger.With("source", s.Name(), "endpoint", of.name)
	walk.filtered = func() { log.InfoContext(ctx, "last_id does not get further, filtering by id from here on") }
	if err := walk.run(ctx); err != nil {
		return err
	}
	log.DebugContext(ctx, "read", "rows", walk.rows, "pages", walk.pages, "repeated", walk.dropped, "total_records", walk.total)
	return nil
}

// pager keeps raw pages, numbered per endpoint.
type pager struct {
	sink  stage.Sink
	count map[string]int
}

func newPager(sink stage.Sink) *pager { return &pager{sink: sink, count: map[string]int{}} }

// keep is a fetch that also keeps what it fetched.
func (p *pager) keep(from fetch) fetch {
	return func(ctx context.Context, endpoint string, query url.Values) (page, error) {
		got, err := from(ctx, endpoint, query)
		if err != nil {
			return page{}, err
		}
		return got, p.write(endpoint, got)
	}
}

func (p *pager) write(endpoint string, got page) error {
	p.count[endpoint]++
	name := fmt.Sprintf("%s-%04d.json", endpoint, p.count[endpoint])
	file, err := p.sink.Page(name)
	if err != nil {
		return fmt.Errorf("keep page %s: %w", name, err)
	}
	if _, err := file.Write(got.body); err != nil {
		_ = file.Close() // the write's error is the one to tell
		return fmt.Errorf("keep page %s: %w", name, err)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("keep page %s: %w", name, err)
	}
	return nil
}

// loopback says whether a host is this machine: localhost or a loopback address.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}
