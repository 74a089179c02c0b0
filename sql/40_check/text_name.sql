-- relation: text_name
-- about:    Products to be made without a name, or with one that is only the style number.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    shaped_product
-- as:       table
SELECT
  CASE WHEN name IS NULL THEN 'TEXT_NAME_MISSING' ELSE 'TEXT_NAME_FALLBACK' END AS code, -- code of check.Codes
  item_id,                                                             -- row it points at
  product_key,                                                         -- our key of the product
  NULL::VARCHAR AS variant_key,                                        -- our key of the variant
  product_id AS faire_id,                                              -- Faire's id concerned
  product_key AS entity_key,                                           -- what the finding is about
  'name' AS field,                                                     -- field concerned
  '' AS detail,                                                        -- which of several
  name AS found,                                                       -- value found
  NULL::VARCHAR AS wanted,                                             -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM shaped_product
WHERE product_id IS NULL AND (name IS NULL OR (name_choice > 1 AND fold(name) = fold(style)))
