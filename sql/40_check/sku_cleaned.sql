-- relation: sku_cleaned
-- about:    Cleaning changed the SKU: blanks, zero-width characters or look-alike hyphens. Plain blanks around it are not told.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    clean_item
-- as:       table
SELECT
  'KEY_SKU_CLEANED' AS code,                                           -- code of check.Codes
  item_id,                                                             -- row it points at
  product_key,                                                         -- our key of the product
  variant_key,                                                         -- our key of the variant
  NULL::VARCHAR AS faire_id,                                           -- Faire's id concerned
  concat_ws(':', source, file, row) AS entity_key,                     -- what the finding is about
  'sku' AS field,                                                      -- field concerned
  '' AS detail,                                                        -- which of several
  sku_raw AS found,                                                    -- value found
  sku AS wanted,                                                       -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM clean_item
WHERE problem IS NULL AND sku <> sku_raw AND sku <> trim(sku_raw, ' ')
