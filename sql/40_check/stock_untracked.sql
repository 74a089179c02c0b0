-- relation: stock_untracked
-- about:    Products on Faire with variants whose quantity the source knows and Faire does not track, and which stay so: we did not
--           make them, and start_tracking is created.
-- grain:    one row per finding
-- key:      code, entity_key, field, detail
-- reads:    desired_variant, mirror_variant, variant_state, shaped_product, setting
-- as:       table
WITH counted AS (
  SELECT d.product_key, count(*) AS variants,
    count(*) FILTER (WHERE d.quantity IS NOT NULL AND m.available IS NULL AND NOT coalesce(r.created, d.token = m.token, false)) AS untracked
  FROM desired_variant d JOIN mirror_variant m USING (variant_id) LEFT JOIN variant_state r USING (variant_id)
  WHERE NOT d.gone AND NOT d.inactive
  GROUP BY d.product_key
)
SELECT
  'STOCK_UNTRACKED' AS code,                                           -- code of check.Codes
  p.item_id,                                                           -- row it points at
  c.product_key,                                                       -- our key of the product
  NULL::VARCHAR AS variant_key,                                        -- our key of the variant
  p.product_id AS faire_id,                                            -- Faire's id concerned
  c.product_key AS entity_key,                                         -- what the finding is about
  'on_hand' AS field,                                                  -- field concerned
  '' AS detail,                                                        -- which of several
  c.untracked || ' of ' || c.variants || CASE c.variants WHEN 1 THEN ' variant' ELSE ' variants' END AS found, -- value found
  NULL::VARCHAR AS wanted,                                             -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM counted c
JOIN shaped_product p USING (product_key)
CROSS JOIN setting s
WHERE c.untracked > 0 AND s.start_tracking = 'created' AND s.stock_policy <> 'exclude'
