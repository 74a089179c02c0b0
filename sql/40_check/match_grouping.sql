-- relation: match_grouping
-- about:    Styles whose SKUs sit on several Faire products, products that several styles share, and variants whose style
--           changed: what is held and what still goes is design 4.1.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    product_match, shaped_variant, variant_state
-- as:       table
WITH finding AS (
  SELECT 'MATCH_SPLIT' AS code, product_key, NULL::VARCHAR AS variant_key, product_id, NULL::BIGINT AS item_id,
    products || ' products on Faire' AS found, '' AS detail
  FROM product_match WHERE products > 1
  UNION ALL
  SELECT 'MATCH_MERGE', product_key, NULL, product_id, NULL, styles || ' styles on one product', '' FROM product_match WHERE styles > 1
  UNION ALL
  SELECT 'MATCH_VARIANT_MOVED', v.product_key, NULL, v.placed_on, v.item_id, v.source_sku || ' was of ' || s.product_key, v.variant_key
  FROM shaped_variant v JOIN variant_state s ON s.variant_id = v.variant_id
  WHERE s.product_key <> v.product_key AND v.placed_on IS DISTINCT FROM v.product_id
)
SELECT
  code,                                                                -- code of check.Codes
  item_id,                                                             -- row it points at
  product_key,                                                         -- our key of the product
  variant_key,                                                         -- our key of the variant
  product_id AS faire_id,                                              -- Faire's id concerned
  product_key AS entity_key,                                           -- what the finding is about
  '' AS field,                                                         -- field concerned
  detail,                                                              -- which of several
  found,                                                               -- value found
  'one style, one product' AS wanted,                                  -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM finding
