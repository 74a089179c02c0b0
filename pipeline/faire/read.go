package faire

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/faire/refuse"
)

// The identifiers that may stand in a path (contract §2). Elsewhere ids are opaque.
var (
	productID = regexp.MustCompile(`^p_[a-z0-9]+$`)
	variantID = regexp.MustCompile(`^po_[a-z0-9]+$`)
	imageID   = regexp.MustCompile(`^i_[a-z0-9]+$`)
)

const inventoryPath = "/product-inventory/by-product-variant-ids"

// Profile reads the brand behind the token. It is also the harmless call that tests credentials (contract §14).
func (c *Client) Profile(ctx context.Context) (catalog.Brand, error) {
	q := call{method: http.MethodGet, path: "/brands/profile"}
	answer, err := c.do(ctx, q)
	if err != nil {
		return catalog.Brand{}, err
	}
	var wire WireProfile
	err = json.Unmarshal(answer.body, &wire)
	if err == nil && wire.BrandID == "" {
		err = errors.New("the profile has no brand_id")
	}
	if err != nil {
		return catalog.Brand{}, c.stray(q, answer, err)
	}
	return catalog.Brand{ID: wire.BrandID, Name: wire.Name, Currency: wire.Currency, Locale: wire.Locale}, nil
}

// Types reads Faire's taxonomy list, sorted by id. It comes in one answer without paging (contract §8).
func (c *Client) Types(ctx context.Context) ([]catalog.Type, error) {
	q := call{method: http.MethodGet, path: "/products/types"}
	answer, err := c.do(ctx, q)
	if err != nil {
		return nil, err
	}
	types, err := decodeTypes(answer.body)
	if err != nil {
		return nil, c.stray(q, answer, err)
	}
	return types, nil
}

func decodeTypes(raw []byte) ([]catalog.Type, error) {
	var wire struct {
		List json.RawMessage `json:"taxonomy_types"`
	}
	if err := json.Unmarshal(raw, &wire); err != nil {
		return nil, fmt.Errorf("taxonomy types: %w", err)
	}
	if wire.List == nil {
		return nil, errors.New("the answer has no taxonomy_types") // not the same as an empty list: every type would be retired
	}
	var list []WireType
	if err := json.Unmarshal(wire.List, &list); err != nil {
		return nil, fmt.Errorf("taxonomy types: %w", err)
	}
	types := make([]catalog.Type, 0, len(list))
	for _, w := range list {
		if w.ID == "" {
			return nil, fmt.Errorf("the taxonomy type %q has no id", tidy(w.Name))
		}
		types = append(types, catalog.Type(w))
	}
	slices.SortFunc(types, func(a, b catalog.Type) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Name, b.Name))
	})
	return slices.Compact(types), nil
}

// Walk reads Faire's products page by page, ascending by updated_at, and hands each page on as it came and decoded. A zero since
// means all; includeDeleted adds DELETED products. A product modified meanwhile comes twice: the caller keeps the later one.
//
// Only a nil error says that the walk is complete, that is, that the page without cursor was seen. On any error, of Faire's or of
// page, what was handed on is a part and must not be taken for the whole.
func (c *Client) Walk(ctx context.Context, since time.Time, includeDeleted bool, page func(raw []byte, products []catalog.Product) error) error {
	limit := strconv.Itoa(refuse.PageLimitMax)
	query := url.Values{"limit": {limit}} // no page parameter: with one, no cursor comes back (contract §3)
	if !since.IsZero() {
		query.Set("updated_at_min", FormatTime(since))
	}
	if includeDeleted {
		query.Set("include_deleted", "true")
	}
	seen := map[string]bool{}
	for pages := 0; ; pages++ {
		stopped := func(err error) error {
			return fmt.Errorf("the walk through Faire's products stopped after %d pages: %w", pages, err)
		}
		if pages >= c.maxPages {
			return stopped(ErrTooManyPages)
		}
		q := call{method: http.MethodGet, path: "/products", query: query}
		answer, err := c.do(ctx, q)
		if err != nil {
			return stopped(err)
		}
		decoded, err := DecodePage(answer.body)
		if err != nil {
			return stopped(c.stray(q, answer, err))
		}
		if seen[decoded.Cursor] {
			return stopped(ErrCursorLoop)
		}
		if err := page(answer.body, decoded.Products); err != nil {
			return stopped(err)
		}
		if decoded.Cursor == "" {
			return nil
		}
		seen[decoded.Cursor] = true
		query = url.Values{"limit": {limit}, "cursor": {decoded.Cursor}} // the filters are inside the cursor (contract §3)
	}
}

// Product reads one product, deleted or not (contract §2).
func (c *Client) Product(ctx context.Context, id string) (catalog.Product, error) {
	q := call{method: http.MethodGet, path: "/products/{product_id}", ids: []string{id}}
	if err := c.check(q, productID); err != nil {
		return catalog.Product{}, err
	}
	return c.product(ctx, q)
}

// Inventory reads the stock of variants by id. A variant Faire does not know is missing from the map.
func (c *Client) Inventory(ctx context.Context, ids []string) (map[string]catalog.Stock, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	for _, id := range ids {
		if !variantID.MatchString(id) {
			return nil, c.unsent(call{method: http.MethodGet, path: inventoryPath}, badID(id, variantID))
		}
	}
	all := make(map[string]catalog.Stock, len(ids))
	for chunk := range slices.Chunk(ids, refuse.InventoryIDsPerRead) {
		// The parameter is repeated: a comma list is read by some as one value (contract §9.1).
		q := call{method: http.MethodGet, path: inventoryPath, query: url.Values{"ids": chunk}}
		answer, err := c.do(ctx, q)
		if err != nil {
			return nil, err
		}
		some, err := decodeInventories(answer.body)
		if err != nil {
			return nil, c.stray(q, answer, err)
		}
		for id, inventory := range some {
			all[id] = inventory
		}
	}
	return all, nil
}

func decodeInventories(raw []byte) (map[string]catalog.Stock, error) {
	var wire WireInventories
	if err := json.Unmarshal(raw, &wire); err != nil {
		return nil, fmt.Errorf("inventories: %w", err)
	}
	if wire.Inventories == nil {
		return nil, errors.New("the answer has no inventories")
	}
	out := make(map[string]catalog.Stock, len(wire.Inventories))
	for id, w := range wire.Inventories {
		out[id] = catalog.Stock{OnHand: units(w.OnHand), Committed: deref(units(w.Committed)), Available: units(w.Available)}
	}
	return out, nil
}

func units(q WireQuantity) *int64 {
	if q.Type != "QUANTITY" {
		return nil
	}
	return &q.Quantity
}

// product sends a request that is answered with a product. One that names an id must be answered with that product.
func (c *Client) product(ctx context.Context, q call) (catalog.Product, error) {
	answer, err := c.do(ctx, q)
	if err != nil {
		return catalog.Product{}, err
	}
	product, err := DecodeProduct(answer.body)
	if err == nil && len(q.ids) > 0 && product.FaireID != q.ids[0] {
		err = fmt.Errorf("the answer is about product %s", tidy(product.FaireID))
	}
	if err != nil {
		return catalog.Product{}, c.stray(q, answer, err)
	}
	return product, nil
}

// check compares the ids of a path with their shapes, so that no text of a file or of Faire's can steer a request elsewhere.
func (c *Client) check(q call, shapes ...*regexp.Regexp) error {
	for i, shape := range shapes {
		if !shape.MatchString(q.ids[i]) {
			return c.unsent(q, badID(q.ids[i], shape))
		}
	}
	return nil
}

func badID(id string, shape *regexp.Regexp) error {
	return fmt.Errorf("%q is no id of the form %s", tidy(id), shape)
}
