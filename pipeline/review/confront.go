package review

import (
	"fmt"
	"strings"
)

// What rows say together is judged here.

// counts says whether an answer takes part: it is sound, or in force already.
func (h *hearing) counts() bool { return h.Verdict == Accepted || h.Verdict == Known }

// says is an answer in words.
func (h *hearing) says() string {
	return first(words(strings.TrimSpace(h.Answer.Action), clip(strings.TrimSpace(h.Answer.Value))), "nothing")
}

// confront finds answers that are given twice, and those that contradict each other or what is in force. Each step looks at all answers
// that were sound by themselves, so that the order of rows does not matter but for which of two equal ones is the first.
func (j *judge) confront(heard []hearing) {
	conflicts := map[int]string{}
	mark := func(i, with int, why string) {
		if _, ok := conflicts[i]; !ok {
			conflicts[i] = fmt.Sprintf("%s: "+why, heard[with].at)
		}
	}
	j.sameKey(heard, mark)
	j.sameSubject(heard, mark)
	j.claims(heard, conflicts, mark)
	for i := range heard {
		h := &heard[i]
		why, ok := conflicts[i]
		if !ok && h.Verdict == Duplicate { // of one that conflicts
			why, ok = conflicts[h.original]
		}
		if ok {
			h.Verdict, h.Why, h.lays = Conflicting, why, nil
		}
	}
}

// group is what one answer may be given to: a waiver and an owner of one exception are two.
func group(h *hearing) string {
	id := strings.ToLower(strings.TrimSpace(h.Answer.ID))
	if strings.HasPrefix(id, "x") {
		id += " " + strings.ToLower(strings.TrimSpace(h.Answer.Action))
	}
	return id
}

// sameKey compares the answers to one question.
func (j *judge) sameKey(heard []hearing, mark func(i, with int, why string)) {
	first, invalid := map[string]int{}, map[string]int{}
	for i := range heard {
		h := &heard[i]
		id := group(h)
		if h.Verdict == Invalid && strings.TrimSpace(h.Answer.ID) != "" {
			if _, ok := invalid[id]; !ok {
				invalid[id] = i
			}
		}
		if !h.counts() {
			continue
		}
		before, ok := first[id]
		switch {
		case !ok:
			first[id] = i
		case sameLays(heard[before].lays, h.lays):
			if h.Verdict == Accepted {
				h.Verdict, h.Why, h.original = Duplicate, "the same answer as "+heard[before].at, before
			}
		default:
			mark(i, before, "says "+heard[before].says()+" to the same: keep one of the two")
			mark(before, i, "says "+h.says()+" to the same: keep one of the two")
		}
	}
	for id, i := range first {
		if other, ok := invalid[id]; ok && heard[other].says() != heard[i].says() {
			mark(i, other, "says "+heard[other].says()+" to the same, which cannot be obeyed: keep one of the two")
		}
	}
}

func sameLays(a, b []Decision) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !alike(a[i], b[i]) {
			return false
		}
	}
	return true
}

// sameSubject compares answers to different questions that decide about the same, such as two codes of one price.
func (j *judge) sameSubject(heard []hearing, mark func(i, with int, why string)) {
	type laid struct {
		by       int
		decision Decision
	}
	first := map[[3]string]laid{}
	for i := range heard {
		h := &heard[i]
		if !h.counts() {
			continue
		}
		same, other := len(h.lays) > 0, -1
		for _, d := range h.lays {
			before, ok := first[d.Subjected()]
			if !ok {
				first[d.Subjected()] = laid{i, d}
				same = false
				continue
			}
			if other = before.by; other != i && !alike(before.decision, d) {
				mark(i, other, "says "+heard[other].says()+" about the same: keep one of the two")
				mark(other, i, "says "+h.says()+" about the same: keep one of the two")
				same = false
			}
		}
		if same && other >= 0 && other != i && h.Verdict == Accepted {
			h.Verdict, h.Why, h.original = Duplicate, "lays down the same as "+heard[other].at, other
		}
	}
}

// claim says what one side of an alias is: the SKU of ours a variant is, or the variant a SKU of ours is; blank: none.
type claim struct {
	side, is string
	by       int // the row; -1: a decision in force
	decision Decision
}

// claimsOf are what a decision about an alias says of both sides. A variant goes by its id where that is known, or else by its SKU.
func (j *judge) claimsOf(d Decision, by int) []claim {
	if d.Kind != Alias {
		return nil
	}
	variant := func(id, sku string) string {
		if id == "" {
			id = j.variantOf(sku)
		}
		if id == "" {
			return "sku on Faire " + sku
		}
		return "variant " + id
	}
	switch id, isVariant := strings.CutPrefix(d.Key, variantPrefix); {
	case d.Action == Leave && isVariant:
		return []claim{{variant(id, d.Seen), "", by, d}}
	case d.Action == Leave:
		return []claim{{"ours " + strings.TrimPrefix(d.Key, skuPrefix), "", by, d}}
	case d.Action == Link:
		v := variant(d.Seen, d.Value)
		return []claim{{"ours " + d.Key, v, by, d}, {v, "ours " + d.Key, by, d}}
	}
	return nil
}

// claims finds two variants that are one SKU, two SKUs that are one variant, and what is linked and left alone, in the rows and in
// force. A decision in force does not count if a row withdraws it, or the row itself takes its place.
func (j *judge) claims(heard []hearing, conflicts map[int]string, mark func(i, with int, why string)) {
	withdrawn := map[[3]string]bool{}
	var made []claim
	for i := range heard {
		if h := &heard[i]; h.counts() {
			for _, d := range h.lays {
				withdrawn[d.Subjected()] = withdrawn[d.Subjected()] || d.Action == Withdraw
				made = append(made, j.claimsOf(d, i)...)
			}
		}
	}
	if len(made) == 0 {
		return
	}
	first := map[string]claim{}
	for _, c := range made {
		before, ok := first[c.side]
		switch {
		case !ok:
			first[c.side] = c
		case before.is != c.is && before.by != c.by:
			mark(c.by, before.by, contradiction(before))
			mark(before.by, c.by, contradiction(c))
		}
	}
	standing := map[string][]claim{}
	for _, d := range j.standing {
		if !withdrawn[d.Subjected()] {
			for _, c := range j.claimsOf(d, -1) {
				standing[c.side] = append(standing[c.side], c)
			}
		}
	}
	for _, c := range made {
		for _, old := range standing[c.side] {
			replaced := old.decision.Subjected() == c.decision.Subjected()
			ended := old.decision.Action == Leave && old.decision.Seen != "" && old.decision.Seen != c.decision.Value
			if _, marked := conflicts[c.by]; old.is != c.is && !replaced && !ended && !marked {
				conflicts[c.by] = contradiction(old) + " " + old.decision.Words() + ": withdraw that first"
			}
		}
	}
}

// contradiction says what the other says.
func contradiction(c claim) string {
	switch d := c.decision; d.Action {
	case Link:
		return fmt.Sprintf("links %s with %s on Faire", clip(d.Key), clip(first(d.Value, d.Seen)))
	default:
		return "leaves " + clip(d.Key) + " alone"
	}
}

// sign completes what an accepted answer lays down with who said it, when and where. What is in force already, or laid down by a row
// above, is not laid down again.
func (j *judge) sign(h *hearing, book Workbook, laid map[[3]string]Decision) []Decision {
	var signed []Decision
	for _, d := range h.lays {
		if above, ok := laid[d.Subjected()]; d.Action != Withdraw && j.stands(d) || ok && alike(above, d) {
			continue
		}
		laid[d.Subjected()] = d
		d.Note, d.Reviewer, d.At = strings.TrimSpace(h.Answer.Note), strings.TrimSpace(h.Answer.Reviewer), j.today.UTC()
		d.Run, d.Question, d.Workbook, d.Place = book.Run, strings.ToLower(strings.TrimSpace(h.Answer.ID)), book.Digest, h.at
		signed = append(signed, d)
	}
	return signed
}
