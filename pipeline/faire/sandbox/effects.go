package sandbox

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Effects is what requests to the API have done since the server began or the effects were reset. Tests assert on it instead of on
// calls. Edits made through /_sandbox/ do not count.
type Effects struct {
	Created           int            `json:"created"`            // products made
	CreatedVariants   int            `json:"created_variants"`   // variants added to products that existed
	Updated           int            `json:"updated"`            // writes that changed a product that existed: fields, variants, option sets, images, prices
	Deleted           int            `json:"deleted"`            // products deleted
	DeletedVariants   int            `json:"deleted_variants"`   // variants deleted
	InventoryUpdated  int            `json:"inventory_updated"`  // on-hand figures set
	Replayed          int            `json:"replayed"`           // creates answered with what the token had made before
	Refused           int            `json:"refused"`            // requests that a rule refused; injected faults are not among them
	Requests          map[string]int `json:"requests"`           // by method and path pattern, as "PATCH /products/{product_id}"; all that arrived
	Writes            int            `json:"writes"`             // requests that were not GET
	Reads             int            `json:"reads"`              // requests that were GET
	CreatedProducts   []string       `json:"created_products"`   // ids of the products made, in the order they were made
	UpdatedProducts   []string       `json:"updated_products"`   // ids of the products that updates changed, sorted
	InventoryVariants []string       `json:"inventory_variants"` // ids of the variants whose on-hand figure was set, sorted
	Refusals          []Refusal      `json:"refusals"`           // in the order they happened
	Duplicates        []Duplicate    `json:"duplicates"`         // as the catalogue is now
}

// Refusal is one request that a rule refused.
type Refusal struct {
	Method  string `json:"method"`
	Path    string `json:"path"` // relative to /external-api/v2
	Status  int    `json:"status"`
	Message string `json:"message"`
}

// Duplicate is something that should be there once and is there more often among live products.
type Duplicate struct {
	Kind  string   `json:"kind"`  // sku: several live variants have it; name: several products have it, one of them made since the reset
	Value string   `json:"value"` // the SKU, or the name folded
	IDs   []string `json:"ids"`   // of the variants (sku) or products (name), sorted
}

// effects counts; the server's lock guards it.
type effects struct {
	Effects
	touched map[string]bool // products updated
	stock   map[string]bool // variants whose stock was set
}

func (e *effects) reset() {
	*e = effects{touched: map[string]bool{}, stock: map[string]bool{}}
	e.Requests = map[string]int{}
}

func (e *effects) request(method, pattern string, write bool) {
	e.Requests[method+" "+cmp.Or(pattern, "(unknown path)")]++
	if write {
		e.Writes++
	} else {
		e.Reads++
	}
}

func (e *effects) created(rec *record) {
	e.Created++
	e.CreatedProducts = append(e.CreatedProducts, rec.ID)
}

func (e *effects) updated(rec *record) {
	e.Updated++
	e.touched[rec.ID] = true
}

func (e *effects) stocked(variantID string) {
	e.InventoryUpdated++
	e.stock[variantID] = true
}

func (e *effects) refuse(method, path string, r *refusal) {
	e.Refused++
	e.Refusals = append(e.Refusals, Refusal{Method: method, Path: path, Status: r.status, Message: r.message})
}

// Effects reports what requests have done since the last reset.
func (s *Server) Effects() Effects {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.effects.Effects
	out.Requests = make(map[string]int, len(s.effects.Requests))
	for key, count := range s.effects.Requests {
		out.Requests[key] = count
	}
	out.CreatedProducts = append([]string{}, s.effects.CreatedProducts...)
	out.Refusals = append([]Refusal{}, s.effects.Refusals...)
	out.UpdatedProducts = sortedKeys(s.effects.touched)
	out.InventoryVariants = sortedKeys(s.effects.stock)
	out.Duplicates = s.duplicates()
	return out
}

// ResetEffects begins counting anew.
func (s *Server) ResetEffects() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.effects.reset()
}

// duplicates finds SKUs on several live variants, and names that a create has put on a second live product.
func (s *Server) duplicates() []Duplicate {
	out := []Duplicate{}
	for _, sku := range sortedKeys(s.store.skus) {
		if ids := s.store.skus[sku]; len(ids) > 1 {
			out = append(out, Duplicate{Kind: "sku", Value: sku, IDs: slices.Sorted(slices.Values(ids))})
		}
	}
	made := map[string]bool{}
	for _, id := range s.effects.CreatedProducts {
		if rec := s.store.products[id]; rec != nil && rec.live() {
			made[fold(rec.Name)] = true
		}
	}
	bearers := map[string][]string{}
	for _, rec := range s.store.products {
		if name := fold(rec.Name); rec.live() && made[name] {
			bearers[name] = append(bearers[name], rec.ID)
		}
	}
	for _, name := range sortedKeys(bearers) {
		if ids := bearers[name]; len(ids) > 1 {
			slices.Sort(ids)
			out = append(out, Duplicate{Kind: "name", Value: name, IDs: ids})
		}
	}
	return out
}

// fold makes names comparable: composed, lower case, single blanks.
func fold(name string) string {
	return strings.Join(strings.Fields(strings.ToLower(norm.NFKC.String(name))), " ")
}
