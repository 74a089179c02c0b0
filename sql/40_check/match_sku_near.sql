-- relation: match_sku_near
-- about:    One of our SKUs that matches nothing and is nearly that of a Faire variant that matches nothing either: but for
--           separators, lost zeros or the barcode they are equal. match_case tells of those that differ in case alone.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    sku_suggestion, shaped_variant, live_variant
-- as:       table
SELECT
  'MATCH_SKU_NEAR' AS code,                                            -- code of check.Codes
  v.item_id,                                                           -- row it points at
  v.product_key,                                                       -- our key of the product
  v.variant_key,                                                       -- our key of the variant
  l.variant_id AS faire_id,                                            -- Faire's id concerned
  v.variant_key AS entity_key,                                         -- what the finding is about
  'sku' AS field,                                                      -- field concerned
  l.variant_id AS detail,                                              -- which of several
  l.sku AS found,                                                      -- value found
  v.sku AS wanted,                                                     -- value wanted
  printf('alias %s → %s (%d %%: %s)', l.sku, v.source_sku, s.score, s.reason) AS proposal -- what to put instead
FROM sku_suggestion s
JOIN shaped_variant v USING (variant_key)
JOIN live_variant l ON l.variant_id = s.variant_id
WHERE s.score >= 90 AND v.ignored_by IS NULL AND lower(l.sku) <> lower(v.sku)
