-- relation: alias_winner
-- about:    The one alias value of each SKU that has a sound one.
-- grain:    one row per SKU
-- key:      sku
-- reads:    clean_alias, alias_problem
-- as:       table
SELECT
  sku,                                                                -- SKU in the WMS
  arg_min(alias_value, origin_rank) AS alias_value,                   -- what Faire knows it by
  arg_min(origin, origin_rank) AS origin                              -- decision, file or wms
FROM clean_alias
WHERE sku NOT IN (SELECT sku FROM alias_problem)
GROUP BY sku
