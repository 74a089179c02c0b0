-- relation: stock
-- about:    Quantities that cannot be read, are negative, or are missing for a variant that would be made.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    shaped_variant, clean_item
-- as:       table
WITH finding AS (
  SELECT CASE WHEN v.quantity_raw IS NULL THEN 'STOCK_UNSET' WHEN c.quantity IS NULL THEN 'STOCK_UNREADABLE' ELSE 'STOCK_NEGATIVE' END AS code, v.*
  FROM shaped_variant v JOIN clean_item c USING (item_id)
  WHERE v.ignored_by IS NULL AND (c.quantity < 0 OR (v.quantity_raw IS NOT NULL AND c.quantity IS NULL AND v.quantity_raw <> '!clear') OR (v.quantity_raw IS NULL AND v.variant_id IS NULL))
)
SELECT
  code,                                                                -- code of check.Codes
  item_id,                                                             -- row it points at
  product_key,                                                         -- our key of the product
  variant_key,                                                         -- our key of the variant
  variant_id AS faire_id,                                              -- Faire's id concerned
  variant_key AS entity_key,                                           -- what the finding is about
  'on_hand' AS field,                                                  -- field concerned
  '' AS detail,                                                        -- which of several
  coalesce(quantity_raw, '') AS found,                                 -- value found
  CASE code WHEN 'STOCK_NEGATIVE' THEN '0' ELSE 'a number of units' END AS wanted, -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM finding
