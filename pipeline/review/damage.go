package review

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// What spreadsheets do to SKUs: they drop leading zeros, make 12E9 the number 1.20E+10, round past 15 digits, and take 1-2 and MAR1 for
// days. Such a value is never put right by itself, but the SKU it must have been can be named.

// skus are those of one side.
type skus struct {
	known   map[string]bool
	built   bool
	folded  map[string][]string // lower case: the SKUs
	numbers []numeral           // sorted by magnitude and digits
	days    map[string][]string // month and day, 03-01: SKUs a spreadsheet reads so
}

// numeral is a number as digits without zeros at either end, 0.DIGITS times ten to the power of magnitude.
type numeral struct {
	digits    string
	magnitude int
	sku       string
}

func newSKUs(list []string) *skus {
	s := &skus{known: make(map[string]bool, len(list))}
	for _, sku := range list {
		s.add(sku)
	}
	return s
}

func (s *skus) add(sku string) {
	if sku != "" && !s.known[sku] {
		s.known[sku] = true
		s.built = false
	}
}

// build indexes the SKUs by what may become of them; only the first doubtful value needs it.
func (s *skus) build() {
	if s.built {
		return
	}
	s.built = true
	s.folded, s.numbers, s.days = map[string][]string{}, nil, map[string][]string{}
	for sku := range s.known {
		s.folded[strings.ToLower(sku)] = append(s.folded[strings.ToLower(sku)], sku)
		if n, ok := parseNumeral(sku); ok {
			n.sku = sku
			s.numbers = append(s.numbers, n)
		}
		for _, day := range daysOf(sku) {
			s.days[day] = append(s.days[day], sku)
		}
	}
	slices.SortFunc(s.numbers, func(a, b numeral) int {
		return cmp.Or(cmp.Compare(a.magnitude, b.magnitude), strings.Compare(a.digits, b.digits), strings.Compare(a.sku, b.sku))
	})
}

// find gives the SKU that a value names. A value that came as a number and fits several SKUs is none of them.
func (s *skus) find(value string, number bool, side string) (string, error) {
	if s.known[value] && !number {
		return value, nil
	}
	s.build()
	like, what := s.meant(value)
	if s.known[value] && (what == "" || len(like) == 1) {
		return value, nil
	}
	switch {
	case what != "" && len(like) > 0:
		return "", refuse("%s is what a spreadsheet makes of %s (%s): format the cell as text and type the SKU again", clip(value), either(like), what)
	case what != "":
		return "", refuse("%s is no SKU %s but %s that a spreadsheet made of one: format the cell as text and type the SKU again", clip(value), side, what)
	}
	if same := slices.Sorted(slices.Values(s.folded[strings.ToLower(value)])); len(same) > 0 {
		return "", refuse("%q is no SKU %s, but %s is: case matters", clip(value), side, either(same))
	}
	return "", refuse("%q is no SKU %s that the last run saw", clip(value), side)
}

// meant are the SKUs a value may have been before a spreadsheet read it, and what it made of them; blank: it does not look like that.
func (s *skus) meant(value string) (like []string, what string) {
	if n, ok := parseNumeral(value); ok {
		what = "a number"
		at, _ := slices.BinarySearchFunc(s.numbers, n, func(a, b numeral) int {
			return cmp.Or(cmp.Compare(a.magnitude, b.magnitude), strings.Compare(a.digits, b.digits))
		})
		for ; at < len(s.numbers) && s.numbers[at].magnitude == n.magnitude && s.numbers[at].digits == n.digits; at++ {
			like = append(like, s.numbers[at].sku)
		}
		if len(like) == 0 && strings.ContainsAny(value, "eE") || len(n.digits) >= 15 && len(like) == 0 {
			like = s.rounded(n)
		}
		if len(like) == 0 && !strings.ContainsAny(value, "eE") {
			return nil, "" // any wrong SKU of digits
		}
		return like, what
	}
	for _, day := range daysOf(value) {
		like = append(like, s.days[day]...)
	}
	if len(like) == 0 && !dayFull.MatchString(value) {
		return nil, "" // any wrong SKU
	}
	slices.Sort(like)
	return slices.Compact(like), "a day"
}

// rounded are the SKUs that a number is, but for the digits that it has not got.
func (s *skus) rounded(n numeral) (like []string) {
	if n.digits == "" {
		return nil
	}
	below, above := n.digits, n.digits+"5"
	if last := n.digits[len(n.digits)-1]; last > '0' && !(len(n.digits) == 1 && last == '1') {
		below = n.digits[:len(n.digits)-1] + string(last-1) + "5"
	}
	at, _ := slices.BinarySearchFunc(s.numbers, numeral{digits: below, magnitude: n.magnitude}, func(a, b numeral) int {
		return cmp.Or(cmp.Compare(a.magnitude, b.magnitude), strings.Compare(a.digits, b.digits))
	})
	const most = 4
	for ; at < len(s.numbers) && s.numbers[at].magnitude == n.magnitude && s.numbers[at].digits < above && len(like) < most; at++ {
		like = append(like, s.numbers[at].sku)
	}
	return like
}

var numeralForm = regexp.MustCompile(`^(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$`)

// parseNumeral reads a text as a spreadsheet reads a number.
func parseNumeral(text string) (numeral, bool) {
	if text == "" || text[0] < '0' || text[0] > '9' {
		return numeral{}, false
	}
	m := numeralForm.FindStringSubmatch(text)
	if m == nil {
		return numeral{}, false
	}
	power := 0
	if m[3] != "" {
		power, _ = strconv.Atoi(m[3]) // at most three digits
	}
	digits := strings.TrimLeft(m[1]+m[2], "0")
	magnitude := power + len(m[1]) - (len(m[1]+m[2]) - len(digits))
	if digits = strings.TrimRight(digits, "0"); digits == "" {
		magnitude = 0
	}
	return numeral{digits: digits, magnitude: magnitude}, true
}

var (
	dayNumbers = regexp.MustCompile(`^(\d{1,2})[-/.](\d{1,2})(?:[-/.]\d{2,4})?$`)
	dayFull    = regexp.MustCompile(`^\d{4}-(\d{2}-\d{2})$`)
	dayNamed   = regexp.MustCompile(`^(\d{1,2})[-/ ]?([A-Za-z]{3,9})(?:[-/ ]\d{2,4})?$`)
	namedDay   = regexp.MustCompile(`^([A-Za-z]{3,9})[-/ ]?(\d{1,4})$`)
)

// daysOf are the days, as 03-01, that a spreadsheet may take a text for; it depends on the language it speaks.
func daysOf(text string) (days []string) {
	if len(text) < 3 || len(text) > 16 {
		return nil
	}
	add := func(month, day int) {
		if made := fmt.Sprintf("%02d-%02d", month, day); month >= 1 && month <= 12 && day >= 1 && day <= 31 && !slices.Contains(days, made) {
			days = append(days, made)
		}
	}
	number := func(text string) int { n, _ := strconv.Atoi(text); return n } // digits, at most four
	if m := dayFull.FindStringSubmatch(text); m != nil {
		return []string{m[1]}
	}
	if m := dayNumbers.FindStringSubmatch(text); m != nil {
		add(number(m[1]), number(m[2]))
		add(number(m[2]), number(m[1]))
		add(number(m[1]), 1) // 1-26 is January 2026
	}
	if m := dayNamed.FindStringSubmatch(text); m != nil {
		add(month(m[2]), number(m[1]))
	}
	if m := namedDay.FindStringSubmatch(text); m != nil {
		add(month(m[1]), number(m[2]))
		add(month(m[1]), 1)
	}
	return days
}

// damaged says what a spreadsheet made of a SKU that now reads shown; blank if that does not explain it.
func damaged(shown, sku string) string {
	if shown == "" || shown == sku {
		return ""
	}
	a, number := parseNumeral(shown)
	b, numeric := parseNumeral(sku)
	switch {
	case number && numeric && a == b && strings.ContainsAny(shown, "eE."):
		return "was made a number"
	case number && numeric && a == b:
		return "lost its leading zeros"
	case number && numeric && a.magnitude == b.magnitude && len(a.digits) < len(b.digits) && newSKUs([]string{sku}).rounds(a):
		return "was rounded"
	case slices.ContainsFunc(daysOf(shown), func(day string) bool { return slices.Contains(daysOf(sku), day) }):
		return "was made a day"
	}
	return ""
}

// rounds says whether a number is one of the SKUs but for digits it has not got.
func (s *skus) rounds(n numeral) bool {
	s.build()
	return len(s.rounded(n)) > 0
}

// either lists what may be meant.
func either(list []string) string {
	const most = 3
	shown := make([]string, 0, most)
	for _, one := range list[:min(most, len(list))] {
		shown = append(shown, clip(one))
	}
	if len(list) > most {
		return strings.Join(shown, ", ") + " or another"
	}
	return strings.Join(shown, " or ")
}
