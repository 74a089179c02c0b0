package plan

import (
	"slices"
	"strconv"

	"fairesync/pipeline/catalog"
)

// BatchSize is how many variants one inventory or price batch carries (contract §9.4).
const BatchSize = 100

// batchEntry is one variant of a batch: what is sent, and the changes it carries.
type batchEntry struct {
	changes []string
	body    map[string]any
}

// batches adds the requests of a batch operation; member is where the body has its entries.
func (b *builder) batches(operation Operation, member string, entries []batchEntry) {
	for chunk := range slices.Chunk(entries, BatchSize) {
		var ids []string
		var bodies []map[string]any
		for _, e := range chunk {
			ids, bodies = append(ids, e.changes...), append(bodies, e.body)
		}
		b.add(Request{Operation: operation, Changes: ids}, map[string]any{member: bodies})
	}
}

const (
	inventories = "inventories"
	prices      = "prices"
)

// priceAlone gives the variants whose prices change, if nothing else of the product changes by PATCH and a batch can take them.
func (w *work) priceAlone() []batchEntry {
	if w.pair.Current == nil {
		return nil
	}
	byVariant := map[string][]Change{}
	for _, c := range w.changes {
		switch {
		case c.Held() || c.Action == None || c.Kind == KindLifecycle || c.Kind == KindInventory:
		case c.Kind != KindPrice || c.Action != Update:
			return nil
		default:
			byVariant[c.VariantID] = append(byVariant[c.VariantID], c)
		}
	}
	var entries []batchEntry
	for i := range w.pair.Current.Variants {
		there := &w.pair.Current.Variants[i]
		if changes := byVariant[there.FaireID]; len(changes) > 0 {
			e := batchEntry{body: map[string]any{"product_variant_id": there.FaireID, prices: w.pricesBody(there, changes)}}
			for _, c := range changes {
				e.changes = append(e.changes, c.ID)
			}
			entries = append(entries, e)
		}
	}
	if len(entries) >= BatchSize { // one PATCH takes them all
		return nil
	}
	return entries
}

// batchedPrices are the products whose prices go by batch: those that change in price alone, where there are two or more of them
// (design §5). For one, a PATCH of the product is as cheap, and surer (contract §9.3).
func batchedPrices(works []*work) map[*work][]batchEntry {
	alone := map[*work][]batchEntry{}
	for _, w := range works {
		if entries := w.priceAlone(); len(entries) > 0 {
			alone[w] = entries
		}
	}
	if len(alone) < 2 {
		return nil
	}
	return alone
}

// setPrices sends prices by variant id. Faire has been seen to answer such a batch and leave the retail price as it was (contract
// §9.3); the way that works then is a PATCH of the product: fallbacks adds these requests, to be sent only where the read-back shows
// that a batch was ignored.
func (b *builder) setPrices(works []*work, batched map[*work][]batchEntry) {
	first := len(b.list)
	var entries []batchEntry
	for _, w := range works {
		entries = append(entries, batched[w]...)
	}
	b.batches(SetPrices, prices, entries)
	b.priced = b.list[first:len(b.list):len(b.list)]
}

// fallbacks adds, per price batch and product in it, the PATCH that repeats its prices.
func (b *builder) fallbacks(works []*work, batched map[*work][]batchEntry) {
	for _, batch := range b.priced {
		for _, w := range works {
			var ids []string
			variants := []map[string]any{}
			for _, e := range batched[w] {
				if slices.Contains(batch.Changes, e.changes[0]) {
					ids = append(ids, e.changes...)
					variants = append(variants, map[string]any{"id": e.body["product_variant_id"], prices: e.body[prices]})
				}
			}
			if len(ids) > 0 {
				b.add(Request{Operation: UpdateProduct, ProductKey: w.pair.Key, ProductID: w.pair.Current.FaireID, Changes: ids, FallbackOf: batch.ID},
					map[string]any{"variants": variants})
			}
		}
	}
}

// Fallbacks are the requests of a plan that are to be sent because the read-back shows that Faire ignored the batch they repeat: a
// price that is what it was before, although Faire took it. now holds the products as they were read back.
func Fallbacks(p Plan, answers map[string]Answer, now map[string]catalog.Product) []Request {
	changes := map[string]Change{}
	for _, c := range p.Changes {
		changes[c.ID] = c
	}
	var list []Request
	for _, r := range p.Requests {
		answer := answers[r.FallbackOf]
		product, read := now[r.ProductID]
		if r.FallbackOf == "" || !answer.Applied || !read {
			continue
		}
		if slices.ContainsFunc(r.Changes, func(id string) bool {
			c := changes[id]
			return !slices.Contains(answer.Failed, id) && slices.ContainsFunc(c.Fields, func(f Field) bool {
				return f.Before != f.After && variantValue(&product, c.VariantID, f.Name, nil) == f.Before
			})
		}) {
			list = append(list, r)
		}
	}
	return list
}

// setStock brings the quantities of variants that were on Faire before to what is wanted.
func (b *builder) setStock(works []*work) {
	var entries []batchEntry
	each(works, func(_ *work, c *Change) {
		if c.Kind == KindInventory && c.VariantID != "" && c.Action != None && !c.Held() {
			entries = append(entries, stockEntry(*c, c.VariantID))
		}
	})
	b.batches(SetStock, inventories, entries)
}

func (b *builder) stopSelling(works []*work) {
	var entries []batchEntry
	each(works, func(_ *work, c *Change) {
		if c.Kind == KindLifecycle && c.VariantKey != "" && !c.Held() {
			entries = append(entries, stockEntry(*c, c.VariantID))
		}
	})
	b.batches(StopSelling, inventories, entries)
}

// takeStock lists the stock of the product's new variants; @token stands for the id that the create will answer.
func (w *work) takeStock() []batchEntry {
	var list []batchEntry
	for _, c := range w.changes {
		if c.Kind == KindInventory && c.VariantID == "" && !c.Held() {
			at := slices.IndexFunc(w.pair.Desired.Variants, func(v catalog.Variant) bool { return v.Key == c.VariantKey })
			list = append(list, stockEntry(c, "@"+w.pair.Desired.Variants[at].Token))
		}
	}
	return list
}

// flushStock sends the stock of the variants that the requests before it make.
func (b *builder) flushStock() {
	b.batches(SetStock, inventories, b.stock)
	b.stock = nil
}

func stockEntry(c Change, id string) batchEntry {
	units, err := strconv.ParseInt(c.Fields[0].After, 10, 64)
	if err != nil { // changes of quantities are made from numbers
		panic(err)
	}
	return batchEntry{changes: []string{c.ID}, body: map[string]any{"product_variant_id": id, "on_hand_quantity": units}}
}
