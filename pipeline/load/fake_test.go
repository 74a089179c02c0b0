package load_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/load"
	"fairesync/pipeline/plan"
)

// failure is an error as Faire's client makes them.
type failure struct {
	code, subject                string
	definite, unknown, temporary bool
}

func (f failure) Error() string   { return f.code + " " + f.subject }
func (f failure) Code() string    { return f.code }
func (f failure) Subject() string { return f.subject }
func (f failure) Definite() bool  { return f.definite }
func (f failure) Unknown() bool   { return f.unknown }
func (f failure) Temporary() bool { return f.temporary }

var (
	refused   = failure{code: "refused", definite: true}
	notFound  = failure{code: "not_found", definite: true}
	noAnswer  = failure{code: "timeout", unknown: true, temporary: true}
	neverSent = failure{code: "network", temporary: true}
	denied    = failure{code: "unauthorized", definite: true}
)

// event is something the journal or Faire saw.
type event struct {
	What    string // begin and end: the journal; call and answer: Faire
	Request string
}

// fake is a Faire and a journal that remember what happened in which order. Bodies carry the id of their request as "mark".
type fake struct {
	fails  map[string]failure       // by request id
	delays map[string]time.Duration // by request id
	bad    map[string]failure       // by variant id: refuses the whole batch, naming it if the code is not_found
	born   map[string]time.Time     // by variant id: unknown before
	dead   map[string]bool          // by token: made long ago, and deleted since
	called func(request string)     // while the call is under way
	broken func(e event) error      // of the journal

	mu       sync.Mutex
	events   []event
	attempts []load.Attempt
	flying   int
	most     int // calls in flight at once
}

func (f *fake) note(e event) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.events = append(f.events, e)
	switch e.What {
	case "call":
		f.flying++
		f.most = max(f.most, f.flying)
	case "answer":
		f.flying--
	}
	if f.broken != nil {
		return f.broken(e)
	}
	return nil
}

// Begin implements load.Journal.
func (f *fake) Begin(a load.Attempt) error {
	f.attempts = append(f.attempts, a) // one at a time: the race detector watches
	return f.note(event{a.Phase, a.Request})
}

// End implements load.Journal.
func (f *fake) End(a load.Attempt) error {
	f.attempts = append(f.attempts, a)
	return f.note(event{a.Phase, a.Request})
}

func (f *fake) call(ctx context.Context, request string) error {
	if err := f.note(event{"call", request}); err != nil {
		return err
	}
	if f.called != nil {
		f.called(request)
	}
	time.Sleep(f.delays[request])
	if ctx.Err() != nil {
		return fmt.Errorf("request %s was interrupted in flight: %w", request, ctx.Err())
	}
	if err := f.note(event{"answer", request}); err != nil {
		return err
	}
	if fails, ok := f.fails[request]; ok {
		return fails
	}
	return nil
}

type productBody struct {
	Mark     string        `json:"mark"`
	Token    string        `json:"idempotence_token,omitempty"`
	Variants []variantBody `json:"variants,omitempty"`
}

type variantBody struct {
	Token string `json:"idempotence_token"`
}

func (f *fake) product(ctx context.Context, id string, raw json.RawMessage) (catalog.Product, error) {
	var body productBody
	if err := json.Unmarshal(raw, &body); err != nil {
		return catalog.Product{}, err
	}
	if err := f.call(ctx, body.Mark); err != nil {
		return catalog.Product{}, err
	}
	p := catalog.Product{FaireID: id, Token: body.Token}
	for _, v := range body.Variants {
		one := catalog.Variant{FaireID: made(v.Token), Token: v.Token}
		if f.dead[v.Token] {
			one.Lifecycle = catalog.Deleted
		}
		p.Variants = append(p.Variants, one)
	}
	return p, nil
}

// made is the id of the variant that is made with a token.
func made(token string) string { return "po_of_" + token }

// CreateProduct implements load.Writer.
func (f *fake) CreateProduct(ctx context.Context, body json.RawMessage) (catalog.Product, error) {
	return f.product(ctx, "p_new", body)
}

// UpdateProduct implements load.Writer.
func (f *fake) UpdateProduct(ctx context.Context, id string, body json.RawMessage) (catalog.Product, error) {
	return f.product(ctx, id, body)
}

// SetOptions implements load.Writer.
func (f *fake) SetOptions(ctx context.Context, id string, body json.RawMessage) error {
	_, err := f.product(ctx, id, body)
	return err
}

type batchBody struct {
	Inventories []entryBody `json:"inventories,omitempty"`
	Prices      []entryBody `json:"prices,omitempty"`
}

type entryBody struct {
	Mark  string `json:"mark"`
	ID    string `json:"product_variant_id"`
	Units int64  `json:"on_hand_quantity"`
}

func (f *fake) batch(ctx context.Context, raw json.RawMessage) (map[string]catalog.Stock, error) {
	var body batchBody
	if err := json.Unmarshal(raw, &body); err != nil {
		return nil, err
	}
	entries := slices.Concat(body.Inventories, body.Prices)
	if err := f.call(ctx, entries[0].Mark); err != nil {
		return nil, err
	}
	units := map[string]catalog.Stock{}
	for _, e := range entries {
		fails, bad := f.bad[e.ID]
		if time.Now().Before(f.born[e.ID]) {
			fails, bad = notFound, true
		}
		if fails.code == notFound.code {
			fails.subject = e.ID
		}
		if bad || strings.HasPrefix(e.ID, "@") {
			return nil, fails
		}
		units[e.ID] = onHand(e.Units)
	}
	return units, nil
}

// onHand is the stock of a variant no order has taken anything of.
func onHand(units int64) catalog.Stock { return catalog.Stock{OnHand: &units, Available: &units} }

// SetStock implements load.Writer.
func (f *fake) SetStock(ctx context.Context, body json.RawMessage) (map[string]catalog.Stock, error) {
	return f.batch(ctx, body)
}

// SetPrices implements load.Writer.
func (f *fake) SetPrices(ctx context.Context, body json.RawMessage) error {
	_, err := f.batch(ctx, body)
	return err
}

// productOf is the product of a variant: po_x_1 and po_x_2 are of p_x.
func productOf(variant string) string {
	product, _, _ := strings.Cut(strings.TrimPrefix(variant, "po_"), "_")
	return "p_" + product
}

// script is a plan in the making.
type script struct {
	requests []plan.Request
	changes  map[string]plan.Change
}

func (s *script) id() string { return fmt.Sprintf("r%05d", len(s.requests)+1) }

func (s *script) add(r plan.Request, body any, changes ...plan.Change) string {
	data, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	r.ID, r.Body, r.BodyDigest = s.id(), data, plan.Digest(json.RawMessage(data))
	for i, c := range changes {
		c.ProductID = cmp.Or(c.ProductID, r.ProductID)
		c.ID = fmt.Sprintf("c%s-%d", r.ID, i)
		r.Changes = append(r.Changes, c.ID)
		if s.changes == nil {
			s.changes = map[string]plan.Change{}
		}
		s.changes[c.ID] = c
	}
	s.requests = append(s.requests, r)
	return r.ID
}

// product adds a request of one product that makes variants with these tokens.
func (s *script) product(operation plan.Operation, key, id string, tokens []string, changes ...plan.Change) string {
	body := productBody{Mark: s.id()}
	for _, token := range tokens {
		body.Variants = append(body.Variants, variantBody{token})
	}
	return s.add(plan.Request{Operation: operation, ProductKey: key, ProductID: id}, body, changes...)
}

// batch adds a batch over these variants, ids or @tokens.
func (s *script) batch(operation plan.Operation, keys ...string) string {
	var entries []entryBody
	var changes []plan.Change
	for i, key := range keys {
		entries = append(entries, entryBody{Mark: s.id(), ID: key, Units: int64(i)})
		changes = append(changes, plan.Change{Kind: plan.KindInventory, VariantID: key, ProductID: productOf(key)})
	}
	body := batchBody{Inventories: entries}
	if operation == plan.SetPrices {
		for i := range changes {
			changes[i].Kind = plan.KindPrice
		}
		body = batchBody{Prices: entries}
	}
	return s.add(plan.Request{Operation: operation}, body, changes...)
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func (f *fake) options() load.Options {
	return load.Options{Journal: f, Now: func() time.Time { return noon }, GiveUp: 1 << 30}
}

// statuses are what became of the requests, in a few words.
func statuses(outcomes []load.Outcome) []string {
	var list []string
	for _, o := range outcomes {
		list = append(list, fmt.Sprintf("%s %s", o.Request.ID, o.Status))
	}
	return list
}
