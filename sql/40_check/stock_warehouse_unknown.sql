-- relation: stock_warehouse_unknown
-- about:    Warehouses that inventory.warehouses lists and that no row is in: a typing error, or one that was renamed in the source.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    stock_warehouse, clean_item
-- as:       table
WITH there AS (
  SELECT source, lower(warehouse) AS folded, min(warehouse) AS warehouse FROM clean_item
  WHERE problem IS NULL AND warehouse IS NOT NULL GROUP BY source, lower(warehouse)
), named AS (
  SELECT source, string_agg(warehouse, ', ' ORDER BY warehouse) FILTER (WHERE place <= 10) || CASE WHEN count(*) > 10 THEN ', …' ELSE '' END AS warehouses
  FROM (SELECT *, row_number() OVER (PARTITION BY source ORDER BY warehouse) AS place FROM there) GROUP BY source
), source AS (
  SELECT DISTINCT source FROM clean_item
)
SELECT
  'STOCK_WAREHOUSE_UNKNOWN' AS code,                                   -- code of check.Codes
  NULL::BIGINT AS item_id,                                             -- row it points at
  NULL::VARCHAR AS product_key,                                        -- our key of the product
  NULL::VARCHAR AS variant_key,                                        -- our key of the variant
  NULL::VARCHAR AS faire_id,                                           -- Faire's id concerned
  s.source AS entity_key,                                              -- what the finding is about
  'on_hand' AS field,                                                  -- field concerned
  l.name AS detail,                                                    -- which of several
  l.name AS found,                                                     -- value found
  coalesce('one of ' || n.warehouses, 'a row with a warehouse') AS wanted, -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM stock_warehouse l
CROSS JOIN source s
LEFT JOIN named n USING (source)
WHERE lower(clean_key(l.name)) NOT IN (SELECT folded FROM there)
