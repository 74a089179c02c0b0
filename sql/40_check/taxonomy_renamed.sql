-- relation: taxonomy_renamed
-- about:    The type of a product, or the one its product on Faire bears where none is chosen, has another name on Faire's list than
--           when it was recorded: told once, since this run records the new name.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    taxonomy_choice, shaped_product, taxonomy_type, mirror_product
-- as:       table
SELECT
  'TAXONOMY_TYPE_RENAMED' AS code,                                     -- code of check.Codes
  p.item_id,                                                           -- row it points at
  c.product_key,                                                       -- our key of the product
  NULL::VARCHAR AS variant_key,                                        -- our key of the variant
  p.product_id AS faire_id,                                            -- Faire's id concerned
  c.product_key AS entity_key,                                         -- what the finding is about
  'taxonomy' AS field,                                                 -- field concerned
  '' AS detail,                                                        -- which of several
  t.type_id || ' ' || t.name AS found,                                 -- value found
  t.former_name || ', as recorded before' AS wanted,                   -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM taxonomy_choice c
JOIN shaped_product p USING (product_key)
LEFT JOIN mirror_product m ON m.product_id = p.product_id
JOIN taxonomy_type t ON t.type_id = coalesce(c.type_id, m.taxonomy_id)
WHERE t.former_name IS NOT NULL
