-- relation: match_case
-- about:    A Faire SKU that equals one of ours but for case.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    shaped_variant, live_variant, variant_match
-- as:       table
SELECT
  'MATCH_SKU_CASE' AS code,                                            -- code of check.Codes
  v.item_id,                                                           -- row it points at
  v.product_key,                                                       -- our key of the product
  v.variant_key,                                                       -- our key of the variant
  l.variant_id AS faire_id,                                            -- Faire's id concerned
  v.variant_key AS entity_key,                                         -- what the finding is about
  'sku' AS field,                                                      -- field concerned
  l.variant_id AS detail,                                              -- which of several
  l.sku AS found,                                                      -- value found
  v.sku AS wanted,                                                     -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM shaped_variant v
JOIN live_variant l ON lower(l.sku) = lower(v.sku) AND l.sku <> v.sku
ANTI JOIN variant_match m ON m.variant_id = l.variant_id
WHERE v.variant_id IS NULL AND v.ignored_by IS NULL
