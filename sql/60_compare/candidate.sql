-- relation: candidate
-- about:    The products Go has to look at: those that differ, and those whose record does not go with what Faire holds now or
--           names a variant by another key. Everything else is unchanged.
-- grain:    one row per product
-- key:      product_key
-- reads:    desired_product, product_difference, variant_difference, current_document, product_state, desired_variant, variant_state
-- as:       table
SELECT
  d.product_key,                                                      -- our key
  d.product_id                                                        -- Faire's id, NULL: not there
FROM desired_product d
LEFT JOIN current_document c USING (product_id)
LEFT JOIN product_state s ON s.product_id = d.product_id
WHERE d.product_key IN (SELECT product_key FROM product_difference)
   OR d.product_key IN (SELECT product_key FROM variant_difference)
   OR d.product_key IN (SELECT v.product_key FROM desired_variant v JOIN variant_state r USING (variant_id) WHERE r.variant_key <> v.variant_key)
   OR s.product_id IS NULL
   OR s.product_key <> d.product_key
   OR s.held_digest IS DISTINCT FROM c.held_digest
