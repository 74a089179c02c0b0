-- relation: stock_untracked
-- about:    Variants on Faire whose quantity the source knows and Faire does not track, and which stay so: we did not make them, and
--           start_tracking is created. Told once per source: a brand that does not track its stock on Faire means it.
-- grain:    one row per source
-- key:      code, entity_key, field, detail
-- reads:    desired_variant, mirror_variant, variant_state, setting
-- as:       table
WITH untracked AS (
  SELECT split_part(d.product_key, ':', 1) AS source, count(*) AS variants, count(DISTINCT d.product_key) AS products
  FROM desired_variant d JOIN mirror_variant m USING (variant_id) LEFT JOIN variant_state r USING (variant_id)
  WHERE NOT d.gone AND NOT d.inactive AND d.quantity IS NOT NULL AND m.available IS NULL AND NOT coalesce(r.created, d.token = m.token, false)
  GROUP BY ALL
)
SELECT
  'STOCK_UNTRACKED' AS code,                                           -- code of check.Codes
  NULL::BIGINT AS item_id,                                             -- row it points at
  NULL::VARCHAR AS product_key,                                        -- our key of the product
  NULL::VARCHAR AS variant_key,                                        -- our key of the variant
  NULL::VARCHAR AS faire_id,                                           -- Faire's id concerned
  u.source AS entity_key,                                              -- what the finding is about
  'on_hand' AS field,                                                  -- field concerned
  '' AS detail,                                                        -- which of several
  u.variants || CASE u.variants WHEN 1 THEN ' variant' ELSE ' variants' END || ' of ' || u.products
    || CASE u.products WHEN 1 THEN ' product' ELSE ' products' END AS found, -- value found
  NULL::VARCHAR AS wanted,                                             -- value wanted
  NULL::VARCHAR AS proposal                                            -- what to put instead
FROM untracked u
CROSS JOIN setting s
WHERE s.start_tracking = 'created' AND s.stock_policy <> 'exclude'
