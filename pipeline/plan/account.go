package plan

import (
	"slices"
	"sort"

	"fairesync/pipeline/check"
)

// Verdict is what became of one source row (design §4.3).
type Verdict string

// The four parts of the accounting; they add up to the source rows.
const (
	RowUnchanged Verdict = "unchanged"
	RowPlanned   Verdict = "planned"
	RowHeld      Verdict = "held"
	RowIgnored   Verdict = "ignored"
)

// Account says what became of each row: a row is held if its create, match or price is held; else planned if a change carries
// it or its product; else unchanged; or ignored by a rule that is named.
type Account struct {
	heldVariants, heldProducts       map[string][]string // key: codes
	plannedVariants, plannedProducts map[string]bool
}

// NewAccount reads a plan and the blocks that came with its products.
func NewAccount(p Plan, blocks map[string][]Block) *Account {
	a := &Account{map[string][]string{}, map[string][]string{}, map[string]bool{}, map[string]bool{}}
	for _, c := range p.Changes {
		switch {
		case c.Held() && holdsRow(c):
			if c.VariantKey == "" {
				a.heldProducts[c.Key] = append(a.heldProducts[c.Key], c.HeldBy...)
			} else {
				a.heldVariants[c.VariantKey] = append(a.heldVariants[c.VariantKey], c.HeldBy...)
			}
		case c.Held():
		case c.VariantKey == "":
			a.plannedProducts[c.Key] = true
		default:
			a.plannedVariants[c.VariantKey] = true
		}
	}
	for _, list := range blocks {
		for _, b := range list {
			if b.VariantKey != "" && (b.Holds == check.HoldsVariant || b.Holds == check.HoldsProduct || b.Holds == check.HoldsField && family(b.Field) == fieldPrice && b.Code[:6] == "PRICE_" && !moves(b.Code)) {
				a.heldVariants[b.VariantKey] = append(a.heldVariants[b.VariantKey], b.Code)
			}
		}
	}
	return a
}

// moves are price codes about a difference: they hold a row only if the plan has the change they hold.
func moves(code string) bool { return code == codePriceMove || code == "PRICE_SCALE" }

func holdsRow(c Change) bool {
	return c.Action == Create && (c.Kind == KindProduct || c.Kind == KindVariant) || c.Kind == KindPrice || c.Kind == KindSKU
}

// Row gives the verdict on a row and the codes that explain it.
func (a *Account) Row(r Row) (Verdict, []string) {
	switch {
	case r.IgnoredBy != "":
		return RowIgnored, []string{r.IgnoredBy}
	case r.BlockedBy != "":
		return RowHeld, []string{r.BlockedBy}
	}
	if codes := append(slices.Clone(a.heldVariants[r.VariantKey]), a.heldProducts[r.ProductKey]...); len(codes) > 0 {
		sort.Strings(codes)
		return RowHeld, slices.Compact(codes)
	}
	if a.plannedVariants[r.VariantKey] || a.plannedProducts[r.ProductKey] {
		return RowPlanned, nil
	}
	return RowUnchanged, nil
}

// Add counts a row.
func (s *Accounting) Add(v Verdict, codes []string) {
	s.SourceRows++
	switch v {
	case RowIgnored:
		s.Ignored++
		if s.IgnoredBy == nil {
			s.IgnoredBy = map[string]int64{}
		}
		s.IgnoredBy[codes[0]]++
	case RowHeld:
		s.Held++
	case RowPlanned:
		s.Planned++
	default:
		s.Unchanged++
	}
}
