-- relation: alias_sources_disagree
-- about:    A SKU has an alias in two places and they differ; the stronger place wins.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    clean_alias, wanted_variant
-- as:       table
SELECT DISTINCT
  'ALIAS_SOURCES_DISAGREE' AS code,                                    -- code of check.Codes
  w.item_id,                                                           -- row it points at
  w.product_key,                                                       -- our key of the product
  w.variant_key,                                                       -- our key of the variant
  NULL::VARCHAR AS faire_id,                                           -- Faire's id concerned
  a.sku AS entity_key,                                                 -- what the finding is about
  'sku' AS field,                                                      -- field concerned
  concat_ws(':', b.origin, b.alias_value, a.alias_value) AS detail,    -- which of several
  b.origin || ' says ' || b.alias_value AS found,                      -- value found
  a.origin || ' says ' || a.alias_value AS wanted,                     -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM clean_alias a
JOIN clean_alias b ON b.sku = a.sku AND b.origin_rank > a.origin_rank AND b.alias_value <> a.alias_value
LEFT JOIN wanted_variant w ON w.source_sku = a.sku
WHERE a.origin_rank = (SELECT min(origin_rank) FROM clean_alias c WHERE c.sku = a.sku)
