-- relation: supplement_disagrees
-- about:    Rows of a supplement that say different things of one SKU or style, in a field it is asked for: the field is left blank
--           and held. Told where it matters; if a source before it in precedence says something, that counts and nothing is told.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    field_source, clean_item
-- as:       table
WITH place AS (
  SELECT s.*, c.product_key, c.variant_key, CASE
      WHEN s.field LIKE 'price[%' THEN regexp_extract(s.field, '^price\[[^]]*\]')
      WHEN s.field IN ('category', 'product_type', 'tags') THEN 'taxonomy'
      WHEN s.field = 'product_images' THEN 'images'
      WHEN s.field LIKE 'option%' THEN 'option'
      WHEN s.field IN ('quantity', 'warehouse') THEN 'on_hand'
      WHEN s.field IN ('weight', 'weight_unit') THEN 'measurements[weight]'
      WHEN s.field IN ('length', 'width', 'height', 'distance_unit') THEN 'measurements[dimensions]'
      WHEN s.field IN ('order_by_date', 'keep_active_past_order_by_date', 'expected_ship_date', 'expected_ship_window_end_date') THEN 'preorder'
      ELSE s.field END AS held,
    s.field LIKE 'price[%' OR s.field LIKE 'option%' OR s.field IN ('gtin', 'tariff_code', 'quantity', 'warehouse', 'weight', 'weight_unit',
      'length', 'width', 'height', 'distance_unit') AS of_variant
  FROM field_source s JOIN clean_item c USING (item_id)
  WHERE s.said IS NOT NULL AND (c.problem IS NULL OR c.problem = 'FEED_PARENT_ROW')
)
SELECT
  'FEED_SUPPLEMENT_DISAGREES' AS code,                                 -- code of check.Codes
  min(item_id) AS item_id,                                             -- row it points at
  product_key,                                                         -- our key of the product
  CASE WHEN of_variant THEN variant_key END AS variant_key,            -- our key of the variant
  NULL::VARCHAR AS faire_id,                                           -- Faire's id concerned
  CASE WHEN of_variant THEN variant_key ELSE product_key END AS entity_key, -- what the finding is about
  held AS field,                                                       -- field concerned
  concat_ws(':', source, field, key) AS detail,                        -- which of several
  any_value(said) AS found,                                            -- value found
  'one value of ' || field AS wanted,                                  -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM place
GROUP BY ALL
