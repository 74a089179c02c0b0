-- relation: image_missing
-- about:    Products without any image in the source, to be made or on Faire without one either; they stay UNPUBLISHED (seed).
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    shaped_image, shaped_product, mirror_image
-- as:       table
SELECT
  'IMAGE_MISSING' AS code,                                             -- code of check.Codes
  p.item_id,                                                           -- row it points at
  p.product_key,                                                       -- our key of the product
  NULL::VARCHAR AS variant_key,                                        -- our key of the variant
  p.product_id AS faire_id,                                            -- Faire's id concerned
  p.product_key AS entity_key,                                         -- what the finding is about
  'images' AS field,                                                   -- field concerned
  '' AS detail,                                                        -- which of several
  NULL::VARCHAR AS found,                                              -- value found
  'at least one image' AS wanted,                                      -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM shaped_product p
ANTI JOIN (SELECT product_key FROM shaped_image WHERE variant_key = '') i USING (product_key)
ANTI JOIN (SELECT product_id FROM mirror_image WHERE variant_id IS NULL) m USING (product_id)
