-- relation: text_length
-- about:    Texts that are longer than Faire takes, and descriptions some integrations report cut.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    shaped_product
-- as:       table
SELECT
  k.code,                                                              -- code of check.Codes
  p.item_id,                                                           -- row it points at
  p.product_key,                                                       -- our key of the product
  NULL::VARCHAR AS variant_key,                                        -- our key of the variant
  p.product_id AS faire_id,                                            -- Faire's id concerned
  p.product_key AS entity_key,                                         -- what the finding is about
  CASE WHEN k.code = 'TEXT_SHORT_DESCRIPTION_LONG' THEN 'short_description' ELSE 'description' END AS field, -- field concerned
  '' AS detail,                                                        -- which of several
  CASE WHEN k.code = 'TEXT_SHORT_DESCRIPTION_LONG' THEN length(p.short_description) ELSE length(p.description) END || ' characters' AS found, -- value found
  CASE k.code WHEN 'TEXT_DESCRIPTION_LONG' THEN 'at most 65535' WHEN 'TEXT_SHORT_DESCRIPTION_LONG' THEN 'at most 75' END AS wanted, -- value wanted
  CASE WHEN k.code = 'TEXT_SHORT_DESCRIPTION_LONG' THEN short_text(p.short_description, 75) END AS proposal -- what to put instead
FROM shaped_product p
CROSS JOIN LATERAL (SELECT unnest(['TEXT_DESCRIPTION_LONG', 'TEXT_DESCRIPTION_OVER_1000', 'TEXT_SHORT_DESCRIPTION_LONG']) AS code) k
WHERE (k.code = 'TEXT_DESCRIPTION_LONG' AND length(p.description) > 65535)
   OR (k.code = 'TEXT_DESCRIPTION_OVER_1000' AND length(p.description) BETWEEN 1001 AND 65535)
   OR (k.code = 'TEXT_SHORT_DESCRIPTION_LONG' AND length(p.short_description) > 75)
