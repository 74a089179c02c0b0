package transforms

import "fmt"

// Type is the SQL type of an argument or a result.
type Type int

// The types functions deal in. In Go they are string, int64, bool and float64.
const (
	Text    Type = iota + 1 // VARCHAR
	Integer                 // BIGINT
	Boolean                 // BOOLEAN
	Double                  // DOUBLE
)

// String is the name of the type in SQL.
func (t Type) String() string {
	return [...]string{"", "VARCHAR", "BIGINT", "BOOLEAN", "DOUBLE"}[t]
}

// Function is a scalar function offered to SQL. It is pure: equal arguments give equal results.
type Function struct {
	Name      string
	Arguments []Type
	Result    Type
	// Nulls says that Call decides what a NULL argument means. Where it is false, Call returns nil if any argument is nil, and
	// the engine need not call it at all.
	Nulls bool
	About string // one sentence, for docs/relations.md
	// Call takes one value per argument and returns one of Result, or nil for NULL. An error means a mistake in the SQL (a wrong
	// count or type of arguments, an unknown mode), never a bad value in the data: that is NULL.
	Call func(args []any) (any, error)
}

// Functions returns all functions, sorted by name.
func Functions() []Function {
	return []Function{
		function("amount_text", []Type{Integer}, Text, "Minor units as a decimal text: 12.50.", amountTextCall),
		text1("boolean_text", "'true' or 'false' for the ways feeds write a flag (Y/N, 1/0, x, active, archived …), else NULL.", booleanText),
		text1("clean_key", "A key without hidden characters: trimmed, NFC, spaces and look-alike hyphens made plain, never re-cased; blank is NULL.", cleanKey),
		text1("clean_text", "A text in NFC with LF line ends, without control and direction characters, trimmed; blank is NULL.", cleanText),
		text1("country_alpha3", "ISO 3166 alpha-3 of an alpha-2 or alpha-3 code or an English country name, else NULL.", countryAlpha3),
		text1("date_text", "A day as 2026-11-23, of the ways of writing one that can be read in one way only; NULL for 11/12/2026 and for serial numbers.", dateText),
		function("distance_text", []Type{Text, Text, Text}, Text,
			"A figure with Faire's word for its unit (10 INCHES); the second argument is the unit beside it, the third its decimal sign; 0 is 0, NULL without a known unit.", measureCall(distanceUnits)),
		function("exact", []Type{Text, Text, Text}, Text,
			"Exact arithmetic on decimal texts: exact('+', a, b), also - * /; a quotient has 12 decimals, cut off; NULL for an unreadable operand or a zero divisor.", exactCall),
		text1("fold", "A name for comparing: no accents, lower case, letters and digits separated by single spaces; blank is NULL.", fold),
		text1("gtin_digits", "The digits of a barcode of 8 to 14 digits that is written with digits, spaces and hyphens only, else NULL.", gtinDigits),
		predicate("gtin_ok", "Whether a text is 8, 12, 13 or 14 digits with a right GS1 check digit.", gtinOK),
		text1("html_to_text", "HTML as plain text: paragraphs apart by a blank line, list items with a bullet, entities decoded; text without markup only trimmed; blank is NULL.", htmlToText),
		text2("image_identity", "An image URL without fragment and without the query parameters named in a comma-separated list (name* for a prefix).", imageIdentity),
		text1("image_problem", "Why an image URL cannot be sent, in a few words; NULL when it can.", imageProblem),
		predicate("is_placeholder", "Whether a whole cell stands for no value: NULL, n/a, -, TBD, #REF! and the like.", isPlaceholder),
		predicate("looks_double_decoded", "Whether a text holds UTF-8 that was read as Windows-1252 (Ã©, â€™) or replacement characters.", looksDoubleDecoded),
		predicate("looks_mangled", "Whether a text is a number a spreadsheet rounded to scientific notation (1.23457E+11), or a code it took for a day (4-Mar).", looksMangled),
		function("mass_text", []Type{Text, Text, Text}, Text,
			"A weight with Faire's word for its unit (0.45 POUNDS), read as distance_text reads.", measureCall(massUnits)),
		text1("money_currency", "ISO 4217 code of the one currency a text names by code or unmistakable sign; NULL for a plain $.", moneyCurrency),
		function("money_minor", []Type{Text, Text}, Integer,
			"Minor units (cents) of a decimal text; round 'half_up' rounds halves away from zero, '' gives NULL for broken cents.", moneyMinorCall),
		function("money_text", []Type{Text, Text}, Text,
			"A foreign amount of money as plain decimal text; the second argument is its decimal sign, '.' or ','; NULL when it is not one amount.", moneyTextCall),
		text1("name_words", "The words of a name that tell it from others: folded, in the singular, each once, sorted, joined by newlines; blank is NULL.", nameWords),
		text1("number_text", "A foreign number (37.00, 1,000) as plain decimal text, else NULL.", numberText),
		function("short_text", []Type{Text, Integer}, Text,
			"The first paragraph on one line, cut at a word to at most so many characters, without dangling punctuation; blank is NULL.", shortTextCall),
		function("similarity", []Type{Text, Text}, Double,
			"How alike two names are, 0 to 1, by shared words and letter triples.", similarityCall),
		function("size_rank", []Type{Text}, Integer,
			"A number that sorts sizes as they are worn: one size, months and years, youth, XXS to 5XL, numbers, measures; NULL for an unknown size.", sizeRankCall),
		function("sku_alike", []Type{Text, Text, Text, Text}, Integer,
			"How much a SKU on Faire and one of ours have in common, 0 to 100, whatever the order, separators and spelling of their parts; then our option values and our name; all four as sku_parts gives them.",
			skuAlikeCall),
		text1("sku_parts", "The runs of letters and of digits of a SKU, upper case, one per line, behind a size its rank; for sku_alike.", skuParts),
		text1("split_list", "The parts of a list cell (newline, pipe, semicolon or comma between them), joined by newlines.", splitList),
		text1("tariff_digits", "The 6 to 10 digits of an HS code written with dots or spaces, else NULL.", tariffDigits),
		function("values_alike", []Type{Text, Text}, Integer,
			"How far two lists of option values, one per line, agree, 0 to 100: sizes by their rank, colours also by an abbreviation; NULL if one is blank.", valuesAlikeCall),
		function("values_said", []Type{Text, Text}, Integer,
			"How many of the option values of a list, one per line, a name says, 0 to 100; NULL if it says none.", valuesSaidCall),
	}
}

// function wraps a call so that NULL arguments give NULL and wrong ones an error that names the function.
func function(name string, arguments []Type, result Type, about string, call func(args []any) (any, error)) Function {
	return Function{Name: name, Arguments: arguments, Result: result, About: about, Call: func(args []any) (any, error) {
		if len(args) != len(arguments) {
			return nil, fmt.Errorf("%s takes %d arguments, not %d", name, len(arguments), len(args))
		}
		for i, arg := range args {
			if arg == nil {
				return nil, nil
			}
			if !fits(arg, arguments[i]) {
				return nil, fmt.Errorf("argument %d of %s is %T, not %s", i+1, name, arg, arguments[i])
			}
		}
		value, err := call(args)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return value, nil
	}}
}

func fits(value any, want Type) bool {
	var ok bool
	switch want {
	case Text:
		_, ok = value.(string)
	case Integer:
		_, ok = value.(int64)
	case Boolean:
		_, ok = value.(bool)
	case Double:
		_, ok = value.(float64)
	}
	return ok
}

// text1 is a function of one text that gives a text, or NULL where the Go function gives "".
func text1(name, about string, call func(string) string) Function {
	return function(name, []Type{Text}, Text, about, func(args []any) (any, error) {
		return orNull(call(args[0].(string))), nil
	})
}

func text2(name, about string, call func(a, b string) string) Function {
	return function(name, []Type{Text, Text}, Text, about, func(args []any) (any, error) {
		return orNull(call(args[0].(string), args[1].(string))), nil
	})
}

func predicate(name, about string, call func(string) bool) Function {
	return function(name, []Type{Text}, Boolean, about, func(args []any) (any, error) {
		return call(args[0].(string)), nil
	})
}

// orNull is NULL for an empty text.
func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}
