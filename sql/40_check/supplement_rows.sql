-- relation: supplement_rows
-- about:    Rows of supplements without a key that could be used, and rows the source could not read.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    supplement_row, feed_exception
-- as:       table
SELECT
  r.problem AS code,                                                   -- code of check.Codes
  NULL::BIGINT AS item_id,                                             -- row it points at
  NULL::VARCHAR AS product_key,                                        -- our key of the product
  NULL::VARCHAR AS variant_key,                                        -- our key of the variant
  NULL::VARCHAR AS faire_id,                                           -- Faire's id concerned
  r.entity_key,                                                        -- what the finding is about
  r.joined AS field,                                                   -- field concerned
  '' AS detail,                                                        -- which of several
  r.key_raw AS found,                                                  -- value found
  NULL::VARCHAR AS wanted,                                             -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM supplement_row r
WHERE r.problem IN ('KEY_SKU_MISSING', 'KEY_SKU_MANGLED')
   OR (r.kind = 'quarantined' AND NOT EXISTS (SELECT 1 FROM feed_exception f
        WHERE f.source = r.source AND f.code = r.problem AND f.file = r.file AND f.row = r.row))
