package report

import (
	"slices"
	"time"

	"fairesync/pipeline/check"
)

// howTo is how to answer, in five lines; docs/review.md says the same at length.
var howTo = [...]string{
	"1. Open a sheet that asks (orange tab); the rows that matter most come first.",
	"2. Choose an Action in the row. Blank decides nothing.",
	"3. Look at Value: it holds the best proposal. Leave it, choose another, or type one.",
	"4. Put your name into Reviewer, a reason into Note, and save the file under any name.",
	"5. fairesync review import FILE --dry-run says what would be taken; without --dry-run the next run obeys.",
}

// answering says how the workbook is answered and which sheets ask how much.
func (f *front) answering() {
	d := f.b.data
	f.section("To be answered", "Questions")
	open := 0
	for _, part := range f.b.parts {
		if asksOnly(part.of) {
			open += part.rows
			f.line(link{text: part.name, target: "'" + part.name + "'!A1"}, part.about, part.rows)
		}
	}
	if n := len(d.Asked.Decisions); n > 0 {
		f.line(link{text: decisionsName, target: decisionsName + "!A1"}, "What was decided and stands.", n)
	}
	if open == 0 {
		f.line("Nothing", "There is nothing to decide. Exceptions may still be waived or assigned.")
	}
	f.section("How to answer")
	for _, line := range howTo {
		f.put(lineHeight, f.text(line))
	}
}

// asksOnly says whether a sheet has nothing but questions.
func asksOnly(name string) bool {
	return slices.ContainsFunc(asks(), func(s sheet) bool { return s.name == name })
}

// life says how exceptions stand, and how old those are that nobody waived.
func (f *front) life() {
	d := f.b.data
	counts, live := map[check.Status]int{}, map[check.Status]int{}
	ages := make([]int, len(ageBuckets))
	known := false
	for _, e := range d.exceptions {
		if e.History == nil {
			continue
		}
		known = true
		counts[e.History.Status]++
		if e.Live {
			live[e.History.Status]++
		}
		if e.Severity != check.Info && !e.Is(check.Waived) {
			ages[bucket(e.History.FirstTime, d.Summary.Started)]++
		}
	}
	if !known {
		return
	}
	f.section("How they stand", "Count", "Live on Faire")
	for _, row := range []struct {
		status check.Status
		means  string
	}{
		{check.New, "No run recorded them before."},
		{check.Open, "The run before had them too."},
		{check.Reopened, "They were gone, and are back."},
		{check.Waived, "Somebody knows of them; they are not counted as open, and still hold what they hold."},
	} {
		f.toned(string(row.status), row.means, counts[row.status], live[row.status])
	}
	f.line(link{text: string(check.Resolved), target: resolvedName + "!A1"}, "The run before had them, this one has not.", len(d.Asked.Resolved))
	f.section("Age of errors and warnings", "Count")
	for i, bucket := range ageBuckets {
		f.line(bucket.label, "", ages[i])
	}
}

// ageBuckets are the ages exceptions are counted by; the last has no end.
var ageBuckets = [...]struct {
	label string
	days  int
}{{"since today", 1}, {"up to 7 days", 7}, {"up to 30 days", 30}, {"longer", 0}}

// bucket is the place of an age among ageBuckets. Days are counted between days, so that an hourly run's are not split at its hour.
func bucket(first string, now time.Time) int {
	at, err := time.Parse(time.RFC3339, first)
	if err != nil {
		return 0
	}
	const day = 24 * time.Hour
	days := int(now.UTC().Truncate(day).Sub(at.UTC().Truncate(day)) / day)
	for i, b := range ageBuckets {
		if days < b.days || b.days == 0 || i > 0 && days == b.days {
			return i
		}
	}
	return len(ageBuckets) - 1
}
