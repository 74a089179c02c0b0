-- relation: preorder
-- about:    Preorders that cannot go to Faire as they stand: without a day they ship, with a window that ends before it begins, or
--           closed already, so that Faire would take the product down. What the source does not tell stays as it is on Faire, and counts.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    desired_product, mirror_product, setting
-- as:       table
WITH wanted AS (
  SELECT d.product_key, d.product_id, d.item_id, d.order_by_date, coalesce(d.expected_ship_date, m.expected_ship_date) AS ships,
    coalesce(d.expected_ship_window_end_date, m.expected_ship_window_end_date) AS ships_until,
    coalesce(d.keep_active_past_order_by_date, m.keep_active_past_order_by_date::VARCHAR) = 'true' AS stays_up
  FROM desired_product d LEFT JOIN mirror_product m USING (product_id)
  WHERE d.preorder = 'true'
), finding AS (
  SELECT 'LIFECYCLE_PREORDER_DATES' AS code, product_key, product_id, item_id, NULL AS found, 'the day it ships, in expected_ship_date' AS wanted
  FROM wanted WHERE ships IS NULL
  UNION ALL
  SELECT 'LIFECYCLE_PREORDER_DATES', product_key, product_id, item_id, ships || ' to ' || ships_until, 'a window that ends no earlier than it begins'
  FROM wanted WHERE ships_until < ships
  UNION ALL
  SELECT 'LIFECYCLE_PREORDER_PAST', product_key, product_id, item_id, order_by_date, 'a day not before ' || s.today || ', or keep_active_past_order_by_date'
  FROM wanted CROSS JOIN setting s WHERE order_by_date < s.today AND stays_up IS DISTINCT FROM true
)
SELECT
  code,                                                                -- code of check.Codes
  item_id,                                                             -- row it points at
  product_key,                                                         -- our key of the product
  NULL::VARCHAR AS variant_key,                                        -- our key of the variant
  product_id AS faire_id,                                              -- Faire's id concerned
  product_key AS entity_key,                                           -- what the finding is about
  'preorder' AS field,                                                 -- field concerned
  '' AS detail,                                                        -- which of several
  found,                                                               -- value found
  wanted,                                                              -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM finding
