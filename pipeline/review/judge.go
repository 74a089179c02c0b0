package review

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/check"
)

// Record is what a run asked people, by its questions and by its exceptions.
type Record struct {
	Questions  []Question
	Exceptions []check.Exception
}

// Vocabulary is what an answer may name.
type Vocabulary struct {
	Types []catalog.Type // on Faire's list
	Ours  []string       // SKUs in the WMS
	Faire []string       // SKUs on Faire
}

// Judge says what becomes of every answer of a workbook, in their order. then is the record of the run that wrote the workbook, now that
// of the newest run, decided are all decisions ever taken, the oldest first. Each answer is taken whole or not at all, and one that was
// taken before lays down nothing again:
//
//   - a key that neither run asked is unknown; one that is not asked any more, or whose values changed since, is stale, but for approvals:
//     they hold for the changes that are still held as they were
//   - what cannot be obeyed is invalid
//   - the same answer in another row is a duplicate of the first; answers that differ, or contradict each other or a decision in force
//     across rows, are conflicting, all of them
//   - what is in force already is known
func Judge(book Workbook, then, now Record, known Vocabulary, decided []Decision, at time.Time) []Judged {
	j := newJudge(then, now, known, decided, at)
	heard := make([]hearing, len(book.Answers))
	for i, answer := range book.Answers {
		answer.Notices = slices.Clone(answer.Notices)
		heard[i] = hearing{Judged: Judged{Answer: answer}, at: place(answer)}
		j.hear(&heard[i])
	}
	j.confront(heard)
	judged := make([]Judged, len(heard))
	laid := map[[3]string]Decision{}
	for i := range heard {
		h := &heard[i]
		if h.Verdict == Accepted {
			h.Decisions = j.sign(h, book, laid)
		}
		judged[i] = h.Judged
	}
	return judged
}

// hearing is an answer on its way to a verdict.
type hearing struct {
	Judged
	at   string     // sheet and row
	lays []Decision // what it would lay down, and what of it is in force already

	original int // of a duplicate
}

// judge is what answers are held against.
type judge struct {
	then, now        index
	types            map[string]string   // name by id
	typeNames        map[string][]string // ids by folded name
	ours, faire      *skus
	variants         map[string][]string // ids by SKU on Faire
	decided, current map[string]Decision // by id: all, and those in force
	standing         []Decision          // in force, sorted
	force            map[[3]string]Decision
	last             map[[3]string]Decision
	timed            map[string]Decision // by subjectTime
	held             map[[2]string]bool  // changes and the groups they are held by
	today            time.Time
}

// index finds what a run asked.
type index struct {
	questions  map[string]*Question
	exceptions map[string]*check.Exception
}

func newIndex(r Record) index {
	x := index{make(map[string]*Question, len(r.Questions)), make(map[string]*check.Exception, len(r.Exceptions))}
	for i := range r.Questions {
		x.questions[r.Questions[i].ID] = &r.Questions[i]
	}
	for i := range r.Exceptions {
		x.exceptions[r.Exceptions[i].ID] = &r.Exceptions[i]
	}
	return x
}

func newJudge(then, now Record, known Vocabulary, decided []Decision, at time.Time) *judge {
	j := &judge{then: newIndex(then), now: newIndex(now), types: map[string]string{}, typeNames: map[string][]string{},
		ours: newSKUs(known.Ours), faire: newSKUs(known.Faire), variants: map[string][]string{}, decided: map[string]Decision{},
		current: map[string]Decision{}, force: map[[3]string]Decision{}, last: map[[3]string]Decision{}, timed: map[string]Decision{}, held: map[[2]string]bool{}, today: at}
	for _, t := range known.Types {
		folded := strings.ToLower(strings.TrimSpace(t.Name))
		j.types[t.ID], j.typeNames[folded] = t.Name, append(j.typeNames[folded], t.ID)
	}
	for _, q := range now.Questions {
		for _, c := range q.Covers {
			if q.Kind == Approval {
				j.held[[2]string{c.Key, first(c.Field, q.Field, q.Key)}] = true
			}
		}
	}
	j.learn(then.Questions)
	j.learn(now.Questions)
	for _, d := range decided {
		j.decided[d.ID()], j.last[d.Subjected()], j.timed[subjectTime(d)] = d, d, d
	}
	j.standing = InForce(decided)
	for _, d := range j.standing {
		j.current[d.ID()], j.force[d.Subjected()] = d, d
	}
	return j
}

// learn takes the SKUs that questions name, and which variants bear them.
func (j *judge) learn(questions []Question) {
	for _, q := range questions {
		if q.Kind != Alias {
			continue
		}
		other := j.faire
		if strings.HasPrefix(q.Key, variantPrefix) {
			other = j.ours
		}
		for _, s := range q.Suggestions {
			other.add(s.Value)
		}
		for _, c := range q.Covers {
			if id, ok := strings.CutPrefix(c.Key, variantPrefix); !ok {
				j.ours.add(strings.TrimPrefix(c.Key, skuPrefix))
			} else if j.faire.add(c.SKU); c.SKU != "" && !slices.Contains(j.variants[c.SKU], id) {
				j.variants[c.SKU] = append(j.variants[c.SKU], id)
			}
		}
	}
}

// place is sheet and row of an answer.
func place(a Answer) string { return fmt.Sprintf("%s row %d", a.Sheet, a.Row) }

// Laid are the decisions that judged answers lay down, as they are to be added: by time, and else in their order.
func Laid(judged []Judged) []Decision {
	var list []Decision
	for _, one := range judged {
		list = append(list, one.Decisions...)
	}
	slices.SortStableFunc(list, func(a, b Decision) int { return a.At.Compare(b.At) })
	return list
}

// Count counts judged answers by verdict.
func Count(judged []Judged) map[Verdict]int {
	counts := map[Verdict]int{}
	for _, one := range judged {
		counts[one.Verdict]++
	}
	return counts
}

// Refused says whether an answer was not taken and has to be looked at.
func (v Verdict) Refused() bool {
	switch v {
	case Stale, Unknown, Invalid, Conflicting:
		return true
	case Accepted, Known, Duplicate:
	}
	return false
}
