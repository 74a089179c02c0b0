package load

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/plan"
)

// answer is what became of one try.
type answer struct {
	status        Status
	begun         bool // it is in the journal
	product       *catalog.Product
	stock         map[string]catalog.Stock
	code, message string
	subject       string // what the refusal is about, as Faire names it
	passing       bool   // it says something of Faire or of our access, nothing of what was sent
}

// try sends one body, in the journal before and after. n counts the tries of the job from 1. What is in flight outlives an
// interrupt.
func (l *loader) try(ctx context.Context, j *job, body json.RawMessage, n int) answer {
	attempt := Attempt{Request: j.ID, Operation: string(j.Operation), ProductID: j.ProductID, Key: j.ProductKey, Token: j.Token,
		Body: plan.Digest(body)}
	if n > 1 {
		attempt.Try = n
	}
	if status, why := l.begin(ctx, j, attempt, n); status != "" {
		return answer{status: status, message: why}
	}
	got := l.call(context.WithoutCancel(ctx), j, body)
	l.end(j, attempt, &got)
	return got
}

const overBudget = "the budget of this load is used up"

// begin writes down that a try begins. If it must not, it returns the status of what is not tried, and why.
func (l *loader) begin(ctx context.Context, j *job, attempt Attempt, n int) (Status, string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.fatal != nil:
		return NotTried, "the journal could not be written"
	case l.gaveUp != "":
		return NotTried, l.gaveUp
	case ctx.Err() != nil:
		return NotTried, "the load was interrupted before it"
	case n > 1 && !l.purse.another():
		return CarriedOver, overBudget
	}
	attempt.Time, attempt.Phase = l.options.Now().UTC(), "begin"
	if err := l.options.Journal.Begin(attempt); err != nil {
		l.fatal = fmt.Errorf("journal before request %s: %w", j.ID, err)
		return NotTried, "the journal could not be written"
	}
	if n == 1 {
		close(j.begun)
	}
	return "", ""
}

// end writes down how a try ended, and learns from it.
func (l *loader) end(j *job, attempt Attempt, got *answer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	got.begun = true
	attempt.Time, attempt.Phase = l.options.Now().UTC(), "end"
	attempt.Status, attempt.Code, attempt.Message = got.status, got.code, got.message
	if got.product != nil {
		attempt.NewID = got.product.FaireID
		l.learn(j, *got.product)
	}
	if err := l.options.Journal.End(attempt); err != nil && l.fatal == nil {
		l.fatal = fmt.Errorf("journal after request %s: %w", j.ID, err)
	}
	if l.streak++; !got.passing {
		l.streak = 0
	}
	if l.gaveUp == "" && l.streak >= cmp.Or(l.options.GiveUp, defaultGiveUp) {
		l.gaveUp = fmt.Sprintf("the load stopped after %d temporary failures in a row, the last: %s", l.streak, got.message)
	}
}

// learn notes the ids of the variants a job made, by the tokens they were made with.
func (l *loader) learn(j *job, product catalog.Product) {
	for _, v := range product.Variants {
		if slices.Contains(j.makes, v.Token) && v.Lifecycle != catalog.Deleted {
			l.ids[v.Token] = v.FaireID
		}
	}
}

// call sends one body and sorts the answer.
func (l *loader) call(ctx context.Context, j *job, body json.RawMessage) answer {
	var got answer
	var product catalog.Product
	var err error
	switch j.Operation {
	case plan.CreateProduct:
		product, err = l.writer.CreateProduct(ctx, body)
		got.product = &product
	case plan.UpdateProduct, plan.Publish, plan.Unpublish:
		product, err = l.writer.UpdateProduct(ctx, j.ProductID, body)
		got.product = &product
	case plan.SetOptions:
		err = l.writer.SetOptions(ctx, j.ProductID, body)
	case plan.SetStock, plan.StopSelling:
		got.stock, err = l.writer.SetStock(ctx, body)
	case plan.SetPrices:
		err = l.writer.SetPrices(ctx, body)
	}
	if err != nil {
		return failed(err)
	}
	got.status = Applied
	return got
}

// failed sorts an error by what it says of itself.
func failed(err error) answer {
	got := answer{status: Unknown, message: err.Error()}
	if known, ok := errors.AsType[Failure](err); ok {
		got.code = known.Code()
		got.passing = known.Temporary() || slices.Contains(ofAccess, got.code)
		switch {
		case known.Definite():
			got.status = Refused
		case !known.Unknown():
			got.status = NotTried
		}
	}
	if named, ok := errors.AsType[interface {
		error
		Subject() string
	}](err); ok {
		got.subject = named.Subject()
	}
	return got
}

// ofAccess are the codes of refusals that every request meets as long as somebody does not mend our access.
var ofAccess = []string{"unauthorized", "forbidden", "blocked_at_edge"}
