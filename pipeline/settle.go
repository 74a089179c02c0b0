package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/load"
	"fairesync/pipeline/plan"
)

// settle finds out what became of the attempts that earlier runs left open, because they died or had no answer, before anything
// else is sent (design §5):
//
//	open attempt         | how it is settled
//	---------------------+---------------------------------------------------------------------------------------------
//	create of a product  | the identical POST again: Faire knows its token and answers with the product it made before
//	anything else        | by reading: it set absolute values, so the plan that follows sends what is still missing
//
// Then what died runs made is linked, as they would have done themselves.
func (r *run) settle(ctx context.Context) error {
	open, err := r.edges.State.Unsettled()
	if err != nil {
		return fmt.Errorf("look for open attempts: %w", err)
	}
	died, err := r.edges.State.Died()
	if err != nil {
		return fmt.Errorf("look for runs that died: %w", err)
	}
	if len(open)+len(died) == 0 {
		return nil
	}
	r.step("settle")
	if err := r.knownAccount(ctx); err != nil {
		return err
	}
	for _, one := range open {
		if err := r.settleRun(ctx, one); err != nil {
			return fmt.Errorf("settle what run %s left open: %w", one.Run, err)
		}
	}
	for _, id := range died {
		if err := r.bury(ctx, id); err != nil {
			return fmt.Errorf("settle what run %s left: %w", id, err)
		}
	}
	return nil
}

// knownAccount makes sure that the token is of the account this state belongs to.
func (r *run) knownAccount(ctx context.Context) error {
	var err error
	if r.memory, err = r.edges.Book.Open(ctx, r.edges.State.ObjectsDir()); err != nil {
		return fmt.Errorf("open the brand's state: %w", err)
	}
	if r.inputs.Account, err = r.edges.Faire.Profile(ctx); err != nil {
		return fmt.Errorf("read the brand's profile on Faire: %w", err)
	}
	return r.sameAccount(r.inputs.Account)
}

// readSent reads the plan a run sent from.
func readSent(folder *ledger.Run) (plan.Plan, error) {
	file, err := folder.Open(ledger.PlanName)
	if err != nil {
		return plan.Plan{}, err
	}
	defer file.Close() //nolint:errcheck // read only
	return plan.Read(file)
}

func (r *run) settleRun(ctx context.Context, open ledger.Unsettled) (err error) {
	folder, err := r.edges.State.OpenRun(open.Run)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	p, err := readSent(folder)
	if err != nil {
		return err
	}
	if p.BrandID != r.inputs.Account.ID {
		return &UsageError{Why: fmt.Sprintf("it wrote to Faire brand %s, the token is of %s (%s)", p.BrandID, r.inputs.Account.ID, r.inputs.Account.Name),
			Next: "use the token of that account, so that its open requests can be settled"}
	}
	journal, err := folder.Journal()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, journal.Close()) }()
	requests := map[string]plan.Request{}
	for _, request := range p.Requests {
		requests[request.ID] = request
	}
	var now map[string]catalog.Product // read once, when it is wanted
	var settled []load.Attempt
	made, answers := map[string]string{}, map[string]plan.Answer{} // by id of the request; made: the product
	var failed error
	for _, attempt := range open.Attempts {
		request, known := requests[attempt.Request]
		if !known {
			return fmt.Errorf("%s names the request %s, which its plan does not have", folder.Path(ledger.AttemptsName), attempt.Request)
		}
		attempt.Time = r.edges.Now().UTC()
		if request.Operation == plan.CreateProduct {
			failed = r.sendAgain(ctx, request, &attempt)
		} else {
			if now == nil {
				if now, failed = r.changedSince(ctx, p.Created); failed != nil {
					break
				}
			}
			failed = r.lookFor(ctx, p, request, now, &attempt)
		}
		if failed != nil {
			break
		}
		note(attempt, made, answers)
		settled = append(settled, attempt)
	}
	if len(settled) == 0 {
		return failed
	}
	// Recorded before it is called settled: whoever dies between the two finds it open again.
	err = r.recordFor(ctx, open.Run, p, answers, createdStates(p, func(request plan.Request) string { return made[request.ID] }))
	if err != nil {
		return errors.Join(failed, err)
	}
	for _, attempt := range settled {
		if err := journal.Settle(attempt); err != nil {
			return errors.Join(failed, err)
		}
		r.edges.Log.Info("settled", "run", r.summary.Run, "of", open.Run, "request", attempt.Request, "operation", attempt.Operation, "status", string(attempt.Status))
	}
	return failed
}

// note sorts the end of an attempt into what its request made and what became of it.
func note(a load.Attempt, made map[string]string, answers map[string]plan.Answer) {
	switch {
	case a.Status == load.Applied:
		made[a.Request], answers[a.Request] = a.NewID, plan.Answer{Applied: true}
	case a.Status == load.Refused && !answers[a.Request].Applied:
		answers[a.Request] = plan.Answer{Code: a.Code, Message: a.Message}
	}
}

// sendAgain repeats the POST of a create, byte for byte. What is still not known ends the run: nothing else may be sent.
func (r *run) sendAgain(ctx context.Context, request plan.Request, attempt *load.Attempt) error {
	if digest := plan.Digest(request.Body); digest != attempt.Body {
		return fmt.Errorf("request %s of its plan has another body than the one that was sent", request.ID)
	}
	product, err := r.edges.Writer.CreateProduct(ctx, request.Body)
	r.resent++
	var failure load.Failure
	switch {
	case err == nil:
		attempt.Status, attempt.NewID = load.Applied, product.FaireID
	case errors.As(err, &failure) && failure.Definite():
		attempt.Status, attempt.Code, attempt.Message = load.Refused, failure.Code(), failure.Error()
	default:
		return fmt.Errorf("create %s again: %w", request.ProductKey, err)
	}
	return nil
}

// lookFor reads whether a write arrived.
func (r *run) lookFor(ctx context.Context, p plan.Plan, request plan.Request, now map[string]catalog.Product, attempt *load.Attempt) error {
	var stock map[string]catalog.Stock
	if request.Operation == plan.SetStock || request.Operation == plan.StopSelling {
		var ids []string
		for _, c := range p.Changes {
			for _, id := range request.Changes {
				if c.ID == id && c.VariantID != "" {
					ids = append(ids, c.VariantID)
				}
			}
		}
		if len(ids) > 0 {
			var err error
			if stock, err = r.edges.Faire.Stock(ctx, ids); err != nil {
				return fmt.Errorf("read the stock on Faire: %w", err)
			}
		}
	}
	attempt.Status = load.NotTried
	if plan.Took(p, request, now, stock) {
		attempt.Status = load.Applied
	}
	return nil
}

// changedSince are the products on Faire that changed since a plan was made.
func (r *run) changedSince(ctx context.Context, made time.Time) (map[string]catalog.Product, error) {
	now := map[string]catalog.Product{}
	err := r.edges.Faire.Walk(ctx, made.Add(-clockSkew), true, func(_ []byte, list []catalog.Product) error {
		for _, product := range list {
			now[product.FaireID] = product
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the products on Faire: %w", err)
	}
	return now, nil
}

// bury ends a run that died, or could not record what it sent: that is recorded now, and it gets the summary it could not write.
func (r *run) bury(ctx context.Context, id string) (err error) {
	folder, err := r.edges.State.OpenRun(id)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	p, err := readSent(folder)
	if err != nil {
		return err
	}
	attempts, err := folder.ReadJournal()
	if err != nil {
		return err
	}
	made, answers := map[string]string{}, map[string]plan.Answer{} // by id of the request; made: the product
	sent := ledger.Requests{Planned: p.Summary.Requests}
	for _, a := range attempts {
		if a.Phase == ledger.PhaseBegin {
			sent.Sent++
			continue
		}
		if a.Status == load.Applied {
			sent.OK++
		}
		note(a, made, answers)
	}
	if err := r.recordFor(ctx, id, p, answers, createdStates(p, func(request plan.Request) string { return made[request.ID] })); err != nil {
		return err
	}
	if _, err := folder.ReadSummary(); err == nil { // it could tell how it ended, but not record it
		return folder.MarkRecorded()
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	begun, err := folder.ReadHolder()
	if err != nil {
		return err
	}
	rows := p.Summary.Accounting
	summary := ledger.Summary{Type: "summary", Run: id, Command: begun.Command, Brand: p.Brand, Started: begun.Started, Ended: r.edges.Now().UTC(),
		Status: ledger.StatusDied, Exit: 1, Error: "the run ended without a word; what it had sent was settled by run " + r.summary.Run,
		SourceRows: rows.SourceRows, Unchanged: rows.Unchanged, Planned: rows.Planned, Held: rows.Held, Ignored: rows.Ignored,
		Changes: p.Summary.Changes, HeldBy: p.Summary.Held, Requests: sent, Plan: folder.Path(ledger.PlanName)}
	return errors.Join(folder.WriteSummary(summary), r.edges.State.AppendRun(summary), folder.MarkRecorded())
}

// recordFor records what a run sent and could not record: links, sent and held values as Faire holds them now, and the tokens that a
// refusal moved.
func (r *run) recordFor(ctx context.Context, of string, p plan.Plan, answers map[string]plan.Answer, made map[string]plan.State) error {
	ids := sortedKeys(made)
	for _, touch := range p.Touches {
		ids = append(ids, touch.ProductID)
	}
	states, err := r.edges.Book.States(ctx, ids)
	if err != nil {
		return fmt.Errorf("read the brand's state: %w", err)
	}
	for id, state := range made {
		if _, known := states[id]; !known {
			states[id] = state
		}
	}
	now, err := r.changedSince(ctx, p.Created)
	if err != nil {
		return err
	}
	settled := plan.Settle(plan.Input{Run: of, Brand: p.Brand, BrandID: p.BrandID, Rules: r.rules()}, plan.Result{Plan: p, States: states}, answers, now)
	if err := r.edges.Book.Record(ctx, ledger.Record{Run: of, Now: r.summary.Started, States: settled.States, Generations: settled.Generations}); err != nil {
		return fmt.Errorf("record what it sent: %w", err)
	}
	return nil
}
