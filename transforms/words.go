package transforms

import (
	"slices"
	"strings"
)

// fillers are words that stand in names of every kind and so tell none from another.
var fillers = []string{"a", "an", "and", "by", "for", "in", "of", "on", "or", "other", "s", "the", "to", "with"}

// nameWords are the words two names of the same thing have in common however they are written: folded, in the singular, each
// once and sorted, one per line; a letter that stands alone belongs to the word after it. It serves to find names worth comparing; similarity then says how alike they are.
func nameWords(text string) string {
	parts := slices.DeleteFunc(strings.Fields(fold(text)), func(word string) bool { return slices.Contains(fillers, word) })
	var words []string
	for i := 0; i < len(parts); i++ {
		word := parts[i]
		if len(word) == 1 && i+1 < len(parts) { // T-shirt and Tshirt are one word
			i++
			word += parts[i]
		}
		words = append(words, singular(word))
	}
	slices.Sort(words)
	return strings.Join(slices.Compact(words), "\n")
}

// singular takes an English plural ending off a word. What it makes need not be a word, only the same for both numbers.
func singular(word string) string {
	switch {
	case len(word) < 4:
		return word
	case strings.HasSuffix(word, "ies"):
		return word[:len(word)-3] + "y"
	case strings.HasSuffix(word, "sses"), strings.HasSuffix(word, "shes"), strings.HasSuffix(word, "ches"), strings.HasSuffix(word, "xes"):
		return word[:len(word)-2]
	case strings.HasSuffix(word, "s") && !strings.HasSuffix(word, "ss") && !strings.HasSuffix(word, "us"):
		return word[:len(word)-1]
	}
	return word
}
