package report

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"fairesync/pipeline/check"
)

// cause is some exceptions with one code in one category, or, where the source has no categories, of one style.
type cause struct {
	code     check.Code
	group    string
	n        int
	live     int
	new      int
	styles   map[string]bool
	examples []string // the first three styles or SKUs
}

// causes adds exceptions up: live ones first, then the commonest. Infos come last whatever they count.
func causes(d *data) []*cause {
	type key struct{ code, group string }
	index := map[key]*cause{}
	var list []*cause
	for _, e := range d.exceptions {
		k := key{e.Code, cmp.Or(e.Category, e.Style)}
		c := index[k]
		if c == nil {
			code, ok := check.Lookup(e.Code)
			if !ok {
				code = check.Code{Name: e.Code, Severity: e.Severity}
			}
			c = &cause{code: code, group: k.group, styles: map[string]bool{}}
			index[k] = c
			list = append(list, c)
		}
		c.n++
		if e.Live {
			c.live++
		}
		if e.FirstSeen != "" && e.FirstSeen == d.Summary.Run {
			c.new++
		}
		if e.Style != "" {
			c.styles[e.Style] = true
		}
		example := cmp.Or(e.SKU, e.Style, e.EntityKey)
		if len(c.examples) < 3 && example != "" && !slices.Contains(c.examples, example) {
			c.examples = append(c.examples, example)
		}
	}
	slices.SortFunc(list, func(a, b *cause) int {
		return cmp.Or(
			cmp.Compare(isInfo(a), isInfo(b)), cmp.Compare(b.live, a.live), cmp.Compare(b.n, a.n),
			cmp.Compare(severityRank(a.code.Name), severityRank(b.code.Name)),
			strings.Compare(a.code.Name, b.code.Name), strings.Compare(a.group, b.group))
	})
	return list
}

func isInfo(c *cause) int {
	if c.code.Severity == check.Info {
		return 1
	}
	return 0
}

func causeRows(d *data) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for _, c := range causes(d) {
			if !yield([]any{
				string(c.code.Severity), d.codeLink(c.code.Name), c.code.Title, c.group, c.n, c.live, c.new, len(c.styles),
				strings.Join(c.examples, ", "), c.code.Hint, c.code.Holds.Words(),
			}) {
				return
			}
		}
	}
}
