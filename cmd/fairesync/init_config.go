package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"fairesync/pipeline/config"
)

// config is the first configuration of a brand: what was answered as it is, everything else as a comment with its default.
func (o initAnswers) config(look feedLook) string {
	var out strings.Builder
	line := func(text string, args ...any) { fmt.Fprintf(&out, text+"\n", args...) }
	line("# Configuration of one brand, written by fairesync init. Paths are relative to this file. A key behind # is off, or has the")
	line("# value that stands there; an unknown key is an error. Secrets never stand here, only where they are found.")
	line("")
	line("brand: %s", yamlScalar(o.brand))
	line("state: ./state             # everything fairesync remembers; back it up")
	line("")
	line("# The gate. As long as one of the four is false a run ends at once and calls nobody. Turn them on when check and doctor are")
	line("# content. The two inventory switches are enough for run --only inventory.")
	line("settings:")
	line("  merchant: {inventory_sync: false, product_sync: false}")
	line("  cart:     {inventory_sync: false, product_sync: false}")
	line("")
	line("# The first source is the catalogue.")
	line("sources:")
	line("  - name: wms")
	line("    kind: %s", o.source)
	if o.source == config.KindFiles {
		o.files(line)
	} else {
		o.apparelMagic(line)
	}
	line("    # include: {status: [active]}       # only rows with one of these values in a column")
	line("    # exclude: {season: [SAMPLES]}      # no rows with one of these values")
	line("    # max_age: 36h                      # refuse data older than this; off")
	line("  # What the catalogue lacks, such as wholesale prices, may come from further sources, joined by SKU (docs/sources/supplements.md):")
	line("  # - name: prices")
	line("  #   kind: files")
	line("  #   path: prices.csv")
	line("  #   join: sku                          # or style, where a row is about all SKUs of one")
	line("  #   mapping: {wholesale: WSP}")
	line("# precedence: {wholesale: [wms]}   # per field: the sources that are asked, best first; default: all, in their order")
	line("")
	o.prices(line)
	line("")
	o.inventory(line, look)
	line("")
	line("faire:")
	line("  token: {env: %s}   # or {file: PATH}", yamlScalar(o.tokenEnv))
	line("  # url: https://www.faire.com/external-api/v2")
	line("  # oauth: {application_id: apa_…, application_secret: {env: FAIRE_APP_SECRET}, access_token: {env: FAIRE_OAUTH_TOKEN}}   # instead of token")
	line("  # pace: {writes_per_second: 1, burst: 5, reads_per_second: 4, in_flight: 4, writes_per_run: 0}   # writes_per_run 0: no limit")
	line("")
	line("# Which of Faire's product types a product gets. scope: product, category, type or tag; pattern: a glob; type_id: tt_…")
	line("taxonomy:")
	line("  rules: %s", yamlScalar(o.file(initTaxonomy)))
	line("  # unmapped: hold           # or unpublished: create it, but do not show it")
	line("")
	line("# Where Faire knows a SKU by another name: alias_name,alias_value,wms_sku")
	line("# alias: {name: merchantSKU, file: %s, skip_without_alias: false}", yamlScalar(o.file(initAliases)))
	line("")
	line("# policy: full               # or create-only, prices-only, stock-only: what may be sent at all")
	line("# first_link: hold           # a product on Faire that fairesync did not make: hold differences, ours, theirs")
	line("# when_gone: keep            # a SKU is no longer in the source: keep, stop_selling, unpublish")
	line("# when_inactive: stop_selling   # the source says it is inactive: stop_selling, keep, unpublish")
	line("# fields: {name: ours, images: theirs}   # per field: ours, theirs, create_only, exclude")
	line("# retention: {keep: 336h, last: 10}   # run folders that are kept: young ones, the newest, and all that wrote to Faire")
	line("# metrics: ./metrics         # folder for a file of Prometheus metrics per brand; off")
	line("# images: {ignore_query: [v]}   # query parameters that do not make another image of an address")
	return out.String()
}

func (o initAnswers) files(line func(string, ...any)) {
	line("    path: %s", yamlScalar(o.feed))
	line("    # mapping: {style: Style No, images: [Photo 1, Photo 2]}   # field: column, for headers that are not known by themselves")
	line("    # layout: rows                      # or continuation (Shopify), parents (Magento)")
	line("    # variants: configurable_variations # layout parents: the column in which a parent lists its variants; JSON: the member")
	line("    # sheet: Products                   # of a workbook; default: the first visible one")
	line("    # delimiter: \",\"                    # default: found from the header")
	line("    # decimal: \".\"                      # or \",\"")
	line("    # encoding: windows-1252            # or utf-8, utf-16; default: found from the bytes")
	line("    # pick: newest                      # of a pattern: the file with the latest date in its name; default: all files")
	line("    # records: data.items               # JSON: the list of records; default: the only list of objects")
	line("    # member: products.csv              # of a zip archive with several files")
	line("    # max_unpacked_mb: 4096             # how large an archive or workbook may be unpacked")
	line("    # image_base: https://media.example.com/   # put before image paths without a host")
	line("    # older_files: refuse               # or warn: the feed may come back to what it was (few rows, stock)")
}

func (o initAnswers) apparelMagic(line func(string, ...any)) {
	line("    url: %s", yamlScalar(o.url))
	line("    token: {env: %s}   # or {file: PATH}", yamlScalar(o.sourceTokenEnv))
	line("    # mapping: {sku: [sku_alt, sku_concat]}   # field: columns, the first that is not blank counts")
	line("    # page_size: 1000")
	line("    # requests_per_second: 4")
	line("    # colourways: all   # or changed: only those of styles whose time moved. That every edit moves it is guessed, hence")
	line("    #                   # all of them again after colourways_every (24h)")
}

// prices: ApparelMagic's columns have names; those of a feed are found by their headers, unless these are unusual.
func (o initAnswers) prices(line func(string, ...any)) {
	line("# Prices Faire is given, one line per geography. wholesale and retail name columns of the source.")
	line("prices:")
	if o.source == config.KindApparelMagic {
		line("  - {geography: %s, currency: %s, wholesale: price, retail: retail_price}", o.geography, yamlScalar(o.currency))
	} else {
		line("  - {geography: %s, currency: %s}   # found by their headers; else add wholesale: COLUMN, retail: COLUMN", o.geography, yamlScalar(o.currency))
	}
	line("    # round: half_up, where a computed price may have broken cents")
}

func (o initAnswers) inventory(line func(string, ...any), look feedLook) {
	column, note := "Qty", ""
	switch {
	case o.source == config.KindApparelMagic:
		column = "qty_avail_sell"
	case look.quantity != "":
		column, note = yamlScalar(look.quantity), "   # the feed has this column"
	}
	line("# Stock. Nothing is sent without column. means available: on hand on Faire is the value and what its orders have taken; on_hand: the value.")
	line("# inventory: {column: %s, means: available, safety_stock: 0, cap: 0, start_tracking: created}%s", column, note)
	if o.source == config.KindFiles {
		line("# With one row per SKU and warehouse add warehouse: COLUMN, warehouses: [MAIN].")
	} else {
		line("# With several warehouses add warehouses: [1], by their ids.")
	}
}

// plainScalar is a text that YAML takes for itself.
var plainScalar = regexp.MustCompile(`^[A-Za-z/][A-Za-z0-9_./-]*$`)

// yamlScalar writes a text as a YAML string.
func yamlScalar(text string) string {
	words := []string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
	if strings.HasPrefix(text, "https://") && plainScalar.MatchString(strings.TrimPrefix(text, "https://")) {
		return text
	}
	if plainScalar.MatchString(text) && !slices.Contains(words, strings.ToLower(text)) {
		return text
	}
	return strconv.Quote(text)
}
