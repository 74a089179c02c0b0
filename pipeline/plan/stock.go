package plan

import (
	"slices"
	"strconv"

	"fairesync/pipeline/catalog"
)

// WantedOnHand is the quantity on hand that Faire is to hold of a variant (design §7): what the source has available and what
// Faire's own orders have taken of it, or, where inventory.means is on_hand, the quantity itself.
func (r Rules) WantedOnHand(quantity, committed int64) int64 {
	if r.Means == "on_hand" {
		return quantity
	}
	return quantity + committed
}

// StockToRead lists, sorted, the ids of the variants whose stock on Faire decides something: those whose quantity may have to
// change, and those that are to stop selling. What Faire shows as available narrows it: a variant that shows the wanted quantity,
// or that Faire does not track and that stays so, is not read.
func StockToRead(rules Rules, pair Pair) []string {
	if pair.Desired == nil || pair.Current == nil {
		return nil
	}
	byID := variantsByID(pair.Current)
	var ids []string
	for i := range pair.Desired.Variants {
		v := &pair.Desired.Variants[i]
		there := byID[v.FaireID]
		if there == nil || v.FaireID == "" {
			continue
		}
		if rules.StopsSelling(*v) || !v.Gone && !v.Inactive && rules.movesStock(v, there, madeByUs(pair.State, v, there)) {
			ids = append(ids, v.FaireID)
		}
	}
	slices.Sort(ids)
	return ids
}

// movesStock says whether the quantity of a variant that is on Faire may have to change.
//
//	quantity wanted | Faire tracks it | made by us, or start_tracking: all | what happens
//	----------------+-----------------+------------------------------------+---------------------------------------------
//	unknown         | any             | any                                | nothing
//	known           | no              | no                                 | nothing; STOCK_UNTRACKED says so
//	known           | no              | yes                                | set: untracked, it sells without limit
//	known           | yes             | any                                | set where it differs, if on_hand is ours
func (r Rules) movesStock(v, there *catalog.Variant, created bool) bool {
	switch {
	case v.OnHand == nil || r.whose(fieldOnHand, created) == excluded:
		return false
	case there.Available == nil:
		return created || r.StartTracking == "all"
	}
	if r.whose(fieldOnHand, created) != ours {
		return false
	}
	return *there.Available != *v.OnHand || r.Means == "on_hand" && (there.OnHand == nil || *there.OnHand != *v.OnHand)
}

// madeByUs says whether we made a variant: by the record, or, where that is lost, by our token.
func madeByUs(state *State, v, there *catalog.Variant) bool {
	if state != nil {
		if known, ok := state.Variants[v.FaireID]; ok {
			return known.Created
		}
	}
	return v.Token != "" && v.Token == there.Token
}

// stock plans the quantity of a variant that is on Faire and stays. Faire's quantity moves with every order, so there is nothing
// to remember of it: what is wanted is compared with what is there, as it was read for this run.
func (w *work) stock(v, there *catalog.Variant, created bool) {
	if !w.rules.movesStock(v, there, created) || w.blocked(fieldOnHand, v.Key) {
		return
	}
	after := w.rules.WantedOnHand(*v.OnHand, there.Committed)
	change := Change{Kind: KindInventory, Action: Update, Reason: ReasonSourceChanged, VariantKey: v.Key, VariantID: v.FaireID, SKU: v.SKU, Quantity: v.OnHand,
		Fields: []Field{{Name: fieldOnHand, After: strconv.FormatInt(after, 10)}}}
	switch {
	case there.OnHand == nil: // untracked, or never set because a run was cut short
		change.Action, change.Reason = Create, ReasonNew
	case *there.OnHand == after:
		return
	default:
		change.Fields[0].Before = strconv.FormatInt(*there.OnHand, 10)
	}
	extra := w.firstLinkHold()
	if len(extra) > 0 {
		change.Reason = ReasonFirstLink
	}
	if w.undone(v.FaireID, fieldOnHand, strconv.FormatInt(*v.OnHand, 10)) {
		extra = append(extra, codeUndone)
	}
	w.add(change, extra...)
}

// emptied says whether a change takes the last available unit of a variant.
func (w *work) emptied(c Change) bool {
	if c.Kind != KindInventory || c.Action != Update {
		return false
	}
	at := slices.IndexFunc(w.pair.Desired.Variants, func(v catalog.Variant) bool { return v.Key == c.VariantKey })
	there := variantsByID(w.pair.Current)[c.VariantID]
	if at < 0 || there == nil || there.OnHand == nil || w.pair.Desired.Variants[at].OnHand == nil {
		return false
	}
	after, err := strconv.ParseInt(c.Fields[0].After, 10, 64)
	return err == nil && after <= there.Committed && *there.OnHand > there.Committed
}
