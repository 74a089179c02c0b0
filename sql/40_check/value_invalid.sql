-- relation: value_invalid
-- about:    Small values that cannot be read for their field; they count as blank.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    item, clean_item
-- as:       table
WITH small AS (
  SELECT i.item_id, t.field, t.text, NULL::VARCHAR AS wanted
  FROM item i
  CROSS JOIN LATERAL (VALUES ('active', i.active, boolean_text(i.active)), ('unit_multiplier', i.unit_multiplier, number_text(i.unit_multiplier)),
    ('minimum_order_quantity', i.minimum_order_quantity, number_text(i.minimum_order_quantity)),
    ('size_position', i.size_position, number_text(i.size_position))) AS t(field, text, value)
  WHERE t.text IS NOT NULL AND t.value IS NULL
), rare AS ( -- most feeds have none of these
  SELECT i.*, CASE WHEN trim(weight_unit) <> '' THEN ' ' || trim(weight_unit) ELSE '' END AS mass, CASE WHEN trim(distance_unit) <> '' THEN ' ' || trim(distance_unit) ELSE '' END AS distance
  FROM item i
  WHERE coalesce(weight, length, width, height, preorder, order_by_date, keep_active_past_order_by_date, expected_ship_date, expected_ship_window_end_date) IS NOT NULL
), detail AS (
  SELECT i.item_id, t.field, trim(t.cell) || CASE WHEN regexp_matches(trim(t.cell), '[0-9.]$') THEN t.unit ELSE '' END AS text, t.wanted
  FROM rare i
  JOIN clean_item c USING (item_id)
  CROSS JOIN LATERAL (VALUES ('weight', i.weight, i.mass, c.weight, 'a figure and its unit: g, kg, oz or lb'),
    ('length', i.length, i.distance, c.length, 'a figure and its unit: mm, cm, m, in, ft or yd'),
    ('width', i.width, i.distance, c.width, 'a figure and its unit, one unit for length, width and height'),
    ('height', i.height, i.distance, c.height, 'a figure and its unit, one unit for length, width and height'),
    ('preorder', i.preorder, '', c.preorder, 'yes or no'),
    ('order_by_date', i.order_by_date, '', c.order_by_date, 'a day such as 2026-11-23'),
    ('keep_active_past_order_by_date', i.keep_active_past_order_by_date, '', c.keep_active_past_order_by_date, 'yes or no'),
    ('expected_ship_date', i.expected_ship_date, '', c.expected_ship_date, 'a day such as 2026-11-23'),
    ('expected_ship_window_end_date', i.expected_ship_window_end_date, '', c.expected_ship_window_end_date, 'a day such as 2026-11-23')
  ) AS t(field, cell, unit, value, wanted)
  WHERE t.cell IS NOT NULL AND t.value IS NULL AND trim(t.cell) <> '!clear'
)
SELECT
  'FEED_VALUE_INVALID' AS code,                                        -- code of check.Codes
  c.item_id,                                                           -- row it points at
  c.product_key,                                                       -- our key of the product
  c.variant_key,                                                       -- our key of the variant
  NULL::VARCHAR AS faire_id,                                           -- Faire's id concerned
  concat_ws(':', c.source, c.file, c.row) AS entity_key,               -- what the finding is about
  t.field,                                                             -- field concerned
  '' AS detail,                                                        -- which of several
  t.text AS found,                                                     -- value found
  t.wanted,                                                            -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM (SELECT * FROM small UNION ALL SELECT * FROM detail) t
JOIN clean_item c USING (item_id)
WHERE c.problem IS NULL AND trim(t.text) <> '!clear'
