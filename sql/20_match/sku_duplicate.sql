-- relation: sku_duplicate
-- about:    SKUs that several rows bear with different content (seed: exactly one counterpart). Every such row is held; none
--           is chosen.
-- grain:    one row per SKU
-- key:      source, sku
-- reads:    standing_row
-- as:       table
SELECT
  source,                                                             -- source name
  sku,                                                                -- the SKU
  count(*) AS rows                                                    -- how many bear it
FROM standing_row
GROUP BY source, sku
HAVING count(*) > 1
