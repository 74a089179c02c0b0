package review

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"fairesync/pipeline/catalog"
)

// JudgeLines says what becomes of every line of a CSV of decisions, in their order. The rules are those of Judge, as far as a line without
// its question can be held to them:
//
//   - a decision that was ever taken, at that time, or that is in force, is known, so that an export can be applied again
//   - one about what the newest run does not have, or older than what is in force about the same, is stale
//   - two lines about the same that differ conflict, unless they are of different times: then they are history, and the later stands
//
// A decision keeps its time if it has one that no other about the same has; else it is of now. file is the name of the file, digest that
// of its content.
func JudgeLines(lines []Line, file, digest string, now Record, known Vocabulary, decided []Decision, at time.Time) []Judged {
	j := newJudge(Record{}, now, known, decided, at)
	heard := make([]hearing, len(lines))
	for i, line := range lines {
		d := line.Decision
		h := hearing{Judged: Judged{Answer: Answer{ID: d.Question, Action: string(d.Action), Value: d.Value, Note: d.Note, Reviewer: d.Reviewer,
			Sheet: file, Row: line.Number, Invalid: line.Problem}, Subject: decisionSubject(d)}, at: fmt.Sprintf("%s line %d", file, line.Number)}
		if line.Problem != "" {
			h.Verdict, h.Why = Invalid, line.Problem
		} else {
			j.hearLine(&h, d)
		}
		heard[i] = h
	}
	j.confrontLines(heard)
	judged := make([]Judged, len(heard))
	for i := range heard {
		h := &heard[i]
		if h.Verdict == Accepted {
			d := h.lays[0]
			if old, ok := j.timed[subjectTime(d)]; d.At.IsZero() || ok && !old.Same(d) {
				d.At, d.Workbook, d.Place = at.UTC(), digest, h.at
			}
			h.Decisions = []Decision{d}
		}
		judged[i] = h.Judged
	}
	return judged
}

// subjectTime is what tells a decision from others about the same.
func subjectTime(d Decision) string {
	return strings.Join(append([]string{d.At.UTC().Format(time.RFC3339Nano)}, string(d.Kind), d.Key, d.Field), "\x00")
}

// hearLine judges a line by itself.
func (j *judge) hearLine(h *hearing, d Decision) {
	h.lays = []Decision{d}
	old, stands := j.force[d.Subjected()]
	last, ever := j.last[d.Subjected()]
	_, taken := j.decided[d.ID()]
	switch {
	case taken && !d.At.IsZero(), stands && old.Same(d):
		h.Verdict, h.Why = Known, "taken already"
		return
	case ever && last.Action == Withdraw && d.Action == Withdraw:
		h.Verdict, h.Why = Known, "withdrawn already, "+last.Words()
		return
	}
	if err := j.wellFormed(d); err != nil {
		h.Verdict, h.Why = Invalid, err.Error()
		return
	}
	if why := j.outlived(d, last, ever); why != "" {
		h.Verdict, h.Why = Stale, why
		return
	}
	h.Verdict = Accepted
}

// outlived says why a decision comes too late; blank if it does not.
func (j *judge) outlived(d, last Decision, ever bool) string {
	edited := j.timed[subjectTime(d)].Kind != ""
	if ever && !d.At.IsZero() && !edited && last.At.After(d.At) {
		return "a later decision about the same was taken, " + last.Words()
	}
	switch d.Kind {
	case Waiver, Owner:
		e := j.now.exceptions[d.Key]
		switch {
		case d.Action == Withdraw:
		case e == nil:
			return "the newest run has not found the exception"
		case d.Kind == Waiver && e.Fingerprint != d.Seen:
			return "the values of the exception are not those that were seen"
		}
	case Approval:
		if d.Action == Approve && !j.held[[2]string{d.Key, d.Field}] {
			return "the change is not held any more"
		}
	case Alias, Taxonomy, Price, Drift, Recreate: // they end by themselves
	}
	return ""
}

var priceField = regexp.MustCompile(`^price\[[A-Z_]+\]$`)

// wellFormed refuses what no answer could have laid down.
func (j *judge) wellFormed(d Decision) error {
	switch {
	case !slices.Contains(Kinds, d.Kind):
		return refuse("%q is no kind of decision", clip(string(d.Kind)))
	case d.Key == "":
		return refuse("the key is missing")
	case d.Action == Withdraw:
		return nil
	case !slices.Contains(Actions(d.Kind), d.Action):
		return noAction(string(d.Action), append(Actions(d.Kind), Withdraw))
	}
	switch d.Kind {
	case Alias:
		return j.wellFormedAlias(d)
	case Taxonomy:
		if d.Action == Leave {
			return without(d.Value)
		}
		id, err := parseType(d.Value, j.types, j.typeNames)
		if err == nil && id != d.Value {
			err = refuse("%q is not written as %s", clip(d.Value), id)
		}
		return err
	case Price:
		return wellFormedPrice(d)
	case Approval, Drift:
		if d.Field == "" {
			return refuse("the field is missing")
		}
		return without(d.Value)
	case Recreate:
		return without(d.Value)
	case Waiver:
		day, err := ParseDay(d.Value)
		switch {
		case err != nil:
			return err
		case day != d.Value:
			return refuse("%s is not written as %s", d.Value, day)
		}
		return dayInTime(day, j.today)
	case Owner:
		_, err := layException(d.Key, "", "", Assign, d.Value)
		return err
	}
	return nil
}

// without refuses a value where there is none.
func without(value string) error {
	if value != "" {
		return refuse("%q is a value where none belongs", clip(value))
	}
	return nil
}

func (j *judge) wellFormedAlias(d Decision) error {
	if d.Action == Leave {
		if !strings.HasPrefix(d.Key, variantPrefix) && !strings.HasPrefix(d.Key, skuPrefix) {
			return refuse("the key of leave is %sID or %sSKU", variantPrefix, skuPrefix)
		}
		return without(d.Value)
	}
	if d.Value == "" && d.Seen == "" {
		return refuse("link needs the SKU on Faire as its value")
	}
	if _, err := j.ours.find(d.Key, false, "of ours"); err != nil {
		return err
	}
	if d.Value != "" && d.Seen == "" { // with the variant's id it is not the SKU that it goes by
		_, err := j.faire.find(d.Value, false, "on Faire")
		return err
	}
	return nil
}

func wellFormedPrice(d Decision) error {
	if !priceField.MatchString(d.Field) {
		return refuse("%q is no field of a price such as price[USA]", clip(d.Field))
	}
	if d.Seen == "" {
		return refuse("the amounts seen are missing")
	}
	word := ""
	switch d.Action {
	case NearestRetail, SetRetail:
		word = retailWord
	case NearestWholesale, SetWholesale:
		word = wholesaleWord
	default:
		return without(d.Value)
	}
	typed, ok := strings.CutPrefix(d.Value, word)
	if !ok {
		return refuse("%q is no amount such as %s12.50", clip(d.Value), word)
	}
	amount, err := catalog.ParseMoney(typed)
	if err != nil || amount <= 0 || amount.String() != typed {
		return refuse("%q is no amount such as %s12.50", clip(d.Value), word)
	}
	return legalWithSeen(d, word == retailWord, amount)
}

var seenAmounts = regexp.MustCompile(`^(\d+\.\d\d)/(\d+\.\d\d)`)

// legalWithSeen refuses an amount that makes no legal pair with the source's, where what was seen tells that: wholesale/retail.
func legalWithSeen(d Decision, retail bool, amount catalog.Money) error {
	m := seenAmounts.FindStringSubmatch(d.Seen)
	if m == nil {
		return nil
	}
	parse := func(text string) catalog.Money { // two decimals, as the form has them
		n, _ := strconv.ParseInt(strings.Replace(text, ".", "", 1), 10, 64)
		return catalog.Money(n)
	}
	action := SetWholesale
	if retail {
		action = SetRetail
	}
	_, _, err := typedPrice(d.Field, action, amount.String(), Amounts{Wholesale: parse(m[1]), Retail: parse(m[2])})
	return err
}

// timeOf is when a decision is of: now, unless it says otherwise.
func (j *judge) timeOf(d Decision) time.Time {
	if d.At.IsZero() {
		return j.today
	}
	return d.At
}

// confrontLines finds lines that contradict each other or what is in force. Lines about the same of different times are history.
func (j *judge) confrontLines(heard []hearing) {
	conflicts := map[int]string{}
	mark := func(i, with int, why string) {
		if _, ok := conflicts[i]; !ok {
			conflicts[i] = fmt.Sprintf("%s: "+why, heard[with].at)
		}
	}
	before, last := map[string]int{}, map[[3]string]int{}
	for i := range heard {
		h := &heard[i]
		if !h.counts() {
			continue
		}
		d := h.lays[0]
		key := subjectTime(d)
		other, ok := before[key]
		switch {
		case !ok:
			before[key] = i
		case alike(heard[other].lays[0], d):
			h.Verdict, h.Why, h.original = Duplicate, "the same decision as "+heard[other].at, other
			continue
		default:
			mark(i, other, "says "+heard[other].says()+" about the same: keep one of the two")
			mark(other, i, "says "+h.says()+" about the same: keep one of the two")
		}
		if at, ok := last[d.Subjected()]; !ok || !j.timeOf(heard[at].lays[0]).After(j.timeOf(d)) {
			last[d.Subjected()] = i
		}
	}
	final := make([]hearing, len(heard)) // what stands in the end has to go together
	for _, i := range last {
		if heard[i].Verdict == Accepted || j.stands(heard[i].lays[0]) {
			final[i] = heard[i]
		}
	}
	j.claims(final, conflicts, mark)
	for i := range heard {
		h := &heard[i]
		why, ok := conflicts[i]
		if !ok && h.Verdict == Duplicate {
			why, ok = conflicts[h.original]
		}
		if ok && h.Verdict != Known {
			h.Verdict, h.Why, h.lays = Conflicting, why, nil
		}
	}
}
