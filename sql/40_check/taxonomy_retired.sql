-- relation: taxonomy_retired
-- about:    The chosen type is no longer on Faire's list.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    taxonomy_choice, shaped_product
-- as:       table
SELECT
  'TAXONOMY_TYPE_RETIRED' AS code,                                     -- code of check.Codes
  p.item_id,                                                           -- row it points at
  t.product_key,                                                       -- our key of the product
  NULL::VARCHAR AS variant_key,                                        -- our key of the variant
  p.product_id AS faire_id,                                            -- Faire's id concerned
  t.product_key AS entity_key,                                         -- what the finding is about
  'taxonomy' AS field,                                                 -- field concerned
  '' AS detail,                                                        -- which of several
  concat_ws(' ', t.type_id, t.type_name) AS found,                     -- value found
  'a type on Faire''s list' AS wanted,                                 -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM taxonomy_choice t
JOIN shaped_product p USING (product_key)
WHERE t.type_name IS NOT NULL AND NOT t.listed -- a type nobody knows is unknown_rule's, or Faire was not asked
