-- relation: alias_problems
-- about:    Aliases that block the rows they name.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    alias_problem, wanted_variant
-- as:       table
SELECT
  p.code,                                                              -- code of check.Codes
  w.item_id,                                                           -- row it points at
  w.product_key,                                                       -- our key of the product
  w.variant_key,                                                       -- our key of the variant
  NULL::VARCHAR AS faire_id,                                           -- Faire's id concerned
  p.sku AS entity_key,                                                 -- what the finding is about
  'sku' AS field,                                                      -- field concerned
  concat_ws(':', p.origin, p.row, p.alias_value) AS detail,            -- which of several
  p.alias_value || ' for ' || p.sku AS found,                          -- value found
  concat_ws(' row ', coalesce(p.file, p.origin), p.row) AS wanted,     -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM alias_problem p
LEFT JOIN wanted_variant w ON w.source_sku = p.sku
