package load

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"fairesync/pipeline/catalog"
)

// A variant made a moment ago may be unknown for about 3 s (contract §9.1): a batch that names one is tried again so often, after
// this long each time.
const (
	freshTries = 4
	freshWait  = 2 * time.Second
)

// notFound is the code of a 404.
const notFound = "not_found"

// batch sends a batch. Faire takes all of it or nothing (contract §9.1), so one that is refused is sent again in parts: without the
// entry the refusal names, else in halves, until the bad entries stand alone. Of n entries, k of them bad, that takes O(k log n)
// requests.
func (l *loader) batch(ctx context.Context, j *job) Outcome {
	b := &batch{job: j, failed: map[string]FailedEntry{}}
	fresh := freshTries
	for parts := [][]entry{l.made(b)}; len(parts) > 0; {
		part := parts[0]
		parts = parts[1:]
		if len(part) == 0 {
			continue
		}
		got := l.sendPart(ctx, b, part)
		named := slices.IndexFunc(part, func(e entry) bool { return got.code == notFound && e.id == got.subject })
		switch {
		case got.status == Applied:
			b.apply(got.stock)
		case got.status == Refused && got.code == notFound && fresh > 0 && mayAppear(part, named):
			if fresh--; l.options.sleep(ctx, freshWait) != nil {
				fresh = 0
			}
			parts = slices.Insert(parts, 0, part)
		case got.status != Refused || got.passing || len(part) == 1:
			b.fail(part, got)
		case named >= 0:
			b.fail(part[named:named+1], got)
			parts = slices.Insert(parts, 0, slices.Concat(part[:named], part[named+1:]))
		default:
			parts = slices.Insert(parts, 0, part[:len(part)/2], part[len(part)/2:])
		}
	}
	return b.outcome(l.options)
}

// mayAppear says whether the variant that Faire does not know was made a moment ago.
func mayAppear(part []entry, named int) bool {
	if named >= 0 {
		part = part[named : named+1]
	}
	return slices.ContainsFunc(part, func(e entry) bool { return e.maker >= 0 })
}

// made gives the entries whose variants are there, tokens replaced by ids; the others fail.
func (l *loader) made(b *batch) []entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []entry
	for _, e := range b.job.entries {
		token, ours := e.token()
		id, known := l.ids[token]
		switch {
		case !ours:
			list = append(list, e)
		case known:
			e.id = id
			list = append(list, e)
		case e.maker < 0:
			b.fail([]entry{e}, answer{status: NotTried, message: "no request before it makes the variant"})
		default:
			lack := answer{status: NotTried, message: fmt.Sprintf("request %s did not make the variant", l.jobs[e.maker].ID)}
			if l.outcomes[e.maker].Status == CarriedOver {
				lack.status = CarriedOver
			}
			b.fail([]entry{e}, lack)
		}
	}
	return list
}

func (l *loader) sendPart(ctx context.Context, b *batch, part []entry) answer {
	body, err := batchBody(b.job.Operation, part)
	if err != nil {
		return answer{status: NotTried, message: err.Error()}
	}
	got := l.try(ctx, b.job, body, b.tries+1)
	if got.begun {
		b.tries++
	}
	return got
}

// batch is a batch under way.
type batch struct {
	job    *job
	tries  int
	stock  map[string]catalog.Stock
	failed map[string]FailedEntry // by key
}

func (b *batch) apply(stock map[string]catalog.Stock) {
	if b.stock == nil {
		b.stock = stock
		return
	}
	maps.Copy(b.stock, stock)
}

func (b *batch) fail(part []entry, got answer) {
	for _, e := range part {
		b.failed[e.key] = FailedEntry{Key: e.key, Status: got.status, Code: got.code, Message: got.message}
	}
}

// worst is the order in which failed entries speak for their batch.
var worst = []Status{Unknown, Refused, NotTried, CarriedOver}

func (b *batch) outcome(options Options) Outcome {
	o := Outcome{Request: b.job.Request, Status: Applied, Stock: b.stock, Tries: b.tries}
	for i, e := range b.job.entries {
		if f, ok := b.failed[e.key]; ok {
			f.Changes = options.carried(b.job, i)
			o.Failed = append(o.Failed, f)
		}
	}
	if len(o.Failed) == 0 {
		return o
	}
	speaker := slices.MinFunc(o.Failed, func(a, b FailedEntry) int {
		return cmp.Compare(slices.Index(worst, a.Status), slices.Index(worst, b.Status))
	})
	o.Status, o.Code, o.Message = Partly, speaker.Code, speaker.Message
	if len(o.Failed) == len(b.job.entries) {
		o.Status = speaker.Status
	}
	return o
}

// carried are the changes an entry carries: the one in its place, or those of its variant.
func (o Options) carried(j *job, i int) []string {
	if len(j.Changes) == len(j.entries) {
		return j.Changes[i : i+1]
	}
	var list []string
	for _, id := range j.Changes {
		if o.Changes[id].VariantID == j.entries[i].key {
			list = append(list, id)
		}
	}
	return list
}
