-- relation: match_rename
-- about:    A new SKU that perhaps is a vanished one under another name; held until an alias says so.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    possible_rename, wanted_variant
-- as:       table
SELECT
  'MATCH_POSSIBLE_RENAME' AS code,                                     -- code of check.Codes
  w.item_id,                                                           -- row it points at
  w.product_key,                                                       -- our key of the product
  r.variant_key,                                                       -- our key of the variant
  r.variant_id AS faire_id,                                            -- Faire's id concerned
  r.variant_key AS entity_key,                                         -- what the finding is about
  'sku' AS field,                                                      -- field concerned
  r.variant_id AS detail,                                              -- which of several
  r.new_sku AS found,                                                  -- value found
  r.old_sku AS wanted,                                                 -- value wanted
  'alias ' || r.old_sku || ' for ' || r.new_sku AS proposal            -- what to put instead
FROM possible_rename r
JOIN wanted_variant w USING (variant_key)
WHERE NOT r.same_gtin
