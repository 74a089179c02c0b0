package plan

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"fairesync/pipeline/catalog"
)

// update plans a product that is on Faire: each managed field by decide, new variants, and what is gone or inactive.
func (w *work) update() {
	d, c := w.pair.Desired, w.pair.Current
	w.state = w.startState()
	created := w.state.Created
	if w.pair.Partial {
		w.partial()
		return
	}
	for _, f := range productFields {
		present := f.get(d) != "" && !slices.Contains(d.Defaulted, f.name) || slices.Contains(d.Cleared, f.name)
		w.field(place{name: f.name}, f.get(d), f.get(c), present, created, w.state.Fields)
	}
	if slices.ContainsFunc(d.Variants, func(v catalog.Variant) bool { return !v.Gone }) { // else the images went with the rows
		w.images(place{name: fieldImages}, d.Images, c.Images, created, w.state.Fields)
	}
	w.lifecycle()

	byID := variantsByID(c)
	geographies := geographiesOf(c)
	for i := range d.Variants {
		v := &d.Variants[i]
		switch there := byID[v.FaireID]; {
		case v.FaireID == "" && (v.Gone || v.Inactive):
		case v.FaireID == "":
			w.addVariant(v, geographies, append(w.firstLinkHold(), w.preorderHolds()...)...)
		case there == nil: // sits on another product: a partial pair has it
		case v.Gone || v.Inactive:
			w.leaving(v, there)
		default:
			w.variant(v, there)
		}
	}
	if !created && !w.state.Released && !w.heldByFirstLink() && !w.left {
		w.state.Released = true
	}
}

// partial plans the variants of the style that sit on a further product: by variant id prices and barcodes still go (design
// §4.1), everything else of that product is left alone.
func (w *work) partial() {
	byID := variantsByID(w.pair.Current)
	for i := range w.pair.Desired.Variants {
		v := &w.pair.Desired.Variants[i]
		if there := byID[v.FaireID]; there != nil && v.FaireID != "" && !v.Gone && !v.Inactive {
			w.variant(v, there)
		}
	}
	if !w.heldByFirstLink() && !w.left {
		w.state.Released = true
	}
}

func variantsByID(p *catalog.Product) map[string]*catalog.Variant {
	byID := map[string]*catalog.Variant{}
	for i := range p.Variants {
		byID[p.Variants[i].FaireID] = &p.Variants[i]
	}
	return byID
}

// startState is the record as it is now, copied so that fields can be settled in it.
func (w *work) startState() *State {
	c := w.pair.Current
	s := State{Key: w.pair.Key, ProductID: c.FaireID, Generation: 1, Fields: map[string]Value{}, Variants: map[string]VariantState{}}
	if w.pair.State != nil {
		s = *w.pair.State
		if !w.pair.Partial {
			s.Key = w.pair.Key
		}
		s.Fields, s.Undone, s.Variants = maps.Clone(s.Fields), maps.Clone(s.Undone), maps.Clone(s.Variants)
	}
	if w.pair.Desired.Token != "" && w.pair.Desired.Token == c.Token {
		s.Created = true // our token: we made it, also where the record of it was lost
	}
	if w.rules.FirstLink != "" && w.rules.FirstLink != "hold" {
		s.Released = true
	}
	for id, v := range s.Variants {
		if v.Undone != nil {
			v.Undone = maps.Clone(v.Undone)
			s.Variants[id] = v
		}
	}
	if s.Fields == nil {
		s.Fields = map[string]Value{}
	}
	if s.Variants == nil {
		s.Variants = map[string]VariantState{}
	}
	return &s
}

// firstLinkHold holds every write to a product that was on Faire before us and was not released, whatever its reason.
func (w *work) firstLinkHold() []string {
	if w.state.Created || w.state.Released {
		return nil
	}
	return []string{CodeFirstLink}
}

func (w *work) heldByFirstLink() bool {
	return slices.ContainsFunc(w.changes, func(c Change) bool { return slices.Contains(c.HeldBy, CodeFirstLink) })
}

// place is where a field stands: on the product, or on a variant.
type place struct{ name, variantKey, variantID, sku string }

// field plans or settles one text field of the product or of a variant.
func (w *work) field(at place, desired, current string, present, created bool, record map[string]Value) {
	w.decideField(at, desired, current, present, alike(at.name, desired, current), created, record)
}

// sameBarcode: a UPC of 12 digits and the EAN of 13 with a 0 before it are one barcode (GS1).
func sameBarcode(a, b string) bool {
	return a != "" && b != "" && strings.TrimLeft(a, "0") == strings.TrimLeft(b, "0")
}

func (w *work) decideField(at place, desired, current string, present, same, created bool, record map[string]Value) {
	change, ok := w.verdict(at, desired, current, present, same, created, record)
	if ok {
		change.Fields = []Field{w.fieldOf(at.name, current, desired, record)}
		change.Kind = kindOf(at.name, at.variantKey != "")
		extra := w.firstLinkHold()
		if family(at.name) == fieldPreorder {
			extra = append(extra, w.preorderHolds()...)
		}
		w.add(change, extra...)
	}
}

func (w *work) fieldOf(name, before, after string, record map[string]Value) Field {
	f := Field{Name: name, Before: before, After: after}
	if value, ok := record[name]; ok {
		f.Sent, f.Held = &value.Sent, &value.Held
	}
	return f
}

// verdict decides one field and settles, notices or returns the change to plan.
func (w *work) verdict(at place, desired, current string, present, same, created bool, record map[string]Value) (Change, bool) {
	var known *Value
	if value, ok := record[at.name]; ok {
		known = &value
	}
	what, reason, code := decide(desired, current, present, same, known, w.whose(at.name, created))
	decided, personal := w.ownerOf(at.name)
	if personal && !decided.Ours {
		code = "" // a person said that Faire's value stays
		w.left = w.left || present && !same
	}
	if what == firstLink && w.rules.FirstLink == "theirs" && !created && !personal {
		record[at.name] = Value{Sent: desired, Held: current}
		what, code = kept, "DRIFT_KEPT"
	}
	if what == firstLink && created {
		reason = ReasonSourceChanged // the field was blank when we made it
	}
	undone := w.undone(at.variantID, at.name, desired) || w.preorderUndone(at.variantID, at.name)
	if code != "" && !undone {
		w.except(code, at.variantKey, at.sku, at.name, current, desired)
	}
	switch what {
	case settle:
		record[at.name] = Value{Sent: desired, Held: current}
	case send, firstLink:
		change := Change{Action: Update, Reason: reason, VariantKey: at.variantKey, VariantID: at.variantID, SKU: at.sku}
		if undone {
			change.HeldBy = []string{codeUndone}
		}
		return change, true
	}
	return Change{}, false
}

// undone says whether exactly this value was undone by a person (fairesync undo): it would go out again with the next run. Another
// value of the source ends the hold.
func (w *work) undone(variantID, field, desired string) bool {
	pinned := w.state.Undone
	if variantID != "" {
		pinned = w.state.Variants[variantID].Undone
	}
	value, ok := pinned[field]
	if ok && value != desired {
		delete(pinned, field)
	}
	return ok && value == desired
}

// images plans or settles the images of the product or of a variant. An image lost in the source is kept on Faire.
func (w *work) images(at place, desired, current []catalog.Image, created bool, record map[string]Value) {
	ignore := w.rules.IgnoreQuery
	d, c := identities(desired, ignore), identities(current, ignore)
	value, known := record[fieldImages]
	sent := split(value.Sent)
	if known && len(c) > 0 && lost(d, sent) {
		for _, address := range sent {
			if !slices.Contains(d, address) {
				w.except("IMAGE_LOST", at.variantKey, at.sku, fieldImages, address, "")
			}
		}
		return
	}
	w.decideField(at, lines(d), lines(c), len(d) > 0, within(d, c), created, record)
}

// variant plans or settles the fields of a variant that is on Faire.
func (w *work) variant(v, there *catalog.Variant) {
	state, known := w.state.Variants[v.FaireID]
	state.Key, state.SKU, state.SourceSKU = v.Key, there.SKU, v.SourceSKU
	if state.Fields = maps.Clone(state.Fields); state.Fields == nil {
		state.Fields = map[string]Value{}
	}
	if !known {
		state.Generation = 1
		state.Created = madeByUs(nil, v, there)
	}
	w.state.Variants[v.FaireID] = state
	at := func(field string) place { return place{field, v.Key, v.FaireID, v.SKU} }
	created := w.state.Created || state.Created
	whole := overHeld(v, there)
	for _, f := range variantFields {
		if w.pair.Partial && f.name != "gtin" {
			continue
		}
		w.field(at(f.name), f.get(whole), f.get(there), f.get(v) != "", created, state.Fields)
	}
	w.prices(v, there, created, state.Fields)
	if !w.pair.Partial {
		w.images(at(fieldImages), v.Images, there.Images, created, state.Fields)
	}
	w.stock(v, there, state.Created)
}

// prices plans the prices of a variant, one change per geography. Geographies that we do not manage are not looked at here; a
// body carries them verbatim.
func (w *work) prices(v, there *catalog.Variant, created bool, record map[string]Value) {
	held := map[string]catalog.Price{}
	for _, p := range there.Prices {
		held[p.Geography] = p
	}
	for _, p := range v.Prices {
		current, sold := held[p.Geography]
		var changes []Change
		var fields []Field
		undone := true
		for _, part := range []struct {
			name       string
			want, have catalog.Money
		}{{"wholesale", p.Wholesale, current.Wholesale}, {"retail", p.Retail, current.Retail}} {
			name := priceField(p.Geography, part.name)
			want, have := amount(part.want), amount(part.have)
			change, ok := w.verdict(place{name, v.Key, v.FaireID, v.SKU}, want, have, want != "", want == have, created, record)
			if ok {
				changes = append(changes, change)
				fields = append(fields, w.fieldOf(name, have, want, record))
				undone = undone && change.Held()
			}
		}
		if len(changes) == 0 {
			continue
		}
		extra := w.firstLinkHold()
		if !sold {
			extra = append(extra, "PRICE_GEOGRAPHY_MISSING")
			w.except("PRICE_GEOGRAPHY_MISSING", v.Key, v.SKU, "price["+p.Geography+"]", "not sold there on Faire", p.Geography)
		}
		change := changes[0]
		if change.HeldBy = nil; undone {
			extra = append(extra, codeUndone)
		} else { // wholesale and retail are one price: where one of them is new, both go
			for _, f := range fields {
				delete(w.state.Variants[v.FaireID].Undone, f.Name)
			}
		}
		change.Kind, change.Fields = KindPrice, fields
		w.add(change, extra...)
	}
}

func geographiesOf(p *catalog.Product) []string {
	list := []string{}
	for _, v := range p.Variants {
		for _, price := range v.Prices {
			if v.Lifecycle != catalog.Deleted && !slices.Contains(list, price.Geography) {
				list = append(list, price.Geography)
			}
		}
	}
	slices.Sort(list)
	return list
}

// lifecycle publishes what we ourselves left unpublished for want of an image or a type, once that is there (design §4.5). A
// live product is never demoted as a side effect; what a brand took down stays.
func (w *work) lifecycle() {
	d, c := w.pair.Desired, w.pair.Current
	if c.Lifecycle == d.Lifecycle || d.Lifecycle != catalog.Published || c.Lifecycle != catalog.Unpublished || w.state.LeftFor == "" || w.allLeaving() {
		return
	}
	extra := w.firstLinkHold()
	for _, change := range w.changes {
		if change.Held() && (change.Fields[0].Name == fieldImages || change.Fields[0].Name == "taxonomy") {
			extra = append(extra, change.HeldBy...)
		}
	}
	w.add(Change{Kind: KindLifecycle, Action: Update, Reason: ReasonPublishable,
		Fields: []Field{{Name: fieldLifecycle, Before: string(c.Lifecycle), After: string(catalog.Published)}}}, extra...)
}

// leaving plans what becomes of a variant that is gone from the source or inactive there: on-hand 0 on a tracked one
// (stop_selling), or the product unpublished when every variant is gone or inactive (unpublish).
func (w *work) leaving(v, there *catalog.Variant) {
	policy, reason := w.rules.leaving(*v), ReasonInactive
	if v.Gone {
		reason = ReasonGone
	}
	extra := w.firstLinkHold()
	switch {
	case policy == "stop_selling" && there.OnHand != nil && *there.OnHand > 0:
		if w.undone(v.FaireID, fieldOnHand, "0") {
			extra = append(extra, codeUndone)
		}
		w.add(Change{Kind: KindLifecycle, Action: Update, Reason: reason, VariantKey: v.Key, VariantID: v.FaireID, SKU: there.SKU,
			Fields: []Field{{Name: fieldOnHand, Before: strconv.FormatInt(*there.OnHand, 10), After: "0"}}}, extra...)
	case policy == "unpublish" && w.pair.Current.Lifecycle == catalog.Published && w.allLeaving() && !w.unpublishes():
		if w.undone("", fieldLifecycle, string(catalog.Unpublished)) {
			extra = append(extra, codeUndone)
		}
		w.add(Change{Kind: KindLifecycle, Action: Update, Reason: reason,
			Fields: []Field{{Name: fieldLifecycle, Before: string(catalog.Published), After: string(catalog.Unpublished)}}}, extra...)
	}
}

// leaving is the policy for a variant that is gone or inactive, "" for one that is neither.
func (r Rules) leaving(v catalog.Variant) string {
	switch {
	case v.Gone:
		return r.WhenGone
	case v.Inactive:
		return r.WhenInactive
	}
	return ""
}

// StopsSelling says whether the on-hand quantity of a variant is to become 0, if Faire tracks it.
func (r Rules) StopsSelling(v catalog.Variant) bool { return r.leaving(v) == "stop_selling" }

func (w *work) allLeaving() bool {
	staying := map[string]bool{}
	for _, v := range w.pair.Current.Variants {
		if v.Lifecycle != catalog.Deleted {
			staying[v.FaireID] = true
		}
	}
	for _, v := range w.pair.Desired.Variants {
		if !v.Gone && !v.Inactive {
			return false
		}
		delete(staying, v.FaireID)
	}
	return len(staying) == 0
}

func (w *work) unpublishes() bool {
	return slices.ContainsFunc(w.changes, func(c Change) bool { return c.VariantKey == "" && goesDown(c) })
}
