-- relation: match_duplicates
-- about:    A SKU that several live Faire variants bear blocks the row of ours that it would match.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    shaped_variant, faire_sku_duplicate
-- as:       table
SELECT
  'MATCH_DUPLICATE_ON_FAIRE' AS code,                                  -- code of check.Codes
  v.item_id,                                                           -- row it points at
  v.product_key,                                                       -- our key of the product
  v.variant_key,                                                       -- our key of the variant
  NULL::VARCHAR AS faire_id,                                           -- Faire's id concerned
  v.variant_key AS entity_key,                                         -- what the finding is about
  'sku' AS field,                                                      -- field concerned
  d.sku AS detail,                                                     -- which of several
  d.variant_ids AS found,                                              -- value found
  'one variant with SKU ' || d.sku AS wanted,                          -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM shaped_variant v
JOIN faire_sku_duplicate d ON d.sku IN (v.sku, v.source_sku)
