-- relation: candidate
-- about:    The products Go has to look at: those that differ, and those whose record does not go with what Faire holds now or
--           names a variant by another key. Everything else is unchanged. A style whose SKUs sit on further products (MATCH_SPLIT,
--           MATCH_VARIANT_MOVED) has a partial row for each: prices, barcodes and stock still go by variant id.
-- grain:    one row per style and product on Faire
-- key:      product_key, partial_on
-- reads:    desired_product, product_difference, variant_difference, current_document, product_state, desired_variant, variant_state
-- as:       table
SELECT
  d.product_key,                                                      -- our key
  d.product_id,                                                       -- Faire's id, NULL: not there
  false AS partial,                                                   -- the style's own product
  '' AS partial_on                                                    -- the further product of a partial row
FROM desired_product d
LEFT JOIN current_document c USING (product_id)
LEFT JOIN product_state s ON s.product_id = d.product_id
WHERE d.product_key IN (SELECT product_key FROM product_difference)
   OR d.product_key IN (SELECT product_key FROM variant_difference)
   OR d.product_key IN (SELECT v.product_key FROM desired_variant v JOIN variant_state r USING (variant_id) WHERE r.variant_key <> v.variant_key)
   OR s.product_id IS NULL
   OR s.product_key <> d.product_key
   OR s.held_digest IS DISTINCT FROM c.held_digest
UNION ALL
SELECT DISTINCT d.product_key, v.placed_on, true, v.placed_on
FROM desired_product d
JOIN desired_variant v USING (product_key)
WHERE NOT v.gone AND v.placed_on <> d.product_id
