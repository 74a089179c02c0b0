package sandbox

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"fairesync/pipeline/faire"
)

// store holds the catalogue with the indices that keep every request independent of its size. The server's lock guards it.
type store struct {
	brand    faire.WireProfile
	products map[string]*record
	owner    map[string]string   // variant id → product id, deleted variants too
	skus     map[string][]string // SKU → live variant ids of live products
	tokens   map[string]string   // idempotence token → product id
	stock    map[string]stock    // variant id → stock; a variant without an entry was never set
	fresh    map[string]fresh    // variants created so lately that the inventory endpoints do not know them (rule B8)
	refused  map[string]*refusal // remembered failures by token (Switches.RememberFailures)
	types    map[string]string   // taxonomy id → name
	order    []place             // by updated_at, then id; a place is stale once its product moved on
	used     map[string]bool     // every id ever seen, so that none is given twice
	sequence map[string]uint64   // ids given so far, by prefix
	seed     uint64
	now      func() time.Time
	last     time.Time // the newest updated_at
}

// place is where a product stood in the list after one write.
type place struct {
	millis int64
	id     string
}

// stock is what one variant holds, in units; onHand is nil while it is not tracked.
type stock struct {
	onHand    *int64
	committed int64
}

// fresh is how long a new variant stays unknown.
type fresh struct {
	requests int
	until    time.Time
}

func newStore(brand faire.WireProfile, seed uint64, now func() time.Time) *store {
	s := &store{brand: brand, seed: seed, now: now, sequence: map[string]uint64{}, used: map[string]bool{}}
	s.clear()
	return s
}

// clear forgets the catalogue, but not which ids were given: an id never means two things in the life of a server.
func (s *store) clear() {
	s.products, s.owner, s.skus = map[string]*record{}, map[string]string{}, map[string][]string{}
	s.tokens, s.stock, s.fresh = map[string]string{}, map[string]stock{}, map[string]fresh{}
	s.refused, s.order = map[string]*refusal{}, nil
}

// tick is the time of a write: now, or a millisecond after the last write where the clock has not moved on, so that updated_at
// rises with every write and an incremental walk has one right answer.
func (s *store) tick() time.Time {
	at := s.now().UTC().Truncate(time.Millisecond)
	if !at.After(s.last) {
		at = s.last.Add(time.Millisecond)
	}
	s.last = at
	return at
}

// idSpace is 36^10: ids end in ten base-36 characters (contract §2).
const idSpace = 3656158440062976

// newID gives the next id of a kind. It depends on the seed and on how many of that kind were given, on nothing else.
func (s *store) newID(prefix string) string {
	for {
		s.sequence[prefix]++
		id := prefix + base36(mix(s.seed^hash(prefix)^mix(s.sequence[prefix])))
		if !s.used[id] {
			s.used[id] = true
			return id
		}
	}
}

// base36 writes a number as ten base-36 characters.
func base36(n uint64) string {
	text := strconv.FormatUint(n%idSpace, 36)
	return strings.Repeat("0", 10-len(text)) + text
}

// mix is the finaliser of splitmix64: neighbouring numbers come out unlike each other.
func mix(n uint64) uint64 {
	n += 0x9e3779b97f4a7c15
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return n ^ n>>31
}

// hash is FNV-1a.
func hash(text string) uint64 {
	n := uint64(14695981039346656037)
	for i := range len(text) {
		n = (n ^ uint64(text[i])) * 1099511628211
	}
	return n
}

// commit stores a product at a time, keeping the indices.
func (s *store) commit(p Product, at time.Time) {
	p.UpdatedAt = formatTime(at)
	if old := s.products[p.ID]; old != nil {
		s.unindex(&old.Product)
	}
	next := &record{Product: p, millis: at.UnixMilli()}
	s.products[p.ID] = next
	s.index(&next.Product)
	s.order = append(s.order, place{millis: next.millis, id: p.ID})
	if len(s.order) > 2*len(s.products)+1024 {
		s.order = slices.DeleteFunc(s.order, s.stale)
	}
}

// put stores a product as it is, without touching the order; sortOrder must follow.
func (s *store) put(p Product, at time.Time) {
	next := &record{Product: p, millis: at.UnixMilli()}
	s.products[p.ID] = next
	s.index(&next.Product)
	s.order = append(s.order, place{millis: next.millis, id: p.ID})
}

func (s *store) sortOrder() {
	slices.SortFunc(s.order, comparePlaces)
}

func comparePlaces(a, b place) int {
	return cmp.Or(cmp.Compare(a.millis, b.millis), strings.Compare(a.id, b.id))
}

// stale reports whether a product was written again since it stood at this place.
func (s *store) stale(at place) bool { return s.products[at.id].millis != at.millis }

func (s *store) index(p *Product) {
	if p.IdempotenceToken != "" {
		if _, taken := s.tokens[p.IdempotenceToken]; !taken {
			s.tokens[p.IdempotenceToken] = p.ID
		}
	}
	for i := range p.Variants {
		v := &p.Variants[i]
		s.owner[v.ID] = p.ID
		if p.live() && v.live() && v.SKU != "" {
			s.skus[v.SKU] = append(s.skus[v.SKU], v.ID)
		}
	}
}

func (s *store) unindex(p *Product) {
	if s.tokens[p.IdempotenceToken] == p.ID {
		delete(s.tokens, p.IdempotenceToken)
	}
	for i := range p.Variants {
		v := &p.Variants[i]
		delete(s.owner, v.ID)
		left := slices.DeleteFunc(s.skus[v.SKU], func(id string) bool { return id == v.ID })
		if len(left) == 0 {
			delete(s.skus, v.SKU)
		} else {
			s.skus[v.SKU] = left
		}
	}
}

// liveVariant finds a variant that can be written to: neither it nor its product is deleted.
func (s *store) liveVariant(id string) (*record, *Variant) {
	rec := s.products[s.owner[id]]
	if rec == nil || !rec.live() {
		return nil, nil
	}
	v := &rec.Variants[rec.position(id)] // owner says that it is there
	if !v.live() {
		return nil, nil
	}
	return rec, v
}

// sortedKeys are the keys of a map in order; everything the sandbox says is in a stable order.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
