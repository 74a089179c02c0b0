package plan

import (
	"slices"
	"strings"
)

// Decided is what people decided about differences: part of Input. The words say where a decision stands, for the plan's readers.
type Decided struct {
	Owners   map[OwnerKey]OwnerWords      // whose value a field of one product is; beats the configured policy, but for exclude
	Approved map[string]map[string]string // group: change id: words
	Sources  map[[3]string]string         // product key, variant key ("" for the product), field: where a desired value comes from
}

// OwnerKey is a field of one product. Variants go with their product: price stands for all amounts.
type OwnerKey struct{ Product, Field string }

// OwnerWords is whose a field is, and where that was decided.
type OwnerWords struct {
	Ours  bool
	Words string
}

// whose says whose value a field of this product is: by decision, else by policy.
func (w *work) whose(field string, created bool) owner {
	standing := w.rules.whose(field, created)
	decided, ok := w.ownerOf(field)
	switch {
	case !ok || standing == excluded:
		return standing
	case decided.Ours:
		return ours
	}
	return theirs
}

func (w *work) ownerOf(field string) (OwnerWords, bool) {
	decided, ok := w.decided.Owners[OwnerKey{w.pair.Key, family(field)}]
	return decided, ok
}

// decidedOurs says whether a person gave every field of a change to the source: then the first link does not hold it.
func (w *work) decidedOurs(c Change) bool {
	return len(c.Fields) > 0 && !slices.ContainsFunc(c.Fields, func(f Field) bool {
		decided, ok := w.ownerOf(f.Name)
		return !ok || !decided.Ours
	})
}

// approveDecided takes off the holds of the changes that an approval in the workbook names: these, with the same before and after, and
// nothing more (design §5).
func approveDecided(decided Decided, works []*work) (approved []Approved) {
	each(works, func(w *work, c *Change) {
		c.HeldBy = slices.DeleteFunc(c.HeldBy, func(code string) bool {
			words, named := decided.Approved[Group(code, *c)][c.ID]
			if !named {
				return false
			}
			approved = append(approved, Approved{Code: code, Key: c.Key, VariantKey: c.VariantKey})
			c.ApprovedBy = words
			if code != CodeFirstLink {
				w.release(code, *c)
			}
			return true
		})
	})
	each(works, func(w *work, c *Change) { // who approved the names has not released the prices
		if c.ApprovedBy != "" && !w.heldByFirstLink() {
			w.release(CodeFirstLink, *c)
		}
	})
	return approved
}

// tellSources says of each field whose value a person decided where that stands.
func (d Decided) tellSources(works []*work) {
	if len(d.Sources) == 0 && len(d.Owners) == 0 {
		return
	}
	each(works, func(w *work, c *Change) {
		for i, f := range c.Fields {
			name, _, _ := strings.Cut(f.Name, "].")
			if name != f.Name {
				name += "]"
			}
			words := d.Sources[[3]string{c.Key, c.VariantKey, name}]
			if owner, ok := w.ownerOf(f.Name); words == "" && ok && owner.Ours {
				words = "ours " + owner.Words
			}
			c.Fields[i].By = words
		}
	})
}
