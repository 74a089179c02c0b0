package sandbox

import (
	"cmp"
	"slices"
	"strings"

	"fairesync/pipeline/faire"
)

// Types is the taxonomy list the sandbox serves by default: about 3,000 entries in the style of Faire's own (contract §8), in order of
// name, then id. Six of them are real, with their real ids; every other one is invented, and Invented says which. Several ids may
// bear one name, for different audiences, as on Faire.
func Types() []faire.WireType {
	out := realTypes()
	for _, family := range families() {
		out = append(out, family.types()...)
	}
	slices.SortFunc(out, func(a, b faire.WireType) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID))
	})
	return slices.Compact(out)
}

// Invented reports whether a taxonomy id of Types() was made up by us. It is false for the six real ones and for any id that is not
// in that list.
func Invented(id string) bool {
	isID := func(entry faire.WireType) bool { return entry.ID == id }
	return !slices.ContainsFunc(realTypes(), isID) && slices.ContainsFunc(Types(), isID)
}

// realTypes are the only id and name pairs found in public material (contract §8).
func realTypes() []faire.WireType {
	return []faire.WireType{
		{ID: "tt_czw8pmzjrc", Name: "Bracelets"},
		{ID: "tt_az2kjm4b24", Name: "Bracelet"},
		{ID: "tt_a023mowsjv", Name: "Screen Printed T-Shirt - Women's"},
		{ID: "tt_7gm89uja9o", Name: "Stress Relief Ball/Dough"},
		{ID: "tt_c2suf3d431", Name: "Squishy Toy - Kids & Baby"},
		{ID: "tt_4fm0kw5igt", Name: "Chair"},
	}
}

// The audiences of contract §8. Those for everyone have no suffix, so that one name stands under several ids.
const (
	forAll    = "ALL_CUSTOMERS"
	forUnisex = "ADULT_UNISEX"
	forWomen  = "WOMEN"
	forMen    = "MEN"
	forKids   = "KIDS_AND_BABY"
)

func suffix(audience string) string {
	switch audience {
	case forWomen:
		return " - Women's"
	case forMen:
		return " - Men's"
	case forKids:
		return " - Kids & Baby"
	}
	return ""
}

// family is a word list: every kind with every thing for every audience.
type family struct {
	kinds     string // comma list; an empty entry is the thing by itself
	things    string // comma list
	audiences []string
}

func (f family) types() []faire.WireType {
	var out []faire.WireType
	for _, thing := range split(f.things) {
		for _, kind := range split(f.kinds) {
			name := strings.TrimSpace(kind + " " + thing)
			for _, audience := range f.audiences {
				if isReal(name, audience) {
					continue
				}
				out = append(out, faire.WireType{ID: "tt_" + base36(mix(hash(audience+"|"+name))), Name: name + suffix(audience)})
			}
		}
	}
	return out
}

// isReal keeps the invented list from giving a real entry a second id.
func isReal(name, audience string) bool {
	switch name {
	case "Bracelets", "Stress Relief Ball/Dough", "Chair":
		return audience == forAll
	case "Bracelet":
		return audience == forUnisex
	case "Screen Printed T-Shirt":
		return audience == forWomen
	case "Squishy Toy":
		return audience == forKids
	}
	return false
}

func split(list string) []string {
	parts := strings.Split(list, ",")
	for i := range parts {
		parts[i] = strings.Join(strings.Fields(parts[i]), " ")
	}
	return parts
}
