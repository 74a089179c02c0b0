-- relation: variant_match
-- about:    The counterpart of each wanted variant on Faire, found in the order of design 4.1: stored link, our idempotence
--           token, Faire SKU = alias value, Faire SKU = WMS SKU; and a rename that the barcode proves. A Faire variant that
--           an earlier step claimed is not matched again; a SKU that several Faire variants bear matches none.
-- grain:    one row per matched variant
-- key:      variant_key
-- reads:    wanted_variant, variant_state, live_variant, faire_sku_duplicate, possible_rename
-- as:       table
WITH candidate AS (
  SELECT w.variant_key, v.variant_id, v.product_id, 1 AS step
  FROM wanted_variant w JOIN variant_state s USING (variant_key) JOIN live_variant v USING (variant_id)
  UNION ALL
  SELECT w.variant_key, v.variant_id, v.product_id, 2 FROM wanted_variant w JOIN live_variant v USING (token)
  UNION ALL
  SELECT w.variant_key, v.variant_id, v.product_id, 3 FROM wanted_variant w JOIN live_variant v ON v.sku = w.alias_value
  WHERE v.sku NOT IN (SELECT sku FROM faire_sku_duplicate)
  UNION ALL
  SELECT w.variant_key, v.variant_id, v.product_id, 4 FROM wanted_variant w JOIN live_variant v ON v.sku = w.source_sku
  WHERE v.sku NOT IN (SELECT sku FROM faire_sku_duplicate)
  UNION ALL
  SELECT r.variant_key, r.variant_id, v.product_id, 5
  FROM possible_rename r JOIN live_variant v USING (variant_id) WHERE r.same_gtin
), claimed AS (
  SELECT *, min(step) OVER (PARTITION BY variant_id) AS first_step FROM candidate
), best AS (
  SELECT *, row_number() OVER (PARTITION BY variant_key ORDER BY step, variant_id) AS place
  FROM claimed WHERE step = first_step
), once AS (
  SELECT *, row_number() OVER (PARTITION BY variant_id ORDER BY step, variant_key) AS claim FROM best WHERE place = 1
)
SELECT
  variant_key,                                                        -- our key
  variant_id,                                                         -- Faire's id
  product_id,                                                         -- Faire's id of its product
  CASE step WHEN 1 THEN 'link' WHEN 2 THEN 'token' WHEN 3 THEN 'alias' WHEN 4 THEN 'sku' ELSE 'gtin' END AS matched_by -- how
FROM once
WHERE claim = 1
