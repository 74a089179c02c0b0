package review

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// AliasRow is one line of an alias CSV. Value and SKU are cleaned as those of a source are.
type AliasRow struct {
	Name  string // of the aliases, as alias.name in the configuration
	Value string // SKU on Faire
	SKU   string // in the WMS
	Row   int    // record in the file, the header is 1
}

// AliasFacts is what rows are judged against.
type AliasFacts struct {
	Name      string            // of the aliases that count; blank: any
	Decisions []Decision        // in force
	SKUs      map[string]bool   // in the WMS, as the last run saw them; nil: nobody knows
	Mangled   func(string) bool // whether a text is a number or code a spreadsheet has changed
	File      string            // for the place of decisions
	Digest    string            // of the file
	Reviewer  string
	At        time.Time
}

// alias makes a decision of a row.
func (f AliasFacts) alias(r AliasRow, action Action) Decision {
	d := Decision{Kind: Alias, Key: r.SKU, Action: action, Value: r.Value, Subject: r.SKU, Reviewer: f.Reviewer, At: f.At.UTC(), Workbook: f.Digest,
		Place: fmt.Sprintf("%s line %d", f.File, r.Row)}
	if action == Withdraw {
		d.Value = ""
	}
	return d
}

// judged is a row with what became of it.
func (f AliasFacts) judged(r AliasRow, action Action, verdict Verdict, why string) Judged {
	j := Judged{Answer: Answer{Action: string(action), Value: r.Value, Reviewer: f.Reviewer, Sheet: f.File, Row: r.Row}, Verdict: verdict, Why: why, Subject: r.SKU}
	if verdict == Accepted {
		j.Decisions = []Decision{f.alias(r, action)}
	}
	return j
}

// links are the aliases that decisions lay down: the value by SKU.
func (f AliasFacts) links() map[string]Decision {
	links := map[string]Decision{}
	for _, d := range f.Decisions {
		if d.Kind == Alias && d.Action == Link {
			links[d.Key] = d
		}
	}
	return links
}

// JudgeAliases says of every row whether it may become a decision, in the order of the file. A row is taken whole or not at all, and
// rows that contradict each other are none of them taken.
func JudgeAliases(rows []AliasRow, facts AliasFacts) []Judged {
	links := facts.links()
	takers := map[string]Decision{} // by value
	for _, d := range facts.Decisions {
		if d.Kind == Alias && d.Action == Link {
			takers[d.Value] = d
		}
	}
	var counted []AliasRow // rows that say something, to be compared with each other
	for _, r := range rows {
		if facts.broken(r) == "" {
			counted = append(counted, r)
		}
	}
	bySKU, byValue := map[string][]AliasRow{}, map[string][]AliasRow{}
	for _, r := range counted {
		bySKU[r.SKU], byValue[r.Value] = append(bySKU[r.SKU], r), append(byValue[r.Value], r)
	}
	loops := loops(counted, links)
	judged := make([]Judged, 0, len(rows))
	for _, r := range rows {
		verdict, why := Accepted, ""
		say := func(v Verdict, format string, args ...any) { verdict, why = v, fmt.Sprintf(format, args...) }
		held, isHeld := links[r.SKU]
		taker, isTaken := takers[r.Value]
		switch broken := facts.broken(r); {
		case broken != "":
			say(Invalid, "%s", broken)
		case others(bySKU[r.SKU], func(o AliasRow) bool { return o.Value != r.Value }) != "":
			say(Conflicting, "row %s gives %s another value; leave one of them", others(bySKU[r.SKU], func(o AliasRow) bool { return o.Value != r.Value }), r.SKU)
		case others(byValue[r.Value], func(o AliasRow) bool { return o.SKU != r.SKU }) != "":
			say(Conflicting, "row %s gives %s to another SKU; a value names one SKU", others(byValue[r.Value], func(o AliasRow) bool { return o.SKU != r.SKU }), r.Value)
		case bySKU[r.SKU][0].Row != r.Row:
			say(Duplicate, "row %d says the same", bySKU[r.SKU][0].Row)
		case isHeld && held.Value == r.Value:
			say(Known, "%s", held.Words())
		case isHeld:
			say(Conflicting, "%s is %s %s; to change that, withdraw it first (alias import --remove)", r.SKU, held.Value, held.Words())
		case isTaken:
			say(Conflicting, "%s is %s %s; a value names one SKU", r.Value, taker.Key, taker.Words())
		case facts.SKUs != nil && !facts.SKUs[r.SKU]:
			say(Unknown, "the last run saw no SKU %s in the WMS; mend wms_sku", r.SKU)
		case loops[r.SKU] != "":
			say(Invalid, "it goes round in a circle: %s", loops[r.SKU])
		case r.Value != r.SKU && facts.SKUs[r.Value]:
			say(Invalid, "%s is the SKU of another row of the WMS; a value must not be one", r.Value)
		}
		judged = append(judged, facts.judged(r, Link, verdict, why))
	}
	return judged
}

// broken says why a row cannot be an alias at all, whatever the others say.
func (f AliasFacts) broken(r AliasRow) string {
	switch {
	case f.Name != "" && r.Name != f.Name:
		return fmt.Sprintf("its alias_name is %q; the configuration takes those of %s", r.Name, f.Name)
	case r.Value == "":
		return "alias_value is blank"
	case r.SKU == "":
		return "wms_sku is blank"
	}
	for _, text := range []string{r.Value, r.SKU} {
		if f.Mangled != nil && f.Mangled(text) {
			return fmt.Sprintf("%s is what a spreadsheet made of a code; take it from the source again, as text", text)
		}
	}
	return ""
}

// others are the rows that are so, as words; blank if there are none.
func others(rows []AliasRow, so func(AliasRow) bool) string {
	var found []string
	for _, r := range rows {
		if so(r) {
			found = append(found, fmt.Sprint(r.Row))
		}
	}
	return strings.Join(found, ", ")
}

// loops are the circles that rows and decisions in force make together, as words, by each SKU in them.
func loops(rows []AliasRow, links map[string]Decision) map[string]string {
	next := map[string]string{}
	for sku, d := range links {
		next[sku] = d.Value
	}
	for _, r := range rows {
		next[r.SKU] = r.Value
	}
	found := map[string]string{}
	for start := range next {
		path := []string{start}
		for at := next[start]; at != ""; at = next[at] {
			path = append(path, at)
			if at == start && len(path) > 2 {
				found[start] = strings.Join(path, " → ")
			}
			if slices.Contains(path[:len(path)-1], at) {
				break
			}
		}
	}
	return found
}

// JudgeRemovals says of every row whether the alias it names can be withdrawn. A row without a value withdraws whatever its SKU has.
func JudgeRemovals(rows []AliasRow, facts AliasFacts) []Judged {
	links := facts.links()
	first := map[string]int{}
	judged := make([]Judged, 0, len(rows))
	for _, r := range rows {
		verdict, why := Accepted, ""
		held, isHeld := links[r.SKU]
		switch {
		case r.SKU == "":
			verdict, why = Invalid, "wms_sku is blank"
		case first[r.SKU] > 0:
			verdict, why = Duplicate, fmt.Sprintf("row %d says the same", first[r.SKU])
		case !isHeld:
			verdict, why = Unknown, fmt.Sprintf("no decision in force gives %s an alias", r.SKU)
		case r.Value != "" && r.Value != held.Value:
			verdict, why = Stale, fmt.Sprintf("%s is %s %s, not %s", r.SKU, held.Value, held.Words(), r.Value)
		default:
			first[r.SKU] = r.Row
		}
		judged = append(judged, facts.judged(r, Withdraw, verdict, why))
	}
	return judged
}

// StandingAlias is an alias that counts, with where it comes from.
type StandingAlias struct {
	Value  string
	SKU    string
	Origin string // decision or file
	Note   string // whose decision, when and where
}

// StandingAliases are the aliases in force by decision and those of the alias file that no decision replaces, sorted by SKU and value.
// Rows of the file that name another alias or say nothing are left out.
func StandingAliases(rows []AliasRow, facts AliasFacts) []StandingAlias {
	links := facts.links()
	var standing []StandingAlias
	for sku, d := range links {
		standing = append(standing, StandingAlias{Value: d.Value, SKU: sku, Origin: "decision", Note: d.Words()})
	}
	for _, r := range rows {
		if _, decided := links[r.SKU]; !decided && facts.broken(r) == "" {
			standing = append(standing, StandingAlias{Value: r.Value, SKU: r.SKU, Origin: "file"})
		}
	}
	slices.SortFunc(standing, func(a, b StandingAlias) int {
		return strings.Compare(a.SKU+"\x00"+a.Value+"\x00"+a.Origin, b.SKU+"\x00"+b.Value+"\x00"+b.Origin)
	})
	return slices.Compact(standing)
}

// WriteAliases writes aliases of a name as the CSV that alias import and alias.file read.
func WriteAliases(w io.Writer, name string, list []StandingAlias) error {
	out := csv.NewWriter(w)
	err := out.Write([]string{"alias_name", "alias_value", "wms_sku", "origin", "note"})
	for _, alias := range list {
		cells := []string{name, alias.Value, alias.SKU, alias.Origin, alias.Note}
		for i := range cells {
			cells[i] = GuardCell(cells[i])
		}
		err = errors.Join(err, out.Write(cells))
	}
	out.Flush()
	if err = errors.Join(err, out.Error()); err != nil {
		return fmt.Errorf("write the aliases: %w", err)
	}
	return nil
}

// OpenAliases are the alias questions that no decision in force has answered.
func OpenAliases(questions []Question, decisions []Decision) []Question {
	answered := map[string]bool{}
	for _, d := range decisions {
		switch {
		case d.Kind != Alias:
		case d.Action == Link:
			answered["sku:"+d.Key], answered["value:"+d.Value] = true, true
		default:
			answered[d.Key] = true
		}
	}
	var open []Question
	for _, q := range questions {
		if q.Kind == Alias && !answered[q.Key] && !(strings.HasPrefix(q.Key, "variant:") && answered["value:"+q.SKU]) {
			open = append(open, q)
		}
	}
	return open
}

// formulaStarts are the characters a spreadsheet takes for the beginning of a formula.
const formulaStarts = "=+-@\t\r"

// GuardCell keeps a spreadsheet from reading a formula into a cell of a CSV; UnguardCell takes that back.
func GuardCell(text string) string {
	if text != "" && (strings.ContainsRune(formulaStarts, rune(text[0])) || guarded(text)) {
		return "'" + text
	}
	return text
}

// UnguardCell gives the text GuardCell was given.
func UnguardCell(text string) string {
	if guarded(text) {
		return text[1:]
	}
	return text
}

// guarded says that a text begins like one GuardCell made: apostrophes and then what it guards.
func guarded(text string) bool {
	rest := strings.TrimLeft(text, "'")
	return len(rest) < len(text) && rest != "" && strings.ContainsRune(formulaStarts, rune(rest[0]))
}
