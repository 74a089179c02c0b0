-- relation: wanted_variant
-- about:    The variants the source asks for: standing rows whose SKU is unique. The SKU we write is the alias value, else the
--           WMS SKU (design 4.1). The tokens make a repeated create harmless.
-- grain:    one row per variant
-- key:      variant_key
-- reads:    standing_row, sku_duplicate, alias_winner, alias_problem, clean_item, setting, generation
-- as:       table
SELECT
  r.variant_key,                                                      -- our key of the variant
  r.product_key,                                                      -- our key of the product
  r.item_id,                                                          -- the row it stands in
  r.source,                                                           -- source name
  r.sku AS source_sku,                                                -- SKU in the WMS
  coalesce(a.alias_value, r.sku) AS sku,                              -- SKU we want on Faire
  a.alias_value,                                                      -- its alias, if it has a sound one
  coalesce(s.skip_without_alias, false) AND a.alias_value IS NULL AS skipped, -- alias.skip_without_alias leaves it out
  (SELECT min(p.code) FROM alias_problem p WHERE p.sku = r.sku) AS alias_problem, -- code that blocks it
  c.inactive,                                                         -- the source says it is inactive
  'fs1-' || left(sha256(concat_ws('|', s.brand_id, r.product_key, r.variant_key)), 24) || '-'
    || coalesce(g.generation, 1) + coalesce(v.generation, 1) - 1 AS token                             -- idempotence token of its create
FROM standing_row r
JOIN clean_item c USING (item_id)
LEFT JOIN alias_winner a ON a.sku = r.sku
LEFT JOIN generation g ON g.scope = 'product' AND g.key = r.product_key
LEFT JOIN generation v ON v.scope = 'variant' AND v.key = r.variant_key
ANTI JOIN sku_duplicate d ON d.source = r.source AND d.sku = r.sku
CROSS JOIN setting s
