package plan

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/check"
)

// Answer is what became of one request, as Settle needs it.
type Answer struct {
	Applied bool
	Unknown bool // no answer: it may or may not have worked
	Code    string
	Message string                   // Faire's own words
	Product *catalog.Product         // as Faire answered; nil for batches
	Stock   map[string]catalog.Stock // as Faire answered, by variant id; of inventory batches
	Failed  []string                 // changes of a batch that did not go
}

// Settle compares what was sent with what Faire holds now (design §4.8): equal, or a value Faire made of a text, an image
// address or a type name, becomes the record; the value from before the write is FAIRE_WRITE_IGNORED and nothing is recorded. now
// holds the products read back after the load, by Faire id; where one is missing, the answer's body serves. A refusal is an
// exception and moves the generation of a create's token; an unknown outcome moves nothing.
func Settle(in Input, result Result, answers map[string]Answer, now map[string]catalog.Product) Settled {
	s := settler{in: in, out: Settled{States: result.States, Generations: map[string]int{}}, changes: map[string]Change{}, now: now, repeated: map[string]bool{}}
	for _, c := range result.Plan.Changes {
		s.changes[c.ID] = c
	}
	for _, r := range result.Plan.Requests {
		if answer, sent := answers[r.ID]; sent && answer.Applied && r.FallbackOf != "" {
			for _, id := range r.Changes {
				s.repeated[id] = true
			}
		}
	}
	pairs := map[string]Pair{}
	for _, p := range in.Pairs {
		pairs[pairID(p.Key, productID(p.Current))] = p
	}
	for _, r := range result.Plan.Requests {
		answer, tried := answers[r.ID]
		if !tried {
			continue
		}
		pair := pairs[pairID(r.ProductKey, r.ProductID)]
		switch {
		case answer.Unknown:
			s.except("FAIRE_OUTCOME_UNKNOWN", r, answer, pair)
		case !answer.Applied:
			s.except("FAIRE_REFUSED", r, answer, pair)
			if r.Operation == CreateProduct {
				s.out.Generations[r.ProductKey] = Generation(r.Token) + 1
			}
		case r.Operation == CreateProduct:
			s.created(r, answer, pair)
		case r.Operation == UpdateProduct || r.Operation == Publish || r.Operation == Unpublish:
			s.updated(r, answer, pair)
		case r.Operation == SetPrices:
			s.priced(r, answer)
		case r.Operation == SetStock || r.Operation == StopSelling:
			s.stocked(r, answer)
		}
	}
	check.Sort(s.out.Exceptions)
	return s.out
}

// pairID tells the pairs of a style apart that sits on several products.
func pairID(key, productID string) string { return key + "\x00" + productID }

func productID(p *catalog.Product) string {
	if p == nil {
		return ""
	}
	return p.FaireID
}

// Settled is what a load leaves to record.
type Settled struct {
	States      map[string]State // by Faire product id
	Generations map[string]int   // by product key
	Exceptions  []check.Exception
}

type settler struct {
	in       Input
	out      Settled
	changes  map[string]Change
	now      map[string]catalog.Product
	repeated map[string]bool // changes whose batch was ignored, so that the PATCH was sent that repeats it
}

// Generation reads the counter at the end of an idempotence token (design §5); 1 if there is none.
func Generation(token string) int {
	n, err := strconv.Atoi(token[strings.LastIndexByte(token, '-')+1:])
	if err != nil {
		return 1
	}
	return n
}

func (s *settler) except(code string, r Request, answer Answer, pair Pair) {
	e := check.Exception{Code: code, EntityKey: r.ProductKey, ProductKey: r.ProductKey, FaireID: r.ProductID, Detail: string(r.Operation),
		Found: strings.TrimSpace(answer.Code + " " + answer.Message), Wanted: string(r.Operation)}
	if e.EntityKey == "" {
		e.EntityKey, e.Detail = s.in.Brand, r.BodyDigest
	}
	if pair.Desired != nil {
		e.Style, e.Name = pair.Desired.Style, pair.Desired.Name
	}
	e.Source, _ = splitKey(r.ProductKey)
	e.Live = pair.Current != nil && pair.Current.Lifecycle == catalog.Published
	s.out.Exceptions = append(s.out.Exceptions, e.Identify(s.in.Brand))
}

// current is the product as Faire holds it now.
func (s *settler) current(answer Answer, id string) (catalog.Product, bool) {
	if answer.Product != nil && id == "" {
		id = answer.Product.FaireID
	}
	if p, ok := s.now[id]; ok {
		return p, true
	}
	if answer.Product != nil {
		return *answer.Product, true
	}
	return catalog.Product{}, false
}

// created records a product we made.
func (s *settler) created(r Request, answer Answer, pair Pair) {
	p, ok := s.current(answer, "")
	if !ok || pair.Desired == nil {
		return
	}
	d := pair.Desired
	state := State{Key: r.ProductKey, ProductID: p.FaireID, Created: true, Released: true, Generation: Generation(r.Token),
		Fields: map[string]Value{}, Variants: map[string]VariantState{}}
	if d.Lifecycle == catalog.Unpublished {
		state.LeftFor = "taxonomy"
		if len(d.Images) == 0 {
			state.LeftFor = "image"
		}
	}
	if p.Token != r.Token || p.Lifecycle == catalog.Deleted {
		s.except("FAIRE_WRITE_IGNORED", r, Answer{Code: "replayed", Message: "Faire answered with an older product of this token"}, pair)
		return
	}
	carried := s.carried(r)
	for _, f := range productFields {
		if value := f.get(d); carried[""][f.name] && !slices.Contains(d.Defaulted, f.name) {
			state.Fields[f.name] = Value{Sent: value, Held: f.get(&p)}
		}
	}
	ignore := s.in.Rules.IgnoreQuery
	if carried[""][fieldImages] {
		state.Fields[fieldImages] = Value{Sent: lines(identities(d.Images, ignore)), Held: lines(identities(p.Images, ignore))}
	}
	s.fresh(&state, d, &p, carried)
	s.out.States[p.FaireID] = state
}

// carried are the fields that a request's creates sent: of its product by "", of its variants by their keys. What was held or is
// excluded was not sent, and is not recorded as if it had been.
func (s *settler) carried(r Request) map[string]map[string]bool {
	carried := map[string]map[string]bool{}
	for _, id := range r.Changes {
		change := s.changes[id]
		if change.Action != Create {
			continue
		}
		if carried[change.VariantKey] == nil {
			carried[change.VariantKey] = map[string]bool{}
		}
		for _, f := range change.Fields {
			carried[change.VariantKey][f.Name] = true
		}
	}
	return carried
}

// fresh records the variants that were made, found again by their token.
func (s *settler) fresh(state *State, d, p *catalog.Product, carried map[string]map[string]bool) {
	for i := range p.Variants {
		there := &p.Variants[i]
		at := slices.IndexFunc(d.Variants, func(v catalog.Variant) bool { return v.Token != "" && v.Token == there.Token })
		if _, known := state.Variants[there.FaireID]; known || at < 0 {
			continue
		}
		v := &d.Variants[at]
		sent := carried[v.Key]
		record := VariantState{Key: v.Key, SKU: there.SKU, SourceSKU: v.SourceSKU, Created: true, Generation: Generation(v.Token), Fields: map[string]Value{}}
		for _, f := range variantFields {
			if sent[f.name] {
				record.Fields[f.name] = Value{Sent: f.get(v), Held: f.get(there)}
			}
		}
		for _, want := range v.Prices {
			for _, held := range there.Prices {
				if held.Geography == want.Geography && sent[priceField(want.Geography, "wholesale")] {
					record.Fields[priceField(want.Geography, "wholesale")] = Value{Sent: amount(want.Wholesale), Held: amount(held.Wholesale)}
					record.Fields[priceField(want.Geography, "retail")] = Value{Sent: amount(want.Retail), Held: amount(held.Retail)}
				}
			}
		}
		if ignore := s.in.Rules.IgnoreQuery; sent[fieldImages] {
			record.Fields[fieldImages] = Value{Sent: lines(identities(v.Images, ignore)), Held: lines(identities(there.Images, ignore))}
		}
		state.Variants[there.FaireID] = record
	}
}

// variantFields records the fields of a variant that a write carried, in the variants of state, which is the settler's own.
func (s *settler) variantFields(state State, change Change, p *catalog.Product) {
	record := state.Variants[change.VariantID]
	record.Key, record.Generation = cmp.Or(record.Key, change.VariantKey), cmp.Or(record.Generation, 1)
	if at := slices.IndexFunc(p.Variants, func(v catalog.Variant) bool { return v.FaireID == change.VariantID }); at >= 0 {
		record.SKU = p.Variants[at].SKU
	}
	if record.Fields = maps.Clone(record.Fields); record.Fields == nil {
		record.Fields = map[string]Value{}
	}
	for _, f := range change.Fields {
		if value, ok := s.settle(change, f, variantValue(p, change.VariantID, f.Name, s.in.Rules.IgnoreQuery)); ok {
			record.Fields[f.Name] = value
		}
	}
	state.Variants[change.VariantID] = record
}

// productFields records the fields of a product that a write carried, in the fields of state, which is the settler's own.
func (s *settler) productFields(state *State, change Change, p *catalog.Product) {
	for _, f := range change.Fields {
		if f.Name != fieldLifecycle {
			if value, ok := s.settle(change, f, productValue(p, f.Name, s.in.Rules.IgnoreQuery)); ok {
				state.Fields[f.Name] = value
			}
			continue
		}
		if string(p.Lifecycle) != f.After {
			s.ignored(change, f)
		} else if p.Lifecycle == catalog.Published {
			state.LeftFor = ""
		}
	}
}

// updated records the fields a PATCH carried, and the variants it made.
func (s *settler) updated(r Request, answer Answer, pair Pair) {
	p, ok := s.current(answer, r.ProductID)
	if !ok {
		return
	}
	state, known := s.out.States[r.ProductID]
	if !known {
		return
	}
	state.Fields, state.Variants = maps.Clone(state.Fields), maps.Clone(state.Variants)
	for _, id := range r.Changes {
		change := s.changes[id]
		switch {
		case change.Action != Update:
		case change.VariantID != "":
			s.variantFields(state, change, &p)
		default:
			s.productFields(&state, change, &p)
		}
	}
	if pair.Desired != nil {
		s.fresh(&state, pair.Desired, &p, s.carried(r))
	}
	s.out.States[r.ProductID] = state
}

// Mark returns the states with the values marked that a plan of Undo takes back, or leaves on Faire as somebody mended them: while the
// source wants them they are not sent again (GUARD_UNDONE). It is called before the plan is sent, or an undo that dies halfway would be
// undone by the next run. A mark on a value that was not taken back in the end does no harm: it is what Faire holds.
func Mark(states map[string]State, p Plan) map[string]State {
	all := maps.Clone(states)
	if all == nil {
		all = map[string]State{}
	}
	for _, change := range p.Changes {
		if change.Reason != ReasonUndone || change.Held() {
			continue
		}
		state, known := all[change.ProductID]
		if !known {
			state = State{Key: change.Key, ProductID: change.ProductID, Released: true, Generation: 1, Fields: map[string]Value{}}
		}
		if change.VariantID == "" {
			state.Undone = marked(state.Undone, change)
		} else {
			if state.Variants = maps.Clone(state.Variants); state.Variants == nil {
				state.Variants = map[string]VariantState{}
			}
			v := state.Variants[change.VariantID]
			v.Key, v.Generation = cmp.Or(v.Key, change.VariantKey), cmp.Or(v.Generation, 1)
			v.Undone = marked(v.Undone, change)
			state.Variants[change.VariantID] = v
		}
		all[change.ProductID] = state
	}
	return all
}

func marked(undone map[string]string, change Change) map[string]string {
	if undone = maps.Clone(undone); undone == nil {
		undone = map[string]string{}
	}
	for _, f := range change.Fields {
		undone[f.Name] = *f.Sent
	}
	return undone
}

// priced records the prices a batch carried.
func (s *settler) priced(r Request, answer Answer) {
	for _, id := range r.Changes {
		change := s.changes[id]
		product, read := s.now[change.ProductID]
		state, known := s.out.States[change.ProductID]
		if slices.Contains(answer.Failed, id) || s.repeated[id] || !read || !known {
			continue
		}
		state.Variants = maps.Clone(state.Variants)
		s.variantFields(state, change, &product)
		s.out.States[change.ProductID] = state
	}
}

// stocked notices quantities that Faire took without a word and did not keep. There is nothing to record: quantities are compared
// anew by every run.
func (s *settler) stocked(r Request, answer Answer) {
	for _, id := range r.Changes {
		change := s.changes[id]
		stock, told := answer.Stock[change.VariantID]
		if !told || slices.Contains(answer.Failed, id) {
			continue
		}
		if held := quantity(stock.OnHand); held != change.Fields[0].After {
			s.ignored(change, change.Fields[0])
		}
	}
}

func quantity(units *int64) string {
	if units == nil {
		return ""
	}
	return strconv.FormatInt(*units, 10)
}

// settle decides whether a write took.
func (s *settler) settle(change Change, f Field, held string) (Value, bool) {
	if held == f.Before && !alike(f.Name, held, f.After) {
		s.ignored(change, f)
		return Value{}, false
	}
	switch family(f.Name) {
	case "name", "description", "short_description", fieldImages:
		return Value{Sent: f.After, Held: held}, true // Faire may make its own of these
	}
	if !alike(f.Name, held, f.After) && !madeOf(f.Name, f.After, held) {
		s.ignored(change, f)
		return Value{}, false
	}
	return Value{Sent: f.After, Held: held}, true
}

func (s *settler) ignored(change Change, f Field) {
	source, _ := splitKey(change.Key)
	s.out.Exceptions = append(s.out.Exceptions, check.Exception{Code: "FAIRE_WRITE_IGNORED", EntityKey: cmp.Or(change.VariantKey, change.Key),
		ProductKey: change.Key, VariantKey: change.VariantKey, SKU: change.SKU, Style: change.Style, Name: change.Name, Field: f.Name,
		Found: f.Before, Wanted: f.After, FaireID: change.ProductID, Source: source,
		Live: s.now[change.ProductID].Lifecycle == catalog.Published}.Identify(s.in.Brand))
}

func productValue(p *catalog.Product, name string, ignore []string) string {
	if name == fieldImages {
		return lines(identities(p.Images, ignore))
	}
	for _, f := range productFields {
		if f.name == name {
			return f.get(p)
		}
	}
	return ""
}

func variantValue(p *catalog.Product, id, name string, ignore []string) string {
	at := slices.IndexFunc(p.Variants, func(v catalog.Variant) bool { return v.FaireID == id })
	if at < 0 {
		return ""
	}
	v := &p.Variants[at]
	if name == fieldImages {
		return lines(identities(v.Images, ignore))
	}
	for _, f := range variantFields {
		if f.name == name {
			return f.get(v)
		}
	}
	for _, price := range v.Prices {
		switch name {
		case priceField(price.Geography, "wholesale"):
			return amount(price.Wholesale)
		case priceField(price.Geography, "retail"):
			return amount(price.Retail)
		}
	}
	return ""
}
