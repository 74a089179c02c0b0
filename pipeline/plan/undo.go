package plan

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"fairesync/pipeline/catalog"
)

// codeNotUndone tells of a write that is not taken back.
const codeNotUndone = "FAIRE_NOT_UNDONE"

// UndoInput is everything Undo looks at.
type UndoInput struct {
	Input                             // Pairs are not looked at
	Plan   Plan                       // whose writes are to be taken back
	Sent   map[string]bool            // ids of its changes that reached Faire, or may have
	Made   map[string]string          // product key: Faire id of the product it made
	Now    map[string]catalog.Product // by Faire id, as Faire holds them now; one that is gone is missing
	Stock  map[string]catalog.Stock   // by variant id, as Faire holds it now
	States map[string]State           // by Faire product id: what is recorded
}

// Undo plans the way back from what a run sent (design §5). It is a plan like any other, under the same ceilings:
//
//	what was sent              | what is planned
//	---------------------------+------------------------------------------------------------------------------
//	a field, image or price    | the value of before, if Faire still holds what was sent
//	a quantity                 | the quantity of before, if Faire still holds what was sent
//	published, taken down      | the lifecycle of before
//	a product                  | it is unpublished; nothing ever deletes it
//	a variant of a product     | its quantity becomes 0; nothing ever deletes it
//	option values, tracking    | nothing: Faire has no way back
//
// What cannot go back, because Faire has moved on or has no way back, is FAIRE_NOT_UNDONE, field by field. What went back, and what
// Faire holds another value of by now, is marked in State.Undone when it is settled, so that the next run does not send it again.
func Undo(in UndoInput) Result {
	works := undoing(in)
	guard(in.Census, works)
	result := Result{States: map[string]State{}}
	result.Unmatched, result.Approved = approve(in.Approvals, works)
	for id, state := range in.States {
		result.States[id] = state
	}
	return finish(in.Input, result, works)
}

// undoing makes one work per product, sorted as the plan's changes are.
func undoing(in UndoInput) []*work {
	var works []*work
	byProduct := map[string]*work{}
	for _, change := range in.Plan.Changes {
		if !in.Sent[change.ID] || change.Held() {
			continue
		}
		id := cmp.Or(change.ProductID, in.Made[change.Key])
		w := byProduct[id]
		if w == nil {
			w = in.work(change, id)
			byProduct[id] = w
			works = append(works, w)
		}
		w.undo(in, change)
	}
	slices.SortStableFunc(works, func(a, b *work) int {
		return cmp.Or(cmp.Compare(a.pair.Key, b.pair.Key), cmp.Compare(productID(a.pair.Current), productID(b.pair.Current)))
	})
	return works
}

func (in UndoInput) work(change Change, id string) *work {
	now := in.Now[id]
	now.FaireID = id
	now.Variants = slices.Clone(now.Variants)
	for i := range now.Variants {
		stock := in.Stock[now.Variants[i].FaireID]
		now.Variants[i].OnHand, now.Variants[i].Committed = stock.OnHand, stock.Committed
	}
	before := now
	before.Key, before.Style = change.Key, change.Style
	before.Variants = slices.Clone(now.Variants)
	state := State{Fields: map[string]Value{}, Variants: map[string]VariantState{}, Released: true}
	return &work{pair: Pair{Key: change.Key, Desired: &before, Current: &now}, rules: in.Rules, brand: in.Brand, state: &state}
}

// undo plans the way back from one change.
func (w *work) undo(in UndoInput, change Change) {
	_, there := in.Now[w.pair.Current.FaireID]
	made := change.ProductID == ""
	switch {
	case made && (change.Kind != KindProduct || change.Action != Create): // goes with its product
	case !there || w.pair.Current.Lifecycle == catalog.Deleted:
		w.notUndone(change, "", "the product is not on Faire any more")
	case made && w.pair.Current.Lifecycle == catalog.Published:
		w.takeBack(change, Field{Name: fieldLifecycle, Before: string(catalog.Published), After: string(catalog.Unpublished)}, string(catalog.Published))
	case made:
		w.notUndone(change, fieldLifecycle, "the product is "+string(w.pair.Current.Lifecycle)+" already")
	case change.Kind == KindVariant && change.Action == Create:
		w.undoVariant(in, change)
	case change.Kind == KindInventory && change.Action == Create && change.VariantID == "": // goes with its variant
	case change.Kind == KindOptionSet:
		w.notUndone(change, firstField(change), "Faire keeps the new values")
	case firstField(change) == fieldOnHand:
		w.undoStock(change)
	default:
		for _, f := range change.Fields {
			w.undoField(in, change, f)
		}
	}
}

// undoVariant takes a variant that was added to a product off sale.
func (w *work) undoVariant(in UndoInput, change Change) {
	sku, sent := change.SKU, ""
	for _, other := range in.Plan.Changes {
		if other.Kind == KindInventory && other.VariantKey == change.VariantKey && in.Sent[other.ID] {
			sent = other.Fields[0].After
		}
	}
	at := slices.IndexFunc(w.pair.Current.Variants, func(v catalog.Variant) bool { return v.SKU == sku && v.Lifecycle != catalog.Deleted })
	if at < 0 {
		w.notUndone(change, "", "the variant is not on Faire any more")
		return
	}
	v := &w.pair.Current.Variants[at]
	if v.OnHand != nil && *v.OnHand == 0 {
		return
	}
	change.VariantID = v.FaireID
	w.takeBack(change, Field{Name: fieldOnHand, Before: quantity(v.OnHand), After: "0"}, sent)
}

// undoStock sets a quantity back, unless orders or people have moved it since.
func (w *work) undoStock(change Change) {
	f := change.Fields[0]
	at := slices.IndexFunc(w.pair.Current.Variants, func(v catalog.Variant) bool { return v.FaireID == change.VariantID })
	switch {
	case at < 0:
		w.notUndone(change, f.Name, "the variant is not on Faire any more")
	case f.Before == "":
		w.notUndone(change, f.Name, "Faire cannot stop tracking a variant")
	default:
		held := quantity(w.pair.Current.Variants[at].OnHand)
		sent := f.After
		if change.Quantity != nil {
			sent = strconv.FormatInt(*change.Quantity, 10)
		}
		w.moveBack(change, f, held, held == f.After, sent)
	}
}

// undoField sets a field back, unless somebody has moved it since.
func (w *work) undoField(in UndoInput, change Change, f Field) {
	product := w.pair.Current
	held := productValue(product, f.Name, in.Rules.IgnoreQuery)
	record := in.States[product.FaireID].Fields[f.Name]
	switch {
	case change.VariantID != "" && !slices.ContainsFunc(product.Variants, func(v catalog.Variant) bool { return v.FaireID == change.VariantID }):
		w.notUndone(change, f.Name, "the variant is not on Faire any more")
		return
	case change.VariantID != "":
		held = variantValue(product, change.VariantID, f.Name, in.Rules.IgnoreQuery)
		record = in.States[product.FaireID].Variants[change.VariantID].Fields[f.Name]
	case f.Name == fieldLifecycle:
		held = string(product.Lifecycle)
	}
	if endsWith(in, change, f) {
		return
	}
	f.Before = cmp.Or(f.Before, blankMeans[f.Name])
	still := alike(f.Name, held, f.After) || record.Sent == f.After && held == record.Held // Faire made its own of what was sent
	if f.Before == "" && still && !slices.Contains([]string{"description", "short_description"}, f.Name) {
		w.notUndone(change, f.Name, "it was blank before, and Faire has no way to blank it")
		return
	}
	w.moveBack(change, f, held, still, f.After)
}

// moveBack plans a value of before, if Faire still holds what was sent.
func (w *work) moveBack(change Change, f Field, held string, still bool, sent string) {
	switch {
	case held == f.Before: // it never took, or went back
	case !still:
		w.notUndone(change, f.Name, "Faire holds "+cmp.Or(held, "nothing")+" now")
		w.leave(change, f.Name, held, sent)
	default:
		w.takeBack(change, Field{Name: f.Name, Before: held, After: f.Before}, sent)
	}
}

// leave notes that Faire's value stays and that the one that was sent is regretted all the same: the next run must not send it again.
func (w *work) leave(change Change, field, held, sent string) {
	w.add(Change{Kind: change.Kind, Action: None, Reason: ReasonUndone, VariantKey: change.VariantKey, VariantID: change.VariantID, SKU: change.SKU,
		Fields: []Field{{Name: field, Before: held, After: held, Sent: &sent, Held: &held}}})
}

// takeBack adds the change that takes another back. Its Sent is the value that is not to be sent again.
func (w *work) takeBack(change Change, f Field, sent string) {
	f.Sent, f.Held = &sent, &f.Before
	back := Change{Kind: change.Kind, Action: Update, Reason: ReasonUndone, VariantKey: change.VariantKey, VariantID: change.VariantID, SKU: change.SKU, Fields: []Field{f}}
	switch f.Name {
	case fieldOnHand:
		back.Kind = KindInventory
	case fieldLifecycle:
		back.Kind, back.VariantKey, back.SKU = KindLifecycle, "", ""
	}
	w.wantBack(change.VariantID, f)
	var extra []string
	if back.Kind == KindPrice && movesFar(f.Before, f.After) {
		extra = []string{codePriceMove}
	}
	w.add(back, extra...)
}

// wantBack puts the value of before where bodies are made from.
func (w *work) wantBack(variantID string, f Field) {
	d := w.pair.Desired
	at := slices.IndexFunc(d.Variants, func(v catalog.Variant) bool { return v.FaireID == variantID })
	switch {
	case f.Name == fieldImages:
		var images []catalog.Image
		for _, address := range split(f.After) {
			images = append(images, catalog.Image{OriginalURL: address})
		}
		sent := Value{Sent: *f.Sent, Held: f.Before} // what was sent is what may be left out
		if at < 0 {
			d.Images, w.state.Fields[fieldImages] = images, sent
			return
		}
		d.Variants[at].Images = images
		w.state.Variants[variantID] = VariantState{Fields: map[string]Value{fieldImages: sent}}
	case family(f.Name) == fieldPrice && at >= 0:
		d.Variants[at].Prices = slices.Clone(d.Variants[at].Prices)
		for i := range d.Variants[at].Prices {
			p := &d.Variants[at].Prices[i]
			switch f.Name {
			case priceField(p.Geography, "wholesale"):
				p.Wholesale = money(f.After)
			case priceField(p.Geography, "retail"):
				p.Retail = money(f.After)
			}
		}
	}
}

// money reads an amount a plan wrote.
func money(text string) catalog.Money {
	m, err := catalog.ParseMoney(text)
	if err != nil { // fields of prices are written by Money.String
		panic(err)
	}
	return m
}

// movesFar is the ceiling on price moves of design §4.4: more than 30 % of what Faire holds.
func movesFar(before, after string) bool {
	from, to := money(before), money(after)
	return max(to-from, from-to)*100 > from*30
}

func (w *work) notUndone(change Change, field, why string) {
	w.except(codeNotUndone, change.VariantKey, change.SKU, field, why, "")
	e := &w.exceptions[len(w.exceptions)-1]
	e.Name = cmp.Or(e.Name, change.Name)
	e.Detail = strings.TrimSpace(string(change.Kind) + " " + string(change.Action))
	*e = e.Identify(w.brand)
}
