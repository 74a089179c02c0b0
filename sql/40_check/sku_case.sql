-- relation: sku_case
-- about:    SKUs of the source that differ only in case.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    wanted_variant
-- as:       table
SELECT
  'KEY_SKU_CASE' AS code,                                              -- code of check.Codes
  w.item_id,                                                           -- row it points at
  w.product_key,                                                       -- our key of the product
  w.variant_key,                                                       -- our key of the variant
  NULL::VARCHAR AS faire_id,                                           -- Faire's id concerned
  w.variant_key AS entity_key,                                         -- what the finding is about
  'sku' AS field,                                                      -- field concerned
  '' AS detail,                                                        -- which of several
  w.source_sku AS found,                                               -- value found
  t.skus AS wanted,                                                    -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM wanted_variant w
JOIN (SELECT source, lower(source_sku) AS folded, string_agg(source_sku, ', ' ORDER BY source_sku) AS skus
      FROM wanted_variant GROUP BY source, lower(source_sku) HAVING count(*) > 1) t
  ON t.source = w.source AND t.folded = lower(w.source_sku)
