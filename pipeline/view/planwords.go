package view

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"fairesync/pipeline/check"
	"fairesync/pipeline/plan"
)

// What the renderings of a plan have in common.

const (
	nothingToChange = "No changes: Faire holds what it ought to hold."
	reordered       = "same lines in another order"
)

// totalWords says how much a plan sends.
func totalWords(s plan.Summary) string {
	byAction := map[plan.Action]int{}
	for _, actions := range s.Changes {
		for action, n := range actions {
			byAction[action] += n
		}
	}
	return fmt.Sprintf("%s to create, %s to update, %s to delete, in %s", number(int64(byAction[plan.Create])),
		number(int64(byAction[plan.Update])), number(int64(byAction[plan.Delete])), count(s.Requests, "request"))
}

// rowWords says what became of the source rows.
func rowWords(a plan.Accounting) string {
	return fmt.Sprintf("Rows: %s read = %s unchanged + %s planned + %s held + %s ignored", number(a.SourceRows),
		number(a.Unchanged), number(a.Planned), number(a.Held), number(a.Ignored))
}

// policyWords says that a plan was made under a policy that leaves something out; blank if it was not.
func policyWords(document plan.Plan) string {
	if document.Policy == "" || document.Policy == "full" {
		return ""
	}
	return "Policy " + clean(document.Policy) + ": what it leaves out is held"
}

// hold is a code that holds changes of a plan.
type hold struct {
	code, title string // title is blank if the register does not have the code
	n           int
}

// holdsOf are the codes that hold something, sorted.
func holdsOf(s plan.Summary) []hold {
	var list []hold
	for _, code := range slices.Sorted(maps.Keys(s.Held)) {
		list = append(list, hold{code: clean(code), title: titleOf(code), n: s.Held[code]})
	}
	return list
}

// titleOf is the register's title of a code; blank if it has none.
func titleOf(code string) string {
	known, _ := check.Lookup(code)
	return known.Title
}

// priceMove says by how much a price moves, in percent rounded half up: +4.0 %. It is blank where there is no price on both sides.
func priceMove(field plan.Field) string {
	if !strings.HasPrefix(field.Name, "price[") {
		return ""
	}
	before, ok := minorUnits(field.Before)
	after, also := minorUnits(field.After)
	if !ok || !also || before == 0 || before == after {
		return ""
	}
	sign, moved := "+", after-before
	if moved < 0 {
		sign, moved = "-", -moved
	}
	tenths := (moved*2000 + before) / (before * 2)
	return fmt.Sprintf("%s%s.%d %%", sign, number(tenths/10), tenths%10)
}

// minorUnits reads an amount as plans write it: 12.50. An amount is small enough to be multiplied here.
func minorUnits(text string) (int64, bool) {
	whole, cents, ok := strings.Cut(text, ".")
	if !ok || len(cents) != 2 || len(whole) == 0 || len(whole) > 12 {
		return 0, false
	}
	n, err := strconv.ParseUint(whole+cents, 10, 63)
	return int64(n), err == nil
}

func inBrackets(text string) string {
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}
