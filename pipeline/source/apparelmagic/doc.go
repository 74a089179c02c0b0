// Package apparelmagic reads a catalogue from ApparelMagic's JSON API: SKU rows, their products, colourways, size ranges and
// divisions, joined into one row per SKU.
//
// ApparelMagic publishes no reference that could be read; the rules here were rebuilt from its clients (wms/contract §1). Where
// those disagree about paging, the walk tries one way, notices that it does not advance, and takes the other; it delivers the
// whole catalogue or an error, never part of it.
package apparelmagic
