package plan

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/check"
)

// Limits of the guards (design §4.1, §5).
const (
	liveFloor      = 10 // products on Faire below which a collapse of matches is not judged
	matchedPercent = 50 // fewer live products matched than this: creates are held
	createsFloor   = 10 // more creates than this, while
	vanishPercent  = 30 // more than this share of the links vanishes: creates are held
	massFloor      = 10 // managed products below which a mass change of one field is not judged
	massPercent    = 30
	downFloor      = 10 // more items than this, and
	downPercent    = 10 // more than this share of the managed products goes down
	linksFloor     = 10 // links below which their loss is not judged
	linksPercent   = 10
	emptyFloor     = 10 // tracked variants below which a fall to 0 is not judged
	emptyPercent   = 30
)

// CodeFirstLink holds what differs when our keys first meet a product that we did not make (design §4.2).
const CodeFirstLink = "GUARD_FIRST_LINK"

const (
	codeCollapsed = "GUARD_MATCH_COLLAPSED"
	codeLifecycle = "GUARD_LIFECYCLE"
	codeFieldMass = "GUARD_FIELD_MASS"
	codeLinksLost = "GUARD_LINKS_LOST"
	codeStockZero = "GUARD_STOCK_ZERO"
	codeUndone    = "GUARD_UNDONE"
	codePriceMove = "PRICE_MOVE"
)

// LinksLost says whether so many links are gone that the token must be another account's: everything is held, nothing is
// recorded, and no approval releases it.
func (c Census) LinksLost() bool {
	return c.LinkedProducts >= linksFloor && c.LinksGone*100 > c.LinkedProducts*linksPercent
}

// guard holds groups of changes that are too many at once.
func guard(census Census, works []*work) {
	creates := 0
	down := map[string]bool{}
	mass := map[string]map[string]bool{}
	emptied := 0
	each(works, func(w *work, c *Change) {
		switch {
		case w.emptied(*c):
			emptied++
		case c.Action == Create && c.Kind == KindProduct:
			creates++
		case goesDown(*c):
			down[c.Key] = true
		case c.Action == Update && c.Reason != ReasonFirstLink && c.Kind != KindInventory && c.Kind != KindLifecycle && !c.Held():
			for _, f := range c.Fields {
				name := family(f.Name)
				if mass[name] == nil {
					mass[name] = map[string]bool{}
				}
				mass[name][c.Key] = true
			}
		}
	})
	collapsed := census.LiveProducts >= liveFloor && census.MatchedProducts*100 < census.LiveProducts*matchedPercent ||
		creates > createsFloor && census.LinksVanished*100 > census.LinkedProducts*vanishPercent
	tooManyDown := len(down) > downFloor && len(down)*100 > census.Managed*downPercent
	tooManyEmpty := census.Tracked >= emptyFloor && emptied*100 > census.Tracked*emptyPercent
	lost := census.LinksLost()
	each(works, func(w *work, c *Change) {
		if lost {
			c.hold(codeLinksLost)
		}
		switch {
		case c.Action == Create && collapsed:
			c.hold(codeCollapsed)
		case goesDown(*c) && tooManyDown:
			c.hold(codeLifecycle)
		case tooManyEmpty && w.emptied(*c):
			c.hold(codeStockZero)
		case c.Action == Update && c.Reason != ReasonFirstLink && len(c.Fields) > 0 && census.Managed >= massFloor:
			if len(mass[family(c.Fields[0].Name)])*100 > census.Managed*massPercent {
				c.hold(codeFieldMass)
			}
		}
	})
}

// goesDown says whether a change takes a product off Faire's shop, or a variant off sale.
func goesDown(c Change) bool { return c.Kind == KindLifecycle && c.Action == Update && !goesUp(c) }

func goesUp(c Change) bool { return c.Fields[0].After == string(catalog.Published) }

func each(works []*work, visit func(*work, *Change)) {
	for _, w := range works {
		for i := range w.changes {
			visit(w, &w.changes[i])
		}
	}
}

func (c *Change) hold(code string) {
	if !slices.Contains(c.HeldBy, code) {
		c.HeldBy = append(c.HeldBy, code)
		slices.Sort(c.HeldBy)
	}
}

// Group is the name an approval uses for a hold of a change; "" when no approval can release it.
func Group(code string, c Change) string {
	switch code {
	case CodeFirstLink:
		return "first_link"
	case codeCollapsed:
		return "creates"
	case codeLifecycle:
		return "lifecycle"
	case codeStockZero:
		return "stock_zero"
	case codeUndone:
		return "undone"
	case codeFieldMass:
		return family(firstField(c))
	case codePriceMove:
		return "price_move"
	case "PRICE_SCALE":
		return "price_scale"
	}
	return ""
}

// IsGuard says whether a code is one of the guards and ceilings that hold what is too much at once, or too far, rather than a
// mistake in the data.
func IsGuard(code string) bool {
	return strings.HasPrefix(code, "GUARD_") || code == codePriceMove || code == "PRICE_SCALE"
}

// approve takes off the holds whose group was approved with exactly the count held now, and returns the approvals that did
// not fit, with the true count, and the holds it took off. It releases what is planned now and nothing more (design §5).
func approve(approvals map[string]int, works []*work) (unmatched map[string]int, approved []Approved) {
	counts := map[string]int{}
	each(works, func(_ *work, c *Change) {
		for _, code := range c.HeldBy {
			counts[Group(code, *c)]++
		}
	})
	unmatched = map[string]int{}
	for group, count := range approvals {
		if counts[group] != count || count == 0 {
			unmatched[group] = counts[group]
		}
	}
	each(works, func(w *work, c *Change) {
		c.HeldBy = slices.DeleteFunc(c.HeldBy, func(code string) bool {
			group := Group(code, *c)
			_, wanted := approvals[group]
			_, bad := unmatched[group]
			if group == "" || !wanted || bad {
				return false
			}
			approved = append(approved, Approved{Code: code, Key: c.Key, VariantKey: c.VariantKey})
			w.release(code, *c)
			return true
		})
	})
	return unmatched, approved
}

// release notes what an approval settles for the runs to come.
func (w *work) release(code string, c Change) {
	switch {
	case w.state == nil:
	case code == CodeFirstLink:
		w.state.Released = true
	case code == codeUndone:
		pinned := w.state.Undone
		if c.VariantID != "" {
			pinned = w.state.Variants[c.VariantID].Undone
		}
		for _, f := range c.Fields {
			delete(pinned, f.Name)
		}
	}
}

// held reports what the guards still hold: the first link per product, the others once for the brand.
func held(in Input, works []*work) []check.Exception {
	counts := map[string]int{}
	var list []check.Exception
	for _, w := range works {
		fields := map[string]bool{}
		for _, c := range w.changes {
			for _, code := range c.HeldBy {
				switch code {
				case CodeFirstLink:
					for _, f := range c.Fields {
						fields[f.Name] = true
					}
				case codeCollapsed, codeLifecycle, codeLinksLost, codeStockZero, codeUndone, codePolicy:
					counts[code]++
				case codeFieldMass:
					counts[code+" "+Group(code, c)]++
				}
			}
		}
		if len(fields) > 0 {
			names := slices.Sorted(maps.Keys(fields))
			w.except(CodeFirstLink, "", "", "", strings.Join(names, ", "), "a release of what differs")
		}
	}
	for name, count := range counts {
		code, field, _ := strings.Cut(name, " ")
		list = append(list, check.Exception{Code: code, EntityKey: in.Brand, Field: field,
			Found: changesHeld(count), Wanted: guardWanted(code, in)}.Identify(in.Brand))
	}
	sort.Slice(list, func(i, j int) bool { return list[i].ID < list[j].ID })
	return list
}

func changesHeld(count int) string {
	if count == 1 {
		return "1 change"
	}
	return fmt.Sprintf("%d changes", count)
}

func guardWanted(code string, in Input) string {
	c := in.Census
	switch code {
	case codeStockZero:
		return fmt.Sprintf("at most %d %% of %d tracked variants falling to 0", emptyPercent, c.Tracked)
	case codeUndone:
		return "another value in the source, or a release"
	case codePolicy:
		return "policy " + in.Rules.Policy
	case codeCollapsed:
		return fmt.Sprintf("%d of %d live products match, %d of %d links vanished", c.MatchedProducts, c.LiveProducts, c.LinksVanished, c.LinkedProducts)
	case codeLinksLost:
		return fmt.Sprintf("%d of %d linked products are not in this account", c.LinksGone, c.LinkedProducts)
	case codeLifecycle:
		return fmt.Sprintf("at most %d, or %d %% of %d products", downFloor, downPercent, c.Managed)
	default:
		return fmt.Sprintf("at most %d %% of %d products", massPercent, c.Managed)
	}
}
