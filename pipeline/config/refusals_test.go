package config_test

import (
	"errors"
	"strings"
	"testing"

	"fairesync/pipeline/config"

	"github.com/google/go-cmp/cmp"
)

const (
	feed   = "brand: luma\nsources: [{name: feed, kind: files, path: feed.csv}]\n"
	mapped = "brand: luma\nsources: [{name: feed, kind: files, path: feed.csv, mapping: {warehouse: Site}}]\n"
	magic  = "brand: luma\nsources:\n- name: wms\n  kind: apparelmagic\n  url: https://luma.app.apparelmagic.com/api/json\n  token: {env: T}\n"
)

// TestRefusals holds the text of every refusal.
func TestRefusals(t *testing.T) {
	for text, want := range map[string]string{
		// shape
		"brand: [\n":                                        "luma.yaml:1: is no YAML: sequence end token ']' not found",
		"brand: luma\n\tstate: x\n":                         "luma.yaml:2: is no YAML: found character '\t' that cannot start any token",
		"- brand: luma\n":                                   "luma.yaml:1: holds no keys",
		"luma\n":                                            "luma.yaml:1: holds no keys",
		"brand: luma\n---\nbrand: x\n":                      "luma.yaml:3: holds more than one document",
		"brand: &x luma\nstate: *x\n":                       "luma.yaml:1: uses an anchor, alias, merge or tag",
		"brand: !!str luma\n":                               "luma.yaml:1: uses an anchor, alias, merge or tag",
		"faire:\n  <<: {url: x}\n":                          "luma.yaml:2: uses an anchor, alias, merge or tag",
		feed + "brand: x\n":                                 `luma.yaml:3: key brand stands twice, first in line 1`,
		"brnd: luma\n":                                      `luma.yaml:1: unknown key brnd in the line "brnd: luma"`,
		feed + "faire:\n  tokn: {env: X}\n":                 `luma.yaml:4: unknown key faire.tokn in the line "tokn: {env: X}"`,
		feed + "prices: [{geo: USA}]\n":                     `luma.yaml:3: unknown key prices[0].geo in the line "prices: [{geo: USA}]"`,
		feed + "faire: {pace: {speed: 1}}\n":                `luma.yaml:3: unknown key faire.pace.speed in the line "faire: {pace: {speed: 1}}"`,
		magic + "  page_size: many\n":                       `luma.yaml:7: sources[0].page_size is "many", not a whole number`,
		magic + "  page_size: 9223372036854775808\n":        `luma.yaml:7: sources[0].page_size is 9223372036854775808, which is too large or below zero`,
		magic + "  page_size: 1.5\n":                        `luma.yaml:7: sources[0].page_size is "1.5", not a whole number`,
		feed + "settings: {cart: {product_sync: yes}}\n":    `luma.yaml:3: settings.cart.product_sync is "yes", not true or false`,
		feed + "settings: on\n":                             `luma.yaml:3: settings is not a block of keys`,
		feed + "prices: USA\n":                              `luma.yaml:3: prices is not a list`,
		feed + "images: {ignore_query: v}\n":                `luma.yaml:3: images.ignore_query is not a list`,
		feed + "faire: {pace: {writes_per_second: fast}}\n": `luma.yaml:3: faire.pace.writes_per_second is "fast", not a number`,
		feed + "fields: [name]\n":                           `luma.yaml:3: fields is not a block of keys`,
		magic + "  max_age: 36\n":                           `luma.yaml:7: sources[0].max_age is "36", not a duration`,
		magic + "  max_age: 2 days\n":                       `luma.yaml:7: sources[0].max_age is "2 days", not a duration`,
		magic + "  max_age: [36h]\n":                        `luma.yaml:7: sources[0].max_age is not a duration`,
		magic + "  max_age: -1h\n":                          `luma.yaml:7: sources[0].max_age is -1h, below zero`,
		magic + "  mapping: {sku: {a: b}}\n":                `luma.yaml:7: sources[0].mapping.sku is neither a column nor a list of columns`,
		magic + "  mapping: {sku: [a, [b]]}\n":              `luma.yaml:7: sources[0].mapping.sku[1] is not a column or an expression`,
		magic + "  mapping: {sku: [a, '']}\n":               `luma.yaml:7: sources[0].mapping.sku names no column`,
		magic + "  mapping: {sku: []}\n":                    `luma.yaml:7: sources[0].mapping.sku names no column`,
		magic + "  include: {division: []}\n":               `luma.yaml:7: sources[0].include.division lists no values`,
		magic + "  exclude: {season: []}\n":                 `luma.yaml:7: sources[0].exclude.season lists no values`,
		// supplements
		"brand: luma\nsources: [{name: a, kind: files, path: a, join: sku}]\n":                                                               `luma.yaml:2: sources[0].join means nothing for the first source, which the others are joined to`,
		feed[:len(feed)-2] + ", {name: b, kind: files, path: b, join: name}]\n":                                                              `luma.yaml:2: sources[1].join is "name", not sku or style`,
		feed[:len(feed)-2] + ", {name: b, kind: files, path: b, mapping: {wholesale: WSP}}]\nprices: [{geography: USA}, {geography: CAN}]\n": `luma.yaml:2: sources[1].mapping.wholesale may be the price of USA or CAN, or is given twice`,
		feed[:len(feed)-2] + ", {name: b, kind: files, path: b, mapping: {retail: A, 'price[USA].retail': B}}]\n":                            `luma.yaml:2: sources[1].mapping.retail may be the price of USA, or is given twice`,
		feed[:len(feed)-2] + ", {name: b, kind: files, path: b, mapping: {'price[CAN].retail': B}}]\n":                                       `luma.yaml:2: sources[1].mapping.price[CAN].retail names a geography that prices does not have`,
		feed + "precedence: {colour: [feed]}\n":                                                                                              `luma.yaml:3: precedence.colour is no field of the catalogue`,
		feed + "precedence: {sku: [feed]}\n":                                                                                                 `luma.yaml:3: precedence.sku cannot be chosen: by their SKUs sources are joined`,
		feed + "precedence: {weight_unit: [feed]}\n":                                                                                         `luma.yaml:3: precedence.weight_unit goes with weight, from the same source`,
		feed + "precedence: {'price[CAN].retail': [feed]}\n":                                                                                 `luma.yaml:3: precedence.price[CAN].retail names a geography that prices does not have`,
		feed + "precedence: {'price[USA].netto': [feed]}\n":                                                                                  `luma.yaml:3: precedence.price[USA].netto is no field of the catalogue`,
		feed + "precedence: {name: []}\n":                                                                                                    `luma.yaml:3: precedence.name lists no source`,
		feed + "precedence: {name: [feed, list]}\n":                                                                                          `luma.yaml:3: precedence.name lists "list", which is no source`,
		feed + "precedence: {wholesale: [feed, feed]}\n":                                                                                     `luma.yaml:3: precedence.wholesale lists "feed" twice`,
		// brand and sources
		"sources: [{name: feed, kind: files, path: feed.csv}]\n":  `luma.yaml: brand is missing`,
		strings.Replace(feed, "luma", "Luma", 1):                  `luma.yaml:1: brand is "Luma", not lower case letters, digits, - and _ (at most 63)`,
		strings.Replace(feed, "luma", "../luma", 1):               `luma.yaml:1: brand is "../luma", not lower case letters, digits, - and _ (at most 63)`,
		strings.Replace(feed, "luma", strings.Repeat("a", 64), 1): `luma.yaml:1: brand is "` + strings.Repeat("a", 64) + `", not lower case letters, digits, - and _ (at most 63)`,
		"brand: luma\n":                                                 `luma.yaml: sources names no source`,
		"brand: luma\nsources: []\n":                                    `luma.yaml:2: sources names no source`,
		"brand: luma\nsources: [{kind: files, path: a}]\n":              `luma.yaml:2: sources[0].name is missing`,
		"brand: luma\nsources: [{name: A b, kind: files, path: a}]\n":   `luma.yaml:2: sources[0].name is "A b", not lower case letters, digits, - and _ (at most 63)`,
		"brand: luma\nsources: [{name: faire, kind: files, path: a}]\n": `luma.yaml:2: sources[0].name is "faire", which stands for Faire itself in staging and reports`,
		feed + "- {}\n": "luma.yaml:3: is no YAML: non-map value is specified",
		"brand: luma\nsources:\n- {name: a, kind: files, path: a}\n- {name: a, kind: files, path: b}\n": `luma.yaml:4: sources[1].name is "a", as is sources[0].name`,
		"brand: luma\nsources: [{name: a, path: a}]\n":                                                  `luma.yaml:2: sources[0].kind is missing`,
		"brand: luma\nsources: [{name: a, kind: shopify}]\n":                                            `luma.yaml:2: sources[0].kind is "shopify", not apparelmagic or files`,
		"brand: luma\nsources: [{name: a, kind: files}]\n":                                              `luma.yaml:2: sources[0].path is missing`,
		"brand: luma\nsources: [{name: a, kind: files, path: 'a[.csv'}]\n":                              `luma.yaml:2: sources[0].path is "/brands/a[.csv", a pattern with an open bracket`,
		"brand: luma\nsources: [{name: a, kind: files, path: a, url: 'https://x.test'}]\n":              `luma.yaml:2: sources[0].url means nothing for kind files`,
		"brand: luma\nsources: [{name: a, kind: files, path: a, token: {env: T}}]\n":                    `luma.yaml:2: sources[0].token means nothing for kind files`,
		"brand: luma\nsources: [{name: a, kind: files, path: a, page_size: 5}]\n":                       `luma.yaml:2: sources[0].page_size means nothing for kind files`,
		"brand: luma\nsources: [{name: a, kind: files, path: a, layout: wide}]\n":                       `luma.yaml:2: sources[0].layout is "wide", not rows, continuation or parents`,
		"brand: luma\nsources: [{name: a, kind: files, path: a, layout: continuation, variants: b}]\n":  `luma.yaml:2: sources[0].variants means nothing for layout continuation`,
		"brand: luma\nsources: [{name: a, kind: files, path: a, encoding: latin1}]\n":                   `luma.yaml:2: sources[0].encoding is "latin1", not utf-8, utf-16 or windows-1252`,
		"brand: luma\nsources: [{name: a, kind: files, path: a, pick: latest}]\n":                       `luma.yaml:2: sources[0].pick is "latest", not all or newest`,
		"brand: luma\nsources: [{name: a, kind: files, path: a, member: 'x[.csv'}]\n":                   `luma.yaml:2: sources[0].member is "x[.csv", a pattern with an open bracket`,
		"brand: luma\nsources: [{name: a, kind: files, path: a, max_unpacked_mb: -1}]\n":                `luma.yaml:2: sources[0].max_unpacked_mb is -1, not 1 to 1048576`,
		"brand: luma\nsources: [{name: a, kind: files, path: a, decimal: ';'}]\n":                       `luma.yaml:2: sources[0].decimal is ";", not . or ,`,
		"brand: luma\nsources: [{name: a, kind: files, path: a, older_files: take}]\n":                  `luma.yaml:2: sources[0].older_files is "take", not refuse or warn`,
		"brand: luma\nsources: [{name: a, kind: files, path: a, image_base: media}]\n":                  `luma.yaml:2: sources[0].image_base begins with neither https:// nor http://`,
		magic + "  layout: rows\n":                                                           `luma.yaml:7: sources[0].layout means nothing for kind apparelmagic`,
		magic + "  older_files: warn\n":                                                      `luma.yaml:7: sources[0].older_files means nothing for kind apparelmagic`,
		magic + "  page_size: 9\n":                                                           `luma.yaml:7: sources[0].page_size is 9, not 10 to 1000`,
		magic + "  colourways: new\n":                                                        `luma.yaml:7: sources[0].colourways is "new", not all or changed`,
		magic + "  colourways: changed\n  colourways_every: -1h\n":                           `luma.yaml:8: sources[0].colourways_every is -1h, below zero`,
		magic + "  colourways_every: 1h\n":                                                   `luma.yaml:7: sources[0].colourways_every means nothing for colourways all, which reads them in every run`,
		"brand: luma\nsources: [{name: a, kind: files, path: a, colourways: all}]\n":         `luma.yaml:2: sources[0].colourways means nothing for kind files`,
		magic + "  requests_per_second: -1\n":                                                `luma.yaml:7: sources[0].requests_per_second is -1, not above 0 and up to 1000`,
		magic + "  requests_per_second: .nan\n":                                              `luma.yaml:7: sources[0].requests_per_second is NaN, not above 0 and up to 1000`,
		magic + "  requests_per_second: .inf\n":                                              `luma.yaml:7: sources[0].requests_per_second is +Inf, not above 0 and up to 1000`,
		strings.Replace(magic, "  url: https://luma.app.apparelmagic.com/api/json\n", "", 1): `luma.yaml:3: sources[0].url is missing`,
		// URLs
		strings.Replace(magic, "https:", "http:", 1):                   `luma.yaml:5: sources[0].url is plain http on luma.app.apparelmagic.com`,
		strings.Replace(magic, "https://", "https://me:pw@", 1):        `luma.yaml:5: sources[0].url holds a user name`,
		strings.Replace(magic, "/api/json", "/api/json?token=abc", 1):  `luma.yaml:5: sources[0].url holds a query or fragment`,
		strings.Replace(magic, "https://", "ftp://", 1):                `luma.yaml:5: sources[0].url begins with neither https:// nor http://`,
		strings.Replace(magic, "https://", "https:", 1):                `luma.yaml:5: sources[0].url is no web address`,
		strings.Replace(magic, "https://", "https:///", 1):             `luma.yaml:5: sources[0].url is no web address`,
		strings.Replace(magic, "https://luma.app", "'https://%zz'", 1): "luma.yaml:5: is no YAML: value is not allowed in this context. map key-value is pre-defined",
		feed + "faire: {url: 'http://10.0.0.1/external-api/v2'}\n":     `luma.yaml:3: faire.url is plain http on 10.0.0.1`,
		feed + "faire: {url: 'https://faire.com/external-api/v2'}\n":   `luma.yaml:3: faire.url names faire.com without www, which loses the bodies of writes`,
		// secrets
		feed + "faire: {token: Zq8vTn3kLw5xYb7c}\n":  `luma.yaml:3: faire.token holds something else than where the secret is; a secret never stands in the file itself`,
		feed + "faire: {token: [a]}\n":               `luma.yaml:3: faire.token holds something else than where the secret is; a secret never stands in the file itself`,
		feed + "faire: {token: {environment: X}}\n":  `luma.yaml:3: faire.token.environment is no key of a secret`,
		feed + "faire: {token: {env: [X]}}\n":        `luma.yaml:3: faire.token.env is not a text`,
		feed + "faire: {token: {env: X, file: y}}\n": `luma.yaml:3: faire.token names both env and file`,
		feed + "faire: {token: {}}\n":                `luma.yaml:3: faire.token names neither env nor file`,
		feed + "faire: {token: {env: Zq8v-Tn3k}}\n":  `luma.yaml:3: faire.token.env is not the name of an environment variable`,
		feed + "faire: {token: {env: X}, oauth: {application_id: apa_1, application_secret: {env: S}, access_token: {env: A}}}\n": `luma.yaml:3: faire.oauth is given beside faire.token`,
		feed + "faire: {oauth: {application_secret: {env: S}, access_token: {env: A}}}\n":                                         `luma.yaml:3: faire.oauth.application_id is missing`,
		feed + "faire: {oauth: {application_id: a, access_token: {env: A}}}\n":                                                    `luma.yaml:3: faire.oauth.application_secret names neither env nor file`,
		feed + "faire: {oauth: {application_id: a, application_secret: {env: A}}}\n":                                              `luma.yaml:3: faire.oauth.access_token names neither env nor file`,
		strings.Replace(magic, "  token: {env: T}\n", "", 1):                                                                      `luma.yaml:3: sources[0].token names neither env nor file`,
		feed + "faire: {pace: {writes_per_second: 2000}}\n":                                                                       `luma.yaml:3: faire.pace.writes_per_second is 2000, not above 0 and up to 1000`,
		feed + "faire: {pace: {reads_per_second: -1}}\n":                                                                          `luma.yaml:3: faire.pace.reads_per_second is -1, not above 0 and up to 1000`,
		feed + "faire: {pace: {burst: -1}}\n":                                                                                     `luma.yaml:3: faire.pace.burst is -1, not 1 to 1000`,
		feed + "faire: {pace: {in_flight: 2000}}\n":                                                                               `luma.yaml:3: faire.pace.in_flight is 2000, not 1 to 1000`,
		// prices
		feed + "prices: [{currency: USD}]\n":                            `luma.yaml:3: prices[0].geography is missing`,
		feed + "prices: [{geography: US}]\n":                            `luma.yaml:3: prices[0].geography is "US", not AUS, CAN, EUROPEAN_UNION, GBR or USA`,
		feed + "prices: [{geography: USA, currency: CAD}]\n":            `luma.yaml:3: prices[0].currency is "CAD"; Faire takes USD for USA`,
		feed + "prices: [{geography: EUROPEAN_UNION, currency: GBP}]\n": `luma.yaml:3: prices[0].currency is "GBP"; Faire takes EUR for EUROPEAN_UNION`,
		feed + "prices: [{geography: USA}, {geography: USA}]\n":         `luma.yaml:3: prices[1].geography is USA, as is prices[0].geography`,
		feed + "prices: [{geography: USA, round: up}]\n":                `luma.yaml:3: prices[0].round is "up", not half_up or blank`,
		magic + "prices: [{geography: CAN, retail: r}]\n":               `luma.yaml:7: prices[0].wholesale is missing`,
		magic + "prices: [{geography: CAN, wholesale: w}]\n":            `luma.yaml:7: prices[0].retail is missing`,
		// the rest
		feed + "alias: {file: a.csv}\n":              `luma.yaml:3: alias.file names no alias name to look for in it`,
		feed + "alias: {skip_without_alias: true}\n": `luma.yaml:3: alias.skip_without_alias is true, but alias.name is missing: every SKU would be left out`,
		feed + "alias: {name: ' x'}\n":               `luma.yaml:3: alias.name is " x", with blanks at an end or control characters`,
		feed + "taxonomy: {unmapped: skip}\n":        `luma.yaml:3: taxonomy.unmapped is "skip", not hold or unpublished`,
		feed + "images: {ignore_query: ['v,w']}\n":   `luma.yaml:3: images.ignore_query[0] is "v,w", not the name of a query parameter`,
		feed + "inventory: {means: stock}\n":         `luma.yaml:3: inventory.means is "stock", not available or on_hand`,
		// inventory
		feed + "inventory: {column: 'qty '}\n":                                    `luma.yaml:3: inventory.column is "qty ", with blanks at an end or control characters`,
		feed + "inventory: {column: ''}\n":                                        `luma.yaml:3: inventory.column names no column`,
		feed + "inventory: {column: {a: b}}\n":                                    `luma.yaml:3: inventory.column is neither a column nor a list of columns`,
		feed + "inventory:\n  column:\n  - qty_nyc\n  - ' qty_la'\n":              `luma.yaml:6: inventory.column[1] is " qty_la", with blanks at an end or control characters`,
		feed + "inventory:\n  column:\n  - qty_nyc\n  -\n":                        `luma.yaml:6: inventory.column[1] names no column`,
		feed + "inventory:\n  column: [qty,\n    qty]\n":                          `luma.yaml:5: inventory.column[1] is "qty" again, which would count twice`,
		feed + "inventory: {start_tracking: none}\n":                              `luma.yaml:3: inventory.start_tracking is "none", not created or all`,
		feed + "inventory: {safety_stock: -1}\n":                                  `luma.yaml:3: inventory.safety_stock is -1, below zero`,
		feed + "inventory:\n  safety_stock: 1\n  cap: -5\n":                       `luma.yaml:5: inventory.cap is -5, below zero`,
		feed + "inventory: {safety_stock: 1.5}\n":                                 `luma.yaml:3: inventory.safety_stock is "1.5", not a whole number`,
		feed + "inventory: {cap: 2.0}\n":                                          `luma.yaml:3: inventory.cap is "2.0", not a whole number`,
		feed + "inventory: {cap: ten}\n":                                          `luma.yaml:3: inventory.cap is "ten", not a whole number`,
		feed + "inventory: {warehouse: 'Site '}\n":                                `luma.yaml:3: inventory.warehouse is "Site ", with blanks at an end or control characters`,
		feed + "inventory: {column: q, warehouse: w, warehouses: {a: b}}\n":       `luma.yaml:3: inventory.warehouses is neither a name nor a list of names`,
		feed + "inventory: {column: q, warehouse: w, warehouses: [[a]]}\n":        `luma.yaml:3: inventory.warehouses[0] is not a name`,
		feed + "inventory: {column: q, warehouse: w, warehouses: [NYC, ' LA']}\n": `luma.yaml:3: inventory.warehouses[1] is " LA", with blanks at an end or control characters`,
		feed + "inventory: {column: q, warehouse: w, warehouses: ['']}\n":         `luma.yaml:3: inventory.warehouses[0] names no warehouse`,
		feed + "inventory: {column: q, warehouse: w, warehouses: [NYC, nyc]}\n":   `luma.yaml:3: inventory.warehouses[1] is "nyc" again`,
		feed + "inventory: {column: q, warehouses: [NYC]}\n":                      `luma.yaml:3: inventory.warehouses lists warehouses, but nothing says which warehouse a row is of`,
		feed + "inventory: {warehouse: w, warehouses: [NYC]}\n":                   `luma.yaml:3: inventory.warehouses lists warehouses, but no column says how many units there are`,
		magic + "inventory: {warehouse: warehouse_id}\n":                          `luma.yaml:7: inventory.warehouse means nothing for kind apparelmagic, whose rows name their warehouse themselves`,
		magic + "  mapping: {warehouse: warehouse_id}\n":                          `luma.yaml:7: sources[0].mapping.warehouse means nothing for kind apparelmagic, whose rows name their warehouse themselves`,
		magic + "  mapping: {quantity: qty_inventory}\ninventory: {column: q}\n":  `luma.yaml:8: inventory.column is given beside sources[0].mapping.quantity`,
		mapped + "inventory: {column: q, warehouse: w}\n":                         `luma.yaml:3: inventory.warehouse is given beside sources[0].mapping.warehouse`,
		// policies
		feed + "policy: prices\n":                       `luma.yaml:3: policy is "prices", not full, create-only, prices-only or stock-only`,
		feed + "fields: {price: exclude}\n":             `luma.yaml:3: fields.price is excluded, but no product can be created without it`,
		feed + "faire: {pace: {writes_per_run: -1}}\n":  `luma.yaml:3: faire.pace.writes_per_run is -1, below zero`,
		feed + "faire: {pace: {writes_per_run: 1.5}}\n": `luma.yaml:3: faire.pace.writes_per_run is "1.5", not a whole number`,
		feed + "first_link: mine\n":                     `luma.yaml:3: first_link is "mine", not hold, ours or theirs`,
		feed + "when_gone: delete\n":                    `luma.yaml:3: when_gone is "delete", not keep, stop_selling or unpublish`,
		feed + "when_inactive: delete\n":                `luma.yaml:3: when_inactive is "delete", not stop_selling, keep or unpublish`,
		feed + "fields: {colour: ours}\n":               `luma.yaml:3: fields.colour is no field with a policy`,
		feed + "fields: {name: mine}\n":                 `luma.yaml:3: fields.name is "mine", not ours, theirs, create_only or exclude`,
		feed + "fields: {on_hand: null}\n":              `luma.yaml:3: fields.on_hand is "", not ours, theirs, create_only or exclude`,
	} {
		t.Run(want, func(t *testing.T) {
			_, err := config.Parse("/brands/luma.yaml", []byte(text))
			if err == nil {
				t.Fatalf("accepted\n%s", text)
			}
			if diff := cmp.Diff("/brands/"+want, err.Error()); diff != "" {
				t.Errorf("%s(-want +got):\n%s", text, diff)
			}
			if told, ok := errors.AsType[*config.Error](err); !ok || told.Hint() == "" {
				t.Errorf("%T has no hint", err)
			}
		})
	}
}

func TestAllProblemsAreTold(t *testing.T) {
	_, err := config.Parse("luma.yaml", []byte("brand: Luma\nsources:\n- name: wms\n  kind: files\nwhen_gone: delete\n"))
	want := "luma.yaml:1: brand is \"Luma\", not lower case letters, digits, - and _ (at most 63)\n" +
		"luma.yaml:3: sources[0].path is missing\n" +
		"luma.yaml:5: when_gone is \"delete\", not keep, stop_selling or unpublish"
	if err == nil || err.Error() != want {
		t.Errorf("error:\n%v\nwant:\n%s", err, want)
	}
}

func TestHintsAndExcerpts(t *testing.T) {
	for text, want := range map[string]config.Error{
		feed + "when_goen: keep\nfirst_link: hold\n": {Path: "luma.yaml", Line: 3, Problem: `unknown key when_goen in the line "when_goen: keep"`,
			Excerpt: "    2 | sources: [{name: feed, kind: files, path: feed.csv}]\n>   3 | when_goen: keep\n    4 | first_link: hold\n", Next: "did you mean when_gone?"},
		feed + "inventory: {safetystock: 2}\n": {Path: "luma.yaml", Line: 3, Problem: `unknown key inventory.safetystock in the line "inventory: {safetystock: 2}"`,
			Excerpt: "    2 | sources: [{name: feed, kind: files, path: feed.csv}]\n>   3 | inventory: {safetystock: 2}\n    4 | \n", Next: "did you mean safety_stock?"},
		feed + "colour: keep\n": {Path: "luma.yaml", Line: 3, Problem: `unknown key colour in the line "colour: keep"`,
			Excerpt: "    2 | sources: [{name: feed, kind: files, path: feed.csv}]\n>   3 | colour: keep\n    4 | \n", Next: "see docs/examples for the keys there are"},
		// Whatever is wrong, what may be a secret is not shown.
		feed + "faire:\n  acess_token: Zq8vTn3kLw5xYb7c\n  token: {file: Zq8vTn3kLw5xYb7c}\n": {Path: "luma.yaml", Line: 4, Problem: `unknown key faire.acess_token in the line "acess_token: …"`,
			Excerpt: "    3 | faire:\n>   4 |   acess_token: …\n    5 |   token: …\n", Next: "did you mean access_token?"},
		feed + "faire:\n  api: Zq8vTn3kLw5xYb7cZq8vTn3kLw5xYb7c\n": {Path: "luma.yaml", Line: 4, Problem: `unknown key faire.api in the line "api: …"`,
			Excerpt: "    3 | faire:\n>   4 |   api: …\n    5 | \n", Next: "see docs/examples for the keys there are"},
		feed + "faire:\n  usl: https://me:pw@x.test/\n": {Path: "luma.yaml", Line: 4, Problem: `unknown key faire.usl in the line "usl: https://…@x.test/"`,
			Excerpt: "    3 | faire:\n>   4 |   usl: https://…@x.test/\n    5 | \n", Next: "did you mean url?"},
		feed + "settings: {merchant: {product_sync: Zq8vTn3kLw5xYb7cZq8vTn3k}}\n": {Path: "luma.yaml", Line: 3, Problem: `settings.merchant.product_sync is "…", not true or false`,
			Excerpt: "    2 | sources: [{name: feed, kind: files, path: feed.csv}]\n>   3 | settings: {merchant: {product_sync: …}}\n    4 | \n", Next: "correct the value"},
	} {
		_, err := config.Parse("luma.yaml", []byte(text))
		told, ok := errors.AsType[*config.Error](err)
		if !ok {
			t.Errorf("%T: %v", err, err)
			continue
		}
		if diff := cmp.Diff(want, *told); diff != "" {
			t.Errorf("%s(-want +got):\n%s", text, diff)
		}
	}
}
