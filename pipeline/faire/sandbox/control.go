package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"

	"fairesync/pipeline/faire"
)

// serveControl is everything under /_sandbox/: it asks for no token, so a server that is not for tests must listen on loopback alone.
// An unknown member of a body is an error here, since it is a slip of the pen in a test.
func (s *Server) serveControl(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, controlBase)
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	var result any
	var err error
	var allowed []string
	switch {
	case path == "/state":
		result, allowed, err = control(r, s.State, s.SetState, func() State { return State{} }, false)
	case path == "/switches":
		result, allowed, err = control(r, s.Switches, s.SetSwitches, DefaultSwitches, true)
	case path == "/faults":
		result, allowed, err = control(r, s.Faults, s.SetFaults, func() Faults { return Faults{} }, true)
	case path == "/requests":
		if result = s.Arrivals(); r.Method != http.MethodGet {
			allowed = []string{http.MethodGet}
		}
	case path == "/orders":
		result, allowed, err = s.edit(r, http.MethodPost, func(data []byte) (any, error) { return s.order(data) })
	case path == "/effects":
		reset := func(Effects) error { s.ResetEffects(); return nil }
		result, allowed, err = control(r, s.Effects, reset, func() Effects { return Effects{} }, false)
	case len(parts) == 2 && parts[0] == "products":
		result, allowed, err = s.edit(r, http.MethodPatch, func(data []byte) (any, error) { return s.EditProduct(parts[1], data) })
	case len(parts) == 4 && parts[0] == "products" && parts[2] == "variants":
		result, allowed, err = s.edit(r, http.MethodPatch, func(data []byte) (any, error) { return s.EditVariant(parts[1], parts[3], data) })
	case len(parts) == 2 && parts[0] == "inventories":
		result, allowed, err = s.edit(r, http.MethodPatch, func(data []byte) (any, error) { return s.EditInventory(parts[1], data) })
	default:
		err = missing(r.URL.Path)
	}
	var refused *refusal
	switch {
	case allowed != nil:
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		writeError(w, &refusal{status: http.StatusMethodNotAllowed, message: "Method Not Allowed"})
	case err != nil && !errors.As(err, &refused):
		writeError(w, &refusal{status: http.StatusBadRequest, message: err.Error()})
	case err != nil:
		writeError(w, err)
	default:
		writeJSON(w, http.StatusOK, result)
	}
}

// control answers GET with a value, PUT by replacing it from the body on top of its default, DELETE by setting the default and, where
// patch allows it, PATCH by changing the members the body has. Any other method comes back as the list of those allowed.
func control[T any](r *http.Request, get func() T, set func(T) error, initial func() T, patch bool) (any, []string, error) {
	value := initial()
	switch {
	case r.Method == http.MethodGet:
		return get(), nil, nil
	case r.Method == http.MethodDelete:
	case r.Method == http.MethodPut, r.Method == http.MethodPatch && patch:
		if r.Method == http.MethodPatch {
			value = get()
		}
		data, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, nil, fmt.Errorf("read body: %w", err)
		}
		// An empty PUT is a reset.
		if len(bytes.TrimSpace(data)) > 0 {
			if err := strict(data, &value); err != nil {
				return nil, nil, err
			}
		}
	default:
		allowed := []string{"GET", "PUT", "DELETE"}
		if patch {
			allowed = append(allowed, "PATCH")
		}
		return nil, allowed, nil
	}
	if err := set(value); err != nil {
		return nil, nil, err
	}
	return get(), nil, nil
}

// edit answers one method on something in the portal.
func (s *Server) edit(r *http.Request, method string, apply func([]byte) (any, error)) (any, []string, error) {
	if r.Method != method {
		return nil, []string{method}, nil
	}
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, nil, fmt.Errorf("read body: %w", err)
	}
	result, err := apply(data)
	return result, nil, err
}

// strict decodes one JSON value and refuses members it does not know.
func strict(data []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("read body: %w", err)
	}
	return nil
}

// EditProduct changes a product as someone in the portal would: the members of the JSON object replace the product's own without any
// check, null takes a member away, and updated_at moves on. Items of variants are merged by id, those without an id are added. The
// error is about an unknown id or about JSON that does not fit.
func (s *Server) EditProduct(id string, data []byte) (Product, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rec := s.store.products[id]
	if rec == nil {
		return Product{}, missing(id)
	}
	members, err := object(data)
	if err != nil {
		return Product{}, err
	}
	p := rec.clone()
	items := members["variants"]
	delete(members, "variants")
	if err := overlay(&p, members); err != nil {
		return Product{}, err
	}
	p.ID = id
	changed := map[int]bool{}
	if items != nil {
		var list []map[string]json.RawMessage
		if err := json.Unmarshal(items, &list); err != nil {
			return Product{}, fmt.Errorf("variants: %w", err)
		}
		for _, item := range list {
			position, err := p.edited(item)
			if err != nil {
				return Product{}, err
			}
			changed[position] = true
		}
	}
	return s.commitEdit(p, changed), nil
}

// edited merges one item of variants into the product and gives its place.
func (p *Product) edited(item map[string]json.RawMessage) (int, error) {
	var id string
	if raw, ok := item["id"]; ok {
		if err := json.Unmarshal(raw, &id); err != nil {
			return 0, fmt.Errorf("variant id: %w", err)
		}
	}
	position := p.position(id)
	if position < 0 || id == "" {
		p.Variants = append(p.Variants, Variant{})
		position = len(p.Variants) - 1
	}
	return position, overlay(&p.Variants[position], item)
}

// EditVariant changes one variant in the same way; available_quantity sets its stock.
func (s *Server) EditVariant(productID, variantID string, data []byte) (Product, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rec := s.store.products[productID]
	if rec == nil {
		return Product{}, missing(productID)
	}
	position := rec.position(variantID)
	if position < 0 {
		return Product{}, missing(variantID)
	}
	members, err := object(data)
	if err != nil {
		return Product{}, err
	}
	p := rec.clone()
	if err := overlay(&p.Variants[position], members); err != nil {
		return Product{}, err
	}
	p.Variants[position].ID = variantID
	return s.commitEdit(p, map[int]bool{position: true}), nil
}

// commitEdit stores an edited product and gives it with all its variants.
func (s *Server) commitEdit(p Product, changed map[int]bool) Product {
	at := s.store.tick()
	s.claimIDs(&p)
	s.normalise(&p, at)
	for i := range p.Variants {
		if changed[i] {
			p.Variants[i].UpdatedAt = formatTime(at)
		}
	}
	s.store.commit(p, at)
	return s.full(s.store.products[p.ID])
}

// EditInventory changes a variant's stock as sales and the portal do: the members of the JSON object replace on_hand_quantity and
// committed_quantity; what is available follows. updated_at stays, as with orders.
func (s *Server) EditInventory(variantID string, data []byte) (faire.WireInventory, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.store.owner[variantID] == "" {
		return faire.WireInventory{}, missing(variantID)
	}
	inventory := s.inventory(variantID)
	if err := strict(data, &inventory); err != nil {
		return faire.WireInventory{}, err
	}
	s.setInventory(variantID, inventory)
	return s.inventory(variantID), nil
}

// Order commits so many units of each variant, by its id, as retailers' orders do: what is available falls, what is on hand stays
// until it is shipped. Fewer than none take an order back, but not below none. It is done whole or not at all.
func (s *Server) Order(units map[string]int64) (map[string]faire.WireInventory, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range sortedKeys(units) {
		if _, v := s.store.liveVariant(id); v == nil {
			return nil, missing(id)
		}
		if committed := s.store.stock[id].committed; committed+units[id] < 0 {
			return nil, fmt.Errorf("of variant %s only %d units are committed", id, committed)
		}
	}
	after := map[string]faire.WireInventory{}
	for id, n := range units {
		held := s.store.stock[id]
		held.committed += n
		s.store.stock[id] = held
		after[id] = s.inventory(id)
	}
	return after, nil
}

func (s *Server) order(data []byte) (any, error) {
	var body struct {
		Variants map[string]int64 `json:"variants"`
	}
	if err := strict(data, &body); err != nil {
		return nil, err
	}
	after, err := s.Order(body.Variants)
	return faire.WireInventories{Inventories: after}, err
}

func object(data []byte) (map[string]json.RawMessage, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	return members, nil
}

// overlay replaces members of a value by those of a JSON object. It goes through JSON, so that a list is replaced and never mixed
// with the one it replaces.
func overlay[T any](value *T, members map[string]json.RawMessage) error {
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	held, err := object(data)
	if err != nil {
		return err
	}
	maps.Copy(held, members) // null leaves the zero value, that is, nothing
	if data, err = json.Marshal(held); err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	var next T
	if err := strict(data, &next); err != nil {
		return err
	}
	*value = next
	return nil
}
