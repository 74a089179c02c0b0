-- relation: lifecycle
-- about:    SKUs that are inactive or gone from the source but on Faire, and products the brand took down.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    desired_variant, desired_product, mirror_product, product_state
-- as:       table
WITH finding AS (
  SELECT CASE WHEN gone THEN 'LIFECYCLE_GONE' ELSE 'LIFECYCLE_INACTIVE' END AS code, item_id, product_key, variant_key, variant_id AS faire_id,
    variant_key AS entity_key, source_sku AS found
  FROM desired_variant WHERE gone OR (inactive AND variant_id IS NOT NULL)
  UNION ALL
  SELECT 'LIFECYCLE_TAKEN_DOWN', d.item_id, d.product_key, NULL, d.product_id, d.product_key, m.lifecycle
  FROM desired_product d JOIN mirror_product m USING (product_id) LEFT JOIN product_state s USING (product_id)
  WHERE d.lifecycle = 'PUBLISHED' AND m.lifecycle IN ('UNPUBLISHED', 'DRAFT') AND s.left_for IS NULL
)
SELECT
  code,                                                                -- code of check.Codes
  item_id,                                                             -- row it points at
  product_key,                                                         -- our key of the product
  variant_key,                                                         -- our key of the variant
  faire_id,                                                            -- Faire's id concerned
  entity_key,                                                          -- what the finding is about
  'lifecycle' AS field,                                                -- field concerned
  '' AS detail,                                                        -- which of several
  found,                                                               -- value found
  NULL::VARCHAR AS wanted,                                             -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM finding
