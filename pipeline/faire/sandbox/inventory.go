package sandbox

import (
	"net/http"
	"slices"
	"strings"

	"fairesync/pipeline/faire"
)

// The two types of an inventory quantity (contract §9.1).
const (
	typeQuantity  = "QUANTITY"
	typeUntracked = "UNTRACKED"
)

// keyKind is what a batch endpoint knows variants by; its value is the query parameter of the GET.
type keyKind string

const (
	bySKU       keyKind = "skus"
	byVariantID keyKind = "ids"
)

func (k keyKind) key(sku, variantID string) string {
	if k == bySKU {
		return sku
	}
	return variantID
}

// lookup finds the one live variant of a key; empty if there is none. Rule B2: a SKU on several is a 400.
func (s *Server) lookup(by keyKind, key string) (string, error) {
	if by == byVariantID {
		if _, v := s.store.liveVariant(key); v != nil {
			return key, nil
		}
		return "", nil
	}
	switch ids := s.store.skus[key]; len(ids) {
	case 0:
		return "", nil
	case 1:
		return ids[0], nil
	default:
		return "", invalid("sku", messageManySKUs, key)
	}
}

// resolve finds the variants of a batch, all of them or none (rule B1), and obeys B9 and B10.
func (s *Server) resolve(by keyKind, keys []string) ([]string, error) {
	if limit := s.switches.BatchCap; limit > 0 && len(keys) > limit {
		return nil, invalid("", "A batch must not have more than %d entries", limit) // rule B9
	}
	ids, seen := make([]string, 0, len(keys)), make(map[string]bool, len(keys))
	for _, key := range keys {
		if key == "" {
			return nil, invalid("", "An entry of the batch names no variant")
		}
		if seen[key] && s.switches.RepeatedKeys == RepeatRefuse {
			return nil, invalid("", "%s occurs twice in the batch", key) // rule B10
		}
		seen[key] = true
		id, err := s.lookup(by, key)
		if err != nil {
			return nil, err
		}
		if id == "" {
			return nil, missing(key)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// stillFresh obeys B8: a variant made a moment ago is not known to the inventory endpoints. Each request that names it counts once.
func (s *Server) stillFresh(id string) bool {
	held := s.store.fresh[id] // the zero value, of a variant that is not fresh, is over at once
	if held.requests == 0 && !s.store.now().Before(held.until) {
		delete(s.store.fresh, id)
		return false
	}
	held.requests = max(held.requests-1, 0)
	s.store.fresh[id] = held
	return true
}

// freshOf asks stillFresh once for every variant of a request.
func (s *Server) freshOf(ids []string) map[string]bool {
	out := map[string]bool{}
	for _, id := range ids {
		if _, asked := out[id]; !asked && id != "" {
			out[id] = s.stillFresh(id)
		}
	}
	return out
}

// inventoryGetter is GET /product-inventory/….
func inventoryGetter(by keyKind) func(*Server, *call) (reply, error) {
	return func(s *Server, c *call) (reply, error) {
		keys := s.queryKeys(by, c)
		ids := make([]string, len(keys))
		for i, key := range keys {
			id, err := s.lookup(by, key)
			if err != nil {
				return reply{}, err
			}
			ids[i] = id
		}
		fresh := s.freshOf(ids)
		answer := map[string]faire.WireInventory{}
		for i, key := range keys {
			switch {
			case ids[i] != "" && !fresh[ids[i]]:
				answer[key] = s.inventory(ids[i])
			case s.switches.InventoryGetUnknown == UnknownRefuse:
				return reply{}, missing(key) // rule B4, the other way
			}
		}
		return reply{http.StatusOK, faire.WireInventories{Inventories: answer}}, nil
	}
}

// queryKeys obeys B3: the parameter may be repeated or hold a comma list. A SKU may hold a comma itself, so a value that is a key as it
// stands is taken as it stands.
func (s *Server) queryKeys(by keyKind, c *call) []string {
	var keys []string
	for _, value := range c.query[string(by)] {
		parts := strings.Split(value, ",")
		if by == bySKU && len(s.store.skus[value]) > 0 {
			parts = []string{value}
		}
		for _, part := range parts {
			if part != "" && !slices.Contains(keys, part) {
				keys = append(keys, part)
			}
		}
	}
	return keys
}

// inventory is the stock of one variant as Faire words it (rules B6 and B7).
func (s *Server) inventory(id string) faire.WireInventory {
	held := s.store.stock[id]
	untracked := faire.WireQuantity{Type: typeUntracked}
	out := faire.WireInventory{
		OnHand: untracked, Available: untracked,
		Committed: faire.WireQuantity{Type: typeQuantity, Quantity: held.committed},
	}
	if held.onHand != nil {
		out.OnHand = faire.WireQuantity{Type: typeQuantity, Quantity: *held.onHand}
		out.Available = faire.WireQuantity{Type: typeQuantity, Quantity: *held.onHand - held.committed}
	}
	return out
}

// inventoryBatch is the body of an inventory PATCH; the deprecated current_quantity is an unknown member here, so it has no effect.
type inventoryBatch struct {
	Inventories field[[]struct {
		SKU              string       `json:"sku"`
		ProductVariantID string       `json:"product_variant_id"`
		OnHandQuantity   field[int64] `json:"on_hand_quantity"`
	}] `json:"inventories"`
}

// inventorySetter is PATCH /product-inventory/…: it sets what is on hand, in units.
func inventorySetter(by keyKind) func(*Server, *call) (reply, error) {
	return func(s *Server, c *call) (reply, error) {
		var body inventoryBatch
		if err := s.decode(c.body, &body); err != nil {
			return reply{}, err
		}
		entries := body.Inventories.value
		keys := make([]string, 0, len(entries))
		for _, entry := range entries {
			keys = append(keys, by.key(entry.SKU, entry.ProductVariantID))
		}
		ids, err := s.resolve(by, keys)
		if err != nil {
			return reply{}, err
		}
		fresh := s.freshOf(ids)
		for i, id := range ids {
			if fresh[id] {
				return reply{}, missing(keys[i]) // rule B8
			}
		}
		touched := map[string]map[int]bool{}
		for i, entry := range entries {
			if !entry.OnHandQuantity.given() {
				continue // rule B5
			}
			held := s.store.stock[ids[i]]
			held.onHand = &entry.OnHandQuantity.value // rule B10: the last of several wins
			s.store.stock[ids[i]] = held
			s.effects.stocked(ids[i])
			owner := s.store.owner[ids[i]]
			if touched[owner] == nil {
				touched[owner] = map[int]bool{}
			}
			touched[owner][s.store.products[owner].position(ids[i])] = true
		}
		if s.switches.InventoryTouchesProduct {
			for _, owner := range sortedKeys(touched) {
				s.commit(s.store.products[owner].clone(), written{changed: touched[owner]})
			}
		}
		answer := make(map[string]faire.WireInventory, len(keys))
		for i, key := range keys {
			answer[key] = s.inventory(ids[i])
		}
		return reply{http.StatusOK, faire.WireInventories{Inventories: answer}}, nil
	}
}
