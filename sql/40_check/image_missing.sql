-- relation: image_missing
-- about:    Products that would be made without any image; they go up UNPUBLISHED (seed).
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    shaped_image, shaped_product
-- as:       table
SELECT
  'IMAGE_MISSING' AS code,                                             -- code of check.Codes
  p.item_id,                                                           -- row it points at
  p.product_key,                                                       -- our key of the product
  NULL::VARCHAR AS variant_key,                                        -- our key of the variant
  NULL::VARCHAR AS faire_id,                                           -- Faire's id concerned
  p.product_key AS entity_key,                                         -- what the finding is about
  'images' AS field,                                                   -- field concerned
  '' AS detail,                                                        -- which of several
  NULL::VARCHAR AS found,                                              -- value found
  'at least one image' AS wanted,                                      -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM shaped_product p
WHERE p.product_id IS NULL
  AND p.product_key NOT IN (SELECT product_key FROM shaped_image WHERE variant_key = '')
