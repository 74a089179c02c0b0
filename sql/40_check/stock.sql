-- relation: stock
-- about:    Quantities that cannot be read, are negative, or are missing for a variant that would be made. A feed that has no
--           quantity at all is told once.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    shaped_variant, clean_item
-- as:       table
WITH candidate AS (
  SELECT v.variant_key, v.product_key, v.item_id, v.variant_id, v.quantity_raw, c.source, c.quantity,
    bool_and(c.quantity_raw IS NULL) OVER (PARTITION BY c.source) AS no_quantity
  FROM shaped_variant v JOIN clean_item c USING (item_id) WHERE v.ignored_by IS NULL
), finding AS (
  SELECT CASE WHEN quantity_raw IS NULL THEN 'STOCK_UNSET' WHEN quantity IS NULL THEN 'STOCK_UNREADABLE' ELSE 'STOCK_NEGATIVE' END AS code,
    item_id, product_key, variant_key, variant_id, variant_key AS entity_key, quantity_raw AS found
  FROM candidate
  WHERE quantity < 0 OR (quantity_raw IS NOT NULL AND quantity IS NULL AND quantity_raw <> '!clear')
     OR (quantity_raw IS NULL AND variant_id IS NULL AND NOT no_quantity)
  UNION ALL
  SELECT 'STOCK_UNSET', NULL, NULL, NULL, NULL, source, 'no row has a quantity; ' || count(*) || ' variants would be made without'
  FROM candidate WHERE no_quantity AND variant_id IS NULL GROUP BY source
)
SELECT
  code,                                                                -- code of check.Codes
  item_id,                                                             -- row it points at
  product_key,                                                         -- our key of the product
  variant_key,                                                         -- our key of the variant
  variant_id AS faire_id,                                              -- Faire's id concerned
  entity_key,                                                          -- what the finding is about
  'on_hand' AS field,                                                  -- field concerned
  '' AS detail,                                                        -- which of several
  coalesce(found, '') AS found,                                        -- value found
  CASE code WHEN 'STOCK_NEGATIVE' THEN '0' ELSE 'a number of units' END AS wanted, -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM finding
