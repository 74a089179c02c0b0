-- relation: value_invalid
-- about:    Small values that cannot be read for their field; they count as blank.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    item, clean_item
-- as:       table
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
  NULL::VARCHAR AS wanted,                                             -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM item i
JOIN clean_item c USING (item_id)
CROSS JOIN LATERAL (VALUES ('active', i.active, boolean_text(i.active)), ('unit_multiplier', i.unit_multiplier, number_text(i.unit_multiplier)),
  ('minimum_order_quantity', i.minimum_order_quantity, number_text(i.minimum_order_quantity)),
  ('size_position', i.size_position, number_text(i.size_position))) AS t(field, text, value)
WHERE c.problem IS NULL AND t.text IS NOT NULL AND t.value IS NULL AND trim(t.text) <> '!clear'
