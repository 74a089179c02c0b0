package faire

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"fairesync/pipeline/catalog"
)

// There is no method that deletes a product or a variant, on purpose (design §4.1).

// CreateProduct sends POST /products. The body must bear an idempotence_token, by which a repeated request is known again; one
// without is refused here. The answer may be an older product made with that token, even a DELETED one (contract §11): the caller
// compares it with the body.
func (c *Client) CreateProduct(ctx context.Context, body json.RawMessage) (catalog.Product, error) {
	q := call{method: http.MethodPost, path: "/products", body: body}
	if err := c.tokened(q); err != nil {
		return catalog.Product{}, err
	}
	return c.product(ctx, q)
}

// UpdateProduct sends PATCH /products/{product_id}: fields left out stay, variants with id are updated, those without are created
// (contract §10). variant_option_sets in it would be ignored; SetOptionSets is for these.
func (c *Client) UpdateProduct(ctx context.Context, id string, body json.RawMessage) (catalog.Product, error) {
	q := call{method: http.MethodPatch, path: "/products/{product_id}", ids: []string{id}, body: body}
	if err := cmp.Or(c.check(q, productID), c.object(q)); err != nil {
		return catalog.Product{}, err
	}
	return c.product(ctx, q)
}

// CreateVariant sends POST /products/{product_id}/variants. The body must bear an idempotence_token, as that of CreateProduct.
func (c *Client) CreateVariant(ctx context.Context, product string, body json.RawMessage) (catalog.Variant, error) {
	q := call{method: http.MethodPost, path: "/products/{product_id}/variants", ids: []string{product}, body: body}
	if err := cmp.Or(c.check(q, productID), c.tokened(q)); err != nil {
		return catalog.Variant{}, err
	}
	return c.variant(ctx, q, "")
}

// UpdateVariant sends PATCH /products/{product_id}/variants/{variant_id}. Prices do not belong in it: Faire refuses or ignores
// them there (contract §9.3).
func (c *Client) UpdateVariant(ctx context.Context, product, id string, body json.RawMessage) (catalog.Variant, error) {
	q := call{method: http.MethodPatch, path: "/products/{product_id}/variants/{variant_id}", ids: []string{product, id}, body: body}
	if err := cmp.Or(c.check(q, productID, variantID), c.object(q)); err != nil {
		return catalog.Variant{}, err
	}
	return c.variant(ctx, q, id)
}

// SetOptionSets sends PATCH /products/{product_id}/variant-option-sets, which replaces the sets (contract §10), and returns the
// sets Faire holds then.
func (c *Client) SetOptionSets(ctx context.Context, product string, body json.RawMessage) ([]catalog.Option, error) {
	q := call{method: http.MethodPatch, path: "/products/{product_id}/variant-option-sets", ids: []string{product}, body: body}
	if err := cmp.Or(c.check(q, productID), c.object(q)); err != nil {
		return nil, err
	}
	answer, err := c.do(ctx, q)
	if err != nil {
		return nil, err
	}
	var wire struct {
		Sets []WireOptionSet `json:"variant_option_sets"`
	}
	if err := json.Unmarshal(answer.body, &wire); err != nil {
		return nil, c.stray(q, answer, err)
	}
	if wire.Sets == nil {
		return nil, c.stray(q, answer, errors.New("the answer has no variant_option_sets"))
	}
	return options(wire.Sets), nil
}

// DeleteProductImage sends DELETE /products/{product_id}/images/{image_id}. Faire refuses the last image of a published product.
func (c *Client) DeleteProductImage(ctx context.Context, product, image string) error {
	q := call{method: http.MethodDelete, path: "/products/{product_id}/images/{image_id}", ids: []string{product, image}}
	if err := c.check(q, productID, imageID); err != nil {
		return err
	}
	_, err := c.do(ctx, q) // the answer has no body worth reading (contract §2)
	return err
}

// DeleteVariantImage sends DELETE /products/{product_id}/variants/{variant_id}/images/{image_id}.
func (c *Client) DeleteVariantImage(ctx context.Context, product, variant, image string) error {
	q := call{method: http.MethodDelete, path: "/products/{product_id}/variants/{variant_id}/images/{image_id}", ids: []string{product, variant, image}}
	if err := c.check(q, productID, variantID, imageID); err != nil {
		return err
	}
	_, err := c.do(ctx, q)
	return err
}

// SetInventory sends PATCH /product-inventory/by-product-variant-ids, all or nothing (contract §9.1), and returns by variant id
// what Faire holds then.
func (c *Client) SetInventory(ctx context.Context, body json.RawMessage) (map[string]catalog.Stock, error) {
	q := call{method: http.MethodPatch, path: inventoryPath, body: body}
	if err := c.object(q); err != nil {
		return nil, err
	}
	answer, err := c.do(ctx, q)
	if err != nil {
		return nil, err
	}
	set, err := decodeInventories(answer.body)
	if err != nil {
		return nil, c.stray(q, answer, err)
	}
	return set, nil
}

// SetPrices sends PATCH /product-prices/by-product-variant-ids and returns the prices Faire answers, by variant id and sorted by
// geography. It has been seen to leave the retail price as it was (contract §9.3): read back and compare.
func (c *Client) SetPrices(ctx context.Context, body json.RawMessage) (map[string][]catalog.Price, error) {
	q := call{method: http.MethodPatch, path: "/product-prices/by-product-variant-ids", body: body}
	if err := c.object(q); err != nil {
		return nil, err
	}
	answer, err := c.do(ctx, q)
	if err != nil {
		return nil, err
	}
	var wire WirePriceResults
	if err := json.Unmarshal(answer.body, &wire); err != nil {
		return nil, c.stray(q, answer, err)
	}
	if wire.Results == nil {
		return nil, c.stray(q, answer, errors.New("the answer has no results"))
	}
	out := make(map[string][]catalog.Price, len(wire.Results))
	for id, result := range wire.Results {
		out[id] = prices(result.Prices)
	}
	return out, nil
}

// variant sends a request that is answered with a variant, of this id unless it is blank.
func (c *Client) variant(ctx context.Context, q call, id string) (catalog.Variant, error) {
	answer, err := c.do(ctx, q)
	if err != nil {
		return catalog.Variant{}, err
	}
	var wire readVariant
	err = json.Unmarshal(answer.body, &wire)
	switch {
	case err != nil:
	case wire.ID == "":
		err = errors.New("a variant without id")
	case id != "" && wire.ID != id:
		err = fmt.Errorf("the answer is about variant %s", tidy(wire.ID))
	}
	if err != nil {
		return catalog.Variant{}, c.stray(q, answer, err)
	}
	return wire.variant(), nil
}

// object refuses a body that is no JSON object: what null would do is written nowhere (contract §10).
func (c *Client) object(q call) error {
	if !json.Valid(q.body) || !bytes.HasPrefix(bytes.TrimSpace(q.body), []byte("{")) {
		return c.unsent(q, errors.New("the body is no JSON object"))
	}
	return nil
}

// tokened refuses a create that could not be repeated safely.
func (c *Client) tokened(q call) error {
	if err := c.object(q); err != nil {
		return err
	}
	var body struct {
		Token string `json:"idempotence_token"`
	}
	if err := json.Unmarshal(q.body, &body); err != nil || body.Token == "" {
		return c.unsent(q, errors.New("the body has no idempotence_token, so a repeated request could create twice"))
	}
	return nil
}
