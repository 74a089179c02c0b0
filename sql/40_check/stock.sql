-- relation: stock
-- about:    Quantities that cannot be read, are negative, or are missing for a variant that would be made. A feed of which no
--           quantity is known is told once.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    shaped_variant, stock_choice, clean_item
-- as:       table
WITH candidate AS (
  SELECT v.variant_key, v.product_key, coalesce(q.unreadable_item, v.item_id) AS item_id, v.variant_id, q.quantity_raw, q.units, c.source,
    bool_and(q.quantity_raw IS NULL AND q.units IS NULL) OVER (PARTITION BY c.source) AS no_quantity
  FROM shaped_variant v JOIN stock_choice q USING (variant_key) JOIN clean_item c ON c.item_id = v.item_id WHERE v.ignored_by IS NULL
), finding AS (
  SELECT CASE WHEN quantity_raw IS NULL THEN 'STOCK_UNSET' WHEN units IS NULL THEN 'STOCK_UNREADABLE' ELSE 'STOCK_NEGATIVE' END AS code,
    item_id, product_key, variant_key, variant_id, variant_key AS entity_key, quantity_raw AS found
  FROM candidate
  WHERE units < 0 OR (quantity_raw IS NOT NULL AND units IS NULL AND quantity_raw <> '!clear')
     OR (quantity_raw IS NULL AND units IS NULL AND variant_id IS NULL AND NOT no_quantity)
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
