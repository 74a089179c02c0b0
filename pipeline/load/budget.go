package load

import (
	"cmp"
	"slices"

	"fairesync/pipeline/plan"
)

// How much a request matters when not all can be sent, what matters most first.
const (
	rankPrices = iota // of products that are live, or that this plan publishes
	rankLifecycle
	rankCreates // of products and variants, with their option sets; their stock counts with them
	rankStock
	rankHiddenPrices // of products nobody can order
	rankTexts
	rankImages
)

// Prioritise picks the requests to send when only o.Budget of them may be, and those to carry over; both keep the plan's order. A
// request takes with it the earlier ones of its product and the stock of the variants it makes; what no longer fits as a whole is
// left for later, and what matters less may take the place.
func Prioritise(requests []plan.Request, o Options) (now, later []plan.Request) {
	jobs := arrange(requests)
	chosen := choose(jobs, ranks(jobs, o), o.Budget)
	for i, r := range requests {
		if chosen[i] {
			now = append(now, r)
		} else {
			later = append(later, r)
		}
	}
	return now, later
}

// choose says of each job whether it is sent.
func choose(jobs []*job, ranks []int, budget int) []bool {
	chosen := make([]bool, len(jobs))
	if budget == 0 {
		return slices.Repeat([]bool{true}, len(jobs))
	}
	byRank := slices.Clone(jobs)
	slices.SortStableFunc(byRank, func(a, b *job) int { return cmp.Compare(ranks[a.index], ranks[b.index]) })
	for _, j := range byRank {
		if len(j.makers) > 0 && !j.standing || j.Operation == plan.SetOptions && j.leads {
			continue // stock of creates goes with these, option sets with what needs them
		}
		if unit := together(jobs, j, chosen); len(unit) <= budget {
			budget -= len(unit)
			for _, i := range unit {
				chosen[i] = true
			}
		}
	}
	return chosen
}

// together are the jobs a job cannot go without that are not chosen yet, itself included.
func together(jobs []*job, j *job, chosen []bool) []int {
	var unit []int
	var add func(i int)
	add = func(i int) {
		if i < 0 || chosen[i] || slices.Contains(unit, i) {
			return
		}
		unit = append(unit, i)
		add(jobs[i].before)
		for _, stock := range jobs[i].stocks {
			add(stock)
		}
	}
	add(j.index)
	return unit
}

// ranks says of each job how much it matters: one that carries several changes as much as the best of them.
func ranks(jobs []*job, o Options) []int {
	published := map[string]bool{}
	for _, j := range jobs {
		if j.Operation == plan.Publish {
			published[j.ProductID] = true
		}
	}
	list := make([]int, len(jobs))
	for i, j := range jobs {
		list[i] = rank(j, o.Changes, func(id string) bool { return o.Live == nil || published[id] || o.Live(id) })
	}
	return list
}

func rank(j *job, changes map[string]plan.Change, live func(productID string) bool) int {
	switch j.Operation {
	case plan.SetPrices:
		if slices.ContainsFunc(j.Changes, func(id string) bool { return live(changes[id].ProductID) }) {
			return rankPrices
		}
		return rankHiddenPrices
	case plan.Publish, plan.StopSelling, plan.Unpublish:
		return rankLifecycle
	case plan.CreateProduct, plan.SetOptions:
		return rankCreates
	case plan.SetStock:
		return rankStock
	}
	best := rankImages
	for _, id := range j.Changes {
		best = min(best, rankOf(changes[id], live))
	}
	return best
}

func rankOf(c plan.Change, live func(productID string) bool) int {
	switch c.Kind {
	case plan.KindPrice:
		if !live(c.ProductID) {
			return rankHiddenPrices
		}
		return rankPrices
	case plan.KindLifecycle:
		return rankLifecycle
	case plan.KindInventory:
		return rankStock
	case plan.KindImage:
		return rankImages
	case plan.KindVariant:
		if c.Action == plan.Create {
			return rankCreates
		}
	}
	return rankTexts
}

// purse counts the writes that a budget allows. Each chosen job may be tried once. A batch that needs further tries takes what is
// left, and when nothing is, the place of the job that matters least: to end what has begun comes before beginning anything else.
type purse struct {
	limited bool
	jobs    []*job
	ranks   []int
	open    []bool // chosen, and its turn has not come
	spare   int
}

func newPurse(jobs []*job, o Options) *purse {
	p := &purse{limited: o.Budget > 0, jobs: jobs, ranks: ranks(jobs, o), spare: o.Budget}
	p.open = choose(jobs, p.ranks, o.Budget)
	for _, open := range p.open {
		if open {
			p.spare--
		}
	}
	return p
}

// first pays for the first try of a job, whose turn it is.
func (p *purse) first(j *job) bool {
	paid := p.open[j.index]
	p.open[j.index] = false
	return paid
}

// another pays for a further try. The job that is given up for it is the last of its product, and no stock of variants made in
// this load.
func (p *purse) another() bool {
	if !p.limited {
		return true
	}
	if p.spare > 0 {
		p.spare--
		return true
	}
	least, lowest, later := -1, -1, map[string]bool{}
	for i, j := range slices.Backward(p.jobs) {
		if !p.open[i] || len(j.makers) > 0 || later[j.product] {
			continue
		}
		later[j.product] = j.product != ""
		if p.ranks[i] > lowest {
			least, lowest = i, p.ranks[i]
		}
	}
	if least < 0 {
		return false
	}
	p.open[least] = false
	return true
}
