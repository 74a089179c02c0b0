// Package catalog holds the nouns both ends share: a brand, its products, their variants, prices, images and options, and the
// keys they go by. It does no input or output and decides nothing.
//
// The same Product value describes what Faire ought to hold (desired) and what Faire does hold (current), so that the two can
// be compared field by field. A field that is unknown on the desired side is empty and means "leave as it is" (design §4.3).
package catalog
