-- relation: image_invalid
-- about:    Image addresses that cannot be sent: the image is left out, the others go.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    clean_image, style_row
-- as:       table
SELECT
  'IMAGE_INVALID' AS code,                                             -- code of check.Codes
  min(i.item_id) AS item_id,                                           -- row it points at
  s.product_key,                                                       -- our key of the product
  NULL::VARCHAR AS variant_key,                                        -- our key of the variant
  NULL::VARCHAR AS faire_id,                                           -- Faire's id concerned
  s.product_key AS entity_key,                                         -- what the finding is about
  'image' AS field,                                                    -- field concerned
  i.url AS detail,                                                     -- which of several
  i.url AS found,                                                      -- value found
  any_value(i.problem) AS wanted,                                      -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM clean_image i
JOIN style_row s USING (item_id)
WHERE i.problem IS NOT NULL
GROUP BY s.product_key, i.url
