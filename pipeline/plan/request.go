package plan

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"fairesync/pipeline/catalog"
)

// requests turns the free changes into the fewest calls the API allows, in order of harm (design §5): option sets, creates with the
// stock of their variants right after, updates, prices, inventory, lifecycle up, lifecycle down. Last stand the requests that are
// sent only where Faire ignores another.
func requests(works []*work) []Request {
	b := &builder{}
	for _, w := range works {
		if w.pair.Current != nil {
			b.options(w)
		}
	}
	for _, w := range works {
		b.create(w)
	}
	b.flushStock()
	for _, w := range works {
		if w.pair.Current != nil && slices.ContainsFunc(w.changes, freeCreate) {
			b.update(w)
		}
	}
	b.flushStock()
	batched := batchedPrices(works)
	for _, w := range works {
		if w.pair.Current != nil && !slices.ContainsFunc(w.changes, freeCreate) && batched[w] == nil {
			b.update(w)
		}
	}
	b.setPrices(works, batched)
	b.setStock(works)
	b.lifecycle(works, Publish)
	b.stopSelling(works)
	b.lifecycle(works, Unpublish)
	b.fallbacks(works, batched)
	return b.list
}

func freeCreate(c Change) bool { return c.Kind == KindVariant && c.Action == Create && !c.Held() }

type builder struct {
	list   []Request
	stock  []batchEntry // of variants that requests in the list make
	priced []Request    // the price batches
}

func (b *builder) add(r Request, body any) {
	data, err := json.Marshal(body)
	if err != nil { // maps of text and numbers always marshal
		panic(err)
	}
	r.ID = fmt.Sprintf("r%05d", len(b.list)+1)
	r.Body, r.BodyDigest = data, Digest(json.RawMessage(data))
	r.Method, r.Path = Route(r.Operation, r.ProductID)
	b.list = append(b.list, r)
}

// Route is the method and path of an operation, below Faire's base address.
func Route(operation Operation, productID string) (method, path string) {
	switch operation {
	case CreateProduct:
		return "POST", "/products"
	case SetOptions:
		return "PATCH", "/products/" + productID + "/variant-option-sets"
	case SetStock, StopSelling:
		return "PATCH", "/product-inventory/by-product-variant-ids"
	case SetPrices:
		return "PATCH", "/product-prices/by-product-variant-ids"
	default:
		return "PATCH", "/products/" + productID
	}
}

// options extends the option sets of a product for new variants: the current list plus the new values, never fewer.
func (b *builder) options(w *work) {
	sets := make([]catalog.Option, len(w.pair.Current.Options))
	for i, o := range w.pair.Current.Options {
		sets[i] = catalog.Option{Name: o.Name, Values: slices.Clone(o.Values)}
	}
	var fields []Field
	for _, v := range w.freeVariants() {
		for _, choice := range v.Options {
			for i := range sets {
				if sets[i].Name == choice.Name && !slices.Contains(sets[i].Values, choice.Value) {
					sets[i].Values = append(sets[i].Values, choice.Value)
				}
			}
		}
	}
	for i, o := range w.pair.Current.Options {
		if len(sets[i].Values) > len(o.Values) {
			fields = append(fields, Field{Name: "option[" + o.Name + "]", Before: lines(o.Values), After: lines(sets[i].Values)})
		}
	}
	if len(fields) == 0 {
		return
	}
	change := Change{Kind: KindOptionSet, Action: Update, Reason: ReasonNew, Key: w.pair.Key, Style: w.pair.Desired.Style,
		Name: w.pair.Current.Name, ProductID: w.pair.Current.FaireID, Fields: fields}.identify()
	w.changes = append(w.changes, change)
	b.add(Request{Operation: SetOptions, ProductKey: w.pair.Key, ProductID: w.pair.Current.FaireID, Changes: []string{change.ID}},
		map[string]any{"variant_option_sets": optionBody(sets)})
}

func (w *work) freeVariants() []*catalog.Variant {
	free := map[string]bool{}
	for _, c := range w.changes {
		if freeCreate(c) {
			free[c.VariantKey] = true
		}
	}
	var list []*catalog.Variant
	for i := range w.pair.Desired.Variants {
		if v := &w.pair.Desired.Variants[i]; free[v.Key] && v.FaireID == "" {
			list = append(list, v)
		}
	}
	return list
}

func (b *builder) create(w *work) {
	at := slices.IndexFunc(w.changes, func(c Change) bool { return c.Kind == KindProduct && c.Action == Create && !c.Held() })
	if at < 0 {
		return
	}
	d := w.pair.Desired
	body := productBody(nil, w.changes[at].Fields)
	body["idempotence_token"] = d.Token
	body["lifecycle_state"] = string(d.Lifecycle)
	if _, told := body["preorderable"]; !told { // what Faire takes when it is absent is not written (contract §4)
		body["preorderable"] = false
	}
	if len(d.Images) > 0 {
		body["images"] = imageBody(d.Images, nil, nil, w.rules.IgnoreQuery, true)
	}
	variants := w.freeVariants()
	if sets := usedOptions(d.Options, variants); len(sets) > 0 {
		body["variant_option_sets"] = optionBody(sets)
	}
	ids := []string{w.changes[at].ID}
	body["variants"] = b.variants(w, variants, nil, &ids)
	b.add(Request{Operation: CreateProduct, ProductKey: w.pair.Key, Changes: ids, Token: d.Token}, body)
	b.stock = append(b.stock, w.takeStock()...)
	for len(b.stock) >= BatchSize { // full batches go soon after the creates; the last one of them may share its product with the next
		b.batches(SetStock, inventories, b.stock[:BatchSize])
		b.stock = b.stock[BatchSize:]
	}
}

func (b *builder) variants(w *work, list []*catalog.Variant, geographies []string, ids *[]string) []map[string]any {
	bodies := []map[string]any{}
	for _, v := range list {
		change := w.variantChange(v.Key)
		*ids = append(*ids, change.ID)
		body := variantFieldBody(nil, change.Fields)
		body["idempotence_token"] = v.Token
		if len(v.Options) > 0 {
			body["options"] = v.Options
		}
		var prices []map[string]any
		for _, p := range v.Prices {
			if geographies == nil || slices.Contains(geographies, p.Geography) {
				prices = append(prices, priceBody(p))
			}
		}
		body["prices"] = prices
		if len(v.Images) > 0 {
			body["images"] = imageBody(v.Images, nil, nil, w.rules.IgnoreQuery, false)
		}
		bodies = append(bodies, body)
	}
	return bodies
}

// update is the one PATCH of a product: its fields, its images, its variants' fields and prices, and its new variants.
func (b *builder) update(w *work) {
	c := w.pair.Current
	var ids []string
	var own []Field
	body := map[string]any{}
	perVariant := map[string][]Change{}
	for _, change := range w.changes {
		switch {
		case change.Held() || change.Kind == KindLifecycle || change.Kind == KindOptionSet || change.Kind == KindInventory || change.Action != Update:
		case change.VariantKey != "":
			perVariant[change.VariantID] = append(perVariant[change.VariantID], change)
			ids = append(ids, change.ID)
		default:
			own = append(own, change.Fields...)
			ids = append(ids, change.ID)
			if change.Kind == KindImage {
				body["images"] = imageBody(w.pair.Desired.Images, c.Images, split(w.recorded("").Sent), w.rules.IgnoreQuery, true)
			}
		}
	}
	maps.Copy(body, productBody(c, own))
	variants := []map[string]any{}
	for i := range c.Variants {
		if changes := perVariant[c.Variants[i].FaireID]; len(changes) > 0 {
			variants = append(variants, w.variantBody(&c.Variants[i], changes))
		}
	}
	if fresh := w.freeVariants(); len(fresh) > 0 {
		variants = append(variants, b.variants(w, fresh, geographiesOf(c), &ids)...)
	}
	if len(variants) > 0 {
		body["variants"] = variants
	}
	if len(body) > 0 {
		b.add(Request{Operation: UpdateProduct, ProductKey: w.pair.Key, ProductID: c.FaireID, Changes: ids}, body)
	}
	b.stock = append(b.stock, w.takeStock()...)
}

// recorded is the record of the images of the product ("") or of a variant by id.
func (w *work) recorded(variantID string) Value {
	if variantID == "" {
		return w.state.Fields[fieldImages]
	}
	return w.state.Variants[variantID].Fields[fieldImages]
}

func (w *work) variantBody(there *catalog.Variant, changes []Change) map[string]any {
	body := map[string]any{"id": there.FaireID}
	var own []Field
	for _, change := range changes {
		switch change.Kind {
		case KindPrice:
			body[prices] = w.pricesBody(there, changes)
		case KindImage:
			body["images"] = imageBody(w.wanted(there.FaireID).Images, there.Images, split(w.recorded(there.FaireID).Sent), w.rules.IgnoreQuery, false)
		default:
			own = append(own, change.Fields...)
		}
	}
	maps.Copy(body, variantFieldBody(there, own))
	return body
}

// wanted is the desired side of a variant that is on Faire.
func (w *work) wanted(variantID string) catalog.Variant {
	at := slices.IndexFunc(w.pair.Desired.Variants, func(v catalog.Variant) bool { return v.FaireID == variantID })
	return w.pair.Desired.Variants[at]
}

// pricesBody is every geography of a variant: ours as changed, the others verbatim (contract §5.1).
func (w *work) pricesBody(there *catalog.Variant, changes []Change) []map[string]any {
	want := map[string]catalog.Price{}
	for _, p := range w.wanted(there.FaireID).Prices {
		want[p.Geography] = p
	}
	var list []map[string]any
	for _, now := range there.Prices {
		for _, change := range changes {
			for _, f := range change.Fields {
				switch f.Name {
				case priceField(now.Geography, "wholesale"):
					now.Wholesale = want[now.Geography].Wholesale
				case priceField(now.Geography, "retail"):
					now.Retail = want[now.Geography].Retail
				}
			}
		}
		list = append(list, priceBody(now))
	}
	return list
}

func (b *builder) lifecycle(works []*work, operation Operation) {
	for _, w := range works {
		for _, c := range w.changes {
			if c.Kind == KindLifecycle && c.VariantKey == "" && c.Action == Update && !c.Held() && goesUp(c) == (operation == Publish) {
				b.add(Request{Operation: operation, ProductKey: w.pair.Key, ProductID: c.ProductID, Changes: []string{c.ID}},
					map[string]any{"lifecycle_state": c.Fields[0].After})
			}
		}
	}
}

func fieldBody[T any](known []textField[T], fields []Field) map[string]any {
	body := map[string]any{}
	for _, k := range known {
		for _, f := range fields {
			if f.Name == k.name && k.wire != nil {
				key, value := k.wire(f.After)
				body[key] = value
			}
		}
	}
	return body
}

func priceBody(p catalog.Price) map[string]any {
	place := map[string]any{"country": p.Geography}
	if p.Geography == "EUROPEAN_UNION" {
		place = map[string]any{"country_group": p.Geography}
	}
	return map[string]any{
		"geo_constraint":  place,
		"wholesale_price": map[string]any{"amount_minor": int64(p.Wholesale), "currency": p.Currency},
		"retail_price":    map[string]any{"amount_minor": int64(p.Retail), "currency": p.Currency},
	}
}

func optionBody(sets []catalog.Option) []map[string]any {
	list := []map[string]any{}
	for _, o := range sets {
		list = append(list, map[string]any{"name": o.Name, "values": o.Values})
	}
	return list
}

// usedOptions keeps the values that the variants use, in the order of the option.
func usedOptions(options []catalog.Option, variants []*catalog.Variant) []catalog.Option {
	var list []catalog.Option
	for _, o := range options {
		kept := catalog.Option{Name: o.Name}
		for _, value := range o.Values {
			if slices.ContainsFunc(variants, func(v *catalog.Variant) bool {
				return slices.Contains(v.Options, catalog.Choice{Name: o.Name, Value: value})
			}) {
				kept.Values = append(kept.Values, value)
			}
		}
		if len(kept.Values) > 0 {
			list = append(list, kept)
		}
	}
	return list
}
