package files

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// variant is one entry of a parent's list: sku=MH01-XS-Black,size=XS,color=Black.
type variant struct {
	sku   string
	pairs []pair // without the SKU, in the order given
}

type pair struct{ name, value string }

// value returns the value of an option, blank when the entry lacks it.
func (v variant) value(name string) string {
	for _, p := range v.pairs {
		if p.name == name {
			return p.value
		}
	}
	return ""
}

// parseVariants reads a list of variants. bad is the first piece that names no SKU.
//
// The format has no escape, so a comma ends a value only where another name= follows: "sku=A,fit=Slim, tapered,size=S".
func parseVariants(text string) (list []variant, bad string) {
	for _, piece := range strings.FieldsFunc(text, func(r rune) bool { return r == '|' || r == '\n' || r == '\r' }) {
		if isBlank(piece) {
			continue
		}
		var v variant
		for _, p := range parsePairs(piece) {
			switch {
			case p.name == "sku" && v.sku == "":
				v.sku = p.value
			case p.value != "" && v.value(p.name) == "":
				v.pairs = append(v.pairs, p)
			}
		}
		switch {
		case v.sku != "":
			list = append(list, v)
		case bad == "":
			bad = strings.TrimSpace(piece)
		}
	}
	return list, bad
}

// parsePairs splits name=value,name=value; names are folded to lower case.
func parsePairs(text string) []pair {
	var pairs []pair
	from := 0
	for at := 0; at <= len(text); at++ {
		if at < len(text) && (text[at] != ',' || pairName(text[at+1:]) == "") {
			continue
		}
		piece := text[from:at]
		from = at + 1
		if name := pairName(piece); name != "" {
			_, value, _ := strings.Cut(piece, "=")
			pairs = append(pairs, pair{strings.ToLower(name), strings.TrimSpace(value)})
		}
	}
	return pairs
}

// pairName is the name at the start of a name=value, blank when the text does not start so.
func pairName(text string) string {
	name, _, ok := strings.Cut(text, "=")
	if name = strings.TrimSpace(name); !ok || name == "" {
		return ""
	}
	if strings.ContainsFunc(name, func(r rune) bool { return r != '_' && r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		return ""
	}
	return name
}

// axisNames are the options of a list in the order they are delivered: as given, but colour before size.
func axisNames(list []variant) []string {
	var names []string
	for _, v := range list {
		for _, p := range v.pairs {
			if !slices.Contains(names, p.name) {
				names = append(names, p.name)
			}
		}
	}
	size := slices.Index(names, "size")
	color := slices.IndexFunc(names, func(name string) bool { return name == "color" || name == "colour" })
	if size >= 0 && color > size {
		name := names[color]
		names = slices.Insert(slices.Delete(names, color, color+1), size, name)
	}
	return names
}

// titleCase makes a label of an attribute code: shoe_size becomes Shoe Size.
func titleCase(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return r == '_' || r == '-' || unicode.IsSpace(r) })
	for i, w := range words {
		r, size := utf8.DecodeRuneInString(w)
		words[i] = string(unicode.ToUpper(r)) + w[size:]
	}
	return strings.Join(words, " ")
}
