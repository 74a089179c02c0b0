-- relation: possible_rename
-- about:    A linked SKU vanished and a new one came in the same style with equal options: perhaps a rename. It is taken for one
--           only if the barcode is equal too; a source with stable ids never gets here, since its key does not change.
-- grain:    one row per new variant and vanished one
-- key:      variant_key, variant_id
-- reads:    wanted_variant, gone_variant, variant_option, mirror_choice, variant_state, live_variant, clean_item
-- as:       table
WITH ours AS (
  SELECT variant_key, string_agg(fold(option_value), '|' ORDER BY fold(option_value)) AS options
  FROM variant_option GROUP BY variant_key
), theirs AS (
  SELECT variant_id, string_agg(fold(option_value), '|' ORDER BY fold(option_value)) AS options
  FROM mirror_choice GROUP BY variant_id
)
SELECT
  w.variant_key,                                                      -- the new key
  w.source_sku AS new_sku,                                            -- its SKU
  g.variant_id,                                                       -- the vanished variant on Faire
  g.source_sku AS old_sku,                                            -- the SKU it had
  coalesce(gtin_digits(c.gtin) = g.gtin, false) AS same_gtin          -- the barcode is equal too
FROM wanted_variant w
JOIN clean_item c USING (item_id)
JOIN gone_variant g ON g.product_key = w.product_key
JOIN ours o ON o.variant_key = w.variant_key
JOIN theirs t ON t.variant_id = g.variant_id AND t.options = o.options
WHERE w.variant_key NOT IN (SELECT variant_key FROM variant_state)
  AND w.sku NOT IN (SELECT sku FROM live_variant WHERE sku IS NOT NULL)
