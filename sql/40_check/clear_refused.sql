-- relation: clear_refused
-- about:    !clear stands in a field that cannot be cleared.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    item, clean_item
-- as:       table
SELECT
  'TEXT_CLEAR_REFUSED' AS code,                                        -- code of check.Codes
  c.item_id,                                                           -- row it points at
  c.product_key,                                                       -- our key of the product
  CASE WHEN t.of_variant THEN c.variant_key END AS variant_key,        -- our key of the variant
  NULL::VARCHAR AS faire_id,                                           -- Faire's id concerned
  concat_ws(':', c.source, c.file, c.row) AS entity_key,               -- what the finding is about
  t.field,                                                             -- field concerned
  '' AS detail,                                                        -- which of several
  '!clear' AS found,                                                   -- value found
  NULL::VARCHAR AS wanted,                                             -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM item i
JOIN clean_item c USING (item_id)
CROSS JOIN LATERAL (VALUES ('name', i.name, false), ('taxonomy', i.product_type, false), ('category', i.category, false),
  ('made_in_country', i.made_in_country, false), ('unit_multiplier', i.unit_multiplier, false),
  ('minimum_order_quantity', i.minimum_order_quantity, false), ('gtin', i.gtin, true), ('tariff_code', i.tariff_code, true),
  ('weight', i.weight, true), ('length', i.length, true), ('width', i.width, true), ('height', i.height, true), ('preorder', i.preorder, false),
  ('order_by_date', i.order_by_date, false), ('expected_ship_date', i.expected_ship_date, false),
  ('expected_ship_window_end_date', i.expected_ship_window_end_date, false), ('on_hand', i.quantity, true), ('images', i.images, true),
  ('options', CASE WHEN '!clear' IN (trim(i.option1_value), trim(i.option2_value), trim(i.option3_value)) THEN '!clear' END, true)
) AS t(field, text, of_variant)
WHERE c.problem IS NULL AND trim(t.text) = '!clear'
