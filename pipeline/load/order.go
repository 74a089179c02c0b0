package load

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"fairesync/pipeline/plan"
)

// job is a request and what it waits for. Jobs are begun in the plan's order; what each waits for stands before it:
//
//	request                          | waits for
//	---------------------------------+------------------------------------------------------------
//	of one product                   | the product's request before it, which must have been applied
//	batch that names @tokens         | the requests that make these variants
//	set_stock by id                  | nothing: no other request has to do with a quantity
//	set_prices, publish,             | everything before it with another operation
//	stop_selling, unpublish          |
type job struct {
	plan.Request
	index   int
	err     error // the body cannot be read
	product string
	before  int     // index of the product's request before it; -1: none
	leads   bool    // the product has a request after it
	entries []entry // of a batch
	makes   []string
	makers  []int // indexes of the requests that make the variants a batch names
	stocks  []int // indexes of the batches that name variants this request makes
	phase   bool  // waits for everything before it with another operation
	paid    bool  // within the budget

	standing bool          // a batch that names a variant by its id
	begun    chan struct{} // closed when the first try is in the journal, or there is none
	done     chan struct{} // closed when the outcome is there
}

// entry is one variant of a batch.
type entry struct {
	key    string // variant id, or @token
	id     string // variant id; of a token, once the variant is made
	maker  int    // index of the request that makes it; -1: none of this plan
	fields map[string]json.RawMessage
}

func (e entry) token() (string, bool) { return strings.CutPrefix(e.key, "@") }

// arrange makes the jobs of a plan's requests.
func arrange(requests []plan.Request) []*job {
	jobs := make([]*job, len(requests))
	last, maker := map[string]int{}, map[string]int{}
	for i, r := range requests {
		j := &job{Request: r, index: i, product: cmp.Or(r.ProductID, r.ProductKey), before: -1, begun: make(chan struct{}), done: make(chan struct{})}
		jobs[i] = j
		switch r.Operation {
		case plan.SetOptions:
		case plan.CreateProduct, plan.UpdateProduct:
			j.makes, j.err = tokens(r.Body)
		case plan.Publish, plan.Unpublish:
			j.phase = true
		case plan.SetStock, plan.SetPrices, plan.StopSelling:
			j.entries, j.err = entriesOf(r)
			j.phase = r.Operation != plan.SetStock
			j.standing = slices.ContainsFunc(j.entries, func(e entry) bool { return !strings.HasPrefix(e.key, "@") })
		default:
			j.err = fmt.Errorf("the operation %q is unknown to this program", r.Operation)
		}
		for _, token := range j.makes {
			maker[token] = i
		}
		for n := range j.entries {
			e := &j.entries[n]
			token, made := e.token()
			if at, known := maker[token]; made && known {
				e.maker = at
				if !slices.Contains(j.makers, at) {
					j.makers, jobs[at].stocks = append(j.makers, at), append(jobs[at].stocks, i)
				}
			}
		}
		if j.product != "" {
			if at, known := last[j.product]; known {
				j.before, jobs[at].leads = at, true
			}
			last[j.product] = i
		}
	}
	return jobs
}

// tokens are those of the variants that the body of a create or an update makes.
func tokens(body json.RawMessage) ([]string, error) {
	var wire struct {
		Variants []struct {
			Token string `json:"idempotence_token"`
		} `json:"variants"`
	}
	if err := json.Unmarshal(body, &wire); err != nil {
		return nil, err
	}
	var list []string
	for _, v := range wire.Variants {
		if v.Token != "" {
			list = append(list, v.Token)
		}
	}
	return list, nil
}

// member is where the body of a batch has its entries.
func member(operation plan.Operation) string {
	if operation == plan.SetPrices {
		return "prices"
	}
	return "inventories"
}

const idMember = "product_variant_id"

func entriesOf(r plan.Request) ([]entry, error) {
	var body map[string][]map[string]json.RawMessage
	if err := json.Unmarshal(r.Body, &body); err != nil {
		return nil, err
	}
	var list []entry
	for i, fields := range body[member(r.Operation)] {
		e := entry{maker: -1, fields: fields}
		if err := json.Unmarshal(fields[idMember], &e.key); err != nil {
			return nil, fmt.Errorf("%s of entry %d: %w", idMember, i+1, err)
		}
		e.id = e.key
		list = append(list, e)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("it has no %s", member(r.Operation))
	}
	return list, nil
}

// batchBody is the body of a batch of these entries.
func batchBody(operation plan.Operation, list []entry) (json.RawMessage, error) {
	bodies := make([]map[string]json.RawMessage, len(list))
	for i, e := range list {
		id, err := json.Marshal(e.id)
		if err != nil {
			return nil, err
		}
		bodies[i] = maps.Clone(e.fields)
		bodies[i][idMember] = id
	}
	return json.Marshal(map[string]any{member(operation): bodies})
}
