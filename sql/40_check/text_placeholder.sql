-- relation: text_placeholder
-- about:    Cells that hold a placeholder (NULL, n/a, TBD) where a text or code belongs; they count as blank.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    item, clean_item
-- as:       table
SELECT
  'TEXT_PLACEHOLDER' AS code,                                          -- code of check.Codes
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
CROSS JOIN LATERAL (VALUES ('name', i.name), ('description', i.description), ('short_description', i.short_description), ('gtin', i.gtin)) AS t(field, text)
WHERE c.problem IS NULL AND length(t.text) <= 20 AND is_placeholder(t.text)
