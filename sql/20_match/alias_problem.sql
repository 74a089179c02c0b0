-- relation: alias_problem
-- about:    What is wrong with an alias. A duplicate, a loop, or a value that is another product's SKU blocks the rows it names
--           (seed: alias values are unique, a SKU has at most one); it is never a choice we make.
-- grain:    one row per alias line and code
-- key:      origin, row, alias_value, sku, code
-- reads:    clean_alias, clean_item
-- as:       table
WITH RECURSIVE real_sku AS (
  SELECT DISTINCT sku FROM clean_item WHERE problem IS NULL
), best AS (
  SELECT sku, min(origin_rank) AS origin_rank FROM clean_alias GROUP BY sku
), chosen AS (
  SELECT a.* FROM clean_alias a JOIN best USING (sku, origin_rank)
), several AS (
  SELECT sku FROM chosen GROUP BY sku HAVING count(DISTINCT alias_value) > 1
), shared AS (
  SELECT alias_value FROM chosen GROUP BY alias_value HAVING count(DISTINCT sku) > 1
), walk(start, at, hops) AS (
  SELECT sku, alias_value, 1 FROM chosen WHERE alias_value <> sku
  UNION ALL
  SELECT w.start, c.alias_value, w.hops + 1 FROM walk w JOIN chosen c ON c.sku = w.at
  WHERE w.at <> w.start AND c.alias_value <> c.sku AND w.hops < 20
), looped AS (
  SELECT DISTINCT start AS sku FROM walk WHERE at = start
)
SELECT
  origin,                                                             -- decision, file or wms
  file,                                                               -- file it stands in
  row,                                                                -- record in it
  alias_value,                                                        -- value on Faire
  sku,                                                                -- SKU in the WMS
  unnest(list_filter([
    CASE WHEN sku NOT IN (SELECT sku FROM real_sku) THEN 'ALIAS_UNKNOWN_SKU' END,
    CASE WHEN sku IN (SELECT sku FROM several) THEN 'ALIAS_DUPLICATE_SKU' END,
    CASE WHEN alias_value IN (SELECT alias_value FROM shared) THEN 'ALIAS_DUPLICATE_VALUE' END,
    CASE WHEN sku IN (SELECT sku FROM looped) THEN 'ALIAS_LOOP'
         WHEN alias_value <> sku AND alias_value IN (SELECT sku FROM real_sku) THEN 'ALIAS_IS_REAL_SKU' END
  ], code -> code IS NOT NULL)) AS code                               -- code of the problem
FROM chosen
