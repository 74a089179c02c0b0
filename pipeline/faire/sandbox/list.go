package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// The bounds and the default of limit (rule P24).
const (
	limitMin     = 10
	limitMax     = 250
	limitDefault = 50
)

// listQuery is what a request asks of the list, and what its cursor carries on.
type listQuery struct {
	UpdatedAtMin   string `json:"min,omitempty"` // as sent
	SKU            string `json:"sku,omitempty"`
	IncludeDeleted bool   `json:"deleted,omitempty"`
	AfterMillis    int64  `json:"after,omitempty"` // the last product given
	AfterID        string `json:"id,omitempty"`

	limit int
	page  int // 0 in cursor mode
}

// listAnswer is a page of GET /products.
type listAnswer struct {
	Page         int       `json:"page,omitempty"`
	Limit        int       `json:"limit"`
	UpdatedAtMin string    `json:"updated_at_min,omitempty"`
	Products     []Product `json:"products"`
	Cursor       string    `json:"cursor,omitempty"`
}

func (s *Server) listProducts(c *call) (reply, error) {
	q, err := s.parseList(c.query)
	if err != nil {
		return reply{}, err
	}
	places := s.places(q)
	paged := q.page > 0
	if paged {
		// Compared before it is multiplied: a page number can be as large as an int.
		before := min(q.page-1, len(places)/q.limit+1)
		places = places[min(before*q.limit, len(places)):]
	}
	more := len(places) > q.limit
	if more {
		places = places[:q.limit]
	}
	answer := listAnswer{Limit: q.limit, UpdatedAtMin: q.UpdatedAtMin, Products: make([]Product, 0, len(places))}
	for _, at := range places {
		answer.Products = append(answer.Products, s.shown(s.store.products[at.id]))
	}
	switch {
	case paged:
		answer.Page = q.page // rule P25: no cursor for one who counts pages
	case more:
		last := places[len(places)-1]
		q.AfterMillis, q.AfterID = last.millis, last.id
		if answer.Cursor, err = q.cursor(); err != nil {
			return reply{}, err
		}
		fallthrough
	default:
		if c.query.Get("cursor") == "" {
			answer.Page = 1
		}
	}
	return reply{http.StatusOK, answer}, nil
}

// parseList obeys P24 to P26.
func (s *Server) parseList(query url.Values) (listQuery, error) {
	q := listQuery{limit: limitDefault}
	if text := query.Get("limit"); text != "" {
		limit, err := strconv.Atoi(text)
		if err != nil || limit < limitMin || limit > limitMax {
			return q, invalid("limit", messageLimit)
		}
		q.limit = limit
	}
	if cursor := query.Get("cursor"); cursor != "" {
		if s.switches.CursorAlone {
			for _, other := range []string{"page", "updated_at_min", "sku", "include_deleted"} {
				if query.Get(other) != "" {
					return q, invalid("cursor", "cursor cannot be combined with %s", other)
				}
			}
		}
		return q, q.resume(cursor)
	}
	if text := query.Get("page"); text != "" {
		page, err := strconv.Atoi(text)
		if err != nil || page < 1 {
			return q, invalid("page", "page must be a number from 1")
		}
		q.page = page
	}
	if text := query.Get("updated_at_min"); text != "" {
		if _, ok := parseTime(text); ok {
			q.UpdatedAtMin = text
		} else if s.switches.CheckUpdatedAtMin {
			return q, invalid("updated_at_min", "updated_at_min %q is not a timestamp", text)
		}
	}
	if text := query.Get("include_deleted"); text != "" {
		include, err := strconv.ParseBool(text)
		if err != nil {
			return q, invalid("include_deleted", "include_deleted must be true or false")
		}
		q.IncludeDeleted = include
	}
	if s.switches.SKUFilter != SKUIgnored {
		q.SKU = query.Get("sku")
	}
	return q, nil
}

func (q *listQuery) cursor() (string, error) {
	data, err := json.Marshal(q)
	return base64.RawURLEncoding.EncodeToString(data), err
}

// resume takes up the walk a cursor stands for.
func (q *listQuery) resume(cursor string) error {
	data, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		err = json.Unmarshal(data, q)
	}
	if err != nil || q.AfterID == "" {
		return invalid("cursor", "cursor is not valid")
	}
	return nil
}

// places are where the products asked for stand, in list order. In cursor mode it stops one behind the page, which is enough to know
// whether there is more.
func (s *Server) places(q listQuery) []place {
	order := s.store.order
	if q.SKU != "" {
		order = s.placesOfSKU(q.SKU)
	}
	from := 0
	if at, ok := parseTime(q.UpdatedAtMin); ok {
		bound := at.UnixMilli()
		if !s.switches.UpdatedAtMinInclusive {
			bound++
		}
		from, _ = slices.BinarySearchFunc(order, place{millis: bound}, comparePlaces)
	}
	if q.AfterID != "" {
		after, found := slices.BinarySearchFunc(order, place{q.AfterMillis, q.AfterID}, comparePlaces)
		if found {
			after++
		}
		from = max(from, after)
	}
	var out []place
	for _, at := range order[from:] {
		if s.store.stale(at) || !s.listed(s.store.products[at.id], q) {
			continue
		}
		out = append(out, at)
		if q.page == 0 && len(out) > q.limit {
			break
		}
	}
	return out
}

// listed obeys P20 and P27.
func (s *Server) listed(rec *record, q listQuery) bool {
	switch rec.LifecycleState {
	case stateDeleted:
		return q.IncludeDeleted
	case stateDraft:
		return !s.switches.HideDrafts
	}
	return true
}

// placesOfSKU are the places of the products one of whose live variants has the SKU; how Faire matches is a guess.
func (s *Server) placesOfSKU(sku string) []place {
	ids := slices.Clone(s.store.skus[sku])
	if s.switches.SKUFilter == SKUFold {
		ids = nil
		for held, bearers := range s.store.skus {
			if strings.EqualFold(held, sku) {
				ids = append(ids, bearers...)
			}
		}
	}
	var out []place
	for _, id := range ids {
		rec := s.store.products[s.store.owner[id]]
		out = append(out, place{rec.millis, rec.ID})
	}
	slices.SortFunc(out, comparePlaces)
	return slices.Compact(out)
}
