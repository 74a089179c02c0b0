package load

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/plan"
)

// Writer is what the load needs of Faire. It is used by several goroutines at once.
type Writer interface {
	CreateProduct(ctx context.Context, body json.RawMessage) (catalog.Product, error)
	UpdateProduct(ctx context.Context, productID string, body json.RawMessage) (catalog.Product, error)
	SetOptions(ctx context.Context, productID string, body json.RawMessage) error
	SetStock(ctx context.Context, body json.RawMessage) (map[string]catalog.Stock, error) // by variant id, as Faire answered
	SetPrices(ctx context.Context, body json.RawMessage) error
}

// Journal keeps attempts; both methods return only when the line is on disk. They are called one at a time.
type Journal interface {
	Begin(Attempt) error
	End(Attempt) error
}

// Failure is what an error of the Writer may say of itself. One that says nothing leaves the outcome unknown.
type Failure interface {
	error
	Code() string
	Definite() bool  // Faire said no: nothing was changed
	Unknown() bool   // it may or may not have worked; neither: it never reached Faire
	Temporary() bool // the same request may work later
}

// What Options that are 0 stand for.
const (
	defaultParallel = 4
	defaultGiveUp   = 20
)

// Options of a load.
type Options struct {
	Journal  Journal
	Now      func() time.Time
	Done     func(Outcome)                                    // told after every request, one at a time; nil: nobody
	Sleep    func(ctx context.Context, d time.Duration) error // ends early with the context's error; nil: the runtime's timer
	Changes  map[string]plan.Change                           // of the plan, by id: what the requests are about
	Parallel int                                              // requests in flight; 0: 4
	GiveUp   int                                              // temporary failures in a row after which the load stops; 0: 20
	Budget   int                                              // writes that are tried, at most; 0: as many as it takes
	Live     func(productID string) bool                      // whether a product can be ordered on Faire: its prices matter most; nil: all can
}

// sleep waits, or ends early with the context's error.
func (o Options) sleep(ctx context.Context, d time.Duration) error {
	if o.Sleep != nil {
		return o.Sleep(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Run sends the requests it is given in the plan's order, several at a time; job says what each waits for. A fallback request
// (plan.Request.FallbackOf) is sent like any other, so a caller leaves those out that are not wanted. A refusal stops only the later
// requests of its own product; a batch goes without the entries that Faire refuses. An interrupt lets the requests in flight end
// and begins no further one. The outcomes are of all requests, in the plan's order; the error is a PartialError, or what made the
// load impossible: a body that cannot be read (nothing was sent), or a journal that cannot be written.
func Run(ctx context.Context, requests []plan.Request, writer Writer, options Options) ([]Outcome, error) {
	l := &loader{writer: writer, options: options, jobs: arrange(requests), outcomes: make([]Outcome, len(requests)), ids: map[string]string{}}
	l.purse = newPurse(l.jobs, options)
	for i, j := range l.jobs {
		l.outcomes[i] = Outcome{Request: j.Request, Status: NotTried}
		if j.err != nil && l.fatal == nil {
			l.fatal = fmt.Errorf("request %s cannot be sent: %w", j.ID, j.err)
		}
	}
	if l.fatal != nil {
		return l.outcomes, l.fatal
	}
	var sent sync.WaitGroup
	slots := make(chan struct{}, cmp.Or(options.Parallel, defaultParallel))
	for i, j := range l.jobs {
		if j.phase && (i == 0 || !l.jobs[i-1].phase || l.jobs[i-1].Operation != j.Operation) {
			sent.Wait()
		}
		for _, at := range j.makers {
			<-l.jobs[at].done
		}
		if j.before >= 0 {
			<-l.jobs[j.before].done
		}
		slots <- struct{}{}
		sent.Go(func() {
			l.finish(j, l.do(ctx, j))
			<-slots
		})
		<-j.begun // so that what is first in order of harm begins first
	}
	sent.Wait()
	if l.fatal != nil {
		return l.outcomes, l.fatal
	}
	return l.outcomes, partial(l.outcomes, l.gaveUp)
}

type loader struct {
	writer   Writer
	options  Options
	jobs     []*job
	outcomes []Outcome // by index of the job; read by others when the job is done

	mu     sync.Mutex
	purse  *purse
	ids    map[string]string // token of a variant: the id Faire gave it in this load
	streak int               // temporary failures in a row
	gaveUp string            // why the load stopped: Faire seems to be down; blank if it did not
	fatal  error             // the journal cannot be written
}

// do brings a job to its end.
func (l *loader) do(ctx context.Context, j *job) Outcome {
	o := Outcome{Request: j.Request}
	l.mu.Lock()
	j.paid = l.purse.first(j)
	l.mu.Unlock()
	if !j.paid {
		o.Status, o.Message = CarriedOver, overBudget
		return o
	}
	if j.before >= 0 && l.outcomes[j.before].Status != Applied {
		o.Status, o.Message = NotTried, fmt.Sprintf("request %s of the same product did not go through", l.jobs[j.before].ID)
		return o
	}
	if len(j.entries) > 0 {
		return l.batch(ctx, j)
	}
	got := l.try(ctx, j, j.Body, 1)
	o.Status, o.Code, o.Message, o.Product = got.status, got.code, got.message, got.product
	if got.begun {
		o.Tries = 1
	}
	return o
}

func (l *loader) finish(j *job, o Outcome) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if o.Tries == 0 {
		if j.paid {
			l.purse.spare++
		}
		close(j.begun)
	}
	l.outcomes[j.index] = o
	close(j.done)
	if l.options.Done != nil {
		l.options.Done(o)
	}
}
