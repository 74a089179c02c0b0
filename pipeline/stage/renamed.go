package stage

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// rename is a column that may be another under a new name.
type rename struct{ from, to string }

// alikeEnough is from where on two names may be one column's: half of their pairs of letters.
const alikeEnough = 0.5

// renamed pairs columns that are gone with new ones that read like them, or that stand between the same neighbours. Each is in one
// pair at most; the likeliest pairs are made first.
func renamed(before, now, gone, fresh []string) []rename {
	type candidate struct {
		rename
		likeness float64
	}
	var candidates []candidate
	for _, from := range gone {
		for _, to := range fresh {
			likeness := alike(from, to)
			if beforeLeft, beforeRight := neighbours(before, from); likeness < 1 {
				if left, right := neighbours(now, to); left == beforeLeft && right == beforeRight {
					likeness = max(likeness, alikeEnough) + 0.25
				}
			}
			if likeness >= alikeEnough {
				candidates = append(candidates, candidate{rename{from, to}, likeness})
			}
		}
	}
	slices.SortStableFunc(candidates, func(a, b candidate) int { return cmp.Compare(b.likeness, a.likeness) })
	var pairs []rename
	used := map[string]bool{}
	for _, c := range candidates {
		if !used["-"+c.from] && !used["+"+c.to] {
			used["-"+c.from], used["+"+c.to] = true, true
			pairs = append(pairs, c.rename)
		}
	}
	slices.SortFunc(pairs, func(a, b rename) int { return cmp.Compare(slices.Index(before, a.from), slices.Index(before, b.from)) })
	return pairs
}

// neighbours are the columns beside a column; blank at the edges.
func neighbours(columns []string, column string) (left, right string) {
	at := slices.Index(columns, column)
	if at > 0 {
		left = columns[at-1]
	}
	if at+1 < len(columns) {
		right = columns[at+1]
	}
	return left, right
}

// alike is how alike two column names read, from 0 to 1, which stands for equal but for case, spaces and punctuation: twice their
// common pairs of letters by all their pairs.
func alike(a, b string) float64 {
	x, y := letters(a), letters(b)
	if len(x) < 2 || len(y) < 2 {
		return 0
	}
	pairs := map[string]int{}
	for i := range len(x) - 1 {
		pairs[x[i:i+2]]++
	}
	common := 0
	for i := range len(y) - 1 {
		if pairs[y[i:i+2]] > 0 {
			pairs[y[i:i+2]]--
			common++
		}
	}
	return float64(2*common) / float64(len(x)+len(y)-2)
}

// letters are the letters and digits of a name, in lower case.
func letters(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}
