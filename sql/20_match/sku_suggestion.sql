-- relation: sku_suggestion
-- about:    For Faire variants that nothing matches, the three nearest of our SKUs that match nothing, with a score and the reason (see
--           sku_likeness). Nothing is matched by it; it is what a person may confirm with an alias.
-- grain:    one row per Faire variant and place
-- key:      variant_id, place
-- reads:    sku_likeness, wanted_variant
-- as:       table
SELECT
  l.variant_id,                                                       -- Faire's id of the variant
  row_number() OVER (PARTITION BY l.variant_id ORDER BY l.likeness DESC, w.source_sku, l.variant_key) AS place, -- 1 for the nearest
  l.variant_key,                                                      -- our key of the SKU suggested
  w.item_id,                                                          -- the row it stands in
  w.source_sku,                                                       -- that SKU in the WMS
  l.score,                                                            -- 0 to 100
  l.reason                                                            -- why
FROM sku_likeness l JOIN wanted_variant w USING (variant_key)
WHERE l.score >= 30
QUALIFY place <= 3
