-- relation: style_disagrees
-- about:    Rows of one style that differ in a field the style has once.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    style_row, clean_item, shaped_product
-- as:       table
SELECT
  'FEED_STYLE_DISAGREES' AS code,                                      -- code of check.Codes
  min(s.item_id) AS item_id,                                           -- row it points at
  s.product_key,                                                       -- our key of the product
  NULL::VARCHAR AS variant_key,                                        -- our key of the variant
  p.product_id AS faire_id,                                            -- Faire's id concerned
  s.product_key AS entity_key,                                         -- what the finding is about
  t.field,                                                             -- field concerned
  '' AS detail,                                                        -- which of several
  string_agg(DISTINCT t.value, '; ' ORDER BY t.value) AS found,        -- value found
  t.chosen AS wanted,                                                  -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM style_row s
JOIN clean_item c USING (item_id)
JOIN shaped_product p ON p.product_key = s.product_key
CROSS JOIN LATERAL (VALUES ('name', c.name, p.name), ('product_type', c.product_type, p.product_type),
  ('made_in_country', c.made_in_country, p.made_in_country_raw), ('preorder', c.preorder, p.preorder), ('order_by_date', c.order_by_date, p.order_by_date),
  ('keep_active_past_order_by_date', c.keep_active_past_order_by_date, p.keep_active_past_order_by_date),
  ('expected_ship_date', c.expected_ship_date, p.expected_ship_date),
  ('expected_ship_window_end_date', c.expected_ship_window_end_date, p.expected_ship_window_end_date)) AS t(field, value, chosen)
WHERE s.rank = (SELECT min(rank) FROM style_row r WHERE r.product_key = s.product_key) AND t.value <> t.chosen
GROUP BY s.product_key, p.product_id, t.field, t.chosen
