-- relation: feed_reported
-- about:    What the source itself reported while it was read: rows it could not read, values that make no sense.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    feed_exception
-- as:       table
SELECT
  code,                                                                -- code of check.Codes
  NULL::BIGINT AS item_id,                                             -- row it points at
  NULL::VARCHAR AS product_key,                                        -- our key of the product
  NULL::VARCHAR AS variant_key,                                        -- our key of the variant
  NULL::VARCHAR AS faire_id,                                           -- Faire's id concerned
  entity_key,                                                          -- what the finding is about
  coalesce(field, '') AS field,                                        -- field concerned
  concat_ws(':', detail, file, row, column_name) AS detail,            -- which of several
  found,                                                               -- value found
  wanted,                                                              -- value wanted
  proposal                                                             -- what to put instead
FROM feed_exception
