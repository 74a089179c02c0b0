package faire

import (
	"net/http"
	"regexp"
	"strings"
)

// The codes an Error may have: stable, for the record and for decisions. The first group is found by status, the second says that
// no usable answer came, the third is found by Faire's message (contract §12.3).
const (
	CodeRefused          = "refused" // a 4xx nobody has described
	CodeUnauthorized     = "unauthorized"
	CodeForbidden        = "forbidden"
	CodeBlockedAtEdge    = "blocked_at_edge"
	CodeNotFound         = "not_found"
	CodeMethodNotAllowed = "method_not_allowed"
	CodeRateLimited      = "rate_limited"
	CodeServer           = "server"
	CodeRedirected       = "redirected"

	CodeNetwork        = "network"
	CodeTimeout        = "timeout"
	CodeCancelled      = "cancelled"
	CodeReadOnly       = "read_only"
	CodeInvalidRequest = "invalid_request" // never sent
	CodeMalformed      = "malformed"       // 2xx, but not the documented shape
	CodeNotJSON        = "not_json"        // 2xx, but a web page
	CodeTooLarge       = "too_large"

	CodeTaxonomyInvalid       = "taxonomy_invalid"
	CodeOptionValueUnknown    = "option_value_unknown"
	CodeOptionsFixed          = "options_fixed"
	CodeDuplicateOptions      = "duplicate_options"
	CodeVariantUnknown        = "variant_unknown"
	CodeOptionsMissing        = "options_missing"
	CodePriceGeographies      = "price_geographies_differ"
	CodePriceGeographiesFixed = "price_geographies_fixed"
	CodeLastVariant           = "last_variant"
	CodeSaleStateReadOnly     = "sale_state_read_only"
	CodeImageMissing          = "image_missing"
	CodeTwoHeroes             = "two_heroes"
	CodePerStyleMinimum       = "per_style_minimum"
	CodeUnitMultiplier        = "unit_multiplier"
	CodeLimit                 = "limit"
	CodeSKUAmbiguous          = "sku_ambiguous"
	CodeTokenMissing          = "token_missing"
	CodeShortDescription      = "short_description"
	CodeGTIN                  = "gtin"
	CodeRatio                 = "ratio"
)

// trigger is one refusal of Faire's that is known by its words.
type trigger struct {
	code    string
	message *regexp.Regexp // matched against message; its first group, if it has one, is the subject
	field   string         // or: the last part of field
}

// triggers in the order they are tried: first messages as contract §12.3 quotes them, then readings of a rule whose words are not
// public. Only English and codes are matched: Faire writes some messages in the brand's language, and these stay "refused".
var triggers = []trigger{
	{code: CodeTaxonomyInvalid, message: regexp.MustCompile(`(?i)taxonomy type id (\S+) is not valid`)},
	{code: CodeOptionValueUnknown, message: regexp.MustCompile(`(?i)^(.+) is not one of the values for `)},
	{code: CodeOptionsFixed, message: regexp.MustCompile(`(?i)variant options cannot be changed`)},
	{code: CodeDuplicateOptions, message: regexp.MustCompile(`(?i)duplicate variants with same options`)},
	{code: CodeVariantUnknown, message: regexp.MustCompile(`(?i)invalid product variant ids`)},
	{code: CodeOptionsMissing, message: regexp.MustCompile(`(?i)multiple variants must have options`)},
	{code: CodePriceGeographies, message: regexp.MustCompile(`(?i)must have consistent prices`)},
	{code: CodePriceGeographiesFixed, message: regexp.MustCompile(`(?i)cannot change the currencies or geographic regions`)},
	{code: CodeLastVariant, message: regexp.MustCompile(`PRODUCT_NEEDS_AT_LEAST_ONE_OPTION`)},
	{code: CodeSaleStateReadOnly, message: regexp.MustCompile(`'sale_state' is read-only`)},
	{code: CodeImageMissing, message: regexp.MustCompile(`PUBLISHED_PRODUCT_NEEDS_AT_LEAST_ONE_IMAGE`)},
	{code: CodeLimit, message: regexp.MustCompile(`(?i)limit must be within \[`)},
	{code: CodeSKUAmbiguous, message: regexp.MustCompile(`(?i)skus match multiple product variations:\s*(.+)$`)},
	// Guessed words, but for unit_multiplier, from here on. The per-style message also names unit_multiplier, so it comes first; it
	// and the hero message are known in French only.
	{code: CodePerStyleMinimum, message: regexp.MustCompile(`(?i)per[ _-]style[ _]minimum`), field: "per_style_minimum_order_quantity"},
	{code: CodeUnitMultiplier, message: regexp.MustCompile(`(?i)unit[ _]multiplier`), field: "unit_multiplier"},
	{code: CodeTwoHeroes, message: regexp.MustCompile(`(?i)\b(?:2|two|one|multiple|several)\b.*\b(?:hero|main image|primary image)` +
		`|\b(?:hero|main image|primary image).*\b(?:2|two|one|multiple|several)\b`)},
	{code: CodeTokenMissing, message: regexp.MustCompile(`(?i)idempoten(?:ce|cy)[ _]token`), field: "idempotence_token"},
	{code: CodeShortDescription, message: regexp.MustCompile(`(?i)short[ _]description`), field: "short_description"},
	{code: CodeGTIN, message: regexp.MustCompile(`(?i)\bgtin\b`), field: "gtin"},
	{code: CodeRatio, message: regexp.MustCompile(`(?i)\b(?:retail|wholesale)\b.*(?:\btimes\b|\bratio\b|\b1\.25\b)`)},
}

// classify finds code and subject of an answer that is not 2xx.
func classify(status int, blocked bool, s said) (code, subject string) {
	subject = s.entity()
	switch {
	case blocked:
		return CodeBlockedAtEdge, subject
	case status >= 500 || status == http.StatusRequestTimeout:
		return CodeServer, subject
	case status < 400:
		return CodeRedirected, subject
	}
	switch status {
	case http.StatusUnauthorized:
		return CodeUnauthorized, subject
	case http.StatusForbidden:
		return CodeForbidden, subject
	case http.StatusMethodNotAllowed:
		return CodeMethodNotAllowed, subject
	case http.StatusTooManyRequests:
		return CodeRateLimited, subject
	case http.StatusNotFound:
		if key := s.missing(); key != "" {
			subject = key
		}
		return CodeNotFound, subject
	}
	for _, t := range triggers {
		if found := t.message.FindStringSubmatch(s.message); found != nil {
			if len(found) > 1 {
				subject = strings.TrimSpace(found[1])
			}
			return t.code, subject
		}
	}
	for _, t := range triggers { // the field is a name of the interface and in no language
		if t.field != "" && s.field[strings.LastIndexAny(s.field, ".]")+1:] == t.field {
			return t.code, subject
		}
	}
	return CodeRefused, subject
}

// hint says what a person can do about a code.
func hint(code string) string {
	switch code {
	case CodeUnauthorized:
		return "check faire.token: make a new one in Faire's Brand Portal under Settings, Integrations; an application id (apa_…) is no token"
	case CodeForbidden:
		return "the token lacks a permission: reading and writing products and inventories and reading the brand are needed"
	case CodeBlockedAtEdge:
		return "Faire's front door took this program for a robot: wait, try from another network, or ask Faire's support to let it through"
	case CodeNotFound:
		return "it was deleted on Faire, belongs to another account, or was created a moment ago; the next run reads it again"
	case CodeMethodNotAllowed, CodeRedirected:
		return "check faire.url: it must be https://www.faire.com/external-api/v2, with www"
	case CodeNotJSON:
		return "check faire.url and whether a proxy or login page answers in Faire's place"
	case CodeRateLimited:
		return "lower faire.pace.writes_per_second, or run again later"
	case CodeServer, CodeNetwork, CodeTimeout:
		return "run again later; what was not settled is settled first"
	case CodeReadOnly:
		return "use run or apply to write"
	case CodeTaxonomyInvalid:
		return "choose a type of Faire's present list in the taxonomy rules"
	case CodeOptionValueUnknown:
		return "the product's option sets lack the value; the next run adds it first"
	case CodeOptionsFixed:
		return "options of a variant are fixed for ever on Faire; make a new variant there and delete the old one"
	case CodeDuplicateOptions:
		return "two variants of the style have equal options; correct them in the source"
	case CodeVariantUnknown:
		return "a variant was deleted on Faire since it was read; the next run reads it again"
	case CodeOptionsMissing:
		return "give every variant of the style a value on every axis, in the source"
	case CodePriceGeographies, CodePriceGeographiesFixed:
		return "all variants of a product must have prices for the same geographies; compare prices[] with the product on Faire"
	case CodeLastVariant:
		return "a product keeps at least one variant; delete the product on Faire instead"
	case CodeImageMissing:
		return "a published product needs an image of its own; add one in the source"
	case CodeTwoHeroes:
		return "mark one image only as Hero, on Faire"
	case CodePerStyleMinimum:
		return "a minimum per style needs an option named Size, a case size of 1 and no other minimum"
	case CodeUnitMultiplier:
		return "the case size must be at least 1 and divide the minimum order"
	case CodeSKUAmbiguous:
		return "several variants on Faire bear this SKU; give each its own"
	case CodeShortDescription:
		return "shorten the short description to 75 characters"
	case CodeGTIN:
		return "a barcode has 8, 12, 13 or 14 digits and a right check digit; correct it in the source"
	case CodeRatio:
		return "retail must be 1.25 to 10 times wholesale"
	}
	return ""
}
