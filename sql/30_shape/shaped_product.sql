-- relation: shaped_product
-- about:    One style as a product: each field is the first that is not blank, parent row first. Where rows disagree the first
--           wins and style_disagrees tells.
-- grain:    one row per product_key
-- key:      product_key
-- reads:    style_row, clean_item, clean_description, product_match
-- as:       table
WITH row AS (
  SELECT s.product_key, s.place, c.*  EXCLUDE (product_key), d.description
  FROM style_row s JOIN clean_item c USING (item_id) LEFT JOIN clean_description d USING (description_raw)
)
SELECT
  product_key,                                                        -- our key
  arg_min(source, place) AS source,                                   -- source name
  arg_min(style, place) AS style,                                     -- style as people know it
  arg_min(item_id, place) AS item_id,                                 -- the row messages point at
  arg_min(name, place) FILTER (WHERE name IS NOT NULL) AS name,       -- title
  arg_min(name_choice, place) FILTER (WHERE name IS NOT NULL) AS name_choice, -- which candidate gave the title
  arg_min(description, place) FILTER (WHERE description IS NOT NULL) AS description, -- plain text; !clear empties it
  arg_min(short_description, place) FILTER (WHERE short_description IS NOT NULL) AS short_description, -- short copy; !clear empties it
  arg_min(category, place) FILTER (WHERE category IS NOT NULL) AS category, -- category path or paths
  arg_min(product_type, place) FILTER (WHERE product_type IS NOT NULL) AS product_type, -- type
  arg_min(tags, place) FILTER (WHERE tags IS NOT NULL) AS tags,       -- tags, one per line
  arg_min(unit_multiplier, place) FILTER (WHERE unit_multiplier IS NOT NULL) AS unit_multiplier, -- case size, mapped ones only
  arg_min(minimum_order_quantity, place) FILTER (WHERE minimum_order_quantity IS NOT NULL) AS minimum_order_quantity, -- units
  arg_min(made_in_country, place) FILTER (WHERE made_in_country IS NOT NULL) AS made_in_country_raw, -- origin as delivered
  country_alpha3(arg_min(made_in_country, place) FILTER (WHERE made_in_country IS NOT NULL)) AS made_in_country, -- ISO alpha-3
  arg_min(preorder, place) FILTER (WHERE preorder IS NOT NULL) AS preorder, -- true or false: it can be ordered ahead
  arg_min(order_by_date, place) FILTER (WHERE order_by_date IS NOT NULL) AS order_by_date, -- last day of the preorder
  arg_min(keep_active_past_order_by_date, place) FILTER (WHERE keep_active_past_order_by_date IS NOT NULL) AS keep_active_past_order_by_date, -- true or false
  arg_min(expected_ship_date, place) FILTER (WHERE expected_ship_date IS NOT NULL) AS expected_ship_date, -- first day it ships
  arg_min(expected_ship_window_end_date, place) FILTER (WHERE expected_ship_window_end_date IS NOT NULL) AS expected_ship_window_end_date, -- last day it ships
  any_value(m.product_id) AS product_id,                              -- Faire's id, if it is there
  any_value(m.matched_by) AS matched_by                               -- how it was found
FROM row LEFT JOIN product_match m USING (product_key)
GROUP BY product_key
