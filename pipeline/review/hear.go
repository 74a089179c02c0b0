package review

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"fairesync/pipeline/check"
)

// What an answer is worth by itself is judged here.

// hear judges an answer by itself.
func (j *judge) hear(h *hearing) {
	a := h.Answer
	id := strings.ToLower(strings.TrimSpace(a.ID))
	switch {
	case a.Invalid != "":
		h.Verdict, h.Why, h.Subject = Invalid, a.Invalid, j.subject(id)
	case id == "":
		h.Verdict, h.Why = Unknown, "the row has no key: answer the rows that the workbook came with"
	case j.decided[id].Kind != "":
		j.hearWithdrawal(h, j.decided[id])
	case j.now.exceptions[id] != nil || j.then.exceptions[id] != nil:
		j.hearException(h, j.then.exceptions[id], j.now.exceptions[id])
	case j.now.questions[id] != nil || j.then.questions[id] != nil:
		j.hearQuestion(h, j.then.questions[id], j.now.questions[id])
	default:
		h.Verdict, h.Why = Unknown, fmt.Sprintf("%q is no question, exception or decision of this brand: answer latest.xlsx", clip(a.ID))
	}
}

// subject says what a key is about; blank if nobody knows it.
func (j *judge) subject(id string) string {
	for _, x := range []index{j.now, j.then} {
		if q := x.questions[id]; q != nil {
			return q.subject()
		}
		if e := x.exceptions[id]; e != nil {
			return exceptionSubject(*e)
		}
	}
	return decisionSubject(j.decided[id])
}

func exceptionSubject(e check.Exception) string {
	return words(e.Code, first(e.SKU, e.Style, e.EntityKey), e.Field)
}

func decisionSubject(d Decision) string { return first(d.Subject, words(d.Key, d.Field)) }

// choose reads the action, one of those that the row may have.
func choose(typed string, may []Action) (Action, error) {
	folded := Action(strings.ToLower(strings.Join(strings.Fields(typed), " ")))
	if slices.Contains(may, folded) {
		return folded, nil
	}
	return "", noAction(typed, may)
}

func noAction(typed string, may []Action) error {
	names := make([]string, len(may))
	for i, action := range may {
		names[i] = string(action)
	}
	return refuse("%q is no action of this row: choose %s", clip(typed), strings.Join(names, ", "))
}

// settle gives the verdict on what an answer would lay down: stale outweighs invalid, and known both.
func (j *judge) settle(h *hearing, laid []Decision, stale, invalid error) {
	h.lays = laid
	switch known := invalid == nil && j.inForce(laid); {
	case known:
		h.Verdict, h.Why = Known, "in force already, "+j.force[laid[0].Subjected()].Words()
	case stale != nil:
		h.Verdict, h.Why = Stale, stale.Error()
	case invalid != nil:
		h.Verdict, h.Why = Invalid, invalid.Error()
	default:
		h.Verdict = Accepted
	}
}

// inForce says whether all of it is in force.
func (j *judge) inForce(laid []Decision) bool {
	for _, d := range laid {
		if !j.stands(d) {
			return false
		}
	}
	return len(laid) > 0
}

// stands says whether a decision is in force. One that does not know what the other saw is the same.
func (j *judge) stands(d Decision) bool {
	old, ok := j.force[d.Subjected()]
	return ok && alike(old, d)
}

// alike says whether two decisions about the same say the same.
func alike(a, b Decision) bool {
	if a.Kind == Alias && (a.Seen == "" || b.Seen == "") {
		a.Seen, b.Seen = "", ""
	}
	return a.Same(b)
}

var fingerprintForm = regexp.MustCompile(`^f[0-9a-f]{16}$`)

// fingerprint reads that of an answer.
func fingerprint(a Answer) (string, error) {
	text := strings.ToLower(strings.TrimSpace(a.Fingerprint))
	if !fingerprintForm.MatchString(text) {
		return "", refuse("the fingerprint is missing or damaged, so nobody can tell which values are answered: answer a fresh copy of the workbook")
	}
	return text, nil
}

func (j *judge) hearQuestion(h *hearing, then, now *Question) {
	asked := cmp.Or(now, then)
	h.Subject = asked.subject()
	h.Answer.Notices = append(h.Answer.Notices, damagedCells(h.Answer, *asked)...)
	print, err := fingerprint(h.Answer)
	if err != nil {
		h.Verdict, h.Why = Invalid, err.Error()
		return
	}
	action, err := choose(h.Answer.Action, Actions(asked.Kind))
	if err != nil {
		h.Verdict, h.Why = Invalid, err.Error()
		return
	}
	if asked.Kind == Approval {
		j.hearApproval(h, then, now, action, print)
		return
	}
	var stale error
	switch {
	case now != nil && now.Fingerprint != print: // what was decided by the old values has ended by itself
		h.Verdict, h.Why = Stale, "the values changed since: "+changed(then, now, print)
		return
	case now == nil:
		stale = refuse("it is not asked any more: somebody answered it, or its cause is gone")
		if then.Fingerprint != print { // nobody knows the values that it answers
			h.Verdict, h.Why = Stale, stale.Error()
			return
		}
	}
	laid, invalid := j.lay(*asked, action, h.Answer.Value, h.Answer.Number)
	j.settle(h, laid, stale, invalid)
}

// changed says what an answer saw and what there is now.
func changed(then, now *Question, print string) string {
	if then == nil || then.Fingerprint != print {
		return "answer the row in latest.xlsx"
	}
	var told []string
	tell := func(was, is string) {
		if was != is {
			told = append(told, fmt.Sprintf("was %s, is %s", blank(was), blank(is)))
		}
	}
	tell(then.Found, now.Found)
	tell(then.Wanted, now.Wanted)
	if len(told) == 0 && len(then.Covers) == len(now.Covers) {
		for i, c := range then.Covers {
			if tell(c.Seen, now.Covers[i].Seen); len(told) > 0 {
				break
			}
		}
	}
	if len(told) == 0 {
		told = append(told, fmt.Sprintf("it covers other rows now, %d where it was %d", len(now.Covers), len(then.Covers)))
	}
	return strings.Join(told, "; ")
}

func blank(text string) string {
	if text == "" {
		return "blank"
	}
	return clip(text)
}

// hearApproval takes an approval for those of the changes seen that are still held.
func (j *judge) hearApproval(h *hearing, then, now *Question, action Action, print string) {
	seen := then
	if seen == nil && now.Fingerprint == print {
		seen = now
	}
	if seen == nil {
		h.Verdict, h.Why = Stale, "nobody knows which changes it saw: answer the row in latest.xlsx"
		return
	}
	laid, invalid := j.lay(*seen, action, "", false)
	if j.inForce(laid) || now == nil {
		j.settle(h, laid, refuse("none of its %d changes is held any more", len(seen.Covers)), invalid)
		return
	}
	held := map[string]bool{}
	for _, c := range now.Covers {
		held[c.Key] = true
	}
	all := len(laid)
	laid = slices.DeleteFunc(laid, func(d Decision) bool { return !held[d.Key] })
	if len(laid) == 0 {
		j.settle(h, nil, refuse("none of its %d changes is still held as it was", all), invalid)
		return
	}
	j.settle(h, laid, nil, invalid)
	if h.Verdict == Accepted && len(laid) < all {
		h.Why = fmt.Sprintf("for %d of the %d changes seen; the others are not held as they were", len(laid), all)
	}
}

// hearException judges a waiver or an owner. An owner looks after an exception whatever its values; an exception of severity info holds
// up nobody and asks nothing, so there is nothing to waive.
func (j *judge) hearException(h *hearing, then, now *check.Exception) {
	e := cmp.Or(now, then)
	h.Subject = exceptionSubject(*e)
	h.Answer.Notices = append(h.Answer.Notices, damagedCells(h.Answer, Question{SKU: e.SKU, Style: e.Style})...)
	action, err := choose(h.Answer.Action, slices.Concat(Actions(Waiver), Actions(Owner)))
	if err != nil {
		h.Verdict, h.Why = Invalid, err.Error()
		return
	}
	var stale error
	if now == nil {
		stale = refuse("the newest run has not found it again")
	}
	seen := e.Fingerprint
	if action == Waive {
		print, err := fingerprint(h.Answer)
		if err != nil {
			h.Verdict, h.Why = Invalid, err.Error()
			return
		}
		if seen = print[1:]; now != nil && now.Fingerprint != seen {
			h.Verdict, h.Why = Stale, "the values changed since: "+changedException(then, now, seen)
			return
		}
	}
	laid, invalid := layException(e.ID, seen, h.Subject, action, h.Answer.Value)
	if j.settle(h, laid, stale, invalid); h.Verdict != Accepted || action != Waive {
		return
	}
	if err := dayInTime(laid[0].Value, j.today); err != nil {
		h.Verdict, h.Why = Invalid, err.Error()
	}
}

func changedException(then, now *check.Exception, seen string) string {
	if then == nil || then.Fingerprint != seen {
		return "answer the row in latest.xlsx"
	}
	was, is := Question{Found: then.Found, Wanted: then.Wanted}, Question{Found: now.Found, Wanted: now.Wanted}
	if was.Found == is.Found && was.Wanted == is.Wanted {
		was.Found, is.Found = then.Proposal, now.Proposal
	}
	return changed(&was, &is, "")
}

// hearWithdrawal ends a decision.
func (j *judge) hearWithdrawal(h *hearing, d Decision) {
	h.Subject = decisionSubject(d)
	if _, err := choose(h.Answer.Action, []Action{Withdraw}); err != nil {
		h.Verdict, h.Why = Invalid, err.Error()
		return
	}
	end := Decision{Kind: d.Kind, Key: d.Key, Field: d.Field, Action: Withdraw, Subject: h.Subject}
	last := j.last[d.Subjected()]
	_, stands := j.current[d.ID()]
	switch {
	case stands:
		h.Verdict, h.lays = Accepted, []Decision{end}
	case last.Action == Withdraw:
		h.Verdict, h.Why = Known, "withdrawn already, "+last.Words()
	default:
		h.Verdict, h.Why = Stale, "another decision took its place, "+last.Words()
	}
}

// damagedCells tells of locked cells that do not read as the question has them.
func damagedCells(a Answer, q Question) (notices []string) {
	var headers []string
	for header := range a.Shown {
		if strings.Contains(strings.ToLower(header), "sku") || strings.EqualFold(header, "style") {
			headers = append(headers, header)
		}
	}
	slices.Sort(headers)
	for _, header := range headers {
		shown := strings.TrimSpace(a.Shown[header])
		right := []string{q.Style}
		if !strings.EqualFold(header, "style") {
			right = right[:0]
			for _, sku := range strings.FieldsFunc(q.SKU, func(r rune) bool { return r == ',' || r == '\n' }) {
				right = append(right, strings.TrimSpace(sku))
			}
		}
		if slices.Contains(right, shown) {
			continue
		}
		for _, one := range right {
			if how := damaged(shown, one); how != "" {
				notices = append(notices, fmt.Sprintf("the cell %s reads %s: %s %s; the row was told by its key", header, clip(shown), clip(one), how))
				break
			}
		}
	}
	return notices
}
