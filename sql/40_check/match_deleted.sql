-- relation: match_deleted
-- about:    Linked products and variants that are deleted on Faire or no longer there; never made again without a decision.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    product_state, variant_state, mirror_product, live_variant, shaped_variant, decision
-- as:       table
WITH dead_product AS (
  SELECT s.product_id, s.product_key FROM product_state s LEFT JOIN mirror_product p USING (product_id)
  WHERE coalesce(p.lifecycle, 'DELETED') = 'DELETED'
), finding AS (
  SELECT d.product_key, NULL::VARCHAR AS variant_key, d.product_id AS faire_id, min(v.item_id) AS item_id, d.product_key AS entity_key
  FROM dead_product d JOIN shaped_variant v USING (product_key)
  WHERE v.product_id IS NULL GROUP BY d.product_key, d.product_id
  UNION ALL
  SELECT v.product_key, v.variant_key, s.variant_id, v.item_id, v.variant_key
  FROM variant_state s JOIN shaped_variant v USING (variant_key)
  WHERE v.variant_id IS NULL AND v.product_id IS NOT NULL AND s.variant_id NOT IN (SELECT variant_id FROM live_variant)
)
SELECT
  'MATCH_DELETED_ON_FAIRE' AS code,                                    -- code of check.Codes
  item_id,                                                             -- row it points at
  product_key,                                                         -- our key of the product
  variant_key,                                                         -- our key of the variant
  faire_id,                                                            -- Faire's id concerned
  entity_key,                                                          -- what the finding is about
  '' AS field,                                                         -- field concerned
  faire_id AS detail,                                                  -- which of several
  'deleted' AS found,                                                  -- value found
  'linked to ' || faire_id AS wanted,                                  -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM finding
ANTI JOIN decision d ON d.kind = 'recreate' AND d.key = faire_id
