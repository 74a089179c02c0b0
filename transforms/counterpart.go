package transforms

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// What is credited, in hundredths, where two parts of SKUs or two values of options say the same in other letters.
const (
	creditEqual  = 100
	creditShort  = 80 // BLK and Black
	creditWithin = 70 // Grey and Heather Grey
	creditJoined = 60 // US in USHP: one begins or ends with the other
	creditTypo   = 40 // 4401 and 4410
	creditOther  = 20 // Black and Jet: words may mean the same
)

// part is a run of letters or digits of a SKU, or a size written with both.
type part struct {
	text   string // upper case, without zeros in front
	raw    string // with them
	size   int64  // where it stands among sizes that are written with letters; 0: it is none
	digits bool
	used   bool
}

// weight is how much a part tells: style numbers more than sizes, and letters more the more there are.
func (p part) weight() int {
	if p.digits {
		return 2 + min(len(p.raw), 6)
	}
	return max(2, min(len(p.text), 6))
}

// skuParts takes a SKU, or option values one per line, apart where the kind of character changes. Each part is a line: the part, and
// the place of the size it is, if it is one; read by readParts, so that a SKU that is compared often is taken apart once.
func skuParts(sku string) string {
	var lines []string
	add := func(text string) {
		if place := letterSizeOf(text); place != 0 {
			text += " " + strconv.FormatInt(place, 10)
		}
		lines = append(lines, text)
	}
	chunks := strings.FieldsFunc(strings.ToUpper(sku), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, chunk := range chunks {
		if next := i + 1; next < len(chunks) && strings.Trim(chunk, "X") == "" && letterSizeOf(chunk+chunks[next]) != 0 { // X-Small
			chunks[next] = chunk + chunks[next]
			continue
		}
		if letterSizeOf(chunk) != 0 { // 2XL
			add(chunk)
			continue
		}
		for from := 0; from < len(chunk); {
			to := from + 1
			for to < len(chunk) && digit(chunk[to]) == digit(chunk[from]) {
				to++
			}
			add(chunk[from:to])
			from = to
		}
	}
	return strings.Join(lines, "\n")
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// readParts reads what skuParts made.
func readParts(lines string) []part {
	if lines == "" {
		return nil
	}
	parts := make([]part, 0, 8)
	for line := range strings.SplitSeq(lines, "\n") {
		raw, size, _ := strings.Cut(line, " ")
		if raw == "" {
			continue
		}
		p := part{text: raw, raw: raw, digits: digit(raw[0]) && digit(raw[len(raw)-1])}
		if p.digits {
			p.text = cmp.Or(strings.TrimLeft(raw, "0"), "0")
		}
		if size != "" {
			p.size, _ = strconv.ParseInt(size, 10, 64) // skuParts wrote it
		}
		parts = append(parts, p)
	}
	return parts
}

// sizesInSKUs are what follows numbers and X in the sizes that SKUs bear. Words that are none are told by it at once.
var sizesInSKUs = map[string]bool{"": true, "S": true, "SM": true, "SML": true, "SMALL": true, "M": true, "MD": true, "MED": true, "MEDIUM": true,
	"L": true, "LG": true, "LRG": true, "LGE": true, "LARGE": true, "T": true, "Y": true, "YR": true, "MO": true, "MOS": true, "OS": true, "OSFA": true, "OSFM": true,
	"ONESIZE": true, "NB": true}

// letterSizeOf is the place of a size that letters tell, such as SM, 2XL or OS; 0 for numbers and everything else.
func letterSizeOf(text string) int64 {
	rest := strings.TrimLeft(text, "0123456789X")
	if !sizesInSKUs[rest] || rest == "" && (!strings.HasSuffix(text, "X") || digit(text[0]) && len(text) > 2) {
		return 0
	}
	place, ok := sizeRank(text)
	if band := place / 1e16; !ok || band > bandLetter {
		return 0
	}
	return place
}

// partCredit says how much two parts have in common.
func partCredit(a, b part) int {
	switch {
	case a.text == b.text:
		return creditEqual
	case a.size != 0 && b.size != 0:
		if a.size == b.size {
			return creditEqual
		}
		return 0
	case a.digits != b.digits || a.size != 0 || b.size != 0:
		return 0
	case a.digits:
		if short, long := shorter(a.raw, b.raw); len(short) >= 3 && (strings.HasSuffix(long, short) || strings.HasPrefix(long, short)) {
			return creditShort
		}
		if min(len(a.raw), len(b.raw)) >= 3 && oneSlip(a.raw, b.raw) {
			return creditTypo
		}
		return 0
	case abbreviates(a.text, b.text):
		return creditShort
	case len(a.text) == 1 || len(b.text) == 1:
		if a.text[0] == b.text[0] { // B for Black: little, but other colours have less
			return creditTypo
		}
		return 0
	}
	if short, long := shorter(a.text, b.text); len(short) >= 2 && (strings.HasSuffix(long, short) || strings.HasPrefix(long, short)) {
		return creditJoined
	}
	if (min(len(a.text), len(b.text)) >= 4 || sameLetters(a.text, b.text)) && oneSlip(a.text, b.text) {
		return creditTypo
	}
	return 0
}

// sameLetters says whether two words are made of the same letters. Of three letters one that is wrong makes another colour of it.
func sameLetters(a, b string) bool {
	x, y := []byte(a), []byte(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

func shorter(a, b string) (short, long string) {
	if len(a) > len(b) {
		return b, a
	}
	return a, b
}

// abbreviates says whether one word is short for the other: it begins like it, has its letters in their order, and leaves some out.
func abbreviates(a, b string) bool {
	short, long := shorter(a, b)
	if len(short) < 2 || len(short) == len(long) || short[0] != long[0] {
		return false
	}
	at := 0
	for i := 0; i < len(long) && at < len(short); i++ {
		if long[i] == short[at] {
			at++
		}
	}
	return at == len(short)
}

// oneSlip says whether one character too many, too few or wrong, or two that changed places, tell two words apart.
func oneSlip(a, b string) bool {
	a, b = shorter(a, b)
	from := 0
	for from < len(a) && a[from] == b[from] {
		from++
	}
	x, y := a[from:], b[from:]
	switch {
	case len(b)-len(a) == 1:
		return x == y[1:]
	case len(a) != len(b) || x == "":
		return false
	}
	return x[1:] == y[1:] || len(x) > 1 && x[0] == y[1] && x[1] == y[0] && x[2:] == y[2:]
}

// skuAlike says how much two SKUs have in common, 0 to 100, however their parts are ordered, parted and spelled. A part of theirs
// that says one of our option values counts as said by ours, which has a code in its place; one that is a word of our name counts as
// said too; what stands in front of or behind all that is common (a season, a warehouse) counts half. All four are as skuParts makes them.
func skuAlike(theirs, ours, values, name string) int64 {
	a, b := readParts(theirs), readParts(ours)
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	got := pairUp(a, b, creditEqual)
	a, b = unglue(a, b), unglue(b, a) // before BLACKSM counts as a way to say BLK
	got += pairUp(a, b, 1)
	got += bySaying(a, b, readParts(values))
	got += byName(a, readParts(name))
	all := 0
	for n, side := range [][]part{a, b} {
		first := slices.IndexFunc(side, func(p part) bool { return p.used })
		last := first
		for i, p := range side {
			if p.used {
				last = i
			}
		}
		for i, p := range side {
			before, after := i < first, i > last
			if n == 1 { // of ours only the letters of the house may have got lost
				before, after = before && !p.digits, false
			}
			if !p.used && p.size == 0 && (before || after) {
				all += 50 * p.weight()
			} else {
				all += 100 * p.weight()
			}
		}
	}
	return int64(min(100, 100*got/all))
}

// pairUp pairs parts one to one that have at least so much in common, the surest and heaviest first, and says what both sides are
// credited together.
func pairUp(a, b []part, least int) int {
	type pair struct{ i, j, credit int }
	var pairs []pair
	for i := range a {
		for j := range b {
			if a[i].used || b[j].used {
				continue
			}
			if credit := partCredit(a[i], b[j]); credit >= least {
				pairs = append(pairs, pair{i, j, credit})
			}
		}
	}
	slices.SortFunc(pairs, func(x, y pair) int {
		return cmp.Or(y.credit-x.credit, b[y.j].weight()-b[x.j].weight(), x.i-y.i, x.j-y.j)
	})
	got := 0
	for _, p := range pairs {
		if !a[p.i].used && !b[p.j].used {
			a[p.i].used, b[p.j].used = true, true
			got += p.credit * (a[p.i].weight() + b[p.j].weight())
		}
	}
	return got
}

// unglue takes a size off the end of words that have no separator in front of it, if the other SKU has that size: BLKSM is BLK and SM.
func unglue(parts, others []part) []part {
	for i, p := range parts {
		if p.used || p.digits || p.size != 0 {
			continue
		}
		for cut := max(1, len(p.text)-6); cut < len(p.text); cut++ { // the longest size it ends with: XS, not S
			size := letterSizeOf(p.text[cut:])
			if size == 0 {
				continue
			}
			if slices.ContainsFunc(others, func(o part) bool { return !o.used && o.size == size }) {
				rest, end := part{text: p.text[:cut], raw: p.text[:cut]}, part{text: p.text[cut:], raw: p.text[cut:], size: size}
				return slices.Replace(parts, i, i+1, rest, end)
			}
			break
		}
	}
	return parts
}

// saidBy is the place of the part, not yet used, that says the same as one, -1 if none does.
func saidBy(one part, parts []part) int {
	for i, p := range parts {
		if !p.used && !p.digits && partCredit(one, p) >= creditShort {
			return i
		}
	}
	return -1
}

// bySaying credits parts of theirs that say an option value of ours where our SKU has a code that says nothing to others, such as 01.
func bySaying(theirs, ours, values []part) int {
	got := 0
	for _, value := range values {
		said := saidBy(value, theirs)
		if said < 0 || value.digits {
			continue
		}
		theirs[said].used = true
		got += creditShort * theirs[said].weight()
		if code := slices.IndexFunc(ours, func(p part) bool { return !p.used }); code > 0 {
			ours[code].used = true
			got += creditShort * ours[code].weight()
		}
	}
	return got
}

// byName credits parts of theirs that are words of our name.
func byName(theirs, words []part) int {
	got := 0
	for i, p := range theirs {
		if !p.used && !p.digits && len(p.text) >= 3 && slices.ContainsFunc(words, func(word part) bool { return word.text == p.text }) {
			theirs[i].used = true
			got += creditEqual * p.weight()
		}
	}
	return got
}

func skuAlikeCall(args []any) (any, error) {
	return skuAlike(args[0].(string), args[1].(string), args[2].(string), args[3].(string)), nil
}
