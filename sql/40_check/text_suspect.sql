-- relation: text_suspect
-- about:    Texts that look decoded twice.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    shaped_product
-- as:       table
SELECT
  'FEED_TEXT_SUSPECT' AS code,                                         -- code of check.Codes
  p.item_id,                                                           -- row it points at
  p.product_key,                                                       -- our key of the product
  NULL::VARCHAR AS variant_key,                                        -- our key of the variant
  p.product_id AS faire_id,                                            -- Faire's id concerned
  p.product_key AS entity_key,                                         -- what the finding is about
  t.field,                                                             -- field concerned
  '' AS detail,                                                        -- which of several
  left(t.text, 80) AS found,                                           -- value found
  NULL::VARCHAR AS wanted,                                             -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM shaped_product p
CROSS JOIN LATERAL (VALUES ('name', p.name), ('description', p.description)) AS t(field, text)
WHERE looks_double_decoded(t.text)
