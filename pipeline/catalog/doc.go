// Package catalog holds the nouns both ends share: a brand, its products, their variants, prices, images and options, and the
// keys they go by. It does no input or output and decides nothing.
//
// Its words, in the sentences of docs/glossary.md:
//
//   - brand: one Faire account and its catalogue; the unit of configuration, state, locking and scale
//   - style: what a brand designs and names once and sells in sizes and colours; it becomes one product on Faire
//   - product: a style as Faire lists it: one page with one name, one description and one or more variants
//   - variant: one sellable thing of a product, with a SKU, a price and a stock of its own
//   - SKU: the brand's own code for one variant; case-sensitive, and unique only because the brand keeps it so
//   - key: our name for a product (source:style) or variant (source:SKU, or the source's stable id of it)
//   - option: one axis a product varies along, Color or Size say, with its values in the order they are shown
//   - choice: a variant's value on one axis
//   - geography: where a price holds: USA, CAN, GBR, AUS or EUROPEAN_UNION, each with its own currency
//   - lifecycle: whether retailers see a product: DRAFT, PUBLISHED, UNPUBLISHED or DELETED
//   - taxonomy type: the entry of Faire's list of product types that says what a product is
//   - idempotence token: the text a create carries, by which Faire knows a repeated request for the same thing
//   - desired: what Faire ought to hold
//   - current: what Faire does hold
//
// The same Product value describes both desired and current, so that the two can be compared field by field. A field that is
// unknown on the desired side is empty and means "leave as it is" (design §4.3).
package catalog
