package review

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"fairesync/pipeline/check"
	"fairesync/pipeline/plan"
)

// codeDeleted is asked about with Recreate.
const codeDeleted = "MATCH_DELETED_ON_FAIRE"

// OfPlan are the questions only a plan can ask: what guards hold, whose value differs on Faire, what was deleted there. The exceptions
// are those of the same run; what decisions in force settle is not asked again.
func OfPlan(p plan.Plan, exceptions []check.Exception, decided plan.Decided) []Question {
	var list []Question
	list = append(list, approvals(p)...)
	list = append(list, drifts(p, exceptions, decided)...)
	for _, e := range exceptions {
		if e.Code != codeDeleted {
			continue
		}
		list = append(list, Question{Kind: Recreate, Key: e.FaireID, Code: e.Code, SKU: e.SKU, Style: e.Style, Name: e.Name, Found: "deleted on Faire",
			Wanted: "made again", Rows: 1, Live: e.Live, Covers: []Cover{{Key: e.FaireID, SKU: e.SKU, Seen: e.EntityKey}}}.Identify())
	}
	return list
}

// examplesShown is how many of many values a cell shows.
const examplesShown = 3

// approvals are the changes that guards and ceilings hold, by group and field: each group is one question, with the count and the first
// values before and after.
func approvals(p plan.Plan) []Question {
	type key struct{ group, field string }
	index := map[key]*Question{}
	products := map[key]map[string]bool{}
	for _, c := range p.Changes {
		for _, code := range c.HeldBy {
			group := plan.Group(code, c)
			if group == "" {
				continue
			}
			k := key{group, subject(c)}
			q := index[k]
			if q == nil {
				q = &Question{Kind: Approval, Key: k.group + "/" + k.field, Code: code, Field: k.field, Name: strings.ReplaceAll(group, "_", " ")}
				index[k], products[k] = q, map[string]bool{}
			}
			q.Rows++
			products[k][c.Key] = true
			q.Covers = append(q.Covers, Cover{Key: c.ID, Field: group, SKU: c.SKU})
			if q.Rows <= examplesShown {
				q.Found, q.Wanted = another(q.Found, beside(c, before(c))), another(q.Wanted, beside(c, after(c)))
				q.SKU = another(q.SKU, name(c))
			}
		}
	}
	var list []Question
	for k, q := range index {
		if more := q.Rows - examplesShown; more > 0 {
			q.SKU = another(q.SKU, fmt.Sprintf("and %d more", more))
		}
		q.Style = fmt.Sprintf("%d products", len(products[k]))
		if len(products[k]) == 1 {
			q.Style = "1 product"
		}
		list = append(list, q.Identify())
	}
	Sort(list)
	return list
}

// subject is the field a change is about, without geography; what it makes, for one without fields or a create.
func subject(c plan.Change) string {
	if c.Action == plan.Create || len(c.Fields) == 0 {
		return string(c.Action) + " " + strings.ReplaceAll(string(c.Kind), "_", " ")
	}
	return family(c.Fields[0].Name)
}

// family is the field a policy is set for: price for price[USA].wholesale.
func family(field string) string {
	name, _, _ := strings.Cut(field, "[")
	return name
}

func name(c plan.Change) string {
	if c.SKU != "" {
		return c.SKU
	}
	return c.Style
}

func before(c plan.Change) string {
	return values(c, func(f plan.Field) string { return f.Before })
}

func after(c plan.Change) string {
	return values(c, func(f plan.Field) string { return f.After })
}

func values(c plan.Change, of func(plan.Field) string) string {
	if c.Action == plan.Create {
		return ""
	}
	var list []string
	for _, f := range c.Fields {
		list = append(list, of(f))
	}
	return strings.Join(list, " / ")
}

// beside is a value with the SKU or style it is of.
func beside(c plan.Change, value string) string {
	if value == "" {
		return ""
	}
	return name(c) + ": " + value
}

// another adds a line.
func another(lines, line string) string {
	if lines == "" || line == "" {
		return lines + line
	}
	return lines + "\n" + line
}

// drifts are the fields of products whose value on Faire is another than ours: one question per product and field.
func drifts(p plan.Plan, exceptions []check.Exception, decided plan.Decided) []Question {
	index := map[plan.OwnerKey]*Question{}
	differs := func(k plan.OwnerKey, code, sku, style, name, theirs, ours string, live bool) {
		if _, settled := decided.Owners[k]; settled || k.Field == "on_hand" || k.Field == "lifecycle" {
			return
		}
		q := index[k]
		if q == nil {
			q = &Question{Kind: Drift, Key: k.Product, Code: code, Field: k.Field, Style: style, Name: name, Live: live}
			index[k] = q
		}
		q.Rows++
		if q.Rows <= examplesShown {
			if sku != "" {
				q.SKU = another(q.SKU, sku)
			}
			q.Found, q.Wanted = another(q.Found, theirs), another(q.Wanted, ours)
		}
		if len(q.Covers) == 0 {
			q.Covers = []Cover{{Key: k.Product, Field: k.Field}}
		}
		q.Covers[0].SeenFaire = Digest(q.Covers[0].SeenFaire, sku, theirs, ours)
	}
	for _, e := range exceptions {
		switch e.Code {
		case "DRIFT_KEPT", "DRIFT_CONFLICT", "DRIFT_OVERWRITTEN":
			differs(plan.OwnerKey{Product: e.ProductKey, Field: family(e.Field)}, e.Code, e.SKU, e.Style, e.Name, e.Found, e.Wanted, e.Live)
		}
	}
	live := map[string]bool{}
	for _, e := range exceptions {
		live[e.ProductKey] = live[e.ProductKey] || e.Live
	}
	for _, c := range p.Changes {
		if c.Action != plan.Update || !slices.Contains(c.HeldBy, plan.CodeFirstLink) {
			continue
		}
		for _, f := range c.Fields {
			differs(plan.OwnerKey{Product: c.Key, Field: family(f.Name)}, plan.CodeFirstLink, c.SKU, c.Style, c.Name, f.Before, f.After, live[c.Key])
		}
	}
	var list []Question
	for _, k := range slices.SortedFunc(maps.Keys(index), func(a, b plan.OwnerKey) int {
		return strings.Compare(a.Product+"\x00"+a.Field, b.Product+"\x00"+b.Field)
	}) {
		q := index[k]
		if more := q.Rows - examplesShown; more > 0 {
			q.Found = another(q.Found, fmt.Sprintf("and %d more", more))
		}
		list = append(list, q.Identify())
	}
	return list
}
