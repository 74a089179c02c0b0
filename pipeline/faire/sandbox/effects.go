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

// Duplicate is something that should be there once and is there more often, in the whole catalogue as it is now. Neither deleted
// products nor deleted variants count, drafts and unpublished products do.
//
//	kind          | counts
//	--------------+---------------------------------------------------------------------------------------
//	sku           | live variants with the same SKU, as it is written
//	name          | live products with the same name, folded, at least one of them made since the reset
//	token         | live products with the same idempotence token
//	variant_token | live variants with the same idempotence token, of one product or of several
type Duplicate struct {
	Kind  string   `json:"kind"`
	Value string   `json:"value"` // the SKU, the name folded, or the token
	IDs   []string `json:"ids"`   // of the variants (sku, variant_token) or products (name, token), sorted
}

// effects counts; the server's lock guards it.
type effects struct {
	Effects
	touched  map[string]bool // products updated
	stock    map[string]bool // variants whose stock was set
	arrivals []*Arrival
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

// duplicates finds what Duplicate describes.
func (s *Server) duplicates() []Duplicate {
	made := map[string]bool{}
	for _, id := range s.effects.CreatedProducts {
		if rec := s.store.products[id]; rec != nil && rec.live() {
			made[fold(rec.Name)] = true
		}
	}
	names, tokens, variantTokens := map[string][]string{}, map[string][]string{}, map[string][]string{}
	for _, rec := range s.store.products {
		if !rec.live() {
			continue
		}
		if name := fold(rec.Name); made[name] {
			names[name] = append(names[name], rec.ID)
		}
		tokens[rec.IdempotenceToken] = append(tokens[rec.IdempotenceToken], rec.ID)
		for _, v := range rec.liveVariants() {
			variantTokens[v.IdempotenceToken] = append(variantTokens[v.IdempotenceToken], v.ID)
		}
	}
	return slices.Concat([]Duplicate{}, several("sku", s.store.skus), several("name", names), several("token", tokens), several("variant_token", variantTokens))
}

// several are the values that several have.
func several(kind string, bearers map[string][]string) []Duplicate {
	var out []Duplicate
	for _, value := range sortedKeys(bearers) {
		if ids := bearers[value]; len(ids) > 1 && value != "" {
			out = append(out, Duplicate{Kind: kind, Value: value, IDs: slices.Sorted(slices.Values(ids))})
		}
	}
	return out
}

// fold makes names comparable: composed, lower case, single blanks.
func fold(name string) string {
	return strings.Join(strings.Fields(strings.ToLower(norm.NFKC.String(name))), " ")
}
