-- relation: faire_sku_duplicate
-- about:    SKUs that several live variants on Faire bear. Faire does not refuse them (contract §5), so every one is blocked.
-- grain:    one row per SKU
-- key:      sku
-- reads:    live_variant
-- as:       table
SELECT
  sku,                                                                -- the SKU
  count(*) AS variants,                                               -- how many bear it
  string_agg(variant_id, ', ' ORDER BY variant_id) AS variant_ids     -- which
FROM live_variant
WHERE sku IS NOT NULL
GROUP BY sku
HAVING count(*) > 1
