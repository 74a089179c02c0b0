-- relation: feed_rows
-- about:    Rows taken out by a rule on single rows, and rows the source could not read.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    clean_item, feed_exception
-- as:       table
SELECT
  c.problem AS code,                                                   -- code of check.Codes
  c.item_id,                                                           -- row it points at
  NULL::VARCHAR AS product_key,                                        -- our key of the product
  NULL::VARCHAR AS variant_key,                                        -- our key of the variant
  NULL::VARCHAR AS faire_id,                                           -- Faire's id concerned
  concat_ws(':', c.source, c.file, c.row) AS entity_key,               -- what the finding is about
  'sku' AS field,                                                      -- field concerned
  '' AS detail,                                                        -- which of several
  c.sku_raw AS found,                                                  -- value found
  NULL::VARCHAR AS wanted,                                             -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM clean_item c
WHERE c.problem IN ('KEY_SKU_MISSING', 'KEY_SKU_MANGLED')
   OR (c.kind = 'quarantined' AND NOT EXISTS (SELECT 1 FROM feed_exception f WHERE f.code = c.problem AND f.file = c.file AND f.row = c.row))
