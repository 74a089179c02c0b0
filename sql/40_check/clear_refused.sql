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
  c.variant_key,                                                       -- our key of the variant
  NULL::VARCHAR AS faire_id,                                           -- Faire's id concerned
  concat_ws(':', c.source, c.file, c.row) AS entity_key,               -- what the finding is about
  t.field,                                                             -- field concerned
  '' AS detail,                                                        -- which of several
  '!clear' AS found,                                                   -- value found
  NULL::VARCHAR AS wanted,                                             -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM item i
JOIN clean_item c USING (item_id)
CROSS JOIN LATERAL (VALUES ('name', i.name), ('gtin', i.gtin), ('tariff_code', i.tariff_code), ('made_in_country', i.made_in_country),
  ('on_hand', i.quantity), ('images', i.images), ('unit_multiplier', i.unit_multiplier), ('taxonomy', i.product_type)) AS t(field, text)
WHERE c.problem IS NULL AND trim(t.text) = '!clear'
