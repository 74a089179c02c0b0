-- relation: sku_fallback
-- about:    The SKU came from a column that is not the preferred one.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    clean_item
-- as:       table
SELECT
  'KEY_SKU_FALLBACK' AS code,                                          -- code of check.Codes
  item_id,                                                             -- row it points at
  product_key,                                                         -- our key of the product
  variant_key,                                                         -- our key of the variant
  NULL::VARCHAR AS faire_id,                                           -- Faire's id concerned
  concat_ws(':', source, file, row) AS entity_key,                     -- what the finding is about
  'sku' AS field,                                                      -- field concerned
  '' AS detail,                                                        -- which of several
  sku_column || ': ' || sku AS found,                                  -- value found
  NULL::VARCHAR AS wanted,                                             -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM clean_item
WHERE problem IS NULL AND sku_choice > 1
