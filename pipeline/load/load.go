package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/plan"
)

// Writer is what the load needs of Faire.
type Writer interface {
	CreateProduct(ctx context.Context, body json.RawMessage) (catalog.Product, error)
	UpdateProduct(ctx context.Context, productID string, body json.RawMessage) (catalog.Product, error)
	SetOptions(ctx context.Context, productID string, body json.RawMessage) error
	SetStock(ctx context.Context, body json.RawMessage) error
	SetPrices(ctx context.Context, body json.RawMessage) error
}

// Journal keeps attempts; both methods return only when the line is on disk.
type Journal interface {
	Begin(Attempt) error
	End(Attempt) error
}

// Failure is what an error of the Writer may say of itself.
type Failure interface {
	error
	Code() string
	Definite() bool // Faire said no: nothing was changed
}

// Options of a load.
type Options struct {
	Journal Journal
	Now     func() time.Time
	Done    func(Outcome) // told after every request
}

// Run sends the requests one after the other, in the plan's order. A refusal stops only its own product: later requests of the
// same product are not tried. An interrupt lets the request in flight end and tries no further one. The outcomes are of all
// requests, in order; the error is a PartialError, or what made the load impossible (the journal cannot be written).
func Run(ctx context.Context, requests []plan.Request, writer Writer, options Options) ([]Outcome, error) {
	l := loader{writer: writer, options: options, ids: map[string]string{}, failed: map[string]bool{}}
	outcomes := make([]Outcome, 0, len(requests))
	var fatal error
	for _, r := range requests {
		outcome := Outcome{Request: r, Status: NotTried}
		if fatal == nil && ctx.Err() == nil && !l.failed[r.ProductKey] {
			outcome, fatal = l.send(ctx, r)
		}
		if outcome.Status != Applied && r.ProductKey != "" {
			l.failed[r.ProductKey] = true
		}
		outcomes = append(outcomes, outcome)
		if options.Done != nil {
			options.Done(outcome)
		}
	}
	if fatal != nil {
		return outcomes, fatal
	}
	return outcomes, partial(outcomes)
}

func partial(outcomes []Outcome) error {
	var e PartialError
	for _, o := range outcomes {
		switch o.Status {
		case Applied:
			e.Applied++
		case Refused:
			e.Refused++
		case Unknown:
			e.Unknown++
		default:
			e.NotTried++
		}
	}
	if e.Refused+e.Unknown+e.NotTried == 0 {
		return nil
	}
	return &e
}

type loader struct {
	writer  Writer
	options Options
	ids     map[string]string // variant key: id Faire gave it in this load
	failed  map[string]bool   // product keys whose requests stop
}

// send journals and sends one request. The context of the request outlives an interrupt: what is in flight is finished.
func (l *loader) send(ctx context.Context, r plan.Request) (Outcome, error) {
	outcome := Outcome{Request: r, Tries: 1}
	attempt := Attempt{Time: l.options.Now().UTC(), Phase: "begin", Request: r.ID, Operation: string(r.Operation), ProductID: r.ProductID,
		Key: r.ProductKey, Token: r.Token, Body: r.BodyDigest}
	body, sent, err := l.resolve(r)
	if err != nil {
		return outcome, err
	}
	if !sent { // every variant it concerns was refused before
		outcome.Status = NotTried
		return outcome, nil
	}
	if err := l.options.Journal.Begin(attempt); err != nil {
		return Outcome{Request: r, Status: NotTried}, fmt.Errorf("journal before request %s: %w", r.ID, err)
	}
	failure := l.call(context.WithoutCancel(ctx), r, body, &outcome)
	outcome.Status = Applied
	if failure != nil {
		outcome.Status, outcome.Message = Unknown, failure.Error()
		var known Failure
		if errors.As(failure, &known) {
			outcome.Code = known.Code()
			if known.Definite() {
				outcome.Status = Refused
			}
		}
	}
	attempt.Time, attempt.Phase, attempt.Status = l.options.Now().UTC(), "end", outcome.Status
	attempt.Code, attempt.Message = outcome.Code, outcome.Message
	if outcome.Product != nil {
		attempt.NewID = outcome.Product.FaireID
	}
	if err := l.options.Journal.End(attempt); err != nil {
		return outcome, fmt.Errorf("journal after request %s: %w", r.ID, err)
	}
	return outcome, nil
}

func (l *loader) call(ctx context.Context, r plan.Request, body json.RawMessage, outcome *Outcome) error {
	switch r.Operation {
	case plan.CreateProduct, plan.UpdateProduct, plan.Publish, plan.Unpublish:
		var product catalog.Product
		var err error
		if r.Operation == plan.CreateProduct {
			product, err = l.writer.CreateProduct(ctx, body)
		} else {
			product, err = l.writer.UpdateProduct(ctx, r.ProductID, body)
		}
		if err != nil {
			return err
		}
		outcome.Product = &product
		return l.learn(r, product)
	case plan.SetOptions:
		return l.writer.SetOptions(ctx, r.ProductID, body)
	case plan.SetStock, plan.StopSelling:
		return l.writer.SetStock(ctx, body)
	case plan.SetPrices:
		return l.writer.SetPrices(ctx, body)
	}
	return fmt.Errorf("request %s asks for %q, which this program does not know", r.ID, r.Operation)
}
