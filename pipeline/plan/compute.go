package plan

import (
	"cmp"
	"maps"
	"slices"
	"sort"

	"fairesync/pipeline/check"
)

// Compute plans one brand. Per product of ours:
//
//	on Faire? | wanted?           | what is planned
//	----------+-------------------+----------------------------------------------------------------
//	no        | yes               | create with its variants, stock of the variants right after
//	yes       | yes               | per field what decide says; new variants; publish what we left
//	yes       | gone or inactive  | what when_gone and when_inactive say, under the lifecycle ceiling
//	no        | no                | nothing
//
// Then the guards hold what is too much at once, approvals release what was approved, and the rest becomes requests.
func Compute(in Input) Result {
	result := Result{States: map[string]State{}}
	works := make([]*work, 0, len(in.Pairs))
	for _, pair := range in.Pairs {
		w := &work{pair: pair, rules: in.Rules, decided: in.Decided, brand: in.Brand}
		switch {
		case pair.Desired == nil:
			continue
		case pair.Current == nil:
			w.create()
		default:
			w.update()
		}
		works = append(works, w)
	}
	guard(in.Census, works)
	result.Unmatched, result.Approved = approve(in.Approvals, works)
	result.Approved = append(result.Approved, approveDecided(in.Decided, works)...)
	in.Decided.tellSources(works)
	for _, w := range works {
		if w.state != nil && w.state.ProductID != "" && !in.Census.LinksLost() {
			result.keep(w)
		}
	}
	return finish(in, result, works)
}

// finish makes the plan of what was worked out and held.
func finish(in Input, result Result, works []*work) Result {
	for _, w := range works {
		w.holdTogether("unit_multiplier", "minimum_order_quantity")
		w.holdTogether(preorderFields...)
	}
	result.Exceptions = append(result.Exceptions, held(in, works)...)
	p := Plan{
		Version: Version, Run: in.Run, Brand: in.Brand, BrandID: in.BrandID, Policy: cmp.Or(in.Rules.Policy, "full"), Complete: true,
		Summary: Summary{Changes: map[Kind]map[Action]int{}, Held: map[string]int{}, Accounting: Accounting{IgnoredBy: map[string]int64{}}},
		Changes: []Change{}, Requests: []Request{}, Touches: []Touch{},
	}
	p.Requests = append(p.Requests, requests(works)...)
	for _, w := range works {
		p.Changes = append(p.Changes, w.changes...)
		result.Exceptions = append(result.Exceptions, w.exceptions...)
		if w.pair.Current != nil && w.sends() {
			p.Touches = append(p.Touches, Touch{ProductID: w.pair.Current.FaireID, Key: w.pair.Key, Name: w.pair.Current.Name, UpdatedAt: w.pair.Current.UpdatedAt})
		}
	}
	sort.SliceStable(p.Changes, func(i, j int) bool { return before(p.Changes[i], p.Changes[j]) })
	for _, change := range p.Changes {
		p.Summary.count(change)
	}
	for _, request := range p.Requests {
		if request.FallbackOf == "" {
			p.Summary.Requests++
		}
	}
	p.Applyable = len(p.Requests) > 0
	result.Plan = p
	return result
}

// keep notes what to record of a product. Styles that share one (MATCH_MERGE) bring their own variants each, and the product is
// released when it is for all of them.
func (r *Result) keep(w *work) {
	known, shared := r.States[w.state.ProductID]
	if !shared {
		r.States[w.state.ProductID] = *w.state
		return
	}
	known.Released = known.Released && w.state.Released
	for _, v := range w.pair.Desired.Variants {
		if one, ok := w.state.Variants[v.FaireID]; ok {
			known.Variants[v.FaireID] = one
		}
	}
	r.States[w.state.ProductID] = known
}

func before(a, b Change) bool {
	return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.VariantKey, b.VariantKey), cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(firstField(a), firstField(b)), cmp.Compare(a.ID, b.ID)) < 0
}

func firstField(c Change) string {
	if len(c.Fields) == 0 {
		return ""
	}
	return c.Fields[0].Name
}

func (s *Summary) count(change Change) {
	if change.Held() {
		for _, code := range change.HeldBy {
			s.Held[code]++
		}
		s.HeldFields += len(change.Fields)
		return
	}
	if s.Changes[change.Kind] == nil {
		s.Changes[change.Kind] = map[Action]int{}
	}
	s.Changes[change.Kind][change.Action]++
}

// work is one product while it is being planned.
type work struct {
	pair       Pair
	rules      Rules
	decided    Decided
	left       bool // a person left a difference as Faire has it, which is no release of the product
	brand      string
	changes    []Change
	exceptions []check.Exception
	state      *State // what to record even if nothing is sent; nil: nothing
}

// holdTogether lets fields of the product go together or not at all: Faire refuses a minimum order that is no multiple of the case
// (contract §4), so one of them cannot go while the other waits.
func (w *work) holdTogether(names ...string) {
	codes := map[string]bool{}
	var pair []*Change
	for i := range w.changes {
		if c := &w.changes[i]; c.Action == Update && c.VariantKey == "" && slices.Contains(names, firstField(*c)) {
			pair = append(pair, c)
			for _, code := range c.HeldBy {
				codes[code] = true
			}
		}
	}
	for _, c := range pair {
		for code := range codes {
			c.hold(code)
		}
	}
}

// sends says whether any change of the product will be sent.
func (w *work) sends() bool {
	return slices.ContainsFunc(w.changes, func(c Change) bool { return !c.Held() && c.Action != None })
}

// add appends a change; blocks that concern it hold it.
func (w *work) add(change Change, extra ...string) {
	change.Key, change.Style, change.Name = w.pair.Key, w.pair.Desired.Style, w.pair.Desired.Name
	if w.pair.Current != nil {
		change.ProductID = w.pair.Current.FaireID
		if change.Name == "" {
			change.Name = w.pair.Current.Name
		}
	}
	held := map[string]bool{}
	for _, code := range extra {
		held[code] = true
	}
	for _, block := range w.pair.Blocks {
		if holds(block, change) {
			held[block.Code] = true
		}
	}
	for _, code := range change.HeldBy {
		held[code] = true
	}
	if held[CodeFirstLink] && w.decidedOurs(change) {
		delete(held, CodeFirstLink)
	}
	if !w.rules.allows(change) {
		held[codePolicy] = true
	}
	change.HeldBy = slices.Sorted(maps.Keys(held))
	w.changes = append(w.changes, change.identify())
}

// holds says whether an exception keeps a change from being sent: the smallest thing it concerns (design §4.7). A block that
// holds a product but names a variant holds that variant alone.
func holds(block Block, change Change) bool {
	same := block.VariantKey == change.VariantKey
	switch block.Holds {
	case check.HoldsProduct:
		return block.VariantKey == "" || same
	case check.HoldsVariant:
		return block.VariantKey != "" && same
	case check.HoldsGrouping:
		return change.VariantKey == "" || change.Action == Create
	case check.HoldsField:
		if change.Action == Create && change.Kind == KindVariant {
			return same && family(block.Field) == fieldPrice
		}
		if change.Action == Create && change.Kind == KindProduct {
			return false // create decides about taxonomy itself; other fields are left out
		}
		return same && slices.ContainsFunc(change.Fields, func(f Field) bool { return covers(block.Field, f.Name) })
	}
	return false
}

// blocked says whether a field of a product or variant (variantKey "") is blocked, for values that a create leaves out.
func (w *work) blocked(field, variantKey string) bool {
	return slices.ContainsFunc(w.pair.Blocks, func(b Block) bool {
		return b.Holds == check.HoldsField && b.VariantKey == variantKey && covers(b.Field, field)
	})
}

// except reports what only the comparison can see.
func (w *work) except(code, variantKey, sku, field, found, wanted string) {
	e := check.Exception{
		Code: code, EntityKey: w.pair.Key, ProductKey: w.pair.Key, VariantKey: variantKey, SKU: sku, Style: w.pair.Desired.Style,
		Name: w.pair.Desired.Name, Category: w.pair.Desired.Category, Field: field, Found: found, Wanted: wanted,
	}
	if variantKey != "" {
		e.EntityKey = variantKey
	}
	if w.pair.Current != nil {
		e.FaireID, e.Live = w.pair.Current.FaireID, w.pair.Current.Lifecycle == "PUBLISHED"
		if e.Name == "" {
			e.Name = w.pair.Current.Name
		}
	}
	e.Source, _ = splitKey(w.pair.Key)
	w.exceptions = append(w.exceptions, e.Identify(w.brand))
}
