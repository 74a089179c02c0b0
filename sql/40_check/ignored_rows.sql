-- relation: ignored_rows
-- about:    How many rows each rule left out, one finding per source and rule; the rows themselves are in row_account.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    row_account
-- as:       table
SELECT
  ignored_by AS code,                                                  -- code of check.Codes
  NULL::BIGINT AS item_id,                                             -- row it points at
  NULL::VARCHAR AS product_key,                                        -- our key of the product
  NULL::VARCHAR AS variant_key,                                        -- our key of the variant
  NULL::VARCHAR AS faire_id,                                           -- Faire's id concerned
  source AS entity_key,                                                -- what the finding is about
  '' AS field,                                                         -- field concerned
  '' AS detail,                                                        -- which of several
  count(*) || CASE count(*) WHEN 1 THEN ' row' ELSE ' rows' END AS found, -- value found
  NULL::VARCHAR AS wanted,                                             -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM row_account
WHERE ignored_by <> ''
GROUP BY source, ignored_by
