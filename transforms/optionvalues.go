package transforms

import (
	"slices"
	"strings"
)

// value is an option value to compare.
type value struct {
	folded, joined string
	size           int64
}

func valueOf(text string) value {
	folded := fold(text)
	place, _ := sizeRank(text)
	return value{folded: folded, joined: strings.ReplaceAll(folded, " ", ""), size: place}
}

// valueCredit says how much two option values have in common.
func valueCredit(a, b value) int {
	switch {
	case a.joined == b.joined:
		return creditEqual
	case a.size != 0 && b.size != 0:
		if a.size == b.size {
			return creditEqual
		}
		return 0
	case a.size != 0 || b.size != 0:
		return 0
	case within(a.folded, b.folded) || within(b.folded, a.folded):
		return creditWithin
	case abbreviates(a.joined, b.joined):
		return creditShort
	case min(len(a.joined), len(b.joined)) >= 4 && oneSlip(a.joined, b.joined):
		return creditJoined
	}
	return creditOther
}

// otherSize is the most that two variants agree which have different sizes, however much else is equal.
const otherSize = 30

// within says whether a text has the words of another, in a row.
func within(text, words string) bool {
	return words != "" && strings.Contains(" "+text+" ", " "+words+" ")
}

// valuesAlike says how far the option values of two variants agree, 0 to 100, whatever their axes are called; -1 if one has none.
func valuesAlike(ours, theirs string) int64 {
	var a, b []value
	for text := range strings.SplitSeq(ours, "\n") {
		if v := valueOf(text); v.folded != "" {
			a = append(a, v)
		}
	}
	for text := range strings.SplitSeq(theirs, "\n") {
		if v := valueOf(text); v.folded != "" {
			b = append(b, v)
		}
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) == 0 {
		return -1
	}
	all, most := 0, creditEqual
	for _, one := range a {
		best, at := -1, 0
		for i, other := range b {
			if credit := valueCredit(one, other); credit > best {
				best, at = credit, i
			}
		}
		if one.size != 0 && b[at].size != 0 && one.size != b[at].size {
			most = otherSize
		}
		b = slices.Delete(b, at, at+1)
		all += best
	}
	return int64(min(most, all/len(a)))
}

func valuesAlikeCall(args []any) (any, error) {
	if score := valuesAlike(args[0].(string), args[1].(string)); score >= 0 {
		return score, nil
	}
	return nil, nil
}

// valuesSaid says how many of a variant's option values a name holds, 0 to 100; -1 if none: then it speaks of no variant.
func valuesSaid(values, name string) int64 {
	words := strings.Fields(fold(possessive.Replace(name)))
	sizes := sizesIn(words)
	said, all := 0, 0
	for text := range strings.SplitSeq(values, "\n") {
		v := valueOf(text)
		switch {
		case v.folded == "":
			continue
		case v.size != 0 && slices.Contains(sizes, v.size), v.size == 0 && within(strings.Join(words, " "), v.folded):
			said++
		}
		all++
	}
	if said == 0 {
		return -1
	}
	return int64(100 * said / all)
}

// possessive endings: Women's is no size S.
var possessive = strings.NewReplacer("'s", "", "’s", "", "'S", "", "’S", "")

// sizesIn are the sizes among words; X Small is one, not Small.
func sizesIn(words []string) []int64 {
	var sizes []int64
	for at := 0; at < len(words); {
		taken := 1
		for count := min(2, len(words)-at); count > 0; count-- {
			if place, ok := sizeRank(strings.Join(words[at:at+count], " ")); ok {
				sizes, taken = append(sizes, place), count
				break
			}
		}
		at += taken
	}
	return sizes
}

func valuesSaidCall(args []any) (any, error) {
	if score := valuesSaid(args[0].(string), args[1].(string)); score >= 0 {
		return score, nil
	}
	return nil, nil
}
